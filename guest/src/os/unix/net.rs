//! Unix sockets in the shapes of [`std::os::unix::net`](https://doc.rust-lang.org/std/os/unix/net/): change the `use`
//! and a program runs.
//!
//! What [`net`](crate::net) says of blocking and of time limits holds here too. Names of Linux's abstract namespace are
//! at hand without a trait of their own.

use std::fmt;
use std::io;
use std::path::Path;

use berkeley_constants::{AF_UNIX, SOCK_DGRAM, SOCK_STREAM};

use crate::address::{Address, ToAddress};
use crate::error::{Error, Result};
use crate::net::common::{self, share};
use crate::socket::{DEFAULT_BACKLOG, Socket};

/// The bytes of the address structure that are the path's; a path needs a NUL behind it, an abstract name before it.
const ROOM: usize = 108;

/// The address of a unix socket: a path, an abstract name, or nothing.
///
/// ```
/// use berkeley_guest::os::unix::net::SocketAddr;
///
/// let address = SocketAddr::from_pathname("/run/socket")?;
/// assert_eq!(address.as_pathname(), Some("/run/socket".as_ref()));
/// let address = SocketAddr::from_abstract_name("name")?;
/// assert_eq!(address.as_abstract_name(), Some("name".as_ref()));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct SocketAddr(Vec<u8>);

impl SocketAddr {
    /// The address of that path. `InvalidInput` for a path with a NUL, or of more than 107 bytes.
    pub fn from_pathname<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        let bytes = path.as_ref().as_os_str().as_encoded_bytes();
        if bytes.contains(&0) {
            return Err(Error::Invalid("a path must not contain a NUL").into());
        }
        if bytes.len() >= ROOM {
            return Err(Error::Invalid("a unix socket's path may have at most 107 bytes").into());
        }
        Ok(Self(bytes.to_vec()))
    }

    /// The address of that name in Linux's abstract namespace, without the leading NUL. `InvalidInput` for a name of
    /// more than 107 bytes.
    pub fn from_abstract_name<N: AsRef<[u8]>>(name: N) -> io::Result<Self> {
        let name = name.as_ref();
        if name.len() >= ROOM {
            return Err(Error::Invalid("an abstract name may have at most 107 bytes").into());
        }
        Ok(Self([&[0], name].concat()))
    }

    /// The path, if it is one. One that is not UTF-8, which a host may have, is none here; [`Address`] tells its
    /// bytes.
    pub fn as_pathname(&self) -> Option<&Path> {
        match self.0.first()? {
            0 => None,
            _ => std::str::from_utf8(&self.0).ok().map(Path::new),
        }
    }

    /// The abstract name, if it is one, without the leading NUL.
    pub fn as_abstract_name(&self) -> Option<&[u8]> {
        self.0.strip_prefix(&[0])
    }

    /// Whether it has neither a path nor a name, as a socket that was not bound.
    pub fn is_unnamed(&self) -> bool {
        self.0.is_empty()
    }
}

/// As in `std`: `"/run/socket" (pathname)`, `"name" (abstract)`, `(unnamed)`.
impl fmt::Debug for SocketAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [] => f.write_str("(unnamed)"),
            [0, name @ ..] => write!(f, "\"{}\" (abstract)", name.escape_ascii()),
            path => match self.as_pathname() {
                Some(path) => write!(f, "{path:?} (pathname)"),
                None => write!(f, "\"{}\" (pathname)", path.escape_ascii()),
            },
        }
    }
}

/// The unix address in it; [`Address::Unspecified`] is an unnamed one. [`Error::Invalid`] for other families.
impl TryFrom<Address> for SocketAddr {
    type Error = Error;

    fn try_from(address: Address) -> Result<Self> {
        match address {
            Address::Unix(bytes) => Ok(Self(bytes)),
            Address::Unspecified => Ok(Self(Vec::new())),
            _ => Err(Error::Invalid("not a unix address")),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Unix(address.0)
    }
}

impl ToAddress for SocketAddr {
    fn to_address(&self, family: i32) -> Result<Address> {
        self.0.to_address(family)
    }
}

/// A connection between unix sockets.
///
/// ```no_run
/// use std::io::{Read, Write};
/// use berkeley_guest::os::unix::net::UnixStream;
///
/// let (mut left, mut right) = UnixStream::pair()?;
/// left.write_all(b"hello")?;
/// let mut buffer = [0; 5];
/// right.read_exact(&mut buffer)?;
///
/// let stream = UnixStream::connect("/run/socket")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixStream(Socket);

impl UnixStream {
    /// Connects to the listener at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`.
    pub fn connect<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::connect_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Connects to the listener at the address. `ConnectionRefused`, `PermissionDenied`.
    pub fn connect_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        let socket = common::create(AF_UNIX, SOCK_STREAM)?;
        socket.connect(socket_addr)?;
        Ok(Self(socket))
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        common::pair(AF_UNIX, SOCK_STREAM)
    }
}

share!(UnixStream(SocketAddr): socket, peer, shutdown, stream);

/// Takes connections of unix sockets.
///
/// ```no_run
/// use berkeley_guest::os::unix::net::UnixListener;
///
/// let listener = UnixListener::bind("/run/socket")?;
/// for stream in &listener {
///     println!("{:?}", stream?);
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixListener(Socket);

impl UnixListener {
    /// Listens at the path, where a new file comes to be, which stays. `AddrInUse` if there is one, `NotFound`,
    /// `PermissionDenied`.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Listens at the address. `AddrInUse`, `PermissionDenied`.
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        let socket = bound(SOCK_STREAM, socket_addr)?;
        socket.listen(DEFAULT_BACKLOG)?;
        Ok(Self(socket))
    }
}

