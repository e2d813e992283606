//! What a broken or hostile guest passes through the contract's raw bindings. Nothing traps; each call has its answer.
//!
//! Arguments: a set of cases.

use anyhow::{Context, Result, bail, ensure};
use berkeley_guest::bindings::address::{HypervAddress, Inet6Address, InetAddress, OtherAddress, SocketAddress};
use berkeley_guest::bindings::error::{Errno, Error, GaiCode};
use berkeley_guest::bindings::netdb::{
    getaddrinfo, gethostbyaddr, gethostbyname_ex, getnameinfo, getprotobyname, getservbyname, getservbyport,
};
use berkeley_guest::bindings::option::{OptionValue, getsockopt, getsockopt_bytes, setsockopt};
use berkeley_guest::bindings::poll::{Interest, poll, subscribe};
use berkeley_guest::bindings::socket::{Socket, create, socketpair};
use berkeley_guest::constants::*;
use berkeley_test_guests::{fails, pattern, run};

type Case = fn() -> Result<()>;

const SETS: &[(&str, &[(&str, Case)])] = &[
    ("nothing", NOTHING),
    ("everything", EVERYTHING),
    ("descriptors", &[("no descriptors left", no_descriptors_left)]),
    ("memory", &[("receiving takes no more memory than there is data", memory)]),
    ("bulk", &[("a quarter of a gigabyte in one call", huge_send)]),
    ("patience", &[("a limit beyond all time", patience)]),
];

/// With no grant.
const NOTHING: &[(&str, Case)] = &[
    ("privileged families", privileged),
    ("raw addresses are judged", raw_addresses),
    ("addresses that cannot be", impossible_addresses),
    ("a closed socket", closed),
    ("names of hosts", hosts),
    ("names of services", services),
    ("sizes of options", option_sizes),
    ("options that need a grant", options),
    ("polling", polling),
    ("limits", limits),
    ("sizes", sizes),
];

/// With every grant.
const EVERYTHING: &[(&str, Case)] = &[("options that carry pointers", pointers)];

fn main() -> Result<()> {
    let name = std::env::args().nth(1).context("a set of cases")?;
    let Some((_, cases)) = SETS.iter().find(|(known, _)| *known == name) else { bail!("no cases {name}") };
    run(cases.iter().copied())
}

fn tcp() -> Result<Socket> {
    Ok(create(AF_INET, SOCK_STREAM, 0)?)
}

fn udp() -> Result<Socket> {
    Ok(create(AF_INET, SOCK_DGRAM, 0)?)
}

fn inet(port: u16) -> SocketAddress {
    SocketAddress::Inet(InetAddress { address: (127, 0, 0, 1), port })
}

fn other(family: i32, bytes: impl Into<Vec<u8>>) -> SocketAddress {
    SocketAddress::Other(OtherAddress { family: family as u16, bytes: bytes.into() })
}

/// Every call that takes an address fails with it.
fn refused(what: &str, family: i32, kind: i32, address: &SocketAddress, expected: i32) -> Result<()> {
    fails(&format!("{what}: bind"), create(family, kind, 0)?.bind(address), expected)?;
    fails(&format!("{what}: connect"), create(family, kind, 0)?.connect(address), expected)?;
    fails(&format!("{what}: sendto"), create(family, kind, 0)?.sendto(b"x", 0, address), expected)
}

