"""Twisted's pool of threads. These wait for work side by side, and a guest has one: so each piece of work gets a thread that
ends with it, and runs where threads do, as `berkeley_sockets.threads` says."""

import threading

from . import _lack


class _Works:
    """In the place of the queue from which a worker's thread takes its work."""

    def put(self, work) -> None:
        """Starts the work, unless it is the sign to end."""
        if callable(work):
            threading.Thread(target=work).start()


def _worker(start_thread, queue):
    """A worker that starts no thread of its own."""
    return _lack.own["ThreadWorker"](lambda work: None, _Works())


#: What of Twisted's modules is replaced.
METHODS = {"twisted._threads._pool": (None, {"ThreadWorker": _worker})}
