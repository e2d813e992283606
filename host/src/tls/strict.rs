//! What is looked at where somebody asks for strictness: OpenSSL's X509_V_FLAG_X509_STRICT, in its order.

use x509_cert::Version;
use x509_cert::ext::pkix::KeyUsage;

use super::certificate::Member;
use super::extension::Extensions;
use super::fault::{Fault, Rejection};

/// Whether a certificate of a chain of two at least is as RFC 5280 has it; the last one is the trusted one.
pub(super) fn check(member: &Member<'_>, last: bool) -> Result<(), Rejection> {
    let Extensions { basic, usage, subject_key, authority_key, names, .. } = &member.extensions;
    let body = &member.body.tbs_certificate;
    let authority = member.extensions.is_authority();
    let says = |may: fn(&KeyUsage) -> bool| usage.as_ref().is_some_and(|usage| may(&usage.value));
    let signs = says(KeyUsage::key_cert_sign);
    let limited = member.extensions.path_length().is_some();
    let nameless = body.subject.0.is_empty();
    let version_3 = body.version == Version::V3;
    let key_id = authority_key.as_ref().and_then(|identifier| identifier.value.key_identifier.as_ref());
    // What must not be, its number, and how it is told.
    let faults = [
        (limited && !authority, 80, "path length given for non-CA cert"),
        (limited && !signs, 81, "path length given without key usage keyCertSign"),
        (
            authority && basic.as_ref().is_some_and(|basic| !basic.critical),
            89,
            "basic constraints of CA cert not marked critical",
        ),
        (authority && usage.is_none(), 92, "CA cert does not include key usage extension"),
        (!authority && signs, 82, "key usage keyCertSign invalid for non-CA cert"),
        (member.certificate.issuer().is_empty(), 83, "issuer name empty"),
        (nameless && (authority || says(KeyUsage::crl_sign) || names.is_none()), 84, "subject name empty"),
        (
            nameless && names.as_ref().is_some_and(|names| !names.critical),
            88,
            "empty subject alt name extension not critical",
        ),
        (names.as_ref().is_some_and(|names| names.value.0.is_empty()), 87, "empty subject alt name extension"),
        (body.signature != member.body.signature_algorithm, 78, "cert info signature and signature algorithm mismatch"),
        (
            authority_key.as_ref().is_some_and(|identifier| identifier.critical),
            90,
            "authority key identifier marked critical",
        ),
        (
            subject_key.as_ref().is_some_and(|identifier| identifier.critical),
            91,
            "subject key identifier marked critical",
        ),
        (version_3 && !last && key_id.is_none(), 85, "missing authority key identifier"),
        (version_3 && authority && subject_key.is_none(), 86, "missing subject key identifier"),
        (!version_3 && member.extensions.any, 93, "using cert extension requires at least X509v3"),
    ];
    match faults.into_iter().find(|(fault, ..)| *fault) {
        None => Ok(()),
        Some((_, code, text)) => Err((Fault::new(code, text), rustls::CertificateError::BadEncoding)),
    }
}
