"""Sockets of every usual kind in one program, in every mode; fails where something is not as it should be."""

import array
import asyncio
import errno
import os
import pathlib
import select
import selectors
import socket
import stat
import struct
import sys
import time
import warnings

PATH = sys.argv[1]
warnings.simplefilter("error")


def raises(kind, call, *arguments):
    try:
        answer = call(*arguments)
    except kind as error:
        return error
    raise AssertionError(f"{call} answers {answer!r}")


def pairs():
    for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET:
        left, right = socket.socketpair(socket.AF_UNIX, kind)
        with left, right:
            assert left.type == kind and left.family == socket.AF_UNIX and left.getsockname() == ""
            assert left.send(b"hello") == 5 and right.recv(100) == b"hello"
            left.sendmsg([b"one", bytearray(b"two"), memoryview(b"three")])
            buffers = bytearray(2), bytearray(20)
            length, ancillary, flags, peer = right.recvmsg_into(buffers)
            assert (length, ancillary, flags & ~socket.MSG_EOR) == (11, [], 0), (length, ancillary, flags)
            assert buffers[0] + buffers[1][:9] == b"onetwothree"
            left.send(b"0123456789")
            view = array.array("H", bytes(8))
            assert right.recv_into(view, 4, socket.MSG_PEEK) == 4 and view.tobytes() == b"0123\0\0\0\0"
            assert right.recv_into(view) == 8 and view.tobytes() == b"01234567"
            assert left.fileno() != right.fileno()


def modes():
    left, right = socket.socketpair()
    left.settimeout(0.01)
    error = raises(TimeoutError, left.recv, 1)
    assert error is not None and error.errno is None and str(error) == "timed out", error
    left.setblocking(False)
    assert raises(BlockingIOError, left.recv, 1).errno == errno.EAGAIN == errno.EWOULDBLOCK
    assert raises(BlockingIOError, right.recv, 1, socket.MSG_DONTWAIT).errno == errno.EAGAIN
    # Two objects of one number, each with its mode.
    again = socket.socket(fileno=socket.dup(left.fileno()))
    again.settimeout(0.01)
    raises(TimeoutError, again.recv, 1)
    raises(BlockingIOError, left.recv, 1)
    right.send(b"x")
    assert again.recv(10) == b"x" and left.dup().gettimeout() == 0.0
    socket.setdefaulttimeout(3)
    assert socket.socket().gettimeout() == 3.0 and socket.socketpair()[0].gettimeout() == 3.0
    socket.setdefaulttimeout(None)
    assert socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK).gettimeout() == 0.0
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(5)
    client = socket.socket()
    client.setblocking(False)
    assert client.connect_ex(server.getsockname()) == errno.EINPROGRESS
    accepted, peer = server.accept()
    assert select.select([], [client], [], 5) == ([], [client], [])
    assert client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0 and client.getsockname() == peer
    assert accepted.gettimeout() is None
    number = client.detach()
    assert client.fileno() == -1 and raises(OSError, client.recv, 1).errno == errno.EBADF
    socket.close(number)
    assert accepted.recv(1) == b""


