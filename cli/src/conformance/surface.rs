//! The surface: every row that there is to know about, whether or not a probe knows it.

use std::net::UdpSocket;

use berkeley_constants as c;
use berkeley_constants::option::{Access, OPTIONS, SocketOption};
use berkeley_host::{Errno, kernel};
use c::*;

use crate::conformance::actions::ACTIONS;

/// A row of the surface.
pub(super) struct Row {
    pub(super) section: Section,
    /// As Python calls it.
    pub(super) name: &'static str,
    /// What the probe takes besides.
    arguments: Vec<String>,
    /// All of them.
    needs: Vec<Needs>,
    /// The level of an option, such as `SOL_SOCKET`.
    pub(super) level: Option<&'static str>,
}

impl Row {
    fn new(section: Section, name: &'static str) -> Self {
        Self { section, name, arguments: Vec::new(), needs: Vec::new(), level: None }
    }

    /// The row as it is called in a table: two levels have an option of the same name.
    pub(super) fn label(&self) -> String {
        match self.level {
            Some(level) if self.name.starts_with("MCAST_") => format!("{} ({level})", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// What is lacking here, whoever asks.
    pub(super) fn lacking(&self) -> Option<String> {
        self.needs.iter().find_map(Needs::lacking)
    }

    /// The other system that alone has it.
    pub(super) fn system(&self) -> Option<&'static str> {
        self.needs.iter().find_map(|needs| if let Needs::System(name) = needs { Some(*name) } else { None })
    }

    /// Whether the host lets no guest have it.
    pub(super) fn is_withheld(&self) -> bool {
        self.needs.contains(&Needs::Withheld)
    }

    /// The row as it is called in a sentence.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.section.word(), self.name)
    }

    /// Whether its probe reads the file that the host gives.
    pub(super) fn wants_file(&self) -> bool {
        self.name == "sendfile"
    }

    /// What the probe is started with.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &str> {
        [self.section.word(), self.name].into_iter().chain(self.arguments.iter().map(String::as_str))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Function,
    Method,
    Family,
    Flag,
    Ancillary,
    Option,
    Constant,
}

impl Section {
    /// As the probes call it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Method => "method",
            Self::Family => "family",
            Self::Flag => "flag",
            Self::Ancillary => "ancillary",
            Self::Option => "option",
            Self::Constant => "constant",
        }
    }

    /// As a heading.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Function => "Functions and objects of the module",
            Self::Method => "Methods, attributes and modes of sockets",
            Self::Family => "Address families, protocols and types",
            Self::Flag => "Message flags",
            Self::Ancillary => "Control messages",
            Self::Option => "Socket options",
            Self::Constant => "Constants",
        }
    }
}

