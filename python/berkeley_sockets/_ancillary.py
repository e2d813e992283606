"""Messages with ancillary data: cmsg(3), in Linux's 64-bit little-endian layout, but for what is C's longs."""

import struct

from . import _file, _longs, _table
from ._argument import data, integer
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_address_0_1_0 as wit_address
from .bindings.imports import berkeley_sockets_ancillary_0_1_0 as wit

_HEADER = 16
_LONGEST = 2**31 - 1
_RIGHTS = c["SOL_SOCKET"], c["SCM_RIGHTS"]


def CMSG_LEN(length, /) -> int:
    """CMSG_LEN(length) -> size

    The size of a control message with so much data, without padding at its end: cmsg(3).
    """
    return _size(length, "CMSG_LEN", 1)


def CMSG_SPACE(length, /) -> int:
    """CMSG_SPACE(length) -> size

    The room that such a message takes, with its padding.
    """
    return _size(length, "CMSG_SPACE", 8)


def _size(length, function: str, alignment: int) -> int:
    number = integer(length, 64, "ssize_t")
    # As in CPython, there must be room for one more unit.
    if not 0 <= number <= _LONGEST - _HEADER - (alignment if alignment > 1 else 0):
        raise OverflowError(f"{function}() argument out of range")
    return _HEADER + -(-number // alignment) * alignment


def items(ancdata) -> list[tuple[int, int, bytes]]:
    """The control messages of `sendmsg`."""
    return [_item(item) for item in ancdata]


def send(socket, contents: list[bytes | memoryview], messages: list[tuple[int, int, bytes]], flags: int, address) -> int:
    """Sends what several buffers hold, with control messages."""
    rights: list[int] = []
    further = []
    for level, kind, content in messages:
        if (level, kind) == _RIGHTS:
            # A part of a number at the end is none, as in the kernel, which makes one list of all.
            rights += struct.unpack_from(f"{len(content) // 4}i", content)
        else:
            further.append(wit.ControlData_Raw(wit.RawControlMessage(level, kind, content)))
    for number in rights:
        if number < 0:
            raise error("EBADF")
    if not any(map(_table.is_file, rights)):
        sockets = [_shared(number) for number in rights]
        outgoing = [wit.OutgoingControlMessage_Rights(sockets)] if rights else []
        outgoing += map(wit.OutgoingControlMessage_Data, further)
        return call(wit.sendmsg, socket, contents, outgoing, flags, address)
    descriptors = [_outgoing(number) for number in rights]
    return call(wit.sendmsg_rights, socket, contents, descriptors, further, flags, address)


def _item(item) -> tuple[int, int, bytes]:
    what = "[sendmsg() ancillary data items]() argument must be"
    if not isinstance(item, tuple):
        raise TypeError(f"{what} 3-item tuple, not {type(item).__name__}")
    if len(item) != 3:
        raise TypeError(f"{what} tuple of length 3, not {len(item)}")
    return integer(item[0]), integer(item[1]), data(item[2])


def _outgoing(number: int) -> wit.OutgoingDescriptor:
    if _table.is_file(number):
        return wit.OutgoingDescriptor_File(_file.descriptor(number))
    return wit.OutgoingDescriptor_Socket(_shared(number))


def _shared(number: int):
    """The host's socket of that number, which others will have too."""
    handle = _table.find(number)
    _table.share(handle)
    return handle.resource


def lift(message: wit.Message) -> tuple[list[tuple[int, int, bytes]], int]:
    """The control messages of `recvmsg`, and the message's flags."""
    ancillary = []
    for incoming in message.ancillary:
        if isinstance(incoming, wit.IncomingControlMessage_Data):
            ancillary.append(_LIFT[type(incoming.value)](incoming.value.value))
            continue
        if numbers := [_insert(passed) for passed in incoming.value]:
            ancillary.append((*_RIGHTS, struct.pack(f"{len(numbers)}i", *numbers)))
    return ancillary, message.flags


def _insert(passed: wit.PassedDescriptor) -> int:
    if isinstance(passed, wit.PassedDescriptor_File):
        return _table.insert_file(_file.File(passed.value))
    limit = passed.value.gettimeout()
    number = _table.insert(passed.value, [limit is None], limit)
    _table.share(_table.own(number))
    return number


def _timestamp(time, unit: int = 1) -> bytes:
    """A timeval or timespec, the parts of whose seconds are so many nanoseconds."""
    return _longs.packed(time.seconds, time.nanoseconds // unit)


def _extended_error(error, size: int) -> bytes:
    fixed = struct.pack("<IBBBBII", error.number, error.origin, error.type, error.code, 0, error.info, error.data)
    match error.offender:
        case wit_address.SocketAddress_Inet(at):
            offender = struct.pack("<H", c["AF_INET"]) + struct.pack(">H", at.port) + bytes(at.address)
        case wit_address.SocketAddress_Inet6(at):
            offender = struct.pack("<H", c["AF_INET6"]) + struct.pack(">HI8H", at.port, at.flow_info, *at.address)
            offender += struct.pack("<I", at.scope_id)
        case _:
            offender = b""
    return fixed + offender.ljust(size, b"\0")


_IP, _IPV6, _SOCKET = c["IPPROTO_IP"], c["IPPROTO_IPV6"], c["SOL_SOCKET"]
#: The level, the type and the data of each case.
_LIFT = {
    wit.ControlData_Credentials: lambda at: (
        _SOCKET,
        c["SCM_CREDENTIALS"],
        struct.pack("<iII", at.pid, at.uid, at.gid),
    ),
    wit.ControlData_Timestamp: lambda at: (_SOCKET, _longs.TIMESTAMP, _timestamp(at, 1000)),
    wit.ControlData_Timestampns: lambda at: (_SOCKET, _longs.TIMESTAMPNS, _timestamp(at)),
    wit.ControlData_Timestamping: lambda at: (_SOCKET, _longs.TIMESTAMPING, b"".join(map(_timestamp, at))),
    wit.ControlData_IpPktinfo: lambda at: (
        _IP,
        c["IP_PKTINFO"],
        struct.pack("<I", at.interface_index) + bytes(at.local_address) + bytes(at.destination),
    ),
    wit.ControlData_Ipv6Pktinfo: lambda at: (
        _IPV6,
        c["IPV6_PKTINFO"],
        struct.pack(">8H", *at.address) + struct.pack("<I", at.interface_index),
    ),
    wit.ControlData_IpTtl: lambda ttl: (_IP, c["IP_TTL"], struct.pack("<i", ttl)),
    wit.ControlData_IpTos: lambda tos: (_IP, c["IP_TOS"], bytes([tos])),
    wit.ControlData_Ipv6Hoplimit: lambda limit: (_IPV6, c["IPV6_HOPLIMIT"], struct.pack("<i", limit)),
    wit.ControlData_Ipv6Tclass: lambda value: (_IPV6, c["IPV6_TCLASS"], struct.pack("<i", value)),
    wit.ControlData_IpRecverr: lambda error: (_IP, c["IP_RECVERR"], _extended_error(error, 16)),
    wit.ControlData_Ipv6Recverr: lambda error: (_IPV6, c["IPV6_RECVERR"], _extended_error(error, 28)),
    wit.ControlData_Raw: lambda message: (message.level, message.type, message.data),
}
