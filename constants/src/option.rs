//! Socket options: their numbers, and who may set them.
//!
//! This table is the one place that an option needs: guests and host take the number from it, and the host what the
//! option asks for.

use crate::table::*;

/// Whether a guest may set an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Any guest may: it governs nothing but the socket itself.
    Ordinary,
    /// With a grant: it reaches beyond the socket, as SO_MARK and SO_BINDTODEVICE do, or forges packets.
    Granted,
    /// No guest may read or set it, whatever its grants: its value holds pointers into the host's memory, or
    /// descriptors or keys of the host, makes the kernel read memory that the host has taken back, or holds addresses
    /// that the policy would not see.
    Never,
    /// No row knows the option.
    Unknown,
}

/// An option: one row of [`OPTIONS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOption {
    /// The level, such as SOL_SOCKET.
    pub level: i32,
    /// The option's number at its level.
    pub number: i32,
    /// The option's name, such as `SO_MARK`.
    pub name: &'static str,
    /// Whether a guest may set it.
    pub access: Access,
    /// The only family whose sockets have the option; AF_UNSPEC if the level alone says which option it is.
    pub family: i32,
}

/// The option of a level by its number, for a socket of that family: an option of the family's own goes before one that
/// other sockets have at a level of the same number.
///
/// ```
/// use berkeley_constants::option::{Access, find};
/// use berkeley_constants::{AF_BLUETOOTH, AF_INET, SO_MARK, SOL_L2CAP, SOL_SOCKET, SOL_TCP};
///
/// assert_eq!(find(AF_INET, SOL_SOCKET, SO_MARK).map(|option| option.access), Some(Access::Granted));
/// assert_eq!(SOL_L2CAP, SOL_TCP);
/// assert_eq!(find(AF_BLUETOOTH, SOL_L2CAP, 3).map(|option| option.name), Some("L2CAP_LM"));
/// assert_eq!(find(AF_INET, SOL_TCP, 3).map(|option| option.name), Some("TCP_CORK"));
/// assert_eq!(find(AF_INET, SOL_SOCKET, 12345), None);
/// ```
pub fn find(family: i32, level: i32, number: i32) -> Option<&'static SocketOption> {
    OPTIONS
        .iter()
        .find(|option| option.level == level && option.number == number && [AF_UNSPEC, family].contains(&option.family))
}

macro_rules! options {
    (
        any { $($level:ident { $($name:ident $number:literal $access:ident;)* })* }
        of $family:ident { $($own_level:ident { $($own:ident $own_number:literal $own_access:ident;)* })* }
        again { $($twin_level:ident { $($twin:ident $twin_access:ident;)* })* }
    ) => {
        pub(crate) mod number {
            $($(
                #[doc = concat!("The option `", stringify!($name), "` of the level `", stringify!($level), "`.")]
                pub const $name: i32 = $number;
            )*)*
            $($(
                #[doc = concat!("The option `", stringify!($own), "` of the level `", stringify!($own_level), "`.")]
                pub const $own: i32 = $own_number;
            )*)*

            /// Every option by its name, in the order of the table.
            pub(crate) const NAMED: &[(&str, i64)] = &[
                $($((stringify!($name), $number),)*)*
                $($((stringify!($own), $own_number),)*)*
            ];
        }

        /// Every option, those of one family alone first.
        pub const OPTIONS: &[SocketOption] = &[
            $($(option($own_level, $own_number, stringify!($own), Access::$own_access, $family),)*)*
            $($(option($level, $number, stringify!($name), Access::$access, AF_UNSPEC),)*)*
            $($(option($twin_level, number::$twin, stringify!($twin), Access::$twin_access, AF_UNSPEC),)*)*
        ];
    };
}

const fn option(level: i32, number: i32, name: &'static str, access: Access, family: i32) -> SocketOption {
    SocketOption { level, number, name, access, family }
}

