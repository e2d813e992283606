//! Connecting to a host by its name.

use std::time::Duration;

use berkeley_constants::SOCK_STREAM;

use crate::endpoint::Socket;
use crate::error::{Error, Result};
use crate::netdb::{AddressInfo, Hints, getaddrinfo};

/// What [`create_connection`] may be told besides the address.
#[derive(Clone, Debug, Default)]
pub struct ConnectionOptions {
    /// The time limit of each attempt to connect, and of the socket afterwards.
    ///
    /// If none is given, it is the default one. [`Duration::MAX`] is none at all, whatever the default; zero is
    /// non-blocking.
    pub timeout: Option<Duration>,
    /// The host and port to bind to before connecting.
    pub source_address: Option<(String, u16)>,
}

/// Connects by TCP to a host and port, trying each address of the host in turn: Python's `create_connection`.
///
/// The error is that of the last attempt; [`create_connection_all_errors`] gives those of all.
pub fn create_connection(address: (&str, u16), options: &ConnectionOptions) -> Result<Socket> {
    create_connection_all_errors(address, options).map_err(|mut errors| errors.pop().unwrap_or(NO_ADDRESSES))
}

const NO_ADDRESSES: Error = Error::Invalid("getaddrinfo returns an empty list");

/// As [`create_connection`], with the errors of all attempts, of which there is at least one: Python's
/// `all_errors=True`.
pub fn create_connection_all_errors(
    (host, port): (&str, u16),
    options: &ConnectionOptions,
) -> Result<Socket, Vec<Error>> {
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    let infos = getaddrinfo(Some(host), Some(port.into()), hints).map_err(|error| vec![error])?;
    let mut errors = Vec::new();
    for info in infos {
        match attempt(&info, options) {
            Ok(socket) => return Ok(socket),
            Err(error) => errors.push(error),
        }
    }
    Err(if errors.is_empty() { vec![NO_ADDRESSES] } else { errors })
}

fn attempt(info: &AddressInfo, options: &ConnectionOptions) -> Result<Socket> {
    let socket = Socket::new(info.family, info.r#type, info.proto)?;
    if let Some(limit) = options.timeout {
        socket.settimeout(Some(limit).filter(|limit| *limit != Duration::MAX));
    }
    if let Some((host, port)) = &options.source_address {
        socket.bind((host.as_str(), *port))?;
    }
    socket.connect(&info.address)?;
    Ok(socket)
}
