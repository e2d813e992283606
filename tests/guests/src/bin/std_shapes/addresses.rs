//! What becomes an address.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::{option, vec};

use anyhow::{Context, Result, ensure};
use berkeley_guest::net::{self, TcpListener, TcpStream, UdpSocket};
use berkeley_guest::os::unix::net::UnixStream;

use crate::LOOPBACK;

pub(crate) fn impossible() -> Result<()> {
    for at in ["local\0host:80", "\0:80", "localhost\0:80"] {
        let error = TcpStream::connect(at).err().context("there is a NUL in it")?;
        ensure!(error.kind() == ErrorKind::InvalidInput, "{error:?}");
        let error = net::ToSocketAddrs::to_socket_addrs(at).err().context("there is a NUL in it")?;
        ensure!(error.kind() == ErrorKind::InvalidInput, "{error:?}");
    }
    let error = TcpStream::connect(("local\0host", 80)).err().context("there is a NUL in it")?;
    ensure!(error.kind() == ErrorKind::InvalidInput, "{error:?}");
    let error = UnixStream::connect("\0name").err().context("there is a NUL in it")?;
    ensure!(error.kind() == ErrorKind::InvalidInput, "{error:?}");
    Ok(())
}

/// Connects by what `std`'s trait is implemented for, which says nothing of this crate.
fn dial<A: std::net::ToSocketAddrs>(address: A) -> io::Result<SocketAddr> {
    TcpStream::connect(address)?.peer_addr()
}

fn dial_ours<A: net::ToSocketAddrs>(address: A) -> io::Result<SocketAddr> {
    TcpStream::connect(address)?.peer_addr()
}

struct Std(SocketAddr);

impl std::net::ToSocketAddrs for Std {
    type Iter = option::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        std::net::ToSocketAddrs::to_socket_addrs(&self.0)
    }
}

struct Ours(String);

impl net::ToSocketAddrs for Ours {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        net::ToSocketAddrs::to_socket_addrs(&self.0)
    }
}

#[expect(clippy::needless_borrows_for_generic_args, reason = "references are what is tried")]
pub(crate) fn generic() -> Result<()> {
    let listener = TcpListener::bind(LOOPBACK)?;
    let at = listener.local_addr()?;
    let (text, port) = (format!("localhost:{}", at.port()), at.port());
    let found = [
        dial(at),
        dial(&at),
        dial((at.ip(), port)),
        dial(&[at][..]),
        dial(text.as_str()),
        dial(&text.as_str()),
        dial(&text),
        dial(text.clone()),
        dial(("localhost", port)),
        dial(&&("localhost", port)),
        dial(("localhost".to_owned(), port)),
        dial(&("localhost".to_owned(), port)),
        dial(Std(at)),
        dial(&Std(at)),
        dial_ours(Std(at)),
        dial_ours(Ours(text.clone())),
        dial_ours(text.as_str()),
    ];
    for (which, found) in found.into_iter().enumerate() {
        let found = found.with_context(|| format!("the address of number {which}"))?;
        ensure!(found == at, "{which}: {found}");
    }
    let socket = UdpSocket::bind(LOOPBACK)?;
    let error = socket.send_to(b"x", &[][..] as &[SocketAddr]).err().context("there is nobody")?;
    ensure!(error.kind() == ErrorKind::InvalidInput, "{error}");
    Ok(())
}
