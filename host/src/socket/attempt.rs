//! Trying a call, and trying it again once what it must wait for has come.
//!
//! The first try makes no future: only what must wait does.

use std::io;
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

/// What one try of a call came to, without a wait and so without a future.
pub(crate) enum Tried<T, B = Blocked> {
    /// It is over.
    Done(Result<T>),
    /// It must wait first.
    Blocked(B),
}

impl<T, B> Tried<T, B> {
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
        let descriptor = match self.descriptor() {
            Ok(descriptor) => descriptor,
            Err(error) => return Tried::Done(Err(error)),
        };
        if fresh.is_some_and(|patience| self.waits_first(descriptor, events, patience)) {
            return Tried::Blocked(Blocked::Expected);
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

    /// Whether a call waits before it is tried: on the guest's own thread, where the last one had to. It must be one that
    /// waits for nothing but that it is told of.
    fn waits_first(&self, descriptor: &Descriptor, events: i16, patience: &Patience) -> bool {
        events == c::POLLIN
            && descriptor.expects_to_wait()
            && !descriptor.file().is_listening()
            && !matches!(patience, Patience::None)
            && self.shared.waiting == Waiting::Inline
            && self.is_told_of()
            && !self.shared.low_water.load(Ordering::Relaxed)
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
