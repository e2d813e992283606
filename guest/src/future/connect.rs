//! Connecting, and taking connections.

use std::time::Duration;

use berkeley_constants::{AF_UNIX, SO_ERROR, SOCK_NONBLOCK, SOL_SOCKET};

use super::source::{Async, Direction};
use super::time::sleep;
use crate::address::{Address, ToAddress};
use crate::endpoint::Socket;
use crate::error::{Errno, ErrnoExt, Error, Result};
use crate::poll::AsSocket;

/// How long it waits at first where a listener has no room for one more connection, and at most.
const PAUSE: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(64)];

/// Connects the socket, and waits until that is done.
pub(super) async fn connect<T>(socket: &Async<T>, address: impl ToAddress) -> Result<()>
where
    T: AsSocket + Send + Sync + 'static,
{
    let family = socket.as_socket().family();
    let address = address.to_address(family)?;
    let (mut pause, mut again) = (PAUSE[0], false);
    loop {
        match socket.as_socket().connect(&address) {
            Err(Error::Os(Errno::Einprogress | Errno::Ealready)) => return outcome(socket).await,
            // It is what the kernel says once more of the attempt before, of which SO_ERROR told.
            Err(Error::Os(Errno::Econnaborted)) if !again => again = true,
            // A unix listener's backlog is full, and the kernel tells by no event when it no longer is.
            Err(Error::Os(Errno::Eagain)) if family == AF_UNIX => {
                sleep(pause).await;
                pause = (pause * 2).min(PAUSE[1]);
            }
            result => return result,
        }
    }
}

/// What became of a connection that is being made.
async fn outcome<T>(socket: &Async<T>) -> Result<()>
where
    T: AsSocket + Send + Sync + 'static,
{
    socket.ready(Direction::Write).await?;
    match socket.as_socket().getsockopt(SOL_SOCKET, SO_ERROR)? {
        0 => Ok(()),
        number => {
            let errno = <Errno as ErrnoExt>::from_number(number);
            Err(errno.map_or(Error::OsNumber(number), Error::Os))
        }
    }
}

/// Makes a socket that is non-blocking from the first.
pub(super) fn create<T: From<Socket> + AsSocket>(family: i32, r#type: i32) -> Result<Async<T>> {
    Ok(Async::nonblocking(Socket::new(family, r#type | SOCK_NONBLOCK, 0)?.into()))
}

/// Takes the next connection.
pub(super) async fn accept<T, S>(listener: &Async<T>) -> Result<(Async<S>, Address)>
where
    T: AsSocket + Send + Sync + 'static,
    S: AsSocket + From<Socket>,
{
    let (socket, peer) = listener.with(Direction::Read, |listener| listener.as_socket().accept()).await?;
    Ok((S::from(socket).into(), peer))
}
