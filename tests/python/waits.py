"""Prints what comes of calls that wait, or do not, in all modes, one line each: the same natively and in a guest."""

import errno
import fcntl
import os
import select
import socket
import struct
import sys

INET, INET6, UNIX = socket.AF_INET, socket.AF_INET6, socket.AF_UNIX
STREAM, DGRAM, SEQPACKET = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET
SOL, SNDTIMEO, RCVTIMEO = socket.SOL_SOCKET, 21, 20
SHORT = 0.01
#: As the kernel has a limit of that length.
SHORTLY = struct.pack("qq", 0, 10000)
LOCAL = "127.0.0.1", 0


def told(error):
    if isinstance(error, OSError) and error.errno:
        # WASI's C library has one number for these two.
        return f"{type(error).__name__} {errno.errorcode[error.errno].replace('EOPNOTSUPP', 'ENOTSUP')}"
    return f"{type(error).__name__} {error}"


def tell(what, call, *arguments):
    try:
        answer = call(*arguments)
        answer = "a connection" if isinstance(answer, tuple) and isinstance(answer[0], socket.socket) else repr(answer)
    except Exception as error:
        answer = told(error)
    print(f"{what}: {answer}", flush=True)


def listener(family=INET):
    made = socket.socket(family)
    made.bind(LOCAL if family == INET else ("::1", 0))
    made.listen()
    return made


def tcp():
    """Two ends of a connection."""
    server = listener()
    client = socket.create_connection(server.getsockname())
    peer, _ = server.accept()
    server.close()
    return client, peer


def udp():
    """Two sockets that are connected to each other."""
    ends = [socket.socket(INET, DGRAM) for _ in range(2)]
    for end in ends:
        end.bind(LOCAL)
    ends[0].connect(ends[1].getsockname())
    ends[1].connect(ends[0].getsockname())
    return ends


def pair(type):
    return lambda: socket.socketpair(UNIX, type)


PAIRS = {"tcp": tcp, "udp": udp, "unix": pair(STREAM), "unix dgram": pair(DGRAM), "unix seqpacket": pair(SEQPACKET)}
SINGLE = {
    "tcp": lambda: socket.socket(INET),
    "tcp6": lambda: socket.socket(INET6),
    "udp": lambda: socket.socket(INET, DGRAM),
    "unix": lambda: socket.socket(UNIX),
    "unix dgram": lambda: socket.socket(UNIX, DGRAM),
    "unix seqpacket": lambda: socket.socket(UNIX, SEQPACKET),
    "listener": listener,
    "pair": lambda: socket.socketpair()[0],
}


def refusing():
    """An address that refuses connections."""
    with listener() as made:
        return made.getsockname()


#: Those whose buffers do not grow once they are full.
FILLED = "unix", "unix dgram", "unix seqpacket"


def fill(sock):
    """Sends until there is no room."""
    sock.setblocking(False)
    try:
        while True:
            sock.send(bytes(1 << 16) if sock.type == STREAM else b"x")
    except BlockingIOError:
        pass


LIMITS = {"blocking": None, "at once": 0, "limited": SHORT}


