//! The structures of the options by which multicast groups are joined and left.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use super::value::{OptionValue, settable};
use crate::layout::sockaddr;

settable! {
    IpMreq: |at| [at.multiaddr.octets(), at.interface.octets()].concat();
    IpMreqn: |at| [at.multiaddr.octets(), at.address.octets(), at.interface_index.to_le_bytes()].concat();
    IpMreqSource: |at| [at.multiaddr.octets(), at.interface.octets(), at.source.octets()].concat();
    Ipv6Mreq: |at| [&at.multiaddr.octets()[..], &at.interface_index.to_le_bytes()].concat();
    GroupReq: |at| group(at.interface_index, &[at.group]);
    GroupSourceReq: |at| group(at.interface_index, &[at.group, at.source]);
}

/// `struct ip_mreq`: an IPv4 multicast group, and the interface to join or leave it at: IP_ADD_MEMBERSHIP,
/// IP_DROP_MEMBERSHIP, ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreq {
    /// The group.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface; 0.0.0.0 lets the system choose.
    pub interface: Ipv4Addr,
}

/// `struct ip_mreqn`: as [`IpMreq`], with the interface by its index: also for IP_MULTICAST_IF: ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreqn {
    /// The group; 0.0.0.0 for IP_MULTICAST_IF.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface, if the index is 0.
    pub address: Ipv4Addr,
    /// The interface; 0 for none.
    pub interface_index: u32,
}

/// `struct ip_mreq_source`: an IPv4 multicast group, for what one source sends there: IP_ADD_SOURCE_MEMBERSHIP,
/// IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE: ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreqSource {
    /// The group.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface; 0.0.0.0 lets the system choose.
    pub interface: Ipv4Addr,
    /// Who sends.
    pub source: Ipv4Addr,
}

/// `struct ipv6_mreq`: an IPv6 multicast group: IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP, ipv6(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Mreq {
    /// The group.
    pub multiaddr: Ipv6Addr,
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
}

/// `struct group_req`: a multicast group of either family: MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP: RFC 3678.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupReq {
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
    /// The group; its port means nothing.
    pub group: SocketAddr,
}

/// `struct group_source_req`: a multicast group of either family, for what one source sends there:
/// MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE: RFC 3678.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSourceReq {
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
    /// The group; its port means nothing.
    pub group: SocketAddr,
    /// Who sends; its port means nothing.
    pub source: SocketAddr,
}

/// An interface's index and addresses, each as `struct sockaddr_storage`, and so aligned.
fn group(interface_index: u32, addresses: &[SocketAddr]) -> Vec<u8> {
    let mut bytes = u64::from(interface_index).to_le_bytes().to_vec();
    for address in addresses {
        let end = bytes.len() + STORAGE;
        bytes.extend(sockaddr(address));
        bytes.resize(end, 0);
    }
    bytes
}

/// The size of `struct sockaddr_storage`.
const STORAGE: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::option::value::bytes;

    #[test]
    fn layouts_are_linuxs() {
        let (multiaddr, interface) = (Ipv4Addr::new(239, 1, 2, 3), Ipv4Addr::LOCALHOST);
        assert_eq!(bytes(IpMreq { multiaddr, interface }), [239, 1, 2, 3, 127, 0, 0, 1]);
        let by_index = IpMreqn { multiaddr, address: interface, interface_index: 7 };
        assert_eq!(bytes(by_index), [239, 1, 2, 3, 127, 0, 0, 1, 7, 0, 0, 0]);
        let of_source = IpMreqSource { multiaddr, interface, source: Ipv4Addr::new(10, 0, 0, 1) };
        assert_eq!(bytes(of_source), [239, 1, 2, 3, 127, 0, 0, 1, 10, 0, 0, 1]);
        let v6 = Ipv6Mreq { multiaddr: "ff02::1".parse().unwrap(), interface_index: 3 };
        assert_eq!(bytes(v6), [&[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0][..]].concat());
    }

    #[test]
    fn groups_have_their_addresses_where_linux_looks() {
        let (group, source) = ("239.1.2.3:258".parse().unwrap(), "[fe80::1%5]:0".parse().unwrap());
        let either = bytes(GroupReq { interface_index: 9, group });
        assert_eq!((either.len(), &either[..16]), (136, &[9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 2, 239, 1, 2, 3][..]));
        let both = bytes(GroupSourceReq { interface_index: 9, group, source });
        assert_eq!((both.len(), &both[..136], both[136]), (264, &either[..], 10));
        assert_eq!((both[144], both[159], both[160]), (0xfe, 1, 5));
    }
}
