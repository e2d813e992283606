//! Socket options: getsockopt(2), setsockopt(2), and which of them need a grant.
//!
//! Every level and name goes through to the kernel, but for the options that the table holds back. To give one more
//! option a name, or to say that it needs a grant, add its row to the table.

use std::net::IpAddr;

use berkeley_constants as c;

use crate::address::{Address, RawAddress};
use crate::error::{Errno, Result};
use crate::policy::Operation;
use crate::socket::Socket;
use crate::sys;

/// Whether a guest may set an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Any guest may: it governs nothing but the socket itself.
    Ordinary,
    /// With a grant: it reaches beyond the socket, as SO_MARK and SO_BINDTODEVICE do, or forges packets.
    Granted,
    /// No guest may read or set it, whatever its grants: its value holds pointers into the host's memory, or
    /// descriptors of the host, makes the kernel read memory that the host has taken back, or holds addresses that the
    /// policy would not see.
    Never,
    /// The table does not know it.
    Unknown,
}

use Access::{Granted, Never, Ordinary};

/// Level, option, name, access.
struct Row(i32, i32, &'static str, Access);

const TABLE: &[Row] = &[
    // socket(7)
    Row(1, 1, "SO_DEBUG", Ordinary),
    Row(1, 2, "SO_REUSEADDR", Ordinary),
    Row(1, 3, "SO_TYPE", Ordinary),
    Row(1, 4, "SO_ERROR", Ordinary),
    Row(1, 5, "SO_DONTROUTE", Ordinary),
    Row(1, 6, "SO_BROADCAST", Ordinary),
    Row(1, 7, "SO_SNDBUF", Ordinary),
    Row(1, 8, "SO_RCVBUF", Ordinary),
    Row(1, 9, "SO_KEEPALIVE", Ordinary),
    Row(1, 10, "SO_OOBINLINE", Ordinary),
    Row(1, 11, "SO_NO_CHECK", Ordinary),
    Row(1, 12, "SO_PRIORITY", Ordinary),
    Row(1, 13, "SO_LINGER", Ordinary),
    Row(1, 14, "SO_BSDCOMPAT", Ordinary),
    Row(1, 15, "SO_REUSEPORT", Ordinary),
    Row(1, 16, "SO_PASSCRED", Ordinary),
    Row(1, 17, "SO_PEERCRED", Ordinary),
    Row(1, 18, "SO_RCVLOWAT", Ordinary),
    Row(1, 19, "SO_SNDLOWAT", Ordinary),
    Row(1, 20, "SO_RCVTIMEO", Ordinary),
    Row(1, 21, "SO_SNDTIMEO", Ordinary),
    Row(1, 25, "SO_BINDTODEVICE", Granted),
    Row(1, 26, "SO_ATTACH_FILTER", Never),
    Row(1, 27, "SO_DETACH_FILTER", Granted),
    Row(1, 28, "SO_PEERNAME", Never),
    Row(1, 29, "SO_TIMESTAMP", Ordinary),
    Row(1, 30, "SO_ACCEPTCONN", Ordinary),
    Row(1, 31, "SO_PEERSEC", Ordinary),
    Row(1, 32, "SO_SNDBUFFORCE", Granted),
    Row(1, 33, "SO_RCVBUFFORCE", Granted),
    Row(1, 34, "SO_PASSSEC", Ordinary),
    Row(1, 35, "SO_TIMESTAMPNS", Ordinary),
    Row(1, 36, "SO_MARK", Granted),
    Row(1, 37, "SO_TIMESTAMPING", Ordinary),
    Row(1, 38, "SO_PROTOCOL", Ordinary),
    Row(1, 39, "SO_DOMAIN", Ordinary),
    Row(1, 40, "SO_RXQ_OVFL", Ordinary),
    Row(1, 41, "SO_WIFI_STATUS", Ordinary),
    Row(1, 42, "SO_PEEK_OFF", Ordinary),
    Row(1, 43, "SO_NOFCS", Granted),
    Row(1, 44, "SO_LOCK_FILTER", Granted),
    Row(1, 45, "SO_SELECT_ERR_QUEUE", Ordinary),
    Row(1, 46, "SO_BUSY_POLL", Granted),
    Row(1, 47, "SO_MAX_PACING_RATE", Ordinary),
    Row(1, 49, "SO_INCOMING_CPU", Ordinary),
    Row(1, 50, "SO_ATTACH_BPF", Never),
    Row(1, 51, "SO_ATTACH_REUSEPORT_CBPF", Never),
    Row(1, 52, "SO_ATTACH_REUSEPORT_EBPF", Never),
    Row(1, 53, "SO_CNX_ADVICE", Granted),
    Row(1, 55, "SO_MEMINFO", Ordinary),
    Row(1, 56, "SO_INCOMING_NAPI_ID", Ordinary),
    Row(1, 57, "SO_COOKIE", Ordinary),
    Row(1, 59, "SO_PEERGROUPS", Ordinary),
    Row(1, 60, "SO_ZEROCOPY", Never),
    Row(1, 61, "SO_TXTIME", Granted),
    Row(1, 62, "SO_BINDTOIFINDEX", Granted),
    Row(1, 63, "SO_TIMESTAMP_NEW", Ordinary),
    Row(1, 64, "SO_TIMESTAMPNS_NEW", Ordinary),
    Row(1, 65, "SO_TIMESTAMPING_NEW", Ordinary),
    Row(1, 66, "SO_RCVTIMEO_NEW", Ordinary),
    Row(1, 67, "SO_SNDTIMEO_NEW", Ordinary),
    Row(1, 68, "SO_DETACH_REUSEPORT_BPF", Granted),
    Row(1, 69, "SO_PREFER_BUSY_POLL", Granted),
    Row(1, 70, "SO_BUSY_POLL_BUDGET", Granted),
    Row(1, 71, "SO_NETNS_COOKIE", Ordinary),
    Row(1, 72, "SO_BUF_LOCK", Ordinary),
    Row(1, 73, "SO_RESERVE_MEM", Granted),
    Row(1, 74, "SO_TXREHASH", Ordinary),
    Row(1, 75, "SO_RCVMARK", Ordinary),
    Row(1, 76, "SO_PASSPIDFD", Never),
    Row(1, 77, "SO_PEERPIDFD", Never),
    Row(1, 78, "SO_DEVMEM_LINEAR", Never),
    Row(1, 79, "SO_DEVMEM_DMABUF", Never),
    Row(1, 80, "SO_DEVMEM_DONTNEED", Never),
    Row(1, 82, "SO_RCVPRIORITY", Ordinary),
    Row(1, 83, "SO_PASSRIGHTS", Granted),
    // ip(7)
    Row(0, 1, "IP_TOS", Ordinary),
    Row(0, 2, "IP_TTL", Ordinary),
    Row(0, 3, "IP_HDRINCL", Granted),
    Row(0, 4, "IP_OPTIONS", Granted),
    Row(0, 5, "IP_ROUTER_ALERT", Granted),
    Row(0, 6, "IP_RECVOPTS", Ordinary),
    Row(0, 7, "IP_RETOPTS", Ordinary),
    Row(0, 8, "IP_PKTINFO", Ordinary),
    Row(0, 9, "IP_PKTOPTIONS", Ordinary),
    Row(0, 10, "IP_MTU_DISCOVER", Ordinary),
    Row(0, 11, "IP_RECVERR", Ordinary),
    Row(0, 12, "IP_RECVTTL", Ordinary),
    Row(0, 13, "IP_RECVTOS", Ordinary),
    Row(0, 14, "IP_MTU", Ordinary),
    Row(0, 15, "IP_FREEBIND", Granted),
    Row(0, 16, "IP_IPSEC_POLICY", Granted),
    Row(0, 17, "IP_XFRM_POLICY", Granted),
    Row(0, 18, "IP_PASSSEC", Granted),
    Row(0, 19, "IP_TRANSPARENT", Granted),
    Row(0, 20, "IP_RECVORIGDSTADDR", Ordinary),
    Row(0, 21, "IP_MINTTL", Ordinary),
    Row(0, 22, "IP_NODEFRAG", Granted),
    Row(0, 23, "IP_CHECKSUM", Ordinary),
    Row(0, 24, "IP_BIND_ADDRESS_NO_PORT", Ordinary),
    Row(0, 25, "IP_RECVFRAGSIZE", Ordinary),
    Row(0, 26, "IP_RECVERR_RFC4884", Ordinary),
    Row(0, 32, "IP_MULTICAST_IF", Ordinary),
    Row(0, 33, "IP_MULTICAST_TTL", Ordinary),
    Row(0, 34, "IP_MULTICAST_LOOP", Ordinary),
    Row(0, 35, "IP_ADD_MEMBERSHIP", Ordinary),
    Row(0, 36, "IP_DROP_MEMBERSHIP", Ordinary),
    Row(0, 37, "IP_UNBLOCK_SOURCE", Ordinary),
    Row(0, 38, "IP_BLOCK_SOURCE", Ordinary),
    Row(0, 39, "IP_ADD_SOURCE_MEMBERSHIP", Ordinary),
    Row(0, 40, "IP_DROP_SOURCE_MEMBERSHIP", Ordinary),
    Row(0, 41, "IP_MSFILTER", Ordinary),
    Row(0, 42, "MCAST_JOIN_GROUP", Ordinary),
    Row(0, 43, "MCAST_BLOCK_SOURCE", Ordinary),
    Row(0, 44, "MCAST_UNBLOCK_SOURCE", Ordinary),
    Row(0, 45, "MCAST_LEAVE_GROUP", Ordinary),
    Row(0, 46, "MCAST_JOIN_SOURCE_GROUP", Ordinary),
    Row(0, 47, "MCAST_LEAVE_SOURCE_GROUP", Ordinary),
    Row(0, 48, "MCAST_MSFILTER", Ordinary),
    Row(0, 49, "IP_MULTICAST_ALL", Ordinary),
    Row(0, 50, "IP_UNICAST_IF", Granted),
    Row(0, 51, "IP_LOCAL_PORT_RANGE", Ordinary),
    Row(0, 52, "IP_PROTOCOL", Ordinary),
    Row(0, 64, "IPT_SO_SET_REPLACE", Never),
    Row(0, 65, "IPT_SO_SET_ADD_COUNTERS", Never),
    Row(0, 66, "IPT_SO_GET_REVISION_MATCH", Never),
    Row(0, 67, "IPT_SO_GET_REVISION_TARGET", Never),
    Row(0, 80, "SO_ORIGINAL_DST", Ordinary),
    Row(0, 96, "ARPT_SO_SET_REPLACE", Never),
    Row(0, 97, "ARPT_SO_SET_ADD_COUNTERS", Never),
    Row(0, 128, "EBT_SO_SET_ENTRIES", Never),
    Row(0, 129, "EBT_SO_SET_COUNTERS", Never),
    // ipv6(7)
    Row(41, 1, "IPV6_ADDRFORM", Ordinary),
    Row(41, 2, "IPV6_2292PKTINFO", Ordinary),
    Row(41, 3, "IPV6_2292HOPOPTS", Ordinary),
    Row(41, 4, "IPV6_2292DSTOPTS", Ordinary),
    Row(41, 5, "IPV6_2292RTHDR", Ordinary),
    Row(41, 6, "IPV6_2292PKTOPTIONS", Granted),
    Row(41, 7, "IPV6_CHECKSUM", Ordinary),
    Row(41, 8, "IPV6_2292HOPLIMIT", Ordinary),
    Row(41, 9, "IPV6_NEXTHOP", Ordinary),
    Row(41, 10, "IPV6_AUTHHDR", Ordinary),
    Row(41, 11, "IPV6_FLOWINFO", Ordinary),
    Row(41, 16, "IPV6_UNICAST_HOPS", Ordinary),
    Row(41, 17, "IPV6_MULTICAST_IF", Ordinary),
    Row(41, 18, "IPV6_MULTICAST_HOPS", Ordinary),
    Row(41, 19, "IPV6_MULTICAST_LOOP", Ordinary),
    Row(41, 20, "IPV6_JOIN_GROUP", Ordinary),
    Row(41, 21, "IPV6_LEAVE_GROUP", Ordinary),
    Row(41, 22, "IPV6_ROUTER_ALERT", Granted),
    Row(41, 23, "IPV6_MTU_DISCOVER", Ordinary),
    Row(41, 24, "IPV6_MTU", Ordinary),
    Row(41, 25, "IPV6_RECVERR", Ordinary),
    Row(41, 26, "IPV6_V6ONLY", Ordinary),
    Row(41, 27, "IPV6_JOIN_ANYCAST", Granted),
    Row(41, 28, "IPV6_LEAVE_ANYCAST", Ordinary),
    Row(41, 29, "IPV6_MULTICAST_ALL", Ordinary),
    Row(41, 30, "IPV6_ROUTER_ALERT_ISOLATE", Ordinary),
    Row(41, 31, "IPV6_RECVERR_RFC4884", Ordinary),
    Row(41, 32, "IPV6_FLOWLABEL_MGR", Ordinary),
    Row(41, 33, "IPV6_FLOWINFO_SEND", Ordinary),
    Row(41, 34, "IPV6_IPSEC_POLICY", Granted),
    Row(41, 35, "IPV6_XFRM_POLICY", Granted),
    Row(41, 36, "IPV6_HDRINCL", Granted),
    Row(41, 42, "MCAST_JOIN_GROUP", Ordinary),
    Row(41, 43, "MCAST_BLOCK_SOURCE", Ordinary),
    Row(41, 44, "MCAST_UNBLOCK_SOURCE", Ordinary),
    Row(41, 45, "MCAST_LEAVE_GROUP", Ordinary),
    Row(41, 46, "MCAST_JOIN_SOURCE_GROUP", Ordinary),
    Row(41, 47, "MCAST_LEAVE_SOURCE_GROUP", Ordinary),
    Row(41, 48, "MCAST_MSFILTER", Ordinary),
    Row(41, 49, "IPV6_RECVPKTINFO", Ordinary),
    Row(41, 50, "IPV6_PKTINFO", Granted),
    Row(41, 51, "IPV6_RECVHOPLIMIT", Ordinary),
    Row(41, 52, "IPV6_HOPLIMIT", Ordinary),
    Row(41, 53, "IPV6_RECVHOPOPTS", Ordinary),
    Row(41, 54, "IPV6_HOPOPTS", Granted),
    Row(41, 55, "IPV6_RTHDRDSTOPTS", Granted),
    Row(41, 56, "IPV6_RECVRTHDR", Ordinary),
    Row(41, 57, "IPV6_RTHDR", Granted),
    Row(41, 58, "IPV6_RECVDSTOPTS", Ordinary),
    Row(41, 59, "IPV6_DSTOPTS", Granted),
    Row(41, 60, "IPV6_RECVPATHMTU", Ordinary),
    Row(41, 61, "IPV6_PATHMTU", Ordinary),
    Row(41, 62, "IPV6_DONTFRAG", Ordinary),
    Row(41, 64, "IP6T_SO_SET_REPLACE", Never),
    Row(41, 65, "IP6T_SO_SET_ADD_COUNTERS", Never),
    Row(41, 66, "IPV6_RECVTCLASS", Ordinary),
    Row(41, 67, "IPV6_TCLASS", Ordinary),
    Row(41, 68, "IP6T_SO_GET_REVISION_MATCH", Never),
    Row(41, 69, "IP6T_SO_GET_REVISION_TARGET", Never),
    Row(41, 70, "IPV6_AUTOFLOWLABEL", Ordinary),
    Row(41, 72, "IPV6_ADDR_PREFERENCES", Ordinary),
    Row(41, 73, "IPV6_MINHOPCOUNT", Ordinary),
    Row(41, 74, "IPV6_RECVORIGDSTADDR", Ordinary),
    Row(41, 75, "IPV6_TRANSPARENT", Granted),
    Row(41, 76, "IPV6_UNICAST_IF", Granted),
    Row(41, 77, "IPV6_RECVFRAGSIZE", Ordinary),
    Row(41, 78, "IPV6_FREEBIND", Granted),
    // tcp(7)
    Row(6, 1, "TCP_NODELAY", Ordinary),
    Row(6, 2, "TCP_MAXSEG", Ordinary),
    Row(6, 3, "TCP_CORK", Ordinary),
    Row(6, 4, "TCP_KEEPIDLE", Ordinary),
    Row(6, 5, "TCP_KEEPINTVL", Ordinary),
    Row(6, 6, "TCP_KEEPCNT", Ordinary),
    Row(6, 7, "TCP_SYNCNT", Ordinary),
    Row(6, 8, "TCP_LINGER2", Ordinary),
    Row(6, 9, "TCP_DEFER_ACCEPT", Ordinary),
    Row(6, 10, "TCP_WINDOW_CLAMP", Ordinary),
    Row(6, 11, "TCP_INFO", Ordinary),
    Row(6, 12, "TCP_QUICKACK", Ordinary),
    Row(6, 13, "TCP_CONGESTION", Ordinary),
    Row(6, 14, "TCP_MD5SIG", Granted),
    Row(6, 15, "TCP_COOKIE_TRANSACTIONS", Ordinary),
    Row(6, 16, "TCP_THIN_LINEAR_TIMEOUTS", Ordinary),
    Row(6, 17, "TCP_THIN_DUPACK", Ordinary),
    Row(6, 18, "TCP_USER_TIMEOUT", Ordinary),
    Row(6, 19, "TCP_REPAIR", Granted),
    Row(6, 20, "TCP_REPAIR_QUEUE", Granted),
    Row(6, 21, "TCP_QUEUE_SEQ", Granted),
    Row(6, 22, "TCP_REPAIR_OPTIONS", Granted),
    Row(6, 23, "TCP_FASTOPEN", Ordinary),
    Row(6, 24, "TCP_TIMESTAMP", Ordinary),
    Row(6, 25, "TCP_NOTSENT_LOWAT", Ordinary),
    Row(6, 26, "TCP_CC_INFO", Ordinary),
    Row(6, 27, "TCP_SAVE_SYN", Ordinary),
    Row(6, 28, "TCP_SAVED_SYN", Ordinary),
    Row(6, 29, "TCP_REPAIR_WINDOW", Granted),
    Row(6, 30, "TCP_FASTOPEN_CONNECT", Ordinary),
    Row(6, 31, "TCP_ULP", Granted),
    Row(6, 32, "TCP_MD5SIG_EXT", Granted),
    Row(6, 33, "TCP_FASTOPEN_KEY", Ordinary),
    Row(6, 34, "TCP_FASTOPEN_NO_COOKIE", Ordinary),
    Row(6, 35, "TCP_ZEROCOPY_RECEIVE", Never),
    Row(6, 36, "TCP_INQ", Ordinary),
    Row(6, 37, "TCP_TX_DELAY", Ordinary),
    Row(6, 38, "TCP_AO_ADD_KEY", Granted),
    Row(6, 39, "TCP_AO_DEL_KEY", Granted),
    Row(6, 40, "TCP_AO_INFO", Granted),
    Row(6, 41, "TCP_AO_GET_KEYS", Granted),
    Row(6, 42, "TCP_AO_REPAIR", Granted),
    Row(6, 43, "TCP_IS_MPTCP", Ordinary),
    Row(6, 44, "TCP_RTO_MAX_MS", Ordinary),
    Row(6, 45, "TCP_RTO_MIN_US", Ordinary),
    Row(6, 46, "TCP_DELACK_MAX_US", Ordinary),
    // udp(7)
    Row(17, 1, "UDP_CORK", Ordinary),
    Row(17, 100, "UDP_ENCAP", Granted),
    Row(17, 101, "UDP_NO_CHECK6_TX", Ordinary),
    Row(17, 102, "UDP_NO_CHECK6_RX", Ordinary),
    Row(17, 103, "UDP_SEGMENT", Ordinary),
    Row(17, 104, "UDP_GRO", Ordinary),
    // udplite(7)
    Row(136, 10, "UDPLITE_SEND_CSCOV", Ordinary),
    Row(136, 11, "UDPLITE_RECV_CSCOV", Ordinary),
    // sctp(7)
    Row(132, 0, "SCTP_RTOINFO", Ordinary),
    Row(132, 1, "SCTP_ASSOCINFO", Ordinary),
    Row(132, 2, "SCTP_INITMSG", Ordinary),
    Row(132, 3, "SCTP_NODELAY", Ordinary),
    Row(132, 4, "SCTP_AUTOCLOSE", Ordinary),
    Row(132, 8, "SCTP_DISABLE_FRAGMENTS", Ordinary),
    Row(132, 9, "SCTP_PEER_ADDR_PARAMS", Ordinary),
    Row(132, 10, "SCTP_DEFAULT_SEND_PARAM", Ordinary),
    Row(132, 11, "SCTP_EVENTS", Ordinary),
    Row(132, 13, "SCTP_MAXSEG", Ordinary),
    Row(132, 14, "SCTP_STATUS", Ordinary),
    Row(132, 32, "SCTP_RECVRCVINFO", Ordinary),
    Row(132, 33, "SCTP_RECVNXTINFO", Ordinary),
    Row(132, 34, "SCTP_DEFAULT_SNDINFO", Ordinary),
    Row(132, 100, "SCTP_SOCKOPT_BINDX_ADD", Never),
    Row(132, 101, "SCTP_SOCKOPT_BINDX_REM", Never),
    Row(132, 102, "SCTP_SOCKOPT_PEELOFF", Never),
    Row(132, 107, "SCTP_SOCKOPT_CONNECTX_OLD", Never),
    Row(132, 110, "SCTP_SOCKOPT_CONNECTX", Never),
    Row(132, 111, "SCTP_SOCKOPT_CONNECTX3", Never),
    Row(132, 122, "SCTP_SOCKOPT_PEELOFF_FLAGS", Never),
    // packet(7)
    Row(263, 5, "PACKET_RX_RING", Never),
    Row(263, 13, "PACKET_TX_RING", Never),
    Row(263, 22, "PACKET_FANOUT_DATA", Never),
    // linux/if_alg.h
    Row(279, 7, "ALG_SET_KEY_BY_KEY_SERIAL", Never),
    // rds(7)
    Row(276, 1, "RDS_CMSG_RDMA_ARGS", Never),
    Row(276, 2, "RDS_GET_MR", Never),
    Row(276, 3, "RDS_CMSG_RDMA_MAP", Never),
    Row(276, 7, "RDS_GET_MR_FOR_DEST", Never),
    // the kernel's AF_XDP documentation
    Row(283, 4, "XDP_UMEM_REG", Never),
    // the kernel's MPTCP documentation
    Row(284, 1, "MPTCP_INFO", Ordinary),
    Row(284, 2, "MPTCP_TCPINFO", Never),
    Row(284, 3, "MPTCP_SUBFLOW_ADDRS", Never),
    Row(284, 4, "MPTCP_FULL_INFO", Never),
];

/// What a guest needs to set the option.
pub fn access(level: i32, name: i32) -> Access {
    row(level, name).map_or(Access::Unknown, |row| row.3)
}

/// The level and number of the option of that name, such as `SO_MARK`.
pub fn by_name(text: &str) -> Option<(i32, i32)> {
    TABLE.iter().find(|row| row.2 == text).map(|row| (row.0, row.1))
}

/// The option's name; `LEVEL:NUMBER` if it has none here.
pub fn describe(level: i32, name: i32) -> String {
    row(level, name).map_or_else(|| format!("{level}:{name}"), |row| row.2.to_owned())
}

fn row(level: i32, name: i32) -> Option<&'static Row> {
    TABLE.iter().find(|row| (row.0, row.1) == (level, name))
}

