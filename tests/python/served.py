"""Threads that wait for one another within one program, as ordinary programs have them: servers, clients, workers, loops."""

import asyncio
import http.client
import http.server
import json
import queue
import socket
import socketserver
import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor, as_completed

LOCAL = ("127.0.0.1", 0)


class Web(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body):
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(json.dumps({"path": self.path}).encode())

    def do_POST(self):
        self.answer(b"%d" % len(self.rfile.read(int(self.headers["Content-Length"]))))

    def log_message(self, *_):
        pass


def a_web_server_in_a_thread():
    for kind in http.server.HTTPServer, http.server.ThreadingHTTPServer:
        with kind(LOCAL, Web) as server:
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            url = f"http://127.0.0.1:{server.server_port}"

            def get(path):
                with urllib.request.urlopen(f"{url}/{path}") as page:
                    return page.read()

            print(get("a"), urllib.request.urlopen(url, data=b"x" * 3_000_000).read())
            with ThreadPoolExecutor(4) as pool:
                print(list(pool.map(get, range(5))))
                print(sorted(future.result() for future in as_completed([pool.submit(get, name) for name in "xyz"])))
            kept = http.client.HTTPConnection("127.0.0.1", server.server_port)
            kept.request("POST", "/kept", b"a body")
            print(kept.getresponse().read())
            kept.close()
            server.shutdown()
            thread.join()
            print(thread.name, thread.is_alive())


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline())


class Server(threading.Thread):
    """A server whose thread has a method of its own."""

    def __init__(self):
        super().__init__(name="own")
        self.server = socketserver.ThreadingTCPServer(LOCAL, Echo)

    def run(self):
        self.server.serve_forever(poll_interval=0.01)


def ask(address, line):
    with socket.create_connection(address) as client:
        client.sendall(line)
        return client.makefile("rb").read()


def a_server_that_is_a_thread():
    thread = Server()
    thread.start()
    print(ask(thread.server.server_address, b"asked\n"), thread.is_alive())
    thread.server.shutdown()
    thread.join()
    thread.server.server_close()
    print(thread.is_alive())


def clients_in_threads():
    answers = []
    with socketserver.TCPServer(LOCAL, Echo) as server:

        def client(number):
            answers.append(ask(server.server_address, b"%d\n" % number))
            if len(answers) == 3:
                threading.Thread(target=server.shutdown).start()

        for number in range(3):
            threading.Thread(target=client, args=(number,)).start()
        server.serve_forever()
    print(sorted(answers))


def a_thread_that_accepts():
    with socket.create_server(LOCAL) as listener:

        def once():
            connection, _ = listener.accept()
            with connection:
                connection.sendall(connection.recv(100).upper())

        thread = threading.Thread(target=once)
        thread.start()
        print(ask(listener.getsockname(), b"small"))
        thread.join()
    left, right = socket.socketpair()
    with left, right:
        left.settimeout(0.01)
        try:
            left.recv(1)
        except TimeoutError as error:
            print(error)


def workers():
    tasks, done = queue.Queue(), []

    def work():
        while True:
            done.append(tasks.get() ** 2)
            tasks.task_done()

    for _ in range(2):
        threading.Thread(target=work, daemon=True).start()
    for number in range(10):
        tasks.put(number)
    tasks.join()
    print(sorted(done))

    made = queue.SimpleQueue()

    def produce():
        for number in [1, 2, None]:
            made.put(number)

    threading.Thread(target=produce).start()
    print(list(iter(made.get, None)))


def a_loop_in_a_thread():
    loop = asyncio.new_event_loop()

    def run():
        asyncio.set_event_loop(loop)
        loop.run_forever()

    async def double(number):
        await asyncio.sleep(0.01)
        return number * 2

    thread = threading.Thread(target=run)
    thread.start()
    futures = [asyncio.run_coroutine_threadsafe(double(number), loop) for number in range(3)]
    print([future.result(10) for future in futures], loop.is_running())
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    print(thread.is_alive(), loop.is_closed())


async def a_loop_beside_threads():
    async def echo(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, *LOCAL)
    address = server.sockets[0].getsockname()
    lines = [asyncio.to_thread(ask, address, b"%d\n" % number) for number in range(3)]
    print(await asyncio.gather(*lines), await asyncio.wait_for(asyncio.to_thread(time.sleep, 0.01), 10))
    server.close()


def times_and_conditions():
    is_over, fired = threading.Event(), []
    timers = [threading.Timer(0.01, lambda: (fired.append(1), is_over.set())), threading.Timer(60, fired.append, [2])]
    for timer in timers:
        timer.start()
    timers[1].cancel()
    print(is_over.wait(10), fired)
    for timer in timers:
        timer.join()
    condition, told = threading.Condition(), []

    def tell():
        with condition:
            told.append("told")
            condition.notify()

    threading.Thread(target=tell).start()
    with condition:
        print(condition.wait_for(lambda: told, 10))
    counter = threading.Semaphore(0)
    threading.Thread(target=counter.release).start()
    print(counter.acquire(timeout=10), is_over.clear(), is_over.wait(0.01))
    late = threading.Thread(target=print, args=("at the end",))
    late.start()


a_web_server_in_a_thread()
a_server_that_is_a_thread()
clients_in_threads()
a_thread_that_accepts()
workers()
a_loop_in_a_thread()
asyncio.run(a_loop_beside_threads())
times_and_conditions()
