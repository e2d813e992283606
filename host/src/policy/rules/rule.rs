//! One rule, and what it grants.

use std::path::PathBuf;

use super::host::{Endpoint, Host, Ports};
use crate::policy::transport::Transport;

/// One rule, in the grammar of `--allow`: `OPERATION[:PROTOCOL][=TARGET]`.
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
/// HOST is a name, `*.` and a name for those below it, an address, a network such as `10.0.0.0/8`, `NAME@NETWORK`, or
/// `*`; an IPv6 address stands in brackets. PORTS is a list of ports and ranges: `80,443,8000-8999`; without it, all.
/// A port 0 of `listen` is any that is free.
///
/// A name admits the addresses that the guest's own look-up of it returned, for [some time](crate::Limits::name_time).
/// Whoever answers for a public name could lead the guest elsewhere with it: so addresses of
/// [private networks](crate::policy::Reach::Private) and this machine's own are admitted only under names that no public
/// name server answers for (those without a dot, and those below `internal`, `local`, `lan`, `home`, `corp`, `private`,
/// `intranet` and `home.arpa`), and [special](crate::policy::Reach::Special) ones under none. `NAME@NETWORK` admits of
/// what the name leads to what lies in the network, which must be one of these where the address is; or in the single
/// address. `localhost` is also both loopback networks.
///
/// ```
/// use berkeley_host::policy::Rule;
///
/// assert!("connect=example.com:80,443".parse::<Rule>().is_ok());
/// assert!("listen=[::1]:8000-8999".parse::<Rule>().is_ok());
/// assert!("connect=db.example.com@10.0.0.0/8:5432".parse::<Rule>().is_ok());
/// assert!("conect=example.com".parse::<Rule>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule(pub(super) Grant);

/// What a rule grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Grant {
    Connect(Endpoint),
    Listen(Endpoint),
    Udp { host: Host, ports: Ports },
    Accept(Host),
    Resolve(Host),
    UnixDirectory { host: PathBuf, guest: String },
    UnixAbstract { name: String, prefix: bool },
    Family(Transport),
    AnyOption,
    Option { level: i32, name: i32 },
    Files,
    Interfaces,
    HostName,
    SetHostName,
}