fn privileged() -> Result<()> {
    for (what, family, kind, protocol) in [
        ("raw", AF_INET, SOCK_RAW, IPPROTO_ICMP),
        ("raw, of IPv6", AF_INET6, SOCK_RAW, 255),
        ("raw, with flags", AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 1),
        ("SOCK_PACKET", AF_INET, 10, 3),
        ("ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP),
        ("netlink", AF_NETLINK, SOCK_RAW, 0),
        ("packet", AF_PACKET, SOCK_RAW, 3),
        ("alg", AF_ALG, SOCK_SEQPACKET, 0),
        ("vsock", AF_VSOCK, SOCK_STREAM, 0),
        ("can", AF_CAN, SOCK_RAW, 1),
        ("AF_KEY", 15, SOCK_RAW, 2),
        ("AF_XDP", 44, SOCK_RAW, 0),
    ] {
        fails(what, create(family, kind, protocol), errno::EACCES)?;
        fails(what, socketpair(family, kind, protocol), errno::EACCES)?;
    }
    Ok(())
}

/// What the kernel would understand is what the policy judges, however it is spelt.
fn raw_addresses() -> Result<()> {
    let local = [0, 80, 127, 0, 0, 1];
    let mapped = [&[0, 80, 0, 0, 0, 0][..], &[0; 10], &[255, 255, 127, 0, 0, 1], &[0; 4]].concat();
    let wide = SocketAddress::Inet6(Inet6Address {
        address: (0, 0, 0, 0, 0, 0xffff, 0x7f00, 1),
        port: 80,
        flow_info: 0,
        scope_id: 0,
    });
    for (what, family, address) in [
        ("inet", AF_INET, inet(80)),
        ("inet bytes", AF_INET, other(AF_INET, [&local[..], &[0; 8]].concat())),
        ("inet bytes and more", AF_INET, other(AF_INET, [&local[..], &[0; 100]].concat())),
        ("inet bytes to IPv6", AF_INET6, other(AF_INET, [&local[..], &[0; 8]].concat())),
        ("mapped", AF_INET6, wide),
        ("mapped bytes", AF_INET6, other(AF_INET6, mapped.clone())),
        ("mapped bytes without scope", AF_INET6, other(AF_INET6, &mapped[..22])),
    ] {
        refused(what, family, SOCK_DGRAM, &address, errno::EACCES)?;
        refused(what, family, SOCK_STREAM, &address, errno::EACCES)?;
    }
    for path in [&b"/tmp/x\0"[..], b"/tmp/x", b"\0abstract", b"x"] {
        for address in [SocketAddress::Unix(path.strip_suffix(b"\0").unwrap_or(path).into()), other(AF_UNIX, path)] {
            refused("unix", AF_UNIX, SOCK_DGRAM, &address, errno::EACCES)?;
        }
    }
    Ok(())
}

fn impossible_addresses() -> Result<()> {
    let bytes = |length| vec![0; length];
    let unix = |path: Vec<u8>| SocketAddress::Unix(path);
    for (what, family, address) in [
        ("other bytes beyond the room", AF_INET, other(AF_INET, bytes(127))),
        ("a megabyte of other bytes", AF_INET, other(9999, bytes(1 << 20))),
        ("other bytes of no family", AF_INET, other(AF_UNSPEC, bytes(14))),
        ("a unix path of 200 bytes", AF_UNIX, unix(vec![b'a'; 200])),
        ("a unix path of 108 bytes", AF_UNIX, unix(vec![b'a'; 108])),
        ("an abstract name of 109 bytes", AF_UNIX, unix(bytes(109))),
        ("a unix path with a NUL", AF_UNIX, unix(b"/tmp/a\0b".to_vec())),
    ] {
        // What no socket can have is told before what the policy refuses, or else it is refused.
        for result in [
            create(family, SOCK_DGRAM, 0)?.bind(&address),
            create(family, SOCK_DGRAM, 0)?.connect(&address),
            create(family, SOCK_DGRAM, 0)?.sendto(b"x", 0, &address).map(drop),
        ] {
            let number = berkeley_test_guests::errno(result).context(what)?;
            ensure!(matches!(number, errno::EINVAL | errno::EACCES), "{what}: {number}");
        }
    }
    let short = SocketAddress::Hyperv(HypervAddress { vm_id: vec![1], service_id: Vec::new() });
    refused("a UUID of one byte", AF_INET, SOCK_DGRAM, &short, errno::EINVAL)
}

fn closed() -> Result<()> {
    let socket = udp()?;
    socket.close()?;
    ensure!((socket.family(), socket.type_(), socket.protocol()) == (AF_INET, SOCK_DGRAM, 0));
    socket.settimeout(Some(7));
    ensure!(socket.gettimeout() == Some(7));
    let address = inet(1);
    let results = [
        ("close", socket.close()),
        ("bind", socket.bind(&address)),
        ("listen", socket.listen(1)),
        ("accept", socket.accept().map(drop)),
        ("connect", socket.connect(&address)),
        ("connect to nothing", socket.connect(&SocketAddress::Unspecified)),
        ("send", socket.send(b"x", 0).map(drop)),
        ("sendall", socket.sendall(b"x", 0)),
        ("sendto", socket.sendto(b"x", 0, &address).map(drop)),
        ("recv", socket.recv(1, 0).map(drop)),
        ("recv of all", socket.recv(1, MSG_WAITALL).map(drop)),
        ("recvfrom", socket.recvfrom(1, 0).map(drop)),
        ("shutdown", socket.shutdown(SHUT_RDWR)),
        ("dup", socket.dup().map(drop)),
        ("getsockname", socket.getsockname().map(drop)),
        ("getpeername", socket.getpeername().map(drop)),
        ("getsockopt", getsockopt(&socket, SOL_SOCKET, SO_TYPE).map(drop)),
        ("getsockopt, bytes", getsockopt_bytes(&socket, SOL_SOCKET, SO_TYPE, 4).map(drop)),
        ("getsockopt, too many bytes", getsockopt_bytes(&socket, SOL_SOCKET, SO_TYPE, 4000).map(drop)),
        ("setsockopt", setsockopt(&socket, SOL_SOCKET, SO_REUSEADDR, &OptionValue::Int(1))),
        ("setsockopt, ungranted", setsockopt(&socket, SOL_SOCKET, SO_MARK, &OptionValue::Int(1))),
        ("setsockopt, null", setsockopt(&socket, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, &OptionValue::Null(4))),
        ("subscribe", subscribe(&socket, POLLIN).map(drop)),
    ];
    for (what, result) in results {
        fails(what, result, errno::EBADF)?;
    }
    Ok(())
}

fn hosts() -> Result<()> {
    for (what, name) in [
        ("empty", &b""[..]),
        ("NUL", b"local\0host"),
        ("NUL in an address", b"127.0.0.1\0.evil"),
        ("not UTF-8", b"\xff\xfe\x80"),
        ("a megabyte", &vec![b'a'; 1 << 20]),
    ] {
        let answers = getaddrinfo(Some(name), None, 0, 0, 0, 0);
        ensure!(matches!(answers, Err(Error::Gai(GaiCode::Noname))), "{what}: {answers:?}");
        ensure!(matches!(gethostbyname_ex(name), Err(Error::Herror(_))), "{what}: gethostbyname_ex");
        ensure!(matches!(gethostbyaddr(name), Err(Error::Gai(GaiCode::Noname))), "{what}: gethostbyaddr");
    }
    fails("a name that nobody granted", getaddrinfo(Some(b"localhost"), None, 0, 0, 0, 0), errno::EACCES)?;
    ensure!(matches!(getaddrinfo(None, None, 0, 0, 0, 0), Err(Error::Gai(GaiCode::Noname))));
    let absent = SocketAddress::Other(OtherAddress { family: 9999, bytes: Vec::new() });
    for address in [SocketAddress::Unspecified, SocketAddress::Unix(b"/x".to_vec()), absent] {
        let answer = getnameinfo(&address, -1);
        ensure!(answer.is_err(), "{address:?}: {answer:?}");
    }
    Ok(())
}

fn services() -> Result<()> {
    for name in [&b""[..], b"ht\0tp", b"\xff", &[b'a'; 100_000]] {
        ensure!(getservbyname(name, None).is_none());
        ensure!(getservbyname(b"http", Some(name)).is_none());
        ensure!(getservbyport(80, Some(name)).is_none());
        ensure!(getprotobyname(name).is_none());
    }
    let answers = getaddrinfo(Some(b"127.0.0.1"), Some(b"no\0service"), 0, 0, 0, 0);
    ensure!(matches!(answers, Err(Error::Gai(GaiCode::Service))), "{answers:?}");
    let wide = getaddrinfo(Some(b"127.0.0.1"), Some(b"99999999999999999999"), 0, 0, 0, 0);
    ensure!(wide.is_err(), "a port beyond all numbers: {wide:?}");
    Ok(())
}

fn option_sizes() -> Result<()> {
    let socket = tcp()?;
    ensure!(getsockopt_bytes(&socket, SOL_SOCKET, SO_TYPE, 0)?.is_empty());
    ensure!(getsockopt_bytes(&socket, SOL_SOCKET, SO_TYPE, 1024)? == SOCK_STREAM.to_ne_bytes());
    for size in [1025, 1 << 20, u32::MAX] {
        fails("a size beyond 1024", getsockopt_bytes(&socket, SOL_SOCKET, SO_TYPE, size), errno::EINVAL)?;
    }
    for (name, length) in [(SO_LINGER, 1), (SO_LINGER, 0), (SO_RCVTIMEO, 3), (SO_REUSEADDR, 0)] {
        let value = OptionValue::Bytes(vec![1; length]);
        fails("too short a value", setsockopt(&socket, SOL_SOCKET, name, &value), errno::EINVAL)?;
    }
    setsockopt(&socket, SOL_SOCKET, SO_REUSEADDR, &OptionValue::Bytes(vec![1; 100_000]))?;
    for length in [4, u32::MAX] {
        let result = setsockopt(&socket, SOL_SOCKET, SO_REUSEADDR, &OptionValue::Null(length));
        ensure!(result.is_err(), "a null pointer");
    }
    Ok(())
}

fn options() -> Result<()> {
    let socket = tcp()?;
    for (level, name) in [
        (SOL_SOCKET, SO_MARK),
        (SOL_SOCKET, SO_BINDTODEVICE),
        (IPPROTO_IP, 19),
        (IPPROTO_IP, IP_OPTIONS),
        (IPPROTO_TCP, 19),
        (IPPROTO_TCP, 31),
    ] {
        fails("ungranted", setsockopt(&socket, level, name, &OptionValue::Int(1)), errno::EACCES)?;
    }
    for (level, name) in [(SOL_SOCKET, 9999), (SOL_SOCKET, -1), (i32::MAX, 1), (i32::MIN, i32::MIN), (-1, -1)] {
        let number = berkeley_test_guests::errno(setsockopt(&socket, level, name, &OptionValue::Int(1)))?;
        ensure!(matches!(number, errno::ENOPROTOOPT | errno::EOPNOTSUPP), "{level}:{name} gives {number}");
        ensure!(getsockopt(&socket, level, name).is_err(), "{level}:{name}");
    }
    Ok(())
}

/// SO_ATTACH_FILTER, SO_PEERPIDFD and their like, by level and name.
fn pointers() -> Result<()> {
    let sockets = [tcp()?, udp()?, create(AF_UNIX, SOCK_STREAM, 0)?];
    let granted = [(SOL_SOCKET, 26), (SOL_SOCKET, 50), (SOL_SOCKET, 51), (SOL_SOCKET, 52), (SOL_SOCKET, 60)];
    let more = [(SOL_SOCKET, 76), (SOL_SOCKET, 77), (0, 64), (41, 64), (6, 35), (132, 110), (284, 2)];
    for (level, name) in granted.into_iter().chain(more) {
        for socket in &sockets {
            let what = format!("{level}:{name}");
            for value in [OptionValue::Int(1), OptionValue::Bytes(vec![0; 16]), OptionValue::Null(16)] {
                fails(&what, setsockopt(socket, level, name, &value), errno::EACCES)?;
            }
            fails(&what, getsockopt(socket, level, name), errno::EACCES)?;
            fails(&what, getsockopt_bytes(socket, level, name, 64), errno::EACCES)?;
        }
    }
    Ok(())
}

fn polling() -> Result<()> {
    fails("no sockets and no limit", poll(&[], None), errno::EINVAL)?;
    ensure!(poll(&[], Some(0))?.is_empty());
    ensure!(poll(&[], Some(1))?.is_empty());
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let closed = udp()?;
    closed.close()?;
    let interest = |socket, events| Interest { socket, events };
    let watched = [interest(&left, POLLIN), interest(&closed, POLLIN), interest(&right, POLLOUT)];
    ensure!(poll(&watched, None)? == [0, POLLNVAL, POLLOUT]);
    ensure!(poll(&[interest(&closed, 0)], Some(u64::MAX))? == [POLLNVAL]);
    ensure!(poll(&[interest(&left, -1)], Some(u64::MAX))?[0] & POLLOUT != 0, "every event there is");
    ensure!(poll(&[interest(&left, 0)], Some(1))? == [0], "no event at all");
    let many: Vec<_> = (0..70_000).map(|_| interest(&left, POLLOUT)).collect();
    fails("too many at once", poll(&many, Some(0)), errno::EINVAL)
}

fn limits() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.settimeout(Some(u64::MAX));
    ensure!(left.gettimeout() == Some(u64::MAX));
    right.sendall(b"x", 0)?;
    ensure!(left.recv(1, 0)? == b"x");
    ensure!(poll(&[Interest { socket: &right, events: POLLOUT }], Some(u64::MAX))? == [POLLOUT]);
    left.settimeout(Some(1));
    ensure!(matches!(left.recv(1, 0), Err(Error::TimedOut)));
    Ok(())
}

