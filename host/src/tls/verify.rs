//! Whether a peer's certificate holds.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, SignatureScheme};
use webpki::{
    EndEntityCert, KeyUsage, RawPublicKeyEntity, RevocationOptionsBuilder, anchor_from_trusted_cert, spki_for_anchor,
};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode, EncodeValue};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};
use x509_cert::{Certificate, TbsCertificate};

use super::config::Config;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// Whether the peer's certificate is verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VerifyMode {
    None,
    Optional,
    Required,
}

/// Why a certificate does not hold: OpenSSL's number and words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: u32,
    pub(crate) text: String,
}

impl Fault {
    fn new(code: u32, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }
}

/// Trusted certificates.
#[derive(Clone, Debug, Default)]
pub(super) struct Roots {
    anchors: Vec<TrustAnchor<'static>>,
    certificates: Vec<CertificateDer<'static>>,
    /// Of whom a server tells the client that it trusts them.
    subjects: Vec<DistinguishedName>,
}

/// How many bytes of them a server tells; more would not go into one message.
const MOST_HINTS: usize = 1 << 15;

impl Roots {
    pub(super) fn add(&mut self, certificate: CertificateDer<'static>) -> Result<(), webpki::Error> {
        let anchor = anchor_from_trusted_cert(&certificate)?.to_owned();
        self.subjects.push(DistinguishedName::in_sequence(&anchor.subject));
        self.anchors.push(anchor);
        self.certificates.push(certificate);
        Ok(())
    }

    /// Has a server tell nothing of whom it trusts, where it would be too much.
    pub(super) fn limit_hints(&mut self) {
        if self.subjects.iter().map(|subject| subject.as_ref().len()).sum::<usize>() > MOST_HINTS {
            self.subjects.clear();
        }
    }

