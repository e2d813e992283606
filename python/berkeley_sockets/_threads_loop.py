"""The event loops of asyncio, whose rounds are run while others wait."""

import sys
from asyncio import base_events
from selectors import EVENT_READ, EVENT_WRITE

from . import _table
from . import _threads_turn as turn
from ._constants import ALL as c
from ._threads_run import is_last
from ._threads_served import Left, Served
from ._threads_wait import deadline_in, is_ready, left_until, let_others
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_IN, _OUT = c["POLLIN"], c["POLLOUT"]
#: What a selector's events are to poll(2).
_POLL = {EVENT_READ: _IN, EVENT_WRITE: _OUT, EVENT_READ | EVENT_WRITE: _IN | _OUT}


class _Loop(Served):
    """An event loop of asyncio's."""

    def __init__(self, loop: base_events.BaseEventLoop) -> None:
        super().__init__()
        self.loop = loop
        self.hooks = sys.get_asyncgen_hooks()
        self.was_run = False

    def interests(self) -> list[wit.Interest]:
        keys = self.loop._selector.get_map().values()
        handles = [(_table.get(key.fd), key.events) for key in keys]
        return [wit.Interest(handle.resource, _POLL[events]) for handle, events in handles if handle and handle.resource]

    def due(self) -> float | None:
        if self.loop._ready or self.loop._stopping:
            return 0
        return self.loop._scheduled[0]._when - self.loop.time() if self.loop._scheduled else None

    def round(self, is_ready: bool) -> None:
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(*self.hooks)
        # With something to do it does not wait.
        self.loop.call_soon(lambda: None)
        self.loop._run_once()
        self.was_run = True
        sys.set_asyncgen_hooks(*before)
        self.is_done = bool(self.thread) and self.loop._stopping

    def end(self) -> None:
        self.loop._run_forever_cleanup()

    def select(self, timeout=None):
        """In the place of its selector's: lets others run, and these may run a round of it."""
        found = self.own_select(0)
        if found or timeout is not None and timeout <= 0:
            return found
        deadline = deadline_in(timeout)
        interests, self.was_run, self.is_idle = self.interests(), False, True
        try:
            let_others(lambda: self.was_run or is_ready(interests), interests, deadline, self)
        finally:
            self.is_idle = False
        # Where a round was run, the loop has to look anew at what there is to do.
        return self.own_select(0 if self.was_run else left_until(deadline))


_run_loop = base_events.BaseEventLoop.run_forever


def run_forever(self):
    """Run until stop() is called, while others wait too."""
    if is_last(sys._getframe(1)):
        self._run_forever_setup()
        raise Left(_Loop(self))
    served = _Loop(self)
    served.is_idle = False
    served.own_select = self._selector.select
    self._selector.select = served.select
    turn.serving.append(served)
    try:
        _run_loop(self)
    finally:
        turn.serving.remove(served)
        del self._selector.select
