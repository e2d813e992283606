"""Errors, which cross by name: Linux's texts, and its numbers where the interpreter lets them be.

WASI's C library numbers errors in its own way, from 1 to 76, and so do this interpreter's `errno` and the errors of its
files, which C raises. Errors that files have too, such as EAGAIN, keep these numbers. Those that sockets alone have get
Linux's, such as 111 for ECONNREFUSED: in `errno`, in what is raised, and in what `OSError` makes of a number. So
`error.errno == errno.NAME` holds for every name, as everywhere.
"""

import _socket as builtin
import errno
import gc
import os

from componentize_py_types import Err

from ._constants import ERRNO
from ._direct import native
from .bindings.imports import berkeley_sockets_error_0_1_0 as wit

gaierror = builtin.gaierror
herror = builtin.herror

#: How far from Linux's number an error is that has a name on Linux alone, where the number itself is taken.
_APART = 1000


#: Linux's numbers from ENOTSOCK to EINPROGRESS, which only sockets give, but for EOPNOTSUPP, which is ENOTSUP too.
_OF_SOCKETS = {*range(88, 116)} - {95}


def _find_subclasses() -> dict[int, type[OSError]]:
    """The table by which `OSError` chooses its subclass, which has no name; nothing, if it is not found."""
    like = (errno.EAGAIN, BlockingIOError), (errno.ENOENT, FileNotFoundError), (errno.ECONNREFUSED, ConnectionRefusedError)
    for thing in gc.get_objects():
        if type(thing) is dict and all(thing.get(number) is cls for number, cls in like):
            return thing
    return {}


_subclasses = _find_subclasses()
if not _subclasses or not _OF_SOCKETS.isdisjoint(errno.errorcode):
    # An interpreter of another kind keeps its own.
    _OF_SOCKETS = set()


def _number(name: str, linux: int) -> int:
    """The number of an error: Linux's, the interpreter's, or one that it does not have."""
    own = getattr(errno, name, None)
    if linux in _OF_SOCKETS:
        return linux
    if own is not None:
        return own
    return linux if linux not in errno.errorcode else linux + _APART


#: Linux's numbers, and the interpreter's names, numbers and Linux's texts.
_BY_LINUX = {linux: _number(name, linux) for linux, name, _ in ERRNO}
_BY_NAME = {name: (_number(name, linux), text) for linux, name, text in ERRNO}

_GAI = {
    "ADDRFAMILY": (-9, "Address family for hostname not supported"),
    "AGAIN": (-3, "Temporary failure in name resolution"),
    "BADFLAGS": (-1, "Bad value for ai_flags"),
    "FAIL": (-4, "Non-recoverable failure in name resolution"),
    "FAMILY": (-6, "ai_family not supported"),
    "MEMORY": (-10, "Memory allocation failure"),
    "NODATA": (-5, "No address associated with hostname"),
    "NONAME": (-2, "Name or service not known"),
    "OVERFLOW": (-12, "Result too large for supplied buffer"),
    "SERVICE": (-8, "Servname not supported for ai_socktype"),
    "SOCKTYPE": (-7, "ai_socktype not supported"),
}
_HERROR = {
    "HOST_NOT_FOUND": (1, "Unknown host"),
    "TRY_AGAIN": (2, "Host name lookup failure"),
    "NO_RECOVERY": (3, "Unknown server error"),
    "NO_DATA": (4, "No address associated with name"),
}


def complete_errno() -> None:
    """Adds the names to `errno` that only Linux has, so that programs may ask for them, and its numbers."""
    for name, (number, _) in _BY_NAME.items():
        own = getattr(errno, name, None)
        if own != number:
            errno.errorcode.pop(own, None)
            errno.errorcode[number] = name
            setattr(errno, name, number)
            if own in _subclasses:
                _subclasses[number] = _subclasses[own]
    # In WASI's C library ESHUTDOWN is another name of it.
    errno.errorcode[errno.EPIPE] = "EPIPE"
    strerror, texts = os.strerror, {number: text for number, text in _BY_NAME.values() if number in _OF_SOCKETS}
    os.strerror = staticmethod(lambda code, /: texts.get(code) or strerror(code))


def number(linux: int) -> int:
    """The interpreter's number for an error that came as Linux's."""
    return _BY_LINUX.get(linux, linux)


def error(name: str) -> OSError:
    """The error of that name; it is of the subclass that belongs to it."""
    return OSError(*_BY_NAME[name])


def _exception(failure: wit.Error) -> Exception:
    match failure:
        case wit.Error_Os(code):
            return error(code.name)
        case wit.Error_OsNumber(linux):
            return OSError(number(linux), f"Unknown error {linux}")
        case wit.Error_TimedOut():
            return TimeoutError("timed out")
        case wit.Error_Denied(text):
            code, description = _BY_NAME["EACCES"]
            return OSError(code, f"{description} ({text})")
        case wit.Error_Gai(code):
            return gaierror(*_GAI[code.name])
        case wit.Error_GaiNumber(code):
            return gaierror(code, "Unknown error")
        case wit.Error_Herror(code):
            return herror(*_HERROR[code.name])
    raise AssertionError(failure)


def call(function, *arguments):
    """Calls the host, and raises what it answers as Python's errors."""
    try:
        return function(*arguments)
    except Err as err:
        failure = err.value
        # The frame of the bindings refers to the error, and its traceback to all frames down to here.
        err.with_traceback(None)
    # Outside of the handler: the error of the bindings takes no context, nor a traceback.
    raise _exception(failure)


if native:
    # The same, without the bindings' own error in between where there is a number.
    native.tell(wit.Error_Os, [_BY_NAME[code.name] for code in wit.Errno], _exception)
    call = native.call
