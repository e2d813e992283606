//! What becomes socket addresses.

use std::io;
use std::iter::Copied;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::{option, slice, vec};

use berkeley_constants::SOCK_STREAM;

use crate::error::{Error, Result};
use crate::netdb::{Hints, getaddrinfo};

/// What becomes socket addresses, by a look-up if need be: [`std::net::ToSocketAddrs`], for the same types.
///
/// ```no_run
/// use berkeley_guest::net::ToSocketAddrs;
///
/// for address in "example.com:443".to_socket_addrs()? {
///     println!("{address}");
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait ToSocketAddrs {
    /// Gives the addresses, one after the other.
    type Iter: Iterator<Item = SocketAddr>;

    /// The addresses. `InvalidInput` for what is malformed; `NotFound` and others where the look-up fails.
    fn to_socket_addrs(&self) -> io::Result<Self::Iter>;
}

/// For what is one address already.
macro_rules! one_address {
    ($($from:ty),+) => {
        $(impl ToSocketAddrs for $from {
            type Iter = option::IntoIter<SocketAddr>;

            fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
                Ok(Some(SocketAddr::from(*self)).into_iter())
            }
        })+
    };
}
one_address!(SocketAddr, SocketAddrV4, SocketAddrV6, (IpAddr, u16), (Ipv4Addr, u16), (Ipv6Addr, u16));

impl ToSocketAddrs for (&str, u16) {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let (host, port) = *self;
        if let Ok(ip) = host.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(ip, port)].into_iter());
        }
        let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
        let infos = getaddrinfo(Some(host), Some(port.into()), hints)?;
        let addresses: Vec<_> = infos.iter().filter_map(|info| info.address.as_socket_addr()).collect();
        Ok(addresses.into_iter())
    }
}

impl ToSocketAddrs for (String, u16) {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        (self.0.as_str(), self.1).to_socket_addrs()
    }
}

/// A host and a port: `example.com:80`, `127.0.0.1:80`, `[::1]:80`.
impl ToSocketAddrs for str {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        match self.parse() {
            Ok(address) => Ok(vec![address].into_iter()),
            Err(_) => host_and_port(self)?.to_socket_addrs(),
        }
    }
}

/// A host and a port: `example.com:80`, `127.0.0.1:80`, `[::1]:80`.
impl ToSocketAddrs for String {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        self.as_str().to_socket_addrs()
    }
}

impl<'a> ToSocketAddrs for &'a [SocketAddr] {
    type Iter = Copied<slice::Iter<'a, SocketAddr>>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        Ok(self.iter().copied())
    }
}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    type Iter = T::Iter;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        (**self).to_socket_addrs()
    }
}

/// Splits `host:port` at the last colon.
fn host_and_port(text: &str) -> Result<(&str, u16)> {
    let (host, port) = text.rsplit_once(':').ok_or(Error::Invalid("invalid socket address"))?;
    Ok((host, port.parse().map_err(|_| Error::Invalid("invalid port value"))?))
}

/// Tries the addresses in turn until one will do; the error is the last one's.
pub(super) fn first_of<T>(addresses: impl ToSocketAddrs, attempt: impl Fn(&SocketAddr) -> Result<T>) -> io::Result<T> {
    let mut last = Error::Invalid("could not resolve to any addresses");
    for address in addresses.to_socket_addrs()? {
        match attempt(&address) {
            Ok(done) => return Ok(done),
            Err(error) => last = error,
        }
    }
    Err(last.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_and_a_port_part_at_the_last_colon() {
        assert_eq!(host_and_port("example.com:80"), Ok(("example.com", 80)));
        assert_eq!(host_and_port(":0"), Ok(("", 0)));
        assert_eq!(host_and_port("::1:80"), Ok(("::1", 80)));
        for bad in ["", "example.com", "example.com:", "example.com:http", "example.com:65536", "[::1]"] {
            assert!(host_and_port(bad).is_err(), "{bad}");
        }
    }

    fn all(addresses: impl ToSocketAddrs) -> Vec<SocketAddr> {
        addresses.to_socket_addrs().unwrap().collect()
    }

    #[test]
    fn addresses_need_no_look_up() {
        let v4: SocketAddr = "127.0.0.1:80".parse().unwrap();
        let v6: SocketAddr = "[::1]:80".parse().unwrap();
        let scoped = SocketAddr::V6(SocketAddrV6::new("fe80::1".parse().unwrap(), 80, 0, 2));
        assert_eq!(all("127.0.0.1:80"), [v4]);
        assert_eq!(all("[::1]:80".to_string()), [v6]);
        assert_eq!(all("[fe80::1%2]:80"), [scoped]);
        assert_eq!(all(("127.0.0.1", 80)), [v4]);
        assert_eq!(all(("::1".to_string(), 80)), [v6]);
        assert_eq!(all((Ipv4Addr::LOCALHOST, 80)), [v4]);
        assert_eq!(all((v6.ip(), 80)), [v6]);
        assert_eq!(all([v4, v6].as_slice()), [v4, v6]);
        assert_eq!("nonsense".to_socket_addrs().unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn the_first_address_that_will_do_is_taken() {
        let ports = [1, 2, 3].map(|port| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        let from = |least| move |at: &SocketAddr| (at.port() >= least).then_some(at.port()).ok_or(Error::TimedOut);
        assert_eq!(first_of(ports.as_slice(), from(2)).unwrap(), 2);
        assert_eq!(first_of(ports.as_slice(), from(4)).unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(first_of([].as_slice(), from(0)).unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
