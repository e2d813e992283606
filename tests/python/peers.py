"""Clients and servers whose peers are native: by the name of the part, and its arguments."""

import errno
import socket
import sys


def tcp_server():
    server = socket.create_server(("127.0.0.1", 0))
    print(server.getsockname()[1])
    connection, _ = server.accept()
    while data := connection.recv(65536):
        connection.sendall(data)


def tcp_client(port):
    with socket.create_connection(("localhost", int(port)), 30) as client:
        client.sendall(bytes(range(256)) * 4000)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        while data := client.recv(65536):
            answer += data
    print(len(answer), answer == bytes(range(256)) * 4000)


def udp_server():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        print(server.getsockname()[1])
        data, peer = server.recvfrom(100)
        server.sendto(data[::-1], peer)


def udp_client(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(30)
        client.sendto(b"datagram", ("127.0.0.1", int(port)))
        print(client.recvfrom(100) == (b"margatad", ("127.0.0.1", int(port))))


def unix_server(path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        print("listening")
        connection, peer = server.accept()
        with connection:
            connection.sendall(connection.recv(100)[::-1])


def unix_client(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        client.sendall(b"path")
        print(client.recv(100))


def rights_client(path):
    """Sends one end of a pair, and receives one of the peer's."""
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
        kept, given = socket.socketpair()
        socket.send_fds(client, [b"x"], [given.fileno()])
        given.close()
        print(kept.recv(100))
        _, numbers, _, _ = socket.recv_fds(client, 1, 1)
        with socket.socket(fileno=numbers[0]) as received:
            received.sendall(b"from the guest")


def page(url):
    import urllib.error
    import urllib.request

    with urllib.request.urlopen(f"{url}/page", timeout=30) as answer:
        print(answer.status, len(answer.read()))
    try:
        urllib.request.urlopen(f"{url}/none")
    except urllib.error.HTTPError as error:
        print(error.code)


def denied():
    try:
        socket.create_connection(("127.0.0.1", 9))
    except PermissionError as error:
        print(error.errno == errno.EACCES, error.strerror)


globals()[sys.argv[1]](*sys.argv[2:])
