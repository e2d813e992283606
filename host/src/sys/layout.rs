//! What the contract has as Linux lays it out, and other systems otherwise: option values, the data of control messages
//! and the arguments of Windows's `ioctl`. Bytes become bytes; no system is called.
#![allow(dead_code, reason = "each system needs some, and the tests all")]

use berkeley_constants as c;

use crate::error::Errno;

/// Linux's `struct timeval` as milliseconds, of which there is at least one where there is any time at all. EINVAL: too
/// few bytes; EDOM: no such time, as Linux answers them.
pub(super) fn milliseconds_of(timeval: &[u8]) -> Result<u32, Errno> {
    let [seconds, micros] = two_words(timeval)?.map(i64::from_ne_bytes);
    if !(0..1_000_000).contains(&micros) {
        return Err(Errno::EDOM);
    }
    // Linux waits not at all where it is negative; the least there is.
    let millis = seconds.saturating_mul(1000).saturating_add(micros.unsigned_abs().div_ceil(1000) as i64);
    Ok(u32::try_from(millis.max(i64::from(seconds < 0))).unwrap_or(u32::MAX))
}

/// Milliseconds as Linux's `struct timeval`.
pub(super) fn timeval_of(millis: u32) -> Vec<u8> {
    [i64::from(millis / 1000).to_ne_bytes(), i64::from(millis % 1000 * 1000).to_ne_bytes()].concat()
}

fn two_words(bytes: &[u8]) -> Result<[[u8; 8]; 2], Errno> {
    let (words, _) = bytes.as_chunks();
    words.first_chunk().copied().ok_or(Errno::EINVAL)
}

/// Linux's `struct linger`, of two integers, as Windows has it, of two shorts. EINVAL: too few bytes.
pub(super) fn short_linger(linger: &[u8]) -> Result<[u8; 4], Errno> {
    let [on, seconds] = *linger.as_chunks().0.first_chunk().ok_or(Errno::EINVAL)?;
    let on = u16::from(i32::from_ne_bytes(on) != 0).to_ne_bytes();
    let seconds = u16::try_from(i32::from_ne_bytes(seconds)).unwrap_or(u16::MAX).to_ne_bytes();
    Ok([on[0], on[1], seconds[0], seconds[1]])
}

/// The other way round.
pub(super) fn long_linger(linger: [u8; 4]) -> Vec<u8> {
    let [a, b, c, d] = linger;
    [[a, b], [c, d]].map(|short| i32::from(u16::from_ne_bytes(short)).to_ne_bytes()).concat()
}

/// Whether the option's value is a `struct ip_mreq_source`.
pub(super) fn is_source_membership(level: i32, name: i32) -> bool {
    let of_source =
        [c::IP_ADD_SOURCE_MEMBERSHIP, c::IP_DROP_SOURCE_MEMBERSHIP, c::IP_BLOCK_SOURCE, c::IP_UNBLOCK_SOURCE];
    level == c::IPPROTO_IP && of_source.contains(&name)
}

/// Linux's `struct ip_mreq_source`, whose last address is the source, as others have it, the source before the
/// interface. Too few bytes stay as they are.
pub(super) fn source_membership(bytes: &[u8]) -> Vec<u8> {
    match bytes.as_chunks::<4>() {
        ([group, interface, source], []) => [*group, *source, *interface].concat(),
        _ => bytes.to_vec(),
    }
}

/// Linux's `struct ip_mreqn`, or those without an index, as Windows has `struct ip_mreq`: an interface's index stands as
/// an address of the net 0.0.0.0/8. The number of leading addresses that Windows takes is that of the option.
pub(super) fn membership(bytes: &[u8], with_group: bool) -> Vec<u8> {
    let (group, interface) = match bytes.as_chunks::<4>() {
        ([group, interface, index], []) => {
            let index = u32::from_ne_bytes(*index);
            (group, if index == 0 { *interface } else { index.to_be_bytes() })
        }
        ([group, interface], []) => (group, *interface),
        _ => return bytes.to_vec(),
    };
    if with_group { [*group, interface].concat() } else { interface.to_vec() }
}

