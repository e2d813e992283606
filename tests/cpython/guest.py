"""What the guest must look like for tests that are written for Linux.

The files of the tests stay as they are. They leave out what the platform `wasi` cannot do, which is all that has to do with
sockets; so they find `linux`, and what the interpreter lacks all the same is said here.
"""

import asyncio
import importlib
import struct
import sys
import sysconfig
import types

#: What chooses between ways of doing something by the platform when it is imported; it must find the true one.
_CHOOSES = (
    "asyncio ctypes.util email.utils getpass locale logging.handlers mimetypes multiprocessing os platform selectors shutil"
    " socketserver ssl subprocess sysconfig tarfile tempfile threading unittest unittest.mock urllib.request uuid webbrowser"
    " xmlrpc.server zipfile http.server pydoc ctypes pty"
).split()

#: What `test.support` finds out by the platform's name.
_HAS_NOT = "has_fork_support".split()


def install() -> None:
    """Makes this interpreter ready."""
    for name in _CHOOSES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass
    sys.platform = "linux"
    # What the interpreter was configured with is not quoted as the tests read it.
    sysconfig.get_config_vars()["CONFIG_ARGS"] = ""
    # Modules that tests import and hardly use.
    for name, content in _MISSING.items():
        sys.modules.setdefault(name, types.ModuleType(name)).__dict__.update(content)
    import test.support
    from test.support import socket_helper, threading_helper

    for name in _HAS_NOT:
        setattr(test.support, name, False)
    threading_helper.can_start_thread = True
    policy = getattr(asyncio.events, "_BaseDefaultEventLoopPolicy", None)
    if policy and not hasattr(policy, "get_child_watcher"):
        # Older tests clear up after child processes, of which this version has another idea, and the guest none.
        policy.get_child_watcher = _no_child_watcher
    if not hasattr(asyncio, "SafeChildWatcher"):
        asyncio.SafeChildWatcher, asyncio.set_child_watcher = _ChildWatcher, lambda watcher: None
    # The kernel is the host's. Guests that start at the same time would try the same path.
    socket_helper.has_gethostname = True
    socket_helper._bind_nix_socket_error = False
    for name in ("LOOPBACK_TIMEOUT", "INTERNET_TIMEOUT", "SHORT_TIMEOUT"):
        setattr(test.support, name, _SLOWER * getattr(test.support, name))


class _ChildWatcher:
    """What older tests of event loops set up for those of them that have child processes."""

    def attach_loop(self, loop) -> None:
        pass


def _no_child_watcher(self):
    raise NotImplementedError


#: How much longer the guest may take than an interpreter alone: a thread tells another of each change.
_SLOWER = 6


def _limits() -> dict[str, int]:
    """The limits of the integers of C, as struct knows them."""
    limits = {}
    for name, code in {"SHRT": "h", "INT": "i", "LONG": "l", "LLONG": "q", "PY_SSIZE_T": "n"}.items():
        most = 2 ** (8 * struct.calcsize(code) - 1) - 1
        limits |= {f"{name}_MAX": most, f"{name}_MIN": -most - 1, f"U{name}_MAX": 2 * most + 1}
    return limits


#: Modules that the interpreter has not, as far as it can have them: that in C for tests has the limits of its integers.
_MISSING = {"_testcapi": _limits(), "termios": {}, "tty": {}}
