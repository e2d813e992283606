//! The extensions of a certificate.

use rustls::CertificateError;
use x509_cert::TbsCertificate;
use x509_cert::der::asn1::{BitStringRef, ObjectIdentifier, OctetString};
use x509_cert::der::oid::AssociatedOid;
use x509_cert::der::{self, Decode};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::CrlDistributionPoints;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, NameConstraints, SubjectAltName,
    SubjectKeyIdentifier,
};

use super::fault::{Fault, Rejection};

const NETSCAPE_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113730.1.1");
const PROXY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.14");
/// Whose which addresses and numbers of networks are: RFC 3779.
const RESOURCES: [ObjectIdentifier; 2] =
    [ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.7"), ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.8")];
/// What may be critical though nothing comes of it here: certificatePolicies, policyConstraints, policyMappings,
/// inhibitAnyPolicy, and OCSP's noCheck.
const PASSED_OVER: [ObjectIdentifier; 5] = [
    ObjectIdentifier::new_unwrap("2.5.29.32"),
    ObjectIdentifier::new_unwrap("2.5.29.36"),
    ObjectIdentifier::new_unwrap("2.5.29.33"),
    ObjectIdentifier::new_unwrap("2.5.29.54"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5"),
];

/// An extension that was read, and whether it is critical.
#[derive(Clone, Debug)]
pub(super) struct Read<T> {
    pub(super) critical: bool,
    pub(super) value: T,
}

/// The extensions of a certificate, as far as they have a meaning in a chain.
#[derive(Clone, Debug, Default)]
pub(super) struct Extensions {
    pub(super) basic: Option<Read<BasicConstraints>>,
    pub(super) usage: Option<Read<KeyUsage>>,
    pub(super) purposes: Option<Read<ExtendedKeyUsage>>,
    /// nsCertType.
    pub(super) netscape: Option<u8>,
    pub(super) subject_key: Option<Read<OctetString>>,
    pub(super) authority_key: Option<Read<AuthorityKeyIdentifier>>,
    pub(super) names: Option<Read<SubjectAltName>>,
    pub(super) constraints: Option<Read<NameConstraints>>,
    /// Where lists of what is revoked are to be had.
    pub(super) points: Option<Read<CrlDistributionPoints>>,
    /// There is one that is critical, and unknown.
    pub(super) unhandled: bool,
    pub(super) proxy: bool,
    pub(super) resources: bool,
    pub(super) any: bool,
}

impl Extensions {
    pub(super) fn read(certificate: &TbsCertificate) -> Result<Self, Rejection> {
        let mut read = Self::default();
        for extension in certificate.extensions.as_deref().unwrap_or_default() {
            read.any = true;
            if !read.add(extension).unwrap_or(false) {
                return Err(invalid());
            }
        }
        let nowhere = |point: &DistributionPoint| point.distribution_point.is_none() && point.crl_issuer.is_none();
        // A point that is nowhere; a key of no use; and one who acts for another is neither an authority nor has a name
        // of its own.
        if read.points.as_ref().is_some_and(|points| points.value.0.iter().any(nowhere))
            || read.usage.as_ref().is_some_and(|usage| usage.value.0.is_empty())
            || (read.proxy && (read.is_authority() || read.names.is_some()))
        {
            return Err(invalid());
        }
        Ok(read)
    }

    /// Reads one more, and tells whether it is the first of its kind.
    fn add(&mut self, extension: &Extension) -> der::Result<bool> {
        Ok(match extension.extn_id {
            BasicConstraints::OID => put(&mut self.basic, extension)?,
            KeyUsage::OID => put(&mut self.usage, extension)?,
            ExtendedKeyUsage::OID => put(&mut self.purposes, extension)?,
            SubjectKeyIdentifier::OID => {
                self.unhandled |= extension.critical;
                put(&mut self.subject_key, extension)?
            }
            AuthorityKeyIdentifier::OID => {
                self.unhandled |= extension.critical;
                put(&mut self.authority_key, extension)?
            }
            SubjectAltName::OID => put(&mut self.names, extension)?,
            NameConstraints::OID => put(&mut self.constraints, extension)?,
            CrlDistributionPoints::OID => put(&mut self.points, extension)?,
            NETSCAPE_TYPE => {
                let bits = BitStringRef::from_der(extension.extn_value.as_bytes())?;
                self.netscape.replace(bits.raw_bytes().first().copied().unwrap_or(0)).is_none()
            }
            PROXY => !std::mem::replace(&mut self.proxy, true),
            id if RESOURCES.contains(&id) => {
                self.resources = true;
                true
            }
            id => {
                self.unhandled |= extension.critical && !PASSED_OVER.contains(&id);
                true
            }
        })
    }

    /// Whether it says that the certificate is an authority's.
    pub(super) fn is_authority(&self) -> bool {
        self.basic.as_ref().is_some_and(|basic| basic.value.ca)
    }

    /// How many authorities may come below it.
    pub(super) fn path_length(&self) -> Option<usize> {
        self.basic.as_ref()?.value.path_len_constraint.map(usize::from)
    }
}

/// Reads an extension, and tells whether it is the first of its kind.
fn put<'a, T: Decode<'a>>(to: &mut Option<Read<T>>, extension: &'a Extension) -> der::Result<bool> {
    let value = T::from_der(extension.extn_value.as_bytes())?;
    Ok(to.replace(Read { critical: extension.critical, value }).is_none())
}

/// That an extension cannot be read, is there twice, or makes no sense. To OpenSSL such a certificate has no issuer.
fn invalid() -> Rejection {
    (Fault::new(20, "unable to get local issuer certificate"), CertificateError::BadEncoding)
}
