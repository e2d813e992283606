"""TLS with a peer that runs this program, too: native the one, a guest the other."""

import asyncio
import json
import re
import socket
import ssl
import sys

HOST = "127.0.0.1"


def server_context(directory, certificate, newest=None, ask=False, alpn=None, curve=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{directory}/{certificate}.pem", f"{directory}/{certificate}.key")
    if curve:
        context.set_ecdh_curve(curve)
    if newest:
        context.maximum_version = ssl.TLSVersion[newest]
    if ask:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(f"{directory}/ca.pem")
    if alpn:
        context.set_alpn_protocols(alpn)
    return context


def client_context(
    directory, ca="ca", certificate=None, newest=None, oldest=None, alpn=None, crl=False, curve=None, **settings
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if curve:
        context.set_ecdh_curve(curve)
    if ca:
        context.load_verify_locations(f"{directory}/{ca}.pem")
    if certificate:
        context.load_cert_chain(f"{directory}/{certificate}.pem", f"{directory}/{certificate}.key")
    if newest:
        context.maximum_version = ssl.TLSVersion[newest]
    if oldest:
        context.minimum_version = ssl.TLSVersion[oldest]
    if alpn:
        context.set_alpn_protocols(alpn)
    if crl:
        context.load_verify_locations(f"{directory}/crl.pem")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    for name, value in settings.items():
        setattr(context, name, value)
    return context


def exactly(connection, count):
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError(f"{len(parts)} of {count} bytes")
        parts += part
    return bytes(parts)


def serve_one(connection, context, starttls=False):
    """Sends back what it is told, until it is told to end: a length in 4 bytes, then as many."""
    if starttls:
        assert exactly(connection, 9) == b"STARTTLS\n"
        connection.sendall(b"go ahead\n")
    with context.wrap_socket(connection, server_side=True) as secure:
        while True:
            count = int.from_bytes(exactly(secure, 4), "big")
            if count == 0:
                break
            if count == 1:
                # Without close_notify.
                socket.socket.shutdown(secure, socket.SHUT_RDWR)
                return
            data = exactly(secure, count)
            secure.sendall(data[::-1])
        plain = secure.unwrap()
        assert exactly(plain, 6) == b"plain\n"
        plain.sendall(b"plain again\n")


def serve(directory, options):
    settings = json.loads(options)
    starttls = settings.pop("starttls", False)
    mute = settings.pop("mute", False)
    context = server_context(directory, **settings)
    with socket.create_server((HOST, 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            connection, _ = listener.accept()
            try:
                while mute and connection.recv(1 << 16):
                    pass
                serve_one(connection, context, starttls)
            except (OSError, EOFError) as error:
                # What the client makes of it is what counts; this is the other half.
                print(name_of(error), flush=True)


def name_of(error):
    """What went wrong, but for where it was found."""
    text = re.sub(r"^_ssl\.c:\d+: | \(_ssl\.c:\d+\)$", "", str(error))
    parts = [type(error).__name__, text]
    if isinstance(error, ssl.SSLCertVerificationError):
        parts += [error.verify_code, error.verify_message]
    if isinstance(error, ssl.SSLError):
        parts += [error.errno, error.library, error.reason]
    return " | ".join(map(str, parts))


def facts(secure):
    print(secure.version(), secure.cipher(), secure.selected_alpn_protocol())
    certificate = secure.getpeercert()
    print(sorted(certificate) if certificate else certificate, (certificate or {}).get("subjectAltName"))
    print(len(secure.getpeercert(True)), secure.compression(), secure.pending(), secure.server_hostname)


def talk(secure, size):
    data = bytes(range(256)) * (size // 256)
    secure.sendall(len(data).to_bytes(4, "big"))
    secure.sendall(data)
    print(exactly(secure, len(data)) == data[::-1])


def connect(port, starttls=False):
    connection = socket.create_connection((HOST, port))
    if starttls:
        connection.sendall(b"STARTTLS\n")
        assert exactly(connection, 9) == b"go ahead\n"
    return connection


def client(directory, port, options):
    """A connection with all that belongs to it: a megabyte each way, the orderly end, plain text after it."""
    settings = json.loads(options)
    starttls = settings.pop("starttls", False)
    name = settings.pop("name", "localhost")
    try:
        context = client_context(directory, **settings)
        with context.wrap_socket(connect(int(port), starttls), server_hostname=name) as secure:
            facts(secure)
            talk(secure, 1 << 20)
            secure.sendall(bytes(4))
            plain = secure.unwrap()
            plain.sendall(b"plain\n")
            print(exactly(plain, 12))
    except OSError as error:
        print(name_of(error))


def ragged(directory, port):
    """The server ends without close_notify."""
    for suppress in True, False:
        context = client_context(directory)
        connection = connect(int(port))
        with context.wrap_socket(connection, server_hostname="localhost", suppress_ragged_eofs=suppress) as secure:
            secure.sendall((1).to_bytes(4, "big"))
            try:
                print(secure.recv(10))
            except OSError as error:
                print(name_of(error))


def waiting(directory, port):
    """The server says nothing: time limits, and no waiting at all."""
    context = client_context(directory)
    connection = connect(int(port))
    connection.settimeout(0.01)
    try:
        context.wrap_socket(connection, server_hostname="localhost")
    except OSError as error:
        print(name_of(error), error.errno)
    connection = connect(int(port))
    connection.setblocking(False)
    with context.wrap_socket(connection, server_hostname="localhost", do_handshake_on_connect=False) as secure:
        for _ in range(2):
            try:
                secure.do_handshake()
            except ssl.SSLError as error:
                print(name_of(error), secure.version(), secure.cipher())


def nonblocking(directory, port):
    """The handshake and the data in pieces, as a loop of one's own has them."""
    import select

    context = client_context(directory)
    connection = connect(int(port))
    connection.setblocking(False)
    secure = context.wrap_socket(connection, server_hostname="localhost", do_handshake_on_connect=False)

    def until_done(function, *arguments):
        while True:
            try:
                return function(*arguments)
            except ssl.SSLWantReadError:
                select.select([secure], [], [])
            except ssl.SSLWantWriteError:
                select.select([], [secure], [])

    until_done(secure.do_handshake)
    data = bytes(1 << 20)
    rest = memoryview(len(data).to_bytes(4, "big") + data)
    while rest:
        rest = rest[until_done(secure.send, rest) :]
    received = 0
    while received < len(data):
        received += len(until_done(secure.recv, 1 << 16))
    print(received, secure.version())
    secure.close()


def awaiting(directory, port):
    """Less than a record at a time, and never without having waited for the socket to be readable."""
    import select

    with client_context(directory).wrap_socket(connect(int(port)), server_hostname="localhost") as secure:
        data = bytes(1 << 16)
        secure.sendall(len(data).to_bytes(4, "big") + data + bytes(4))
        received = 0
        while True:
            if not select.select([secure], [], [], 60)[0]:
                return print("the socket is not readable after", received)
            part = secure.recv(1000)
            if not part:
                return print(received)
            received += len(part)


async def _asyncio(directory, port):
    context = client_context(directory)
    reader, writer = await asyncio.open_connection(HOST, int(port), ssl=context, server_hostname="localhost")
    data = bytes(range(256)) * 4096
    writer.write(len(data).to_bytes(4, "big") + data)
    print(await reader.readexactly(len(data)) == data[::-1], writer.get_extra_info("cipher")[1])
    writer.close()
    try:
        await asyncio.open_connection(HOST, int(port), ssl=context, server_hostname="elsewhere")
    except ssl.SSLCertVerificationError as error:
        print(name_of(error))
    server_side = server_context(directory, "localhost", alpn=["h2", "http/1.1"])

    async def echo(reader, writer):
        writer.write(await reader.readline())
        await writer.start_tls(server_side)
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(echo, HOST, 0)
    context.set_alpn_protocols(["http/1.1"])

    async def one(number):
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"plain\n")
        assert await reader.readline() == b"plain\n"
        await writer.start_tls(context, server_hostname="localhost")
        writer.write(b"%d\n" % number)
        line = await reader.readline()
        protocol = writer.get_extra_info("ssl_object").selected_alpn_protocol()
        writer.close()
        return line, protocol

    print(await asyncio.gather(*map(one, range(20))))
    server.close()


def streams(directory, port):
    asyncio.run(_asyncio(directory, port))


def https(directory, port):
    import urllib.error
    import urllib.request

    context = ssl.create_default_context(cafile=f"{directory}/ca.pem")
    with urllib.request.urlopen(f"https://localhost:{port}/page", context=context) as answer:
        print(answer.status, len(answer.read()))
    try:
        urllib.request.urlopen(f"https://localhost:{port}/page")
    except urllib.error.URLError as error:
        print(error.reason.verify_code)


def names(directory):
    """A server whose certificate depends on the name that it is asked by."""
    other = server_context(directory, "other")

    def choose(secure, name, context):
        chosen.append(name)
        if name == "other":
            secure.context = other
        elif name == "nobody":
            return ssl.AlertDescription.ALERT_DESCRIPTION_UNRECOGNIZED_NAME

    chosen = []
    context = server_context(directory, "localhost")
    context.sni_callback = choose
    for name in "localhost", "other", "nobody", None:
        settings = client_context(directory, check_hostname=name is not None)
        here, there = pair(settings, context, name)
        try:
            shake(here, there)
            print(name, here.getpeercert()["subjectAltName"], here.version(), there.shared_ciphers()[0])
        except ssl.SSLError as error:
            print(name, name_of(error))
    print(chosen)
    try:
        ssl._ssl.Certificate()
    except TypeError as error:
        print(error)


def pair(client_settings, server_settings, name):
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    here = client_settings.wrap_bio(one, other, server_hostname=name)
    return here, server_settings.wrap_bio(other, one, server_side=True)


def shake(here, there):
    """Has the two do the handshake; one that wants to hear more waits for the other one."""
    waiting = [here, there]
    while waiting:
        for side in list(waiting):
            try:
                side.do_handshake()
                waiting.remove(side)
            except ssl.SSLWantReadError:
                pass


def garbage(directory):
    """Bytes that are no TLS, or no longer are: an error, and nothing worse."""
    import random

    random.seed(1)
    outcomes = set()
    heads = b"", b"\x16\x03\x01\x02\x00\x01", b"\x15\x03\x03\x00\x02\x02\x28", b"\x17\x03\x03"
    contexts = client_context(directory), server_context(directory, "localhost")
    for turn in range(200):
        incoming, server_side = ssl.MemoryBIO(), bool(turn % 2)
        name = None if server_side else "localhost"
        victim = contexts[server_side].wrap_bio(incoming, ssl.MemoryBIO(), server_side, name)
        for _ in range(5):
            incoming.write(random.choice(heads) + random.randbytes(random.choice([0, 1, 5, 100, 20000, 70000])))
            for function in victim.do_handshake, lambda: victim.read(10), lambda: victim.write(b"x"), victim.unwrap:
                try:
                    function()
                except ssl.SSLError as error:
                    outcomes.add(type(error).__name__)
    print(sorted(outcomes))
    # One bit falls over on the way, at whatever place.
    outcomes.clear()
    for turn in range(200):
        wires = ssl.MemoryBIO(), ssl.MemoryBIO()
        ends = ssl.MemoryBIO(), ssl.MemoryBIO()
        here = contexts[0].wrap_bio(ends[0], wires[0], server_hostname="localhost")
        there = contexts[1].wrap_bio(ends[1], wires[1], server_side=True)
        spoilt, passed = random.randrange(3000), 0
        try:
            for _ in range(4):
                for side, wire, end in (here, wires[0], ends[1]), (there, wires[1], ends[0]):
                    try:
                        side.do_handshake()
                        side.write(bytes(100))
                        side.read(1)
                    except ssl.SSLWantReadError:
                        pass
                    data = bytearray(wire.read())
                    if passed <= spoilt < passed + len(data):
                        data[spoilt - passed] ^= 1 << random.randrange(8)
                    passed += len(data)
                    end.write(data)
        except ssl.SSLError as error:
            outcomes.add(type(error).__name__)
    print("SSLError" in outcomes)


def passwords(directory):
    """A key that is encrypted, as `openssl pkcs8 -topk8` does it."""
    file = f"{directory}/encrypted.pem"
    for password in "secret", b"secret", lambda: "secret", "public", None, "x" * 2000, lambda: 1, 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            context.load_cert_chain(file, password=password)
        except (ssl.SSLError, ValueError, TypeError) as error:
            print(name_of(error))
        else:
            here, there = pair(client_context(directory, None, check_hostname=False, verify_mode=ssl.CERT_NONE), context, None)
            shake(here, there)
            print(here.version())


if __name__ == "__main__":
    function, *arguments = sys.argv[1:]
    globals()[function](*arguments)
