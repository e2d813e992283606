"""Threads and executors that hand out work which comes to an end by itself."""

import asyncio
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


async def main():
    print(await asyncio.to_thread(pow, 3, 2))


asyncio.run(main())