/// The value of an option to set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// An integer.
    Int(i32),
    /// Bytes.
    Bytes(Vec<u8>),
    /// A null pointer with a length.
    Null(u32),
}

/// The longest value that is read, as in Python.
const LONGEST: u32 = 1024;

impl Socket {
    /// The option's value as an integer: getsockopt(2). Fewer bytes than an integer has are its low ones.
    pub fn getsockopt(&self, level: i32, name: i32) -> Result<i32> {
        let bytes = self.getsockopt_bytes(level, name, size_of::<i32>() as u32)?;
        let mut value = [0; size_of::<i32>()];
        value[..bytes.len()].copy_from_slice(&bytes);
        Ok(i32::from_ne_bytes(value))
    }

    /// The option's value as bytes, at most `size` of them, which is 0 to 1024: getsockopt(2). EINVAL beyond.
    pub fn getsockopt_bytes(&self, level: i32, name: i32, size: u32) -> Result<Vec<u8>> {
        let descriptor = self.descriptor()?;
        if access(level, name) == Never {
            return Err(self.refused(&Operation::SetOption { level, name }));
        }
        if size > LONGEST {
            return Err(Errno::EINVAL.into());
        }
        Ok(sys::getsockopt(descriptor.socket(), level, name, size as usize)?)
    }

