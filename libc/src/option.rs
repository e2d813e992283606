//! Options: getsockopt(2), setsockopt(2).

use core::ffi::c_int;

use berkeley_constants as linux;
use berkeley_guest::bindings::option as wit;
use berkeley_guest::bindings::option::OptionValue;
use berkeley_guest::error::Errno;

use crate::endpoint::Socket;
use crate::export::exported;
use crate::memory::{In, Out};
use crate::number::{errno, socket as number, value};

/// The longest value that the contract gives.
const LONGEST: u32 = 1024;

/// From Linux's number to the one of here.
type Translation = fn(c_int) -> c_int;

/// The values that are numbers of another kind, and what they are here.
const TRANSLATED: [(c_int, Translation); 3] = [
    (linux::SO_ERROR, errno::from_linux),
    (linux::SO_TYPE, number::type_here),
    (linux::SO_DOMAIN, number::family_here),
];

/// The options whose values begin with a `struct sockaddr`.
const ADDRESSES: [(c_int, c_int); 3] =
    [(linux::SOL_SOCKET, SO_PEERNAME), (linux::IPPROTO_IP, SO_ORIGINAL_DST), (linux::IPPROTO_IPV6, SO_ORIGINAL_DST)];

/// SOL_SOCKET: the peer's address.
const SO_PEERNAME: c_int = 28;
/// At the levels of IP: where a connection was going to before the packet filter turned it.
const SO_ORIGINAL_DST: c_int = 80;

exported! {
    /// getsockopt(2)
    fn getsockopt(fd: c_int, level: c_int, name: c_int, value: Out<u8>, length: Out<u32>) -> c_int {
        let socket = Socket::of(fd)?;
        let room = i32::try_from(length.get()?).map_err(|_| Errno::Einval)? as u32;
        let level = number::level(level);
        let name = number::option(level, name);
        // A number that is cut off could not be translated.
        let translated = TRANSLATED.iter().find(|(option, _)| level == linux::SOL_SOCKET && name == *option);
        let size = if translated.is_some() { 4 } else { room.min(LONGEST) };
        let mut bytes = wit::getsockopt_bytes(socket.handle(), level, name, size)?;
        if let (Some((_, here)), Ok(number)) = (translated, <[u8; 4]>::try_from(bytes.as_slice())) {
            bytes = here(c_int::from_le_bytes(number)).to_le_bytes().to_vec();
        }
        if ADDRESSES.contains(&(level, name)) {
            number::translate_family(&mut bytes, 0);
        }
        bytes.truncate(room as usize);
        value.put_all(&bytes)?;
        length.put(bytes.len() as u32)?;
        Ok(0)
    }

    /// setsockopt(2)
    fn setsockopt(fd: c_int, level: c_int, name: c_int, value: In<u8>, length: u32) -> c_int {
        let socket = Socket::of(fd)?;
        i32::try_from(length).map_err(|_| Errno::Einval)?;
        let level = number::level(level);
        let name = number::option(level, name);
        let value = if value.is_null() && level == linux::SOL_ALG {
            OptionValue::Null(length)
        } else {
            let mut bytes = value.bytes(length as usize)?.to_vec();
            value::translate(level, name, &mut bytes);
            OptionValue::Bytes(bytes)
        };
        wit::setsockopt(socket.handle(), level, name, &value)?;
        Ok(0)
    }
}
