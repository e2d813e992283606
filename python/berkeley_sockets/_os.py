"""What `os` does with the number of a socket, as it does with that of a file."""

import os
import stat
from collections.abc import Sequence

from . import _file, _patience, _table
from ._argument import data, integer, size, writable
from ._builtin import like
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_socket_0_1_0 as wit

#: What `sendfile` reads at once.
_PIECE = 1 << 20


def close(fd) -> None:
    handle = _table.remove(fd)
    if handle.resource:
        call(handle.resource.close)


def _end(fd, of_the_other: str) -> _table.Handle:
    """The socket, unless it is the end of a pipe for the other direction. EBADF."""
    handle = _table.find(fd)
    if handle.pipe == of_the_other:
        raise error("EBADF")
    return handle


def read(fd, length, /) -> bytes:
    length, handle = size(length, "negative length"), _end(fd, "w")
    # Where nothing is asked for read(2) answers at once; recv(2) waits.
    return _patience.perform(handle, None, c["POLLIN"], handle.resource.recv, length, 0) if length else b""


def readinto(fd, buffer, /) -> int:
    view = writable(buffer, f"readinto() argument 2 must be read-write bytes-like object, not {type(buffer).__name__}")
    content = os.read(fd, len(view))
    view[: len(content)] = content
    return len(content)


def write(fd, content, /) -> int:
    handle, content = _end(fd, "r"), data(content)
    if content and handle.resource.type() == c["SOCK_STREAM"] and _patience.hears(handle, None):
        return _patience.send(handle, content, 0)
    return _patience.perform(handle, None, c["POLLOUT"], handle.resource.send, content, 0)


def readv(fd, buffers, /) -> int:
    """Read from a file descriptor fd into an iterable of buffers.

    The buffers are filled one after the other. Return the total number of bytes read.
    """
    views = [writable(buffer, _not_a_buffer(buffer)) for buffer in _sequence(buffers, "readv() arg 2 must be a sequence")]
    content = memoryview(os.read(fd, sum(map(len, views))))
    total = len(content)
    for view in views:
        part, content = content[: len(view)], content[len(view) :]
        view[: len(part)] = part
    return total


def writev(fd, buffers, /) -> int:
    """Iterate over buffers, and write the contents of each to a file descriptor.

    Returns the total number of bytes written.
    """
    contents = [data(buffer) for buffer in _sequence(buffers, "writev() arg 2 must be a sequence")]
    if not any(contents):
        os.fstat(fd)
    return os.write(fd, b"".join(contents)) if contents else 0


def _sequence(buffers, refusal: str):
    if not isinstance(buffers, Sequence):
        raise TypeError(refusal)
    return buffers


def _not_a_buffer(buffer) -> str:
    return f"a read-write bytes-like object is required, not '{type(buffer).__name__}'"


def fstat(fd) -> os.stat_result:
    handle = _table.own(fd)
    kind = stat.S_IFIFO | 0o600 if handle.pipe else stat.S_IFSOCK | 0o777 if handle.resource else 0o600
    return os.stat_result((kind, fd, 0, 1, 0, 0, 0, 0, 0, 0))


def _refusal(name: str, arity: int, failure: str):
    """The function of that name and so many arguments, which files alone have."""

    def refuse(fd, *arguments):
        if len(arguments) != arity - 1:
            raise TypeError(f"{name} expected {arity} arguments, got {1 + len(arguments)}")
        _table.own(fd)
        raise error(failure)

    refuse.__name__ = name
    return refuse


_REFUSED = [
    _refusal("lseek", 3, "ESPIPE"),
    _refusal("pread", 3, "ESPIPE"),
    _refusal("pwrite", 3, "ESPIPE"),
    _refusal("ftruncate", 2, "EINVAL"),
    _refusal("fsync", 1, "EINVAL"),
    _refusal("fdatasync", 1, "EINVAL"),
]


def get_inheritable(fd, /) -> bool:
    return _table.own(fd).inheritable


def set_inheritable(fd, inheritable, /) -> None:
    _table.own(fd).inheritable = bool(integer(inheritable))


def get_blocking(fd, /) -> bool:
    return _table.find(fd).blocks[0]


def set_blocking(fd, blocking, /) -> None:
    _table.find(fd).blocks[0] = bool(blocking)


def isatty(fd, /) -> bool:
    _table.find(fd)
    return False


