"""What asyncio does with threads, of which there are none: to look names up, and to read files that it sends. The event loop
waits for the answers.
"""

import sys
from importlib.machinery import PathFinder

from . import _lack, _twisted


async def _getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
    return _socket().getaddrinfo(host, port, family, type, proto, flags)


async def _getnameinfo(self, sockaddr, flags=0):
    return _socket().getnameinfo(sockaddr, flags)


def _socket():
    """The module `socket`, or what a program has put in its place there."""
    return sys.modules["asyncio.base_events"].socket


class _Waiting:
    """A loop for a method that has an executor read a file: it waits."""

    def __init__(self, loop) -> None:
        self._loop = loop

    def __getattr__(self, name):
        return getattr(self._loop, name)

    async def run_in_executor(self, executor, func, *args):
        return func(*args)


def _reading(name: str):
    """The method of that name, where the loop reads the file."""

    async def method(self, *arguments):
        return await _lack.own[name](_Waiting(self), *arguments)

    return method


_READING = ("_sendfile_fallback", "_sock_sendfile_fallback")

#: The classes that get these functions, by their modules.
_METHODS = _lack.METHODS | _twisted.METHODS | {
    "asyncio.base_events": (
        "BaseEventLoop",
        {"getaddrinfo": _getaddrinfo, "getnameinfo": _getnameinfo, **{name: _reading(name) for name in _READING}},
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
                place = getattr(module, kind) if kind else module
                for method, function in methods.items():
                    if hasattr(place, method):
                        _lack.own[method] = getattr(place, method)
                    setattr(place, method, function)

            spec.loader.exec_module = exec_module
        return spec


def install() -> None:
    """Awaits the import of those modules."""
    sys.meta_path.insert(0, _Finder)
