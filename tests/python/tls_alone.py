"""Both sides of TLS in memory, and asyncio over TLS with files: prints what comes of it, natively and in a guest alike."""

import asyncio
import contextlib
import io
import itertools
import socket
import ssl
import sys

DIRECTORY = sys.argv[1]
ACCESS_DENIED = 49


def contexts(check=True):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(f"{DIRECTORY}/localhost.pem", f"{DIRECTORY}/localhost.key")
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(f"{DIRECTORY}/ca.pem")
    client.check_hostname = check
    return server, client


def told(error):
    return type(error).__name__, getattr(error, "reason", None)


def shake(server, client, name):
    """What comes of the handshake, on both sides, and the names that they have."""
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = {
        "client": client.wrap_bio(back, there, server_hostname=name),
        "server": server.wrap_bio(there, back, server_side=True),
    }
    came = {}
    for _ in range(10):
        for side in sides.keys() - came.keys():
            try:
                sides[side].do_handshake()
                came[side] = "shaken"
                if side == "client":
                    print(*map(repr, sides[side]._sslobj.get_unverified_chain()))
            except ssl.SSLWantReadError:
                pass
            except Exception as error:
                came[side] = told(error)
    return sorted(came.items()), [side.server_hostname for side in sides.values()]


def ends(error):
    def callback(*arguments):
        raise error

    return callback


def unraisable(hooked):
    print("unraisable:", hooked.exc_type.__name__, type(hooked.object).__name__)


sys.unraisablehook = unraisable
CALLBACKS = {
    "an error": ends(ZeroDivisionError()),
    "the program's end": ends(SystemExit(3)),
    "an interruption": ends(KeyboardInterrupt()),
    "no number": lambda *arguments: "x",
    "an alert": lambda *arguments: ACCESS_DENIED,
    "nothing": lambda *arguments: None,
    "wrong arguments": lambda: None,
}
for what, callback in CALLBACKS.items():
    for name in "localhost", None:
        server, client = contexts()
        server.sni_callback = callback
        print(what, name, *shake(server, client, name))
server, client = contexts()
server.set_servername_callback(ends(ZeroDivisionError()))
print("by its older name", *shake(server, client, "localhost"))
for check in True, False:
    for name in None, "localhost", "LocalHost", "127.0.0.1", "elsewhere", "::1", b"localhost":
        server, client = contexts(check)
        names = []
        server.sni_callback = lambda side, name, context: names.append(name)
        print(check, name, *shake(server, client, name), names)
for said in b"GET / HTTP/1.1\r\n\r\n", b"POST /x HTTP/1.0\r\n", b"CONNECT a:443 HTTP/1.1\r\n", b"something else\r\n":
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    there.write(said)
    try:
        contexts()[0].wrap_bio(there, back, server_side=True).do_handshake()
    except ssl.SSLError as error:
        print(said, told(error), error.library)
# An end that came too early stays.
server, client = contexts()
there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
one = client.wrap_bio(back, there, server_hostname="localhost")
other = server.wrap_bio(there, back, server_side=True)
for side in one, other, one, other:
    with contextlib.suppress(ssl.SSLWantReadError):
        side.do_handshake()
back.write_eof()
for call in one.read, one.read, lambda: one.write(b"x"), one.pending, one.unwrap, one.read:
    try:
        print(call())
    except ssl.SSLError as error:
        print(told(error), error.library, str(error).partition(" (_ssl")[0])
for name in "", "a\0b", 5:
    try:
        contexts()[1].wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name)
    except Exception as error:
        print(repr(name), told(error))
# The curve by which keys are agreed on; in TLS 1.2 the server's key, which is on P-256, must be on one that the client takes.
CURVES = None, "prime256v1", "secp384r1", "secp521r1", "X25519"
for version, ours, theirs in itertools.product((ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3), CURVES, CURVES):
    server, client = contexts()
    server.maximum_version = version
    for side, curve in (server, ours), (client, theirs):
        if curve:
            side.set_ecdh_curve(curve)
    print(version, ours, theirs, *shake(server, client, "localhost"))
# One suite is left, of another kind of keys; the choice of before is no longer; another connection has another choice.
server, client = contexts()
server.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256")
server.maximum_version = ssl.TLSVersion.TLSv1_2
for curve in "X25519", "prime256v1", b"X25519":
    client.set_ecdh_curve(curve)
    print(curve, *shake(server, client, "localhost"))
for name in "secp256r1", "P-256", "x25519", "", b"foo", "a\0b", "UNDEF", 5, None:
    try:
        print(name, client.set_ecdh_curve(name))
    except Exception as error:
        print(type(error).__name__, error)


async def sendfile():
    content = bytes(range(256)) * 4000
    loop = asyncio.get_running_loop()

    async def serve(reader, writer):
        file = io.BytesIO(content)
        print(await loop.sendfile(writer.transport, file, 100, 500000), file.tell())
        print(await loop.sendfile(writer.transport, file, 0), file.tell())
        writer.close()

    server, client = contexts()
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server)
    address = server.sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(*address, ssl=client, server_hostname="localhost")
    print(await reader.read() == content[100:500100] + content)
    writer.close()
    server.close()
    one, other = socket.socketpair()
    one.setblocking(False)
    other.setblocking(False)
    sent = loop.create_task(loop.sock_sendfile(one, io.BytesIO(b"x" * 1000)))
    print(len(await loop.sock_recv(other, 2000)), await sent)


asyncio.run(sendfile())