def limits():
    """The kernel's own limits hold for whoever has the socket, and for what its listener accepts."""
    forever, never, short = (struct.pack("qq", *limit) for limit in ((0, 0), (-1, 0), (0, 10_000)))
    with socket.create_server(("127.0.0.1", 0)) as server:
        for limit in never, short:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            raises(BlockingIOError, server.accept)
            client = socket.create_connection(server.getsockname())
            accepted, _ = server.accept()
            raises(BlockingIOError, accepted.recv, 1)
            raises(BlockingIOError, accepted.recv_into, bytearray(1))
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, forever)
            client.send(b"x")
            assert accepted.recv(9) == b"x"
            client.close()
            accepted.close()
    one, other = socket.socketpair()
    left, right = socket.socketpair()
    socket.send_fds(left, [b"x"], [one.fileno()])
    (number,) = socket.recv_fds(right, 1, 1)[1]
    received = socket.socket(fileno=number)
    # Who received it sets it, and who sent it has it.
    received.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, short)
    raises(BlockingIOError, one.recv, 1)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, forever)
    other.send(b"y")
    assert received.recv(9) == b"y"
    # As programs write it most often: the interpreter's longs may be shorter than the kernel's.
    for option in socket.SO_RCVTIMEO, socket.SO_SNDTIMEO:
        packed = struct.pack("ll", 7, 500_000)
        one.setsockopt(socket.SOL_SOCKET, option, packed)
        assert one.getsockopt(socket.SOL_SOCKET, option, len(packed)) == packed
        assert one.getsockopt(socket.SOL_SOCKET, option, 16) == struct.pack("qq", 7, 500_000)
        assert raises(OSError, one.setsockopt, socket.SOL_SOCKET, option, bytes(7)).errno == errno.EINVAL
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("ll", 0, 10_000))
    raises(BlockingIOError, one.recv, 1)


def stamps():
    """Time stamps are as `struct` packs longs, and have room where that is."""
    # asm/socket.h; SOF_TIMESTAMPING_RX_SOFTWARE and SOF_TIMESTAMPING_SOFTWARE
    for option, value, count in (29, 1, 1), (35, 1, 1), (37, 8 | 16, 3):
        form = "ll" * count
        with socket.socket(type=socket.SOCK_DGRAM) as one:
            one.bind(("127.0.0.1", 0))
            one.setsockopt(socket.SOL_SOCKET, option, value)
            ancillary = []
            while not ancillary:
                # The kernel begins to stamp in its own time, where no socket of the system had it do so.
                one.sendto(b"x", one.getsockname())
                data, ancillary, flags, _ = one.recvmsg(9, socket.CMSG_SPACE(struct.calcsize(form)))
            ((level, kind, content),) = ancillary
            assert (data, level, kind, flags) == (b"x", socket.SOL_SOCKET, option, 0), (option, flags)
            assert abs(struct.unpack(form, content)[0] - time.time()) < 1000


class Changes:
    """A buffer that empties a list when it is looked at."""

    def __init__(self, items):
        self.items, self.content = items, bytearray(b"one")

    def __buffer__(self, flags):
        self.items.clear()
        return memoryview(self.content)


def buffers():
    left, right = socket.socketpair()
    items = [b"two", b"three"]
    items.insert(0, Changes(items))
    assert left.sendmsg(items) == 11 and right.recv(99) == b"onetwothree"
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [left.fileno()]))]
    ancillary.insert(0, (socket.SOL_SOCKET, socket.SCM_RIGHTS, Changes(ancillary)))
    ancillary[0][2].content[:] = struct.pack("i", right.fileno())
    left.sendmsg([b"x"], ancillary)
    _, passed, _, _ = right.recvmsg(1, socket.CMSG_SPACE(8))
    assert len(passed[0][2]) == 8
    for number in struct.unpack("2i", passed[0][2]):
        socket.close(number)
    items = [bytearray(2), bytearray(9)]
    last = items[1]
    items.insert(0, Changes(items))
    left.send(b"123456789")
    assert right.recvmsg_into(items)[0] == 9 and last == b"6789\0\0\0\0\0"
    # Straight into a part of a buffer, of what came as much as there is room for.
    whole = bytearray(b"........")
    left.send(b"abcdef")
    assert right.recv_into(memoryview(whole)[2:5]) == 3 and whole == b"..abc..."
    assert right.recv_into(whole, 2) == 2 and whole == b"deabc..."
    assert right.recv_into(whole) == 1 and whole == b"feabc..."
    assert right.recv_into(bytearray()) == 0
    left.close()
    assert right.recv_into(whole) == 0 and whole == b"feabc..."
    left, right = socket.socketpair()
    raises(BlockingIOError, right.recv_into, whole, 1, socket.MSG_DONTWAIT)
    assert whole == b"feabc..."


