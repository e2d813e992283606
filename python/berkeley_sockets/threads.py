"""Threads for programs that cannot do without, one after the other.

The interpreter has one thread and cannot start more. After `install()` a thread runs to its end inside of its `start()`, and
a task of a `ThreadPoolExecutor` inside of `submit()`. That serves programs which hand out work that comes to an end by
itself, as `socketserver.ThreadingMixIn` and so `http.server` do with each request. A program whose thread waits for what
the starting one does later waits for ever.
"""

import _thread
import threading
from concurrent.futures import Future, ThreadPoolExecutor


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
    threading.Thread.start = _start
    ThreadPoolExecutor.submit = _submit
