"""Signals: those of the host, those that the program sends itself, and those of its timers.

The command that runs the program tells it of signals over a socket, in whose place elsewhere there is none: then only the
program itself sends some. What waits awaits that socket too, and runs the handlers; as PEP 475 has it, it goes on waiting
when they return. Nothing interrupts what computes.
"""

import enum
import os
import signal
import sys
import time
from collections.abc import Iterable
from operator import index

from . import _preopened, _table
from ._argument import integer, nanoseconds
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit_poll

#: By which name the socket is open before the program starts, and what is said over it of a signal.
_NAME = "signals"
_DEFAULT, _HANDLED, _TAKEN = range(3)
#: What follows the number of a signal that has come, and is said of it when it is taken.
_TOKEN_SIZE = 8
_NO_TOKEN = bytes(_TOKEN_SIZE)
#: The signals that the host tells of, by Linux's numbers, and those of them that it has been asked for.
_TOLD = {1, 2, 3, 10, 12, 15, 28}
_heard: set[int] = set()

#: What signals do that nobody handles, where it is not the end.
_HARMLESS = {signal.SIGCHLD, signal.SIGCONT, signal.SIGURG, signal.SIGWINCH}
#: A shell tells so that a signal ended a process.
_ENDED = 128
_IN = c["POLLIN"]
#: As long as there is no limit.
_LONGEST = 2**63

ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = range(3)


class Sigmasks(enum.IntEnum):
    SIG_BLOCK = 0
    SIG_UNBLOCK = 1
    SIG_SETMASK = 2


class itimer_error(OSError):
    """What `setitimer` fails with."""


itimer_error.__module__ = "signal"

_signal, _raise, _sleep = signal.signal, signal.raise_signal, time.sleep
_resource = None
_wakeup = -1
_warns = True
_blocked: set[int] = set()
_pending: set[int] = set()
#: When the timer fires, by the monotonic clock in nanoseconds, and how much later again.
_alarm: int | None = None
_interval = 0
#: How many signals have come.
_come = 0


def listen(ignored: Iterable[int] = ()) -> None:
    """Has the host tell of signals from now on, where it does; those are ignored from the start on."""
    global _resource
    _resource = _preopened.take(_NAME)
    for number in ignored:
        # Nothing is said: the host ignores it too.
        _signal(number, signal.SIG_IGN)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:
        _say(signal.SIGINT)


def listens() -> bool:
    """Whether what waits may be interrupted."""
    return _resource is not None or _alarm is not None


def may_come() -> bool:
    """Whether the program awaits signals: it handles some itself, or its timer runs."""
    if _alarm is not None:
        return True
    handlers = map(signal.getsignal, signal.Signals)
    return _resource is not None and any(map(callable, {*handlers} - {signal.default_int_handler}))


def _say(number: int) -> None:
    """Tells the host what the program does with the signal."""
    default = signal.getsignal(number) in (signal.SIG_DFL, None)
    _send(number, _DEFAULT if default else _HANDLED)
    if not default and number in _TOLD and number not in _heard:
        # From then on the host does not let the signal end the program.
        while _resource is not None and number not in _heard:
            call(wit_poll.poll, [wit_poll.Interest(_resource, _IN)], None)
            _take()


def _send(number: int, what: int, token: bytes = _NO_TOKEN) -> None:
    """Sends the host a message, which hears it soon; one that has closed the socket hears nothing."""
    while _resource is not None:
        try:
            call(_resource.send, bytes([number, what]) + token, 0)
            return
        except BlockingIOError:
            call(wit_poll.poll, [wit_poll.Interest(_resource, c["POLLOUT"])], None)
        except OSError:
            return


def _take() -> None:
    """Does what the signals do that the host tells of."""
    global _resource
    length = 1 + _TOKEN_SIZE
    try:
        told = call(_resource.recv, length * len(signal.Signals), 0)
    except BlockingIOError:
        return
    except OSError:
        told = b""
    if not told:
        _resource = None
    numbers = []
    for at, number in enumerate(told[::length]):
        token = told[at * length + 1 : (at + 1) * length]
        if token == _NO_TOKEN:
            _heard.add(number)
        else:
            _send(number, _TAKEN, token)
            numbers.append(number)
    _send_all(numbers)


def _send_all(numbers: Iterable[int]) -> None:
    """Sends the program these signals; the others come later where a handler of one raises."""
    rest = list(numbers)
    while rest:
        number = rest.pop(0)
        try:
            send(number)
        except BaseException:
            _pending.update(rest)
            raise


