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
import dis
import queue
import socketserver
import sys
import threading
import time
import warnings
from asyncio import base_events, events, tasks
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures._base import LOGGER
from concurrent.futures.thread import _WorkItem
from contextvars import Context
from http.server import BaseHTTPRequestHandler
from selectors import EVENT_READ, EVENT_WRITE
from types import FrameType, TracebackType
from weakref import WeakSet

from . import _signal, _table
from ._constants import ALL as c
from ._error import call
from .bindings.imports import berkeley_sockets_poll_0_1_0 as wit

_DEADLOCK = "this would wait for ever: there are no other threads that run meanwhile"
_ENDLESS = "this thread serves for ever, and those that started it wait; let serving be the last thing that its functions do"
_STUCK = (
    "this thread waits, while the one in whose wait it runs could go on, but does so only when this one has ended; if that is"
    " whom it waits for, both wait for ever"
)
#: After how many seconds a wait is suspected to be for ever.
_PATIENCE = 5.0
_IN, _OUT = c["POLLIN"], c["POLLOUT"]


#: Makes one of the interpreter's own locks.
_allocate = _thread.allocate_lock


class Lock:
    """A lock, as `threading.Lock`, for programs of one thread: whoever waits for it, nobody else frees it meanwhile but
    those threads that run one after the other."""

    __slots__ = ("__weakref__", "_lock")
    __module__ = "threading"

    def __init__(self) -> None:
        self._lock = _allocate()

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquires the lock. Returns whether it did, after the time limit in seconds.

        RuntimeError: it is held, and there is no limit.
        """
        # The lock itself must not wait: no signal would be heard, and without a limit it ends the program. It tells of wrong
        # arguments.
        limited = not blocking or timeout != -1
        waits = blocking and isinstance(timeout, (int, float)) and 0 < timeout <= _thread.TIMEOUT_MAX
        if self._lock.acquire(blocking, 0 if waits else timeout) if limited else self._lock.acquire(False):
            return True
        return blocking and wait(lambda: not self.locked(), timeout if limited else None) and self._lock.acquire(False)

    def release(self) -> None:
        """Frees the lock. RuntimeError: it is free."""
        self._lock.release()

    def locked(self) -> bool:
        """Whether it is held."""
        return self._lock.locked()

    def _at_fork_reinit(self) -> None:
        self._lock = _allocate()

    # As they were called once.
    acquire_lock, release_lock, locked_lock = acquire, release, locked

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
    for name in "allocate_lock", "allocate", "lock", "LockType":
        setattr(_thread, name, Lock)
    queue.SimpleQueue = queue._PySimpleQueue  # type: ignore[attr-defined,misc]


# Waiting.

#: The threads that were started and have not run yet.
_started: deque[threading.Thread] = deque()
#: The loops that serve.
_serving: list["_Served"] = []
#: Of each that waits: whether it could go on. The last is the one that others run in now.
_waiting: list[Callable[[], bool]] = []
#: The threads that run, each in the wait of the one before it.
_running: list[threading.Thread] = []
#: The number of the last of them, or of the main thread.
_ident = threading.get_ident()

_poll_alone = _signal.poll


def wait(is_over: Callable[[], bool], limit: float | None = None) -> bool:
    """Waits until that holds, at most for so many seconds. Returns whether it does.

    RuntimeError: there is no limit, and nobody who could do something about it.
    """
    deadline = _deadline(limit)
    if _let_others(is_over, [], deadline):
        return True
    if deadline is not None:
        thread = _running[-1] if _running else None
        if thread and thread not in _hurried and _can_go_on():
            # One that waits for more to do ends so, once.
            _hurried.add(thread)
            return False
        while left := _left(deadline):
            # The handler of a signal may end the wait, or start a thread that does.
            _signal.rest(left)
            if _let_others(is_over, [], deadline):
                return True
        return is_over()
    if not _can_go_on():
        # Handlers of signals may do something about it.
        while _signal.may_come():
            _signal.pause()
            if is_over():
                return True
    elif _running and _running[-1].daemon:
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
    if not _can_go_on():
        _since = None
    elif _since is None:
        _since = time.monotonic()
    elif time.monotonic() - _since >= _PATIENCE and not _was_told:
        _was_told = True
        warnings.warn(_STUCK, RuntimeWarning, stacklevel=6)


def _can_go_on() -> bool:
    """Whether one of those that wait could go on, if they were not beneath the one that runs."""
    return any(could_go_on() for could_go_on in _waiting)


def _others(but: "_Served | None" = None) -> list["_Served"]:
    return [served for served in _serving if served.is_idle and served is not but]


def _let_others(
    is_over: Callable[[], bool], interests: list[wit.Interest], deadline: float | None, but: "_Served | None" = None
) -> bool:
    """Lets others run until that holds. Whether it does: not if the time is over, or if nobody else is there."""
    _waiting.append(lambda: is_over() or deadline is not None and time.monotonic() >= deadline)
    try:
        while not is_over():
            left = _left(deadline)
            if left == 0:
                return False
            if _started:
                _run(_started.popleft())
            elif others := _others(but):
                _serve(others, interests, left)
            else:
                return False
    finally:
        _waiting.pop()
    return True


def _serve(others: list["_Served"], interests: list[wit.Interest], limit: float | None) -> None:
    """Waits until one of them has something to do, and lets it do that."""
    watched = [(served, served.interests()) for served in others]
    limits = [due for served in others if (due := served.due()) is not None] + ([] if limit is None else [limit])
    every = interests + [interest for _, own in watched for interest in own]
    events = _poll_alone(every, int(max(0, min(limits)) * 1e9) if limits else None)
    at = len(interests)
    for served, own in watched:
        is_ready = any(events[at : at + len(own)])
        at += len(own)
        due = served.due()
        if served.is_idle and (is_ready or due is not None and due <= 0):
            served.step(is_ready)


def _poll(interests: list[wit.Interest], limit: int | None) -> list[int]:
    """Waits for events of sockets, in nanoseconds, while others run."""
    if limit == 0 or not (_started or _waiting or _others()):
        return _poll_alone(interests, limit)
    deadline = _deadline(None if limit is None else limit / 1e9)
    _let_others(lambda: _is_ready(interests), interests, deadline)
    while _waiting and not _was_told:
        _suspect()
        left = _left(deadline)
        limit = _PATIENCE if left is None else min(left, _PATIENCE)
        events = _poll_alone(interests, int(limit * 1e9))
        if any(events) or limit == left:
            return events
    left = _left(deadline)
    return _poll_alone(interests, None if left is None else int(left * 1e9))


def _is_ready(interests: list[wit.Interest]) -> bool:
    """Whether one of the sockets has an event."""
    return bool(interests) and any(call(wit.poll, interests, 0))


def _deadline(limit: float | None) -> float | None:
    """The moment that is so many seconds from now."""
    return None if limit is None else time.monotonic() + limit


def _left(deadline: float | None) -> float | None:
    """How many seconds are left."""
    return None if deadline is None else max(0, deadline - time.monotonic())


# Threads.


class _As:
    """What runs meanwhile is of the thread of this number, which may be none of `threading`'s, and of this event loop."""

    def __init__(self, ident: int, thread: threading.Thread | None, loop=None) -> None:
        self.ident, self.thread, self.loop = ident, thread, loop

    def __enter__(self) -> None:
        global _ident
        if self.thread:
            _running.append(self.thread)
        self.before = _ident, events._get_running_loop()
        self.task = tasks._swap_current_task(self.before[1], None) if self.before[1] else None
        _ident = self.ident
        events._set_running_loop(self.loop)

    def __exit__(self, *_) -> None:
        global _ident
        _ident, loop = self.before
        events._set_running_loop(loop)
        if loop:
            tasks._swap_current_task(loop, self.task)
        if self.thread:
            _running.pop()


