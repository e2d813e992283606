"""What `fcntl` does with sockets, and with files as far as WASI lets it: fcntl(2), ioctl(2)."""

import os
import struct
from types import ModuleType

from . import _ifreq, _queue, _table
from ._argument import data, integer, writable
from ._builtin import functions
from ._error import error

#: The flag with which SIGIO is wanted, for which the C library has no number. Nobody is its owner here, so that none comes.
O_ASYNC = 0x20
#: Linux's numbers. Flags of files are those of `os`, which are the interpreter's.
_COMMANDS = {
    "F_DUPFD": 0,
    "F_GETFD": 1,
    "F_SETFD": 2,
    "F_GETFL": 3,
    "F_SETFL": 4,
    "F_GETLK": 5,
    "F_SETLK": 6,
    "F_SETLKW": 7,
    "F_SETOWN": 8,
    "F_GETOWN": 9,
    "F_SETSIG": 10,
    "F_GETSIG": 11,
    "F_DUPFD_CLOEXEC": 1030,
    "F_SETPIPE_SZ": 1031,
    "F_GETPIPE_SZ": 1032,
}
#: Those that lock parts of a file.
_LOCKING = tuple(_COMMANDS[name] for name in ("F_GETLK", "F_SETLK", "F_SETLKW"))
_FLAGS = {"FD_CLOEXEC": 1, "F_RDLCK": 0, "F_WRLCK": 1, "F_UNLCK": 2}
_LOCKS = {"LOCK_SH": 1, "LOCK_EX": 2, "LOCK_NB": 4, "LOCK_UN": 8}

#: Requests of ioctl(2): `termios` has names for them.
_FIONBIO, _FIOASYNC, _FIONCLEX, _FIOCLEX = 0x5421, 0x5452, 0x5450, 0x5451
#: Those whose argument is a number in memory.
_OF_NUMBERS = (*_queue.REQUESTS, _FIONBIO, _FIOASYNC)
#: How long a structure in an argument can be at most.
_ARGUMENT = 1024


def _number(file) -> int:
    """The number of an open file or socket, or of an object that has one. EBADF."""
    number = file if isinstance(file, int) else getattr(file, "fileno", lambda: None)()
    if not isinstance(number, int):
        raise TypeError("argument must be an int, or have a fileno() method.")
    number = integer(number)
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    if _table.get(number) is None and not _table.is_file(number):
        raise error("EBADF")
    return number


def _get_flags(number: int) -> int:
    if number < _table.FIRST:
        # How a file was opened is what the C library does not tell.
        return 0 if os.get_blocking(number) else os.O_NONBLOCK
    handle = _table.own(number)
    access = os.O_RDWR if handle.pipe is None else os.O_RDONLY if handle.pipe == "r" else os.O_WRONLY
    return access | (0 if handle.blocks[0] else os.O_NONBLOCK) | (O_ASYNC if handle.notifies else 0)


def _set_flags(number: int, flags: int) -> int:
    os.set_blocking(number, not flags & os.O_NONBLOCK)
    if handle := _table.get(number):
        handle.notifies = bool(flags & O_ASYNC)
    return 0


def _set_closing(number: int, flags: int) -> int:
    os.set_inheritable(number, not flags & _FLAGS["FD_CLOEXEC"])
    return 0


def _duplicate(number: int, least: int) -> int:
    """One more number, from the least on that the other may be."""
    if least < 0:
        raise error("EINVAL")
    passed = []
    try:
        while (made := os.dup(number)) < least:
            passed.append(made)
    finally:
        for each in passed:
            os.close(each)
    return made


_DONE = {
    "F_DUPFD": _duplicate,
    "F_DUPFD_CLOEXEC": _duplicate,
    "F_GETFD": lambda number, _: 0 if os.get_inheritable(number) else _FLAGS["FD_CLOEXEC"],
    "F_SETFD": _set_closing,
    "F_GETFL": lambda number, _: _get_flags(number),
    "F_SETFL": _set_flags,
}
_BY_COMMAND = {_COMMANDS[name]: function for name, function in _DONE.items()}


def _lock(command: int, content: bytes) -> bytes:
    """Locks a part of a file for this program, or tells who has locked it: nobody, for what the program has locked is no
    obstacle to itself. The argument is C's struct flock."""
    (kind,) = struct.unpack_from("=h", content.ljust(2, b"\0"))
    if kind not in (_FLAGS["F_RDLCK"], _FLAGS["F_WRLCK"], _FLAGS["F_UNLCK"]):
        raise error("EINVAL")
    if command == _COMMANDS["F_GETLK"]:
        return struct.pack("=h", _FLAGS["F_UNLCK"])[: len(content)] + content[2:]
    return content


