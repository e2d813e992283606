"""Prints how every wrong call fails: the class, the name of its number, the text."""

import errno
import select
import socket
import sys

PATH = sys.argv[1]


def told(error):
    if isinstance(error, OSError) and not isinstance(error, (socket.gaierror, socket.herror)) and error.errno:
        # WASI's C library has its own numbers, and one for these two.
        name = errno.errorcode[error.errno].replace("EOPNOTSUPP", "ENOTSUP")
        return f"{type(error).__name__} {name} {error.strerror}"
    return f"{type(error).__name__} {error.args}"


def tell(what, call):
    try:
        answer = repr(call())
    except Exception as error:
        answer = told(error)
    print(f"{what}: {answer}")


tcp, tcp6, unix = (socket.socket(family) for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX))
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

for value in "x", 1e20, float("nan"), float("inf"), -1, 10**30, 1e300, True, 1e-10, 0.1, 5, 0, None:
    tell(f"settimeout {value}", lambda: (tcp.settimeout(value), tcp.gettimeout(), tcp.timeout, tcp.getblocking()))

for address in (
    "x",
    ("127.0.0.1",),
    ("127.0.0.1", 70000),
    ("127.0.0.1", -1),
    ("127.0.0.1", "80"),
    (1, 2),
    ("127.0.0.1", 10**20),
    ("a\0b", 1),
    ("\ud800", 1),
    ("127.0.0.1", 1.5),
    None,
    ["127.0.0.1", 1],
    ("::1", 1),
    ("127.0.0.1", 0, 0),
):
    tell(f"connect {ascii(address)}", lambda: tcp.connect(address))
    tell(f"connect_ex {ascii(address)}", lambda: tcp.connect_ex(address))
    tell(f"sendto {ascii(address)}", lambda: udp.sendto(b"x", address))
for address in ("::1",), ("::1", 70000), ("::1", 1, 2**20), ("::1", 1, -1), ("::1", 1, 0, 0, 0), ("127.0.0.1", 1):
    tell(f"bind {address}", lambda: tcp6.bind(address))
for address in (
    ("x",),
    5,
    "x" * 108,
    b"\0" + b"x" * 108,
    f"{PATH}/none",
    f"{PATH}/none\0behind",
    bytearray(b"/none"),
    None,
):
    tell(f"unix {ascii(address).replace(PATH, 'PATH')}", lambda: unix.connect(address))

tell("send", lambda: tcp.send("x"))
tell("send", lambda: tcp.send(memoryview(b"abcd")[::2]))
tell("send", lambda: tcp.send(b"x"))
tell("sendall", lambda: tcp.sendall(b"x"))
tell("recv", lambda: tcp.recv(-1))
tell("recv", lambda: tcp.recv(1))
tell("recv_into", lambda: tcp.recv_into(b"x"))
tell("recv_into", lambda: tcp.recv_into(bytearray(3), 4))
tell("recv_into", lambda: tcp.recv_into(bytearray(3), -4))
tell("recvfrom", lambda: tcp.recvfrom(-1))
tell("recvfrom_into", lambda: tcp.recvfrom_into(bytearray(1), 5))
tell("recvmsg", lambda: tcp.recvmsg(-1))
tell("recvmsg", lambda: tcp.recvmsg(1, -1))
tell("recvmsg_into", lambda: tcp.recvmsg_into(1))
tell("recvmsg_into", lambda: tcp.recvmsg_into([b"x"]))
tell("sendto", lambda: udp.sendto(b"x"))
tell("sendto", lambda: udp.sendto(b"x", 1, 2, 3))
tell("sendto", lambda: udp.sendto("x", ("127.0.0.1", 9)))
tell("sendmsg", lambda: tcp.sendmsg(1))
tell("sendmsg", lambda: tcp.sendmsg([b"x"], [1]))
tell("sendmsg", lambda: tcp.sendmsg([b"x"], [(1, 1, b"x"), (1,)]))
tell("sendmsg", lambda: tcp.sendmsg(["x"]))
tell("sendmsg", lambda: tcp.sendmsg([b"x"]))
tell("sendmsg_afalg", lambda: tcp.sendmsg_afalg(op=1))
tell("getpeername", lambda: tcp.getpeername())
tell("shutdown", lambda: tcp.shutdown("x"))
tell("shutdown", lambda: tcp.shutdown(7))
tell("listen", lambda: udp.listen())
tell("listen", lambda: tcp.listen("x"))
tell("getsockopt", lambda: tcp.getsockopt(1, 2, -1))
tell("getsockopt", lambda: tcp.getsockopt(1, 2, 1025))
tell("getsockopt", lambda: tcp.getsockopt(12345, 2))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, "x"))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, 2**31))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, None))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, None, 2))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, 1, 2))
tell("setsockopt", lambda: tcp.setsockopt(1, 2, 1.5))

