//! The options that are kept, what they are at the beginning, and which values they take.

use berkeley_constants as c;

use crate::network::socket::{Body, Socket};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// 0 or 1.
    Flag,
    Any,
    /// The lowest byte.
    Byte,
    /// EINVAL beyond.
    Within(i32, i32),
    /// As `Within`; -1 is what it was at the beginning.
    Usual(i32, i32),
    SendBuffer,
    ReceiveBuffer,
    LowWater,
    /// The index of one: ENODEV.
    Interface,
    ReadOnly,
    WriteOnly,
}

/// Of which sockets.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    All,
    Internet,
    Six,
    Tcp,
    Udp,
}

use Of::{All, Internet, Six, Tcp, Udp};
use Rule::{Any, Byte, Flag, Interface, LowWater, ReadOnly, ReceiveBuffer, SendBuffer, Usual, Within};

type Row = (Of, i32, i32, i32, Rule);

const S: i32 = c::SOL_SOCKET;
const I: i32 = c::IPPROTO_IP;
const V: i32 = c::IPPROTO_IPV6;
const T: i32 = c::IPPROTO_TCP;
const U: i32 = c::IPPROTO_UDP;

/// Whose, the level, the name, the value at the beginning, and what is kept.
const ROWS: &[Row] = &[
    (All, S, c::SO_REUSEADDR, 0, Flag),
    (All, S, c::SO_TYPE, 0, ReadOnly),
    (All, S, c::SO_ERROR, 0, ReadOnly),
    (All, S, c::SO_DOMAIN, 0, ReadOnly),
    (All, S, c::SO_PROTOCOL, 0, ReadOnly),
    (All, S, c::SO_ACCEPTCONN, 0, ReadOnly),
    (All, S, c::SO_PEERCRED, 0, ReadOnly),
    (All, S, c::SO_DONTROUTE, 0, Flag),
    (All, S, c::SO_BROADCAST, 0, Flag),
    (All, S, c::SO_SNDBUF, 212_992, SendBuffer),
    (All, S, c::SO_RCVBUF, 212_992, ReceiveBuffer),
    (All, S, c::SO_SNDBUFFORCE, 212_992, SendBuffer),
    (All, S, c::SO_RCVBUFFORCE, 212_992, ReceiveBuffer),
    (All, S, c::SO_KEEPALIVE, 0, Flag),
    (All, S, c::SO_OOBINLINE, 0, Flag),
    (All, S, c::SO_NO_CHECK, 0, Flag),
    (All, S, c::SO_PRIORITY, 0, Any),
    (All, S, c::SO_REUSEPORT, 0, Flag),
    (All, S, c::SO_PASSCRED, 0, Flag),
    (All, S, c::SO_RCVLOWAT, 1, LowWater),
    (All, S, c::SO_SNDLOWAT, 1, ReadOnly),
    (All, S, c::SO_TIMESTAMP, 0, Flag),
    (All, S, c::SO_TIMESTAMPNS, 0, Flag),
    (All, S, c::SO_TIMESTAMP_NEW, 0, Flag),
    (All, S, c::SO_TIMESTAMPNS_NEW, 0, Flag),
    (All, S, c::SO_RXQ_OVFL, 0, Flag),
    (All, S, c::SO_MARK, 0, Any),
    (Internet, I, c::IP_TTL, 64, Usual(1, 255)),
    (Internet, I, c::IP_TOS, 0, Byte),
    (Internet, I, c::IP_MTU_DISCOVER, 1, Within(0, 5)),
    (Internet, I, c::IP_RECVERR, 0, Flag),
    (Internet, I, c::IP_PKTINFO, 0, Flag),
    (Internet, I, c::IP_RECVTTL, 0, Flag),
    (Internet, I, c::IP_RECVTOS, 0, Flag),
    (Internet, I, c::IP_RECVORIGDSTADDR, 0, Flag),
    (Internet, I, c::IP_FREEBIND, 0, Flag),
    (Internet, I, c::IP_MULTICAST_TTL, 1, Usual(0, 255)),
    (Internet, I, c::IP_MULTICAST_LOOP, 1, Flag),
    (Internet, I, c::IP_MULTICAST_ALL, 1, Flag),
    (Internet, I, c::IP_BIND_ADDRESS_NO_PORT, 0, Flag),
    (Six, V, c::IPV6_V6ONLY, 0, Flag),
    (Six, V, c::IPV6_UNICAST_HOPS, 64, Usual(0, 255)),
    (Six, V, c::IPV6_MULTICAST_HOPS, 1, Usual(0, 255)),
    (Six, V, c::IPV6_MULTICAST_LOOP, 1, Flag),
    (Six, V, c::IPV6_MULTICAST_IF, 0, Interface),
    (Six, V, c::IPV6_RECVPKTINFO, 0, Flag),
    (Six, V, c::IPV6_RECVHOPLIMIT, 0, Flag),
    (Six, V, c::IPV6_RECVTCLASS, 0, Flag),
    (Six, V, c::IPV6_TCLASS, 0, Usual(0, 255)),
    (Six, V, c::IPV6_RECVORIGDSTADDR, 0, Flag),
    (Six, V, c::IPV6_RECVERR, 0, Flag),
    (Six, V, c::IPV6_MTU_DISCOVER, 1, Within(0, 5)),
    (Tcp, T, c::TCP_NODELAY, 0, Flag),
    (Tcp, T, c::TCP_MAXSEG, 536, Within(88, 32_767)),
    (Tcp, T, c::TCP_CORK, 0, Flag),
    (Tcp, T, c::TCP_KEEPIDLE, 7200, Within(1, 32_767)),
    (Tcp, T, c::TCP_KEEPINTVL, 75, Within(1, 32_767)),
    (Tcp, T, c::TCP_KEEPCNT, 9, Within(1, 127)),
    (Tcp, T, c::TCP_SYNCNT, 6, Within(1, 127)),
    (Tcp, T, c::TCP_LINGER2, 60, Any),
    (Tcp, T, c::TCP_DEFER_ACCEPT, 0, Any),
    (Tcp, T, c::TCP_QUICKACK, 1, Flag),
    (Tcp, T, c::TCP_USER_TIMEOUT, 0, Within(0, i32::MAX)),
    (Tcp, T, c::TCP_FASTOPEN, 0, Within(0, i32::MAX)),
    (Tcp, T, c::TCP_NOTSENT_LOWAT, 0, Any),
    (Udp, U, c::UDP_CORK, 0, Flag),
];

fn row(socket: &Socket, level: i32, name: i32) -> Option<&'static Row> {
    let is_of = |of| match (of, &socket.body) {
        (All, _) => true,
        (_, Body::Unix(_)) => false,
        (Internet, _) => true,
        (Six, _) => socket.family == c::AF_INET6,
        (Tcp, body) => matches!(body, Body::Tcp(_)),
        (Udp, body) => matches!(body, Body::Udp(_)),
    };
    ROWS.iter().find(|(of, own, number, ..)| (*own, *number) == (level, name) && is_of(*of))
}

pub(super) fn rule(socket: &Socket, level: i32, name: i32) -> Option<Rule> {
    row(socket, level, name).map(|(.., rule)| *rule)
}

/// What the option is at the beginning.
pub(in crate::network) fn usual(socket: &Socket, level: i32, name: i32) -> Option<i32> {
    let is_tcp = matches!(socket.body, Body::Tcp(_));
    match (level, name) {
        // As tcp_wmem and tcp_rmem have it.
        (S, c::SO_SNDBUF) if is_tcp => Some(16_384),
        (S, c::SO_RCVBUF) if is_tcp => Some(131_072),
        _ => row(socket, level, name).map(|(_, _, _, usual, _)| *usual),
    }
}
