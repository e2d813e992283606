//! getifaddrs(3): by the kernel's own list, which a netlink socket gives where the host grants it; else the interfaces alone,
//! without addresses.
#![allow(unsafe_code, reason = "the list is freed by a pointer")]

use core::ffi::{c_char, c_int};
use std::collections::BTreeMap;
use std::ffi::CString;

use berkeley_constants::{AF_INET, AF_INET6, AF_NETLINK, SOCK_RAW};
use berkeley_guest::bindings::address::{Inet6Address, InetAddress, SocketAddress};
use berkeley_guest::bindings::error::Error;
use berkeley_guest::bindings::interface as wit;
use berkeley_guest::bindings::socket::create;

use crate::address::encode;
use crate::export::exported;
use crate::memory::{Out, plain};

/// `struct ifaddrs`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Ifaddrs {
    next: Out<Self>,
    name: Out<c_char>,
    flags: u32,
    address: Out<u8>,
    mask: Out<u8>,
    other: Out<u8>,
    data: Out<u8>,
}

plain!(Ifaddrs);

/// An entry, with what it points to.
#[repr(C)]
struct Owned {
    entry: Ifaddrs,
    name: CString,
    /// The address, its mask, and the peer's or the broadcast address, as structures.
    places: [[u64; 4]; 3],
}

/// linux/rtnetlink.h and linux/if_addr.h.
const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const NLM_F_REQUEST_DUMP: u16 = 0x301;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const IFLA_IFNAME: u16 = 3;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;
const IFF_BROADCAST: u32 = 2;

/// An interface, or an address of one.
#[derive(Default)]
struct Found {
    name: Vec<u8>,
    flags: u32,
    addresses: [Option<SocketAddress>; 3],
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |field| u16::from_le_bytes([field[0], field[1]]))
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |field| u32::from_le_bytes([field[0], field[1], field[2], field[3]]))
}

/// The records in bytes, each of which begins with its length, by a function that reads it, and its header's size.
fn records(mut bytes: &[u8], length: fn(&[u8]) -> usize, header: usize) -> Vec<&[u8]> {
    let mut records = Vec::new();
    while bytes.len() >= header {
        let size = length(bytes);
        if !(header..=bytes.len()).contains(&size) {
            break;
        }
        records.push(&bytes[..size]);
        bytes = &bytes[size.next_multiple_of(4).min(bytes.len())..];
    }
    records
}

/// What the kernel tells when it is asked for a list: of each message the body.
fn dump(request: u16, wanted: u16) -> Result<Vec<Vec<u8>>, Error> {
    let socket = create(AF_NETLINK, SOCK_RAW, 0)?;
    let mut question = vec![0; 32];
    question[0] = 32;
    question[4..6].copy_from_slice(&request.to_le_bytes());
    question[6..8].copy_from_slice(&NLM_F_REQUEST_DUMP.to_le_bytes());
    socket.send(&question, 0)?;
    let mut bodies = Vec::new();
    loop {
        let answer = socket.recv(1 << 16, 0)?;
        let messages = records(&answer, |bytes| u32_at(bytes, 0) as usize, 16);
        if messages.is_empty() {
            return Ok(bodies);
        }
        for message in messages {
            match u16_at(message, 4) {
                NLMSG_DONE | NLMSG_ERROR => return Ok(bodies),
                kind if kind == wanted => bodies.push(message[16..].to_vec()),
                _ => {}
            }
        }
    }
}

/// The attributes behind a body's header.
fn attributes(body: &[u8], header: usize) -> BTreeMap<u16, &[u8]> {
    let rest = body.get(header..).unwrap_or_default();
    let all = records(rest, |bytes| usize::from(u16_at(bytes, 0)), 4);
    all.into_iter().map(|attribute| (u16_at(attribute, 2) & 0x3fff, &attribute[4..])).collect()
}

fn address(family: c_int, bytes: &[u8], index: u32) -> Option<SocketAddress> {
    match family {
        AF_INET => {
            let octets = <[u8; 4]>::try_from(bytes).ok()?;
            Some(SocketAddress::Inet(InetAddress { address: octets.into(), port: 0 }))
        }
        AF_INET6 => {
            let ip = std::net::Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?);
            let scope_id = if ip.is_unicast_link_local() { index } else { 0 };
            let address = ip.segments().into();
            Some(SocketAddress::Inet6(Inet6Address { address, port: 0, flow_info: 0, scope_id }))
        }
        _ => None,
    }
}