def connect():
    for mode, limit in LIMITS.items():
        dead = refusing()
        sock = socket.socket()
        sock.settimeout(limit)
        if limit is None:
            for number in range(4):
                tell(f"connect {mode} refused {number}", sock.connect, dead)
            for number in range(3):
                tell(f"connect_ex {mode} refused {number}", lambda: errno.errorcode[sock.connect_ex(dead)])
        with socket.create_server(dead) as server:
            ended = sock.connect_ex(server.getsockname())
            if limit == 0:
                select.select([], [sock], [], 10)
            tell(f"connect {mode} at last", lambda: ended in (0, errno.EINPROGRESS))
            for number in range(3) if limit is None else []:
                tell(f"connect {mode} connected {number}", sock.connect, server.getsockname())
            tell(f"connect {mode} error", sock.getsockopt, SOL, socket.SO_ERROR)
            server.settimeout(10)
            tell(f"accept after connect {mode}", server.accept)

        sock = socket.socket(INET, DGRAM)
        sock.settimeout(limit)
        tell(f"connect udp {mode}", sock.connect, ("127.0.0.1", 9))
        tell(f"connect udp again {mode}", sock.connect, ("127.0.0.1", 10))
        tell(f"connect udp peer {mode}", lambda: sock.getpeername()[1])
        unix = socket.socket(UNIX)
        unix.settimeout(limit)
        for number in range(2):
            tell(f"connect unix nobody {mode} {number}", unix.connect, "\0nobody is here")
            tell(f"connect_ex unix nobody {mode} {number}", lambda: errno.errorcode[unix.connect_ex("\0nobody is here")])
        with socket.socket(UNIX) as server:
            server.bind("")
            server.listen()
            tell(f"connect unix {mode}", unix.connect, server.getsockname())
            tell(f"connect unix again {mode}", unix.connect, server.getsockname())
        itself = listener()
        itself.settimeout(limit)
        tell(f"connect listener {mode}", itself.connect, itself.getsockname())
        tell(f"connect pair {mode}", socket.socketpair()[0].connect, "\0x")

    # A peer whose queue is full.
    for how in "blocking", "at once", "limited":
        server = socket.socket(UNIX)
        server.bind("")
        server.listen(0)
        held = [socket.socket(UNIX) for _ in range(2)]
        for sock in held[:1]:
            sock.connect(server.getsockname())
        sock = held[1]
        sock.settimeout(LIMITS[how])
        if how == "blocking":
            sock.setsockopt(SOL, SNDTIMEO, SHORTLY)
        tell(f"connect unix full {how}", sock.connect, server.getsockname())

    # Begun without waiting, ended with it.
    server = listener()
    sock = socket.socket()
    sock.setblocking(False)
    tell("connect begun", lambda: sock.connect_ex(server.getsockname()) in (0, errno.EINPROGRESS))
    sock.setblocking(True)
    select.select([], [sock], [], 10)
    tell("connect ended", lambda: sock.connect_ex(server.getsockname()) in (0, errno.EISCONN))
    tell("connect ended again", sock.connect, server.getsockname())
    dead = refusing()
    sock = socket.socket()
    sock.setblocking(False)
    sock.connect_ex(dead)
    select.select([], [sock], [], 10)
    sock.setblocking(True)
    tell("connect refused after it began", sock.connect, dead)
    tell("connect refused once more", sock.connect, dead)
    # Whoever asks for the error has taken it.
    sock = socket.socket()
    sock.setblocking(False)
    if sock.connect_ex(dead) == errno.EINPROGRESS:
        select.select([], [sock], [], 10)
        tell("connect's error", lambda: errno.errorcode[sock.getsockopt(SOL, socket.SO_ERROR)])
    else:
        print("connect's error: 'ECONNREFUSED'")
    tell("connect's error again", sock.getsockopt, SOL, socket.SO_ERROR)
    # More connections than the listener has room for.
    server = socket.socket()
    server.bind(LOCAL)
    server.listen(0)
    held = [socket.socket() for _ in range(3)]
    for sock in held:
        sock.setblocking(False)
        sock.connect_ex(server.getsockname())
    late = socket.socket()
    late.settimeout(SHORT)
    tell("connect limited nobody answers", late.connect, server.getsockname())
    late.settimeout(None)
    late.setsockopt(SOL, SNDTIMEO, SHORTLY)
    tell("connect under way", late.connect, server.getsockname())
    late.setblocking(False)
    tell("connect under way at once", late.connect, server.getsockname())
    late.settimeout(SHORT)
    tell("connect under way limited", late.connect, server.getsockname())
    late = socket.socket()
    late.settimeout(SHORT)
    tell("connect_ex limited nobody answers", lambda: errno.errorcode[late.connect_ex(server.getsockname())])
    late = socket.socket()
    late.setsockopt(SOL, SNDTIMEO, SHORTLY)
    tell("connect nobody answers, the kernel's limit", late.connect, server.getsockname())


