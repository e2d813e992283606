"""How a call on a socket waits: here, and nowhere else.

Where no signals are listened for, the host waits. Where they are, the call is made without waiting, and what it would wait for is
awaited together with them. Both are as CPython does it on Linux: without a time limit the kernel waits, by its own limits
SO_RCVTIMEO and SO_SNDTIMEO; with one the call is made when the socket is ready.
"""

import errno
import os
import struct
from time import monotonic_ns

from . import _signal
from ._constants import ALL as c
from ._error import call, error, number
from ._table import Handle
from .bindings.imports import berkeley_sockets_option_0_1_0 as wit_option

_IN, _OUT = c["POLLIN"], c["POLLOUT"]
_RDHUP, _ENDED = c["POLLRDHUP"], c["POLLRDHUP"] | c["POLLHUP"] | c["POLLERR"]
_OF_KERNEL = {_IN: c["SO_RCVTIMEO"], _OUT: c["SO_SNDTIMEO"]}
#: What a socket says that is in a state for which there is no such call, as it would not where it is waited for first.
_OF_STATE = {error(name).errno for name in ("EINVAL", "ENOTCONN", "EOPNOTSUPP", "EPIPE")}
_EINPROGRESS, _EALREADY, _EISCONN, _EBADFD = (error(name).errno for name in ("EINPROGRESS", "EALREADY", "EISCONN", "EBADFD"))
#: How often what is ready may turn out not to be, before each further try is preceded by a pause.
_FUTILE = 3
_SHORTEST, _LONGEST = 1_000_000, 50_000_000
#: How long the host waits by itself, where it hears of no signals: most often what a call waits for is on its way.
_MOMENT = 1_000_000
#: After how many calls signals are looked for in any case, and how many there have been.
_OFTEN = 16
_calls = 0
#: What is sent at once where signals are handled in between.
TURN = 1 << 18


def hears(handle: Handle, limit: int | None) -> bool:
    """Whether a call with that time limit is to wait where signals are heard."""
    return _signal.listens() and handle.patience(limit) != 0


def hears_for_ever(handle: Handle, limit: int | None) -> bool:
    """Whether it does so without a time limit, so that the kernel would do all that it was asked for."""
    return _signal.listens() and handle.patience(limit) is None


def at_once(handle: Handle, function, *arguments):
    """Calls the host for that socket without waiting."""
    handle.within(0)
    return call(function, *arguments)


def perform(handle: Handle, limit: int | None, events: int, function, *arguments):
    """Calls the host for that socket; what may wait, waits for these events. The limit is in nanoseconds, as `settimeout` of
    the contract takes it."""
    # What stands here, and in whoever calls this, does without further functions: each costs as much as a part of the call.
    global _calls
    limit = limit or (None if handle.blocks[0] else 0)
    if limit == 0 or _signal._resource is None and not _signal.listens():
        moment = limit
    elif _signal.waits_alone and not (limit is None and handle.limits):
        moment = _MOMENT if limit is None or limit > _MOMENT else limit
        _calls += 1
        if _calls % _OFTEN == 0:
            # Also where no call ever has to wait for long.
            _signal.settle()
    else:
        # The kernel's limit may end the wait, or others are to run meanwhile.
        moment = 0
        if limit is not None:
            handle.within(0)
            return _limited(handle, monotonic_ns() + limit, events, function, arguments)
    if handle.limit != moment:
        handle.within(moment)
    try:
        return call(function, *arguments)
    except OSError as failure:
        if _has_waited(failure):
            if moment == limit:
                raise
        elif not limit or failure.errno not in _OF_STATE or _signal.wait_for(handle.resource, events, 0):
            raise
        else:
            # The call was made too early: it is made once the socket is ready.
            moment = 0
        blocked = failure.with_traceback(None)
    if limit is None:
        return _unlimited(handle, events, function, arguments, blocked)
    return _limited(handle, monotonic_ns() + limit - moment, events, function, arguments)


