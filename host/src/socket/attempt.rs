//! Trying a call, and trying it again once what it must wait for has come.
//!
//! The first try makes no future: only what must wait does.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use berkeley_constants as c;
use c::{POLLOUT, POLLRDHUP};
use futures_util::FutureExt as _;

use super::handle::Socket;
use super::patience::Patience;
use crate::clock;
use crate::endpoint::AnySocket;
use crate::error::{Errno, Error, Result};
use crate::gate::Way;
use crate::policy::Transport;
use crate::wait::{Descriptor, PAUSE, Waiting};

/// What poll(2) takes at most, or nearly always, where there is nothing to wait for.
const NO_WAIT: Duration = Duration::from_micros(2);

/// One part of a call that may be tried several times.
pub(crate) type Attempt<'a, T> = &'a mut (dyn FnMut(&AnySocket) -> io::Result<T> + Send);

/// The same, of a call that tells whether the next one like it would block.
pub(super) type Telling<'a, T> = &'a mut (dyn FnMut(&AnySocket) -> io::Result<(T, bool)> + Send);

/// What one try of a call came to, without a wait and so without a future.
pub(crate) enum Tried<T, B = Blocked> {
    /// It is over.
    Done(Result<T>),
    /// It must wait first.
    Blocked(B),
}

impl<T, B> Tried<T, B> {
    /// What a call answers at once that does not wait: its rest is begun only where the try is not all of it. EAGAIN.
    pub(crate) fn now<F: Future<Output = Result<T>>>(self, rest: impl FnOnce(B) -> F) -> Result<T> {
        match self {
            Self::Done(result) => result,
            Self::Blocked(blocked) => now(rest(blocked)),
        }
    }

    pub(super) fn map_blocked<C>(self, map: impl FnOnce(B) -> C) -> Tried<T, C> {
        match self {
            Self::Done(result) => Tried::Done(result),
            Self::Blocked(blocked) => Tried::Blocked(map(blocked)),
        }
    }
}

impl<T> Tried<T> {
    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U) -> Tried<U> {
        match self {
            Self::Done(result) => Tried::Done(result.map(map)),
            Self::Blocked(blocked) => Tried::Blocked(blocked),
        }
    }

    /// The answer of a call that may not wait at all. EAGAIN.
    pub(crate) fn unless_it_waits(self, patience: &Patience) -> Self {
        match (self, patience) {
            (Self::Blocked(Blocked::Unready), Patience::None) => Self::Done(Err(Errno::EAGAIN.into())),
            (tried, _) => tried,
        }
    }
}

/// What a call must wait for before it is tried again.
#[derive(Default)]
pub(crate) enum Blocked {
    #[default]
    /// Nothing: it was not tried.
    Untried,
    /// That a limit lets it through.
    Closed,
    /// That the socket is ready, though it was not tried: the call before had to wait, too.
    Expected,
    /// The same: the call before has received all that there was, or filled all the room.
    Exhausted,
    /// That the socket is ready: the kernel says that the call would block.
    Unready,
    /// That what sending began to connect is connected (MSG_FASTOPEN, TCP_FASTOPEN_CONNECT).
    Connecting(io::Error),
    /// Only that others may run: what came was refused.
    Refused,
}

impl Socket {
    /// Tries a call until it need not wait, or patience ends.
    pub(crate) async fn attempt<T: Send>(
        &self,
        events: i16,
        patience: &mut Patience,
        call: Attempt<'_, T>,
    ) -> Result<T> {
        self.persist(Blocked::Untried, events, patience, &mut |_| self.try_once(events, None, call)).await
    }

