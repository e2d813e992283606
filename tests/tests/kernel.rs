//! The kernel's answers to strange calls: a guest with every grant gets those that a native program gets.

use std::fmt::Write as _;

use berkeley_tests::{guest, python, run};

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
    "pair",
    "socket",
    "listen -1",
    "listen 0",
    "listen 2147483647",
    "accept",
    "shutdown 0",
    "shutdown 99",
    "shutdown -1",
    "send 0",
    "send -1",
    "recv 64",
    "recv 65",
    "recv 8256",
    "getpeername",
];

/// Options: level, name, and a length, or a value.
const OPTIONS: &[&str] = &[
    "get 1 3 4",
    "get 1 3 0",
    "get 1 3 2",
    "get 1 3 1024",
    "get 1 13 3",
    "get 1 38 4",
    "get 1 39 4",
    "get 1 9999 4",
    "get 1 -1 4",
    "get -1 -1 4",
    "get 6 1 4",
    "get 6 11 8",
    "get 0 2 4",
    "get 0 2 1",
    "get 41 26 4",
    "get 17 1 4",
    "get 132 0 4",
    "get 999 1 4",
    "get 0 10 4",
    "set 1 2 01",
    "set 1 2 01000000",
    "set 1 2",
    "set 1 13 0100",
    "set 1 20 00",
    "set 1 20 ffffffffffffffffffffffffffffffff",
    "set 1 3 01000000",
    "set 1 9999 01000000",
    "set 6 1 01000000",
    "set 6 1 01",
    "set 6 4 ffffffff",
    "set 0 2 00000000",
    "set 0 2 ffff0000",
    "set 0 35 00",
    "set 0 35 e0000001",
    "set 41 26 02000000",
    "set 41 20 00",
    "set 999 1 01000000",
    "set 6 13 6e6f6e65",
    "set 6 13",
    "null 1 2 4",
    "null 1 2 0",
    "null 1 2 -1",
    "null 279 5 16",
    "null 0 2 4",
];

/// Addresses that are too short; the host itself says so, whatever the socket.
const SHORT: &[&str] = &[
    "2 1 0 bind 0200",
    "2 1 0 connect 0200",
    "2 2 0 bind 020000017f000001",
    "2 2 0 connect 020000017f000001",
    "2 2 0 sendto 020000017f000001",
    "10 1 0 bind 0a00000100000000000000000000000000000000",
    "10 2 0 connect 0a00000100000000000000000000000000000000",
    "10 2 0 sendto 0a00000100000000000000000000000000000000",
];

/// The same as the guest does, by the C library.
const NATIVE: &str = "
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
class Failed(Exception): pass
errno.errorcode[errno.EOPNOTSUPP] = 'EOPNOTSUPP'
def call(name, *args):
    result = getattr(libc, name)(*args)
    if result < 0: raise Failed(errno.errorcode[ctypes.get_errno()])
    return result
def size(n): return ctypes.c_size_t(n)
def perform(family, kind, protocol, operation, *rest):
    numbers = int(family), int(kind), int(protocol)
    if operation == 'pair':
        fds = (ctypes.c_int * 2)()
        call('socketpair', *numbers, fds)
        for fd in fds: call('close', fd)
        return b''
    fd = call('socket', *numbers)
    try: return on(fd, operation, rest)
    finally: call('close', fd)
def on(fd, operation, rest):
    if operation in ('bind', 'connect'):
        address = bytes.fromhex(rest[0])
        call(operation, fd, address, len(address))
    elif operation == 'sendto':
        address = bytes.fromhex(rest[0])
        call(operation, fd, b'x', size(1), 0x4000, address, len(address))
    elif operation in ('listen', 'shutdown'): call(operation, fd, int(rest[0]))
    elif operation == 'accept': call(operation, fd, None, None)
    elif operation == 'send': call(operation, fd, b'x', size(1), int(rest[0]) | 0x4000)
    elif operation == 'recv': call(operation, fd, ctypes.create_string_buffer(9), size(9), int(rest[0]))
    elif operation == 'getpeername': call(operation, fd, ctypes.create_string_buffer(128), ctypes.byref(ctypes.c_int(128)))
    elif operation == 'get':
        value, length = ctypes.create_string_buffer(1024), ctypes.c_int(int(rest[2]))
        call('getsockopt', fd, int(rest[0]), int(rest[1]), value, ctypes.byref(length))
        return value.raw[:length.value]
    elif operation == 'set':
        value = bytes.fromhex(rest[2]) if len(rest) > 2 else b''
        call('setsockopt', fd, int(rest[0]), int(rest[1]), value, len(value))
    elif operation == 'null': call('setsockopt', fd, int(rest[0]), int(rest[1]), None, ctypes.c_uint32(int(rest[2])))
    return b''
for line in sys.argv[1].splitlines():
    try: answer = f'ok {perform(*line.split()).hex()}'
    except Failed as failed: answer = str(failed)
    print(f'{line} -> {answer}'.rstrip())
";

fn calls() -> String {
    let mut lines = SHORT.join("\n") + "\n";
    for socket in SOCKETS {
        writeln!(lines, "{socket} pair\n{socket} socket").expect("writes");
    }
    for socket in &SOCKETS[..9] {
        for address in ADDRESSES {
            for operation in ["bind", "connect", "sendto"] {
                writeln!(lines, "{socket} {operation} {address}").expect("writes");
            }
        }
        for call in CALLS.iter().chain(OPTIONS) {
            writeln!(lines, "{socket} {call}").expect("writes");
        }
    }
    lines
}

#[test]
fn a_guest_gets_the_kernels_own_answers() {
    let calls = calls();
    let native = run(python(NATIVE).arg(&calls));
    let guest = guest("kernel").allow_all().stdin(calls).succeeds();
    let differences: Vec<_> = guest.lines().zip(native.lines()).filter(|(ours, theirs)| ours != theirs).collect();
    assert!(differences.is_empty(), "{differences:#?}");
    assert_eq!(guest.lines().count(), native.lines().count());
}
