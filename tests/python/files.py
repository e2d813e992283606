"""Files and pipes beside sockets: sent to oneself over a unix socket, and opened by number. It prints what comes of it."""

import asyncio
import errno
import fcntl
import os
import socket
import stat
import sys
import tempfile


def attempt(call, *arguments):
    try:
        print(call.__name__, call(*arguments))
    except OSError as error:
        print(call.__name__, type(error).__name__, errno.errorcode[error.errno])


def passing(directory: str) -> None:
    left, right = socket.socketpair()
    held, other = socket.socketpair()
    number, path = tempfile.mkstemp(dir=directory)
    os.write(number, b"one")
    written = open(os.path.join(directory, "two"), "w+")
    written.write("two")
    written.flush()
    for file in number, written.fileno():
        os.lseek(file, 0, os.SEEK_SET)
    socket.send_fds(left, [b"take"], [number, held.fileno(), written.fileno()])
    data, (one, between, two), flags, _ = socket.recv_fds(right, 100, 9)
    print(data, flags)
    print(os.read(one, 2), os.read(one, 2), os.read(one, 2), os.lseek(one, 0, os.SEEK_END), os.pread(one, 9, 1))
    print(os.write(one, b"!"), os.pwrite(one, b"O", 0), os.lseek(one, -3, os.SEEK_CUR), os.read(one, 9))
    told, own = os.fstat(one), os.fstat(number)
    print(stat.S_ISREG(told.st_mode), told.st_size, told.st_ino == own.st_ino, int(told.st_mtime) == int(own.st_mtime))
    again = os.dup(one)
    os.close(one)
    os.lseek(again, 1, os.SEEK_SET)
    os.ftruncate(again, 3)
    os.fsync(again)
    attempt(os.read, one, 1)
    attempt(os.lseek, again, -1, os.SEEK_SET)
    with open(again, "rb") as file:
        print(file.read(), type(file).__name__)
    print(open(path).read())
    with os.fdopen(two, "r+") as file:
        print(type(file).__name__, file.read(), file.write(" more"), file.seek(1), file.readline())
    print(written.seek(0), written.read())
    with socket.socket(fileno=between) as passed:
        passed.sendall(b"through")
        print(other.recv(9))
    # A file for reading is that for whoever gets it, and can be sent on.
    with open(path, "rb") as file:
        socket.send_fds(left, [b"x"], [file.fileno()])
    received = socket.recv_fds(right, 1, 1)[1][0]
    attempt(os.write, received, b"x")
    socket.send_fds(left, [b"x"], [received])
    os.close(received)
    with open(socket.recv_fds(right, 1, 1)[1][0], "rb") as file, held, other, left:
        print(left.sendfile(file), right.recv(9))
    attempt(socket.send_fds, right, [b"x"], [9999])
    right.close()


def pipes() -> None:
    source, sink = os.pipe()
    with socket.socket() as one:
        print(*(stat.filemode(os.fstat(number).st_mode)[0] for number in (source, sink, one.fileno())))
        for call in os.lseek, os.pread:
            attempt(call, one.fileno(), 0, 0)
        attempt(os.fsync, one.fileno())
    mask = os.O_RDONLY | os.O_WRONLY | os.O_RDWR
    print([fcntl.fcntl(source, fcntl.F_GETFL) & mask == os.O_RDONLY, fcntl.fcntl(sink, fcntl.F_GETFL) & mask == os.O_WRONLY])
    for number in source, sink:
        attempt(lambda: socket.socket(fileno=number))
    attempt(os.read, sink, 1)
    attempt(os.write, source, b"x")
    with os.fdopen(source, newline="\n") as reader, open(sink, "w", buffering=1) as writer:
        print("a line", file=writer)
        print(repr(reader.readline()), reader.seekable(), writer.isatty(), reader.mode, reader.closed)
    attempt(os.fstat, source)


def nothing() -> None:
    """The device that takes all and gives nothing."""
    with open(os.devnull, "r+b", buffering=0) as null:
        print(null.write(b"much"), null.read(), stat.S_ISCHR(os.fstat(null.fileno()).st_mode))
    for look in os.stat, os.lstat:
        assert stat.S_ISCHR(look(os.devnull).st_mode)
    assert os.path.exists(os.devnull) and not os.path.isfile(os.devnull)
    assert [os.access(os.devnull, mode) for mode in (os.F_OK, os.R_OK | os.W_OK, os.X_OK)] == [True, True, False]
    with open(os.devnull, "w") as null:
        print(print("much", file=null))
    for flags in 0, os.O_CREAT, os.O_DIRECTORY, os.O_CREAT | os.O_EXCL:
        attempt(lambda: os.close(os.open(sys.argv[1] if flags == os.O_DIRECTORY else f"{sys.argv[1]}/new", flags)))
    number = os.open(os.devnull, os.O_RDONLY)
    print(os.read(number, 9), os.close(number), os.stat in os.supports_follow_symlinks)


async def streams() -> None:
    """asyncio's transports for the ends of pipes."""
    source, sink = os.pipe()
    loop, reader = asyncio.get_running_loop(), asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(source, "rb"))
    writer, _ = await loop.connect_write_pipe(asyncio.Protocol, os.fdopen(sink, "wb"))
    writer.write(b"by a pipe\n")
    print(await reader.readline(), writer.is_closing())
    writer.close()
    print(await reader.read())


passing(sys.argv[1])
pipes()
nothing()
asyncio.run(streams())
