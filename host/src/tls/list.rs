//! One revocation list, and of which certificates it tells.

use rustls::CertificateError;
use rustls::pki_types::UnixTime;
use webpki::{BorrowedCertRevocationList, CertRevocationList};
use x509_cert::der::asn1::{AnyRef, ContextSpecific, ObjectIdentifier};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::{self, Decode, Reader, SliceReader, Tag, TagNumber};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::ext::pkix::crl::dp::{DistributionPoint, IssuingDistributionPoint};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time;

use super::certificate::{Authority, Member, Signed};
use super::fault::{Fault, Rejection, explain};
use super::title::Title;

const ISSUING_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");

/// A list, as it came; what it tells is looked up where it stands, for reading all of it would take seven times as much.
#[derive(Debug)]
pub(super) struct List {
    pub(super) der: Box<[u8]>,
    issuer: Title,
    authority: Authority,
    /// Of which part of the issuer's certificates it tells.
    scope: Option<IssuingDistributionPoint>,
    /// From when it is, and until when it holds, in seconds since 1970.
    pub(super) since: u64,
    until: u64,
}

/// Reasons for which certificates are revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reasons {
    Some,
    All,
}

impl List {
    /// Reads what it says of itself.
    pub(super) fn read(der: Vec<u8>) -> Result<Self, webpki::Error> {
        let head = Head::read(&der).map_err(|_| webpki::Error::BadDer)?;
        let unreadable = |_| webpki::Error::BadDer;
        let mut list = Self {
            issuer: Title::read(&head.issuer).map_err(unreadable)?,
            authority: Authority::default(),
            scope: None,
            since: head.since,
            until: head.until,
            der: der.into(),
        };
        for extension in head.extensions {
            let value = extension.extn_value.as_bytes();
            if extension.extn_id == AuthorityKeyIdentifier::OID {
                let identifier = AuthorityKeyIdentifier::from_der(value).map_err(|_| webpki::Error::BadDer)?;
                list.authority = Authority::read(&identifier).map_err(unreadable)?;
            } else if extension.extn_id == ISSUING_POINT {
                list.scope = Some(IssuingDistributionPoint::from_der(value).map_err(|_| webpki::Error::BadDer)?);
            }
        }
        Ok(list)
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        // What is read of the scope has some words for each of its bytes.
        let scope = if self.scope.is_some() { 8 * self.der.len().min(1 << 12) } else { 0 };
        size_of::<Self>() + self.der.len() + self.issuer.size() + self.authority.size() + scope
    }

    /// Whether it is of the certificate's issuer.
    pub(super) fn is_by(&self, member: &Member<'_>, issuer: &Member<'_>) -> bool {
        self.issuer == *member.certificate.issuer() && self.authority.may_be(issuer.certificate)
    }

    /// Whether it tells of certificates such as this one, and for which reasons one may be revoked: for all, or some.
    pub(super) fn tells_of(&self, member: &Member<'_>) -> Option<Reasons> {
        let scope = self.scope.as_ref();
        let excludes = |scope: &IssuingDistributionPoint| {
            let others = if member.extensions.is_authority() {
                scope.only_contains_user_certs
            } else {
                scope.only_contains_ca_certs
            };
            others || scope.only_contains_attribute_certs || scope.indirect_crl || scope.only_some_reasons.is_some()
        };
        if scope.is_some_and(excludes) {
            return None;
        }
        let point = scope.and_then(|scope| scope.distribution_point.as_ref());
        let mut points = member.extensions.points.iter().flat_map(|points| &points.value.0);
        match points.find(|own| self.is_at(own, point)) {
            Some(own) => Some(if own.reasons.is_some() { Reasons::Some } else { Reasons::All }),
            None if point.is_none() => Some(Reasons::All),
            None => None,
        }
    }

    /// Whether it is the one that is to be had at the certificate's distribution point.
    fn is_at(&self, own: &DistributionPoint, point: Option<&DistributionPointName>) -> bool {
        use DistributionPointName::FullName;
        let is_issuer = |name: &GeneralName| matches!(name, GeneralName::DirectoryName(name) if Title::read(name).is_ok_and(|name| name == self.issuer));
        let is_issued = own.crl_issuer.as_ref().is_none_or(|issuers| issuers.iter().any(is_issuer));
        let is_there = match (&own.distribution_point, point) {
            (None, _) | (_, None) => true,
            (Some(FullName(own)), Some(FullName(point))) => own.iter().any(|name| point.contains(name)),
            _ => false,
        };
        is_issued && is_there
    }

    /// Whether it is of this time.
    pub(super) fn in_time(&self, now: UnixTime) -> Result<(), Rejection> {
        if now.as_secs() < self.since {
            let fault = Fault::new(11, "CRL is not yet valid");
            return Err((fault, CertificateError::UnknownRevocationStatus));
        }
        if now.as_secs() >= self.until {
            let (time, next_update) = (now, UnixTime::since_unix_epoch(std::time::Duration::from_secs(self.until)));
            return Err(explain(&webpki::Error::CrlExpired { time, next_update }));
        }
        Ok(())
    }

    /// Whether the certificate of that number is in it.
    pub(super) fn has(&self, serial: &SerialNumber) -> Result<bool, Rejection> {
        let list = self.parsed().map_err(|error| explain(&error))?;
        Ok(list.find_serial(serial.as_bytes()).map_err(|error| explain(&error))?.is_some())
    }

    /// As webpki reads it.
    pub(super) fn parsed(&self) -> Result<CertRevocationList<'_>, webpki::Error> {
        BorrowedCertRevocationList::from_der(&self.der).map(CertRevocationList::Borrowed)
    }

    /// What is signed of it, by which algorithm, and the signature.
    pub(super) fn signed(&self) -> der::Result<Signed<'_>> {
        Signed::read(&self.der)
    }
}

/// What a list says of itself.
struct Head {
    issuer: Name,
    since: u64,
    until: u64,
    extensions: Vec<Extension>,
}

impl Head {
    fn read(der: &[u8]) -> der::Result<Self> {
        let list = AnyRef::from_der(der)?;
        let body = SliceReader::new(list.value())?.tlv_bytes()?;
        let mut body = SliceReader::new(AnyRef::from_der(body)?.value())?;
        for _ in ["version", "algorithm"] {
            body.tlv_bytes()?;
        }
        let issuer = Name::decode(&mut body)?;
        let seconds = |time: Time| time.to_unix_duration().as_secs();
        let (since, until) = (seconds(Time::decode(&mut body)?), seconds(Time::decode(&mut body)?));
        if !body.is_finished() && body.peek_tag()? == Tag::Sequence {
            // Those that are revoked.
            body.tlv_bytes()?;
        }
        let extensions = ContextSpecific::decode_explicit(&mut body, TagNumber::N0)?;
        Ok(Self { issuer, since, until, extensions: extensions.map_or_else(Vec::new, |extensions| extensions.value) })
    }
}