/// What a row needs of the kernel, of this process, or of the system.
#[derive(PartialEq, Eq)]
enum Needs {
    /// Sockets of the family, type and protocol.
    Socket((i32, i32, i32)),
    /// That a socket has an option, or takes a value for it.
    Option((i32, i32, i32), i32, i32, Option<Vec<u8>>),
    /// Loopback over IPv6.
    Ipv6,
    /// A capability: capabilities(7).
    Capability(u32, &'static str),
    /// A file of the system's.
    File(&'static str),
    /// The two virtual controllers of Bluetooth that `tests/data/bluetooth.py` makes.
    Controllers,
    /// Another system.
    System(&'static str),
    /// That the host let guests have it, which it does not.
    Withheld,
}

impl Needs {
    /// What is lacking here, whoever asks.
    fn lacking(&self) -> Option<String> {
        match self {
            Self::Withheld | Self::System(_) => None,
            Self::Controllers => {
                let is_virtual = |name: &str| {
                    let path = std::fs::canonicalize(format!("/sys/class/bluetooth/{name}"));
                    path.is_ok_and(|path| path.starts_with("/sys/devices/virtual"))
                };
                let both = ["hci0", "hci1"].into_iter().all(is_virtual);
                (!both).then(|| "there are no two virtual controllers".into())
            }
            Self::File(path) => (!std::path::Path::new(path).exists()).then(|| format!("there is no {path}")),
            Self::Socket((family, kind, protocol)) => lack(kernel::socket(*family, *kind, *protocol)),
            Self::Option(socket, level, number, value) => {
                lack(kernel::option(*socket, *level, *number, value.as_deref()))
            }
            Self::Ipv6 => UdpSocket::bind("[::1]:0").err().map(|error| format!("no IPv6 loopback: {error}")),
            Self::Capability(number, name) => {
                let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
                let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
                let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok()).unwrap_or_default();
                (bits & 1 << number == 0).then(|| format!("this process lacks {name}"))
            }
        }
    }
}

/// The kernel's answer, if it says that it has no such thing, or not for this process. Other errors say that it has.
fn lack(answer: std::io::Result<()>) -> Option<String> {
    const LACKS: [Errno; 9] = [
        Errno::EAFNOSUPPORT,
        Errno::EPFNOSUPPORT,
        Errno::EPROTONOSUPPORT,
        Errno::ESOCKTNOSUPPORT,
        Errno::ENOPROTOOPT,
        Errno::EOPNOTSUPP,
        Errno::ENOENT,
        Errno::EPERM,
        Errno::EACCES,
    ];
    let error = Errno::from_native(answer.err()?.raw_os_error()?);
    LACKS.contains(&error).then(|| error.name().unwrap_or("an error").to_owned())
}

/// Every row, section by section.
pub(super) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (section, names) in [(Section::Function, FUNCTIONS), (Section::Method, METHODS)] {
        rows.extend(names.iter().map(|name| Row { needs: special(name), ..Row::new(section, name) }));
    }
    rows.extend(FAMILIES.iter().map(|&(name, socket)| Row {
        arguments: vec![socket.0.to_string(), socket.1.to_string(), socket.2.to_string()],
        needs: match name {
            "AF_INET6" => vec![Needs::Ipv6],
            "AF_HYPERV" => vec![Needs::System("Windows")],
            "PF_SYSTEM" => vec![Needs::System("macOS")],
            "AF_LINK" => vec![Needs::System("BSD and macOS")],
            "AF_DIVERT" => vec![Needs::System("FreeBSD")],
            "AF_UNSPEC" => Vec::new(),
            "AF_VSOCK" => vec![Needs::Socket(socket), Needs::File("/sys/module/vsock_loopback")],
            _ if socket.0 == AF_CAN => vec![Needs::Socket(socket), Needs::File("/sys/class/net/vcan0")],
            _ if socket.0 == AF_BLUETOOTH => vec![Needs::Socket(socket), Needs::Controllers],
            _ => vec![Needs::Socket(socket)],
        },
        ..Row::new(Section::Family, name)
    }));
    for (section, names) in [(Section::Flag, FLAGS), (Section::Ancillary, CONTROL_MESSAGES)] {
        rows.extend(names.iter().map(|name| {
            let needs = if name.starts_with("IPV6_") { vec![Needs::Ipv6] } else { special(name) };
            Row { needs, ..Row::new(section, name) }
        }));
    }
    rows.extend(LEVELS.iter().flat_map(options));
    rows.extend(constants());
    rows
}

/// What the rows need that need something of their own.
fn special(name: &str) -> Vec<Needs> {
    const CAP_SYS_ADMIN: u32 = 21;
    match name {
        "sethostname" => vec![Needs::Capability(CAP_SYS_ADMIN, "CAP_SYS_ADMIN")],
        "has_dualstack_ipv6" | "create_server" => vec![Needs::Ipv6],
        "getaddrinfo" => vec![Needs::Ipv6, Needs::File("/etc/services")],
        "getnameinfo" | "getservbyname" | "getservbyport" => vec![Needs::File("/etc/services")],
        "getprotobyname" => vec![Needs::File("/etc/protocols")],
        "ioctl" | "share" | "fromshare" => vec![Needs::System("Windows")],
        "sendmsg_afalg" => vec![Needs::Socket((AF_ALG, SOCK_SEQPACKET, 0))],
        _ => Vec::new(),
    }
}

const FUNCTIONS: &[&str] = &[
    "socket",
    "socketpair",
    "create_connection",
    "create_server",
    "has_dualstack_ipv6",
    "fromfd",
    "fromshare",
    "SocketType",
    "close",
    "dup",
    "getaddrinfo",
    "getfqdn",
    "gethostbyname",
    "gethostbyname_ex",
    "gethostname",
    "gethostbyaddr",
    "getnameinfo",
    "getprotobyname",
    "getservbyname",
    "getservbyport",
    "ntohl",
    "ntohs",
    "htonl",
    "htons",
    "inet_aton",
    "inet_ntoa",
    "inet_pton",
    "inet_ntop",
    "CMSG_LEN",
    "CMSG_SPACE",
    "getdefaulttimeout",
    "setdefaulttimeout",
    "sethostname",
    "if_nameindex",
    "if_nametoindex",
    "if_indextoname",
    "send_fds",
    "recv_fds",
    "has_ipv6",
    "error",
    "timeout",
    "gaierror",
    "herror",
    "AddressFamily",
    "SocketKind",
    "MsgFlag",
    "AddressInfo",
    "SocketIO",
];

const METHODS: &[&str] = &[
    "accept",
    "bind",
    "close",
    "connect",
    "connect_ex",
    "detach",
    "fileno",
    "dup",
    "get_inheritable",
    "set_inheritable",
    "getpeername",
    "getsockname",
    "getsockopt",
    "getsockopt(buflen)",
    "setsockopt(int)",
    "setsockopt(bytes)",
    "setsockopt(None)",
    "getblocking",
    "setblocking",
    "gettimeout",
    "settimeout",
    "ioctl",
    "listen",
    "makefile",
    "recv",
    "recv_into",
    "recvfrom",
    "recvfrom_into",
    "recvmsg",
    "recvmsg_into",
    "send",
    "sendall",
    "sendto",
    "sendmsg",
    "sendmsg_afalg",
    "sendfile",
    "shutdown",
    "share",
    "family",
    "type",
    "proto",
    "blocking mode",
    "non-blocking mode",
    "time-out mode",
];

/// Families, protocols and types, each with a socket of it.
const FAMILIES: &[(&str, (i32, i32, i32))] = &[
    ("AF_INET", (AF_INET, SOCK_STREAM, 0)),
    ("AF_INET6", (AF_INET6, SOCK_STREAM, 0)),
    ("AF_UNSPEC", (AF_UNSPEC, 0, 0)),
    ("AF_UNIX", (AF_UNIX, SOCK_STREAM, 0)),
    ("AF_NETLINK", (AF_NETLINK, SOCK_RAW, 0)),
    ("AF_PACKET", (AF_PACKET, SOCK_DGRAM, 0)),
    ("AF_VSOCK", (AF_VSOCK, SOCK_STREAM, 0)),
    ("CAN_RAW", (AF_CAN, SOCK_RAW, CAN_RAW)),
    ("CAN_BCM", (AF_CAN, SOCK_DGRAM, CAN_BCM)),
    ("CAN_ISOTP", (AF_CAN, SOCK_DGRAM, CAN_ISOTP)),
    ("CAN_J1939", (AF_CAN, SOCK_DGRAM, CAN_J1939)),
    ("BTPROTO_L2CAP", (AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP)),
    ("BTPROTO_RFCOMM", (AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM)),
    ("BTPROTO_HCI", (AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI)),
    ("BTPROTO_SCO", (AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO)),
    ("AF_ALG", (AF_ALG, SOCK_SEQPACKET, 0)),
    ("AF_TIPC", (AF_TIPC, SOCK_RDM, 0)),
    ("AF_QIPCRTR", (AF_QIPCRTR, SOCK_DGRAM, 0)),
    ("AF_RDS", (AF_RDS, SOCK_SEQPACKET, 0)),
    ("AF_HYPERV", (34, SOCK_STREAM, 1)),
    ("PF_SYSTEM", (32, SOCK_DGRAM, 2)),
    ("AF_LINK", (18, SOCK_RAW, 0)),
    ("AF_DIVERT", (44, SOCK_RAW, 0)),
    ("IPPROTO_ICMP", (AF_INET, SOCK_RAW, IPPROTO_ICMP)),
    ("IPPROTO_UDPLITE", (AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE)),
    ("IPPROTO_MPTCP", (AF_INET, SOCK_STREAM, IPPROTO_MPTCP)),
    ("IPPROTO_SCTP", (AF_INET, SOCK_STREAM, IPPROTO_SCTP)),
    ("AF_APPLETALK", (AF_APPLETALK, SOCK_DGRAM, 0)),
    ("AF_ASH", (AF_ASH, SOCK_STREAM, 0)),
    ("AF_ATMPVC", (AF_ATMPVC, SOCK_DGRAM, 0)),
    ("AF_ATMSVC", (AF_ATMSVC, SOCK_DGRAM, 0)),
    ("AF_AX25", (AF_AX25, SOCK_SEQPACKET, 0)),
    ("AF_BRIDGE", (AF_BRIDGE, SOCK_STREAM, 0)),
    ("AF_DECnet", (AF_DECnet, SOCK_STREAM, 0)),
    ("AF_ECONET", (AF_ECONET, SOCK_DGRAM, 0)),
    ("AF_IPX", (AF_IPX, SOCK_DGRAM, 0)),
    ("AF_IRDA", (AF_IRDA, SOCK_STREAM, 0)),
    ("AF_KEY", (AF_KEY, SOCK_RAW, 2)),
    ("AF_LLC", (AF_LLC, SOCK_STREAM, 0)),
    ("AF_NETBEUI", (AF_NETBEUI, SOCK_STREAM, 0)),
    ("AF_NETROM", (AF_NETROM, SOCK_SEQPACKET, 0)),
    ("AF_PPPOX", (AF_PPPOX, SOCK_STREAM, 0)),
    ("AF_ROSE", (AF_ROSE, SOCK_SEQPACKET, 0)),
    ("AF_SECURITY", (AF_SECURITY, SOCK_STREAM, 0)),
    ("AF_SNA", (AF_SNA, SOCK_STREAM, 0)),
    ("AF_WANPIPE", (AF_WANPIPE, SOCK_STREAM, 0)),
    ("AF_X25", (AF_X25, SOCK_SEQPACKET, 0)),
    ("SOCK_STREAM", (AF_INET, SOCK_STREAM, 0)),
    ("SOCK_DGRAM", (AF_INET, SOCK_DGRAM, 0)),
    ("SOCK_RAW", (AF_INET, SOCK_RAW, IPPROTO_RAW)),
    ("SOCK_SEQPACKET", (AF_UNIX, SOCK_SEQPACKET, 0)),
    ("SOCK_RDM", (AF_TIPC, SOCK_RDM, 0)),
    ("SOCK_NONBLOCK", (AF_INET, SOCK_STREAM, 0)),
    ("SOCK_CLOEXEC", (AF_INET, SOCK_STREAM, 0)),
];

const FLAGS: &[&str] = &[
    "MSG_PEEK",
    "MSG_WAITALL",
    "MSG_DONTWAIT",
    "MSG_TRUNC",
    "MSG_CTRUNC",
    "MSG_OOB",
    "MSG_NOSIGNAL",
    "MSG_MORE",
    "MSG_EOR",
    "MSG_DONTROUTE",
    "MSG_CONFIRM",
    "MSG_ERRQUEUE",
    "MSG_FASTOPEN",
    "MSG_CMSG_CLOEXEC",
];

const CONTROL_MESSAGES: &[&str] = &[
    "SCM_RIGHTS",
    "SCM_CREDENTIALS",
    "IP_PKTINFO",
    "IPV6_PKTINFO",
    "IP_TTL",
    "IP_TOS",
    "IPV6_HOPLIMIT",
    "IPV6_TCLASS",
    "IP_RECVORIGDSTADDR",
    "IP_RECVERR",
    "SO_TIMESTAMP",
    "SO_TIMESTAMPNS",
    "SO_TIMESTAMPING",
    "UDP_SEGMENT",
];

/// A level of options: its number and name, the family that has it alone, and the sockets that its options are tried
/// on.
struct Level(i32, &'static str, i32, &'static str);

const LEVELS: &[Level] = &[
    Level(SOL_SOCKET, "SOL_SOCKET", AF_UNSPEC, "tcp"),
    Level(IPPROTO_IP, "IPPROTO_IP", AF_UNSPEC, "udp"),
    Level(IPPROTO_IPV6, "IPPROTO_IPV6", AF_UNSPEC, "udp6"),
    Level(IPPROTO_TCP, "IPPROTO_TCP", AF_UNSPEC, "tcp"),
    Level(IPPROTO_UDP, "IPPROTO_UDP", AF_UNSPEC, "udp"),
    Level(IPPROTO_UDPLITE, "IPPROTO_UDPLITE", AF_UNSPEC, "udplite"),
    Level(IPPROTO_SCTP, "IPPROTO_SCTP", AF_UNSPEC, "sctp"),
    Level(SOL_RAW, "SOL_RAW", AF_UNSPEC, "raw"),
    Level(IPPROTO_ICMPV6, "IPPROTO_ICMPV6", AF_UNSPEC, "icmp6"),
    Level(SOL_MPTCP, "SOL_MPTCP", AF_UNSPEC, "mptcp"),
    Level(SOL_TLS, "SOL_TLS", AF_UNSPEC, "tls"),
    Level(SOL_NETLINK, "SOL_NETLINK", AF_UNSPEC, "netlink"),
    Level(SOL_PACKET, "SOL_PACKET", AF_UNSPEC, "packet"),
    Level(SOL_XDP, "SOL_XDP", AF_UNSPEC, "xdp"),
    Level(AF_VSOCK, "AF_VSOCK", AF_UNSPEC, "vsock"),
    Level(SOL_CAN_RAW, "SOL_CAN_RAW", AF_UNSPEC, "can"),
    Level(SOL_CAN_ISOTP, "SOL_CAN_ISOTP", AF_UNSPEC, "isotp"),
    Level(SOL_CAN_J1939, "SOL_CAN_J1939", AF_UNSPEC, "j1939"),
    Level(SOL_BLUETOOTH, "SOL_BLUETOOTH", AF_UNSPEC, "l2cap"),
    Level(SOL_HCI, "SOL_HCI", AF_BLUETOOTH, "hci"),
    Level(SOL_L2CAP, "SOL_L2CAP", AF_BLUETOOTH, "l2cap"),
    Level(SOL_RFCOMM, "SOL_RFCOMM", AF_BLUETOOTH, "rfcomm"),
    Level(SOL_SCO, "SOL_SCO", AF_BLUETOOTH, "sco"),
    Level(SOL_ALG, "SOL_ALG", AF_UNSPEC, "alg"),
    Level(SOL_TIPC, "SOL_TIPC", AF_UNSPEC, "tipc"),
    Level(SOL_RDS, "SOL_RDS", AF_UNSPEC, "rds"),
];

fn options(level: &'static Level) -> impl Iterator<Item = Row> {
    let Level(number, level_name, family, kind) = *level;
    let of_level = move |option: &&SocketOption| option.level == number && option.family == family;
    OPTIONS.iter().filter(of_level).map(move |option| {
        // The same name may stand at two levels.
        let of = |name: &str| name == option.name || name.split_once('/') == Some((level_name, option.name));
        let exact =
            |name: &str| name.contains('/') == (level_name == "IPPROTO_IPV6" && option.name.starts_with("MCAST_"));
        let (kind, action) = match ACTIONS.iter().find(|(name, ..)| of(name) && exact(name)) {
            // Whatever the socket: it is refused before the kernel is asked.
            _ if option.access == Access::Never => ("tcp", "withheld"),
            Some((_, kind, action)) => (*kind, *action),
            None => (kind, "get"),
        };
        let arguments = std::iter::once(kind.to_owned()).chain(steps(option, action)).collect();
        let needs = option_needs(option, kind, action);
        Row { arguments, needs, level: Some(level_name), ..Row::new(Section::Option, option.name) }
    })
}

/// The steps of what is done with an option, as the probe takes them: by the numbers of levels and options.
fn steps(option: &SocketOption, action: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, step) in action.split(" ; ").enumerate() {
        let (option, step) = other(step).unwrap_or((option, step));
        words.extend((at > 0).then(|| ";".to_owned()));
        words.extend([option.level.to_string(), option.number.to_string()]);
        words.extend(step.split(' ').map(str::to_owned));
    }
    words
}

