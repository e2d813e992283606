"""Threads for programs that cannot do without, one after the other.

The interpreter has one thread and cannot start more. After `install()` a thread runs to its end inside of its `start()`, and
a task of a `ThreadPoolExecutor` inside of `submit()`. That serves programs which hand out work that comes to an end by
itself, as `socketserver.ThreadingMixIn` and so `http.server` do with each request, and asyncio with `to_thread` and
`run_in_executor`. A thread that serves for ever never comes back to the one which started it.
"""

import _thread
import queue
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

_DEADLOCK = "this would wait for ever: there are no other threads that run meanwhile"


class Lock:
    """A lock, as `threading.Lock`, for programs of one thread: whoever waits for it, nobody frees it."""

    __slots__ = ("__weakref__", "_lock")
    __module__ = "threading"

    def __init__(self) -> None:
        self._lock = _thread.allocate_lock()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquires the lock. Returns whether it did, after the time limit in seconds.

        RuntimeError: it is held, and there is no limit.
        """
        # Without a limit the lock itself would wait, and end the program. It tells of wrong arguments.
        limited = not blocking or timeout != -1
        if self._lock.acquire(blocking, timeout) if limited else self._lock.acquire(False):
            return True
        if not limited:
            raise RuntimeError(_DEADLOCK)
        if blocking:
            time.sleep(timeout)
        return False

    def release(self) -> None:
        """Frees the lock. RuntimeError: it is free."""
        self._lock.release()

    def locked(self) -> bool:
        """Whether it is held."""
        return self._lock.locked()

    def _at_fork_reinit(self) -> None:
        self._lock = _thread.allocate_lock()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

    def __repr__(self) -> str:
        return f"<{'locked' if self.locked() else 'unlocked'} {type(self).__name__} object at {id(self):#x}>"


def tell_deadlocks() -> None:
    """Lets what waits for ever get a RuntimeError: for a lock, an event, a queue, a future that only another thread could
    give it. The interpreter's own locks end the program then. With a time limit they wait for that time."""
    threading.Lock = threading._allocate_lock = Lock  # type: ignore[attr-defined,misc,assignment]
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]


def _start(self: threading.Thread) -> None:
    """Runs the thread's activity to its end."""
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    number = threading.get_ident()
    starting = threading._active.get(number)
    self._ident = number
    # As that of a thread which something else has started.
    self._os_thread_handle = _thread._make_thread_handle(number)
    self._started.set()
    threading._active[number] = self
    try:
        self.run()
    except SystemExit:
        pass
    except BaseException:
        self._invoke_excepthook(self)
    finally:
        threading._active[number] = starting
        self._os_thread_handle._set_done()


def _submit(self: ThreadPoolExecutor, fn, /, *args, **kwargs) -> Future:
    """Calls the function, and gives what came of it."""
    with self._shutdown_lock:
        if self._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
    future: Future = Future()
    future.set_running_or_notify_cancel()
    try:
        future.set_result(fn(*args, **kwargs))
    except BaseException as error:
        future.set_exception(error)
    return future


def install() -> None:
    """Lets threads and executors run one after the other in this program."""
    tell_deadlocks()
    threading.Thread.start = _start
    ThreadPoolExecutor.submit = _submit
