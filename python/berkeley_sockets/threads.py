"""Threads for programs that cannot do without, in the one that there is.

The interpreter has one thread and cannot start more. After `install()` a thread that was started runs while another one
waits: for a socket, a lock, a queue, a time, another thread. It runs to its end, and only then the one that waits goes on.
So do the tasks of executors. That serves programs which hand out work that comes to an end by itself, as
`socketserver.ThreadingMixIn` and so `http.server` do with each request, and asyncio with `to_thread` and
`run_in_executor`.

What serves for ever can run beside others where it is a loop of the library's: `socketserver`'s `serve_forever` and asyncio's
event loops. Each of their rounds is one more thing that runs while others wait. In a thread such a loop must be the last
thing that its functions do, outside of `with` and `try`: they are left there and then.
"""

import _thread
import _threading_local
import queue
import socketserver
import threading
from asyncio import base_events
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

from . import _signal
from . import _threads_turn as turn
from ._threads_executor import submit
from ._threads_lock import Lock
from ._threads_loop import run_forever
from ._threads_server import handle, serve_forever
from ._threads_thread import join, shutdown, start
from ._threads_wait import poll

__all__ = "install", "tell_deadlocks"


def tell_deadlocks() -> None:
    """Lets what waits for ever get a RuntimeError: for a lock, an event, a queue, a future that only another thread could
    give it. The interpreter's own locks end the program then. With a time limit they wait for that time."""
    threading.Lock = threading._allocate_lock = Lock  # type: ignore[attr-defined,misc,assignment]
    for name in "allocate_lock", "allocate", "lock", "LockType":
        setattr(_thread, name, Lock)
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]


def _replace(owner: type, **functions) -> None:
    """Puts the functions in the place of the class's own, by their names."""
    for name, function in functions.items():
        function.__name__, function.__qualname__ = name, f"{owner.__qualname__}.{name}"
        setattr(owner, name, function)


def install() -> None:
    """Lets threads and executors run one after the other in this program."""
    tell_deadlocks()
    _signal.poll = poll
    _signal.waits_alone = False
    # So that nothing waits but there.
    _signal.listens = lambda: True
    threading.get_ident = lambda: turn.ident
    _replace(threading.Thread, start=start, join=join)
    threading._shutdown = shutdown
    threading.local = _threading_local.local
    _replace(ThreadPoolExecutor, submit=submit)
    _replace(socketserver.BaseServer, serve_forever=serve_forever)
    _replace(base_events.BaseEventLoop, run_forever=run_forever)
    _replace(BaseHTTPRequestHandler, handle=handle)