    /// The certificate that the anchor was made of.
    fn certificate(&self, anchor: &TrustAnchor<'_>) -> Option<&CertificateDer<'static>> {
        let at = self.anchors.iter().position(|known| known == anchor)?;
        self.certificates.get(at)
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What the peer sent.
    pub(super) sent: Vec<CertificateDer<'static>>,
    /// From the peer's certificate to the trusted one.
    pub(super) verified: Vec<CertificateDer<'static>>,
    pub(super) fault: Option<Fault>,
}

/// The verifier of one connection.
#[derive(Debug)]
pub(super) struct Verifier {
    config: Config,
    outcome: Mutex<Outcome>,
}

impl Verifier {
    pub(super) fn new(config: &Config) -> Arc<Self> {
        Arc::new(Self { config: config.clone(), outcome: Mutex::default() })
    }

    pub(super) fn outcome(&self) -> MutexGuard<'_, Outcome> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Verifies the chain, for a server's name or for a client.
    fn verify(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), rustls::Error> {
        let config = &self.config.0;
        let owned = |certificate: &CertificateDer<'_>| certificate.clone().into_owned();
        let mut outcome = self.outcome();
        outcome.sent = [leaf].into_iter().chain(others).map(owned).collect();
        if config.verify == VerifyMode::None {
            return Ok(());
        }
        let verified = self.chain(leaf, others, name.is_some(), now).and_then(|chain| match name {
            Some(name) if config.check_name => self.name(leaf, name).map(|()| chain),
            _ => Ok(chain),
        });
        match verified {
            Ok(chain) => {
                outcome.verified = chain;
                Ok(())
            }
            Err((fault, told)) => {
                outcome.fault = Some(fault);
                Err(told.into())
            }
        }
    }

    fn chain(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        of_server: bool,
        now: UnixTime,
    ) -> Result<Vec<CertificateDer<'static>>, (Fault, CertificateError)> {
        let config = &self.config.0;
        if let Some(trusted) = config.roots.certificates.iter().find(|trusted| *trusted == leaf) {
            trusted_itself(leaf, of_server, now)?;
            return Ok(vec![trusted.clone()]);
        }
        let parsed = match EndEntityCert::try_from(leaf) {
            Err(webpki::Error::UnsupportedCertVersion) => return self.version_1(leaf, now),
            parsed => parsed.map_err(|error| explain(&error))?,
        };
        if parsed.issuer() == parsed.subject() {
            return Err((Fault::new(18, "self-signed certificate"), CertificateError::UnknownIssuer));
        }
        let crls: Vec<_> = config.crls.iter().collect();
        let revocation = match config.revocation {
            None => None,
            Some(depth) => {
                let none =
                    |_| (Fault::new(3, "unable to get certificate CRL"), CertificateError::UnknownRevocationStatus);
                let options = RevocationOptionsBuilder::new(&crls).map_err(none)?.with_depth(depth);
                Some(options.with_expiration_policy(webpki::ExpirationPolicy::Enforce).build())
            }
        };
        let algorithms = config.provider.signature_verification_algorithms.all;
        let usage = if of_server { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
        let path = parsed
            .verify_for_usage(algorithms, &config.roots.anchors, others, now, usage, revocation, None)
            .map_err(|error| match error {
                webpki::Error::UnknownIssuer if others.iter().any(is_self_issued) => {
                    (Fault::new(19, "self-signed certificate in certificate chain"), CertificateError::UnknownIssuer)
                }
                error => explain(&error),
            })?;
        let between = path.intermediate_certificates().map(|certificate| certificate.der().into_owned());
        let mut chain: Vec<_> = [leaf.clone().into_owned()].into_iter().chain(between).collect();
        chain.extend(config.roots.certificate(path.anchor()).cloned());
        Ok(chain)
    }

    /// As `chain`, for a certificate of version 1, as `openssl x509 -req` has made many. It has no extensions, so there
    /// are its dates and the signature of a trusted certificate, and nothing else that could speak for or against it.
    fn version_1(
        &self,
        leaf: &CertificateDer<'_>,
        now: UnixTime,
    ) -> Result<Vec<CertificateDer<'static>>, (Fault, CertificateError)> {
        let config = &self.config.0;
        let unread = |_| explain(&webpki::Error::BadDer);
        let certificate = Certificate::from_der(leaf).map_err(unread)?;
        let body = &certificate.tbs_certificate;
        if body.issuer == body.subject {
            return Err((Fault::new(18, "self-signed certificate"), CertificateError::UnknownIssuer));
        }
        in_time(body, now)?;
        if config.revocation.is_some() {
            return Err(explain(&webpki::Error::UnknownRevocationStatus));
        }
        let (issuer, signed) = (body.issuer.to_der().map_err(unread)?, body.to_der().map_err(unread)?);
        let mut algorithm = Vec::new();
        certificate.signature_algorithm.encode_value(&mut algorithm).map_err(unread)?;
        let signature = certificate.signature.as_bytes().unwrap_or_default();
        let mut error = webpki::Error::UnknownIssuer;
        for (anchor, root) in config.roots.anchors.iter().zip(&config.roots.certificates) {
            if *DistinguishedName::in_sequence(&anchor.subject).as_ref() != *issuer
                || body.signature != certificate.signature_algorithm
            {
                continue;
            }
            error = webpki::Error::InvalidSignatureForPublicKey;
            let key = spki_for_anchor(anchor);
            let Ok(key) = RawPublicKeyEntity::try_from(&key) else { continue };
            let all = config.provider.signature_verification_algorithms.all;
            let mut known = all.iter().filter(|known| *known.signature_alg_id().as_ref() == *algorithm);
            if known.any(|known| key.verify_signature(*known, &signed, signature).is_ok()) {
                return Ok(vec![leaf.clone().into_owned(), root.clone()]);
            }
        }
        Err(explain(&error))
    }

    fn name(&self, leaf: &CertificateDer<'_>, name: &ServerName<'_>) -> Result<(), (Fault, CertificateError)> {
        // One that is trusted itself may be such as webpki does not read, and then its common name is all there is.
        let matches = EndEntityCert::try_from(leaf)
            .is_ok_and(|certificate| certificate.verify_is_valid_for_subject_name(name).is_ok());
        if matches || (self.config.0.common_name && common_name_matches(leaf, name)) {
            return Ok(());
        }
        let fault = match name {
            ServerName::IpAddress(_) => Fault::new(64, "IP address mismatch"),
            _ => Fault::new(62, "hostname mismatch"),
        };
        Err((fault, CertificateError::NotValidForName))
    }

    /// The key of a certificate of version 1, which webpki does not read.
    fn key_of_version_1(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
        match EndEntityCert::try_from(certificate) {
            Err(webpki::Error::UnsupportedCertVersion) => public_key(certificate),
            _ => None,
        }
    }

    fn signature_of_tls12(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.config.0.provider.signature_verification_algorithms;
        let Some(key) = Self::key_of_version_1(certificate) else {
            return verify_tls12_signature(message, certificate, signed, algorithms);
        };
        let bad = || rustls::Error::from(CertificateError::BadSignature);
        let key = RawPublicKeyEntity::try_from(&key).map_err(|_| bad())?;
        let mut known = algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == signed.scheme)
            .flat_map(|(_, known)| known.iter());
        let valid = known.any(|known| key.verify_signature(*known, message, signed.signature()).is_ok());
        if valid { Ok(HandshakeSignatureValid::assertion()) } else { Err(bad()) }
    }

