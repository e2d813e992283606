//! How much may be done in a second: a token bucket.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use ratelimit::{Builder, Clock, Ratelimiter, TryWaitError};

use crate::clock;

/// Where all is used up, a second's worth comes in so many parts.
const PARTS: u64 = 64;

/// Lets so much through in a second, and after a quiet second as much at once.
///
/// How much a call does is known only afterwards. So a call begins once there is something left, and what it does beyond
/// is owed: nothing more begins before that is paid.
#[derive(Debug)]
pub(crate) struct Rate<C: Clock = Since> {
    bucket: Ratelimiter<C>,
    /// What was taken from the bucket and not used, or, below zero, what was used and is owed.
    credit: AtomicI64,
    /// How much there must be again, once all is used up, so that nobody is called for each byte.
    least: i64,
}

/// The time since the rate was made.
#[derive(Debug)]
pub(crate) struct Since(Instant);

impl Clock for Since {
    fn elapsed(&self) -> Duration {
        clock::now() - self.0
    }
}

impl Rate {
    pub(crate) fn new(per_second: NonZeroU64) -> Self {
        Self::with_clock(per_second, Since(clock::now()))
    }
}

impl<C: Clock> Rate<C> {
    fn with_clock(per_second: NonZeroU64, clock: C) -> Self {
        // The bucket counts in millionths, and debts have a sign.
        let rate = per_second.get().min(1 << 40);
        let bucket = Builder::with_clock(rate, clock).max_tokens(rate).initial_available(rate);
        let bucket = bucket.build().expect("a rate is not zero, and no more is available than there may be");
        Self { bucket, credit: AtomicI64::new(0), least: (rate / PARTS).max(1).cast_signed() }
    }

    /// How long nothing may begin; none if it may now.
    pub(crate) fn closed(&self) -> Option<Duration> {
        loop {
            let credit = self.credit.load(Ordering::Relaxed);
            if credit > 0 {
                return None;
            }
            match self.draw((self.least - credit).unsigned_abs()) {
                Ok(()) => {}
                Err(wait) => return Some(wait),
            }
        }
    }

    /// How much of that may be done now: at least 1.
    pub(crate) fn portion(&self, wanted: usize) -> usize {
        let missing = i64::try_from(wanted).unwrap_or(i64::MAX).saturating_sub(self.credit.load(Ordering::Relaxed));
        if let Ok(missing) = u64::try_from(missing)
            && self.draw(missing).is_err()
        {
            // The attempt has told the bucket the time, so this is what it has.
            let _ = self.draw(self.bucket.available());
        }
        usize::try_from(self.credit.load(Ordering::Relaxed)).unwrap_or(0).clamp(1, wanted.max(1))
    }

    /// So much was done.
    pub(crate) fn charge(&self, done: usize) {
        self.credit.fetch_sub(done.try_into().unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    /// Takes so much from the bucket, or as much as it can ever have. Otherwise, when it will have it.
    fn draw(&self, tokens: u64) -> Result<(), Duration> {
        let tokens = tokens.min(self.bucket.max_tokens());
        match self.bucket.try_wait_n(tokens) {
            Ok(()) => {
                self.credit.fetch_add(tokens.cast_signed(), Ordering::Relaxed);
                Ok(())
            }
            Err(TryWaitError::Insufficient(wait)) => Err(wait),
            Err(_) => Err(Duration::from_secs(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    /// Milliseconds, as the test says.
    #[derive(Clone, Default)]
    struct Hand(Arc<AtomicU64>);

    impl Clock for Hand {
        fn elapsed(&self) -> Duration {
            Duration::from_millis(self.0.load(Ordering::Relaxed))
        }
    }

    fn rate(per_second: u64) -> (Rate<Hand>, impl Fn(u64)) {
        let hand = Hand::default();
        let rate = Rate::with_clock(per_second.try_into().expect("not zero"), hand.clone());
        let pass = move |milliseconds| {
            hand.0.fetch_add(milliseconds, Ordering::Relaxed);
        };
        (rate, pass)
    }

    /// Does all that may be done now, in calls of that size.
    fn exhaust(rate: &Rate<Hand>, size: usize) -> usize {
        let mut total = 0;
        while rate.closed().is_none() {
            let done = rate.portion(size);
            rate.charge(done);
            total += done;
        }
        total
    }

    #[test]
    fn no_more_is_let_through_than_the_rate() {
        for size in [1, 7, 1000, 1 << 20] {
            let (rate, pass) = rate(1000);
            let mut total = exhaust(&rate, size);
            assert!(rate.closed().is_some());
            for seconds in 2..10 {
                (0..10).for_each(|_| {
                    pass(100);
                    total += exhaust(&rate, size);
                });
                assert!((seconds * 1000 - 15..=seconds * 1000).contains(&total), "calls of {size}: {total}");
            }
            pass(1_000_000);
            let burst = exhaust(&rate, size);
            assert!((985..=1015).contains(&burst), "a long silence saves no more than a second: {burst}");
        }
    }

    #[test]
    fn what_is_done_beyond_is_owed() {
        let (rate, pass) = rate(1000);
        assert_eq!(rate.closed(), None);
        rate.charge(3500);
        let mut waited = 0;
        while rate.closed().is_some() {
            pass(100);
            waited += 100;
        }
        assert_eq!(waited, 2600, "2,500 were owed, and a little more begins the next");
    }

    #[test]
    fn what_was_not_done_is_not_lost() {
        let (rate, _) = rate(1000);
        assert_eq!(rate.portion(600), 600);
        rate.charge(100);
        assert!((885..=900).contains(&exhaust(&rate, 300)));
    }
}