options! {
    any {
        // socket(7)
        SOL_SOCKET {
            SO_DEBUG 1 Granted;
            SO_REUSEADDR 2 Ordinary;
            SO_TYPE 3 Ordinary;
            SO_ERROR 4 Ordinary;
            SO_DONTROUTE 5 Ordinary;
            SO_BROADCAST 6 Ordinary;
            SO_SNDBUF 7 Ordinary;
            SO_RCVBUF 8 Ordinary;
            SO_KEEPALIVE 9 Ordinary;
            SO_OOBINLINE 10 Ordinary;
            SO_NO_CHECK 11 Ordinary;
            SO_PRIORITY 12 Ordinary;
            SO_LINGER 13 Ordinary;
            SO_BSDCOMPAT 14 Ordinary;
            SO_REUSEPORT 15 Ordinary;
            SO_PASSCRED 16 Ordinary;
            SO_PEERCRED 17 Ordinary;
            SO_RCVLOWAT 18 Ordinary;
            SO_SNDLOWAT 19 Ordinary;
            SO_RCVTIMEO 20 Ordinary;
            SO_SNDTIMEO 21 Ordinary;
            SO_BINDTODEVICE 25 Granted;
            SO_ATTACH_FILTER 26 Never;
            SO_DETACH_FILTER 27 Granted;
            SO_PEERNAME 28 Never;
            SO_TIMESTAMP 29 Ordinary;
            SO_ACCEPTCONN 30 Ordinary;
            SO_PEERSEC 31 Ordinary;
            SO_SNDBUFFORCE 32 Granted;
            SO_RCVBUFFORCE 33 Granted;
            SO_PASSSEC 34 Ordinary;
            SO_TIMESTAMPNS 35 Ordinary;
            SO_MARK 36 Granted;
            SO_TIMESTAMPING 37 Ordinary;
            SO_PROTOCOL 38 Ordinary;
            SO_DOMAIN 39 Ordinary;
            SO_RXQ_OVFL 40 Ordinary;
            SO_WIFI_STATUS 41 Ordinary;
            SO_PEEK_OFF 42 Ordinary;
            SO_NOFCS 43 Granted;
            SO_LOCK_FILTER 44 Granted;
            SO_SELECT_ERR_QUEUE 45 Ordinary;
            SO_BUSY_POLL 46 Granted;
            SO_MAX_PACING_RATE 47 Ordinary;
            SO_INCOMING_CPU 49 Ordinary;
            SO_ATTACH_BPF 50 Never;
            SO_ATTACH_REUSEPORT_CBPF 51 Never;
            SO_ATTACH_REUSEPORT_EBPF 52 Never;
            SO_CNX_ADVICE 53 Granted;
            SO_MEMINFO 55 Ordinary;
            SO_INCOMING_NAPI_ID 56 Ordinary;
            SO_COOKIE 57 Ordinary;
            SO_PEERGROUPS 59 Ordinary;
            SO_ZEROCOPY 60 Never;
            SO_TXTIME 61 Granted;
            SO_BINDTOIFINDEX 62 Granted;
            SO_TIMESTAMP_NEW 63 Ordinary;
            SO_TIMESTAMPNS_NEW 64 Ordinary;
            SO_TIMESTAMPING_NEW 65 Ordinary;
            SO_RCVTIMEO_NEW 66 Ordinary;
            SO_SNDTIMEO_NEW 67 Ordinary;
            SO_DETACH_REUSEPORT_BPF 68 Granted;
            SO_PREFER_BUSY_POLL 69 Granted;
            SO_BUSY_POLL_BUDGET 70 Granted;
            SO_NETNS_COOKIE 71 Ordinary;
            SO_BUF_LOCK 72 Ordinary;
            SO_RESERVE_MEM 73 Granted;
            SO_TXREHASH 74 Ordinary;
            SO_RCVMARK 75 Granted;
            SO_PASSPIDFD 76 Never;
            SO_PEERPIDFD 77 Never;
            SO_DEVMEM_LINEAR 78 Never;
            SO_DEVMEM_DMABUF 79 Never;
            SO_DEVMEM_DONTNEED 80 Never;
            SO_RCVPRIORITY 82 Ordinary;
            SO_PASSRIGHTS 83 Granted;
        }
        // ip(7)
        IPPROTO_IP {
            IP_TOS 1 Ordinary;
            IP_TTL 2 Ordinary;
            IP_HDRINCL 3 Granted;
            IP_OPTIONS 4 Granted;
            IP_ROUTER_ALERT 5 Granted;
            IP_RECVOPTS 6 Ordinary;
            IP_RETOPTS 7 Ordinary;
            IP_PKTINFO 8 Ordinary;
            IP_PKTOPTIONS 9 Ordinary;
            IP_MTU_DISCOVER 10 Ordinary;
            IP_RECVERR 11 Ordinary;
            IP_RECVTTL 12 Ordinary;
            IP_RECVTOS 13 Ordinary;
            IP_MTU 14 Ordinary;
            IP_FREEBIND 15 Granted;
            IP_IPSEC_POLICY 16 Granted;
            IP_XFRM_POLICY 17 Granted;
            IP_PASSSEC 18 Granted;
            IP_TRANSPARENT 19 Granted;
            IP_RECVORIGDSTADDR 20 Ordinary;
            IP_MINTTL 21 Ordinary;
            IP_NODEFRAG 22 Granted;
            IP_CHECKSUM 23 Ordinary;
            IP_BIND_ADDRESS_NO_PORT 24 Ordinary;
            IP_RECVFRAGSIZE 25 Ordinary;
            IP_RECVERR_RFC4884 26 Ordinary;
            IP_MULTICAST_IF 32 Ordinary;
            IP_MULTICAST_TTL 33 Ordinary;
            IP_MULTICAST_LOOP 34 Ordinary;
            IP_ADD_MEMBERSHIP 35 Ordinary;
            IP_DROP_MEMBERSHIP 36 Ordinary;
            IP_UNBLOCK_SOURCE 37 Ordinary;
            IP_BLOCK_SOURCE 38 Ordinary;
            IP_ADD_SOURCE_MEMBERSHIP 39 Ordinary;
            IP_DROP_SOURCE_MEMBERSHIP 40 Ordinary;
            IP_MSFILTER 41 Ordinary;
            MCAST_JOIN_GROUP 42 Ordinary;
            MCAST_BLOCK_SOURCE 43 Ordinary;
            MCAST_UNBLOCK_SOURCE 44 Ordinary;
            MCAST_LEAVE_GROUP 45 Ordinary;
            MCAST_JOIN_SOURCE_GROUP 46 Ordinary;
            MCAST_LEAVE_SOURCE_GROUP 47 Ordinary;
            MCAST_MSFILTER 48 Ordinary;
            IP_MULTICAST_ALL 49 Ordinary;
            IP_UNICAST_IF 50 Granted;
            IP_LOCAL_PORT_RANGE 51 Granted;
            IP_PROTOCOL 52 Ordinary;
            IPT_SO_SET_REPLACE 64 Never;
            IPT_SO_SET_ADD_COUNTERS 65 Never;
            IPT_SO_GET_REVISION_MATCH 66 Never;
            IPT_SO_GET_REVISION_TARGET 67 Never;
            SO_ORIGINAL_DST 80 Ordinary;
            ARPT_SO_SET_REPLACE 96 Never;
            ARPT_SO_SET_ADD_COUNTERS 97 Never;
            EBT_SO_SET_ENTRIES 128 Never;
            EBT_SO_SET_COUNTERS 129 Never;
        }
        // ipv6(7)
        IPPROTO_IPV6 {
            IPV6_ADDRFORM 1 Ordinary;
            IPV6_2292PKTINFO 2 Ordinary;
            IPV6_2292HOPOPTS 3 Ordinary;
            IPV6_2292DSTOPTS 4 Ordinary;
            IPV6_2292RTHDR 5 Ordinary;
            IPV6_2292PKTOPTIONS 6 Granted;
            IPV6_CHECKSUM 7 Ordinary;
            IPV6_2292HOPLIMIT 8 Ordinary;
            IPV6_NEXTHOP 9 Ordinary;
            IPV6_AUTHHDR 10 Ordinary;
            IPV6_FLOWINFO 11 Ordinary;
            IPV6_UNICAST_HOPS 16 Ordinary;
            IPV6_MULTICAST_IF 17 Ordinary;
            IPV6_MULTICAST_HOPS 18 Ordinary;
            IPV6_MULTICAST_LOOP 19 Ordinary;
            IPV6_JOIN_GROUP 20 Ordinary;
            IPV6_LEAVE_GROUP 21 Ordinary;
            IPV6_ROUTER_ALERT 22 Granted;
            IPV6_MTU_DISCOVER 23 Ordinary;
            IPV6_MTU 24 Ordinary;
            IPV6_RECVERR 25 Ordinary;
            IPV6_V6ONLY 26 Ordinary;
            IPV6_JOIN_ANYCAST 27 Granted;
            IPV6_LEAVE_ANYCAST 28 Ordinary;
            IPV6_MULTICAST_ALL 29 Ordinary;
            IPV6_ROUTER_ALERT_ISOLATE 30 Ordinary;
            IPV6_RECVERR_RFC4884 31 Ordinary;
            IPV6_FLOWLABEL_MGR 32 Granted;
            IPV6_FLOWINFO_SEND 33 Ordinary;
            IPV6_IPSEC_POLICY 34 Granted;
            IPV6_XFRM_POLICY 35 Granted;
            IPV6_HDRINCL 36 Granted;
            IPV6_RECVPKTINFO 49 Ordinary;
            IPV6_PKTINFO 50 Granted;
            IPV6_RECVHOPLIMIT 51 Ordinary;
            IPV6_HOPLIMIT 52 Ordinary;
            IPV6_RECVHOPOPTS 53 Ordinary;
            IPV6_HOPOPTS 54 Granted;
            IPV6_RTHDRDSTOPTS 55 Granted;
            IPV6_RECVRTHDR 56 Ordinary;
            IPV6_RTHDR 57 Granted;
            IPV6_RECVDSTOPTS 58 Ordinary;
            IPV6_DSTOPTS 59 Granted;
            IPV6_RECVPATHMTU 60 Ordinary;
            IPV6_PATHMTU 61 Ordinary;
            IPV6_DONTFRAG 62 Ordinary;
            IP6T_SO_SET_REPLACE 64 Never;
            IP6T_SO_SET_ADD_COUNTERS 65 Never;
            IPV6_RECVTCLASS 66 Ordinary;
            IPV6_TCLASS 67 Ordinary;
            IP6T_SO_GET_REVISION_MATCH 68 Never;
            IP6T_SO_GET_REVISION_TARGET 69 Never;
            IPV6_AUTOFLOWLABEL 70 Ordinary;
            IPV6_ADDR_PREFERENCES 72 Ordinary;
            IPV6_MINHOPCOUNT 73 Ordinary;
            IPV6_RECVORIGDSTADDR 74 Ordinary;
            IPV6_TRANSPARENT 75 Granted;
            IPV6_UNICAST_IF 76 Granted;
            IPV6_RECVFRAGSIZE 77 Ordinary;
            IPV6_FREEBIND 78 Granted;
        }
        // tcp(7)
        IPPROTO_TCP {
            TCP_NODELAY 1 Ordinary;
            TCP_MAXSEG 2 Ordinary;
            TCP_CORK 3 Ordinary;
            TCP_KEEPIDLE 4 Ordinary;
            TCP_KEEPINTVL 5 Ordinary;
            TCP_KEEPCNT 6 Ordinary;
            TCP_SYNCNT 7 Ordinary;
            TCP_LINGER2 8 Ordinary;
            TCP_DEFER_ACCEPT 9 Ordinary;
            TCP_WINDOW_CLAMP 10 Ordinary;
            TCP_INFO 11 Ordinary;
            TCP_QUICKACK 12 Ordinary;
            TCP_CONGESTION 13 Ordinary;
            TCP_MD5SIG 14 Granted;
            TCP_COOKIE_TRANSACTIONS 15 Ordinary;
            TCP_THIN_LINEAR_TIMEOUTS 16 Ordinary;
            TCP_THIN_DUPACK 17 Ordinary;
            TCP_USER_TIMEOUT 18 Ordinary;
            TCP_REPAIR 19 Granted;
            TCP_REPAIR_QUEUE 20 Granted;
            TCP_QUEUE_SEQ 21 Granted;
            TCP_REPAIR_OPTIONS 22 Granted;
            TCP_FASTOPEN 23 Ordinary;
            TCP_TIMESTAMP 24 Ordinary;
            TCP_NOTSENT_LOWAT 25 Ordinary;
            TCP_CC_INFO 26 Ordinary;
            TCP_SAVE_SYN 27 Ordinary;
            TCP_SAVED_SYN 28 Ordinary;
            TCP_REPAIR_WINDOW 29 Granted;
            TCP_FASTOPEN_CONNECT 30 Ordinary;
            TCP_ULP 31 Granted;
            TCP_MD5SIG_EXT 32 Granted;
            TCP_FASTOPEN_KEY 33 Ordinary;
            TCP_FASTOPEN_NO_COOKIE 34 Ordinary;
            TCP_ZEROCOPY_RECEIVE 35 Never;
            TCP_INQ 36 Ordinary;
            TCP_TX_DELAY 37 Ordinary;
            TCP_AO_ADD_KEY 38 Granted;
            TCP_AO_DEL_KEY 39 Granted;
            TCP_AO_INFO 40 Granted;
            TCP_AO_GET_KEYS 41 Granted;
            TCP_AO_REPAIR 42 Granted;
            TCP_IS_MPTCP 43 Ordinary;
            TCP_RTO_MAX_MS 44 Ordinary;
            TCP_RTO_MIN_US 45 Ordinary;
            TCP_DELACK_MAX_US 46 Ordinary;
        }
        // udp(7)
        IPPROTO_UDP {
            UDP_CORK 1 Ordinary;
            UDP_ENCAP 100 Granted;
            UDP_NO_CHECK6_TX 101 Ordinary;
            UDP_NO_CHECK6_RX 102 Ordinary;
            UDP_SEGMENT 103 Ordinary;
            UDP_GRO 104 Ordinary;
        }
        // udplite(7)
        IPPROTO_UDPLITE {
            UDPLITE_SEND_CSCOV 10 Ordinary;
            UDPLITE_RECV_CSCOV 11 Ordinary;
        }
        // sctp(7)
        IPPROTO_SCTP {
            SCTP_RTOINFO 0 Ordinary;
            SCTP_ASSOCINFO 1 Ordinary;
            SCTP_INITMSG 2 Ordinary;
            SCTP_NODELAY 3 Ordinary;
            SCTP_AUTOCLOSE 4 Ordinary;
            SCTP_SET_PEER_PRIMARY_ADDR 5 Ordinary;
            SCTP_PRIMARY_ADDR 6 Ordinary;
            SCTP_ADAPTATION_LAYER 7 Ordinary;
            SCTP_DISABLE_FRAGMENTS 8 Ordinary;
            SCTP_PEER_ADDR_PARAMS 9 Ordinary;
            SCTP_DEFAULT_SEND_PARAM 10 Ordinary;
            SCTP_EVENTS 11 Ordinary;
            SCTP_I_WANT_MAPPED_V4_ADDR 12 Ordinary;
            SCTP_MAXSEG 13 Ordinary;
            SCTP_STATUS 14 Ordinary;
            SCTP_GET_PEER_ADDR_INFO 15 Ordinary;
            SCTP_DELAYED_SACK 16 Ordinary;
            SCTP_CONTEXT 17 Ordinary;
            SCTP_FRAGMENT_INTERLEAVE 18 Ordinary;
            SCTP_PARTIAL_DELIVERY_POINT 19 Ordinary;
            SCTP_MAX_BURST 20 Ordinary;
            SCTP_AUTH_CHUNK 21 Ordinary;
            SCTP_HMAC_IDENT 22 Ordinary;
            SCTP_AUTH_KEY 23 Ordinary;
            SCTP_AUTH_ACTIVE_KEY 24 Ordinary;
            SCTP_AUTH_DELETE_KEY 25 Ordinary;
            SCTP_PEER_AUTH_CHUNKS 26 Ordinary;
            SCTP_LOCAL_AUTH_CHUNKS 27 Ordinary;
            SCTP_GET_ASSOC_NUMBER 28 Ordinary;
            SCTP_GET_ASSOC_ID_LIST 29 Ordinary;
            SCTP_AUTO_ASCONF 30 Granted;
            SCTP_PEER_ADDR_THLDS 31 Ordinary;
            SCTP_RECVRCVINFO 32 Ordinary;
            SCTP_RECVNXTINFO 33 Ordinary;
            SCTP_DEFAULT_SNDINFO 34 Ordinary;
            SCTP_AUTH_DEACTIVATE_KEY 35 Ordinary;
            SCTP_REUSE_PORT 36 Ordinary;
            SCTP_PEER_ADDR_THLDS_V2 37 Ordinary;
            SCTP_SOCKOPT_BINDX_ADD 100 Never;
            SCTP_SOCKOPT_BINDX_REM 101 Never;
            SCTP_SOCKOPT_PEELOFF 102 Never;
            SCTP_SOCKOPT_CONNECTX_OLD 107 Never;
            SCTP_GET_PEER_ADDRS 108 Ordinary;
            SCTP_GET_LOCAL_ADDRS 109 Ordinary;
            SCTP_SOCKOPT_CONNECTX 110 Never;
            SCTP_SOCKOPT_CONNECTX3 111 Never;
            SCTP_GET_ASSOC_STATS 112 Ordinary;
            SCTP_PR_SUPPORTED 113 Ordinary;
            SCTP_DEFAULT_PRINFO 114 Ordinary;
            SCTP_PR_ASSOC_STATUS 115 Ordinary;
            SCTP_PR_STREAM_STATUS 116 Ordinary;
            SCTP_RECONFIG_SUPPORTED 117 Ordinary;
            SCTP_ENABLE_STREAM_RESET 118 Ordinary;
            SCTP_RESET_STREAMS 119 Ordinary;
            SCTP_RESET_ASSOC 120 Ordinary;
            SCTP_ADD_STREAMS 121 Ordinary;
            SCTP_SOCKOPT_PEELOFF_FLAGS 122 Never;
            SCTP_STREAM_SCHEDULER 123 Ordinary;
            SCTP_STREAM_SCHEDULER_VALUE 124 Ordinary;
            SCTP_INTERLEAVING_SUPPORTED 125 Ordinary;
            SCTP_SENDMSG_CONNECT 126 Ordinary;
            SCTP_EVENT 127 Ordinary;
            SCTP_ASCONF_SUPPORTED 128 Ordinary;
            SCTP_AUTH_SUPPORTED 129 Ordinary;
            SCTP_ECN_SUPPORTED 130 Ordinary;
            SCTP_EXPOSE_POTENTIALLY_FAILED_STATE 131 Ordinary;
            SCTP_REMOTE_UDP_ENCAPS_PORT 132 Granted;
            SCTP_PLPMTUD_PROBE_INTERVAL 133 Ordinary;
        }
        // raw(7)
        SOL_RAW {
            ICMP_FILTER 1 Ordinary;
        }
        // linux/icmpv6.h
        IPPROTO_ICMPV6 {
            ICMPV6_FILTER 1 Ordinary;
        }
        // the kernel's MPTCP documentation
        SOL_MPTCP {
            MPTCP_INFO 1 Ordinary;
            MPTCP_TCPINFO 2 Never;
            MPTCP_SUBFLOW_ADDRS 3 Never;
            MPTCP_FULL_INFO 4 Never;
        }
        // the kernel's TLS documentation
        SOL_TLS {
            TLS_TX 1 Ordinary;
            TLS_RX 2 Ordinary;
            TLS_TX_ZEROCOPY_RO 3 Granted;
            TLS_RX_EXPECT_NO_PAD 4 Ordinary;
        }
        // netlink(7)
        SOL_NETLINK {
            NETLINK_ADD_MEMBERSHIP 1 Ordinary;
            NETLINK_DROP_MEMBERSHIP 2 Ordinary;
            NETLINK_PKTINFO 3 Ordinary;
            NETLINK_BROADCAST_ERROR 4 Ordinary;
            NETLINK_NO_ENOBUFS 5 Ordinary;
            NETLINK_RX_RING 6 Never;
            NETLINK_TX_RING 7 Never;
            NETLINK_LISTEN_ALL_NSID 8 Granted;
            NETLINK_LIST_MEMBERSHIPS 9 Ordinary;
            NETLINK_CAP_ACK 10 Ordinary;
            NETLINK_EXT_ACK 11 Ordinary;
            NETLINK_GET_STRICT_CHK 12 Ordinary;
        }
        // packet(7)
        SOL_PACKET {
            PACKET_ADD_MEMBERSHIP 1 Granted;
            PACKET_DROP_MEMBERSHIP 2 Ordinary;
            PACKET_RECV_OUTPUT 3 Ordinary;
            PACKET_RX_RING 5 Never;
            PACKET_STATISTICS 6 Ordinary;
            PACKET_COPY_THRESH 7 Ordinary;
            PACKET_AUXDATA 8 Ordinary;
            PACKET_ORIGDEV 9 Ordinary;
            PACKET_VERSION 10 Ordinary;
            PACKET_HDRLEN 11 Ordinary;
            PACKET_RESERVE 12 Ordinary;
            PACKET_TX_RING 13 Never;
            PACKET_LOSS 14 Ordinary;
            PACKET_VNET_HDR 15 Ordinary;
            PACKET_TX_TIMESTAMP 16 Ordinary;
            PACKET_TIMESTAMP 17 Ordinary;
            PACKET_FANOUT 18 Granted;
            PACKET_TX_HAS_OFF 19 Ordinary;
            PACKET_QDISC_BYPASS 20 Granted;
            PACKET_ROLLOVER_STATS 21 Ordinary;
            PACKET_FANOUT_DATA 22 Never;
            PACKET_IGNORE_OUTGOING 23 Ordinary;
            PACKET_VNET_HDR_SZ 24 Ordinary;
        }
        // the kernel's AF_XDP documentation
        SOL_XDP {
            XDP_UMEM_REG 4 Never;
        }
        // linux/vm_sockets.h
        AF_VSOCK {
            SO_VM_SOCKETS_BUFFER_SIZE 0 Ordinary;
            SO_VM_SOCKETS_BUFFER_MIN_SIZE 1 Ordinary;
            SO_VM_SOCKETS_BUFFER_MAX_SIZE 2 Ordinary;
            SO_VM_SOCKETS_PEER_HOST_VM_ID 3 Ordinary;
            SO_VM_SOCKETS_TRUSTED 5 Ordinary;
            SO_VM_SOCKETS_CONNECT_TIMEOUT_OLD 6 Ordinary;
            SO_VM_SOCKETS_NONBLOCK_TXRX 7 Ordinary;
            SO_VM_SOCKETS_CONNECT_TIMEOUT_NEW 8 Ordinary;
        }
        // linux/can/raw.h
        SOL_CAN_RAW {
            CAN_RAW_FILTER 1 Ordinary;
            CAN_RAW_ERR_FILTER 2 Ordinary;
            CAN_RAW_LOOPBACK 3 Ordinary;
            CAN_RAW_RECV_OWN_MSGS 4 Ordinary;
            CAN_RAW_FD_FRAMES 5 Ordinary;
            CAN_RAW_JOIN_FILTERS 6 Ordinary;
            CAN_RAW_XL_FRAMES 7 Ordinary;
            CAN_RAW_XL_VCID_OPTS 8 Ordinary;
        }
        // linux/can/isotp.h
        SOL_CAN_ISOTP {
            CAN_ISOTP_OPTS 1 Ordinary;
            CAN_ISOTP_RECV_FC 2 Ordinary;
            CAN_ISOTP_TX_STMIN 3 Ordinary;
            CAN_ISOTP_RX_STMIN 4 Ordinary;
            CAN_ISOTP_LL_OPTS 5 Ordinary;
        }
        // linux/can/j1939.h
        SOL_CAN_J1939 {
            SO_J1939_FILTER 1 Ordinary;
            SO_J1939_PROMISC 2 Ordinary;
            SO_J1939_SEND_PRIO 3 Ordinary;
            SO_J1939_ERRQUEUE 4 Ordinary;
        }
        // net/bluetooth/bluetooth.h
        SOL_BLUETOOTH {
            BT_SECURITY 4 Ordinary;
            BT_DEFER_SETUP 7 Ordinary;
            BT_FLUSHABLE 8 Ordinary;
            BT_POWER 9 Ordinary;
            BT_CHANNEL_POLICY 10 Ordinary;
            BT_VOICE 11 Ordinary;
            BT_SNDMTU 12 Ordinary;
            BT_RCVMTU 13 Ordinary;
            BT_PHY 14 Ordinary;
            BT_MODE 15 Ordinary;
            BT_PKT_STATUS 16 Ordinary;
            BT_ISO_QOS 17 Ordinary;
            BT_CODEC 19 Ordinary;
            BT_ISO_BASE 20 Ordinary;
        }
        // linux/if_alg.h
        SOL_ALG {
            ALG_SET_KEY 1 Ordinary;
            ALG_SET_AEAD_AUTHSIZE 5 Ordinary;
            ALG_SET_DRBG_ENTROPY 6 Ordinary;
            ALG_SET_KEY_BY_KEY_SERIAL 7 Never;
        }
        // linux/tipc.h
        SOL_TIPC {
            TIPC_IMPORTANCE 127 Ordinary;
            TIPC_SRC_DROPPABLE 128 Ordinary;
            TIPC_DEST_DROPPABLE 129 Ordinary;
            TIPC_CONN_TIMEOUT 130 Ordinary;
            TIPC_NODE_RECVQ_DEPTH 131 Ordinary;
            TIPC_SOCK_RECVQ_DEPTH 132 Ordinary;
            TIPC_MCAST_BROADCAST 133 Ordinary;
            TIPC_MCAST_REPLICAST 134 Ordinary;
            TIPC_GROUP_JOIN 135 Ordinary;
            TIPC_GROUP_LEAVE 136 Ordinary;
            TIPC_SOCK_RECVQ_USED 137 Ordinary;
            TIPC_NODELAY 138 Ordinary;
        }
        // linux/rds.h
        SOL_RDS {
            RDS_CANCEL_SENT_TO 1 Ordinary;
            RDS_GET_MR 2 Never;
            RDS_FREE_MR 3 Granted;
            RDS_RECVERR 5 Ordinary;
            RDS_CONG_MONITOR 6 Ordinary;
            RDS_GET_MR_FOR_DEST 7 Never;
            SO_RDS_TRANSPORT 8 Ordinary;
            SO_RDS_MSG_RXPATH_LATENCY 10 Ordinary;
        }
    }
    // Levels whose numbers are also those of internet protocols.
    of AF_BLUETOOTH {
        // net/bluetooth/hci_sock.h
        SOL_HCI {
            HCI_DATA_DIR 1 Ordinary;
            HCI_FILTER 2 Ordinary;
            HCI_TIME_STAMP 3 Ordinary;
        }
        // net/bluetooth/l2cap.h
        SOL_L2CAP {
            L2CAP_OPTIONS 1 Ordinary;
            L2CAP_CONNINFO 2 Ordinary;
            L2CAP_LM 3 Ordinary;
        }
        // net/bluetooth/rfcomm.h
        SOL_RFCOMM {
            RFCOMM_CONNINFO 2 Ordinary;
            RFCOMM_LM 3 Ordinary;
        }
        // net/bluetooth/sco.h
        SOL_SCO {
            SCO_OPTIONS 1 Ordinary;
            SCO_CONNINFO 2 Ordinary;
        }
    }
    // Options that one more level has.
    again {
        // ipv6(7)
        IPPROTO_IPV6 {
            MCAST_JOIN_GROUP Ordinary;
            MCAST_BLOCK_SOURCE Ordinary;
            MCAST_UNBLOCK_SOURCE Ordinary;
            MCAST_LEAVE_GROUP Ordinary;
            MCAST_JOIN_SOURCE_GROUP Ordinary;
            MCAST_LEAVE_SOURCE_GROUP Ordinary;
            MCAST_MSFILTER Ordinary;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_one_row() {
        for (at, row) in OPTIONS.iter().enumerate() {
            let numbers = |row: &SocketOption| (row.family, row.level, row.number);
            let twin = OPTIONS[..at].iter().find(|other| numbers(other) == numbers(row));
            assert!(twin.is_none(), "{} stands twice", row.name);
        }
    }
}
