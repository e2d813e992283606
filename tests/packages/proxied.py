"""python-socks, by the name of the part: a server that echoes, and one who reaches it by the proxies at two ports, the second of
which asks for a name and a password."""

import asyncio
import socketserver
import sys

HOST = "127.0.0.1"


class Echo(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.readline()[::-1])


def echo():
    with socketserver.TCPServer((HOST, 0), Echo) as server:
        print(server.server_address[1], flush=True)
        server.serve_forever()


def reach(port, free, guarded):
    from python_socks import ProxyError

    places = [f"{kind}://{HOST}:{free}" for kind in ("socks4", "socks5", "http")]
    places += [f"{kind}://me:secret@{HOST}:{guarded}" for kind in ("socks5", "http")]
    for place in places:
        print(place.partition(":")[0], _alone(place, int(port)), asyncio.run(_together(place, int(port))))
    for place in f"socks5://me:another@{HOST}:{guarded}", f"http://me:another@{HOST}:{guarded}":
        try:
            _alone(place, int(port))
        except ProxyError as error:
            print(type(error).__name__)


def _alone(place, port):
    from python_socks.sync import Proxy

    with Proxy.from_url(place).connect(HOST, port, timeout=30) as connection:
        connection.sendall(b"message\n")
        with connection.makefile("rb") as file:
            return file.read()


async def _together(place, port):
    from python_socks.async_.asyncio import Proxy

    async def one():
        connection = await Proxy.from_url(place).connect(HOST, port, timeout=30)
        reader, writer = await asyncio.open_connection(sock=connection)
        writer.write(b"message\n")
        answer = await reader.read()
        writer.close()
        return answer

    return len({*await asyncio.gather(*(one() for _ in range(5)))})


globals()[sys.argv[1]](*sys.argv[2:])
