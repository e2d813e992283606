//! What rules are understood, and what they allow.

use std::net::SocketAddr;

use berkeley_constants as c;

use super::{Rule, Rules};
use crate::address::Address;
use crate::policy::{AllowAll, Names, Operation, Policy, Transport};

fn address(text: &str) -> Address {
    text.parse::<SocketAddr>().expect("an address").into()
}

fn rules(texts: &[&str]) -> Rules {
    Rules::parse(texts.iter().copied()).expect("rules")
}

fn connects(rules: &Rules, transport: Transport, to: &str) -> bool {
    let peer = address(to);
    rules.check(&Operation::Connect { transport, peer: &peer }, &Names::default()).is_ok()
}

/// A guest's look-up of the name led to the address.
fn learn(names: &Names, name: &str, to: &str) {
    names.learn(name, [to.parse().expect("an address")].into_iter(), &[], true);
}

fn listens(rules: &Rules, asked: &str, actual: &str) -> bool {
    let (asked, actual) = (address(asked), address(actual));
    let operation = Operation::Listen { transport: Transport::Tcp, asked: &asked, actual: &actual };
    rules.check(&operation, &Names::default()).is_ok()
}

#[test]
fn no_rule_shares_sockets_with_other_processes() {
    let rules = Rules::parse(["connect", "listen", "udp", "resolve", "option", "files", "unix=/", "family=raw"]);
    let refusal = rules.expect("rules").check(&Operation::Share, &Names::default()).expect_err("refused");
    assert_eq!(refusal.grant(), None);
    assert!(AllowAll.check(&Operation::Share, &Names::default()).is_ok());
}

#[test]
fn without_rules_nothing_is_allowed() {
    let none = Rules::default();
    assert!(!connects(&none, Transport::Tcp, "127.0.0.1:80"));
    assert!(!listens(&none, "127.0.0.1:0", "127.0.0.1:4000"));
    for operation in [
        Operation::Lookup { host: "localhost" },
        Operation::Files,
        Operation::Interfaces,
        Operation::HostName,
        Operation::Create { transport: Transport::Raw },
        Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_MARK },
    ] {
        assert!(none.check(&operation, &Names::default()).is_err(), "{operation}");
    }
}

#[test]
fn hosts_ports_and_protocols_limit_a_grant() {
    let rules = rules(&["connect=10.0.0.0/8:80,8000-8999", "connect:udp=[::1]:53"]);
    assert!(connects(&rules, Transport::Tcp, "10.1.2.3:80"));
    assert!(connects(&rules, Transport::Tcp, "10.1.2.3:8500"));
    assert!(!connects(&rules, Transport::Tcp, "10.1.2.3:81"));
    assert!(!connects(&rules, Transport::Tcp, "11.1.2.3:80"));
    assert!(!connects(&rules, Transport::Udp, "10.1.2.3:80"));
    assert!(connects(&rules, Transport::Udp, "[::1]:53"));
}