    /// Waits for what a try must wait for, and tries again, until it is over or patience ends. What tries is told how long
    /// the call may wait as long as it has not waited.
    pub(crate) async fn persist<T: Send>(
        &self,
        mut blocked: Blocked,
        events: i16,
        patience: &mut Patience,
        tries: &mut (dyn FnMut(Option<&Patience>) -> Tried<T> + Send),
    ) -> Result<T> {
        let mut futile = 0;
        loop {
            let is_fresh = matches!(blocked, Blocked::Untried);
            self.unblock(blocked, &mut futile, events, patience).await?;
            match tries(is_fresh.then_some(&*patience)) {
                Tried::Done(result) => return result,
                Tried::Blocked(next) => blocked = next,
            }
        }
    }

    async fn unblock(&self, blocked: Blocked, futile: &mut u32, events: i16, patience: &mut Patience) -> Result<()> {
        let descriptor = self.descriptor()?;
        match blocked {
            Blocked::Untried => Ok(()),
            Blocked::Closed => self.pass(descriptor, Way::of(descriptor, events), patience).await,
            Blocked::Expected => {
                let began = clock::now();
                self.wait(descriptor, events, patience).await?;
                descriptor.expect_to_wait(clock::now() - began > NO_WAIT);
                Ok(())
            }
            // What ended the wait is told by the try.
            Blocked::Exhausted => {
                let _ = self.await_ready(descriptor, events, patience, true).await;
                Ok(())
            }
            // A call that blocked would wait, and then send; CPython, in time-out mode, does not.
            Blocked::Connecting(error) => self.wait(descriptor, events, patience).await.map_err(|_| error.into()),
            Blocked::Unready => {
                // Ready, it says, and then would block: some states are so, and stay so.
                if *futile > 2 {
                    self.pause(descriptor, patience, PAUSE).await?;
                }
                if events == c::POLLIN {
                    descriptor.expect_to_wait(true);
                }
                *futile = futile.saturating_add(1);
                self.await_ready(descriptor, events, patience, self.is_told_of()).await
            }
            Blocked::Refused => self.go_on(descriptor, patience).await,
        }
    }

    /// Tries a call once. One that may wait so long, and is likely to have to, is not tried before it has.
    pub(crate) fn try_once<T>(&self, events: i16, fresh: Option<&Patience>, call: Attempt<'_, T>) -> Tried<T> {
        self.try_telling(events, fresh, &mut |socket: &AnySocket| Ok((call(socket)?, false)))
    }

