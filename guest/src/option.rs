//! Values of socket options: integers, bytes, and the structures of the options that have one.
//!
//! The structures turn into what [`setsockopt`](Socket::setsockopt) takes; those that can be asked for come from
//! [`getsockopt_as`](Socket::getsockopt_as):
//!
//! ```no_run
//! use berkeley_guest::socket::*;
//!
//! let socket = Socket::new(AF_INET, SOCK_STREAM, 0)?;
//! socket.setsockopt(SOL_SOCKET, SO_LINGER, Linger { on: true, seconds: 5 })?;
//! assert_eq!(socket.getsockopt_as::<Linger>(SOL_SOCKET, SO_LINGER)?.seconds, 5);
//!
//! let receiver = Socket::new(AF_INET, SOCK_DGRAM, 0)?;
//! let group = IpMreq { multiaddr: [239, 1, 2, 3].into(), interface: [127, 0, 0, 1].into() };
//! receiver.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, group)?;
//! # Ok::<(), berkeley_guest::Error>(())
//! ```

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use berkeley_constants::{AF_INET, AF_INET6};

use crate::ancillary::{Credentials, Ipv6Pktinfo};
use crate::error::{Error, Result};
use crate::socket::Socket;

/// A value that [`setsockopt`](Socket::setsockopt) takes: an integer, bytes, or a null pointer with a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionValue<'a> {
    /// An integer.
    Int(i32),
    /// Bytes, in the layout that Linux gives the option's structure on a 64-bit little-endian machine.
    Bytes(Cow<'a, [u8]>),
    /// Python's `None, optlen`.
    Null(u32),
}

impl From<i32> for OptionValue<'_> {
    fn from(value: i32) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for OptionValue<'_> {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl<'a> From<&'a [u8]> for OptionValue<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Bytes(value.into())
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for OptionValue<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Bytes(value.as_slice().into())
    }
}

impl From<Vec<u8>> for OptionValue<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value.into())
    }
}

/// A structure that is the value of an option that can be asked for: see [`getsockopt_as`](Socket::getsockopt_as).
pub trait OptionStruct: Sized {
    /// The most bytes that are read of it.
    const SIZE: usize;

    /// The structure, from its layout on 64-bit little-endian Linux; none where the bytes are not enough for it.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

impl Socket {
    /// An option's value as a structure: `SO_LINGER` as [`Linger`], `SO_RCVTIMEO` as [`Timeval`], `SO_PEERCRED` as
    /// [`Credentials`], `TCP_INFO` as [`TcpInfo`], `IP_MULTICAST_IF` as [`Ipv4Addr`].
    ///
    /// ENOPROTOOPT; [`Error::Invalid`] where the value is too short for the structure.
    pub fn getsockopt_as<T: OptionStruct>(&self, level: i32, name: i32) -> Result<T> {
        let bytes = self.getsockopt_bytes(level, name, T::SIZE)?;
        T::from_bytes(&bytes).ok_or(Error::Invalid("the option's value is too short for the structure"))
    }
}

/// Reads a structure's fields, one after the other.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    /// The next field; none once the bytes have ended, be it within one.
    fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) =
            self.0.split_first_chunk::<N>().map_or((None, &[][..]), |(field, rest)| (Some(*field), rest));
        self.0 = rest;
        field
    }
}

/// Lets a structure be set, by its bytes.
macro_rules! settable {
    ($($name:ty: |$value:ident| $bytes:expr;)*) => {
        $(impl From<$name> for OptionValue<'_> {
            fn from($value: $name) -> Self {
                Self::Bytes(Cow::Owned($bytes))
            }
        })*
    };
}

