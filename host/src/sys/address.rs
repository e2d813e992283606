//! Addresses, in the form that `socket2` takes and gives.

use std::ptr;

use socket2::{SockAddr, SockAddrStorage};

use super::own::address::{linux_address, native_address};
use crate::address::{CAPACITY, RawAddress};

// A structure of its own on every system, of the same size.
const _: () = assert!(size_of::<SockAddrStorage>() == CAPACITY);

/// The address in the form that `socket2` takes.
pub(crate) fn to_sockaddr(address: &RawAddress) -> SockAddr {
    let bytes = native_address(address.as_bytes());
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: the storage is a plain structure of CAPACITY bytes, of which any bytes are a valid value, and the address
    // has at most as many.
    unsafe {
        ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut storage).cast(), bytes.len());
        SockAddr::new(storage, bytes.len() as _)
    }
}

/// The address that `socket2` gave.
pub(crate) fn from_sockaddr(address: &SockAddr) -> RawAddress {
    // The kernel tells the address's true length even where it did not fit.
    let len = (address.len() as usize).min(CAPACITY);
    // SAFETY: the storage is a plain structure of CAPACITY bytes, all of which were initialised before the call.
    linux_address(unsafe { std::slice::from_raw_parts(address.as_ptr().cast(), len) })
}
