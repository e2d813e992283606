"""Sends much in every way that bytes leave a program, and stops before and after each one for somebody to look."""

import os
import socket
import ssl
import struct
import sys

DIRECTORY = sys.argv[1]
#: What is sent in pieces of that size.
PIECE, ALL = bytes(1 << 16), 48 << 20
#: How often what is small is sent, and a name as long as the address of a unix socket can be.
OFTEN, NAME = 25_000, b"\0" + 100 * b"n"
HOST = f"{60 * 'h'}.{60 * 'h'}"

left, right = socket.socketpair()
for end in left, right:
    end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
datagrams, there = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
there.bind(NAME)
listener = socket.socket(socket.AF_UNIX)
listener.bind(NAME[:-1])
room = bytearray(len(PIECE))


def received():
    at = 0
    while at < len(PIECE):
        at += right.recv_into(room, len(PIECE) - at)


def stream(send, *arguments):
    def way():
        send(PIECE, *arguments)
        received()

    return way


def send_with_rights():
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", there.fileno()))]
    left.sendmsg([PIECE], rights)
    at = 0
    while at < len(PIECE):
        data, ancillary, _, _ = right.recvmsg(len(PIECE) - at, socket.CMSG_SPACE(4))
        at += len(data)
        for *_, content in ancillary:
            os.close(*struct.unpack("i", content))


def send_to():
    datagrams.sendto(b"x", NAME)
    there.recv(1)


def send_message_to():
    datagrams.sendmsg([b"x"], [], 0, NAME)
    there.recv(1)


def fails(call, *arguments):
    def way():
        try:
            call(*arguments)
        except OSError:
            pass

    return way


def passed_file():
    """The number of a file that came over a socket: it is written by the host's descriptor."""
    with open(os.path.join(DIRECTORY, "file"), "w+b") as file:
        socket.send_fds(left, [b"x"], [file.fileno()])
    return socket.recv_fds(right, 1, 1)[1][0]


def tls():
    """Two sides of TLS in memory: what one writes is put into the other."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(f"{DIRECTORY}/localhost.pem", f"{DIRECTORY}/localhost.key")
    client = ssl.create_default_context(cafile=f"{DIRECTORY}/ca.pem")
    come, go = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = client.wrap_bio(come, go, server_hostname="localhost"), server.wrap_bio(go, come, server_side=True)
    shaken = set()
    while len(shaken) < 2:
        for side in sides:
            try:
                side.do_handshake()
                shaken.add(side)
            except ssl.SSLWantReadError:
                pass

    def way():
        sides[0].write(PIECE)
        at = 0
        while at < len(PIECE):
            at += len(sides[1].read(len(PIECE)))

    return way


def trust():
    """Certificates that a context trusts: most programs make one for each connection."""
    with open(f"{DIRECTORY}/ca.pem") as file:
        content = ssl.PEM_cert_to_DER_cert(file.read())

    def way():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cadata=content)
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname="localhost")

    return way


file = passed_file()
BULK, FEW = ALL // len(PIECE), 5_000
WAYS = {
    "send": (BULK, stream(left.send)),
    "sendall": (BULK, stream(left.sendall)),
    "sendmsg": (BULK, stream(lambda piece: left.sendmsg([piece[:9], piece[9:]]))),
    "sendmsg with rights": (BULK, send_with_rights),
    "os.write": (BULK, stream(lambda piece: os.write(left.fileno(), piece))),
    "os.write of a file": (BULK, lambda: os.pwrite(file, PIECE, 0)),
    "sendto": (OFTEN, send_to),
    "sendmsg to": (OFTEN, send_message_to),
    "connect": (OFTEN, lambda: datagrams.connect(NAME)),
    "bind": (OFTEN, fails(there.bind, NAME)),
    "setsockopt": (OFTEN, fails(left.setsockopt, socket.SOL_SOCKET, socket.SO_BINDTODEVICE, NAME)),
    "getaddrinfo": (OFTEN, fails(socket.getaddrinfo, HOST, None, 0, 0, 0, socket.AI_NUMERICHOST)),
    "TLS": (BULK, tls()),
    "certificates": (FEW, trust()),
}


def stop(what):
    print(what, flush=True)
    sys.stdin.readline()


for name, (times, way) in WAYS.items():
    for _ in range(times // 10):
        way()
    stop(name)
    for _ in range(times):
        way()
    stop(f"{name}: done")
