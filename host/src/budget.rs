//! How much a guest has taken of what it may have so much of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What is taken in shares, which are given back when they are dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// Takes a share of that size; none where more than `most` would be taken then.
    pub(crate) fn take(&self, size: usize, most: usize) -> Option<Share> {
        self.spend(size, most).then(|| Share { of: self.clone(), size })
    }

    /// Takes a share of that size, however much is taken already.
    pub(crate) fn take_anyway(&self, size: usize) -> Share {
        self.0.fetch_add(size, Ordering::Relaxed);
        Share { of: self.clone(), size }
    }

    /// Takes a share of one; none where more than `most` would be taken then.
    pub(crate) fn take_one(&self, most: usize) -> Option<One> {
        self.spend(1, most).then(|| One(self.clone()))
    }

    /// Takes a share of one, however much is taken already.
    pub(crate) fn take_one_anyway(&self) -> One {
        self.0.fetch_add(1, Ordering::Relaxed);
        One(self.clone())
    }

    /// Whether so much could be taken.
    fn spend(&self, size: usize, most: usize) -> bool {
        let more = |taken: usize| taken.checked_add(size).filter(|taken| *taken <= most);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok()
    }

    /// How much is taken.
    pub(crate) fn taken(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts for as much while it lasts.
#[derive(Debug)]
pub(crate) struct Share {
    of: Budget,
    size: usize,
}

impl Share {
    /// Makes it of another size, and tells whether that can be: not where it would grow and more than `most` be taken.
    #[cfg(any(feature = "tls", test))]
    pub(crate) fn resize(&mut self, size: usize, most: usize) -> bool {
        if size <= self.size {
            self.of.0.fetch_sub(self.size - size, Ordering::Relaxed);
        } else {
            let Some(mut more) = self.of.take(size - self.size, most) else { return false };
            // It is this one's from now on.
            more.size = 0;
        }
        self.size = size;
        true
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.0.fetch_sub(self.size, Ordering::Relaxed);
    }
}

/// Counts for one while it lasts, and takes less memory than a [`Share`].
#[derive(Debug)]
pub(crate) struct One(Budget);

impl Drop for One {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_given_back() {
        let budget = Budget::default();
        let two = budget.take(2, 3).expect("two of three");
        assert!(budget.take(2, 3).is_none() && budget.take(usize::MAX, usize::MAX).is_none());
        let anyway = budget.take_anyway(5);
        assert_eq!(budget.taken(), 7);
        let mut two = two;
        assert!(!two.resize(3, 7) && two.resize(1, 6) && two.resize(2, 7));
        assert_eq!(budget.taken(), 7);
        drop((two, anyway));
        assert_eq!(budget.taken(), 0);
    }
}