    /// Sets the option: setsockopt(2).
    pub fn setsockopt(&mut self, level: i32, name: i32, value: &Value) -> Result<()> {
        self.judge_option(level, name)?;
        if let Some(group) = joined(level, name, value) {
            self.judge(&Operation::Join { transport: self.transport(), group })?;
        }
        let descriptor = self.descriptor()?;
        match value {
            Value::Int(value) => sys::setsockopt(descriptor.socket(), level, name, &value.to_ne_bytes())?,
            Value::Bytes(value) => sys::setsockopt(descriptor.socket(), level, name, value)?,
            Value::Null(len) => sys::setsockopt_null(descriptor.socket(), level, name, *len)?,
        }
        Ok(())
    }

    fn judge_option(&self, level: i32, name: i32) -> Result<()> {
        self.descriptor()?;
        let operation = Operation::SetOption { level, name };
        match access(level, name) {
            Access::Ordinary => Ok(()),
            Access::Never => Err(self.refused(&operation)),
            // The levels of a family that was granted are granted with it.
            Access::Unknown if self.transport().is_privileged() => Ok(()),
            // An option that the kernel does not know gets the kernel's answer, not the policy's.
            Access::Unknown => match self.getsockopt(level, name) {
                Err(error @ crate::Error::Os(Errno::ENOPROTOOPT | Errno::EOPNOTSUPP))
                    if !self.would_allow(&operation) =>
                {
                    // What setsockopt answers, which for internet sockets is not what getsockopt does.
                    Err(if self.transport().is_internet() { Errno::ENOPROTOOPT.into() } else { error })
                }
                _ => self.judge(&operation),
            },
            Access::Granted => self.judge(&operation),
        }
    }
}

