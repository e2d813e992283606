"""WebSockets, by the name of the part: a server, and clients with asyncio and without."""

import asyncio
import sys

import websockets.asyncio.client
import websockets.asyncio.server
import websockets.sync.client


def server():
    async def echo(connection):
        async for message in connection:
            await connection.send(message[::-1])

    async def serve():
        async with websockets.asyncio.server.serve(echo, "127.0.0.1", 0) as listening:
            print(listening.sockets[0].getsockname()[1])
            await listening.serve_forever()

    asyncio.run(serve())


def client(port):
    url = f"ws://127.0.0.1:{port}"

    async def talk(number):
        async with websockets.asyncio.client.connect(url) as connection:
            await connection.send(f"message {number}")
            return await connection.recv()

    async def main():
        print(sorted(await asyncio.gather(*map(talk, range(20))))[-1])
        async with websockets.asyncio.client.connect(url, max_size=None) as connection:
            await connection.send(bytes(range(256)) * 4000)
            print(len(await connection.recv()))
            print(await (await connection.ping()) > 0)

    asyncio.run(main())


globals()[sys.argv[1]](*sys.argv[2:])
