"""Servers of the standard library's socketserver, and what logging sends, by the name of the part."""

import logging
import logging.handlers
import pickle
import socket
import socketserver
import struct
import sys


class Stream(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line[::-1])


class Datagram(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read()[::-1])


def serve(kind, path=None):
    """One of the module's servers."""
    handler = Datagram if issubclass(getattr(socketserver, kind), socketserver.UDPServer) else Stream
    with getattr(socketserver, kind)(path or ("127.0.0.1", 0), handler) as server:
        print(path or server.server_address[1])
        server.serve_forever()


def ask(kind, place, own=None):
    """A client of it; `own` is the path of a unix datagram socket."""
    address = ("127.0.0.1", int(place)) if place.isdigit() else place
    family = socket.AF_INET if place.isdigit() else socket.AF_UNIX
    type = socket.SOCK_DGRAM if "Datagram" in kind or "UDP" in kind else socket.SOCK_STREAM
    for number in range(5):
        with socket.socket(family, type) as client:
            client.settimeout(30)
            if own:
                client.bind(f"{own}{number}")
            client.connect(address)
            client.sendall(b"request\n")
            print(client.recv(100))


def log(stream, datagram, path):
    """Logs by TCP, by UDP and by syslog's protocols."""
    log = logging.getLogger("guest")
    log.setLevel(logging.INFO)
    handlers = logging.handlers
    for handler in (
        handlers.SocketHandler("127.0.0.1", int(stream)),
        handlers.DatagramHandler("127.0.0.1", int(datagram)),
        handlers.SysLogHandler(("127.0.0.1", int(datagram))),
        handlers.SysLogHandler(path),
    ):
        log.addHandler(handler)
        log.info("number %d", 7)
        log.removeHandler(handler)
        handler.close()


def gather(path):
    """Prints what `log` logs."""
    stream = socket.create_server(("127.0.0.1", 0))
    datagram = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagram.bind(("127.0.0.1", 0))
    local = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    local.bind(path)
    print(stream.getsockname()[1])
    print(datagram.getsockname()[1])
    connection, _ = stream.accept()
    with connection.makefile("rb") as file:
        (length,) = struct.unpack(">L", file.read(4))
        print(logging.makeLogRecord(pickle.loads(file.read(length))).getMessage())
    print(logging.makeLogRecord(pickle.loads(datagram.recv(10_000)[4:])).getMessage())
    print(datagram.recv(10_000), local.recv(10_000))


globals()[sys.argv[1]](*sys.argv[2:])
