"""Connections of TLS: the class `_SSLSocket`."""

import weakref
from operator import index

from . import _x509
from ._argument import data as content
from ._argument import writable
from ._ssl_carrier import PIECE
from ._ssl_choice import choose
from ._ssl_error import SSLZeroReturnError, answered, attempt, call, cut, tls_error, unexpected_eof
from ._ssl_pem import decoded
from ._ssl_table import CONSTANTS as c
from ._ssl_table import SUITES
from .bindings.imports import berkeley_sockets_tls_0_1_0 as wit

_BY_NUMBER = {suite.number: suite for suite in SUITES}
_VERSIONS = {0x303: "TLSv1.2", 0x304: "TLSv1.3"}


class Settings:
    """What connections are made with: the class `_SSLContext` is this."""

    __slots__ = ()


class _SSLSocket:
    """One side of a connection."""

    __module__ = "_ssl"

    def __init__(self, context, carrier, server_side: bool, name: str | None, owner, session) -> None:
        if name is not None:
            if not name or name.startswith("."):
                raise ValueError("server_hostname cannot be an empty string or start with a leading dot.")
            if "\0" in name:
                raise TypeError("argument must be encoded string without null bytes, not str")
        self._context = context
        self._carrier = carrier
        self._server = server_side
        self._name = name
        self._owner = None if owner is None else weakref.ref(owner)
        self.session = session
        self._done = self._closed = False
        #: Whether it was found to have ended without a word. It remains so.
        self._cut = False
        #: How much was written of which not all could be sent yet: the same bytes are about to be written again.
        self._unfinished: int | None = None
        # Without a name there is none to check.
        config = context._config(named=server_side or name is not None)
        if server_side:
            self._connection = call(wit.Connection.server, config)
        else:
            self._connection = call(wit.Connection.client, config, name)

    def _perform(self, function, *arguments, what: str):
        """Calls the host, and carries what it wants until it is content. What it answers then may be a failure."""
        if self._cut:
            raise cut()
        connection, carrier = self._connection, self._carrier
        limit = carrier.begin()
        while True:
            answer = attempt(function, *arguments)
            match answer:
                case wit.Error_WantRead():
                    carrier.send(connection, limit, what)
                    carrier.receive(connection, limit, what)
                case wit.Error_WantWrite():
                    carrier.send(connection, limit, what)
                case wit.Error_WantChoice():
                    choose(self, limit, what)
                case _:
                    return answer

    def _raise(self, failure):
        """Raises what the host answered. The peer is told before, if that is possible."""
        try:
            self._carrier.send(self._connection, self._carrier.begin(), "write")
        except OSError:
            pass
        self._cut = isinstance(failure, wit.Error_UnexpectedEof)
        raise answered(failure, self._name)

    def do_handshake(self, /) -> None:
        """Perform the handshake."""
        answer = self._perform(self._connection.handshake, what="handshake")
        if answer is not None:
            self._raise(answer)
        self._carrier.send(self._connection, self._carrier.begin(), "handshake")
        self._done = True

    def read(self, size, buffer=None, /):
        """read(size, [buffer])
        Read up to size bytes from the SSL socket.
        """
        length = index(size)
        view = None
        if buffer is not None:
            view = writable(buffer, f"read() argument 2 must be read-write bytes-like object, not {type(buffer).__name__}")
            if not 0 < length <= len(view):
                length = len(view)
        elif length < 0:
            raise ValueError("size should not be negative")
        if length == 0:
            return b"" if view is None else 0
        got = self._perform(self._connection.read, length, what="read")
        if not isinstance(got, bytes):
            ended = isinstance(got, wit.Error_Closed) and not self._closed
            ignored = isinstance(got, wit.Error_UnexpectedEof) and self._context._options & c["OP_IGNORE_UNEXPECTED_EOF"]
            if not ended and not ignored:
                self._raise(got)
            got = b""
        self._done = True
        if view is None:
            return got
        view[: len(got)] = got
        return len(got)

    def write(self, b, /) -> int:
        """Writes the bytes-like object b into the SSL object.

        Returns the number of bytes written.
        """
        if self._unfinished is None:
            with memoryview(b) as view:
                piece = content(view.cast("B")[:PIECE]) if view.c_contiguous else content(b)[:PIECE]
            if not piece:
                return 0
            written = self._perform(self._connection.write, piece, what="write")
            if isinstance(written, wit.Error_Closed):
                raise tls_error("protocol is shutdown", SSLZeroReturnError, c["SSL_ERROR_ZERO_RETURN"])
            if not isinstance(written, int):
                self._raise(written)
            self._unfinished = written
        self._carrier.send(self._connection, self._carrier.begin(), "write")
        written, self._unfinished = self._unfinished, None
        self._done = True
        return written

    def shutdown(self, /):
        """Does the SSL shutdown handshake with the remote end."""
        if self._cut:
            raise tls_error("shutdown while in init")
        connection, carrier = self._connection, self._carrier
        limit = carrier.begin()
        while True:
            answer = attempt(connection.close)
            if isinstance(answer, wit.Error_WantRead):
                raise tls_error("shutdown while in init")
            if isinstance(answer, wit.Error_Closed):
                answer = True
            if not isinstance(answer, bool):
                self._raise(answer)
            self._closed = True
            carrier.send(connection, limit, "shutdown")
            if answer:
                return carrier.socket
            if connection.unread():
                raise tls_error("application data after close notify")
            if not carrier.receive(connection, limit, "shutdown"):
                raise unexpected_eof()

    def pending(self, /) -> int:
        """Returns the number of already decrypted bytes available for read, pending on the connection."""
        return self._connection.unread()

    def getpeercert(self, binary_mode=False, /):
        """Returns the certificate for the peer.

        If no certificate was provided, returns None.  If a certificate was provided, but not validated, returns an empty
        dictionary.  Otherwise returns a dict containing information about the peer certificate.

        If the optional argument is True, returns a DER-encoded copy of the peer certificate, or None if no certificate was
        provided.  This will return the certificate even if it wasn't validated.
        """
        if not self._done:
            raise ValueError("handshake not done yet")
        certificates = self._connection.peer_certificates()
        if not certificates:
            return None
        if binary_mode:
            return certificates[0]
        return decoded(certificates[0]) if self._context._verify_mode != c["CERT_NONE"] else {}

    def get_unverified_chain(self, /):
        """The peer's certificates, as it sent them."""
        return [_x509.Certificate.of(der) for der in self._connection.peer_certificates()] or None

    def get_verified_chain(self, /):
        """From the peer's certificate to the trusted one."""
        chain = self._connection.verified_chain() or self._connection.peer_certificates()
        return [_x509.Certificate.of(der) for der in chain] or None

    def cipher(self, /):
        suite = _BY_NUMBER.get(self._connection.cipher_suite()) if self._done else None
        return suite and (suite.name, suite.version, suite.bits)

    def shared_ciphers(self, /):
        hello = self._connection.client_hello()
        if hello is None:
            return None
        own = {suite.number for suite in self._context._suites}
        shared = [_BY_NUMBER[number] for number in hello.cipher_suites if number in own]
        return [(suite.name, suite.version, suite.bits) for suite in shared]

    def version(self, /) -> str | None:
        return _VERSIONS.get(self._connection.version()) if self._done else None

    def selected_alpn_protocol(self, /) -> str | None:
        protocol = self._connection.alpn()
        return None if protocol is None else protocol.decode("ascii", "replace")

    def compression(self, /) -> None:
        return None

    def get_channel_binding(self, cb_type="tls-unique") -> None:
        """Get channel binding data for current connection.

        The host does not tell that of `tls-unique`, the only type there is.
        """
        if cb_type != "tls-unique":
            raise ValueError(f"'{cb_type}' channel binding type not implemented")
        return None

    def verify_client_post_handshake(self, /) -> None:
        """Not to be had."""
        raise NotImplementedError("Post-handshake auth is not supported by your OpenSSL version.")

    @property
    def context(self):
        """_setter_context(ctx)
        This changes the context associated with the SSLSocket.

        This is typically used from within a callback function set by the sni_callback on the SSLContext to change the
        certificate information associated with the SSLSocket before the cryptographic exchange handshake messages.
        """
        return self._context

    @context.setter
    def context(self, value) -> None:
        if not isinstance(value, Settings):
            raise TypeError("The value must be a SSLContext")
        self._context = value

    @property
    def server_side(self) -> bool:
        """Whether this is a server-side socket."""
        return self._server

    @property
    def server_hostname(self) -> str | None:
        """The currently set server hostname (for SNI)."""
        return self._name

    @property
    def owner(self):
        """The Python-level owner of this object."""
        return self._owner and self._owner()

    @owner.setter
    def owner(self, value) -> None:
        self._owner = None if value is None else weakref.ref(value)

    @property
    def session(self) -> None:
        """The SSLSession for client socket: none is kept."""
        return None

    @session.setter
    def session(self, value) -> None:
        if value is not None:
            raise NotImplementedError("sessions are not taken up again")

    @property
    def session_reused(self) -> bool:
        """Was the client session reused during handshake?"""
        return False


class SSLSession:
    """A session; none is kept, so there are no objects of it."""

    __module__ = "_ssl"

    def __new__(cls):
        raise TypeError("cannot create '_ssl.SSLSession' instances")
