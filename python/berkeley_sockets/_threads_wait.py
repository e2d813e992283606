"""Waiting, in which others run."""

import threading
import time
import warnings
from collections.abc import Callable
from weakref import WeakSet

from . import _signal
from . import _threads_turn as turn
from ._error import call
from ._threads_run import run
from ._threads_served import Served
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_DEADLOCK = "this would wait for ever: there are no other threads that run meanwhile"
_STUCK = (
    "this thread waits, while the one in whose wait it runs could go on, but does so only when this one has ended; if that is"
    " whom it waits for, both wait for ever"
)
#: After how many seconds a wait is suspected to be for ever.
_PATIENCE = 5.0

poll_alone = _signal.poll


def wait(is_over: Callable[[], bool], limit: float | None = None) -> bool:
    """Waits until that holds, at most for so many seconds. Returns whether it does.

    RuntimeError: there is no limit, and nobody who could do something about it.
    """
    deadline = deadline_in(limit)
    if let_others(is_over, [], deadline):
        return True
    if deadline is not None:
        thread = turn.running[-1] if turn.running else None
        if thread and thread not in _hurried and can_go_on():
            # One that waits for more to do ends so, once.
            _hurried.add(thread)
            return False
        while left := left_until(deadline):
            # The handler of a signal may end the wait, or start a thread that does.
            _signal.rest(left)
            if let_others(is_over, [], deadline):
                return True
        return is_over()
    if not can_go_on():
        # Handlers of signals may do something about it.
        while _signal.may_come():
            _signal.pause()
            if is_over():
                return True
    elif turn.running and turn.running[-1].daemon:
        # One that waits for more to do, and would be ended with the program.
        raise SystemExit
    raise RuntimeError(_DEADLOCK)


#: Threads whose wait with a limit was cut short.
_hurried: WeakSet[threading.Thread] = WeakSet()
#: Since when one that waits could go on, and whether that was told of.
_since: float | None = None
_was_told = False


def _suspect() -> None:
    """Warns where one that waits could have gone on for long."""
    global _since, _was_told
    if not can_go_on():
        _since = None
    elif _since is None:
        _since = time.monotonic()
    elif time.monotonic() - _since >= _PATIENCE and not _was_told:
        _was_told = True
        warnings.warn(_STUCK, RuntimeWarning, stacklevel=6)


def can_go_on() -> bool:
    """Whether one of those that wait could go on, if they were not beneath the one that runs."""
    return any(could_go_on() for could_go_on in turn.waiting)


def idle(but: Served | None = None) -> list[Served]:
    return [served for served in turn.serving if served.is_idle and served is not but]


def let_others(
    is_over: Callable[[], bool], interests: list[wit.Interest], deadline: float | None, but: Served | None = None
) -> bool:
    """Lets others run until that holds. Whether it does: not if the time is over, or if nobody else is there."""
    turn.waiting.append(lambda: is_over() or deadline is not None and time.monotonic() >= deadline)
    try:
        while not is_over():
            left = left_until(deadline)
            if left == 0:
                return False
            if turn.started:
                run(turn.started.popleft())
            elif others := idle(but):
                _serve(others, interests, left)
            else:
                return False
    finally:
        turn.waiting.pop()
    return True


def _serve(others: list[Served], interests: list[wit.Interest], limit: float | None) -> None:
    """Waits until one of them has something to do, and lets it do that."""
    watched = [(served, served.interests()) for served in others]
    limits = [due for served in others if (due := served.due()) is not None] + ([] if limit is None else [limit])
    every = interests + [interest for _, own in watched for interest in own]
    events = poll_alone(every, int(max(0, min(limits)) * 1e9) if limits else None)
    at = len(interests)
    for served, own in watched:
        is_ready = any(events[at : at + len(own)])
        at += len(own)
        due = served.due()
        if served.is_idle and (is_ready or due is not None and due <= 0):
            served.step(is_ready)


def poll(interests: list[wit.Interest], limit: int | None) -> list[int]:
    """Waits for events of sockets, in nanoseconds, while others run."""
    if limit == 0 or not (turn.started or turn.waiting or idle()):
        return poll_alone(interests, limit)
    deadline = deadline_in(None if limit is None else limit / 1e9)
    let_others(lambda: is_ready(interests), interests, deadline)
    while turn.waiting and not _was_told:
        _suspect()
        left = left_until(deadline)
        limit = _PATIENCE if left is None else min(left, _PATIENCE)
        events = poll_alone(interests, int(limit * 1e9))
        if any(events) or limit == left:
            return events
    left = left_until(deadline)
    return poll_alone(interests, None if left is None else int(left * 1e9))


def is_ready(interests: list[wit.Interest]) -> bool:
    """Whether one of the sockets has an event."""
    return bool(interests) and any(call(wit.poll, interests, 0))


def deadline_in(limit: float | None) -> float | None:
    """The moment that is so many seconds from now."""
    return None if limit is None else time.monotonic() + limit


def left_until(deadline: float | None) -> float | None:
    """How many seconds are left."""
    return None if deadline is None else max(0, deadline - time.monotonic())
