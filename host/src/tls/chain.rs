//! Whether a peer's certificate holds, by the way to one that is trusted.
//!
//! What OpenSSL refuses is refused, with its number: the checks are its own, in its order. What has passed them webpki
//! looks at as well, and at the revocation lists; so nothing holds that one of the two would refuse.

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage, RawPublicKeyEntity, anchor_from_trusted_cert};
use x509_cert::Version;
use x509_cert::ext::pkix::KeyUsage as Usage;

use super::certificate::{Certificate, Member, Signed};
use super::config::Inner;
use super::fault::{Fault, Rejection, explain};
use super::fitness::{self, Side};
use super::list::List;
use super::name::Match;
use super::{constraint, name, path};

/// From a peer's certificate to a trusted one, if it holds for the name, or for a client.
pub(super) fn verify(
    config: &Inner,
    leaf: &CertificateDer<'_>,
    others: &[CertificateDer<'_>],
    name: Option<&ServerName<'_>>,
    now: UnixTime,
) -> Result<Vec<CertificateDer<'static>>, Rejection> {
    let read = |certificate: &CertificateDer<'_>| Certificate::read(certificate.clone().into_owned());
    let mut sent = vec![read(leaf)?];
    // What cannot be read, nobody has issued.
    sent.extend(others.iter().filter_map(|other| read(other).ok()));
    fitness::own_key(&Member::of(&sent[0])?)?;
    let found = path::find(&config.roots, &sent, config.partial_chain, now)?;
    let chain = found.iter().map(|&certificate| Member::of(certificate)).collect::<Result<Vec<_>, _>>()?;
    let side = if name.is_some() { Side::Server } else { Side::Client };
    fitness::check(&chain, side, config.strict)?;
    let name = name.filter(|_| config.check_name);
    let by = name.map(|name| name::check(&chain[0], name, config.common_name)).transpose()?;
    config.lists.check(config.revocation, &chain, now, |list, issuer| list_is_signed_by(config, list, issuer))?;
    signatures(config, &chain, now)?;
    let host = match name {
        Some(ServerName::DnsName(host)) if by == Some(Match::Common) => Some(host.as_ref()),
        _ => None,
    };
    constraint::check(&chain, config.common_name, host)?;
    second_opinion(config, &chain, side, now)?;
    Ok(chain.iter().map(|member| member.certificate.der.clone()).collect())
}

/// Whether each certificate is of this time and signed by the next one, from the trusted one down.
fn signatures(config: &Inner, chain: &[Member<'_>], now: UnixTime) -> Result<(), Rejection> {
    for (depth, member) in chain.iter().enumerate().rev() {
        if let Some(issuer) = chain.get(depth + 1) {
            if issuer.extensions.usage.as_ref().is_some_and(|usage| !Usage::key_cert_sign(&usage.value)) {
                let fault = Fault::new(32, "key usage does not include certificate signing");
                return Err((fault, CertificateError::UnknownIssuer));
            }
            is_signed_by(config, member, issuer)?;
        }
        member.certificate.in_time(now)?;
    }
    Ok(())
}

/// Whether the issuer's key has signed the certificate.
fn is_signed_by(config: &Inner, member: &Member<'_>, issuer: &Member<'_>) -> Result<(), Rejection> {
    let failure = || explain(&webpki::Error::InvalidSignatureForPublicKey);
    if member.body.signature_algorithm != member.body.tbs_certificate.signature {
        return Err(failure());
    }
    verify_by(config, &member.signed().map_err(|_| failure())?, issuer).map_err(|unsupported| {
        if unsupported {
            let fault = Fault::new(76, "unsupported signature algorithm");
            return (fault, CertificateError::BadSignature);
        }
        failure()
    })
}

/// Whether the issuer's key has signed the list.
fn list_is_signed_by(config: &Inner, list: &List, issuer: &Member<'_>) -> Result<(), Rejection> {
    let failure = |_| explain(&webpki::Error::InvalidCrlSignatureForPublicKey);
    let signed = list.signed().map_err(|_| failure(false))?;
    verify_by(config, &signed, issuer).map_err(failure)
}

/// Whether the issuer's key has signed it; else whether that is because of an algorithm that is not known.
fn verify_by(config: &Inner, signed: &Signed<'_>, issuer: &Member<'_>) -> Result<(), bool> {
    let key = issuer.key().ok_or(false)?;
    let key = RawPublicKeyEntity::try_from(&key).map_err(|_| false)?;
    let known = config.provider.signature_verification_algorithms.all;
    let mut unsupported = true;
    for algorithm in known.iter().filter(|known| *known.signature_alg_id().as_ref() == *signed.algorithm) {
        match key.verify_signature(*algorithm, signed.body, signed.signature) {
            Ok(()) => return Ok(()),
            // The same algorithm, but for keys of another curve.
            Err(webpki::Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {}
            Err(_) => unsupported = false,
        }
    }
    Err(unsupported)
}

/// What webpki finds of the chain, and the revocation lists tell.
///
/// Webpki does not read version 1, nor take an authority's certificate, or a trusted one, for a peer's own. Of these it
/// is not asked.
fn second_opinion(config: &Inner, chain: &[Member<'_>], side: Side, now: UnixTime) -> Result<(), Rejection> {
    let [leaf, between @ .., anchor] = chain else { return Ok(()) };
    let trusted_itself = config.partial_chain && config.roots.contains(leaf.certificate);
    if fitness::version(leaf) != Version::V3 || leaf.extensions.is_authority() || trusted_itself {
        return Ok(());
    }
    let plain = |error: webpki::Error| explain(&error);
    let parsed = EndEntityCert::try_from(&leaf.certificate.der).map_err(plain)?;
    let anchors = [anchor_from_trusted_cert(&anchor.certificate.der).map_err(plain)?];
    let between: Vec<_> = between.iter().map(|member| member.certificate.der.clone()).collect();
    let algorithms = config.provider.signature_verification_algorithms.all;
    let usage = match side {
        Side::Server => KeyUsage::server_auth(),
        Side::Client => KeyUsage::client_auth(),
    };
    config.lists.consult(config.revocation, now, |revocation| {
        let path = parsed.verify_for_usage(algorithms, &anchors, &between, now, usage, revocation, None);
        path.map(drop).map_err(plain)
    })
}
