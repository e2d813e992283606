//! Keys and signatures of certificates: of what kind they are, and whether they are strong enough.
//!
//! The measure is OpenSSL's security level 2, which Python has as well: 112 bits.

use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

/// The kinds of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Rsa,
    RsaPss,
    Ec,
    Ed25519,
    Ed448,
}

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const ED25519: ObjectIdentifier = oid("1.3.101.112");
const ED448: ObjectIdentifier = oid("1.3.101.113");

/// The families of keys, by the algorithm that a key names.
const KEYS: [(ObjectIdentifier, Family); 5] = [
    (oid("1.2.840.113549.1.1.1"), Family::Rsa),
    (RSA_PSS, Family::RsaPss),
    (oid("1.2.840.10045.2.1"), Family::Ec),
    (ED25519, Family::Ed25519),
    (ED448, Family::Ed448),
];

/// The curves that are strong enough: P-224, P-256, P-384, P-521, secp256k1.
const CURVES: [ObjectIdentifier; 5] =
    [oid("1.3.132.0.33"), oid("1.2.840.10045.3.1.7"), oid("1.3.132.0.34"), oid("1.3.132.0.35"), oid("1.3.132.0.10")];

/// The algorithms of signatures: whose keys make them, and whether they are strong enough.
const SIGNATURES: [(ObjectIdentifier, Family, bool); 14] = [
    (oid("1.2.840.113549.1.1.4"), Family::Rsa, false), // MD5
    (oid("1.2.840.113549.1.1.5"), Family::Rsa, false), // SHA-1
    (oid("1.2.840.113549.1.1.14"), Family::Rsa, true), // SHA-224
    (oid("1.2.840.113549.1.1.11"), Family::Rsa, true), // SHA-256
    (oid("1.2.840.113549.1.1.12"), Family::Rsa, true), // SHA-384
    (oid("1.2.840.113549.1.1.13"), Family::Rsa, true), // SHA-512
    (RSA_PSS, Family::RsaPss, true),
    (oid("1.2.840.10045.4.1"), Family::Ec, false),  // SHA-1
    (oid("1.2.840.10045.4.3.1"), Family::Ec, true), // SHA-224
    (oid("1.2.840.10045.4.3.2"), Family::Ec, true), // SHA-256
    (oid("1.2.840.10045.4.3.3"), Family::Ec, true), // SHA-384
    (oid("1.2.840.10045.4.3.4"), Family::Ec, true), // SHA-512
    (ED25519, Family::Ed25519, true),
    (ED448, Family::Ed448, true),
];

/// How many bits an RSA key must have.
const LEAST_RSA: usize = 2048;

/// A key's family; none of what no chain is made of.
pub(super) fn family(key: &SubjectPublicKeyInfoOwned) -> Option<Family> {
    KEYS.iter().find(|(name, _)| *name == key.algorithm.oid).map(|(_, family)| *family)
}

/// Whose keys make signatures by the algorithm; none if it is unknown.
pub(super) fn maker(algorithm: &AlgorithmIdentifierOwned) -> Option<Family> {
    SIGNATURES.iter().find(|(name, ..)| *name == algorithm.oid).map(|(_, family, _)| *family)
}

/// Whether a key of that family makes signatures that are of that one.
pub(super) fn may_sign(key: Option<Family>, signature: Option<Family>) -> bool {
    signature.is_some() && (key == signature || (key, signature) == (Some(Family::Rsa), Some(Family::RsaPss)))
}

/// Whether a signature by the algorithm is strong enough.
pub(super) fn is_strong(algorithm: &AlgorithmIdentifierOwned) -> bool {
    SIGNATURES.iter().any(|(name, _, strong)| *strong && *name == algorithm.oid)
}

/// The curves that something is signed on here: P-256, P-384, P-521.
const SIGNED_ON: [ObjectIdentifier; 3] = [CURVES[1], CURVES[2], CURVES[3]];

/// Whether the key is on a curve that it names, and that nothing is signed on here.
pub(super) fn is_on_other_curve(key: &SubjectPublicKeyInfoOwned) -> bool {
    family(key) == Some(Family::Ec) && curve(key).is_some_and(|curve| !SIGNED_ON.contains(&curve))
}

/// Whether a key is strong enough.
pub(super) fn is_strong_key(key: &SubjectPublicKeyInfoOwned) -> bool {
    match family(key) {
        None => false,
        Some(Family::Rsa | Family::RsaPss) => modulus(key).is_some_and(|bits| bits >= LEAST_RSA),
        // A curve that is described rather than named is refused for that.
        Some(Family::Ec) => curve(key).is_none_or(|curve| CURVES.contains(&curve)),
        Some(Family::Ed25519 | Family::Ed448) => true,
    }
}

/// Whether the key is on a curve that it describes instead of naming it.
pub(super) fn describes_curve(key: &SubjectPublicKeyInfoOwned) -> bool {
    family(key) == Some(Family::Ec) && curve(key).is_none()
}

fn curve(key: &SubjectPublicKeyInfoOwned) -> Option<ObjectIdentifier> {
    key.algorithm.parameters.as_ref()?.decode_as().ok()
}

/// How many bits an RSA key has.
fn modulus(key: &SubjectPublicKeyInfoOwned) -> Option<usize> {
    let mut reader = SliceReader::new(key.subject_public_key.as_bytes()?).ok()?;
    let modulus = reader.sequence(|reader| {
        let modulus = UintRef::decode(reader)?;
        UintRef::decode(reader)?;
        Ok(modulus)
    });
    let modulus = modulus.ok()?;
    let bytes = modulus.as_bytes();
    Some(bytes.len() * 8 - bytes.first()?.leading_zeros() as usize)
}
