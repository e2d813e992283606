//! Chains at random: several authorities between, each strange in more than one way, in any order, with those that lead
//! nowhere among them.
//!
//! `BERKELEY_CHAINS=SEED:COUNT` draws others, and more of them.

use std::env;

use futures_util::FutureExt;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use x509_cert::ext::pkix::KeyUsages as Usage;

use super::compare::{compare, in_threads};
use super::forge::{Draft, authority_id, basic, host, key_id, names, usage};
use super::key::Key;
use super::kinds::{self, BETWEEN, Keys, Kind, ROOT};
use super::openssl::{self, Files};
use super::strange;
use crate::labour::Labour;
use crate::tls::certificate::Certificate;
use crate::tls::chain;
use crate::tls::config::Config;
use crate::tls::state::Tls;
use crate::tls::terms::{Terms, VerifyMode};

const HOSTS: [Option<&str>; 12] = [
    None,
    Some("good.test"),
    Some("good.test"),
    Some("good.test"),
    Some("GOOD.test"),
    Some("evil.test"),
    Some("www.good.test"),
    Some("a.b.good.test"),
    Some("127.0.0.1"),
    Some("::1"),
    Some("xn--bcher-kva.good.test"),
    Some("test"),
];

/// Numbers at random: xorshift.
struct Dice(u64);

impl Dice {
    fn below(&mut self, count: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % count
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Mostly nothing strange, now and then two things.
    fn kinds(&mut self, all: &[Kind]) -> Vec<Kind> {
        let count = self.of(&[0, 0, 0, 1, 1, 2]);
        (0..count).map(|_| self.of(all)).collect()
    }
}

/// What is asked of one chain.
struct Case {
    leaf: Vec<u8>,
    sent: Vec<Vec<u8>>,
    trusted: Vec<Vec<u8>>,
    of_server: bool,
    partial: bool,
    strict: bool,
    name: Option<&'static str>,
    text: String,
}

fn case(dice: &mut Dice, keys: &Keys, pool: &[Key]) -> Case {
    let authorities: Vec<Kind> = kinds::authorities().chain(strange::AUTHORITIES.iter().copied()).collect();
    let leaves: Vec<Kind> = kinds::LEAVES.iter().chain(strange::LEAVES).copied().collect();
    let mut text = String::new();
    let mut make = |mut draft: Draft, kinds: &[Kind], key: &Key| {
        for (name, change) in kinds {
            change(&mut draft, keys);
            text += &format!("<{name}>");
        }
        text += " | ";
        let signer = if draft.by_itself { &keys.leaf } else { key };
        draft.sign(signer)
    };
    let authority = |subject: &str, issuer: &str, key: &Key, issuer_key: &Key, serial| {
        let mut draft = Draft::new(subject, issuer, key)
            .with(basic(true, None))
            .with(usage(Usage::KeyCertSign | Usage::CRLSign))
            .with(key_id(key, false))
            .with(authority_id(issuer_key));
        draft.serial = serial;
        draft
    };
    let root_kinds = dice.kinds(&authorities);
    let root = make(authority(ROOT, ROOT, &keys.root, &keys.root, 1), &root_kinds, &keys.root);
    let (mut trusted, mut sent) = (vec![root.clone()], Vec::new());
    let (mut name, mut key) = (ROOT.to_owned(), &keys.root);
    for depth in 0..dice.of(&[0, 1, 1, 2, 2, 3, 6, 7]) {
        // One that says that it is the root, or the one before, as after a change of keys.
        let subject = match dice.below(8) {
            0 => ROOT.to_owned(),
            1 => name.clone(),
            _ => BETWEEN.replace("Between", &format!("Between {depth}")),
        };
        let own = dice.of(&pool.iter().collect::<Vec<_>>());
        let draft = authority(&subject, &name, own, key, 1 + dice.below(2) as u32);
        let strange = dice.kinds(&authorities);
        let made = make(draft, &strange, key);
        if dice.one_in(6) {
            // The same one once more: of another issuer, or out of date.
            let mut other = authority(&subject, &name, own, key, 9);
            match dice.below(3) {
                0 => other.days = (-10, -5),
                1 => other.issuer = "CN=Stranger".to_owned(),
                _ => other.issuer = subject.clone(),
            }
            sent.push(make(other, &[], if dice.one_in(2) { key } else { own }));
        }
        if dice.one_in(5) {
            trusted.push(made.clone());
        }
        if !dice.one_in(12) {
            sent.push(made);
        }
        (name, key) = (subject, own);
    }
    let draft = Draft::new("CN=leaf,O=Berkeley", &name, &keys.leaf)
        .with(names(vec![host("good.test")]))
        .with(authority_id(key))
        .with(key_id(&keys.leaf, false));
    let strange = dice.kinds(&leaves);
    let leaf = make(draft, &strange, key);
    if dice.one_in(3) {
        sent.push(root);
    }
    if dice.one_in(12) {
        trusted.remove(0);
    }
    if dice.one_in(12) {
        trusted.push(leaf.clone());
    }
    // What the host cannot read, a peer that wants to be let in does not send.
    sent.retain(|der| Certificate::read(der.clone().into()).is_ok());
    for at in (1..sent.len()).rev() {
        sent.swap(at, dice.below(at + 1));
    }
    let of_server = !dice.one_in(4);
    let (partial, strict, name) = (dice.one_in(3), dice.one_in(6), dice.of(&HOSTS).filter(|_| of_server));
    text += &format!("of_server {of_server} partial {partial} strict {strict} name {name:?} trusted {}", trusted.len());
    Case { leaf, sent, trusted, of_server, partial, strict, name, text }
}

impl Case {
    fn openssl(&self, files: &Files<'_>, stranger: &[u8], at: usize) -> u32 {
        let write = |kind: &str, all: &[Vec<u8>]| {
            let all = all.iter().map(Vec::as_slice).chain(all.is_empty().then_some(stranger));
            files.write(&format!("{kind}-{at}.pem"), all).to_str().expect("UTF-8").to_owned()
        };
        let leaf = files.write(&format!("leaf-{at}.pem"), [self.leaf.as_slice()]);
        let (trusted, sent) = (write("trusted", &self.trusted), write("sent", &self.sent));
        let purpose = if self.of_server { "sslserver" } else { "sslclient" };
        let mut arguments = vec!["-CAfile", &trusted, "-untrusted", &sent, "-purpose", purpose];
        if let Some(name) = self.name {
            let address = name.parse::<std::net::IpAddr>().is_ok();
            arguments.extend([if address { "-verify_ip" } else { "-verify_hostname" }, name]);
        }
        arguments.extend(self.partial.then_some("-partial_chain"));
        arguments.extend(self.strict.then_some("-x509_strict"));
        openssl::verdicts(&arguments, &[leaf])[0]
    }

