"""A server's choice by what the client said first."""

import sys
from operator import index

from ._ssl_error import call, tls_error
from ._ssl_table import CONSTANTS as c

_UNRAISABLE = "exc_type", "exc_value", "exc_traceback", "err_msg", "object"


def choose(side, limit, what: str) -> None:
    """Has the program look at the client's hello, by its `sni_callback`, on a server's side of a connection."""
    connection, context = side._connection, side._context
    hello = connection.client_hello()
    alert = None
    try:
        owner = side.owner
        # Whose connection it is may be gone already.
        lost = c["ALERT_DESCRIPTION_INTERNAL_ERROR"]
        answer = context.sni_callback(owner, hello.server_name, context) if owner is not None else lost
    except BaseException as error:
        _unraisable(error, context.sni_callback)
        alert = c["ALERT_DESCRIPTION_HANDSHAKE_FAILURE"]
    else:
        if answer is not None:
            try:
                alert = index(answer) & 0xFF
            except TypeError as error:
                _unraisable(error, answer)
                alert = c["ALERT_DESCRIPTION_INTERNAL_ERROR"]
    if alert is None:
        call(connection.choose, side._context._config(choice=False))
        return
    call(connection.refuse, alert)
    side._carrier.send(connection, limit, what)
    raise tls_error("callback failed")


def _unraisable(error: BaseException, where) -> None:
    """Tells of an error where there is nobody to raise it to."""
    arguments = type(error), error, error.__traceback__, None, where
    sys.unraisablehook(type("UnraisableHookArgs", (), dict(zip(_UNRAISABLE, arguments))))
