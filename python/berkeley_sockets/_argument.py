"""Arguments, looked at before they cross: a wrong one would end the guest."""

import sys
from math import ceil, isnan
from operator import index

from ._direct import native

_LONGEST = 2**63 - 1


def integer(value, bits: int = 32, name: str = "int") -> int:
    """A signed integer of C."""
    number = value if type(value) is int else index(value)
    if not -(1 << bits - 1) <= number < 1 << bits - 1:
        raise OverflowError(f"Python int too large to convert to C {name}")
    return number


def unsigned(value, bits: int, name: str | None = None) -> int:
    """An unsigned integer of C."""
    number = index(value)
    if number < 0:
        raise ValueError("Cannot convert negative int")
    if number >= 1 << bits:
        raise OverflowError(f"Python int too large for C {name or f'uint{bits}_t'}")
    return number


def between(value, most: int, what: str) -> int:
    """An integer from 0 on."""
    number = index(value)
    if not 0 <= number <= most:
        raise OverflowError(f"{what} must be 0-{most}.")
    return number


def size(value, what: str) -> int:
    """The size of a buffer."""
    number = integer(value, 64, "ssize_t")
    if number < 0:
        raise ValueError(what)
    return number


def room(value, what: str) -> int:
    """How much is received at most. MemoryError: more than any memory holds."""
    if type(value) is int and 0 <= value <= sys.maxsize:
        return value
    number = size(value, what)
    if number > sys.maxsize:
        raise MemoryError
    return number


def data(value) -> bytes:
    """What stands in a buffer."""
    return value if type(value) is bytes else _view(value).tobytes()


def content(value) -> bytes | memoryview:
    """The same, to be sent at once: the host reads it where it stands, if it can."""
    if type(value) is bytes:
        return value
    view = _view(value)
    return view.cast("B") if native and view.nbytes else view.tobytes()


def _view(value) -> memoryview:
    try:
        view = memoryview(value)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    return view


def writable(value, refusal: str) -> memoryview:
    """A buffer to write to, as bytes."""
    try:
        view = memoryview(value)
    except TypeError:
        raise TypeError(refusal) from None
    if view.readonly or not view.c_contiguous:
        raise TypeError(refusal)
    return view.cast("B")


def nanoseconds(value) -> int | None:
    """A time limit in seconds, rounded up; none for None."""
    if value is None:
        return None
    if isinstance(value, float):
        if isnan(value):
            raise ValueError("Invalid value NaN (not a number)")
        if abs(value) >= _LONGEST / 1e9:
            raise OverflowError("timestamp out of range for C PyTime_t")
        limit = ceil(value * 1e9)
    else:
        try:
            limit = index(value) * 10**9
        except TypeError:
            raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer or float") from None
    if abs(limit) > _LONGEST:
        raise OverflowError("timestamp out of range for C PyTime_t")
    if limit < 0:
        raise ValueError("Timeout value out of range")
    return limit
