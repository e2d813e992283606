//! Chains of all kinds, of which OpenSSL and this host must find the same.
//!
//! The chains are a product of trusted certificates, those between, the peer's own, purposes, flags and names. What the
//! host refuses though OpenSSL does not, or refuses with another number, stands in [`DIFFERENCES`], each with its reason;
//! nothing can stand there that OpenSSL refuses and the host does not.

mod compare;
mod drawn;
mod forge;
mod key;
mod kinds;
mod list_kinds;
mod lists;
mod openssl;
mod strange;

use std::path::PathBuf;

use futures_util::FutureExt;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};

use self::compare::{Difference, compare, in_threads};
use self::kinds::{BETWEEN, Keys, Made, ROOT};
use self::openssl::Files;
use super::chain;
use super::config::Config;
use super::state::Tls;
use super::terms::{Terms, VerifyMode};
use crate::labour::Labour;

const DIFFERENCES: &[Difference] = &[
    (&["leaf <version 1 with extensions>"], &[0, 7, 9, 10, 47, 48, 49], 62, OLD),
    (&["root <version 1 with extensions>"], &[0], 1, OLD),
    (&["between <version 1 with extensions>"], &[0], 1, OLD),
    (&["<permits directory>"], &[0], 47, DIRECTORIES),
    (&["<permits other directory>"], &[0], 47, DIRECTORIES),
    (&["<excludes directory>"], &[0], 47, DIRECTORIES),
    (&["<permits with bounds>"], &[0], 1, "webpki reads no constraints with bounds"),
    (&["<permits mail>", "leaf <mail of"], &[0, 47], 51, OTHER_NAMES),
    (&["<permits URIs>", "leaf <URI of"], &[47], 51, OTHER_NAMES),
    (&["<critical policies>"], &[0], 34, "webpki does not know of policies"),
    (&["leaf <no usage>", "trusted Leaves"], &[0, 26], 20, UNREADABLE),
    (&["leaf <two of an extension>", "trusted Leaves"], &[0, 26], 20, UNREADABLE),
    (&["leaf <proxy>", "trusted Leaves"], &[40], 20, UNREADABLE),
];
const OLD: &str = "version 1 has no extensions, and webpki does not read one that has";
const DIRECTORIES: &str = "webpki takes no directory for one that is below another";
const OTHER_NAMES: &str = "the host does not compare names of mail and URIs, which are no peer's";
const UNREADABLE: &str = "OpenSSL takes a certificate for trusted though it cannot read all of it";

/// All certificates of the matrix, and the files that they are in.
struct World<'a> {
    files: Files<'a>,
    roots: Vec<Made>,
    betweens: Vec<Made>,
    /// Of the root's issue, and of that of the one between.
    leaves: [Vec<Made>; 2],
    leaf_files: [Vec<PathBuf>; 2],
    /// One that is of no chain.
    stranger: Vec<u8>,
}

/// The trusted certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trusted {
    Root,
    Between,
    Both,
    Leaves,
    Nobody,
}

/// Chains that are looked at in the same way: one for each kind of the peer's own.
#[derive(Clone, Copy, Debug)]
struct Group {
    root: usize,
    between: Option<usize>,
    trusted: Trusted,
    of_server: bool,
    partial: bool,
    strict: bool,
    name: Option<&'static str>,
}

impl Group {
    /// Chains of a trusted certificate of a kind and maybe one between, for a server's name.
    fn new(root: usize, between: Option<usize>) -> Self {
        let name = Some("good.test");
        Self { root, between, trusted: Trusted::Root, of_server: true, partial: false, strict: false, name }
    }
}

/// All groups, of so many kinds of trusted certificates and of those between; `constraining` tells of these.
fn groups(roots: usize, betweens: &[Made]) -> Vec<Group> {
    let direct = || (0..roots).map(|root| Group::new(root, None));
    let below = (0..roots).map(|root| Group::new(root, Some(0)));
    let through = || (0..betweens.len()).map(|between| Group::new(0, Some(between)));
    let constrains = |at: usize| ["permits", "excludes"].iter().any(|word| betweens[at].kind.starts_with(word));
    let mut groups: Vec<_> = direct().chain(through()).chain(below).collect();
    for group in direct().chain(through()) {
        groups.push(Group { strict: true, ..group });
        groups.push(Group { of_server: false, name: None, ..group });
        // The kinds of the two begin with the same ones.
        if constrains(group.root) || group.between.is_some_and(constrains) {
            groups.push(Group { name: Some("evil.test"), ..group });
        }
    }
    for group in through() {
        groups.push(Group { partial: true, trusted: Trusted::Both, ..group });
        groups.push(Group { partial: true, trusted: Trusted::Between, ..group });
    }
    for trusted in [Trusted::Root, Trusted::Between, Trusted::Both, Trusted::Leaves, Trusted::Nobody] {
        for flags in 0..16 {
            let between = (flags & 8 == 0).then_some(0);
            let of_server = flags & 4 == 0;
            let (partial, strict) = (flags & 2 != 0, flags & 1 != 0);
            groups.push(Group { trusted, of_server, partial, strict, name: None, ..Group::new(0, between) });
        }
    }
    for name in ["127.0.0.1", "10.0.0.1", "www.good.test", "www.evil.test", "localhost", "GOOD.test"] {
        groups.push(Group { name: Some(name), ..Group::new(0, None) });
    }
    groups
}

