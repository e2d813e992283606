//! Counters that are waited for: eventfd(2).

use core::cell::Cell;
use core::ffi::{c_int, c_short};
use std::rc::Rc;

use berkeley_guest::error::Errno;

use crate::description::{Description, Turns, fill, room, total};
use crate::export::exported;
use crate::failure::Result;
use crate::memory::Out;
use crate::number::event::{POLLIN, POLLOUT};
use crate::number::file;
use crate::pipe::would_wait;
use crate::table;
use crate::wait::{Wait, Watched};

/// Each read takes one.
const EFD_SEMAPHORE: c_int = 1;

/// The count is below this.
const FULL: u64 = u64::MAX;

struct Counter {
    count: Cell<u64>,
    semaphore: bool,
    nonblocking: Cell<bool>,
    turns: Turns,
}

impl Counter {
    fn take(&self) -> Result<u64> {
        let count = self.count.get();
        if count == 0 {
            return Err(would_wait(self.nonblocking.get()).into());
        }
        let taken = if self.semaphore { 1 } else { count };
        self.count.set(count - taken);
        self.turns.reading();
        self.turns.writing();
        Ok(taken)
    }

    fn add(&self, number: u64) -> Result<()> {
        if number == FULL {
            return Err(Errno::Einval.into());
        }
        let count = self.count.get().checked_add(number).filter(|&count| count < FULL);
        self.count.set(count.ok_or_else(|| would_wait(self.nonblocking.get()))?);
        self.turns.reading();
        Ok(())
    }
}

impl Description for Counter {
    /// Linux has no kind for it either.
    fn kind(&self) -> u32 {
        0
    }

    fn mode(&self) -> &Cell<bool> {
        &self.nonblocking
    }

    fn read(&self, buffers: &mut [&mut [u8]]) -> Result<usize> {
        if room(buffers) < size_of::<u64>() {
            return Err(Errno::Einval.into());
        }
        Ok(fill(buffers, &self.take()?.to_ne_bytes()))
    }

    fn write(&self, buffers: &[&[u8]]) -> Result<usize> {
        if total(buffers) < size_of::<u64>() {
            return Err(Errno::Einval.into());
        }
        let mut number = [0; size_of::<u64>()];
        for (to, from) in number.iter_mut().zip(buffers.iter().copied().flatten()) {
            *to = *from;
        }
        self.add(u64::from_ne_bytes(number))?;
        Ok(size_of::<u64>())
    }

    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        let told = match self.count.get() {
            0 => POLLOUT,
            count if count == FULL - 1 => POLLIN,
            _ => POLLIN | POLLOUT,
        };
        wait.now(told & events)
    }

    fn turns(&self) -> [u32; 2] {
        self.turns.count()
    }
}

exported! {
    /// eventfd(2)
    fn eventfd(count: u32, flags: c_int) -> c_int {
        let (nonblocking, cloexec) = file::modes(flags & !EFD_SEMAPHORE).ok_or(Errno::Einval)?;
        let counter = Counter {
            count: Cell::new(count.into()),
            semaphore: flags & EFD_SEMAPHORE != 0,
            nonblocking: Cell::new(nonblocking),
            turns: Turns::default(),
        };
        table::insert(Rc::new(counter), cloexec)
    }

    /// eventfd_read(3)
    fn eventfd_read(fd: c_int, number: Out<u64>) -> c_int {
        number.put(number.get()?)?;
        number.put(table::find::<Counter>(fd, Errno::Einval)?.take()?)?;
        Ok(0)
    }

    /// eventfd_write(3)
    fn eventfd_write(fd: c_int, number: u64) -> c_int {
        table::find::<Counter>(fd, Errno::Einval)?.add(number)?;
        Ok(0)
    }
}
