"""Structures of C's longs: options and time stamps. This interpreter's have 32 bits, and so `struct` packs them; the host's have 64."""

from struct import Struct

from ._constants import ALL as c

_OPTIONS = {(c["SOL_SOCKET"], c[name]) for name in ("SO_RCVTIMEO", "SO_SNDTIMEO")}
_OWN, _HOSTS = Struct("<ii"), Struct("<qq")
_MOST = (1 << 31) - 1
#: asm/socket.h
TIMESTAMP, TIMESTAMPNS, TIMESTAMPING = 29, 35, 37
#: What has control messages of time stamps come, by its level and number.
STAMPS = {(c["SOL_SOCKET"], number) for number in (TIMESTAMP, TIMESTAMPNS, TIMESTAMPING)}
#: How many bytes more the longest of them takes in the host than here: three structures.
STAMPS_ROOM = 3 * (_HOSTS.size - _OWN.size)


def is_own(option: tuple[int, int], length: int) -> bool:
    """Whether so many bytes of that option, by its level and number, are a structure of this interpreter's longs."""
    return length == _OWN.size and option in _OPTIONS


def widened(content: bytes) -> bytes:
    """The host's structure."""
    return _HOSTS.pack(*_OWN.unpack(content))


def narrowed(content: bytes) -> bytes:
    """This interpreter's structure. What is too large for it is the most that it has."""
    return packed(*_HOSTS.unpack(content))


def packed(first: int, second: int) -> bytes:
    """This interpreter's structure of the two."""
    return _OWN.pack(min(first, _MOST), min(second, _MOST))
