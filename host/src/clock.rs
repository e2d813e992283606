//! The time that waits, limits and measurements go by.
//!
//! It is the system's, unless tokio's clock is paused: then it is that one's, so that a whole program can run on virtual
//! time.

use std::time::Instant;

/// This moment. Everything in this crate that has a time limit, or measures time, asks here.
pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_paused_clock_is_followed() {
        let before = super::now();
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(super::now() - before, Duration::from_secs(3600));
    }
}
