//! Addresses, which name their families by Winsock's numbers.

use std::borrow::Cow;

use crate::address::RawAddress;
use crate::number::{linux_family, native_family};

/// The bytes of the address as this system has them.
pub(in crate::sys) fn native_address(linux: &[u8]) -> Cow<'_, [u8]> {
    let mut bytes = linux.to_vec();
    renumber(&mut bytes);
    Cow::Owned(bytes)
}

/// Has the address that begins there name its family by Winsock's number.
pub(super) fn renumber(bytes: &mut [u8]) {
    if let Some(family) = bytes.first_chunk_mut() {
        *family = (native_family(i32::from(u16::from_ne_bytes(*family))) as u16).to_ne_bytes();
    }
}

/// The address of bytes that this system gave; of a family or none, which is no address.
pub(in crate::sys) fn linux_address(native: &[u8]) -> RawAddress {
    let mut bytes = native.to_vec();
    let Some(family) = bytes.first_chunk_mut() else { return RawAddress::from_bytes(&[]) };
    // Of a stream's peer Winsock tells nothing when it receives, but leaves what was there.
    if *family == [0; 2] {
        return RawAddress::from_bytes(&[]);
    }
    *family = (linux_family(i32::from(u16::from_ne_bytes(*family))) as u16).to_ne_bytes();
    RawAddress::from_bytes(&bytes)
}
