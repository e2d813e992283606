//! The structures of the options of every kind of socket, and addresses.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::value::{OptionStruct, OptionValue, settable};
use crate::bindings::ancillary::{Credentials, Ipv6Pktinfo};
use crate::layout::{Fields, ipv6_pktinfo};

settable! {
    Linger: |at| [i32::from(at.on).to_le_bytes(), at.seconds.to_le_bytes()].concat();
    Timeval: |at| [at.seconds.to_le_bytes(), at.microseconds.to_le_bytes()].concat();
    Ipv4Addr: |at| at.octets().to_vec();
    Ipv6Pktinfo: |at| ipv6_pktinfo(&at);
}

/// `struct linger`: what closing does with data that is still to be sent: SO_LINGER, socket(7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Linger {
    /// Whether closing waits for it.
    pub on: bool,
    /// For how many seconds; 0 throws it away, and a TCP peer learns of the end by a reset.
    pub seconds: i32,
}

/// None closes at once, and sends on; more than 68 years are as many.
impl From<Option<Duration>> for Linger {
    fn from(linger: Option<Duration>) -> Self {
        let seconds = linger.map_or(0, |linger| linger.as_secs().try_into().unwrap_or(i32::MAX));
        Self { on: linger.is_some(), seconds }
    }
}

impl From<Linger> for Option<Duration> {
    fn from(linger: Linger) -> Self {
        linger.on.then(|| Duration::from_secs(linger.seconds.try_into().unwrap_or(0)))
    }
}

impl OptionStruct for Linger {
    const SIZE: usize = 8;

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let on = fields.next()? != [0; 4];
        Some(Self { on, seconds: i32::from_le_bytes(fields.next()?) })
    }
}

/// `struct timeval`: a span of time: SO_RCVTIMEO, SO_SNDTIMEO, where zero is no limit: socket(7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timeval {
    /// Whole seconds.
    pub seconds: i64,
    /// Microseconds, 0 to 999,999.
    pub microseconds: i64,
}

impl OptionStruct for Timeval {
    const SIZE: usize = 16;

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let mut next = || Some(i64::from_le_bytes(fields.next()?));
        Some(Self { seconds: next()?, microseconds: next()? })
    }
}

/// A limit, as far as there is room. Zero is none, so what is less than a microsecond is one.
impl From<Option<Duration>> for Timeval {
    fn from(limit: Option<Duration>) -> Self {
        let limit = limit.map_or(Duration::ZERO, |limit| limit.max(Duration::from_micros(1)));
        let seconds = limit.as_secs().try_into().unwrap_or(i64::MAX);
        Self { seconds, microseconds: limit.subsec_micros().into() }
    }
}

/// Zero is no limit, and what is negative is zero.
impl From<Timeval> for Option<Duration> {
    fn from(limit: Timeval) -> Self {
        let part = |number: i64| u64::try_from(number).unwrap_or(0);
        let (seconds, micros) =
            (Duration::from_secs(part(limit.seconds)), Duration::from_micros(part(limit.microseconds)));
        Some(seconds.saturating_add(micros)).filter(|limit| !limit.is_zero())
    }
}

/// `struct in_addr`: IP_MULTICAST_IF.
impl OptionStruct for Ipv4Addr {
    const SIZE: usize = 4;

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Fields(bytes).next::<4>()?.into())
    }
}

/// `struct ucred`: SO_PEERCRED, unix(7).
impl OptionStruct for Credentials {
    const SIZE: usize = 12;

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields(bytes);
        let pid = i32::from_le_bytes(fields.next()?);
        let mut next = || Some(u32::from_le_bytes(fields.next()?));
        Some(Self { pid, uid: next()?, gid: next()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::option::value::bytes;

    #[test]
    fn layouts_are_linuxs() {
        assert_eq!(bytes(Linger { on: true, seconds: 258 }), [1, 0, 0, 0, 2, 1, 0, 0]);
        let time = bytes(Timeval { seconds: 1, microseconds: -1 });
        assert_eq!(time, [&1i64.to_le_bytes()[..], &(-1i64).to_le_bytes()].concat());
    }

    #[test]
    fn what_is_read_is_what_was_set() {
        for linger in [Linger::default(), Linger { on: true, seconds: -1 }] {
            assert_eq!(Linger::from_bytes(&bytes(linger)), Some(linger));
        }
        for time in [Timeval::default(), Timeval { seconds: 1, microseconds: -1 }] {
            assert_eq!(Timeval::from_bytes(&bytes(time)), Some(time));
        }
        assert_eq!(Ipv4Addr::from_bytes(&bytes(Ipv4Addr::LOCALHOST)), Some(Ipv4Addr::LOCALHOST));
        for short in [0, 7] {
            assert_eq!(Linger::from_bytes(&vec![0; short]), None);
            assert_eq!(Timeval::from_bytes(&vec![0; short]), None);
            assert!(Credentials::from_bytes(&vec![0; short]).is_none());
        }
    }

    #[test]
    fn a_limit_is_seconds_and_microseconds() {
        let time = Timeval::from(Some(Duration::from_micros(1_500_001)));
        assert_eq!(time, Timeval { seconds: 1, microseconds: 500_001 });
        assert_eq!(Option::from(time), Some(Duration::from_micros(1_500_001)));
        assert_eq!(Timeval::from(None), Timeval::default());
        assert_eq!(Option::<Duration>::from(Timeval::default()), None);
        assert_eq!(Option::<Duration>::from(Timeval { seconds: -1, microseconds: -1 }), None);
        assert_eq!(Timeval::from(Some(Duration::from_nanos(1))).microseconds, 1, "the least is a microsecond");
        assert_eq!(Timeval::from(Some(Duration::MAX)).seconds, i64::MAX);
    }

    #[test]
    fn lingering_is_a_switch_and_whole_seconds() {
        assert_eq!(Linger::from(Some(Duration::from_millis(258_900))), Linger { on: true, seconds: 258 });
        assert_eq!(Linger::from(Some(Duration::MAX)).seconds, i32::MAX);
        for linger in [None, Some(Duration::ZERO), Some(Duration::from_secs(5))] {
            assert_eq!(Option::<Duration>::from(Linger::from(linger)), linger);
        }
    }
}
