//! The guest crate's `socket` module: a guest is told what CPython is told.

use berkeley_tests::{WAITING, guest, python, run};

/// The same as the guest does.
const NATIVE: &str = r#"
import errno, re, socket, struct, sys
from socket import *

def told(error):
    if isinstance(error, TimeoutError): return 'timed out'
    if not isinstance(error, OSError) or error.errno is None: return f'invalid: {error}'
    return f'error {error.errno}'
def tell(what, call):
    try: answer = call()
    except Exception as error: answer = told(error)
    print(f'{what}: {answer}')
def tell_failure(what, call): tell(what, lambda: call() and None or 'done')
def written(made, *ports):
    text = re.sub(r' fd=\d+,', ' fd=N,', repr(made))
    for port in ports: text = text.replace(f', {port}', ', PORT')
    return text
def port(made): return made.getsockname()[1]
def flag(made, level, name): return str(made.getsockopt(level, name) != 0).lower()

def reprs(name):
    for numbers in (AF_INET, SOCK_STREAM, 0), (AF_INET, SOCK_STREAM, IPPROTO_TCP), \
            (AF_INET6, SOCK_DGRAM, IPPROTO_UDP), (AF_UNIX, SOCK_SEQPACKET, 0):
        print('repr:', written(socket(*numbers)))
    for family, host in (AF_INET, '127.0.0.1'), (AF_INET6, '::1'):
        server = create_server((host, 0), family=family)
        client = create_connection((host, port(server)))
        for made in server, client, server.accept()[0]:
            print('repr:', written(made, port(server), port(client)))
    unix = socket(AF_UNIX, SOCK_DGRAM)
    unix.bind('\0' + name)
    print('repr:', written(unix))
    print('repr:', written(socketpair()[0]))
    unix.close()
    print('repr:', written(unix))

def closed():
    made = socket()
    made.settimeout(3)
    made.close()
    address = '127.0.0.1', 1
    tell_failure('closed close', made.close)
    tell('closed fileno', made.fileno)
    for name in 'family', 'type', 'proto': tell(f'closed {name}', lambda: int(getattr(made, name)))
    tell('closed gettimeout', made.gettimeout)
    tell_failure('closed accept', made.accept)
    tell_failure('closed bind', lambda: made.bind(address))
    tell_failure('closed connect', lambda: made.connect(address))
    tell('closed connect_ex', lambda: made.connect_ex(address))
    tell_failure('closed dup', made.dup)
    tell_failure('closed getpeername', made.getpeername)
    tell_failure('closed getsockname', made.getsockname)
    tell_failure('closed getsockopt', lambda: made.getsockopt(SOL_SOCKET, SO_TYPE))
    tell_failure('closed getsockopt bytes', lambda: made.getsockopt(SOL_SOCKET, SO_TYPE, 4))
    tell_failure('closed setsockopt', lambda: made.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1))
    tell_failure('closed listen', lambda: made.listen(1))
    tell_failure('closed recv', lambda: made.recv(1))
    tell_failure('closed recv of nothing', lambda: made.recv(0))
    tell_failure('closed recv_into', lambda: made.recv_into(bytearray(1)))
    tell_failure('closed recv_into of nothing', lambda: made.recv_into(bytearray()))
    tell_failure('closed recvfrom', lambda: made.recvfrom(0))
    tell_failure('closed recvfrom_into', lambda: made.recvfrom_into(bytearray(1)))
    tell_failure('closed recvmsg', lambda: made.recvmsg(1))
    tell_failure('closed send', lambda: made.send(b''))
    tell_failure('closed sendall', lambda: made.sendall(b''))
    tell_failure('closed sendto', lambda: made.sendto(b'', address))
    tell_failure('closed sendmsg', lambda: made.sendmsg([b'x']))
    tell_failure('closed shutdown', lambda: made.shutdown(SHUT_RDWR))

def stale():
    import socket as module
    for number in -1, 12345:
        tell_failure('stale dup', lambda: module.dup(number))
        tell_failure('stale fromfd', lambda: fromfd(number, AF_INET, SOCK_STREAM, 0))
        tell_failure('stale close', lambda: module.close(number))
        tell_failure('stale fileno', lambda: socket(fileno=number))
        tell_failure('stale fileno', lambda: socket(AF_INET, SOCK_STREAM, 0, number))

def truncated():
    for kind in SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET:
        for flags in 0, MSG_TRUNC, MSG_PEEK | MSG_TRUNC:
            left, right = socketpair(AF_UNIX, kind)
            into(left, right, f'unix {int(kind)} {int(flags)}', flags)
    left, right = socket(AF_INET, SOCK_DGRAM), socket(AF_INET, SOCK_DGRAM)
    right.bind(('127.0.0.1', 0))
    left.connect(right.getsockname())
    for flags in 0, MSG_TRUNC, MSG_PEEK | MSG_TRUNC: into(left, right, f'udp {int(flags)}', flags)
    left.send(b'0123456789')
    tell('into nothing', lambda: right.recv_into(bytearray(), 0, MSG_TRUNC))
    tell('from into nothing', lambda: right.recvfrom_into(bytearray(), 0, MSG_TRUNC)[0])
    right.setblocking(False)
    tell_failure('no more', lambda: right.recv(9))
