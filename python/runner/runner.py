"""What `berkeley python` runs: a Python program that it is given as `python3` is.

This file's top level runs when the component is built. What is imported there is ready when a program starts; the rest
of the standard library is copied out of the build, to be mounted when a program runs.
"""

import os
import shutil
import sys

import berkeley_sockets._explain
import berkeley_sockets.threads

# isort: split
import argparse  # noqa: F401
import asyncio  # noqa: F401
import atexit
import compileall
import contextlib
import http.server  # noqa: F401
import importlib
import importlib._bootstrap_external
import io
import json  # noqa: F401
import linecache
import logging
import pkgutil
import py_compile
import random
import runpy
import selectors  # noqa: F401
import socket  # noqa: F401
import socketserver  # noqa: F401
import threading
import time
import types
import urllib.request  # noqa: F401

from wit_world.imports import exit

#: Where the standard library stands, in the build and when a program runs.
LIBRARY = "/python"
#: The variable with the directories of other packages, as in PATH.
SITE = "BERKELEY_PYTHON_SITE"
#: The variable with the directory that the program is started in; it may be one that the program does not have.
DIRECTORY = "BERKELEY_PYTHON_DIRECTORY"
#: The variable with the name of the system that the program is to find.
PLATFORM = "BERKELEY_PYTHON_PLATFORM"
#: The variable that tells how threads run: one after the other, if it is set.
THREADS = "BERKELEY_PYTHON_THREADS"

#: The variable with the numbers of the signals that the program ignores from the start on.
IGNORED = "BERKELEY_PYTHON_IGNORED"

#: The exit code of a program that Ctrl-C ended, as a shell tells it.
INTERRUPTED = 130


def keep_library() -> None:
    """Copies the standard library, compiled, to beside this file, which is in a directory of the build."""
    copy = os.path.join(os.path.dirname(__file__), "lib")
    shutil.copytree(
        LIBRARY, copy, ignore=shutil.ignore_patterns("__pycache__", "site-packages"), copy_function=shutil.copyfile
    )
    # Modules that the interpreter has not, as far as a guest can have them.
    shutil.copytree(os.path.join(os.path.dirname(__file__), "library"), copy, dirs_exist_ok=True)
    # Its files never change, so that nobody has to look whether what was compiled is of what is there.
    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    compileall.compile_dir(copy, quiet=1, stripdir=copy, prependdir=LIBRARY, invalidation_mode=mode)


def write_whole(path, data, mode=0o666) -> None:
    """Writes a compiled module. importlib's own function takes it for an error that a file takes a part first."""
    part = f"{path}.{id(path)}"
    try:
        with open(part, "xb") as file:
            file.write(data)
        os.replace(part, path)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def renew() -> None:
    """Does again what must not be as it was in the build."""
    random.seed()
    linecache.clearcache()
    logging._startTime = time.time_ns()
    # The C library counts from when it was started in the build.
    process_time_ns, began = time.process_time_ns, time.process_time_ns()
    time.process_time_ns = staticmethod(lambda: process_time_ns() - began)
    time.process_time = staticmethod(lambda: (process_time_ns() - began) / 1e9)


#: Modules of the standard library that choose by the system what they can do: they must find the true one.
CHOOSING = (
    "asyncio ctypes.util email.utils getpass locale logging.handlers mimetypes multiprocessing.context platform pydoc"
    " selectors shutil socketserver ssl subprocess sysconfig tarfile tempfile threading unittest urllib.request uuid"
    " webbrowser xmlrpc.server zipfile"
).split()


def pass_for(platform: str) -> None:
    """Lets the program find another system than WASI, by its name in small letters."""
    for name in CHOOSING:
        importlib.import_module(name)
    true = os.uname()
    sys.platform = platform
    os.uname = staticmethod(lambda: os.uname_result((platform.capitalize(), *true[1:])))


def write_at_once() -> None:
    """Has stdout and stderr keep nothing back."""
    for number, name in enumerate(("stdout", "stderr"), 1):
        stream = getattr(sys, name)
        stream.flush()
        raw = open(number, "wb", buffering=0, closefd=False)
        text = io.TextIOWrapper(raw, stream.encoding, stream.errors, write_through=True)
        text.mode = "w"
        setattr(sys, name, text)
        setattr(sys, f"__{name}__", text)


def execute(source: bytes | str, name: str, main: types.ModuleType) -> None:
    """Runs the text of a program, which tracebacks show even if it is in no file."""
    code = compile(source, name, "exec")
    if isinstance(source, str):
        linecache._register_code(code, source, name)
    exec(code, main.__dict__)


