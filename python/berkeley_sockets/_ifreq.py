"""What ioctl(2) tells of network interfaces: netdevice(7). The kernel's answers come by rtnetlink(7)."""

import struct
from os import fsdecode, fsencode

from . import _interface
from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_address_0_1_0 as wit_address
from .bindings.imports import berkeley_sockets_socket_0_1_0 as wit

#: The length of a name, which a request begins with.
_NAME = 16

#: rtnetlink(7): requests, and attributes of links and of addresses.
_RTM_GETLINK, _RTM_GETADDR = 18, 22
_NLM_F_REQUEST, _NLM_F_DUMP = 0x1, 0x300
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_IFLA_ADDRESS, _IFLA_MTU = 1, 4
_IFA_ADDRESS, _IFA_LOCAL, _IFA_BROADCAST = 1, 2, 4
_RECEIVED = 1 << 18


def _attributes(rest: bytes) -> dict[int, bytes]:
    """The attributes that stand after the beginning of a message."""
    found = {}
    while len(rest) >= 4:
        length, kind = struct.unpack_from("<HH", rest)
        if length < 4:
            break
        found.setdefault(kind, rest[4:length])
        rest = rest[(length + 3) & ~3 :]
    return found


def _dump(request: int, family: int) -> list[bytes]:
    """The contents of all messages that the kernel answers with."""
    socket = call(wit.create, c["AF_NETLINK"], c["SOCK_RAW"], 0)
    try:
        header = struct.pack("<IHHII", 32, request, _NLM_F_REQUEST | _NLM_F_DUMP, 1, 0)
        kernel = wit_address.SocketAddress_Netlink(wit_address.NetlinkAddress(0, 0))
        call(socket.sendto, header + struct.pack("<B15x", family), 0, kernel)
        contents = []
        while True:
            rest = call(socket.recv, _RECEIVED, 0)
            while len(rest) >= 16:
                length, kind = struct.unpack_from("<IH", rest)
                if kind == _NLMSG_DONE:
                    return contents
                if kind == _NLMSG_ERROR or length < 16:
                    raise error("EIO")
                contents.append(rest[16:length])
                rest = rest[(length + 3) & ~3 :]
    finally:
        call(socket.close)


def _link(index: int) -> tuple[int, int, dict[int, bytes]]:
    """The interface's type, flags and attributes."""
    for content in _dump(_RTM_GETLINK, 0):
        kind, number, flags = struct.unpack_from("<2xHiI", content)
        if number == index:
            return kind, flags, _attributes(content[16:])
    raise error("ENODEV")


def _inet(index: int) -> tuple[int, dict[int, bytes]]:
    """The length of the network's prefix and the attributes of the interface's first IPv4 address. EADDRNOTAVAIL."""
    for content in _dump(_RTM_GETADDR, c["AF_INET"]):
        _, prefix, number = struct.unpack_from("<BB2xi", content)
        if number == index:
            return prefix, _attributes(content[8:])
    raise error("EADDRNOTAVAIL")


def _address(packed: bytes) -> bytes:
    return struct.pack("<H2x4s8x", c["AF_INET"], packed)


def _netmask(index: int) -> bytes:
    prefix, _ = _inet(index)
    return _address((0xFFFFFFFF << 32 - prefix & 0xFFFFFFFF).to_bytes(4))


def _hardware(index: int) -> bytes:
    kind, _, attributes = _link(index)
    return struct.pack("<H14s", kind, attributes.get(_IFLA_ADDRESS, b""))


#: What stands after the name in the answer, by the request: of the interface of that index.
_ANSWERS = {
    0x8913: lambda index: struct.pack("<H", _link(index)[1] & 0xFFFF),  # SIOCGIFFLAGS
    0x8915: lambda index: _address(_inet(index)[1][_IFA_LOCAL]),  # SIOCGIFADDR
    0x8917: lambda index: _address(_inet(index)[1][_IFA_ADDRESS]),  # SIOCGIFDSTADDR
    0x8919: lambda index: _address(_inet(index)[1].get(_IFA_BROADCAST, bytes(4))),  # SIOCGIFBRDADDR
    0x891B: _netmask,  # SIOCGIFNETMASK
    0x8921: lambda index: _link(index)[2][_IFLA_MTU],  # SIOCGIFMTU
    0x8927: _hardware,  # SIOCGIFHWADDR
    0x8933: lambda index: struct.pack("<i", index),  # SIOCGIFINDEX
}
_SIOCGIFNAME = 0x8910


def knows(request: int) -> bool:
    """Whether it is one about interfaces."""
    return request == _SIOCGIFNAME or request in _ANSWERS


def answer(request: int, content: bytes) -> bytes:
    """Answers a request about the interface that it names. ENODEV; ENOTTY: it is no request about interfaces."""
    if request == _SIOCGIFNAME:
        index = struct.unpack_from("<i", content, _NAME)[0]
        name = fsencode(_interface.if_indextoname(index))
        return name.ljust(_NAME, b"\0")
    if request not in _ANSWERS:
        raise error("ENOTTY")
    name = content[:_NAME].partition(b"\0")[0]
    return content[:_NAME] + _ANSWERS[request](_interface.if_nametoindex(fsdecode(name)))
