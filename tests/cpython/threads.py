"""Threads, each in a guest of its own.

A guest has one thread. Where a test starts another, another guest takes it over: one that waits for that, of those that
`serve` runs in. The two are connected by a unix socket, and what the test's thread can reach stands in both: the test case,
its events and queues, the variables of the tests' modules, and the values in them. A list or the like is the same in both if an
attribute, a variable, or an argument of the thread is it; what is deeper, in a tuple or another list, is copied. What
the test has put in the place of something in any module when it starts the thread, is put there in the other too. Before and
after each call of a socket's, and whenever one waits for the other, each tells the other what has changed; there is no other
way to see how far the other is. A socket has one number in all of them; it goes over when it is used there, by SCM_RIGHTS,
and is closed in both.

What is not shared: values in C without a pickle, as buffered files; event loops of asyncio, and what they have; who has a
lock. Two threads that change the same value at the same time lose one of the changes.
"""

import _thread
import asyncio
import builtins
import contextlib
import enum
import functools
import gc
import importlib
import io
import marshal
import os
import pickle
import select
import socket
import struct
import sys
import threading
import time
import types
import unittest
from collections import deque

import _socket
import _ssl
import berkeley_sockets._socket
from berkeley_sockets import _ancillary, _netdb, _patience, _signal, _table, _threads_run, _threads_thread, _threads_turn
from berkeley_sockets._direct import into
from berkeley_sockets._threads_executor import submit
from berkeley_sockets._threads_lock import allocate
from berkeley_sockets.bindings.imports import berkeley_sockets_poll_0_1_0 as wit_poll

#: Where those guests wait that take threads over: each at a path of its own, which the one renames that takes it.
DIRECTORY = os.path.abspath("threads")
_IDLE = "idle-"

_call = berkeley_sockets._socket.call
_sleep = time.sleep

#: The connections to the guests that run threads of this one, and to the one that this one's thread is of.
_links: list["Link"] = []
#: The modules of the tests and the classes of the one that is run, as `Link.share` takes them.
shared: list[str] = []
#: Whether calls are those of this file, which tell nobody.
_quiet = 0

_LOCKS = (type(allocate()), type(_thread.RLock()))
_CODE = (types.FunctionType, staticmethod, classmethod, property, type, types.GetSetDescriptorType)
#: What changes in place, and is the same in both.
_CONTAINERS = (list, dict, set, deque, bytearray)
_FILES = (io.StringIO, io.BytesIO)
_OF_A_LOOP = (asyncio.AbstractEventLoop, asyncio.BaseTransport, asyncio.BaseProtocol, asyncio.Future, asyncio.Task)
#: What the host has for a guest, and what waits in it.
_OF_A_GUEST = (_ssl._SSLSocket, berkeley_sockets._poll._Poll, select.epoll)
_ATOMS = (int, float, str, bytes, bool, type(None), complex)
#: What each guest has of its own.
_OWN = {
    unittest.TestCase: {"_outcome", "_cleanups", "_subtest", "_type_equality_funcs"},
    threading.Thread: {
        "_os_thread_handle", "_started", "_ident", "_native_id", "_stderr", "_invoke_excepthook", "_tstate_lock",
        "_is_stopped", "_handle", "_link", "_local_dict_lock", "_daemonic", "_initialized", "_context",
    },
    threading.Condition: {"_waiters"},
}  # fmt: skip


class _Gone(Exception):
    """The other guest is no more, or wants no more."""


class _quietly:
    """While this holds, sockets are used for this file's own purposes."""

    def __enter__(self):
        global _quiet
        _quiet += 1

    def __exit__(self, *_):
        global _quiet
        _quiet -= 1