/// The mask of so many bits.
fn mask(family: c_int, bits: u8) -> Option<SocketAddress> {
    let all = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
    match family {
        AF_INET => address(family, &(((u64::from(u32::MAX) << (32 - bits.min(32))) as u32).to_be_bytes()), 0),
        _ => address(family, &all.to_be_bytes(), 0),
    }
}

/// By netlink: each address, and each interface without one.
fn by_netlink() -> Result<Vec<Found>, Error> {
    let mut links = BTreeMap::new();
    for link in dump(RTM_GETLINK, RTM_NEWLINK)? {
        let name = attributes(&link, 16).get(&IFLA_IFNAME).map_or(&[][..], |name| name);
        let name = name.split(|&byte| byte == 0).next().unwrap_or_default().to_vec();
        links.insert(u32_at(&link, 4), (name, u32_at(&link, 8)));
    }
    let mut found: Vec<_> =
        links.values().map(|(name, flags)| Found { name: name.clone(), flags: *flags, ..Found::default() }).collect();
    for body in dump(RTM_GETADDR, RTM_NEWADDR)? {
        let (Some(&family), Some(&bits)) = (body.first(), body.get(1)) else { continue };
        let (family, index) = (c_int::from(family), u32_at(&body, 4));
        let Some((name, flags)) = links.get(&index) else { continue };
        let attributes = attributes(&body, 8);
        let get = |kind| attributes.get(&kind).and_then(|bytes| address(family, bytes, index));
        // With a peer, the local address has an attribute of its own.
        let local = get(IFA_LOCAL).or_else(|| get(IFA_ADDRESS));
        let other = if flags & IFF_BROADCAST != 0 { get(IFA_BROADCAST) } else { get(IFA_LOCAL).and(get(IFA_ADDRESS)) };
        found.push(Found { name: name.clone(), flags: *flags, addresses: [local, mask(family, bits), other] });
    }
    Ok(found)
}

fn by_name() -> Result<Vec<Found>, Error> {
    let interfaces = wit::if_nameindex()?;
    Ok(interfaces.into_iter().map(|(_, name)| Found { name, ..Found::default() }).collect())
}

fn list(found: Vec<Found>) -> Out<Ifaddrs> {
    found.into_iter().rev().fold(Out::null(), |next, found| {
        let null = Out::null();
        let entry =
            Ifaddrs { next, name: Out::null(), flags: found.flags, address: null, mask: null, other: null, data: null };
        let owned = Box::leak(Box::new(Owned {
            entry,
            name: CString::new(found.name).unwrap_or_default(),
            places: [[0; 4]; 3],
        }));
        owned.entry.name = Out::constant(&owned.name);
        let entry = &mut owned.entry;
        let fields = [&mut entry.address, &mut entry.mask, &mut entry.other];
        for ((field, place), address) in fields.into_iter().zip(&mut owned.places).zip(&found.addresses) {
            let Some(address) = address else { continue };
            let mut bytes = encode(address);
            bytes.resize(32, 0);
            for (word, part) in place.iter_mut().zip(bytes.as_chunks::<8>().0) {
                *word = u64::from_ne_bytes(*part);
            }
            *field = Out::to(place);
        }
        Out::pointing((&raw mut *owned).cast())
    })
}

exported! {
    /// getifaddrs(3)
    fn getifaddrs(answer: Out<Out<Ifaddrs>>) -> c_int {
        answer.put(Out::null())?;
        let found = match by_netlink() {
            Ok(found) => found,
            Err(_) => by_name()?,
        };
        answer.put(list(found))?;
        Ok(0)
    }
}

/// freeifaddrs(3)
#[unsafe(no_mangle)]
extern "C" fn freeifaddrs(mut list: Out<Ifaddrs>) {
    while let Ok(entry) = list.get() {
        // SAFETY: the program gives what `getifaddrs` gave, once; each entry begins a box of its own.
        drop(unsafe { Box::from_raw(list.pointer().cast::<Owned>()) });
        list = entry.next;
    }
}
