//! What rules together allow and deny.

use std::net::IpAddr;
use std::path::PathBuf;

use super::allow::internet;
use super::host::Host;
use super::rule::{Grant, Rule};
use super::suggest::grant_for;
use crate::address::Address;
use crate::error::Refusal;
use crate::policy::decide::Policy;
use crate::policy::names::Names;
use crate::policy::operation::Operation;
use crate::policy::transport::Transport;

/// A policy that grants what its rules say, and nothing else.
///
/// A rule that denies wins over all that allow, and in no list does the order matter. An `accept` rule is the only one
/// that allows nothing by itself: once there is one, only such peers are let in.
///
/// ```
/// use berkeley_host::policy::Rules;
///
/// let rules = Rules::parse(["connect=db.internal:5432", "listen=127.0.0.1:8080"])?;
/// # Ok::<(), berkeley_host::policy::RuleError>(())
/// ```
///
/// # What a rule denies
///
/// `connect` and `udp`: connecting and sending to the host, and hearing from it; and looking its name up, where the rule
/// names it and no ports. `listen` and `udp`: binding to the local address, by the wildcard address too, and what is heard
/// there. `accept`: whoever connects or sends from the host. `resolve`, `unix`, `family`, `option`, `files` and the
/// others: what they would allow. `option=NAME` denies ordinary options as well. The protocol `*` denies raw packets and
/// echoes too.
///
/// An address or network is denied in whatever form it comes, and also as what translators take for it (`64:ff9b::/96`,
/// `2002::/16` and their like). A name is denied as the guest looks it up, and with all addresses that the guest's
/// look-ups of it gave; by another name, or by an address that the guest knows otherwise, its host can be reached where
/// another rule allows that. To shut a host out for sure, deny its addresses.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    allow: Vec<Rule>,
    deny: Vec<Rule>,
    everything: bool,
    unix_directories: Vec<(PathBuf, String)>,
}

/// What rules say of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// This rule allows it.
    Allowed(&'a Rule),
    /// It needs no rule: everything is allowed, or it does nothing that a rule is about.
    Free,
    /// This rule denies it.
    Denied(&'a Rule),
    /// No rule allows it.
    Missing,
}

impl Rules {
    pub(super) fn new(allow: Vec<Rule>, deny: Vec<Rule>, everything: bool) -> Self {
        let directory = |rule: &Rule| match &rule.grant {
            Grant::UnixDirectory { host, guest } => Some((host.clone(), guest.clone())),
            _ => None,
        };
        let mut unix_directories: Vec<_> = allow.iter().filter_map(directory).collect();
        if everything {
            unix_directories.push(("/".into(), "/".into()));
        }
        Self { allow, deny, everything, unix_directories }
    }

    /// The directories that unix sockets may be in: on the host, and as the guest names them.
    pub fn unix_directories(&self) -> &[(PathBuf, String)] {
        &self.unix_directories
    }

    /// The directories of the host that no unix socket may be in, with the rules that say so.
    pub fn denied_unix_directories(&self) -> impl Iterator<Item = (&PathBuf, &Rule)> {
        self.deny.iter().filter_map(|rule| match &rule.grant {
            Grant::UnixDirectory { host, .. } => Some((host, rule)),
            _ => None,
        })
    }

    /// The rules that allow.
    pub fn allowing(&self) -> &[Rule] {
        &self.allow
    }

    /// Whether everything is allowed that no rule denies.
    pub fn allows_everything(&self) -> bool {
        self.everything
    }

    /// The rules that deny.
    pub fn denying(&self) -> &[Rule] {
        &self.deny
    }

    /// Whether a rule names the address by a network, other than one that has all.
    pub(in crate::policy) fn mentions(&self, ip: IpAddr) -> bool {
        self.hosts().any(|host| host.mentions(ip))
    }

    /// Whether a rule names a network.
    pub(in crate::policy) fn mentions_networks(&self) -> bool {
        self.hosts().any(Host::is_network)
    }

    fn hosts(&self) -> impl Iterator<Item = &Host> {
        self.allow.iter().chain(&self.deny).filter_map(|rule| rule.grant.host())
    }

    /// What the rules say of the operation, and which of them.
    ///
    /// Unix paths are judged as the guest writes them. Where they lead is only known once they are used: neither `..` nor a
    /// link leads out of a directory that is granted, nor into one that is denied.
    pub fn decide(&self, operation: &Operation<'_>, names: &Names) -> Decision<'_> {
        if let Some(rule) = self.denial(operation, names) {
            return Decision::Denied(rule);
        }
        if self.everything || is_free(operation) {
            return Decision::Free;
        }
        match *operation {
            Operation::Accept { peer, .. } => self.admission(peer, names),
            Operation::Receive { transport, asked, peer, given } => {
                let admitted = self.admission(peer, names) != Decision::Missing;
                let allows = |rule: &&Rule| match &rule.grant {
                    grant @ Grant::Family(_) => grant.allows(operation, names),
                    grant => grant.reaches(transport, peer, names) || admitted && grant.hears(transport, asked, names),
                };
                match self.allow.iter().find(allows) {
                    None if given && admitted => Decision::Free,
                    rule => rule.map_or(Decision::Missing, Decision::Allowed),
                }
            }
            _ => {
                let rule = self.allow.iter().find(|rule| rule.grant.allows(operation, names));
                rule.map_or(Decision::Missing, Decision::Allowed)
            }
        }
    }

    /// Whether the peer is let in: by any, if no rule says who is.
    fn admission(&self, peer: &Address, names: &Names) -> Decision<'_> {
        let mut accept = self.allow.iter().filter(|rule| matches!(rule.grant, Grant::Accept(_))).peekable();
        if peer.internet().is_none() || accept.peek().is_none() {
            return Decision::Free;
        }
        accept.find(|rule| rule.grant.lets_in(peer, names)).map_or(Decision::Missing, Decision::Allowed)
    }

    fn denial(&self, operation: &Operation<'_>, names: &Names) -> Option<&Rule> {
        let denial = self.deny.iter().find(|rule| rule.grant.denies(operation, names));
        match *operation {
            Operation::Create { transport } if !transport.is_privileged() => denial.or_else(|| self.shut(transport)),
            _ => denial,
        }
    }

    /// The rule that denies whatever sockets of the transport could be allowed, or the first of those that do together.
    fn shut(&self, transport: Transport) -> Option<&Rule> {
        let mut shut = None;
        for way in [Grant::remote, Grant::local] {
            let covers = |rule: &Rule| way(&rule.grant).is_some_and(|own| own.carrier.covers(transport));
            if self.everything || self.allow.iter().any(covers) {
                let denies = |rule: &&Rule| way(&rule.grant).is_some_and(|own| own.denies_all(transport));
                shut = shut.or(Some(self.deny.iter().find(denies)?));
            }
        }
        shut
    }
}

/// Whether nothing is asked that a rule is about: an address that says nothing, or is not of the socket's family, as the
/// kernel says.
fn is_free(operation: &Operation<'_>) -> bool {
    let (transport, address) = match *operation {
        Operation::Bind { transport, address } | Operation::Listen { transport, actual: address, .. } => {
            (transport, address)
        }
        Operation::Connect { transport, peer } | Operation::Receive { transport, peer, .. } => (transport, peer),
        _ => return false,
    };
    match address {
        Address::Unspecified => true,
        Address::Unix(_) => false,
        _ => internet(transport, address).is_none() && !transport.is_privileged(),
    }
}

/// Whether it is about a unix path, which is held to its directory elsewhere.
fn has_path(operation: &Operation<'_>) -> bool {
    match *operation {
        Operation::Bind { address, .. } | Operation::Listen { actual: address, .. } => address.unix_path().is_some(),
        Operation::Connect { peer, .. } => peer.unix_path().is_some(),
        _ => false,
    }
}

impl FromIterator<Rule> for Rules {
    /// Rules that allow. One that names a group allows nothing: `Rules::builder` knows groups.
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        Self::new(rules.into_iter().collect(), Vec::new(), false)
    }
}