class Link:
    """The connection to another guest, and what is known in both."""

    def __init__(self, connection: socket.socket, side: str) -> None:
        self.connection = connection
        self.side = side
        self.received = bytearray()
        self.rights: deque[int] = deque()
        self.objects: dict = {}
        self.ids: dict[int, object] = {}
        #: What the other knows of each thing's attributes, as it was sent or came.
        self.known: dict[object, dict[str, bytes]] = {}
        self.atoms: dict[tuple, object] = {}
        self.ended = False
        self.pulling = self.pushing = False
        self.given: dict[object, int | None] = {}

    # What both know.

    def register(self, name, thing) -> None:
        self.objects[name] = thing
        self.ids[id(thing)] = name

    def share(self, names: list[str]) -> None:
        """Shares the plain values of modules, or of classes by `module:name`, and tells the other to do so."""
        found = []
        for name in names:
            thing = _find(name)
            self.register(name, thing)
            for key, value in _state(thing).items():
                if type(value) in _CONTAINERS + _FILES and id(value) not in self.ids:
                    self.register((name, key), value)
                    found.append((name, key, type(value)))
        self.send("share", names, found)

    def on_share(self, names: list[str], found: list[tuple]) -> None:
        """Shares what the starter does, whose values count, and not those that the modules have here by themselves."""
        shared[:] = names
        for name in names:
            self.register(name, _find(name))
        for name, key, kind in found:
            if type(vars(self.objects[name]).get(key)) is not kind:
                setattr(self.objects[name], key, kind())
            self.register((name, key), vars(self.objects[name])[key])
        self.changes(only_known=True)

    def take_class(self, name: str) -> type:
        """A class of a test's module that the other shares from now on."""
        if name not in self.objects:
            self.register(name, _find(name))
            list(self._changes_of(name, self.objects[name], only_known=True))
        return self.objects[name]

    def direct(self, value):
        """As it is packed, where it is a value by itself and not within another, but for a tuple."""
        if type(value) is tuple:
            return tuple(map(self.direct, value))
        return _New(value) if type(value) in _CONTAINERS and id(value) not in self.ids else value

    # Messages.

    def send(self, kind: str, *content, rights=()) -> None:
        frame = pickle.dumps((kind, *content, len(rights)))
        frame = struct.pack("<I", len(frame)) + frame
        with _quietly():
            try:
                if rights:
                    packed = struct.pack(f"{len(rights)}i", *rights)
                    sent = self.connection.sendmsg(
                        [frame], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, packed)]
                    )
                    frame = frame[sent:]
                self.connection.sendall(frame)
            except OSError:
                # It has ended. What it told before that is still to be read.
                pass

    def frames(self):
        """What has come, without waiting for more."""
        while not self.ended:
            with _quietly():
                try:
                    data, ancillary, _, _ = self.connection.recvmsg(1 << 20, 1024, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    break
                except OSError:
                    data, ancillary = b"", []
            for _, _, numbers in ancillary:
                self.rights.extend(struct.unpack(f"{len(numbers) // 4}i", numbers))
            if not data:
                self.ended = True
            self.received += data
        while len(self.received) >= 4:
            (length,) = struct.unpack_from("<I", self.received)
            if len(self.received) < 4 + length:
                break
            frame = bytes(self.received[4 : 4 + length])
            del self.received[: 4 + length]
            yield pickle.loads(frame)

    def pull(self) -> None:
        """Takes what the other has told."""
        if self.pulling:
            # Taking something may use sockets: a module that is imported does.
            return
        self.pulling = True
        try:
            for kind, *content, rights in self.frames():
                numbers = [self.rights.popleft() for _ in range(rights)]
                getattr(self, "on_" + kind)(*content, *numbers)
        finally:
            self.pulling = False

    def push(self) -> None:
        """Tells the other what has changed."""
        if self.pushing or self.ended:
            # Looking may end the life of a socket, which is told of in its turn.
            return
        self.pushing = True
        try:
            changes = self.changes()
            if changes:
                self.send("changed", changes)
        finally:
            self.pushing = False

    def changes(self, only_known: bool = False) -> list:
        found, done = [], 0
        names = list(self.objects)
        # What is sent for the first time comes at the end, and has its own part told then.
        while done < len(names):
            for name in names[done:]:
                found.extend(self._changes_of(name, self.objects[name], only_known))
            done, names = len(names), list(self.objects)
        return found

    def _changes_of(self, name, thing, only_known: bool):
        state = _state(thing)
        known = self.known.setdefault(name, {})
        for key, value in state.items():
            # What cannot change is not looked into again.
            if type(value) in _ATOMS:
                if self.atoms.get((name, key), self) is value:
                    continue
                self.atoms[name, key] = value
            packed = self.pack(value if type(thing) in _CONTAINERS else self.direct(value), only_known)
            if packed is not None and known.get(key) != packed:
                known[key] = packed
                yield name, key, packed
        for key in [key for key in known if key not in state]:
            del known[key]
            self.atoms.pop((name, key), None)
            yield name, key, None

    def pack(self, value, only_known: bool = False) -> bytes | None:
        """The value as the other understands it; None, if it cannot be, or where it must not have what is new there."""
        file = io.BytesIO()
        pickler = _Pickler(file, self)
        try:
            pickler.dump(value)
        except _CANNOT:
            return None
        if only_known and pickler.new:
            return None
        # Only now: what could not be sent is not known there.
        for name, thing in pickler.new:
            self.register(name, thing)
        return file.getvalue()

    def unpack(self, packed: bytes):
        return _Unpickler(io.BytesIO(packed), self).load()

    # What comes.

    def on_changed(self, changes) -> None:
        touched = []
        for name, key, packed in changes:
            self.atoms.pop((name, key), None)
            thing = self.objects.get(name)
            if packed is None:
                self.known.get(name, {}).pop(key, None)
                if thing is not None:
                    _delete(thing, key)
                continue
            value = self.unpack(packed)
            if thing is None:
                thing = self.objects[name]
            _set(thing, key, value)
            touched.append((name, thing, key))
        for name, thing, key in touched:
            state = _state(thing)
            if key in state:
                again = self.pack(state[key], only_known=True)
                if again is not None:
                    self.known.setdefault(name, {})[key] = again

    def on_run(self, packed) -> None:
        self.todo = self.unpack(packed)

    def on_end(self) -> None:
        self.ended = True

    def on_fetch(self, name) -> None:
        thing = self.objects.get(name)
        number = name if isinstance(name, int) else -1 if thing is None else _socket.socket.fileno(thing)
        handle = dict.get(_table._open, number)
        if handle is None or isinstance(handle, _Lazy) or handle.resource is None:
            self.send("give", name)
        else:
            self.send("give", name, rights=[number])

    def on_give(self, name, number=None) -> None:
        self.given[name] = number

    def fetch(self, name):
        """The other's socket, by the object's name or its number."""
        self.send("fetch", name)
        while name not in self.given:
            if self.ended:
                return None
            self.pull()
            if name not in self.given and not self.ended:
                wait(None)
        return self.given.pop(name)

    def close(self) -> None:
        self.ended = True
        with _quietly():
            self.connection.close()
        if self in _links:
            _links.remove(self)


_CANNOT = (pickle.PicklingError, TypeError, AttributeError, RecursionError, ValueError, NotImplementedError, KeyError)


# What things are made of.


def _find(name: str):
    """A module, or a class by `module:name`."""
    module, _, qualified = name.partition(":")
    found = importlib.import_module(module)
    for part in filter(None, qualified.split(".")):
        found = getattr(found, part)
    return found


def _own(thing) -> set[str]:
    return set().union(*(names for cls, names in _OWN.items() if isinstance(thing, cls)))


def _state(thing) -> dict:
    """The attributes that both know."""
    if isinstance(thing, (types.ModuleType, type)):
        if thing is sys:
            return {"stdout": sys.stdout, "stderr": sys.stderr}
        # Of a test's class, all that is not its code.
        own = isinstance(thing, type) and (thing.__module__.startswith("test.") or "<locals>" in thing.__qualname__)
        return {name: value for name, value in vars(thing).items() if _is_shared(value, own) and not name.startswith("__")}
    if type(thing) in _CONTAINERS:
        return {"content": thing.copy()}
    if isinstance(thing, types.CellType):
        try:
            return {"content": thing.cell_contents}
        except ValueError:
            return {}
    if type(thing) in _FILES:
        return {"closed": True} if thing.closed else {"content": thing.getvalue(), "position": thing.tell()}
    if isinstance(thing, _socket.socket):
        closed = "detached" if id(thing) in _detached else _socket.socket.fileno(thing) < 0
        state = {"closed": closed, "limit": thing._limit}
        state |= {name: getattr(thing, name) for name in ("_io_refs", "_closed") if hasattr(thing, name)}
        return state | getattr(thing, "__dict__", {})
    own = _own(thing)
    state = {name: value for name, value in getattr(thing, "__dict__", {}).items() if name not in own}
    return state | {name: getattr(thing, name) for name in _slots(type(thing)) if hasattr(thing, name)}


def _is_shared(value, own: bool) -> bool:
    """Whether both have a variable's value, of whatever kind if it is of a class of the tests' own."""
    return isinstance(value, _ATOMS) or type(value) in _CONTAINERS + _FILES or own and not isinstance(value, _CODE)


def _set(thing, key: str, value) -> None:
    if isinstance(thing, _socket.socket):
        if key == "closed" and value == "detached":
            # The number is another object's now, that the other may have told of already.
            thing._number = -1
        elif key == "closed":
            if value and thing._number >= 0:
                with _quietly():
                    handle = _table._open.get(thing._number)
                    if isinstance(handle, _Lazy):
                        handle.drop()
                    else:
                        _socket.socket.close(thing)
        elif key == "limit":
            thing._limit = value
        else:
            setattr(thing, key, value)
    elif type(thing) in _CONTAINERS:
        thing.clear()
        getattr(thing, "update" if isinstance(thing, (dict, set)) else "extend")(value)
    elif isinstance(thing, types.CellType):
        thing.cell_contents = value
    elif type(thing) in _FILES:
        if key == "content":
            position = thing.tell()
            thing.seek(0)
            thing.truncate()
            thing.write(value)
            thing.seek(position)
        elif key == "position":
            thing.seek(value)
        else:
            thing.close()
    elif isinstance(thing, type) or key in _slots(type(thing)):
        setattr(thing, key, value)
    else:
        vars(thing)[key] = value


def _delete(thing, key: str) -> None:
    if isinstance(thing, types.CellType):
        del thing.cell_contents
    elif isinstance(thing, type) or key in _slots(type(thing)):
        delattr(thing, key)
    elif hasattr(thing, "__dict__") and not isinstance(thing, _socket.socket):
        vars(thing).pop(key, None)


@functools.cache
def _slots(cls: type) -> frozenset[str]:
    """The attributes that objects of the class have beside those in their dictionary."""
    names = {name for base in cls.__mro__ for name in vars(base) if not name.startswith("__")}
    return frozenset(name for name in names if isinstance(getattr(cls, name, None), types.MemberDescriptorType))


@functools.cache
def _is_plain(cls: type) -> bool:
    """Whether objects of the class have nothing but their attributes."""
    if issubclass(cls, (enum.Enum, type, BaseException, io.IOBase)):
        return False
    try:
        made = object.__new__(cls)
    except TypeError:
        return False
    own_way = cls.__reduce__ is not object.__reduce__ or cls.__reduce_ex__ is not object.__reduce_ex__
    return hasattr(made, "__dict__") or bool(_slots(cls)) and not own_way


_STREAMS = "__stdout__", "__stderr__", "__stdin__"


class _Pickler(pickle.Pickler):
    def __init__(self, file, link: Link) -> None:
        super().__init__(file, 5)
        self.link = link
        self.new: list = []

    def name(self, thing):
        name = self.link.side, len(self.link.objects) + len(self.new)
        self.new.append((name, thing))
        return name

    def persistent_id(self, thing):
        known = self.link.ids.get(id(thing))
        if known is not None:
            return "object", known
        if isinstance(thing, types.ModuleType):
            return "module", thing.__name__
        if isinstance(thing, type) and thing.__module__.startswith("test.") and _by_name(thing):
            name = f"{thing.__module__}:{thing.__qualname__}"
            self.new.append((name, thing))
            return "class", name
        if thing is sys.__stdout__ or thing is sys.__stderr__ or thing is sys.__stdin__:
            return "stream", next(name for name in _STREAMS if getattr(sys, name) is thing)
        return None

    def reducer_override(self, thing):
        if isinstance(thing, _LOCKS):
            return _make_lock, (self.name(thing), _LOCKS.index(type(thing)))
        if isinstance(thing, _socket.socket):
            numbers = int(thing.family), int(thing.type), int(thing.proto), thing._limit, thing._number
            return _make_socket, (self.name(thing), type(thing), *numbers)
        if isinstance(thing, types.FunctionType):
            if _by_name(thing):
                return NotImplemented
            content = thing.__name__, thing.__defaults__, thing.__kwdefaults__, thing.__qualname__, _annotations(thing)
            code = marshal.dumps(thing.__code__)
            return _make_function, (self.name(thing), code, thing.__module__, thing.__closure__ or (), *content)
        if isinstance(thing, types.CellType):
            return _make_cell, (self.name(thing),)
        if isinstance(thing, type):
            if thing.__module__ == "builtins" or _by_name(thing):
                return NotImplemented
            hidden = {"__dict__", "__weakref__", "__static_attributes__", "__firstlineno__"}
            state = {name: value for name, value in vars(thing).items() if name not in hidden}
            return (
                _make_class,
                (self.name(thing), type(thing), thing.__name__, thing.__bases__, thing.__module__, thing.__qualname__),
                state,
                None,
                None,
                _set_class,
            )
        if isinstance(thing, (staticmethod, classmethod)):
            return type(thing), (thing.__func__,)
        if isinstance(thing, property):
            return property, (thing.fget, thing.fset, thing.fdel)
        if isinstance(thing, _OF_A_GUEST) or hasattr(thing, "handle") and type(thing).__module__.startswith("berkeley_sockets.bindings"):
            raise pickle.PicklingError("what the host has for this guest is nobody else's")
        if isinstance(thing, types.TracebackType):
            return _make_no_traceback, ()
        if isinstance(thing, BaseException):
            said = {name: value for name, value in vars(thing).items() if isinstance(value, _ATOMS)}
            return _make_exception, (type(thing), thing.args, said)
        if isinstance(thing, _New):
            return _make_empty, (self.name(thing.content), type(thing.content))
        if type(thing) in _FILES:
            return _make_empty, (self.name(thing), type(thing))
        if isinstance(thing, _OF_A_LOOP):
            raise pickle.PicklingError("an event loop, and what it has, is of one guest")
        if _is_plain(type(thing)):
            return _make_plain, (self.name(thing), type(thing))
        return NotImplemented


class _New:
    """A list or the like that the other does not know yet, and will know as the same."""

    def __init__(self, content) -> None:
        self.content = content


def _by_name(thing) -> bool:
    found = sys.modules.get(thing.__module__)
    for part in thing.__qualname__.split("."):
        found = getattr(found, part, None)
    return found is thing


def _annotations(function) -> dict:
    try:
        return function.__annotations__
    except NameError:
        # Of what is not there yet.
        return {}


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, link: Link) -> None:
        super().__init__(file)
        self.link = link

    def persistent_load(self, name):
        kind, name = name
        if kind == "object":
            return self.link.objects[name]
        if kind == "stream":
            return getattr(sys, name)
        if kind == "class":
            return self.link.take_class(name)
        return importlib.import_module(name)

    def load(self):
        global _current
        before, _current = _current, self.link
        try:
            return super().load()
        finally:
            _current = before


