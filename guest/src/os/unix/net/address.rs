//! Addresses of unix sockets.

use std::fmt::{self, Write};
use std::io;
use std::path::Path;

use crate::address::{Address, ToAddress};
use crate::error::{Error, Result};

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
            [0, name @ ..] => write!(f, "{} (abstract)", Quoted(name)),
            path => match self.as_pathname() {
                Some(path) => write!(f, "{path:?} (pathname)"),
                None => write!(f, "{} (pathname)", Quoted(path)),
            },
        }
    }
}

/// Bytes in quotes, as `std` writes a text that may not be UTF-8.
struct Quoted<'a>(&'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for chunk in self.0.utf8_chunks() {
            for ch in chunk.valid().chars() {
                match ch {
                    '\0' => f.write_str("\\0")?,
                    '\x01'..='\x7f' => write!(f, "{}", (ch as u8).escape_ascii())?,
                    ch => write!(f, "{}", ch.escape_debug())?,
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        f.write_char('"')
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

#[cfg(test)]
mod tests {
    use berkeley_constants::AF_UNIX;

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
        assert_eq!(format!("{address:?}"), "\"a\\0b\" (abstract)");
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