/// Linux's `struct in_pktinfo` as Windows' IN_PKTINFO: the address, then the interface's index.
pub(super) fn windows_pktinfo(data: &[u8]) -> Vec<u8> {
    match data.as_chunks::<4>() {
        ([index, local, _], []) => [*local, *index].concat(),
        _ => data.to_vec(),
    }
}

/// The other way round; what Windows tells is whom the datagram was for.
pub(super) fn linux_pktinfo(data: &[u8]) -> Vec<u8> {
    match data.as_chunks::<4>() {
        ([address, index], []) => [*index, *address, *address].concat(),
        _ => data.to_vec(),
    }
}

/// A control code of Windows' `WSAIoctl` that Python takes, with its argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    /// SIO_RCVALL: an RCVALL_ value.
    ReceiveAll(u32),
    /// SIO_KEEPALIVE_VALS: whether, and after how many milliseconds first and then.
    Keepalive { on: u32, time: u32, interval: u32 },
    /// SIO_LOOPBACK_FAST_PATH: whether.
    LoopbackFastPath(u32),
}

/// mstcpip.h: the codes.
pub(super) const SIO_RCVALL: u32 = 0x9800_0001;
pub(super) const SIO_KEEPALIVE_VALS: u32 = 0x9800_0004;
pub(super) const SIO_LOOPBACK_FAST_PATH: u32 = 0x9800_0010;
/// The largest of the RCVALL_ values.
const RCVALL_MAX: u32 = 3;

impl Control {
    /// EINVAL: another code, an argument of another size, or no RCVALL_ value.
    pub(super) fn decode(code: u32, argument: &[u8]) -> Result<Self, Errno> {
        let (words, rest) = argument.as_chunks();
        let word = |at: usize| u32::from_le_bytes(words[at]);
        match (code, words.len(), rest) {
            (SIO_RCVALL, 1, []) if word(0) <= RCVALL_MAX => Ok(Self::ReceiveAll(word(0))),
            (SIO_KEEPALIVE_VALS, 3, []) => Ok(Self::Keepalive { on: word(0), time: word(1), interval: word(2) }),
            (SIO_LOOPBACK_FAST_PATH, 1, []) => Ok(Self::LoopbackFastPath(word(0))),
            _ => Err(Errno::EINVAL),
        }
    }

    /// The code, and the argument as Windows takes it; for SIO_KEEPALIVE_VALS `struct tcp_keepalive`.
    pub(super) fn encode(self) -> (u32, Vec<u8>) {
        let bytes = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect();
        match self {
            Self::ReceiveAll(value) => (SIO_RCVALL, bytes(&[value])),
            Self::Keepalive { on, time, interval } => (SIO_KEEPALIVE_VALS, bytes(&[on, time, interval])),
            Self::LoopbackFastPath(on) => (SIO_LOOPBACK_FAST_PATH, bytes(&[on])),
        }
    }
}

/// The size of Windows' WSAPROTOCOL_INFOW, which is what a shared socket is passed as.
pub(super) const PROTOCOL_INFO: usize = 628;

#[cfg(test)]
mod tests {
    use super::*;

    fn timeval(seconds: i64, micros: i64) -> Vec<u8> {
        [seconds.to_ne_bytes(), micros.to_ne_bytes()].concat()
    }

    #[test]
    fn times_are_rounded_up() {
        for (seconds, micros, millis) in [(0, 0, 0), (0, 1, 1), (0, 1000, 1), (1, 1001, 1002), (-1, 0, 1)] {
            assert_eq!(milliseconds_of(&timeval(seconds, micros)), Ok(millis), "{seconds} {micros}");
        }
        assert_eq!(milliseconds_of(&timeval(i64::MAX, 999_999)), Ok(u32::MAX));
        assert_eq!(milliseconds_of(&timeval(0, 1_000_000)), Err(Errno::EDOM));
        assert_eq!(milliseconds_of(&[0; 15]), Err(Errno::EINVAL));
        assert_eq!(timeval_of(1002), timeval(1, 2000));
        assert_eq!(milliseconds_of(&timeval_of(u32::MAX)), Ok(u32::MAX));
    }

