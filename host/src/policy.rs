//! What a guest may do.
//!
//! A [`Policy`] is asked before every system call that reaches beyond the guest. [`DenyAll`] and [`AllowAll`] are the
//! two ends; [`Rules`] grants what a list of rules says, in the grammar of the command's `--allow`.

mod rules;

use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use berkeley_constants as c;

pub use rules::{Rule, RuleError, Rules};

use crate::address::Address;

/// What carries a socket's data, as far as a policy tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// TCP, and Multipath TCP.
    Tcp,
    /// UDP.
    Udp,
    /// UDP-Lite.
    UdpLite,
    /// SCTP.
    Sctp,
    /// ICMP echo sockets: IPPROTO_ICMP and IPPROTO_ICMPV6 with SOCK_DGRAM.
    Icmp,
    /// Raw IP sockets.
    Raw,
    /// Unix sockets of every type.
    Unix,
    /// An internet protocol of another number.
    Protocol(i32),
    /// Another address family, by its number in Linux's numbering.
    Family(i32),
}

/// The SOCK_PACKET of old, which reads raw frames.
const SOCK_PACKET: i32 = 10;
/// Beyond the last family that Linux knows (AF_MAX).
const AF_MAX: i32 = 46;

impl Transport {
    /// The transport of a socket of that family, type and protocol.
    ///
    /// ```
    /// use berkeley_host::policy::Transport;
    ///
    /// assert_eq!(Transport::of(2, 1, 0), Transport::Tcp);
    /// assert_eq!(Transport::of(10, 2, 17), Transport::Udp);
    /// assert_eq!(Transport::of(1, 5, 0), Transport::Unix);
    /// ```
    pub fn of(family: i32, kind: i32, protocol: i32) -> Self {
        match (family, kind, protocol) {
            (c::AF_UNIX, ..) => Self::Unix,
            (c::AF_INET | c::AF_INET6, c::SOCK_RAW | SOCK_PACKET, _) => Self::Raw,
            (c::AF_INET | c::AF_INET6, _, c::IPPROTO_SCTP) => Self::Sctp,
            (c::AF_INET | c::AF_INET6, c::SOCK_STREAM, 0 | c::IPPROTO_TCP | c::IPPROTO_MPTCP) => Self::Tcp,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, 0 | c::IPPROTO_UDP) => Self::Udp,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, c::IPPROTO_UDPLITE) => Self::UdpLite,
            (c::AF_INET | c::AF_INET6, c::SOCK_DGRAM, c::IPPROTO_ICMP | c::IPPROTO_ICMPV6) => Self::Icmp,
            (c::AF_INET | c::AF_INET6, _, protocol) => Self::Protocol(protocol),
            (family, ..) => Self::Family(family),
        }
    }

    /// Whether making such a socket needs a grant of its own, because the socket itself gives power over the host or
    /// its network. A family that no kernel knows does not: the kernel refuses it.
    pub fn is_privileged(self) -> bool {
        match self {
            Self::Icmp | Self::Raw | Self::Sctp | Self::UdpLite => true,
            // DCCP, L2TP, SMC: making one makes the kernel load code that few have looked at.
            Self::Protocol(number) => matches!(number, c::IPPROTO_DCCP | c::IPPROTO_L2TP | c::IPPROTO_SMC),
            Self::Family(family) => (1..AF_MAX).contains(&family),
            _ => false,
        }
    }

    /// Whether peers have internet addresses, which the policy judges.
    pub fn is_internet(self) -> bool {
        matches!(self, Self::Tcp | Self::Udp | Self::UdpLite | Self::Sctp | Self::Protocol(_))
    }
}

/// As the rules name it: `tcp`, `udp`, `icmp`, `raw`, `netlink`, a number.
impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match rules::TRANSPORTS.iter().find(|(_, transport)| transport == self) {
            Some((name, _)) => f.write_str(name),
            None => match self {
                Self::Protocol(number) => write!(f, "protocol {number}"),
                Self::Family(number) => f.write_str(&rules::family_name(*number)),
                other => write!(f, "{other:?}"),
            },
        }
    }
}

/// What a guest asks to do.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Operation<'a> {
    /// To make a socket that [is privileged](Transport::is_privileged), or to be handed one over a unix socket.
    Create {
        /// The transport.
        transport: Transport,
    },
    /// To take a local address.
    Bind {
        /// The transport.
        transport: Transport,
        /// The address asked for; port 0 is any that is free.
        address: &'a Address,
    },
    /// To await connections.
    Listen {
        /// The transport.
        transport: Transport,
        /// The local address as the guest asked for it; port 0 is any that was free.
        asked: &'a Address,
        /// The local address as it is.
        actual: &'a Address,
    },
    /// To take a connection from a peer. A refused one is reset, and the guest never learns of it.
    Accept {
        /// The transport.
        transport: Transport,
        /// The peer.
        peer: &'a Address,
        /// Whether the host opened the socket beforehand, and gave it to the guest.
        given: bool,
    },
    /// To connect or send to a peer.
    Connect {
        /// The transport.
        transport: Transport,
        /// The peer.
        peer: &'a Address,
    },
    /// To receive a datagram from a peer. A refused one is dropped, and the guest never learns of it.
    Receive {
        /// The transport.
        transport: Transport,
        /// The local address as the guest asked for it; none if it never bound the socket.
        asked: Option<&'a Address>,
        /// The peer.
        peer: &'a Address,
        /// Whether the host opened the socket beforehand, and gave it to the guest.
        given: bool,
    },
    /// To join a multicast group, which makes the host tell its network so.
    Join {
        /// The transport.
        transport: Transport,
        /// The group.
        group: IpAddr,
    },
    /// To look a host name up.
    Lookup {
        /// The name, in small letters, without a dot at its end.
        host: &'a str,
    },
    /// To look the name of an address up.
    ReverseLookup {
        /// The address.
        address: IpAddr,
    },
    /// To set an option that is not ordinary.
    SetOption {
        /// The level.
        level: i32,
        /// The option.
        name: i32,
    },
    /// To be handed files and directories that come over unix sockets. Refused ones are closed.
    Files,
    /// To list the network interfaces, or tell their indices.
    Interfaces,
    /// To read the host's name.
    HostName,
    /// To set the host's name.
    SetHostName,
    /// To hand a socket to another process, or to take one from it, as Windows does it. What is taken may be any socket
    /// of the host's: no rule grants it.
    Share,
}

