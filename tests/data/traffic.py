"""One end of a family's traffic: what the guest `traffic` does, in CPython, printing the same.

An end is the family's name and `server`, `client` or, for a family that talks to the kernel, `alone`. The first line of a
server is what its client takes as further words. Where the kernel does not have the family, the first line is `absent`,
with the reason; the last line of what did not fail is `all is told`. One start of this program does for all ends, for in
the lab it takes a second.

Each end sends how it calls itself, as text, and prints whether that is how the other sees it. So the two compare what
addresses are made of and how they are written, whatever ports the kernel has chosen.
"""

import ctypes
import errno
import fcntl
import os
import select
import signal
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
            s.bind(tipc_range(kind, 10, 20))
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


# The types of names, of which each case has its own.
TIPC_TYPE = 0x4260


def tipc_range(kind, lower, upper, scope=socket.TIPC_NODE_SCOPE):
    return socket.TIPC_ADDR_NAMESEQ, TIPC_TYPE + kind, lower, upper, scope


def tipc_name(kind, instance):
    return socket.TIPC_ADDR_NAME, TIPC_TYPE + kind, instance, 0, socket.TIPC_NODE_SCOPE


def tipc_datagrams(kind):
    # By the name, and to all that have names of a range.
    return datagrams(30, kind, 0, None, lambda *_: (tipc_name(kind, 15), tipc_range(kind, 12, 18)))


def by_ip(*arguments):
    return [("127.0.0.1", int(arguments[0]))] * 2


def by_node(node, port):
    return [(int(node), int(port))] * 2


def tipc_stream(kind):
    return stream(30, kind, 0, tipc_range(kind, 1, 1), lambda *_: tipc_name(kind, 1))


def tipc_topology():
    """The service of the kernel's own that tells who takes names, and who gives them back."""
    TYPE = 9

    def server():
        s = opened(30, socket.SOCK_RDM)
        s.bind(tipc_range(TYPE, 5, 5))
        yield "ready"
        yield s.recv(10)
        s.bind(tipc_range(TYPE, 7, 9))
        # A scope below zero gives back.
        s.bind(tipc_range(TYPE, 7, 9, -socket.TIPC_NODE_SCOPE))
        yield s.recv(10)

    def client(_):
        s = opened(30, SEQPACKET)
        s.connect((socket.TIPC_ADDR_NAME, socket.TIPC_TOP_SRV, socket.TIPC_TOP_SRV, 0))
        yield s.getpeername()[:2]
        # struct tipc_subscr: the names, how long, what of, and whose it is.
        wanted = TIPC_TYPE + TYPE, 0, 100, socket.TIPC_WAIT_FOREVER & 0xFFFFFFFF, socket.TIPC_SUB_PORTS, b"handle"
        s.send(struct.pack("IIIII8s", *wanted))
        other = opened(30, socket.SOCK_RDM)
        for number in range(3):
            # struct tipc_event: which, the names, whose they are, and the subscription.
            event = s.recv(100)
            yield len(event), *struct.unpack_from("III", event), (*struct.unpack_from("IIIII", event, 20), event[40:].rstrip(b"\0"))
            if number != 1:
                other.sendto(b"go on", tipc_name(TYPE, 5))

    return server, client


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

    def client(*arguments):
        with open("/dev/vsock", "rb") as device:
            yield struct.unpack("I", fcntl.ioctl(device, socket.IOCTL_VM_SOCKETS_GET_LOCAL_CID, bytes(4)))[0]
        yield from ends[1](*arguments)

    return server, client


def udplite(family, host):
    """Checksums of a part: what leaves out more than the receiver asks for does not come in."""

    def server():
        s = opened(family, DGRAM, 136)
        # UDPLITE_RECV_CSCOV
        s.setsockopt(136, 11, 16)
        s.bind((host, 0))
        yield s.getsockname()[1]
        for _ in range(3):
            data, peer = s.recvfrom(100)
            yield data[:2]
            s.sendto(text(peer), peer)

    def client(port):
        s = opened(family, DGRAM, 136)
        s.bind((host, 0))
        s.connect((host, int(port)))
        # UDPLITE_SEND_CSCOV; 0 is all.
        for coverage in 8, 16, 15, 20, 0:
            s.setsockopt(136, 10, coverage)
            yield s.send(b"%2d of 50" % coverage + PATTERN[:42]), s.getsockopt(136, 10)
            if coverage not in (8, 15):
                yield s.recv(100) == text(s.getsockname()), s.getpeername()[:2] == (host, int(port))

    return server, client


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