    #[test]
    fn lingering_keeps_its_time() {
        let long = |on: i32, seconds: i32| [on.to_ne_bytes(), seconds.to_ne_bytes()].concat();
        assert_eq!(short_linger(&long(5, 0x102)).map(long_linger), Ok(long(1, 0x102)));
        assert_eq!(short_linger(&long(1, -1)).map(long_linger), Ok(long(1, 0xffff)));
        assert_eq!(short_linger(&[0; 7]), Err(Errno::EINVAL));
    }

    #[test]
    fn memberships_are_laid_out_anew() {
        let index = 0x102u32.to_ne_bytes();
        let by_index = [[239, 0, 0, 1], [10, 0, 0, 1], index].concat();
        assert_eq!(membership(&by_index, true), [239, 0, 0, 1, 0, 0, 1, 2]);
        assert_eq!(membership(&by_index, false), [0, 0, 1, 2]);
        let by_address = [239, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0];
        assert_eq!(membership(&by_address, true), by_address[..8]);
        assert_eq!(membership(&by_address[..8], true), by_address[..8]);
        assert_eq!(membership(&by_address[..8], false), by_address[4..8]);
        assert_eq!(membership(&by_address[4..8], false), by_address[4..8]);
        assert_eq!(source_membership(&[1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]), [1, 1, 1, 1, 3, 3, 3, 3, 2, 2, 2, 2]);
        assert_eq!(source_membership(&[1; 5]), [1; 5]);
    }

    #[test]
    fn packet_information_is_laid_out_anew() {
        let linux = [7, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2];
        assert_eq!(windows_pktinfo(&linux), [1, 1, 1, 1, 7, 0, 0, 0]);
        assert_eq!(linux_pktinfo(&[2, 2, 2, 2, 7, 0, 0, 0]), [7, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2]);
        assert_eq!((windows_pktinfo(&[1]), linux_pktinfo(&[1; 12])), (vec![1], vec![1; 12]));
    }

    #[test]
    fn the_arguments_of_ioctl_lie_as_in_the_headers() {
        // mstcpip.h: struct tcp_keepalive, of three ULONGs
        let keepalive = [1, 0, 0, 0, 0x10, 0x27, 0, 0, 0xb8, 0x0b, 0, 0];
        let control = Control::decode(SIO_KEEPALIVE_VALS, &keepalive);
        assert_eq!(control, Ok(Control::Keepalive { on: 1, time: 10_000, interval: 3_000 }));
        assert_eq!(control.map(Control::encode), Ok((SIO_KEEPALIVE_VALS, keepalive.to_vec())));
        for (code, argument) in [(SIO_RCVALL, [3, 0, 0, 0]), (SIO_LOOPBACK_FAST_PATH, [1, 0, 0, 0])] {
            let control = Control::decode(code, &argument);
            assert_eq!(control.map(Control::encode), Ok((code, argument.to_vec())));
        }
        for (code, argument) in [
            (SIO_RCVALL, &[4, 0, 0, 0][..]),
            (SIO_RCVALL, &[]),
            (SIO_RCVALL, &[0; 5]),
            (SIO_KEEPALIVE_VALS, &[0; 8]),
            (SIO_KEEPALIVE_VALS, &[0; 16]),
            // FIONBIO, which is none of Python's.
            (0x8004_667e, &[0; 4]),
        ] {
            assert_eq!(Control::decode(code, argument), Err(Errno::EINVAL), "{code:#x} {argument:?}");
        }
    }
}