def run() -> None:
    """Runs the program that the arguments name."""
    berkeley_sockets._signal.listen(map(int, os.environ.pop(IGNORED, "").split()))
    berkeley_sockets._stdin.listen()
    first, *rest = sys.argv[1:]
    site = os.environ.pop(SITE, "")
    directory = os.environ.pop(DIRECTORY, "/")
    with contextlib.suppress(OSError):
        os.chdir(directory)
    if os.environ.get("PYTHONUNBUFFERED"):
        write_at_once()
    if os.environ.pop(THREADS, ""):
        berkeley_sockets.threads.install()
    if platform := os.environ.pop(PLATFORM, ""):
        pass_for(platform)
    sys.path[:] = [*filter(None, site.split(os.pathsep)), LIBRARY]
    main = types.ModuleType("__main__")
    main.__dict__["__builtins__"] = __builtins__
    sys.modules["__main__"] = main
    if first == "-m":
        sys.argv[:] = rest
        sys.path.insert(0, directory)
        # As the program it is imported once more, which it need not be told.
        if not hasattr(sys.modules.get(sys.argv[0]), "__path__"):
            sys.modules.pop(sys.argv[0], None)
        runpy._run_module_as_main(sys.argv[0], alter_argv=True)
    elif first == "-c":
        sys.argv[:] = ["-c", *rest[1:]]
        sys.path.insert(0, "")
        execute(rest[0], "<string>", main)
    elif first == "-":
        sys.argv[:] = ["-", *rest]
        sys.path.insert(0, "")
        execute(sys.stdin.read(), "<stdin>", main)
    elif pkgutil.get_importer(first):
        # A directory, or an archive, with __main__.py in it.
        sys.argv[:] = [first, *rest]
        sys.path.insert(0, first)
        runpy._run_module_as_main("__main__", alter_argv=False)
    else:
        sys.argv[:] = [first, *rest]
        sys.path.insert(0, os.path.dirname(first))
        main.__file__ = first
        with open(first, "rb") as file:
            source = file.read()
        execute(source, first, main)


def status(code) -> int:
    """The exit code that `sys.exit` means."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code
    print(code, file=sys.stderr)
    return 1


def leave(code: int) -> None:
    """Ends the program at once, with the low eight bits of the code as a process has them."""
    exit.exit_with_code(code & 0xFF)


def tell(error: BaseException) -> None:
    """Prints what went wrong, without this file's own part of it."""
    frame = error.__traceback__
    while frame and frame.tb_frame.f_code.co_filename in (__file__, runpy.__file__, "<frozen runpy>"):
        frame = frame.tb_next
    if getattr(error, "is_lack", False):
        print(place(frame), getattr(error, "strerror", None) or error, sep="", file=sys.stderr)
        return
    berkeley_sockets._explain.explain(error)
    sys.excepthook(type(error), error.with_traceback(frame), frame)


def place(frame: types.TracebackType | None) -> str:
    """Where the program itself was last, and not a library of its."""
    here = ""
    while frame:
        file = frame.tb_frame.f_code.co_filename
        if not here or not file.startswith((LIBRARY, "/site/", "<frozen", os.path.dirname(berkeley_sockets.__file__))):
            here = f"{file}, line {frame.tb_lineno}: "
        frame = frame.tb_next
    return here


def finish() -> None:
    """Ends as an interpreter does."""
    try:
        threading._shutdown()
    except BaseException as error:
        tell_ignored(error, "on threading shutdown")
    atexit._run_exitfuncs()
    for stream in sys.stdout, sys.stderr:
        if stream and not stream.closed:
            stream.flush()


def tell_ignored(error: BaseException, where: str) -> None:
    """Tells of what went wrong where nobody is left to take it."""
    hook = types.SimpleNamespace(
        exc_type=type(error), exc_value=error, exc_traceback=error.__traceback__, err_msg=f"Exception ignored {where}", object=None
    )
    sys.unraisablehook(hook)


class Run:
    """The export wasi:cli/run."""

    def run(self) -> None:
        failed = 0
        renew()
        try:
            run()
            berkeley_sockets._signal.settle()
        except SystemExit as error:
            failed = status(error.code)
        except BaseException as error:
            tell(error)
            failed = INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
        finish()
        if failed:
            leave(failed)


importlib._bootstrap_external._write_atomic = write_whole
os._exit = leave
# What messages begin with, and what programs ask for that start another; there are no processes.
sys.executable = "python"
berkeley_sockets.threads.tell_deadlocks()
keep_library()
