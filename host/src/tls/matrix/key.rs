//! Keys that sign certificates and lists: those of ring's curves, and those on P-521, each with the digest that it signs.

use p521::FieldBytes;
use p521::ecdsa::signature::hazmat::RandomizedPrehashSigner;
use p521::ecdsa::{Signature, SigningKey as OnP521, VerifyingKey};
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PublicKeyData, SignatureAlgorithm,
    SigningKey,
};
use rustls::crypto::ring;
use rustls::pki_types::alg_id;
use rustls::sign::public_key_to_spki;
use sha2::{Digest, Sha256, Sha384, Sha512};
use x509_cert::der::Decode;
use x509_cert::spki::SubjectPublicKeyInfoOwned;

use crate::tls::curve521::Random;

pub(super) const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
const ECDSA_SHA384: &str = "1.2.840.10045.4.3.3";
const ECDSA_SHA512: &str = "1.2.840.10045.4.3.4";

type Hash = fn(&[u8]) -> Vec<u8>;

/// A key, and by which algorithm it signs.
pub(super) struct Key {
    pair: Pair,
    pub(super) algorithm: &'static str,
}

enum Pair {
    OfRing(KeyPair),
    OnP521(OnP521, Hash),
}

impl Key {
    /// One on P-256.
    pub(super) fn new() -> Self {
        Self::of_ring(&PKCS_ECDSA_P256_SHA256, ECDSA_SHA256)
    }

    /// One of each kind.
    pub(super) fn of_each_kind() -> Vec<Self> {
        vec![
            Self::new(),
            Self::of_ring(&PKCS_ECDSA_P384_SHA384, ECDSA_SHA384),
            Self::of_ring(&PKCS_ED25519, "1.3.101.112"),
            Self::on_p521(ECDSA_SHA256, |signed| Sha256::digest(signed).to_vec()),
            Self::on_p521(ECDSA_SHA384, |signed| Sha384::digest(signed).to_vec()),
            Self::on_p521(ECDSA_SHA512, |signed| Sha512::digest(signed).to_vec()),
        ]
    }

    fn of_ring(kind: &'static SignatureAlgorithm, algorithm: &'static str) -> Self {
        Self { pair: Pair::OfRing(KeyPair::generate_for(kind).expect("a key")), algorithm }
    }

    fn on_p521(algorithm: &'static str, hash: Hash) -> Self {
        let key = OnP521::random(&mut random());
        Self { pair: Pair::OnP521(key, hash), algorithm }
    }

    /// The public key as a certificate has it.
    pub(super) fn public(&self) -> SubjectPublicKeyInfoOwned {
        let der = match &self.pair {
            Pair::OfRing(key) => key.subject_public_key_info(),
            Pair::OnP521(..) => public_key_to_spki(&alg_id::ECDSA_P521, self.bytes()).to_vec(),
        };
        SubjectPublicKeyInfoOwned::from_der(&der).expect("a key")
    }

    /// The public key alone.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match &self.pair {
            Pair::OfRing(key) => key.der_bytes().to_vec(),
            Pair::OnP521(key, _) => VerifyingKey::from(key).to_encoded_point(false).as_bytes().to_vec(),
        }
    }

    pub(super) fn sign(&self, signed: &[u8]) -> Vec<u8> {
        match &self.pair {
            Pair::OfRing(key) => key.sign(signed).expect("a signature"),
            Pair::OnP521(key, hash) => {
                let hash = hash(signed);
                let zeros = vec![0; FieldBytes::default().len() - hash.len()];
                let signature: Signature =
                    key.sign_prehash_with_rng(&mut random(), &[zeros, hash].concat()).expect("a signature");
                signature.to_der().as_bytes().to_vec()
            }
        }
    }
}

fn random() -> Random {
    Random::new(ring::default_provider().secure_random)
}
