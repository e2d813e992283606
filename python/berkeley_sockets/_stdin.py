"""Stdin, which a program waits for beside sockets and signals.

The command that runs the program reads what is asked for, and sends it over a socket, in whose place elsewhere there is none:
then the C library reads, and nothing interrupts it.
"""

import _pyio
import builtins
import io
import os
import sys

from . import _preopened, _signal
from ._argument import size, writable
from ._builtin import like
from ._constants import ALL as c
from ._error import call, error

NUMBER = 0
#: By which name the socket is open before the program starts, and what is asked for at once at most.
_NAME = "stdin"
_MOST = 1 << 16
#: The bytes of a number that is sent, and the number that stands for an error.
_NUMBER_SIZE, _FAILED = 4, 0xFFFFFFFF

_resource = None
#: Whether something was asked for that has not come yet, and how much is left of what has.
_asked = False
_left = 0


def listen() -> None:
    """Has the host read stdin from now on, where it does."""
    global _resource
    _resource = _preopened.take(_NAME)
    if _resource is None or sys.stdin is None:
        return
    raw = _pyio.FileIO(NUMBER, "r", closefd=False)
    raw.name = "<stdin>"
    own = sys.stdin
    sys.stdin = sys.__stdin__ = io.TextIOWrapper(io.BufferedReader(raw), own.encoding, own.errors)
    sys.stdin.mode = "r"
    builtins.input = like(input_, builtins.input)


def awaits() -> bool:
    """Whether a read of stdin may be interrupted."""
    return _resource is not None


def awaited():
    """The socket that is readable when stdin is; None where there is none."""
    if _resource is not None and not _left:
        _ask(_MOST)
    return _resource


def close() -> None:
    """The program has closed stdin."""
    global _resource
    if _resource is not None:
        call(_resource.close)
        _resource = None


def read(length: int) -> bytes:
    """Reads at most so many bytes, once there are some; none at the end. Meanwhile handlers of signals run."""
    global _asked, _left
    while length:
        if _resource is None:
            raise error("EBADF")
        if not _left:
            _ask(min(length, _MOST))
        _signal.wait_for(_resource, c["POLLIN"], None)
        # What ran meanwhile may have read it.
        try:
            if _left:
                content = call(_resource.recv, min(length, _left), 0)
                _left -= len(content)
                return content
            if _asked:
                number = int.from_bytes(call(_resource.recv, _NUMBER_SIZE, 0), "little")
                _asked = False
                if number == _FAILED:
                    raise error("EIO")
                if not number:
                    return b""
                _left = number
        except BlockingIOError:
            pass
    return b""


def _ask(most: int) -> None:
    """Asks for so much, unless something was asked for already."""
    global _asked
    if not _asked:
        call(_resource.send, most.to_bytes(_NUMBER_SIZE, "little"), 0)
        _asked = True


def input_(prompt="", /):
    """Writes the prompt, and reads a line from stdin, which is given without its end. EOFError: there is none."""
    if sys.stdin is None or sys.stdout is None:
        raise RuntimeError(f"input(): lost sys.{'stdin' if sys.stdin is None else 'stdout'}")
    if sys.stderr is not None:
        sys.stderr.flush()
    print(prompt, end="", flush=True)
    line = sys.stdin.readline()
    if not line:
        raise EOFError("EOF when reading a line")
    return line.removesuffix("\n")


def _of_stdin(function, own):
    """The function for stdin, and the one there was for all others."""

    def choose(fd, *arguments):
        if isinstance(fd, int) and fd == NUMBER and _resource is not None:
            return function(*arguments)
        return own(fd, *arguments)

    return like(choose, own)


def _os_read(length, /) -> bytes:
    return read(size(length, "negative length"))


def _os_readinto(buffer, /) -> int:
    view = writable(buffer, f"readinto() argument 2 must be read-write bytes-like object, not {type(buffer).__name__}")
    content = read(len(view))
    view[: len(content)] = content
    return len(content)


def install() -> None:
    """Puts the functions in the place of those of `os`."""
    close_any = os.close

    def os_close() -> None:
        close()
        close_any(NUMBER)

    for name, function in (("read", _os_read), ("readinto", _os_readinto), ("close", os_close)):
        setattr(os, name, _of_stdin(function, getattr(os, name)))
