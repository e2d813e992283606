//! Every constant but the options, as one table.

#![allow(non_upper_case_globals, reason = "AF_DECnet is its name")]

macro_rules! constants {
    ($all:ident, $system:literal: $($name:ident: $type:ident = $value:expr;)*) => {
        $(
            #[doc = concat!($system, " `", stringify!($name), "`.")]
            pub const $name: $type = $value;
        )*

        pub(crate) const $all: &[(&str, i64)] = &[$((stringify!($name), $value as i64)),*];
    };
}

macro_rules! texts {
    ($($name:ident = $value:literal;)*) => {
        $(
            #[doc = concat!("Python's `", stringify!($name), "`.")]
            pub const $name: &str = $value;
        )*

        /// Every constant that is a text, by its name.
        pub const TEXTS: &[(&str, &str)] = &[$((stringify!($name), $value)),*];
    };
}

constants! { LINUX, "Linux's":
    // Address families: socket(2).
    AF_UNSPEC: i32 = 0;
    AF_UNIX: i32 = 1;
    AF_INET: i32 = 2;
    AF_AX25: i32 = 3;
    AF_IPX: i32 = 4;
    AF_APPLETALK: i32 = 5;
    AF_NETROM: i32 = 6;
    AF_BRIDGE: i32 = 7;
    AF_ATMPVC: i32 = 8;
    AF_X25: i32 = 9;
    AF_INET6: i32 = 10;
    AF_ROSE: i32 = 11;
    AF_DECnet: i32 = 12;
    AF_NETBEUI: i32 = 13;
    AF_SECURITY: i32 = 14;
    AF_KEY: i32 = 15;
    AF_NETLINK: i32 = 16;
    AF_ROUTE: i32 = 16;
    AF_PACKET: i32 = 17;
    AF_ASH: i32 = 18;
    AF_ECONET: i32 = 19;
    AF_ATMSVC: i32 = 20;
    AF_RDS: i32 = 21;
    AF_SNA: i32 = 22;
    AF_IRDA: i32 = 23;
    AF_PPPOX: i32 = 24;
    AF_WANPIPE: i32 = 25;
    AF_LLC: i32 = 26;
    AF_IB: i32 = 27;
    AF_MPLS: i32 = 28;
    AF_CAN: i32 = 29;
    AF_TIPC: i32 = 30;
    AF_BLUETOOTH: i32 = 31;
    AF_IUCV: i32 = 32;
    AF_RXRPC: i32 = 33;
    AF_ISDN: i32 = 34;
    AF_PHONET: i32 = 35;
    AF_IEEE802154: i32 = 36;
    AF_CAIF: i32 = 37;
    AF_ALG: i32 = 38;
    AF_NFC: i32 = 39;
    AF_VSOCK: i32 = 40;
    AF_KCM: i32 = 41;
    AF_QIPCRTR: i32 = 42;
    AF_SMC: i32 = 43;
    AF_XDP: i32 = 44;
    AF_MCTP: i32 = 45;
    // Protocol families: socket(2).
    PF_PACKET: i32 = 17;
    PF_RDS: i32 = 21;
    PF_CAN: i32 = 29;
    // Socket types and their flags: socket(2).
    SOCK_STREAM: i32 = 1;
    SOCK_DGRAM: i32 = 2;
    SOCK_RAW: i32 = 3;
    SOCK_RDM: i32 = 4;
    SOCK_SEQPACKET: i32 = 5;
    SOCK_NONBLOCK: i32 = 0x800;
    SOCK_CLOEXEC: i32 = 0x80000;
    // Option levels: setsockopt(2).
    SOL_HCI: i32 = 0;
    SOL_IP: i32 = 0;
    SOL_SOCKET: i32 = 1;
    SOL_L2CAP: i32 = 6;
    SOL_TCP: i32 = 6;
    SOL_SCO: i32 = 17;
    SOL_UDP: i32 = 17;
    SOL_RFCOMM: i32 = 18;
    SOL_CAN_BASE: i32 = 100;
    SOL_CAN_RAW: i32 = 101;
    SOL_CAN_ISOTP: i32 = 106;
    SOL_CAN_J1939: i32 = 107;
    SOL_RAW: i32 = 255;
    SOL_PACKET: i32 = 263;
    SOL_NETLINK: i32 = 270;
    SOL_TIPC: i32 = 271;
    SOL_BLUETOOTH: i32 = 274;
    SOL_RDS: i32 = 276;
    SOL_ALG: i32 = 279;
    SOL_TLS: i32 = 282;
    SOL_XDP: i32 = 283;
    SOL_MPTCP: i32 = 284;
    // The longest queue of connections: listen(2).
    SOMAXCONN: i32 = 4096;
    // Control messages of SOL_SOCKET: unix(7).
    SCM_J1939_DEST_ADDR: i32 = 1;
    SCM_RIGHTS: i32 = 1;
    SCM_CREDENTIALS: i32 = 2;
    SCM_J1939_DEST_NAME: i32 = 2;
    SCM_J1939_PRIO: i32 = 3;
    SCM_J1939_ERRQUEUE: i32 = 4;
    // Message flags: send(2), recv(2).
    MSG_OOB: i32 = 1;
    MSG_PEEK: i32 = 2;
    MSG_DONTROUTE: i32 = 4;
    MSG_CTRUNC: i32 = 8;
    MSG_TRUNC: i32 = 0x20;
    MSG_DONTWAIT: i32 = 0x40;
    MSG_EOR: i32 = 0x80;
    MSG_WAITALL: i32 = 0x100;
    MSG_CONFIRM: i32 = 0x800;
    MSG_ERRQUEUE: i32 = 0x2000;
    MSG_NOSIGNAL: i32 = 0x4000;
    MSG_MORE: i32 = 0x8000;
    MSG_NOTIFICATION: i32 = 0x8000;
    MSG_FASTOPEN: i32 = 0x20000000;
    MSG_CMSG_CLOEXEC: i32 = 0x40000000;
    // Directions of shutdown(2).
    SHUT_RD: i32 = 0;
    SHUT_WR: i32 = 1;
    SHUT_RDWR: i32 = 2;
    // Protocols: protocols(5).
    IPPROTO_HOPOPTS: i32 = 0;
    IPPROTO_IP: i32 = 0;
    IPPROTO_ICMP: i32 = 1;
    IPPROTO_IGMP: i32 = 2;
    IPPROTO_IPIP: i32 = 4;
    IPPROTO_TCP: i32 = 6;
    IPPROTO_EGP: i32 = 8;
    IPPROTO_PUP: i32 = 12;
    IPPROTO_UDP: i32 = 17;
    IPPROTO_IDP: i32 = 22;
    IPPROTO_TP: i32 = 29;
    IPPROTO_DCCP: i32 = 33;
    IPPROTO_IPV6: i32 = 41;
    IPPROTO_ROUTING: i32 = 43;
    IPPROTO_FRAGMENT: i32 = 44;
    IPPROTO_RSVP: i32 = 46;
    IPPROTO_GRE: i32 = 47;
    IPPROTO_ESP: i32 = 50;
    IPPROTO_AH: i32 = 51;
    IPPROTO_ICMPV6: i32 = 58;
    IPPROTO_NONE: i32 = 59;
    IPPROTO_DSTOPTS: i32 = 60;
    IPPROTO_PIM: i32 = 103;
    IPPROTO_COMP: i32 = 108;
    IPPROTO_L2TP: i32 = 115;
    IPPROTO_SCTP: i32 = 132;
    IPPROTO_UDPLITE: i32 = 136;
    IPPROTO_RAW: i32 = 255;
    IPPROTO_SMC: i32 = 256;
    IPPROTO_MPTCP: i32 = 262;
    // Port ranges.
    IPPORT_RESERVED: i32 = 1024;
    IPPORT_USERRESERVED: i32 = 5000;
    // IPv4 addresses as integers: ip(7).
    INADDR_ANY: u32 = 0x0;
    INADDR_LOOPBACK: u32 = 0x7f000001;
    INADDR_UNSPEC_GROUP: u32 = 0xe0000000;
    INADDR_ALLHOSTS_GROUP: u32 = 0xe0000001;
    INADDR_MAX_LOCAL_GROUP: u32 = 0xe00000ff;
    INADDR_BROADCAST: u32 = 0xffffffff;
    INADDR_NONE: u32 = 0xffffffff;
    // What goes with options of IPPROTO_IP: ip(7).
    IP_DEFAULT_MULTICAST_LOOP: i32 = 1;
    IP_DEFAULT_MULTICAST_TTL: i32 = 1;
    IP_RECVRETOPTS: i32 = 7;
    IP_MAX_MEMBERSHIPS: i32 = 20;
    // What goes with options of IPPROTO_IPV6: RFC 3542.
    IPV6_RTHDR_TYPE_0: i32 = 0;
    // Failures of getaddrinfo(3).
    EAI_OVERFLOW: i32 = -12;
    EAI_SYSTEM: i32 = -11;
    EAI_MEMORY: i32 = -10;
    EAI_ADDRFAMILY: i32 = -9;
    EAI_SERVICE: i32 = -8;
    EAI_SOCKTYPE: i32 = -7;
    EAI_FAMILY: i32 = -6;
    EAI_NODATA: i32 = -5;
    EAI_FAIL: i32 = -4;
    EAI_AGAIN: i32 = -3;
    EAI_NONAME: i32 = -2;
    EAI_BADFLAGS: i32 = -1;
    // Flags of getaddrinfo(3).
    AI_PASSIVE: i32 = 1;
    AI_CANONNAME: i32 = 2;
    AI_NUMERICHOST: i32 = 4;
    AI_V4MAPPED: i32 = 8;
    AI_ALL: i32 = 0x10;
    AI_ADDRCONFIG: i32 = 0x20;
    AI_NUMERICSERV: i32 = 0x400;
    // Flags and sizes of getnameinfo(3).
    NI_NUMERICHOST: i32 = 1;
    NI_NUMERICSERV: i32 = 2;
    NI_NOFQDN: i32 = 4;
    NI_NAMEREQD: i32 = 8;
    NI_DGRAM: i32 = 16;
    NI_IDN: i32 = 32;
    NI_MAXSERV: i32 = 32;
    NI_MAXHOST: i32 = 1025;
    // CAN: the SocketCAN documentation of the kernel.
    CAN_BCM_SETTIMER: i32 = 1;
    CAN_BCM_TX_SETUP: i32 = 1;
    CAN_RAW: i32 = 1;
    CAN_BCM: i32 = 2;
    CAN_BCM_STARTTIMER: i32 = 2;
    CAN_BCM_TX_DELETE: i32 = 2;
    CAN_BCM_TX_READ: i32 = 3;
    CAN_BCM_TX_COUNTEVT: i32 = 4;
    CAN_BCM_TX_SEND: i32 = 4;
    CAN_BCM_RX_SETUP: i32 = 5;
    CAN_BCM_RX_DELETE: i32 = 6;
    CAN_ISOTP: i32 = 6;
    CAN_BCM_RX_READ: i32 = 7;
    CAN_J1939: i32 = 7;
    CAN_BCM_TX_ANNOUNCE: i32 = 8;
    CAN_BCM_TX_STATUS: i32 = 8;
    CAN_BCM_TX_EXPIRED: i32 = 9;
    CAN_BCM_RX_STATUS: i32 = 10;
    CAN_BCM_RX_TIMEOUT: i32 = 11;
    CAN_BCM_RX_CHANGED: i32 = 12;
    CAN_BCM_TX_CP_CAN_ID: i32 = 16;
    CAN_BCM_RX_FILTER_ID: i32 = 32;
    CAN_BCM_RX_CHECK_DLC: i32 = 64;
    CAN_BCM_RX_NO_AUTOTIMER: i32 = 128;
    CAN_BCM_RX_ANNOUNCE_RESUME: i32 = 256;
    CAN_BCM_TX_RESET_MULTI_IDX: i32 = 512;
    CAN_BCM_RX_RTR_FRAME: i32 = 1024;
    CAN_SFF_MASK: i32 = 2047;
    CAN_BCM_CAN_FD_FRAME: i32 = 2048;
    CAN_EFF_MASK: i32 = 536870911;
    CAN_ERR_MASK: i32 = 536870911;
    CAN_ERR_FLAG: i32 = 536870912;
    CAN_RTR_FLAG: i32 = 1073741824;
    CAN_EFF_FLAG: u32 = 0x80000000;
    // CAN_J1939.
    J1939_EE_INFO_NONE: i32 = 0;
    J1939_NLA_PAD: i32 = 0;
    J1939_NO_NAME: i32 = 0;
    J1939_EE_INFO_TX_ABORT: i32 = 1;
    J1939_NLA_BYTES_ACKED: i32 = 1;
    J1939_MAX_UNICAST_ADDR: i32 = 253;
    J1939_IDLE_ADDR: i32 = 254;
    J1939_NO_ADDR: i32 = 255;
    J1939_FILTER_MAX: i32 = 512;
    J1939_PGN_REQUEST: i32 = 59904;
    J1939_PGN_ADDRESS_CLAIMED: i32 = 60928;
    J1939_PGN_ADDRESS_COMMANDED: i32 = 65240;
    J1939_PGN_PDU1_MAX: i32 = 261888;
    J1939_PGN_MAX: i32 = 262143;
    J1939_NO_PGN: i32 = 262144;
    // Netlink protocols: netlink(7).
    NETLINK_ROUTE: i32 = 0;
    NETLINK_USERSOCK: i32 = 2;
    NETLINK_FIREWALL: i32 = 3;
    NETLINK_SOCK_DIAG: i32 = 4;
    NETLINK_NFLOG: i32 = 5;
    NETLINK_XFRM: i32 = 6;
    NETLINK_SELINUX: i32 = 7;
    NETLINK_ISCSI: i32 = 8;
    NETLINK_AUDIT: i32 = 9;
    NETLINK_FIB_LOOKUP: i32 = 10;
    NETLINK_CONNECTOR: i32 = 11;
    NETLINK_NETFILTER: i32 = 12;
    NETLINK_IP6_FW: i32 = 13;
    NETLINK_DNRTMSG: i32 = 14;
    NETLINK_KOBJECT_UEVENT: i32 = 15;
    NETLINK_GENERIC: i32 = 16;
    NETLINK_SCSITRANSPORT: i32 = 18;
    NETLINK_ECRYPTFS: i32 = 19;
    NETLINK_RDMA: i32 = 20;
    NETLINK_CRYPTO: i32 = 21;
    NETLINK_SMC: i32 = 22;
    // Packet types: packet(7).
    PACKET_HOST: i32 = 0;
    PACKET_BROADCAST: i32 = 1;
    PACKET_MULTICAST: i32 = 2;
    PACKET_OTHERHOST: i32 = 3;
    PACKET_OUTGOING: i32 = 4;
    PACKET_LOOPBACK: i32 = 5;
    PACKET_FASTROUTE: i32 = 6;
    // Ethernet protocol numbers.
    ETH_P_ALL: i32 = 3;
    ETHERTYPE_IP: i32 = 2048;
    ETHERTYPE_ARP: i32 = 2054;
    ETHERTYPE_VLAN: i32 = 33024;
    ETHERTYPE_IPV6: i32 = 34525;
    // Virtual machine sockets: vsock(7).
    VMADDR_CID_HYPERVISOR: i32 = 0;
    VMADDR_CID_LOCAL: i32 = 1;
    VMADDR_CID_HOST: i32 = 2;
    VMADDR_CID_ANY: u32 = 0xffffffff;
    VMADDR_PORT_ANY: u32 = 0xffffffff;
    VM_SOCKETS_INVALID_VERSION: u32 = 0xffffffff;
    // ioctl(2) requests.
    IOCTL_VM_SOCKETS_GET_LOCAL_CID: i32 = 1977;
    // TIPC.
    TIPC_WAIT_FOREVER: i32 = -1;
    TIPC_CFG_SRV: i32 = 0;
    TIPC_LOW_IMPORTANCE: i32 = 0;
    TIPC_ADDR_NAMESEQ: i32 = 1;
    TIPC_MEDIUM_IMPORTANCE: i32 = 1;
    TIPC_PUBLISHED: i32 = 1;
    TIPC_SUB_PORTS: i32 = 1;
    TIPC_TOP_SRV: i32 = 1;
    TIPC_ZONE_SCOPE: i32 = 1;
    TIPC_ADDR_NAME: i32 = 2;
    TIPC_CLUSTER_SCOPE: i32 = 2;
    TIPC_HIGH_IMPORTANCE: i32 = 2;
    TIPC_SUB_SERVICE: i32 = 2;
    TIPC_WITHDRAWN: i32 = 2;
    TIPC_ADDR_ID: i32 = 3;
    TIPC_CRITICAL_IMPORTANCE: i32 = 3;
    TIPC_NODE_SCOPE: i32 = 3;
    TIPC_SUBSCR_TIMEOUT: i32 = 3;
    TIPC_SUB_CANCEL: i32 = 4;
    // Control messages of SOL_RDS, and flags of what they carry.
    RDS_CMSG_RDMA_ARGS: i32 = 1;
    RDS_CMSG_RDMA_DEST: i32 = 2;
    RDS_CMSG_RDMA_MAP: i32 = 3;
    RDS_CMSG_RDMA_STATUS: i32 = 4;
    RDS_CMSG_CONG_UPDATE: i32 = 5;
    RDS_CMSG_ATOMIC_FADD: i32 = 6;
    RDS_CMSG_ATOMIC_CSWP: i32 = 7;
    RDS_CMSG_MASKED_ATOMIC_FADD: i32 = 8;
    RDS_CMSG_MASKED_ATOMIC_CSWP: i32 = 9;
    RDS_RDMA_READWRITE: i32 = 1;
    RDS_RDMA_FENCE: i32 = 2;
    RDS_RDMA_INVALIDATE: i32 = 4;
    RDS_RDMA_USE_ONCE: i32 = 8;
    RDS_RDMA_DONTWAIT: i32 = 0x10;
    RDS_RDMA_NOTIFY_ME: i32 = 0x20;
    RDS_RDMA_SILENT: i32 = 0x40;
    // The kernel's cryptography.
    ALG_OP_DECRYPT: i32 = 0;
    ALG_OP_ENCRYPT: i32 = 1;
    ALG_OP_SIGN: i32 = 2;
    ALG_SET_IV: i32 = 2;
    ALG_OP_VERIFY: i32 = 3;
    ALG_SET_OP: i32 = 3;
    ALG_SET_AEAD_ASSOCLEN: i32 = 4;
    ALG_SET_PUBKEY: i32 = 6;
    // Bluetooth protocols.
    BTPROTO_L2CAP: i32 = 0;
    BTPROTO_HCI: i32 = 1;
    BTPROTO_SCO: i32 = 2;
    BTPROTO_RFCOMM: i32 = 3;
    // Kinds of Bluetooth addresses.
    BDADDR_BREDR: i32 = 0;
    BDADDR_LE_PUBLIC: i32 = 1;
    BDADDR_LE_RANDOM: i32 = 2;
    // Channels of BTPROTO_HCI, and none of its devices.
    HCI_CHANNEL_RAW: i32 = 0;
    HCI_CHANNEL_USER: i32 = 1;
    HCI_CHANNEL_MONITOR: i32 = 2;
    HCI_CHANNEL_CONTROL: i32 = 3;
    HCI_CHANNEL_LOGGING: i32 = 4;
    HCI_DEV_NONE: i32 = 0xffff;
    // What L2CAP_LM asks for.
    L2CAP_LM_MASTER: i32 = 1;
    L2CAP_LM_AUTH: i32 = 2;
    L2CAP_LM_ENCRYPT: i32 = 4;
    L2CAP_LM_TRUSTED: i32 = 8;
    L2CAP_LM_RELIABLE: i32 = 0x10;
    L2CAP_LM_SECURE: i32 = 0x20;
    // Values of the options of SOL_BLUETOOTH.
    BT_CHANNEL_POLICY_BREDR_ONLY: i32 = 0;
    BT_CHANNEL_POLICY_BREDR_PREFERRED: i32 = 1;
    BT_FLUSHABLE_OFF: i32 = 0;
    BT_FLUSHABLE_ON: i32 = 1;
    BT_MODE_BASIC: i32 = 0;
    BT_MODE_ERTM: i32 = 1;
    BT_MODE_STREAMING: i32 = 2;
    BT_MODE_LE_FLOWCTL: i32 = 3;
    BT_MODE_EXT_FLOWCTL: i32 = 4;
    BT_PHY_BR_1M_1SLOT: i32 = 1;
    BT_PHY_BR_1M_3SLOT: i32 = 2;
    BT_PHY_BR_1M_5SLOT: i32 = 4;
    BT_PHY_EDR_2M_1SLOT: i32 = 8;
    BT_PHY_EDR_2M_3SLOT: i32 = 0x10;
    BT_PHY_EDR_2M_5SLOT: i32 = 0x20;
    BT_PHY_EDR_3M_1SLOT: i32 = 0x40;
    BT_PHY_EDR_3M_3SLOT: i32 = 0x80;
    BT_PHY_EDR_3M_5SLOT: i32 = 0x100;
    BT_PHY_LE_1M_TX: i32 = 0x200;
    BT_PHY_LE_1M_RX: i32 = 0x400;
    BT_PHY_LE_2M_TX: i32 = 0x800;
    BT_PHY_LE_2M_RX: i32 = 0x1000;
    BT_PHY_LE_CODED_TX: i32 = 0x2000;
    BT_PHY_LE_CODED_RX: i32 = 0x4000;
    BT_POWER_FORCE_ACTIVE_OFF: i32 = 0;
    BT_POWER_FORCE_ACTIVE_ON: i32 = 1;
    BT_SECURITY_SDP: i32 = 0;
    BT_SECURITY_LOW: i32 = 1;
    BT_SECURITY_MEDIUM: i32 = 2;
    BT_SECURITY_HIGH: i32 = 3;
    BT_SECURITY_FIPS: i32 = 4;
    BT_VOICE_TRANSPARENT: i32 = 3;
    BT_VOICE_CVSD_16BIT: i32 = 96;
    BT_VOICE_TRANSPARENT_16BIT: i32 = 99;
    // Events: poll(2).
    POLLIN: i16 = 1;
    POLLPRI: i16 = 2;
    POLLOUT: i16 = 4;
    POLLERR: i16 = 8;
    POLLHUP: i16 = 0x10;
    POLLNVAL: i16 = 0x20;
    POLLRDHUP: i16 = 0x2000;
}

