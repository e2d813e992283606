"""Asking the host for names."""

from ._constants import ALL as c
from ._error import call, gaierror
from .bindings.imports import berkeley_sockets_netdb_0_1_0 as wit


def look_up(host: bytes | None, service: bytes | None, family: int, kind: int, protocol: int, flags: int):
    """The answers of the host's getaddrinfo; there is one at least."""
    found = call(wit.getaddrinfo, host, service, family, kind, protocol, flags)
    if not found:
        raise gaierror(c["EAI_NONAME"], "Name or service not known")
    return found
