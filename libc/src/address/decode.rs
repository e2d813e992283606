//! What a program gives as an address.

use berkeley_constants as linux;
use berkeley_guest::bindings::address::{Inet6Address, InetAddress, OtherAddress, SocketAddress};
use berkeley_guest::error::Errno;

use crate::number::socket::family;

/// The size of the structures, without what only aligns them.
const INET: usize = 16;
/// Without its scope, as Linux takes it too.
const INET6: usize = 24;
/// With what aligns it, which is no part of a name.
const UNIX: usize = 112;
/// The room for the path of a unix socket, which need not end with a NUL.
const UNIX_PATH: usize = 108;
/// The longest address, `struct sockaddr_storage`.
const LONGEST: usize = 128;

/// The address that the bytes are. What they are of a family that has no case for its own here goes as it is, for its layout
/// is Linux's.
///
/// EINVAL: too few bytes, or too many.
pub(crate) fn decode(bytes: &[u8]) -> Result<SocketAddress, Errno> {
    let Some((number, rest)) = bytes.split_first_chunk::<2>().filter(|_| bytes.len() <= LONGEST) else {
        return Err(Errno::Einval);
    };
    let family = family(i32::from(u16::from_le_bytes(*number)));
    match family {
        linux::AF_UNSPEC => Ok(SocketAddress::Unspecified),
        linux::AF_INET if bytes.len() >= INET => Ok(SocketAddress::Inet(InetAddress {
            port: u16::from_be_bytes([bytes[2], bytes[3]]),
            address: (bytes[4], bytes[5], bytes[6], bytes[7]),
        })),
        linux::AF_INET6 if bytes.len() >= INET6 => {
            let group = |at: usize| u16::from_be_bytes([bytes[8 + 2 * at], bytes[9 + 2 * at]]);
            let scope = bytes.get(24..28).map_or([0; 4], |scope| [scope[0], scope[1], scope[2], scope[3]]);
            Ok(SocketAddress::Inet6(Inet6Address {
                port: u16::from_be_bytes([bytes[2], bytes[3]]),
                flow_info: u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]),
                address: (group(0), group(1), group(2), group(3), group(4), group(5), group(6), group(7)),
                scope_id: u32::from_le_bytes(scope),
            }))
        }
        linux::AF_INET | linux::AF_INET6 => Err(Errno::Einval),
        linux::AF_UNIX if bytes.len() > UNIX => Err(Errno::Einval),
        linux::AF_UNIX => Ok(SocketAddress::Unix(path(&rest[..rest.len().min(UNIX_PATH)]).to_vec())),
        family => Ok(SocketAddress::Other(OtherAddress { family: family as u16, bytes: rest.to_vec() })),
    }
}

/// A path ends with a NUL, an abstract name, which begins with one, with its length.
fn path(bytes: &[u8]) -> &[u8] {
    match bytes {
        [0, ..] => bytes,
        path => path.split(|&byte| byte == 0).next().unwrap_or_default(),
    }
}
