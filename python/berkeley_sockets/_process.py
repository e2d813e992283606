"""What `os` tells of the program as a process, as far as a guest is one: it has no others beside it, and no user.

To WASI all files belong to user 0 and group 0, as `os.stat` says, and so does the program.
"""

import os
import signal

from ._argument import integer
from ._error import error

#: What signals do that nobody handles, where it is not the end.
_HARMLESS = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}
#: A shell tells so that a signal ended a process.
_ENDED = 128

_mask = 0o022


def kill(pid, signal, /) -> None:
    """Sends the signal to the process of that id: the program itself, for there is no other. ESRCH."""
    process, number = integer(pid), integer(signal)
    if process not in (0, -1, os.getpid(), -os.getpid()):
        raise error("ESRCH")
    _send(number)


def killpg(pgid, signal, /) -> None:
    """Sends the signal to the group of processes, which is the program itself. ESRCH."""
    kill(-integer(pgid) if pgid else 0, signal)


def _send(number: int) -> None:
    """Does what the signal does, whose handler the interpreter calls."""
    if number == 0:
        return
    if number not in signal.Signals._value2member_map_:
        raise error("EINVAL")
    handled = signal.getsignal(number)
    if number in (signal.SIGKILL, signal.SIGSTOP) or handled in (signal.SIG_DFL, None):
        if number not in _HARMLESS:
            os._exit(_ENDED + number)
    elif handled != signal.SIG_IGN:
        signal.raise_signal(number)


def _zero(name: str, text: str):
    """A function that tells 0."""

    def function() -> int:
        return 0

    function.__name__ = function.__qualname__ = name
    function.__doc__ = text
    return function


def getgroups() -> list[int]:
    """The groups that the program is in beside its own: none."""
    return []


def umask(mask, /) -> int:
    """Sets the mask of the permissions of new files, and returns the one before. WASI's files have no permissions."""
    global _mask
    before, _mask = _mask, integer(mask) & 0o777
    return before


_ALL = [
    kill,
    killpg,
    getgroups,
    umask,
    _zero("getppid", "The id of the process that started the program: none that it could see."),
    _zero("getuid", "The id of the user."),
    _zero("geteuid", "The id of the user with whose rights the program runs."),
    _zero("getgid", "The id of the group."),
    _zero("getegid", "The id of the group with whose rights the program runs."),
]


def install() -> None:
    """Adds to `os` what the interpreter has not."""
    for function in _ALL:
        function.__module__ = "posix"
        if not hasattr(os, function.__name__):
            setattr(os, function.__name__, staticmethod(function))
