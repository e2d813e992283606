//! Much that a connection has received already: it can be put straight to where the caller wants it.

use std::io;
use std::sync::Arc;

use berkeley_constants as c;
use c::POLLIN;

use super::attempt::{Blocked, Tried};
use super::handle::Socket;
use super::patience::Patience;
use crate::endpoint::AnySocket;
use crate::error::Result;
use crate::gate::Way;
use crate::policy::Transport;
use crate::shared::Shared;
use crate::wait::Descriptor;

/// Bytes from which on asking the kernel how many there are takes less time than copying them.
pub(super) const MUCH: usize = 32 << 10;

/// What a connection has received, and nobody has taken.
pub(crate) struct Queued {
    shared: Arc<Shared>,
    descriptor: Arc<Descriptor>,
    length: usize,
}

/// What a call gives.
pub(crate) enum Given {
    Data(Vec<u8>),
    Queued(Queued),
}

impl Socket {
    /// As [`recv_now`](Self::recv_now), but leaves what is much where it is.
    pub(crate) fn give_now(&self, size: u64, flags: i32) -> Tried<Given> {
        match self.queued(size, flags) {
            Some(queued) => Tried::Done(Ok(Given::Queued(queued))),
            None => self.recv_now(size, flags).map(Given::Data),
        }
    }

    /// Goes on with what [`give_now`](Self::give_now) has begun.
    pub(crate) async fn give_on(&self, blocked: Blocked, size: u64, flags: i32) -> Result<Given> {
        if !(self.is_plain(flags) && self.transport == Transport::Tcp) {
            return self.recv_on(blocked, size, flags).await.map(Given::Data);
        }
        let mut patience = self.patience(flags, c::SO_RCVTIMEO);
        let tries = &mut |fresh: Option<&Patience>| match self.queued(size, flags) {
            Some(queued) => Tried::Done(Ok(Given::Queued(queued))),
            None => self.receive_stream(size, flags, fresh).map(Given::Data),
        };
        self.persist(blocked, POLLIN, &mut patience, tries).await
    }

    /// What there is for a call of recv(2) to give, if that is all that the call does, and it is much. The call before must
    /// have given much, too: who receives little by little into a large buffer is not to pay for the question.
    fn queued(&self, size: u64, flags: i32) -> Option<Queued> {
        const PLAIN: i32 = c::MSG_DONTWAIT | c::MSG_NOSIGNAL;
        let descriptor = self.descriptor.as_ref().filter(|descriptor| descriptor.expects_much())?;
        let room = self.shared.gates.portion(Way::In, self.room(size));
        // What another network has is copied anyway, and what is received on Windows.
        descriptor.socket().kernel().filter(|_| cfg!(unix))?;
        // Of a socket that others share, somebody else may take it before.
        let can = room >= MUCH && self.tells_by_length() && flags & !PLAIN == 0 && self.is_plain(flags);
        if !can || self.obey().is_err() || self.shared.gates.closed(Way::In).is_some() {
            return None;
        }
        let length = usize::try_from(descriptor.socket().available().ok()?).unwrap_or(room).min(room);
        let queued = || Queued { shared: self.shared.clone(), descriptor: descriptor.clone(), length };
        (length >= MUCH).then(queued)
    }
}

impl Queued {
    /// How many bytes there are at least.
    pub(crate) fn length(&self) -> usize {
        self.length
    }

    /// Receives as much as the buffer takes.
    pub(crate) fn receive_into(&self, buffer: &mut [u8]) -> Result<usize> {
        let received = loop {
            let receive = |socket: &AnySocket| Ok((socket.receive_into(buffer, c::MSG_DONTWAIT)?, false));
            match self.descriptor.attempt(POLLIN, receive) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.descriptor.expect_much(received >= MUCH);
        self.shared.gates.charge(Way::In, received, 0);
        Ok(received)
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::error::Errno;
    use crate::socket::tests::connection;

    /// One that has received much, and has so much to receive again.
    async fn has_much() -> (Socket, Socket) {
        let (one, other) = connection(0).await;
        other.send(&[1; MUCH], 0).await.expect("sends");
        assert!(one.queued(MUCH as u64, 0).is_none(), "nothing was received before");
        assert_eq!(one.recv(MUCH as u64, c::MSG_WAITALL).await.expect("receives").len(), MUCH);
        assert_eq!(one.recv(1, c::MSG_DONTWAIT).await, Err(Errno::EAGAIN.into()));
        one.descriptor().expect("open").expect_much(true);
        other.send(&[2; MUCH], 0).await.expect("sends");
        (one, other)
    }

    #[tokio::test]
    async fn what_is_much_is_put_into_place() {
        let (one, _other) = has_much().await;
        let size = 2 * MUCH as u64;
        assert!(one.queued(size, c::MSG_PEEK).is_none());
        assert!(one.queued(MUCH as u64 - 1, 0).is_none());
        let queued = one.queued(size, 0).expect("there is much");
        assert_eq!(queued.length(), MUCH);
        let mut buffer = [0; MUCH];
        assert_eq!(queued.receive_into(&mut buffer), Ok(MUCH));
        assert_eq!(buffer, [2; MUCH]);
        assert!(one.queued(size, 0).is_none(), "there is nothing more");
    }

    #[tokio::test]
    async fn what_somebody_else_may_take_is_left_where_it_is() {
        let (one, _other) = has_much().await;
        assert!(one.queued(MUCH as u64, 0).is_some());
        one.descriptor().expect("open").share(false).expect("is shared");
        assert!(one.queued(MUCH as u64, 0).is_none());
    }
}
