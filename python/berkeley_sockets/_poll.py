"""Waiting for many sockets: the module `select`."""

from math import ceil
from operator import index
from types import ModuleType

from . import _signal, _stdin, _table
from ._argument import integer, nanoseconds, unsigned
from ._builtin import functions
from ._constants import ALL as c
from ._error import error
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_IN, _PRI, _OUT, _ERR, _HUP, _NVAL = (
    c[name] for name in ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL")
)
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
_EPOLL = {"EPOLLEXCLUSIVE": 1 << 28, "EPOLLWAKEUP": 1 << 29, "EPOLLONESHOT": 1 << 30, "EPOLLET": 1 << 31}
_EPOLL_CLOEXEC = 0x80000
_PIPE_BUF = 4096
#: What select(2) takes as ready.
_READABLE, _WRITABLE, _URGENT = _IN | _HUP | _ERR, _OUT | _ERR, _PRI
_ALL_EVENTS = 0x7FFF


def _number(file) -> int:
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


def _resource(number: int, events: int):
    """The socket by which the host waits for these events of a file; None where there is none."""
    if number == _stdin.NUMBER:
        return _stdin.awaited() if events & _IN else None
    handle = _table.get(number)
    return handle and handle.resource


def _wait(watched: list[tuple[int, int]], limit: int | None) -> list[int]:
    """The events of each: poll(2). Files, which WASI has no events for, are always ready, as regular ones are."""
    resources = [_resource(number, events) for number, events in watched]
    sockets = [at for at, resource in enumerate(resources) if resource]
    if len(sockets) < len(watched):
        limit = 0
    told = [0] * len(watched)
    if len(sockets) < len(watched):
        told = [events & (_IN | _OUT) if _table.is_file(number) else _NVAL for number, events in watched]
    if sockets or limit != 0:
        interests = [wit.Interest(resources[at], watched[at][1] & _ALL_EVENTS) for at in sockets]
        for at, events in zip(sockets, _signal.poll(interests, limit)):
            told[at] = events
    return told


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
        numbered = [(file, _number(file)) for file in files]
        for _, number in numbered:
            wanted[number] = wanted.get(number, 0) | events
        lists.append(numbered)
    told = dict(zip(wanted, _wait(list(wanted.items()), limit))) if wanted or limit != 0 else {}
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
        number = _number(fd)
        self._events[number] = unsigned(eventmask, 16, "unsigned short")

    def modify(self, fd, eventmask, /) -> None:
        """Watches a file that is watched already for other events."""
        number, events = _number(fd), unsigned(eventmask, 16, "unsigned short")
        if number not in self._events:
            raise error("ENOENT")
        self._events[number] = events

    def unregister(self, fd, /) -> None:
        """Watches the file no more."""
        del self._events[_number(fd)]

    def poll(self, timeout=None, /) -> list[tuple[int, int]]:
        """Waits until a file is ready, or for so many milliseconds; None or a negative number is no limit.

        Returns each that is ready with its events.
        """
        limit = _milliseconds(timeout)
        watched = list(self._events.items())
        # `selectors` asks when it is imported, which may be while the component is built, where no host answers.
        if not watched and limit == 0:
            return []
        return [(number, told) for (number, _), told in zip(watched, _wait(watched, limit)) if told]


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


class _Registration:
    """A socket that an epoll watches."""

    __slots__ = ("events", "handle", "told", "used")

    def __init__(self, handle, events: int) -> None:
        self.handle = handle
        self.events = events
        #: What it has told that it does not tell again, as EPOLLONESHOT and EPOLLET ask, and how often the socket had
        #: been used then.
        self.told = 0
        self.used = 0

    def awaited(self) -> int:
        """The events to wait for now; none, where what poll(2) always tells was told."""
        if self.told and self.events & _EPOLL["EPOLLET"] and self.used != self.handle.used:
            self.told = 0
        return 0 if self.told & (_ERR | _HUP) else self.events & 0xFFFF & ~self.told

    def tell(self, events: int) -> None:
        """Keeps what is told."""
        self.used = self.handle.used
        if self.events & _EPOLL["EPOLLONESHOT"]:
            self.events, self.told = 0, _ERR
        elif self.events & _EPOLL["EPOLLET"]:
            self.told |= events


#: The registrations of every epoll, by its number.
_epolls: dict[int, dict[int, _Registration]] = {}


