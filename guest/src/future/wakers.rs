//! Those who wait for one thing together.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Wake, Waker};

/// Wakes all who were added since it was last woken. Who is added twice is woken once.
#[derive(Debug, Default)]
pub(super) struct Wakers(Mutex<Vec<Waker>>);

impl Wakers {
    pub(super) fn add(&self, waker: &Waker) {
        let mut wakers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !wakers.iter().any(|known| known.will_wake(waker)) {
            wakers.push(waker.clone());
        }
    }

    /// Forgets them all.
    pub(super) fn take(&self) -> Vec<Waker> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wake for Wakers {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.take().into_iter().for_each(Waker::wake);
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Counts how often it is woken.
    #[derive(Default)]
    pub(crate) struct Count(AtomicUsize);

    impl Count {
        pub(crate) fn get(&self) -> usize {
            self.0.load(Ordering::Relaxed)
        }
    }

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    #[test]
    fn all_are_woken_and_each_once() {
        let wakers = Arc::new(Wakers::default());
        let counts = [0; 3].map(|_| Arc::new(Count::default()));
        for count in counts.iter().chain(&counts) {
            wakers.add(&Waker::from(count.clone()));
        }
        let all = Waker::from(wakers);
        all.wake_by_ref();
        all.wake();
        assert_eq!(counts.map(|count| count.get()), [1; 3]);
    }
}