tell("socket", lambda: socket.socket(fileno=-1))
tell("socket", lambda: socket.socket(fileno=1.5))
tell("socket", lambda: socket.socket(fileno="x"))
tell("socket", lambda: socket.socket(fileno=12345))
tell("socket", lambda: socket.socket("x"))
tell("socket", lambda: socket.socket(12345))
tell("socket", lambda: socket.socket(socket.AF_INET, 99))
tell("socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 99))
tell("socketpair", lambda: socket.socketpair(socket.AF_INET))
tell("close", lambda: socket.close(-1))
tell("close", lambda: socket.close(12345))
tell("dup", lambda: socket.dup(12345))

for function in socket.htons, socket.ntohs, socket.htonl, socket.ntohl:
    for value in -1, 2**16, 2**32, "x", 1.5, 1:
        tell(f"{function.__name__} {value}", lambda: function(value))
for text in (
    "1.2.3",
    "1",
    "x",
    "1.2.3.4.5",
    "256.1.1.1",
    "0x7f.1",
    "",
    " 1",
    "1.2.3.4 behind",
    "017.1",
    "09.1",
    "1..2",
    "-1",
):
    tell(f"inet_aton {text!r}", lambda: socket.inet_aton(text))
tell("inet_ntoa", lambda: socket.inet_ntoa(b"123"))
for family, text in (2, "x"), (2, "1.2.3.4"), (10, "x"), (10, "::1.2.3.4"), (10, "1::2%lo"), (77, "x"), (2, "127.1"):
    tell(f"inet_pton {family} {text}", lambda: socket.inet_pton(family, text))
for text in "::", "::1", "::ffff:1.2.3.4", "::1.2.3.4", "1:0:0:2:0:0:0:3", "fe80::1", "1:0:2:3:4:5:6:7", "0:1::":
    tell(f"inet_ntop {text}", lambda: socket.inet_ntop(10, socket.inet_pton(10, text)))
for family, packed in (2, b"x"), (10, b"x"), (77, b"x"), (2, b"\1\2\3\4"):
    tell(f"inet_ntop {family}", lambda: socket.inet_ntop(family, packed))
tell("getservbyname", lambda: socket.getservbyname("nope"))
tell("getservbyname", lambda: socket.getservbyname("http", "tcp"))
tell("getservbyport", lambda: socket.getservbyport(80, "tcp"))
tell("getservbyport", lambda: socket.getservbyport(70000))
tell("getservbyport", lambda: socket.getservbyport(1, "nope"))
tell("getprotobyname", lambda: socket.getprotobyname("nope"))
tell("getprotobyname", lambda: socket.getprotobyname("tcp"))
for address in ("127.0.0.1",), ("localhost", 1), "x", ("127.0.0.1", 1, 0, 0), ("127.0.0.1", 1, -1), ("127.0.0.1", 22):
    tell(f"getnameinfo {address}", lambda: socket.getnameinfo(address, 3))
for host, port in (
    (1, 1),
    ("127.0.0.1", 1.5),
    (None, None),
    ("a\0b", 1),
    ("\ud800", 1),
    ("x" * 70, 1),
    ("127.0.0.1", "nosuchservice"),
    ("127.0.0.1", 2**70),
    ("127.0.0.1", 80),
    ("::1", "http"),
    (None, 80),
    (b"127.0.0.1", b"80"),
):
    tell(f"getaddrinfo {ascii(host)} {port}", lambda: socket.getaddrinfo(host, port))
tell("getaddrinfo", lambda: socket.getaddrinfo("127.0.0.1", 80, 99))
tell("getaddrinfo", lambda: socket.getaddrinfo("127.0.0.1", 80, 0, 99))
tell("getaddrinfo", lambda: socket.getaddrinfo("127.0.0.1", 80, flags=-1))
tell("gethostbyname", lambda: socket.gethostbyname(1))
tell("gethostbyname", lambda: socket.gethostbyname(""))
tell("gethostbyname", lambda: socket.gethostbyname("<broadcast>"))
tell("gethostbyname", lambda: socket.gethostbyname("127.0.0.1"))
tell("gethostbyname_ex", lambda: socket.gethostbyname_ex("127.0.0.1"))
tell("gethostbyaddr", lambda: socket.gethostbyaddr(""))
tell("if_nametoindex", lambda: socket.if_nametoindex("nope"))
tell("if_nametoindex", lambda: socket.if_nametoindex(1))
for index in 9999999, -1, 2**40, 1:
    tell(f"if_indextoname {index}", lambda: socket.if_indextoname(index))
tell("CMSG_LEN", lambda: socket.CMSG_LEN(-1))
tell("CMSG_LEN", lambda: socket.CMSG_LEN(5))
tell("CMSG_SPACE", lambda: socket.CMSG_SPACE(2**63))
tell("CMSG_SPACE", lambda: [socket.CMSG_SPACE(length) for length in range(20)])

tell("select", lambda: select.select(1, [], []))
tell("select", lambda: select.select([-1], [], []))
tell("select", lambda: select.select(["x"], [], []))
tell("select", lambda: select.select([], [], [], -1))
tell("select", lambda: select.select([], [], [], "x"))
tell("select", lambda: select.select([], [], [], 0.001))
epoll = select.epoll()
closed = socket.socket()
number = closed.fileno()
closed.close()
tell("select", lambda: select.select([closed], [], []))
poll = select.poll()
tell("register", lambda: poll.register(-1))
tell("register", lambda: poll.register("x"))
tell("register", lambda: poll.register(tcp, 2**20))
tell("register", lambda: poll.register(tcp, -1))
tell("modify", lambda: poll.modify(999, 1))
tell("unregister", lambda: poll.unregister(999))
tell("poll", lambda: poll.poll("x"))
tell("poll", lambda: poll.poll(2**40))
tell("poll", lambda: (poll.register(number), [events for _, events in poll.poll(0)]))
tell("register", lambda: epoll.register(number))
tell("register", lambda: epoll.register(-1))
tell("unregister", lambda: epoll.unregister(number))
tell("modify", lambda: epoll.modify(tcp, 1))
tell("register", lambda: (epoll.register(tcp), epoll.register(tcp)))
tell("poll", lambda: epoll.poll(maxevents=0))
tell("poll", lambda: epoll.poll(0, -5))
tell("poll", lambda: epoll.poll("x"))
tell("close", lambda: (epoll.close(), epoll.closed, epoll.close()))
tell("fileno", lambda: epoll.fileno())
tell("poll", lambda: epoll.poll())
tell("register", lambda: epoll.register(1))
tell("epoll", lambda: select.epoll(0))
tell("epoll", lambda: select.epoll(-2))
tell("epoll", lambda: select.epoll(1, 5))
tell("epoll", lambda: select.epoll(flags=select.EPOLL_CLOEXEC).closed)
