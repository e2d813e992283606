"""What `os` does with the number of a socket, as it does with that of a file."""

import os

from . import _table
from ._argument import data, integer, size
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_socket_0_1_0 as wit

#: What `sendfile` reads at once.
_PIECE = 1 << 20


def close(fd) -> None:
    handle = _table.remove(fd)
    if handle.resource:
        call(handle.resource.close)


def read(fd, length, /) -> bytes:
    return call(_table.find(fd).resource.recv, size(length, "negative length"), 0)


def write(fd, content, /) -> int:
    return call(_table.find(fd).resource.send, data(content), 0)


def get_inheritable(fd, /) -> bool:
    return _table.own(fd).inheritable


def set_inheritable(fd, inheritable, /) -> None:
    _table.own(fd).inheritable = bool(integer(inheritable))


def get_blocking(fd, /) -> bool:
    return _table.find(fd).mode[0] != 0


def set_blocking(fd, blocking, /) -> None:
    handle = _table.find(fd)
    handle.mode[0] = None if blocking else 0
    handle.resource.settimeout(handle.mode[0])


def isatty(fd, /) -> bool:
    _table.find(fd)
    return False


def dup(fd, /) -> int:
    handle = _table.find(fd)
    return _table.insert(call(handle.resource.dup), handle.mode)


def dup2(fd, fd2, inheritable=True) -> int:
    """Duplicate file descriptor."""
    handle, number = _table.find(fd), integer(fd2)
    if number < _table.FIRST:
        # What the C library has by that number is not ours to replace.
        raise error("EBADF")
    if number != fd:
        resource = call(handle.resource.dup)
        if _table.get(number):
            close(number)
        _table.insert_at(number, resource, handle.mode).inheritable = bool(integer(inheritable))
    return number


def pipe() -> tuple[int, int]:
    """Create a pipe.

    Returns a tuple of two file descriptors: (read_fd, write_fd). It is made of two sockets, each of which has one direction
    alone.
    """
    ends = call(wit.socketpair, c["AF_UNIX"], c["SOCK_STREAM"], 0)
    for resource, how in zip(ends, (c["SHUT_WR"], c["SHUT_RD"])):
        call(resource.shutdown, how)
    source, sink = (_table.insert(resource, [None]) for resource in ends)
    return source, sink


def sendfile(out_fd, in_fd, offset, count) -> int:
    """Copy count bytes from file descriptor in_fd to file descriptor out_fd.

    Return the number of bytes copied. With offset None they are those at the file's position, which moves on. They pass
    through the program, which the interpreter's files are in.
    """
    out, source, left = integer(out_fd), integer(in_fd), integer(count, 64)
    at = None if offset is None else integer(offset, 64)
    if left < 0 or at is not None and at < 0 or source >= _table.FIRST:
        raise error("EINVAL")
    handle = _table.find(out)
    # A time limit is the socket object's, not that of its number.
    flags = 0 if handle.mode[0] is None else c["MSG_DONTWAIT"]
    position = os.lseek(source, 0, os.SEEK_CUR) if at is None else at
    copied = 0
    try:
        while left > copied and (content := os.pread(source, min(left - copied, _PIECE), position + copied)):
            try:
                sent = call(handle.resource.send, content, flags)
            except OSError:
                if copied:
                    break
                raise
            copied += sent
            if flags and sent < len(content):
                break
    finally:
        if at is None:
            os.lseek(source, position + copied, os.SEEK_SET)
    return copied


#: What the interpreter has for files.
_BOTH = close, read, write, get_inheritable, set_inheritable, get_blocking, set_blocking, isatty, dup

#: What it has not.
_SOCKETS = dup2, pipe, sendfile


def _either(of_sockets, of_files):
    """The function for both; files' numbers are below those of sockets."""

    def function(fd, *arguments):
        known = isinstance(fd, int) and fd >= _table.FIRST
        return (of_sockets if known else of_files)(fd, *arguments)

    function.__name__ = function.__qualname__ = of_files.__name__
    function.__doc__ = of_files.__doc__
    return staticmethod(function)


def install() -> None:
    """Puts the functions in the place of the interpreter's own, which know files alone."""
    for function in _BOTH:
        name = function.__name__
        setattr(os, name, _either(function, getattr(os, name)))
    for function in _SOCKETS:
        function.__module__ = "posix"
        setattr(os, function.__name__, staticmethod(function))
