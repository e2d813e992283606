//! Socket options: their names, and which of them need a grant.
//!
//! Every level and name goes through to the kernel, but for the options that the table of `berkeley-constants` holds
//! back. To give one more option a name, or to say that it needs a grant, add its row there. Sockets set and get them in
//! `socket/option.rs`.

use std::net::IpAddr;

use berkeley_constants as c;
pub use c::option::Access;
use c::option::{OPTIONS, find};

use crate::address::{Address, NoInterfaces, RawAddress};

/// What a guest needs to set the option, whichever family its socket is of.
pub fn access(level: i32, name: i32) -> Access {
    access_of(c::AF_UNSPEC, level, name)
}

/// What a guest needs to set the option of a socket of that family.
pub(crate) fn access_of(family: i32, level: i32, name: i32) -> Access {
    find(family, level, name).map_or(Access::Unknown, |option| option.access)
}

/// The level and number of the option of that name, such as `SO_MARK`; not of one that only one family has, for its
/// numbers mean something else to others.
pub fn by_name(text: &str) -> Option<(i32, i32)> {
    let found = OPTIONS.iter().find(|option| option.family == c::AF_UNSPEC && option.name == text);
    found.map(|option| (option.level, option.number))
}

/// The option's name; `LEVEL:NUMBER` if it has none here.
pub fn describe(level: i32, name: i32) -> String {
    find(c::AF_UNSPEC, level, name).map_or_else(|| format!("{level}:{name}"), |option| option.name.to_owned())
}

/// The value of an option to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer.
    Int(i32),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A null pointer with a length.
    Null(u32),
}

/// The multicast group that setting the option joins.
pub(crate) fn joined(level: i32, name: i32, value: &Value) -> Option<IpAddr> {
    let Value::Bytes(bytes) = value else { return None };
    match (level, name) {
        // struct ip_mreq and ip_mreq_source
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | c::IP_ADD_SOURCE_MEMBERSHIP) => {
            bytes.first_chunk::<4>().map(|ip| IpAddr::from(*ip))
        }
        // struct ipv6_mreq
        (c::IPPROTO_IPV6, c::IPV6_JOIN_GROUP) => bytes.first_chunk::<16>().map(|ip| IpAddr::from(*ip)),
        // struct group_req and group_source_req: the address follows the interface's index, aligned
        (_, c::MCAST_JOIN_GROUP | c::MCAST_JOIN_SOURCE_GROUP) => {
            let address = Address::decode_with(&RawAddress::from_bytes(bytes.get(8..)?), 0, &NoInterfaces)?;
            address.internet().map(|group| group.ip())
        }
        _ => None,
    }
}

/// The address that multicast is sent from once the option is set.
pub(crate) fn multicast_source(level: i32, name: i32, value: &[u8]) -> Option<IpAddr> {
    if (level, name) != (c::IPPROTO_IP, c::IP_MULTICAST_IF) {
        return None;
    }
    // struct in_addr; or struct ip_mreq and ip_mreqn, where it follows the group
    let address = if value.len() < 8 { value } else { &value[4..] };
    address.first_chunk::<4>().map(|ip| IpAddr::from(*ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_with_pointers_are_never_granted() {
        for name in ["SO_ATTACH_FILTER", "SO_PEERPIDFD", "SO_ZEROCOPY", "TCP_ZEROCOPY_RECEIVE"] {
            let (level, number) = by_name(name).expect(name);
            assert_eq!(access(level, number), Access::Never, "{name}");
        }
        assert_eq!(access(c::SOL_SOCKET, c::SO_REUSEADDR), Access::Ordinary);
        assert_eq!(access(c::SOL_SOCKET, c::SO_MARK), Access::Granted);
        assert_eq!(access(c::SOL_SOCKET, c::SO_RCVMARK), Access::Granted);
        // It would choose a port where a rule lets the system choose one.
        assert_eq!(access(c::IPPROTO_IP, c::IP_LOCAL_PORT_RANGE), Access::Granted);
        assert_eq!(access(c::SOL_SOCKET, 12345), Access::Unknown);
        assert_eq!(describe(c::SOL_SOCKET, 12345), "1:12345");
    }

    #[test]
    fn multicast_is_sent_from_the_address_that_was_chosen() {
        let source = |value: &[u8]| multicast_source(c::IPPROTO_IP, c::IP_MULTICAST_IF, value);
        let chosen = Some(IpAddr::from([10, 0, 0, 1]));
        assert_eq!(source(&[10, 0, 0, 1]), chosen);
        assert_eq!(source(&[[239, 0, 0, 1], [10, 0, 0, 1]].concat()), chosen);
        assert_eq!(source(&[[239, 0, 0, 1], [10, 0, 0, 1], [2, 0, 0, 0]].concat()), chosen);
        assert_eq!(source(&[10, 0]), None);
    }

    #[test]
    fn a_familys_own_options_are_not_those_of_the_same_numbers() {
        assert_eq!(access(c::IPPROTO_IP, c::IP_HDRINCL), Access::Granted);
        assert_eq!(access_of(c::AF_BLUETOOTH, c::SOL_HCI, c::HCI_TIME_STAMP), Access::Ordinary);
        assert_eq!((c::SOL_HCI, c::HCI_TIME_STAMP), (c::IPPROTO_IP, c::IP_HDRINCL));
        assert_eq!(by_name("HCI_TIME_STAMP"), None);
    }
}
