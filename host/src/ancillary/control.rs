//! What control messages say, and how it is laid out: cmsg(3), and the headers named at each.

use std::net::{Ipv4Addr, Ipv6Addr};

use berkeley_constants as c;

use crate::address::{Address, INET_LEN, INET6_LEN, NoInterfaces, RawAddress};
use crate::cmsg::RawControl;
use crate::error::{Errno, Result};

/// A point in time, since 1970-01-01 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are documented in wit/ancillary.wit")]
pub struct Timestamp {
    pub seconds: i64,
    pub nanoseconds: u32,
}

/// An error from a socket's error queue: ip(7).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are documented in wit/ancillary.wit")]
pub struct ExtendedError {
    pub number: u32,
    pub origin: u8,
    pub kind: u8,
    pub code: u8,
    pub info: u32,
    pub data: u32,
    pub offender: Option<Address>,
}

/// What a control message says, but for descriptors: the case of the contract's `control-data` by the same name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the cases are documented in wit/ancillary.wit")]
pub enum Control {
    Credentials { pid: i32, uid: u32, gid: u32 },
    Timestamp(Timestamp),
    TimestampNs(Timestamp),
    Timestamping([Timestamp; 3]),
    IpPktinfo { interface: u32, local: Ipv4Addr, destination: Ipv4Addr },
    Ipv6Pktinfo { address: Ipv6Addr, interface: u32 },
    IpTtl(i32),
    IpTos(u8),
    Ipv6HopLimit(i32),
    Ipv6Tclass(i32),
    IpRecverr(ExtendedError),
    Ipv6Recverr(ExtendedError),
    Raw { level: i32, kind: i32, data: Vec<u8> },
}

