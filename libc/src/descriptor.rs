//! Descriptors of every kind: dup(2), fcntl(2), ioctl(2).

use core::ffi::c_int;

use berkeley_constants::ioctl;
use berkeley_guest::error::Errno;

use crate::export::exported;
use crate::failure::Result;
use crate::memory::{In, Out};
use crate::number::file::{
    F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_SETFD, F_SETFL, FD_CLOEXEC, FIONBIO, FIONREAD, LINUX_CLOEXEC,
    LINUX_FIOASYNC, LINUX_FIONBIO, O_NONBLOCK,
};
use crate::table::{self, Entry, lookup};

exported! {
    /// dup(2)
    fn dup(fd: c_int) -> c_int {
        table::duplicate(fd)
    }

    /// dup2(2)
    fn dup2(fd: c_int, number: c_int) -> c_int {
        table::duplicate_to(fd, number)
    }

    /// dup3(2): wasi-libc's O_CLOEXEC is 0, and so no flag.
    fn dup3(fd: c_int, number: c_int, flags: c_int) -> c_int {
        if fd == number || flags & !LINUX_CLOEXEC != 0 {
            return Err(Errno::Einval.into());
        }
        table::duplicate_to(fd, number)?;
        table::set_inherited(number, flags == 0)?;
        Ok(number)
    }

    /// fcntl(2): what follows the command is passed by its place.
    fn fcntl(fd: c_int, command: c_int, arguments: In<c_int>) -> c_int {
        match command {
            F_DUPFD => table::duplicate_from(fd, arguments.get()?),
            F_DUPFD_CLOEXEC => {
                let copy = table::duplicate_from(fd, arguments.get()?)?;
                table::set_inherited(copy, false)?;
                Ok(copy)
            }
            F_GETFD => Ok(if table::inherited(fd)? { 0 } else { FD_CLOEXEC }),
            F_SETFD => {
                table::set_inherited(fd, arguments.get()? & FD_CLOEXEC == 0)?;
                Ok(0)
            }
            F_GETFL => flags(&lookup(fd)?),
            F_SETFL => {
                set_flags(&lookup(fd)?, arguments.get()?)?;
                Ok(0)
            }
            _ => {
                lookup(fd)?;
                Err(Errno::Einval.into())
            }
        }
    }

    /// ioctl(2): what follows the request is passed by its place. ENOTTY for a request that the descriptor has no use for.
    fn ioctl(fd: c_int, request: c_int, arguments: In<Out<c_int>>) -> c_int {
        let entry = lookup(fd)?;
        match (request, entry) {
            (FIONBIO | LINUX_FIONBIO, Entry::Own(description)) => {
                description.set_nonblocking(arguments.get()?.get()? != 0);
            }
            (FIONBIO | LINUX_FIONBIO, Entry::Foreign(file)) => file.set_nonblocking(arguments.get()?.get()? != 0)?,
            // There are no signals that could tell of input.
            (LINUX_FIOASYNC, Entry::Own(description)) if description.may_signal() => {
                arguments.get()?.get()?;
            }
            (request, Entry::Own(description)) => {
                let number = description.number(if request == FIONREAD { ioctl::FIONREAD } else { request })?;
                arguments.get()?.put(number)?;
            }
            _ => return Err(Errno::Enotty.into()),
        }
        Ok(0)
    }
}

fn flags(entry: &Entry) -> Result<c_int> {
    match entry {
        Entry::Own(description) => Ok(description.flags()),
        Entry::Foreign(file) => file.flags(),
    }
}

fn set_flags(entry: &Entry, flags: c_int) -> Result<()> {
    match entry {
        Entry::Own(description) => description.set_nonblocking(flags & O_NONBLOCK != 0),
        Entry::Foreign(file) => file.set_flags(flags)?,
    }
    Ok(())
}