def _start(self: threading.Thread) -> None:
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
        _serving.append(_Timer(self))
    else:
        _started.append(self)


def _numbers():
    number = threading.get_ident()
    while True:
        number += 1
        yield number


_idents = _numbers()


def _run(thread: threading.Thread) -> None:
    """Runs the thread's activity to its end, with a context and without a running event loop, as a new thread has them."""
    with _As(thread._ident, thread):
        try:
            thread._context.run(thread.run)
        except _Left as left:
            left.served.thread = thread
            _serving.append(left.served)
            return
        except SystemExit:
            pass
        except BaseException:
            thread._invoke_excepthook(thread)
    _end(thread)


def _end(thread: threading.Thread) -> None:
    threading._active.pop(thread._ident, None)
    thread._os_thread_handle._set_done()


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    """Wait until the thread terminates."""
    if not self._initialized:
        raise RuntimeError("Thread.__init__() not called")
    if not self._started.is_set():
        raise RuntimeError("cannot join thread before it is started")
    if self is threading.current_thread():
        raise RuntimeError("cannot join current thread")
    wait(self._os_thread_handle.is_done, None if timeout is None else max(timeout, 0))


_shut_down = threading._shutdown


def _shutdown() -> None:
    """Wait until all threads but daemons have ended."""
    for thread in threading.enumerate():
        if not thread.daemon and thread is not threading.main_thread():
            thread.join()
    _shut_down()


