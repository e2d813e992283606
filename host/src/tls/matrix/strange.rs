//! Kinds of certificates that are stranger than those of the whole matrix, for chains at random.

use x509_cert::Version;
use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, KeyUsages as Usage, SubjectAltName};

use super::forge::{Draft, address, basic, constraints, directory, host, ia5, names, other, purposes, usage};
use super::kinds::{BETWEEN, Kind, ROOT};

/// What authorities may be beside what they are in the other matrix.
pub(super) const AUTHORITIES: &[Kind] = &[
    ("permits all hosts", |draft, _| draft.put(constraints(&[host("")], &[]))),
    ("excludes all hosts", |draft, _| draft.put(constraints(&[], &[host("")]))),
    ("permits *.good.test", |draft, _| draft.put(constraints(&[host("*.good.test")], &[]))),
    ("permits good.test.", |draft, _| draft.put(constraints(&[host("good.test.")], &[]))),
    ("permits GOOD.TEST", |draft, _| draft.put(constraints(&[host("GOOD.TEST")], &[]))),
    ("permits test", |draft, _| draft.put(constraints(&[host("test")], &[]))),
    ("permits .", |draft, _| draft.put(constraints(&[host(".")], &[]))),
    ("excludes .good.test", |draft, _| draft.put(constraints(&[], &[host(".good.test")]))),
    ("permits one and excludes one", |draft, _| draft.put(constraints(&[host("test")], &[host("good.test")]))),
    ("permits a short address", |draft, _| draft.put(constraints(&[address(&[127, 0, 0, 1])], &[]))),
    ("permits ::1", |draft, _| draft.put(constraints(&[address(&v6())], &[]))),
    ("excludes 127.0.0.0/8", |draft, _| draft.put(constraints(&[], &[address(&[127, 0, 0, 0, 255, 0, 0, 0])]))),
    ("excludes 0.0.0.0/0", |draft, _| draft.put(constraints(&[], &[address(&[0; 8])]))),
    ("permits .mail", |draft, _| draft.put(constraints(&[GeneralName::Rfc822Name(ia5(".good.test"))], &[]))),
    ("excludes mail", |draft, _| draft.put(constraints(&[], &[GeneralName::Rfc822Name(ia5("a@evil.test"))]))),
    ("permits any directory", |draft, _| draft.put(constraints(&[directory("")], &[]))),
    ("constrains nothing", |draft, _| draft.put(other("2.5.29.30", true, vec![0x30, 0]))),
    ("constrains, not critical", |draft, _| {
        let critical = constraints(&[host("evil.test")], &[]);
        draft.put(other("2.5.29.30", false, critical.extn_value.into_bytes()));
    }),
    ("path length 255", |draft, _| draft.put(basic(true, Some(255)))),
    ("version 2", |draft, _| draft.version = Version::V2),
    ("requires a policy", |draft, _| draft.put(other("2.5.29.36", true, vec![0x30, 3, 0x80, 1, 0]))),
    ("two basic constraints", |draft, _| draft.extensions.push(basic(true, None))),
    ("bytes behind basic constraints", |draft, _| {
        let bytes = [basic(true, None).extn_value.into_bytes(), vec![0]].concat();
        draft.put(other(&BasicConstraints::OID.to_string(), true, bytes));
    }),
    ("netscape's server", |draft, _| draft.put(other("2.16.840.1.113730.1.1", false, vec![3, 2, 6, 0x40]))),
    ("netscape's gated", |draft, _| draft.put(purposes(&["2.16.840.1.113730.4.1"]))),
    ("lists alone", |draft, _| draft.put(usage(Usage::CRLSign))),
    ("for a serial", |draft, _| draft.put(serial_of(1))),
    ("for another serial", |draft, _| draft.put(serial_of(77))),
];

