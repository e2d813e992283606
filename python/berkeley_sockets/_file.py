"""Files beside sockets: those that are sent and received over unix sockets, and `open` for the numbers of sockets.

The C library keeps the descriptors of the interpreter's files to itself. So a file that is sent is opened once more, by
the path that it was opened by, and sent if that is the same file still. One that is received has its number among those of
sockets, and `os` and `open` take it.
"""

import _pyio
import builtins
import gc
import io
import os
import stat

from componentize_py_types import Err

from . import _stdin, _table
from ._argument import data, integer, size
from ._builtin import like
from ._error import error
from .bindings.imports import wasi_filesystem_preopens_0_2_12 as preopens
from .bindings.imports import wasi_filesystem_types_0_2_12 as wasi

#: The names that errors of WASI's files have elsewhere; EIO for others.
_ERRORS = {
    "ACCESS": "EACCES",
    "BAD_DESCRIPTOR": "EBADF",
    "FILE_TOO_LARGE": "EFBIG",
    "INSUFFICIENT_SPACE": "ENOSPC",
    "INVALID": "EINVAL",
    "IS_DIRECTORY": "EISDIR",
    "LOOP": "ELOOP",
    "NAME_TOO_LONG": "ENAMETOOLONG",
    "NO_ENTRY": "ENOENT",
    "NOT_DIRECTORY": "ENOTDIR",
    "NOT_PERMITTED": "EPERM",
    "QUOTA": "EDQUOT",
    "READ_ONLY": "EROFS",
    "UNSUPPORTED": "EOPNOTSUPP",
}
_NONE, _READ, _WRITE = wasi.DescriptorFlags(0), wasi.DescriptorFlags.READ, wasi.DescriptorFlags.WRITE
#: What `os.open` was asked for, by the number that it gave.
_opened: dict[int, tuple[str, int]] = {}
_LONGEST = 2**63 - 1


def _call(function, *arguments):
    try:
        return function(*arguments)
    except Err as err:
        name = _ERRORS.get(err.value.name, "EIO")
    raise error(name)


class File:
    """A file that was received: what `os` does with its number, by the same names."""

    def __init__(self, descriptor: wasi.Descriptor) -> None:
        self.descriptor = descriptor
        self._flags = _call(descriptor.get_flags)
        #: All numbers that `dup` made have it in common.
        self.position = 0

    def read(self, length, /) -> bytes:
        content = self.pread(length, self.position)
        self.position += len(content)
        return content

    def write(self, content, /) -> int:
        written = self.pwrite(content, self.position)
        self.position += written
        return written

    def pread(self, length, offset, /) -> bytes:
        length, offset = size(length, "negative length"), integer(offset, 64)
        self._check(_READ, offset)
        return _call(self.descriptor.read, length, offset)[0]

    def pwrite(self, content, offset, /) -> int:
        content, offset = data(content), integer(offset, 64)
        self._check(_WRITE, offset)
        return _call(self.descriptor.write, content, offset)

    def _check(self, access: wasi.DescriptorFlags, offset: int) -> None:
        if access not in self._flags:
            raise error("EBADF")
        if offset < 0:
            raise error("EINVAL")

    def lseek(self, position, whence, /) -> int:
        bases = {os.SEEK_SET: lambda: 0, os.SEEK_CUR: lambda: self.position, os.SEEK_END: lambda: self._stat().size}
        if whence not in bases:
            raise error("EINVAL")
        target = bases[whence]() + integer(position, 64)
        if not 0 <= target <= _LONGEST:
            raise error("EINVAL")
        self.position = target
        return target

    def fstat(self) -> os.stat_result:
        told, identity = self._stat(), _call(self.descriptor.metadata_hash)
        kind = stat.S_IFDIR if told.type == wasi.DescriptorType.DIRECTORY else stat.S_IFREG
        times = told.data_access_timestamp, told.data_modification_timestamp, told.status_change_timestamp
        seconds = [time.seconds if time else 0 for time in times]
        return os.stat_result((kind, identity.lower, 0, told.link_count, 0, 0, told.size, *seconds))

    def ftruncate(self, length, /) -> None:
        if integer(length, 64) < 0:
            raise error("EINVAL")
        _call(self.descriptor.set_size, length)

    def fsync(self) -> None:
        _call(self.descriptor.sync)

    def fdatasync(self) -> None:
        _call(self.descriptor.sync_data)

    def isatty(self) -> bool:
        return False

    def get_blocking(self) -> bool:
        return True

    def set_blocking(self, blocking, /) -> None:
        """A file is always ready."""

    def _stat(self) -> wasi.DescriptorStat:
        return _call(self.descriptor.stat)