settable! {
    Linger: |at| [i32::from(at.on).to_le_bytes(), at.seconds.to_le_bytes()].concat();
    Timeval: |at| [at.seconds.to_le_bytes(), at.microseconds.to_le_bytes()].concat();
    Ipv4Addr: |at| at.octets().to_vec();
    IpMreq: |at| [at.multiaddr.octets(), at.interface.octets()].concat();
    IpMreqn: |at| [at.multiaddr.octets(), at.address.octets(), at.interface_index.to_le_bytes()].concat();
    IpMreqSource: |at| [at.multiaddr.octets(), at.interface.octets(), at.source.octets()].concat();
    Ipv6Mreq: |at| [&at.multiaddr.octets()[..], &at.interface_index.to_le_bytes()].concat();
    GroupReq: |at| group(at.interface_index, &[at.group]);
    GroupSourceReq: |at| group(at.interface_index, &[at.group, at.source]);
    Ipv6Pktinfo: |at| {
        let address = Ipv6Addr::from(<[u16; 8]>::from(at.address)).octets();
        [&address[..], &at.interface_index.to_le_bytes()].concat()
    };
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

/// `struct ip_mreq`: an IPv4 multicast group, and the interface to join or leave it at: IP_ADD_MEMBERSHIP,
/// IP_DROP_MEMBERSHIP, ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreq {
    /// The group.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface; 0.0.0.0 lets the system choose.
    pub interface: Ipv4Addr,
}

/// `struct ip_mreqn`: as [`IpMreq`], with the interface by its index: also for IP_MULTICAST_IF: ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreqn {
    /// The group; 0.0.0.0 for IP_MULTICAST_IF.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface, if the index is 0.
    pub address: Ipv4Addr,
    /// The interface; 0 for none.
    pub interface_index: u32,
}

/// `struct ip_mreq_source`: an IPv4 multicast group, for what one source sends there: IP_ADD_SOURCE_MEMBERSHIP,
/// IP_DROP_SOURCE_MEMBERSHIP, IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE: ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpMreqSource {
    /// The group.
    pub multiaddr: Ipv4Addr,
    /// An address of the interface; 0.0.0.0 lets the system choose.
    pub interface: Ipv4Addr,
    /// Who sends.
    pub source: Ipv4Addr,
}

/// `struct ipv6_mreq`: an IPv6 multicast group: IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP, ipv6(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Mreq {
    /// The group.
    pub multiaddr: Ipv6Addr,
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
}

/// `struct group_req`: a multicast group of either family: MCAST_JOIN_GROUP, MCAST_LEAVE_GROUP: RFC 3678.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupReq {
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
    /// The group; its port means nothing.
    pub group: SocketAddr,
}

/// `struct group_source_req`: a multicast group of either family, for what one source sends there:
/// MCAST_JOIN_SOURCE_GROUP, MCAST_LEAVE_SOURCE_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE: RFC 3678.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupSourceReq {
    /// The interface; 0 lets the system choose.
    pub interface_index: u32,
    /// The group; its port means nothing.
    pub group: SocketAddr,
    /// Who sends; its port means nothing.
    pub source: SocketAddr,
}

/// An interface's index and addresses, each as `struct sockaddr_storage`, and so aligned.
fn group(interface_index: u32, addresses: &[SocketAddr]) -> Vec<u8> {
    let mut bytes = u64::from(interface_index).to_le_bytes().to_vec();
    addresses.iter().for_each(|address| bytes.extend(sockaddr(address)));
    bytes
}

/// `struct sockaddr_storage`.
fn sockaddr(address: &SocketAddr) -> [u8; 128] {
    let (family, rest) = match address {
        SocketAddr::V4(at) => (AF_INET, at.ip().octets().to_vec()),
        SocketAddr::V6(at) => {
            let (flow, scope) = (at.flowinfo().to_be_bytes(), at.scope_id().to_le_bytes());
            (AF_INET6, [&flow[..], &at.ip().octets(), &scope].concat())
        }
    };
    let mut bytes = [0; 128];
    bytes[..2].copy_from_slice(&(family as u16).to_le_bytes());
    bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
    bytes[4..4 + rest.len()].copy_from_slice(&rest);
    bytes
}

/// Makes a structure that grows with Linux: what an older kernel does not tell is 0, what a newer one adds is left out.
macro_rules! growing {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
        }

        impl OptionStruct for $name {
            const SIZE: usize = 0 $(+ size_of::<$type>())*;

            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                let mut fields = Fields(bytes);
                Some(Self { $($field: fields.next().map_or(0, <$type>::from_le_bytes),)* })
            }
        }
    };
}