/// What the peer's own may be beside.
pub(super) const LEAVES: &[Kind] = &[
    ("for *.test", |draft, _| draft.put(names(vec![host("*.test")]))),
    ("for *", |draft, _| draft.put(names(vec![host("*")]))),
    ("for g*d.test", |draft, _| draft.put(names(vec![host("g*d.test")]))),
    ("for w*.good.test", |draft, _| draft.put(names(vec![host("w*.good.test")]))),
    ("for www.*.test", |draft, _| draft.put(names(vec![host("www.*.test")]))),
    ("for *.*.test", |draft, _| draft.put(names(vec![host("*.*.test")]))),
    ("for .good.test", |draft, _| draft.put(names(vec![host(".good.test")]))),
    ("for good.test.", |draft, _| draft.put(names(vec![host("good.test.")]))),
    ("for GOOD.TEST", |draft, _| draft.put(names(vec![host("GOOD.TEST")]))),
    ("for a nul", |draft, _| draft.put(names(vec![host("good.test\0.evil.test")]))),
    ("for xn--*", |draft, _| draft.put(names(vec![host("xn--*.good.test")]))),
    ("for the text 127.0.0.1", |draft, _| draft.put(names(vec![host("127.0.0.1")]))),
    ("for a short address", |draft, _| draft.put(names(vec![address(&[127, 0, 0]), host("good.test")]))),
    ("for ::1", |draft, _| draft.put(names(vec![address(&v6()[..16])]))),
    ("for mapped 127.0.0.1", |draft, _| {
        draft.put(names(vec![address(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1])]));
    }),
    ("for nobody", |draft, _| draft.put(names(Vec::new()))),
    ("for a URI alone", |draft, _| {
        common(draft, "CN=good.test");
        draft.put(names(vec![GeneralName::UniformResourceIdentifier(ia5("http://good.test/"))]));
    }),
    ("for mail alone", |draft, _| {
        common(draft, "CN=good.test");
        draft.put(names(vec![GeneralName::Rfc822Name(ia5("a@good.test"))]));
    }),
    ("for a directory alone", |draft, _| {
        common(draft, "CN=good.test");
        draft.put(names(vec![directory("CN=good.test")]));
    }),
    ("common name with nul", |draft, _| common(draft, "CN=good.test\\00.evil.test")),
    ("common name ends with nul", |draft, _| common(draft, "CN=good.test\\00")),
    ("common name *", |draft, _| common(draft, "CN=*")),
    ("common name *.good.test", |draft, _| common(draft, "CN=*.good.test")),
    ("common name 127.0.0.1", |draft, _| common(draft, "CN=127.0.0.1")),
    ("common name good.test.", |draft, _| common(draft, "CN=good.test.")),
    ("common name with space", |draft, _| common(draft, "CN=good.test\\20")),
    ("common name ü", |draft, _| common(draft, "CN=bücher.good.test")),
    ("mail in subject", |draft, _| draft.subject = "1.2.840.113549.1.9.1=#16086140676f6f642e74,CN=leaf".to_owned()),
    ("subject is the root's", |draft, _| draft.subject = ROOT.to_owned()),
    ("subject is the issuer's", |draft, _| draft.subject = BETWEEN.to_owned()),
    ("critical names", |draft, _| {
        let plain = names(vec![host("good.test")]);
        draft.put(other(&SubjectAltName::OID.to_string(), true, plain.extn_value.into_bytes()));
    }),
    ("for a serial", |draft, _| draft.put(serial_of(1))),
];

fn v6() -> Vec<u8> {
    [vec![0; 15], vec![1], vec![0xff; 16]].concat()
}

fn common(draft: &mut Draft, subject: &str) {
    draft.subject = subject.to_owned();
    draft.drop(SubjectAltName::OID);
}

/// An authority key identifier of a name and a serial number alone.
fn serial_of(number: u8) -> Extension {
    // authorityCertIssuer: CN=Root,O=Berkeley.
    let issuer: &[u8] = b"\xa1\x25\xa4\x23\x30\x21\x31\x11\x30\x0f\x06\x03U\x04\x0a\x0c\x08Berkeley\
        \x31\x0c\x30\x0a\x06\x03U\x04\x03\x0c\x04Root";
    let content = [issuer, &[0x82, 1, number]].concat();
    let whole = [&[0x30, content.len() as u8], content.as_slice()].concat();
    other(&AuthorityKeyIdentifier::OID.to_string(), false, whole)
}
