"""What `os` tells of the program as a process, as far as a guest is one: it has no others beside it, and no user.

To WASI all files belong to user 0 and group 0, as `os.stat` says, and so does the program.
"""

import os

from . import _signal
from ._argument import integer
from ._error import error

_mask = 0o022


def kill(pid, signal, /) -> None:
    """Sends the signal to the process of that id: the program itself, for there is no other. ESRCH."""
    process, number = integer(pid), integer(signal)
    if process not in (0, -1, os.getpid(), -os.getpid()):
        raise error("ESRCH")
    if number:
        _signal.raise_signal(number)


def killpg(pgid, signal, /) -> None:
    """Sends the signal to the group of processes, which is the program itself. ESRCH."""
    kill(-integer(pgid) if pgid else 0, signal)


def pidfd_open(pid, flags=0, /) -> int:
    """A file that tells when a process ends. ENOSYS: there are no processes."""
    integer(pid), integer(flags)
    raise error("ENOSYS")


def waitpid(pid, options, /):
    """Waits for a process that the program has started. ECHILD: there is none."""
    integer(pid), integer(options)
    raise error("ECHILD")


def wait():
    """Waits for a process that the program has started. ECHILD: there is none."""
    raise error("ECHILD")


def waitstatus_to_exitcode(status) -> int:
    """The exit code of a process, or the number of the signal that ended it as a negative number."""
    number = integer(status)
    if number & 0x7F == 0:
        return number >> 8 & 0xFF
    if number & 0xFF == 0x7F:
        raise ValueError(f"process stopped by delivery of signal {number >> 8 & 0xFF}")
    return -(number & 0x7F)


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
    pidfd_open,
    wait,
    waitpid,
    waitstatus_to_exitcode,
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
    # How to wait for processes.
    os.WNOHANG, os.WUNTRACED, os.WCONTINUED = 1, 2, 8
