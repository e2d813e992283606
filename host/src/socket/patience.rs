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
                let limit = descriptor.kernel_limit(option)?;
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

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;
    use crate::SocketCtx;
    use crate::address::Address;
    use crate::option::Value;
    use crate::policy::AllowAll;

    fn ctx(waiting: Waiting) -> SocketCtx {
        SocketCtx::builder().policy(AllowAll).waiting(waiting).build()
    }

    fn set(socket: &Socket, option: i32, seconds: i64, micros: i64) -> Result<()> {
        let time = [seconds.to_ne_bytes(), micros.to_ne_bytes()].concat();
        socket.setsockopt(c::SOL_SOCKET, option, &Value::Bytes(time))
    }

    #[tokio::test]
    async fn less_than_no_time_is_over_at_once() {
        for waiting in [Waiting::Inline, Waiting::Yield] {
            let ctx = ctx(waiting);
            let (one, other) = Socket::pair(&ctx.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a pair");
            assert_eq!(set(&one, c::SO_RCVTIMEO, -1, 0), Ok(()));
            // The kernel tells of it what it tells of no limit.
            assert_eq!(one.getsockopt_bytes(c::SOL_SOCKET, c::SO_RCVTIMEO, 16), Ok(vec![0; 16]));
            let copy = one.dup().expect("a duplicate");
            for socket in [&one, &copy] {
                assert_eq!(socket.recv(1, 0).await, Err(Errno::EAGAIN.into()));
                assert_eq!(socket.recvfrom(1, 0).await, Err(Errno::EAGAIN.into()));
            }
            assert_eq!(set(&other, c::SO_SNDTIMEO_NEW, i64::MIN, 999_999), Ok(()));
            while other.send(&[0; 65536], 0).await.is_ok() {}
            assert_eq!(other.send(b"x", 0).await, Err(Errno::EAGAIN.into()));
            // What is refused changes nothing.
            for micros in [-1, 1_000_000, i64::MAX] {
                assert_eq!(set(&one, c::SO_RCVTIMEO, -1, micros), Err(Errno::EDOM.into()));
            }
            assert_eq!(set(&copy, c::SO_RCVTIMEO, 3600, 0), Ok(()));
            let limit = one.descriptor().and_then(|one| Ok(one.kernel_limit(c::SO_RCVTIMEO)?));
            assert_eq!(limit, Ok(Some(Duration::from_secs(3600))));
        }
    }

    #[tokio::test]
    async fn a_connection_has_the_limit_of_its_listener() {
        let ctx = ctx(Waiting::Yield);
        let stream = || Socket::create(&ctx.shared, c::AF_INET, c::SOCK_STREAM, 0).expect("a socket");
        let (mut listener, mut client) = (stream(), stream());
        listener.bind(&Address::from(std::net::SocketAddr::from(([127, 0, 0, 1], 0)))).expect("binds");
        listener.listen(1).expect("listens");
        assert_eq!(set(&listener, c::SO_RCVTIMEO, -1, 0), Ok(()));
        assert_eq!(listener.accept().await.err(), Some(Errno::EAGAIN.into()));
        client.connect(&listener.getsockname().expect("a name").expect("a name")).await.expect("connects");
        let (accepted, _) = listener.accept().await.expect("a connection");
        assert_eq!(accepted.recv(1, 0).await, Err(Errno::EAGAIN.into()));
    }

    #[tokio::test]
    async fn a_unix_connection_has_no_limit_of_its_listener() {
        let ctx = ctx(Waiting::Yield);
        let stream = || Socket::create(&ctx.shared, c::AF_UNIX, c::SOCK_STREAM, 0).expect("a socket");
        let (mut listener, mut client) = (stream(), stream());
        // The kernel chooses a name.
        listener.bind(&Address::Unix(Vec::new())).expect("binds");
        listener.listen(1).expect("listens");
        client.connect(&listener.getsockname().expect("a name").expect("a name")).await.expect("connects");
        assert_eq!(set(&listener, c::SO_RCVTIMEO, -1, 0), Ok(()));
        let (accepted, _) = listener.accept().await.expect("a connection");
        assert_eq!(accepted.recv(1, 0).now_or_never(), None);
    }

    #[tokio::test]
    async fn a_unix_stream_has_its_whole_limit_for_each_part() {
        let ctx = ctx(Waiting::Yield);
        for (family, kind, renews) in [
            (c::AF_UNIX, c::SOCK_STREAM, true),
            (c::AF_UNIX, c::SOCK_SEQPACKET, false),
            (c::AF_INET, c::SOCK_STREAM, false),
        ] {
            let mut socket = Socket::create(&ctx.shared, family, kind, 0).expect("a socket");
            let began = || Patience::Until(deadline_after(Duration::from_secs(3600)), Errno::EAGAIN.into());
            let renewed = |socket: &Socket, mut patience: Patience| {
                socket.renew(&mut patience);
                matches!(patience, Patience::Kernel(c::SO_SNDTIMEO))
            };
            assert_eq!(renewed(&socket, began()), renews, "{family} {kind}");
            assert!(!renewed(&socket, Patience::None));
            // A limit of the guest's own is for the whole call, as in Python.
            socket.settimeout(Some(Duration::from_secs(3600)));
            assert!(!renewed(&socket, began()));
        }
    }
}
