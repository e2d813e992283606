use std::net::SocketAddr;

use berkeley_constants as c;

use super::{Answer, Question};
use crate::address::Address;
use crate::policy::{Decision, Names, Operation, Policy, Rules, Transport};

fn internet(text: &str) -> Address {
    text.parse::<SocketAddr>().expect("an address").into()
}

/// One operation of each kind, and of each kind of address.
fn all(ask: &mut dyn FnMut(&Operation<'_>)) {
    let addresses = [internet("10.0.0.1:80"), internet("[2001:db8::1]:443"), internet("0.0.0.0:0")];
    let unix =
        [&b"/run/a b/s"[..], b"\0bus", b"\0to a\x01\\x", b"", b"relative"].map(|path| Address::Unix(path.to_vec()));
    let internet = [Transport::Tcp, Transport::Udp, Transport::UdpLite, Transport::Sctp, Transport::Protocol(33)];
    let more = [Transport::Protocol(99), Transport::Raw, Transport::Icmp];
    let transports =
        internet.iter().chain(&more).flat_map(|transport| addresses.iter().map(move |at| (*transport, at)));
    for (transport, address) in transports.chain(unix.iter().map(|address| (Transport::Unix, address))) {
        ask(&Operation::Bind { transport, address });
        ask(&Operation::Listen { transport, asked: address, actual: address });
        ask(&Operation::Accept { transport, peer: address, given: false });
        ask(&Operation::Connect { transport, peer: address });
        ask(&Operation::Receive { transport, asked: None, peer: address, given: false });
    }
    for transport in [
        Transport::Raw,
        Transport::Sctp,
        Transport::Protocol(99),
        Transport::Family(c::AF_NETLINK),
        Transport::Family(200),
    ] {
        ask(&Operation::Create { transport });
    }
    ask(&Operation::Join { transport: Transport::Udp, group: [239, 1, 2, 3].into() });
    ask(&Operation::Lookup { host: "db.internal" });
    ask(&Operation::ReverseLookup { address: [10, 0, 0, 1].into() });
    ask(&Operation::SetOption { level: c::SOL_SOCKET, name: c::SO_MARK });
    ask(&Operation::SetOption { level: 99, name: 7 });
    for operation in
        [Operation::Files, Operation::Interfaces, Operation::HostName, Operation::SetHostName, Operation::Share]
    {
        ask(&operation);
    }
}

#[test]
fn every_refusal_is_a_question() {
    let names = Names::default();
    all(&mut |operation| {
        let question: Question = operation.to_string().parse().expect("a question");
        assert_eq!(question, Question::new(operation, &names), "{operation}");
        let told = format!("berkeley: refused to {operation}; --allow connect=a would allow it");
        assert_eq!(told.parse::<Question>().expect("a question"), question);
        assert_eq!(format!("not allowed to {operation}").parse::<Question>().expect("a question"), question);
    });
}

#[test]
fn rules_answer_as_they_judge() {
    let names = Names::default();
    let rules = Rules::builder()
        .allow("connect".parse().expect("a rule"))
        .allow("udp=10.0.0.0/8".parse().expect("a rule"))
        .allow("option=SO_MARK".parse().expect("a rule"))
        .deny("connect=[2001:db8::]/32".parse().expect("a rule"))
        .build()
        .expect("rules");
    let paths = |operation: &Operation<'_>| operation.transport() == Some(Transport::Unix);
    all(&mut |operation| {
        let answer = Question::new(operation, &names).ask(&rules);
        let judged = rules.check(operation, &names).is_ok();
        assert!(answer.is_allowed() == judged || paths(operation), "{operation}");
    });
}

#[test]
fn short_questions_are_understood() {
    for (short, long) in [
        ("connect tcp 10.0.0.1:80", "connect by tcp to 10.0.0.1:80"),
        ("connect 10.0.0.1:80", "connect by tcp to 10.0.0.1:80"),
        ("send 10.0.0.1:53", "send by udp to 10.0.0.1:53"),
        ("connect udp [::1]:53", "send by udp to [::1]:53"),
        ("connect /run/s", "connect or send to /run/s"),
        ("listen tcp 0.0.0.0:80", "listen for tcp on 0.0.0.0:80"),
        ("bind udp 0.0.0.0:53", "bind udp to 0.0.0.0:53"),
        ("receive 10.0.0.1:5", "receive by udp from 10.0.0.1:5"),
        ("join 239.1.2.3", "join the multicast group 239.1.2.3 by udp"),
        ("resolve DB.internal.", "look up the host db.internal"),
        ("reverse 10.0.0.1", "look up the name of 10.0.0.1"),
        ("option SO_MARK", "set the socket option SO_MARK"),
        ("open raw", "open a socket for raw"),
        ("connect vsock", "send by vsock to any address"),
        ("bind netlink", "bind netlink to any address"),
        ("accept vsock 3:4", "accept vsock from any address"),
        ("open netlink", "open a socket of the family netlink"),
        ("files", "receive files over unix sockets"),
        ("interfaces", "list the network interfaces"),
        ("hostname", "read the host's name"),
        ("sethostname", "set the host's name"),
        ("share", "share sockets with other processes"),
    ] {
        assert_eq!(short.parse::<Question>().expect(short).to_string(), long);
    }
}

#[test]
fn what_is_no_question_is_told_so() {
    for (text, reason) in [
        ("", "empty"),
        ("fly away", "there is no operation `fly`"),
        ("connect", "the address is missing"),
        ("connect tcp db.internal", "no address with a port"),
        ("connect tcp db.internal:http", "no port"),
        ("connect tcp d b:80", "no host name"),
        ("connect tcp a:80 at b", "no address"),
        ("listen tcp db.internal:80", "no address with a port"),
        ("option SO_NOTHING", "no option"),
        ("open sesame", "no kind of socket `sesame`"),
        ("join everything", "no address"),
        ("look around", "look up"),
        ("resolve a/b", "no host name"),
    ] {
        let error = text.parse::<Question>().expect_err(text).to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

fn answer<'a>(rules: &'a Rules, text: &str) -> Answer<'a> {
    text.parse::<Question>().expect(text).ask(rules)
}

#[test]
fn a_name_is_asked_with_its_look_up() {
    let rules = |allow: &str, deny: &[&str]| {
        let builder = Rules::builder().allow(allow.parse().expect("a rule"));
        let parse = |rule: &&str| rule.parse().expect("a rule");
        deny.iter().map(parse).fold(builder, super::super::RulesBuilder::deny).build().expect("rules")
    };
    let question = "connect tcp db.internal:5432";
    let by_name = rules("connect=db.internal:5432", &[]);
    assert!(answer(&by_name, question).is_allowed());
    let network = rules("connect=10.0.0.0/8", &[]);
    let missing = answer(&network, question);
    assert_eq!(missing.decision, Decision::Missing);
    assert_eq!(missing.suggestion.expect("a rule").to_string(), "connect=db.internal:5432");
    assert!(missing.by_name_alone);
    assert_eq!(missing.operation, "connect by tcp to db.internal:5432");
    // The address is allowed, and the look-up is not.
    let at = answer(&network, "connect tcp db.internal:5432 at 10.0.0.7");
    assert_eq!(at.suggestion.expect("a rule").to_string(), "resolve=db.internal");
    let denied = rules("connect", &["connect=db.internal"]);
    assert_eq!(answer(&denied, question).operation, "look up the host db.internal");
    let by_port = rules("connect", &["connect=*.internal:5432"]);
    assert!(matches!(answer(&by_port, question).decision, Decision::Denied(_)));
    assert!(answer(&by_port, "connect tcp db.internal:80").is_allowed());
    assert!(answer(&by_port, "connect tcp localhost:80").is_allowed());
}

#[test]
fn paths_are_judged_by_the_directories() {
    let builder = Rules::builder().allow("unix=/run/app".parse().expect("a rule"));
    let rules = builder.deny("unix=/run/app/private".parse().expect("a rule")).build().expect("rules");
    assert!(answer(&rules, "connect /run/app/s").is_allowed());
    assert_eq!(answer(&rules, "connect /run/apple/s").decision, Decision::Missing);
    assert!(matches!(answer(&rules, "bind /run/app/private/s").decision, Decision::Denied(_)));
    // As what is opened: `..` leads out of no directory, and into none that is denied.
    assert!(answer(&rules, "connect /run/app/sub/../s").is_allowed());
    for out in ["connect /run/app/../s", "connect /run/app/sub/../../app/s", "bind /run/app/./../app/s"] {
        assert_eq!(answer(&rules, out).decision, Decision::Missing, "{out}");
    }
    for way in ["/run/app/sub/../private/s", "/run/app/./private/s", "/run/app/private/../s", "/run/app//private/s"] {
        let asked = answer(&rules, &format!("bind {way}"));
        assert!(matches!(asked.decision, Decision::Denied(_)), "{way}");
    }
}
