//! The kernel's answers to strange calls: a guest with every grant gets those that a native program gets.

use berkeley_tests::WAITING;
use berkeley_tests::script::{Script, compare};

/// Families, types and protocols: those that there are, and none of them.
const SOCKETS: &[&str] = &[
    "1 1 0",
    "1 2 0",
    "1 5 0",
    "2 1 0",
    "2 2 0",
    "10 1 0",
    "10 2 0",
    "2 1 6",
    "2 2 17",
    "2 2 136",
    "2 1 262",
    "0 1 0",
    "-1 1 0",
    "2147483647 1 0",
    "-2147483648 1 0",
    "46 1 0",
    "999 2 0",
    "2 -1 0",
    "2 0 0",
    "2 11 0",
    "2 99 0",
    "2 2147483647 0",
    "2 -2147483648 0",
    "2 526337 0",
    "2 526338 0",
    "2 1 -1",
    "2 1 17",
    "2 2 6",
    "2 5 0",
    "2 1 999",
    "2 1 2147483647",
    "1 3 0",
    "1 4 0",
    "1 1 1",
    "1 1 2",
    "1 99 0",
    "16 3 99",
    "16 1 0",
    "16 3 -1",
];

/// What is done with an address of each family, of the right length and of others.
const ADDRESSES: &[&str] = &[
    // AF_UNSPEC
    "00000000000000000000000000000000",
    // AF_INET: 127.0.0.1, port 1; with more behind it
    "020000017f0000010000000000000000",
    "020000017f000001000000000000000000000000",
    // AF_INET6: ::1, port 1; without its scope
    "0a000001000000000000000000000000000000000000000100000000",
    "0a0000010000000000000000000000000000000000000001",
    // AF_INET6: ::ffff:127.0.0.1, port 1
    "0a0000010000000000000000000000000000ffff7f00000100000000",
    // AF_UNIX: nothing; an abstract name that nobody has; a path that nothing has, ended and not
    "0100",
    "010000626572",
    "01002f6e6f2f776865726500",
    "01002f6e6f2f7768657265",
    // AF_NETLINK; AF_PACKET; a family that is none
    "100000000000000000000000",
    "1100000300000000000000000000000000000000",
    "0f27010203040506070809101112131415161718",
];

/// Calls that no peer has part in.
const CALLS: &[&str] = &[
    "raw_listen -1",
    "raw_listen 0",
    "raw_listen 2147483647",
    "accept",
    "shutdown 0",
    "shutdown 99",
    "shutdown -1",
    "send 78 0",
    "send 78 -1",
    "recv 9 64",
    "recv 9 65",
    "recv 9 8256",
    "getpeername",
];

/// Options to read and to set, in good shape and in bad.
const OPTIONS: &[&str] = &[
    "raw_getsockopt 1 3 4",
    "raw_getsockopt 1 3 0",
    "raw_getsockopt 1 3 2",
    "raw_getsockopt 1 3 1024",
    "raw_getsockopt 1 13 3",
    "raw_getsockopt 1 38 4",
    "raw_getsockopt 1 39 4",
    "raw_getsockopt 1 9999 4",
    "raw_getsockopt 1 -1 4",
    "raw_getsockopt -1 -1 4",
    "raw_getsockopt 6 1 4",
    "raw_getsockopt 6 11 8",
    "raw_getsockopt 0 2 4",
    "raw_getsockopt 0 2 1",
    "raw_getsockopt 41 26 4",
    "raw_getsockopt 17 1 4",
    "raw_getsockopt 132 0 4",
    "raw_getsockopt 999 1 4",
    "raw_getsockopt 0 10 4",
    "setsockopt 1 2 x01",
    "setsockopt 1 2 x01000000",
    "setsockopt 1 2 x",
    "setsockopt 1 13 x0100",
    "setsockopt 1 20 x00",
    "setsockopt 1 20 xffffffffffffffffffffffffffffffff",
    "setsockopt 1 3 x01000000",
    "setsockopt 1 9999 x01000000",
    "setsockopt 6 1 x01000000",
    "setsockopt 6 1 x01",
    "setsockopt 6 4 xffffffff",
    "setsockopt 0 2 x00000000",
    "setsockopt 0 2 xffff0000",
    "setsockopt 0 35 x00",
    "setsockopt 0 35 xe0000001",
    "setsockopt 41 26 x02000000",
    "setsockopt 41 20 x00",
    "setsockopt 999 1 x01000000",
    "setsockopt 6 13 x6e6f6e65",
    "setsockopt 6 13 x",
    "setsockopt 1 2 n4",
    "setsockopt 1 2 n0",
    "setsockopt 1 2 n4294967295",
    "setsockopt 279 5 n16",
    "setsockopt 0 2 n4",
];

/// Addresses that are too short; the host itself says so, whatever the socket.
const SHORT: &[(&str, &str)] = &[
    ("2 1 0", "bind raw/0200"),
    ("2 1 0", "connect raw/0200"),
    ("2 2 0", "bind raw/020000017f000001"),
    ("2 2 0", "connect raw/020000017f000001"),
    ("2 2 0", "sendto 78 0 raw/020000017f000001"),
    ("10 1 0", "bind raw/0a00000100000000000000000000000000000000"),
    ("10 2 0", "connect raw/0a00000100000000000000000000000000000000"),
    ("10 2 0", "sendto 78 0 raw/0a00000100000000000000000000000000000000"),
];

/// The calls, each on a socket of its own.
fn scripts() -> Vec<Script> {
    let script = |title: &str, lines: Vec<String>| Script { title: title.into(), lines, drawn: false };
    let on = |socket: &str, calls: Vec<String>| {
        let lines = calls.into_iter().flat_map(|call| [format!("a = raw_socket {socket}"), format!("a {call}")]);
        script(socket, lines.collect())
    };
    let with = |address: String| ["bind", "connect", "sendto 78 0"].map(|call| format!("{call} {address}"));
    let spelt = ADDRESSES.iter().flat_map(|bytes| [format!("raw/{bytes}"), format!("typed/{bytes}")]);
    let addresses: Vec<_> = spelt.flat_map(with).collect();
    let others: Vec<_> = CALLS.iter().chain(OPTIONS).map(|&call| call.to_owned()).collect();

    let made = SOCKETS.iter().map(|socket| script(socket, vec![format!("raw_socket {socket}")]));
    let pairs = SOCKETS.iter().map(|socket| script(socket, vec![format!("raw_socketpair {socket}")]));
    let short = SHORT.iter().map(|(socket, call)| on(socket, vec![(*call).to_owned()]));
    let usual = SOCKETS[..9].iter().flat_map(|socket| [on(socket, addresses.clone()), on(socket, others.clone())]);
    made.chain(pairs).chain(short).chain(usual).collect()
}

#[test]
fn a_guest_gets_the_kernels_own_answers() {
    for waiting in WAITING {
        let outcome = compare(&scripts(), waiting, &[]);
        assert!(outcome.report.is_empty(), "{}", outcome.report);
    }
}
