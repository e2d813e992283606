"""What carries the bytes of a connection: a socket, or memory."""

import weakref
from operator import index
from time import monotonic

from ._argument import data as content
from ._socket import socket
from ._ssl_error import SSLError, want_read, want_write
from ._ssl_table import CONSTANTS as c

#: What is carried at once.
PIECE = 1 << 16


class MemoryBIO:
    """A memory buffer that holds what goes between a connection and whoever carries it."""

    __module__ = "_ssl"
    __slots__ = ("__weakref__", "_buffer", "_ended")

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._ended = False

    def read(self, size=-1, /) -> bytes:
        """Read up to size bytes from the memory BIO.

        If size is not specified, read the entire buffer. If the return value is an empty bytes instance, this means either
        EOF or that no data is available. Use the "eof" property to distinguish between the two.
        """
        count = index(size)
        if count < 0 or count > len(self._buffer):
            count = len(self._buffer)
        taken = bytes(memoryview(self._buffer)[:count])
        del self._buffer[:count]
        return taken

    def write(self, b, /) -> int:
        """Writes the bytes b into the memory BIO.

        Returns the number of bytes written.
        """
        if self._ended:
            raise SSLError("cannot write() after write_eof()")
        written = content(b)
        self._buffer += written
        return len(written)

    def write_eof(self, /) -> None:
        """Write an EOF marker to the memory BIO.

        When all data has been read, the "eof" property will be True.
        """
        self._ended = True

    @property
    def pending(self) -> int:
        """The number of bytes pending in the memory BIO."""
        return len(self._buffer)

    @property
    def eof(self) -> bool:
        """Whether the memory BIO is at EOF."""
        return self._ended and not self._buffer


class Memory:
    """Carries over memory: whoever has the two ends does the rest."""

    socket = None

    def __init__(self, incoming: MemoryBIO, outgoing: MemoryBIO) -> None:
        self._incoming, self._outgoing = incoming, outgoing

    def begin(self) -> None:
        """Nothing here takes time."""

    def send(self, connection, limit, what: str) -> None:
        while taken := connection.take(PIECE):
            self._outgoing.write(taken)

    def receive(self, connection, limit, what: str) -> bool:
        """Puts in what has come of the next record, and leaves the rest; tells whether there was something."""
        incoming = self._incoming
        if incoming._buffer:
            count = connection.put(bytes(memoryview(incoming._buffer)[: connection.needed()]))
            del incoming._buffer[:count]
            return True
        if not incoming._ended:
            raise want_read()
        connection.put_eof()
        return False


class Carrier:
    """Carries over a socket, in its mode."""

    def __init__(self, sock) -> None:
        self._socket = weakref.ref(sock)
        #: What was taken from the connection and not yet sent, and what was received and not yet put into it.
        self._unsent = b""
        self._unput = b""

    @property
    def socket(self):
        sock = self._socket()
        if sock is None or sock.fileno() == -1:
            error = SSLError(c["SSL_ERROR_SSL"], "Underlying socket has been closed.")
            raise error
        return sock

    def begin(self) -> float | None:
        """When the operation that begins must have ended."""
        timeout = self.socket.gettimeout()
        return monotonic() + timeout if timeout else None

    def _await(self, function, argument, limit: float | None, what: str):
        """Calls a method of the plain socket, in what is left of the time."""
        sock = self.socket
        if limit is None:
            return function(sock, argument)
        left = int((limit - monotonic()) * 1e9)
        # The socket's own limit is for each call, this one for all of them.
        own, sock._limit = sock._limit, left
        try:
            if left > 0:
                return function(sock, argument)
        except TimeoutError as error:
            if error.errno:
                raise
        finally:
            sock._limit = own
        raise TimeoutError(f"The {what} operation timed out")

    def send(self, connection, limit, what: str) -> None:
        while True:
            if not self._unsent:
                self._unsent = connection.take(PIECE)
                if not self._unsent:
                    return
            try:
                count = self._await(socket.send, self._unsent, limit, what)
            except BlockingIOError:
                raise want_write() from None
            self._unsent = self._unsent[count:]

    def receive(self, connection, limit, what: str) -> bool:
        """As that of memory. Whoever waits for the socket hears of the records that are left in it, as with OpenSSL."""
        if not self._unput:
            try:
                self._unput = self._await(socket.recv, connection.needed(), limit, what)
            except BlockingIOError:
                raise want_read() from None
            if not self._unput:
                connection.put_eof()
                return False
        count = connection.put(self._unput)
        self._unput = self._unput[count:]
        return True
