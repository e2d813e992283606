//! The numbers in the C headers, which are written of the table in `constants/`.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use berkeley_constants::{ALL, errno};

/// Where the headers are that the table makes.
const DIRECTORY: &str = "libc/include/berkeley";

/// A header, by its name, with the prefixes of the names that stand in it.
const HEADERS: [(&str, &[&str]); 11] = [
    ("can", &["CAN_", "J1939_", "SCM_J1939_", "SO_J1939_", "SOL_CAN_"]),
    ("in", &["ICMP_FILTER", "IPPROTO_", "IPPORT_", "IP_", "IPV6_", "MCAST_"]),
    ("netdb", &["AI_", "EAI_", "NI_"]),
    ("netlink", &["NETLINK_"]),
    ("packet", &["PACKET_"]),
    ("sctp", &["SCTP_"]),
    ("socket", &["AF_", "MSG_", "SCM_", "SHUT_", "SO_", "SOCK_", "SOL_", "SOMAXCONN"]),
    ("tcp", &["TCP_"]),
    ("tipc", &["TIPC_"]),
    ("udp", &["UDPLITE_", "UDP_"]),
    ("vsock", &["IOCTL_VM_", "SO_VM_", "VMADDR_", "VM_"]),
];

/// The numbers that are not Linux's: what wasi-libc has, and what it must therefore leave free.
const OWN: [(&str, i64); 17] = [
    ("AF_AX25", 10),
    ("AF_INET", 1),
    ("AF_INET6", 2),
    ("AF_UNIX", 3),
    ("SHUT_RD", 1),
    ("SHUT_RDWR", 3),
    ("SHUT_WR", 2),
    ("SOCK_CLOEXEC", 0x2000),
    ("SOCK_DGRAM", 5),
    ("SOCK_NONBLOCK", 0x4000),
    ("SOCK_SEQPACKET", 7),
    ("SOCK_STREAM", 6),
    ("SOL_SOCKET", 0x7fff_ffff),
    ("SO_RCVTIMEO", 66),
    ("SO_RCVTIMEO_NEW", 66),
    ("SO_SNDTIMEO", 67),
    ("SO_SNDTIMEO_NEW", 67),
];

/// Names that other names are for.
const ALIASES: [(&str, &str, &str); 8] = [
    ("socket", "AF_FILE", "AF_UNIX"),
    ("socket", "AF_LOCAL", "AF_UNIX"),
    ("socket", "SCM_TIMESTAMP", "SO_TIMESTAMP"),
    ("socket", "SCM_TIMESTAMPING", "SO_TIMESTAMPING"),
    ("socket", "SCM_TIMESTAMPNS", "SO_TIMESTAMPNS"),
    ("socket", "SCM_TXTIME", "SO_TXTIME"),
    ("socket", "SOL_IPV6", "41"),
    ("socket", "SOL_ICMPV6", "58"),
];

/// The names of errors that wasi-libc has no number for have Linux's and this.
const FOREIGN: i32 = 1000;

/// Errors that wasi-libc has numbers for.
const KNOWN: &str = "\
E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF EBADMSG EBUSY ECANCELED ECHILD ECONNABORTED \
ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR \
EINVAL EIO EISCONN EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENFILE ENOBUFS \
ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE \
ENOTSOCK ENOTTY ENXIO EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS ESPIPE \
ESRCH ESTALE ETIMEDOUT ETXTBSY EXDEV";

/// Writes the headers whose content is another now.
pub(crate) fn write() -> Result<()> {
    fs::create_dir_all(DIRECTORY).with_context(|| format!("cannot make {DIRECTORY}"))?;
    for (path, content) in all() {
        if fs::read_to_string(&path).ok().as_deref() != Some(&content) {
            fs::write(&path, content).with_context(|| format!("cannot write {path}"))?;
        }
    }
    Ok(())
}

