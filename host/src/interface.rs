//! Network interfaces and the host's name: net/if.h, gethostname(2), vsock(7).

use std::net::IpAddr;

use crate::address::{Address, Interfaces, RawAddress};
use crate::error::{Errno, Result};
use crate::sys;

/// The interfaces of this machine.
struct Own;

impl Interfaces for Own {
    fn index_of(&self, name: &[u8]) -> Result<u32> {
        index_of(name)
    }

    fn name_of(&self, index: u32) -> Result<Vec<u8>> {
        name_of(index)
    }
}

impl Address {
    /// The address as the kernel of this machine takes it.
    ///
    /// EINVAL: a unix path that is too long or holds a NUL, a name or hardware address that does not fit, a zero
    /// family in raw bytes. ENODEV: no interface of that name. EAFNOSUPPORT: a family that Linux does not have.
    pub fn encode(&self) -> Result<RawAddress> {
        self.encode_with(&Own)
    }

    /// What the bytes of this machine's kernel mean to a socket of that protocol; none where there are no bytes.
    pub fn decode(raw: &RawAddress, protocol: i32) -> Option<Self> {
        Self::decode_with(raw, protocol, &Own)
    }
}

/// The index of the interface of that name: if_nametoindex(3). ENODEV.
pub(crate) fn index_of(name: &[u8]) -> Result<u32> {
    let name = sys::c_string(name).map_err(|_| Errno::ENODEV)?;
    Ok(sys::if_nametoindex(&name)?)
}

/// The name of the interface of that index: if_indextoname(3). ENXIO.
pub(crate) fn name_of(index: u32) -> Result<Vec<u8>> {
    Ok(sys::if_indextoname(index)?)
}

/// All interfaces, by index and name: if_nameindex(3).
pub(crate) fn all() -> Result<Vec<(u32, Vec<u8>)>> {
    Ok(sys::if_nameindex()?)
}

/// The internet addresses that this machine's interfaces have: getifaddrs(3).
pub(crate) fn addresses() -> Result<Vec<IpAddr>> {
    Ok(sys::addresses()?)
}

/// The host's name: gethostname(2).
pub(crate) fn hostname() -> Result<Vec<u8>> {
    Ok(sys::gethostname()?)
}

/// Sets the host's name: sethostname(2). EPERM, EINVAL.
pub(crate) fn set_hostname(name: &[u8]) -> Result<()> {
    Ok(sys::sethostname(name)?)
}

/// The machine's context id among virtual machines: vsock(7). ENODEV.
pub(crate) fn local_cid() -> Result<u32> {
    Ok(sys::local_cid()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn every_interface_is_listed_and_found() {
        let all = all().expect("a list");
        assert!(!all.is_empty(), "the loopback interface at least");
        for (index, name) in all {
            assert_eq!((index_of(&name), name_of(index)), (Ok(index), Ok(name.clone())), "{}", name.escape_ascii());
        }
        #[cfg(target_os = "linux")]
        assert!(index_of(b"lo").is_ok());
    }

    #[test]
    fn the_loopback_address_is_one_of_this_machines() {
        let addresses = addresses().expect("a list");
        assert!(addresses.contains(&std::net::Ipv4Addr::LOCALHOST.into()), "{addresses:?}");
    }

    #[test]
    fn unknown_interfaces_get_the_systems_answers() {
        assert_eq!(index_of(b"no-such-iface"), Err(Error::Os(Errno::ENODEV)));
        assert_eq!(index_of(b"l\0o"), Err(Error::Os(Errno::ENODEV)));
        assert_eq!(name_of(0xffff_ffff), Err(Error::Os(Errno::ENXIO)));
    }
}
