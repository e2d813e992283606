"""Calls of the host by machine code, in the place of componentize-py's bindings.

These copy all bytes that they pass to the host, and never free the copy. The machine code passes what stands in whatever
buffer. Where the package was built without it, the bindings serve.
"""

try:
    from . import _native as native
except ImportError:
    #: The machine code, if it is there.
    native = None

    def into(buffer: memoryview, function, *arguments) -> int:
        """Calls a function that gives bytes, and puts them into a buffer. How many there are."""
        content = function(*arguments)
        buffer[: len(content)] = content
        return len(content)

else:
    native.install()
    into = native.into
