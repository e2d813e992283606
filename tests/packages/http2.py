"""HTTP/2 over TLS, by the name of the part: a server of hypercorn's, and a client of httpx's, which has h2."""

import asyncio
import socket
import ssl
import sys

import httpx
from hypercorn.asyncio import serve as hypercorn
from hypercorn.config import Config

DIRECTORY = sys.argv[2]


async def application(scope, receive, send):
    if scope["type"] != "http":
        raise RuntimeError("nothing else is served")
    body, more = b"", True
    while more:
        part = await receive()
        body, more = body + part.get("body", b""), part.get("more_body")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body[::-1] or scope["path"].encode()})


async def server():
    listening = socket.create_server(("127.0.0.1", 0))
    print(listening.getsockname()[1])
    config = Config()
    config.bind = [f"fd://{listening.detach()}"]
    config.certfile, config.keyfile = f"{DIRECTORY}/localhost.pem", f"{DIRECTORY}/localhost.key"
    await hypercorn(application, config)


async def client(port):
    trust = ssl.create_default_context(cafile=f"{DIRECTORY}/ca.pem")
    async with httpx.AsyncClient(http2=True, verify=trust, base_url=f"https://localhost:{port}") as asking:
        answers = await asyncio.gather(*(asking.get(f"/{number}") for number in range(20)))
        print({answer.http_version for answer in answers}, sorted(answer.text for answer in answers)[-1])
        answer = await asking.post("/", content=b"abc" * 100_000)
        print(answer.http_version, len(answer.content))


asyncio.run(globals()[sys.argv[1]](*sys.argv[3:]))
