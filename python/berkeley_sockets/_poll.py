"""Waiting for many sockets: select(2), poll(2)."""

from collections.abc import Iterable
from math import ceil
from operator import index
from time import monotonic_ns
from types import ModuleType

from . import _queue, _signal, _stdin, _table
from ._argument import integer, nanoseconds, unsigned
from ._builtin import functions
from ._constants import ALL as c
from ._error import error
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_IN, _PRI, _OUT, _ERR, _HUP, _NVAL = (
    c[name] for name in ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL")
)
_RDHUP = c["POLLRDHUP"]
_ENDED = _HUP | _RDHUP
#: poll.h, sys/epoll.h: what `_socket` has no names for.
_MORE = {"RDNORM": 0x40, "RDBAND": 0x80, "WRNORM": 0x100, "WRBAND": 0x200, "MSG": 0x400}
_BOTH = {
    "IN": _IN,
    "PRI": _PRI,
    "OUT": _OUT,
    "ERR": _ERR,
    "HUP": _HUP,
    "RDHUP": c["POLLRDHUP"],
    **_MORE,
}
_PIPE_BUF = 4096
#: How long something is waited for at once that no event tells, in nanoseconds.
_SLICE = 20_000_000
#: What select(2) takes as ready.
_READABLE, _WRITABLE, _URGENT = _IN | _HUP | _ERR, _OUT | _ERR, _PRI
_ALL_EVENTS = 0x7FFF


def number_of(file) -> int:
    """The number of what `select` takes."""
    if isinstance(file, int):
        number = integer(file)
    else:
        fileno = getattr(file, "fileno", None)
        if fileno is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        number = fileno()
        if not isinstance(number, int):
            raise TypeError("fileno() returned a non-integer")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def resource(number: int, events: int):
    """The socket by which the host waits for these events of a file; None where there is none."""
    if number == _stdin.NUMBER:
        return _stdin.awaited() if events & _IN else None
    handle = _table.get(number)
    return handle and handle.resource


def _watch(number: int):
    """What the epoll of that number watches, if it is one."""
    handle = _table.get(number)
    return handle and handle.epoll


def wait(watched: list[tuple[int, int]], limit: int | None) -> list[int]:
    """The events of each: poll(2). Files, which WASI has no events for, are always ready, as regular ones are."""
    resources = [resource(number, events) for number, events in watched]
    sockets = [at for at, resource in enumerate(resources) if resource]
    if len(sockets) < len(watched):
        return _wait_for_others(watched, resources, sockets, limit)
    if not sockets and limit == 0:
        return []
    told = _signal.poll([interest(resources[at], watched[at][1]) for at in sockets], limit)
    return told if not _table.has_pipes else [_of_file(number, events) for (number, _), events in zip(watched, told)]


def _of_file(number: int, events: int) -> int:
    """The events as those of a pipe, if that is what has the number: the host has a socket in its place."""
    handle = _table.get(number)
    if handle is None or handle.pipe is None or not events & _ENDED:
        return events
    if handle.pipe == "w":
        # Nobody reads any more.
        return events & ~(_ENDED | _IN) | _ERR
    # The end is one only once all is read.
    left = _queue.number(handle.resource, _queue.FIONREAD)
    return events & ~_RDHUP if left else events & ~(_RDHUP | _IN)


def interest(resource, events: int) -> wit.Interest:
    """What the host is asked for events of that socket."""
    return wit.Interest(resource, events & _ALL_EVENTS)


def _wait_for_others(watched, resources, sockets: list[int], limit: int | None) -> list[int]:
    """As `wait`, where some are no sockets: an epoll can be read when something that it watches is ready."""
    told = [0] * len(watched)
    epolls = {at: watch for at, (number, _) in enumerate(watched) if (watch := _watch(number)) is not None}
    for at, (number, events) in enumerate(watched):
        if not resources[at] and at not in epolls:
            told[at] = events & (_IN | _OUT) if _table.is_file(number) else _NVAL
            limit = 0
    interests = [interest(resources[at], watched[at][1]) for at in sockets]
    deadline = None if limit is None else monotonic_ns() + limit
    while True:
        for at, watch in epolls.items():
            told[at] = watched[at][1] & _IN if watch.pending() else 0
        left = None if deadline is None else max(deadline - monotonic_ns(), 0)
        inner, most = watches(epolls.values(), 0 if any(told) else left)
        events = _signal.poll(interests + inner, most) if interests or most != 0 else []
        for at, event in zip(sockets, events):
            told[at] = _of_file(watched[at][0], event)
        if any(told) or left == 0:
            return told