growing! {
    /// `struct tcp_info`: what Linux knows of a TCP connection: TCP_INFO, tcp(7).
    ///
    /// The fields are those of `linux/tcp.h`, without `tcpi_`. What the kernel is too old to tell is 0.
    TcpInfo {
        /// The state: 1 is established, 2 SYN sent, 3 SYN received, 4 FIN-wait 1, 5 FIN-wait 2, 6 time-wait, 7 closed,
        /// 8 close-wait, 9 last ACK, 10 listening, 11 closing.
        state: u8,
        /// The state of congestion control: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss.
        ca_state: u8,
        /// How often the first segment that is not acknowledged was sent again.
        retransmits: u8,
        /// Window probes that were not answered.
        probes: u8,
        /// The exponent by which time-outs are longer.
        backoff: u8,
        /// The options in use: 1 time stamps, 2 SACK, 4 window scaling, 8 ECN, 0x10 ECN seen, 0x20 data with the SYN.
        options: u8,
        /// Both window scales: see [`TcpInfo::snd_wscale`] and [`TcpInfo::rcv_wscale`].
        wscale: u8,
        /// Bit 0: the delivery rate was limited by the program; bits 1 and 2: why Fast Open failed.
        flags: u8,
        /// The time-out for sending again, in microseconds.
        rto: u32,
        /// The time-out for delayed acknowledgements, in microseconds.
        ato: u32,
        /// The largest segment to send.
        snd_mss: u32,
        /// The largest segment to receive, as it is estimated.
        rcv_mss: u32,
        /// Segments that are not acknowledged. Of a listening socket: connections that await `accept`.
        unacked: u32,
        /// Segments that were acknowledged selectively. Of a listening socket: its backlog.
        sacked: u32,
        /// Segments that are taken for lost.
        lost: u32,
        /// Segments that were sent again and are not acknowledged.
        retrans: u32,
        /// Out of use.
        fackets: u32,
        /// Milliseconds since data was sent.
        last_data_sent: u32,
        /// Out of use.
        last_ack_sent: u32,
        /// Milliseconds since data was received.
        last_data_recv: u32,
        /// Milliseconds since an acknowledgement was received.
        last_ack_recv: u32,
        /// The path's MTU.
        pmtu: u32,
        /// The threshold of the receive window.
        rcv_ssthresh: u32,
        /// The round trip's time, smoothed, in microseconds.
        rtt: u32,
        /// How much that varies, in microseconds.
        rttvar: u32,
        /// The slow-start threshold, in segments.
        snd_ssthresh: u32,
        /// The congestion window, in segments.
        snd_cwnd: u32,
        /// The segment size that was told to the peer.
        advmss: u32,
        /// How far segments may get out of order.
        reordering: u32,
        /// The round trip's time as the receiver estimates it, in microseconds.
        rcv_rtt: u32,
        /// The room for data to receive, in bytes.
        rcv_space: u32,
        /// Segments that were sent again, all in all.
        total_retrans: u32,
        /// The rate of sending, in bytes a second.
        pacing_rate: u64,
        /// Its limit, in bytes a second.
        max_pacing_rate: u64,
        /// Bytes that the peer acknowledged.
        bytes_acked: u64,
        /// Bytes that were received.
        bytes_received: u64,
        /// Segments that were sent.
        segs_out: u32,
        /// Segments that were received.
        segs_in: u32,
        /// Bytes that are not sent yet.
        notsent_bytes: u32,
        /// The shortest round trip, in microseconds.
        min_rtt: u32,
        /// Segments with data that were received.
        data_segs_in: u32,
        /// Segments with data that were sent.
        data_segs_out: u32,
        /// The latest rate of delivery, in bytes a second.
        delivery_rate: u64,
        /// Microseconds in which there was data to send.
        busy_time: u64,
        /// Those of them in which the peer's window was full.
        rwnd_limited: u64,
        /// Those of them in which the send buffer was full.
        sndbuf_limited: u64,
        /// Segments that were delivered, those sent again among them.
        delivered: u32,
        /// Those of them that were acknowledged with a mark of congestion.
        delivered_ce: u32,
        /// Bytes of data that were sent, those sent again among them.
        bytes_sent: u64,
        /// Bytes that were sent again.
        bytes_retrans: u64,
        /// Duplicates that the peer told of.
        dsack_dups: u32,
        /// How often segments came out of order.
        reord_seen: u32,
        /// Segments that were received out of order.
        rcv_ooopack: u32,
        /// The peer's receive window, in bytes.
        snd_wnd: u32,
        /// The own receive window, in bytes.
        rcv_wnd: u32,
        /// How often another path was tried.
        rehash: u32,
        /// Time-outs, all in all.
        total_rto: u16,
        /// Recoveries from time-outs.
        total_rto_recoveries: u16,
        /// Milliseconds spent in such recoveries.
        total_rto_time: u32,
    }
}

