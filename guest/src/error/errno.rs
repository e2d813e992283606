//! Error numbers: their names, their texts, and what `std` and the C library make of them.

use std::io;

pub use crate::bindings::error::Errno;

/// What is known of an error number: its own number, its name, its text.
struct Facts(i32, &'static str, &'static str);

macro_rules! facts {
    ($($name:ident $case:ident $number:literal $text:literal;)*) => {
        fn facts(errno: Errno) -> Facts {
            match errno {
                $(Errno::$case => Facts($number, stringify!($name), $text),)*
            }
        }

        fn by_number(number: i32) -> Option<Errno> {
            match number {
                $($number => Some(Errno::$case),)*
                _ => None,
            }
        }
    };
}
berkeley_constants::for_each_errno!(facts);

/// What can be told of an [`Errno`].
pub trait ErrnoExt: Sized {
    /// The number, in Linux's generic numbering.
    fn number(self) -> i32;
    /// The name, such as `ECONNREFUSED`.
    fn name(self) -> &'static str;
    /// Linux's description: strerror(3).
    fn description(self) -> &'static str;
    /// The error of that number.
    fn from_number(number: i32) -> Option<Self>;
}

impl ErrnoExt for Errno {
    fn number(self) -> i32 {
        facts(self).0
    }

    fn name(self) -> &'static str {
        facts(self).1
    }

    fn description(self) -> &'static str {
        facts(self).2
    }

    fn from_number(number: i32) -> Option<Self> {
        by_number(number)
    }
}

/// The errors in the order of the C library's numbers, from 1 on: those of wasi-libc, and of WASI 0.1 before it.
const LIBC: &[Errno] = {
    use Errno::*;
    &[
        E2big,
        Eacces,
        Eaddrinuse,
        Eaddrnotavail,
        Eafnosupport,
        Eagain,
        Ealready,
        Ebadf,
        Ebadmsg,
        Ebusy,
        Ecanceled,
        Echild,
        Econnaborted,
        Econnrefused,
        Econnreset,
        Edeadlk,
        Edestaddrreq,
        Edom,
        Edquot,
        Eexist,
        Efault,
        Efbig,
        Ehostunreach,
        Eidrm,
        Eilseq,
        Einprogress,
        Eintr,
        Einval,
        Eio,
        Eisconn,
        Eisdir,
        Eloop,
        Emfile,
        Emlink,
        Emsgsize,
        Emultihop,
        Enametoolong,
        Enetdown,
        Enetreset,
        Enetunreach,
        Enfile,
        Enobufs,
        Enodev,
        Enoent,
        Enoexec,
        Enolck,
        Enolink,
        Enomem,
        Enomsg,
        Enoprotoopt,
        Enospc,
        Enosys,
        Enotconn,
        Enotdir,
        Enotempty,
        Enotrecoverable,
        Enotsock,
        Eopnotsupp,
        Enotty,
        Enxio,
        Eoverflow,
        Eownerdead,
        Eperm,
        Epipe,
        Eproto,
        Eprotonosupport,
        Eprototype,
        Erange,
        Erofs,
        Espipe,
        Esrch,
        Estale,
        Etimedout,
        Etxtbsy,
        Exdev,
    ]
};

/// The number that the target's C library, and so `std`, has for the error; none where it has none.
///
/// Elsewhere than on WASI only unit tests run.
pub(super) fn raw_os_error(errno: Errno) -> Option<i32> {
    if cfg!(target_os = "wasi") {
        LIBC.iter().position(|&at| at == errno).map(|at| at as i32 + 1)
    } else {
        cfg!(target_os = "linux").then(|| errno.number())
    }
}

/// The error of a number of the target's C library.
pub(super) fn from_raw_os_error(number: i32) -> Option<Errno> {
    if cfg!(target_os = "wasi") {
        LIBC.get(usize::try_from(number.checked_sub(1)?).ok()?).copied()
    } else {
        by_number(number).filter(|_| cfg!(target_os = "linux"))
    }
}

/// The kind that `std` gives the error; `Other` where the C library has no number for it.
pub(super) fn kind(errno: Errno) -> io::ErrorKind {
    match raw_os_error(errno) {
        Some(number) => io::Error::from_raw_os_error(number).kind(),
        None => io::ErrorKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use berkeley_constants::errno;

    #[test]
    fn numbers_names_and_texts_are_linuxs() {
        assert_eq!(Errno::Econnrefused.number(), 111);
        assert_eq!(Errno::Econnrefused.name(), "ECONNREFUSED");
        assert_eq!(<Errno as ErrnoExt>::from_number(11), Some(Errno::Eagain));
        for &(number, name, text) in errno::ERRNOS {
            let errno = <Errno as ErrnoExt>::from_number(number).expect(name);
            assert_eq!((errno.number(), errno.name(), errno.description()), (number, name, text));
        }
    }

    #[test]
    fn the_c_library_numbers_the_errors_of_wasi() {
        let number = |errno| LIBC.iter().position(|&at| at == errno).map(|at| at + 1);
        for (errno, expected) in [
            (Errno::E2big, 1),
            (Errno::Eagain, 6),
            (Errno::Eexist, 20),
            (Errno::Eisconn, 30),
            (Errno::Enetunreach, 40),
            (Errno::Enoprotoopt, 50),
            (Errno::Eopnotsupp, 58),
            (Errno::Enxio, 60),
            (Errno::Espipe, 70),
            (Errno::Exdev, 75),
        ] {
            assert_eq!(number(errno), Some(expected), "{}", errno.name());
        }
        assert_eq!(number(Errno::Eshutdown), None);
    }
}
