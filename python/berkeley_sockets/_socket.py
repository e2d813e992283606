"""Sockets: the module `_socket`, on which the standard library's `socket` stands."""

import os
import sys
import warnings
from operator import index
from types import ModuleType

from . import _address, _ancillary, _interface, _longs, _netdb, _patience, _table
from ._argument import content as _content
from ._argument import data, integer, nanoseconds, room, size, writable
from ._builtin import functions
from ._constants import ALL as c
from ._constants import SOCKET as EXPORTED
from ._direct import into
from ._error import call, error, gaierror, herror, number
from .bindings.imports import berkeley_sockets_ancillary_0_1_0 as wit_ancillary
from .bindings.imports import berkeley_sockets_option_0_1_0 as wit_option
from .bindings.imports import berkeley_sockets_socket_0_1_0 as wit

_TYPE_FLAGS = c["SOCK_NONBLOCK"] | c["SOCK_CLOEXEC"]
_IN, _OUT = c["POLLIN"], c["POLLOUT"]
_STREAM = c["SOCK_STREAM"]
#: What is there, or not, without waiting for what poll(2) calls input.
_AT_ONCE = c["MSG_DONTWAIT"] | c["MSG_ERRQUEUE"] | c["MSG_OOB"]
_SO_ERROR = c["SOL_SOCKET"], c["SO_ERROR"]
_SO_RCVLOWAT = c["SOL_SOCKET"], c["SO_RCVLOWAT"]
#: The kernel's own limits, which have two numbers each.
_LIMITS = {c[name + new]: c[name] for name in ("SO_RCVTIMEO", "SO_SNDTIMEO") for new in ("", "_NEW")}
#: What is sent at once: the host copies it.
_PIECE = 64 << 20

#: What most calls say of flags; the same object wherever it is written.
_NO_FLAGS = 0

_default_limit: int | None = None


def _seconds(limit: int | None) -> float | None:
    return None if limit is None else limit / 1e9