/// The option that a step is of, if it is another, and what it does.
fn other(step: &str) -> Option<(&'static SocketOption, &str)> {
    let (name, step) = step.strip_prefix("of ")?.split_once(' ')?;
    Some((OPTIONS.iter().find(|option| option.name == name)?, step))
}

fn option_needs(option: &SocketOption, kind: &str, action: &str) -> Vec<Needs> {
    let Some(socket) = numbers(kind) else { return Vec::new() };
    // The first step that is of the option itself.
    let step = action.split(" ; ").find(|step| other(step).is_none()).unwrap_or_default();
    let (verb, value) = step.split_once(' ').unwrap_or((step, ""));
    let (first, rest) = value.split_once(' ').unwrap_or((value, ""));
    let value = match verb {
        "withheld" => return vec![Needs::Withheld],
        "answers" | "twice" | "head" if !rest.is_empty() => Some(hexadecimal(rest)),
        "answers" => Some(vec![0; 4]),
        // The bytes are of the right length for it; what they say does not matter here.
        "bytes" | "into" => Some(hexadecimal(value)),
        "set" | "doubled" | "near" | "write" => first.parse().ok().map(|value: i32| value.to_ne_bytes().to_vec()),
        _ => None,
    };
    let mut needs = vec![Needs::Socket(socket)];
    // A new socket of these would tell nothing: it has the options only once it is in that state.
    let is_late = ["alg-key", "alg-aead", "sctp-auth", "sctp-reset", "tls"].iter().any(|late| kind.starts_with(late));
    if !is_late && verb != "null" {
        needs.push(Needs::Option(socket, option.level, option.number, value));
    }
    if socket.0 == AF_INET6 {
        needs.push(Needs::Ipv6);
    }
    if ["l2cap", "rfcomm", "sco"].iter().any(|protocol| kind.strip_suffix("-connected") == Some(protocol)) {
        needs.push(Needs::Controllers);
    }
    if kind == "tls" {
        needs.push(Needs::Option(socket, IPPROTO_TCP, TCP_ULP, Some(b"tls".to_vec())));
    }
    if kind == "tcp-repair" {
        let repair = 1i32.to_ne_bytes().to_vec();
        needs.push(Needs::Option(socket, IPPROTO_TCP, TCP_REPAIR, Some(repair)));
    }
    needs
}

