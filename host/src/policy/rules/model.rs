//! Rules against a model that judges slowly and plainly, over what rules were made of, for rules and operations at random.
//!
//! The model shares no code with the rules: hosts are numbers of 128 bits, and each operation is judged by a sentence.

mod drawn;
mod judge;

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;
use proptest::sample::select;

use self::drawn::{Asked, Drawn, GROUPS, NAMES, Who, asked, at, ip, rule};
use self::judge::Known;
use super::{Group, Rule, Rules};
use crate::policy::{Names, Policy, Transport};

type Case = (Vec<Drawn>, Vec<Drawn>, Vec<(IpAddr, &'static str)>);

fn case() -> impl Strategy<Value = Case> {
    let rules = || proptest::collection::vec(rule(), 0..5);
    (rules(), rules(), proptest::collection::vec((ip(), select(NAMES)), 0..4))
}

fn built(allow: &[Drawn], deny: &[Drawn]) -> Rules {
    let parse = |rule: &Drawn| rule.text().parse::<Rule>().expect("a rule");
    let mut builder = Rules::builder();
    for (name, hosts) in ["g", "h"].iter().zip(GROUPS) {
        let hosts: Vec<_> = hosts.iter().map(Who::text).collect();
        builder = builder.group(Group::new(name, hosts.iter().map(String::as_str)).expect("a group")).expect("one");
    }
    builder = allow.iter().map(parse).fold(builder, super::RulesBuilder::allow);
    deny.iter().map(parse).fold(builder, super::RulesBuilder::deny).build().expect("rules")
}

fn names(known: Known<'_>) -> Names {
    let names = Names::default();
    for (ip, name) in known {
        names.learn(name, [*ip].into_iter(), &[], true);
    }
    names
}

fn allows(rules: &Rules, asked: &Asked, names: &Names) -> bool {
    asked.ask(|operation| rules.check(operation, names).is_ok())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rules_judge_as_the_model_does((allow, deny, known) in case(), asked in asked()) {
        let rules = built(&allow, &deny);
        prop_assert_eq!(allows(&rules, &asked, &names(&known)), asked.is_allowed(&allow, &deny, &known));
    }

    #[test]
    fn order_never_matters((allow, deny, known) in case(), asked in asked(), turn in 0usize..8) {
        let turned = |rules: &[Drawn]| {
            let mut rules = rules.to_vec();
            let length = rules.len().max(1);
            rules.rotate_left(turn % length);
            if turn % 2 == 1 {
                rules.reverse();
            }
            rules
        };
        let (one, other) = (built(&allow, &deny), built(&turned(&allow), &turned(&deny)));
        prop_assert_eq!(allows(&one, &asked, &names(&known)), allows(&other, &asked, &names(&known)));
    }

    #[test]
    fn one_more_that_denies_never_allows((allow, deny, known) in case(), more in rule(), asked in asked()) {
        let (before, after) = (built(&allow, &deny), built(&allow, &[&deny[..], &[more]].concat()));
        prop_assert!(!allows(&after, &asked, &names(&known)) || allows(&before, &asked, &names(&known)));
    }

    #[test]
    fn one_more_that_allows_never_denies((allow, deny, known) in case(), more in rule(), asked in asked()) {
        // The first `accept` is the one that narrows, as it says.
        let narrows = matches!(more, Drawn::Accept(_)) && !allow.iter().any(|rule| matches!(rule, Drawn::Accept(_)));
        prop_assume!(!narrows);
        let (before, after) = (built(&allow, &deny), built(&[&allow[..], &[more]].concat(), &deny));
        prop_assert!(allows(&after, &asked, &names(&known)) || !allows(&before, &asked, &names(&known)));
    }

    #[test]
    fn a_rule_that_denies_wins((allow, deny, known) in case(), asked in asked()) {
        let denied = asked.ask(|operation| built(&[], &deny).object(operation, &names(&known)).is_err());
        prop_assert!(!denied || !allows(&built(&allow, &deny), &asked, &names(&known)));
    }

    #[test]
    fn a_rule_is_its_text(drawn in rule()) {
        let text = drawn.text();
        let rule: Rule = text.parse().expect("a rule");
        prop_assert_eq!(rule.to_string(), text);
        prop_assert_eq!(rule.to_string().parse::<Rule>().expect("the same rule"), rule);
    }

    #[test]
    fn no_text_is_more_than_an_error(text in "\\PC{0,24}", operation in select(vec!["connect=", "listen:", "unix=", "option=", ""])) {
        let _ = format!("{operation}{text}").parse::<Rule>();
        let _ = format!("{operation} {text}").parse::<crate::policy::Question>();
    }

    #[test]
    fn a_mapped_address_is_the_one_in_it((allow, deny, known) in case(), at in at()) {
        let SocketAddr::V4(four) = at else { return Ok(()) };
        let mapped: Ipv6Addr = four.ip().to_ipv6_mapped();
        let rules = built(&allow, &deny);
        let ask = |ip: IpAddr| allows(&rules, &Asked::Connect(Transport::Tcp, SocketAddr::new(ip, at.port())), &names(&known));
        prop_assert_eq!(ask(mapped.into()), ask(IpAddr::V4(*four.ip())));
    }
}
