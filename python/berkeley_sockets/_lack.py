"""What programs ask for that a guest has not: other processes, and threads. They are told so in one sentence, with the nearest
way out, whose error is of the kind that they would get of a system without it.
"""

import _thread
import errno
import os
import sys
import threading
from importlib.machinery import ExtensionFileLoader

from ._explain import machine_code

_ALONE = "a guest is one process and starts no others"
_WORK = "let it work by asyncio, or by threads with `berkeley python --inline-threads`, or start several guests"
_THREADS = (
    "can't start new thread: a guest has one; `berkeley python --inline-threads` runs threads one after the other, where the"
    " program waits"
)
_GUNICORN = (
    f"gunicorn serves by worker processes, and {_ALONE}: serve the application by uvicorn, or by werkzeug or wsgiref with"
    " `berkeley python --inline-threads`, in several guests if one is not enough"
)
#: What of a server runs others beside it, and what to do instead.
_SERVERS = {
    ("django.utils.autoreload", None, "run_with_reloader"): "django's reloader runs the server as another process, and {}: start it"
    " with --noreload, and with --nothreading or `berkeley python --inline-threads`",
    ("werkzeug._reloader", None, "run_with_reloader"): "werkzeug's reloader runs the server as another process, and {}: start it with"
    " --no-reload, or use_reloader=False",
    ("werkzeug.debug", "DebuggedApplication", "__init__"): "werkzeug's debugger shares memory with other processes, and {}: start it with"
    " --no-debugger and --no-reload, or use_debugger=False",
    ("uvicorn.supervisors.basereload", "BaseReload", "run"): "uvicorn's reloader runs the server as another process, and {}: start it"
    " without --reload",
    ("uvicorn.supervisors.multiprocess", "Multiprocess", "run"): "uvicorn's workers are processes, and {}: start it without --workers,"
    " several times if one is not enough",
}
_POOL = (
    "multiprocessing.pool.ThreadPool: its threads wait for work side by side, and a guest has one; use"
    " concurrent.futures.ThreadPoolExecutor, with `berkeley python --inline-threads`"
)
_WAITRESS = (
    "waitress: its threads wait for requests side by side, and a guest has one; serve the application by werkzeug or wsgiref, with"
    " `berkeley python --inline-threads`"
)
_INTERPRETERS = (
    "InterpreterPoolExecutor: a guest has one interpreter; use ThreadPoolExecutor, with `berkeley python --inline-threads`, or start"
    " several guests"
)
_CELERY = f"celery's prefork pool works by processes, and {_ALONE}: start the worker with --pool solo"

#: What `os` has elsewhere.
_OF_OS = (
    "execv execve fork forkpty posix_spawn posix_spawnp spawnl spawnle spawnlp spawnlpe spawnv spawnve spawnvp spawnvpe system"
).split()
#: What the library makes of that.
_OF_LIBRARY = "execl execle execlp execlpe execvp execvpe".split()


def lack(kind: type[Exception], *arguments, **keywords) -> Exception:
    """The error of that kind, which whoever runs the program shows as its sentence alone."""
    error = kind(*arguments, **keywords)
    error.is_lack = True
    return error


def processes(what: str) -> Exception:
    """The error that what would start a process fails with."""
    return lack(OSError, errno.ENOSYS, f"{what}: {_ALONE}; {_WORK}")


def _refused(make):
    """A function, or a method, that fails with the error."""

    def refuse(*arguments, **keywords):
        raise make()

    return refuse


def _process(what: str):
    return _refused(lambda: processes(what))


def _said(sentence: str):
    return _refused(lambda: lack(OSError, errno.ENOSYS, sentence))


def _handle_error(self, request, client_address) -> None:
    """As a server of the library answers what goes wrong with a request, unless the server itself cannot do what it is to do."""
    if getattr(sys.exception(), "is_lack", False):
        raise
    own["handle_error"](self, request, client_address)


def _temporary() -> str:
    """Where temporary files go: a guest has no directory but those that it is given."""
    try:
        return own["_get_default_tempdir"]()
    except FileNotFoundError as error:
        remedy = "give the guest one, as by `berkeley python --dir DIRECTORY::/tmp`"
        raise lack(FileNotFoundError, error.errno, f"{error.strerror}: {remedy}") from None


#: Methods that were replaced, and are called in the end.
own: dict = {}

#: By the modules that they are in: what of a class fails so; of none, what of the module itself.
METHODS = {
    "subprocess": ("Popen", {"__init__": _process("subprocess")}),
    "multiprocessing.process": ("BaseProcess", {"start": _process("multiprocessing")}),
    "multiprocessing.context": (
        "BaseContext",
        {name: _process("multiprocessing") for name in ("Manager", "Pool", "Queue", "SimpleQueue", "JoinableQueue")},
    ),
    "multiprocessing.pool": ("ThreadPool", {"__new__": _said(_POOL)}),
    "concurrent.futures": (None, {"InterpreterPoolExecutor": _said(_INTERPRETERS)}),
    "tempfile": (None, {"_get_default_tempdir": _temporary}),
    "socketserver": ("BaseServer", {"handle_error": _handle_error}),
    "concurrent.futures.process": ("ProcessPoolExecutor", {"__init__": _process("ProcessPoolExecutor")}),
    "gunicorn.arbiter": ("Arbiter", {"run": _said(_GUNICORN)}),
    "waitress.task": ("ThreadedTaskDispatcher", {"set_thread_count": _said(_WAITRESS)}),
    "celery.concurrency.prefork": ("TaskPool", {"on_start": _said(_CELERY)}),
} | {module: (kind, {name: _said(text.format(_ALONE))}) for (module, kind, name), text in _SERVERS.items()}


def _missing(name: str):
    """The answer of `os` where it has no such name."""
    if name in _OF_OS:
        raise lack(AttributeError, f"os.{name}: {_ALONE}; {_WORK}", name=name, obj=os)
    raise AttributeError(f"module 'os' has no attribute {name!r}", name=name, obj=os)


#: The end of the names of what is made for WebAssembly.
_OWN_CODE = "-wasm32-wasi.so"
_load = ExtensionFileLoader.create_module


def _create_module(self, spec):
    """Loads machine code, of which a guest has what it was built with."""
    try:
        return _load(self, spec)
    except ImportError:
        if spec.origin.endswith(_OWN_CODE):
            raise
        raise ImportError(machine_code(spec.origin), name=spec.name, path=spec.origin) from None


def install() -> None:
    """Lets `os`, threads and machine code say so; the rest says it once it is imported."""
    ExtensionFileLoader.create_module = _create_module
    os.__getattr__ = _missing
    for name in _OF_LIBRARY:
        setattr(os, name, staticmethod(_process(f"os.{name}")))
    start = _refused(lambda: lack(RuntimeError, _THREADS))
    for name in "start_new_thread", "start_new", "start_joinable_thread":
        setattr(_thread, name, start)
    threading._start_joinable_thread = start
