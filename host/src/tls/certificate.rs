//! A certificate, and what paths are built by.

use rustls::CertificateError;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer, UnixTime};
use x509_cert::der::asn1::{AnyRef, BitStringRef};
use x509_cert::der::{self, Decode, Encode, Reader, SliceReader};
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::ext::pkix::name::GeneralName;

use super::algorithm::{self, Family};
use super::extension::Extensions;
use super::fault::{Fault, Rejection, explain};
use super::title::Title;

/// A certificate that can be read, and as much of it as is asked for again and again.
#[derive(Debug)]
pub(super) struct Certificate {
    pub(super) der: CertificateDer<'static>,
    pub(super) subject: Title,
    issuer: Title,
    serial: Box<[u8]>,
    key_id: Option<Box<[u8]>>,
    authority: Authority,
    family: Option<Family>,
    signed_by: Option<Family>,
    not_before: u64,
    not_after: u64,
}

/// Who the issuer is, beside its name.
#[derive(Debug, Default)]
pub(super) struct Authority {
    key_id: Option<Box<[u8]>>,
    serial: Option<Box<[u8]>>,
    issuer: Option<Title>,
}

impl Authority {
    pub(super) fn read(identifier: &AuthorityKeyIdentifier) -> Result<Self, Rejection> {
        let mut issuers = identifier.authority_cert_issuer.iter().flatten();
        let issuer = issuers.find_map(|name| match name {
            GeneralName::DirectoryName(name) => Some(Title::read(name)),
            _ => None,
        });
        Ok(Self {
            key_id: identifier.key_identifier.as_ref().map(|id| id.as_bytes().into()),
            serial: identifier.authority_cert_serial_number.as_ref().map(|serial| serial.as_bytes().into()),
            issuer: issuer.transpose()?,
        })
    }

    /// Whether it may be that one.
    pub(super) fn may_be(&self, issuer: &Certificate) -> bool {
        let agrees = |told: &Option<Box<[u8]>>, own: Option<&[u8]>| {
            told.as_deref().zip(own).is_none_or(|(told, own)| told == own)
        };
        agrees(&self.key_id, issuer.key_id.as_deref())
            && agrees(&self.serial, Some(&issuer.serial))
            && self.issuer.as_ref().is_none_or(|name| *name == issuer.issuer)
    }

    /// How many bytes it holds beside itself.
    pub(super) fn size(&self) -> usize {
        let parts = [&self.key_id, &self.serial].into_iter().flatten().map(|part| part.len()).sum::<usize>();
        parts + self.issuer.as_ref().map_or(0, Title::size)
    }
}

impl Certificate {
    pub(super) fn read(der: CertificateDer<'static>) -> Result<Self, Rejection> {
        let (body, extensions) = parse(&der)?;
        let (body, validity) = (&body.tbs_certificate, &body.tbs_certificate.validity);
        Ok(Self {
            subject: Title::read(&body.subject)?,
            issuer: Title::read(&body.issuer)?,
            serial: body.serial_number.as_bytes().into(),
            key_id: extensions.subject_key.map(|id| id.value.as_bytes().into()),
            authority: match extensions.authority_key {
                Some(identifier) => Authority::read(&identifier.value)?,
                None => Authority::default(),
            },
            family: algorithm::family(&body.subject_public_key_info),
            signed_by: algorithm::maker(&body.signature),
            not_before: validity.not_before.to_unix_duration().as_secs(),
            not_after: validity.not_after.to_unix_duration().as_secs(),
            der,
        })
    }

    /// Whether this one may have issued the other, by what the two tell of it.
    pub(super) fn may_have_issued(&self, other: &Self) -> bool {
        self.subject == other.issuer
            && other.authority.may_be(self)
            && algorithm::may_sign(self.family, other.signed_by)
    }

    /// Whether it names itself as its issuer.
    pub(super) fn is_self_issued(&self) -> bool {
        self.subject == self.issuer
    }

    /// Whether it says that it has signed itself.
    pub(super) fn is_self_signed(&self) -> bool {
        self.may_have_issued(self)
    }

    pub(super) fn issuer(&self) -> &Title {
        &self.issuer
    }

    /// Until when it holds, in seconds since 1970.
    pub(super) fn end(&self) -> u64 {
        self.not_after
    }

    /// Whether the certificate is of this time.
    pub(super) fn in_time(&self, now: UnixTime) -> Result<(), Rejection> {
        if now.as_secs() < self.not_before {
            return Err((Fault::new(9, "certificate is not yet valid"), CertificateError::NotValidYet));
        }
        if now.as_secs() >= self.not_after {
            return Err((Fault::new(10, "certificate has expired"), CertificateError::Expired));
        }
        Ok(())
    }

    /// How many bytes it holds.
    pub(super) fn size(&self) -> usize {
        let key_id = self.key_id.as_ref().map_or(0, |id| id.len());
        let titles = self.subject.size() + self.issuer.size();
        size_of::<Self>() + self.der.len() + self.serial.len() + key_id + titles + self.authority.size()
    }
}

/// A certificate of a chain, with all that is in it.
pub(super) struct Member<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) body: x509_cert::Certificate,
    pub(super) extensions: Extensions,
}

impl<'a> Member<'a> {
    pub(super) fn of(certificate: &'a Certificate) -> Result<Self, Rejection> {
        let (body, extensions) = parse(&certificate.der)?;
        Ok(Self { certificate, body, extensions })
    }

    /// The public key.
    pub(super) fn key(&self) -> Option<SubjectPublicKeyInfoDer<'static>> {
        Some(self.body.tbs_certificate.subject_public_key_info.to_der().ok()?.into())
    }

    /// What is signed, by which algorithm, and the signature.
    pub(super) fn signed(&self) -> der::Result<Signed<'_>> {
        Signed::read(&self.certificate.der)
    }
}

/// What is signed of a certificate or a list, as it stands there.
pub(super) struct Signed<'a> {
    pub(super) body: &'a [u8],
    pub(super) algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl<'a> Signed<'a> {
    pub(super) fn read(der: &'a [u8]) -> der::Result<Self> {
        SliceReader::new(der)?.sequence(|reader| {
            let body = reader.tlv_bytes()?;
            let algorithm = AnyRef::decode(reader)?.value();
            let signature = BitStringRef::decode(reader)?.raw_bytes();
            Ok(Signed { body, algorithm, signature })
        })
    }
}

fn parse(der: &[u8]) -> Result<(x509_cert::Certificate, Extensions), Rejection> {
    let certificate = x509_cert::Certificate::from_der(der).map_err(|_| explain(&webpki::Error::BadDer))?;
    let extensions = Extensions::read(&certificate.tbs_certificate)?;
    Ok((certificate, extensions))
}

/// The certificate's public key.
pub(super) fn public_key(certificate: &CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'static>> {
    let certificate = x509_cert::Certificate::from_der(certificate).ok()?;
    Some(certificate.tbs_certificate.subject_public_key_info.to_der().ok()?.into())
}
