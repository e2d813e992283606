"""The whole of Python's `socket` and `select` in WebAssembly, over Berkeley.

    import berkeley_sockets  # before anything that imports socket

After this line the standard library's own `socket`, `selectors`, `ssl`, `asyncio` and all that is built on them have what CPython
on Linux has. Outside WebAssembly the line does nothing: a program runs there on the sockets of the system.
"""

import sys


class _NoTls:
    """Says why there is no `_ssl`, where a component is built for a world without TLS."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name == "_ssl":
            raise ImportError("no TLS: this component was built without berkeley:sockets/tls", name=name)


def install() -> None:
    """Puts `_socket` and `select` in the places of the interpreter's own, which have only what WASI has.

    ImportError: something has imported `socket` or `select` already, and holds on to those of the interpreter.
    """
    if sys.platform != "wasi" or "berkeley_sockets._socket" in sys.modules:
        return
    early = [name for name in ("socket", "select") if name in sys.modules]
    if early:
        raise ImportError(f"import berkeley_sockets before anything that imports {early[0]}")
    from . import _direct  # noqa: F401, before what calls the host

    # isort: split
    from . import _asyncio, _epoll, _error, _fcntl, _file, _lack, _os, _process, _signal, _socket, _stdin

    _error.complete_errno()
    sys.modules["_socket"] = _socket.module()
    sys.modules["select"] = _epoll.module()
    sys.modules["fcntl"] = _fcntl.module()
    _asyncio.install()
    _lack.install()
    _os.install()
    _stdin.install()
    _file.install()
    _process.install()
    _signal.install()
    try:
        from . import _ssl
    except ImportError:
        sys.meta_path.append(_NoTls)
    else:
        sys.modules["_ssl"] = _ssl.module()


install()
