//! The kinds of certificates that the matrix is made of.

use x509_cert::Version;
use x509_cert::der::asn1::Ia5String;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages as Usage, SubjectAltName, SubjectKeyIdentifier,
};

use super::forge::{
    Draft, ECDSA_SHA1, RSA_SHA256, address, authority_id, basic, bounded, constraints, directory, host, ia5, key_id,
    names, other, purposes, usage, weak_key,
};
use super::key::Key;

pub(super) const SERVER: &str = "1.3.6.1.5.5.7.3.1";
pub(super) const CLIENT: &str = "1.3.6.1.5.5.7.3.2";
const ANY: &str = "2.5.29.37.0";
const UNKNOWN: &str = "1.3.6.1.4.1.55555.1";
const NETSCAPE_TYPE: &str = "2.16.840.1.113730.1.1";
const PROXY: &str = "1.3.6.1.5.5.7.1.14";
/// All rights of the one who issued it: id-ppl-inheritAll.
const ALL_RIGHTS: [u8; 14] = [0x30, 12, 0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 21, 1];
const POLICIES: &str = "2.5.29.32";

pub(super) const ROOT: &str = "CN=Root,O=Berkeley";
pub(super) const BETWEEN: &str = "CN=Between,O=Berkeley";

/// The keys of all certificates of a place in the chain.
pub(super) struct Keys {
    pub(super) root: Key,
    pub(super) between: Key,
    pub(super) leaf: Key,
    /// Nobody's in a chain.
    pub(super) stranger: Key,
}

impl Keys {
    pub(super) fn new() -> Self {
        Self { root: Key::new(), between: Key::new(), leaf: Key::new(), stranger: Key::new() }
    }
}