constants! { WINDOWS, "Windows'":
    // Hyper-V sockets: hvsocket.h. Hosts on Windows know the family, whose number is Linux's AF_ISDN.
    AF_HYPERV: i32 = 34;
    HV_PROTOCOL_RAW: i32 = 1;
    HVSOCKET_CONNECT_TIMEOUT: i32 = 1;
    HVSOCKET_ADDRESS_FLAG_PASSTHRU: i32 = 1;
    HVSOCKET_CONNECTED_SUSPEND: i32 = 4;
    HVSOCKET_CONNECT_TIMEOUT_MAX: i32 = 300000;
}

texts! {
    // Bluetooth addresses: none in particular, and the machine's own.
    BDADDR_ANY = "00:00:00:00:00:00";
    BDADDR_LOCAL = "00:00:00:FF:FF:FF";
    // Virtual machines of AF_HYPERV: none, any, all, the children of this one, this one, its parent.
    HV_GUID_ZERO = "00000000-0000-0000-0000-000000000000";
    HV_GUID_WILDCARD = "00000000-0000-0000-0000-000000000000";
    HV_GUID_BROADCAST = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF";
    HV_GUID_CHILDREN = "90DB8B89-0D35-4F79-8CE9-49EA0AC8B7CD";
    HV_GUID_LOOPBACK = "E0E16197-DD56-4A10-9195-5EE7A155A838";
    HV_GUID_PARENT = "A42E7CDA-D03F-480C-9CC2-A4DE20ABB878";
}
