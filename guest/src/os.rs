//! What `std::os` has for sockets.

#[cfg(any(unix, target_os = "wasi"))]
pub mod fd;
pub mod linux;
pub mod unix;
