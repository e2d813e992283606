//! Revocation lists of all kinds, of which OpenSSL and this host must find the same.
//!
//! A list of the authority between tells of the peer's own, and one of the trusted authority of the other two. As in the
//! matrix of chains, the host may refuse what OpenSSL takes, and that stands in [`DIFFERENCES`]; it takes nothing that
//! OpenSSL refuses.

use std::path::PathBuf;

use futures_util::FutureExt;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::RevocationCheckDepth;
use x509_cert::ext::pkix::KeyUsages as Usage;

use super::compare::{Difference, compare, in_threads};
use super::forge::{Draft, DraftList, authority_id, basic, host, key_id, names, usage};
use super::kinds::{BETWEEN, Keys, Kind as CertificateKind, ROOT};
use super::list_kinds::{AUTHORITIES, BETWEEN_NUMBER, Kind, LEAF_NUMBER, LEAVES, LISTS, ROOT_NUMBER};
use super::openssl::{self, Files};
use crate::labour::Labour;
use crate::tls::chain;
use crate::tls::config::Config;
use crate::tls::state::Tls;
use crate::tls::terms::{Terms, VerifyMode};

const DIFFERENCES: &[Difference] = &[
    (&["<removes>"], &[0, 3, 44], 23, "one that is revoked no more is a thing of lists of changes, which are not read"),
    (&["leaf <with point for a reason>"], &[44], 3, "the host looks for no second list where the first is not enough"),
    (&["leaf <plain>", "<of a point, revokes>"], &[0], 23, "webpki takes a list of one point for one of all"),
    (&["all true partial true"], &[8, 11, 12, 44], 33, "nobody is known who could have signed a list of a trusted one"),
];

/// The kinds that the host does not read, as webpki does not: with one of them no connection begins.
const UNREADABLE: &[&str] = &[
    "revokes with something critical",
    "revokes others with something critical",
    "without end",
    "without number",
    "changes",
    "changes, revokes",
    "unknown critical",
    "indirect",
    "for peers",
    "for authorities",
    "for attributes",
    "for some reasons",
    "of an empty point",
    "of no point",
];

struct World<'a> {
    files: Files<'a>,
    roots: Vec<Vec<u8>>,
    betweens: Vec<Vec<u8>>,
    leaves: Vec<Vec<u8>>,
    leaf_files: Vec<PathBuf>,
    /// Of the root, and of the one between.
    lists: [Vec<Vec<u8>>; 2],
}

/// The chains and lists that are looked at in one process.
#[derive(Clone, Debug)]
struct Group {
    root: usize,
    between: usize,
    of_root: Vec<usize>,
    of_between: Vec<usize>,
    all: bool,
    partial: bool,
}

fn groups() -> Vec<Group> {
    let plain = |all| Group { root: 0, between: 0, of_root: vec![0], of_between: vec![0], all, partial: false };
    let mut groups = Vec::new();
    for all in [false, true] {
        for list in 0..LISTS.len() {
            groups.push(Group { of_between: vec![list], ..plain(all) });
            groups.push(Group { of_root: vec![list], ..plain(all) });
            groups.push(Group { of_root: vec![list], partial: true, ..plain(all) });
            // Two of one issuer, of which one is to be chosen.
            let readable = |at: &usize| !UNREADABLE.contains(&LISTS[*at].0);
            for second in (0..LISTS.len()).filter(|second| [list, *second].iter().all(readable)) {
                groups.push(Group { of_between: vec![list, second], ..plain(all) });
            }
        }
        groups.push(Group { of_root: vec![], ..plain(all) });
        groups.push(Group { of_between: vec![], ..plain(all) });
        for root in 0..AUTHORITIES.len() {
            for between in 0..AUTHORITIES.len() {
                for list in [0, 1, 32] {
                    groups.push(Group { root, between, of_between: vec![list], of_root: vec![list], ..plain(all) });
                    groups.push(Group {
                        root,
                        between,
                        of_between: vec![list],
                        of_root: vec![list],
                        partial: true,
                        ..plain(all)
                    });
                }
            }
        }
    }
    groups
}

impl Group {
    fn lists(&self) -> impl Iterator<Item = &'static str> {
        self.of_root.iter().chain(&self.of_between).map(|&at| LISTS[at].0)
    }
}

impl<'a> World<'a> {
    fn new(directory: &'a std::path::Path) -> Self {
        let (files, keys) = (Files(directory), Keys::new());
        let authority = |subject: &str, key, number| {
            let mut draft = Draft::new(subject, ROOT, key)
                .with(basic(true, None))
                .with(usage(Usage::KeyCertSign | Usage::CRLSign))
                .with(key_id(key, false));
            draft.serial = number;
            draft
        };
        let leaf = || {
            let mut draft = Draft::new("CN=leaf,O=Berkeley", BETWEEN, &keys.leaf)
                .with(names(vec![host("good.test")]))
                .with(authority_id(&keys.between));
            draft.serial = LEAF_NUMBER;
            draft
        };
        let made = |kinds: &[CertificateKind], plain: &dyn Fn() -> Draft, key| -> Vec<Vec<u8>> {
            let make = |(_, change): &CertificateKind| {
                let mut draft = plain();
                change(&mut draft, &keys);
                draft.sign(key)
            };
            kinds.iter().map(make).collect()
        };
        let roots = made(AUTHORITIES, &|| authority(ROOT, &keys.root, ROOT_NUMBER), &keys.root);
        let between = || authority(BETWEEN, &keys.between, BETWEEN_NUMBER).with(authority_id(&keys.root));
        let betweens = made(AUTHORITIES, &between, &keys.root);
        let leaves = made(LEAVES, &leaf, &keys.between);
        let file = |(at, leaf): (usize, &Vec<u8>)| files.write(&format!("leaf-{at}.pem"), [leaf.as_slice()]);
        let leaf_files = leaves.iter().enumerate().map(file).collect();
        let lists = [(ROOT, &keys.root), (BETWEEN, &keys.between)].map(|(issuer, key)| {
            let make = |(_, change): &Kind| {
                let mut draft = DraftList::new(issuer);
                change(&mut draft, &keys);
                draft.sign(key)
            };
            LISTS.iter().map(make).collect()
        });
        Self { files, roots, betweens, leaves, leaf_files, lists }
    }