def fcntl(fd, cmd, arg=0, /):
    """Does what the command says with the file or socket: fcntl(2).

    The argument is an integer, or bytes for commands that lock; EINVAL for others that take bytes.
    """
    number, command = _number(fd), integer(cmd)
    if not isinstance(arg, int):
        content = arg.encode() if isinstance(arg, str) else data(arg)
        if len(content) > _ARGUMENT:
            raise ValueError("fcntl argument 3 is too long")
        if command in _LOCKING:
            return _lock(command, content)
        raise error("EINVAL")
    function = _BY_COMMAND.get(command)
    if function is None:
        raise error("EINVAL")
    return function(number, arg & 0x7FFFFFFF)


def _answer(number: int, request: int, content: bytes) -> bytes:
    """What stands at the beginning of the argument when the request is done."""
    if request == _FIONBIO:
        os.set_blocking(number, content[:4] == bytes(4))
        return b""
    handle = _table.find(number)
    if request in _queue.REQUESTS:
        return struct.pack("<i", _queue.number(handle.resource, request))
    if request == _FIOASYNC:
        handle.notifies = content[:4] != bytes(4)
        return b""
    return _ifreq.answer(request, content)


def ioctl(fd, request, arg=0, mutate_flag=True, /):
    """Asks something of the socket: ioctl(2).

    The requests are FIONREAD, FIONBIO, FIOASYNC, FIOCLEX, FIONCLEX, SIOCOUTQ, SIOCATMARK and those about network interfaces,
    SIOCGIF...; ENOTTY for others.
    The argument is a buffer that the answer is written to, or bytes, for which the answer is returned.
    """
    number, request = _number(fd), request & 0xFFFFFFFF
    if request in (_FIOCLEX, _FIONCLEX):
        return _set_closing(number, request == _FIOCLEX)
    if isinstance(arg, int):
        # An address, where nothing is.
        raise error("EFAULT" if request in _OF_NUMBERS or _ifreq.knows(request) else "ENOTTY")
    content = arg.encode() if isinstance(arg, str) else data(arg)
    if len(content) > _ARGUMENT:
        raise ValueError("ioctl argument 3 is too long")
    answer = _answer(number, request, content.ljust(_ARGUMENT, b"\0"))
    whole = (answer + content[len(answer) :])[: len(content)]
    if isinstance(arg, (bytes, str)) or not mutate_flag or memoryview(arg).readonly:
        return whole
    writable(arg, "ioctl() argument 3 must be a buffer")[:] = whole
    return 0


#: The locks of flock(2), by the numbers of the files, and whether each is shared.
_locks: dict[int, tuple[tuple[int, int], bool]] = {}


def _identity(number: int) -> tuple[int, int] | None:
    """Which file is open by the number."""
    try:
        status = os.fstat(number)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def flock(fd, operation, /) -> None:
    """Locks a file: flock(2). Only this program sees it, as with a network's files whose locks are local. EAGAIN, EDEADLK."""
    number, operation = _number(fd), integer(operation)
    _locks.pop(number, None)
    kind = operation & ~_LOCKS["LOCK_NB"]
    if kind == _LOCKS["LOCK_UN"]:
        return
    if kind not in (_LOCKS["LOCK_SH"], _LOCKS["LOCK_EX"]):
        raise error("EINVAL")
    file, is_shared = _identity(number), kind == _LOCKS["LOCK_SH"]
    for other, (locked, shared) in list(_locks.items()):
        if _identity(other) != locked:
            # It was closed.
            del _locks[other]
        elif locked == file and not (shared and is_shared):
            raise error("EAGAIN" if operation & _LOCKS["LOCK_NB"] else "EDEADLK")
    _locks[number] = file, is_shared


def lockf(fd, cmd, len=0, start=0, whence=0, /) -> None:
    """Locks a part of a file for this program: lockf(3). What the program has locked is no obstacle to itself."""
    _number(fd)
    if integer(cmd) & ~_LOCKS["LOCK_NB"] not in (_LOCKS["LOCK_SH"], _LOCKS["LOCK_EX"], _LOCKS["LOCK_UN"]):
        raise ValueError("unrecognized lockf argument")
    for number in (start, len, whence):
        integer(number, 64)


def module() -> ModuleType:
    """The module `fcntl`; `os` gets the flag that it knows besides."""
    os.O_ASYNC = O_ASYNC
    made = ModuleType("fcntl", "What fcntl(2) and ioctl(2) do with sockets.")
    made.__dict__.update(_COMMANDS | _FLAGS | _LOCKS)
    made.__dict__.update(functions(made.__name__, [fcntl, ioctl, flock, lockf]))
    return made
