//! Services: getservbyname(3).

use core::ffi::{c_char, c_int};

use berkeley_guest::bindings::netdb as wit;

use super::packed::{List, Packed, SERVICE, kept, placed};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out, plain};

/// `struct servent`
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Servent {
    name: Out<c_char>,
    aliases: List,
    /// In the network's byte order.
    port: c_int,
    protocol: Out<c_char>,
}

plain!(Servent);

/// What was found.
struct Service {
    name: Vec<u8>,
    port: u16,
    protocol: Vec<u8>,
}

/// The protocols that are tried for a program that names none.
const PROTOCOLS: [&[u8]; 2] = [b"tcp", b"udp"];

impl Service {
    fn by_name(name: In<c_char>, protocol: In<c_char>) -> Result<Option<Self>> {
        let name = name.text()?;
        Self::by(protocol, |protocol| {
            let port = wit::getservbyname(name, Some(protocol))?;
            // A number is a name too.
            let told = wit::getservbyport(port, Some(protocol)).unwrap_or_else(|| name.to_vec());
            Some(Self { name: told, port, protocol: protocol.to_vec() })
        })
    }

    fn by_port(port: c_int, protocol: In<c_char>) -> Result<Option<Self>> {
        let port = u16::from_be(port as u16);
        Self::by(protocol, |protocol| {
            Some(Self { name: wit::getservbyport(port, Some(protocol))?, port, protocol: protocol.to_vec() })
        })
    }

    fn by(protocol: In<c_char>, find: impl Fn(&[u8]) -> Option<Self>) -> Result<Option<Self>> {
        Ok(match protocol.text_if()? {
            Some(protocol) => find(protocol),
            None => PROTOCOLS.into_iter().find_map(find),
        })
    }

    fn pack(&self, packed: &mut Packed) -> Result<Servent> {
        Ok(Servent {
            aliases: packed.list::<()>(&[], |_, ()| Ok(Out::null()))?,
            name: packed.text(&self.name)?,
            port: c_int::from(self.port.to_be()),
            protocol: packed.text(&self.protocol)?,
        })
    }
}

fn tell(service: Option<Service>) -> Result<Out<Servent>> {
    match service {
        Some(service) => kept(&SERVICE, |packed| service.pack(packed)),
        None => Ok(Out::null()),
    }
}

fn tell_in(
    service: Option<Service>,
    entry: Out<Servent>,
    memory: Out<u8>,
    room: usize,
    answer: Out<Out<Servent>>,
) -> Result<c_int> {
    let pack = service.map(|service| move |packed: &mut Packed| service.pack(packed));
    placed(entry, memory, room, answer, pack)
}

exported! {
    /// getservbyname(3)
    fn getservbyname(name: In<c_char>, protocol: In<c_char>) -> Out<Servent> {
        tell(Service::by_name(name, protocol)?)
    }

    /// getservbyport(3)
    fn getservbyport(port: c_int, protocol: In<c_char>) -> Out<Servent> {
        tell(Service::by_port(port, protocol)?)
    }

    /// getservbyname_r(3)
    fn getservbyname_r(
        name: In<c_char>,
        protocol: In<c_char>,
        entry: Out<Servent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Servent>>,
    ) -> c_int {
        tell_in(Service::by_name(name, protocol)?, entry, memory, room, answer)
    }

    /// getservbyport_r(3)
    fn getservbyport_r(
        port: c_int,
        protocol: In<c_char>,
        entry: Out<Servent>,
        memory: Out<u8>,
        room: usize,
        answer: Out<Out<Servent>>,
    ) -> c_int {
        tell_in(Service::by_port(port, protocol)?, entry, memory, room, answer)
    }

    /// getservent(3): the contract lists no services.
    fn getservent() -> Out<Servent> {
        Ok(Out::null())
    }

    /// setservent(3)
    fn setservent(_open: c_int) -> () {
        Ok(())
    }

    /// endservent(3)
    fn endservent() -> () {
        Ok(())
    }
}