def sctp_events():
    """The older control messages, which go both ways, and what the kernel tells of an association."""

    def server():
        s = opened(socket.AF_INET, socket.SOCK_SEQPACKET, 132)
        # SCTP_EVENTS: struct sctp_event_subscribe, with what comes with data, and associations that begin and end.
        s.setsockopt(132, 11, b"\1\1" + bytes(12))
        s.bind(("127.0.0.1", 0))
        s.listen()
        yield s.getsockname()[1]
        for _ in range(4):
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            if flags & 0x8000:
                # MSG_NOTIFICATION: struct sctp_assoc_change.
                kind, _, length, state, error, outgoing, incoming = struct.unpack_from("HHIHHHH", data)
                yield kind, length == len(data), state, error, outgoing, incoming, ancillary, flags
                continue
            ((level, kind, info),) = ancillary
            # struct sctp_sndrcvinfo: the stream, its sequence number, flags, payload type, context.
            yield data, level, kind, len(info), struct.unpack_from("HHH2xII", info), flags
            association = info[28:]
            # Back by the number of the association alone, with the stream and the payload type.
            s.sendmsg([data[::-1]], [(132, 1, struct.pack("HHH2xIIIII4s", 5, 0, 0, 0x77, 0, 0, 0, 0, association))])

    def client(port):
        s = opened(socket.AF_INET, socket.SOCK_SEQPACKET, 132)
        s.setsockopt(132, 11, b"\1" + bytes(13))
        to = "127.0.0.1", int(port)
        # In order, and then SCTP_UNORDERED.
        for flags in 0, 1:
            info = struct.pack("HHH2xIIIIIi", 2, 0, flags, 0x55, 0x66, 0, 0, 0, 0)
            yield s.sendmsg([b"to the ", b"server"], [(132, 1, info)], 0, to)
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            ((level, kind, info),) = ancillary
            yield data, level, kind, struct.unpack_from("HHH2xII", info), flags, peer == to
        s.close()

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


def can_filters():
    """Filters that leave out, that hold all at once, that choose errors; what comes back to who has sent it."""
    INVERTED, ERROR = 0x20000000, 0x20000000

    def opened_raw(filters, **options):
        s = opened(29, socket.SOCK_RAW, 1)
        s.setsockopt(101, 1, b"".join(struct.pack("II", *numbers) for numbers in filters))
        for name, value in options.items():
            # CAN_RAW_ERR_FILTER, LOOPBACK, RECV_OWN_MSGS, JOIN_FILTERS
            s.setsockopt(101, {"error": 2, "loopback": 3, "own": 4, "join": 6}[name], value)
        s.bind((VCAN,))
        return s

    def server():
        chosen = opened_raw([(0x330, 0x7F0), (0x335 | INVERTED, 0x7FF)], join=1)
        errors = opened_raw([], error=0x14)
        yield "ready"
        yield chosen.getsockopt(101, 6), chosen.getsockopt(101, 1, 16).hex(), errors.getsockopt(101, 2)
        for s in chosen, errors:
            for _ in range(2):
                data, ancillary, flags, peer = s.recvmsg(100, 100)
                yield data.hex(), ancillary, flags, peer
        chosen.send(can(0x341, b"seen"))

    def client(_):
        own = opened_raw([(0x330, 0x7F0), (0x340, 0x7F0)], own=1)
        silent = opened_raw([], loopback=0)
        yield own.getsockopt(101, 4), silent.getsockopt(101, 3), silent.getsockopt(101, 1, 16)
        silent.send(can(0x333, b"silent"))
        # CAN_ERR_BUSOFF, CAN_ERR_CRTL, CAN_ERR_TRX, of which the first is not asked for.
        for id in ERROR | 0x40, ERROR | 4, ERROR | 0x10:
            own.send(can(id, b"error"))
        for id in 0x335, 0x331, 0x33F:
            own.send(can(id, b"chosen"))
            data, ancillary, flags, peer = own.recvmsg(100, 100)
            # MSG_CONFIRM: what this socket has sent.
            yield data.hex(), flags, peer
        data, ancillary, flags, peer = own.recvmsg(100, 100)
        yield data.hex(), flags, peer

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
        # The kernel tells of the end of the cycle before it sends the last frame of it: that one may come after the client's next.
        yield sorted(raw.recv(100).hex() for _ in range(4))

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


