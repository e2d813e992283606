//! Sockets that are watched for long: Python's `select.epoll`.
//!
//! [`poll`](crate::poll::poll) takes all sockets with each call, and costs by their number. A [`Poller`] is told of each
//! once; its wait costs by those that are ready.

use std::fmt;
use std::time::Duration;

use berkeley_constants::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP};
use wasip2::io::poll::Pollable;

use crate::bindings::poller as wit;
pub use crate::bindings::poller::Event;
use crate::endpoint::nanoseconds;
use crate::error::Result;
use crate::poll::AsSocket;

/// There is something to receive, or a connection to accept.
pub const EPOLLIN: u32 = POLLIN as u32;
/// There is urgent data.
pub const EPOLLPRI: u32 = POLLPRI as u32;
/// There is room to send.
pub const EPOLLOUT: u32 = POLLOUT as u32;
/// There is an error. It is told without being asked for.
pub const EPOLLERR: u32 = POLLERR as u32;
/// The connection has ended both ways. It is told without being asked for.
pub const EPOLLHUP: u32 = POLLHUP as u32;
/// The socket was closed, and is watched no longer. It is told once.
pub const EPOLLNVAL: u32 = POLLNVAL as u32;
/// The peer sends no more.
pub const EPOLLRDHUP: u32 = POLLRDHUP as u32;
/// The socket is told of one time, and then not until it is modified.
pub const EPOLLONESHOT: u32 = 1 << 30;
/// An event is told when it comes about, and once, instead of as long as it holds.
pub const EPOLLET: u32 = 1 << 31;

/// Sockets that are watched: epoll(7).
///
/// A socket is watched until it is removed, or until it is closed or dropped. The poller counts as an open socket.
///
/// ```no_run
/// use berkeley_guest::poller::{EPOLLIN, Poller};
/// use berkeley_guest::socket::{AF_INET, SOCK_STREAM, Socket};
///
/// let listener = Socket::new(AF_INET, SOCK_STREAM, 0)?;
/// listener.bind(&("0.0.0.0", 8080))?;
/// listener.listen(100)?;
/// listener.setblocking(false);
/// let poller = Poller::new()?;
/// poller.add(&listener, EPOLLIN, 0)?;
/// for event in poller.wait(100, None)? {
///     println!("{} is ready: {:#x}", event.token, event.events);
/// }
/// # Ok::<(), berkeley_guest::Error>(())
/// ```
pub struct Poller(wit::Poller);

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller").finish_non_exhaustive()
    }
}

impl Poller {
    /// Makes a poller that watches nothing. EMFILE.
    pub fn new() -> Result<Self> {
        Ok(Self(wit::create()?))
    }

    /// Watches a socket for events, which are told with the token. EEXIST, EBADF, ENOSPC.
    pub fn add(&self, socket: &impl AsSocket, events: u32, token: u64) -> Result<()> {
        Ok(self.0.add(socket.as_socket().handle(), events, token)?)
    }

    /// Watches a socket for other events, with another token. ENOENT, EBADF.
    pub fn modify(&self, socket: &impl AsSocket, events: u32, token: u64) -> Result<()> {
        Ok(self.0.modify(socket.as_socket().handle(), events, token)?)
    }

    /// Watches a socket no longer. ENOENT, EBADF.
    pub fn remove(&self, socket: &impl AsSocket) -> Result<()> {
        Ok(self.0.remove(socket.as_socket().handle())?)
    }

    /// Waits until a socket is ready, and tells at most so many. Without a limit it waits for ever; when the limit runs out,
    /// it tells nothing. EINVAL (room for none).
    pub fn wait(&self, most: usize, limit: Option<Duration>) -> Result<Vec<Event>> {
        Ok(self.0.wait(most.try_into().unwrap_or(u32::MAX), limit.map(nanoseconds))?)
    }

    /// A pollable of WASI that is ready when [`wait`](Self::wait) would tell something.
    pub fn subscribe(&self) -> Pollable {
        self.0.subscribe()
    }
}