#[test]
fn networks_of_ipv6_are_written_with_brackets() {
    for rule in ["connect=[fd00::]/8:80", "connect=[fd00::/8]:80"] {
        assert!(connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:80"), "{rule}");
        assert!(!connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:81"), "{rule}");
        assert!(!connects(&rules(&[rule]), Transport::Tcp, "[fe00::1]:80"), "{rule}");
    }
    for rule in ["connect=[fd00::]/8", "connect=[fd00::/8]", "connect=fd00::/8"] {
        assert!(connects(&rules(&[rule]), Transport::Tcp, "[fd12::1]:81"), "{rule}");
    }
    for rule in ["accept=[fd00::]/8", "accept=[::1]"] {
        assert!(rule.parse::<Rule>().is_ok(), "{rule}");
    }
    for rule in ["connect=[::1", "connect=[::1]x", "connect=[::1]/129", "connect=[::1]80", "connect=[example.com]:80x"]
    {
        assert!(rule.parse::<Rule>().is_err(), "{rule}");
    }
}

#[test]
fn mapped_addresses_are_the_ipv4_addresses() {
    let rules = rules(&["connect=10.0.0.0/8"]);
    assert!(connects(&rules, Transport::Tcp, "[::ffff:10.0.0.1]:1"));
    assert!(!connects(&rules, Transport::Tcp, "[::ffff:127.0.0.1]:1"));
    let v6_only = Rules::parse(["connect=::/0"]).expect("rules");
    assert!(!connects(&v6_only, Transport::Tcp, "[::ffff:127.0.0.1]:1"));
}

#[test]
fn a_name_admits_what_the_guest_found_under_it() {
    let rules = rules(&["connect=db.example:5432", "connect=*.svc.example:80"]);
    let (db, other) = (address("11.0.0.1:5432"), address("11.0.0.2:5432"));
    let names = Names::default();
    let check = |peer: &Address, names: &Names| {
        rules.check(&Operation::Connect { transport: Transport::Tcp, peer }, names).is_ok()
    };
    assert!(!check(&db, &names));
    learn(&names, "db.example", "11.0.0.1");
    learn(&names, "evil.example", "11.0.0.2");
    assert!(check(&db, &names));
    assert!(!check(&other, &names));
    assert!(rules.check(&Operation::Lookup { host: "db.example" }, &names).is_ok());
    assert!(rules.check(&Operation::Lookup { host: "a.svc.example" }, &names).is_ok());
    for denied in ["svc.example", "xsvc.example", "evil.example", "db.example.evil"] {
        assert!(rules.check(&Operation::Lookup { host: denied }, &names).is_err(), "{denied}");
    }
}

#[test]
fn listening_grants_the_port_asked_for_or_given() {
    assert!(listens(&rules(&["listen=127.0.0.1:0"]), "127.0.0.1:0", "127.0.0.1:40000"));
    assert!(!listens(&rules(&["listen=127.0.0.1:0"]), "127.0.0.1:80", "127.0.0.1:80"));
    assert!(!listens(&rules(&["listen=127.0.0.1:80"]), "0.0.0.0:80", "0.0.0.0:80"));
    assert!(listens(&rules(&["listen=0.0.0.0:80"]), "127.0.0.1:80", "127.0.0.1:80"));
    assert!(!listens(&rules(&["listen=0.0.0.0:80"]), "[::1]:80", "[::1]:80"));
    assert!(listens(&rules(&["listen=[::]:80"]), "0.0.0.0:80", "0.0.0.0:80"));
    assert!(listens(&rules(&["listen"]), "[::]:80", "[::]:80"));
}

#[test]
fn a_client_may_bind_to_a_port_that_the_system_chooses() {
    let rules = rules(&["connect=10.0.0.1:80"]);
    let bind = |transport, to: &str| {
        let address = address(to);
        rules.check(&Operation::Bind { transport, address: &address }, &Names::default()).is_ok()
    };
    assert!(bind(Transport::Tcp, "127.0.0.1:0"));
    assert!(!bind(Transport::Tcp, "127.0.0.1:8080"));
    assert!(!bind(Transport::Udp, "127.0.0.1:0"));
    assert!(!listens(&rules, "127.0.0.1:0", "127.0.0.1:40000"));
}

#[test]
fn peers_are_judged_once_there_is_an_accept_rule() {
    let accept = |rules: &Rules, from: &str| {
        let operation = Operation::Accept { transport: Transport::Tcp, peer: &address(from), given: false };
        rules.check(&operation, &Names::default()).is_ok()
    };
    assert!(accept(&rules(&["listen"]), "10.0.0.1:5"));
    assert!(accept(&rules(&["listen", "accept=10.0.0.0/8"]), "10.0.0.1:5"));
    assert!(!accept(&rules(&["listen", "accept=10.0.0.0/8"]), "192.0.2.1:5"));
}

#[test]
fn refusals_name_the_rule_that_would_do() {
    let peer = address("[2600::1]:443");
    let names = Names::default();
    let grant = |operation: &Operation<'_>, names: &Names| {
        let refusal = Rules::default().check(operation, names).expect_err("refused");
        let grant = refusal.grant().expect("a grant").to_owned();
        let granted = Rules::parse([grant.as_str()]).expect("the grant is a rule");
        assert!(granted.check(operation, names).is_ok(), "{grant} does not allow to {operation}");
        grant
    };
    let connect = Operation::Connect { transport: Transport::Tcp, peer: &peer };
    assert_eq!(grant(&connect, &names), "connect=[2600::1]:443");
    learn(&names, "example.com", "2600::1");
    assert_eq!(grant(&connect, &names), "connect=example.com:443");
    let send = Operation::Connect { transport: Transport::Udp, peer: &peer };
    assert_eq!(grant(&send, &names), "connect:udp=example.com:443");
    let any = address("0.0.0.0:80");
    let bind = Operation::Bind { transport: Transport::Udp, address: &any };
    assert_eq!(grant(&bind, &names), "listen:udp=0.0.0.0:80");
    let netlink = Operation::Create { transport: Transport::Family(c::AF_NETLINK) };
    assert_eq!(grant(&netlink, &names), "family=netlink");
    let appletalk = Operation::Create { transport: Transport::Family(c::AF_APPLETALK) };
    assert_eq!(grant(&appletalk, &names), "family=appletalk");
    let mark = Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_MARK };
    assert_eq!(grant(&mark, &names), "option=SO_MARK");
    assert_eq!(grant(&Operation::Lookup { host: "a.b" }, &names), "resolve=a.b");
    let name = Address::Unix(b"\0bus".to_vec());
    let abstract_name = Operation::Connect { transport: Transport::Unix, peer: &name };
    assert_eq!(grant(&abstract_name, &names), "unix=@bus");
}

