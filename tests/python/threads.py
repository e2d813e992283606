"""Threads and executors that hand out work which comes to an end by itself."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor

done = []


def work(name):
    done.append(name)
    print(threading.current_thread().name, len(done))


threads = [threading.Thread(target=work, args=(name,), name=name) for name in ("first", "second")]
for thread in threads:
    thread.start()
    thread.join()
    assert not thread.is_alive() and threading.current_thread() is threading.main_thread()

threading.excepthook = lambda told: print("Exception", told.exc_type.__name__)
failing = threading.Thread(target={}.__getitem__, args=(1,))
failing.start()
failing.join()

with ThreadPoolExecutor() as executor:
    print(list(executor.map(lambda number: number * number, [1, 2, 3])))
    print(type(executor.submit(lambda: 1 / 0).exception()).__name__)

# Each thread has data and variables of its own.
own, variable = threading.local(), contextvars.ContextVar("variable")
own.value = "of the main thread"
variable.set("of the main thread")
threads = [threading.Thread(target=lambda: print(vars(own), variable.get(None)))]
threads[0].start()
threads[0].join()
with ThreadPoolExecutor(1, "worker", initializer=setattr, initargs=(own, "value", "of the worker")) as executor:
    print(executor.submit(lambda: (threading.current_thread().name, own.value)).result(), own.value)
with ThreadPoolExecutor(1, initializer=int, initargs=("no number",)) as executor:
    print(type(executor.submit(print).exception()).__name__)
    try:
        executor.submit(print)
    except RuntimeError as error:
        print(error)


async def main():
    print(await asyncio.to_thread(pow, 3, 2))
    # Within a thread another event loop may run.
    print(await asyncio.to_thread(asyncio.run, asyncio.sleep(0, "slept")), asyncio.get_running_loop().is_running())
    loop, future = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    threading.Thread(target=loop.call_soon_threadsafe, args=(future.set_result, "set")).start()
    print(await future)


asyncio.run(main())
