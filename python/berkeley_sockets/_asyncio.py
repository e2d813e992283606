"""Names for asyncio, which looks them up in threads: here there are none, so the event loop waits for the answer."""

import sys
from importlib.machinery import PathFinder

_MODULE = "asyncio.base_events"


async def _getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
    import socket

    return socket.getaddrinfo(host, port, family, type, proto, flags)


async def _getnameinfo(self, sockaddr, flags=0):
    import socket

    return socket.getnameinfo(sockaddr, flags)


class _Finder:
    """Finds the event loop's module, and puts these functions into it once it is there."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != _MODULE:
            return None
        sys.meta_path.remove(cls)
        spec = PathFinder.find_spec(name, path, target)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                module.BaseEventLoop.getaddrinfo = _getaddrinfo
                module.BaseEventLoop.getnameinfo = _getnameinfo

            spec.loader.exec_module = exec_module
        return spec


def install() -> None:
    """Awaits the import of asyncio."""
    sys.meta_path.insert(0, _Finder)