share!(UnixListener(SocketAddr): socket, listener: UnixStream);

impl<'a> IntoIterator for &'a UnixListener {
    type Item = io::Result<UnixStream>;
    type IntoIter = Incoming<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.incoming()
    }
}

/// A unix socket for datagrams.
///
/// ```no_run
/// use berkeley_guest::os::unix::net::UnixDatagram;
///
/// let (left, right) = UnixDatagram::pair()?;
/// left.send(b"hello")?;
/// let mut buffer = [0; 100];
/// assert_eq!(right.recv(&mut buffer)?, 5);
///
/// let socket = UnixDatagram::unbound()?;
/// socket.send_to(b"hello", "/run/socket")?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct UnixDatagram(Socket);

impl UnixDatagram {
    /// Makes one that is bound to the path, where a new file comes to be, which stays. `AddrInUse` if there is one,
    /// `NotFound`, `PermissionDenied`.
    pub fn bind<P: AsRef<Path>>(path: P) -> io::Result<Self> {
        Self::bind_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Makes one that is bound to the address. `AddrInUse`, `PermissionDenied`.
    pub fn bind_addr(socket_addr: &SocketAddr) -> io::Result<Self> {
        Ok(Self(bound(SOCK_DGRAM, socket_addr)?))
    }

    /// Makes one without an address.
    pub fn unbound() -> io::Result<Self> {
        Ok(Self(common::create(AF_UNIX, SOCK_DGRAM)?))
    }

    /// Makes two that are connected with each other.
    pub fn pair() -> io::Result<(Self, Self)> {
        common::pair(AF_UNIX, SOCK_DGRAM)
    }

    /// Sets the peer to send to and to receive from: the one at the path. `NotFound`, `ConnectionRefused`,
    /// `PermissionDenied`.
    pub fn connect<P: AsRef<Path>>(&self, path: P) -> io::Result<()> {
        self.connect_addr(&SocketAddr::from_pathname(path)?)
    }

    /// Sets the peer to send to and to receive from. `ConnectionRefused`, `PermissionDenied`.
    pub fn connect_addr(&self, socket_addr: &SocketAddr) -> io::Result<()> {
        Ok(self.0.connect(socket_addr)?)
    }

    /// Sends a datagram to the one at the path. `NotFound`, `ConnectionRefused`, `PermissionDenied`.
    pub fn send_to<P: AsRef<Path>>(&self, buf: &[u8], path: P) -> io::Result<usize> {
        self.send_to_addr(buf, &SocketAddr::from_pathname(path)?)
    }

    /// Sends a datagram to the one at the address. `ConnectionRefused`, `PermissionDenied`.
    pub fn send_to_addr(&self, buf: &[u8], socket_addr: &SocketAddr) -> io::Result<usize> {
        Ok(self.0.sendto(buf, socket_addr)?)
    }
}

share!(UnixDatagram(SocketAddr): socket, peer, shutdown, datagram);

/// A socket that is bound to the address.
fn bound(r#type: i32, address: &SocketAddr) -> Result<Socket> {
    let socket = common::create(AF_UNIX, r#type)?;
    socket.bind(address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_as_std_shows_it() {
        let address = SocketAddr::from_pathname("/run/socket").unwrap();
        assert_eq!(address.as_pathname(), Some(Path::new("/run/socket")));
        assert_eq!((address.as_abstract_name(), address.is_unnamed()), (None, false));
        assert_eq!(format!("{address:?}"), "\"/run/socket\" (pathname)");
    }

    #[test]
    fn an_abstract_name_has_no_leading_nul() {
        let address = SocketAddr::from_abstract_name(b"a\0b").unwrap();
        assert_eq!(address.as_abstract_name(), Some(&b"a\0b"[..]));
        assert_eq!((address.as_pathname(), address.is_unnamed()), (None, false));
        assert_eq!(format!("{address:?}"), "\"a\\x00b\" (abstract)");
        assert_eq!(Address::from(address), Address::Unix(b"\0a\0b".to_vec()));
    }

    #[test]
    fn what_tells_no_address_is_unnamed() {
        for address in [Address::Unspecified, Address::Unix(Vec::new())] {
            let address = SocketAddr::try_from(address).unwrap();
            assert!(address.is_unnamed() && address.as_pathname().is_none() && address.as_abstract_name().is_none());
            assert_eq!(format!("{address:?}"), "(unnamed)");
        }
        let address = "127.0.0.1:80".parse::<std::net::SocketAddr>().unwrap();
        assert!(SocketAddr::try_from(Address::from(address)).is_err());
    }

    #[test]
    fn a_path_that_is_not_utf8_keeps_its_bytes() {
        let address = SocketAddr::try_from(Address::Unix(b"/\xff".to_vec())).unwrap();
        assert_eq!((address.as_pathname(), address.is_unnamed()), (None, false));
        assert_eq!(format!("{address:?}"), "\"/\\xff\" (pathname)");
        assert_eq!(address.to_address(AF_UNIX), Ok(Address::Unix(b"/\xff".to_vec())));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(SocketAddr::from_pathname("x".repeat(107)).is_ok());
        assert!(SocketAddr::from_abstract_name("x".repeat(107)).is_ok());
        for refused in [
            SocketAddr::from_pathname("x".repeat(108)),
            SocketAddr::from_pathname("a\0b"),
            SocketAddr::from_abstract_name("x".repeat(108)),
        ] {
            assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput);
        }
    }
}
