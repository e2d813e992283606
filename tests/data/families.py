"""Does with a socket of every family what the guest `families` does, and prints the same.

The first argument is a text that nobody else sends on this machine at the same time. The second, `loopback`, is given
where AF_VSOCK has a loopback transport: a machine without one would send to the machine that it runs on.
"""

import ctypes
import errno
import socket
import struct
import sys

MARK = sys.argv[1].encode()
VSOCK_LOOPBACK = "loopback" in sys.argv[2:]
PATIENCE = 30
errno.errorcode[errno.EOPNOTSUPP] = "EOPNOTSUPP"


def of(call, *arguments):
    """What a call answers, or the name of its error."""
    try:
        return repr(call(*arguments))
    except OSError as error:
        return name_of(error)


def name_of(error):
    return errno.errorcode.get(error.errno, str(error))


def opened(family, kind, protocol=0):
    new = socket.socket(family, kind, protocol)
    new.settimeout(PATIENCE)
    return new


def marked(receiver, wanted=lambda data: True):
    """The next message with the mark in it: what stands before the mark, and who sent it."""
    while True:
        data, peer = receiver.recvfrom(4096)
        if MARK in data and wanted(data):
            return data[: data.find(MARK)], peer


def links(answer):
    """The interfaces in an answer of rtnetlink(7), and whether more answers follow."""
    found = []
    while answer:
        length, kind = struct.unpack_from("IH", answer)
        if kind == 3:
            return found, False
        index = struct.unpack_from("i", answer, 20)[0]
        attributes = answer[32:length]
        while attributes:
            size, name = struct.unpack_from("HH", attributes)
            if name == 3:
                found.append((index, attributes[4 : size - 1].decode()))
            attributes = attributes[size + 3 & ~3 :]
        answer = answer[length + 3 & ~3 :]
    return found, True


def netlink():
    s = opened(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE)
    yield s.getsockname()
    yield of(s.getpeername)
    s.sendto(struct.pack("IHHIIBxxxiII", 32, 18, 0x301, 7, 0, 0, 0, 0, 0), (0, 0))
    found, more = [], True
    while more:
        answer, peer = s.recvfrom(65536)
        part, more = links(answer)
        found += part
        yield peer
    yield found
    yield s.getsockname()[0] != 0
    groups = opened(socket.AF_NETLINK, socket.SOCK_DGRAM, socket.NETLINK_ROUTE)
    groups.bind((0, 1))
    yield groups.getsockname()[1]
    groups.connect((0, 0))
    yield groups.getpeername()
    groups.setsockopt(270, 1, 5)
    yield groups.getsockname()[1]


