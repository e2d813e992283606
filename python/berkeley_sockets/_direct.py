"""Calls of the host by machine code, in the place of componentize-py's bindings.

These copy all bytes that they pass to the host, and never free the copy. The machine code passes what stands in whatever
buffer. Where the package was built without it, the bindings serve.
"""

try:
    from . import _native
except ImportError:
    #: Whether the host is called so.
    IS_THERE = False
else:
    _native.install()
    IS_THERE = True
