//! What `std::os::unix` has for sockets.

pub mod net;

/// Descriptors: [`os::fd`](crate::os::fd).
#[cfg(any(unix, target_os = "wasi"))]
pub mod io {
    pub use crate::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
}