impl World<'_> {
    fn leaves(&self, group: &Group) -> &[Made] {
        &self.leaves[usize::from(group.between.is_some())]
    }

    fn trusted(&self, group: &Group) -> Vec<&[u8]> {
        let root = self.roots[group.root].der.as_slice();
        let between = group.between.map(|between| self.betweens[between].der.as_slice());
        match group.trusted {
            Trusted::Root => vec![root],
            Trusted::Between => between.into_iter().collect(),
            Trusted::Both => [root].into_iter().chain(between).collect(),
            Trusted::Leaves => self.leaves(group).iter().map(|leaf| leaf.der.as_slice()).collect(),
            Trusted::Nobody => Vec::new(),
        }
    }

    /// What the peer sends beside its own; the trusted one too, where nobody trusts it.
    fn others(&self, group: &Group) -> Vec<&[u8]> {
        let between = group.between.map(|between| self.betweens[between].der.as_slice());
        let root = (group.trusted == Trusted::Nobody).then_some(self.roots[group.root].der.as_slice());
        between.into_iter().chain(root).collect()
    }

    /// OpenSSL's verdicts.
    fn openssl(&self, at: usize, group: &Group) -> Vec<u32> {
        // A file must have something in it.
        let or_stranger = |mut certificates: Vec<_>| {
            if certificates.is_empty() {
                certificates.push(self.stranger.as_slice());
            }
            certificates
        };
        let trusted = self.files.write(&format!("trusted-{at}.pem"), or_stranger(self.trusted(group)));
        let others = self.files.write(&format!("others-{at}.pem"), or_stranger(self.others(group)));
        let (trusted, others) = (trusted.to_str().expect("UTF-8"), others.to_str().expect("UTF-8"));
        let mut arguments = vec!["-CAfile", trusted, "-untrusted", others];
        arguments.extend(["-purpose", if group.of_server { "sslserver" } else { "sslclient" }]);
        if let Some(name) = group.name {
            let address = name.parse::<std::net::IpAddr>().is_ok();
            arguments.extend([if address { "-verify_ip" } else { "-verify_hostname" }, name]);
        }
        arguments.extend(group.partial.then_some("-partial_chain"));
        arguments.extend(group.strict.then_some("-x509_strict"));
        openssl::verdicts(&arguments, &self.leaf_files[usize::from(group.between.is_some())])
    }

    /// The host's.
    fn host(&self, group: &Group, tls: &Tls) -> Vec<u32> {
        // What the host cannot read, nobody can trust.
        let readable = |der: &&[u8]| super::certificate::Certificate::read(der.to_vec().into()).is_ok();
        let terms = Terms {
            check_name: group.name.is_some(),
            roots: self.trusted(group).into_iter().filter(readable).map(<[u8]>::to_vec).collect(),
            partial_chain: group.partial,
            strict: group.strict,
            ..Terms::plain(VerifyMode::Required)
        };
        let config = Config::new(tls, terms, Labour::Here).now_or_never().expect("at once").expect("terms");
        let name = ServerName::try_from(group.name.unwrap_or("unnamed")).expect("a name");
        let others: Vec<_> = self.others(group).into_iter().map(CertificateDer::from).collect();
        let verdict = |leaf: &Made| {
            let leaf = CertificateDer::from(leaf.der.as_slice());
            let name = group.of_server.then_some(&name);
            chain::verify(&config.0, &leaf, &others, name, UnixTime::now()).map_or_else(|(fault, _)| fault.code, |_| 0)
        };
        self.leaves(group).iter().map(verdict).collect()
    }

    fn describe(&self, group: &Group, leaf: &Made) -> String {
        let (root, between) = (self.roots[group.root].kind, group.between.map_or("none", |at| self.betweens[at].kind));
        let Group { trusted, of_server, partial, strict, name, .. } = group;
        format!(
            "root <{root}> between <{between}> leaf <{}> trusted {trusted:?} of_server {of_server} partial {partial} \
            strict {strict} name {name:?}",
            leaf.kind
        )
    }
}

#[test]
fn verdicts_are_those_of_openssl() {
    if !openssl::is_there() {
        println!("skipped: there is no openssl 3 to compare with");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let files = Files(directory.path());
    let keys = Keys::new();
    let leaves = [kinds::leaves(&keys, ROOT, &keys.root), kinds::leaves(&keys, BETWEEN, &keys.between)];
    let file = |way: usize, at: usize| files.write(&format!("leaf-{way}-{at}.pem"), [leaves[way][at].der.as_slice()]);
    let leaf_files = [0, 1].map(|way| (0..leaves[way].len()).map(|at| file(way, at)).collect());
    let (roots, betweens) = (kinds::roots(&keys), kinds::betweens(&keys));
    let world =
        World { files: Files(directory.path()), roots, betweens, leaves, leaf_files, stranger: kinds::stranger(&keys) };

    let groups = groups(world.roots.len(), &world.betweens);
    let tls = Tls::default();
    let verdicts = in_threads(groups.len(), |at| (world.openssl(at, &groups[at]), world.host(&groups[at], &tls)));
    let found = groups.iter().zip(verdicts).flat_map(|(group, (theirs, ours))| {
        let world = &world;
        let described = move |((theirs, ours), leaf)| (world.describe(group, leaf), theirs, ours);
        theirs.into_iter().zip(ours).zip(world.leaves(group)).map(described)
    });
    let compared = compare(found, DIFFERENCES);
    compared.assert_alike();
    let seen = compared.seen;
    // The matrix reaches what it is for.
    assert!(seen.values().sum::<usize>() > 10_000, "{seen:?}");
    for number in [0, 2, 7, 9, 10, 18, 19, 20, 25, 26, 34, 40, 47, 48, 49, 62, 64, 66, 67, 68, 79, 89, 92] {
        assert!(seen.contains_key(&number), "{number}");
    }
}
