//! What is said of open files: flags, commands, modes. These are wasi-libc's numbers; the contract has none of them.

use core::ffi::c_int;

pub(crate) const O_NONBLOCK: c_int = 4;
pub(crate) const O_RDONLY: c_int = 0x0400_0000;
pub(crate) const O_WRONLY: c_int = 0x1000_0000;
pub(crate) const O_RDWR: c_int = O_RDONLY | O_WRONLY;
/// As musl has it; wasi-libc ignores it.
pub(crate) const O_CLOEXEC: c_int = 0;

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
pub(crate) const LINUX_FIONREAD: c_int = 0x541b;
pub(crate) const LINUX_FIONBIO: c_int = 0x5421;

pub(crate) const S_IFMT: u32 = 0xf000;
pub(crate) const S_IFREG: u32 = 0x8000;
pub(crate) const S_IFDIR: u32 = 0x4000;
pub(crate) const S_IFSOCK: u32 = 0xc000;
pub(crate) const S_IFIFO: u32 = 0x1000;
