//! Signatures and keys of this side's own; OpenSSL's are in the matrix of chains, and in the tests with peers.

use p521::elliptic_curve::Curve;
use p521::elliptic_curve::bigint::ArrayEncoding;
use p521::{FieldBytes, NistP521};
use rustls::SignatureScheme::{ECDSA_NISTP256_SHA256, ECDSA_NISTP521_SHA512};
use rustls::crypto::{GetRandomFailed, SecureRandom, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use x509_cert::der::Decode;

use super::*;

/// Nothing is random.
#[derive(Debug)]
struct Nothing;

impl SecureRandom for Nothing {
    fn fill(&self, _: &mut [u8]) -> Result<(), GetRandomFailed> {
        Err(GetRandomFailed)
    }
}

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/p521/");

fn key(name: &str) -> PrivateKeyDer<'static> {
    PrivateKeyDer::from_pem_file(format!("{DIRECTORY}{name}.key")).expect("a key")
}

fn random() -> &'static dyn SecureRandom {
    ring::default_provider().secure_random
}

/// The point that a certificate is of.
fn point(name: &str) -> Vec<u8> {
    let der = CertificateDer::from_pem_file(format!("{DIRECTORY}{name}.pem")).expect("a certificate");
    let certificate = x509_cert::Certificate::from_der(&der).expect("DER");
    certificate.tbs_certificate.subject_public_key_info.subject_public_key.raw_bytes().to_vec()
}

#[test]
fn what_a_key_signs_holds_and_nothing_else_does() {
    // The one is in SEC1, the other in PKCS#8.
    for name in ["server", "client"] {
        let key = load(&key(name), random()).expect("a key on the curve");
        assert!(key.public_key().expect("a key").ends_with(&point(name)), "{name}");
        assert!(key.choose_scheme(&[ECDSA_NISTP256_SHA256]).is_none());
        let signer = key.choose_scheme(&[ECDSA_NISTP256_SHA256, ECDSA_NISTP521_SHA512]).expect("a signer");
        let signature = signer.sign(b"message").expect("a signature");
        assert_ne!(signature, signer.sign(b"message").expect("a signature"), "one number served for two");
        let point = point(name);
        assert!(SHA512.verify_signature(&point, b"message", &signature).is_ok());
        for other in [SHA256, SHA384] {
            assert!(other.verify_signature(&point, b"message", &signature).is_err());
        }
        assert!(SHA512.verify_signature(&point, b"massage", &signature).is_err());
        assert!(SHA512.verify_signature(&point, b"message", &signature[1..]).is_err());
        assert!(SHA512.verify_signature(&point, b"message", &[signature.as_slice(), &[0]].concat()).is_err());
        assert!(SHA512.verify_signature(&point[1..], b"message", &signature).is_err());
        let compact = [&[5], &point[1..67]].concat();
        let compressed = [&[2 + (point[132] & 1)], &point[1..67]].concat();
        assert!(SHA512.verify_signature(&compressed, b"message", &signature).is_ok());
        assert!(SHA512.verify_signature(&compact, b"message", &signature).is_err());
        // 0 and 0, of which other programs have taken every message for signed.
        assert!(SHA512.verify_signature(&point, b"message", &[0x30, 6, 2, 1, 0, 2, 1, 0]).is_err());
    }
}

#[test]
fn without_anything_random_nothing_is_signed() {
    let key = load(&key("server"), &Nothing).expect("a key on the curve");
    let signer = key.choose_scheme(&[ECDSA_NISTP521_SHA512]).expect("a signer");
    assert_eq!(signer.sign(b"message"), Err(rustls::Error::FailedToGetRandomBytes));
}

#[test]
fn a_key_that_is_none_on_the_curve_is_not_loaded() {
    let other = rcgen::KeyPair::generate().expect("a key").serialize_der();
    let PrivateKeyDer::Sec1(sec1) = key("server") else { panic!("another kind") };
    let order = NistP521::ORDER.to_be_byte_array()[6..].to_vec();
    let whole = sec1.secret_sec1_der().to_vec();
    let secret = 8..74;
    assert_eq!(whole[6..8], [4, 66]);
    let with = |number: &[u8]| [&whole[..secret.start], number, &whole[secret.end..]].concat();
    // Of another curve, which need not be named.
    let short = [&[0x30, 53, 2, 1, 1, 4, 48][..], &[7; 48]].concat();
    for der in [other, short, whole[..20].to_vec(), with(&[0; 66]), with(&order)] {
        let Ok(der) = PrivateKeyDer::try_from(der) else { continue };
        assert!(load(&der, random()).is_none());
    }
}

#[test]
fn two_sides_agree_on_keys_on_points_that_are_on_the_curve() {
    let (one, other) = (GROUP.start().expect("a side"), GROUP.start().expect("a side"));
    let (of_one, of_other) = (one.pub_key().to_vec(), other.pub_key().to_vec());
    assert_eq!(of_one.len(), 2 * FieldBytes::default().len() + 1);
    assert_ne!(of_one, of_other);
    let (here, there) = (one.complete(&of_other).expect("a secret"), other.complete(&of_one).expect("a secret"));
    assert_eq!(here.secret_bytes(), there.secret_bytes());
    assert_eq!(here.secret_bytes().len(), FieldBytes::default().len());
    let mut beside = of_one.clone();
    *beside.last_mut().expect("bytes") ^= 1;
    let compressed = [&[2], &of_one[1..67]].concat();
    for point in [&[][..], &[0], &[4], &of_one[..132], &beside, &compressed] {
        assert!(GROUP.start().expect("a side").complete(point).is_err(), "{point:?}");
    }
}
