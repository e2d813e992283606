//! A policy's parts, put together: rules that allow, rules that deny, and the groups of hosts that they name.

use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;

use super::grammar::RuleError;
use super::host::Host;
use super::judge::Rules;
use super::rule::{Grant, Rule};
use super::target::{group_name, parse_host};

/// Hosts under one name, which rules write as `@NAME`.
///
/// As text it is `NAME=HOST,HOST`, where each HOST is one as in a [`Rule`]: a name, an address or a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    name: String,
    hosts: Arc<[Host]>,
}

impl Group {
    /// The group of that name and those hosts, of which there must be one at least.
    pub fn new<'a>(name: &str, hosts: impl IntoIterator<Item = &'a str>) -> Result<Self, RuleError> {
        let parse = |text: &'a str| match parse_host(text) {
            Ok(Host::Group { .. }) => Err(RuleError::new(text, "a group holds hosts, and no other group")),
            result => result.map_err(|reason| RuleError::new(text, reason)),
        };
        let name = group_name(name).map_err(|reason| RuleError::new(name, reason))?;
        let hosts: Arc<[Host]> = hosts.into_iter().map(parse).collect::<Result<_, _>>()?;
        if hosts.is_empty() {
            return Err(RuleError::new(format!("@{name}"), "the group has no host"));
        }
        Ok(Self { name, hosts })
    }

    /// Its name, without the `@`.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for Group {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let (name, hosts) =
            text.split_once('=').ok_or_else(|| RuleError::new(text, "a group is written NAME=HOST,HOST"))?;
        Self::new(name, hosts.split(','))
    }
}

/// Puts [`Rules`] together.
///
/// ```
/// use berkeley_host::policy::Rules;
///
/// let rules = Rules::builder()
///     .group("databases=10.0.0.0/8,db.internal".parse()?)?
///     .allow("connect=@databases:5432".parse()?)
///     .deny("connect=10.0.0.1".parse()?)
///     .build()?;
/// # Ok::<(), berkeley_host::policy::RuleError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct RulesBuilder {
    groups: BTreeMap<String, Arc<[Host]>>,
    allow: Vec<Rule>,
    deny: Vec<Rule>,
    everything: bool,
}

impl Rules {
    /// The rules that allow, read from their texts. They name no groups.
    pub fn parse<'a>(rules: impl IntoIterator<Item = &'a str>) -> Result<Self, RuleError> {
        let mut builder = Self::builder();
        for rule in rules {
            builder = builder.allow(rule.parse()?);
        }
        builder.build()
    }

    /// No rules, to be given some.
    pub fn builder() -> RulesBuilder {
        RulesBuilder::default()
    }
}

impl RulesBuilder {
    /// Adds a group, for all rules, those added before it among them. There may be no other of its name.
    pub fn group(mut self, group: Group) -> Result<Self, RuleError> {
        match self.groups.insert(group.name.clone(), group.hosts) {
            Some(_) => Err(RuleError::new(format!("@{}", group.name), "there are two groups of that name")),
            None => Ok(self),
        }
    }

    /// Allows what the rule is about, unless another rule denies it.
    #[must_use]
    pub fn allow(mut self, rule: Rule) -> Self {
        self.allow.push(rule);
        self
    }

    /// Allows everything that no rule denies.
    #[must_use]
    pub fn allow_all(self) -> Self {
        Self { everything: true, ..self }
    }

    /// Denies what the rule is about, whatever others allow.
    #[must_use]
    pub fn deny(mut self, rule: Rule) -> Self {
        self.deny.push(rule);
        self
    }

    /// Sees relative directories of unix sockets, in the rules so far, from that directory instead of the current one.
    #[must_use]
    pub fn seen_from(mut self, directory: &Path) -> Self {
        for rule in self.allow.iter_mut().chain(&mut self.deny) {
            if let Grant::UnixDirectory { host, .. } = &mut rule.grant {
                *host = directory.join(&host);
            }
        }
        self
    }

    /// The rules. An error: one names a group that there is not.
    pub fn build(self) -> Result<Rules, RuleError> {
        let Self { groups, allow, deny, everything } = self;
        let known = |rules: Vec<Rule>| rules.into_iter().map(|rule| resolve(rule, &groups)).collect::<Result<_, _>>();
        Ok(Rules::new(known(allow)?, known(deny)?, everything))
    }
}

/// The rule with the hosts of the group that it names.
fn resolve(mut rule: Rule, groups: &BTreeMap<String, Arc<[Host]>>) -> Result<Rule, RuleError> {
    let text = rule.to_string();
    let origin = rule.origin().map(|origin| format!(" ({origin})")).unwrap_or_default();
    if let Some(Host::Group { name, hosts }) = rule.grant.host_mut() {
        *hosts = groups.get(name).cloned().ok_or_else(|| {
            let names: Vec<_> = groups.keys().map(|name| format!("`{name}`")).collect();
            let there = if names.is_empty() {
                "there is none at all".into()
            } else {
                format!("there are {}", names.join(", "))
            };
            RuleError::new(format!("{text}{origin}"), format!("there is no group `{name}`; {there}"))
        })?;
    }
    Ok(rule)
}
