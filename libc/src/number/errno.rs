//! Error numbers.

use core::ffi::c_int;

use berkeley_guest::error::{Errno, ErrnoExt as _};

/// What is added to Linux's number of an error for which wasi-libc has none.
pub(crate) const FOREIGN: c_int = 1000;

/// wasi-libc's number, or for one of the 56 that it has none for, Linux's and [`FOREIGN`].
pub(crate) fn number(errno: Errno) -> c_int {
    match errno {
        Errno::Eperm => 63,
        Errno::Enoent => 44,
        Errno::Esrch => 71,
        Errno::Eintr => 27,
        Errno::Eio => 29,
        Errno::Enxio => 60,
        Errno::E2big => 1,
        Errno::Enoexec => 45,
        Errno::Ebadf => 8,
        Errno::Echild => 12,
        Errno::Eagain => 6,
        Errno::Enomem => 48,
        Errno::Eacces => 2,
        Errno::Efault => 21,
        Errno::Ebusy => 10,
        Errno::Eexist => 20,
        Errno::Exdev => 75,
        Errno::Enodev => 43,
        Errno::Enotdir => 54,
        Errno::Eisdir => 31,
        Errno::Einval => 28,
        Errno::Enfile => 41,
        Errno::Emfile => 33,
        Errno::Enotty => 59,
        Errno::Etxtbsy => 74,
        Errno::Efbig => 22,
        Errno::Enospc => 51,
        Errno::Espipe => 70,
        Errno::Erofs => 69,
        Errno::Emlink => 34,
        Errno::Epipe => 64,
        Errno::Edom => 18,
        Errno::Erange => 68,
        Errno::Edeadlk => 16,
        Errno::Enametoolong => 37,
        Errno::Enolck => 46,
        Errno::Enosys => 52,
        Errno::Enotempty => 55,
        Errno::Eloop => 32,
        Errno::Enomsg => 49,
        Errno::Eidrm => 24,
        Errno::Enolink => 47,
        Errno::Eproto => 65,
        Errno::Emultihop => 36,
        Errno::Ebadmsg => 9,
        Errno::Eoverflow => 61,
        Errno::Eilseq => 25,
        Errno::Enotsock => 57,
        Errno::Edestaddrreq => 17,
        Errno::Emsgsize => 35,
        Errno::Eprototype => 67,
        Errno::Enoprotoopt => 50,
        Errno::Eprotonosupport => 66,
        Errno::Eopnotsupp => 58,
        Errno::Eafnosupport => 5,
        Errno::Eaddrinuse => 3,
        Errno::Eaddrnotavail => 4,
        Errno::Enetdown => 38,
        Errno::Enetunreach => 40,
        Errno::Enetreset => 39,
        Errno::Econnaborted => 13,
        Errno::Econnreset => 15,
        Errno::Enobufs => 42,
        Errno::Eisconn => 30,
        Errno::Enotconn => 53,
        Errno::Etimedout => 73,
        Errno::Econnrefused => 14,
        Errno::Ehostunreach => 23,
        Errno::Ealready => 7,
        Errno::Einprogress => 26,
        Errno::Estale => 72,
        Errno::Edquot => 19,
        Errno::Ecanceled => 11,
        Errno::Eownerdead => 62,
        Errno::Enotrecoverable => 56,
        other => FOREIGN + other.number(),
    }
}

/// The number here of a number of Linux's; 0 stays.
pub(crate) fn from_linux(linux: c_int) -> c_int {
    match Errno::from_number(linux) {
        _ if linux == 0 => 0,
        Some(errno) => number(errno),
        None => FOREIGN + linux,
    }
}

/// What a number here means; none for a number without a name.
pub(crate) fn name(here: c_int) -> Option<Errno> {
    (1..FOREIGN).filter_map(Errno::from_number).find(|&errno| number(errno) == here)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_error_has_a_number_of_its_own() {
        let all: Vec<_> = (1..FOREIGN).filter_map(Errno::from_number).collect();
        assert_eq!(all.len(), 131);
        let numbers: HashSet<_> = all.iter().map(|&errno| number(errno)).collect();
        assert_eq!(numbers.len(), all.len());
        assert_eq!(numbers.iter().filter(|&&number| number > FOREIGN).count(), 56);
        assert!(all.iter().all(|&errno| name(number(errno)) == Some(errno)));
    }

    #[test]
    fn numbers_of_linux_are_translated() {
        assert_eq!((from_linux(0), from_linux(11), from_linux(108), from_linux(999)), (0, 6, 1108, 1999));
        assert_eq!(name(12345), None);
    }
}