# What serves for ever.


class _Left(BaseException):
    """Leaves the functions of a thread that ends in a loop which serves."""

    def __init__(self, served: "_Served") -> None:
        super().__init__()
        self.served = served


class _Served:
    """A loop whose rounds others run while they wait."""

    #: Whether a round of it may be run now.
    is_idle = True
    is_done = False
    #: Why it ended.
    error: BaseException | None = None
    #: The thread that it is of, where its functions were left.
    thread: threading.Thread | None = None
    #: What runs a round as that of an event loop.
    loop = None

    def __init__(self) -> None:
        self.ident = _ident

    def interests(self) -> list[wit.Interest]:
        """What it waits for."""
        return []

    def due(self) -> float | None:
        """In how many seconds it has something to do in any case."""

    def round(self, is_ready: bool) -> None:
        """Does what there is to do."""

    def end(self) -> None:
        """Tidies up."""

    def step(self, is_ready: bool) -> None:
        """Runs a round, as a part of its thread."""
        self.is_idle = False
        run = self.thread._context.run if self.thread else lambda function, *arguments: function(*arguments)
        with _As(self.ident, self.thread, self.loop):
            try:
                run(self.round, is_ready)
            except BaseException as error:
                self.is_done, self.error = True, error
            if self.is_done:
                self.leave()
        self.is_idle = not self.is_done

    def leave(self) -> None:
        """It serves no more."""
        if self in _serving:
            _serving.remove(self)
        self.end()
        if not self.thread:
            return
        if self.error and not isinstance(self.error, SystemExit):
            try:
                raise self.error
            except BaseException:
                self.thread._invoke_excepthook(self.thread)
        _end(self.thread)


class _Timer(_Served):
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
        _started.append(self.timer)


class _Server(_Served):
    """`socketserver.BaseServer.serve_forever`."""

    def __init__(self, server: socketserver.BaseServer, interval: float) -> None:
        super().__init__()
        self.server, self.interval = server, interval
        self.deadline = time.monotonic() + interval
        server._BaseServer__is_shut_down.clear()

    def interests(self) -> list[wit.Interest]:
        handle = _table.get(self.server.fileno())
        return [wit.Interest(handle.resource, _IN)] if handle else []

    def due(self) -> float:
        is_over = self.server._BaseServer__shutdown_request or not self.interests()
        return 0 if is_over else self.deadline - time.monotonic()

    def round(self, is_ready: bool) -> None:
        self.deadline = time.monotonic() + self.interval
        if not self.server._BaseServer__shutdown_request:
            if is_ready:
                self.server._handle_request_noblock()
            self.server.service_actions()
        self.is_done = self.server._BaseServer__shutdown_request or not self.interests()

    def end(self) -> None:
        self.server._BaseServer__shutdown_request = False
        self.server._BaseServer__is_shut_down.set()


def _serve_forever(self, poll_interval=0.5):
    """Handle one request at a time until shutdown, while others wait too."""
    served = _Server(self, poll_interval)
    if _is_last(sys._getframe(1)):
        raise _Left(served)
    before = list(_waiting) if _running else []
    _serving.append(served)
    _let_others(lambda: served.is_done or any(could_go_on() for could_go_on in before), [], None)
    if not served.is_done:
        served.leave()
        raise RuntimeError(_ENDLESS)
    if served.error:
        raise served.error


#: What a selector's events are to poll(2).
_POLL = {EVENT_READ: _IN, EVENT_WRITE: _OUT, EVENT_READ | EVENT_WRITE: _IN | _OUT}