/// Each header's path and content.
fn all() -> Vec<(String, String)> {
    let names = HEADERS.iter().map(|(name, _)| (*name, rows(name)));
    let texts = names.chain([("errno", errors())]).map(|(name, rows)| (path(name), header(name, &rows)));
    texts.collect()
}

fn path(name: &str) -> String {
    format!("{DIRECTORY}/{name}.h")
}

/// A header that defines the rows, whatever the base's headers have for them.
fn header(name: &str, rows: &[(String, String)]) -> String {
    let guard = format!("__BERKELEY_{}_NUMBERS_H", name.to_uppercase());
    let mut text = format!(
        "/* Generated from the table in constants/ by `cargo xtask headers`. */\n#ifndef {guard}\n#define {guard}\n\n"
    );
    for (name, value) in rows {
        write!(text, "#undef {name}\n#define {name} {value}\n").expect("a string takes it");
    }
    text.push_str("\n#endif\n");
    text
}

/// The names and values of a header: of several prefixes that fit a name, the longest says where it stands.
fn rows(header: &str) -> Vec<(String, String)> {
    let own = |name: &str, value: i64| OWN.iter().find(|(own, _)| *own == name).map_or(value, |(_, own)| *own);
    let numbers = ALL.iter().filter(|(name, _)| home(name) == Some(header));
    let mut rows: Vec<_> = numbers.map(|(name, value)| (name.to_string(), number(own(name, *value)))).collect();
    let aliases = ALIASES.iter().filter(|(at, ..)| *at == header);
    rows.extend(aliases.map(|(_, name, of)| (name.to_string(), of.to_string())));
    let protocols: Vec<_> =
        rows.iter().filter_map(|(name, _)| Some((format!("PF_{}", name.strip_prefix("AF_")?), name.clone()))).collect();
    rows.extend(protocols);
    rows
}

/// The header that a name stands in.
fn home(name: &str) -> Option<&'static str> {
    let prefixes = HEADERS.iter().flat_map(|(header, prefixes)| prefixes.iter().map(move |prefix| (*header, *prefix)));
    let fitting = prefixes.filter(|(_, prefix)| name.starts_with(prefix));
    fitting.max_by_key(|(_, prefix)| prefix.len()).map(|(header, _)| header)
}

fn number(value: i64) -> String {
    match value {
        ..0 => format!("({value})"),
        0x8000_0000.. => format!("{value:#x}U"),
        _ => value.to_string(),
    }
}

fn errors() -> Vec<(String, String)> {
    let known: Vec<_> = KNOWN.split(' ').collect();
    let foreign = errno::ERRNOS.iter().filter(|(_, name, _)| !known.contains(name));
    foreign.map(|(number, name, _)| (name.to_string(), (*number + FOREIGN).to_string())).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_headers_are_those_of_the_table() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (path, content) in all() {
            let written = fs::read_to_string(root.join(&path)).unwrap_or_default();
            assert!(written == content, "{path} is not up to date; run `cargo xtask headers`");
        }
    }

    #[test]
    fn names_stand_where_programs_look_for_them() {
        for (name, header) in [
            ("SO_TYPE", Some("socket")),
            ("SO_VM_SOCKETS_BUFFER_SIZE", Some("vsock")),
            ("SOL_CAN_RAW", Some("can")),
            ("IPV6_V6ONLY", Some("in")),
            ("UDPLITE_SEND_CSCOV", Some("udp")),
            ("HVSOCKET_CONNECT_TIMEOUT", None),
        ] {
            assert_eq!(home(name), header, "{name}");
        }
    }

    #[test]
    fn each_number_of_wasi_libcs_is_one_of_the_table() {
        for (name, _) in OWN {
            assert!(ALL.iter().any(|(known, _)| *known == name), "{name}");
        }
        assert_eq!(errors().len(), 56);
        assert_eq!((number(-1), number(0xffff_ffff), number(7)), ("(-1)".into(), "0xffffffffU".into(), "7".into()));
    }
}