def perform_ready(handle: Handle, limit: int | None, events: int, function, *arguments):
    """As `perform`, a call that need not wait, and waits all the same where there is a time limit."""
    limit = handle.patience(limit)
    if not limit or not _signal.listens():
        return perform(handle, limit, events, function, *arguments)
    handle.within(0)
    return _limited(handle, monotonic_ns() + limit, events, function, arguments)


def _has_waited(failure: OSError) -> bool:
    """Whether a call was not done because it had to wait. A connection that timed out has a number."""
    return isinstance(failure, BlockingIOError) or isinstance(failure, TimeoutError) and failure.errno is None


def _limited(handle: Handle, deadline: int, events: int, function, arguments):
    """Makes the call whenever the socket is ready, until the moment."""
    pauses = _Pauses()
    while True:
        if not _signal.wait_for(handle.resource, events, max(deadline - monotonic_ns(), 0)):
            raise TimeoutError("timed out")
        try:
            return call(function, *arguments)
        except OSError as failure:
            if not _has_waited(failure) or failure.errno not in (None, errno.EAGAIN):
                raise
        pauses.rest(deadline)
        if monotonic_ns() >= deadline:
            raise TimeoutError("timed out")


def _unlimited(handle: Handle, events: int, function, arguments, blocked: OSError):
    """Makes the call, which had to wait, whenever the socket is ready, as long as the kernel's own limit lets it wait."""
    deadline, pauses = _kernel_deadline(handle, events), _Pauses()
    while True:
        # That nothing more will come is told by what poll(2) tells only if asked.
        told = _signal.wait_for(handle.resource, events | (_RDHUP if events & _IN else 0), _left(deadline))
        if not told:
            raise blocked
        while True:
            try:
                return call(function, *arguments)
            except OSError as failure:
                if not _has_waited(failure):
                    raise
                blocked = failure.with_traceback(None)
            if _is_final(handle, events, told, pauses):
                # The host knows what a call that blocks answers then.
                handle.within(None)
                return call(function, *arguments)
            if not pauses.rest(deadline):
                break
        if _left(deadline) == 0:
            raise blocked


def _is_final(handle: Handle, events: int, told: int, pauses: "_Pauses") -> bool:
    """Whether nothing tells when a call can be done that could not, although it was told to be ready: it was shut down, or
    what it has to have cannot be had. A unix socket's peer has room again at some time."""
    if events & _IN:
        return bool(told & _ENDED)
    return pauses.futile >= _FUTILE and handle.resource.family() != c["AF_UNIX"]


class _Pauses:
    """Pauses, each longer than the one before, for where nothing tells when to try again."""

    def __init__(self) -> None:
        self.futile = 0
        self.length = _SHORTEST

    def rest(self, deadline: int | None) -> bool:
        """Waits a little after some tries; tells whether it did, before the moment."""
        self.futile += 1
        if self.futile <= _FUTILE:
            return False
        left = _left(deadline)
        if left == 0:
            return False
        _signal.poll([], self.length if left is None else min(self.length, left))
        self.length = min(2 * self.length, _LONGEST)
        return True


def _left(deadline: int | None) -> int | None:
    return None if deadline is None else max(deadline - monotonic_ns(), 0)


def _kernel_deadline(handle: Handle, events: int) -> int | None:
    """When the kernel's own limit is over for what begins to wait now; none without a limit."""
    option = _OF_KERNEL[events & (_IN | _OUT)]
    is_negative = handle.limits.get(option)
    if is_negative is None:
        return None
    if is_negative:
        return monotonic_ns()
    try:
        value = call(wit_option.getsockopt_bytes, handle.resource, c["SOL_SOCKET"], option, 16)
        seconds, microseconds = struct.unpack("<qq", value)
    except (OSError, struct.error):
        # A socket, or a system, that has none.
        return None
    limit = seconds * 10**9 + microseconds * 1000
    return monotonic_ns() + limit if limit else None


