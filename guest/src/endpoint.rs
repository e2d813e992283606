//! The socket itself: [`Socket`], what it does alone, and the functions that make one.

mod connection;
mod create;
mod handle;
mod life;
mod mode;
mod numbers;
mod options;

mod receive;
mod repr;
mod send;
mod table;
mod vectored;
mod windows;

pub use self::connection::DEFAULT_BACKLOG;
pub use self::create::{preopened, socketpair};
pub use self::life::Socket;
pub(crate) use self::mode::nanoseconds;
pub use self::mode::{getdefaulttimeout, setdefaulttimeout};
pub use self::numbers::{close, dup, fromfd, fromfd_as};
pub(crate) use self::send::PART;
pub(crate) use self::vectored::{MOST_BUFFERS, gather, room, scatter};
pub use self::windows::{
    RCVALL_MAX, RCVALL_OFF, RCVALL_ON, RCVALL_SOCKETLEVELONLY, SIO_KEEPALIVE_VALS, SIO_LOOPBACK_FAST_PATH, SIO_RCVALL,
    fromshare,
};
