"""Waiting for many sockets that are registered once: epoll(7).

The host watches them, by a poller of the contract's, so that a wait costs by what is ready. Where something else is watched as
well, stdin or another epoll, where an epoll is watched itself, and where threads run meanwhile, it is made of poll(2).
"""

import os
import stat
import struct
from contextlib import suppress
from math import ceil
from time import monotonic_ns
from types import ModuleType

from . import _poll, _queue, _signal, _stdin, _table
from ._argument import integer, unsigned
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_option_0_1_0 as wit_option
from .bindings.imports import berkeley_sockets_poller_0_1_0 as wit_poller

_CONSTANTS = {"EPOLLEXCLUSIVE": 1 << 28, "EPOLLWAKEUP": 1 << 29, "EPOLLONESHOT": 1 << 30, "EPOLLET": 1 << 31}
_EXCLUSIVE = _CONSTANTS["EPOLLEXCLUSIVE"]
_ONESHOT, _EDGE = _CONSTANTS["EPOLLONESHOT"], _CONSTANTS["EPOLLET"]
_CLOEXEC = 0x80000
_IN, _PRI, _OUT, _ERR, _HUP, _NVAL = (
    c[name] for name in ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL")
)
_ALL_EVENTS = 0xFFFF
#: What may be asked for with EPOLLEXCLUSIVE.
_WITH_EXCLUSIVE = _IN | _OUT | _ERR | _HUP | _EXCLUSIVE | _CONSTANTS["EPOLLWAKEUP"] | _EDGE
#: How deep one epoll may stand within another.
_DEEPEST = 5
#: linux/tcp.h: where TCP_INFO has the state, the connections that await being accepted, and the bytes that have come.
_AWAITING, _RECEIVED, _LISTENS = "<24xI", "<128xQ", 10


def _come(handle: _table.Handle):
    """What is another after something has come, although what came before was not taken."""
    resource = handle.resource
    if resource is None:
        return None
    try:
        if resource.type() != c["SOCK_STREAM"]:
            return call(wit_option.getsockopt_bytes, resource, c["SOL_SOCKET"], c["SO_MEMINFO"], 4)
        if resource.family() in (c["AF_INET"], c["AF_INET6"]):
            told = call(wit_option.getsockopt_bytes, resource, c["IPPROTO_TCP"], c["TCP_INFO"], 136)
            return struct.unpack_from(_AWAITING if told[0] == _LISTENS else _RECEIVED, told)
        return _queue.number(resource, _queue.FIONREAD)
    except (OSError, struct.error):
        return None


class _Registration:
    """What an epoll watches by a number, and for what."""

    __slots__ = ("come", "events", "exclusive", "handle", "token", "told", "used")

    def __init__(self, handle: _table.Handle, events: int) -> None:
        self.handle = handle
        self.events = events
        #: Whether it was registered so that it cannot be changed.
        self.exclusive = bool(events & _EXCLUSIVE)
        #: What it has told that it does not tell again, as EPOLLONESHOT and EPOLLET ask; how often the socket had been used
        #: then, and what had come.
        self.told = 0
        self.used = 0
        self.come = None
        #: What the host tells of it by, if it watches it.
        self.token = 0

    @property
    def is_armed(self) -> bool:
        """Whether it is to be told of: not after EPOLLONESHOT has had its one time."""
        return bool(self.events & (_ONESHOT | _ALL_EVENTS) or not self.told)

    def awaited(self) -> int | None:
        """The events to wait for, if any: what poll(2) always tells is nothing to wait for once it was told."""
        if not self.is_armed or self.told & (_ERR | _HUP):
            return None
        return self.events & _ALL_EVENTS & ~self.told

    def is_restless(self) -> bool:
        """Whether more may happen that poll(2) does not tell of."""
        known = self.told & (_IN | _ERR | _HUP)
        return self.is_armed and self.told != 0 and known != 0 and known & (_ERR | _HUP) != _ERR | _HUP

    def fresh(self, events: int) -> int:
        """What is to be told now that these events hold."""
        if not self.is_armed:
            return 0
        if not self.events & _EDGE:
            return events
        if self.used != self.handle.used:
            # What holds after it was used, or again, is told once more.
            self.told = 0
        self.told &= events
        if events & ~self.told or events & _IN and self.come != _come(self.handle):
            return events
        return 0

    def tell(self, events: int) -> None:
        """Keeps what is told."""
        if self.events & _ONESHOT:
            self.events, self.told = 0, _ERR
        elif self.events & _EDGE:
            self.told |= events
            self.used = self.handle.used
            self.come = _come(self.handle) if events & _IN else None


#: Stdin, which the command reads for the program.
_STDIN = _table.Handle(None)


def _watchable(number: int) -> _table.Handle | None:
    """What can be watched of that number."""
    return _STDIN if number == _stdin.NUMBER and _stdin.awaits() else _table.get(number)