class socket:
    """socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
    socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object

    An endpoint of communication of that family, type and protocol. With a number, one more object for the socket that is
    open by that number; what is not said of it, it tells itself.
    """

    # No __weakref__: the class that the standard library makes of this one has it.
    __slots__ = ("_limit", "_number", "family", "proto", "type")
    __module__ = "_socket"

    def __new__(cls, *arguments, **keywords):
        self = super().__new__(cls)
        self._number = -1
        self._limit = None
        _FAMILY(self, 0)
        _TYPE(self, 0)
        _PROTO(self, 0)
        return self

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None) -> None:
        family, type, proto = integer(family), integer(type), integer(proto)
        sys.audit("socket.__new__", self, family, type, proto)
        if fileno is None:
            family = c["AF_INET"] if family == -1 else family
            type = c["SOCK_STREAM"] if type == -1 else type
            proto = 0 if proto == -1 else proto
            resource = call(wit.create, family, type & ~_TYPE_FLAGS, proto)
            number = _table.insert(resource, [not type & c["SOCK_NONBLOCK"]])
        else:
            number = integer(fileno)
            if number < 0:
                raise ValueError("negative file descriptor")
            if -1 in (family, type, proto):
                handle = _table.find(number)
                if handle.pipe:
                    raise error("ENOTSOCK")
                resource = handle.resource
                family = resource.family() if family == -1 else family
                type = resource.type() if type == -1 else type
                proto = _protocol(resource) if proto == -1 else proto
        self._number = number
        if type > 0 and type & c["SOCK_NONBLOCK"]:
            # As the socket was made, or is said to be.
            self._limit = 0
        elif _default_limit is not None:
            self._limit = _default_limit
            self._set_mode()
        _FAMILY(self, family)
        _TYPE(self, type & ~_TYPE_FLAGS)
        _PROTO(self, proto)

    def __repr__(self) -> str:
        numbers = f"fd={self._number}, family={int(self.family)}, type={int(self.type)}, proto={self.proto}"
        return f"<socket object, {numbers}>"

    def __del__(self) -> None:
        if self._number == -1:
            return
        warnings.warn(f"unclosed {self!r}", ResourceWarning, stacklevel=2, source=self)
        try:
            self.close()
        except OSError:
            pass

    @property
    def _handle(self):
        """The open socket. Several objects may have one number, and several numbers one socket."""
        return _table.find(self._number)

    @property
    def _resource(self):
        """The host's socket."""
        return self._handle.resource

    def _set_mode(self) -> None:
        """Has the socket block or not, as this object does; `os.set_blocking` and `fcntl` may say otherwise afterwards."""
        self._handle.blocks[0] = self._limit is None

    @property
    def timeout(self) -> float | None:
        """The time limit of what waits, in seconds; None is no limit."""
        return _seconds(self._limit)

    def fileno(self, /) -> int:
        """fileno() -> integer

        The number that the socket is open by; -1 once it is closed.
        """
        return self._number

    def detach(self, /) -> int:
        """detach() -> integer

        Leaves the socket open by its number, which is returned; this object is as if closed.
        """
        number, self._number = self._number, -1
        return number

    def close(self, /) -> None:
        """close()

        Closes the socket. Again is no error.
        """
        number, self._number = self._number, -1
        if number == -1:
            return
        try:
            close(number)
        except ConnectionResetError:
            pass

    def settimeout(self, timeout, /) -> None:
        """settimeout(timeout)

        Sets the time limit of what waits, in seconds; None is no limit, and with 0 nothing waits.
        """
        self._limit = nanoseconds(timeout)
        self._set_mode()

    def gettimeout(self, /) -> float | None:
        """gettimeout() -> seconds or None

        The time limit that `settimeout` has set.
        """
        return _seconds(self._limit)

    def setblocking(self, flag, /) -> None:
        """setblocking(flag)

        True is `settimeout(None)`, False is `settimeout(0)`.
        """
        self._limit = None if flag else 0
        self._set_mode()

    def getblocking(self, /) -> bool:
        """getblocking() -> bool

        Whether anything waits: false with a time limit of 0 alone.
        """
        return self._limit != 0

    def bind(self, address, /) -> None:
        """bind(address)

        Takes a local address: bind(2). What it looks like depends on the family, such as a pair (host, port).
        """
        lowered = _address.lower(address, "bind", self)
        sys.audit("socket.bind", self, address)
        call(self._resource.bind, lowered)

    def listen(self, backlog=128, /) -> None:
        """listen([backlog])

        Awaits connections, so many of which the kernel keeps until they are accepted: listen(2).
        """
        call(self._resource.listen, max(integer(backlog), 0))

    def _accept(self, /):
        """_accept() -> (number, address)

        Takes a connection, whose socket is open by that number, from the peer at that address: accept(2).
        """
        handle = self._handle
        resource, address = _patience.perform(handle, self._limit, _IN, handle.resource.accept)
        number = _table.insert(resource)
        # As the kernel gives a connection the limits of its listener.
        _table.own(number).limits.update(handle.limits)
        return number, _address.lift(address)

    def connect(self, address, /) -> None:
        """connect(address)

        Connects to the peer, or makes it where everything goes: connect(2).
        """
        lowered = _address.lower(address, "connect", self)
        sys.audit("socket.connect", self, address)
        self._connect(lowered)

    def connect_ex(self, address, /) -> int:
        """connect_ex(address) -> errno

        The same, but returns the number of the error that connect(2) fails with; 0 for none.
        """
        lowered = _address.lower(address, "connect_ex", self)
        sys.audit("socket.connect", self, address)
        try:
            self._connect(lowered)
        except TimeoutError as failure:
            return failure.errno or error("EAGAIN").errno
        except OSError as failure:
            return failure.errno
        return 0

    def _connect(self, lowered) -> None:
        handle = self._handle
        handle.connects = True
        _patience.connect(handle, self._limit, lowered)

    def shutdown(self, how, /) -> None:
        """shutdown(how)

        Ends receiving (SHUT_RD), sending (SHUT_WR) or both (SHUT_RDWR): shutdown(2).
        """
        call(self._resource.shutdown, integer(how))

    def getsockname(self, /):
        """getsockname() -> address

        The local address.
        """
        return _address.lift(call(self._resource.getsockname))

    def getpeername(self, /):
        """getpeername() -> address

        The peer's address.
        """
        return _address.lift(call(self._resource.getpeername))

    def getsockopt(self, level, option, buffersize=0, /):
        """getsockopt(level, option[, buffersize]) -> integer or bytes

        The value of an option; with a size, as at most so many bytes.
        """
        level, option, length = integer(level), integer(option), integer(buffersize)
        resource = self._resource
        if length == 0:
            if _family_of(self) == c["AF_VSOCK"]:
                return int.from_bytes(call(wit_option.getsockopt_bytes, resource, level, option, 8), "little")
            value = call(wit_option.getsockopt, resource, level, option)
            # The kernel's number of an error becomes the interpreter's.
            return number(value) if (level, option) == _SO_ERROR else value
        if not 0 < length <= 1024:
            raise OSError("getsockopt buflen out of range")
        if _longs.is_own((level, option), length):
            return _longs.narrowed(call(wit_option.getsockopt_bytes, resource, level, option, 2 * length))
        return call(wit_option.getsockopt_bytes, resource, level, option, length)

    def setsockopt(self, level, option, value, optlen=None, /) -> None:
        """setsockopt(level, option, value: int)
        setsockopt(level, option, value: buffer)
        setsockopt(level, option, None, optlen: int)

        Sets an option: an integer is C's int; None is no value at all, of that length.
        """
        level, option = integer(level), integer(option)
        if optlen is not None:
            if value is not None:
                raise TypeError("setsockopt() takes exactly 3 arguments (4 given)")
            lowered = wit_option.OptionValue_Null(integer(optlen) & 0xFFFFFFFF)
        elif isinstance(value, int) and _family_of(self) == c["AF_VSOCK"]:
            lowered = wit_option.OptionValue_Bytes((value & (1 << 64) - 1).to_bytes(8, "little"))
        elif isinstance(value, int) and -1 << 31 <= value < 1 << 31:
            lowered = wit_option.OptionValue_Int(index(value))
        else:
            content = data(value)
            is_own = _longs.is_own((level, option), len(content))
            lowered = wit_option.OptionValue_Bytes(_longs.widened(content) if is_own else content)
        handle = self._handle
        call(wit_option.setsockopt, handle.resource, level, option, lowered)
        if (level, option) == _SO_RCVLOWAT:
            handle.low_water = True
        elif (level, option) in _longs.STAMPS:
            handle.stamps = True
        elif level == c["SOL_SOCKET"] and option in _LIMITS:
            # The seconds come first. Only whole structures are taken.
            handle.limits[_LIMITS[option]] = int.from_bytes(lowered.value[:8], "little", signed=True) < 0

    def recv(self, buffersize, flags=0, /) -> bytes:
        """recv(buffersize[, flags]) -> bytes

        Receives at most so many bytes: recv(2). None at all are the end of a stream.
        """
        if flags is _NO_FLAGS and type(buffersize) is int and 0 < buffersize <= sys.maxsize:
            handle = _table.find(self._number)
            if not handle.low_water:
                return _patience.perform(handle, self._limit, _IN, handle.resource.recv, buffersize, 0)
        length, flags = room(buffersize, "negative buffersize in recv"), integer(flags)
        if not length:
            # Nothing is asked for, and CPython does not ask.
            return b""
        handle = self._handle
        if self._fills(handle, flags):
            return _patience.receive_whole(handle, length, flags)
        return self._receive(handle, handle.resource.recv, length, flags)

    def recvfrom(self, buffersize, flags=0, /):
        """recvfrom(buffersize[, flags]) -> (bytes, address)

        Receives, and tells who has sent it.
        """
        length, flags = room(buffersize, "negative buffersize in recvfrom"), integer(flags)
        handle = self._handle
        if length and self._fills(handle, flags):
            return _patience.receive_whole(handle, length, flags), None
        received, address = self._receive(handle, handle.resource.recvfrom, length, flags)
        return received, _address.lift(address)

    def recv_into(self, buffer, nbytes=0, flags=0) -> int:
        """recv_into(buffer[, nbytes[, flags]]) -> length

        Receives into a buffer, at most as many bytes as it holds, or as are given.
        """
        if flags is _NO_FLAGS and nbytes is _NO_FLAGS:
            kind, length = type(buffer), 0
            if kind is bytearray:
                length = len(buffer)
            elif kind is memoryview and buffer.c_contiguous and not buffer.readonly:
                length = buffer.nbytes
            handle = _table.find(self._number) if length else None
            if handle and not handle.low_water:
                return _patience.perform(handle, self._limit, _IN, into, buffer, handle.resource.recv, length, 0)
        view = _buffer(buffer, "recv_into")
        length, flags = size(nbytes, "negative buffersize in recv_into") or len(view), integer(flags)
        if length > len(view):
            raise ValueError("buffer too small for requested bytes")
        if length and flags & c["MSG_TRUNC"]:
            return self._message_into([view[:length]], 0, flags).length
        if not length:
            return 0
        handle = self._handle
        if self._fills(handle, flags):
            received = _patience.receive_whole(handle, length, flags)
            view[: len(received)] = received
            return len(received)
        return self._receive(handle, into, view, handle.resource.recv, length, flags)

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        """recvfrom_into(buffer[, nbytes[, flags]]) -> (length, address)

        Receives into a buffer, and tells who has sent it.
        """
        view = _buffer(buffer, "recvfrom_into")
        length, flags = size(nbytes, "negative buffersize in recvfrom_into") or len(view), integer(flags)
        if length > len(view):
            raise ValueError("nbytes is greater than the length of the buffer")
        message = self._message_into([view[:length]], 0, flags)
        return message.length, _address.lift(message.address)

    def recvmsg(self, bufsize, ancbufsize=0, flags=0, /):
        """recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)

        Receives with ancillary data, for which there is room of that size: recvmsg(2), cmsg(3).
        """
        length, flags = room(bufsize, "negative buffer size in recvmsg()"), integer(flags)
        message = self._message(length, ancbufsize, flags)
        return message.data, *_ancillary.lift(message), _address.lift(message.address)

    def recvmsg_into(self, buffers, ancbufsize=0, flags=0, /):
        """recvmsg_into(buffers[, ancbufsize[, flags]]) -> (length, ancdata, msg_flags, address)

        The same, into one buffer after another.
        """
        refusal = "recvmsg_into() argument 1 must be an iterable"
        views = [
            writable(buffer, f"{refusal} of single-segment read-write buffers")
            for buffer in _listed(buffers, refusal)
        ]
        message = self._message_into(views, ancbufsize, integer(flags))
        return message.length, *_ancillary.lift(message), _address.lift(message.address)

    def _fills(self, handle, flags: int) -> bool:
        """Whether all that is asked for is to come, while signals are heard."""
        asked = flags & c["MSG_WAITALL"] and not flags & (_AT_ONCE | c["MSG_PEEK"]) and _type_of(self) == _STREAM
        return bool(asked) and _patience.hears_for_ever(handle, self._limit)

    def _receive(self, handle, function, *arguments):
        """Calls what receives, whose last argument are the flags."""
        flags = arguments[-1]
        if not self._limit and flags & _AT_ONCE:
            return _patience.at_once(handle, function, *arguments)
        if (handle.low_water or self._fills(handle, flags)) and _patience.hears_for_ever(handle, self._limit):
            return _patience.when_ready(handle, function, *arguments)
        return _patience.perform(handle, self._limit, _IN, function, *arguments)

    def _message(self, length: int, ancbufsize, flags: int):
        ancillary_size = size(ancbufsize, "invalid ancillary data buffer length")
        if ancillary_size > 0x7FFFFFFF:
            raise ValueError("invalid ancillary data buffer length")
        handle = self._handle
        if handle.stamps and ancillary_size:
            # The host's are longer than those that the program has room for.
            ancillary_size += _longs.STAMPS_ROOM
        return self._receive(handle, wit_ancillary.recvmsg, handle.resource, length, ancillary_size, flags)

    def _message_into(self, views: list[memoryview], ancbufsize, flags: int):
        message = self._message(sum(map(len, views)), ancbufsize, flags)
        rest = memoryview(message.data)
        for view in views:
            part, rest = rest[: len(view)], rest[len(view) :]
            view[: len(part)] = part
        return message

    def send(self, data, flags=0, /) -> int:
        """send(data[, flags]) -> length

        Sends what there is room for now, which may be less than all: send(2).
        """
        content = data if type(data) is bytes else _content(data)
        if flags is _NO_FLAGS and 0 < len(content) <= _patience.TURN:
            handle = _table.find(self._number)
            sent = _patience.perform(handle, self._limit, _OUT, handle.resource.send, content, 0)
            if sent < len(content) and self._sends_all(handle, 0):
                sent += _patience.send_most(handle, None, content[sent:], 0)[0]
            return sent
        flags, handle = integer(flags), self._handle
        if content and self._sends_all(handle, flags):
            return _patience.send(handle, content, flags)
        if len(content) > _PIECE and _type_of(self) == _STREAM:
            content = content[:_PIECE]
        return self._send(handle, content, flags, handle.resource.send, content, flags)

    def sendall(self, data, flags=0, /) -> None:
        """sendall(data[, flags])

        Sends all of it. After an error nobody knows how much was sent.
        """
        content = data if type(data) is bytes else _content(data)
        if flags is _NO_FLAGS and not self._limit and 0 < len(content) <= _patience.TURN:
            handle = _table.find(self._number)
            sent = _patience.perform(handle, self._limit, _OUT, handle.resource.send, content, 0)
            if sent == len(content):
                return None
            content = content[sent:]
        flags, handle = integer(flags), self._handle
        if _type_of(self) != _STREAM or not content:
            return self._send(handle, content, flags, handle.resource.sendall, content, flags)
        if _patience.hears(handle, self._limit) and (self._limit or not flags & c["MSG_DONTWAIT"]):
            return _patience.send_all(handle, self._limit, content, flags)
        for at in range(0, len(content), _PIECE):
            self._send(handle, content, flags, handle.resource.sendall, content[at : at + _PIECE], flags)

    def _sends_all(self, handle, flags: int) -> bool:
        """Whether the kernel would take all that is sent, while signals are heard."""
        is_whole = _type_of(self) == _STREAM and not flags & c["MSG_DONTWAIT"]
        return is_whole and _patience.hears_for_ever(handle, self._limit)

    def _send(self, handle, content, flags: int, function, *arguments):
        """Calls what sends something, or nothing."""
        if not self._limit and flags & c["MSG_DONTWAIT"]:
            return _patience.at_once(handle, function, *arguments)
        perform = _patience.perform if content else _patience.perform_ready
        return perform(handle, self._limit, _OUT, function, *arguments)

    def sendto(self, data, *arguments) -> int:
        """sendto(data[, flags], address) -> length

        Sends to that address: sendto(2).
        """
        if not 1 <= len(arguments) <= 2:
            raise TypeError(f"sendto() takes 2 or 3 arguments ({1 + len(arguments)} given)")
        content, flags = _content(data), integer(arguments[0]) if len(arguments) == 2 else 0
        address = _address.lower(arguments[-1], "sendto", self)
        sys.audit("socket.sendto", self, arguments[-1])
        handle = self._handle
        return self._send(handle, content, flags, handle.resource.sendto, content, flags, address)

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /) -> int:
        """sendmsg(buffers[, ancdata[, flags[, address]]]) -> length

        Sends what several buffers hold, with ancillary data: sendmsg(2), cmsg(3).
        """
        contents = [_content(buffer) for buffer in _listed(buffers, "sendmsg() argument 1 must be an iterable")]
        flags = integer(flags)
        lowered = None if address is None else _address.lower(address, "sendmsg", self)
        sys.audit("socket.sendmsg", self, address)
        items = _listed(ancdata, "sendmsg() argument 2 must be an iterable")
        messages = _ancillary.items(items)
        handle = self._handle
        said = any(contents)
        sent = self._send(handle, said, flags, _ancillary.send, handle.resource, contents, messages, flags, lowered)
        if sent < sum(map(len, contents)) and self._sends_all(handle, flags):
            more, _ = _patience.send_most(handle, None, b"".join(contents)[sent:], flags)
            sent += more
        return sent

    def sendmsg_afalg(self, msg=(), *, op, iv=None, assoclen=None, flags=0) -> int:
        """sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags]]]) -> length

        Gives an AF_ALG socket data, and what is to be done with them.
        """
        if self.family != c["AF_ALG"]:
            raise OSError("algset is only supported for AF_ALG")
        operation = integer(op)
        if operation < 0:
            raise TypeError("Invalid or missing argument 'op'")
        said = [(c["ALG_SET_OP"], operation.to_bytes(4, "little"))]
        if iv is not None:
            vector = data(iv)
            said.append((c["ALG_SET_IV"], len(vector).to_bytes(4, "little") + vector))
        if assoclen is not None:
            length = integer(assoclen)
            if length < 0:
                raise TypeError("assoclen must be positive")
            said.append((c["ALG_SET_AEAD_ASSOCLEN"], length.to_bytes(4, "little")))
        ancillary = [(c["SOL_ALG"], kind, content) for kind, content in said]
        contents = [_content(buffer) for buffer in msg]
        handle, flags = self._handle, integer(flags)
        return self._send(handle, True, flags, _ancillary.send, handle.resource, contents, ancillary, flags, None)


