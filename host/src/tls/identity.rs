//! A certificate of the guest's own, with its key.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};

use super::certificate::public_key;
use super::error::{Result, invalid};

/// How many bytes a chain may have; a peer would take no longer one.
const MOST_CHAIN: usize = 1 << 16;
/// How many times as much as its bytes a key holds: with what is computed from it once and for all.
const KEY_FACTOR: usize = 8;

/// A certificate of one's own, with the key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) key: Vec<u8>,
}

impl Identity {
    /// Looks whether the two go together, and tells how many bytes they hold.
    pub(super) fn read(self, provider: &CryptoProvider) -> Result<(Arc<SingleCertAndKey>, usize)> {
        let length = self.chain.iter().map(Vec::len).sum::<usize>();
        if self.chain.is_empty() || length > MOST_CHAIN {
            return Err(invalid("the certificate's chain is empty, or too long"));
        }
        let size = length + self.chain.len() * size_of::<CertificateDer<'_>>() + self.key.len() * KEY_FACTOR;
        let chain: Vec<_> = self.chain.into_iter().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::try_from(self.key).map_err(|_| invalid("the key is not one that is known"))?;
        let key = provider.key_provider.load_private_key(key);
        let key = key.map_err(|error| invalid(format!("the key cannot be used: {error}")))?;
        let public = public_key(&chain[0]).ok_or_else(|| invalid("the certificate cannot be read"))?;
        if key.public_key().is_some_and(|own| own != public) {
            return Err(invalid("key values mismatch"));
        }
        Ok((Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key))), size))
    }
}
