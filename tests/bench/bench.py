"""The workloads in Python: natively, and over Berkeley. It tells of itself as `src/meter.rs` says."""

import asyncio
import socket
import sys
import time

MESSAGE = b"\7" * 64
SIZE = 1 << 16
BATCH = 20


class Meter:
    def __init__(self, milliseconds):
        self.seconds = milliseconds / 1000
        self.units = 0

    def begin(self):
        print("begin", flush=True)
        sys.stdin.readline()
        self.began = time.monotonic()

    def goes_on(self):
        return time.monotonic() - self.began < self.seconds

    def end(self):
        print(self.units, time.monotonic() - self.began, flush=True)
        sys.stdin.read()


def connect(port, wanted):
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.sendall(wanted)
    return connection


def each(meter, once):
    for _ in range(BATCH):
        once()
    meter.begin()
    while meter.goes_on():
        for _ in range(BATCH):
            meter.units += once()
    meter.end()


def round(meter, port):
    connection = connect(port, b"e")

    def once():
        connection.sendall(MESSAGE)
        assert connection.recv(len(MESSAGE)) == MESSAGE
        return 1

    each(meter, once)


def received(meter, port):
    connection, buffer = connect(port, b"s"), bytearray(SIZE)
    each(meter, lambda: connection.recv_into(buffer))


def sent(meter, port):
    connection, data = connect(port, b"d"), bytes(SIZE)
    each(meter, lambda: connection.send(data))


def awaited(meter, port):
    async def main():
        reader, writer = await asyncio.open_connection(sock=connect(port, b"e"))

        async def once():
            writer.write(MESSAGE)
            await writer.drain()
            assert await reader.readexactly(len(MESSAGE)) == MESSAGE

        for _ in range(BATCH):
            await once()
        meter.begin()
        while meter.goes_on():
            for _ in range(BATCH):
                await once()
            meter.units += BATCH
        meter.end()
        writer.close()

    asyncio.run(main())


WORKLOADS = {"round": round, "received": received, "sent": sent, "asyncio": awaited}

milliseconds, workload, port = sys.argv[1:]
WORKLOADS[workload](Meter(int(milliseconds)), int(port))
