"""Prints every name of the modules and of their classes, and the value of each constant."""

import _socket
import errno
import select
import socket

for module in _socket, select, socket:
    for name, value in sorted(vars(module).items()):
        # A table of pointers for other modules in C; and the numbers of errors, which WASI's C library has its own way.
        if name.startswith("__") or name == "CAPI" or hasattr(errno, name):
            continue
        print(module.__name__, name, int(value) if isinstance(value, int) else value if isinstance(value, str) else "")
for kind in _socket.socket, socket.socket, select.epoll, type(select.poll()):
    for name in dir(kind):
        if not name.startswith("_") or name == "_accept":
            print(kind.__module__, kind.__name__, name)
