"""Addresses of every family: Python's tuples and the contract's cases."""

import _socket as builtin

# Names are encoded with it, and a component may have no library any more when it runs.
import encodings.idna  # noqa: F401
import os
import struct
import uuid
from operator import index
from os import fsdecode, fsencode

from ._argument import between, data, integer
from ._constants import ALL as c
from ._resolver import look_up
from .bindings.imports import berkeley_sockets_address_0_1_0 as wit

_BROADCAST = b"\xff\xff\xff\xff"


def host_bytes(host) -> bytes:
    """The name of a host, as an address has it."""
    if isinstance(host, str):
        try:
            name = host.encode("ascii" if host.isascii() else "idna")
        except UnicodeError:
            raise TypeError("encoding of hostname failed") from None
    elif isinstance(host, (bytes, bytearray)):
        name = bytes(host)
    else:
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    if b"\0" in name:
        raise TypeError("host name must not contain null character")
    return name


def ipv4(text: str) -> bytes | None:
    """The four bytes of an IPv4 address, if it is one."""
    return _packed(builtin.AF_INET, text)


def ipv6(text: str) -> bytes | None:
    """The sixteen bytes of an IPv6 address, if it is one."""
    return _packed(builtin.AF_INET6, text)


def _packed(family: int, text: str) -> bytes | None:
    try:
        return builtin.inet_pton(family, text)
    except (OSError, ValueError):
        return None


def ipv4_text(packed) -> str:
    """The text of an IPv4 address."""
    return "%d.%d.%d.%d" % tuple(packed)


def ipv6_text(packed: bytes) -> str:
    """The text of an IPv6 address, as the GNU C library writes it: one that has an IPv4 address at its end shows it."""
    if not any(packed[:12]) and any(packed[12:14]):
        return "::" + ipv4_text(packed[12:])
    return builtin.inet_ntop(builtin.AF_INET6, packed)


