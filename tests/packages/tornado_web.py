"""Tornado, by the name of the part: a server of the web and of WebSockets, and a client."""

import asyncio
import sys

from tornado import httpclient, httpserver, netutil, web, websocket


class Page(web.RequestHandler):
    def get(self, name):
        self.write(f"page {name}")

    async def post(self, name):
        await asyncio.sleep(0)
        self.write(self.request.body[::-1])


class Talk(websocket.WebSocketHandler):
    def on_message(self, message):
        self.write_message(message[::-1])


async def serve():
    sockets = netutil.bind_sockets(0, "127.0.0.1")
    httpserver.HTTPServer(web.Application([("/talk", Talk), ("/(.*)", Page)])).add_sockets(sockets)
    print(sockets[0].getsockname()[1])
    await asyncio.Event().wait()


async def ask(port):
    client, place = httpclient.AsyncHTTPClient(), f"localhost:{port}"
    answers = await asyncio.gather(*(client.fetch(f"http://{place}/{number}") for number in range(5)))
    print([answer.body for answer in answers])
    print(len((await client.fetch(f"http://{place}/", method="POST", body=b"abc" * 100_000)).body))
    connection = await websocket.websocket_connect(f"ws://{place}/talk")
    await connection.write_message("message")
    print(await connection.read_message())
    connection.close()
    try:
        await client.fetch(f"http://{place}/talk")
    except httpclient.HTTPClientError as error:
        print(error.code)


asyncio.run(globals()[sys.argv[1]](*sys.argv[2:]))
