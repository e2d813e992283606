"""The limits of the guest, of which the number of sockets is one, and what it has used, of which WASI tells the time."""

import time
from collections import namedtuple

from berkeley_sockets import _table

error = OSError

RLIM_INFINITY = -1
RLIMIT_CPU, RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_STACK, RLIMIT_CORE, RLIMIT_RSS = range(6)
RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_AS = range(6, 10)
RLIMIT_SIGPENDING, RLIMIT_MSGQUEUE, RLIMIT_NICE, RLIMIT_RTPRIO, RLIMIT_RTTIME = range(11, 16)
RLIMIT_OFILE = RLIMIT_NOFILE
RUSAGE_CHILDREN, RUSAGE_SELF, RUSAGE_THREAD = range(-1, 2)

struct_rusage = namedtuple(
    "struct_rusage",
    "ru_utime ru_stime ru_maxrss ru_ixrss ru_idrss ru_isrss ru_minflt ru_majflt ru_nswap ru_inblock ru_oublock"
    " ru_msgsnd ru_msgrcv ru_nsignals ru_nvcsw ru_nivcsw",
    module="resource",
)

#: What is limited: the limit that holds, and that which it can be raised to.
_limits = {which: (RLIM_INFINITY, RLIM_INFINITY) for which in range(16)}
_limits[RLIMIT_NOFILE] = (_table.FIRST + _table.MOST,) * 2


def _known(which) -> int:
    if which not in _limits:
        raise ValueError("invalid resource specified")
    return which


def getrlimit(resource, /):
    """The limit that holds, and that which it can be raised to."""
    return _limits[_known(resource)]


def setrlimit(resource, limits, /) -> None:
    """Sets both. They are told again; the number of sockets, beside files, is limited by the highest of all alone."""
    soft, hard = limits
    most = _limits[_known(resource)][1] & 0xFFFFFFFFFFFFFFFF
    if soft & 0xFFFFFFFFFFFFFFFF > hard & 0xFFFFFFFFFFFFFFFF:
        raise ValueError("current limit exceeds maximum limit")
    if hard & 0xFFFFFFFFFFFFFFFF > most:
        raise ValueError("not allowed to raise maximum limit")
    _limits[resource] = soft, hard


def prlimit(pid, resource, limits=None, /):
    """Sets the limits of a process, and returns those before. ProcessLookupError: there is no other."""
    import os

    if pid not in (0, os.getpid()):
        raise ProcessLookupError(f"there is no process {pid}")
    before = getrlimit(resource)
    if limits is not None:
        setrlimit(resource, limits)
    return before


def getrusage(who, /):
    """What the program has used: the time. What WASI does not tell is 0."""
    if who not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    used = 0.0 if who == RUSAGE_CHILDREN else time.process_time()
    return struct_rusage(used, 0.0, *[0] * 14)


def getpagesize() -> int:
    """The size of a page of memory."""
    return 0x10000