#: Whose message is being read.
_current: Link = None


def _make_lock(name, kind: int):
    lock = _thread.RLock() if kind else allocate()
    _current.register(name, lock)
    return lock


def _make_plain(name, cls: type):
    made = object.__new__(cls)
    if isinstance(made, unittest.TestCase):
        unittest.TestCase.__init__(made)
        vars(made).pop("_testMethodName", None)
    if isinstance(made, threading.Thread):
        threading.Thread.__init__(made)
        made._initialized = True
    if isinstance(made, threading.Condition):
        made._waiters = deque()
    _current.register(name, made)
    return made


def _make_empty(name, kind: type):
    # What is in it comes as it does for every attribute.
    made = kind()
    _current.register(name, made)
    return made


def _make_cell(name):
    # The class has no name to be found by.
    made = types.CellType()
    _current.register(name, made)
    return made


def _make_no_traceback() -> None:
    """Frames are of one guest."""


def _make_exception(cls: type, args: tuple, said: dict[str, object]):
    try:
        made = cls(*args)
        vars(made).update(said)
        return made
    except Exception:
        return RuntimeError(cls.__name__, *args)


def _make_function(
    known, code: bytes, module: str, closure: tuple, name, defaults, kwdefaults, qualname, annotations
):
    namespace = vars(importlib.import_module(module))
    made = types.FunctionType(marshal.loads(code), namespace, name, defaults, closure)
    made.__kwdefaults__, made.__qualname__, made.__annotations__ = kwdefaults, qualname, annotations
    _current.register(known, made)
    return made


