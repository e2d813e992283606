//! The socket itself.

use core::cell::{Cell, OnceCell};
use core::ffi::{c_int, c_short};
use std::rc::Rc;

use berkeley_constants::ioctl::SOL_IOCTL;
use berkeley_constants::{MSG_DONTWAIT, SOCK_STREAM};
use berkeley_guest::bindings::error::Error;
use berkeley_guest::bindings::option;
use berkeley_guest::bindings::socket::Socket as Handle;
use berkeley_guest::error::Errno;

use crate::description::{Description, Turns, fill, room, total};
use crate::failure::Result;
use crate::number::file::S_IFSOCK;
use crate::table;
use crate::wait::{Wait, Waitable, Watched};

/// A socket of any family. Its numbers are the contract's.
pub(crate) struct Socket {
    waitable: Rc<Waitable>,
    nonblocking: Cell<bool>,
    r#type: OnceCell<c_int>,
    turns: Turns,
}

impl Socket {
    /// Takes a socket of the contract's, which is blocking unless told otherwise.
    pub(crate) fn new(handle: Handle, nonblocking: bool) -> Self {
        if nonblocking {
            handle.settimeout(Some(0));
        }
        Self {
            waitable: Waitable::new(handle),
            nonblocking: Cell::new(nonblocking),
            r#type: OnceCell::new(),
            turns: Turns::default(),
        }
    }

    /// The socket that the number refers to. EBADF, ENOTSOCK.
    pub(crate) fn of(fd: c_int) -> Result<Rc<Self>> {
        table::find(fd, Errno::Enotsock)
    }

    /// Gives it a number that is free.
    pub(crate) fn insert(self, cloexec: bool) -> Result<c_int> {
        table::insert(Rc::new(self), cloexec)
    }

    /// The contract's own, for a call that receives or accepts.
    pub(crate) fn reading(&self) -> &Handle {
        self.turns.reading();
        self.waitable.handle()
    }

    /// The contract's own, for a call that sends or connects.
    pub(crate) fn writing(&self) -> &Handle {
        self.turns.writing();
        self.waitable.handle()
    }

    /// The contract's own, for any other call.
    pub(crate) fn handle(&self) -> &Handle {
        self.waitable.handle()
    }

    /// Whether O_NONBLOCK is set.
    pub(crate) fn is_nonblocking(&self) -> bool {
        self.nonblocking.get()
    }

    /// The type, in Linux's numbers.
    pub(crate) fn r#type(&self) -> c_int {
        *self.r#type.get_or_init(|| self.handle().type_())
    }

    /// Whether a call with those flags does all that it is asked to: a stream's, that waits.
    pub(crate) fn fills(&self, flags: c_int) -> bool {
        self.waits(flags) && self.r#type() == SOCK_STREAM
    }

    /// Whether a call with those flags waits.
    pub(crate) fn waits(&self, flags: c_int) -> bool {
        !self.is_nonblocking() && flags & MSG_DONTWAIT == 0
    }
}

impl Description for Socket {
    fn kind(&self) -> u32 {
        S_IFSOCK
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    fn set_nonblocking(&self, nonblocking: bool) {
        self.nonblocking.set(nonblocking);
        self.handle().settimeout(nonblocking.then_some(0));
    }

    fn read(&self, buffers: &mut [&mut [u8]]) -> Result<usize> {
        match buffers {
            [buffer] => self.receive(buffer, 0),
            buffers => {
                self.heed_alarm(0)?;
                let data = self.reading().recv(room(buffers) as u64, 0)?;
                Ok(fill(buffers, &data))
            }
        }
    }

    fn write(&self, buffers: &[&[u8]]) -> Result<usize> {
        match buffers {
            [data] => self.send(data, 0),
            buffers => self.send_all(buffers, total(buffers), 0),
        }
    }

    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        wait.socket(&self.waitable, events)
    }

    fn turns(&self) -> [u32; 2] {
        self.turns.count()
    }

    fn number(&self, request: c_int) -> Result<c_int> {
        match option::getsockopt(self.handle(), SOL_IOCTL, request) {
            Err(Error::Os(Errno::Enoprotoopt)) => Err(Errno::Enotty.into()),
            answer => Ok(answer?),
        }
    }

    fn may_signal(&self) -> bool {
        true
    }
}