/// As the end of the sentence «not allowed to …».
impl fmt::Display for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create { transport: transport @ Transport::Family(_) } => {
                write!(f, "open a socket of the family {transport}")
            }
            Self::Create { transport } => write!(f, "open a socket for {transport}"),
            Self::Bind { transport, address } => write!(f, "bind {transport} to {address}"),
            Self::Listen { transport, actual, .. } => write!(f, "listen for {transport} on {actual}"),
            Self::Accept { transport, peer, .. } => write!(f, "accept {transport} from {peer}"),
            Self::Connect { transport: Transport::Tcp, peer } => write!(f, "connect by tcp to {peer}"),
            Self::Connect { transport: Transport::Unix, peer } => write!(f, "connect or send to {peer}"),
            Self::Connect { transport, peer } => write!(f, "send by {transport} to {peer}"),
            Self::Receive { transport, peer, .. } => write!(f, "receive by {transport} from {peer}"),
            Self::Join { group, .. } => write!(f, "join the multicast group {group}"),
            Self::Lookup { host } => write!(f, "look up the host {host}"),
            Self::ReverseLookup { address } => write!(f, "look up the name of {address}"),
            Self::SetOption { level, name } => {
                write!(f, "set the socket option {}", crate::option::describe(*level, *name))
            }
            Self::Files => write!(f, "receive files over unix sockets"),
            Self::Interfaces => write!(f, "list the network interfaces"),
            Self::HostName => write!(f, "read the host's name"),
            Self::SetHostName => write!(f, "set the host's name"),
            Self::Share => write!(f, "share sockets with other processes"),
        }
    }
}

/// A refusal: what the guest may not do, and what would have allowed it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Refusal {
    operation: String,
    grant: Option<String>,
}

impl Refusal {
    /// The operation is refused.
    pub fn new(operation: &Operation<'_>) -> Self {
        Self::of(operation.to_string())
    }

    pub(crate) fn of(operation: String) -> Self {
        Self { operation, grant: None }
    }

    /// Adds the rule that would allow it.
    pub fn with_grant(mut self, grant: impl Into<String>) -> Self {
        self.grant = Some(grant.into());
        self
    }

    /// What was refused, as the end of the sentence «not allowed to …».
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The rule that would have allowed it, if the policy knows one.
    pub fn grant(&self) -> Option<&str> {
        self.grant.as_deref()
    }
}

/// The sentence that the guest gets. It names no rule: how to change the policy is the host's affair.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not allowed to {}", self.operation)
    }
}

/// Decides what a guest may do.
///
/// The answer may depend on the names by which *this guest* looked addresses up, so that a grant for a host name
/// admits what that name led to and nothing else.
///
/// ```
/// use berkeley_host::policy::{Names, Operation, Policy, Refusal};
///
/// /// Allows connections to one port, whatever the host.
/// struct Only(u16);
///
/// impl Policy for Only {
///     fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
///         match operation {
///             Operation::Lookup { .. } => Ok(()),
///             Operation::Connect { peer, .. } if peer.internet().is_some_and(|peer| peer.port() == self.0) => Ok(()),
///             _ => Err(Refusal::new(operation)),
///         }
///     }
/// }
/// ```
pub trait Policy: Send + Sync + 'static {
    /// Allows or refuses the operation.
    fn check(&self, operation: &Operation<'_>, names: &Names) -> Result<(), Refusal>;
}

/// Refuses everything, but for using a socket that the host gave the guest as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenyAll;

impl Policy for DenyAll {
    fn check(&self, operation: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
        match operation {
            Operation::Accept { given: true, .. } | Operation::Receive { given: true, .. } => Ok(()),
            _ => Err(Refusal::new(operation)),
        }
    }
}

/// Allows everything; for guests that are trusted as the host's user is.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Policy for AllowAll {
    fn check(&self, _: &Operation<'_>, _: &Names) -> Result<(), Refusal> {
        Ok(())
    }
}

/// The names by which one guest has looked addresses up.
#[derive(Debug, Default)]
pub struct Names(Mutex<HashMap<IpAddr, Vec<Arc<str>>>>);

/// How many addresses are remembered; look-ups beyond forget what was.
const REMEMBERED: usize = 8192;

impl Names {
    /// The names that led the guest to the address.
    pub fn of(&self, address: IpAddr) -> Vec<Arc<str>> {
        self.lock().get(&address).cloned().unwrap_or_default()
    }

    pub(crate) fn learn(&self, name: &str, addresses: impl Iterator<Item = SocketAddr>) {
        let name: Arc<str> = name.into();
        let mut names = self.lock();
        for address in addresses {
            if names.len() >= REMEMBERED {
                names.clear();
            }
            let known = names.entry(address.ip()).or_default();
            if !known.contains(&name) && known.len() < REMEMBERED / 64 {
                known.push(name.clone());
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<IpAddr, Vec<Arc<str>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A host name as it is compared: in small letters, without the dot of the root.
pub(crate) fn plain_name(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}
