//! Addresses within the values of options.

use core::ffi::c_int;

use berkeley_constants as linux;

use super::socket::translate_family_to_linux;

/// Where the values of what is set have a `struct sockaddr`, by levels and names.
const PLACES: [(&[c_int], &[c_int], &[usize]); 4] = [
    (&INTERNET, &[linux::MCAST_JOIN_GROUP, linux::MCAST_LEAVE_GROUP, linux::MCAST_MSFILTER], &[8]),
    (
        &INTERNET,
        &[
            linux::MCAST_BLOCK_SOURCE,
            linux::MCAST_UNBLOCK_SOURCE,
            linux::MCAST_JOIN_SOURCE_GROUP,
            linux::MCAST_LEAVE_SOURCE_GROUP,
        ],
        &[8, 136],
    ),
    (&[linux::IPPROTO_TCP], &[linux::TCP_MD5SIG, linux::TCP_MD5SIG_EXT], &[0]),
    (
        &[linux::IPPROTO_SCTP],
        &[linux::SCTP_SET_PEER_PRIMARY_ADDR, linux::SCTP_PRIMARY_ADDR, linux::SCTP_PEER_ADDR_PARAMS],
        &[4],
    ),
];
/// Both levels of the internet.
const INTERNET: [c_int; 2] = [linux::IPPROTO_IP, linux::IPPROTO_IPV6];

/// Where the sources of MCAST_MSFILTER begin, and how far apart they are.
const SOURCES: (usize, usize) = (144, 128);

/// Makes the families of addresses in what is set Linux's.
pub(crate) fn translate(level: c_int, name: c_int, value: &mut [u8]) {
    let found = PLACES.iter().filter(|(levels, names, _)| levels.contains(&level) && names.contains(&name));
    for &at in found.flat_map(|(_, _, places)| *places) {
        translate_family_to_linux(value, at);
    }
    if INTERNET.contains(&level) && name == linux::MCAST_MSFILTER {
        for at in (SOURCES.0..value.len()).step_by(SOURCES.1) {
            translate_family_to_linux(value, at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where families of here have become Linux's, in a value that is full of them.
    fn translated(level: c_int, name: c_int) -> Vec<usize> {
        let mut value = [2, 0].repeat(200);
        translate(level, name, &mut value);
        (0..value.len()).filter(|&at| value[at] == 10).collect()
    }

    #[test]
    fn families_become_linuxs_where_the_option_has_an_address() {
        for level in INTERNET {
            assert_eq!(translated(level, linux::MCAST_LEAVE_GROUP), [8]);
            assert_eq!(translated(level, linux::MCAST_BLOCK_SOURCE), [8, 136]);
            assert_eq!(translated(level, linux::MCAST_MSFILTER), [8, 144, 272]);
        }
        assert_eq!(translated(linux::IPPROTO_TCP, linux::TCP_MD5SIG), [0]);
        assert_eq!(translated(linux::IPPROTO_SCTP, linux::SCTP_PRIMARY_ADDR), [4]);
        assert_eq!(translated(linux::SOL_SOCKET, linux::MCAST_JOIN_GROUP), []);
    }

    #[test]
    fn what_is_short_stays() {
        for length in 0..10 {
            let mut value = vec![2; length];
            translate(linux::IPPROTO_IP, linux::MCAST_JOIN_GROUP, &mut value);
            assert_eq!(value, vec![2; length]);
        }
    }
}
