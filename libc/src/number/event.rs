//! Events of poll(2).

use core::ffi::c_short;

use berkeley_constants as linux;

/// wasi-libc's number, also POLLRDNORM.
pub(crate) const POLLIN: c_short = 1;
/// wasi-libc's number, also POLLWRNORM.
pub(crate) const POLLOUT: c_short = 2;
/// For which wasi-libc has no number.
pub(crate) const POLLPRI: c_short = 4;
/// For which wasi-libc has no number.
pub(crate) const POLLRDHUP: c_short = 0x800;
/// wasi-libc's number.
pub(crate) const POLLERR: c_short = 0x1000;
/// wasi-libc's number.
pub(crate) const POLLHUP: c_short = 0x2000;
/// wasi-libc's number.
pub(crate) const POLLNVAL: c_short = 0x4000;

/// An event here, and Linux's bits for it: first the one that is told.
const EVENTS: [(c_short, c_short); 7] = [
    (POLLIN, linux::POLLIN),
    (POLLOUT, linux::POLLOUT),
    (POLLPRI, linux::POLLPRI),
    (POLLRDHUP, linux::POLLRDHUP),
    (POLLERR, linux::POLLERR),
    (POLLHUP, linux::POLLHUP),
    (POLLNVAL, linux::POLLNVAL),
];

/// Events of Linux's.
pub(crate) fn to_linux(here: c_short) -> c_short {
    if here == POLLIN {
        // What nearly all ask for.
        return linux::POLLIN;
    }
    EVENTS.iter().filter(|event| here & event.0 != 0).fold(0, |all, event| all | event.1)
}

/// Events as they are here.
pub(crate) fn from_linux(linux: c_short) -> c_short {
    if linux == 0 {
        return 0;
    }
    EVENTS.iter().filter(|event| linux & event.1 != 0).fold(0, |all, event| all | event.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_go_there_and_back() {
        assert_eq!(to_linux(POLLIN | POLLOUT | POLLRDHUP), 0x2005);
        assert_eq!(from_linux(1 | 4 | 8 | 0x10 | 0x20), POLLIN | POLLOUT | POLLERR | POLLHUP | POLLNVAL);
        for (here, linux) in EVENTS {
            assert_eq!((to_linux(here), from_linux(linux)), (linux, here));
        }
    }
}
