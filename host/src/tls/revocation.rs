//! Revocation lists.
//!
//! Which list tells of a certificate, and what it tells, is found as OpenSSL finds it, along the chain that was found:
//! webpki, which looks at the lists as well, may go another way, does not know how a trusted certificate's key may be
//! used, and takes lists for parts of an issuer's certificates to tell of all.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use webpki::{
    BorrowedCertRevocationList, ExpirationPolicy, RevocationCheckDepth, RevocationOptions, RevocationOptionsBuilder,
};

use super::certificate::Member;
use super::fault::{Fault, Rejection, explain};
use super::list::{List, Reasons};
use super::terms::Revocation;

/// The lists of a configuration, the newest first.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<List>);

impl Lists {
    /// Adds one, once it is known that it can be read to its end.
    pub(super) fn add(&mut self, der: Vec<u8>) -> Result<(), webpki::Error> {
        let list = BorrowedCertRevocationList::from_der(&der)?;
        list.into_iter().try_for_each(|revoked| revoked.map(drop))?;
        let list = List::read(der)?;
        let at = self.0.partition_point(|known| known.since >= list.since);
        self.0.insert(at, list);
        Ok(())
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(List::size).sum()
    }

    /// Whether none of the certificates is revoked, as far as they are looked up; `verify` checks a list's signature by
    /// its issuer's key.
    pub(super) fn check(
        &self,
        depth: Revocation,
        chain: &[Member<'_>],
        now: UnixTime,
        verify: impl Fn(&List, &Member<'_>) -> Result<(), Rejection>,
    ) -> Result<(), Rejection> {
        let count = match depth {
            None => 0,
            Some(RevocationCheckDepth::EndEntity) => 1,
            Some(RevocationCheckDepth::Chain) => chain.len(),
        };
        // A list of the trusted one tells of two, itself among them.
        let mut verified = None;
        for (depth, member) in chain.iter().enumerate().take(count) {
            let issuer = chain.get(depth + 1).unwrap_or(member);
            let list = self.of(member, issuer, now).ok_or_else(missing)?;
            if depth + 1 == chain.len() && !member.certificate.is_self_signed() {
                return Err(fault(
                    33,
                    "unable to get CRL issuer certificate",
                    CertificateError::UnknownRevocationStatus,
                ));
            }
            if issuer.extensions.usage.as_ref().is_some_and(|usage| !usage.value.crl_sign()) {
                let text = "key usage does not include CRL signing";
                return Err(fault(35, text, CertificateError::UnknownRevocationStatus));
            }
            if list.tells_of(member).is_none() {
                return Err(fault(44, "different CRL scope", CertificateError::UnknownRevocationStatus));
            }
            list.in_time(now)?;
            let (list_at, issuer_at) = (std::ptr::from_ref(list), std::ptr::from_ref(issuer));
            if verified != Some((list_at, issuer_at)) {
                verify(list, issuer)?;
                verified = Some((list_at, issuer_at));
            }
            if list.has(&member.body.tbs_certificate.serial_number)? {
                return Err(explain(&webpki::Error::CertRevoked));
            }
            // Nobody tells whether it is revoked for another reason.
            if list.tells_of(member) == Some(Reasons::Some) {
                return Err(missing());
            }
        }
        Ok(())
    }

    /// The list that tells of the certificate: one of its scope and of this time rather than another, and the newest.
    fn of(&self, member: &Member<'_>, issuer: &Member<'_>, now: UnixTime) -> Option<&List> {
        let suited = self.0.iter().filter(|list| list.is_by(member, issuer));
        // Of two that suit as well the first is the newer one, which max_by_key would not take.
        suited.rev().max_by_key(|list| (list.tells_of(member), list.in_time(now).is_ok()))
    }

    /// Has webpki look into the lists, as far as it is asked for, and gives what `verify` finds.
    pub(super) fn consult<T>(
        &self,
        depth: Revocation,
        now: UnixTime,
        verify: impl FnOnce(Option<RevocationOptions<'_>>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let Some(depth) = depth else { return verify(None) };
        let usable = self.0.iter().filter(|list| list.in_time(now).is_ok());
        // Each could be read when it was added.
        let lists: Vec<_> = usable.filter_map(|list| list.parsed().ok()).collect();
        let lists: Vec<_> = lists.iter().collect();
        let options = RevocationOptionsBuilder::new(&lists).map_err(|_| missing())?.with_depth(depth);
        verify(Some(options.with_expiration_policy(ExpirationPolicy::Enforce).build()))
    }
}

/// That there is no list by which a certificate could be looked up.
fn missing() -> Rejection {
    fault(3, "unable to get certificate CRL", CertificateError::UnknownRevocationStatus)
}

fn fault(code: u32, text: &str, told: CertificateError) -> Rejection {
    (Fault::new(code, text), told)
}
