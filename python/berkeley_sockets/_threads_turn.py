"""Whose turn it is: the threads that run one after the other, and those that wait for it."""

import threading
from asyncio import events, tasks
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._threads_served import Served

#: The threads that were started and have not run yet.
started: deque[threading.Thread] = deque()
#: The loops that serve.
serving: list["Served"] = []
#: Of each that waits: whether it could go on. The last is the one that others run in now.
waiting: list[Callable[[], bool]] = []
#: The threads that run, each in the wait of the one before it.
running: list[threading.Thread] = []
#: The number of the last of them, or of the main thread.
ident = threading.get_ident()


class As:
    """What runs meanwhile is of the thread of this number, which may be none of `threading`'s, and of this event loop."""

    def __init__(self, ident: int, thread: threading.Thread | None, loop=None) -> None:
        self.ident, self.thread, self.loop = ident, thread, loop

    def __enter__(self) -> None:
        global ident
        if self.thread:
            running.append(self.thread)
        self.before = ident, events._get_running_loop()
        self.task = tasks._swap_current_task(self.before[1], None) if self.before[1] else None
        ident = self.ident
        events._set_running_loop(self.loop)

    def __exit__(self, *_) -> None:
        global ident
        ident, loop = self.before
        events._set_running_loop(loop)
        if loop:
            tasks._swap_current_task(loop, self.task)
        if self.thread:
            running.pop()


def end(thread: threading.Thread) -> None:
    """Has the thread have ended."""
    threading._active.pop(thread._ident, None)
    thread._os_thread_handle._set_done()
