//! Many receivers: multicast and broadcast.

use std::net::IpAddr;

use anyhow::{Context, Result};
use berkeley_guest::socket::*;
use berkeley_test_guests::python::{bytes, name_of, opened, show};

use crate::End::{self, Client};
use crate::{at, is, numbers};

/// struct sockaddr_storage of a host.
fn storage(host: &str) -> Vec<u8> {
    let mut raw = match host.parse().expect("an address") {
        IpAddr::V4(ip) => [&[2, 0, 0, 0][..], &ip.octets()].concat(),
        IpAddr::V6(ip) => [&[10, 0, 0, 0, 0, 0, 0, 0][..], &ip.octets()].concat(),
    };
    raw.resize(128, 0);
    raw
}

/// The bytes of an address.
fn octets(host: &str) -> Vec<u8> {
    match host.parse().expect("an address") {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// Options and their values, in turn: what joins is followed by what leaves.
fn steps(family: i32, [loopback, group, elsewhere]: [&str; 3], lo: u32) -> Vec<(i32, Vec<u8>)> {
    let lo = lo.to_ne_bytes();
    let request = [&lo[..], &[0; 4], &storage(group)].concat();
    let source = [&request[..], &storage(loopback)].concat();
    let other = [&request[..], &storage(elsewhere)].concat();
    let mut steps = vec![
        (MCAST_JOIN_GROUP, request.clone()),
        (MCAST_BLOCK_SOURCE, source.clone()),
        (MCAST_UNBLOCK_SOURCE, source.clone()),
        (MCAST_LEAVE_GROUP, request),
        // With the source that sends, and with another.
        (MCAST_JOIN_SOURCE_GROUP, source.clone()),
        (MCAST_LEAVE_SOURCE_GROUP, source),
        (MCAST_JOIN_SOURCE_GROUP, other.clone()),
        (MCAST_LEAVE_SOURCE_GROUP, other),
    ];
    if family == AF_INET6 {
        let request = [&octets(group)[..], &lo].concat();
        steps.extend([(IPV6_JOIN_GROUP, request.clone()), (IPV6_LEAVE_GROUP, request)]);
        return steps;
    }
    // struct ip_mreq, struct ip_mreqn, struct ip_mreq_source
    let by_address = [octets(group), octets(loopback)].concat();
    let by_index = [&octets(group)[..], &[0; 4], &lo].concat();
    let [source, other] = [loopback, elsewhere].map(|source| [&by_address[..], &octets(source)].concat());
    steps.extend([
        (IP_ADD_MEMBERSHIP, by_address.clone()),
        (IP_BLOCK_SOURCE, source.clone()),
        (IP_UNBLOCK_SOURCE, source.clone()),
        (IP_DROP_MEMBERSHIP, by_address),
        (IP_ADD_MEMBERSHIP, by_index.clone()),
        (IP_DROP_MEMBERSHIP, by_index),
        (IP_ADD_SOURCE_MEMBERSHIP, source.clone()),
        (IP_DROP_SOURCE_MEMBERSHIP, source),
        (IP_ADD_SOURCE_MEMBERSHIP, other.clone()),
        (IP_DROP_SOURCE_MEMBERSHIP, other),
    ]);
    steps
}

/// Joining, leaving, and blocking a source: what goes to the group arrives, or only what comes after it.
pub(crate) fn multicast(end: End<'_>, family: i32) -> Result<()> {
    let lo = if_nametoindex("lo")?;
    let (level, only_own, any, addresses) = match family {
        AF_INET => (IPPROTO_IP, IP_MULTICAST_ALL, "0.0.0.0", ["127.0.0.1", "239.255.66.101", "127.0.0.2"]),
        _ => (IPPROTO_IPV6, IPV6_MULTICAST_ALL, "::", ["::1", "ff01::42:65", "fe80::1"]),
    };
    let [loopback, group, _] = addresses;
    let steps = steps(family, addresses, lo);
    let socket = opened(family, SOCK_DGRAM, 0)?;
    if let Client(arguments) = end {
        socket.bind(at(loopback, 0))?;
        if family == AF_INET {
            socket.setsockopt(IPPROTO_IP, IP_MULTICAST_IF, [&[0; 8][..], &lo.to_ne_bytes()].concat())?;
        } else {
            socket.setsockopt(IPPROTO_IPV6, IPV6_MULTICAST_IF, lo as i32)?;
        }
        socket.sendto(b"hello", at(loopback, arguments[0]))?;
        for _ in steps {
            println!("{}", bytes(&socket.recv(100)?));
            socket.sendto(b"to the group", at(group, arguments[0]))?;
            socket.sendto(b"after", at(loopback, arguments[0]))?;
        }
        return Ok(());
    }
    socket.setsockopt(level, only_own, 0)?;
    socket.bind(at(any, 0))?;
    println!("{}", socket.getsockname()?.port().context("a port")?);
    let (_, mut peer) = socket.recvfrom(100)?;
    for (option, value) in steps {
        socket.setsockopt(level, option, &value[..])?;
        socket.sendto(b"next", &peer)?;
        let data;
        (data, peer) = socket.recvfrom(100)?;
        let after = if data == b"after" { "True".to_owned() } else { bytes(&socket.recv(100)?) };
        println!("({option}, {}, {after}, '{}')", bytes(&data), peer.host().unwrap_or_default());
    }
    Ok(())
}

pub(crate) fn broadcast(end: End<'_>) -> Result<()> {
    let socket = opened(AF_INET, SOCK_DGRAM, 0)?;
    if let Client(arguments) = end {
        socket.bind(("127.0.0.1", 0))?;
        let to = at("127.255.255.255", arguments[0]);
        if let Err(error) = socket.sendto(b"", &to) {
            println!("{}", name_of(&error));
        }
        socket.setsockopt(SOL_SOCKET, SO_BROADCAST, 1)?;
        socket.sendto(show(socket.getsockname()?).as_bytes(), to)?;
        return Ok(());
    }
    socket.bind(("127.255.255.255", 0))?;
    println!("{}", numbers(&socket.getsockname()?));
    let (data, peer) = socket.recvfrom(100)?;
    println!("{}", is(&data, &peer));
    Ok(())
}
