"""What is added to an error that ends a program: what is missing here that the program has elsewhere, and what to do."""

import linecache
import os
import sys
from collections.abc import Iterator
from glob import escape, glob
from types import TracebackType

#: The system, before the program may be given another name of it.
_SYSTEM = "wasi"
_ASKS = "sys.platform", "platform.system("
_OTHER_SYSTEM = "{} asks on which system it is, which is wasi; `berkeley python --linux` names it linux"
_NO_ZONES = "a guest has the time zones that the package tzdata of PyPI has, where --site gives it that"
#: What comes of a choice by the system.
_OF_CHOICE = AttributeError, ImportError, NotImplementedError, RuntimeError
#: Which files are not the program's or its packages'.
_LIBRARY = os.path.dirname(os.__file__), "<"


def machine_code(file: str) -> str:
    """What is said of a file that a native interpreter would load."""
    return f"{file} is machine code, which WebAssembly cannot run"


def explain(error: BaseException | None) -> None:
    """Adds the notes to the error, and to those that it comes of."""
    while error:
        for note in dict.fromkeys(_notes(error)):
            if note not in str(error):
                error.add_note(note)
        error = error.__cause__ or error.__context__


def _notes(error: BaseException) -> Iterator[str]:
    if isinstance(error, ImportError):
        yield from map(machine_code, _compiled(error))
    if type(error).__name__ == "ZoneInfoNotFoundError":
        yield _NO_ZONES
    if sys.platform == _SYSTEM and _may_be_chosen(error) and (file := _asking(error.__traceback__)):
        yield _OTHER_SYSTEM.format(file)


def _compiled(error: ImportError) -> Iterator[str]:
    """The files in the place of what is missing."""
    if error.name:
        name = f"{error.name}.{error.name_from}" if error.name_from else error.name
        for directory in sys.path:
            yield from _beside(os.path.join(directory, *name.split(".")))
    # A module may be there in Python too, and say that it is of no use so.
    for file in _files(error.__traceback__):
        yield from _beside(file.removesuffix(".py"))


def _beside(module: str) -> list[str]:
    return glob(f"{escape(module)}.*.so") + glob(f"{escape(module)}.so")


def _files(traceback: TracebackType | None) -> Iterator[str]:
    """The files that an error has gone through, but for the library."""
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(_LIBRARY):
            yield file
        traceback = traceback.tb_next


def _may_be_chosen(error: BaseException) -> bool:
    """Whether it may come of a choice by the system. That a package is missing does not."""
    is_strange = isinstance(error, ModuleNotFoundError) and error.name not in sys.stdlib_module_names
    return isinstance(error, _OF_CHOICE) and not is_strange


def _asking(traceback: TracebackType | None) -> str | None:
    """Where the error comes from, if that file asks for the system."""
    *_, file = None, *_files(traceback)
    asks = file and any(word in line for line in linecache.getlines(file) for word in _ASKS)
    return file if asks else None
