//! The chain from a peer's certificate to one that is trusted.

use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::{CertificateError, DistinguishedName};
use webpki::{EndEntityCert, KeyUsage, RawPublicKeyEntity, RevocationOptionsBuilder, spki_for_anchor};
use x509_cert::der::{Encode, EncodeValue};

use super::certificate::{self, unread};
use super::config::Inner;
use super::fault::{Fault, Rejection, explain, self_signed};

/// From the certificate of a server or client to a trusted one.
pub(super) fn build(
    config: &Inner,
    leaf: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
    of_server: bool,
    now: UnixTime,
) -> Result<Vec<CertificateDer<'static>>, Rejection> {
    if let Some(trusted) = config.roots.certificates.iter().find(|trusted| *trusted == leaf) {
        trusted_itself(leaf, of_server, now)?;
        return Ok(vec![trusted.clone()]);
    }
    let parsed = match EndEntityCert::try_from(leaf) {
        Err(webpki::Error::UnsupportedCertVersion) => return version_1(config, leaf, now),
        parsed => parsed.map_err(|error| explain(&error))?,
    };
    if parsed.issuer() == parsed.subject() {
        return Err(self_signed());
    }
    let crls: Vec<_> = config.crls.iter().collect();
    let revocation = match config.revocation {
        None => None,
        Some(depth) => {
            let none = |_| (Fault::new(3, "unable to get certificate CRL"), CertificateError::UnknownRevocationStatus);
            let options = RevocationOptionsBuilder::new(&crls).map_err(none)?.with_depth(depth);
            Some(options.with_expiration_policy(webpki::ExpirationPolicy::Enforce).build())
        }
    };
    let algorithms = config.provider.signature_verification_algorithms.all;
    let usage = if of_server { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
    let path = parsed
        .verify_for_usage(algorithms, &config.roots.anchors, others, now, usage, revocation, None)
        .map_err(|error| match error {
            webpki::Error::UnknownIssuer if others.iter().any(certificate::is_self_issued) => {
                (Fault::new(19, "self-signed certificate in certificate chain"), CertificateError::UnknownIssuer)
            }
            error => explain(&error),
        })?;
    let between = path.intermediate_certificates().map(|certificate| certificate.der().into_owned());
    let mut chain: Vec<_> = [leaf.clone().into_owned()].into_iter().chain(between).collect();
    chain.extend(config.roots.certificate(path.anchor()).cloned());
    Ok(chain)
}

/// As [`build`], for a certificate of version 1, as `openssl x509 -req` has made many. It has no extensions, so there
/// are its dates and the signature of a trusted certificate, and nothing else that could speak for or against it.
fn version_1(
    config: &Inner,
    leaf: &CertificateDer<'_>,
    now: UnixTime,
) -> Result<Vec<CertificateDer<'static>>, Rejection> {
    let certificate = certificate::read(leaf)?;
    let body = &certificate.tbs_certificate;
    if body.issuer == body.subject {
        return Err(self_signed());
    }
    certificate::in_time(body, now)?;
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

/// Whether a certificate holds that the guest trusts for itself, whoever issued it.
fn trusted_itself(leaf: &CertificateDer<'_>, of_server: bool, now: UnixTime) -> Result<(), Rejection> {
    let certificate = certificate::read(leaf)?.tbs_certificate;
    certificate::in_time(&certificate, now)?;
    certificate::is_for(&certificate, of_server)
}