impl TcpInfo {
    /// The scale of the peer's window, as a power of two.
    pub fn snd_wscale(&self) -> u8 {
        self.wscale & 0xf
    }

    /// The scale of the own window, as a power of two.
    pub fn rcv_wscale(&self) -> u8 {
        self.wscale >> 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(value: impl Into<OptionValue<'static>>) -> Vec<u8> {
        match value.into() {
            OptionValue::Bytes(bytes) => bytes.into_owned(),
            other => panic!("{other:?} is not bytes"),
        }
    }

    #[test]
    fn layouts_are_linuxs() {
        assert_eq!(bytes(Linger { on: true, seconds: 258 }), [1, 0, 0, 0, 2, 1, 0, 0]);
        let time = bytes(Timeval { seconds: 1, microseconds: -1 });
        assert_eq!(time, [&1i64.to_le_bytes()[..], &(-1i64).to_le_bytes()].concat());
        let (multiaddr, interface) = (Ipv4Addr::new(239, 1, 2, 3), Ipv4Addr::LOCALHOST);
        assert_eq!(bytes(IpMreq { multiaddr, interface }), [239, 1, 2, 3, 127, 0, 0, 1]);
        let by_index = IpMreqn { multiaddr, address: interface, interface_index: 7 };
        assert_eq!(bytes(by_index), [239, 1, 2, 3, 127, 0, 0, 1, 7, 0, 0, 0]);
        let of_source = IpMreqSource { multiaddr, interface, source: Ipv4Addr::new(10, 0, 0, 1) };
        assert_eq!(bytes(of_source), [239, 1, 2, 3, 127, 0, 0, 1, 10, 0, 0, 1]);
        let v6 = Ipv6Mreq { multiaddr: "ff02::1".parse().unwrap(), interface_index: 3 };
        assert_eq!(bytes(v6), [&[0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 0, 0, 0][..]].concat());
    }

    #[test]
    fn groups_have_their_addresses_where_linux_looks() {
        let (group, source) = ("239.1.2.3:258".parse().unwrap(), "[fe80::1%5]:0".parse().unwrap());
        let either = bytes(GroupReq { interface_index: 9, group });
        assert_eq!((either.len(), &either[..16]), (136, &[9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 2, 239, 1, 2, 3][..]));
        let both = bytes(GroupSourceReq { interface_index: 9, group, source });
        assert_eq!((both.len(), &both[..136], both[136]), (264, &either[..], 10));
        assert_eq!((both[144], both[159], both[160]), (0xfe, 1, 5));
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

    #[test]
    fn tcp_info_copes_with_every_kernel() {
        assert_eq!(TcpInfo::SIZE, 248);
        let mut kernel: Vec<u8> = vec![0; 300];
        kernel[0] = 1;
        kernel[6] = 0x7a;
        kernel[68..72].copy_from_slice(&1234u32.to_le_bytes());
        kernel[104..112].copy_from_slice(&5678u64.to_le_bytes());
        kernel[244..248].copy_from_slice(&9u32.to_le_bytes());
        let newest = TcpInfo::from_bytes(&kernel).unwrap();
        assert_eq!((newest.state, newest.snd_wscale(), newest.rcv_wscale()), (1, 10, 7));
        assert_eq!((newest.rtt, newest.pacing_rate, newest.total_rto_time), (1234, 5678, 9));
        // As Linux 3 had it, and one that ends within a field.
        let older = TcpInfo::from_bytes(&kernel[..104]).unwrap();
        assert_eq!((older.rtt, older.pacing_rate), (1234, 0));
        let broken = TcpInfo::from_bytes(&kernel[..70]).unwrap();
        assert_eq!((broken.rtt, broken.total_rto), (0, 0), "what is left is no later field");
    }
}
