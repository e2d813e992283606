//! A socket whose calls are awaited.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::budget;
use super::data::Data;
use super::reactor::{Event, Place, Source, Watched};
use super::wait::{Shared, Wait};
use crate::endpoint::Socket;
use crate::error::{Errno, Error};
use crate::poll::{AsSocket, POLLIN, POLLOUT, poll};

/// A socket whose calls are awaited: what [`net`](crate::net), [`os::unix::net`](crate::os::unix::net) and
/// [`Socket`](crate::Socket) have, with an `async fn` for each call that may wait.
///
/// It is made [`from`](Self::from) such a socket, which becomes non-blocking, or by what the types that are named after
/// it have, such as [`TcpStream::connect`](super::TcpStream). What does not wait is called on the socket inside:
/// `stream.get_ref().set_nodelay(true)`.
///
/// A clone is the same socket, so that one task may read while another writes. Any number of tasks may wait for it. A call
/// is tried first; only where it would block its task waits. Dropping the future of a call loses nothing: what it would
/// have received is still there.
pub struct Async<T: AsSocket>(pub(super) Arc<Inner<T>>);

pub(super) struct Inner<T> {
    pub(super) data: Data,
    #[cfg(feature = "p3-library")]
    readiness: super::readinesses::Readinesses,
    socket: T,
    /// For those who poll, by direction.
    shared: [Shared; 2],
    place: Place,
}

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    Read = 0,
    Write = 1,
}

impl Direction {
    fn events(self) -> i16 {
        match self {
            Self::Read => POLLIN,
            Self::Write => POLLOUT,
        }
    }
}

/// An error that may say that a call would have had to wait.
pub(super) trait Failure {
    fn would_block(&self) -> bool;
}

impl Failure for Error {
    fn would_block(&self) -> bool {
        *self == Self::Os(Errno::Eagain)
    }
}

impl Failure for io::Error {
    fn would_block(&self) -> bool {
        self.kind() == io::ErrorKind::WouldBlock
    }
}

impl<T: AsSocket> AsSocket for Inner<T> {
    fn as_socket(&self) -> &Socket {
        self.socket.as_socket()
    }
}

impl<T: AsSocket> Source for Inner<T> {
    #[cfg(feature = "p3-library")]
    fn readiness(&self) -> &super::readinesses::Readinesses {
        &self.readiness
    }
}

impl<T: AsSocket> Async<T> {
    /// The socket inside. It is non-blocking.
    pub fn get_ref(&self) -> &T {
        &self.0.socket
    }
}

