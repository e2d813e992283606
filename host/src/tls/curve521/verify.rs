//! Checking signatures on P-521.

use p521::FieldBytes;
use p521::ecdsa::signature::hazmat::PrehashVerifier;
use p521::ecdsa::{DerSignature, Signature, VerifyingKey};
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Signatures on P-521 of one digest.
#[derive(Debug)]
struct Algorithm {
    name: AlgorithmIdentifier,
    digest: fn(&[u8]) -> FieldBytes,
}

/// The digest as a number of the field: the zeros that a shorter one lacks stand before it.
fn padded<D: Digest>(message: &[u8]) -> FieldBytes {
    let digest = D::digest(message);
    let mut field = FieldBytes::default();
    let zeros = field.len() - digest.len();
    field[zeros..].copy_from_slice(&digest);
    field
}

macro_rules! algorithm {
    ($name:ident, $digest:ty, $number:ident, $text:literal) => {
        #[doc = $text]
        pub(crate) static $name: &dyn SignatureVerificationAlgorithm =
            &Algorithm { name: alg_id::$number, digest: padded::<$digest> };
    };
}

algorithm!(SHA256, Sha256, ECDSA_SHA256, "Signatures of SHA-256, which is weaker than the curve.");
algorithm!(SHA384, Sha384, ECDSA_SHA384, "Signatures of SHA-384, which is weaker than the curve.");
algorithm!(SHA512, Sha512, ECDSA_SHA512, "Signatures of SHA-512.");

impl SignatureVerificationAlgorithm for Algorithm {
    fn verify_signature(&self, key: &[u8], message: &[u8], signature: &[u8]) -> Result<(), InvalidSignature> {
        // The library knows a shorter form of points besides, and OpenSSL does not.
        if !matches!(key.first(), Some(2..=4)) {
            return Err(InvalidSignature);
        }
        let key = VerifyingKey::from_sec1_bytes(key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::from_bytes(signature).map_err(|_| InvalidSignature)?;
        let signature = Signature::try_from(signature).map_err(|_| InvalidSignature)?;
        key.verify_prehash(&(self.digest)(message), &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.name
    }
}
