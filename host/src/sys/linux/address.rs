//! Addresses, whose bytes are the contract's.

use std::borrow::Cow;

use crate::address::RawAddress;

/// The bytes of the address as this system has them.
pub(in crate::sys) fn native_address(linux: &[u8]) -> Cow<'_, [u8]> {
    Cow::Borrowed(linux)
}

/// The address of bytes that this system gave.
pub(in crate::sys) fn linux_address(native: &[u8]) -> RawAddress {
    RawAddress::from_bytes(native)
}
