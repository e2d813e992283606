//! Whether a certificate is for a server's name.

use rustls::CertificateError;
use rustls::pki_types::ServerName;
use webpki::EndEntityCert;
use x509_cert::TbsCertificate;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::der::{Any, Tagged};
use x509_cert::ext::pkix::name::GeneralName;

use super::certificate::Member;
use super::extension::Extensions;
use super::fault::{Fault, Rejection};
use super::title::text;

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// By what a certificate is for a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    Alternative,
    Common,
}

/// Whether the certificate is for the name.
///
/// `common_name`: whether its common names count, where it has no alternative names of hosts.
pub(super) fn check(leaf: &Member<'_>, name: &ServerName<'_>, common_name: bool) -> Result<Match, Rejection> {
    // One of version 1 webpki does not read, and it has no alternative names.
    let matches = EndEntityCert::try_from(&leaf.certificate.der)
        .is_ok_and(|certificate| certificate.verify_is_valid_for_subject_name(name).is_ok());
    if matches {
        return Ok(Match::Alternative);
    }
    if common_name && common_name_matches(leaf, name) {
        return Ok(Match::Common);
    }
    Err(mismatch(name))
}

/// That the certificate is not for the name.
pub(super) fn mismatch(name: &ServerName<'_>) -> Rejection {
    let fault = match name {
        ServerName::IpAddress(_) => Fault::new(64, "IP address mismatch"),
        _ => Fault::new(62, "hostname mismatch"),
    };
    (fault, CertificateError::NotValidForName)
}

/// Whether the alternative names tell of hosts.
pub(super) fn has_hosts(extensions: &Extensions) -> bool {
    let mut names = extensions.names.iter().flat_map(|names| &names.value.0);
    names.any(|name| matches!(name, GeneralName::DnsName(_)))
}

/// The common names.
pub(super) fn common_names(certificate: &TbsCertificate) -> impl Iterator<Item = &Any> {
    let parts = certificate.subject.0.iter().flat_map(|part| part.0.iter());
    parts.filter(|part| part.oid == COMMON_NAME).map(|part| &part.value)
}

fn common_name_matches(leaf: &Member<'_>, name: &ServerName<'_>) -> bool {
    let ServerName::DnsName(name) = name else { return false };
    let mut names = common_names(&leaf.body.tbs_certificate).filter_map(|value| text(value.tag(), value.value()));
    !has_hosts(&leaf.extensions) && names.any(|pattern| host_matches(&pattern, name.as_ref()))
}

/// Whether the host is the one that the pattern names; an asterisk is a whole first label, before two more at least.
fn host_matches(pattern: &str, host: &str) -> bool {
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
            ("*.example.com", "www.example.com.", false),
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
