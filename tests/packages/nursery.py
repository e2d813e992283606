"""trio: TCP, UDP, unix sockets, time limits, and Ctrl-C."""

import signal
import socket
import sys
from functools import partial

import trio

PATH = sys.argv[1]


async def upper(stream):
    async for content in stream:
        await stream.send_all(content.upper())


async def main():
    async with trio.open_nursery() as nursery:
        (listener,) = await nursery.start(partial(trio.serve_tcp, upper, 0, host="127.0.0.1"))
        port = listener.socket.getsockname()[1]
        async with await trio.open_tcp_stream("127.0.0.1", port) as stream:
            await stream.send_all(b"hello")
            print(await stream.receive_some())
        left, right = trio.socket.socketpair()
        await left.send(b"pair")
        print(await right.recv(10))
        datagrams = trio.socket.socket(type=socket.SOCK_DGRAM)
        await datagrams.bind(("127.0.0.1", 0))
        await datagrams.sendto(b"datagram", datagrams.getsockname())
        print((await datagrams.recvfrom(10))[0])
        place = trio.socket.socket(socket.AF_UNIX)
        await place.bind(PATH)
        place.listen()
        async with await trio.open_unix_socket(PATH) as stream:
            accepted, _ = await place.accept()
            await accepted.send(b"unix")
            print(await stream.receive_some())
        with trio.move_on_after(0.02) as scope:
            await right.recv(1)
        print(scope.cancelled_caught)
        try:
            await trio.open_tcp_stream("127.0.0.1", 1)
        except OSError as error:
            print(error)
        with trio.open_signal_receiver(signal.SIGTERM) as signals:
            signal.raise_signal(signal.SIGTERM)
            async for number in signals:
                print(number)
                break
        nursery.cancel_scope.cancel()
    print("interrupt me", flush=True)
    await trio.sleep_forever()


try:
    trio.run(main)
except KeyboardInterrupt:
    print("interrupted")