impl<T: AsSocket + Send + Sync + 'static> Async<T> {
    /// Waits until something can be received, or a connection be taken, or the socket has ended or failed.
    pub async fn readable(&self) -> io::Result<()> {
        Ok(self.ready(Direction::Read).await?)
    }

    /// Waits until something can be sent, or the socket has ended or failed.
    pub async fn writable(&self) -> io::Result<()> {
        Ok(self.ready(Direction::Write).await?)
    }

    /// Makes a call that receives, again whenever it fails with `WouldBlock` and something has come since.
    ///
    /// It is for calls that have no method here:
    ///
    /// ```no_run
    /// use berkeley_guest::future::UdpSocket;
    ///
    /// # async fn peek(socket: UdpSocket) -> std::io::Result<()> {
    /// let mut buffer = [0; 100];
    /// let (length, peer) = socket.read_with(|socket| socket.peek_from(&mut buffer)).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn read_with<R>(&self, call: impl FnMut(&T) -> io::Result<R>) -> io::Result<R> {
        self.with(Direction::Read, call).await
    }

    /// Makes a call that sends, again whenever it fails with `WouldBlock` and there is room since.
    pub async fn write_with<R>(&self, call: impl FnMut(&T) -> io::Result<R>) -> io::Result<R> {
        self.with(Direction::Write, call).await
    }

    /// Waits until a call in that direction would not have to.
    pub(super) async fn ready(&self, direction: Direction) -> Result<(), Error> {
        let events = [(self.get_ref().as_socket(), direction.events())];
        self.with(direction, |_| match poll(&events, Some(Duration::ZERO))?.as_slice() {
            [0] => Err(Error::Os(Errno::Eagain)),
            _ => Ok(()),
        })
        .await
    }

    /// Makes the call until it need not wait. Dropping the future ends the wait.
    pub(super) async fn with<R, E: Failure>(
        &self,
        direction: Direction,
        mut call: impl FnMut(&T) -> Result<R, E>,
    ) -> Result<R, E> {
        let mut wait = Wait::default();
        poll_fn(|cx| {
            self.poll_call(cx, direction, &mut call, |cx, begins| match begins || wait.is_begun() {
                true => wait.poll(cx, || self.event(direction)),
                false => Poll::Ready(()),
            })
        })
        .await
    }

    /// The same for those who poll. The wait goes on when they do not come back.
    pub(super) fn poll_with<R, E: Failure>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        mut call: impl FnMut(&T) -> Result<R, E>,
    ) -> Poll<Result<R, E>> {
        let shared = &self.0.shared[direction as usize];
        self.poll_call(cx, direction, &mut call, |cx, begins| match begins || shared.is_begun() {
            true => shared.poll(cx, || self.event(direction)),
            false => Poll::Ready(()),
        })
    }

    fn poll_call<R, E: Failure>(
        &self,
        cx: &mut Context<'_>,
        direction: Direction,
        call: &mut impl FnMut(&T) -> Result<R, E>,
        mut wait: impl FnMut(&mut Context<'_>, bool) -> Poll<()>,
    ) -> Poll<Result<R, E>> {
        ready!(budget::poll_spend(cx));
        // Another runtime tells when its wait is over, and the call would block before. So it would where the one before has
        // left nothing.
        ready!(wait(cx, self.0.data.waits_first(matches!(direction, Direction::Read))));
        loop {
            match call(self.get_ref()) {
                Err(error) if error.would_block() && self.waits(direction) => ready!(wait(cx, true)),
                result => return Poll::Ready(result),
            }
        }
    }

    /// Whether readiness will tell when a call that would block has to wait no more. It does not where sending found no free
    /// port for the socket, which is as ready as before.
    fn waits(&self, direction: Direction) -> bool {
        let socket = self.get_ref().as_socket();
        let lacks_port = || socket.getsockname().is_ok_and(|local| local.port() == Some(0));
        let is_ready = || poll(&[(socket, POLLOUT)], Some(Duration::ZERO)).is_ok_and(|ready| ready != [0]);
        !matches!(direction, Direction::Write) || !lacks_port() || !is_ready()
    }

    fn event(&self, direction: Direction) -> Event {
        let watched: Watched = Arc::<Inner<T>>::downgrade(&self.0);
        Event::Socket(watched, self.0.place.number(), direction.events())
    }
}

impl<T: AsSocket> Clone for Async<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: AsSocket + fmt::Debug> fmt::Debug for Async<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Async").field(self.get_ref()).finish()
    }
}

impl<T: AsSocket> AsSocket for Async<T> {
    fn as_socket(&self) -> &Socket {
        self.get_ref().as_socket()
    }
}

/// Makes the socket non-blocking.
impl<T: AsSocket> From<T> for Async<T> {
    fn from(socket: T) -> Self {
        socket.as_socket().setblocking(false);
        Self::nonblocking(socket)
    }
}

impl<T: AsSocket> Async<T> {
    /// Takes a socket that is non-blocking already.
    pub(super) fn nonblocking(socket: T) -> Self {
        Self(Arc::new(Inner {
            data: Data::default(),
            #[cfg(feature = "p3-library")]
            readiness: Default::default(),
            socket,
            shared: Default::default(),
            place: Place::default(),
        }))
    }

    /// The socket, which is blocking again; none while there are clones.
    pub fn into_inner(self) -> Option<T> {
        let Inner { socket, place, .. } = Arc::into_inner(self.0)?;
        place.leave(socket.as_socket());
        socket.as_socket().setblocking(true);
        Some(socket)
    }
}