def packet(kind):
    def case():
        s = opened(socket.AF_PACKET, kind, socket.htons(0x800))
        yield s.getsockname()
        s.bind(("lo", 0x800))
        yield s.getsockname()
        yield of(s.getpeername)
        yield of(s.bind, ("no-such-iface", 0x800))
        receiver, sender = opened(socket.AF_INET, socket.SOCK_DGRAM), opened(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", 0))
        sender.sendto(MARK, receiver.getsockname())
        before, peer = marked(s)
        yield len(before), peer
        frames = opened(socket.AF_PACKET, kind, 0)
        header = bytes(12) + b"\x88\xb5" if kind == socket.SOCK_RAW else b""
        # Every protocol, and what goes out as well.
        s.bind(("lo", 3))
        yield frames.sendto(header + MARK, ("lo", 0x88B5, 0, 0, bytes(6))) - len(MARK)
        for _ in range(2):
            before, peer = marked(s)
            # CPython tells protocols from 0x8000 on as negative numbers.
            yield len(before), peer[0], peer[1] % 65536, *peer[2:]
        # The interface in promiscuous mode.
        yield of(s.setsockopt, 263, 1, struct.pack("iHH8x", socket.if_nametoindex("lo"), 1, 0))
        yield len(s.getsockopt(263, 6, 8))

    return case


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def request(kind, summed):
    """An echo request, of which the kernel knows the sum where it is not to be summed."""
    payload = MARK + bytes(len(MARK) % 2)
    header = struct.pack("!BBHHH", kind, 0, 0, 1, 1)
    total = checksum(header + payload) if summed else 0
    return struct.pack("!BBHHH", kind, 0, total, 1, 1) + payload


def icmp():
    s = opened(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    yield s.getsockname()
    # Only answers.
    s.setsockopt(255, 1, struct.pack("I", ~1 & 0xFFFFFFFF))
    s.sendto(request(8, True), ("127.0.0.1", 0))
    before, peer = marked(s)
    yield len(before), before[20], peer
    s.connect(("127.0.0.1", 0))
    yield s.getsockname()
    yield of(s.getpeername)


def icmpv6():
    s = opened(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
    yield s.getsockname()
    # Only answers.
    s.setsockopt(58, 1, bytes(16 * [255] + [253] + 15 * [255]))
    s.sendto(request(128, False), ("::1", 0))
    before, peer = marked(s)
    yield len(before), before[0], peer
    s.bind(("::1", 0))
    yield s.getsockname()
    yield of(s.getpeername)


def ping(family, protocol, kind, host):
    def case():
        s = opened(family, socket.SOCK_DGRAM, protocol)
        yield s.getsockname()
        s.sendto(request(kind, False), (host, 0))
        before, peer = marked(s)
        yield len(before), before[0], peer
        local = s.getsockname()
        yield local[0], local[1] == struct.unpack_from("!H", before, 4)[0]
        yield of(s.getpeername)

    return case


def datagrams(family, protocol, host):
    def case():
        receiver, sender = opened(family, socket.SOCK_DGRAM, protocol), opened(family, socket.SOCK_DGRAM, protocol)
        yield receiver.getsockname()
        receiver.bind((host, 0))
        sender.bind((host, 0))
        for option in (10, 11):
            sender.setsockopt(protocol, option, 8)
            yield sender.getsockopt(protocol, option)
        sender.sendto(MARK, receiver.getsockname())
        data, peer = receiver.recvfrom(4096)
        yield data == MARK, peer == sender.getsockname(), peer[0], *peer[2:]
        yield of(sender.getpeername)
        sender.connect(receiver.getsockname())
        yield sender.getpeername() == receiver.getsockname()

    return case


def stream(family, kind, protocol, local, level, option):
    """A server and a client that are both in this program."""

    def case():
        server = opened(family, kind, protocol)
        yield known(server.getsockname())
        server.bind(local)
        yield known(server.getsockname())
        server.listen()
        yield of(server.getsockopt, level, option)
        if family == 40:
            server.setsockopt(level, option, 131072)
            yield server.getsockopt(level, option)
        if family == 40 and not VSOCK_LOOPBACK:
            return
        client = opened(family, kind, protocol)
        to = server.getsockname()
        # A machine talks to itself by VMADDR_CID_LOCAL.
        client.connect((1, to[1]) if family == 40 else to)
        peer, address = server.accept()
        peer.settimeout(PATIENCE)
        yield known(address), address == client.getsockname(), client.getpeername()[1] == to[1]
        client.sendall(MARK)
        yield peer.recv(4096) == MARK
        yield int(peer.type), peer.proto
        yield of(peer.getsockopt, level, option)
        client.close()
        yield peer.recv(1)

    return case


def known(address):
    """An address, with the port that the system has chosen left out."""
    return address[0], address[1] in (0, 0xFFFFFFFF), *address[2:]


def can(protocol, address):
    def case():
        kind = socket.SOCK_RAW if protocol == 1 else socket.SOCK_DGRAM
        s = opened(29, kind, protocol)
        yield of(s.getsockname)
        if protocol == 2:
            s.connect(address)
            return
        s.bind(address)
        yield of(s.getsockname)
        if protocol != 1:
            return
        other = opened(29, kind, protocol)
        other.bind(address)
        frame = struct.pack("IB3x8s", 0x123, 8, MARK[-8:])
        s.send(frame)
        while True:
            data, peer = other.recvfrom(16)
            if data == frame:
                break
        yield peer
        s.setsockopt(101, 4, 1)
        yield s.getsockopt(101, 4)

    return case


def alg():
    # Such a socket is never ready for what it does at once, and CPython would wait for that.
    s = socket.socket(38, socket.SOCK_SEQPACKET)
    yield of(s.getsockname)
    s.bind(("hash", "sha256"))
    operation, peer = s.accept()
    yield peer
    operation.sendall(b"abc")
    yield operation.recv(64).hex()
    yield of(s.bind, ("hash", "no-such-hash"))
    cipher = socket.socket(38, socket.SOCK_SEQPACKET)
    cipher.bind(("skcipher", "cbc(aes)"))
    cipher.setsockopt(279, 1, MARK[-16:])
    operation, peer = cipher.accept()
    operation.sendmsg_afalg([MARK[:16]], op=socket.ALG_OP_ENCRYPT, iv=bytes(16))
    encrypted = operation.recv(16)
    yield encrypted.hex()
    operation, peer = cipher.accept()
    operation.sendmsg_afalg([encrypted], op=socket.ALG_OP_DECRYPT, iv=bytes(16))
    yield operation.recv(16) == MARK[:16]


def tipc():
    server, client = opened(30, socket.SOCK_RDM), opened(30, socket.SOCK_RDM)
    address = server.getsockname()
    yield address[0], address[1], address[3:]
    server.bind((1, 18888, 0, 10, 2))
    client.sendto(MARK, (2, 18888, 5, 0, 2))
    data, peer = server.recvfrom(4096)
    yield data == MARK, peer == client.getsockname()
    client.sendto(MARK, server.getsockname())
    yield server.recv(4096) == MARK
    client.setsockopt(271, 127, 2)
    yield client.getsockopt(271, 127)


def qipcrtr():
    receiver, sender = opened(42, socket.SOCK_DGRAM), opened(42, socket.SOCK_DGRAM)
    yield receiver.getsockname()[0]
    receiver.bind((receiver.getsockname()[0], 0))
    sender.sendto(MARK, receiver.getsockname())
    data, peer = receiver.recvfrom(4096)
    yield data == MARK, peer == sender.getsockname()


def rds():
    receiver, sender = opened(21, socket.SOCK_SEQPACKET), opened(21, socket.SOCK_SEQPACKET)
    for s in receiver, sender:
        s.bind(("127.0.0.1", 0))
    yield receiver.getsockname()[0]
    sender.sendto(MARK, receiver.getsockname())
    data, peer = receiver.recvfrom(4096)
    yield data == MARK, peer == sender.getsockname()


def bluetooth(kind, protocol, layout, *address):
    """Binds by the C library, for many a CPython is built without these addresses; prints as those do that are not."""

    def case():
        s = opened(31, kind, protocol)
        libc = ctypes.CDLL(None, use_errno=True)
        bound = struct.pack(layout, 31, *address)
        if libc.bind(s.fileno(), bound, len(bound)) < 0:
            raise OSError(ctypes.get_errno(), "bind")
        told, length = ctypes.create_string_buffer(128), ctypes.c_int(128)
        if libc.getsockname(s.fileno(), told, ctypes.byref(length)) < 0:
            raise OSError(ctypes.get_errno(), "getsockname")
        fields = [
            ":".join(f"{byte:02X}" for byte in reversed(field)) if isinstance(field, bytes) else field
            for field in struct.unpack(layout, told.raw[: length.value])[1:]
        ]
        if protocol == 0:
            psm, device, cid, address_type = fields
            fields = [device, psm, cid, address_type] if address_type else [device, psm, cid] if cid else [device, psm]
        yield repr(fields[0]) if protocol == 2 else repr(tuple(fields))

    return case


def every():
    """What making a socket of each family and type answers."""
    for family in range(47):
        for kind in (1, 2, 3, 4, 5, 6, 10):
            yield family, kind, made(family, kind, 0)
    # BTPROTO_L2CAP, HCI, SCO, RFCOMM; CAN_RAW, BCM, ISOTP, J1939; AF_HYPERV; protocols of the internet.
    for numbers in NUMBERS:
        yield *numbers, made(*numbers)


NUMBERS = [
    (31, 5, 0), (31, 3, 1), (31, 5, 2), (31, 1, 3), (29, 3, 1), (29, 2, 2), (29, 2, 6), (29, 2, 7), (34, 1, 1),
    (2, 1, 132), (2, 5, 132), (10, 1, 132), (2, 1, 262), (2, 5, 262), (2, 2, 136), (2, 1, 136), (2, 2, 1),
    (10, 2, 58), (2, 3, 1), (10, 3, 58), (2, 3, 255), (2, 3, 0), (16, 3, 15), (16, 3, 31), (16, 2, 4), (17, 2, 768),
]  # fmt: skip


def made(family, kind, protocol):
    return of(lambda: socket.socket(family, kind, protocol).close())


CASES = {
    "netlink": netlink,
    "packet raw": packet(socket.SOCK_RAW),
    "packet dgram": packet(socket.SOCK_DGRAM),
    "icmp": icmp,
    "icmpv6": icmpv6,
    "ping": ping(socket.AF_INET, socket.IPPROTO_ICMP, 8, "127.0.0.1"),
    "ping6": ping(socket.AF_INET6, socket.IPPROTO_ICMPV6, 128, "::1"),
    "udplite": datagrams(socket.AF_INET, 136, "127.0.0.1"),
    "udplite6": datagrams(socket.AF_INET6, 136, "::1"),
    "mptcp": stream(socket.AF_INET, 1, 262, ("127.0.0.1", 0), 6, 43),
    "mptcp6": stream(socket.AF_INET6, 1, 262, ("::1", 0), 6, 43),
    "sctp": stream(socket.AF_INET, 1, 132, ("127.0.0.1", 0), 132, 3),
    "sctp6": stream(socket.AF_INET6, 1, 132, ("::1", 0), 132, 3),
    "vsock": stream(40, 1, 0, (0xFFFFFFFF, 0xFFFFFFFF), 40, 0),
    "vsock seqpacket": stream(40, 5, 0, (0xFFFFFFFF, 0xFFFFFFFF), 40, 0),
    "can raw": can(1, ("vcan0",)),
    "can bcm": can(2, ("vcan0",)),
    "can isotp": can(6, ("vcan0", 0x123, 0x456)),
    "can j1939": can(7, ("vcan0", 0, 0x40000, 0x20)),
    "l2cap": bluetooth(5, 0, "<HH6sHBx", 0x1001, bytes(6), 0, 0),
    "l2cap le": bluetooth(5, 0, "<HH6sHBx", 0, bytes(6), 4, 1),
    "rfcomm": bluetooth(1, 3, "H6sBx", bytes(6), 3),
    "sco": bluetooth(5, 2, "H6s", bytes(6)),
    "hci": bluetooth(3, 1, "HHH", 0xFFFF, 3),
    "alg": alg,
    "tipc": tipc,
    "qipcrtr": qipcrtr,
    "rds": rds,
    "every": every,
}

for name, case in CASES.items():
    try:
        for line in case():
            print(f"{name}: {line}")
    except OSError as error:
        print(f"{name}: {name_of(error)}")