/// Bytes in hexadecimal; `+N` is so many zeros, and an address is none here.
fn hexadecimal(text: &str) -> Vec<u8> {
    /// struct sockaddr_storage.
    const ADDRESS: usize = 128;
    let mut bytes = Vec::new();
    for part in text.split(' ') {
        match part.strip_prefix('+') {
            Some(zeros) => bytes.resize(bytes.len() + zeros.parse::<usize>().unwrap_or_default(), 0),
            None if ["own", "peer"].contains(&part) => bytes.resize(bytes.len() + ADDRESS, 0),
            None => bytes
                .extend((0..part.len()).step_by(2).filter_map(|at| u8::from_str_radix(part.get(at..at + 2)?, 16).ok())),
        }
    }
    bytes
}

/// The family, type and protocol of a kind of socket, as the probes make it.
fn numbers(kind: &str) -> Option<(i32, i32, i32)> {
    /// Isochronous channels, for which Python has no name.
    const BTPROTO_ISO: i32 = 8;
    if kind == "tipc-stream" {
        return Some((AF_TIPC, SOCK_STREAM, 0));
    }
    let (kind, _state) = kind.split_once('-').unwrap_or((kind, ""));
    Some(match kind {
        "tcp" | "tls" => (AF_INET, SOCK_STREAM, 0),
        "tcp6" => (AF_INET6, SOCK_STREAM, 0),
        "udp" => (AF_INET, SOCK_DGRAM, 0),
        "udp6" => (AF_INET6, SOCK_DGRAM, 0),
        "udplite" => (AF_INET, SOCK_DGRAM, IPPROTO_UDPLITE),
        "unix" => (AF_UNIX, SOCK_STREAM, 0),
        "raw" => (AF_INET, SOCK_RAW, IPPROTO_ICMP),
        "raw6" => (AF_INET6, SOCK_RAW, IPPROTO_UDP),
        "icmp6" => (AF_INET6, SOCK_RAW, IPPROTO_ICMPV6),
        "netlink" => (AF_NETLINK, SOCK_RAW, 0),
        "packet" => (AF_PACKET, SOCK_RAW, 0),
        "sctp" => (AF_INET, SOCK_STREAM, IPPROTO_SCTP),
        "many" => (AF_INET, SOCK_SEQPACKET, IPPROTO_SCTP),
        "mptcp" => (AF_INET, SOCK_STREAM, IPPROTO_MPTCP),
        "can" => (AF_CAN, SOCK_RAW, CAN_RAW),
        "isotp" => (AF_CAN, SOCK_DGRAM, CAN_ISOTP),
        "j1939" => (AF_CAN, SOCK_DGRAM, CAN_J1939),
        "vsock" => (AF_VSOCK, SOCK_STREAM, 0),
        "tipc" => (AF_TIPC, SOCK_RDM, 0),
        "rds" => (AF_RDS, SOCK_SEQPACKET, 0),
        "l2cap" => (AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_L2CAP),
        "hci" => (AF_BLUETOOTH, SOCK_RAW, BTPROTO_HCI),
        "rfcomm" => (AF_BLUETOOTH, SOCK_STREAM, BTPROTO_RFCOMM),
        "sco" => (AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_SCO),
        "iso" => (AF_BLUETOOTH, SOCK_SEQPACKET, BTPROTO_ISO),
        "alg" => (AF_ALG, SOCK_SEQPACKET, 0),
        _ => return None,
    })
}

