//! Keys of one's own on P-521.

use std::fmt;
use std::sync::Arc;

use p521::ecdsa::signature::RandomizedSigner;
use p521::ecdsa::{Signature, SigningKey as Key, VerifyingKey};
use p521::elliptic_curve::zeroize::Zeroizing;
use p521::{FieldBytes, SecretKey};
use rustls::crypto::SecureRandom;
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{SignatureAlgorithm, SignatureScheme};
use x509_cert::der::asn1::{ObjectIdentifier, OctetStringRef};
use x509_cert::der::{self, Decode, Reader, SliceReader};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::Random;

const SCHEME: SignatureScheme = SignatureScheme::ECDSA_NISTP521_SHA512;
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");

/// The key, as PKCS#8 or SEC1 have it; none if it is not on this curve.
pub(crate) fn load(der: &PrivateKeyDer<'_>, random: &'static dyn SecureRandom) -> Option<Arc<dyn SigningKey>> {
    let secret = match der {
        PrivateKeyDer::Pkcs8(der) => SecretKey::from_sec1_der(unwrap(der.secret_pkcs8_der()).ok()??),
        PrivateKeyDer::Sec1(der) if is_whole(der.secret_sec1_der()).unwrap_or(false) => {
            SecretKey::from_sec1_der(der.secret_sec1_der())
        }
        _ => return None,
    };
    let key = Key::from_bytes(&Zeroizing::new(secret.ok()?.to_bytes())).ok()?;
    Some(Arc::new(Own { key: Arc::new(key), random }))
}

/// Whether a key in SEC1 is as long as those of this curve. The curve need not be named there.
fn is_whole(der: &[u8]) -> der::Result<bool> {
    SliceReader::new(der)?.sequence(|reader| {
        u8::decode(reader)?;
        let key = OctetStringRef::decode(reader)?.as_bytes();
        reader.read_slice(reader.remaining_len())?;
        Ok(key.len() == FieldBytes::default().len())
    })
}

/// What SEC1 has of a key in PKCS#8; none if it is of another kind, or on another curve.
fn unwrap(der: &[u8]) -> der::Result<Option<&[u8]>> {
    SliceReader::new(der)?.sequence(|reader| {
        u8::decode(reader)?;
        let algorithm = AlgorithmIdentifierRef::decode(reader)?;
        let key = OctetStringRef::decode(reader)?.as_bytes();
        // Attributes may follow, and the public key, which SEC1 has as well.
        reader.read_slice(reader.remaining_len())?;
        let curve = algorithm.parameters.and_then(|curve| curve.decode_as().ok());
        Ok((algorithm.oid == EC && curve == Some(P521)).then_some(key))
    })
}

/// A key of one's own.
struct Own {
    key: Arc<Key>,
    random: &'static dyn SecureRandom,
}

impl fmt::Debug for Own {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Own").finish_non_exhaustive()
    }
}

impl SigningKey for Own {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let signer = || Box::new(Self { key: self.key.clone(), random: self.random }) as Box<dyn Signer>;
        offered.contains(&SCHEME).then(signer)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        let point = VerifyingKey::from(&*self.key).to_encoded_point(false);
        Some(public_key_to_spki(&alg_id::ECDSA_P521, point.as_bytes()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Own {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let mut random = Random::new(self.random);
        let signed: Result<Signature, _> = self.key.try_sign_with_rng(&mut random, message);
        match signed {
            Ok(signature) if !random.failed => Ok(signature.to_der().as_bytes().to_vec()),
            _ => Err(rustls::Error::FailedToGetRandomBytes),
        }
    }

    fn scheme(&self) -> SignatureScheme {
        SCHEME
    }
}