def watches(epolls: Iterable, left: int | None) -> tuple[list[wit.Interest], int | None]:
    """What to wait for so that something becomes ready that they watch, and how long at most."""
    interests = [inner for watch in epolls for inner in watch.interests()]
    if any(watch.is_restless() for watch in epolls):
        left = _SLICE if left is None else min(left, _SLICE)
    return interests, left


def select(rlist, wlist, xlist, timeout=None, /):
    """Waits until a file is ready, or for so many seconds; None is no limit.

    It takes three iterables of files: those to be read, those to be written, those with urgent data. Of each it returns
    those that are ready.
    """
    try:
        limit = nanoseconds(timeout)
    except TypeError:
        raise TypeError("timeout must be a float or None") from None
    except ValueError as failure:
        raise ValueError("timeout must be non-negative" if "range" in str(failure) else str(failure)) from None
    wanted: dict[int, int] = {}
    lists = []
    for files, events in ((rlist, _IN), (wlist, _OUT), (xlist, _PRI)):
        try:
            # A list is taken as it becomes: fileno() may change it.
            files = files if isinstance(files, list) else list(files)
        except TypeError:
            raise TypeError("arguments 1-3 must be sequences") from None
        numbered = [(file, number_of(file)) for file in files]
        for _, number in numbered:
            wanted[number] = wanted.get(number, 0) | events
        lists.append(numbered)
    told = dict(zip(wanted, wait(list(wanted.items()), limit))) if wanted or limit != 0 else {}
    if _NVAL in told.values():
        raise error("EBADF")
    masks = _READABLE, _WRITABLE, _URGENT
    return tuple([file for file, number in numbered if told[number] & mask] for numbered, mask in zip(lists, masks))


class _Poll:
    __slots__ = ("_events",)
    __module__ = "select"
    __doc__ = "An object that watches files for events; `poll()` makes one."

    _events: dict[int, int]

    def __new__(cls):
        raise TypeError("cannot create 'select.poll' instances")

    def register(self, fd, eventmask=_IN | _PRI | _OUT, /) -> None:
        """Watches the file for these events."""
        number = number_of(fd)
        self._events[number] = unsigned(eventmask, 16, "unsigned short")

    def modify(self, fd, eventmask, /) -> None:
        """Watches a file that is watched already for other events."""
        number, events = number_of(fd), unsigned(eventmask, 16, "unsigned short")
        if number not in self._events:
            raise error("ENOENT")
        self._events[number] = events

    def unregister(self, fd, /) -> None:
        """Watches the file no more."""
        del self._events[number_of(fd)]

    def poll(self, timeout=None, /) -> list[tuple[int, int]]:
        """Waits until a file is ready, or for so many milliseconds; None or a negative number is no limit.

        Returns each that is ready with its events.
        """
        limit = _milliseconds(timeout)
        watched = list(self._events.items())
        # `selectors` asks when it is imported, which may be while the component is built, where no host answers.
        if not watched and limit == 0:
            return []
        return [(number, told) for (number, _), told in zip(watched, wait(watched, limit)) if told]


_Poll.__name__ = _Poll.__qualname__ = "poll"


def poll() -> _Poll:
    """An object that watches files for events, by poll(2)."""
    made = object.__new__(_Poll)
    made._events = {}
    return made


def _milliseconds(timeout) -> int | None:
    if timeout is None:
        return None
    if not isinstance(timeout, float):
        try:
            timeout = index(timeout)
        except TypeError:
            raise TypeError("timeout must be an integer or None") from None
    if timeout < 0:
        return None
    if timeout > 0x7FFFFFFF:
        raise OverflowError("timeout is too large")
    return ceil(timeout) * 10**6


def module(epoll: type, constants: dict[str, int]) -> ModuleType:
    """The module `select`, with that class and its constants."""
    made = ModuleType("select", "Waiting for many files at once, by select, poll and epoll.")
    made.__dict__.update({f"POLL{name}": value for name, value in (_BOTH | {"NVAL": _NVAL}).items()})
    made.__dict__.update({f"EPOLL{name}": value for name, value in _BOTH.items()})
    made.__dict__.update(constants, PIPE_BUF=_PIPE_BUF)
    made.__dict__.update(epoll=epoll, error=OSError, **functions(made.__name__, [select, poll]))
    return made
