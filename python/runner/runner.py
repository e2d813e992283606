"""What `berkeley python` runs: a Python program that it is given as `python3` is.

This file's top level runs when the component is built. What is imported there is ready when a program starts; the rest
of the standard library is copied out of the build, to be mounted when a program runs.
"""

import os
import shutil
import sys

import berkeley_sockets.threads

# isort: split
import argparse  # noqa: F401
import asyncio  # noqa: F401
import atexit
import contextlib
import http.server  # noqa: F401
import json  # noqa: F401
import linecache
import random
import runpy
import selectors  # noqa: F401
import socket  # noqa: F401
import socketserver  # noqa: F401
import threading

import types
import urllib.request  # noqa: F401

from componentize_py_types import Err

#: Where the standard library stands, in the build and when a program runs.
LIBRARY = "/python"
#: The variable with the directories of other packages, as in PATH.
SITE = "BERKELEY_PYTHON_SITE"
#: The variable with the directory that the program is started in; it may be one that the program does not have.
DIRECTORY = "BERKELEY_PYTHON_DIRECTORY"
#: The variable that tells how threads run: one after the other, if it is set.
THREADS = "BERKELEY_PYTHON_THREADS"


def keep_library() -> None:
    """Copies the standard library to beside this file, which is in a directory of the build."""
    copy = os.path.join(os.path.dirname(__file__), "lib")
    shutil.copytree(
        LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__", "site-packages"), copy_function=shutil.copyfile
    )


def run() -> None:
    """Runs the program that the arguments name."""
    # What is random must not be what it was in the build.
    random.seed()
    linecache.clearcache()
    first, *rest = sys.argv[1:]
    site = os.environ.pop(SITE, "")
    directory = os.environ.pop(DIRECTORY, "/")
    with contextlib.suppress(OSError):
        os.chdir(directory)
    if os.environ.pop(THREADS, ""):
        berkeley_sockets.threads.install()
    sys.path[:] = [*filter(None, site.split(os.pathsep)), LIBRARY]
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    if first == "-m":
        sys.argv[:] = rest
        sys.path.insert(0, directory)
        runpy._run_module_as_main(sys.argv[0], alter_argv=True)
    elif first == "-c":
        sys.argv[:] = ["-c", *rest[1:]]
        sys.path.insert(0, "")
        exec(compile(rest[0], "<string>", "exec"), main.__dict__)
    else:
        sys.argv[:] = [first, *rest]
        sys.path.insert(0, os.path.dirname(first))
        with open(first, "rb") as file:
            code = compile(file.read(), first, "exec")
        main.__file__ = first
        exec(code, main.__dict__)


def status(code) -> int:
    """The exit code that `sys.exit` means."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


def tell(error: BaseException) -> None:
    """Prints what went wrong, without this file's own part of it."""
    frame = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename in (__file__, runpy.__file__):
        frame = frame.tb_next
    sys.excepthook(type(error), error.with_traceback(frame), frame)


def finish() -> None:
    """Ends as an interpreter does."""
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in sys.stdout, sys.stderr:
        if stream and not stream.closed:
            stream.flush()


class Run:
    """The export wasi:cli/run."""

    def run(self) -> None:
        failed = 0
        try:
            run()
        except SystemExit as error:
            failed = status(error.code)
        except BaseException as error:
            tell(error)
            failed = 1
        finish()
        if failed:
            raise Err(None)


keep_library()