def _make_class(name, kind: type, own_name: str, bases: tuple, module: str, qualname: str):
    made = kind(own_name, bases, {"__module__": module, "__qualname__": qualname})
    _current.register(name, made)
    return made


def _set_class(cls: type, state: dict) -> None:
    for name, value in state.items():
        try:
            setattr(cls, name, value)
        except (AttributeError, TypeError):
            pass


def _make_socket(name, cls: type, family: int, kind: int, proto: int, limit, number: int):
    made = cls.__new__(cls)
    berkeley_sockets._socket._FAMILY(made, family)
    berkeley_sockets._socket._TYPE(made, kind)
    berkeley_sockets._socket._PROTO(made, proto)
    made._limit = limit
    if isinstance(made, socket.socket):
        made._io_refs, made._closed = 0, number < 0
    if number >= 0:
        _displace(number)
        if number in _table._free:
            _table._free.remove(number)
            _table.heapify(_table._free)
        dict.__setitem__(_table._open, number, _Lazy(_current, name, number))
        made._number = number
    _current.register(name, made)
    return made


#: The sockets whose numbers are other objects' now, by their identity.
_detached: dict[int, _socket.socket] = {}


def _detach(self, /) -> int:
    _detached[id(self)] = self
    return _socket_detach(self)


_socket_detach = _socket.socket.detach
_detach.__doc__ = _socket_detach.__doc__