#[test]
fn no_rule_is_suggested_that_would_do_more_or_nothing() {
    let suggested = |name: &[u8]| {
        let peer = Address::Unix(name.to_vec());
        let operation = Operation::Bind { transport: Transport::Unix, address: &peer };
        let refusal = Rules::default().check(&operation, &Names::default()).expect_err("refused");
        refusal.grant().map(str::to_owned)
    };
    assert_eq!(suggested(b"\0it's a name").as_deref(), Some("unix=@it's a name"));
    for name in [&b"\0*"[..], b"\0bus*", b"\0a\0b", b"\0\xff", "\0\u{9b}2J".as_bytes()] {
        assert_eq!(suggested(name), None, "{}", name.escape_ascii());
    }
    let refusal = Rules::default().check(&Operation::Lookup { host: "*.com" }, &Names::default());
    assert_eq!(refusal.expect_err("refused").grant(), None);
}

#[test]
fn connecting_anywhere_is_looking_up_anything() {
    let lookup = Operation::Lookup { host: "example.com" };
    for rule in ["connect", "connect=*:443", "udp", "connect=example.com"] {
        assert!(rules(&[rule]).check(&lookup, &Names::default()).is_ok(), "{rule}");
    }
    for rule in ["listen", "connect=10.0.0.0/8", "resolve=example.org"] {
        assert!(rules(&[rule]).check(&lookup, &Names::default()).is_err(), "{rule}");
    }
}

