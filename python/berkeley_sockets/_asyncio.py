"""What asyncio does with threads, to look names up, and with signals: here are none of either.

The event loop waits for the answers about names. Handlers of signals are kept, as `signal.signal` keeps them, and only
`signal.raise_signal` calls them.
"""

import sys
from importlib.machinery import PathFinder


async def _getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
    import socket

    return socket.getaddrinfo(host, port, family, type, proto, flags)


async def _getnameinfo(self, sockaddr, flags=0):
    import socket

    return socket.getnameinfo(sockaddr, flags)


def _add_signal_handler(self, sig, callback, *args):
    """Add a handler for a signal.  UNIX only."""
    import signal
    from asyncio import events
    from inspect import iscoroutine, iscoroutinefunction

    if iscoroutine(callback) or iscoroutinefunction(callback):
        raise TypeError("coroutines cannot be used with add_signal_handler()")
    self._check_signal(sig)
    self._check_closed()
    try:
        signal.signal(sig, lambda number, frame: self._handle_signal(number))
    except OSError:
        raise RuntimeError(f"sig {sig} cannot be caught") from None
    self._signal_handlers[sig] = events.Handle(callback, args, self, None)


def _check_signal(self, sig):
    import signal

    if not isinstance(sig, int):
        raise TypeError(f"sig must be an int, not {sig!r}")
    if sig not in set(signal.Signals):
        raise ValueError(f"invalid signal number {sig}")


#: The classes of asyncio's that get these functions, by their modules.
_METHODS = {
    "asyncio.base_events": ("BaseEventLoop", {"getaddrinfo": _getaddrinfo, "getnameinfo": _getnameinfo}),
    "asyncio.unix_events": (
        "_UnixSelectorEventLoop",
        {"add_signal_handler": _add_signal_handler, "_check_signal": _check_signal},
    ),
}


class _Finder:
    """Finds those modules, and puts the functions into them once they are there."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name not in _METHODS:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                kind, methods = _METHODS[name]
                for method, function in methods.items():
                    setattr(getattr(module, kind), method, function)

            spec.loader.exec_module = exec_module
        return spec


def install() -> None:
    """Awaits the import of asyncio."""
    sys.meta_path.insert(0, _Finder)
