//! Addresses, which begin with their length and their family, a byte each: sys/socket.h.

use std::borrow::Cow;

use berkeley_constants as c;

use crate::address::RawAddress;
use crate::number::{linux_family, native_family};

/// The size of sys/vsock.h's `struct sockaddr_vm`, which ends sooner than Linux's.
const VSOCK_LEN: usize = 12;

/// The bytes of the address as this system has them.
pub(in crate::sys) fn native_address(linux: &[u8]) -> Cow<'_, [u8]> {
    let mut bytes = linux.to_vec();
    let family = linux.first_chunk().map_or(c::AF_UNSPEC, |bytes| u16::from_ne_bytes(*bytes).into());
    if family == c::AF_VSOCK {
        bytes.truncate(VSOCK_LEN);
    }
    let len = bytes.len() as u8;
    if let Some(header) = bytes.first_chunk_mut() {
        *header = [len, native_family(family) as u8];
    }
    Cow::Owned(bytes)
}

/// The address of bytes that this system gave.
pub(in crate::sys) fn linux_address(native: &[u8]) -> RawAddress {
    let mut bytes = native.to_vec();
    let Some(header) = bytes.first_chunk_mut() else { return RawAddress::from_bytes(&[]) };
    let [_, family] = *header;
    let family = linux_family(family.into());
    *header = (family as u16).to_ne_bytes();
    // There are no names that begin with a NUL, but zeros behind every path.
    if family == c::AF_UNIX {
        let path = bytes[2..].iter().position(|byte| *byte == 0).unwrap_or(bytes.len() - 2);
        bytes.truncate(2 + path);
    }
    RawAddress::from_bytes(&bytes)
}
