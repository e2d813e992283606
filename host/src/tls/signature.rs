//! Signatures of what is said in a handshake.

use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::{CertificateError, DigitallySignedStruct};
use webpki::{EndEntityCert, RawPublicKeyEntity};

use super::certificate::public_key;

/// The key of a certificate of version 1, which webpki does not read.
fn key_of_version_1(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    match EndEntityCert::try_from(certificate) {
        Err(webpki::Error::UnsupportedCertVersion) => public_key(certificate),
        _ => None,
    }
}

/// Whether the peer of TLS 1.2 has signed the message by the certificate's key.
pub(super) fn of_tls12(
    algorithms: &WebPkiSupportedAlgorithms,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    let Some(key) = key_of_version_1(certificate) else {
        return verify_tls12_signature(message, certificate, signed, algorithms);
    };
    let bad = || rustls::Error::from(CertificateError::BadSignature);
    let key = RawPublicKeyEntity::try_from(&key).map_err(|_| bad())?;
    let mut known =
        algorithms.mapping.iter().filter(|(scheme, _)| *scheme == signed.scheme).flat_map(|(_, known)| known.iter());
    let valid = known.any(|known| key.verify_signature(*known, message, signed.signature()).is_ok());
    if valid { Ok(HandshakeSignatureValid::assertion()) } else { Err(bad()) }
}

/// Whether the peer of TLS 1.3 has signed the message by the certificate's key.
pub(super) fn of_tls13(
    algorithms: &WebPkiSupportedAlgorithms,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, rustls::Error> {
    match key_of_version_1(certificate) {
        None => verify_tls13_signature(message, certificate, signed, algorithms),
        Some(key) => verify_tls13_signature_with_raw_key(message, &key, signed, algorithms),
    }
}
