//! Whether the certificates of a chain are fit for their places in it, by what their extensions say: what OpenSSL's
//! `check_extensions` and `check_auth_level` look at, in their order.

use rustls::CertificateError;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::{TbsCertificate, Version};

use super::algorithm;
use super::certificate::Member;
use super::extension::Extensions;
use super::fault::{Fault, Rejection};
use super::strict;

const SERVER_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
/// The bits of nsCertType.
const NETSCAPE_CLIENT: u8 = 0x80;
const NETSCAPE_SERVER: u8 = 0x40;

/// Whose certificate it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Server,
    Client,
}

/// Whether a certificate is an authority's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Authority {
    No,
    Yes,
    /// It does not say so, as it is older than that there is a way to say it, or as it says it by its key's usage.
    Tacit,
}

impl Authority {
    pub(super) fn of(member: &Member<'_>) -> Self {
        let Extensions { basic, usage, .. } = &member.extensions;
        if usage.as_ref().is_some_and(|usage| !usage.value.key_cert_sign()) {
            return Self::No;
        }
        match basic {
            Some(basic) if basic.value.ca => Self::Yes,
            Some(_) => Self::No,
            None if usage.is_some() => Self::Tacit,
            None if version(member) == Version::V1 && member.certificate.is_self_signed() => Self::Tacit,
            None => Self::No,
        }
    }
}

pub(super) fn version(member: &Member<'_>) -> Version {
    let TbsCertificate { version, .. } = member.body.tbs_certificate;
    version
}

/// Whether the certificates are fit for their places, from the peer's to the trusted one.
pub(super) fn check(chain: &[Member<'_>], side: Side, strictly: bool) -> Result<(), Rejection> {
    let mut below = 0;
    for (depth, member) in chain.iter().enumerate() {
        let last = depth + 1 == chain.len();
        handled(&member.extensions)?;
        authority(member, depth, last, strictly)?;
        if chain.len() > 1 {
            if algorithm::describes_curve(&member.body.tbs_certificate.subject_public_key_info) {
                return Err(unfit(94, "certificate public key has explicit ECC parameters"));
            }
            if strictly {
                strict::check(member, last)?;
            }
        }
        purpose(&member.extensions, side, depth)?;
        if member.extensions.path_length().is_some_and(|most| below > most) {
            return Err(unfit(25, "path length constraint exceeded"));
        }
        if depth > 0 && !member.certificate.is_self_issued() {
            below += 1;
        }
    }
    strength(chain)
}

fn handled(extensions: &Extensions) -> Result<(), Rejection> {
    if extensions.unhandled {
        let fault = Fault::new(34, "unhandled critical extension");
        return Err((fault, CertificateError::UnhandledCriticalExtension));
    }
    if extensions.proxy {
        return Err(unfit(40, "proxy certificates not allowed, please set the appropriate flag"));
    }
    // Whose they are is not checked here, so nobody may rely on it.
    if extensions.resources {
        return Err(unfit(46, "RFC 3779 resource not subset of parent's resources"));
    }
    Ok(())
}

fn authority(member: &Member<'_>, depth: usize, last: bool, strictly: bool) -> Result<(), Rejection> {
    let refused = match (depth, Authority::of(member)) {
        (0, Authority::Tacit) => strictly,
        (0, _) | (_, Authority::Yes) => false,
        (_, Authority::Tacit) => !last || strictly,
        (_, Authority::No) => true,
    };
    if refused { Err(unfit(79, "invalid CA certificate")) } else { Ok(()) }
}

fn purpose(extensions: &Extensions, side: Side, depth: usize) -> Result<(), Rejection> {
    let (purpose, netscape) = match side {
        Side::Server => (SERVER_AUTH, NETSCAPE_SERVER),
        Side::Client => (CLIENT_AUTH, NETSCAPE_CLIENT),
    };
    let signs = |usage: &KeyUsage| {
        let encrypts = side == Side::Server && usage.key_encipherment();
        usage.digital_signature() || usage.key_agreement() || encrypts
    };
    let fit = extensions.purposes.as_ref().is_none_or(|purposes| purposes.value.0.contains(&purpose))
        && (depth > 0
            || (extensions.usage.as_ref().is_none_or(|usage| signs(&usage.value))
                && extensions.netscape.is_none_or(|kinds| kinds & netscape != 0)));
    if fit { Ok(()) } else { Err(unfit(26, "unsuitable certificate purpose")) }
}

/// Whether keys and signatures are strong enough; the trusted certificate's own signature does not matter.
fn strength(chain: &[Member<'_>]) -> Result<(), Rejection> {
    for (depth, member) in chain.iter().enumerate() {
        let body = &member.body.tbs_certificate;
        if depth > 0 && !algorithm::is_strong_key(&body.subject_public_key_info) {
            return Err(unfit(67, "CA certificate key too weak"));
        }
        if depth + 1 < chain.len() && !algorithm::is_strong(&body.signature) {
            return Err(unfit(68, "CA signature digest algorithm too weak"));
        }
    }
    Ok(())
}

/// Whether the peer's own key is strong enough.
pub(super) fn own_key(leaf: &Member<'_>) -> Result<(), Rejection> {
    if algorithm::is_strong_key(&leaf.body.tbs_certificate.subject_public_key_info) {
        return Ok(());
    }
    Err(unfit(66, "EE certificate key too weak"))
}

pub(super) fn unfit(code: u32, text: &str) -> Rejection {
    (Fault::new(code, text), CertificateError::InvalidPurpose)
}