def dup(fd, /) -> int:
    if file := _file.received(fd):
        return _table.insert_file(file)
    return _table.add(_table.twin(_table.own(fd)))


def dup2(fd, fd2, inheritable=True) -> int:
    """Duplicate file descriptor."""
    handle, number = _table.own(fd), integer(fd2)
    if number < _table.FIRST:
        # What the C library has by that number is not ours to replace.
        raise error("EBADF")
    if number != fd:
        new = _table.twin(handle, bool(integer(inheritable)))
        if _table.get(number):
            close(number)
        _table.insert_at(number, new)
    return number


def pipe() -> tuple[int, int]:
    """Create a pipe.

    Returns a tuple of two file descriptors: (read_fd, write_fd). It is made of two sockets, each of which has one direction
    alone.
    """
    source, sink = (_table.insert(end) for end in call(wit.socketpair, c["AF_UNIX"], c["SOCK_STREAM"], 0))
    # They are not shut down, which would wake whoever waits for the other end to be closed.
    _table.find(source).pipe, _table.find(sink).pipe = "r", "w"
    _table.has_pipes = True
    return source, sink


def sendfile(out_fd, in_fd, offset, count) -> int:
    """Copy count bytes from file descriptor in_fd to file descriptor out_fd.

    Return the number of bytes copied. With offset None they are those at the file's position, which moves on. They pass
    through the program, which the interpreter's files are in.
    """
    out, source, left = integer(out_fd), integer(in_fd), integer(count, 64)
    at = None if offset is None else integer(offset, 64)
    if left < 0 or at is not None and at < 0 or source >= _table.FIRST and not _table.is_file(source):
        raise error("EINVAL")
    _table.find(out)
    position = os.lseek(source, 0, os.SEEK_CUR) if at is None else at
    copied = 0
    try:
        while left > copied and (content := os.pread(source, min(left - copied, _PIECE), position + copied)):
            try:
                sent = os.write(out, content)
            except OSError:
                if copied:
                    break
                raise
            copied += sent
            if sent < len(content):
                break
    finally:
        if at is None:
            os.lseek(source, position + copied, os.SEEK_SET)
    return copied


def _stat_of_path(of_files):
    """The function, `os.stat` or `os.lstat`, which tells of unix sockets that they are such, and of the device /dev/null."""

    def stat_of_path(path, **keywords):
        if isinstance(path, int):
            return os.fstat(path)
        try:
            told = of_files(path, **keywords)
        except FileNotFoundError:
            if _file.is_null(path):
                return _file.Null().fstat()
            raise
        # WASI knows no sockets here: a file of no kind is a socket, or a named pipe, which guests have none of.
        if stat.S_IFMT(told.st_mode):
            return told
        kind, (fields, further) = told.__reduce__()
        return kind((stat.S_IFSOCK | told.st_mode, *fields[1:]), further)

    return like(stat_of_path, of_files)


_access = os.access


def _access_any(path, mode, **keywords) -> bool:
    return _access(path, mode, **keywords) or _file.is_null(path) and not mode & os.X_OK


#: What the interpreter has for files.
_BOTH = (
    close, read, readinto, write, fstat, *_REFUSED, get_inheritable, set_inheritable, get_blocking, set_blocking, isatty, dup,
)  # fmt: skip

#: What it has not.
_SOCKETS = dup2, pipe, readv, sendfile, writev


def _any(of_sockets, of_files):
    """The function for both; files' numbers are below those of sockets, but for files that were received."""
    name = of_files.__name__

    def function(fd, *arguments):
        if not isinstance(fd, int) or not _table.FIRST <= fd < 1 << 31:
            return of_files(fd, *arguments)
        of_file = getattr(_file.received(fd), name, None)
        return of_file(*arguments) if of_file else of_sockets(fd, *arguments)

    return like(function, of_files)


def install() -> None:
    """Puts the functions in the place of the interpreter's own, which know files alone."""
    for function in _BOTH:
        name = function.__name__
        setattr(os, name, _any(function, getattr(os, name)))
    os.access = like(_access_any, _access)
    os.stat, os.lstat = _stat_of_path(os.stat), _stat_of_path(os.lstat)
    for function in _SOCKETS:
        function.__module__ = "posix"
        setattr(os, function.__name__, staticmethod(function))