def accept():
    for mode, limit in LIMITS.items():
        for kind, make in SINGLE.items():
            sock = make()
            sock.settimeout(limit)
            if kind != "listener" or limit is not None:
                tell(f"accept {kind} {mode}", sock.accept)
        sock = listener()
        sock.settimeout(limit)
        sock.shutdown(socket.SHUT_RDWR)
        tell(f"accept shut {mode}", sock.accept)
        sock = listener()
        sock.settimeout(limit)
        client = socket.create_connection(sock.getsockname())
        select.select([sock], [], [], 10)
        accepted, _ = sock.accept()
        tell(f"accepted {mode}", lambda: (accepted.gettimeout(), os.get_blocking(accepted.fileno()), accepted.proto))
        sock.close()
        tell(f"accept closed {mode}", sock.accept)
    sock = listener()
    sock.setsockopt(SOL, RCVTIMEO, SHORTLY)
    tell("accept the kernel's limit", sock.accept)
    sock.setsockopt(SOL, RCVTIMEO, bytes(16))
    client = socket.create_connection(sock.getsockname())
    tell("accept without the kernel's limit", sock.accept)
    # A connection that is reset before it is accepted.
    client = socket.create_connection(sock.getsockname())
    client.setsockopt(SOL, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()
    tell("accept reset", sock.accept)


RECEIVE = {
    "recv": lambda sock, size, flags: sock.recv(size, flags),
    "recvfrom": lambda sock, size, flags: sock.recvfrom(size, flags)[0],
    "recv_into": lambda sock, size, flags: sock.recv_into(bytearray(size), 0, flags),
    "recvfrom_into": lambda sock, size, flags: sock.recvfrom_into(bytearray(size), 0, flags)[0],
    "recvmsg": lambda sock, size, flags: sock.recvmsg(size, 0, flags)[0],
    "recvmsg_into": lambda sock, size, flags: sock.recvmsg_into([bytearray(size)], 0, flags)[0],
}


def receive():
    for name, function in RECEIVE.items():
        for mode, limit in LIMITS.items():
            for kind, make in PAIRS.items():
                one, other = make()
                one.settimeout(limit)
                what = f"{name} {kind} {mode}"
                if limit is None:
                    one.setsockopt(SOL, RCVTIMEO, SHORTLY)
                tell(f"{what} nothing", function, one, 9, 0)
                tell(f"{what} nothing, MSG_DONTWAIT", function, one, 9, socket.MSG_DONTWAIT)
                tell(f"{what} nothing, MSG_PEEK", function, one, 9, socket.MSG_PEEK)
                tell(f"{what} nothing, MSG_ERRQUEUE", function, one, 9, socket.MSG_ERRQUEUE) if "unix" not in kind else None
                if name.startswith("recv_into") or name == "recv":
                    tell(f"{what} 0 bytes of nothing", function, one, 0, 0)
                other.send(b"kept")
                tell(f"{what} peeked", function, one, 9, socket.MSG_PEEK)
                tell(f"{what} 0 bytes", function, one, 0, 0) if "msg" not in name or kind != "unix" else None
                tell(f"{what} something", function, one, 2, 0)
                tell(f"{what} the rest", function, one, 9, 0)
                tell(f"{what} all", function, one, 9, socket.MSG_WAITALL)
                other.send(b"part")
                tell(f"{what} all of a part", function, one, 9, socket.MSG_WAITALL)
                one.shutdown(socket.SHUT_RD)
                tell(f"{what} shut", function, one, 9, 0)
                one, other = make()
                one.settimeout(limit)
                if kind != "udp":
                    if kind != "unix dgram":
                        other.close()
                        tell(f"{what} closed", function, one, 9, 0)
                        tell(f"{what} closed, again", function, one, 9, 0)
                        tell(f"{what} closed, all", function, one, 9, socket.MSG_WAITALL)
                one.close()
                tell(f"{what} closed by itself", function, one, 9, 0)
                tell(f"{what} 0 bytes, closed by itself", function, one, 0, 0)
            for kind, make in SINGLE.items():
                sock = make()
                sock.settimeout(limit)
                if limit is not None or kind in ("tcp", "tcp6", "unix", "unix seqpacket", "listener"):
                    tell(f"{name} lone {kind} {mode}", function, sock, 9, 0)
                    tell(f"{name} lone {kind} {mode}, 0 bytes", function, sock, 0, 0)
    one, other = tcp()
    other.send(b"abc", socket.MSG_OOB)
    select.select([], [], [one], 10)
    tell("recv urgent", one.recv, 9, socket.MSG_OOB)
    tell("recv urgent again", one.recv, 9, socket.MSG_OOB)
    tell("recv before urgent, all", one.recv, 2, socket.MSG_WAITALL)
    one.settimeout(SHORT)
    tell("recv no urgent, limited", one.recv, 9, socket.MSG_OOB)
    other.setsockopt(SOL, socket.SO_LINGER, struct.pack("ii", 1, 0))
    other.close()
    tell("recv reset", one.recv, 9)
    tell("recv after the reset", one.recv, 9)
    one, other = udp()
    other.close()
    tell("send to nobody", one.send, b"x")
    tell("recv from nobody", one.recv, 9)
    one.settimeout(SHORT)
    tell("recv from nobody again", one.recv, 9)
    for size in 3, 6:
        one, other = tcp()
        one.setsockopt(SOL, socket.SO_RCVLOWAT, 4)
        other.send(b"abcdef"[:size])
        one.setsockopt(SOL, RCVTIMEO, SHORTLY)
        tell(f"recv above the low water {size}", one.recv, 9)
    empty, full = socket.socketpair()
    tell("recv_into nbytes too large", empty.recv_into, bytearray(2), 3)
    tell("recv_into empty, at closed", lambda: (empty.close(), empty.recv_into(bytearray(0)))[1])
    tell("recv negative", full.recv, -1)


SEND = {
    "send": lambda sock, content, flags: sock.send(content, flags),
    "sendall": lambda sock, content, flags: sock.sendall(content, flags),
    "sendmsg": lambda sock, content, flags: sock.sendmsg([content], [], flags),
}


def send():
    for name, function in SEND.items():
        for mode, limit in LIMITS.items():
            for kind, make in PAIRS.items():
                what = f"{name} {kind} {mode}"
                one, other = make()
                if kind in FILLED:
                    fill(one)
                    one.settimeout(limit)
                    if limit is None:
                        one.setsockopt(SOL, SNDTIMEO, SHORTLY)
                    tell(f"{what} full", function, one, b"x", 0)
                    tell(f"{what} full, MSG_DONTWAIT", function, one, b"x", socket.MSG_DONTWAIT)
                    if kind == "unix":
                        tell(f"{what} full, nothing", function, one, b"", 0)
                one, other = make()
                one.settimeout(limit)
                tell(f"{what} nothing", function, one, b"", 0)
                tell(f"{what} something", function, one, b"abc", 0)
                one.shutdown(socket.SHUT_WR)
                tell(f"{what} shut", function, one, b"x", 0)
                if kind not in ("udp", "tcp"):
                    one, other = make()
                    one.settimeout(limit)
                    other.close()
                    tell(f"{what} closed", function, one, b"x", 0)
                    tell(f"{what} closed again", function, one, b"x", 0)
                one.close()
                tell(f"{what} closed by itself", function, one, b"x", 0)
            for kind, make in SINGLE.items():
                sock = make()
                sock.settimeout(limit)
                if kind != "pair":
                    tell(f"{name} lone {kind} {mode}", function, sock, b"x", 0)
    # A part gets through before the time is over.
    for kind in "tcp", "unix":
        one, other = PAIRS[kind]()
        one.settimeout(SHORT)
        tell(f"sendall {kind} limited, much", one.sendall, bytes(1 << 24))
        one, other = PAIRS[kind]()
        one.setsockopt(SOL, SNDTIMEO, SHORTLY)
        tell(f"send {kind} the kernel's limit, much", lambda: 0 < one.send(bytes(1 << 24)) < 1 << 24)
        tell(f"sendall {kind} the kernel's limit, much", one.sendall, bytes(1 << 24))
        one, other = PAIRS[kind]()
        one.setsockopt(SOL, SNDTIMEO, SHORTLY)
        tell(f"sendmsg {kind} the kernel's limit, much", lambda: 0 < one.sendmsg([bytes(1 << 24)]) < 1 << 24)
        one, other = PAIRS[kind]()
        one.setblocking(False)
        tell(f"sendall {kind} at once, much", one.sendall, bytes(1 << 24))
    # To a peer without room, of whom poll(2) knows nothing.
    for mode, limit in LIMITS.items():
        receiver, sender = socket.socket(UNIX, DGRAM), socket.socket(UNIX, DGRAM)
        receiver.bind("")
        sender.setblocking(False)
        try:
            while True:
                sender.sendto(b"x", receiver.getsockname())
        except BlockingIOError:
            pass
        sender.settimeout(limit)
        if limit is None:
            sender.setsockopt(SOL, SNDTIMEO, SHORTLY)
        tell(f"sendto full {mode}", sender.sendto, b"x", receiver.getsockname())
        tell(f"sendmsg to full {mode}", sender.sendmsg, [b"x"], [], 0, receiver.getsockname())
    one, other = tcp()
    tell("sendto on a connection", one.sendto, b"x", other.getsockname())
    one, other = socket.socketpair()
    tell("sendto on a pair", one.sendto, b"x", "\0x")
    sock = socket.socket(INET, DGRAM)
    tell("sendto nowhere", sock.sendto, b"x", ("127.0.0.1", 0))
    tell("send too much", udp()[0].send, bytes(1 << 17))


def modes():
    def said(sock):
        number = sock.fileno()
        return sock.gettimeout(), sock.getblocking(), os.get_blocking(number), bool(fcntl.fcntl(number, fcntl.F_GETFL) & os.O_NONBLOCK)

    def limited(*ends):
        """The kernel sees to it that nothing waits for ever."""
        for end in ends:
            end.setsockopt(SOL, RCVTIMEO, SHORTLY)

    change = {
        "settimeout(None)": lambda sock: sock.settimeout(None),
        "settimeout(0)": lambda sock: sock.settimeout(0),
        f"settimeout({SHORT})": lambda sock: sock.settimeout(SHORT),
        "set_blocking(True)": lambda sock: os.set_blocking(sock.fileno(), True),
        "set_blocking(False)": lambda sock: os.set_blocking(sock.fileno(), False),
        "F_SETFL 0": lambda sock: fcntl.fcntl(sock.fileno(), fcntl.F_SETFL, 0),
        "F_SETFL O_NONBLOCK": lambda sock: fcntl.fcntl(sock.fileno(), fcntl.F_SETFL, os.O_NONBLOCK),
        "FIONBIO 1": lambda sock: fcntl.ioctl(sock.fileno(), 0x5421, struct.pack("i", 1)) and None,
        "FIONBIO 0": lambda sock: fcntl.ioctl(sock.fileno(), 0x5421, struct.pack("i", 0)) and None,
    }
    for first, before in change.items():
        for then, after in change.items():
            one, other = socket.socketpair()
            limited(one)
            before(one)
            copy = one.dup()
            after(copy)
            raw = socket.socket(fileno=os.dup(one.fileno()))
            for name, sock in ("socket", one), ("dup", copy), ("fileno", raw):
                tell(f"{first}, then {then} of a dup: {name}", said, sock)
                tell(f"{first}, then {then} of a dup: {name} recv", sock.recv, 1)
                tell(f"{first}, then {then} of a dup: {name} read", os.read, sock.fileno(), 1)
            server = listener()
            limited(server)
            before(server)
            after(server.dup())
            tell(f"{first}, then {then} of a dup: accept", server.accept)

    for flags in 0, socket.SOCK_NONBLOCK, socket.SOCK_CLOEXEC, socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC:
        for default in None, 3.0:
            socket.setdefaulttimeout(default)
            one, other = socket.socketpair(UNIX, STREAM | flags)
            lone = socket.socket(INET, DGRAM | flags)
            again = socket.socket(fileno=other.detach())
            flagged = socket.socket(UNIX, STREAM | flags, 0, fileno=os.dup(one.fileno()))
            socket.setdefaulttimeout(None)
            made = {"pair": one, "socket": lone, "fileno": again, "fileno and type": flagged}
            for name, sock in made.items():
                what = f"{name} with {flags:#x}, by default {default}"
                tell(what, lambda: (int(sock.family), int(sock.type), sock.proto, os.get_inheritable(sock.fileno()), *said(sock)))
            if flags & socket.SOCK_NONBLOCK:
                tell(f"pair with {flags:#x}, by default {default} recv", one.recv, 1)
    for kind, make in {**SINGLE, "udp pair": lambda: udp()[0], "tcp pair": lambda: tcp()[0]}.items():
        sock = make()
        tell(f"{kind} says", lambda: (sock.family.name, sock.type.name, sock.proto))
        number = sock.detach()
        tell(f"{kind} detached", lambda: sock.fileno())
        again = socket.socket(fileno=number)
        tell(f"{kind} by its number", lambda: (again.family.name, again.type.name, again.proto, again.gettimeout()))
        other = socket.socket(INET6, DGRAM, 7, fileno=os.dup(number))
        tell(f"{kind} by its number, otherwise", lambda: (other.family.name, other.type.name, other.proto))
    for number in -1, 10**6:
        tell(f"socket {number}", lambda: socket.socket(fileno=number).proto)
    source, sink = os.pipe()
    tell("socket of no number", lambda: socket.socket(fileno="x"))
    os.close(source), os.close(sink)
    one, other = socket.socketpair()
    second = socket.socket(fileno=one.fileno())
    second.settimeout(SHORT)
    tell("two objects of one number", lambda: (said(one), said(second)))
    tell("the first of them", one.recv, 1)
    tell("the second of them", second.recv, 1)
    second.detach()


def numbers():
    for mode, blocks in ("blocking", True), ("at once", False):
        for kind, make in PAIRS.items():
            one, other = make()
            number = one.fileno()
            what = f"{kind} {mode}"
            os.set_blocking(number, blocks)
            one.setsockopt(SOL, RCVTIMEO, SHORTLY)
            tell(f"read {what} nothing", os.read, number, 9)
            tell(f"read {what} 0 bytes of nothing", os.read, number, 0)
            tell(f"readv {what} nothing", os.readv, number, [bytearray(9)])
            other.send(b"kept")
            tell(f"read {what} 0 bytes", os.read, number, 0)
            tell(f"readv {what} 0 bytes", os.readv, number, [bytearray(0)])
            buffers = [bytearray(1), bytearray(2), bytearray(9)]
            tell(f"readv {what}", lambda: (os.readv(number, buffers), buffers))
            tell(f"write {what}", os.write, number, b"abc")
            tell(f"write {what} nothing", os.write, number, b"")
            tell(f"writev {what}", os.writev, number, [b"d", b"", bytearray(b"ef")])
            tell(f"writev {what} nothing", os.writev, number, [])
            one.shutdown(socket.SHUT_RDWR)
            tell(f"read {what} shut", os.read, number, 9)
            tell(f"write {what} shut", os.write, number, b"x")
            one, other = make()
            if kind in FILLED:
                fill(one)
                os.set_blocking(one.fileno(), blocks)
                one.setsockopt(SOL, SNDTIMEO, SHORTLY)
                tell(f"write {what} full", os.write, one.fileno(), b"x")
                tell(f"writev {what} full", os.writev, one.fileno(), [b"x"])
            number = one.fileno()
            one.close()
            for name, call in {
                "read": lambda: os.read(number, 1),
                "read 0": lambda: os.read(number, 0),
                "readv": lambda: os.readv(number, [bytearray(1)]),
                "write": lambda: os.write(number, b"x"),
                "writev": lambda: os.writev(number, [b"x"]),
                "get_blocking": lambda: os.get_blocking(number),
                "fstat": lambda: os.fstat(number),
                "dup": lambda: os.dup(number),
            }.items():
                tell(f"{name} {what} closed", call)
    for kind, make in SINGLE.items():
        if kind != "pair":
            sock = make()
            if kind in ("udp", "unix dgram"):
                sock.setblocking(False)
            tell(f"read lone {kind}", os.read, sock.fileno(), 9)
            tell(f"read lone {kind} 0", os.read, sock.fileno(), 0)
            tell(f"readv lone {kind}", os.readv, sock.fileno(), [bytearray(9)])
            tell(f"write lone {kind}", os.write, sock.fileno(), b"x")
    source, sink = os.pipe()
    tell("pipe's modes", lambda: (os.get_blocking(source), os.get_blocking(sink)))
    os.set_blocking(source, False)
    tell("pipe empty", os.read, source, 1)
    tell("pipe written", os.write, sink, b"abc")
    tell("pipe read", os.read, source, 2)
    tell("pipe the wrong way", os.write, source, b"x")
    tell("pipe the other wrong way", os.read, sink, 1)
    os.close(sink)
    tell("pipe's rest", os.read, source, 9)
    tell("pipe's end", os.read, source, 9)
    os.close(source)
    for ends in ("makefile", tcp()), ("makefile unix", socket.socketpair()):
        name, (one, other) = ends
        one.settimeout(SHORT)
        file = one.makefile("rb")
        tell(f"{name} times out", file.readline)
        tell(f"{name} cannot be read any more", file.readline)
        other.setblocking(False)
        raw = other.makefile("rwb", buffering=0)
        tell(f"{name} reads nothing at once", raw.read, 9)
        one.send(b"line\nrest")
        select.select([other], [], [], 10)
        tell(f"{name} reads", raw.readline)
        tell(f"{name} reads into nothing", raw.readinto, bytearray(0))
        one.close(), file.close()


if __name__ == "__main__":
    for part in connect, accept, receive, send, modes, numbers:
        if part.__name__ in sys.argv[1:] or not sys.argv[1:]:
            part()