#: These are read-only for everybody else, and hidden by properties of the standard library's class, which look names up.
_FAMILY, _TYPE, _PROTO = socket.family.__set__, socket.type.__set__, socket.proto.__set__
_family_of, _type_of = socket.family.__get__, socket.type.__get__


def _protocol(resource) -> int:
    """The protocol that the kernel gave the socket; as it was asked for, where it does not tell."""
    try:
        return call(wit_option.getsockopt, resource, c["SOL_SOCKET"], c["SO_PROTOCOL"])
    except OSError:
        return resource.protocol()


def _buffer(buffer, method: str) -> memoryview:
    kind = type(buffer).__name__
    return writable(buffer, f"{method}() argument 1 must be read-write bytes-like object, not {kind}")


def _listed(items, refusal: str) -> list:
    """All items before any is looked at: looking at one may change what they are in."""
    try:
        iterator = iter(items)
    except TypeError:
        raise TypeError(refusal) from None
    return list(iterator)


def close(fd, /) -> None:
    """close(number)

    Closes the socket that is open by that number, as os.close would.
    """
    number = integer(fd)
    _table.find(number)
    call(_table.remove(number).resource.close)


def dup(fd, /) -> int:
    """dup(number) -> number

    One more number for the socket, as from os.dup.
    """
    return _table.add(_table.twin(_table.find(integer(fd))))


