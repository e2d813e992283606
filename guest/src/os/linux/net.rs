//! What Linux alone has: [`std::os::linux::net`](https://doc.rust-lang.org/std/os/linux/net/).

use std::io;
use std::time::Duration;

use berkeley_constants::{IPPROTO_TCP, TCP_DEFER_ACCEPT, TCP_QUICKACK};

use crate::net::{TcpStream, common};
use crate::os::unix::net::{SocketAddr, UnixDatagram, UnixStream};
use crate::poll::AsSocket;

/// Addresses of Linux's abstract namespace, as methods of a trait, as `std` has them. [`SocketAddr`] has them itself.
pub trait SocketAddrExt: Sized {
    /// As [`SocketAddr::from_abstract_name`].
    fn from_abstract_name<N: AsRef<[u8]>>(name: N) -> io::Result<SocketAddr>;
    /// As [`SocketAddr::as_abstract_name`].
    fn as_abstract_name(&self) -> Option<&[u8]>;
}

impl SocketAddrExt for SocketAddr {
    fn from_abstract_name<N: AsRef<[u8]>>(name: N) -> io::Result<SocketAddr> {
        Self::from_abstract_name(name)
    }

    fn as_abstract_name(&self) -> Option<&[u8]> {
        self.as_abstract_name()
    }
}

/// Linux's options of TCP.
///
/// ```no_run
/// use berkeley_guest::net::TcpStream;
/// use berkeley_guest::os::linux::net::TcpStreamExt;
///
/// let stream = TcpStream::connect("127.0.0.1:7")?;
/// stream.set_quickack(false)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait TcpStreamExt {
    /// Sets whether what comes is acknowledged at once: TCP_QUICKACK. Linux goes back to its own choice later.
    fn set_quickack(&self, quickack: bool) -> io::Result<()>;
    /// Whether what comes is acknowledged at once.
    fn quickack(&self) -> io::Result<bool>;
    /// Sets how long a listener waits for a connection's first data before it gives the connection: TCP_DEFER_ACCEPT, in
    /// whole seconds.
    fn set_deferaccept(&self, accept: Duration) -> io::Result<()>;
    /// How long a listener waits for a connection's first data; the kernel may have rounded it.
    fn deferaccept(&self) -> io::Result<Duration>;
}

impl TcpStreamExt for TcpStream {
    fn set_quickack(&self, quickack: bool) -> io::Result<()> {
        common::set_flag(self.as_socket(), IPPROTO_TCP, TCP_QUICKACK, quickack)
    }

    fn quickack(&self) -> io::Result<bool> {
        common::flag(self.as_socket(), IPPROTO_TCP, TCP_QUICKACK)
    }

    fn set_deferaccept(&self, accept: Duration) -> io::Result<()> {
        let seconds = accept.as_secs().try_into().unwrap_or(u32::MAX);
        common::set_number(self.as_socket(), IPPROTO_TCP, TCP_DEFER_ACCEPT, seconds)
    }

    fn deferaccept(&self) -> io::Result<Duration> {
        let seconds = common::number(self.as_socket(), IPPROTO_TCP, TCP_DEFER_ACCEPT)?;
        Ok(Duration::from_secs(seconds.into()))
    }
}

/// Linux's options of unix sockets.
pub trait UnixSocketExt {
    /// Whether messages come with their senders' credentials: SO_PASSCRED.
    fn passcred(&self) -> io::Result<bool>;
    /// Sets whether messages come with their senders' credentials, which
    /// [`SocketAncillary`](crate::os::unix::net::SocketAncillary) then has.
    fn set_passcred(&self, passcred: bool) -> io::Result<()>;
}

macro_rules! unix_sockets {
    ($($name:ident),+) => {
        $(impl UnixSocketExt for $name {
            fn passcred(&self) -> io::Result<bool> {
                self.passcred()
            }

            fn set_passcred(&self, passcred: bool) -> io::Result<()> {
                self.set_passcred(passcred)
            }
        })+
    };
}
unix_sockets!(UnixStream, UnixDatagram);