def can_j1939_names():
    """Names, which take addresses by claiming them, and are sent to wherever they are."""
    VCAN, NO_PGN, PGN, CLAIM = "vcan1", 0x40000, 0x12300, 0xEE00
    # Two that may have any address that is free.
    FIRST, SECOND = 1 << 63 | 0x1234567, 1 << 63 | 0x7654321

    def claimed(name, address):
        s = opened(29, socket.SOCK_DGRAM, 7)
        s.bind((VCAN, name, NO_PGN, address))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.sendto(struct.pack("<Q", name), (VCAN, 0, CLAIM, 0xFF))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 0)
        return s

    def sent(s, data, to):
        """Who claims an address has it only when nobody has objected for a while."""
        while True:
            try:
                return s.sendto(data, to)
            except OSError as error:
                if error.errno != errno.EADDRNOTAVAIL:
                    raise

    def server():
        s = claimed(FIRST, 0x41)
        yield "ready"
        yield s.getsockname()
        for length in 8, 300:
            data, ancillary, flags, peer = s.recvmsg(4096, 256)
            yield data == PATTERN[:length], sorted(ancillary), flags, peer
            sent(s, b"seen", (VCAN, SECOND, PGN, 0xFF))

    def client(_):
        s = claimed(SECOND, 0x42)
        for length in 8, 300:
            yield sent(s, PATTERN[:length], (VCAN, FIRST, PGN, 0xFF))
            yield s.recvfrom(100)

    return server, client


def groups(family, any, loopback, group, elsewhere):
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
    source, other = request + storage(loopback), request + storage(elsewhere)
    # MCAST_JOIN_GROUP, MCAST_BLOCK_SOURCE, MCAST_UNBLOCK_SOURCE, MCAST_LEAVE_GROUP; MCAST_JOIN_SOURCE_GROUP,
    # MCAST_LEAVE_SOURCE_GROUP, with the source that sends and with another
    steps = [(42, request), (43, source), (44, source), (45, request), (46, source), (47, source), (46, other)]
    steps += [(47, other)]
    if family == socket.AF_INET:
        address, here = socket.inet_aton(group), socket.inet_aton(loopback)
        by_address = address + here
        by_index = struct.pack("4s4si", address, bytes(4), lo)
        # struct ip_mreq_source
        source, other = by_address + here, by_address + socket.inet_aton(elsewhere)
        # IP_ADD_MEMBERSHIP, IP_DROP_MEMBERSHIP; IP_BLOCK_SOURCE, IP_UNBLOCK_SOURCE; IP_ADD_SOURCE_MEMBERSHIP,
        # IP_DROP_SOURCE_MEMBERSHIP
        steps += [(35, by_address), (38, source), (37, source), (36, by_address), (35, by_index), (36, by_index)]
        steps += [(39, source), (40, source), (39, other), (40, other)]
    else:
        request = socket.inet_pton(family, group) + struct.pack("I", lo)
        # IPV6_JOIN_GROUP, IPV6_LEAVE_GROUP
        steps += [(20, request), (21, request)]

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


