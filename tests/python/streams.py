"""asyncio: a server of streams with many clients, datagrams, names, time limits; all in one program."""

import asyncio
import signal
import socket
import sys

CLIENTS = int(sys.argv[1])


async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line[::-1])
        await writer.drain()
    writer.close()


async def client(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"{number}\n".encode())
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer == f"\n{str(number)[::-1]}".encode(), answer


class Datagrams(asyncio.DatagramProtocol):
    def __init__(self):
        self.received = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, peer):
        self.received.set_result((data, peer))


async def main():
    loop = asyncio.get_running_loop()
    server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=CLIENTS)
    port = server.sockets[0].getsockname()[1]
    async with server:
        await asyncio.gather(*(client(port, number) for number in range(CLIENTS)))
    print(CLIENTS)

    receiver, protocol = await loop.create_datagram_endpoint(Datagrams, ("127.0.0.1", 0))
    sender, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=receiver.get_extra_info("sockname")
    )
    sender.sendto(b"datagram")
    data, peer = await protocol.received
    print(data, peer == sender.get_extra_info("sockname"))

    left, right = socket.socketpair()
    left.setblocking(False)
    try:
        async with asyncio.timeout(0.01):
            await loop.sock_recv(left, 1)
    except TimeoutError:
        print("timed out")
    right.send(b"x")
    print(await loop.sock_recv(left, 1))
    try:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            await asyncio.open_connection(*closed.getsockname())
    except ConnectionRefusedError as error:
        print(type(error).__name__)
    print((await loop.getaddrinfo("localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM))[0][4])
    print(await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))

    handled = loop.create_future()
    loop.add_signal_handler(signal.SIGTERM, handled.set_result, "handled")
    signal.raise_signal(signal.SIGTERM)
    print(await handled, loop.remove_signal_handler(signal.SIGTERM), loop.remove_signal_handler(signal.SIGTERM))
    for number in 0, 1000:
        try:
            loop.add_signal_handler(number, print)
        except ValueError as error:
            print(error)


asyncio.run(main())
