//! Control messages, whose layout is the contract's.

use std::borrow::Cow;

use crate::error::Errno;

/// Control messages as this system lays them out.
pub(in crate::sys) fn native_control(control: &[u8]) -> Result<Cow<'_, [u8]>, Errno> {
    Ok(Cow::Borrowed(control))
}

/// Control messages as Linux lays them out.
pub(in crate::sys) fn linux_control(control: Vec<u8>) -> Vec<u8> {
    control
}
