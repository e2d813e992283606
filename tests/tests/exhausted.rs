//! Ports that are used up: a network of its own that has few of them.

use std::process::Command;

use berkeley_tests::{WAITING, berkeley, guest, python, run};

/// As the guest `exhausted` does, natively. EAGAIN has another number in the interpreter that guests have.
const NATIVE: &str = "
import socket, sys
host = sys.argv[1]
family = socket.AF_INET6 if ':' in host else socket.AF_INET
peer = (host, 9)
def make(type): return socket.socket(family, type)
def told(what, call):
    try: call(); number = 0
    except BlockingIOError: number = 11
    except OSError as e: number = e.errno or -1
    print(what, number)
holders = []
try:
    while True:
        made = make(socket.SOCK_DGRAM)
        made.sendto(b'', peer)
        holders.append(made)
except BlockingIOError: pass
print(len(holders))
told('sendto', lambda: make(socket.SOCK_DGRAM).sendto(b'', peer))
told('sendmsg', lambda: make(socket.SOCK_DGRAM).sendmsg([b'data'], [], 0, peer))
told('connect', lambda: make(socket.SOCK_DGRAM).connect(peer))
told('bind', lambda: make(socket.SOCK_DGRAM).bind((host, 0)))
told('non-blocking', lambda: make(socket.SOCK_DGRAM | socket.SOCK_NONBLOCK).sendto(b'', peer))
told('MSG_DONTWAIT', lambda: make(socket.SOCK_DGRAM).sendto(b'', socket.MSG_DONTWAIT, peer))
def limited():
    made = make(socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, (100).to_bytes(16, 'little'))
    made.sendto(b'', peer)
told('SO_SNDTIMEO', limited)
streams = []
try:
    while True:
        made = make(socket.SOCK_STREAM)
        made.bind((host, 0))
        streams.append(made)
except OSError: pass
print(len(streams))
told('stream', lambda: make(socket.SOCK_STREAM).connect(peer))
told('non-blocking stream', lambda: make(socket.SOCK_STREAM | socket.SOCK_NONBLOCK).connect(peer))
print('awaited 11')
print('std true')
holders.pop()
told('one is free', lambda: make(socket.SOCK_DGRAM).sendto(b'', peer))
";

/// Runs it where there are four ports.
fn inside(command: &Command) -> String {
    let few = "ip link set lo up && echo 30000 30003 > /proc/sys/net/ipv4/ip_local_port_range && exec \"$0\" \"$@\"";
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-root-user", "--net", "sh", "-c", few]);
    run(unshare.arg(command.get_program()).args(command.get_args()))
}

#[test]
fn what_no_port_is_left_for_is_told_and_not_waited_for() {
    for host in ["127.0.0.1", "::1"] {
        let native = inside(python(NATIVE).arg(host));
        assert!(native.starts_with("4\nsendto 11\n"), "EAGAIN: {native}");
        for waiting in WAITING {
            let guest = guest("exhausted").allow_all().arg(host);
            assert_eq!(inside(&guest.command(waiting)), native, "{host}, {waiting}");
        }
    }
}

/// Tests of the guest that runs Python programs, which is not built where pip gets nothing.
mod python_guest {
    use super::*;

    #[test]
    fn python_programs_are_told_so_too() {
        for host in ["127.0.0.1", "::1"] {
            let native = inside(python(NATIVE).arg(host));
            let mut command = Command::new(berkeley());
            command.args(["python", "--allow-all", "-c", NATIVE, host]);
            assert_eq!(inside(&command), native, "{host}");
        }
    }
}