class _Hosted:
    """What the host watches of an epoll: sockets alone."""

    def __init__(self) -> None:
        self.poller = _signal.Poller(call(wit_poller.create))
        #: Who is registered by which token.
        self.registered: dict[int, tuple[int, _Registration]] = {}
        self.last = 0

    def add(self, number: int, known: _Registration) -> None:
        self.last += 1
        known.token = self.last
        call(self.poller.resource.add, known.handle.resource, known.events, known.token)
        self.registered[known.token] = number, known

    def modify(self, known: _Registration) -> None:
        call(self.poller.resource.modify, known.handle.resource, known.events, known.token)

    def remove(self, known: _Registration) -> None:
        if self.registered.pop(known.token, None):
            # One that is closed the host has forgotten by itself.
            with suppress(OSError):
                call(self.poller.resource.remove, known.handle.resource)

    def wait(self, limit: int | None, most: int) -> list[tuple[int, int]]:
        """Waits until something is to be told, in nanoseconds."""
        left, deadline = limit, monotonic_ns() + limit if limit else None
        while True:
            told, closed = [], 0
            for token, events in _signal.wait(self.poller, most, left):
                if events & _NVAL:
                    closed += 1
                    self.registered.pop(token, None)
                elif token in self.registered:
                    number, known = self.registered[token]
                    if known.events & _ONESHOT:
                        known.tell(events)
                    told.append((number, events))
            if told:
                return told
            if deadline is not None:
                left = max(deadline - monotonic_ns(), 0)
            # Those that are closed are told once, and take the place of others that are ready.
            if left == 0 and not closed:
                return told


class Watch:
    """What an epoll watches; several objects may have it, and several numbers."""

    def __init__(self) -> None:
        self.registered: dict[int, _Registration] = {}
        self._hosted: _Hosted | None = None
        #: Whether the host cannot watch all of it.
        self._is_here = False

    def stay(self) -> None:
        """Watches by poll(2) from now on."""
        self._hosted, self._is_here = None, True

    def find(self, number: int, handle: _table.Handle) -> _Registration | None:
        """What is registered for the number, if that is still what it was."""
        known = self.registered.get(number)
        if known is None or known.handle is handle:
            return known
        self.forget(number)
        return None

    def forget(self, number: int) -> None:
        """Watches it no more."""
        known = self.registered.pop(number)
        if self._hosted:
            self._hosted.remove(known)

    def add(self, number: int, handle: _table.Handle, events: int) -> None:
        """Watches something."""
        known = _Registration(handle, events)
        if not handle.resource or handle.pipe or handle is _STDIN or not _signal.waits_alone:
            self.stay()
        elif not self._is_here:
            # Not when it is made, which may be while the component is built, where no host answers.
            self._hosted = self._hosted or _Hosted()
            self._hosted.add(number, known)
        self.registered[number] = known

    def modify(self, number: int, events: int) -> None:
        """Watches for other events."""
        known = self.registered[number]
        known.events, known.told = events, 0
        if self._hosted:
            self._hosted.modify(known)

    def known(self) -> dict[int, _Registration]:
        """What is registered and still open: what is closed leaves by itself."""
        gone = [number for number, known in self.registered.items() if _watchable(number) is not known.handle]
        for number in gone:
            self.forget(number)
        return self.registered

    def inner(self) -> list["Watch"]:
        """The epolls within it."""
        return [known.handle.epoll for known in self.known().values() if known.handle.epoll is not None]

    def depth(self) -> int:
        return 1 + max((watch.depth() for watch in self.inner()), default=0)

    def has(self, other: "Watch") -> bool:
        """Whether it is the other, or has it within."""
        return self is other or any(watch.has(other) for watch in self.inner())

    def interests(self) -> list:
        """What to wait for so that something becomes ready."""
        self.stay()
        found = []
        for number, known in self.known().items():
            events = known.awaited()
            if events is None:
                continue
            if known.handle.epoll is not None:
                found += known.handle.epoll.interests()
            elif resource := known.handle.resource or _poll.resource(number, events):
                found.append(_poll.interest(resource, events))
        return found

    def is_restless(self) -> bool:
        """Whether something may become ready that no event tells."""
        self.stay()
        everything = self.known().values()
        return any(known.is_restless() for known in everything) or any(watch.is_restless() for watch in self.inner())

    def pending(self) -> list[tuple[int, int]]:
        """What is to be told now."""
        self.stay()
        armed = {number: known for number, known in self.known().items() if known.is_armed}
        if not armed:
            return []
        told = _poll.wait([(number, known.events & _ALL_EVENTS) for number, known in armed.items()], 0)
        fresh = ((number, known.fresh(events)) for (number, known), events in zip(armed.items(), told))
        return [(number, events) for number, events in fresh if events]

    def wait(self, limit: int | None, most: int) -> list[tuple[int, int]]:
        """Waits until something is to be told, in nanoseconds; at most of so many."""
        if self._hosted:
            return self._hosted.wait(limit, most)
        told = self._wait_here(limit)[:most]
        for number, events in told:
            self.registered[number].tell(events)
        # Those that were told of come last the next time, so that each has its turn.
        if len(told) == most:
            for number, _ in told:
                self.registered[number] = self.registered.pop(number)
        return told

    def _wait_here(self, limit: int | None) -> list[tuple[int, int]]:
        everything = self.known()
        if not any(known.events & _EDGE or not known.handle.resource or not known.is_armed for known in everything.values()):
            # As poll(2) does it.
            watched = [(number, known.events & _ALL_EVENTS) for number, known in everything.items()]
            if not watched and limit == 0:
                return []
            return [(number, events) for (number, _), events in zip(watched, _poll.wait(watched, limit)) if events]
        deadline = None if limit is None else monotonic_ns() + limit
        while True:
            found = self.pending()
            left = None if deadline is None else max(deadline - monotonic_ns(), 0)
            if found or left == 0:
                return found
            _signal.poll(*_poll.watches([self], left))