def _groups(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(">8H", packed)


def host_address(name: bytes, family: int) -> wit.SocketAddress:
    """The address of a host in the family (0 for any), with port 0, as Python takes the host of an address."""
    text = name.decode("latin-1")
    if name == b"":
        if family == c["AF_INET6"]:
            return _inet6(bytes(16))
        return _inet(bytes(4))
    if name in (b"<broadcast>", b"255.255.255.255") and family in (0, c["AF_INET"]):
        return _inet(_BROADCAST)
    if name == b"<broadcast>":
        raise OSError("address family mismatched")
    if family != c["AF_INET6"] and (packed := ipv4(text)):
        return _inet(packed)
    if family != c["AF_INET"] and (packed := ipv6(text)):
        return _inet6(packed)
    return look_up(name, None, family, c["SOCK_DGRAM"], 0, 0)[0].address


def _inet(packed: bytes, port: int = 0) -> wit.SocketAddress:
    return wit.SocketAddress_Inet(wit.InetAddress(tuple(packed), port))


def _inet6(packed: bytes) -> wit.SocketAddress:
    return wit.SocketAddress_Inet6(wit.Inet6Address(_groups(packed), 0, 0, 0))


def _fields(address, caller: str, family: str, least: int, most: int, shape: str) -> tuple:
    if not isinstance(address, tuple):
        raise TypeError(f"{caller}(): {family} address must be tuple, not {type(address).__name__}")
    if not least <= len(address) <= most:
        raise TypeError(f"{family} address must be {shape}")
    return address


def _port(value, caller: str) -> int:
    return between(value, 0xFFFF, f"{caller}(): port")


def _integer_port(value, caller: str) -> int:
    """A port that may be out of range, but not of C's: a host is looked up before its port is looked at."""
    number = index(value)
    return number if -(1 << 31) <= number < 1 << 31 else _port(number, caller)


def _lower_inet(address, caller, sock):
    host, port = _fields(address, caller, "AF_INET", 2, 2, "a pair (host, port)")
    name, port = host_bytes(host), _integer_port(port, caller)
    found = host_address(name, c["AF_INET"])
    return wit.SocketAddress_Inet(wit.InetAddress(found.value.address, _port(port, caller)))


def _lower_inet6(address, caller, sock):
    shape = "a tuple (host, port[, flowinfo[, scopeid]])"
    host, port, flow, scope = (*_fields(address, caller, "AF_INET6", 2, 4, shape), 0, 0)[:4]
    name, port = host_bytes(host), _integer_port(port, caller)
    # C takes the low bits.
    scope = integer(scope, 64, "long") & 0xFFFFFFFF if len(address) == 4 else 0
    found = host_address(name, c["AF_INET6"]).value
    port = _port(port, caller)
    flow = between(flow, 0xFFFFF, f"{caller}(): flowinfo")
    return wit.SocketAddress_Inet6(wit.Inet6Address(found.address, port, flow, scope or found.scope_id))


def _lower_unix(address, caller, sock):
    path = fsencode(address) if isinstance(address, str) else data(address)
    if path[:1] != b"\0":
        # The kernel takes a path up to its first NUL.
        path = path.partition(b"\0")[0]
    # An abstract name needs no NUL at its end, nor does what is no name.
    if len(path) > (108 if path[:1] in (b"", b"\0") else 107):
        raise OSError("AF_UNIX path too long")
    if path[:1] in (b"", b"\0", b"/"):
        return wit.SocketAddress_Unix(path)
    # As those of files, such names begin in the current directory; the host knows only the root.
    whole = fsencode(os.path.join(os.getcwd(), fsdecode(path)))
    if caller == "bind":
        _bound[whole] = path
    return wit.SocketAddress_Unix(whole)


#: By which names the program has bound what stands at these paths.
_bound: dict[bytes, bytes] = {}


def _lower_netlink(address, caller, sock):
    pid, groups = _fields(address, caller, "AF_NETLINK", 2, 2, "a pair (pid, groups)")
    return wit.SocketAddress_Netlink(wit.NetlinkAddress(_low(pid), _low(groups)))


def _lower_packet(address, caller, sock):
    shape = "a tuple of two to five elements"
    name, protocol, *rest = _fields(address, caller, "AF_PACKET", 2, 5, shape)
    kind, hardware, at = (*rest, *(c["PACKET_HOST"], 0, b"")[len(rest) :])
    at = data(at)
    if len(at) > 8:
        raise ValueError("Hardware address must be 8 bytes or less")
    protocol = between(protocol, 0xFFFF, f"{caller}(): proto")
    return wit.SocketAddress_Packet(
        wit.PacketAddress(_interface(name), protocol, _low(kind, 8), _low(hardware, 16), at)
    )


def _lower_vsock(address, caller, sock):
    cid, port = _fields(address, caller, "AF_VSOCK", 2, 2, "a pair (CID, port)")
    return wit.SocketAddress_Vsock(wit.VsockAddress(_low(cid), _low(port)))


def _lower_can(address, caller, sock):
    protocol = int(sock.proto)
    if protocol == c["CAN_ISOTP"]:
        name, rx, tx = _fields(address, caller, "CAN_ISOTP", 3, 3, "a tuple (interface, rx_addr, tx_addr)")
        return wit.SocketAddress_CanIsotp(wit.CanIsotpAddress(_interface(name), _low(rx), _low(tx)))
    if protocol == c["CAN_J1939"]:
        shape = "a tuple (interface, name, pgn, addr)"
        name, ecu, pgn, at = _fields(address, caller, "CAN_J1939", 4, 4, shape)
        return wit.SocketAddress_CanJ1939(wit.CanJ1939Address(_interface(name), _low(ecu, 64), _low(pgn), _low(at, 8)))
    if protocol not in (c["CAN_RAW"], c["CAN_BCM"]):
        raise OSError(f"{caller}(): unsupported CAN protocol")
    (name,) = _fields(address, caller, "AF_CAN", 1, 1, "a tuple (interface, )")
    return wit.SocketAddress_Can(wit.CanAddress(_interface(name)))


def _lower_bluetooth(address, caller, sock):
    protocol = int(sock.proto)
    if protocol == c["BTPROTO_L2CAP"]:
        device, psm, *rest = _fields(address, caller, "L2CAP", 2, 4, "(bdaddr, psm[, cid[, bdaddr_type]])")
        cid, kind = (*rest, *(0, c["BDADDR_BREDR"])[len(rest) :])
        return wit.SocketAddress_L2cap(wit.L2capAddress(_device(device), _low(psm, 16), _low(cid, 16), _low(kind, 8)))
    if protocol == c["BTPROTO_RFCOMM"]:
        device, channel = _fields(address, caller, "RFCOMM", 2, 2, "(bdaddr, channel)")
        return wit.SocketAddress_Rfcomm(wit.RfcommAddress(_device(device), _low(channel, 8)))
    if protocol == c["BTPROTO_HCI"]:
        fields = address if isinstance(address, tuple) else (address,)
        device, channel = (*_fields(fields, caller, "HCI", 1, 2, "(device_id, [channel])"), c["HCI_CHANNEL_RAW"])[:2]
        return wit.SocketAddress_Hci(wit.HciAddress(_low(device, 16), _low(channel, 16)))
    if protocol == c["BTPROTO_SCO"]:
        return wit.SocketAddress_Sco(_device(address))
    raise OSError(f"{caller}(): unknown Bluetooth protocol")


def _lower_alg(address, caller, sock):
    kind, name, *rest = _fields(address, caller, "AF_ALG", 2, 4, "a tuple (type, name[, feat[, mask]])")
    features, mask = (*rest, *(0, 0)[len(rest) :])
    kind, name = kind.encode(), name.encode()
    if len(kind) > 13:
        raise ValueError("AF_ALG type too long.")
    if len(name) > 63:
        raise ValueError("AF_ALG name too long.")
    return wit.SocketAddress_Alg(wit.AlgAddress(kind, name, _low(features), _low(mask)))


def _lower_tipc(address, caller, sock):
    shape = "a tuple (addr_type, v1, v2, v3[, scope])"
    kind, *rest = _fields(address, caller, "AF_TIPC", 4, 5, shape)
    v1, v2, v3, scope = (*rest, c["TIPC_CLUSTER_SCOPE"])[:4]
    if kind not in (c["TIPC_ADDR_NAMESEQ"], c["TIPC_ADDR_NAME"], c["TIPC_ADDR_ID"]):
        raise TypeError("Invalid address type.")
    return wit.SocketAddress_Tipc(wit.TipcAddress(_low(kind, 8), _low(v1), _low(v2), _low(v3), integer(scope, 8)))


def _lower_qipcrtr(address, caller, sock):
    node, port = _fields(address, caller, "AF_QIPCRTR", 2, 2, "a pair (node, port)")
    return wit.SocketAddress_Qipcrtr(wit.QipcrtrAddress(_low(node), _low(port)))


def _low(value, bits: int = 32) -> int:
    """The low bits of an integer, which is what C takes."""
    return integer(value, 65, "long") & (1 << bits) - 1


def _interface(name) -> bytes:
    name = fsencode(name)
    if len(name) > 15:
        raise OSError("interface name too long")
    return name


def _device(text) -> tuple[int, ...]:
    if isinstance(text, bytes):
        text = text.decode("latin-1")
    parts = text.split(":") if isinstance(text, str) else []
    try:
        device = tuple(int(part, 16) for part in parts)
    except ValueError:
        device = ()
    if len(device) != 6 or not all(0 < len(part) <= 2 for part in parts):
        raise OSError("bad bluetooth address")
    return device


_LOWER = {
    c["AF_INET"]: _lower_inet,
    c["AF_RDS"]: _lower_inet,
    c["AF_INET6"]: _lower_inet6,
    c["AF_UNIX"]: _lower_unix,
    c["AF_NETLINK"]: _lower_netlink,
    c["AF_PACKET"]: _lower_packet,
    c["AF_VSOCK"]: _lower_vsock,
    c["AF_CAN"]: _lower_can,
    c["AF_BLUETOOTH"]: _lower_bluetooth,
    c["AF_ALG"]: _lower_alg,
    c["AF_TIPC"]: _lower_tipc,
    c["AF_QIPCRTR"]: _lower_qipcrtr,
}


def lower(address, caller: str, sock) -> wit.SocketAddress:
    """The contract's address for what a method of a socket takes."""
    form = _LOWER.get(int(sock.family))
    if form is None:
        raise OSError(f"{caller}(): bad family")
    return form(address, caller, sock)


def _lift_inet(at):
    return ipv4_text(at.address), at.port


def _lift_inet6(at):
    return ipv6_text(struct.pack(">8H", *at.address)), at.port, at.flow_info, at.scope_id


def _lift_unix(path):
    return path if path[:1] == b"\0" else fsdecode(_bound.get(path, path))


def _lift_packet(at):
    # C keeps these as signed.
    protocol, hardware = struct.unpack("hh", struct.pack("HH", at.protocol, at.hardware_type))
    return fsdecode(at.interface), protocol, at.packet_type, hardware, at.hardware_address


def _lift_l2cap(at):
    fields = _device_text(at.address), at.psm, at.cid, at.address_type
    if at.address_type != c["BDADDR_BREDR"]:
        return fields
    return fields[:3] if at.cid else fields[:2]


def _lift_hci(at):
    return at.device if at.channel == c["HCI_CHANNEL_RAW"] else (at.device, at.channel)


def _lift_tipc(at):
    # CPython gives the instance of a name twice.
    v3 = at.v2 if at.address_type == c["TIPC_ADDR_NAME"] else at.v3
    return at.address_type, at.v1, at.v2, v3, at.scope & 0xFFFFFFFF


def _lift_hyperv(at):
    return str(uuid.UUID(bytes=at.vm_id)), str(uuid.UUID(bytes=at.service_id))


def _device_text(device) -> str:
    return "%02X:%02X:%02X:%02X:%02X:%02X" % device


_LIFT = {
    wit.SocketAddress_Inet: _lift_inet,
    wit.SocketAddress_Inet6: _lift_inet6,
    wit.SocketAddress_Unix: _lift_unix,
    wit.SocketAddress_Netlink: lambda at: (at.pid, at.groups),
    wit.SocketAddress_Packet: _lift_packet,
    wit.SocketAddress_Vsock: lambda at: (at.cid, at.port),
    wit.SocketAddress_Can: lambda at: (fsdecode(at.interface),),
    wit.SocketAddress_CanIsotp: lambda at: (fsdecode(at.interface), at.rx_id, at.tx_id),
    wit.SocketAddress_CanJ1939: lambda at: (fsdecode(at.interface), at.name, at.pgn, at.address),
    wit.SocketAddress_L2cap: _lift_l2cap,
    wit.SocketAddress_Rfcomm: lambda at: (_device_text(at.address), at.channel),
    wit.SocketAddress_Hci: _lift_hci,
    wit.SocketAddress_Sco: _device_text,
    wit.SocketAddress_Alg: lambda at: (fsdecode(at.type), fsdecode(at.name), at.features, at.mask),
    wit.SocketAddress_Tipc: _lift_tipc,
    wit.SocketAddress_Qipcrtr: lambda at: (at.node, at.port),
    wit.SocketAddress_Hyperv: _lift_hyperv,
    wit.SocketAddress_Other: lambda at: (at.family, at.bytes),
}


def lift(address: wit.SocketAddress | None):
    """What Python's methods give for an address; none for none."""
    form = _LIFT.get(type(address))
    return form(address.value) if form else None