    fn host(&self, tls: &Tls) -> u32 {
        // Whoever trusts what cannot be read is told so, and has no configuration to connect with.
        let unreadable = |der: &Vec<u8>| Certificate::read(der.clone().into()).err();
        if let Some((fault, _)) = self.trusted.iter().find_map(unreadable) {
            return fault.code;
        }
        let terms = Terms {
            check_name: self.name.is_some(),
            roots: self.trusted.clone(),
            partial_chain: self.partial,
            strict: self.strict,
            ..Terms::plain(VerifyMode::Required)
        };
        let config = Config::new(tls, terms, Labour::Here).now_or_never().expect("at once").expect("terms");
        let name = ServerName::try_from(self.name.unwrap_or("unnamed")).expect("a name");
        let sent: Vec<_> = self.sent.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
        let leaf = CertificateDer::from(self.leaf.as_slice());
        let name = self.of_server.then_some(&name);
        chain::verify(&config.0, &leaf, &sent, name, UnixTime::now()).map_or_else(|(fault, _)| fault.code, |_| 0)
    }
}

#[test]
fn verdicts_on_chains_at_random_are_no_laxer_than_openssl() {
    if !openssl::is_there() {
        println!("skipped: there is no openssl 3 to compare with");
        return;
    }
    let asked = env::var("BERKELEY_CHAINS").unwrap_or_else(|_| "1:1000".to_owned());
    let (seed, count) = asked.split_once(':').expect("SEED:COUNT");
    let mut dice = Dice(seed.parse::<u64>().expect("a number").wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let keys = Keys::new();
    let pool = Key::of_each_kind();
    let cases: Vec<_> = (0..count.parse().expect("a number")).map(|_| case(&mut dice, &keys, &pool)).collect();
    let directory = tempfile::tempdir().expect("a directory");
    let (files, stranger, tls) = (Files(directory.path()), kinds::stranger(&keys), Tls::default());
    let verdicts = in_threads(cases.len(), |at| (cases[at].openssl(&files, &stranger, at), cases[at].host(&tls)));
    // Of several faults the two need not name the same.
    let alike = |theirs, ours| if theirs != 0 && ours != 0 { theirs } else { ours };
    let found =
        cases.iter().zip(verdicts).map(|(case, (theirs, ours))| (case.text.clone(), theirs, alike(theirs, ours)));
    let compared = compare(found, &[]);
    println!("{} hold for OpenSSL alone:\n{}", compared.unlike.len(), compared.unlike.join("\n"));
    // Of what holds, most does for the host as well.
    let holds = compared.seen.get(&0).copied().unwrap_or_default();
    assert!(holds > cases.len() / 20 && compared.unlike.len() < holds / 4, "{holds} hold");
}