def packet_veth():
    """Frames from one end of a cable to the other: as they are, cooked, with the tag of a VLAN."""
    # For experiments; of 802.1Q.
    PROTOCOL, VLAN = 0x88B5, 0x8100

    def told(message):
        data, ancillary, flags, peer = message
        # struct tpacket_auxdata
        auxiliary = [(level, kind, struct.unpack("IIIHHHH", data)) for level, kind, data in ancillary]
        # CPython tells protocols from 0x8000 on as negative numbers.
        return data, auxiliary, flags, (peer[0], peer[1] % 65536, *peer[2:])

    def bound(interface, kind, protocol=PROTOCOL):
        s = opened(17, kind, 0)
        # PACKET_AUXDATA, PACKET_IGNORE_OUTGOING
        s.setsockopt(263, 8, 1)
        s.setsockopt(263, 23, 1)
        s.bind((interface, protocol))
        return s

    def server():
        # One sees all that comes, tags among it.
        raw, cooked = bound("veth1", socket.SOCK_RAW, 3), bound("veth1", socket.SOCK_DGRAM)
        yield "ready"
        yield raw.getsockname()[4] == cooked.getsockname()[4], len(raw.getsockname()[4])
        for _ in range(3):
            message = told(raw.recvmsg(2000, 256))
            while message[3][1] != PROTOCOL:
                message = told(raw.recvmsg(2000, 256))
            yield message
            data, ancillary, flags, peer = told(cooked.recvmsg(2000, 256))
            yield data, ancillary, flags, peer
            cooked.sendto(b"back", ("veth1", PROTOCOL, 0, 0, peer[4]))

    def client(_):
        raw, cooked = bound("veth0", socket.SOCK_RAW), bound("veth0", socket.SOCK_DGRAM)
        own, everybody = raw.getsockname()[4], b"\xff" * 6
        frame = everybody + own + struct.pack("!H", PROTOCOL) + b"as it is"
        tagged = everybody + own + struct.pack("!HHH", VLAN, 0x3065, PROTOCOL) + b"tagged"
        for send in (
            lambda: raw.send(frame),
            lambda: raw.sendto(tagged, ("veth0", VLAN)),
            lambda: cooked.sendto(b"cooked", ("veth0", PROTOCOL, 0, 0, everybody)),
        ):
            yield send()
            yield told(cooked.recvmsg(2000, 256))

    return server, client


