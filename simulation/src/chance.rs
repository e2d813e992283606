//! Random numbers, all of one seed.

use std::convert::Infallible;

use rand_core::TryRng;

/// A source of random numbers that a seed and a purpose determine.
///
/// Each purpose has numbers of its own, so that one more number for the one changes nothing for the others.
#[derive(Clone, Debug)]
pub(crate) struct Chance(fastrand::Rng);

impl Chance {
    pub(crate) fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a: the same on every machine, and in every version of Rust.
        let mix = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        let hash = seed.to_le_bytes().iter().chain(purpose.as_bytes()).fold(0xcbf2_9ce4_8422_2325, mix);
        Self(fastrand::Rng::with_seed(hash))
    }

    /// A number between 0 and 1, without 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        self.0.f64()
    }

    /// A number below that, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.usize(..end)
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.0.u64(..)
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0.u32(..))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0.u64(..))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
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
