"""Functions of modules that are written in C elsewhere."""

import os
from collections.abc import Callable, Iterable


def like(function: Callable, own: Callable) -> staticmethod:
    """The function, to stand in the place of the interpreter's own, with its name and its documentation."""
    function.__name__ = function.__qualname__ = own.__name__
    function.__doc__, function.__module__ = own.__doc__, own.__module__
    # Its signature.
    function.__wrapped__ = own
    made = staticmethod(function)
    for supporting in os.supports_dir_fd, os.supports_fd, os.supports_follow_symlinks:
        if own in supporting:
            supporting.add(made)
    return made


def functions(module: str, all: Iterable[Callable]) -> dict[str, object]:
    """The functions of a module, by name.

    As in C, none becomes a method where a class has it as an attribute: `selectors` keeps `select.select` so.
    """
    made = {}
    for function in all:
        function.__module__ = module
        made[function.__name__] = staticmethod(function)
    return made
