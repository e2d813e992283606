//! The way from a peer's certificate to one that is trusted.
//!
//! It is the one that OpenSSL would find: names and identifiers of keys decide, and no signature is looked at. So there
//! is one way, and it costs little however many certificates bear the same name.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

use super::certificate::Certificate;
use super::fault::{Fault, Rejection};
use super::roots::Roots;

/// How many certificates a chain has at most: the peer's, six authorities between, and the trusted one.
const MOST: usize = 8;

/// Finds the way from the first of the certificates that a peer sent.
///
/// `partial`: any trusted certificate ends it, the peer's own too; else only one that has signed itself.
pub(super) fn find<'a>(
    roots: &'a Roots,
    sent: &'a [Certificate],
    partial: bool,
    now: UnixTime,
) -> Result<Vec<&'a Certificate>, Rejection> {
    let mut chain: Vec<_> = sent.first().into_iter().collect();
    // Above a trusted certificate, what the peer sent does not count.
    let mut trusted = false;
    while let Some(&current) = chain.last() {
        if chain.len() >= MOST {
            return Err((Fault::new(22, "certificate chain too long"), CertificateError::UnknownIssuer));
        }
        match issuer(roots.issuers(current), current, now) {
            Some(issuer) if !current.is_self_signed() => {
                chain.push(issuer);
                if partial || issuer.is_self_signed() {
                    return Ok(chain);
                }
                trusted = true;
                continue;
            }
            // It must be that one, and not one that looks like it.
            Some(same) if same.der == current.der => return Ok(chain),
            _ => {}
        }
        if trusted || current.is_self_signed() {
            break;
        }
        let unused = sent.iter().filter(|other| chain.iter().all(|known| known.der != other.der));
        let Some(issuer) = issuer(unused, current, now) else { break };
        chain.push(issuer);
    }
    if partial && !trusted && chain.first().is_some_and(|leaf| roots.contains(leaf)) {
        return Ok(chain);
    }
    Err(nowhere(&chain, trusted))
}

/// The first of the certificates that may have issued this one and is of this time, or else the one that was last.
fn issuer<'a>(
    candidates: impl Iterator<Item = &'a Certificate>,
    of: &Certificate,
    now: UnixTime,
) -> Option<&'a Certificate> {
    let mut latest: Option<&Certificate> = None;
    for candidate in candidates.filter(|candidate| candidate.may_have_issued(of)) {
        if candidate.in_time(now).is_ok() {
            return Some(candidate);
        }
        if latest.is_none_or(|latest| candidate.end() > latest.end()) {
            latest = Some(candidate);
        }
    }
    latest
}

/// That the way ends where nobody is trusted.
fn nowhere(chain: &[&Certificate], trusted: bool) -> Rejection {
    let fault = match chain {
        [leaf] if leaf.is_self_signed() => Fault::new(18, "self-signed certificate"),
        [.., last] if last.is_self_signed() => Fault::new(19, "self-signed certificate in certificate chain"),
        _ if trusted => Fault::new(2, "unable to get issuer certificate"),
        _ => Fault::new(20, "unable to get local issuer certificate"),
    };
    (fault, CertificateError::UnknownIssuer)
}
