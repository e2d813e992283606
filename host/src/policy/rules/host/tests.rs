//! Where rules for names let a guest go that was led there.

use std::net::{IpAddr, SocketAddr};

use crate::address::Address;
use crate::policy::{AllowAll, Names, Operation, Policy, Rules, Transport};

fn rules(texts: &[&str]) -> Rules {
    Rules::parse(texts.iter().copied()).expect("rules")
}

/// A guest's look-up of the name led to the address, which may be this machine's own.
fn learn(names: &Names, name: &str, to: &str, is_own: bool) {
    let ip: IpAddr = to.parse().expect("an address");
    names.learn(name, [ip].into_iter(), if is_own { std::slice::from_ref(&ip) } else { &[] }, true);
}

/// Whether the rule admits the address under the name that led to it.
fn leads(rule: &str, name: &str, to: &str, is_own: bool) -> bool {
    let (names, ip) = (Names::default(), to.parse().expect("an address"));
    learn(&names, name, to, is_own);
    let peer = Address::from(SocketAddr::new(ip, 80));
    rules(&[rule]).check(&Operation::Connect { transport: Transport::Tcp, peer: &peer }, &names).is_ok()
}

/// What whoever answers for a name might have to gain by leading guests to.
const INNER: &[&str] = &[
    "0.1.2.3",
    "127.0.0.1",
    "169.254.169.254",
    "100.100.100.200",
    "192.0.0.192",
    "168.63.129.16",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "fe80::1",
    "ff02::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fd00:c1::a9fe:a9fe",
    "fd00:42::42",
    "fd00:a9fe:a9fe::1",
    "fd00:100::100:200",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:0808:0808::80ff:fffe",
    "::ffff:0:127.0.0.1",
    "2600::5efe:127.0.0.1",
];

const PRIVATE: &[&str] =
    &["10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "fd12::1", "fec0::1", "2002:a00:1::1"];

#[test]
fn no_name_leads_to_what_is_special() {
    for (rule, name) in [
        ("connect=name.example", "name.example"),
        ("connect=*.example", "name.example"),
        ("connect=db.internal", "db.internal"),
        ("connect=db", "db"),
        ("connect=name.example@0.0.0.0/0", "name.example"),
        ("connect=name.example@::/0", "name.example"),
        ("connect=name.example@[fd00::]/8", "name.example"),
        ("connect=name.example@100.64.0.0/10", "name.example"),
    ] {
        let led: Vec<_> = INNER.iter().filter(|to| leads(rule, name, to, false)).collect();
        assert!(led.is_empty(), "{rule}: {led:?}");
    }
}

#[test]
fn names_of_private_networks_lead_into_them_and_public_ones_do_not() {
    for to in PRIVATE {
        for name in ["db", "db.internal", "db.lan", "a.svc.cluster.local"] {
            assert!(leads(&format!("connect={name}:80"), name, to, false), "{name} to {to}");
        }
        for name in ["name.example", "internal.example.com"] {
            assert!(!leads(&format!("connect={name}:80"), name, to, false), "{name} to {to}");
        }
        assert!(!leads("connect=*.example", "name.example", to, false), "{to}");
    }
    // This machine's own addresses are such, too.
    assert!(leads("connect=name.example", "name.example", "11.0.0.1", false));
    assert!(!leads("connect=name.example", "name.example", "11.0.0.1", true));
    assert!(leads("connect=db.internal", "db.internal", "11.0.0.1", true));
}

#[test]
fn a_network_beside_a_name_admits_what_the_name_leads_to_there() {
    for (rule, to, is_own) in [
        ("connect=name.example@10.0.0.0/8:80", "10.0.0.1", false),
        ("connect=*.example@10.0.0.1", "10.0.0.1", false),
        ("connect=name.example@[fd12::]/16:80", "fd12::1", false),
        ("connect=name.example@[fd12::/16]:80", "fd12::1", false),
        ("connect=name.example@[fd00:ec2::254]:80", "fd00:ec2::254", false),
        ("connect=name.example@127.0.0.0/8:80", "127.0.0.1", false),
        ("connect=name.example@11.0.0.1:80", "11.0.0.1", true),
    ] {
        assert!(leads(rule, "name.example", to, is_own), "{rule}");
        assert!(!leads(rule, "other.test", to, is_own), "{rule}");
    }
    assert!(!leads("connect=name.example@10.0.0.0/8:80", "name.example", "192.168.0.1", false));
    assert!(!leads("connect=name.example@10.0.0.0/8:81", "name.example", "10.0.0.1", false));
    assert!(!leads("connect=name.example@11.0.0.0/8:80", "name.example", "11.0.0.1", true));
    let lookup = Operation::Lookup { host: "name.example" };
    assert!(rules(&["connect=name.example@10.0.0.0/8"]).check(&lookup, &Names::default()).is_ok());
}

#[test]
fn a_refusal_says_which_rule_lets_a_name_lead_there() {
    let suggested = |name: &str, to: &str, is_own| {
        let names = Names::default();
        learn(&names, name, to, is_own);
        let peer = Address::from(SocketAddr::new(to.parse().expect("an address"), 80));
        let operation = Operation::Connect { transport: Transport::Tcp, peer: &peer };
        let refusal = Rules::default().check(&operation, &names).expect_err("refused");
        let grant = refusal.grant().expect("a rule").to_owned();
        assert!(rules(&[&grant]).check(&operation, &names).is_ok(), "{grant}");
        grant
    };
    assert_eq!(suggested("name.example", "11.0.0.1", false), "connect=name.example:80");
    assert_eq!(suggested("name.example", "11.0.0.1", true), "connect=name.example@11.0.0.1:80");
    assert_eq!(suggested("name.example", "10.0.0.1", false), "connect=name.example@10.0.0.1:80");
    assert_eq!(suggested("name.example", "fd12::1", false), "connect=name.example@[fd12::1]:80");
    assert_eq!(suggested("db.internal", "10.0.0.1", false), "connect=db.internal:80");
    assert_eq!(suggested("name.example", "127.0.0.1", false), "connect=127.0.0.1:80");
    assert_eq!(suggested("name.example", "64:ff9b::a9fe:a9fe", false), "connect=[64:ff9b::a9fe:a9fe]:80");
    assert_eq!(suggested("localhost", "127.0.0.1", false), "connect=localhost:80");
}

#[test]
fn only_names_that_a_rule_has_are_heeded() {
    let rules = rules(&["connect=db.example", "connect=a.example@10.0.0.0/8", "listen=*.in.example", "resolve"]);
    for name in ["db.example", "a.example", "x.in.example"] {
        assert!(rules.heeds(name), "{name}");
    }
    assert!(!rules.heeds("other.example") && !AllowAll.heeds("db.example"));
}
