//! What look-ups answer.

use std::ffi::c_char;

use super::text::{list, text};
use crate::address::RawAddress;

/// One answer of getaddrinfo(3).
pub(crate) struct Info {
    pub(crate) family: i32,
    pub(crate) kind: i32,
    pub(crate) protocol: i32,
    pub(crate) canonical_name: Vec<u8>,
    pub(crate) address: RawAddress,
}

/// A host: its name, its aliases, its addresses in network order.
pub(crate) type Host = (Vec<u8>, Vec<Vec<u8>>, Vec<Vec<u8>>);

/// The host of a `struct hostent`: of its name, its aliases, its addresses, and the length of each.
///
/// # Safety
///
/// The name ends with a NUL, and so does each alias; the lists end with null pointers; addresses have that length.
pub(super) unsafe fn host(
    name: *const c_char,
    aliases: *mut *mut c_char,
    addresses: *mut *mut c_char,
    length: usize,
) -> Host {
    // SAFETY: as the caller promises.
    unsafe {
        let address = |at: *mut c_char| std::slice::from_raw_parts(at.cast::<u8>(), length).to_vec();
        (text(name), list(aliases).map(|alias| text(alias)).collect(), list(addresses).map(address).collect())
    }
}
