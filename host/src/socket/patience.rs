//! How long a call may wait, and how it does.

use std::time::Duration;

use berkeley_constants as c;
use tokio::runtime::Handle;

use super::handle::Socket;
use crate::clock;
use crate::error::{Errno, Error, Result};
use crate::gate::Way;
use crate::policy::Transport;
use crate::stopwatch;
use crate::wait::{Deadline, Descriptor, PAUSE, Waiting, Woken, deadline_after};

/// How long a call that a limit holds back sleeps at most before it looks again.
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// How long one call may still wait.
pub(crate) enum Patience {
    /// Not at all.
    None,
    /// As long as the kernel's own limit says, once the call has to wait: this option holds it.
    Kernel(i32),
    /// So long, once the call has to wait.
    For(Duration),
    /// Until then; the error tells whose limit it was.
    Until(Deadline, Error),
}

impl Patience {
    /// When the call has to wait: until when it may, and what to answer then. EAGAIN: it may not.
    pub(super) fn begin(&mut self, descriptor: &Descriptor) -> Result<(Deadline, Error)> {
        match *self {
            Self::Until(..) => {}
            Self::None => return Err(Errno::EAGAIN.into()),
            Self::For(limit) => *self = Self::Until(deadline_after(limit), Error::TimedOut),
            Self::Kernel(option) => {
                let limit = if descriptor.may_be_limited() { descriptor.socket().limit(option)? } else { None };
                *self = Self::Until(limit.and_then(deadline_after), Errno::EAGAIN.into());
            }
        }
        match self {
            Self::Until(deadline, expired) => Ok((*deadline, expired.clone())),
            _ => Err(Errno::EAGAIN.into()),
        }
    }

    /// What to answer, if the time is over.
    fn check(&self) -> Result<()> {
        match self {
            Self::Until(Some(deadline), expired) if *deadline <= clock::now() => Err(expired.clone()),
            _ => Ok(()),
        }
    }
}

impl Socket {
    /// The flags with which the kernel does not wait, whatever the mode; others' sockets do not know all of them.
    pub(super) fn no_wait(&self) -> i32 {
        let urgent = if self.is_stream() { c::MSG_OOB } else { 0 };
        let errors = if self.transport == Transport::Unix { 0 } else { c::MSG_ERRQUEUE };
        c::MSG_DONTWAIT | urgent | errors
    }

    /// How long a call with those flags may wait; the option holds the kernel's own limit.
    pub(super) fn patience(&self, flags: i32, option: i32) -> Patience {
        match self.limit {
            Some(Duration::ZERO) => Patience::None,
            Some(limit) => Patience::For(limit),
            None if flags & self.no_wait() != 0 => Patience::None,
            None => Patience::Kernel(option),
        }
    }

    /// Waits for one of the events. EACCES: the policy was replaced, and does not allow what the socket has done.
    pub(super) async fn wait(&self, descriptor: &Descriptor, events: i16, patience: &mut Patience) -> Result<()> {
        self.await_ready(descriptor, events, patience, false).await
    }

    /// As `wait`, after a call that would have blocked if it is tried.
    pub(super) async fn await_ready(
        &self,
        descriptor: &Descriptor,
        events: i16,
        patience: &mut Patience,
        is_tried: bool,
    ) -> Result<()> {
        let (deadline, expired) = patience.begin(descriptor)?;
        loop {
            let watch = self.shared.governance.watch();
            self.obey()?;
            match descriptor.ready(events, deadline, (self.shared.waiting, is_tried), watch).await? {
                Woken::Ready => return Ok(()),
                Woken::Late => return Err(expired),
                Woken::Rung => {}
            }
        }
    }

    /// Waits until the guest's limits let such a call be made.
    pub(super) async fn pass(&self, descriptor: &Descriptor, way: Way, patience: &mut Patience) -> Result<()> {
        let mut pause = Duration::ZERO;
        while let Some(wait) = self.shared.closed(way) {
            pause = wait.max(pause * 2).min(LONGEST_PAUSE);
            if let Err(error) = self.pause(descriptor, patience, pause).await {
                descriptor.postpone(wait);
                return Err(error);
            }
        }
        Ok(())
    }

    /// Waits so long, within the time limit.
    pub(super) async fn pause(&self, descriptor: &Descriptor, patience: &mut Patience, length: Duration) -> Result<()> {
        let (deadline, _) = patience.begin(descriptor)?;
        let left = deadline.map_or(length, |deadline| deadline.saturating_duration_since(clock::now()));
        let length = length.min(left);
        match Handle::try_current() {
            Ok(_) if self.shared.waiting == Waiting::Yield => tokio::time::sleep(length).await,
            _ => stopwatch::waiting(|| std::thread::sleep(length)),
        }
        self.obey()?;
        patience.check()
    }

    /// Lets others run, and the time limit be looked at, between what was refused and the next try.
    pub(super) async fn go_on(&self, descriptor: &Descriptor, patience: &mut Patience) -> Result<()> {
        if self.shared.waiting == Waiting::Yield {
            tokio::task::yield_now().await;
        }
        patience.begin(descriptor)?;
        patience.check()
    }

    /// Sees to it that accept(2) and connect(2) do not block where they must not.
    pub(super) fn ensure_nonblocking(&self, descriptor: &Descriptor) -> Result<()> {
        if self.waits_to_connect() { self.never_block(descriptor) } else { Ok(()) }
    }

    /// Sees to it that a call that knows no MSG_DONTWAIT does not block where it must not.
    ///
    /// What others hold too is theirs as well: its flag is set where nothing else would do, and then for good. In a mode
    /// that does not wait a process does the same to all who hold it; in blocking mode it may block a thread that is the
    /// guest's own, but no executor.
    pub(crate) fn never_block(&self, descriptor: &Descriptor) -> Result<()> {
        if self.limit.is_some() || self.shared.waiting == Waiting::Yield {
            descriptor.ensure_nonblocking()?;
        }
        Ok(())
    }
}

/// Pauses, each longer than the one before, for where nothing tells when to try again.
#[derive(Default)]
pub(super) struct Pauses(u32);

impl Pauses {
    const LONGEST: Duration = Duration::from_millis(50);

    pub(super) fn longer(&mut self) -> Duration {
        let length = PAUSE.saturating_mul(1 << self.0.min(6)).min(Self::LONGEST);
        self.0 += 1;
        length
    }
}