/// Numbers of a structure, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*field)
    }

    fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_ne_bytes)
    }

    fn i32(&mut self) -> Option<i32> {
        self.take().map(i32::from_ne_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    fn i64(&mut self) -> Option<i64> {
        self.take().map(i64::from_ne_bytes)
    }

    /// A timeval or timespec, the parts of whose seconds are so many nanoseconds.
    fn timestamp(&mut self, unit: i64) -> Option<Timestamp> {
        let (seconds, parts) = (self.i64()?, self.i64()?);
        Some(Timestamp { seconds, nanoseconds: u32::try_from(parts.checked_mul(unit)?).ok()? })
    }

    /// linux/errqueue.h: struct sock_extended_err, and the address of the node that reported it, which has so many
    /// bytes unless it was cut off.
    fn extended_error(&mut self, size: usize) -> Option<ExtendedError> {
        let number = self.u32()?;
        let (origin, kind, code, _) = (self.u8()?, self.u8()?, self.u8()?, self.u8()?);
        let (info, data) = (self.u32()?, self.u32()?);
        let bytes = std::mem::take(&mut self.0);
        let offender = if bytes.len() == size {
            Address::decode_with(&RawAddress::from_bytes(bytes), 0, &NoInterfaces)
        } else {
            return None;
        };
        let offender = offender.filter(|address| *address != Address::Unspecified);
        Some(ExtendedError { number, origin, kind, code, info, data, offender })
    }
}

impl Control {
    /// What the bytes mean; as they are, where they mean nothing that has a case.
    pub(crate) fn decode((level, kind, data): RawControl<'_>) -> Self {
        let mut at = Fields(data);
        let typed = match (level, kind) {
            (c::SOL_SOCKET, c::SCM_CREDENTIALS) => {
                at.i32().zip(at.u32()).zip(at.u32()).map(|((pid, uid), gid)| Self::Credentials { pid, uid, gid })
            }
            (c::SOL_SOCKET, c::SO_TIMESTAMP) => at.timestamp(1000).map(Self::Timestamp),
            (c::SOL_SOCKET, c::SO_TIMESTAMPNS) => at.timestamp(1).map(Self::TimestampNs),
            (c::SOL_SOCKET, c::SO_TIMESTAMPING) => {
                let three = [at.timestamp(1), at.timestamp(1), at.timestamp(1)];
                let [Some(first), Some(second), Some(third)] = three else { return Self::raw(level, kind, data) };
                Some(Self::Timestamping([first, second, third]))
            }
            (c::IPPROTO_IP, c::IP_PKTINFO) => {
                at.u32().zip(at.take::<4>()).zip(at.take::<4>()).map(|((interface, local), destination)| {
                    Self::IpPktinfo { interface, local: local.into(), destination: destination.into() }
                })
            }
            (c::IPPROTO_IP, c::IP_TTL) => at.i32().map(Self::IpTtl),
            (c::IPPROTO_IP, c::IP_TOS) => at.u8().map(Self::IpTos),
            (c::IPPROTO_IP, c::IP_RECVERR) => at.extended_error(INET_LEN).map(Self::IpRecverr),
            (c::IPPROTO_IPV6, c::IPV6_PKTINFO) => at
                .take::<16>()
                .zip(at.u32())
                .map(|(address, interface)| Self::Ipv6Pktinfo { address: address.into(), interface }),
            (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT) => at.i32().map(Self::Ipv6HopLimit),
            (c::IPPROTO_IPV6, c::IPV6_TCLASS) => at.i32().map(Self::Ipv6Tclass),
            (c::IPPROTO_IPV6, c::IPV6_RECVERR) => at.extended_error(INET6_LEN).map(Self::Ipv6Recverr),
            _ => None,
        };
        typed.filter(|_| at.0.is_empty()).unwrap_or_else(|| Self::raw(level, kind, data))
    }

    pub(super) fn raw(level: i32, kind: i32, data: &[u8]) -> Self {
        Self::Raw { level, kind, data: data.to_vec() }
    }

    /// The level, the type and the bytes. EINVAL: something that is only ever received.
    pub(crate) fn encode(&self) -> Result<(i32, i32, Vec<u8>)> {
        Ok(match self {
            Self::Credentials { pid, uid, gid } => {
                let data = [pid.to_ne_bytes(), uid.to_ne_bytes(), gid.to_ne_bytes()].concat();
                (c::SOL_SOCKET, c::SCM_CREDENTIALS, data)
            }
            Self::IpPktinfo { interface, local, destination } => {
                let data = [interface.to_ne_bytes(), local.octets(), destination.octets()].concat();
                (c::IPPROTO_IP, c::IP_PKTINFO, data)
            }
            Self::Ipv6Pktinfo { address, interface } => {
                let data = [&address.octets()[..], &interface.to_ne_bytes()].concat();
                (c::IPPROTO_IPV6, c::IPV6_PKTINFO, data)
            }
            Self::IpTtl(ttl) => (c::IPPROTO_IP, c::IP_TTL, ttl.to_ne_bytes().to_vec()),
            Self::IpTos(tos) => (c::IPPROTO_IP, c::IP_TOS, vec![*tos]),
            Self::Ipv6HopLimit(limit) => (c::IPPROTO_IPV6, c::IPV6_HOPLIMIT, limit.to_ne_bytes().to_vec()),
            Self::Ipv6Tclass(class) => (c::IPPROTO_IPV6, c::IPV6_TCLASS, class.to_ne_bytes().to_vec()),
            Self::Raw { level, kind, data } => (*level, *kind, data.clone()),
            Self::Timestamp(_)
            | Self::TimestampNs(_)
            | Self::Timestamping(_)
            | Self::IpRecverr(_)
            | Self::Ipv6Recverr(_) => return Err(Errno::EINVAL.into()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_what_is_received() {
        for control in [
            Control::Credentials { pid: 1, uid: 2, gid: 3 },
            Control::IpPktinfo { interface: 1, local: Ipv4Addr::LOCALHOST, destination: Ipv4Addr::BROADCAST },
            Control::Ipv6Pktinfo { address: Ipv6Addr::LOCALHOST, interface: 3 },
            Control::IpTtl(64),
            Control::IpTos(16),
            Control::Ipv6HopLimit(255),
            Control::Ipv6Tclass(7),
            Control::Raw { level: 279, kind: 3, data: vec![1, 2, 3] },
        ] {
            let (level, kind, data) = control.encode().expect("can be sent");
            assert_eq!(Control::decode((level, kind, &data)), control);
        }
        let error = Control::Timestamp(Timestamp { seconds: 0, nanoseconds: 0 }).encode();
        assert_eq!(error.err(), Some(Errno::EINVAL.into()));
    }

    #[test]
    fn what_is_received_is_typed() {
        let timeval = [5i64.to_ne_bytes(), 6i64.to_ne_bytes()].concat();
        let stamp = |nanoseconds| Timestamp { seconds: 5, nanoseconds };
        assert_eq!(Control::decode((1, 29, &timeval)), Control::Timestamp(stamp(6000)));
        assert_eq!(Control::decode((1, 35, &timeval)), Control::TimestampNs(stamp(6)));
        let overflow = [5i64.to_ne_bytes(), i64::MAX.to_ne_bytes()].concat();
        let long = [&timeval[..], &[0]].concat();
        for data in [&b"short"[..], &overflow, &long] {
            assert_eq!(Control::decode((1, 29, data)), Control::raw(1, 29, data));
        }
        let mut error = [111u32.to_ne_bytes(), [2, 3, 4, 0], 5u32.to_ne_bytes(), 6u32.to_ne_bytes()].concat();
        error.extend(Address::Inet("127.0.0.1:0".parse().expect("an address")).encode().expect("encodes").as_bytes());
        let Control::IpRecverr(error) = Control::decode((0, 11, &error)) else { panic!("an error") };
        assert_eq!((error.number, error.origin, error.kind, error.code, error.info, error.data), (111, 2, 3, 4, 5, 6));
        assert_eq!(error.offender.expect("an offender").to_string(), "127.0.0.1:0");
    }
}
