//! What is read out of certificates beside what webpki reads.

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};
use x509_cert::{Certificate, TbsCertificate};

use super::fault::{Fault, Rejection, explain};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");

/// The certificate, as far as DER goes.
pub(super) fn read(certificate: &CertificateDer<'_>) -> Result<Certificate, Rejection> {
    Certificate::from_der(certificate).map_err(unread)
}

/// That the certificate cannot be read.
pub(super) fn unread(_: x509_cert::der::Error) -> Rejection {
    explain(&webpki::Error::BadDer)
}

/// Whether the certificate is of this time.
pub(super) fn in_time(certificate: &TbsCertificate, now: UnixTime) -> Result<(), Rejection> {
    let (now, validity) = (now.as_secs(), &certificate.validity);
    if now < validity.not_before.to_unix_duration().as_secs() {
        return Err((Fault::new(9, "certificate is not yet valid"), CertificateError::NotValidYet));
    }
    if now > validity.not_after.to_unix_duration().as_secs() {
        return Err((Fault::new(10, "certificate has expired"), CertificateError::Expired));
    }
    Ok(())
}

/// Whether the certificate is for servers or for clients, where it says what it is for.
pub(super) fn is_for(certificate: &TbsCertificate, of_server: bool) -> Result<(), Rejection> {
    let usage = certificate.get::<ExtendedKeyUsage>().map_err(unread)?;
    let wanted = if of_server { SERVER_AUTH } else { CLIENT_AUTH };
    if usage.is_some_and(|(_, usage)| !usage.0.iter().any(|purpose| [wanted, ANY_PURPOSE].contains(purpose))) {
        return Err((Fault::new(26, "unsuitable certificate purpose"), CertificateError::InvalidPurpose));
    }
    Ok(())
}

/// The certificate's public key.
pub(super) fn public_key(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let certificate = Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_public_key_info.to_der().ok()?.into())
}

/// Whether the certificate is its own issuer.
pub(super) fn is_self_issued(certificate: &CertificateDer<'_>) -> bool {
    Certificate::from_der(certificate)
        .is_ok_and(|certificate| certificate.tbs_certificate.issuer == certificate.tbs_certificate.subject)
}

/// Whether the name is the common name of a certificate that has no alternative names of servers.
pub(super) fn common_name_matches(leaf: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
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
