"""Prints what epoll tells, one line each: the same natively and in a guest."""

import errno
import os
import select
import socket
import struct
import tempfile

from select import EPOLLET, EPOLLHUP, EPOLLIN, EPOLLONESHOT, EPOLLOUT, EPOLLRDHUP

SHORT = 0.05
RESET = struct.pack("ii", 1, 0)


def tell(what, call, *arguments):
    try:
        answer = call(*arguments)
    except OSError as error:
        answer = f"{type(error).__name__} {errno.errorcode[error.errno]}"
    print(f"{what}: {answer}", flush=True)


def events(epoll, limit=SHORT):
    return [hex(events) for _, events in epoll.poll(limit)]


def watch(sock, wanted):
    epoll = select.epoll()
    epoll.register(sock, wanted)
    return epoll


def tcp():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    return client, server.accept()[0]


def udp():
    ends = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for end in ends:
        end.bind(("127.0.0.1", 0))
    ends[0].connect(ends[1].getsockname())
    ends[1].connect(ends[0].getsockname())
    return ends


PAIRS = {
    "tcp": tcp,
    "unix": socket.socketpair,
    "seqpacket": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET),
}


def edges():
    for kind, make in PAIRS.items():
        one, other = make()
        epoll = watch(one, EPOLLOUT | EPOLLET)
        tell(f"{kind} out", events, epoll)
        tell(f"{kind} out again", events, epoll)
        other.close()
        tell(f"{kind} hang-up behind out", lambda: int(events(epoll, 10)[0], 16) & EPOLLHUP if kind != "tcp" else 0)

        one, other = make()
        epoll = watch(one, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET)
        tell(f"{kind} nothing", events, epoll)
        other.send(b"x")
        tell(f"{kind} data", events, epoll, 10)
        tell(f"{kind} data again", events, epoll)
        other.shutdown(socket.SHUT_WR)
        tell(f"{kind} end", events, epoll, 10)
        tell(f"{kind} end again", events, epoll)
        one.shutdown(socket.SHUT_WR)
        tell(f"{kind} both ends", events, epoll, 10)
        tell(f"{kind} both ends again", events, epoll)

        one, other = make()
        epoll = watch(one, EPOLLIN | EPOLLET)
        tell(f"{kind} nothing to read", events, epoll)
        # Of more packets behind those that were not read, nothing tells a guest.
        for size in (1,) if kind == "seqpacket" else (1, 100, 1):
            other.send(bytes(size))
            tell(f"{kind} {size} bytes more", events, epoll, 10)
            tell(f"{kind} {size} bytes more again", events, epoll)
        while one.recv(1 << 16, socket.MSG_DONTWAIT):
            if not select.select([one], [], [], 0)[0]:
                break
        tell(f"{kind} all read", events, epoll)
        other.send(b"x")
        tell(f"{kind} something anew", events, epoll, 10)
        epoll.modify(one, EPOLLIN | EPOLLET)
        tell(f"{kind} told anew", events, epoll)
        tell(f"{kind} told once", events, epoll)
        epoll.modify(one, EPOLLIN | EPOLLET | EPOLLONESHOT)
        tell(f"{kind} one shot", events, epoll)
        other.send(b"x")
        tell(f"{kind} one shot alone", events, epoll)
        epoll.modify(one, EPOLLIN)
        tell(f"{kind} a level", events, epoll)
        tell(f"{kind} a level again", events, epoll)

    one, other = tcp()
    epoll = watch(one, EPOLLIN | EPOLLET)
    other.send(b"1")
    tell("data before a reset", events, epoll, 10)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    other.close()
    tell("reset", events, epoll, 10)
    tell("reset again", events, epoll)
    one, other = tcp()
    epoll = watch(one, EPOLLET)
    tell("no events", events, epoll)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    other.close()
    tell("reset without events", events, epoll, 10)
    one, other = udp()
    epoll = watch(one, EPOLLIN | EPOLLET)
    for number in range(3):
        other.send(b"x")
        tell(f"datagram {number}", events, epoll, 10)
        tell(f"datagram {number} again", events, epoll)
    other.close()
    server = socket.create_server(("127.0.0.1", 0))
    epoll = watch(server, EPOLLIN | EPOLLET)
    held = []
    for number in range(3):
        held.append(socket.create_connection(server.getsockname()))
        tell(f"connection {number}", events, epoll, 10)
        tell(f"connection {number} again", events, epoll)
    one, other = socket.socketpair()
    one.setblocking(False)
    epoll = watch(one, EPOLLOUT | EPOLLET)
    tell("room", events, epoll)
    try:
        while True:
            one.send(bytes(1 << 12))
    except BlockingIOError:
        pass
    tell("no room", events, epoll)
    other.setblocking(False)
    try:
        while other.recv(1 << 16):
            pass
    except BlockingIOError:
        pass
    tell("room again", events, epoll, 10)