def when_ready(handle: Handle, function, *arguments):
    """Has the host make a call that receives, and waits for more than one byte, once there is something."""
    deadline = _kernel_deadline(handle, _IN)
    is_ready = _signal.wait_for(handle.resource, _IN, _left(deadline))
    handle.within(None if is_ready else 0)
    return call(function, *arguments)


def receive_whole(handle: Handle, size: int, flags: int) -> bytes:
    """Receives with MSG_WAITALL on a stream that waits without a limit: all of it, up to where the kernel ends it."""
    flags &= ~c["MSG_WAITALL"]
    received = bytearray(perform(handle, None, _IN, handle.resource.recv, size, flags))
    while received and len(received) < size:
        # At urgent data, and where the kernel's limit ends.
        if _signal.wait_for(handle.resource, _IN | c["POLLPRI"], 0) & c["POLLPRI"]:
            break
        try:
            more = perform(handle, None, _IN, handle.resource.recv, size - len(received), flags)
        except OSError:
            # What stopped it is told by the next call, as the kernel does it.
            break
        if not more:
            break
        received += more
    return bytes(received)


def send_all(handle: Handle, limit: int | None, content: bytes | memoryview, flags: int) -> None:
    """Sends all of it on a stream that may wait, and has signals handled meanwhile."""
    sent, failure = send_most(handle, limit, content, flags)
    if failure:
        raise failure


def send_most(handle: Handle, limit: int | None, content: bytes | memoryview, flags: int) -> tuple[int, OSError | None]:
    """Sends all of it, or as much as could be sent; tells how much that is, and what stopped it."""
    deadline = None if limit is None else monotonic_ns() + limit
    at = 0
    while at < len(content):
        left = None if deadline is None else deadline - monotonic_ns()
        if left is not None and left <= 0:
            return at, TimeoutError("timed out")
        try:
            at += perform(handle, left, _OUT, handle.resource.send, content[at : at + TURN], flags)
        except OSError as failure:
            return at, failure
    return at, None


def send(handle: Handle, content: bytes | memoryview, flags: int) -> int:
    """Sends what the kernel would take of it in blocking mode: of a stream all, unless something stops it."""
    sent, failure = send_most(handle, None, content, flags)
    if failure and not sent:
        raise failure
    return sent


def connect(handle: Handle, limit: int | None, address) -> None:
    """Connects to the address, as `perform` calls."""
    limit = handle.patience(limit)
    if limit == 0 or not _signal.listens():
        handle.within(limit)
        return call(handle.resource.connect, address)
    handle.within(0)
    deadline = _kernel_deadline(handle, _OUT) if limit is None else monotonic_ns() + limit
    pauses, under_way = _Pauses(), None
    while True:
        try:
            return call(handle.resource.connect, address)
        except BlockingIOError as failure:
            blocked = failure
        except OSError as failure:
            # So some families tell that what was begun has been done.
            if under_way and failure.errno == _EISCONN:
                return None
            if under_way and failure.errno == _EBADFD:
                return take_error(handle)
            raise
        if limit is not None and blocked.errno != _EINPROGRESS:
            raise blocked
        if blocked.errno in (_EINPROGRESS, _EALREADY):
            # Ready, it says, and is not: what was shut down is always ready.
            if under_way and pauses.rest(deadline):
                continue
            under_way = under_way or blocked
            if not _signal.wait_for(handle.resource, _OUT, _left(deadline)):
                raise under_way if limit is None else TimeoutError("timed out")
            if limit is not None:
                return take_error(handle)
        elif handle.resource.family() != c["AF_UNIX"]:
            # There is no port for it.
            raise blocked
        else:
            # A unix socket's peer has no room for it; nothing tells when it has.
            pauses.futile += _FUTILE
            if not pauses.rest(deadline):
                raise blocked


def take_error(handle: Handle) -> None:
    """Raises the error that SO_ERROR has, and takes it."""
    if code := call(wit_option.getsockopt, handle.resource, c["SOL_SOCKET"], c["SO_ERROR"]):
        raise OSError(number(code), os.strerror(number(code)))
