"""What asyncio does with threads, of which there are none: to look names up. The event loop waits for the answers."""

import sys
from importlib.machinery import PathFinder


async def _getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
    import socket

    return socket.getaddrinfo(host, port, family, type, proto, flags)


async def _getnameinfo(self, sockaddr, flags=0):
    import socket

    return socket.getnameinfo(sockaddr, flags)


#: The classes of asyncio's that get these functions, by their modules.
_METHODS = {
    "asyncio.base_events": ("BaseEventLoop", {"getaddrinfo": _getaddrinfo, "getnameinfo": _getnameinfo}),
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
