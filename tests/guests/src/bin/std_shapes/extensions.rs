//! What Linux has beyond others.

use std::io::ErrorKind;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use berkeley_guest::net::{TcpListener, TcpStream};
use berkeley_guest::os::linux::net::{SocketAddrExt, TcpStreamExt, UnixSocketExt};
use berkeley_guest::os::unix::net::{SocketAddr, UnixDatagram, UnixStream};

use crate::{LOOPBACK, tcp};

pub(crate) fn options() -> Result<()> {
    let (client, _server) = tcp()?;
    for on in [false, true, false] {
        client.set_quickack(on)?;
        ensure!(client.quickack()? == on);
    }
    client.set_deferaccept(Duration::from_secs(1))?;
    ensure!(client.deferaccept()? == Duration::from_secs(1));
    let name = <SocketAddr as SocketAddrExt>::from_abstract_name("name")?;
    ensure!(SocketAddrExt::as_abstract_name(&name) == Some(&b"name"[..]));
    let (stream, other) = UnixStream::pair()?;
    UnixSocketExt::set_passcred(&stream, true)?;
    ensure!(UnixSocketExt::passcred(&stream)? && !other.passcred()?);
    let error = stream.set_mark(1).err().context("it is not granted")?;
    ensure!(error.kind() == ErrorKind::PermissionDenied, "{error}");
    Ok(())
}

pub(crate) fn credentials() -> Result<()> {
    let (left, right) = UnixStream::pair()?;
    let (one, other) = (left.peer_cred()?, right.peer_cred()?);
    ensure!(one == other && one.pid.is_some_and(|pid| pid > 0), "{one:?}");
    let (_, datagrams) = UnixDatagram::pair()?;
    ensure!(!datagrams.passcred()?);
    Ok(())
}

#[expect(deprecated, reason = "std has it still")]
pub(crate) fn incoming() -> Result<()> {
    let listener = TcpListener::bind(LOOPBACK)?;
    let at = listener.local_addr()?;
    let only = listener.only_v6().err().context("it is of IPv4")?;
    let set = listener.set_only_v6(true).err().context("it is of IPv4")?;
    ensure!(only.raw_os_error().is_some() && set.raw_os_error().is_some(), "{only} {set}");
    let clients = [TcpStream::connect(at)?, TcpStream::connect(at)?];
    for (client, stream) in clients.iter().zip(listener.into_incoming()) {
        ensure!(stream?.peer_addr()? == client.local_addr()?);
    }
    ensure!(TcpListener::bind(at).is_ok(), "the listener went with them");
    Ok(())
}
