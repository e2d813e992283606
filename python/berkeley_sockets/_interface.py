"""Network interfaces and the host's name: net/if.h, gethostname(2)."""

from os import fsdecode, fsencode

from ._argument import unsigned
from ._error import call
from .bindings.imports import berkeley_sockets_interface_0_1_0 as wit


def if_nameindex() -> list[tuple[int, str]]:
    """The network interfaces, each with its index and its name."""
    return [(index, fsdecode(name)) for index, name in call(wit.if_nameindex)]


def if_nametoindex(oname, /) -> int:
    """The index of the interface of that name."""
    return call(wit.if_nametoindex, fsencode(oname))


def if_indextoname(if_index, /) -> str:
    """The name of the interface of that index."""
    return fsdecode(call(wit.if_indextoname, unsigned(if_index, 32, "unsigned int")))


def gethostname() -> str:
    """The host's name."""
    return fsdecode(call(wit.gethostname))


def sethostname(name, /) -> None:
    """Gives the host another name."""
    call(wit.sethostname, fsencode(name) if isinstance(name, str) else bytes(memoryview(name)))
