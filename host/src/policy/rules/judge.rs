//! What a list of rules allows.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::grammar::RuleError;
use super::host::{Endpoint, Host};
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
/// ```
/// use berkeley_host::policy::Rules;
///
/// let rules = Rules::parse(["connect=db.internal:5432", "listen=127.0.0.1:8080"])?;
/// # Ok::<(), berkeley_host::policy::RuleError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    connect: Vec<Endpoint>,
    listen: Vec<Endpoint>,
    accept: Vec<Host>,
    resolve: Vec<Host>,
    unix_directories: Vec<(PathBuf, String)>,
    unix_abstract: Vec<(String, bool)>,
    families: HashSet<Transport>,
    any_option: bool,
    options: HashSet<(i32, i32)>,
    files: bool,
    interfaces: bool,
    hostname: bool,
    sethostname: bool,
}

impl Rules {
    /// The rules, read from their texts.
    pub fn parse<'a>(rules: impl IntoIterator<Item = &'a str>) -> Result<Self, RuleError> {
        rules.into_iter().map(str::parse::<Rule>).collect()
    }

    /// The directories that unix sockets may be in: on the host, and as the guest names them.
    pub fn unix_directories(&self) -> &[(PathBuf, String)] {
        &self.unix_directories
    }

    fn add(&mut self, rule: Rule) {
        match rule.0 {
            Grant::Connect(endpoint) => self.connect.push(endpoint),
            Grant::Listen(endpoint) => self.listen.push(endpoint),
            Grant::Udp { host, ports } => {
                let endpoint = Endpoint { transport: Transport::Udp, host, ports };
                self.connect.push(endpoint.clone());
                self.listen.push(endpoint);
            }
            Grant::Accept(host) => self.accept.push(host),
            Grant::Resolve(host) => self.resolve.push(host),
            Grant::UnixDirectory { host, guest } => self.unix_directories.push((host, guest)),
            Grant::UnixAbstract { name, prefix } => self.unix_abstract.push((name, prefix)),
            Grant::Family(transport) => drop(self.families.insert(transport)),
            Grant::AnyOption => self.any_option = true,
            Grant::Option { level, name } => drop(self.options.insert((level, name))),
            Grant::Files => self.files = true,
            Grant::Interfaces => self.interfaces = true,
            Grant::HostName => self.hostname = true,
            Grant::SetHostName => self.sethostname = true,
        }
    }

    fn may_connect(&self, transport: Transport, peer: &Address, names: &Names) -> bool {
        match peer.internet().filter(|_| transport != Transport::Unix) {
            Some(address) => self.connect.iter().any(|endpoint| endpoint.has(transport, address, names)),
            None => self.has_other(transport, peer),
        }
    }

    fn may_bind(&self, transport: Transport, address: &Address, names: &Names) -> bool {
        match address.internet().filter(|_| transport != Transport::Unix) {
            // A port that the system chooses is what any socket that connects or sends gets by itself.
            Some(local) if local.port() == 0 && self.connect.iter().any(|rule| rule.transport == transport) => true,
            Some(local) => self.may_listen(transport, local, names),
            None => self.has_other(transport, address),
        }
    }

    fn may_listen(&self, transport: Transport, local: SocketAddr, names: &Names) -> bool {
        self.listen.iter().any(|endpoint| endpoint.has_local(transport, local, names))
    }

    fn may_accept(&self, peer: &Address, names: &Names) -> bool {
        let Some(peer) = peer.internet() else { return true };
        self.accept.is_empty() || self.accept.iter().any(|host| host.has(peer.ip(), names))
    }

    /// Addresses that are not of the internet: unix paths are held to their directories elsewhere, and a privileged
    /// family is granted as a whole.
    fn has_other(&self, transport: Transport, address: &Address) -> bool {
        match address {
            Address::Unix(path) => match path.as_slice() {
                [0, name @ ..] => self.may_use_abstract(name),
                // The kernel chooses an abstract name.
                [] => self.may_use_abstract(b""),
                _ => true,
            },
            Address::Unspecified => true,
            // An address that is not of the socket's family; the kernel says so.
            _ if !transport.is_privileged() => true,
            _ => self.families.contains(&transport),
        }
    }

    fn may_use_abstract(&self, name: &[u8]) -> bool {
        let has =
            |(own, prefix): &(String, bool)| own.as_bytes() == name || *prefix && name.starts_with(own.as_bytes());
        self.unix_abstract.iter().any(has)
    }

    fn allows(&self, operation: &Operation<'_>, names: &Names) -> bool {
        // A socket of a privileged family could only be made with its grant, or was handed to the guest.
        let family = |transport: &Transport| self.families.contains(transport);
        match operation {
            Operation::Create { transport } => self.has_use_for(*transport),
            Operation::Bind { transport, address } => family(transport) || self.may_bind(*transport, address, names),
            Operation::Listen { transport, asked, actual } => {
                family(transport)
                    || match (asked.internet(), actual.internet()) {
                        // A port that was free for the asking.
                        (Some(asked), Some(actual)) if asked.port() == 0 && asked.ip() == actual.ip() => {
                            [asked, actual].iter().any(|local| self.may_listen(*transport, *local, names))
                        }
                        (_, Some(actual)) => self.may_listen(*transport, actual, names),
                        (_, None) => self.has_other(*transport, actual),
                    }
            }
            Operation::Accept { peer, .. } => self.may_accept(peer, names),
            Operation::Connect { transport, peer } => family(transport) || self.may_connect(*transport, peer, names),
            Operation::Receive { transport, asked, peer, given } => {
                let bound = asked.and_then(Address::internet);
                let listens = *given || bound.is_some_and(|local| self.may_listen(*transport, local, names));
                family(transport)
                    || self.may_connect(*transport, peer, names)
                    || listens && self.may_accept(peer, names)
            }
            Operation::Join { transport, group } => {
                let has =
                    |endpoint: &&Endpoint| endpoint.transport == *transport && endpoint.host.has_local(*group, names);
                self.listen.iter().any(|endpoint| has(&endpoint))
            }
            Operation::Lookup { host } => {
                let connects = self.connect.iter().map(|endpoint| &endpoint.host);
                let listens = self.listen.iter().map(|endpoint| &endpoint.host);
                let named = connects.chain(listens.filter(|host| !matches!(host, Host::Any)));
                self.resolve.iter().chain(named).any(|own| own.names(host))
            }
            Operation::ReverseLookup { address } => self.resolve.iter().any(|host| host.has(*address, names)),
            Operation::SetOption { level, name } => self.any_option || self.options.contains(&(*level, *name)),
            Operation::Files => self.files,
            Operation::Interfaces => self.interfaces,
            Operation::HostName => self.hostname,
            Operation::SetHostName => self.sethostname,
            Operation::Share => false,
        }
    }
}

impl FromIterator<Rule> for Rules {
    fn from_iter<I: IntoIterator<Item = Rule>>(rules: I) -> Self {
        let mut all = Self::default();
        rules.into_iter().for_each(|rule| all.add(rule));
        all
    }
}

impl Policy for Rules {
    fn heeds(&self, host: &str) -> bool {
        let endpoints = self.connect.iter().chain(&self.listen).map(|endpoint| &endpoint.host);
        let named = |own: &&Host| **own != Host::Any && own.names(host);
        endpoints.chain(&self.accept).chain(&self.resolve).any(|own| named(&own))
    }

    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal> {
        if self.allows(operation, names) {
            return Ok(());
        }
        let refusal = Refusal::new(operation);
        let grant = grant_for(operation, names);
        // What a guest chooses may not be such that a rule can say it.
        let would_do = Self::parse([grant.as_str()]).is_ok_and(|rules| rules.allows(operation, names));
        Err(if would_do { refusal.with_grant(grant) } else { refusal })
    }

    fn has_use_for(&self, transport: Transport) -> bool {
        let named = |endpoint: &Endpoint| endpoint.transport == transport;
        self.families.contains(&transport) || self.connect.iter().chain(&self.listen).any(named)
    }
}