def refused():
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = closed.getsockname()
        error = raises(ConnectionRefusedError, socket.create_connection, address)
        assert error.errno == errno.ECONNREFUSED == 111 and error.strerror == os.strerror(111) == "Connection refused"
        assert str(error) == "[Errno 111] Connection refused" and errno.errorcode[111] == "ECONNREFUSED"
        with socket.socket() as other:
            other.setblocking(False)
            if other.connect_ex(address) == errno.EINPROGRESS:
                select.select([], [other], [])
                # The kernel's number of an error is the interpreter's.
                assert other.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == errno.ECONNREFUSED


def options():
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
        assert made.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 1
        made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 7))
        assert struct.unpack("ii", made.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)) == (1, 7)
        assert len(made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)) == 104


def datagrams():
    one, other = socket.socket(type=socket.SOCK_DGRAM), socket.socket(type=socket.SOCK_DGRAM)
    with one, other:
        one.bind(("", 0))
        one.setsockopt(socket.IPPROTO_IP, socket.IP_RECVTTL, 1)
        assert other.sendto(b"ping", ("127.0.0.1", one.getsockname()[1])) == 4
        data, ancillary, flags, peer = one.recvmsg(100, socket.CMSG_SPACE(4))
        assert (data, peer[0]) == (b"ping", "127.0.0.1")
        assert ancillary == [(socket.IPPROTO_IP, socket.IP_TTL, struct.pack("i", 64))], ancillary
        assert one.sendmsg([b"po", b"ng"], [], 0, peer) == 4
        buffer = bytearray(10)
        length, peer = other.recvfrom_into(buffer)
        assert buffer[:length] == b"pong" and peer == ("127.0.0.1", one.getsockname()[1])
        one.connect(peer)
        one.connect(("127.0.0.1", other.getsockname()[1]))
        assert one.send(b"") == 0 and other.recvfrom(1)[0] == b""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        six.bind(("::1", 0))
        assert six.getsockname()[0] == "::1" and len(six.getsockname()) == 4


async def serve_once(path):
    async with await asyncio.start_unix_server(lambda reader, writer: writer.close(), path):
        reader, writer = await asyncio.open_unix_connection(path)
        assert await reader.read() == b""
        writer.close()


def paths():
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(f"{PATH}/socket")
        server.listen()
        client.connect(f"{PATH}/socket".encode())
        accepted, peer = server.accept()
        assert peer == "" and client.getpeername() == f"{PATH}/socket"
        with accepted:
            client.sendall(b"x" * 100_000)
            client.shutdown(socket.SHUT_WR)
            assert len(accepted.makefile("rb").read()) == 100_000
    assert all(stat.S_ISSOCK(told(f"{PATH}/socket").st_mode) for told in (os.stat, os.lstat))
    assert pathlib.Path(f"{PATH}/socket").is_socket() and pathlib.Path(PATH).is_dir()
    # What an earlier server has left is removed.
    asyncio.run(serve_once(f"{PATH}/socket"))
    os.chdir(PATH)
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("relative")
        server.listen()
        assert os.path.exists(f"{PATH}/relative") and server.getsockname() == "relative"
        client.connect(f"{PATH}/relative")
        accepted, _ = server.accept()
        assert accepted.getsockname() == "relative" == client.getpeername()
        accepted.close()


