//! A socket's life: its number, what is known of it, and its end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::Handle;
use super::table;
use crate::bindings::socket as wit;
use crate::error::{Errno, Error, Result};

/// A socket of any family: Python's `socket.socket`.
///
/// A new socket is blocking, unless [`setdefaulttimeout`](super::setdefaulttimeout) said otherwise. Dropping it closes
/// it. Its methods take `&self`, so one may be shared. `Debug` writes it as Python's `repr` does.
///
/// Once it is closed, what can fail fails with EBADF; `family`, `type`, `proto` and the time limit stay known.
pub struct Socket {
    core: Arc<Core>,
}

/// A socket together with the files that [`Socket::makefile`] made of it.
struct Core {
    handle: Arc<Handle>,
    /// Family, type and protocol, as the program says they are; [`DETECT`] where it does not.
    numbers: [i32; 3],
    /// Only remembered: there are no processes to inherit it.
    inheritable: AtomicBool,
    life: Mutex<Life>,
}

struct Life {
    /// The number, or -1 once closed or detached.
    number: i32,
    /// Whether the program has closed it, though files may keep it open.
    closed: bool,
    /// How many files there are.
    files: usize,
}

/// Leaves a family, type or protocol to what the host says, as in Python.
pub(super) const DETECT: i32 = -1;

impl Core {
    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn close(&self) -> Result<()> {
        let number = std::mem::replace(&mut self.life().number, -1);
        if number == -1 {
            return Ok(());
        }
        table::remove_own(number, &self.handle);
        match self.handle.close().map_err(Error::from) {
            // It was closed by its number.
            Err(Error::Os(Errno::Ebadf)) => Ok(()),
            result => result,
        }
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // What was detached stays in the table, and so stays open.
        table::release(self.life().number, &self.handle);
    }
}

impl Socket {
    /// Takes a socket from the contract's own handle.
    pub fn from_handle(handle: wit::Socket) -> Self {
        Self::told(handle, [DETECT; 3])
    }

    /// A socket of that family, type and protocol, with the lowest number that is free.
    pub(super) fn told(handle: wit::Socket, numbers: [i32; 3]) -> Self {
        Self::inserted(Handle::new(handle), numbers)
    }

    fn inserted(handle: Arc<Handle>, numbers: [i32; 3]) -> Self {
        Self::numbered(table::insert(&handle), handle, numbers)
    }

    /// A socket that has the number already.
    pub(super) fn numbered(number: i32, handle: Arc<Handle>, numbers: [i32; 3]) -> Self {
        let life = Mutex::new(Life { number, closed: false, files: 0 });
        Self { core: Arc::new(Core { handle, numbers, inheritable: AtomicBool::new(false), life }) }
    }

    /// A socket of this one's family, type and protocol.
    pub(super) fn alike(&self, handle: wit::Socket) -> Self {
        Self::told(handle, self.core.numbers)
    }

    /// The contract's own handle.
    pub fn handle(&self) -> &wit::Socket {
        &self.core.handle
    }

    /// The family, such as AF_INET.
    pub fn family(&self) -> i32 {
        self.number(0, wit::Socket::family)
    }

    /// The type, such as SOCK_STREAM, without flags.
    pub fn r#type(&self) -> i32 {
        self.number(1, wit::Socket::type_)
    }

    /// The protocol.
    pub fn proto(&self) -> i32 {
        self.number(2, wit::Socket::protocol)
    }

    fn number(&self, at: usize, ask: fn(&wit::Socket) -> i32) -> i32 {
        match self.core.numbers[at] {
            DETECT => ask(self.handle()),
            told => told,
        }
    }

    /// The number of the socket in this program; -1 once closed or detached. It means nothing to others.
    pub fn fileno(&self) -> i32 {
        self.core.life().number
    }

    /// Gives the number, and leaves the socket open, to be taken again by [`from_fileno`](Self::from_fileno).
    pub fn detach(self) -> i32 {
        std::mem::replace(&mut self.core.life().number, -1)
    }

    /// Whether the program has closed or detached it.
    pub(super) fn is_closed(&self) -> bool {
        let life = self.core.life();
        life.closed || life.number == -1
    }

    /// Closes it: each later call fails with EBADF. To close it again changes nothing.
    ///
    /// While there are files that [`makefile`](Self::makefile) made, it stays open until the last of them is dropped.
    pub fn close(&self) -> Result<()> {
        let files = {
            let mut life = self.core.life();
            life.closed = true;
            life.files
        };
        if files == 0 { self.core.close() } else { Ok(()) }
    }

    /// The same socket, for a file, which keeps it open.
    pub(crate) fn for_file(&self) -> Self {
        self.core.life().files += 1;
        Self { core: self.core.clone() }
    }

    /// The file is gone.
    pub(crate) fn release_file(&self) {
        let unused = {
            let mut life = self.core.life();
            life.files -= 1;
            life.closed && life.files == 0
        };
        if unused {
            // Nobody is there to be told.
            let _ = self.core.close();
        }
    }

    /// A second socket to the same one, with the same mode: dup(2).
    pub fn dup(&self) -> Result<Self> {
        Ok(self.alike(self.handle().dup()?))
    }

    /// As `dup`, but both keep the same mode, whichever is told it by
    /// [`set_nonblocking`](Self::set_nonblocking): what `std` calls a clone.
    pub(crate) fn try_clone(&self) -> Result<Self> {
        Ok(Self::inserted(self.core.handle.try_clone()?, self.core.numbers))
    }

    /// Sets the mode of this socket and its clones.
    pub(crate) fn set_nonblocking(&self, nonblocking: bool) {
        self.core.handle.settimeout_of_all(nonblocking.then_some(0));
    }

    /// Whether another program that this one starts would inherit it: not unless set. A guest starts none.
    pub fn get_inheritable(&self) -> bool {
        self.core.inheritable.load(Ordering::Relaxed)
    }

    /// Says whether another program that this one starts would inherit it.
    pub fn set_inheritable(&self, inheritable: bool) {
        self.core.inheritable.store(inheritable, Ordering::Relaxed);
    }
}
