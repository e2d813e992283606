//! The kinds of revocation lists, and of certificates that they tell of.

use x509_cert::der::oid::AssociatedOid;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, KeyUsage, KeyUsages as Usage};

use super::forge::{DraftList, ECDSA_SHA1, authority_id, basic, other, usage};
use super::kinds::{Keys, Kind as CertificateKind, ROOT};

pub(super) const LEAF_NUMBER: u32 = 0x1001;
pub(super) const BETWEEN_NUMBER: u32 = 0x2001;
pub(super) const ROOT_NUMBER: u32 = 0x3001;

const POINTS: &str = "2.5.29.31";
const ISSUING_POINT: &str = "2.5.29.28";
const REASON: &str = "2.5.29.21";
const UNKNOWN: &str = "1.3.6.1.4.1.55555.1";

/// Something in DER: a tag, the length, and what is in it.
fn tagged(tag: u8, content: &[&[u8]]) -> Vec<u8> {
    let content = content.concat();
    let length = u8::try_from(content.len()).expect("short");
    let long: &[u8] = if length < 0x80 { &[] } else { &[0x81] };
    [&[tag], long, &[length], &content].concat()
}

/// A fullName of one URI, as both kinds of distribution points have it.
fn uri(text: &str) -> Vec<u8> {
    tagged(0xa0, &[&tagged(0xa0, &[&tagged(0x86, &[text.as_bytes()])])])
}

/// cRLDistributionPoints of one point.
fn points(content: &[&[u8]]) -> Extension {
    other(POINTS, false, tagged(0x30, &[&tagged(0x30, content)]))
}

fn issuing_point(content: &[&[u8]]) -> Extension {
    other(ISSUING_POINT, true, tagged(0x30, content))
}

fn reason(code: u8) -> Vec<Extension> {
    vec![other(REASON, false, vec![10, 1, code])]
}

fn without(draft: &mut DraftList, id: &str) {
    draft.extensions.retain(|known| known.extn_id.to_string() != id);
}

const YES: &[u8] = &[0xff];