def _displace(number: int) -> None:
    """Takes the number from a socket that has been closed in the other guest, which has not told that yet, or that has
    it no more."""
    if dict.get(_table._open, number) is None:
        return
    for link in _links:
        for thing in link.objects.values():
            if isinstance(thing, _socket.socket) and thing._number == number:
                thing._number = -1
    _forget(number)


def _forget(number: int) -> None:
    """Closes what has the number."""
    handle = dict.pop(_table._open, number)
    if number in _own_numbers:
        _table.heappush(_table._free, number)
    if not isinstance(handle, _Lazy) and handle.resource is not None:
        with contextlib.suppress(OSError):
            _call(handle.resource.close)


class _Lazy:
    """The place of a socket that the other guest has."""

    inheritable = False

    def __init__(self, link: Link, name, number: int) -> None:
        self.link, self.name, self.number = link, name, number

    def drop(self) -> None:
        """Frees the number of a socket that was not used here."""
        _forget(self.number)
        self.link.objects[self.name]._number = -1

    def load(self):
        handle = _take_over(self.link, self.name, self.number)
        if handle is None:
            self.drop()
        return handle


def _take_over(link: Link, name, number: int):
    """Gets a socket from the other guest, to have the same number here."""
    given = link.fetch(name)
    if given is None:
        return None
    handle = dict.pop(_table._open, given)
    _table.heappush(_table._free, given)
    dict.__setitem__(_table._open, number, handle)
    return handle


