"""Prints every constant of the interpreter's socket and errno modules, a name and its value on each line."""

import _socket
import errno

for module in _socket, errno:
    for name, value in sorted(vars(module).items()):
        if name[0].isupper() and isinstance(value, (int, str)) and not isinstance(value, bool):
            print(name, value if isinstance(value, str) else int(value))
