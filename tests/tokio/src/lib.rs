//! What the programs share: the one line by which they have Berkeley's sockets.

#[cfg(feature = "berkeley")]
extern crate berkeley_libc as _;

use std::error::Error;

/// What a program's `main` gives.
pub type Result<T = (), E = Box<dyn Error>> = std::result::Result<T, E>;
