"""Errors of TLS, in OpenSSL's words, and what the host answers made into them."""

import re

from ._ssl_table import ALERTS
from ._ssl_table import CONSTANTS as c
from .bindings.imports import berkeley_sockets_tls_0_1_0 as wit

from componentize_py_types import Err


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    __module__ = "ssl"
    #: What OpenSSL would have said, as a name.
    reason: str | None = None
    library: str | None = None

    def __str__(self) -> str:
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""

    __module__ = "ssl"


class SSLWantReadError(SSLError):
    """Non-blocking SSL socket needs to read more data
    before the requested operation can be completed."""

    __module__ = "ssl"


class SSLWantWriteError(SSLError):
    """Non-blocking SSL socket needs to write more data
    before the requested operation can be completed."""

    __module__ = "ssl"


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""

    __module__ = "ssl"


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""

    __module__ = "ssl"


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""

    __module__ = "ssl"
    verify_code: int
    verify_message: str


def tls_error(text: str, kind: type[SSLError] = SSLError, number: int = c["SSL_ERROR_SSL"], more: str = "", library="SSL"):
    """The error of OpenSSL's words, and of the name that it makes of them."""
    words = re.fullmatch(r"[a-z0-9 ]+", text)
    reason = text.upper().replace(" ", "_") if words else None
    error = kind(number, f"[{library}: {reason}] {text}{more}" if reason else f"[{library}] {text}{more}")
    error.library, error.reason = library, reason
    return error


def _want(kind: type[SSLError], number: int, what: str) -> SSLError:
    return kind(number, f"The operation did not complete ({what})")


def want_read() -> SSLError:
    return _want(SSLWantReadError, c["SSL_ERROR_WANT_READ"], "read")


def want_write() -> SSLError:
    return _want(SSLWantWriteError, c["SSL_ERROR_WANT_WRITE"], "write")


_CUT = "EOF occurred in violation of protocol"


def unexpected_eof() -> SSLError:
    error = tls_error("unexpected eof while reading", SSLEOFError, c["SSL_ERROR_EOF"])
    error.strerror = f"[SSL: UNEXPECTED_EOF_WHILE_READING] {_CUT}"
    return error


def cut() -> SSLError:
    """What is said of a connection once that has been said."""
    return SSLEOFError(c["SSL_ERROR_EOF"], _CUT)


def _zero_return() -> SSLError:
    return SSLZeroReturnError(c["SSL_ERROR_ZERO_RETURN"], "TLS/SSL connection has been closed (EOF)")


def _unverified(code: int, text: str, name: str | None) -> SSLError:
    match code:
        case 62:
            text = f"Hostname mismatch, certificate is not valid for '{name}'."
        case 64:
            text = f"IP address mismatch, certificate is not valid for '{name}'."
    error = tls_error("certificate verify failed", SSLCertVerificationError, more=f": {text}")
    error.verify_code, error.verify_message = code, text
    return error


def _unknown() -> SSLError:
    error = SSLError(c["SSL_ERROR_SSL"], "[SSL] unknown error")
    error.library = "SSL"
    return error


def answered(failure, name: str | None = None) -> SSLError:
    """What the host answered, as Python has it."""
    match failure:
        case wit.Error_Verification(verification):
            return _unverified(verification.code, verification.text, name)
        case wit.Error_Alert(number):
            return tls_error(ALERTS[number]) if number in ALERTS else _unknown()
        case wit.Error_UnexpectedEof():
            return unexpected_eof()
        case wit.Error_Closed():
            return _zero_return()
        case wit.Error_WantWrite():
            return want_write()
        case wit.Error_WantRead():
            return want_read()
        case wit.Error_Protocol(text) | wit.Error_Invalid(text) | wit.Error_Limit(text):
            return tls_error(text, library="X509" if text == "key values mismatch" else "SSL")
    raise AssertionError(failure)


_FAILURES = (
    wit.Error_WantRead,
    wit.Error_WantWrite,
    wit.Error_WantChoice,
    wit.Error_Closed,
    wit.Error_UnexpectedEof,
    wit.Error_Verification,
    wit.Error_Alert,
    wit.Error_Protocol,
    wit.Error_Invalid,
    wit.Error_Limit,
)


def attempt(function, *arguments):
    """What the host answers, be it one of `_FAILURES`."""
    try:
        return function(*arguments)
    except Err as err:
        err.with_traceback(None)
        return err.value


def call(function, *arguments):
    """What the host answers, unless it is one of `_FAILURES`, which is raised."""
    answer = attempt(function, *arguments)
    if isinstance(answer, _FAILURES):
        raise answered(answer)
    return answer
