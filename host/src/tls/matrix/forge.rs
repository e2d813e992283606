//! Certificates of every kind, good and bad ones, as no authority would issue them.

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::der::Encode;
use x509_cert::der::asn1::{Any, BitString, Ia5String, Null, ObjectIdentifier, OctetString, UtcTime};
use x509_cert::der::flagset::FlagSet;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, NameConstraints, SubjectAltName,
    SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};
use x509_cert::{Certificate, TbsCertificate, Version};

use super::key::{ECDSA_SHA256, Key};

pub(super) const ECDSA_SHA1: &str = "1.2.840.10045.4.1";
pub(super) const RSA_SHA256: &str = "1.2.840.113549.1.1.11";

/// A day, in seconds.
const DAY: u64 = 86_400;

/// A certificate that is about to be made; it is changed before.
pub(super) struct Draft {
    pub(super) version: Version,
    pub(super) subject: String,
    pub(super) issuer: String,
    /// In days from now.
    pub(super) days: (i64, i64),
    pub(super) key: SubjectPublicKeyInfoOwned,
    pub(super) algorithm: &'static str,
    pub(super) extensions: Vec<Extension>,
    /// Whether the signature is of something else.
    pub(super) forged: bool,
    /// Whether the key that it is for signs it.
    pub(super) by_itself: bool,
    pub(super) serial: u32,
}

impl Draft {
    pub(super) fn new(subject: &str, issuer: &str, key: &Key) -> Self {
        Self {
            version: Version::V3,
            subject: subject.to_owned(),
            issuer: issuer.to_owned(),
            days: (-1, 100),
            key: key.public(),
            algorithm: ECDSA_SHA256,
            extensions: Vec::new(),
            forged: false,
            by_itself: false,
            serial: 1,
        }
    }

    pub(super) fn with(mut self, extension: Extension) -> Self {
        self.put(extension);
        self
    }

    /// Adds the extension, or puts it in the place of the one that is there.
    pub(super) fn put(&mut self, extension: Extension) {
        self.drop(extension.extn_id);
        self.extensions.push(extension);
    }

    pub(super) fn drop(&mut self, id: ObjectIdentifier) {
        self.extensions.retain(|known| known.extn_id != id);
    }

    /// The certificate in DER.
    pub(super) fn sign(self, issuer: &Key) -> Vec<u8> {
        let name_of_algorithm = if self.algorithm == ECDSA_SHA256 { issuer.algorithm } else { self.algorithm };
        let algorithm =
            || AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(name_of_algorithm), parameters: None };
        let body = TbsCertificate {
            version: self.version,
            serial_number: serial(self.serial),
            signature: algorithm(),
            issuer: name(&self.issuer),
            validity: Validity { not_before: day(self.days.0), not_after: day(self.days.1) },
            subject: name(&self.subject),
            subject_public_key_info: self.key.clone(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions.clone()).filter(|extensions| !extensions.is_empty()),
        };
        let signed = if self.forged { b"something else".to_vec() } else { body.to_der().expect("DER") };
        let signature = issuer.sign(&signed);
        let certificate = Certificate {
            tbs_certificate: body,
            signature_algorithm: algorithm(),
            signature: BitString::from_bytes(&signature).expect("bits"),
        };
        certificate.to_der().expect("DER")
    }
}

/// So many days from now.
fn day(days: i64) -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let at = since.saturating_add_signed(days * DAY as i64);
    Time::UtcTime(UtcTime::from_unix_duration(Duration::from_secs(at)).expect("a time"))
}

/// A revocation list that is about to be made; it is changed before.
pub(super) struct DraftList {
    pub(super) issuer: String,
    /// In days from now.
    pub(super) days: (i64, Option<i64>),
    pub(super) algorithm: &'static str,
    /// The numbers of those that are revoked, each with what is said of it.
    pub(super) revoked: Vec<(u32, Vec<Extension>)>,
    pub(super) extensions: Vec<Extension>,
    pub(super) forged: bool,
}

