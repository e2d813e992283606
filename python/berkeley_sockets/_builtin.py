"""Functions of modules that are written in C elsewhere."""

from collections.abc import Callable, Iterable


def functions(module: str, all: Iterable[Callable]) -> dict[str, object]:
    """The functions of a module, by name.

    As in C, none becomes a method where a class has it as an attribute: `selectors` keeps `select.select` so.
    """
    made = {}
    for function in all:
        function.__module__ = module
        made[function.__name__] = staticmethod(function)
    return made
