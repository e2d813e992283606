"""The sockets that the command which runs the program has opened for the interpreter itself."""

from ._error import call
from .bindings.imports import berkeley_sockets_socket_0_1_0 as wit


def take(wanted: str):
    """The socket of that name, which does not block; None where there is none."""
    taken = None
    for name, resource in call(wit.preopened):
        if name == wanted and taken is None:
            # The bindings drop what is left when the program ends, but other finalisers may use it later than that.
            resource.finalizer.atexit = False
            resource.settimeout(0)
            taken = resource
        else:
            call(resource.close)
    return taken
