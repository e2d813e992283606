//! `--socket`: sockets that are open before the guest starts.

use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use berkeley_host::OwnedSocket;

/// `NAME=KIND:ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    name: String,
    kind: Kind,
    address: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    TcpListen,
    TcpConnect,
    Udp,
    UnixListen,
    UnixConnect,
    UnixDatagram,
    Fd,
}

const KINDS: &[(&str, Kind)] = &[
    ("tcp-listen", Kind::TcpListen),
    ("tcp-connect", Kind::TcpConnect),
    ("udp", Kind::Udp),
    ("unix-listen", Kind::UnixListen),
    ("unix-connect", Kind::UnixConnect),
    ("unix-datagram", Kind::UnixDatagram),
    ("fd", Kind::Fd),
];

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let form = || format!("write NAME=KIND:ADDRESS, such as http=tcp-listen:127.0.0.1:8080; kinds: {}", known());
        let (name, what) = text.split_once('=').ok_or_else(form)?;
        let (kind, address) = what.split_once(':').ok_or_else(form)?;
        let (_, kind) = KINDS.iter().find(|(known, _)| *known == kind).ok_or_else(form)?;
        Ok(Self { name: name.to_owned(), kind: *kind, address: address.to_owned() })
    }
}

impl Spec {
    /// The name that the guest finds it by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<OwnedSocket> {
        let Self { name, kind, address } = self;
        let opened = match kind {
            Kind::TcpListen => TcpListener::bind(address).inspect(|it| self.announce(it.local_addr())).map(Into::into),
            Kind::TcpConnect => TcpStream::connect(address).map(Into::into),
            Kind::Udp => UdpSocket::bind(address).inspect(|it| self.announce(it.local_addr())).map(Into::into),
            Kind::UnixListen => unix::listener(address),
            Kind::UnixConnect => unix::stream(address),
            Kind::UnixDatagram => unix::datagram(address),
            Kind::Fd => match address.parse() {
                Ok(number) => inherited(number),
                Err(_) => bail!("--socket {name}: `{address}` is no descriptor's number"),
            },
        };
        opened.with_context(|| format!("--socket {name}: cannot open {address}"))
    }

    /// Tells the port that the system chose, if it was to choose.
    fn announce(&self, local: io::Result<std::net::SocketAddr>) {
        if self.address.ends_with(":0")
            && let Ok(local) = local
        {
            eprintln!("berkeley: the socket {} is at {local}", self.name);
        }
    }
}

/// Unix sockets, which the standard library has.
#[cfg(unix)]
mod unix {
    use std::io;
    use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};

    use berkeley_host::OwnedSocket;

    pub(super) fn listener(path: &str) -> io::Result<OwnedSocket> {
        UnixListener::bind(path).map(Into::into)
    }

    pub(super) fn stream(path: &str) -> io::Result<OwnedSocket> {
        UnixStream::connect(path).map(Into::into)
    }

    pub(super) fn datagram(path: &str) -> io::Result<OwnedSocket> {
        UnixDatagram::bind(path).map(Into::into)
    }
}

/// Unix sockets, which Windows has though the standard library does not: streams, and no datagrams.
#[cfg(windows)]
#[allow(clippy::disallowed_methods, reason = "what the person who runs the guest asks for is under no policy")]
mod unix {
    use std::io;

    use berkeley_host::OwnedSocket;
    use socket2::{Domain, SockAddr, Socket, Type};

    pub(super) fn listener(path: &str) -> io::Result<OwnedSocket> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        socket.listen(128)?;
        Ok(socket.into())
    }

    pub(super) fn stream(path: &str) -> io::Result<OwnedSocket> {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.connect(&SockAddr::unix(path)?)?;
        Ok(socket.into())
    }

    pub(super) fn datagram(path: &str) -> io::Result<OwnedSocket> {
        let socket = Socket::new(Domain::UNIX, Type::DGRAM, None)?;
        socket.bind(&SockAddr::unix(path)?)?;
        Ok(socket.into())
    }
}

/// Linux alone gives a program what it was started with, without trusting it to name what is its own.
#[cfg(not(target_os = "linux"))]
fn inherited(_: i32) -> io::Result<OwnedSocket> {
    Err(io::Error::new(
        io::ErrorKind::Unsupported,
        "only on Linux is a socket taken that this process was started with",
    ))
}

/// A duplicate of the descriptor of that number, which this process was started with.
///
/// EBADF: there is none, or it is one of the standard three.
#[cfg(target_os = "linux")]
fn inherited(number: i32) -> io::Result<OwnedSocket> {
    use rustix::process::{PidfdFlags, PidfdGetfdFlags, getpid, pidfd_getfd, pidfd_open};
    if number <= 2 {
        return Err(rustix::io::Errno::BADF.into());
    }
    let this = pidfd_open(getpid(), PidfdFlags::empty())?;
    Ok(pidfd_getfd(this, number, PidfdGetfdFlags::empty())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_named_and_described() {
        let spec: Spec = "http=tcp-listen:127.0.0.1:0".parse().expect("a socket");
        assert_eq!((spec.name(), spec.kind, spec.address.as_str()), ("http", Kind::TcpListen, "127.0.0.1:0"));
        assert!(spec.open().is_ok());
        for bad in ["http", "http=tcp-listen", "http=ftp:a", "http=fd:x", "http=fd:0", "http=tcp-listen:nowhere"] {
            let opened = bad.parse::<Spec>().map(|spec| spec.open().is_ok());
            assert!(!matches!(opened, Ok(true)), "{bad}");
        }
    }
}
