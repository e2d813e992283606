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

/// An address as Python prints it, those of the internet among them.
pub fn show(address: impl Borrow<Address>) -> String {
    match address.borrow() {
        Address::Inet(at) => format!("('{}', {})", at.ip(), at.port()),
        Address::Inet6(at) => format!("('{}', {}, {}, {})", at.ip(), at.port(), at.flowinfo(), at.scope_id()),
        other => other.to_string(),
    }
}

/// Bytes as Python prints them, if there are no quotes in them.
pub fn bytes(bytes: &[u8]) -> String {
    format!("b'{}'", bytes.escape_ascii())
}

/// A socket that waits no longer than [`PATIENCE`].
pub fn opened(family: i32, kind: i32, protocol: i32) -> Result<Socket> {
    let socket = Socket::new(family, kind, protocol)?;
    socket.settimeout(Some(PATIENCE));
    Ok(socket)
}
