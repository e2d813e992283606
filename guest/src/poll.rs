//! Waiting for many sockets: Python's `select.poll`.

use std::time::Duration;

pub use berkeley_constants::{POLLERR, POLLHUP, POLLIN, POLLNVAL, POLLOUT, POLLPRI, POLLRDHUP};
pub use wasip2::io::poll::Pollable;

use crate::bindings::poll as wit;
use crate::endpoint::{Socket, nanoseconds};
use crate::error::Result;

/// What has a socket inside.
pub trait AsSocket {
    /// The socket.
    fn as_socket(&self) -> &Socket;
}

impl AsSocket for Socket {
    fn as_socket(&self) -> &Socket {
        self
    }
}

impl<T: AsSocket + ?Sized> AsSocket for &T {
    fn as_socket(&self) -> &Socket {
        (**self).as_socket()
    }
}

/// Waits until one of the sockets is ready, and tells the events of each, in the order given; 0 is not ready.
///
/// Events are `POLLIN`, `POLLOUT` and so on. Without a limit it waits for ever. When the limit runs out, all are 0.
/// Without sockets it sleeps.
///
/// ```no_run
/// use std::time::Duration;
/// use berkeley_guest::poll::{POLLIN, poll};
/// use berkeley_guest::socket::{AF_UNIX, SOCK_STREAM, socketpair};
///
/// let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
/// right.sendall(b"hello")?;
/// let ready = poll(&[(&left, POLLIN), (&right, POLLIN)], Some(Duration::from_secs(1)))?;
/// assert_eq!(ready, [POLLIN, 0]);
/// # Ok::<(), berkeley_guest::Error>(())
/// ```
pub fn poll<S: AsSocket>(interests: &[(S, i16)], limit: Option<Duration>) -> Result<Vec<i16>> {
    let mut watched = Vec::with_capacity(interests.len());
    for (socket, events) in interests {
        watched.push(wit::Interest { socket: socket.as_socket().handle(), events: *events });
    }
    Ok(wit::poll(&watched, limit.map(nanoseconds))?)
}

/// A pollable of WASI that is ready when the socket is, for waiting on sockets together with what WASI has.
///
/// It is the type of the crate `wasip2` 1, which other crates for WASI 0.2 take: `AsyncPollable::new(pollable)` of wstd
/// gives what an `async fn` waits for by `wait_for().await`.
pub fn subscribe(socket: &impl AsSocket, events: i16) -> Result<Pollable> {
    Ok(wit::subscribe(socket.as_socket().handle(), events)?)
}