    fn lists(&self, group: &Group) -> Vec<&[u8]> {
        let pick = |side: usize, chosen: &[usize]| -> Vec<&[u8]> {
            chosen.iter().map(|&at| self.lists[side][at].as_slice()).collect()
        };
        [pick(0, &group.of_root), pick(1, &group.of_between)].concat()
    }

    fn openssl(&self, at: usize, group: &Group) -> Vec<u32> {
        let trusted = if group.partial { &self.betweens[group.between] } else { &self.roots[group.root] };
        let trusted = self.files.write(&format!("trusted-{at}.pem"), [trusted.as_slice()]);
        let others = self.files.write(&format!("others-{at}.pem"), [self.betweens[group.between].as_slice()]);
        let mut arguments = vec!["-CAfile", trusted.to_str().expect("UTF-8")];
        arguments.extend([
            "-untrusted",
            others.to_str().expect("UTF-8"),
            "-purpose",
            "sslserver",
            "-verify_hostname",
            "good.test",
        ]);
        arguments.push(if group.all { "-crl_check_all" } else { "-crl_check" });
        arguments.extend(if group.all { Some("-crl_check") } else { None });
        arguments.extend(group.partial.then_some("-partial_chain"));
        let lists = self.lists(group);
        let file = self.files.write_lists(&format!("lists-{at}.pem"), lists.iter().copied());
        if !lists.is_empty() {
            arguments.extend(["-CRLfile", file.to_str().expect("UTF-8")]);
        }
        openssl::verdicts(&arguments, &self.leaf_files)
    }

    /// The host's verdicts; none, where a list cannot be read.
    fn host(&self, group: &Group, tls: &Tls) -> Option<Vec<u32>> {
        let trusted = if group.partial { &self.betweens[group.between] } else { &self.roots[group.root] };
        let depth = if group.all { RevocationCheckDepth::Chain } else { RevocationCheckDepth::EndEntity };
        let terms = Terms {
            roots: vec![trusted.clone()],
            crls: self.lists(group).into_iter().map(<[u8]>::to_vec).collect(),
            revocation: Some(depth),
            partial_chain: group.partial,
            ..Terms::plain(VerifyMode::Required)
        };
        let config = Config::new(tls, terms, Labour::Here).now_or_never().expect("at once").ok()?;
        let name = ServerName::try_from("good.test").expect("a name");
        let others = [CertificateDer::from(self.betweens[group.between].as_slice())];
        let verdict = |leaf: &Vec<u8>| {
            let leaf = CertificateDer::from(leaf.as_slice());
            let verified = chain::verify(&config.0, &leaf, &others, Some(&name), UnixTime::now());
            verified.map_err(|(fault, _)| fault.code).err().unwrap_or(0)
        };
        Some(self.leaves.iter().map(verdict).collect())
    }

    fn describe(group: &Group, leaf: usize) -> String {
        let lists = |chosen: &[usize]| chosen.iter().map(|&at| format!("<{}>", LISTS[at].0)).collect::<String>();
        let Group { root, between, of_root, of_between, all, partial } = group;
        format!(
            "root <{}> between <{}> leaf <{}> lists of root {} of between {} all {all} partial {partial}",
            AUTHORITIES[*root].0,
            AUTHORITIES[*between].0,
            LEAVES[leaf].0,
            lists(of_root),
            lists(of_between)
        )
    }
}

#[test]
fn verdicts_on_what_is_revoked_are_those_of_openssl() {
    if !openssl::is_there() {
        println!("skipped: there is no openssl 3 to compare with");
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let world = World::new(directory.path());
    let groups = groups();
    let tls = Tls::default();
    let verdicts = in_threads(groups.len(), |at| {
        let ours = world.host(&groups[at], &tls);
        let readable = groups[at].lists().all(|list| !UNREADABLE.contains(&list));
        assert_eq!(ours.is_some(), readable, "{:?}", groups[at].lists().collect::<Vec<_>>());
        ours.map(|ours| (world.openssl(at, &groups[at]), ours))
    });
    let found = groups.iter().zip(verdicts).flat_map(|(group, verdicts)| {
        let (theirs, ours) = verdicts.unwrap_or_default();
        let described = move |(leaf, (theirs, ours))| (World::describe(group, leaf), theirs, ours);
        theirs.into_iter().zip(ours).enumerate().map(described)
    });
    let compared = compare(found, DIFFERENCES);
    compared.assert_alike();
    // The matrix reaches what it is for.
    for number in [0, 3, 8, 11, 12, 20, 23, 35, 44] {
        assert!(compared.seen.contains_key(&number), "{number}");
    }
}
