//! A certificate of the guest's own, with its key.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{NamedGroup, SignatureScheme};
use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use super::algorithm::is_on_other_curve;
use super::certificate::public_key;
use super::error::{Result, invalid};

/// How many bytes a chain may have; a peer would take no longer one.
const MOST_CHAIN: usize = 1 << 16;
/// How many times as much as its bytes a key holds: with what is computed from it once and for all.
const KEY_FACTOR: usize = 8;

/// What is said of a key on a curve that nobody signs on here.
const OTHER_CURVE: &str = "the key is on a curve that nothing is signed on here: take one on P-256, P-384 or P-521";

/// A certificate of one's own, with the key.
pub(crate) struct Identity {
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) key: Vec<u8>,
}

/// What was read of it.
#[derive(Clone, Debug)]
pub(super) struct Own {
    pub(super) resolver: Arc<SingleCertAndKey>,
    /// The curve that the key is on; none of what is not on one.
    pub(super) curve: Option<NamedGroup>,
}

/// The curves that keys are on, by what is signed with them.
const CURVES: [(SignatureScheme, NamedGroup); 3] = [
    (SignatureScheme::ECDSA_NISTP256_SHA256, NamedGroup::secp256r1),
    (SignatureScheme::ECDSA_NISTP384_SHA384, NamedGroup::secp384r1),
    (SignatureScheme::ECDSA_NISTP521_SHA512, NamedGroup::secp521r1),
];

impl Identity {
    /// Looks whether the two go together, and tells how many bytes they hold.
    pub(super) fn read(self, provider: &CryptoProvider) -> Result<(Own, usize)> {
        let length = self.chain.iter().map(Vec::len).sum::<usize>();
        if self.chain.is_empty() || length > MOST_CHAIN {
            return Err(invalid("the certificate's chain is empty, or too long"));
        }
        let size = length + self.chain.len() * size_of::<CertificateDer<'_>>() + self.key.len() * KEY_FACTOR;
        let chain: Vec<_> = self.chain.into_iter().map(CertificateDer::from).collect();
        let key = PrivateKeyDer::try_from(self.key).map_err(|_| invalid("the key is not one that is known"))?;
        let key = provider.key_provider.load_private_key(key);
        let public = public_key(&chain[0]).ok_or_else(|| invalid("the certificate cannot be read"))?;
        let key = key.map_err(|error| {
            let is_on_other = SubjectPublicKeyInfoOwned::from_der(&public).is_ok_and(|key| is_on_other_curve(&key));
            if is_on_other { invalid(OTHER_CURVE) } else { invalid(format!("the key cannot be used: {error}")) }
        })?;
        if key.public_key().is_some_and(|own| own != public) {
            return Err(invalid("key values mismatch"));
        }
        let curve = CURVES.iter().find(|(scheme, _)| key.choose_scheme(&[*scheme]).is_some()).map(|(_, curve)| *curve);
        let resolver = Arc::new(SingleCertAndKey::from(CertifiedKey::new(chain, key)));
        Ok((Own { resolver, curve }, size))
    }
}

#[cfg(test)]
mod tests {
    use rustls::pki_types::pem::PemObject;

    use super::super::provider;
    use super::*;

    #[test]
    fn a_key_on_another_curve_is_told_by_that() {
        const PEM: &[u8] = include_bytes!("identity/p224.pem");
        let certificate = CertificateDer::from_pem_slice(PEM).expect("a certificate");
        let key = PrivateKeyDer::from_pem_slice(PEM).expect("a key").secret_der().to_vec();
        let provider = provider::whole();
        let told = Identity { chain: vec![certificate.to_vec()], key }.read(&provider).err();
        assert_eq!(told, Some(invalid(OTHER_CURVE)));
    }
}