impl Policy for Rules {
    fn heeds(&self, host: &str) -> bool {
        self.hosts().any(|own| *own != Host::Any && own.names(host))
    }

    fn shuns(&self, host: &str) -> bool {
        self.deny.iter().filter_map(|rule| rule.grant.host()).any(|own| *own != Host::Any && own.names(host))
    }

    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        match self.decide(operation, names) {
            Decision::Allowed(_) | Decision::Free => Ok(()),
            Decision::Missing if has_path(operation) => Ok(()),
            Decision::Denied(rule) => Err(Refusal::new(operation).with_denial(denial(rule))),
            Decision::Missing => {
                let refusal = Refusal::new(operation);
                Err(match suggestion(operation, names) {
                    Some(rule) => refusal.with_grant(rule.to_string()),
                    None => refusal,
                })
            }
        }
    }

    fn object(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        match self.denial(operation, names) {
            Some(rule) => Err(Refusal::new(operation).with_denial(denial(rule))),
            None => Ok(()),
        }
    }

    fn has_use_for(&self, transport: Transport) -> bool {
        let decision = self.decide(&Operation::Create { transport }, &Names::default());
        matches!(decision, Decision::Allowed(_) | Decision::Free)
    }
}

/// The rule, and where it was written.
fn denial(rule: &Rule) -> String {
    match rule.origin() {
        Some(origin) => format!("{rule} ({origin})"),
        None => rule.to_string(),
    }
}

/// The narrowest rule that would allow the operation, if a rule can.
pub(in crate::policy) fn suggestion(operation: &Operation<'_>, names: &Names) -> Option<Rule> {
    let rule: Rule = grant_for(operation, names).parse().ok()?;
    // What a guest chooses may not be such that a rule can say it.
    let alone = Rules::from_iter([rule.clone()]);
    let would_do = matches!(alone.decide(operation, names), Decision::Allowed(_) | Decision::Free);
    would_do.then_some(rule)
}
