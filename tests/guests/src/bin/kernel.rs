//! Makes one call on a fresh socket for each line of stdin, and prints the line with the answer.
//!
//! A line is a family, a type, a protocol, an operation and what it takes; addresses and values are in hexadecimal.

use std::io::{BufRead, stdin};

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::Error;
use berkeley_guest::bindings::address::{Inet6Address, InetAddress, NetlinkAddress, OtherAddress, SocketAddress};
use berkeley_guest::bindings::option::{OptionValue, getsockopt_bytes, setsockopt};
use berkeley_guest::bindings::socket::{Socket, create, socketpair};
use berkeley_guest::constants::*;
use berkeley_guest::socket::errorcode;
use berkeley_test_guests::{hex, unhex};

/// A call's answer: an option's bytes, or nothing.
type Answer = Result<Vec<u8>, Error>;

fn main() -> Result<()> {
    for line in stdin().lock().lines() {
        let line = line?;
        let answer = match answer(&line).with_context(|| line.clone())? {
            Ok(bytes) => format!("ok {}", hex(&bytes)),
            Err(error) => error.number().and_then(errorcode).map_or_else(|| error.to_string(), str::to_owned),
        };
        println!("{line} -> {}", answer.trim_end());
    }
    Ok(())
}

fn answer(line: &str) -> Result<Answer> {
    let words: Vec<_> = line.split_whitespace().collect();
    let [family, kind, protocol, operation, arguments @ ..] = words.as_slice() else { bail!("too few words") };
    let numbers = (family.parse()?, kind.parse()?, protocol.parse()?);
    let address = matches!(*operation, "bind" | "connect" | "sendto");
    if !address {
        return perform(numbers, operation, arguments, None);
    }
    // Spelt as its family has it and as raw bytes, an address is the same.
    let bytes = unhex(arguments.first().context("an address")?)?;
    let spelt = perform(numbers, operation, arguments, Some(&typed(&bytes)?))?;
    if bytes[..2] != [0; 2] {
        let raw = perform(numbers, operation, arguments, Some(&other(&bytes)))?;
        ensure!(spelt == raw, "{spelt:?} for the address, {raw:?} for its bytes");
    }
    Ok(spelt)
}

fn perform(
    (family, kind, protocol): (i32, i32, i32),
    operation: &str,
    arguments: &[&str],
    address: Option<&SocketAddress>,
) -> Result<Answer> {
    let number = |at: usize| -> Result<i32> { Ok(arguments.get(at).context("a number")?.parse()?) };
    if operation == "pair" {
        return Ok(nothing(socketpair(family, kind, protocol)));
    }
    let socket = match create(family, kind, protocol) {
        Ok(socket) => socket,
        Err(error) => return Ok(Err(error.into())),
    };
    if let Some(address) = address {
        return Ok(with_address(&socket, operation, address));
    }
    Ok(match operation {
        "socket" => Ok(Vec::new()),
        "listen" => nothing(socket.listen(number(0)?)),
        "accept" => nothing(socket.accept()),
        "shutdown" => nothing(socket.shutdown(number(0)?)),
        "send" => nothing(socket.send(b"x", number(0)?)),
        "recv" => nothing(socket.recv(9, number(0)?)),
        "getpeername" => nothing(socket.getpeername()),
        "get" => getsockopt_bytes(&socket, number(0)?, number(1)?, number(2)? as u32).map_err(Error::from),
        "set" => {
            let value = OptionValue::Bytes(arguments.get(2).map_or(Ok(Vec::new()), |text| unhex(text))?);
            nothing(setsockopt(&socket, number(0)?, number(1)?, &value))
        }
        "null" => nothing(setsockopt(&socket, number(0)?, number(1)?, &OptionValue::Null(number(2)? as u32))),
        _ => bail!("no such operation"),
    })
}

fn with_address(socket: &Socket, operation: &str, address: &SocketAddress) -> Answer {
    match operation {
        "bind" => nothing(socket.bind(address)),
        "connect" => nothing(socket.connect(address)),
        _ => nothing(socket.sendto(b"x", 0, address)),
    }
}

fn nothing<T, E: Into<Error>>(result: Result<T, E>) -> Answer {
    result.map(|_| Vec::new()).map_err(Into::into)
}

/// The address of those bytes in the case that its family has, if they are all that belongs to it.
fn typed(bytes: &[u8]) -> Result<SocketAddress> {
    let family = i32::from(u16::from_ne_bytes(field(bytes, 0)?));
    let port = || Ok::<_, anyhow::Error>(u16::from_be_bytes(field(bytes, 2)?));
    Ok(match (family, bytes.len()) {
        (AF_UNSPEC, 16) => SocketAddress::Unspecified,
        (AF_INET, 16) => SocketAddress::Inet(InetAddress { address: field::<4>(bytes, 4)?.into(), port: port()? }),
        (AF_INET6, 28) => SocketAddress::Inet6(Inet6Address {
            address: std::net::Ipv6Addr::from(field::<16>(bytes, 8)?).segments().into(),
            port: port()?,
            flow_info: u32::from_be_bytes(field(bytes, 4)?),
            scope_id: u32::from_ne_bytes(field(bytes, 24)?),
        }),
        (AF_UNIX, _) if bytes.get(2) == Some(&0) => SocketAddress::Unix(bytes[2..].to_vec()),
        (AF_UNIX, _) => SocketAddress::Unix(bytes[2..].strip_suffix(&[0]).unwrap_or(&bytes[2..]).to_vec()),
        (AF_NETLINK, 12) => SocketAddress::Netlink(NetlinkAddress {
            pid: u32::from_ne_bytes(field(bytes, 4)?),
            groups: u32::from_ne_bytes(field(bytes, 8)?),
        }),
        _ => other(bytes),
    })
}

fn other(bytes: &[u8]) -> SocketAddress {
    SocketAddress::Other(OtherAddress { family: u16::from_ne_bytes([bytes[0], bytes[1]]), bytes: bytes[2..].to_vec() })
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N]> {
    Ok(bytes.get(at..at + N).context("too short an address")?.try_into()?)
}