class _Numbers(dict):
    """The table of numbers, which gets sockets from the other guests when they are used."""

    def get(self, number, default=None):
        handle = super().get(number, default)
        if _quiet:
            return handle
        if isinstance(handle, _Lazy):
            return handle.load()
        if handle is None and number not in _own_numbers and number >= _table.FIRST:
            # A pipe's, of which there is no object.
            found = (_take_over(link, number, number) for link in list(_links))
            return next(filter(None, found), default)
        return handle


#: The numbers that this guest gives to sockets. No other one does.
_own_numbers = range(0)
#: How many those are; the test's own guest has the rest.
_NUMBERS = 0x1000


def _give_numbers(place: int | None) -> None:
    """Chooses those numbers: the place is that of a guest for threads."""
    global _own_numbers
    last = _table.FIRST + _table.MOST
    _own_numbers = (
        range(_table.FIRST, last - 8 * _NUMBERS)
        if place is None
        else range(last - (place + 1) * _NUMBERS, last - place * _NUMBERS)
    )
    _table._free = [number for number in _own_numbers if number not in _table._open]


def _remove(number: int):
    """Frees the number. EBADF."""
    _table.own(number)
    handle = dict.pop(_table._open, number)
    if number in _own_numbers:
        _table.heappush(_table._free, number)
    return handle


# Waiting.


def _push() -> None:
    for link in list(_links):
        link.push()


def _pull() -> None:
    for link in list(_links):
        link.pull()
        if link.ended and link.side == "thread":
            # Whose thread this is has no more use for it.
            raise SystemExit


def wait(limit: float | None) -> bool:
    """Waits until another guest tells something, and takes it. Whether one did."""
    told, _ = _wait([], None if limit is None else max(0, int(limit * 1e9)))
    return told


def _wait(interests: list, limit: int | None):
    """Waits for sockets too: whether another guest told something, and the sockets' events."""
    _push()
    links = [link for link in _links if not link.ended]
    with _quietly():
        own = [wit_poll.Interest(_table._open.get(link.connection.fileno()).resource, 1) for link in links]
    if not own and not interests and limit is None:
        raise RuntimeError("waits for ever: there is no other thread")
    events = _call(wit_poll.poll, own + interests, limit)
    told = any(events[: len(own)])
    _pull()
    return told, events[len(own) :]


_RECEIVES = {"recv", "recvfrom", "accept"}
_DONTWAIT = socket.MSG_DONTWAIT | socket.MSG_ERRQUEUE


def _telling(function, *arguments):
    """Calls the host, telling before and asking after; while it waits the other guest is listened to."""
    if _quiet or not _links:
        return _call(function, *arguments)
    _push()
    if function is wit_poll.poll:
        interests, limit = arguments
        deadline = None if limit is None else time.monotonic_ns() + limit
        while True:
            told, events = _wait(interests, limit)
            if any(events) or not told:
                return events
            limit = None if deadline is None else max(0, deadline - time.monotonic_ns())
    resource = flags = None
    # What is received may go into a buffer.
    called, *passed = arguments[1:] if function is into else (function, *arguments)
    name = getattr(called, "__name__", "")
    if name in _RECEIVES and passed[:1] != [0]:
        resource, flags = called.__self__, passed[1] if len(passed) > 1 else 0
    elif name == "recvmsg":
        resource, flags = arguments[0], arguments[3]
    if resource is not None and not flags & _DONTWAIT:
        limit = resource.gettimeout()
        deadline = None if limit is None else time.monotonic_ns() + limit
        while limit != 0:
            told, events = _wait([wit_poll.Interest(resource, 1)], limit)
            if any(events) or not told:
                break
            limit = None if deadline is None else max(0, deadline - time.monotonic_ns())
    try:
        return _call(function, *arguments)
    finally:
        _pull()


