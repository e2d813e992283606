//! A question, and what rules answer.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::subject::Subject;
use crate::policy::names::Names;
use crate::policy::operation::Operation;
use crate::policy::rules::{Decision, Rule, Rules, suggestion};

/// What a guest might ask to do: as it has asked, or in words.
///
/// The words are those in which refusals are told, or fewer: `connect by tcp to 10.0.0.1:80`, `connect tcp 10.0.0.1:80`,
/// `listen tcp 0.0.0.0:8080`, `look up the host db.internal`, `resolve db.internal`, `option SO_MARK`, `files`. To whom a
/// guest connects or sends may be a host's name: `connect tcp db.internal:5432`, of which the address may be told:
/// `connect tcp db.internal:5432 at 10.0.0.7`.
///
/// ```
/// use berkeley_host::policy::{Decision, Question, Rules};
///
/// let rules = Rules::builder().allow("connect=*.internal".parse()?).deny("connect=10.0.0.0/8".parse()?).build()?;
/// let answer = |text: &str| Ok::<_, Box<dyn std::error::Error>>(text.parse::<Question>()?.ask(&rules).decision);
/// assert!(matches!(answer("connect tcp db.internal:5432")?, Decision::Allowed(_)));
/// assert!(matches!(answer("connect tcp db.internal:5432 at 10.0.0.7")?, Decision::Denied(_)));
/// assert!(matches!(answer("connect tcp db.example:5432")?, Decision::Missing));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    pub(super) subject: Subject,
    /// The names by which the guest knows the address.
    pub(super) names: Vec<Arc<str>>,
    /// Whether the address was this machine's own.
    pub(super) is_own: bool,
    /// Whether it is by name, and whether the address that the name has is told.
    pub(super) name: Option<Resolved>,
}

/// Whether the address of a name is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Resolved {
    Told,
    Unknown,
}

/// What rules answer.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// What they say, and which rule decides.
    pub decision: Decision<'a>,
    /// What it is about, as the end of the sentence «not allowed to …».
    pub operation: String,
    /// The narrowest rule that would allow it, where none does and one can.
    pub suggestion: Option<Rule>,
    /// Whether rules for networks might say otherwise, once the name has an address.
    pub by_name_alone: bool,
}

impl Answer<'_> {
    /// Whether it is allowed.
    pub fn is_allowed(&self) -> bool {
        matches!(self.decision, Decision::Allowed(_) | Decision::Free)
    }
}

impl Question {
    /// The operation, as a guest that has looked these names up asks it.
    pub fn new(operation: &Operation<'_>, names: &Names) -> Self {
        let subject = Subject::from(operation);
        let is_own = subject.ip().is_some_and(|ip| names.is_own(ip));
        let names = subject.ip().map(|ip| names.of(ip)).unwrap_or_default();
        Self { subject, names, is_own, name: None }
    }

    /// The names that have led the guest to the address that it asks for.
    pub fn names(&self) -> &[Arc<str>] {
        &self.names
    }

    /// What it asks, and what the guest knows.
    pub fn with<T>(&self, ask: impl FnOnce(&Operation<'_>, &Names) -> T) -> T {
        ask(&self.subject.operation(), &self.known(&self.subject))
    }

    fn known(&self, subject: &Subject) -> Names {
        let known = Names::default();
        for name in &self.names {
            let own = subject.ip().filter(|_| self.is_own);
            known.learn(name, subject.ip().into_iter(), own.as_slice(), true);
        }
        known
    }

    /// Asks the rules.
    pub fn ask<'a>(&self, rules: &'a Rules) -> Answer<'a> {
        let Some(resolved) = self.name else { return self.answer(rules, &self.subject) };
        let lookup = self.names.iter().map(|name| self.answer(rules, &Subject::Lookup(name.to_string()))).next();
        if let Some(lookup) = lookup.as_ref().filter(|lookup| matches!(lookup.decision, Decision::Denied(_))) {
            return lookup.clone();
        }
        let subject = match (resolved, &self.subject) {
            // No rule for a network is to have it, as it stands for an address that is not known.
            (Resolved::Unknown, Subject::Connect(transport, address)) => {
                let port = address.internet().map_or(0, |address| address.port());
                let ip = address.internet().map(|address| address.ip()).filter(IpAddr::is_loopback);
                let ip = ip.unwrap_or_else(|| unmentioned(rules));
                Subject::Connect(*transport, std::net::SocketAddr::new(ip, port).into())
            }
            (_, subject) => subject.clone(),
        };
        let mut answer = self.answer(rules, &subject);
        if let (Resolved::Unknown, Some(name), Some(at)) = (resolved, self.names.first(), subject.ip()) {
            let host = format!("{name}:");
            answer.operation = answer.operation.replace(&format!("{at}:"), &host);
            answer.by_name_alone = rules.mentions_networks();
        }
        match lookup {
            Some(lookup) if answer.is_allowed() && !lookup.is_allowed() => lookup,
            _ => answer,
        }
    }

    fn answer<'a>(&self, rules: &'a Rules, subject: &Subject) -> Answer<'a> {
        let names = self.known(subject);
        let answer = |operation: &Operation<'_>| {
            let decision = rules.decide(operation, &names);
            let suggestion = if decision == Decision::Missing { suggestion(operation, &names) } else { None };
            Answer { decision, operation: operation.to_string(), suggestion, by_name_alone: false }
        };
        // The wildcard address reaches others, each of which must be allowed.
        let Subject::Connect(transport, peer) = subject else { return answer(&subject.operation()) };
        let mut answers: Vec<_> =
            peer.reached().iter().map(|peer| answer(&Operation::Connect { transport: *transport, peer })).collect();
        let decides = answers.iter().position(|answer| !answer.is_allowed()).unwrap_or_default();
        answers.swap_remove(decides)
    }
}

/// A public address that no rule for a network has, but for those that have all.
fn unmentioned(rules: &Rules) -> IpAddr {
    let reserved = [10, 100, 127, 169, 172, 192, 198, 203];
    let candidates = (1..224)
        .filter(|first| !reserved.contains(first))
        .flat_map(|first| [[first, 1, 1, 1], [first, 200, 100, 50]].map(|address| IpAddr::V4(Ipv4Addr::from(address))));
    let mut free = candidates.filter(|address| !rules.mentions(*address));
    free.next().unwrap_or(IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)))
}

/// In the words of a refusal.
impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.subject.operation().fmt(f)?;
        match self.names.first() {
            Some(name) if self.name.is_none() => write!(f, " ({name})"),
            _ => Ok(()),
        }
    }
}
