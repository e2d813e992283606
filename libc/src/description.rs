//! An open file description, of whatever kind: what descriptors refer to.

use core::cell::Cell;
use core::ffi::{c_int, c_short};
use std::any::Any;
use std::rc::Rc;

use berkeley_guest::error::Errno;

use crate::failure::Result;
use crate::number::event::POLLIN;
use crate::number::file::{O_NONBLOCK, O_RDWR};
use crate::wait::{Wait, Watched};

/// What is done with a descriptor of any kind. Descriptors that `dup` made share one description, and so its mode.
pub(crate) trait Description: Any {
    /// The kind of file: S_IFSOCK and so on.
    fn kind(&self) -> u32;

    /// O_RDONLY, O_WRONLY or O_RDWR.
    fn access(&self) -> c_int {
        O_RDWR
    }

    /// Whether O_NONBLOCK is set.
    fn mode(&self) -> &Cell<bool>;

    /// Sets O_NONBLOCK, or clears it.
    fn set_nonblocking(&self, nonblocking: bool) {
        self.mode().set(nonblocking);
    }

    /// How it is opened, and its mode: F_GETFL.
    fn flags(&self) -> c_int {
        self.access() | if self.mode().get() { O_NONBLOCK } else { 0 }
    }

    /// read(2) and readv(2): fills the buffers, one after the other.
    fn read(&self, _buffers: &mut [&mut [u8]]) -> Result<usize> {
        Err(Errno::Einval.into())
    }

    /// write(2) and writev(2): takes the buffers, one after the other.
    fn write(&self, _buffers: &[&[u8]]) -> Result<usize> {
        Err(Errno::Einval.into())
    }

    /// Has itself watched for events, in the numbers of this crate.
    fn watch(&self, events: c_short, wait: &mut Wait) -> Watched;

    /// How often something has happened that may make it ready anew, for reading and for writing. What is edge-triggered goes
    /// by it.
    fn turns(&self) -> [u32; 2];

    /// What ioctl(2) tells by a number, for one of Linux's requests.
    fn number(&self, _request: c_int) -> Result<c_int> {
        Err(Errno::Enotty.into())
    }

    /// Whether Linux has signals for it: FIOASYNC.
    fn may_signal(&self) -> bool {
        false
    }
}

/// Which of the events hold, after at most so many nanoseconds; none is for ever.
pub(crate) fn ready(description: &dyn Description, events: c_short, limit: Option<u64>) -> Result<c_short> {
    let mut wait = Wait::default();
    let watched = description.watch(events, &mut wait);
    wait.run(limit)?;
    Ok(wait.events(&watched))
}

/// What a call answers that reads into what is no memory: it may find nothing, or the end. EFAULT: something has come, and
/// stays.
pub(crate) fn read_nowhere(description: &dyn Description) -> Result<usize> {
    match ready(description, POLLIN, description.mode().get().then_some(0))? {
        0 => Err(Errno::Eagain.into()),
        events if events & POLLIN != 0 => Err(Errno::Efault.into()),
        _ => Ok(0),
    }
}

/// Counts what [`Description::turns`] tells.
#[derive(Default)]
pub(crate) struct Turns([Cell<u32>; 2]);

impl Turns {
    /// Something happened to what is read.
    pub(crate) fn reading(&self) {
        self.0[0].set(self.0[0].get().wrapping_add(1));
    }

    /// Something happened to what is written.
    pub(crate) fn writing(&self) {
        self.0[1].set(self.0[1].get().wrapping_add(1));
    }

    /// How often each did.
    pub(crate) fn count(&self) -> [u32; 2] {
        [self.0[0].get(), self.0[1].get()]
    }
}

/// The description as that kind; none for another.
pub(crate) fn downcast<D: Description>(description: &Rc<dyn Description>) -> Option<Rc<D>> {
    (description.clone() as Rc<dyn Any>).downcast().ok()
}

/// Fills the buffers, one after the other, by what gives a part, and is told how much has come before: until it gives
/// nothing, or fails after something has come.
pub(crate) fn read_whole(
    buffers: &mut [&mut [u8]],
    mut part: impl FnMut(&mut [u8], usize) -> Result<usize>,
) -> Result<usize> {
    let mut done = 0;
    for buffer in buffers {
        let mut rest = &mut buffer[..];
        while !rest.is_empty() {
            match part(rest, done) {
                Ok(0) => return Ok(done),
                Ok(length) => {
                    done += length;
                    rest = &mut rest[length..];
                }
                Err(_) if done > 0 => return Ok(done),
                Err(failure) => return Err(failure),
            }
        }
    }
    Ok(done)
}

/// The same the other way: takes the buffers, by what takes a part.
pub(crate) fn write_whole(buffers: &[&[u8]], mut part: impl FnMut(&[u8], usize) -> Result<usize>) -> Result<usize> {
    let mut done = 0;
    for buffer in buffers {
        let mut rest = *buffer;
        while !rest.is_empty() {
            match part(rest, done) {
                Ok(0) => return Ok(done),
                Ok(length) => {
                    done += length;
                    rest = &rest[length..];
                }
                Err(_) if done > 0 => return Ok(done),
                Err(failure) => return Err(failure),
            }
        }
    }
    Ok(done)
}

/// The sum of the buffers' lengths.
pub(crate) fn total(buffers: &[&[u8]]) -> usize {
    buffers.iter().map(|buffer| buffer.len()).sum()
}

/// The sum of the lengths of buffers to fill.
pub(crate) fn room(buffers: &[&mut [u8]]) -> usize {
    buffers.iter().map(|buffer| buffer.len()).sum()
}

/// Copies the bytes into the buffers, one after the other, as far as there is room, and tells how many they were.
pub(crate) fn fill(buffers: &mut [&mut [u8]], mut bytes: &[u8]) -> usize {
    let all = bytes.len();
    for buffer in buffers {
        let (here, later) = bytes.split_at(bytes.len().min(buffer.len()));
        buffer[..here.len()].copy_from_slice(here);
        bytes = later;
    }
    all - bytes.len()
}