def _time_left(limit):
    deadline = None if limit is None else time.monotonic() + limit
    return lambda: None if deadline is None else deadline - time.monotonic()


def _event_wait(self, timeout=None):
    left = _time_left(timeout)
    _push()
    _pull()
    while not self._flag:
        rest = left()
        if rest is not None and rest <= 0:
            break
        wait(rest)
    return self._flag


def _event_is_set(self):
    _push()
    _pull()
    return self._flag


def _condition_wait(self, timeout=None):
    saved = self._release_save()
    try:
        return wait(timeout)
    finally:
        self._acquire_restore(saved)


def sleep(seconds, /):
    if not _links:
        return _sleep(seconds)
    left = _time_left(seconds)
    while (rest := left()) > 0:
        wait(rest)


# What a test puts in the place of something.

#: What each module has had when it was seen for the first time.
_original: dict[str, dict] = {}
#: What is nobody's to replace: this file's own, and what is of one guest.
_EXCEPT = {__name__, "__main__", "berkeley_sockets._table", "berkeley_sockets._poll"}
_REPLACES = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, type, *_FILES, *_ATOMS)


def begin(test: unittest.TestCase) -> None:
    """Looks at what there is before a test."""
    modules = {name: module for name, module in list(sys.modules.items()) if isinstance(module, types.ModuleType)}
    for name in modules.keys() - _original.keys() - _EXCEPT:
        _original[name] = dict(vars(modules[name]))
    classes = [cls for cls in type(test).__mro__ if cls.__module__.startswith("test.test_")]
    shared[:] = ["sys", *(name for name in modules if name.startswith("test."))]
    shared.extend(f"{cls.__module__}:{cls.__name__}" for cls in classes if "." not in cls.__qualname__)


def _replaced():
    """The module, the name and the value of all that has another value than it had."""
    for name, key, _ in _before:
        yield name, key, vars(sys.modules[name])[key]
    for name, original in _original.items():
        module = sys.modules.get(name)
        if module is None or name.startswith("test."):
            continue
        for key, value in vars(module).items():
            if original.get(key, module) is not value and isinstance(value, _REPLACES) and not key.startswith("__"):
                yield name, key, value


def _replace(link: Link, replaced: list) -> None:
    """Puts it there in this guest too, until `_restore`."""
    for name, key, packed in replaced:
        namespace = vars(importlib.import_module(name))
        _before.append((name, key, namespace.get(key, _before)))
        namespace[key] = link.unpack(packed)


#: Modules, names, and what was there.
_before: list[tuple] = []


def _restore() -> None:
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    while _before:
        name, key, value = _before.pop()
        namespace = vars(sys.modules[name])
        if value is _before:
            del namespace[key]
        else:
            namespace[key] = value


# Threads.


def start(function, arguments=(), keywords={}) -> Link:  # noqa: B006
    """Lets another guest call the function."""
    with _quietly():
        connection = _idle()
    link = Link(connection, "starter")
    link.share(shared)
    arguments, keywords = map(link.direct, arguments), {name: link.direct(value) for name, value in keywords.items()}
    todo = function, tuple(arguments), keywords
    replaced = [(*at, packed) for *at, value in _replaced() if (packed := link.pack(value)) is not None]
    packed = link.pack(todo)
    if packed is None:
        link.close()
        _Pickler(io.BytesIO(), link).dump(todo)
    link.send("replace", replaced)
    link.send("run", packed)
    link.push()
    link.send("go")
    _links.append(link)
    return link


def _idle() -> socket.socket:
    """A connection to a guest that waits for work."""
    for _ in range(200):
        for name in sorted(os.listdir(DIRECTORY)):
            if not name.startswith(_IDLE):
                continue
            path, taken = os.path.join(DIRECTORY, name), os.path.join(DIRECTORY, "taken-" + name)
            try:
                os.rename(path, taken)
            except FileNotFoundError:
                continue
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(None)
            connection.connect(taken)
            os.unlink(taken)
            return connection
        _sleep(0.05)
    raise RuntimeError("can't start new thread: every guest for them is at work")