def socketpair(family=c["AF_UNIX"], type=c["SOCK_STREAM"], proto=0, /):
    """socketpair([family[, type[, proto]]]) -> (socket, socket)

    Two sockets, connected to each other: socketpair(2). Unix ones unless another family is given.
    """
    family, type, proto = integer(family), integer(type), integer(proto)
    resources = call(wit.socketpair, family, type & ~_TYPE_FLAGS, proto)
    blocks = not type & c["SOCK_NONBLOCK"]
    return tuple(socket(family, type, proto, _table.insert(resource, [blocks])) for resource in resources)


def getdefaulttimeout() -> float | None:
    """getdefaulttimeout() -> seconds or None

    The time limit that sockets are made with.
    """
    return _seconds(_default_limit)


def setdefaulttimeout(timeout, /) -> None:
    """setdefaulttimeout(timeout)

    Sets the time limit that sockets are made with, in seconds; None, as at first, is no limit.
    """
    global _default_limit
    _default_limit = nanoseconds(timeout)


_NETDB = (
    "getaddrinfo getnameinfo gethostbyname gethostbyname_ex gethostbyaddr getservbyname getservbyport getprotobyname"
    " htons htonl ntohs ntohl inet_aton inet_ntoa inet_pton inet_ntop"
).split()
_INTERFACE = "if_nameindex if_nametoindex if_indextoname gethostname sethostname".split()


def module() -> ModuleType:
    """The module `_socket`; what stands in it becomes names of `socket`."""
    here = [close, dup, socketpair, getdefaulttimeout, setdefaulttimeout, _ancillary.CMSG_LEN, _ancillary.CMSG_SPACE]
    there = [getattr(home, name) for home, names in ((_netdb, _NETDB), (_interface, _INTERFACE)) for name in names]
    made = ModuleType("_socket", "What the module `socket` is made of: Berkeley's sockets.")
    made.__dict__.update(EXPORTED, socket=socket, SocketType=socket, has_ipv6=True)
    made.__dict__.update(error=OSError, timeout=TimeoutError, gaierror=gaierror, herror=herror)
    made.__dict__.update(functions(made.__name__, here + there))
    return made