/// A kind of list: its name, in what it differs from a good one, and whether somebody else signs it.
pub(super) type Kind = (&'static str, fn(&mut DraftList, &Keys));

/// What lists may be; the numbers of all that they may tell of are revoked together.
pub(super) const LISTS: &[Kind] = &[
    ("good", |_, _| {}),
    ("revokes", |draft, _| draft.revoked.push((LEAF_NUMBER, Vec::new()))),
    ("revokes the one between", |draft, _| draft.revoked.push((BETWEEN_NUMBER, Vec::new()))),
    ("revokes the root", |draft, _| draft.revoked.push((ROOT_NUMBER, Vec::new()))),
    ("revokes for a reason", |draft, _| draft.revoked.push((LEAF_NUMBER, reason(1)))),
    ("holds", |draft, _| draft.revoked.push((LEAF_NUMBER, reason(6)))),
    ("removes", |draft, _| draft.revoked.push((LEAF_NUMBER, reason(8)))),
    ("revokes with something critical", |draft, _| {
        draft.revoked.push((LEAF_NUMBER, vec![other(UNKNOWN, true, vec![5, 0])]));
    }),
    ("revokes others with something critical", |draft, _| {
        draft.revoked.push((5, vec![other(UNKNOWN, true, vec![5, 0])]));
    }),
    ("revokes nobody", |draft, _| draft.revoked.clear()),
    ("expired", |draft, _| draft.days = (-10, Some(-5))),
    ("future", |draft, _| draft.days = (5, Some(10))),
    ("older", |draft, _| draft.days = (-3, Some(10))),
    ("older, revokes", |draft, _| {
        draft.days = (-3, Some(10));
        draft.revoked.push((LEAF_NUMBER, Vec::new()));
    }),
    ("without end", |draft, _| draft.days.1 = None),
    ("without number", |draft, _| draft.extensions.clear()),
    ("of another issuer", |draft, _| draft.issuer = "CN=Stranger".to_owned()),
    ("forged", |draft, _| draft.forged = true),
    ("weak signature", |draft, _| draft.algorithm = ECDSA_SHA1),
    ("of another key id", |draft, keys| draft.extensions.push(authority_id(&keys.stranger))),
    ("of the key id", |draft, keys| {
        let key = if draft.issuer == ROOT { &keys.root } else { &keys.between };
        draft.extensions.push(authority_id(key));
    }),
    ("of another serial", |draft, _| {
        // authorityCertIssuer, which is a name, and authorityCertSerialNumber.
        let issuer =
            [0xa1, 19, 0xa4, 17, 0x30, 15, 0x31, 13, 0x30, 11, 6, 3, 0x55, 4, 3, 0x0c, 4, b'R', b'o', b'o', b't'];
        let content = tagged(0x30, &[&issuer, &[0x82, 1, 5]]);
        draft.extensions.push(other(&AuthorityKeyIdentifier::OID.to_string(), false, content));
    }),
    ("changes", |draft, _| draft.extensions.push(other("2.5.29.27", true, vec![2, 1, 1]))),
    ("changes, revokes", |draft, _| {
        draft.extensions.push(other("2.5.29.27", true, vec![2, 1, 1]));
        draft.revoked.push((LEAF_NUMBER, Vec::new()));
    }),
    ("unknown critical", |draft, _| draft.extensions.push(other(UNKNOWN, true, vec![5, 0]))),
    ("unknown", |draft, _| draft.extensions.push(other(UNKNOWN, false, vec![5, 0]))),
    ("two of an extension", |draft, _| draft.extensions.push(other("2.5.29.20", false, vec![2, 1, 2]))),
    ("indirect", |draft, _| draft.extensions.push(issuing_point(&[&tagged(0x84, &[YES])]))),
    ("for peers", |draft, _| draft.extensions.push(issuing_point(&[&tagged(0x81, &[YES])]))),
    ("for authorities", |draft, _| draft.extensions.push(issuing_point(&[&tagged(0x82, &[YES])]))),
    ("for attributes", |draft, _| draft.extensions.push(issuing_point(&[&tagged(0x85, &[YES])]))),
    ("for some reasons", |draft, _| draft.extensions.push(issuing_point(&[&tagged(0x83, &[&[6, 0x40]])]))),
    ("of a point", |draft, _| draft.extensions.push(issuing_point(&[&uri("http://a/")]))),
    ("of a point, revokes", |draft, _| {
        draft.extensions.push(issuing_point(&[&uri("http://a/")]));
        draft.revoked.push((LEAF_NUMBER, Vec::new()));
    }),
    ("of another point", |draft, _| draft.extensions.push(issuing_point(&[&uri("http://b/")]))),
    ("of a point for peers", |draft, _| {
        draft.extensions.push(issuing_point(&[&uri("http://a/"), &tagged(0x81, &[YES])]));
    }),
    ("of a point for authorities", |draft, _| {
        draft.extensions.push(issuing_point(&[&uri("http://a/"), &tagged(0x82, &[YES])]));
    }),
    ("of a point, not critical", |draft, _| {
        draft.extensions.push(other(ISSUING_POINT, false, tagged(0x30, &[&uri("http://a/")])));
    }),
    ("of an empty point", |draft, _| draft.extensions.push(issuing_point(&[]))),
    ("of no point", |draft, _| {
        without(draft, ISSUING_POINT);
        draft.extensions.push(other(ISSUING_POINT, true, vec![5, 0]));
    }),
];

/// What the peer's own may be, and what the other two.
pub(super) const LEAVES: &[CertificateKind] = &[
    ("plain", |_, _| {}),
    ("with point", |draft, _| draft.put(points(&[&uri("http://a/")]))),
    ("with point for a reason", |draft, _| draft.put(points(&[&uri("http://a/"), &tagged(0x81, &[&[6, 0x40]])]))),
    ("with point of an issuer", |draft, _| {
        let issuer = tagged(0xa2, &[&tagged(0xa4, &[&tagged(0x30, &[])])]);
        draft.put(points(&[&uri("http://a/"), &issuer]));
    }),
    ("with point of nothing", |draft, _| draft.put(points(&[]))),
    ("authority", |draft, _| {
        draft.put(basic(true, None));
        draft.put(usage(Usage::DigitalSignature | Usage::KeyCertSign));
    }),
];

pub(super) const AUTHORITIES: &[CertificateKind] = &[
    ("plain", |_, _| {}),
    ("without usage", |draft, _| draft.drop(KeyUsage::OID)),
    ("without lists", |draft, _| draft.put(usage(Usage::KeyCertSign))),
    ("with point", |draft, _| draft.put(points(&[&uri("http://a/")]))),
    ("lists in future", |draft, _| draft.days = (-1, 3)),
];
