//! Files and standard streams, which are wasi-libc's own.

use core::ffi::{c_int, c_short};
use core::mem::{ManuallyDrop, MaybeUninit};

use berkeley_guest::error::Errno;
use wasip2::filesystem::types::{Descriptor, DescriptorFlags};

use super::held::Held;
use super::lowest;
use super::stream;
use crate::failure::{Failure, Result};
use crate::number::event::{POLLIN, POLLOUT};
use crate::number::file::{O_RDONLY, O_WRONLY, S_IFDIR, S_IFMT, S_IFREG};
use crate::wait::{Borrowed, Wait, Watched};

unsafe extern "C" {
    fn __wasilibc_add_file(file: u32, flags: c_int) -> c_int;
}

/// A descriptor of wasi-libc's own.
pub(crate) struct Foreign {
    fd: c_int,
    held: Held,
}

impl Foreign {
    pub(super) fn new(fd: c_int, held: Held) -> Self {
        Self { fd, held }
    }

    /// What tells it from another that has the same number later, as far as anything does.
    pub(crate) fn identity(&self) -> usize {
        self.held.raw().data.addr()
    }

    /// Whether poll(2) has it ready at all times: a regular file or a directory.
    pub(crate) fn always_ready(&self) -> bool {
        let raw = self.held.raw();
        let mut stat = MaybeUninit::<libc::stat>::zeroed();
        // SAFETY: the function is called with its own data; zeros are a structure, if it leaves it alone.
        let kind = unsafe {
            let Some(fstat) = (*raw.functions).fstat else { return false };
            fstat(raw.data, stat.as_mut_ptr());
            stat.assume_init().st_mode & S_IFMT
        };
        kind == S_IFREG || kind == S_IFDIR
    }

    /// read(2).
    pub(crate) fn read(&self, buffer: &mut [u8]) -> Result<usize> {
        stream::read(self.fd, &self.held, buffer)
    }

    /// write(2).
    pub(crate) fn write(&self, data: &[u8]) -> Result<usize> {
        stream::write(self.fd, &self.held, data)
    }

    /// Has itself watched. What it is not open for never is ready.
    pub(crate) fn watch(&self, events: c_short, wait: &mut Wait) -> Watched {
        if self.always_ready() {
            return wait.now(events & (POLLIN | POLLOUT));
        }
        let pollable = |event, pollable: fn(c_int, &Held) -> Result<u32>| {
            let handle = (events & event != 0).then(|| pollable(self.fd, &self.held).ok()).flatten()?;
            // SAFETY: the handle is a pollable, which wasi-libc keeps as long as the stream; this one is never dropped.
            Some((Borrowed::new(unsafe { wasip2::io::poll::Pollable::from_handle(handle) }), event))
        };
        let streams = [pollable(POLLIN, stream::readable), pollable(POLLOUT, stream::writable)];
        wait.streams(streams.into_iter().flatten())
    }

    /// F_GETFL.
    pub(crate) fn flags(&self) -> Result<c_int> {
        let raw = self.held.raw();
        // SAFETY: the function is called with its own data.
        let flags = unsafe { (*raw.functions).getfl.map(|getfl| getfl(raw.data)) };
        told(flags.ok_or(Errno::Einval)?)
    }

    /// F_SETFL.
    pub(crate) fn set_flags(&self, flags: c_int) -> Result<()> {
        let raw = self.held.raw();
        // SAFETY: as above.
        let answer = unsafe { (*raw.functions).setfl.map(|setfl| setfl(raw.data, flags)) };
        told(answer.ok_or(Errno::Einval)?).map(drop)
    }

    /// FIONBIO.
    pub(crate) fn set_nonblocking(&self, nonblocking: bool) -> Result<()> {
        let raw = self.held.raw();
        // SAFETY: as above.
        let answer = unsafe { (*raw.functions).set_blocking.map(|set| set(raw.data, !nonblocking)) };
        told(answer.ok_or(Errno::Einval)?).map(drop)
    }

    /// lseek(2)
    pub(crate) fn seek(&self, offset: i64, whence: c_int) -> Result<i64> {
        let raw = self.held.raw();
        // SAFETY: as above.
        let at = unsafe { (*raw.functions).seek.map(|seek| seek(raw.data, offset, whence)) };
        let at = at.ok_or(Errno::Espipe)?;
        if at < 0 { Err(Failure::last()) } else { Ok(at) }
    }

    /// WASI's descriptor of the file, which stays wasi-libc's. EINVAL: a standard stream.
    pub(crate) fn file(&self) -> Result<ManuallyDrop<Descriptor>> {
        let raw = self.held.raw();
        let mut handle = 0;
        // SAFETY: as above; what it gives is a descriptor's handle, which is never dropped here.
        unsafe {
            let get = (*raw.functions).get_file.ok_or(Errno::Einval)?;
            told(get(raw.data, &raw mut handle))?;
            Ok(ManuallyDrop::new(Descriptor::from_handle(handle)))
        }
    }
}

/// Gives a file of WASI's a number, as open as it is.
pub(crate) fn add(file: Descriptor) -> Result<c_int> {
    let open = file.get_flags().unwrap_or(DescriptorFlags::READ);
    let flags = [(DescriptorFlags::READ, O_RDONLY), (DescriptorFlags::WRITE, O_WRONLY)];
    let flags = flags.iter().filter(|(flag, _)| open.contains(*flag)).fold(0, |all, (_, number)| all | number);
    // SAFETY: the handle is a descriptor's, and is wasi-libc's from now on.
    told(unsafe { __wasilibc_add_file(file.take_handle(), flags) }).map(lowest::settle)
}

fn told(answer: c_int) -> Result<c_int> {
    if answer < 0 { Err(Failure::last()) } else { Ok(answer) }
}