def serve(number: str) -> None:
    """Takes threads over, one after the other."""
    _give_numbers(int(number))
    for turn in range(1 << 30):
        with _quietly():
            listener = socket.socket(socket.AF_UNIX)
            path = os.path.join(DIRECTORY, f"new-{number}-{turn}")
            listener.bind(path)
            listener.listen(1)
            os.rename(path, os.path.join(DIRECTORY, f"{_IDLE}{number}-{turn}"))
            connection, _ = listener.accept()
            listener.close()
            connection.settimeout(None)
        socket.setdefaulttimeout(None)
        link = Link(connection, "thread")
        _links.append(link)
        try:
            _take(link)
            # Those that it has started tell the others by this guest what they do.
            while len(_links) > 1 and any(not other.ended for other in _links if other is not link):
                wait(None)
        except SystemExit:
            pass
        except BaseException:
            # As the hook of threads does.
            sys.excepthook(*sys.exc_info())
        link.push()
        link.send("end")
        for other in list(_links):
            other.close()
        _restore()
        _detached.clear()
        del link, connection
        _close_all()


def _take(link: Link) -> None:
    ready = []
    link.todo = None
    link.on_replace = lambda replaced: _replace(link, replaced)
    link.on_go = lambda: ready.append(True)
    while not ready:
        wait(None)
    function, arguments, keywords = link.todo
    link.todo = None
    function(*arguments, **keywords)


def _close_all() -> None:
    """Closes the sockets that a thread has left."""
    with _quietly():
        gc.collect()
        for thing in gc.get_objects():
            if isinstance(thing, _socket.socket) and thing._number >= 0:
                thing._number = -1
        for number in list(_table._open):
            _forget(number)


def _start_new_thread(function, args, kwargs={}, /):  # noqa: B006
    start(function, args, kwargs)
    return threading.get_ident() + len(_links)


def _thread_start(self) -> None:
    if not self._initialized:
        raise RuntimeError("thread.__init__() not called")
    if getattr(self._target, "__module__", "").startswith(("asyncio.", "berkeley_sockets._threads_executor")):
        # An executor's or an event loop's, whose future calls back what only this guest has.
        _threads_thread.start(self)
        _threads_run.run(_threads_turn.started.pop())
        self._is_over = True
        return
    if getattr(self, "_link", None):
        raise RuntimeError("threads can only be started once")
    self._ident = id(self)
    self._started._flag = True
    self._is_over = False
    self._link = start(_run_thread, (self,))


def _run_thread(self) -> None:
    """Runs the activity of a thread that another guest has started."""
    self._ident = threading.get_ident()
    threading._active[self._ident], before = self, threading._active.get(self._ident)
    try:
        self.run()
    except SystemExit:
        raise
    except BaseException:
        self._invoke_excepthook(self)
    finally:
        threading._active[self._ident] = before
        self._is_over = True


def _thread_alive(self) -> bool:
    _push()
    _pull()
    link = getattr(self, "_link", None)
    # A guest that it has not started itself knows what the others tell.
    return not (link and link.ended or getattr(self, "_is_over", True))


def _thread_join(self, timeout=None) -> None:
    if not hasattr(self, "_is_over"):
        raise RuntimeError("cannot join thread before it is started")
    left = _time_left(timeout)
    while _thread_alive(self):
        rest = left()
        if rest is not None and rest <= 0:
            return
        wait(rest)


def finish(limit: float = 2) -> None:
    """Ends the threads that a test has left."""
    left = _time_left(limit)
    while any(not link.ended for link in _links) and left() > 0:
        wait(left())
    for link in list(_links):
        link.close()
    _detached.clear()


def install() -> None:
    """Puts these threads in the place of the interpreter's, which has none."""
    _table._open = _Numbers(_table._open)
    _table.remove = _remove
    _socket.socket.detach = _detach
    _give_numbers(None)
    for module in _ancillary, _netdb, _patience, _signal, berkeley_sockets._socket:
        module.call = _telling
    # No signals of the host: what waits awaits the other guests.
    berkeley_sockets._signal._resource = None
    # Where the host watches sockets for long, nobody listens to them.
    berkeley_sockets._signal.waits_alone = False
    _thread.start_new_thread = _start_new_thread
    time.sleep = sleep
    threading.Event.wait = _event_wait
    threading.Event.is_set = _event_is_set
    threading.Condition.wait = _condition_wait
    threading.Thread.start = _thread_start
    threading.Thread.join = _thread_join
    threading.Thread.is_alive = _thread_alive
    from concurrent.futures import ThreadPoolExecutor

    ThreadPoolExecutor.submit = submit