impl DraftList {
    /// A good one, which revokes nobody of the matrix.
    pub(super) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            days: (-1, Some(100)),
            algorithm: ECDSA_SHA256,
            revoked: vec![(0x7fff, Vec::new())],
            // cRLNumber
            extensions: vec![other("2.5.29.20", false, vec![2, 1, 1])],
            forged: false,
        }
    }

    /// The list in DER.
    pub(super) fn sign(self, issuer: &Key) -> Vec<u8> {
        let algorithm =
            || AlgorithmIdentifierOwned { oid: ObjectIdentifier::new_unwrap(self.algorithm), parameters: None };
        let some = |extensions: &Vec<Extension>| Some(extensions.clone()).filter(|all| !all.is_empty());
        let revoked = |(number, extensions): &(u32, Vec<Extension>)| RevokedCert {
            serial_number: serial(*number),
            revocation_date: day(-1),
            crl_entry_extensions: some(extensions),
        };
        let body = TbsCertList {
            version: Version::V2,
            signature: algorithm(),
            issuer: name(&self.issuer),
            this_update: day(self.days.0),
            next_update: self.days.1.map(day),
            revoked_certificates: Some(self.revoked.iter().map(revoked).collect())
                .filter(|all: &Vec<_>| !all.is_empty()),
            crl_extensions: some(&self.extensions),
        };
        let signed = if self.forged { b"something else".to_vec() } else { body.to_der().expect("DER") };
        let list = CertificateList {
            tbs_cert_list: body,
            signature_algorithm: algorithm(),
            signature: BitString::from_bytes(&issuer.sign(&signed)).expect("bits"),
        };
        list.to_der().expect("DER")
    }
}

fn serial(number: u32) -> SerialNumber {
    SerialNumber::new(&number.to_be_bytes()).expect("a number")
}

/// A name, which may be empty.
fn name(text: &str) -> Name {
    if text.is_empty() { Name::default() } else { Name::from_str(text).expect("a name") }
}

fn extension<T: AssociatedOid + Encode>(critical: bool, value: &T) -> Extension {
    other(&T::OID.to_string(), critical, value.to_der().expect("DER"))
}

/// An extension by its identifier.
pub(super) fn other(id: &str, critical: bool, value: Vec<u8>) -> Extension {
    let extn_value = OctetString::new(value).expect("bytes");
    Extension { extn_id: ObjectIdentifier::new_unwrap(id), critical, extn_value }
}

pub(super) fn basic(ca: bool, path_len_constraint: Option<u8>) -> Extension {
    extension(true, &BasicConstraints { ca, path_len_constraint })
}

pub(super) fn usage(usages: impl Into<FlagSet<KeyUsages>>) -> Extension {
    extension(true, &KeyUsage(usages.into()))
}

pub(super) fn purposes(ids: &[&str]) -> Extension {
    extension(false, &ExtendedKeyUsage(ids.iter().map(|id| ObjectIdentifier::new_unwrap(id)).collect()))
}

fn key_id_of(key: &Key) -> OctetString {
    OctetString::new(&key.bytes()[1..21]).expect("bytes")
}

pub(super) fn key_id(key: &Key, critical: bool) -> Extension {
    extension(critical, &SubjectKeyIdentifier(key_id_of(key)))
}

pub(super) fn authority_id(key: &Key) -> Extension {
    let identifier = AuthorityKeyIdentifier { key_identifier: Some(key_id_of(key)), ..Default::default() };
    extension(false, &identifier)
}

pub(super) fn ia5(text: &str) -> Ia5String {
    Ia5String::new(text).expect("ASCII")
}

pub(super) fn host(name: &str) -> GeneralName {
    GeneralName::DnsName(ia5(name))
}

pub(super) fn address(bytes: &[u8]) -> GeneralName {
    GeneralName::IpAddress(OctetString::new(bytes).expect("bytes"))
}

pub(super) fn directory(text: &str) -> GeneralName {
    GeneralName::DirectoryName(name(text))
}

pub(super) fn names(names: Vec<GeneralName>) -> Extension {
    extension(false, &SubjectAltName(names))
}

fn subtree(base: &GeneralName) -> GeneralSubtree {
    GeneralSubtree { base: base.clone(), minimum: 0, maximum: None }
}

pub(super) fn constraints(permitted: &[GeneralName], excluded: &[GeneralName]) -> Extension {
    let trees =
        |names: &[GeneralName]| Some(names.iter().map(subtree).collect()).filter(|trees: &Vec<_>| !trees.is_empty());
    let constraints = NameConstraints { permitted_subtrees: trees(permitted), excluded_subtrees: trees(excluded) };
    extension(true, &constraints)
}

/// Constraints whose depth is bounded, which nobody reads.
pub(super) fn bounded(permitted: &GeneralName) -> Extension {
    let tree = GeneralSubtree { maximum: Some(3), ..subtree(permitted) };
    extension(true, &NameConstraints { permitted_subtrees: Some(vec![tree]), excluded_subtrees: None })
}

/// An RSA key of 1,024 bits, to which nobody has the other half.
pub(super) fn weak_key() -> SubjectPublicKeyInfoOwned {
    // Its modulus and its exponent, 65537.
    let key = [&[0x30, 0x81, 0x89, 2, 0x81, 0x81, 0][..], &[0xc5; 128], &[2, 3, 1, 0, 1]].concat();
    SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1"),
            parameters: Some(Any::from(Null)),
        },
        subject_public_key: BitString::from_bytes(&key).expect("bits"),
    }
}