def icmp(family, host):
    """An echo, asked for by the client, answered by the kernel, and seen by the server."""
    protocol, request, reply = (1, 8, 0) if family == socket.AF_INET else (58, 128, 129)

    def opened_raw(*kinds):
        s = opened(family, socket.SOCK_RAW, protocol)
        # ICMP_FILTER leaves out what is one; ICMP6_FILTER too.
        if family == socket.AF_INET:
            s.setsockopt(255, 1, struct.pack("I", 0xFFFFFFFF & ~sum(1 << kind for kind in kinds)))
        else:
            words = [0xFFFFFFFF] * 8
            for kind in kinds:
                words[kind // 32] &= ~(1 << kind % 32)
            s.setsockopt(58, 1, struct.pack("8I", *words))
        return s

    def next(s, number):
        """The next message of that number, without the header of IPv4, and who sent it."""
        while True:
            data, peer = s.recvfrom(4096)
            message = data[20:] if family == socket.AF_INET else data
            if message[4:6] == number and message[8:] == PATTERN[: len(message) - 8]:
                return len(data), message[0], message[1], message[6:8].hex(), peer

    def server():
        # A number that nobody else has.
        holder = opened(family, DGRAM)
        holder.bind((host, 0))
        s = opened_raw(request, reply)
        number = holder.getsockname()[1]
        yield number
        for _ in range(2):
            yield next(s, struct.pack("!H", number))

    def client(number):
        number = struct.pack("!H", int(number))
        s = opened_raw(reply)
        s.connect((host, 0))
        message = struct.pack("!BBH2sH", request, 0, 0, number, 7) + PATTERN[:50]
        if family == socket.AF_INET:
            message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
        yield s.send(message), s.getsockname()
        yield next(s, number)

    return server, client


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def netlink_links():
    """The links as rtnetlink(7) lists them: number, name, how long packets may be, hardware address."""
    NAMES = {1: "address", 3: "name", 4: "mtu"}

    def alone():
        s = opened(16, socket.SOCK_RAW, 0)
        # struct nlmsghdr of RTM_GETLINK with NLM_F_REQUEST and NLM_F_DUMP, and struct ifinfomsg.
        s.sendto(struct.pack("IHHIIBxxxiII", 32, 18, 0x301, 7, 0, 0, 0, 0, 0), (0, 0))
        while True:
            messages, peer = s.recvfrom(65536)
            while messages:
                length, kind, _, sequence = struct.unpack_from("IHHI", messages)
                # NLMSG_DONE
                if kind == 3:
                    yield sequence, peer
                    return
                found = {"index": struct.unpack_from("i", messages, 20)[0]}
                at = 32
                while at < length:
                    size, name = struct.unpack_from("HH", messages, at)
                    if name in NAMES:
                        found[NAMES[name]] = messages[at + 4 : at + size]
                    at += size + 3 & ~3
                name, mtu = found["name"][:-1].decode(), struct.unpack("I", found["mtu"])[0]
                yield found["index"], name, mtu, ":".join(f"{byte:02x}" for byte in found.get("address", b""))
                messages = messages[length + 3 & ~3 :]

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


def bluetooth(kind, protocol, number, pack, unpack, length=600):
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
        s.sendall(PATTERN[:length])
        try:
            yield s.recv(1)
        except ConnectionResetError:
            # So RFCOMM and SCO may tell it, when the devices have parted.
            yield b""

    def client(_):
        s = socket.socket(31, kind, protocol)
        named("bind", s, SECOND, 0)
        named("connect", s, FIRST, number)
        yield told("getsockname", s)[1], told("getpeername", s)[1:]
        s.settimeout(PATIENCE)
        s.sendall(b"hello")
        yield exactly(s, length) == PATTERN[:length]

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


def sco():
    """Voice, of which a packet holds as much as the controllers' buffers do."""

    def pack(device, _):
        return struct.pack("H6s", 31, device)

    return bluetooth(socket.SOCK_SEQPACKET, 2, 0, pack, lambda raw: (raw[2:8], 0), 60)


INET, DGRAM, STREAM, SEQPACKET = socket.AF_INET, socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET
CASES = {
    "tcp": inet_stream(INET, 0, "127.0.0.1"),
    "tcp6": inet_stream(socket.AF_INET6, 0, "::1"),
    "mptcp": inet_stream(INET, 262, "127.0.0.1"),
    "sctp": inet_stream(INET, 132, "127.0.0.1"),
    "sctp6": inet_stream(socket.AF_INET6, 132, "::1"),
    "sctp_many": sctp_many(),
    "sctp_events": sctp_events(),
    "udp": datagrams(INET, DGRAM, 0, ("127.0.0.1", 0), by_ip),
    "udplite": udplite(INET, "127.0.0.1"),
    "udplite6": udplite(socket.AF_INET6, "::1"),
    "multicast": groups(INET, "0.0.0.0", "127.0.0.1", "239.255.66.101", "127.0.0.2"),
    "multicast6": groups(socket.AF_INET6, "::", "::1", "ff01::42:65", "fe80::1"),
    "broadcast": broadcast(),
    "vsock": vsock(STREAM),
    "vsock_seqpacket": vsock(SEQPACKET),
    "can_raw": can_raw(),
    "can_filters": can_filters(),
    "can_bcm": can_bcm(),
    "can_isotp": can_isotp(),
    "can_j1939": can_j1939(),
    "can_j1939_names": can_j1939_names(),
    "tipc_rdm": tipc_datagrams(socket.SOCK_RDM),
    "tipc_dgram": tipc_datagrams(DGRAM),
    "tipc_stream": tipc_stream(STREAM),
    "tipc_seqpacket": tipc_stream(SEQPACKET),
    "tipc_topology": tipc_topology(),
    "qipcrtr": datagrams(42, DGRAM, 0, None, by_node),
    "rds": datagrams(21, SEQPACKET, 0, ("127.0.0.1", 0), by_ip),
    "hci": hci(),
    "l2cap": l2cap(),
    "rfcomm": rfcomm(),
    "sco": sco(),
    "alg": alg(),
    "packet": packet(),
    "packet_veth": packet_veth(),
    "icmp": icmp(INET, "127.0.0.1"),
    "icmp6": icmp(socket.AF_INET6, "::1"),
    "netlink": datagrams(16, socket.SOCK_RAW, socket.NETLINK_USERSOCK, (0, 0), lambda pid, _: [(int(pid), 0)] * 2),
    "netlink_links": netlink_links(),
}


def tell(name, end, *arguments):
    """Prints what the end has to say, line by line."""
    ends = dict(zip(("alone",) if len(CASES[name]) == 1 else ("server", "client"), CASES[name]))
    first = end != "client"
    try:
        for line in ends[end](*arguments):
            print(line, flush=True)
            first = False
    except OSError as error:
        if not first or errno.errorcode[error.errno] not in ABSENT:
            raise
        print("absent:", error)


def main():
    """Each line of stdin is an end, after the path of a unix socket for its output. It gets a process of its own."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if os.fork():
            continue
        path, *words = line.split()
        with socket.socket(socket.AF_UNIX) as output:
            output.connect(path)
            for descriptor in 1, 2:
                os.dup2(output.fileno(), descriptor)
        tell(*words)
        print("all is told")
        return


main()