class Null(File):
    """The device /dev/null, which WASI does not have."""

    def __init__(self) -> None:
        self.position = 0

    @property
    def descriptor(self) -> wasi.Descriptor:
        raise error("EOPNOTSUPP")

    def pread(self, length, offset, /) -> bytes:
        size(length, "negative length")
        return b""

    def pwrite(self, content, offset, /) -> int:
        return len(data(content))

    def lseek(self, position, whence, /) -> int:
        return 0

    def fstat(self) -> os.stat_result:
        return os.stat_result((stat.S_IFCHR | 0o666, 0, 0, 1, 0, 0, 0, 0, 0, 0))

    def ftruncate(self, length, /) -> None:
        raise error("EINVAL")

    def fsync(self) -> None:
        raise error("EINVAL")

    fdatasync = fsync


def descriptor(number: int) -> wasi.Descriptor:
    """An open file's descriptor, to be sent. EBADF: there is no such file, or not by its path any more."""
    if file := received(number):
        return file.descriptor
    identity = os.fstat(number)
    path, flags = _opening(number)
    try:
        found = _open(os.path.abspath(path), flags)
    except FileNotFoundError:
        raise _moved(path) from None
    if _call(found.metadata_hash).lower != identity.st_ino:
        raise _moved(path)
    return found


def _moved(path: str) -> OSError:
    failure = error("EBADF")
    failure.strerror += ": a file is sent by the path that it was opened by, where it is not any more"
    failure.filename = path
    return failure


def _opening(number: int) -> tuple[str, int]:
    """What the file was opened by: the path, and READ and WRITE."""
    for thing in gc.get_objects():
        if type(thing) is io.FileIO and not thing.closed and thing.fileno() == number and isinstance(thing.name, str):
            return thing.name, (_READ if thing.readable() else _NONE) | (_WRITE if thing.writable() else _NONE)
    # After those, for the interpreter closes what it has made a file of by itself.
    if number in _opened:
        path, flags = _opened[number]
        access = flags & (os.O_RDONLY | os.O_RDWR | os.O_WRONLY)
        return path, {os.O_RDONLY: _READ, os.O_WRONLY: _WRITE}.get(access, _READ | _WRITE)
    failure = error("EOPNOTSUPP")
    failure.strerror += ": a file without a path cannot be sent"
    raise failure


def _open(path: str, flags) -> wasi.Descriptor:
    """Opens the file in the innermost of the directories that the host grants; the last of several, as the C library."""
    inside = []
    for directory, name in preopens.get_directories():
        name = os.path.abspath(os.path.join("/", name))
        if os.path.commonpath([path, name]) == name:
            inside.append((os.path.relpath(path, name), directory))
    if not inside:
        raise error("ENOENT")
    rest, directory = min(reversed(inside), key=lambda one: len(one[0]))
    follow = wasi.PathFlags.SYMLINK_FOLLOW
    return _call(directory.open_at, follow, rest, wasi.OpenFlags(0), flags)


def received(number) -> File | None:
    """The file of that number, if it is one that was received."""
    handle = _table.get(number)
    return handle and handle.file


_builtin_open, _builtin_os_open = io.open, os.open


def is_null(path) -> bool:
    """Whether that is the path of the device /dev/null."""
    return path in (os.devnull, os.devnull.encode()) if isinstance(path, (str, bytes)) else False


#: The flags of which `os.open` needs one.
_ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR | os.O_EXEC | os.O_SEARCH


def _os_open(path, flags, mode=0o777, *, dir_fd=None) -> int:
    if isinstance(flags, int) and not flags & _ACCESS:
        # On Linux that is no bit, so programs leave it out.
        flags |= os.O_RDONLY
    try:
        number = _builtin_os_open(path, flags, mode, dir_fd=dir_fd)
    except FileNotFoundError:
        if is_null(path):
            return _table.insert_file(Null())
        raise
    if dir_fd is None:
        # Where the C library gives a number out again, this is overwritten.
        _opened[number] = os.path.abspath(os.fsdecode(path)), flags
    return number


def _open_any(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    if is_null(file) and opener is None and closefd:
        file = os.open(file, os.O_RDWR)
    is_stdin = file == _stdin.NUMBER and _stdin.awaits() and mode.startswith("r") and "+" not in mode
    if not isinstance(file, int) or file < _table.FIRST and not is_stdin:
        return _builtin_open(file, mode, buffering, encoding, errors, newline, closefd, opener)
    text, kind = "b" not in mode, mode.replace("b", "").replace("t", "")
    if text and buffering == 0:
        raise ValueError("can't have unbuffered text I/O")
    raw = _pyio.FileIO(file, kind, closefd)
    if buffering == 0:
        return raw
    line = buffering == 1 and text
    length = io.DEFAULT_BUFFER_SIZE if buffering < 2 else buffering
    wrap = io.BufferedRandom if "+" in kind else io.BufferedReader if "r" in kind else io.BufferedWriter
    buffered = wrap(raw, length)
    if not text:
        return buffered
    wrapped = io.TextIOWrapper(buffered, encoding, errors, newline, line)
    wrapped.mode = mode
    return wrapped


def install() -> None:
    """Puts `open` and `os.open` in the place of the interpreter's own."""
    builtins.open = io.open = like(_open_any, _builtin_open)
    os.open = like(_os_open, _builtin_os_open)
