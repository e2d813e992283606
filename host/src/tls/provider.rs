//! What the cryptography is done by: ring, and for the curve P-521, which it has not, another library.

use std::sync::{Arc, LazyLock};

use rustls::SignatureScheme::{ECDSA_NISTP256_SHA256, ECDSA_NISTP384_SHA384, ECDSA_NISTP521_SHA512};
use rustls::SupportedCipherSuite;
use rustls::crypto::{CryptoProvider, KeyProvider, WebPkiSupportedAlgorithms, ring};
use rustls::pki_types::{PrivateKeyDer, SignatureVerificationAlgorithm};
use rustls::sign::SigningKey;

use super::curve521;
use super::error::{Result, invalid};

/// How many cipher suites may be named, and how many groups.
const MOST_NAMED: usize = 1 << 10;

static WHOLE: LazyLock<Arc<CryptoProvider>> = LazyLock::new(|| Arc::new(joined()));

/// All algorithms.
pub(super) fn whole() -> Arc<CryptoProvider> {
    WHOLE.clone()
}

/// The algorithms, of which those of the suites are left, and the groups by which keys are agreed on, in that order.
pub(super) fn of(suites: &[u16], groups: &[u16]) -> Result<Arc<CryptoProvider>> {
    if suites.len() > MOST_NAMED || groups.len() > MOST_NAMED {
        return Err(invalid("there are not so many cipher suites, or groups"));
    }
    if suites.is_empty() && groups.is_empty() {
        return Ok(whole());
    }
    let cipher_suites = named(&WHOLE.cipher_suites, suites, |suite| suite.suite().into());
    let kx_groups = named(&WHOLE.kx_groups, groups, |group| group.name().into());
    if cipher_suites.is_empty() {
        return Err(invalid("no ciphers available"));
    }
    if kx_groups.is_empty() {
        return Err(invalid("no groups available"));
    }
    Ok(Arc::new(CryptoProvider { cipher_suites, kx_groups, ..CryptoProvider::clone(&WHOLE) }))
}

/// Those of them that have the numbers, each once, in that order; all without a number.
fn named<T: Clone>(all: &[T], numbers: &[u16], number: impl Fn(&T) -> u16) -> Vec<T> {
    let mut left = all.to_vec();
    if numbers.is_empty() {
        return left;
    }
    let mut take = |wanted| left.iter().position(|one| number(one) == wanted).map(|at| left.remove(at));
    numbers.iter().filter_map(|&wanted| take(wanted)).collect()
}

/// The algorithms for a server whose key is on a curve that the client does not take: no suite of TLS 1.2 is of use for it.
///
/// Those of other keys stand there instead, so that the client is told that no suite is in common.
pub(super) fn without_ecdsa(provider: &CryptoProvider) -> Arc<CryptoProvider> {
    let is_of_ecdsa = |suite: &SupportedCipherSuite| match suite {
        SupportedCipherSuite::Tls12(suite) => suite.sign.contains(&ECDSA_NISTP256_SHA256),
        SupportedCipherSuite::Tls13(_) => false,
    };
    let of_1_3 = provider.cipher_suites.iter().filter(|suite| suite.tls13().is_some());
    let of_1_2 = WHOLE.cipher_suites.iter().filter(|suite| suite.tls13().is_none() && !is_of_ecdsa(suite));
    Arc::new(CryptoProvider { cipher_suites: of_1_3.chain(of_1_2).copied().collect(), ..provider.clone() })
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
