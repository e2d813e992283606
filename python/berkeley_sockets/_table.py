"""The numbers of this program's sockets, as a process has file descriptors.

The sockets themselves are kept here and nowhere else: what is in a module's dictionary is never finalised before what
refers to it by number.
"""

import os
from heapq import heapify, heappop, heappush

from ._constants import ALL as c
from ._error import call, error

#: The numbers below are those of files, which the C library gives out.
FIRST = 0x10000
#: How many numbers there are, as a process has by default at most.
MOST = 0x10000


class Handle:
    """An open socket, or something else that has a number."""

    __slots__ = (
        "blocks", "connects", "epoll", "file", "inheritable", "limit", "limits", "low_water", "notifies", "pipe", "resource",
        "stamps", "used",
    )  # fmt: skip

    def __init__(self, resource, blocks: list[bool] | None = None, limit: int | None = None) -> None:
        self.resource = resource
        #: Whether O_NONBLOCK is not set. Those that `dup` made share it.
        self.blocks = [True] if blocks is None else blocks
        #: The mode that the host has it in, as `settimeout` of the contract takes it.
        self.limit = limit
        #: What an epoll watches, if it is one: an `_epoll.Watch`.
        self.epoll = None
        #: Whether it is the side of a connection that asked for it.
        self.connects = False
        #: Of SO_RCVTIMEO and SO_SNDTIMEO those that may have been set, and whether they are negative, of which the kernel
        #: tells nothing. Those that `dup` made share it.
        self.limits: dict[int, bool] = {}
        #: Whether SO_RCVLOWAT was set.
        self.low_water = False
        #: Whether time stamps of what comes were asked for.
        self.stamps = False
        #: Whether SIGIO is wanted: O_ASYNC.
        self.notifies = False
        #: The file that was received, if it is one: a `_file.File`.
        self.file = None
        #: The end of a pipe that it is, "r" or "w", if it is one.
        self.pipe: str | None = None
        #: What `os.set_inheritable` was told. There are no programs to inherit it.
        self.inheritable = False
        #: How often it was asked for something.
        self.used = 0

    def patience(self, limit: int | None) -> int | None:
        """How long a call may wait that has this limit: none is for ever, as far as the socket itself blocks."""
        return limit or (None if self.blocks[0] else 0)

    def within(self, limit: int | None) -> None:
        """Has the host's calls wait so long."""
        if self.limit != limit:
            self.resource.settimeout(limit)
            self.limit = limit


#: Whether there has been a pipe.
has_pipes = False
_open: dict[int, Handle] = {}
_free: list[int] = []


def insert(resource, blocks: list[bool] | None = None, limit: int | None = None) -> int:
    """Gives the socket the lowest number that is free."""
    return add(_kept(Handle(resource, blocks, limit)))


def share(handle: Handle) -> None:
    """Says that others have the socket too, who may set limits of the kernel's that nobody tells of here."""
    for option in c["SO_RCVTIMEO"], c["SO_SNDTIMEO"]:
        handle.limits.setdefault(option, False)


def add(handle: Handle) -> int:
    """Gives it the lowest number that is free."""
    number = heappop(_free) if _free else FIRST + len(_open)
    _open[number] = handle
    return number


def twin(handle: Handle, inheritable: bool = False) -> Handle:
    """One more for what the other is, as dup(2) makes it."""
    made = _kept(Handle(handle.resource and call(handle.resource.dup), handle.blocks, handle.limit))
    made.pipe, made.epoll, made.inheritable = handle.pipe, handle.epoll, inheritable
    made.limits = handle.limits
    made.connects, made.notifies, made.low_water = handle.connects, handle.notifies, handle.low_water
    return made


def _kept(handle: Handle) -> Handle:
    if handle.resource:
        # The bindings drop what is left when the program ends, but other finalisers may use it later than that.
        handle.resource.finalizer.atexit = False
    return handle


def insert_at(number: int, handle: Handle) -> None:
    """Gives it this number, which is free. EBADF: it is too high."""
    if number >= FIRST + MOST:
        raise error("EBADF")
    # Those up to it are free from now on.
    for free in range(FIRST + len(_open) + len(_free), number + 1):
        heappush(_free, free)
    _free.remove(number)
    heapify(_free)
    _open[number] = handle


def reserve() -> int:
    """Takes the lowest number that is free for what is no socket."""
    return insert(None)


def insert_file(file) -> int:
    """Gives a file that was received its number."""
    number = reserve()
    _open[number].file = file
    return number


def get(number: int) -> Handle | None:
    """What has the number."""
    return _open.get(number)


def own(number: int) -> Handle:
    """What has the number, a socket or not. EBADF."""
    handle = get(number)
    if handle is None:
        raise error("EBADF")
    return handle


def find(number: int) -> Handle:
    """The socket of that number. EBADF; ENOTSOCK, where it is a file's."""
    handle = _open.get(number)
    if handle is None or handle.resource is None:
        raise error("ENOTSOCK" if handle or is_file(number) else "EBADF")
    handle.used += 1
    return handle


def is_file(number: int) -> bool:
    """Whether an open file has the number."""
    if number >= FIRST:
        handle = get(number)
        return bool(handle and handle.file)
    try:
        os.fstat(number)
    except (OSError, OverflowError):
        return False
    return True


def remove(number: int) -> Handle:
    """Frees the number. EBADF."""
    handle = own(number)
    del _open[number]
    heappush(_free, number)
    return handle
