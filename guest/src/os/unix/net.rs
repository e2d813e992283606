//! Unix sockets in the shapes of [`std::os::unix::net`](https://doc.rust-lang.org/std/os/unix/net/): change the `use`
//! and a program runs.
//!
//! What [`net`](crate::net) says of blocking and of time limits holds here too. Names of Linux's abstract namespace are
//! at hand without a trait of their own; [`os::linux::net`](crate::os::linux::net) has `std`'s. Descriptors in control
//! messages are the numbers of [`os::fd`](crate::os::fd).

mod address;
mod ancillary;
mod bound;
mod credentials;
mod datagram;
mod messages;
mod stream;

pub use address::SocketAddr;
pub use ancillary::SocketAncillary;
pub use credentials::{SocketCred, UCred};
pub use datagram::UnixDatagram;
pub use messages::{AncillaryData, AncillaryError, Messages, ScmCredentials, ScmRights};
pub use stream::{Incoming, UnixListener, UnixStream};
