//! What the cryptography is done by: ring, and for the curve P-521, which it has not, another library.

use std::sync::{Arc, LazyLock};

use rustls::SignatureScheme::{ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384, ECDSA_NISTP521_SHA512};
use rustls::crypto::{CryptoProvider, KeyProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm};
use rustls::sign::SigningKey;

use super::curve521;
use super::error::{Result, invalid};

/// How many cipher suites may be named.
const MOST_SUITES: usize = 1 << 10;

static WHOLE: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(joined()));

/// All algorithms.
pub(super) fn whole() -> Arc<CryptoProvider> {
    WHOLE.clone()
}

/// The algorithms, of which those of the suites are left, in that order.
pub(super) fn of_suites(suites: &[u16]) -> Result<Arc<CryptoProvider>> {
    if suites.len() > MOST_SUITES {
        return Err(invalid("there are not so many cipher suites"));
    }
    if suites.is_empty() {
        return Ok(whole());
    }
    let mut chosen = Vec::new();
    for &number in suites {
        let found = WHOLE.cipher_suites.iter().find(|suite| u16::from(suite.suite()) == number);
        chosen.extend(found.filter(|suite| !chosen.contains(*suite)));
    }
    if chosen.is_empty() {
        return Err(invalid("no ciphers available"));
    }
    Ok(Arc::new(CryptoProvider { cipher_suites: chosen, ..CryptoProvider::clone(&WHOLE) }))
}

/// ring's algorithms, and last those on P-521, which cost more.
fn joined() -> CryptoProvider {
    let mut provider = ring::default_provider();
    provider.kx_groups.push(curve521::GROUP);
    provider.key_provider = &Keys;
    provider.signature_verification_algorithms = signatures(&provider.signature_verification_algorithms);
    provider
}

/// Those algorithms, and those on P-521.
///
/// In TLS 1.2 a scheme names the digest alone, and in TLS 1.3 the curve of the first algorithm. So a peer of TLS 1.2 could sign by
/// SHA-512 on P-256 or P-384, which nothing here checks; it comes after those that are, by which peers choose unless told
/// otherwise.
fn signatures(of_ring: &WebPkiSupportedAlgorithms) -> WebPkiSupportedAlgorithms {
    let all = [of_ring.all, &[curve521::SHA256, curve521::SHA384, curve521::SHA512]].concat();
    let more = |known: &[&'static dyn SignatureVerificationAlgorithm], algorithm| -> &'static [_] {
        Vec::leak([known, &[algorithm]].concat())
    };
    let mut mapping = Vec::new();
    for &(scheme, known) in of_ring.mapping {
        mapping.push((
            scheme,
            match scheme {
                ECDSA_NISTP256_SHA256 => more(known, curve521::SHA256),
                ECDSA_NISTP384_SHA384 => more(known, curve521::SHA384),
                _ => known,
            },
        ));
        if scheme == ECDSA_NISTP256_SHA256 {
            mapping.push((ECDSA_NISTP521_SHA512, more(&[], curve521::SHA512)));
        }
    }
    WebPkiSupportedAlgorithms { all: Vec::leak(all), mapping: Vec::leak(mapping) }
}

/// Reads keys of one's own.
#[derive(Debug)]
struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        let of_ring = ring::default_provider();
        match curve521::load(&der, of_ring.secure_random) {
            Some(key) => Ok(key),
            None => of_ring.key_provider.load_private_key(der),
        }
    }
}
