//! Pipes: pipe(2). They are in memory, for there is one program and one thread to use them.

use core::cell::{Cell, RefCell};
use core::ffi::{c_int, c_short};
use std::collections::VecDeque;
use std::rc::Rc;

use berkeley_constants::ioctl::FIONREAD;
use berkeley_guest::error::Errno;

use crate::description::{Description, Turns, fill, total};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::Out;
use crate::number::event::{POLLERR, POLLHUP, POLLIN, POLLOUT};
use crate::number::file::{self, O_RDONLY, O_WRONLY, S_IFIFO};
use crate::table;
use crate::wait::{Wait, Watched};

/// How much a pipe takes, as in Linux.
const CAPACITY: usize = 1 << 16;
/// What is written at once is not parted: PIPE_BUF.
const WHOLE: usize = 4096;

/// What both ends share.
#[derive(Default)]
struct Pipe {
    bytes: RefCell<VecDeque<u8>>,
    /// Which ends are open.
    reader: Cell<bool>,
    writer: Cell<bool>,
    turns: Turns,
}

impl Pipe {
    /// Both ends tell how much is in between: FIONREAD.
    fn number(&self, request: c_int) -> Result<c_int> {
        if request != FIONREAD {
            return Err(Errno::Enotty.into());
        }
        Ok(self.bytes.borrow().len().try_into().unwrap_or(c_int::MAX))
    }
}

/// The end that is read.
struct Reader {
    pipe: Rc<Pipe>,
    nonblocking: Cell<bool>,
}

/// The end that is written.
struct Writer {
    pipe: Rc<Pipe>,
    nonblocking: Cell<bool>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.pipe.reader.set(false);
        self.pipe.turns.writing();
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.pipe.writer.set(false);
        self.pipe.turns.reading();
    }
}

/// EAGAIN; or EDEADLK where Linux would wait for ever, for nobody else can make it ready.
pub(crate) fn would_wait(nonblocking: bool) -> Errno {
    if nonblocking { Errno::Eagain } else { Errno::Edeadlk }
}

impl Description for Reader {
    fn kind(&self) -> u32 {
        S_IFIFO
    }

    fn access(&self) -> c_int {
        O_RDONLY
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    fn read(&self, buffers: &mut [&mut [u8]]) -> Result<usize> {
        let mut bytes = self.pipe.bytes.borrow_mut();
        if bytes.is_empty() && self.pipe.writer.get() {
            return Err(would_wait(self.nonblocking.get()).into());
        }
        let length = fill(buffers, bytes.make_contiguous());
        bytes.drain(..length);
        self.pipe.turns.reading();
        self.pipe.turns.writing();
        Ok(length)
    }

    fn write(&self, _: &[&[u8]]) -> Result<usize> {
        Err(Errno::Ebadf.into())
    }

    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        let readable = if self.pipe.bytes.borrow().is_empty() { 0 } else { events & POLLIN };
        let ended = if self.pipe.writer.get() { 0 } else { POLLHUP };
        wait.now(readable | ended)
    }

    fn turns(&self) -> [u32; 2] {
        self.pipe.turns.count()
    }

    fn number(&self, request: c_int) -> Result<c_int> {
        self.pipe.number(request)
    }

    fn may_signal(&self) -> bool {
        true
    }
}

impl Description for Writer {
    fn kind(&self) -> u32 {
        S_IFIFO
    }

    fn access(&self) -> c_int {
        O_WRONLY
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    fn read(&self, _: &mut [&mut [u8]]) -> Result<usize> {
        Err(Errno::Ebadf.into())
    }

    /// A writer that would wait is not kept waiting, for the reader is behind it: the pipe takes more than it should.
    fn write(&self, buffers: &[&[u8]]) -> Result<usize> {
        if !self.pipe.reader.get() {
            return Err(Errno::Epipe.into());
        }
        let mut bytes = self.pipe.bytes.borrow_mut();
        let (all, room) = (total(buffers), CAPACITY.saturating_sub(bytes.len()));
        let mut length = all;
        if self.nonblocking.get() && all > room {
            if all <= WHOLE || room == 0 {
                return Err(Errno::Eagain.into());
            }
            length = room;
        }
        bytes.extend(buffers.iter().copied().flatten().take(length));
        self.pipe.turns.reading();
        self.pipe.turns.writing();
        Ok(length)
    }

    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        let writable = if self.pipe.bytes.borrow().len() + WHOLE > CAPACITY { 0 } else { events & POLLOUT };
        let ended = if self.pipe.reader.get() { 0 } else { POLLERR };
        wait.now(writable | ended)
    }

    fn turns(&self) -> [u32; 2] {
        self.pipe.turns.count()
    }

    fn number(&self, request: c_int) -> Result<c_int> {
        self.pipe.number(request)
    }

    fn may_signal(&self) -> bool {
        true
    }
}

exported! {
    /// pipe(2)
    fn pipe(ends: Out<c_int>) -> c_int {
        pipe2(ends, 0)
    }

    /// pipe2(2)
    fn pipe2(ends: Out<c_int>, flags: c_int) -> c_int {
        let (nonblocking, cloexec) = file::modes(flags).ok_or(Errno::Einval)?;
        // As in Linux, what cannot be told is not made.
        ends.put_all(&[-1, -1])?;
        let shared = Rc::new(Pipe { reader: Cell::new(true), writer: Cell::new(true), ..Pipe::default() });
        let reader = Reader { pipe: shared.clone(), nonblocking: Cell::new(nonblocking) };
        let writer = Writer { pipe: shared, nonblocking: Cell::new(nonblocking) };
        let first = table::insert(Rc::new(reader), cloexec)?;
        let second = match table::insert(Rc::new(writer), cloexec) {
            Ok(second) => second,
            Err(failure) => {
                table::remove(first)?;
                return Err(failure);
            }
        };
        ends.put_all(&[first, second])?;
        Ok(0)
    }
}