/// Groups of constants, and how their names begin; the last takes what is left.
const CONSTANTS: &[(&str, &[&str])] = &[
    ("AF_*, PF_*", &["AF_", "PF_"]),
    ("SOCK_*", &["SOCK_"]),
    ("SO_*, SOMAXCONN", &["SO_", "SOMAXCONN"]),
    ("MSG_*", &["MSG_"]),
    ("SOL_*", &["SOL_"]),
    ("SCM_*", &["SCM_"]),
    ("IPPROTO_*, IPPORT_*, INADDR_*", &["IPPROTO_", "IPPORT_", "INADDR_"]),
    ("IP_*", &["IP_"]),
    ("IPV6_*", &["IPV6_"]),
    ("TCP_*", &["TCP_"]),
    ("UDPLITE_*", &["UDPLITE_"]),
    ("EAI_*, AI_*, NI_*", &["EAI_", "AI_", "NI_"]),
    ("CAN_*, J1939_*", &["CAN_", "J1939_"]),
    ("PACKET_*, ETH_*, ETHERTYPE_*", &["PACKET_", "ETH_", "ETHERTYPE_"]),
    ("NETLINK_*", &["NETLINK_"]),
    ("RDS_*", &["RDS_"]),
    ("TIPC_*", &["TIPC_"]),
    ("ALG_*", &["ALG_"]),
    ("VMADDR_*, VM_SOCKETS_*", &["VMADDR_", "VM_SOCKETS_", "IOCTL_VM_"]),
    ("BT_*, HCI_*, L2CAP_*, BDADDR_*, BTPROTO_*", &["BT_", "HCI_", "L2CAP_", "BDADDR_", "BTPROTO_"]),
    ("SHUT_*", &["SHUT_"]),
    ("errno, and others", &[""]),
];

