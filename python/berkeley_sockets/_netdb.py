"""Names of hosts, services and protocols: netdb.h."""

import sys
from operator import index

from . import _address
from ._argument import between, integer, unsigned
from ._constants import ALL as c
from ._error import call, error
from ._resolver import look_up
from .bindings.imports import berkeley_sockets_address_0_1_0 as wit_address
from .bindings.imports import berkeley_sockets_netdb_0_1_0 as wit


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """getaddrinfo(host, port[, family, type, proto, flags]) -> list of (family, type, proto, canonname, address)

    Everything that a host and a service lead to: getaddrinfo(3).
    """
    if isinstance(host, str):
        name = host.encode("idna")
    elif host is None or isinstance(host, bytes):
        name = host
    else:
        raise TypeError("getaddrinfo() argument 1 must be string or None")
    if isinstance(port, str):
        service = port.encode()
    elif port is None or isinstance(port, bytes):
        service = port
    elif isinstance(port, int):
        service = str(index(port)).encode()
    else:
        raise OSError("Int or String expected")
    sys.audit("socket.getaddrinfo", host, port, family, type, proto)
    # C takes both up to the first NUL.
    name, service = (part if part is None else part.partition(b"\0")[0] for part in (name, service))
    numbers = (integer(number) for number in (family, type, proto, flags))
    return [
        (info.family, info.type, info.protocol, info.canonical_name.decode(), _address.lift(info.address))
        for info in look_up(name, service, *numbers)
    ]


def getnameinfo(sockaddr, flags, /):
    """getnameinfo(address, flags) -> (host, service)

    The names of an address and its port: getnameinfo(3).
    """
    flags = integer(flags)
    if not isinstance(sockaddr, tuple):
        raise TypeError("getnameinfo() argument 1 must be a tuple")
    if not 2 <= len(sockaddr) <= 4 or not isinstance(sockaddr[0], str):
        raise TypeError("getnameinfo(): illegal sockaddr argument")
    host, port, flow, scope = (*sockaddr, 0, 0)[:4]
    port = integer(port)
    flow = between(flow, 0xFFFFF, "getnameinfo(): flowinfo")
    scope = integer(scope, 65) & 0xFFFFFFFF
    sys.audit("socket.getnameinfo", sockaddr)
    service = str(port).encode()
    found = look_up(host.encode(), service, 0, c["SOCK_DGRAM"], 0, c["AI_NUMERICHOST"])
    if len(found) > 1:
        raise OSError("sockaddr resolved to multiple addresses")
    address = found[0].address
    if isinstance(address, wit_address.SocketAddress_Inet):
        if len(sockaddr) != 2:
            raise OSError("IPv4 sockaddr must be 2 tuple")
    else:
        at = address.value
        address = wit_address.SocketAddress_Inet6(wit_address.Inet6Address(at.address, at.port, flow, scope))
    name, service = call(wit.getnameinfo, address, flags)
    return name.decode(), service.decode()


def _host(name, function: str) -> bytes:
    """The name of a host, as those functions take it. UnicodeError: a label of it is none."""
    if isinstance(name, str):
        encoded = name.encode("idna")
    elif isinstance(name, (bytes, bytearray)):
        encoded = bytes(name)
    else:
        kind = "None" if name is None else type(name).__name__
        raise TypeError(f"{function}() argument 1 must be str, bytes or bytearray, not {kind}")
    if b"\0" in encoded:
        kind = type(name).__name__
        raise TypeError(f"{function}() argument 1 must be encoded string without null bytes, not {kind}")
    return encoded


def gethostbyname(host, /) -> str:
    """gethostbyname(host) -> address

    The first IPv4 address of a host, as text.
    """
    name = _host(host, "gethostbyname")
    sys.audit("socket.gethostbyname", host)
    return _address.lift(_address.host_address(name, c["AF_INET"]))[0]


def _entry(entry):
    return (
        entry.name.decode(),
        [alias.decode() for alias in entry.aliases],
        [address.decode() for address in entry.addresses],
    )


def gethostbyname_ex(host, /):
    """gethostbyname_ex(host) -> (name, aliases, addresses)

    The host's own name, its others, and its IPv4 addresses.
    """
    name = _host(host, "gethostbyname_ex")
    sys.audit("socket.gethostbyname", host)
    # As in CPython, so that a name that is none fails as it does there.
    _address.host_address(name, c["AF_INET"])
    return _entry(call(wit.gethostbyname_ex, name))


def gethostbyaddr(host, /):
    """gethostbyaddr(host) -> (name, aliases, addresses)

    The same for the host that has an address.
    """
    name = _host(host, "gethostbyaddr")
    sys.audit("socket.gethostbyaddr", host)
    if not name:
        raise OSError("wildcard resolved to multiple address")
    address = _address.lift(_address.host_address(name, 0))
    return _entry(call(wit.gethostbyaddr, address[0].encode()))


