//! Families, types, options, directions.

use core::ffi::c_int;

use berkeley_constants as linux;

/// Pairs of one number here and one of Linux's. What is in no pair is the same in both.
type Pairs = [(c_int, c_int)];

/// Linux's AF_AX25 gets the number that wasi-libc leaves free, so that no two families share one.
const FAMILIES: &Pairs = &[(1, linux::AF_INET), (2, linux::AF_INET6), (3, linux::AF_UNIX), (10, 3)];

/// SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, for which wasi-libc has no number; and what else these numbers are on Linux:
/// SOCK_DCCP, and one that is none.
const TYPES: &Pairs = &[(6, linux::SOCK_STREAM), (5, linux::SOCK_DGRAM), (7, linux::SOCK_SEQPACKET), (1, 6), (2, 7)];

/// SOL_SOCKET; Linux's 1 is IPPROTO_ICMP, which is no level.
const LEVELS: &Pairs = &[(SOL_SOCKET, linux::SOL_SOCKET)];

/// SO_RCVTIMEO and SO_SNDTIMEO.
const OPTIONS: &Pairs = &[(66, linux::SO_RCVTIMEO), (67, linux::SO_SNDTIMEO)];

/// wasi-libc's number.
pub(crate) const SOL_SOCKET: c_int = 0x7fff_ffff;
/// wasi-libc's number.
pub(crate) const AF_INET: c_int = 1;
/// wasi-libc's number.
pub(crate) const AF_INET6: c_int = 2;
/// wasi-libc's number.
pub(crate) const SOCK_NONBLOCK: c_int = 0x4000;
/// wasi-libc's number.
pub(crate) const SOCK_CLOEXEC: c_int = 0x2000;
/// What may be added to a type.
pub(crate) const SOCK_FLAGS: c_int = SOCK_NONBLOCK | SOCK_CLOEXEC;

fn to_linux(pairs: &Pairs, here: c_int) -> c_int {
    pairs.iter().find(|pair| pair.0 == here).map_or(here, |pair| pair.1)
}

fn from_linux(pairs: &Pairs, linux: c_int) -> c_int {
    pairs.iter().find(|pair| pair.1 == linux).map_or(linux, |pair| pair.0)
}

/// A family of Linux's.
pub(crate) fn family(here: c_int) -> c_int {
    to_linux(FAMILIES, here)
}

/// A family as it is here.
pub(crate) fn family_here(linux: c_int) -> c_int {
    from_linux(FAMILIES, linux)
}

/// Makes a family that stands there in Linux's numbers one of here.
pub(crate) fn translate_family(bytes: &mut [u8], at: usize) {
    if let Some(family) = bytes.get_mut(at..at + 2) {
        let here = family_here(c_int::from(u16::from_le_bytes([family[0], family[1]])));
        family.copy_from_slice(&here.to_le_bytes()[..2]);
    }
}

/// Makes a family that stands there in numbers of here one of Linux's.
pub(crate) fn translate_family_to_linux(bytes: &mut [u8], at: usize) {
    if let Some(bytes) = bytes.get_mut(at..at + 2) {
        let linux = family(c_int::from(u16::from_le_bytes([bytes[0], bytes[1]])));
        bytes.copy_from_slice(&linux.to_le_bytes()[..2]);
    }
}

/// A type of Linux's, without flags.
pub(crate) fn r#type(here: c_int) -> c_int {
    to_linux(TYPES, here & !SOCK_FLAGS)
}

/// A type as it is here.
pub(crate) fn type_here(linux: c_int) -> c_int {
    from_linux(TYPES, linux)
}

/// A level of Linux's.
pub(crate) fn level(here: c_int) -> c_int {
    to_linux(LEVELS, here)
}

/// A level as it is here.
pub(crate) fn level_here(linux: c_int) -> c_int {
    from_linux(LEVELS, linux)
}

/// An option of Linux's, at a level that is Linux's.
pub(crate) fn option(level: c_int, here: c_int) -> c_int {
    if level == linux::SOL_SOCKET { to_linux(OPTIONS, here) } else { here }
}

/// A direction of `shutdown`: here 1, 2 and both. What is none stays none.
pub(crate) fn direction(here: c_int) -> c_int {
    here.wrapping_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_there_and_back() {
        for number in 0..64 {
            assert_eq!(family_here(family(number)), number);
            assert_eq!(type_here(r#type(number)), number);
        }
        assert_eq!((family(AF_INET), family(AF_INET6), family(3)), (2, 10, 1));
        assert_eq!((r#type(6), r#type(5 | SOCK_NONBLOCK | SOCK_CLOEXEC), r#type(7)), (1, 2, 5));
        assert_eq!((level(SOL_SOCKET), level_here(1), level(6)), (1, SOL_SOCKET, 6));
        assert_eq!((option(1, 66), option(1, 67), option(6, 66)), (20, 21, 66));
        assert_eq!((direction(1), direction(2), direction(3), direction(0)), (0, 1, 2, -1));
    }
}
