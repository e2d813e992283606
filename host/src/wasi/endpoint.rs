//! What TCP and UDP sockets have in common: how they are made and bound, and their addresses.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use berkeley_constants as c;

use super::address::Family;
use super::code::Code;
use super::option::set_flag;
use crate::address::Address;
use crate::error::{Errno, Error};
use crate::policy::Transport;
use crate::shared::Shared;
use crate::socket::Socket;

/// Makes a socket that does not wait, if the policy has any use for its transport. One for IPv6 carries IPv6 alone.
pub(super) fn create(shared: &Arc<Shared>, family: Family, kind: i32) -> Result<Socket, Code> {
    shared.judge_use(Transport::of(family.number(), kind, 0))?;
    let mut socket = Socket::create(shared, family.number(), kind, 0)?;
    socket.settimeout(Some(Duration::ZERO));
    if family == Family::V6 {
        set_flag(&socket, (c::IPPROTO_IPV6, c::IPV6_V6ONLY), true)?;
    }
    Ok(socket)
}

pub(super) fn bind(socket: &mut Socket, address: SocketAddr) -> Result<(), Code> {
    match socket.bind(&Address::from(address)) {
        Err(Error::Os(Errno::EAFNOSUPPORT)) => Err(Code::InvalidArgument),
        // So Windows says that no port is free.
        Err(Error::Os(Errno::ENOBUFS)) if cfg!(windows) => Err(Code::AddressInUse),
        result => Ok(result?),
    }
}

/// The local address of a socket that is bound.
pub(super) fn bound_address(socket: &Socket, family: Family) -> Result<SocketAddr, Code> {
    // Windows has no name for a socket that is not bound.
    let unbound = |error: Error| if error == Error::Os(Errno::EINVAL) { Code::InvalidState } else { error.into() };
    match internet(socket.getsockname().map_err(unbound)?)? {
        address if address == family.unspecified() => Err(Code::InvalidState),
        address => Ok(address),
    }
}

/// The address as it is, with flow and scope.
pub(super) fn internet(address: Option<Address>) -> Result<SocketAddr, Code> {
    match address {
        Some(Address::Inet(address)) => Ok(address.into()),
        Some(Address::Inet6(address)) => Ok(address.into()),
        _ => Err(Code::Other),
    }
}
