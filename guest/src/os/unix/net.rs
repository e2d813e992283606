//! Unix sockets in the shapes of [`std::os::unix::net`](https://doc.rust-lang.org/std/os/unix/net/): change the `use`
//! and a program runs.
//!
//! What [`net`](crate::net) says of blocking and of time limits holds here too. Names of Linux's abstract namespace are
//! at hand without a trait of their own.

mod address;
mod bound;
mod datagram;
mod stream;

pub use address::SocketAddr;
pub use datagram::UnixDatagram;
pub use stream::{Incoming, UnixListener, UnixStream};
