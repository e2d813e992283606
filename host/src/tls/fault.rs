//! Why a certificate does not hold.

use std::fmt;

use rustls::CertificateError;

/// Why a certificate does not hold: OpenSSL's number and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: u32,
    pub(crate) text: String,
}

impl Fault {
    pub(super) fn new(code: u32, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// A fault that OpenSSL has no number for.
    pub(super) fn unusable(error: &impl fmt::Display) -> Self {
        Self::new(1, format!("the certificate cannot be used: {error}"))
    }
}

/// A fault, and what the peer is told of it.
pub(super) type Rejection = (Fault, CertificateError);

/// webpki's error as OpenSSL has it, and as the peer is told of it.
pub(super) fn explain(error: &webpki::Error) -> Rejection {
    use CertificateError as Told;
    use webpki::Error as E;
    let (code, text, told) = match error {
        E::CertExpired { .. } => (10, "certificate has expired", Told::Expired),
        E::CertNotValidYet { .. } => (9, "certificate is not yet valid", Told::NotValidYet),
        E::CertRevoked => (23, "certificate revoked", Told::Revoked),
        E::UnknownIssuer => (20, "unable to get local issuer certificate", Told::UnknownIssuer),
        E::InvalidSignatureForPublicKey => (7, "certificate signature failure", Told::BadSignature),
        E::UnsupportedSignatureAlgorithmContext(_) | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            (76, "unsupported signature algorithm", Told::BadSignature)
        }
        E::RequiredEkuNotFoundContext(_) | E::EmptyEkuExtension | E::CaUsedAsEndEntity => {
            (26, "unsuitable certificate purpose", Told::InvalidPurpose)
        }
        E::EndEntityUsedAsCa => (79, "invalid CA certificate", Told::InvalidPurpose),
        E::PathLenConstraintViolated => (25, "path length constraint exceeded", Told::UnknownIssuer),
        E::MaximumPathDepthExceeded => (22, "certificate chain too long", Told::UnknownIssuer),
        E::NameConstraintViolation => (47, "permitted subtree violation", Told::UnknownIssuer),
        E::UnsupportedCriticalExtension => (34, "unhandled critical extension", Told::UnhandledCriticalExtension),
        E::UnknownRevocationStatus => (3, "unable to get certificate CRL", Told::UnknownRevocationStatus),
        // Its key is among those that webpki trusts no more.
        E::CertDistrusted => (28, "certificate rejected", Told::BadEncoding),
        E::CrlExpired { .. } => (12, "CRL has expired", Told::ExpiredRevocationList),
        E::InvalidCrlSignatureForPublicKey => (8, "CRL signature failure", Told::UnknownRevocationStatus),
        other => return (Fault::unusable(other), Told::BadEncoding),
    };
    (Fault::new(code, text), told)
}
