"""What `os` does with the number of a socket, as it does with that of a file."""

import os

from . import _table
from ._argument import data, integer, size
from ._error import call


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


_ALL = close, read, write, get_inheritable, set_inheritable, get_blocking, set_blocking, isatty, dup


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
    for function in _ALL:
        name = function.__name__
        setattr(os, name, _either(function, getattr(os, name)))
