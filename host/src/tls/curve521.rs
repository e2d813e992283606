//! The curve P-521, which ring has not: checking its signatures, signing on it, agreeing on keys.
//!
//! It is RustCrypto's. What it computes with secrets takes the same time whatever they are, twice as long as ring on P-384.

mod exchange;
mod key;
mod verify;

use p521::FieldBytes;
use p521::elliptic_curve::rand_core::{CryptoRng, Error, RngCore};
use rustls::crypto::SecureRandom;

pub(super) use exchange::GROUP;
pub(super) use key::load;
pub(super) use verify::{SHA256, SHA384, SHA512};

/// Random bytes as the curve's library takes them. Without any it gives zeros, and tells so.
pub(super) struct Random {
    source: &'static dyn SecureRandom,
    failed: bool,
}

impl Random {
    pub(super) fn new(source: &'static dyn SecureRandom) -> Self {
        Self { source, failed: false }
    }
}

impl RngCore for Random {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_ne_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_ne_bytes(bytes)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        if self.source.fill(bytes).is_err() {
            self.failed = true;
            bytes.fill(0);
        }
        // A number of the field has 521 bits in so many bytes. What is drawn again as long as it is too large would be so
        // some hundred times.
        if bytes.len() == FieldBytes::default().len() {
            bytes[0] &= 1;
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for Random {}

#[cfg(test)]
mod tests;
