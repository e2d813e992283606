//! Printing and opening as the Python programs do to which guests are compared.

use std::borrow::Borrow;

use berkeley_guest::socket::{Address, Socket, errorcode};
use berkeley_guest::{Error, Result};

use crate::PATIENCE;

/// The name of an error's number.
pub fn name_of(error: &Error) -> String {
    error.number().and_then(errorcode).map_or_else(|| error.to_string(), str::to_owned)
}

/// A truth value, as Python prints it.
pub fn truth(value: bool) -> &'static str {
    if value { "True" } else { "False" }
}

/// An address as Python prints it, which chooses the quotes of a hardware address by what is in it.
pub fn show(address: impl Borrow<Address>) -> String {
    match address.borrow() {
        Address::Inet(at) => format!("('{}', {})", at.ip(), at.port()),
        Address::Inet6(at) => format!("('{}', {}, {}, {})", at.ip(), at.port(), at.flowinfo(), at.scope_id()),
        Address::Packet(at) => {
            let (name, address) = (String::from_utf8_lossy(&at.interface), bytes(&at.hardware_address));
            format!("('{name}', {}, {}, {}, {address})", at.protocol, at.packet_type, at.hardware_type)
        }
        other => other.to_string(),
    }
}

/// Bytes as Python prints them: in single quotes, unless only these are among them.
pub fn bytes(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let escaped = bytes.iter().map(|&byte| match byte {
        b'\'' | b'"' if char::from(byte) != quote => char::from(byte).to_string(),
        byte => byte.escape_ascii().to_string(),
    });
    format!("b{quote}{}{quote}", escaped.collect::<String>())
}

/// A socket that waits no longer than [`PATIENCE`].
pub fn opened(family: i32, kind: i32, protocol: i32) -> Result<Socket> {
    let socket = Socket::new(family, kind, protocol)?;
    socket.settimeout(Some(PATIENCE));
    Ok(socket)
}