/// Rows of constants, with the names and values that CPython has.
fn constants() -> impl Iterator<Item = Row> {
    let group =
        |name: &str| CONSTANTS.iter().position(|(_, begins)| begins.iter().any(|begin| name.starts_with(begin)));
    let mut groups = vec![Vec::new(); CONSTANTS.len()];
    for (name, value) in c::CPYTHON.lines().filter_map(|line| line.split_once(' ')).filter(|(name, _)| *name != "#") {
        if let Some(group) = group(name) {
            groups[group].push(format!("{name}={value}"));
        }
    }
    CONSTANTS.iter().zip(groups).map(|((name, _), arguments)| Row { arguments, ..Row::new(Section::Constant, name) })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_option_of_the_table_has_a_row() {
        let rows = rows();
        assert_eq!(rows.iter().filter(|row| row.section == Section::Option).count(), OPTIONS.len());
    }

    #[test]
    fn every_action_is_of_an_option() {
        for (name, ..) in ACTIONS {
            let name = name.rsplit('/').next().unwrap_or(name);
            assert!(OPTIONS.iter().any(|option| option.name == name), "{name}");
        }
        let names: HashSet<_> = ACTIONS.iter().map(|(name, ..)| name).collect();
        assert_eq!(names.len(), ACTIONS.len());
    }

    #[test]
    fn what_is_known_is_not_lacking() {
        assert!(Needs::Socket((AF_INET, SOCK_STREAM, 0)).lacking().is_none());
        let lack = Needs::Socket((46, SOCK_STREAM, 0)).lacking().expect("a family that is none");
        assert!(lack.contains("EAFNOSUPPORT"), "{lack}");
    }
}