/// The multicast group that setting the option joins.
fn joined(level: i32, name: i32, value: &Value) -> Option<IpAddr> {
    let Value::Bytes(bytes) = value else { return None };
    match (level, name) {
        // struct ip_mreq and ip_mreq_source
        (c::IPPROTO_IP, c::IP_ADD_MEMBERSHIP | libc::IP_ADD_SOURCE_MEMBERSHIP) => {
            bytes.first_chunk::<4>().map(|ip| IpAddr::from(*ip))
        }
        // struct ipv6_mreq
        (c::IPPROTO_IPV6, c::IPV6_JOIN_GROUP) => bytes.first_chunk::<16>().map(|ip| IpAddr::from(*ip)),
        // struct group_req and group_source_req: the address follows the interface's index, aligned
        (_, MCAST_JOIN_GROUP | MCAST_JOIN_SOURCE_GROUP) => {
            let address = Address::decode(&RawAddress::from_bytes(bytes.get(8..)?), 0)?;
            address.internet().map(|group| group.ip())
        }
        _ => None,
    }
}

const MCAST_JOIN_GROUP: i32 = 42;
const MCAST_JOIN_SOURCE_GROUP: i32 = 46;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_option_has_one_row() {
        for (at, row) in TABLE.iter().enumerate() {
            let twin = TABLE[..at].iter().find(|other| (other.0, other.1) == (row.0, row.1));
            assert!(twin.is_none(), "{} stands twice", row.2);
        }
    }

    #[test]
    fn names_agree_with_the_constants() {
        let mut agreed = 0;
        for Row(_, number, name, _) in TABLE {
            if let Some((_, value)) = c::ALL.iter().find(|(constant, _)| constant == name) {
                assert_eq!(i64::from(*number), *value, "{name}");
                agreed += 1;
            }
        }
        assert!(agreed > 90, "only {agreed} names are constants");
    }

    #[test]
    fn options_with_pointers_are_never_granted() {
        for name in ["SO_ATTACH_FILTER", "SO_PEERPIDFD", "SO_ZEROCOPY", "TCP_ZEROCOPY_RECEIVE"] {
            let (level, number) = by_name(name).expect(name);
            assert_eq!(access(level, number), Never, "{name}");
        }
        assert_eq!(access(c::SOL_SOCKET, c::SO_REUSEADDR), Ordinary);
        assert_eq!(access(c::SOL_SOCKET, c::SO_MARK), Granted);
        assert_eq!(access(c::SOL_SOCKET, 12345), Access::Unknown);
        assert_eq!(describe(c::SOL_SOCKET, 12345), "1:12345");
    }
}