def send(number: int) -> None:
    """Sends the program a signal: its handler runs, or what the signal does by itself happens."""
    global _come
    handled = signal.getsignal(number)
    if number in (signal.SIGKILL, signal.SIGSTOP):
        os._exit(_ENDED + number)
    if number in _blocked:
        _pending.add(number)
    elif handled in (signal.SIG_DFL, None):
        if number not in _HARMLESS:
            os._exit(_ENDED + number)
    elif handled != signal.SIG_IGN:
        _come += 1
        if _wakeup != -1:
            _wake(number)
        _raise(number)


def _wake(number: int) -> None:
    """Writes the number where `set_wakeup_fd` says."""
    try:
        os.write(_wakeup, bytes([number]))
    except BlockingIOError as failure:
        if _warns:
            print("Exception ignored when trying to send to the signal wakeup fd:", failure, file=sys.stderr)
    except OSError as failure:
        print("Exception ignored when trying to write to the signal wakeup fd:", failure, file=sys.stderr)


def poll(interests: list, limit: int | None) -> list[int]:
    """Waits for events of sockets, in nanoseconds, and runs the handlers of signals meanwhile."""
    if not listens():
        return call(wit_poll.poll, interests, _LONGEST if limit is None and not interests else limit)
    left, deadline = limit, time.monotonic_ns() + limit if limit else None
    while True:
        told = _poll_once(interests, left)
        if left == 0 or any(told):
            return told
        if deadline is not None:
            left = max(deadline - time.monotonic_ns(), 0)
            if left == 0:
                return told


def _poll_once(interests: list, limit: int | None) -> list[int]:
    """Waits for so long, or until the timer's moment, and does what signals do that have come."""
    limit = _until_alarm(limit)
    if _resource is None:
        told = call(wit_poll.poll, interests, _LONGEST if limit is None and not interests else limit)
    else:
        *told, come = call(wit_poll.poll, [*interests, wit_poll.Interest(_resource, _IN)], limit)
        if come:
            _take()
    _ring()
    return told


def _until_alarm(limit: int | None) -> int | None:
    """How long to wait, so that the timer is heard."""
    if _alarm is None:
        return limit
    left = max(_alarm - time.monotonic_ns(), 0)
    return left if limit is None else min(limit, left)


#: Whether nothing else of the program runs while something is waited for.
waits_alone = True


class Poller:
    """A poller of the contract's, which may hear of signals too."""

    __slots__ = ("hears", "resource")

    def __init__(self, resource) -> None:
        # What it watches may be dropped later than at the program's end.
        resource.finalizer.atexit = False
        self.resource = resource
        #: The socket by which it hears of them.
        self.hears = None


#: By which token a poller tells of signals; nothing else has it.
_SIGNALS = 0


def wait(poller: Poller, most: int, limit: int | None) -> list[tuple[int, int]]:
    """Waits for what a poller watches, in nanoseconds, and runs the handlers of signals meanwhile. Tokens and events."""
    if not listens():
        return [(event.token, event.events) for event in call(poller.resource.wait, most, limit)]
    left, deadline = limit, time.monotonic_ns() + limit if limit else None
    while True:
        if _resource is not poller.hears and _resource is not None:
            call(poller.resource.add, _resource, _IN, _SIGNALS)
            poller.hears = _resource
        events = call(poller.resource.wait, most, _until_alarm(left))
        told = [(event.token, event.events) for event in events if event.token != _SIGNALS]
        if len(told) < len(events):
            _take()
        _ring()
        if told or left == 0:
            return told
        if deadline is not None:
            left = max(deadline - time.monotonic_ns(), 0)
            if left == 0:
                return told


def _ring() -> None:
    """Sends the signal of the timer, if it is time."""
    global _alarm
    if _alarm is not None and time.monotonic_ns() >= _alarm:
        _alarm = _alarm + _interval if _interval else None
        send(signal.SIGALRM)


def settle() -> None:
    """Does what the signals do that have come by now."""
    if listens():
        _poll_once([], 0)


def rest(limit: float) -> None:
    """Waits for so many seconds, or less where a signal comes."""
    if listens():
        _poll_once([], int(limit * 1e9))
    else:
        _sleep(limit)


def wait_for(resource, events: int, limit: int | None) -> int:
    """Waits for events of one socket, and tells which there are."""
    return poll([wit_poll.Interest(resource, events)], limit)[0]


# What `signal` has on Linux.


def signal_(signalnum, handler):
    """Sets the handler of a signal, and returns the one before."""
    before = _signal(signalnum, handler)
    _say(int(signalnum))
    return before


def raise_signal(signalnum, /) -> None:
    """Sends a signal to the program."""
    number = integer(signalnum)
    if number not in signal.Signals._value2member_map_:
        raise error("EINVAL")
    send(number)


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True) -> int:
    """Has the number of each signal written to that file or socket, which must not block. Returns the one before."""
    global _wakeup, _warns
    number = integer(fd)
    if number != -1:
        if number < 0 or _table.get(number) is None and not _table.is_file(number):
            raise error("EBADF") if number >= 0 else ValueError("invalid fd")
        if os.get_blocking(number):
            raise ValueError(f"the fd {number} must be in non-blocking mode")
    before, _wakeup, _warns = _wakeup, number, bool(warn_on_full_buffer)
    return before


