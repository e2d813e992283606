//! What Apple's systems and Windows both have, each by numbers of its own.
#![allow(clippy::unnecessary_cast, reason = "the types of the same name differ from system to system")]

use berkeley_constants as c;

use super::own::names;
use super::table::{Name, Pairs, by_level_and_name, by_name};

pub(super) const FAMILIES: &Pairs<i32> = by_name!(c, names: AF_UNSPEC AF_UNIX AF_INET AF_INET6 AF_IPX AF_APPLETALK);

pub(super) const FLAGS: &Pairs<i32> = by_name!(c, names: MSG_OOB MSG_PEEK MSG_DONTROUTE MSG_TRUNC MSG_CTRUNC);

pub(super) const LOOKUP_FLAGS: &Pairs<i32> = by_name!(c, names:
    AI_PASSIVE AI_CANONNAME AI_NUMERICHOST AI_V4MAPPED AI_ALL AI_ADDRCONFIG AI_NUMERICSERV
);

pub(super) const NAME_FLAGS: &Pairs<i32> = by_name!(c, names:
    NI_NUMERICHOST NI_NUMERICSERV NI_NOFQDN NI_NAMEREQD NI_DGRAM
);

/// The options that mean the same.
pub(super) const OPTIONS: &Pairs<Name> = by_level_and_name!(c, names:
    SOL_SOCKET {
        SO_DEBUG SO_REUSEADDR SO_TYPE SO_ERROR SO_DONTROUTE SO_BROADCAST SO_SNDBUF SO_RCVBUF SO_KEEPALIVE SO_OOBINLINE
        SO_RCVLOWAT SO_SNDLOWAT SO_RCVTIMEO SO_SNDTIMEO SO_ACCEPTCONN
    }
    IPPROTO_IP {
        IP_TOS IP_TTL IP_HDRINCL IP_PKTINFO IP_RECVTTL IP_RECVTOS IP_MULTICAST_IF IP_MULTICAST_TTL IP_MULTICAST_LOOP
        IP_ADD_MEMBERSHIP IP_DROP_MEMBERSHIP IP_ADD_SOURCE_MEMBERSHIP IP_DROP_SOURCE_MEMBERSHIP
        IP_BLOCK_SOURCE IP_UNBLOCK_SOURCE
    }
    IPPROTO_IPV6 {
        IPV6_CHECKSUM IPV6_UNICAST_HOPS IPV6_MULTICAST_IF IPV6_MULTICAST_HOPS IPV6_MULTICAST_LOOP IPV6_JOIN_GROUP
        IPV6_LEAVE_GROUP IPV6_V6ONLY IPV6_RECVTCLASS IPV6_TCLASS IPV6_DONTFRAG
    }
    IPPROTO_TCP { TCP_NODELAY TCP_MAXSEG TCP_KEEPINTVL TCP_KEEPCNT TCP_FASTOPEN }
);

/// Those that internet sockets of both kinds have at their own levels.
pub(super) const GROUP_OPTIONS: &Pairs<i32> = by_name!(c, names:
    MCAST_JOIN_GROUP MCAST_LEAVE_GROUP MCAST_BLOCK_SOURCE MCAST_UNBLOCK_SOURCE MCAST_JOIN_SOURCE_GROUP
    MCAST_LEAVE_SOURCE_GROUP
);

/// The types of control messages.
pub(super) const CONTROLS: &Pairs<Name> = by_level_and_name!(c, names:
    IPPROTO_IP { IP_PKTINFO }
    IPPROTO_IPV6 { IPV6_PKTINFO IPV6_HOPLIMIT IPV6_TCLASS }
);