def _handle(self) -> None:
    """Handle multiple requests if necessary. A connection without a next one is closed where that keeps others waiting."""
    self.close_connection = True
    self.handle_one_request()
    while not self.close_connection and (not _can_go_on() or _has_input(self)):
        self.handle_one_request()


def _has_input(handler: BaseHTTPRequestHandler) -> bool:
    """Whether something of the next request is there, or the end."""
    if any(_poll_alone([wit.Interest(_table.find(handler.connection.fileno()).resource, _IN)], 0)):
        return True
    limit = handler.connection.gettimeout()
    handler.connection.setblocking(False)
    try:
        return bool(handler.rfile.peek(1))
    finally:
        handler.connection.settimeout(limit)


class _Loop(_Served):
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
        deadline = _deadline(timeout)
        interests, self.was_run, self.is_idle = self.interests(), False, True
        try:
            _let_others(lambda: self.was_run or _is_ready(interests), interests, deadline, self)
        finally:
            self.is_idle = False
        # Where a round was run, the loop has to look anew at what there is to do.
        return self.own_select(0 if self.was_run else _left(deadline))


_run_loop = base_events.BaseEventLoop.run_forever


def _run_forever(self):
    """Run until stop() is called, while others wait too."""
    if _is_last(sys._getframe(1)):
        self._run_forever_setup()
        raise _Left(_Loop(self))
    served = _Loop(self)
    served.is_idle = False
    served.own_select = self._selector.select
    self._selector.select = served.select
    _serving.append(served)
    try:
        _run_loop(self)
    finally:
        _serving.remove(served)
        del self._selector.select


def _is_last(frame: FrameType | None) -> bool:
    """Whether a call in that frame is the last thing that the functions of a thread do, so that they can be left."""
    if not _running:
        return False
    while frame and frame.f_code not in (_run.__code__, threading.Thread.run.__code__):
        code, at = frame.f_code, frame.f_lasti
        guarded = any(entry.start <= at < entry.end for entry in dis._parse_exception_table(code))
        after = [one for one in dis.get_instructions(code) if one.offset > at][:3]
        names = [one.opname for one in after if one.opname != "LOAD_CONST" or one.argval is None]
        if guarded or names[:1] != ["RETURN_VALUE"] and names != ["POP_TOP", "LOAD_CONST", "RETURN_VALUE"]:
            return False
        frame = frame.f_back
    return True


# Executors.


def _submit(self: ThreadPoolExecutor, fn, /, *args, **kwargs) -> Future:
    """Calls the function in a thread, and gives what comes of it."""
    with self._shutdown_lock:
        if self._broken:
            raise self.BROKEN(self._broken)
        if self._shutdown:
            raise RuntimeError("cannot schedule new futures after shutdown")
    future: Future = Future()
    self._work_queue.put(_WorkItem(future, self._resolve_work_item_task(fn, args, kwargs)))
    thread = threading.Thread(target=_work, args=(self,), name=f"{self._thread_name_prefix}_0")
    self._threads.add(thread)
    thread.start()
    return future


def _work(executor: ThreadPoolExecutor) -> None:
    """Does what the executor's thread does with one task."""
    executor._threads.discard(threading.current_thread())
    if executor._work_queue.empty() or (item := executor._work_queue.get()) is None:
        # It was cancelled.
        return
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


def _replace(owner: type, **functions) -> None:
    """Puts the functions in the place of the class's own, by their names."""
    for name, function in functions.items():
        function.__name__, function.__qualname__ = name, f"{owner.__qualname__}.{name}"
        setattr(owner, name, function)


def install() -> None:
    """Lets threads and executors run one after the other in this program."""
    tell_deadlocks()
    _signal.poll = _poll
    _signal.waits_alone = False
    # So that nothing waits but there.
    _signal.listens = lambda: True
    threading.get_ident = lambda: _ident
    _replace(threading.Thread, start=_start, join=_join)
    threading._shutdown = _shutdown
    threading.local = _threading_local.local
    _replace(ThreadPoolExecutor, submit=_submit)
    _replace(socketserver.BaseServer, serve_forever=_serve_forever)
    _replace(base_events.BaseEventLoop, run_forever=_run_forever)
    _replace(BaseHTTPRequestHandler, handle=_handle)
