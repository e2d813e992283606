//! `--socket`: sockets that are open before the guest starts.

mod inherit;
mod unix;

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use berkeley_host::OwnedSocket;
use socket2::Type;

pub(crate) use inherit::inherited;

/// `NAME=KIND:ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    name: String,
    place: Place,
}

/// `KIND:ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
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
    UnixSeqpacketListen,
    UnixSeqpacketConnect,
    Fd,
}

const KINDS: &[(&str, Kind)] = &[
    ("tcp-listen", Kind::TcpListen),
    ("tcp-connect", Kind::TcpConnect),
    ("udp", Kind::Udp),
    ("unix-listen", Kind::UnixListen),
    ("unix-connect", Kind::UnixConnect),
    ("unix-datagram", Kind::UnixDatagram),
    ("unix-seqpacket-listen", Kind::UnixSeqpacketListen),
    ("unix-seqpacket-connect", Kind::UnixSeqpacketConnect),
    ("fd", Kind::Fd),
];

impl FromStr for Spec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, place) = text.split_once('=').ok_or_else(|| {
            format!("write NAME={EXAMPLE}, such as http={EXAMPLE}").replacen(EXAMPLE, "KIND:ADDRESS", 1)
        })?;
        Self::new(name, place.parse()?)
    }
}

const EXAMPLE: &str = "tcp-listen:127.0.0.1:8080";

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || KINDS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let form = || format!("write KIND:ADDRESS, such as {EXAMPLE}; kinds: {}", known());
        let (kind, address) = text.split_once(':').ok_or_else(form)?;
        let (_, kind) = KINDS.iter().find(|(known, _)| *known == kind).ok_or_else(form)?;
        kind.check(address)?;
        Ok(Self { kind: *kind, address: address.to_owned() })
    }
}

impl Kind {
    /// Whether it is about a path, or a name behind an `@`.
    fn is_unix(self) -> bool {
        !matches!(self, Self::TcpListen | Self::TcpConnect | Self::Udp | Self::Fd)
    }

    /// Refuses what can be no such address, whatever there is.
    fn check(self, address: &str) -> Result<(), String> {
        match self {
            Self::Fd if address.parse::<i32>().is_ok() => Ok(()),
            Self::Fd => Err(format!("`{address}` is no descriptor's number")),
            _ if self.is_unix() && matches!(address, "" | "@") => Err("a path is needed, or @ and a name".into()),
            _ if self.is_unix() && address.contains('\0') => Err("a path has no byte 0".into()),
            _ if self.is_unix() => Ok(()),
            _ => match address.rsplit_once(':') {
                Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => Ok(()),
                _ => Err(format!("`{address}` is no HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080")),
            },
        }
    }
}

impl Spec {
    /// The socket of that name, which there must be.
    pub(crate) fn new(name: &str, place: Place) -> Result<Self, String> {
        if name.is_empty() {
            return Err("a socket needs a name, by which the guest finds it: write NAME=KIND:ADDRESS".into());
        }
        Ok(Self { name: name.to_owned(), place })
    }

    /// The name that the guest finds it by.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The same, whose path, if it is relative, is seen from that directory.
    pub(crate) fn seen_from(mut self, directory: &Path) -> Self {
        let Place { kind, address } = &mut self.place;
        if kind.is_unix() && !address.starts_with('@') {
            *address = directory.join(&address).display().to_string();
        }
        self
    }

    /// Whether it is one that this process was started with, to be taken before anything else is opened.
    pub(crate) fn is_inherited(&self) -> bool {
        self.place.kind == Kind::Fd
    }

    /// What is asked of a policy that bounds what may be opened; none for a descriptor.
    pub(crate) fn question(&self) -> Result<Option<String>> {
        let Place { kind, address } = &self.place;
        let numeric = || match address.parse::<SocketAddr>() {
            Ok(_) => Ok(address),
            Err(_) => {
                bail!("--socket {}: what is bounded must be told by its address and port, not by a name", self.name)
            }
        };
        Ok(Some(match kind {
            Kind::TcpListen => format!("listen tcp {}", numeric()?),
            Kind::TcpConnect => format!("connect tcp {}", numeric()?),
            Kind::Udp => format!("bind udp {}", numeric()?),
            Kind::UnixListen | Kind::UnixDatagram | Kind::UnixSeqpacketListen => format!("listen {address}"),
            Kind::UnixConnect | Kind::UnixSeqpacketConnect => format!("connect {address}"),
            Kind::Fd => return Ok(None),
        }))
    }

    /// Opens it.
    pub(crate) fn open(&self) -> Result<OwnedSocket> {
        let Self { name, place: Place { kind, address } } = self;
        let opened = match kind {
            Kind::TcpListen => TcpListener::bind(address).inspect(|it| self.announce(it.local_addr())).map(Into::into),
            Kind::TcpConnect => TcpStream::connect(address).map(Into::into),
            Kind::Udp => UdpSocket::bind(address).inspect(|it| self.announce(it.local_addr())).map(Into::into),
            Kind::UnixListen => unix::listen(address, Type::STREAM),
            Kind::UnixConnect => unix::connect(address, Type::STREAM),
            Kind::UnixDatagram => unix::bind(address, Type::DGRAM).map(Into::into),
            Kind::UnixSeqpacketListen => unix::listen(address, Type::SEQPACKET),
            Kind::UnixSeqpacketConnect => unix::connect(address, Type::SEQPACKET),
            // Its form was looked at before.
            Kind::Fd => inherited(address.parse().unwrap_or(-1)),
        };
        opened.with_context(|| format!("--socket {name}: cannot open {address}"))
    }

    /// Tells the port that the system chose, if it was to choose.
    fn announce(&self, local: io::Result<SocketAddr>) {
        if self.place.address.ends_with(":0")
            && let Ok(local) = local
        {
            crate::tell::tell!("the socket {} is at {local}", self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_is_named_and_described() {
        let spec: Spec = "http=tcp-listen:127.0.0.1:0".parse().expect("a socket");
        assert_eq!(spec.name(), "http");
        assert_eq!(spec.place, Place { kind: Kind::TcpListen, address: "127.0.0.1:0".into() });
        assert!(spec.open().is_ok());
        for bad in [
            "http",
            "http=tcp-listen",
            "http=ftp:a",
            "http=fd:x",
            "http=fd:0",
            "http=tcp-listen:nowhere",
            "http=udp::80",
            "http=unix-listen:",
            "http=unix-listen:@",
            "=udp:127.0.0.1:0",
        ] {
            let opened = bad.parse::<Spec>().map(|spec| spec.open().is_ok());
            assert!(!matches!(opened, Ok(true)), "{bad}");
        }
    }

    #[test]
    fn paths_are_seen_from_a_directory() {
        let from = |text: &str| text.parse::<Spec>().expect(text).seen_from(Path::new("/there")).place.address;
        assert_eq!(from("a=unix-listen:run/s"), "/there/run/s");
        assert_eq!(from("a=unix-datagram:/run/s"), "/run/s");
        assert_eq!(from("a=unix-seqpacket-connect:@s"), "@s");
        assert_eq!(from("a=udp:localhost:1"), "localhost:1");
    }
}
