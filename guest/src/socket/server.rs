//! Listening.

use berkeley_constants::{
    AF_INET, AF_INET6, IPPROTO_IPV6, IPV6_V6ONLY, SO_REUSEADDR, SO_REUSEPORT, SOCK_STREAM, SOL_SOCKET,
};

use crate::address::ToAddress;
use crate::endpoint::{DEFAULT_BACKLOG, Socket};
use crate::error::{Error, Result};

/// What [`create_server`] may be told besides the address.
#[derive(Clone, Copy, Debug)]
pub struct ServerOptions {
    /// AF_INET or AF_INET6.
    pub family: i32,
    /// How many connections may await `accept`.
    pub backlog: i32,
    /// Sets SO_REUSEPORT.
    pub reuse_port: bool,
    /// With AF_INET6, takes IPv4 connections too.
    pub dualstack_ipv6: bool,
}

impl Default for ServerOptions {
    /// AF_INET, 128, and neither.
    fn default() -> Self {
        Self { family: AF_INET, backlog: DEFAULT_BACKLOG, reuse_port: false, dualstack_ipv6: false }
    }
}

/// A stream socket that is bound to an address, mostly a host and port, and takes connections: Python's
/// `create_server`.
///
/// Where Python adds the address to the error's text, here it is the caller's to tell.
pub fn create_server(address: impl ToAddress, options: &ServerOptions) -> Result<Socket> {
    let &ServerOptions { family, backlog, reuse_port, dualstack_ipv6 } = options;
    if dualstack_ipv6 && !has_dualstack_ipv6() {
        return Err(Error::Invalid("dualstack_ipv6 not supported on this platform"));
    }
    if dualstack_ipv6 && family != AF_INET6 {
        return Err(Error::Invalid("dualstack_ipv6 requires AF_INET6 family"));
    }
    let socket = Socket::new(family, SOCK_STREAM, 0)?;
    // Where that fails, `bind` says why it was needed.
    let _ = socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, true);
    // Linux has it for no other families.
    if reuse_port && matches!(family, AF_INET | AF_INET6) {
        socket.setsockopt(SOL_SOCKET, SO_REUSEPORT, true)?;
    }
    if family == AF_INET6 {
        socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, !dualstack_ipv6)?;
    }
    socket.bind(address)?;
    socket.listen(backlog)?;
    Ok(socket)
}

/// Whether a TCP socket of AF_INET6 can take IPv4 connections too.
pub fn has_dualstack_ipv6() -> bool {
    let v6_only = || {
        let socket = Socket::new(AF_INET6, SOCK_STREAM, 0)?;
        socket.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, false)?;
        socket.getsockopt(IPPROTO_IPV6, IPV6_V6ONLY)
    };
    v6_only() == Ok(0)
}
