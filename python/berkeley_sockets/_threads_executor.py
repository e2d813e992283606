"""Executors, each of whose tasks is a thread of its own."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures._base import LOGGER
from concurrent.futures.thread import _WorkItem


def submit(self: ThreadPoolExecutor, fn, /, *args, **kwargs) -> Future:
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
