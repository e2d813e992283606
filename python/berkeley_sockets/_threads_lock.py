"""Locks that tell who waits for them for ever."""

import _thread
from types import TracebackType

from ._threads_wait import wait

#: Makes one of the interpreter's own locks.
allocate = _thread.allocate_lock


class Lock:
    """A lock, as `threading.Lock`, for programs of one thread: whoever waits for it, nobody else frees it meanwhile but
    those threads that run one after the other."""

    __slots__ = ("__weakref__", "_lock")
    __module__ = "threading"

    def __init__(self) -> None:
        self._lock = allocate()

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
        self._lock = allocate()

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