def getservbyname(servicename, protocolname=None, /) -> int:
    """getservbyname(name[, protocol]) -> port

    The port of a service: services(5).
    """
    sys.audit("socket.getservbyname", servicename, protocolname or "")
    port = wit.getservbyname(_text(servicename), _optional(protocolname))
    if port is None:
        raise OSError("service/proto not found")
    return port


def getservbyport(port, protocolname=None, /) -> str:
    """getservbyport(port[, protocol]) -> name

    The service of a port: services(5).
    """
    number = between(integer(port), 0xFFFF, "getservbyport: port")
    sys.audit("socket.getservbyport", number, protocolname or "")
    name = wit.getservbyport(number, _optional(protocolname))
    if name is None:
        raise OSError("port/proto not found")
    return name.decode()


def getprotobyname(name, /) -> int:
    """getprotobyname(name) -> number

    The number of a protocol: protocols(5).
    """
    number = wit.getprotobyname(_text(name))
    if number is None:
        raise OSError("protocol not found")
    return number


def _text(name) -> bytes:
    if not isinstance(name, str):
        raise TypeError(f"argument must be str, not {type(name).__name__}")
    if "\0" in name:
        raise ValueError("embedded null character")
    return name.encode()


def _optional(name) -> bytes | None:
    return None if name is None else _text(name)


def htons(number, /) -> int:
    """The number whose 16 bits stand in the network's order as these do in the host's."""
    return int.from_bytes(unsigned(number, 16).to_bytes(2, "little"))


def htonl(number, /) -> int:
    """The number whose 32 bits stand in the network's order as these do in the host's."""
    return int.from_bytes(unsigned(number, 32).to_bytes(4, "little"))


def ntohs(number, /) -> int:
    """The number whose 16 bits stand in the host's order as these do in the network's."""
    return htons(number)


def ntohl(number, /) -> int:
    """The number whose 32 bits stand in the host's order as these do in the network's."""
    return htonl(number)


def _c_number(text: str) -> int:
    """A number as C writes it: decimal, octal with a leading 0, hexadecimal with 0x."""
    lower = text.lower()
    digits, base = (
        (lower[2:], 16) if lower.startswith("0x") else (lower, 8 if len(lower) > 1 and lower[0] == "0" else 10)
    )
    if not digits or any(digit not in "0123456789abcdef"[:base] for digit in digits):
        raise ValueError(text)
    return int(digits, base)


def inet_aton(ip_addr, /) -> bytes:
    """The four bytes of an IPv4 address in any of the ways that C reads one."""
    if not isinstance(ip_addr, str):
        raise TypeError(f"inet_aton() argument 1 must be str, not {type(ip_addr).__name__}")
    try:
        # What follows behind white space is passed over, as in C.
        *high, last = map(_c_number, (ip_addr.split() or [""])[0].split(".") if ip_addr[:1].strip() else [""])
        if len(high) > 3 or max(high, default=0) > 255:
            raise ValueError(ip_addr)
        return bytes(high) + last.to_bytes(4 - len(high))
    except (ValueError, OverflowError):
        raise OSError("illegal IP address string passed to inet_aton") from None


def inet_ntoa(packed_ip, /) -> str:
    """The text of the four bytes of an IPv4 address."""
    packed = bytes(memoryview(packed_ip))
    if len(packed) != 4:
        raise OSError("packed IP wrong length for inet_ntoa")
    return _address.ipv4_text(packed)


def inet_pton(address_family, ip_string, /) -> bytes:
    """The bytes of an address of the family, from its text."""
    family = integer(address_family)
    if not isinstance(ip_string, str):
        raise TypeError(f"inet_pton() argument 2 must be str, not {type(ip_string).__name__}")
    if family == c["AF_INET"]:
        packed = _address.ipv4(ip_string)
    elif family == c["AF_INET6"]:
        packed = _address.ipv6(ip_string)
    else:
        raise error("EAFNOSUPPORT")
    if packed is None:
        raise OSError("illegal IP address string passed to inet_pton")
    return packed


def inet_ntop(address_family, packed_ip, /) -> str:
    """The text of an address of the family, from its bytes."""
    family, packed = integer(address_family), bytes(memoryview(packed_ip))
    forms = {c["AF_INET"]: (4, _address.ipv4_text), c["AF_INET6"]: (16, _address.ipv6_text)}
    if family not in forms:
        raise ValueError(f"unknown address family {family}")
    length, form = forms[family]
    if len(packed) != length:
        raise ValueError("invalid length of packed IP address string")
    return form(packed)