    fn signature_of_tls13(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.config.0.provider.signature_verification_algorithms;
        match Self::key_of_version_1(certificate) {
            None => verify_tls13_signature(message, certificate, signed, algorithms),
            Some(key) => verify_tls13_signature_with_raw_key(message, &key, signed, algorithms),
        }
    }

    fn schemes(&self) -> Vec<SignatureScheme> {
        self.config.0.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Whether a certificate holds that the guest trusts for itself, whoever issued it.
fn trusted_itself(leaf: &CertificateDer<'_>, of_server: bool, now: UnixTime) -> Result<(), (Fault, CertificateError)> {
    let unread = |_| explain(&webpki::Error::BadDer);
    let certificate = Certificate::from_der(leaf).map_err(unread)?.tbs_certificate;
    in_time(&certificate, now)?;
    let usage = certificate.get::<ExtendedKeyUsage>().map_err(unread)?;
    let wanted = if of_server { SERVER_AUTH } else { CLIENT_AUTH };
    if usage.is_some_and(|(_, usage)| !usage.0.iter().any(|purpose| [wanted, ANY_PURPOSE].contains(purpose))) {
        return Err((Fault::new(26, "unsuitable certificate purpose"), CertificateError::InvalidPurpose));
    }
    Ok(())
}

fn in_time(certificate: &TbsCertificate, now: UnixTime) -> Result<(), (Fault, CertificateError)> {
    let (now, validity) = (now.as_secs(), &certificate.validity);
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err((Fault::new(9, "certificate is not yet valid"), CertificateError::NotValidYet));
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err((Fault::new(10, "certificate has expired"), CertificateError::Expired));
    }
    Ok(())
}

/// The certificate's public key.
pub(super) fn public_key(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_public_key_info.to_der().ok()?.into())
}

fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    Certificate::from_der(certificate)
        .is_ok_and(|certificate| certificate.tbs_certificate.issuer == certificate.tbs_certificate.subject)
}

/// Whether the name is the common name of a certificate that has no alternative names of servers.
fn common_name_matches(leaf: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let ServerName::DnsName(name) = name else { return false };
    let Ok(certificate) = Certificate::from_der(leaf) else { return false };
    let certificate = certificate.tbs_certificate;
    match certificate.get::<SubjectAltName>() {
        Ok(None) => {}
        Ok(Some((_, names))) if !names.0.iter().any(|name| matches!(name, GeneralName::DnsName(_))) => {}
        _ => return false,
    }
    let parts = certificate.subject.0.iter().flat_map(|part| part.0.iter());
    let names =
        parts.filter(|part| part.oid == COMMON_NAME).filter_map(|part| std::str::from_utf8(part.value.value()).ok());
    names.into_iter().any(|pattern| host_matches(pattern, name.as_ref()))
}

/// Whether the host is the one that the pattern names; an asterisk is a whole first label, before two more at least.
fn host_matches(pattern: &str, host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    match pattern.strip_prefix("*.") {
        None => pattern.eq_ignore_ascii_case(host),
        Some(domain) => {
            let rest = host.split_once('.').filter(|(first, _)| !first.is_empty());
            domain.contains('.') && rest.is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(domain))
        }
    }
}

/// webpki's error as OpenSSL has it, and as the peer is told of it.
fn explain(error: &webpki::Error) -> (Fault, CertificateError) {
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
        E::CrlExpired { .. } => (12, "CRL has expired", Told::ExpiredRevocationList),
        E::InvalidCrlSignatureForPublicKey => (8, "CRL signature failure", Told::UnknownRevocationStatus),
        other => {
            let text = format!("the certificate cannot be used: {other}");
            return (Fault::new(1, text), Told::BadEncoding);
        }
    };
    (Fault::new(code, text), told)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.verify(end_entity, intermediates, Some(server_name), now).map(|()| ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signature_of_tls12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signature_of_tls13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

impl ClientCertVerifier for Verifier {
    fn offer_client_auth(&self) -> bool {
        self.config.0.verify != VerifyMode::None
    }

    fn client_auth_mandatory(&self) -> bool {
        self.config.0.verify == VerifyMode::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.config.0.roots.subjects
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        self.verify(end_entity, intermediates, None, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signature_of_tls12(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.signature_of_tls13(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asterisk_is_one_label() {
        for (pattern, host, expected) in [
            ("localhost", "LOCALHOST", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "www.example.com.", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "a.b.example.com", false),
            ("*.com", "example.com", false),
            ("*", "localhost", false),
            ("w*.example.com", "www.example.com", false),
            ("www.example.com\0.net", "www.example.com", false),
        ] {
            assert_eq!(host_matches(pattern, host), expected, "{pattern} {host}");
        }
    }
}