/// A kind of certificate: its name, and in what it differs from a good one.
pub(super) type Kind = (&'static str, fn(&mut Draft, &Keys));

/// What authorities between and trusted ones may both be.
const AUTHORITIES: &[Kind] = &[
    ("plain", |_, _| {}),
    ("without usage", |draft, _| draft.drop(KeyUsage::OID)),
    ("without key id", |draft, _| draft.drop(SubjectKeyIdentifier::OID)),
    ("no authority", |draft, _| draft.put(basic(false, None))),
    ("no authority without usage", |draft, _| {
        draft.put(basic(false, None));
        draft.drop(KeyUsage::OID);
    }),
    ("version 1", |draft, _| (draft.version, draft.extensions) = (Version::V1, Vec::new())),
    ("version 1 with extensions", |draft, _| draft.version = Version::V1),
    ("no extensions", |draft, _| draft.extensions.clear()),
    ("tacit", |draft, _| draft.drop(BasicConstraints::OID)),
    ("no certificate signing", |draft, _| draft.put(usage(Usage::DigitalSignature))),
    ("path length 0", |draft, _| draft.put(basic(true, Some(0)))),
    ("path length 1", |draft, _| draft.put(basic(true, Some(1)))),
    ("not critical", |draft, _| {
        let basic = basic(true, None);
        draft.put(other(&basic.extn_id.to_string(), false, basic.extn_value.into_bytes()));
    }),
    ("for servers", |draft, _| draft.put(purposes(&[SERVER]))),
    ("for clients", |draft, _| draft.put(purposes(&[CLIENT]))),
    ("for servers and clients", |draft, _| draft.put(purposes(&[SERVER, CLIENT]))),
    ("for any purpose", |draft, _| draft.put(purposes(&[ANY]))),
    ("permits .good.test", |draft, _| draft.put(constraints(&[host(".good.test")], &[]))),
    ("permits good.test", |draft, _| draft.put(constraints(&[host("good.test")], &[]))),
    ("excludes evil.test", |draft, _| draft.put(constraints(&[], &[host("evil.test")]))),
    ("permits 127.0.0.0/8", |draft, _| draft.put(constraints(&[address(&[127, 0, 0, 0, 255, 0, 0, 0])], &[]))),
    ("permits directory", |draft, _| draft.put(constraints(&[directory("O=Berkeley")], &[]))),
    ("permits other directory", |draft, _| draft.put(constraints(&[directory("O=Oakland")], &[]))),
    ("excludes directory", |draft, _| draft.put(constraints(&[], &[directory("O=BERKELEY")]))),
    ("permits mail", |draft, _| draft.put(constraints(&[GeneralName::Rfc822Name(ia5("good.test"))], &[]))),
    ("permits URIs", |draft, _| {
        draft.put(constraints(&[GeneralName::UniformResourceIdentifier(ia5("good.test"))], &[]));
    }),
    ("permits with bounds", |draft, _| draft.put(bounded(&host("good.test")))),
    ("expired", |draft, _| draft.days = (-10, -5)),
    ("future", |draft, _| draft.days = (5, 10)),
    ("unknown critical", |draft, _| draft.put(other(UNKNOWN, true, vec![5, 0]))),
    ("unknown", |draft, _| draft.put(other(UNKNOWN, false, vec![5, 0]))),
    ("critical key id", |draft, keys| {
        let key = if draft.subject == ROOT { &keys.root } else { &keys.between };
        draft.put(key_id(key, true));
    }),
    ("proxy", |draft, _| draft.put(other(PROXY, false, ALL_RIGHTS.to_vec()))),
    // { anyPolicy }
    ("critical policies", |draft, _| {
        draft.put(other(POLICIES, true, vec![0x30, 8, 0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0]));
    }),
    ("weak key", |draft, _| draft.key = weak_key()),
    ("weak signature", |draft, _| draft.algorithm = ECDSA_SHA1),
];

/// What authorities between may be beside.
const BETWEENS: &[Kind] = &[
    ("forged", |draft, _| draft.forged = true),
    ("of the root's name", |draft, _| draft.subject = ROOT.to_owned()),
    ("for another authority", |draft, keys| draft.put(authority_id(&keys.stranger))),
    ("of another key id", |draft, keys| draft.put(key_id(&keys.stranger, false))),
];

/// What a peer's own certificate may be; a good one is for good.test by its alternative name.
pub(super) const LEAVES: &[Kind] = &[
    ("plain", |_, _| {}),
    ("for evil.test", |draft, _| draft.put(names(vec![host("evil.test")]))),
    ("for *.good.test", |draft, _| draft.put(names(vec![host("*.good.test")]))),
    ("for www.good.test", |draft, _| draft.put(names(vec![host("www.good.test")]))),
    ("for both", |draft, _| draft.put(names(vec![host("good.test"), host("evil.test")]))),
    ("common name good", |draft, _| common(draft, "CN=good.test,O=Berkeley")),
    ("common name evil", |draft, _| common(draft, "CN=evil.test,O=Berkeley")),
    ("common name *.test", |draft, _| common(draft, "CN=*.evil.test,O=Berkeley")),
    ("common name localhost", |draft, _| common(draft, "CN=localhost,O=Berkeley")),
    ("common name www", |draft, _| common(draft, "CN=www.good.test,O=Berkeley")),
    ("common names", |draft, _| common(draft, "CN=good.test,CN=evil.test,O=Berkeley")),
    ("common name evil beside a host", |draft, _| draft.subject = "CN=evil.test,O=Berkeley".to_owned()),
    ("common name evil beside an address", |draft, _| {
        common(draft, "CN=evil.test,O=Berkeley");
        draft.put(names(vec![address(&[127, 0, 0, 1])]));
    }),
    ("version 1 good", |draft, _| old(draft, "CN=good.test")),
    ("version 1 evil", |draft, _| old(draft, "CN=evil.test")),
    ("version 1 with extensions", |draft, _| draft.version = Version::V1),
    ("no extensions", |draft, _| {
        draft.subject = "CN=good.test".to_owned();
        draft.extensions.clear();
    }),
    ("of Oakland", |draft, _| draft.subject = "CN=leaf,O=Oakland".to_owned()),
    ("127.0.0.1", |draft, _| draft.put(names(vec![address(&[127, 0, 0, 1]), host("good.test")]))),
    ("10.0.0.1", |draft, _| draft.put(names(vec![address(&[10, 0, 0, 1]), host("good.test")]))),
    ("mail of good.test", |draft, _| draft.put(names(vec![mail("a@good.test"), host("good.test")]))),
    ("mail of evil.test", |draft, _| draft.put(names(vec![mail("a@evil.test"), host("good.test")]))),
    ("URI of evil.test", |draft, _| {
        draft.put(names(vec![GeneralName::UniformResourceIdentifier(ia5("http://evil.test/")), host("good.test")]));
    }),
    ("empty subject", |draft, _| draft.subject = String::new()),
    ("an authority", |draft, _| {
        draft.put(basic(true, None));
        draft.put(usage(Usage::DigitalSignature | Usage::KeyCertSign));
    }),
    ("signing certificates alone", |draft, _| draft.put(usage(Usage::KeyCertSign))),
    ("enciphering keys", |draft, _| draft.put(usage(Usage::KeyEncipherment))),
    ("agreeing on keys", |draft, _| draft.put(usage(Usage::KeyAgreement))),
    ("enciphering data", |draft, _| draft.put(usage(Usage::DataEncipherment))),
    ("no usage", |draft, _| draft.put(other("2.5.29.15", true, vec![3, 2, 7, 0]))),
    ("for servers", |draft, _| draft.put(purposes(&[SERVER]))),
    ("for clients", |draft, _| draft.put(purposes(&[CLIENT]))),
    ("for any purpose", |draft, _| draft.put(purposes(&[ANY]))),
    ("for no purpose", |draft, _| draft.put(other("2.5.29.37", false, vec![0x30, 0]))),
    ("netscape's server", |draft, _| draft.put(other(NETSCAPE_TYPE, false, vec![3, 2, 6, 0x40]))),
    ("netscape's client", |draft, _| draft.put(other(NETSCAPE_TYPE, false, vec![3, 2, 7, 0x80]))),
    ("expired", |draft, _| draft.days = (-10, -5)),
    ("future", |draft, _| draft.days = (5, 10)),
    ("forged", |draft, _| draft.forged = true),
    ("weak key", |draft, _| draft.key = weak_key()),
    ("weak signature", |draft, _| draft.algorithm = ECDSA_SHA1),
    ("of an RSA key", |draft, _| draft.algorithm = RSA_SHA256),
    ("unknown critical", |draft, _| draft.put(other(UNKNOWN, true, vec![5, 0]))),
    ("proxy", |draft, _| draft.put(other(PROXY, true, ALL_RIGHTS.to_vec()))),
    ("two of an extension", |draft, _| draft.extensions.push(names(vec![host("evil.test")]))),
    ("for another authority", |draft, keys| draft.put(authority_id(&keys.stranger))),
    ("without authority id", |draft, _| draft.drop(AuthorityKeyIdentifier::OID)),
    ("its own issuer", |draft, _| {
        draft.issuer.clone_from(&draft.subject);
        draft.drop(AuthorityKeyIdentifier::OID);
        draft.by_itself = true;
    }),
];

fn mail(address: &str) -> GeneralName {
    GeneralName::Rfc822Name(Ia5String::new(address).expect("ASCII"))
}

fn common(draft: &mut Draft, subject: &str) {
    draft.subject = subject.to_owned();
    draft.drop(SubjectAltName::OID);
}

fn old(draft: &mut Draft, subject: &str) {
    draft.subject = subject.to_owned();
    (draft.version, draft.extensions) = (Version::V1, Vec::new());
}

/// A certificate of the matrix.
pub(super) struct Made {
    pub(super) kind: &'static str,
    pub(super) der: Vec<u8>,
}

fn made(kinds: impl Iterator<Item = &'static Kind>, keys: &Keys, plain: impl Fn() -> Draft, issuer: &Key) -> Vec<Made> {
    let make = |(serial, &(kind, change)): (usize, &Kind)| {
        let mut draft = plain();
        draft.serial = u32::try_from(serial).expect("few") + 1;
        change(&mut draft, keys);
        let issuer = if draft.by_itself { &keys.leaf } else { issuer };
        Made { kind, der: draft.sign(issuer) }
    };
    kinds.enumerate().map(make).collect()
}

fn authority(subject: &str, key: &Key) -> Draft {
    Draft::new(subject, ROOT, key)
        .with(basic(true, None))
        .with(usage(Usage::KeyCertSign | Usage::CRLSign))
        .with(key_id(key, false))
}

/// Trusted ones.
pub(super) fn roots(keys: &Keys) -> Vec<Made> {
    made(AUTHORITIES.iter(), keys, || authority(ROOT, &keys.root), &keys.root)
}

/// What authorities between may be.
pub(super) fn authorities() -> impl Iterator<Item = Kind> {
    AUTHORITIES.iter().chain(BETWEENS).copied()
}

/// One that has nothing to do with a chain.
pub(super) fn stranger(keys: &Keys) -> Vec<u8> {
    Draft::new("CN=Stranger", "CN=Stranger", &keys.stranger).sign(&keys.stranger)
}

/// Those between a trusted one and the peer's own.
pub(super) fn betweens(keys: &Keys) -> Vec<Made> {
    let plain = || authority(BETWEEN, &keys.between).with(authority_id(&keys.root));
    made(AUTHORITIES.iter().chain(BETWEENS), keys, plain, &keys.root)
}

/// The peers' own, of that issuer.
pub(super) fn leaves(keys: &Keys, issuer: &str, issuer_key: &Key) -> Vec<Made> {
    let plain = || {
        Draft::new("CN=leaf,O=Berkeley", issuer, &keys.leaf)
            .with(names(vec![host("good.test")]))
            .with(authority_id(issuer_key))
            .with(key_id(&keys.leaf, false))
    };
    made(LEAVES.iter(), keys, plain, issuer_key)
}