def rights():
    left, right = socket.socketpair()
    one, other = socket.socketpair()
    assert socket.send_fds(left, [b"take"], [one.fileno(), other.fileno()]) == 4
    data, numbers, flags, _ = socket.recv_fds(right, 100, 5)
    assert data == b"take" and len(numbers) == 2
    received = [socket.socket(fileno=number) for number in numbers]
    assert received[0].family == socket.AF_UNIX
    received[0].send(b"through")
    assert other.recv(10) == b"through"
    left.send(b"none")
    assert socket.recv_fds(right, 100, 5)[:2] == (b"none", [])
    assert raises(OSError, socket.send_fds, left, [b"x"], [123456]).errno == errno.EBADF
    for none in struct.pack("i", -1), struct.pack("2i", one.fileno(), -1):
        assert raises(OSError, left.sendmsg, [b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, none)]).errno == errno.EBADF
    left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [one.fileno()]))])
    assert right.recvmsg(1)[2] & socket.MSG_CTRUNC


def waiting():
    left, right = socket.socketpair()
    assert select.select([left], [], [], 0) == ([], [], [])
    left.send(b"x")
    assert select.select([left, right], [left], [right], 5) == ([right], [left], [])
    poll = select.poll()
    poll.register(left, select.POLLIN)
    poll.register(right.fileno(), select.POLLIN | select.POLLOUT)
    assert poll.poll(5000) == [(right.fileno(), select.POLLIN | select.POLLOUT)]
    poll.modify(right, select.POLLIN)
    poll.unregister(left)
    assert poll.poll() == [(right.fileno(), select.POLLIN)]
    with select.epoll() as epoll:
        epoll.register(right, select.EPOLLIN | select.EPOLLONESHOT)
        assert epoll.poll() == [(right.fileno(), select.EPOLLIN)] and epoll.poll(0) == []
        epoll.modify(right, select.EPOLLIN)
        assert epoll.poll(1, 1) == [(right.fileno(), select.EPOLLIN)]
        epoll.register(left, select.EPOLLIN)
        assert right.recv(10) == b"x"
        # What is closed leaves by itself, and its number is free for another.
        right.close()
        assert epoll.poll() == [(left.fileno(), select.EPOLLIN | select.EPOLLHUP)]
        epoll.unregister(left)
        assert raises(OSError, epoll.register, 123456).errno == errno.EBADF
        assert select.epoll.fromfd(epoll.fileno()).fileno() == epoll.fileno()
    raises(ValueError, epoll.poll)
    with select.epoll() as epoll:
        one, other = socket.socketpair()
        both = select.EPOLLIN | select.EPOLLOUT
        epoll.register(one, both | select.EPOLLET)
        assert epoll.poll() == [(one.fileno(), select.EPOLLOUT)] and epoll.poll(0) == []
        other.send(b"12")
        assert epoll.poll() == [(one.fileno(), both)]
        assert one.recv(1) == b"1"
        other.send(b"3")
        assert epoll.poll() == [(one.fileno(), both)]
        assert one.recv(5) == b"23"
        other.shutdown(socket.SHUT_RDWR)
        assert epoll.poll()[0][1] & select.EPOLLHUP and epoll.poll(0) == []
    for kind in selectors.DefaultSelector, selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector:
        one, other = socket.socketpair()
        with kind() as selector, one, other:
            selector.register(one, selectors.EVENT_READ, "data")
            assert selector.select(0.001) == []
            other.send(b"x")
            ((key, events),) = selector.select()
            assert (key.fileobj, key.data, events) == (one, "data", selectors.EVENT_READ)
    before = time.monotonic()
    select.select([], [], [], 0.02)
    assert time.monotonic() - before >= 0.02


def files():
    with open(f"{PATH}/file", "wb") as file:
        file.write(bytes(range(256)) * 1000)
    left, right = socket.socketpair()
    with open(f"{PATH}/file", "rb") as file:
        assert left.sendfile(file, 5, 50_000) == 50_000
    with right.makefile("rwb") as stream:
        assert stream.read(50_000)[:3] == bytes([5, 6, 7])