/// The peer answers only when it has been asked, so that there is something to wait for.
fn patience() -> Result<()> {
    let port = std::env::args().nth(2).context("a port")?.parse()?;
    let socket = tcp()?;
    socket.settimeout(Some(u64::MAX));
    socket.connect(&inet(port))?;
    for _ in 0..10 {
        socket.sendall(b"?", 0)?;
        ensure!(poll(&[Interest { socket: &socket, events: POLLIN }], Some(u64::MAX))? == [POLLIN]);
        ensure!(socket.recv(u64::MAX, 0)? == b"!");
    }
    Ok(())
}

fn sizes() -> Result<()> {
    for kind in [SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET] {
        let (left, right) = socketpair(AF_UNIX, kind, 0)?;
        for size in [1 << 32, u64::MAX, u64::from(u32::MAX), 1 << 31] {
            right.sendall(b"what there is", 0)?;
            ensure!(left.recv(size, 0)? == b"what there is", "{size} bytes of type {kind}");
            right.sendall(b"what there is", 0)?;
            ensure!(left.recvfrom(size, MSG_DONTWAIT)?.0 == b"what there is", "{size} bytes of type {kind}");
        }
        right.sendall(b"stays", 0)?;
        ensure!(left.recv(u64::MAX, MSG_PEEK)? == b"stays");
        ensure!(left.recv(2, 0)? == b"st");
        let expected = if kind == SOCK_STREAM { errno::EINVAL } else { errno::EOPNOTSUPP };
        fails("urgent data, where there is none", left.recv(u64::MAX, MSG_OOB), expected)?;
    }
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    ensure!(right.send(b"", 0)? == 0);
    right.sendall(b"", 0)?;
    right.sendall(b"x", 0)?;
    ensure!(left.recv(0, 0)?.is_empty(), "nothing was asked for");
    ensure!(left.recv(9, 0)? == b"x");
    right.shutdown(SHUT_WR)?;
    ensure!(left.recv(u64::MAX, MSG_WAITALL)?.is_empty(), "the end of the stream");
    Ok(())
}

