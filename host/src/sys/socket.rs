//! The types of what is open.

/// An open socket, in the type that this system's standard library has for it.
#[cfg(unix)]
pub type OwnedSocket = std::os::fd::OwnedFd;
/// An open socket, in the type that this system's standard library has for it.
#[cfg(windows)]
pub type OwnedSocket = std::os::windows::io::OwnedSocket;

/// A descriptor that was received.
#[cfg(unix)]
pub(crate) type Received = OwnedSocket;
/// A descriptor that was received: none ever is.
#[cfg(windows)]
pub(crate) type Received = std::convert::Infallible;