    /// The same, of a call that tells whether the next one like it would block.
    pub(super) fn try_telling<T>(&self, events: i16, fresh: Option<&Patience>, call: Telling<'_, T>) -> Tried<T> {
        let descriptor = match self.descriptor() {
            Ok(descriptor) => descriptor,
            Err(error) => return Tried::Done(Err(error)),
        };
        if let Some(blocked) = fresh.and_then(|patience| self.waits_first(descriptor, events, patience)) {
            return Tried::Blocked(blocked);
        }
        loop {
            if let Err(error) = self.obey() {
                return Tried::Done(Err(error));
            }
            if self.shared.gates.closed(Way::of(descriptor, events)).is_some() {
                return Tried::Blocked(Blocked::Closed);
            }
            match descriptor.attempt(events, &mut *call) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if Errno::of(&error) == Some(Errno::EINPROGRESS) && self.limit.is_none() => {
                    return Tried::Blocked(Blocked::Connecting(error));
                }
                // All ports are taken. A call that blocked would not wait for one; CPython, in time-out mode, does.
                Err(error) if would_block(&error) && self.limit.is_none() && self.lacks_port(events) => {
                    return Tried::Done(Err(error.into()));
                }
                Err(error) if would_block(&error) => return Tried::Blocked(Blocked::Unready),
                result => return Tried::Done(result.map_err(Error::from)),
            }
        }
    }

    /// What a call waits for before it is tried: on the guest's own thread, where the last one had to wait; otherwise where
    /// the last one has left nothing. It must be one that waits for nothing but that it is told of.
    fn waits_first(&self, descriptor: &Descriptor, events: i16, patience: &Patience) -> Option<Blocked> {
        if matches!(patience, Patience::None) || self.shared.low_water.load(Ordering::Relaxed) {
            return None;
        }
        if self.shared.waiting == Waiting::Yield {
            return (self.tells_by_length() && descriptor.is_exhausted(events)).then_some(Blocked::Exhausted);
        }
        let expected = events == c::POLLIN
            && descriptor.expects_to_wait()
            && !descriptor.file().is_listening()
            && self.is_told_of();
        expected.then_some(Blocked::Expected)
    }

    /// Whether a call that waits for the event would do so in vain if it were tried now. The system tells late of what has
    /// come: only who waits then may go by this.
    #[cfg(feature = "p3")]
    pub(crate) fn is_exhausted(&self, events: i16) -> bool {
        self.tells_by_length() && self.descriptor.as_ref().is_some_and(|descriptor| descriptor.is_exhausted(events))
    }

    /// Whether a call that receives or sends less than it could shows that the next one like it would block: of TCP, but not
    /// where the kernel has something above it that has parts of its own, nor where others may have put it there.
    pub(super) fn tells_by_length(&self) -> bool {
        let is_layered = |descriptor: &Arc<Descriptor>| descriptor.file().may_be_layered();
        self.transport == Transport::Tcp
            && self.protocol != c::IPPROTO_MPTCP
            && self.descriptor.as_ref().is_some_and(|descriptor| !is_layered(descriptor))
    }

    /// Whether so much of what was asked for shows that, in a call with those flags.
    pub(super) fn exhausts(&self, moved: usize, asked: usize, flags: i32) -> bool {
        const PLAIN: i32 = c::MSG_DONTWAIT | c::MSG_NOSIGNAL;
        (1..asked).contains(&moved) && flags & !PLAIN == 0 && self.tells_by_length()
    }

    /// Whether each change for the better is told of that lets a call go on that would have blocked, as of all usual sockets.
    fn is_told_of(&self) -> bool {
        matches!(self.transport, Transport::Tcp | Transport::Udp | Transport::UdpLite | Transport::Unix)
    }

    /// Whether a socket that just failed to send still has no port: the system found none to give it, and no readiness
    /// tells when it has one.
    pub(crate) fn lacks_port(&self, events: i16) -> bool {
        // A stream is given one when it connects.
        let given_one = matches!(self.family, c::AF_INET | c::AF_INET6) && events & POLLOUT != 0 && !self.is_stream();
        let local = || self.local().ok().flatten().and_then(|local| local.internet());
        given_one && local().is_some_and(|local| local.port() == 0)
    }
}

/// Looks at a socket whose call would block again, though it was ready.
#[derive(Default)]
pub(super) struct Again(bool);

impl Again {
    /// Whether it was shut down for reading: then it is always ready, though it may never give anything. The first time
    /// nobody asks.
    pub(super) fn is_shut(&mut self, descriptor: &Descriptor) -> bool {
        std::mem::replace(&mut self.0, true) && descriptor.events(POLLRDHUP).is_ok_and(|events| events & POLLRDHUP != 0)
    }
}

/// What a call answers at once. EAGAIN: it would wait, be it only to let others run.
pub(crate) fn now<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    call.now_or_never().unwrap_or_else(|| Err(Errno::EAGAIN.into()))
}

