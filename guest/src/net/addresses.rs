//! What becomes socket addresses.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::vec;

use berkeley_constants::SOCK_STREAM;

use super::named::{Named, named};
use crate::error::{Error, Result};
use crate::netdb::{Hints, getaddrinfo};

/// What becomes socket addresses, by a look-up if need be: whatever [`std::net::ToSocketAddrs`] is implemented for.
///
/// Names are looked up by Berkeley, not by WASI, which `std` would ask: those in a `&str`, a `String`, a `(&str, u16)` or
/// a `(String, u16)`, in generic code too. A type of a program's own may implement either trait; where it asks `std`
/// itself for a name, `std` answers.
///
/// ```no_run
/// use berkeley_guest::net::{TcpStream, ToSocketAddrs};
///
/// for address in "example.com:443".to_socket_addrs()? {
///     println!("{address}");
/// }
///
/// fn greet(whom: impl std::net::ToSocketAddrs) -> std::io::Result<TcpStream> {
///     TcpStream::connect(whom)
/// }
/// greet(("example.com", 80))?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait ToSocketAddrs {
    /// Gives the addresses, one after the other.
    type Iter: Iterator<Item = SocketAddr>;

    /// The addresses. `InvalidInput` for what is malformed; `NotFound` and others where the look-up fails.
    fn to_socket_addrs(&self) -> io::Result<Self::Iter>;
}

impl<T: std::net::ToSocketAddrs + ?Sized> ToSocketAddrs for T {
    type Iter = vec::IntoIter<SocketAddr>;

    fn to_socket_addrs(&self) -> io::Result<Self::Iter> {
        let addresses = match named(self) {
            Some(Named::Text(text)) => match text.parse() {
                Ok(address) => vec![address],
                Err(_) => host_and_port(text).and_then(|(host, port)| addresses_of(host, port))?,
            },
            Some(Named::Pair(host, port)) => addresses_of(host, port)?,
            None => std::net::ToSocketAddrs::to_socket_addrs(self)?.collect(),
        };
        Ok(addresses.into_iter())
    }
}

/// The addresses of a host, which may be a name.
fn addresses_of(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    if host.contains('\0') {
        return Err(Error::Invalid("a host must not contain a NUL"));
    }
    let hints = Hints { r#type: SOCK_STREAM, ..Hints::default() };
    let infos = getaddrinfo(Some(host), Some(port.into()), hints)?;
    Ok(infos.iter().filter_map(|info| info.address.as_socket_addr()).collect())
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
    use std::net::{Ipv4Addr, SocketAddrV6};

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
        assert_eq!("local\0host:80".to_socket_addrs().unwrap_err().kind(), io::ErrorKind::InvalidInput);
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