def nested():
    one, other = socket.socketpair()
    inner = watch(one, EPOLLIN)
    outer = watch(inner, EPOLLIN)
    middle = select.poll()
    middle.register(inner, select.POLLIN | select.POLLOUT)
    for what in "nothing", "something":
        tell(f"{what} by select", lambda: [len(ready) for ready in select.select([inner], [inner], [inner], SHORT)])
        tell(f"{what} by poll", lambda: [event for _, event in middle.poll(50)])
        tell(f"{what} by epoll", events, outer)
        other.send(b"x")
    tell("within", lambda: outer.poll(SHORT)[0][0] == inner.fileno())
    tell("and by itself", events, inner)
    one.recv(9)
    tell("read", events, outer)
    edge = watch(inner, EPOLLIN | EPOLLET)
    other.send(b"x")
    tell("edge of one within", events, edge, 10)
    both = watch(outer, EPOLLIN)
    tell("two deep", events, both)
    tell("itself", inner.register, inner)
    tell("a circle", inner.register, both)
    tell("twice", both.register, outer)
    copy = os.dup(inner.fileno())
    again = select.epoll.fromfd(copy)
    tell("a dup", events, again)
    again.close()
    tell("after its dup was closed", events, inner)
    inner.close()
    tell("closed within", events, outer)


def files():
    epoll = select.epoll()
    with tempfile.TemporaryFile() as file:
        tell("a regular file", epoll.register, file)
        tell("a regular file, with an edge", epoll.register, file, EPOLLIN | EPOLLET)
        number = os.dup(file.fileno()) if hasattr(os, "fork") else file.fileno()
        tell("a regular file's number", epoll.register, number)
        tell("a regular file modified", epoll.modify, file, EPOLLIN)
        tell("a regular file unregistered", epoll.unregister, file)
        tell("a regular file by poll", lambda: [len(ready) for ready in select.select([file], [file], [], 0)])
    tell("a directory", epoll.register, 10**6)
    sock = socket.socket()
    tell("not there", epoll.modify, sock, 0)
    tell("not there to unregister", epoll.unregister, sock)
    epoll.register(sock)
    tell("twice", epoll.register, sock)
    number = sock.fileno()
    sock.close()
    tell("closed", epoll.modify, number, 0)
    tell("closed to unregister", epoll.unregister, number)
    source, sink = os.pipe()
    epoll.register(source, EPOLLIN | EPOLLET)
    tell("a pipe", events, epoll)
    os.write(sink, b"x")
    tell("a pipe with something", events, epoll, 10)
    os.close(sink)
    tell("a pipe without a writer", lambda: int(events(epoll, 10)[0], 16) & EPOLLHUP)


def closed():
    epoll = select.epoll()
    one, other = socket.socketpair()
    for events in EPOLLIN | EPOLLOUT, EPOLLOUT:
        epoll.register(one, events)
        gone = [socket.socketpair() for _ in range(3)]
        for pair in gone:
            epoll.register(pair[0], EPOLLIN)
            pair[0].close()
        tell("one of many that are closed", lambda: [len(epoll.poll(limit, 1)) for limit in (0, 0, None, 0)])
        epoll.unregister(one)


for part in edges, nested, files, closed:
    part()