class epoll:
    """select.epoll(sizehint=-1, flags=0)

    An object that watches files for events. It is made of poll(2): with EPOLLET an event that was told is told again when
    it holds and the program has used the socket since then.
    """

    __slots__ = ("_number", "_watched", "__weakref__")
    __module__ = "select"

    def __init__(self, sizehint=-1, flags=0) -> None:
        if integer(sizehint) <= 0 and sizehint != -1:
            raise ValueError("negative sizehint")
        if integer(flags) & ~_EPOLL_CLOEXEC:
            raise OSError("invalid flags")
        self._number = _table.reserve()
        self._watched: dict[int, _Registration] = {}
        _epolls[self._number] = self._watched

    @classmethod
    def fromfd(cls, fd, /):
        """One more object for the epoll of that number."""
        number = integer(fd)
        if number not in _epolls:
            raise error("EINVAL" if _table.get(number) or _table.is_file(number) else "EBADF")
        made = cls.__new__(cls)
        made._number, made._watched = number, _epolls[number]
        return made

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, exc_type=None, exc_value=None, exc_tb=None, /) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def _open(self) -> None:
        if self._number < 0:
            raise ValueError("I/O operation on closed epoll object")

    def _check(self) -> None:
        self._open()
        # Another object of the same number may have closed it.
        if _epolls.get(self._number) is not self._watched:
            raise error("EBADF")

    def close(self, /) -> None:
        """Closes it; nothing else can be done with it then."""
        number, self._number = getattr(self, "_number", -1), -1
        if number >= 0 and _epolls.get(number) is self._watched:
            _table.remove(number)
            del _epolls[number]

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._number < 0

    def fileno(self, /) -> int:
        """Its number."""
        self._open()
        return self._number

    def _find(self, fd):
        """The number, and what is registered for it: a socket that is closed leaves by itself, as in Linux."""
        self._check()
        number = _number(fd)
        handle = _table.get(number)
        registration = self._watched.get(number)
        if registration and registration.handle is not handle:
            del self._watched[number]
            registration = None
        if handle is None:
            # Files have no events.
            raise error("EPERM" if _table.is_file(number) else "EBADF")
        return number, handle, registration

    def register(self, fd, eventmask=_IN | _PRI | _OUT) -> None:
        """Watches a file for these events; EEXIST if it is watched already."""
        number, handle, registration = self._find(fd)
        events = unsigned(eventmask, 32, "unsigned int")
        if registration:
            raise error("EEXIST")
        if handle.resource is None:
            # An epoll inside of another.
            raise error("EINVAL")
        self._watched[number] = _Registration(handle, events)

    def modify(self, fd, eventmask) -> None:
        """Watches a file that is watched already for other events."""
        number, handle, registration = self._find(fd)
        events = unsigned(eventmask, 32, "unsigned int")
        if not registration:
            raise error("ENOENT")
        self._watched[number] = _Registration(handle, events)

    def unregister(self, fd) -> None:
        """Watches the file no more."""
        number, _, registration = self._find(fd)
        if not registration:
            raise error("ENOENT")
        del self._watched[number]

    def poll(self, timeout=None, maxevents=-1) -> list[tuple[int, int]]:
        """Waits until a file is ready, or for so many seconds; None or a negative number is no limit.

        Returns each that is ready with its events, at most maxevents of them.
        """
        self._check()
        limit = _epoll_limit(timeout)
        most = integer(maxevents)
        if most == -1:
            most = 0x7FFF
        elif most <= 0:
            raise ValueError(f"maxevents must be greater than 0, got {most}")
        gone = [number for number, known in self._watched.items() if _table.get(number) is not known.handle]
        for number in gone:
            del self._watched[number]
        awaited = [(number, known.awaited(), known.told) for number, known in self._watched.items()]
        # One without events is told of errors all the same.
        watched = [(number, events) for number, events, told in awaited if events or not told]
        if not watched and limit == 0:
            return []
        ready = [(number, events) for (number, _), events in zip(watched, _wait(watched, limit)) if events][:most]
        # At an edge all that holds is told, not only what is new.
        edges = [(number, self._watched[number].events & 0xFFFF) for number, _ in ready if self._watched[number].told]
        all = {number: events for (number, _), events in zip(edges, _wait(edges, 0))}
        told = [(number, all.get(number, events)) for number, events in ready]
        for number, events in told:
            self._watched[number].tell(events)
        # Those that were told of come last the next time, so that each has its turn.
        if len(told) == most:
            for number, _ in told:
                self._watched[number] = self._watched.pop(number)
        return told


def _epoll_limit(timeout) -> int | None:
    if timeout is None:
        return None
    if not isinstance(timeout, (float, int)):
        raise TypeError("timeout must be an integer or None")
    if timeout < 0:
        return None
    if timeout > 0x7FFFFFFF / 1000:
        raise OverflowError("timeout is too large")
    # Whole milliseconds, rounded up.
    return ceil(timeout * 1000) * 10**6


def module() -> ModuleType:
    """The module `select`."""
    made = ModuleType("select", "Waiting for many files at once, by select, poll and epoll.")
    made.__dict__.update({f"POLL{name}": value for name, value in (_BOTH | {"NVAL": _NVAL}).items()})
    made.__dict__.update({f"EPOLL{name}": value for name, value in _BOTH.items()})
    made.__dict__.update(_EPOLL, EPOLL_CLOEXEC=_EPOLL_CLOEXEC, PIPE_BUF=_PIPE_BUF)
    made.__dict__.update(epoll=epoll, error=OSError, **functions(made.__name__, [select, poll]))
    return made