pub(super) fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::ctx::SocketCtx;
    use crate::option::Value;
    use crate::policy::AllowAll;
    use crate::socket::tests::connection;

    /// More than a socket holds.
    const MUCH: usize = 64 << 20;

    /// Has the socket wait in the reactor, as it does after a call that would block.
    fn register(socket: &Socket) {
        assert!(socket.recv(1, 0).now_or_never().is_none());
    }

    fn is_exhausted(socket: &Socket, events: i16) -> bool {
        socket.descriptor().expect("open").is_exhausted(events)
    }

    /// Waits until the reactor has told of what came.
    async fn told(socket: &Socket) {
        socket
            .wait(socket.descriptor().expect("open"), c::POLLIN, &mut Patience::Until(None, Error::TimedOut))
            .await
            .expect("ready");
    }

    #[tokio::test]
    async fn what_receives_less_than_it_could_has_received_all() {
        let (one, other) = connection(0).await;
        register(&one);
        for (size, exhausts) in [(4, true), (3, false), (1, false)] {
            other.send(b"abc", 0).await.expect("sends");
            told(&one).await;
            assert_eq!(one.recv(size, c::MSG_PEEK).await.expect("peeks").len(), size.min(3) as usize);
            assert!(!is_exhausted(&one, c::POLLIN));
            assert_eq!(one.recv(size, 0).await.expect("receives").len(), size.min(3) as usize);
            assert_eq!(is_exhausted(&one, c::POLLIN), exhausts, "{size}");
        }
        // What is there is received all the same, waiting or not, and so is the end.
        assert_eq!(one.recv(9, c::MSG_DONTWAIT).await.expect("the rest"), b"bc");
        assert!(is_exhausted(&one, c::POLLIN));
        other.send(b"abc", 0).await.expect("sends");
        assert_eq!(one.recv(9, c::MSG_DONTWAIT).await.expect("receives"), b"abc");
        other.shutdown(c::SHUT_WR).expect("shuts down");
        assert_eq!(one.recv(9, 0).await.expect("the end"), b"");
    }

    #[tokio::test]
    async fn what_sends_less_than_it_could_has_filled_the_socket() {
        let (one, other) = connection(0).await;
        register(&one);
        let data = vec![7; MUCH];
        let sent = one.send(&data, c::MSG_DONTWAIT).await.expect("sends");
        assert!(sent < MUCH && is_exhausted(&one, c::POLLOUT));
        // It waits, and goes on once the peer has received.
        let all = async { one.sendall(&data, 0).await };
        let received = async {
            let mut received = 0;
            while received < sent + MUCH {
                received += other.recv(1 << 20, 0).await.expect("receives").len();
            }
        };
        let (result, ()) = futures_util::future::join(all, received).await;
        result.expect("sends all");
    }

    #[tokio::test]
    async fn urgent_data_ends_a_call_that_receives_though_more_is_there() {
        for inline in [0, 1] {
            let (one, other) = connection(0).await;
            one.setsockopt(c::SOL_SOCKET, c::SO_OOBINLINE, &Value::Int(inline)).expect("sets");
            register(&one);
            other.send(b"ab", 0).await.expect("sends");
            other.send(b"!", c::MSG_OOB).await.expect("sends");
            other.send(b"cd", 0).await.expect("sends");
            told(&one).await;
            while one.descriptor().and_then(|one| Ok(one.socket().available()?)).expect("tells") < 2 {
                tokio::task::yield_now().await;
            }
            assert_eq!(one.recv(9, 0).await.expect("before the mark"), b"ab");
            let rest = one.recv(9, 0).await.expect("behind the mark");
            assert_eq!(rest, if inline == 0 { &b"cd"[..] } else { b"!cd" });
        }
    }

    #[tokio::test]
    async fn what_is_above_tcp_has_parts_of_its_own() {
        let (one, other) = connection(0).await;
        assert!(one.exhausts(1, 2, 0));
        for (moved, asked, flags) in [(0, 2, 0), (2, 2, 0), (1, 2, c::MSG_PEEK), (1, 2, c::MSG_OOB)] {
            assert!(!one.exhausts(moved, asked, flags));
        }
        one.descriptor().expect("open").file().layer();
        other.prepare_to_pass().expect("can be passed");
        assert!(!one.exhausts(1, 2, 0) && !other.exhausts(1, 2, 0));
        let ctx = SocketCtx::builder().policy(AllowAll).build();
        let pair = Socket::pair(&ctx.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
        assert!(!pair.0.exhausts(1, 2, 0));
    }
}
