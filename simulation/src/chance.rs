//! Random numbers, all of one seed.

use std::convert::Infallible;
use std::time::Duration;

use chacha20::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _, TryRng};
use sha2::{Digest as _, Sha256};

/// A source of random numbers that a seed and a purpose determine.
///
/// Each purpose has numbers of its own, so that one more number for the one changes nothing for the others.
#[derive(Debug)]
pub(crate) struct Chance(ChaCha8Rng);

impl Chance {
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(purpose).finalize();
        Self(ChaCha8Rng::from_seed(hash.into()))
    }

    /// A number between 0 and 1, without 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.number() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Whether something of that probability happens.
    pub(crate) fn happens(&mut self, probability: f64) -> bool {
        // Where nothing can happen no number is drawn, so that a perfect link is free.
        probability > 0.0 && self.fraction() < probability
    }

    /// A number below that; 0 where that is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// A place among so many.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// A time up to that one.
    pub(crate) fn time(&mut self, most: Duration) -> Duration {
        if most.is_zero() {
            return Duration::ZERO;
        }
        Duration::from_nanos(self.below(u64::try_from(most.as_nanos()).unwrap_or(u64::MAX).saturating_add(1)))
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.next_u64()
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.next_u32())
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.next_u64())
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill_bytes(bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_and_purpose_determine_the_numbers() {
        let numbers = |seed, purpose: &str| {
            let mut chance = Chance::new(seed, purpose);
            [(); 4].map(|()| chance.number())
        };
        assert_eq!(numbers(7, "a"), numbers(7, "a"));
        assert_ne!(numbers(7, "a"), numbers(8, "a"));
        assert_ne!(numbers(7, "a"), numbers(7, "b"));
    }
}