def into(left, right, what, flags):
    buffer = bytearray(b'....')
    left.send(b'0123456789')
    print(f'{what} recv_into:', right.recv_into(buffer, 0, flags), buffer.decode())
    left.send(b'abcdefghij')
    print(f'{what} recvfrom_into:', right.recvfrom_into(buffer, 0, flags)[0], buffer.decode())
    left.send(b'ABCDEFGHIJ')
    two, view = bytearray(b'..'), memoryview(buffer)
    length, _, told, _ = right.recvmsg_into([view[:1], view[1:], two], 0, flags)
    print(f'{what} recvmsg_into:', length, buffer.decode(), two.decode(), int(told & MSG_TRUNC))

def modes():
    for default in None, 7, 0:
        server = create_server(('127.0.0.1', 0))
        setdefaulttimeout(default)
        limits = [getdefaulttimeout(), socket().gettimeout(), socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK).gettimeout()]
        limits.append(socketpair()[0].gettimeout())
        again = lambda: fromfd(server.fileno(), AF_INET, SOCK_STREAM).gettimeout()
        limits.append(again())
        clients = []
        for limit in None, 5:
            clients.append(create_connection(server.getsockname(), 30))
            server.settimeout(limit)
            limits += [server.accept()[0].gettimeout(), server.dup().gettimeout(), again()]
        limits.append(socket(fileno=clients.pop().detach()).gettimeout())
        limits.append(create_connection(server.getsockname(), None).gettimeout())
        print('modes:', *limits)
        setdefaulttimeout(None)

def servers(name):
    local = '127.0.0.1', 0
    tell_failure('dual stack of IPv4', lambda: create_server(local, dualstack_ipv6=True))
    tell('dual stack', lambda: int(has_dualstack_ipv6()))
    server = create_server(local)
    at = server.getsockname()
    tell('server reuse', lambda: flag(server, SOL_SOCKET, SO_REUSEADDR))
    tell('server share', lambda: flag(server, SOL_SOCKET, SO_REUSEPORT))
    tell_failure('in use', lambda: create_server(at))
    tell_failure('in use, shared by one', lambda: create_server(at, reuse_port=True))
    tell_failure('another family', lambda: create_server(('::1', 0)))
    tell_failure('another family', lambda: create_server(at, family=AF_INET6))
    tell('v6 only', lambda: flag(create_server(('::1', 0), family=AF_INET6), IPPROTO_IPV6, IPV6_V6ONLY))
    tell('not v6 only', lambda: flag(create_server(('::1', 0), family=AF_INET6, dualstack_ipv6=True), IPPROTO_IPV6, IPV6_V6ONLY))
    shared = create_server(local, reuse_port=True)
    tell('shared', lambda: flag(shared, SOL_SOCKET, SO_REUSEPORT))
    tell_failure('shared twice', lambda: create_server(shared.getsockname(), reuse_port=True))
    print('unix server:', written(create_server('\0' + name, family=AF_UNIX)))
    tell_failure('no such family', lambda: create_server(at, family=9999))
    server.close()
    nobody = lambda *options: tell_failure('nobody', lambda: create_connection(at, *options))
    nobody()
    nobody(30, ('127.0.0.1', 0))
    for host in '::1', '192.0.2.1', '<broadcast>': nobody(None, (host, 0))
    errors = []
    try: create_connection(('localhost', at[1]), all_errors=True)
    except Exception as error: errors = error.exceptions
    print('all errors:', ', '.join(map(told, errors)))

def backlogs():
    for backlog in 128, 0, 1, -1, -2 ** 31, 2 ** 31 - 1:
        made = socket()
        tell_failure('listen unbound', lambda: made.listen(backlog))
        info = made.getsockopt(IPPROTO_TCP, TCP_INFO, 104)
        print(f'backlog {backlog}:', *struct.unpack_from('I', info, 28))
    print(f'most: {SOMAXCONN}, IPv6: {str(has_ipv6).lower()}')
    tell_failure('listen udp', lambda: socket(AF_INET, SOCK_DGRAM).listen(1))

name = sys.argv[1]
reprs(name); closed(); stale(); truncated(); modes(); servers(name); backlogs()
"#;

#[test]
fn a_guest_is_told_what_cpython_is_told() {
    let name = format!("berkeley-module-{}", std::process::id());
    let native = run(python(NATIVE).arg(&name));
    for waiting in WAITING {
        let guest = run(&mut guest("module").allow_all().arg("answers").arg(&name).command(waiting));
        let differences: Vec<_> = guest.lines().zip(native.lines()).filter(|(ours, theirs)| ours != theirs).collect();
        assert!(differences.is_empty(), "{differences:#?}");
        assert_eq!(guest.lines().count(), native.lines().count());
    }
}

#[test]
fn what_python_has_no_like_of() {
    guest("module").allow("listen=127.0.0.1:0").allow("connect=127.0.0.1").arg("cases").succeeds();
}
