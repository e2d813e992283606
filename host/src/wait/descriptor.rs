//! An open socket: making it, sharing it, closing it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::file::OpenFile;
use super::past::Origin;
use super::watcher::Watcher;
use crate::budget::One;
use crate::endpoint::AnySocket;
use crate::sys::{self, Ending, Registration};

/// An open socket, and its place in tokio's reactor once it has waited there.
pub(crate) struct Descriptor {
    pub(super) registration: Mutex<Option<Arc<Registration>>>,
    pub(super) socket: AnySocket,
    /// It is dropped after the socket, and the [`Ending`] with it.
    file: Arc<OpenFile>,
    _lease: One,
    /// Those that watch it, and the key by which each knows it.
    pub(super) watchers: Mutex<Vec<(Weak<dyn Watcher>, usize)>>,
    /// Whether the last call that received had to wait, so that the next one is likely to.
    keeps_waiting: AtomicBool,
    /// Whether the last call that received gave much, so that the next one is likely to.
    gives_much: AtomicBool,
}

impl Descriptor {
    /// A socket that does not block.
    pub(crate) fn new(socket: AnySocket, lease: One) -> Self {
        Self {
            registration: Mutex::default(),
            socket,
            file: Arc::default(),
            _lease: lease,
            watchers: Mutex::default(),
            keeps_waiting: AtomicBool::new(false),
            gives_much: AtomicBool::new(false),
        }
    }

    /// A duplicate: dup(2).
    pub(crate) fn duplicate(&self, lease: One) -> io::Result<Self> {
        Ok(Self { file: self.file.clone(), ..Self::new(self.socket.try_clone()?, lease) })
    }

    /// Sees to it that closing the socket does not wait for its peer, as SO_LINGER would have it. The kernel goes on
    /// sending what is left.
    pub(crate) fn close_without_waiting(&self) {
        let Some(socket) = self.socket.kernel().filter(|_| self.is_last() && self.file.may_linger()) else { return };
        if !socket.linger().is_ok_and(|time| time.is_some_and(|time| !time.is_zero())) {
            return;
        }
        if self.file.is_shared()
            && let Ok(ending) = Ending::of(socket)
        {
            self.file.end_by(ending);
            return;
        }
        // A socket that has the option takes it.
        let _ = socket.set_linger(None);
    }

    /// Notes whether the next call that receives is likely to have to wait.
    pub(crate) fn expect_to_wait(&self, likely: bool) {
        self.keeps_waiting.store(likely, Ordering::Relaxed);
    }

    /// Whether it is.
    pub(crate) fn expects_to_wait(&self) -> bool {
        self.keeps_waiting.load(Ordering::Relaxed)
    }

    /// Notes whether the next call that receives is likely to give much.
    pub(crate) fn expect_much(&self, likely: bool) {
        self.gives_much.store(likely, Ordering::Relaxed);
    }

    /// Whether it is.
    pub(crate) fn expects_much(&self) -> bool {
        self.gives_much.load(Ordering::Relaxed)
    }

    /// Whether this guest has no duplicate of it.
    pub(crate) fn is_last(&self) -> bool {
        Arc::strong_count(&self.file) == 1
    }

    /// Whether nobody else has the socket, neither this guest by a duplicate nor others.
    pub(crate) fn is_alone(&self) -> bool {
        self.is_last() && !self.file.is_shared()
    }

    /// A socket from elsewhere, which may block.
    pub(crate) fn adopted(socket: AnySocket, lease: One) -> Self {
        if let Some(socket) = socket.kernel().filter(|_| !sys::HAS_DONTWAIT) {
            // One that refuses tells so by its calls.
            let _ = socket.set_nonblocking(true);
        }
        let descriptor = Self::new(socket, lease);
        descriptor.file.share();
        descriptor.file.comes_from(Origin::Elsewhere);
        descriptor
    }

    /// Notes that others will hold the socket too. When it is shared for the first time its flag is set as they would
    /// expect of a socket in that mode; from then on the flag is theirs as well, and is left alone.
    pub(crate) fn share(&self, nonblocking: bool) -> io::Result<()> {
        if !self.file.share() {
            return Ok(());
        }
        self.set_nonblocking(nonblocking || !sys::HAS_DONTWAIT)
    }

    /// Whether a call that knows no MSG_DONTWAIT may block: others hold the socket too, and have it so.
    pub(crate) fn may_block(&self) -> io::Result<bool> {
        let Some(socket) = self.socket.kernel() else { return Ok(false) };
        Ok(self.file.is_shared() && !sys::is_nonblocking(socket)?)
    }

    /// Makes sure that calls that know no MSG_DONTWAIT do not block.
    pub(crate) fn ensure_nonblocking(&self) -> io::Result<()> {
        if self.may_block()? { self.set_nonblocking(true) } else { Ok(()) }
    }

    /// Only the kernel's sockets have a mode.
    fn set_nonblocking(&self, nonblocking: bool) -> io::Result<()> {
        self.socket.kernel().map_or(Ok(()), |socket| socket.set_nonblocking(nonblocking))
    }

    pub(crate) fn socket(&self) -> &AnySocket {
        &self.socket
    }

    /// What it has in common with its duplicates.
    pub(crate) fn file(&self) -> &OpenFile {
        &self.file
    }

    /// What tells the socket from others as long as it is open, but not from its duplicates.
    pub(crate) fn file_number(&self) -> usize {
        Arc::as_ptr(&self.file).addr()
    }

    /// The limit that the option, SO_RCVTIMEO or SO_SNDTIMEO, sets; none is no limit. The kernel is asked where there may
    /// be one.
    pub(crate) fn kernel_limit(&self, option: i32) -> io::Result<Option<Duration>> {
        if self.file.is_hasty(option) {
            return Ok(Some(Duration::ZERO));
        }
        if self.file.may_be_limited() { self.socket.limit(option) } else { Ok(None) }
    }
}