def numbers():
    """What `os` does with a socket's number."""
    left, right = socket.socketpair()
    assert os.write(left.fileno(), b"written") == 7 and os.read(right.fileno(), 3) == b"wri"
    assert not left.get_inheritable() and not os.isatty(left.fileno())
    left.set_inheritable(True)
    assert left.get_inheritable() and not left.dup().get_inheritable()
    number = left.detach()
    os.set_blocking(number, False)
    assert not os.get_blocking(number)
    again = os.dup(number)
    os.close(number)
    assert raises(OSError, os.close, number).errno == errno.EBADF
    assert os.write(again, b"!") == 1 and right.recv(10) == b"tten!"
    os.close(again)
    assert right.recv(10) == b""
    with open(f"{PATH}/file", "rb") as file:
        assert os.read(file.fileno(), 3) == b"\0\1\2"
        assert raises(OSError, socket.socket, -1, -1, -1, file.fileno()).errno == errno.ENOTSOCK
        assert select.select([file], [right], [], 5) == ([file], [right], [])


def pipes():
    source, sink = os.pipe()
    assert select.select([source], [sink], [], 0) == ([], [sink], [])
    assert os.write(sink, b"through") == 7 and os.read(source, 100) == b"through"
    raises(OverflowError, os.fstat, 1 << 1000)
    for call in (os.write, source, b"x"), (os.read, sink, 1):
        assert raises(OSError, *call).errno == errno.EBADF
    os.dup2(sink, source + 7)
    assert raises(OSError, os.read, source + 7, 1).errno == errno.EBADF
    os.close(sink)
    assert os.write(source + 7, b"x") == 1 and os.read(source, 100) == b"x"
    # The one number is taken by the other's socket, which ends there.
    left, right = socket.socketpair()
    assert os.dup2(left.fileno(), source + 7) == source + 7 and os.read(source, 1) == b""
    assert os.write(source + 7, b"y") == 1 and right.recv(10) == b"y"
    assert raises(OSError, os.dup2, 123456, source).errno == errno.EBADF
    assert raises(OSError, os.dup2, source, 1 << 20).errno == errno.EBADF
    os.close(source)
    os.close(source + 7)
    # Those between are free, and no number is given twice.
    made = [socket.socket() for _ in range(20)]
    assert len({at.fileno() for at in [*made, left, right]}) == 22


def files_sent():
    left, right = socket.socketpair()
    with open(f"{PATH}/sent", "w+b") as file:
        file.write(bytes(range(256)) * 1024)
        file.flush()
        number = file.fileno()
        file.seek(7)
        assert os.sendfile(left.fileno(), number, 3, 5) == 5 and right.recv(100) == b"\3\4\5\6\7"
        assert os.sendfile(left.fileno(), number, None, 2) == 2 and right.recv(100) == b"\7\x08" and file.tell() == 9
        assert os.sendfile(left.fileno(), number, 1 << 20, 10) == 0 == os.sendfile(left.fileno(), number, 0, 0)
        left.setblocking(False)
        sent = os.sendfile(left.fileno(), number, 0, 1 << 20)
        while True:
            try:
                sent += os.sendfile(left.fileno(), number, 0, 1 << 20)
            except BlockingIOError:
                break
        left.shutdown(socket.SHUT_WR)
        received = 0
        while data := right.recv(1 << 20):
            received += len(data)
        assert received == sent > 0
        assert raises(OSError, os.sendfile, left.fileno(), right.fileno(), 0, 1).errno == errno.EINVAL
        assert raises(OSError, os.sendfile, left.fileno(), number, -1, 1).errno == errno.EINVAL


def warned():
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = socket.socket()
        number = made.fileno()
        del made
        (warning,) = told
        assert warning.category is ResourceWarning and "unclosed <socket.socket fd=" in str(warning.message)
    assert raises(OSError, socket.socket, -1, -1, -1, number).errno == errno.EBADF


warnings.simplefilter("ignore", ResourceWarning)
for case in (
    pairs, modes, limits, stamps, buffers, refused, options, datagrams, paths, rights, waiting, files, files_sent, numbers, pipes,
    warned,
):  # fmt: skip
    case()
    print(case.__name__)