fn huge_send() -> Result<()> {
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    let data = vec![7; 256 << 20];
    left.settimeout(Some(0));
    let sent = left.send(&data, 0)?;
    ensure!(sent > 0 && sent < data.len() as u64, "{sent} bytes went at once");
    ensure!(right.recv(sent, MSG_WAITALL)?.len() as u64 <= sent);
    let (left, _right) = socketpair(AF_UNIX, SOCK_DGRAM, 0)?;
    fails("a datagram of that size", left.send(&data, 0), errno::EMSGSIZE)
}

/// `/proc` is the directory of the host process there.
fn memory() -> Result<()> {
    const MOST: u64 = 64 << 10;
    let before = peak()?;
    sizes()?;
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    left.settimeout(Some(0));
    for flags in [0, MSG_TRUNC, MSG_WAITALL, MSG_PEEK] {
        fails("nothing there", left.recv(u64::MAX, flags), errno::EAGAIN)?;
        right.sendall(&pattern(100), 0)?;
        ensure!(!left.recv(u64::MAX, flags)?.is_empty());
    }
    let grown = peak()? - before;
    ensure!(grown < MOST, "{grown} KiB more than before");
    Ok(())
}

/// The most memory that the host has used, in KiB.
fn peak() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no peak is told")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn no_descriptors_left() -> Result<()> {
    let mut sockets = Vec::new();
    let error = loop {
        match create(AF_INET, SOCK_DGRAM, 0) {
            Ok(socket) => sockets.push(socket),
            Err(error) => break error,
        }
        ensure!(sockets.len() < 1000, "there is no limit");
    };
    ensure!(matches!(error, Error::Os(Errno::Emfile)), "{error}");
    ensure!(sockets.len() > 10, "only {}", sockets.len());
    let last = sockets.last().context("a socket")?;
    fails("dup", last.dup(), errno::EMFILE)?;
    fails("socketpair", socketpair(AF_UNIX, SOCK_STREAM, 0), errno::EMFILE)?;
    // The sockets that there are go on, and wait.
    last.settimeout(Some(1));
    ensure!(matches!(last.recv(1, 0), Err(Error::TimedOut)));
    sockets.truncate(1);
    let (left, right) = socketpair(AF_UNIX, SOCK_STREAM, 0)?;
    right.sendall(b"again", 0)?;
    ensure!(left.recv(9, 0)? == b"again");
    Ok(())
}
