"""What ioctl(2) tells of a socket's queues. The contract has it as options, at a level of their own."""

import errno

from ._constants import ALL as c
from ._error import call, error
from .bindings.imports import berkeley_sockets_ancillary_0_1_0 as wit_ancillary
from .bindings.imports import berkeley_sockets_option_0_1_0 as wit_option

_LEVEL = 0x696F6374
#: The requests that a socket answers with a number: how much has come, how much was sent that was not taken, and whether
#: urgent data is next.
FIONREAD, SIOCOUTQ, SIOCATMARK = 0x541B, 0x5411, 0x8905
REQUESTS = FIONREAD, SIOCOUTQ, SIOCATMARK
#: What is said of an option that the host does not know.
_UNKNOWN = error("ENOPROTOOPT").errno, error("EOPNOTSUPP").errno
#: How much is asked for to learn how much there is, where the host does not tell otherwise.
_MOST = 1 << 20


def number(resource, request: int) -> int:
    """What the socket answers. ENOTTY: the host does not know."""
    try:
        return call(wit_option.getsockopt, resource, _LEVEL, request)
    except OSError as failure:
        if failure.errno not in _UNKNOWN:
            raise
    if request == FIONREAD:
        return _peeked(resource)
    raise error("ENOTTY")


def _peeked(resource) -> int:
    """How much could be received at once: of a stream all, of datagrams the next."""
    flags = c["MSG_PEEK"] | c["MSG_TRUNC"] | c["MSG_DONTWAIT"]
    try:
        return len(call(wit_ancillary.recvmsg, resource, _MOST, 0, flags).data)
    except OSError as failure:
        if failure.errno in (errno.EAGAIN, errno.ENOTCONN):
            return 0
        raise
