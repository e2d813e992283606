"""XML-RPC and the connections of multiprocessing, by the name of the part."""

import sys
import xmlrpc.client
import xmlrpc.server
from multiprocessing.connection import Client, Listener


def xml_server():
    with xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, allow_none=True) as server:
        server.register_function(lambda *numbers: sum(numbers), "add")
        server.register_function(lambda text: text.data[::-1], "reverse")
        server.register_multicall_functions()
        print(server.server_address[1])
        server.serve_forever()


def xml_client(port):
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{port}") as server:
        print(server.add(1, 2, 3), len(server.reverse(b"x" * 300_000).data))
        calls = xmlrpc.client.MultiCall(server)
        calls.add(1, 2)
        calls.add(3, 4)
        print(list(calls()))
        try:
            server.none()
        except xmlrpc.client.Fault as fault:
            print(fault.faultString)


def object_server(place):
    with Listener(place or ("127.0.0.1", 0), authkey=b"secret") as listener:
        print(listener.address if place else listener.address[1])
        with listener.accept() as connection:
            while True:
                try:
                    connection.send([connection.recv()] * 2)
                except EOFError:
                    break


def object_client(place):
    with Client(("127.0.0.1", int(place)) if place.isdigit() else place, authkey=b"secret") as connection:
        connection.send({"bytes": b"x" * 300_000, "set": {1, 2}})
        first, second = connection.recv()
        print(connection.poll(), len(first["bytes"]), second["set"])


globals()[sys.argv[1]](*sys.argv[2:])
