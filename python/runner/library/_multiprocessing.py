"""Semaphores between processes: there are none of either. What imports `multiprocessing` for its names gets them."""

import errno
import os

from berkeley_sockets import _lack

flags = {}


class SemLock:
    """A semaphore. OSError: there are no processes to share it with."""

    SEM_VALUE_MAX = 0x7FFFFFFF

    def __new__(cls, *arguments):
        raise _lack.processes("multiprocessing")

    @classmethod
    def _rebuild(cls, *arguments):
        return cls(*arguments)


def sem_unlink(name, /):
    """Removes the name of a semaphore. FileNotFoundError: there is none."""
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