class epoll:
    """select.epoll(sizehint=-1, flags=0)

    An object that watches files for events.
    """

    __slots__ = ("_number", "_watch", "__weakref__")
    __module__ = "select"

    def __init__(self, sizehint=-1, flags=0) -> None:
        if integer(sizehint) <= 0 and sizehint != -1:
            raise ValueError("negative sizehint")
        if integer(flags) & ~_CLOEXEC:
            raise OSError("invalid flags")
        self._number = _table.reserve()
        self._watch = _table.own(self._number).epoll = Watch()

    @classmethod
    def fromfd(cls, fd, /):
        """One more object for the epoll of that number."""
        number = integer(fd)
        handle = _table.get(number)
        if handle is None or handle.epoll is None:
            raise error("EINVAL" if handle or _table.is_file(number) else "EBADF")
        made = cls.__new__(cls)
        made._number, made._watch = number, handle.epoll
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

    def _is_there(self, number: int) -> bool:
        handle = _table.get(number)
        return handle is not None and handle.epoll is self._watch

    def _check(self) -> None:
        self._open()
        # Another object of the same number may have closed it.
        if not self._is_there(self._number):
            raise error("EBADF")

    def close(self, /) -> None:
        """Closes it; nothing else can be done with it then."""
        number, self._number = getattr(self, "_number", -1), -1
        if number >= 0 and self._is_there(number):
            _table.remove(number)

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._number < 0

    def fileno(self, /) -> int:
        """Its number."""
        self._open()
        return self._number

    def _find(self, fd):
        """The number, what it is of, and what is registered for it."""
        self._check()
        number = _poll.number_of(fd)
        handle = _watchable(number)
        if handle is None and not _table.is_file(number):
            raise error("EBADF")
        if handle is None or handle.file or handle is _STDIN and stat.S_ISREG(os.fstat(number).st_mode):
            # Files have no events.
            raise error("EPERM")
        if handle.epoll is self._watch:
            raise error("EINVAL")
        return number, handle, self._watch.find(number, handle)

    def register(self, fd, eventmask=_IN | _PRI | _OUT) -> None:
        """Watches a file for these events; EEXIST if it is watched already."""
        number, handle, registration = self._find(fd)
        events = unsigned(eventmask, 32, "unsigned int")
        if events & _EXCLUSIVE and (events & ~_WITH_EXCLUSIVE or handle.epoll is not None):
            raise error("EINVAL")
        if registration:
            raise error("EEXIST")
        if handle.epoll is not None and (handle.epoll.has(self._watch) or handle.epoll.depth() >= _DEEPEST):
            raise error("ELOOP")
        self._watch.add(number, handle, events)

    def modify(self, fd, eventmask) -> None:
        """Watches a file that is watched already for other events."""
        number, _, registration = self._find(fd)
        events = unsigned(eventmask, 32, "unsigned int")
        if events & _EXCLUSIVE:
            raise error("EINVAL")
        if not registration:
            raise error("ENOENT")
        if registration.exclusive:
            raise error("EINVAL")
        self._watch.modify(number, events)

    def unregister(self, fd) -> None:
        """Watches the file no more."""
        number, _, registration = self._find(fd)
        if not registration:
            raise error("ENOENT")
        self._watch.forget(number)

    def poll(self, timeout=None, maxevents=-1) -> list[tuple[int, int]]:
        """Waits until a file is ready, or for so many seconds; None or a negative number is no limit.

        Returns each that is ready with its events, at most maxevents of them.
        """
        self._check()
        limit = _limit(timeout)
        most = integer(maxevents)
        if most == -1:
            most = 0x7FFF
        elif most <= 0:
            raise ValueError(f"maxevents must be greater than 0, got {most}")
        return self._watch.wait(limit, most)


def _limit(timeout) -> int | None:
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
    return _poll.module(epoll, _CONSTANTS | {"EPOLL_CLOEXEC": _CLOEXEC})
