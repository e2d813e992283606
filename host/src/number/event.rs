//! Events of poll(2) beyond those that the contract names, in Linux's numbering: poll.h.
#![allow(dead_code, reason = "each system needs some")]

pub(crate) const POLLRDNORM: i16 = 0x40;
pub(crate) const POLLRDBAND: i16 = 0x80;
pub(crate) const POLLWRNORM: i16 = 0x100;
pub(crate) const POLLWRBAND: i16 = 0x200;
