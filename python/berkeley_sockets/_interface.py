"""Network interfaces and the host's name: net/if.h, gethostname(2)."""

from os import fsdecode, fsencode

from ._argument import unsigned
from ._error import call
from .bindings.imports import berkeley_sockets_interface_0_1_0 as wit


def if_nameindex() -> list[tuple[int, str]]:
    """Returns a list of network interface information (index, name) tuples."""
    return [(index, fsdecode(name)) for index, name in call(wit.if_nameindex)]


def if_nametoindex(oname, /) -> int:
    """Returns the interface index corresponding to the interface name."""
    return call(wit.if_nametoindex, fsencode(oname))


def if_indextoname(if_index, /) -> str:
    """Returns the interface name corresponding to the interface index."""
    return fsdecode(call(wit.if_indextoname, unsigned(if_index, 32, "unsigned int")))


def gethostname() -> str:
    """Returns the host's name."""
    return fsdecode(call(wit.gethostname))


def sethostname(name, /) -> None:
    """Sets the host's name."""
    call(wit.sethostname, fsencode(name) if isinstance(name, str) else bytes(memoryview(name)))
