"""One end of a family's traffic: what the guest `traffic` does, in CPython, printing the same.

The arguments are the family's name and the end: `server`, `client` or, for a family that talks to the kernel, `alone`.
The first line of a server is what its client takes as further arguments. Where the kernel does not have the family, the
first line is `absent`, with the reason.

Each end sends how it calls itself, as text, and prints whether that is how the other sees it. So the two compare what
addresses are made of and how they are written, whatever ports the kernel has chosen.
"""

import ctypes
import errno
import os
import select
import socket
import struct
import sys

PATIENCE = 30
ABSENT = {"EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "ENODEV", "EPERM", "EACCES", "ENETUNREACH"}
PATTERN = bytes((at * 31 + at // 251) % 256 for at in range(20000))
VCAN = "vcan0"


def opened(family, kind, protocol=0):
    new = socket.socket(family, kind, protocol)
    new.settimeout(PATIENCE)
    return new


def text(address):
    return repr(address).encode()


def numbers(address):
    """What a client must know of an address."""
    return [field for field in address if isinstance(field, int)]


def exactly(s, length):
    data = b""
    while len(data) < length:
        more = s.recv(length - len(data))
        if not more:
            break
        data += more
    return data


def stream(family, kind, protocol, local, to):
    """A server that listens, and a client that connects."""
    packets = kind == socket.SOCK_SEQPACKET

    def server():
        listener = opened(family, kind, protocol)
        listener.bind(local)
        listener.listen()
        yield " ".join(map(str, numbers(listener.getsockname())))
        s, peer = listener.accept()
        s.settimeout(PATIENCE)
        yield s.recv(4096) == text(peer), s.getpeername() == peer, int(s.type), s.proto
        s.sendall(text(s.getsockname()))
        if packets:
            yield [s.recv(100) for _ in range(3)]
        else:
            yield exactly(s, len(PATTERN)) == PATTERN
        s.sendall(b"the end")
        try:
            yield s.recv(1)
        except ConnectionResetError:
            # So TIPC may tell it, which acknowledges to nobody.
            if family != 30:
                raise
            yield b""

    def client(*arguments):
        s = socket.socket(family, kind, protocol)
        # It waits without a limit until the connection stands.
        s.connect(to(*arguments))
        s.settimeout(PATIENCE)
        s.sendall(text(s.getsockname()))
        yield s.recv(4096) == text(s.getpeername())
        if packets:
            for message in b"one", b"two", b"three":
                s.send(message)
        else:
            s.sendall(PATTERN)
        yield exactly(s, 7)
        s.close()

    return server, client


def datagrams(family, kind, protocol, local, to):
    """A server that answers where a datagram came from; `local` and `to` are made with the node, where there is one."""

    def bound():
        s = opened(family, kind, protocol)
        if family == 42:
            s.bind((s.getsockname()[0], 0))
        elif local:
            s.bind(local)
        return s

    def server():
        s = bound()
        if family == 30:
            s.bind(TIPC_RANGE)
        yield " ".join(map(str, numbers(s.getsockname())))
        for _ in range(2):
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            yield data == text(peer), len(ancillary), flags
            s.sendto(text(peer), peer)
        yield s.recv(3), s.recvfrom(4096)[0] == PATTERN[:1000]

    def client(*arguments):
        s = bound()
        for address in to(*arguments):
            s.sendto(text(s.getsockname()), address)
            data, peer = s.recvfrom(4096)
            yield data == text(s.getsockname())
        # What does not fit is lost, or waits.
        s.sendto(b"abc", peer)
        s.sendto(PATTERN[:1000], peer)

    return server, client


TIPC_TYPE = 0x4265
TIPC_RANGE = (socket.TIPC_ADDR_NAMESEQ, TIPC_TYPE, 10, 20, socket.TIPC_NODE_SCOPE)


def by_name(*_):
    """By the name, and to all that have names of a range."""
    return (
        (socket.TIPC_ADDR_NAME, TIPC_TYPE, 15, 0, socket.TIPC_NODE_SCOPE),
        (socket.TIPC_ADDR_NAMESEQ, TIPC_TYPE, 12, 18, socket.TIPC_NODE_SCOPE),
    )


def by_ip(*arguments):
    return [("127.0.0.1", int(arguments[0]))] * 2


def by_node(node, port):
    return [(int(node), int(port))] * 2


def tipc_stream(kind, type):
    name = (socket.TIPC_ADDR_NAMESEQ, type, 1, 1, socket.TIPC_NODE_SCOPE)
    return stream(30, kind, 0, name, lambda *_: (socket.TIPC_ADDR_NAME, type, 1, 0, socket.TIPC_NODE_SCOPE))


def inet_stream(family, protocol, host):
    return stream(family, socket.SOCK_STREAM, protocol, (host, 0), lambda port, *_: (host, int(port)))


def vsock(kind):
    """A machine talks to itself by VMADDR_CID_LOCAL."""
    ends = stream(40, kind, 0, (socket.VMADDR_CID_ANY, socket.VMADDR_PORT_ANY), lambda _, port: (1, int(port)))

    def server():
        # A machine without the loopback would talk to the one that it runs on.
        if not os.path.exists("/sys/module/vsock_loopback"):
            raise OSError(errno.ENODEV, "no loopback")
        yield from ends[0]()

    return server, ends[1]


def sctp_many():
    """One socket for many associations, which begin with the first message; streams and payload types."""

    def server():
        s = opened(socket.AF_INET, socket.SOCK_SEQPACKET, 132)
        s.bind(("127.0.0.1", 0))
        s.listen()
        # SCTP_RECVRCVINFO
        s.setsockopt(132, 32, 1)
        yield s.getsockname()[1]
        for _ in range(2):
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            yield data == text(peer), flags, [(level, kind, len(data)) for level, kind, data in ancillary]
            # struct sctp_rcvinfo: the stream and the payload type.
            yield [(data[:2], data[8:12]) for _, _, data in ancillary]
            s.sendto(text(peer), peer)

    def client(port):
        to = "127.0.0.1", int(port)
        for number in 3, 4:
            s = opened(socket.AF_INET, socket.SOCK_SEQPACKET, 132)
            s.bind(("127.0.0.1", 0))
            # SCTP_SNDINFO
            info = struct.pack("HHIIi", number, 0, 0x1000 + number, 0, 0)
            yield s.sendmsg([text(s.getsockname())], [(132, 2, info)], 0, to) == len(text(s.getsockname()))
            data, peer = s.recvfrom(4096)
            yield data == text(s.getsockname()), peer == to

    return server, client


def can(id, data, *, fd=0):
    """struct can_frame, or struct canfd_frame with its flags."""
    if fd:
        return struct.pack("IBBxx64s", id, len(data), fd, data)
    return struct.pack("IB3x8s", id, len(data), data)


def can_raw():
    def opened_raw(*filters):
        s = opened(29, socket.SOCK_RAW, 1)
        # CAN_RAW_FILTER, CAN_RAW_FD_FRAMES
        s.setsockopt(101, 1, b"".join(struct.pack("II", *numbers) for numbers in filters))
        s.setsockopt(101, 5, 1)
        s.bind((VCAN,))
        return s

    def server():
        s = opened_raw((0x123, 0x7FF), (0x80012300, 0x9FFFFF00))
        yield "ready"
        yield s.getsockopt(101, 1, 64).hex(), s.getsockopt(101, 5)
        for _ in range(3):
            data, ancillary, flags, peer = s.recvmsg(100, 100)
            yield data.hex(), ancillary, flags, peer
        s.send(can(0x456, b"seen"))

    def client(_):
        s = opened_raw((0x456, 0x7FF))
        # The filters let 0x124 not pass.
        frames = can(0x124, b"no"), can(0x123, b"12345678"), can(0x123, PATTERN[:64], fd=1), can(0x80012345, b"")
        yield [s.send(frame) for frame in frames]
        data, peer = s.recvfrom(100)
        yield data.hex(), peer
        everywhere = opened(29, socket.SOCK_RAW, 1)
        everywhere.bind(("",))
        yield everywhere.getsockname()

    return server, client


def can_bcm():
    def head(opcode, flags, count, interval, id, *frames):
        """struct bcm_msg_head, whose first interval is in microseconds here."""
        return struct.pack("@IIIllllII0q", opcode, flags, count, 0, interval, 0, 0, id, len(frames)) + b"".join(frames)

    def told(message):
        """The message without its times."""
        opcode, flags, count, id, frames = struct.unpack_from("@III36xII", message)
        return opcode, flags, count, id, frames, message[56:].hex()

    def server():
        s = opened(29, socket.SOCK_DGRAM, 2)
        s.connect((VCAN,))
        raw = opened(29, socket.SOCK_RAW, 1)
        raw.setsockopt(101, 1, struct.pack("II", 0x223, 0x7FF))
        raw.bind((VCAN,))
        # RX_SETUP: told when what the mask chooses has changed.
        s.send(head(5, 0, 0, 0, 0x223, can(0, b"\xff\0\0\0\0\0\0\0")))
        yield "ready"
        for _ in range(2):
            data, peer = s.recvfrom(256)
            yield *told(data), peer
        yield [raw.recv(100).hex() for _ in range(4)]

    def client(_):
        s = opened(29, socket.SOCK_DGRAM, 2)
        s.connect((VCAN,))
        # TX_SETUP with SETTIMER, STARTTIMER and TX_COUNTEVT: three times, and then told so.
        cyclic = head(1, 1 | 2 | 4, 3, 10000, 0x223, can(0x223, b"\x01cyclic"))
        yield s.send(cyclic) == len(cyclic)
        yield told(s.recv(256))
        # TX_SEND: once.
        yield s.send(head(4, 0, 0, 0, 0x223, can(0x223, b"\x02once")))

    return server, client


def can_isotp():
    def ends(rx, tx):
        s = opened(29, socket.SOCK_DGRAM, 6)
        s.bind((VCAN, rx, tx))
        return s

    def server():
        s = ends(0x700, 0x701)
        yield "ready"
        yield s.getsockname()
        for length in 5, 300, 4000:
            data, peer = s.recvfrom(5000)
            yield data == PATTERN[:length], peer
            s.send(data[::-1])

    def client(_):
        s = ends(0x701, 0x700)
        for length in 5, 300, 4000:
            yield s.send(PATTERN[:length])
            yield s.recv(5000) == PATTERN[:length][::-1]
        s = ends(0x80012345, 0x80054321)
        yield s.getsockname()

    return server, client


def can_j1939():
    NO_NAME, NO_PGN, PGN = 0, 0x40000, 0x12300

    def bound(address):
        s = opened(29, socket.SOCK_DGRAM, 7)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.bind((VCAN, NO_NAME, NO_PGN, address))
        return s

    def server():
        s = bound(0x30)
        yield "ready"
        yield s.getsockname()
        # To this address alone, in one frame and in many; to all.
        for length in 8, 500, 8:
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            yield data == PATTERN[:length], sorted(ancillary), flags, peer
            s.sendto(b"seen", (VCAN, NO_NAME, PGN, 0x20))

    def client(_):
        s = bound(0x20)
        # SO_J1939_SEND_PRIO
        s.setsockopt(107, 3, 3)
        yield s.getsockopt(107, 3)
        for length, to in (8, (PGN, 0x30)), (500, (PGN, 0x30)), (8, (0xFE01, 0xFF)):
            yield s.sendto(PATTERN[:length], (VCAN, NO_NAME, *to))
            yield s.recvfrom(100)
        s.connect((VCAN, NO_NAME, PGN, 0x30))
        yield s.getsockname(), s.getpeername()

    return server, client


def groups(family, any, loopback, group):
    """Joining, leaving, and blocking a source: what goes to the group arrives, or only what comes after it."""
    level = 0 if family == socket.AF_INET else 41
    lo = socket.if_nametoindex("lo")

    def storage(host):
        if family == socket.AF_INET:
            raw = struct.pack("HH4s", family, 0, socket.inet_aton(host))
        else:
            raw = struct.pack("HHI16sI", family, 0, 0, socket.inet_pton(family, host), 0)
        return raw.ljust(128, b"\0")

    request = struct.pack("I4x", lo) + storage(group)
    # MCAST_JOIN_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_LEAVE_GROUP
    steps = (42, request), (43, request + storage(loopback)), (44, request + storage(loopback)), (45, request)

    def server():
        s = opened(family, socket.SOCK_DGRAM)
        # IP_MULTICAST_ALL, IPV6_MULTICAST_ALL: only to whom this socket belongs.
        s.setsockopt(level, 49 if level == 0 else 29, 0)
        s.bind((any, 0))
        # Where no way leads to groups, there are none.
        sending().sendto(b"", (group, s.getsockname()[1]))
        yield s.getsockname()[1]
        _, peer = s.recvfrom(100)
        for option, value in steps:
            s.setsockopt(level, option, value)
            s.sendto(b"next", peer)
            data, peer = s.recvfrom(100)
            yield option, data, data == b"after" or s.recv(100), peer[0]

    def sending():
        s = opened(family, socket.SOCK_DGRAM)
        s.bind((loopback, 0))
        if level == 0:
            s.setsockopt(0, socket.IP_MULTICAST_IF, struct.pack("4s4si", bytes(4), bytes(4), lo))
        else:
            s.setsockopt(41, socket.IPV6_MULTICAST_IF, lo)
        return s

    def client(port):
        s = sending()
        s.sendto(b"hello", (loopback, int(port)))
        for _ in steps:
            yield s.recv(100)
            s.sendto(b"to the group", (group, int(port)))
            s.sendto(b"after", (loopback, int(port)))

    return server, client


def broadcast():
    def server():
        s = opened(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.255.255.255", 0))
        yield s.getsockname()[1]
        data, peer = s.recvfrom(100)
        yield data == text(peer)

    def client(port):
        s = opened(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("127.0.0.1", 0))
        to = "127.255.255.255", int(port)
        try:
            s.sendto(b"", to)
        except OSError as error:
            yield errno.errorcode[error.errno]
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.sendto(text(s.getsockname()), to)

    return server, client


def alg():
    def operation(kind, name, key=None, tag=None):
        # Such a socket is never ready for what it does at once, and CPython would wait for that.
        s = socket.socket(38, socket.SOCK_SEQPACKET)
        s.bind((kind, name))
        if tag:
            s.setsockopt(279, 5, None, tag)
        if key is not None:
            s.setsockopt(279, 1, key)
        return s.accept()[0]

    def alone():
        for name, key in ("sha256", None), ("sha512", None), ("hmac(sha256)", PATTERN[:20]):
            s = operation("hash", name, key)
            s.sendall(b"abc", socket.MSG_MORE)
            s.sendall(b"def")
            yield name, s.recv(64).hex()
        for name, blocks in ("cbc(aes)", 4), ("ctr(aes)", 3):
            s = operation("skcipher", name, PATTERN[:32])
            length = 16 * blocks
            s.sendmsg_afalg([PATTERN[:length]], op=socket.ALG_OP_ENCRYPT, iv=PATTERN[16:32])
            encrypted = s.recv(length)
            yield name, encrypted.hex()
            s.sendmsg_afalg([encrypted], op=socket.ALG_OP_DECRYPT, iv=PATTERN[16:32])
            yield s.recv(length) == PATTERN[:length]
        s = operation("aead", "gcm(aes)", PATTERN[:16], 16)
        known, secret = PATTERN[100:113], PATTERN[200:240]
        s.sendmsg_afalg([known, secret], op=socket.ALG_OP_ENCRYPT, iv=PATTERN[:12], assoclen=len(known))
        sealed = s.recv(len(known) + len(secret) + 16)
        yield sealed.hex()
        s.sendmsg_afalg([sealed], op=socket.ALG_OP_DECRYPT, iv=PATTERN[:12], assoclen=len(known))
        yield s.recv(len(sealed) - 16) == known + secret
        broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
        s.sendmsg_afalg([broken], op=socket.ALG_OP_DECRYPT, iv=PATTERN[:12], assoclen=len(known))
        try:
            s.recv(len(sealed) - 16)
        except OSError as error:
            yield errno.errorcode[error.errno]
        yield len(operation("rng", "stdrng", b"").recv(16))

    return (alone,)


def packet():
    """Auxiliary data of a datagram that is seen passing, of which nobody else sends one so long."""

    def alone():
        tap = opened(17, socket.SOCK_RAW, socket.htons(0x800))
        tap.bind(("lo", 0x800))
        # PACKET_AUXDATA
        tap.setsockopt(263, 8, 1)
        receiver, sender = opened(socket.AF_INET, socket.SOCK_DGRAM), opened(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("127.0.0.1", 0))
        mark = b"%d" % receiver.getsockname()[1] + PATTERN[:2000]
        sender.sendto(mark, receiver.getsockname())
        while True:
            data, ancillary, flags, peer = tap.recvmsg(4096, 256)
            if data.endswith(mark):
                break
        ((level, kind, auxiliary),) = ancillary
        # struct tpacket_auxdata: status, length, captured length, offsets, VLAN.
        _, *fields = struct.unpack("IIIHHHH", auxiliary)
        yield level, kind, flags, peer
        yield [field - len(mark) for field in fields[:2]], fields[2:]

    return (alone,)


def by_libc(name, s, address, length):
    """Calls the C library, for many a CPython is built without the addresses of Bluetooth."""
    answer = getattr(ctypes.CDLL(None, use_errno=True), name)(s.fileno(), address, length)
    if answer < 0:
        raise OSError(ctypes.get_errno(), name)
    return answer


def hci():
    """A virtual controller of Bluetooth, and a program that has it for itself and asks it by raw packets."""
    VERSION, END = 0x1001, 0xFC01
    # What it answers to the commands by which the kernel gets to know it, after the status; to all others, zeros.
    answers = {
        VERSION: bytes.fromhex("0c34120c0f007856"),
        # Read_Buffer_Size, Read_BD_ADDR
        0x1005: struct.pack("<HBHH", 1021, 64, 8, 8),
        0x1009: bytes.fromhex("060504030201"),
        # Read_Local_Name
        0x0C14: b"lab".ljust(248, b"\0"),
    }

    def bound(device, channel):
        s = opened(31, socket.SOCK_RAW, 1)
        by_libc("bind", s, struct.pack("HHH", 31, device, channel), 6)
        return s

    def server():
        # HCI_DEV_NONE, HCI_CHANNEL_CONTROL
        management = bound(0xFFFF, 3)
        if not os.path.exists("/dev/vhci"):
            raise OSError(errno.ENODEV, "no /dev/vhci")
        controller = os.open("/dev/vhci", os.O_RDWR)
        os.write(controller, b"\xff\0")
        poller = select.poll()
        for file in controller, management:
            poller.register(file, select.POLLIN)
        opcode = None
        while opcode != END:
            for descriptor, _ in poller.poll(PATIENCE * 1000):
                if descriptor != controller:
                    event, index = struct.unpack_from("<HH", management.recv(1024))
                    # Index Added: the kernel knows it now.
                    if event == 4:
                        yield index
                    continue
                packet = os.read(controller, 1024)
                if packet[0] == 1:
                    opcode = struct.unpack_from("<H", packet, 1)[0]
                    result = b"\0" + answers.get(opcode, bytes(64))
                    # Command Complete: one more may come.
                    event = struct.pack("<BBBBH", 4, 14, 3 + len(result), 1, opcode) + result
                    os.write(controller, event)

    def client(index):
        # HCI_CHANNEL_USER
        s = bound(int(index), 1)
        for opcode in VERSION, END:
            yield s.send(struct.pack("<BHB", 1, opcode, 0))
            yield s.recv(260).hex()

    return server, client


def bluetooth(kind, protocol, number, pack, unpack):
    """A connection between the two controllers of `bluetooth.py`."""
    FIRST, SECOND = bytes.fromhex("010000b0b0c0"), bytes.fromhex("020000b0b0c0")

    def named(name, s, device, number):
        address = pack(device, number)
        by_libc(name, s, address, len(address))

    def told(name, s):
        """Asks for an address, and gives it as text and number; accept(2) gives the new socket, too."""
        raw, length = ctypes.create_string_buffer(32), ctypes.c_int(32)
        answer = by_libc(name, s, raw, ctypes.byref(length))
        device, number = unpack(raw.raw)
        return answer, ":".join(f"{byte:02X}" for byte in reversed(device)), number

    def server():
        listener = socket.socket(31, kind, protocol)
        named("bind", listener, FIRST, number)
        listener.listen(1)
        yield "ready"
        descriptor, *peer = told("accept", listener)
        s = socket.socket(31, kind, protocol, fileno=descriptor)
        s.settimeout(PATIENCE)
        yield peer[0], told("getsockname", s)[1:]
        yield s.recv(100)
        s.sendall(PATTERN[:600])
        try:
            yield s.recv(1)
        except ConnectionResetError:
            # So RFCOMM may tell it, when the devices have parted.
            yield b""

    def client(_):
        s = socket.socket(31, kind, protocol)
        named("bind", s, SECOND, 0)
        named("connect", s, FIRST, number)
        yield told("getsockname", s)[1], told("getpeername", s)[1:]
        s.settimeout(PATIENCE)
        s.sendall(b"hello")
        yield exactly(s, 600) == PATTERN[:600]

    return server, client


def l2cap():
    def pack(device, psm):
        return struct.pack("<HH6sHBx", 31, psm, device, 0, 0)

    def unpack(raw):
        psm, device = struct.unpack_from("<H6s", raw, 2)
        return device, psm

    return bluetooth(socket.SOCK_SEQPACKET, 0, 0x1001, pack, unpack)


def rfcomm():
    def pack(device, channel):
        return struct.pack("H6sBx", 31, device, channel)

    return bluetooth(socket.SOCK_STREAM, 3, 7, pack, lambda raw: struct.unpack_from("6sB", raw, 2))


INET, DGRAM, STREAM, SEQPACKET = socket.AF_INET, socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET
CASES = {
    "tcp": inet_stream(INET, 0, "127.0.0.1"),
    "tcp6": inet_stream(socket.AF_INET6, 0, "::1"),
    "mptcp": inet_stream(INET, 262, "127.0.0.1"),
    "sctp": inet_stream(INET, 132, "127.0.0.1"),
    "sctp6": inet_stream(socket.AF_INET6, 132, "::1"),
    "sctp_many": sctp_many(),
    "udp": datagrams(INET, DGRAM, 0, ("127.0.0.1", 0), by_ip),
    "udplite": datagrams(INET, DGRAM, 136, ("127.0.0.1", 0), by_ip),
    "multicast": groups(INET, "0.0.0.0", "127.0.0.1", "239.255.66.101"),
    "multicast6": groups(socket.AF_INET6, "::", "::1", "ff01::42:65"),
    "broadcast": broadcast(),
    "vsock": vsock(STREAM),
    "vsock_seqpacket": vsock(SEQPACKET),
    "can_raw": can_raw(),
    "can_bcm": can_bcm(),
    "can_isotp": can_isotp(),
    "can_j1939": can_j1939(),
    "tipc": datagrams(30, socket.SOCK_RDM, 0, None, by_name),
    "tipc_stream": tipc_stream(STREAM, 0x4266),
    "tipc_seqpacket": tipc_stream(SEQPACKET, 0x4267),
    "qipcrtr": datagrams(42, DGRAM, 0, None, by_node),
    "rds": datagrams(21, SEQPACKET, 0, ("127.0.0.1", 0), by_ip),
    "hci": hci(),
    "l2cap": l2cap(),
    "rfcomm": rfcomm(),
    "alg": alg(),
    "packet": packet(),
}

name, end, *arguments = sys.argv[1:]
ends = dict(zip(("alone",) if len(CASES[name]) == 1 else ("server", "client"), CASES[name]))
first = end != "client"
try:
    for line in ends[end](*arguments):
        print(line, flush=True)
        first = False
except OSError as error:
    if first and errno.errorcode[error.errno] in ABSENT:
        print("absent:", error)
    else:
        raise
