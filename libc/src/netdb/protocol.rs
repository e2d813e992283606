//! Protocols: getprotobyname(3).

use core::cell::Cell;
use core::ffi::{c_char, c_int};

use berkeley_guest::bindings::netdb as wit;

use super::packed::{List, PROTOCOL, Packed, kept, placed};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out, plain};

/// `struct protoent`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Protoent {
    name: Out<c_char>,
    aliases: List,
    number: c_int,
}

plain!(Protoent);

/// The protocols by their assigned numbers; the contract knows the host's by name.
const PROTOCOLS: [(c_int, &str, &str); 27] = [
    (0, "ip", "IP"),
    (1, "icmp", "ICMP"),
    (2, "igmp", "IGMP"),
    (3, "ggp", "GGP"),
    (4, "ipencap", "IP-ENCAP"),
    (5, "st", "ST"),
    (6, "tcp", "TCP"),
    (8, "egp", "EGP"),
    (9, "igp", "IGP"),
    (12, "pup", "PUP"),
    (17, "udp", "UDP"),
    (27, "rdp", "RDP"),
    (33, "dccp", "DCCP"),
    (41, "ipv6", "IPv6"),
    (43, "ipv6-route", "IPv6-Route"),
    (44, "ipv6-frag", "IPv6-Frag"),
    (46, "rsvp", "RSVP"),
    (47, "gre", "GRE"),
    (50, "esp", "IPSEC-ESP"),
    (51, "ah", "IPSEC-AH"),
    (58, "ipv6-icmp", "IPv6-ICMP"),
    (59, "ipv6-nonxt", "IPv6-NoNxt"),
    (60, "ipv6-opts", "IPv6-Opts"),
    (89, "ospf", "OSPFIGP"),
    (103, "pim", "PIM"),
    (132, "sctp", "SCTP"),
    (136, "udplite", "UDPLite"),
];

thread_local! {
    /// The place of the protocol that `getprotoent` gives next.
    static NEXT: Cell<usize> = const { Cell::new(0) };
}

fn pack(name: &[u8], alias: Option<&str>, number: c_int, packed: &mut Packed) -> Result<Protoent> {
    let aliases: Vec<_> = alias.into_iter().collect();
    Ok(Protoent {
        aliases: packed.list(&aliases, |packed, alias| packed.text(alias.as_bytes()))?,
        name: packed.text(name)?,
        number,
    })
}

/// What was found, to be packed.
type Found = Option<(Vec<u8>, Option<&'static str>, c_int)>;

fn by_number(number: c_int) -> Found {
    let row = PROTOCOLS.iter().find(|row| row.0 == number)?;
    Some((row.1.into(), Some(row.2), number))
}

fn by_name(name: In<c_char>) -> Result<Found> {
    let name = name.text()?;
    let row = PROTOCOLS.iter().find(|row| [row.1, row.2].iter().any(|known| known.as_bytes() == name));
    let number = wit::getprotobyname(name).or(row.map(|row| row.0));
    Ok(number.map(|number| match row {
        Some(row) => (row.1.into(), Some(row.2), number),
        None => (name.to_vec(), None, number),
    }))
}

fn tell(found: Found) -> Result<Out<Protoent>> {
    match found {
        Some((name, alias, number)) => kept(&PROTOCOL, |packed| pack(&name, alias, number, packed)),
        None => Ok(Out::null()),
    }
}

fn tell_in(
    found: Found,
    entry: Out<Protoent>,
    memory: Out<u8>,
    room: usize,
    answer: Out<Out<Protoent>>,
) -> Result<c_int> {
    let pack = found.map(|(name, alias, number)| move |packed: &mut Packed| pack(&name, alias, number, packed));
    placed(entry, memory, room, answer, pack)
}

exported! {
    /// getprotobyname(3)
    fn getprotobyname(name: In<c_char>) -> Out<Protoent> {
        tell(by_name(name)?)
    }

    /// getprotobynumber(3)
    fn getprotobynumber(number: c_int) -> Out<Protoent> {
        tell(by_number(number))
    }

    /// getprotobyname_r(3)
    fn getprotobyname_r(
        name: In<c_char>,
        entry: Out<Protoent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Protoent>>,
    ) -> c_int {
        tell_in(by_name(name)?, entry, memory, room, answer)
    }

    /// getprotobynumber_r(3)
    fn getprotobynumber_r(
        number: c_int,
        entry: Out<Protoent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Protoent>>,
    ) -> c_int {
        tell_in(by_number(number), entry, memory, room, answer)
    }

    /// getprotoent(3)
    fn getprotoent() -> Out<Protoent> {
        let next = NEXT.get();
        let Some(row) = PROTOCOLS.get(next) else { return Ok(Out::null()) };
        NEXT.set(next + 1);
        tell(by_number(row.0))
    }

    /// setprotoent(3)
    fn setprotoent(_open: c_int) -> () {
        NEXT.set(0);
        Ok(())
    }

    /// endprotoent(3)
    fn endprotoent() -> () {
        NEXT.set(0);
        Ok(())
    }
}
