"""Threads, which run when another one waits."""

import _thread
import threading
import time
from contextvars import Context

from . import _threads_turn as turn
from ._threads_served import Served
from ._threads_wait import wait


class _Timer(Served):
    """A thread that begins with a wait."""

    def __init__(self, timer: threading.Timer) -> None:
        super().__init__()
        self.timer = timer
        self.deadline = time.monotonic() + timer.interval

    def due(self) -> float:
        return 0 if self.timer.finished.is_set() else self.deadline - time.monotonic()

    def round(self, is_ready: bool) -> None:
        self.is_done = True
        self.timer.interval = 0
        turn.started.append(self.timer)


def start(self: threading.Thread) -> None:
    """Lets the thread run when another one waits."""
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    self._ident = next(_idents)
    # As that of a thread which something else has started.
    self._os_thread_handle = _thread._make_thread_handle(self._ident)
    self._started.set()
    threading._active[self._ident] = self
    if self._context is None:
        self._context = Context()
    if isinstance(self, threading.Timer) and type(self).run is threading.Timer.run:
        turn.serving.append(_Timer(self))
    else:
        turn.started.append(self)


def _numbers():
    number = threading.get_ident()
    while True:
        number += 1
        yield number


_idents = _numbers()


def join(self: threading.Thread, timeout: float | None = None) -> None:
    """Wait until the thread terminates."""
    if not self._initialized:
        raise RuntimeError("Thread.__init__() not called")
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    if self is threading.current_thread():
        raise RuntimeError("cannot join current thread")
    wait(self._os_thread_handle.is_done, None if timeout is None else max(timeout, 0))


_shut_down = threading._shutdown


def shutdown() -> None:
    """Wait until all threads but daemons have ended."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join()
    _shut_down()
