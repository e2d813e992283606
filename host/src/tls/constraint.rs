//! Name constraints: which names the certificates below an authority may bear.

use rustls::CertificateError;
use x509_cert::der::Tagged;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::NameConstraints;
use x509_cert::ext::pkix::constraints::name::GeneralSubtree;
use x509_cert::ext::pkix::name::GeneralName;

use super::certificate::Member;
use super::fault::{Fault, Rejection};
use super::name;
use super::title::{Title, text};

/// How many comparisons one certificate costs under another at most.
const MOST_COMPARISONS: usize = 1 << 20;
const MAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");
const UTF8_MAILBOX: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.8.9");

/// A name that a certificate bears, or that a constraint is about.
#[derive(Debug)]
enum Name {
    Host(Vec<u8>),
    Address(Vec<u8>),
    Directory(Title),
    /// Of another kind, which nothing here can tell more about.
    Other(Kind),
}

/// The kinds of names that are not compared.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Mail,
    Uri,
    Party,
    Registered,
    Other(ObjectIdentifier),
}

impl Name {
    fn read(name: &GeneralName) -> Result<Self, Rejection> {
        Ok(match name {
            GeneralName::DnsName(name) => Self::Host(name.as_bytes().to_vec()),
            GeneralName::IpAddress(address) => Self::Address(address.as_bytes().to_vec()),
            GeneralName::DirectoryName(name) => Self::Directory(Title::read(name)?),
            GeneralName::Rfc822Name(_) => Self::Other(Kind::Mail),
            GeneralName::OtherName(name) if name.type_id == UTF8_MAILBOX => Self::Other(Kind::Mail),
            GeneralName::OtherName(name) => Self::Other(Kind::Other(name.type_id)),
            GeneralName::UniformResourceIdentifier(_) => Self::Other(Kind::Uri),
            GeneralName::EdiPartyName(_) => Self::Other(Kind::Party),
            GeneralName::RegisteredId(_) => Self::Other(Kind::Registered),
        })
    }

    /// Whether it is within the base; nothing, where the two are of different kinds.
    fn is_within(&self, base: &Self) -> Result<Option<bool>, Rejection> {
        Ok(Some(match (self, base) {
            (Self::Host(name), Self::Host(base)) => host_is_within(name, base),
            (Self::Directory(name), Self::Directory(base)) => name.is_within(base),
            (Self::Address(address), Self::Address(base)) => {
                if ![4, 16].contains(&address.len()) || ![8, 32].contains(&base.len()) {
                    return Err(violation(53, "unsupported or invalid name syntax"));
                }
                let (network, mask) = base.split_at(base.len() / 2);
                let masked = network.iter().zip(mask).zip(address);
                address.len() == network.len() && masked.fold(true, |same, ((n, m), a)| same && n & m == a & m)
            }
            (Self::Other(kind), Self::Other(base)) if kind == base => {
                return Err(violation(51, "unsupported name constraint type"));
            }
            _ => return Ok(None),
        }))
    }
}

/// Whether the host is the base or below it.
fn host_is_within(name: &[u8], base: &[u8]) -> bool {
    let Some(at) = name.len().checked_sub(base.len()) else { return false };
    let bordered = base.is_empty() || at == 0 || base[0] == b'.' || name[at - 1] == b'.';
    bordered && name[at..].eq_ignore_ascii_case(base)
}

fn violation(code: u32, text: &str) -> Rejection {
    (Fault::new(code, text), CertificateError::UnknownIssuer)
}

/// What an authority says of the names below it.
struct Constraints {
    permitted: Vec<(Name, bool)>,
    excluded: Vec<(Name, bool)>,
}

impl Constraints {
    fn read(constraints: &NameConstraints) -> Result<Self, Rejection> {
        let subtree = |tree: &GeneralSubtree| {
            Name::read(&tree.base).map(|base| (base, tree.minimum == 0 && tree.maximum.is_none()))
        };
        let read = |trees: &Option<Vec<GeneralSubtree>>| trees.iter().flatten().map(subtree).collect::<Result<_, _>>();
        Ok(Self { permitted: read(&constraints.permitted_subtrees)?, excluded: read(&constraints.excluded_subtrees)? })
    }

