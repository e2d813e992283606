//! Binding.

use berkeley_constants::AF_UNIX;

use super::address::SocketAddr;
use crate::error::Result;
use crate::net::common;
use crate::socket::Socket;

/// A socket that is bound to the address.
pub(super) fn bound(r#type: i32, address: &SocketAddr) -> Result<Socket> {
    let socket = common::create(AF_UNIX, r#type)?;
    socket.bind(address)?;
    Ok(socket)
}
