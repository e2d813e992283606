//! Revocation lists.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, ExpirationPolicy, RevocationOptions, RevocationOptionsBuilder,
};
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{self, Decode, Reader, SliceReader};
use x509_cert::time::Time;

use super::fault::{Fault, Rejection};
use super::terms::Revocation;

/// A list, as it came; what it tells is looked up where it stands, for reading all of it would take seven times as much.
#[derive(Debug)]
struct List {
    der: Box<[u8]>,
    /// From when it is, in seconds since 1970.
    since: u64,
}

/// The lists of a configuration, the newest first.
#[derive(Debug, Default)]
pub(super) struct Lists(Vec<List>);

impl Lists {
    /// Adds one, once it is known that it can be read to its end.
    pub(super) fn add(&mut self, der: Vec<u8>) -> Result<(), webpki::Error> {
        let list = BorrowedCertRevocationList::from_der(&der)?;
        list.into_iter().try_for_each(|revoked| revoked.map(drop))?;
        let since = since(&der).map_err(|_| webpki::Error::BadDer)?;
        let at = self.0.partition_point(|known| known.since >= since);
        self.0.insert(at, List { der: der.into(), since });
        Ok(())
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        self.0.iter().map(|list| size_of::<List>() + list.der.len()).sum()
    }

    /// Has the lists looked into, as far as it is asked for, and gives what `verify` finds.
    pub(super) fn consult<T>(
        &self,
        depth: Revocation,
        now: UnixTime,
        verify: impl FnOnce(Option<RevocationOptions<'_>>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let Some(depth) = depth else { return verify(None) };
        let (now, all) = (now.as_secs(), self.0.iter());
        let lists: Vec<_> = all
            .filter(|list| list.since <= now)
            // Each could be read when it was added.
            .filter_map(|list| {
                Some(CertRevocationList::Borrowed(BorrowedCertRevocationList::from_der(&list.der).ok()?))
            })
            .collect();
        let lists: Vec<_> = lists.iter().collect();
        let options = RevocationOptionsBuilder::new(&lists).map_err(|_| missing())?.with_depth(depth);
        verify(Some(options.with_expiration_policy(ExpirationPolicy::Enforce).build()))
    }
}

/// That there is no list by which a certificate could be looked up.
pub(super) fn missing() -> Rejection {
    (Fault::new(3, "unable to get certificate CRL"), CertificateError::UnknownRevocationStatus)
}

/// From when a list is: its field thisUpdate, behind the version, the algorithm and the issuer.
fn since(der: &[u8]) -> der::Result<u64> {
    let list = AnyRef::from_der(der)?;
    let body = SliceReader::new(list.value())?.tlv_bytes()?;
    let mut body = SliceReader::new(AnyRef::from_der(body)?.value())?;
    for _ in ["version", "algorithm", "issuer"] {
        body.tlv_bytes()?;
    }
    Ok(Time::decode(&mut body)?.to_unix_duration().as_secs())
}
