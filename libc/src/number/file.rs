//! What is said of open files: flags, commands, modes. These are wasi-libc's numbers; the contract has none of them.

use core::ffi::c_int;

pub(crate) const O_NONBLOCK: c_int = 4;
pub(crate) const O_RDONLY: c_int = 0x0400_0000;
pub(crate) const O_WRONLY: c_int = 0x1000_0000;
pub(crate) const O_RDWR: c_int = O_RDONLY | O_WRONLY;
/// Linux's number; wasi-libc's is 0, and so no flag.
pub(crate) const LINUX_CLOEXEC: c_int = 0x8_0000;
/// Linux's number, for programs that bring their own.
const LINUX_NONBLOCK: c_int = 0x800;

pub(crate) const F_DUPFD: c_int = 0;
pub(crate) const F_GETFD: c_int = 1;
pub(crate) const F_SETFD: c_int = 2;
pub(crate) const F_GETFL: c_int = 3;
pub(crate) const F_SETFL: c_int = 4;
pub(crate) const F_DUPFD_CLOEXEC: c_int = 1030;
pub(crate) const FD_CLOEXEC: c_int = 1;

pub(crate) const FIONREAD: c_int = 1;
pub(crate) const FIONBIO: c_int = 2;
/// Linux's numbers, for programs that bring their own.
pub(crate) const LINUX_FIONBIO: c_int = 0x5421;
pub(crate) const LINUX_FIOASYNC: c_int = 0x5452;

pub(crate) const S_IFMT: u32 = 0xf000;
pub(crate) const S_IFREG: u32 = 0x8000;
pub(crate) const S_IFDIR: u32 = 0x4000;
pub(crate) const S_IFSOCK: u32 = 0xc000;
pub(crate) const S_IFIFO: u32 = 0x1000;

/// Whether the flags of a new descriptor are O_NONBLOCK and O_CLOEXEC; none if there are others.
pub(crate) fn modes(flags: c_int) -> Option<(bool, bool)> {
    let (nonblocking, known) = (O_NONBLOCK | LINUX_NONBLOCK, O_NONBLOCK | LINUX_NONBLOCK | LINUX_CLOEXEC);
    (flags & !known == 0).then_some((flags & nonblocking != 0, flags & LINUX_CLOEXEC != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_of_both_numberings() {
        assert_eq!(modes(0), Some((false, false)));
        assert_eq!((modes(O_NONBLOCK), modes(LINUX_NONBLOCK)), (Some((true, false)), Some((true, false))));
        assert_eq!((modes(LINUX_CLOEXEC), modes(1)), (Some((false, true)), None));
    }
}
