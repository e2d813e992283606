"""Threads for programs that cannot do without, one after the other.

The interpreter has one thread and cannot start more. After `install()` a thread runs to its end inside of its `start()`, and
a task of a `ThreadPoolExecutor` inside of `submit()`. That serves programs which hand out work that comes to an end by
itself, as `socketserver.ThreadingMixIn` and so `http.server` do with each request, and asyncio with `to_thread` and
`run_in_executor`. A thread that serves for ever never comes back to the one which started it.
"""

import _thread
import _threading_local
import queue
import threading
import time
from asyncio import events, tasks
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures._base import LOGGER
from concurrent.futures.thread import _WorkItem
from contextvars import Context
from types import TracebackType

from . import _signal

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
            self._wait()
            return True
        if blocking:
            time.sleep(timeout)
        return False

    def _wait(self) -> None:
        """Acquires it when the handler of a signal has freed it."""
        while _signal.may_come():
            _signal.pause()
            if self._lock.acquire(False):
                return
        raise RuntimeError(_DEADLOCK)

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
    """Runs the thread's activity to its end, with a context and without a running event loop, as a new thread has them."""
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if self._started.is_set():
        raise RuntimeError("threads can only be started once")
    number = threading.get_ident()
    starting, loop = threading._active.get(number), events._get_running_loop()
    task = tasks._swap_current_task(loop, None) if loop else None
    self._ident = number
    # As that of a thread which something else has started.
    self._os_thread_handle = _thread._make_thread_handle(number)
    self._started.set()
    threading._active[number] = self
    events._set_running_loop(None)
    try:
        (Context() if self._context is None else self._context).run(self.run)
    except SystemExit:
        pass
    except BaseException:
        self._invoke_excepthook(self)
    finally:
        threading._active[number] = starting
        events._set_running_loop(loop)
        if loop:
            tasks._swap_current_task(loop, task)
        self._os_thread_handle._set_done()


def _submit(self: ThreadPoolExecutor, fn, /, *args, **kwargs) -> Future:
    """Calls the function in a thread, and gives what came of it."""
    with self._shutdown_lock:
        if self._broken:
            raise self.BROKEN(self._broken)
        if self._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
    future: Future = Future()
    item = _WorkItem(future, self._resolve_work_item_task(fn, args, kwargs))
    threading.Thread(target=_work, args=(self, item), name=f"{self._thread_name_prefix}_0").start()
    return future


def _work(executor: ThreadPoolExecutor, item: _WorkItem) -> None:
    """Does what the executor's thread does with one task."""
    context = vars(executor).get("_context")
    if context is None:
        context = executor._create_worker_context()
        try:
            context.initialize()
        except BaseException:
            LOGGER.critical("Exception in initializer:", exc_info=True)
            executor._initializer_failed()
            item.future.set_exception(executor.BROKEN(executor._broken))
            return
        executor._context = context
    item.run(context)


def install() -> None:
    """Lets threads and executors run one after the other in this program."""
    tell_deadlocks()
    threading.Thread.start = _start
    threading.local = _threading_local.local
    ThreadPoolExecutor.submit = _submit