    fn check(&self, name: &Name) -> Result<(), Rejection> {
        let whole = |sound: bool| {
            if sound { Ok(()) } else { Err(violation(49, "name constraints minimum and maximum not supported")) }
        };
        let mut permitted = None;
        for (base, sound) in &self.permitted {
            if let Some(within) = name.is_within(base)? {
                whole(*sound)?;
                *permitted.get_or_insert(false) |= within;
            }
        }
        if permitted == Some(false) {
            return Err(violation(47, "permitted subtree violation"));
        }
        for (base, sound) in &self.excluded {
            if let Some(within) = name.is_within(base)? {
                whole(*sound)?;
                if within {
                    return Err(violation(48, "excluded subtree violation"));
                }
            }
        }
        Ok(())
    }
}

/// Whether each certificate bears only names that those above it allow.
///
/// `common_name`: whether the peer's common names count as hosts, where it has no other names of hosts. `host`: the host
/// that a common name stood for; it must be allowed whatever the common name looks like.
pub(super) fn check(chain: &[Member<'_>], common_name: bool, host: Option<&str>) -> Result<(), Rejection> {
    for (depth, member) in chain.iter().enumerate().rev() {
        if depth > 0 && member.certificate.is_self_issued() {
            continue;
        }
        let mut names = None;
        for above in chain[depth + 1..].iter().rev() {
            let Some(constraints) = &above.extensions.constraints else { continue };
            let constraints = Constraints::read(&constraints.value)?;
            let names = match &names {
                Some(names) => names,
                None => {
                    let mut read = borne(member)?;
                    if depth == 0 && common_name && !name::has_hosts(&member.extensions) {
                        read.extend(common(member)?);
                        read.extend(host.map(|host| Name::Host(host.as_bytes().to_vec())));
                    }
                    names.insert(read)
                }
            };
            let count = constraints.permitted.len().saturating_add(constraints.excluded.len());
            if names.len().saturating_mul(count) > MOST_COMPARISONS {
                return Err(violation(1, "unspecified certificate verification error"));
            }
            names.iter().try_for_each(|name| constraints.check(name))?;
        }
    }
    Ok(())
}

/// The names that a certificate bears: its subject with the addresses of mail in it, and the alternative ones.
fn borne(member: &Member<'_>) -> Result<Vec<Name>, Rejection> {
    let mut names = Vec::new();
    if !member.certificate.subject.is_empty() {
        names.push(Name::Directory(member.certificate.subject.clone()));
    }
    let parts = member.body.tbs_certificate.subject.0.iter().flat_map(|part| part.0.iter());
    names.extend(parts.filter(|part| part.oid == MAIL_ADDRESS).map(|_| Name::Other(Kind::Mail)));
    for name in member.extensions.names.iter().flat_map(|names| &names.value.0) {
        names.push(Name::read(name)?);
    }
    Ok(names)
}

/// The common names that look like hosts.
fn common(member: &Member<'_>) -> Result<Vec<Name>, Rejection> {
    let mut names = Vec::new();
    for value in name::common_names(&member.body.tbs_certificate) {
        let syntax = || violation(53, "unsupported or invalid name syntax");
        let text = text(value.tag(), value.value()).ok_or_else(syntax)?;
        let text = text.trim_end_matches('\0');
        if text.contains('\0') {
            return Err(syntax());
        }
        if looks_like_host(text.as_bytes()) {
            names.push(Name::Host(text.as_bytes().to_vec()));
        }
    }
    Ok(names)
}

/// Whether it is two labels or more; OpenSSL's `cn2dnsid`.
fn looks_like_host(name: &[u8]) -> bool {
    let mut labels = name.split(|&byte| byte == b'.');
    labels.clone().count() > 1
        && labels.all(|label| {
            let sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            !label.is_empty() && !label.starts_with(b"-") && !label.ends_with(b"-") && label.iter().all(sound)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_within_as_by_openssl() {
        for (name, base, expected) in [
            ("a.good.test", "good.test", true),
            ("A.GOOD.test", ".good.test", true),
            ("good.test", "good.test", true),
            ("good.test", ".good.test", false),
            ("notgood.test", "good.test", false),
            ("test", "good.test", false),
            ("*.good.test", "good.test", true),
            ("anything", "", true),
        ] {
            assert_eq!(host_is_within(name.as_bytes(), base.as_bytes()), expected, "{name} {base}");
        }
    }

    #[test]
    fn common_names_look_like_hosts_as_to_openssl() {
        for (name, expected) in [
            ("evil.test", true),
            ("a_b.x-y.test", true),
            ("localhost", false),
            ("*.evil.test", false),
            (".evil.test", false),
            ("evil.test.", false),
            ("evil..test", false),
            ("-evil.test", false),
            ("evil-.test", false),
            ("an evil.test", false),
        ] {
            assert_eq!(looks_like_host(name.as_bytes()), expected, "{name}");
        }
    }
}
