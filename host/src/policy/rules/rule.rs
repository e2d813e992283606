//! One rule, and what it is about.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use super::host::{Endpoint, Host};
use crate::policy::transport::Transport;

/// One rule, in the grammar of `--allow` and `--deny`: `OPERATION[:PROTOCOL][=TARGET]`.
///
/// | rule | grants |
/// |---|---|
/// | `connect[:PROTOCOL][=HOST[:PORTS]]` | connecting and sending to the host, and looking its name up; TCP unless a protocol is named |
/// | `listen[:PROTOCOL][=HOST[:PORTS]]` | binding to the local address, or joining the multicast group; taking connections and datagrams there, and answering them; `bind` is the same |
/// | `udp[=HOST[:PORTS]]` | both of these by UDP |
/// | `accept=HOST` | once there is one, only peers that one of these names are let in |
/// | `resolve[=HOST]` | looking names up |
/// | `unix=DIRECTORY[::GUEST_DIRECTORY]` | unix sockets below the directory |
/// | `unix=@NAME` | an abstract unix address; a `*` at its end stands for any rest |
/// | `family=NAME` | sockets of a family or kind that is privileged: `raw`, `icmp`, `netlink`, `packet`, `can`, `vsock`, `bluetooth`, `alg`, `tipc`, `qipcrtr`, `rds`, any other AF_ constant's name in small letters, or a number |
/// | `option[=NAME]` | setting an option that is not ordinary, such as `SO_MARK`, or `LEVEL:NUMBER` |
/// | `files` | being handed files and directories that come over unix sockets |
/// | `interfaces`, `hostname`, `sethostname` | listing network interfaces, reading and setting the host's name |
///
/// HOST is a name, `*.` and a name for those below it, an address, a network such as `10.0.0.0/8`, `NAME@NETWORK`, `@` and
/// the name of a group of hosts, or `*`; an IPv6 address stands in brackets. PORTS is a list of ports and ranges: `80,443,8000-8999`;
/// without it, all. A port 0 of `listen` is any that is free. PROTOCOL is `tcp`, `udp`, `udplite`, `sctp`, `dccp`, or `*`
/// for all of them.
///
/// A name admits the addresses that the guest's own look-up of it returned, for [some time](crate::Limits::name_time).
/// Whoever answers for a public name could lead the guest elsewhere with it: so addresses of
/// [private networks](crate::policy::Reach::Private) and this machine's own are admitted only under names that no public
/// name server answers for (those without a dot, and those below `internal`, `local`, `lan`, `home`, `corp`, `private`,
/// `intranet` and `home.arpa`), and [special](crate::policy::Reach::Special) ones under none. `NAME@NETWORK` admits of
/// what the name leads to what lies in the network, which must be one of these where the address is; or in the single
/// address. `localhost` is also both loopback networks.
///
/// [`Rules`](super::Rules) tells what a rule takes away that denies.
///
/// ```
/// use berkeley_host::policy::Rule;
///
/// let rule: Rule = "connect=Example.com:80,443".parse()?;
/// assert_eq!(rule.to_string(), "connect=example.com:80,443");
/// assert!("listen=[::1]:8000-8999".parse::<Rule>().is_ok());
/// assert!("connect=db.example.com@10.0.0.0/8:5432".parse::<Rule>().is_ok());
/// assert!("conect=example.com".parse::<Rule>().is_err());
/// # Ok::<(), berkeley_host::policy::RuleError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) grant: Grant,
    origin: Option<Arc<str>>,
}

impl Rule {
    pub(super) fn new(grant: Grant) -> Self {
        Self { grant, origin: None }
    }

    /// The same rule, that says where it was written: a file and a line, or an option.
    #[must_use]
    pub fn written_in(self, origin: impl Into<Arc<str>>) -> Self {
        Self { origin: Some(origin.into()), ..self }
    }

    /// Where it was written, if that was told.
    pub fn origin(&self) -> Option<&str> {
        self.origin.as_deref()
    }
}

/// Whether they say the same, wherever they were written.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.grant == other.grant
    }
}

impl Eq for Rule {}

/// The rule as it is written; parsed again, it is the same rule.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.grant.fmt(f)
    }
}

/// What a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    Connect(Endpoint),
    Listen(Endpoint),
    /// Both, by UDP.
    Udp(Endpoint),
    Accept(Host),
    Resolve(Host),
    UnixDirectory {
        host: PathBuf,
        guest: String,
    },
    UnixAbstract {
        name: String,
        prefix: bool,
    },
    Family(Transport),
    AnyOption,
    Option {
        level: i32,
        name: i32,
    },
    Files,
    Interfaces,
    HostName,
    SetHostName,
}

impl Grant {
    /// Whom it is about that the guest connects or sends to.
    pub(super) fn remote(&self) -> Option<&Endpoint> {
        match self {
            Self::Connect(endpoint) | Self::Udp(endpoint) => Some(endpoint),
            _ => None,
        }
    }

    /// The local address that it is about.
    pub(super) fn local(&self) -> Option<&Endpoint> {
        match self {
            Self::Listen(endpoint) | Self::Udp(endpoint) => Some(endpoint),
            _ => None,
        }
    }

    /// The host that it names.
    pub(super) fn host(&self) -> Option<&Host> {
        match self {
            Self::Connect(endpoint) | Self::Listen(endpoint) | Self::Udp(endpoint) => Some(&endpoint.host),
            Self::Accept(host) | Self::Resolve(host) => Some(host),
            _ => None,
        }
    }

    /// The same, to be told who is in its group.
    pub(super) fn host_mut(&mut self) -> Option<&mut Host> {
        match self {
            Self::Connect(endpoint) | Self::Listen(endpoint) | Self::Udp(endpoint) => Some(&mut endpoint.host),
            Self::Accept(host) | Self::Resolve(host) => Some(host),
            _ => None,
        }
    }
}