#[test]
fn what_is_no_rule_is_told_so() {
    for (text, reason) in [
        ("", "there is no operation"),
        ("fly=away", "there is no operation"),
        ("connect=", "nothing after the `=`"),
        ("connect=::1:80", "brackets"),
        ("connect=[::1:80", "not closed"),
        ("connect=a:99999", "no port"),
        ("connect=a:90-80", "upside down"),
        ("connect=1.2.3", "no host name"),
        ("connect=10.0.0.0/33", "no host name"),
        ("connect=a..b", "no host name"),
        ("connect=::ffff:10.0.0.1/97", "bits beyond"),
        ("connect=a:0-0,0", "port 0"),
        ("connect=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.b", "too long"),
        ("connect=a.b@c.d", "no address or network"),
        ("connect=*@10.0.0.0/8", "could lead into"),
        ("connect=a.b@", "no host name"),
        ("connect:ftp=a", "no protocol"),
        ("resolve:udp=a", "takes no protocol"),
        ("interfaces=lo", "takes no target"),
        ("unix", "needs a target"),
        ("unix=dir", "does not begin"),
        ("family=inet", "no privileged family"),
        ("option=SO_NOTHING", "no option"),
        ("option=SO_ATTACH_FILTER", "never"),
    ] {
        let error = text.parse::<Rule>().expect_err(text).to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

fn denying(allow: &[&str], deny: &[&str]) -> Rules {
    let parse = |rule: &&str| rule.parse::<Rule>().expect("a rule");
    let builder = allow.iter().map(parse).fold(Rules::builder(), super::RulesBuilder::allow);
    deny.iter().map(parse).fold(builder, super::RulesBuilder::deny).build().expect("rules")
}

#[test]
fn a_network_is_denied_in_every_form() {
    let all = ["connect", "udp", "family=raw"];
    for form in ["10.0.0.1:1", "[::ffff:10.0.0.1]:1", "[::10.0.0.1]:1", "[64:ff9b::a00:1]:1", "[2002:a00:1::]:1"] {
        assert!(!connects(&denying(&all, &["connect=10.0.0.0/8"]), Transport::Tcp, form), "{form}");
        assert!(connects(&denying(&all, &["connect=11.0.0.0/8"]), Transport::Tcp, form), "{form}");
        for transport in [Transport::Udp, Transport::Raw] {
            assert!(connects(&denying(&all, &["connect=10.0.0.0/8"]), transport, form), "{form}");
            assert!(!connects(&denying(&all, &["connect:*=10.0.0.0/8"]), transport, form), "{form}");
        }
        for deny in ["connect=[::ffff:10.0.0.0]/104", "connect=[64:ff9b::]/96", "connect=[2002::]/16"] {
            let denied = !connects(&denying(&all, &[deny]), Transport::Tcp, form);
            let own = deny.contains("ffff") || form.contains("64:ff9b") && deny.contains("64:ff9b");
            assert_eq!(denied, own || form.contains("2002") && deny.contains("2002"), "{form} {deny}");
        }
    }
}

#[test]
fn a_local_address_is_denied_by_the_wildcard_too() {
    let rules = denying(&["listen"], &["listen=127.0.0.1:80"]);
    for address in ["127.0.0.1:80", "0.0.0.0:80", "[::]:80"] {
        assert!(!listens(&rules, address, address), "{address}");
    }
    for address in ["127.0.0.1:81", "127.0.0.2:80", "[::1]:80"] {
        assert!(listens(&rules, address, address), "{address}");
    }
    assert!(!listens(&rules, "127.0.0.1:0", "127.0.0.1:80"));
}

#[test]
fn a_denied_name_holds_for_its_addresses() {
    let rules = denying(&["connect"], &["connect=db.example:25"]);
    let names = Names::default();
    let check =
        |to: &str| rules.check(&Operation::Connect { transport: Transport::Tcp, peer: &address(to) }, &names).is_ok();
    assert!(check("10.0.0.1:25"));
    names.learn("db.example", [[10, 0, 0, 1], [127, 0, 0, 1]].into_iter().map(Into::into), &[], true);
    assert!(!check("10.0.0.1:25") && !check("127.0.0.1:25"));
    assert!(check("10.0.0.1:80"));
    // It may be looked up for other ports; one that is denied whole may not.
    assert!(rules.check(&Operation::Lookup { host: "db.example" }, &names).is_ok());
    let whole = denying(&["connect"], &["connect=*.example"]);
    assert!(whole.check(&Operation::Lookup { host: "db.example" }, &names).is_err());
}

#[test]
fn a_transport_that_is_denied_whole_has_no_use() {
    let has_use = |rules: &Rules, transport| rules.has_use_for(transport);
    for (allow, deny, tcp, udp) in [
        (&["connect:*", "listen:*"][..], &["udp"][..], true, false),
        (&["connect:*", "listen:*"], &["connect", "listen"], false, true),
        (&["connect:*", "listen:*"], &["connect:*"], true, true),
        (&["connect:*", "listen:*"], &["udp=*:1-65535", "connect=[::]/0", "listen"], true, true),
        (&["connect:*"], &["connect:*"], false, false),
        (&["connect:*", "udp"], &["connect:*"], false, true),
        (&["udp=10.0.0.1:53"], &["udp"], false, false),
    ] {
        let rules = denying(allow, deny);
        let told = format!("{allow:?} {deny:?}");
        assert_eq!((has_use(&rules, Transport::Tcp), has_use(&rules, Transport::Udp)), (tcp, udp), "{told}");
    }
    let all = Rules::builder().allow_all().deny("udp".parse().expect("a rule")).build().expect("rules");
    assert!(has_use(&all, Transport::Tcp) && !has_use(&all, Transport::Udp));
    let create = Operation::Create { transport: Transport::Udp };
    let refusal = all.check(&create, &Names::default()).expect_err("refused");
    assert_eq!(refusal.denial(), Some("udp"));
}

#[test]
fn an_ordinary_option_can_be_denied() {
    let keepalive = Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_KEEPALIVE };
    let names = Names::default();
    let refusal = denying(&[], &["option=SO_KEEPALIVE"]).object(&keepalive, &names).expect_err("refused");
    assert_eq!(refusal.denial(), Some("option=SO_KEEPALIVE"));
    assert!(denying(&[], &["option"]).object(&keepalive, &names).is_ok());
}

#[test]
fn everything_but_what_is_denied_can_be_allowed() {
    let rules = Rules::builder().allow_all().deny("connect:*=169.254.0.0/16".parse().expect("a rule")).build();
    let rules = rules.expect("rules");
    assert!(!connects(&rules, Transport::Tcp, "169.254.169.254:80"));
    assert!(connects(&rules, Transport::Tcp, "10.0.0.1:80"));
    assert!(rules.check(&Operation::Share, &Names::default()).is_ok());
    assert_eq!(rules.unix_directories(), [("/".into(), "/".to_owned())]);
}

#[test]
fn a_rule_for_a_group_that_is_not_there_is_an_error() {
    let error = Rules::parse(["connect=@db"]).expect_err("an error").to_string();
    assert!(error.contains("there is no group `db`"), "{error}");
    let group = |text: &str| text.parse::<super::Group>();
    assert!(group("db=10.0.0.0/8,db.internal").is_ok());
    for bad in ["db", "db=", "=a", "d b=a", "db=@other", "db=10.0.0.0/33"] {
        assert!(group(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_name_of_other_letters_may_be_any_that_is_denied() {
    let deny = |rule: &str| {
        let rule: Rule = rule.parse().expect("a rule");
        Rules::builder().allow_all().deny(rule).build().expect("rules")
    };
    let looks_up = |rules: &Rules, host| rules.check(&Operation::Lookup { host }, &Names::default()).is_ok();
    for rule in ["connect=evil.example", "connect=*.evil.example", "resolve=evil.example"] {
        // To the system, the first letter may be an `e`.
        assert!(!looks_up(&deny(rule), "\u{ff45}vil.example"), "{rule}");
        assert!(looks_up(&deny(rule), "other.example"), "{rule}");
    }
    for rule in ["connect=10.0.0.0/8", "connect=evil.example:25", "listen"] {
        assert!(looks_up(&deny(rule), "\u{ff45}vil.example"), "{rule}");
    }
}

#[test]
fn names_are_such_as_name_servers_have() {
    let text = |rule: &str| rule.parse::<Rule>().map(|rule| rule.to_string());
    assert_eq!(text("connect=B\u{dc}cher.example:80").as_deref(), Ok("connect=xn--bcher-kva.example:80"));
    assert_eq!(text("resolve=*.b\u{fc}cher.example").as_deref(), Ok("resolve=*.xn--bcher-kva.example"));
    // What getaddrinfo(3) takes for addresses is no name that it would look up; a denial of it would deny nothing.
    for host in ["127.1", "0x7f.1", "0x7f000001", "017700000001", "a.0x", "1.2.3.4.5", "\u{2460}27.0.0.1", "\u{202e}a"]
    {
        assert!(text(&format!("connect={host}:80")).is_err(), "{host}");
    }
    let error = text("connect=a\u{1b}[2J\u{202e}").expect_err("no name").to_string();
    assert!(!error.contains(['\u{1b}', '\u{202e}']) && error.contains("\\u{1b}"), "{error}");
}

#[test]
fn the_longest_names_are_rules_still() {
    let name = |label: usize, rest: usize| format!("{}.{}", "a".repeat(label), "b.".repeat(rest / 2));
    for (rule, is_one) in [
        (format!("resolve={}", name(63, 0).trim_end_matches('.')), true),
        (format!("resolve=*.{}", name(63, 188).trim_end_matches('.')), true),
        (format!("resolve={}", name(64, 2).trim_end_matches('.')), false),
        (format!("resolve={}c", name(63, 190)), false),
    ] {
        assert_eq!(rule.parse::<Rule>().is_ok(), is_one, "{rule}");
    }
    // What names no port that anybody could be connected at is the only one that is none.
    for rule in ["connect=a:0-1", "connect:udp=a:0", "udp=a:0", "listen=a:0", "connect:*=a:0"] {
        assert!(rule.parse::<Rule>().is_ok(), "{rule}");
    }
}