def siginterrupt(signalnum, flag, /) -> None:
    """Says whether the signal interrupts calls to the system, which nobody notices here: they are made again."""
    _number(signalnum)


def valid_signals() -> set:
    """The signals that there are."""
    return set(signal.Signals)


def _number(signalnum) -> int:
    number = integer(signalnum)
    if not 1 <= number < 65:
        raise ValueError("signal number out of range")
    return number


def _mask(sigset) -> set[int]:
    """The numbers of a set of signals."""
    numbers = set(map(index, sigset))
    for number in numbers:
        if not 1 <= number < 65:
            raise ValueError(f"signal number {number} out of range [1; 64]")
    return numbers


def _signals(numbers: Iterable[int]) -> set:
    known = signal.Signals._value2member_map_
    return {known.get(number, number) for number in numbers}


def pthread_sigmask(how, mask, /) -> set:
    """Changes which signals wait until they are let in, and returns those that did."""
    before, numbers = _signals(_blocked), _mask(mask)
    if how == Sigmasks.SIG_BLOCK:
        _blocked.update(numbers)
    elif how == Sigmasks.SIG_UNBLOCK:
        _blocked.difference_update(numbers)
    elif how == Sigmasks.SIG_SETMASK:
        _blocked.intersection_update(numbers)
        _blocked.update(numbers)
    else:
        raise error("EINVAL")
    let_in = _pending - _blocked
    _pending.difference_update(let_in)
    _send_all(sorted(let_in))
    return before


def sigpending() -> set:
    """The signals that wait to be let in."""
    return _signals(_pending)


def sigwait(sigset, /):
    """Waits for one of these signals, which are not let in, and takes it."""
    numbers = _mask(sigset)
    while not (found := _pending & numbers):
        _poll_once([], None)
    _pending.discard(min(found))
    return _signals({min(found)}).pop()


def pause() -> None:
    """Waits for a signal."""
    before = _come
    while _come == before:
        _poll_once([], None)


def alarm(seconds, /) -> int:
    """Has SIGALRM come in so many seconds; 0 is never. Returns how many were left."""
    left, _ = setitimer(ITIMER_REAL, integer(seconds))
    return -int(-left // 1)


def setitimer(which, seconds, interval=0.0, /) -> tuple[float, float]:
    """Has SIGALRM come in so many seconds, and again after the interval. Returns what was set before."""
    global _alarm, _interval
    before = getitimer(which)
    limit, again = nanoseconds(seconds), nanoseconds(interval)
    _alarm = time.monotonic_ns() + limit if limit else None
    _interval = again
    return before


def getitimer(which, /) -> tuple[float, float]:
    """How many seconds are left until SIGALRM comes, and after how many it comes again."""
    if integer(which) != ITIMER_REAL:
        # WASI has no clock of what the program alone uses.
        failure = error("EINVAL")
        raise itimer_error(failure.errno, failure.strerror)
    left = 0.0 if _alarm is None else max(_alarm - time.monotonic_ns(), 1) / 1e9
    return left, _interval / 1e9


def sleep(seconds, /) -> None:
    """Waits for so many seconds."""
    if not listens():
        _sleep(seconds)
        return
    try:
        limit = nanoseconds(seconds)
    except ValueError:
        raise ValueError("sleep length must be non-negative") from None
    if limit is None:
        raise TypeError("'NoneType' object cannot be interpreted as an integer or float")
    poll([], limit)


_FUNCTIONS = [
    raise_signal,
    set_wakeup_fd,
    siginterrupt,
    valid_signals,
    pthread_sigmask,
    sigpending,
    sigwait,
    pause,
    alarm,
    setitimer,
    getitimer,
]


def install() -> None:
    """Puts all of it into `signal`, and `sleep` into `time`."""
    signal_.__name__ = signal_.__qualname__ = "signal"
    sleep.__module__ = "time"
    for function in (signal_, *_FUNCTIONS):
        function.__module__ = "signal"
        setattr(signal, function.__name__, staticmethod(function))
    time.sleep = staticmethod(sleep)
    signal.__dict__.update(Sigmasks.__members__)
    names = {"ITIMER_REAL": ITIMER_REAL, "ITIMER_VIRTUAL": ITIMER_VIRTUAL, "ITIMER_PROF": ITIMER_PROF}
    signal.__dict__.update(names, Sigmasks=Sigmasks, itimer_error=itimer_error, ItimerError=itimer_error)
    signal.SIGCHLD._add_alias_("SIGCLD")
    signal.SIGCLD = signal.SIGCHLD
