"""TLS: the module `_ssl`, on which the standard library's `ssl` stands.

The host has the protocol, as a machine between bytes that come and bytes that go; here they are carried over sockets or
memory. The standard library's `ssl`, which is the larger part, is imported by who wants it, and by nobody else.
"""

import os
import re
import sys
import warnings
import weakref
from operator import index
from types import ModuleType

from . import _x509
from ._argument import data as content
from ._argument import unsigned, writable
from ._builtin import functions
from ._ssl_carrier import PIECE, Carrier, Memory, MemoryBIO
from ._ssl_error import (
    SSLCertVerificationError,
    SSLEOFError,
    SSLError,
    SSLSyscallError,
    SSLWantReadError,
    SSLWantWriteError,
    SSLZeroReturnError,
    answered,
    attempt,
    call,
    tls_error,
    unexpected_eof,
)
from ._ssl_pem import CERTIFICATES, KEYS, decoded, decrypted, password_of, pem_blocks, pem_file, pem_lib
from ._ssl_table import CONSTANTS, SUITES, choose
from .bindings.imports import berkeley_sockets_tls_0_1_0 as wit

c = CONSTANTS
_BY_NUMBER = {suite.number: suite for suite in SUITES}
_VERSIONS = {0x303: "TLSv1.2", 0x304: "TLSv1.3"}


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
        #: How much was written of which not all could be sent yet: the same bytes are about to be written again.
        self._unfinished: int | None = None
        config = context._config()
        if server_side:
            self._connection = call(wit.Connection.server, config)
        else:
            self._connection = call(wit.Connection.client, config, name)

    def _perform(self, function, *arguments, what: str):
        """Calls the host, and carries what it wants until it is content. What it answers then may be a failure."""
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
                    self._choose(limit, what)
                case _:
                    return answer

    def _raise(self, failure):
        """Raises what the host answered. The peer is told before, if that is possible."""
        try:
            self._carrier.send(self._connection, self._carrier.begin(), "write")
        except OSError:
            pass
        raise answered(failure, self._name)

    def _choose(self, limit, what: str) -> None:
        """Has the program look at the client's hello."""
        connection, context = self._connection, self._context
        hello = connection.client_hello()
        alert = None
        try:
            answer = context.sni_callback(self.owner, hello.server_name, context)
        except Exception as error:
            _unraisable(error, context.sni_callback)
            alert = c["ALERT_DESCRIPTION_HANDSHAKE_FAILURE"]
        else:
            if answer is not None:
                try:
                    alert = index(answer) & 0xFF
                except TypeError as error:
                    _unraisable(error, context.sni_callback)
                    alert = c["ALERT_DESCRIPTION_INTERNAL_ERROR"]
        if alert is None:
            call(connection.choose, self._context._config(choice=False))
            return
        call(connection.refuse, alert)
        carrier = self._carrier
        carrier.send(connection, limit, what)
        raise tls_error("callback failed")

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
            cut = isinstance(got, wit.Error_UnexpectedEof) and self._context._options & c["OP_IGNORE_UNEXPECTED_EOF"]
            if not ended and not cut:
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
        if not isinstance(value, _SSLContext):
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


def _unraisable(error: Exception, where) -> None:
    """Tells of an error where there is nobody to raise it to."""
    arguments = type(error), error, error.__traceback__, None, where
    sys.unraisablehook(type("UnraisableHookArgs", (), dict(zip(_UNRAISABLE, arguments))))


_UNRAISABLE = "exc_type", "exc_value", "exc_traceback", "err_msg", "object"


class SSLSession:
    """A session; none is kept, so there are no objects of it."""

    __module__ = "_ssl"

    def __new__(cls):
        raise TypeError("cannot create '_ssl.SSLSession' instances")


_NO_CERTIFICATE = ": cadata does not contain a certificate"
_OFF = c["OP_NO_SSLv3"] | c["OP_NO_TLSv1"] | c["OP_NO_TLSv1_1"] | c["OP_NO_TLSv1_2"] | c["OP_NO_TLSv1_3"]
_CURVES = {"prime256v1", "secp256r1", "P-256", "secp384r1", "P-384", "X25519", "x25519"}


def _number(name: str) -> property:
    """A setting of a context that is any number, and is kept by that name."""
    return property(lambda self: getattr(self, name), lambda self, value: self._set(name, index(value)))


class _SSLContext:
    """The settings of connections."""

    __module__ = "_ssl"

    def __new__(cls, protocol, /):
        number = index(protocol)
        if number not in (c["PROTOCOL_TLS"], c["PROTOCOL_TLS_CLIENT"], c["PROTOCOL_TLS_SERVER"], c["PROTOCOL_TLSv1_2"]):
            raise ValueError("invalid or unsupported protocol version")
        if number not in (c["PROTOCOL_TLS_CLIENT"], c["PROTOCOL_TLS_SERVER"]):
            name = "PROTOCOL_TLS" if number == c["PROTOCOL_TLS"] else "PROTOCOL_TLSv1_2"
            warnings.warn(f"ssl.{name} is deprecated", DeprecationWarning, stacklevel=3)
        self = super().__new__(cls)
        client = number == c["PROTOCOL_TLS_CLIENT"]
        self._protocol = number
        self._options = c["OP_ALL"] | c["OP_NO_SSLv3"] | c["OP_CIPHER_SERVER_PREFERENCE"]
        self._options |= c["OP_NO_COMPRESSION"] | c["OP_ENABLE_MIDDLEBOX_COMPAT"]
        self._verify_mode = c["CERT_REQUIRED"] if client else c["CERT_NONE"]
        self._check_hostname = client
        self._flags = c["VERIFY_X509_TRUSTED_FIRST"]
        self._hosts = c["HOSTFLAG_NO_PARTIAL_WILDCARDS"]
        self._minimum = c["PROTO_TLSv1_2"]
        self._maximum = c["PROTO_TLSv1_2"] if number == c["PROTOCOL_TLSv1_2"] else c["PROTO_MAXIMUM_SUPPORTED"]
        self._roots: dict[bytes, None] = {}
        self._crls: dict[bytes, None] = {}
        #: Directories of trusted certificates, which are looked into when a connection is made.
        self._directories: list[str] = []
        self._host_roots = False
        self._identity = None
        self._alpn: list[bytes] = []
        self._suites = SUITES
        self._callback = None
        self._tickets = 2
        self._made: dict[bool, wit.Config] = {}
        self._after = False
        return self

    def _set(self, name: str, value) -> None:
        """Changes a setting; connections that begin from now on have it."""
        setattr(self, name, value)
        self._made.clear()

    def _config(self, choice: bool | None = None):
        """The settings as the host has them."""
        choice = self._callback is not None if choice is None else choice
        made = self._made.get(choice)
        if made is None:
            while self._directories:
                self._load_directory(self._directories.pop())
            made = self._made[choice] = call(wit.Config.create, self._terms(choice))
        return made

    def _terms(self, choice: bool = False):
        verify = self._verify_mode != c["CERT_NONE"]
        minimum, maximum = self._range()
        revocation = wit.RevocationCheck.NONE
        if self._flags & c["VERIFY_CRL_CHECK_LEAF"]:
            chain = self._flags & c["VERIFY_CRL_CHECK_CHAIN"] == c["VERIFY_CRL_CHECK_CHAIN"]
            revocation = wit.RevocationCheck.CHAIN if chain else wit.RevocationCheck.LEAF
        return wit.Terms(
            verify=(wit.VerifyMode.NONE, wit.VerifyMode.OPTIONAL, wit.VerifyMode.REQUIRED)[self._verify_mode],
            check_name=self._check_hostname,
            common_name=not self._hosts & c["HOSTFLAG_NEVER_CHECK_SUBJECT"],
            roots=list(self._roots) if verify else [],
            host_roots=self._host_roots and verify,
            crls=list(self._crls) if verify else [],
            revocation=revocation,
            identity=self._identity,
            alpn=self._alpn,
            minimum_version=minimum,
            maximum_version=maximum,
            cipher_suites=[suite.number for suite in self._suites],
            choice=choice,
        )

    def _range(self) -> tuple[int, int]:
        """The lowest and the highest version, by the limits and by what the options rule out."""
        off = {0x303: c["OP_NO_TLSv1_2"], 0x304: c["OP_NO_TLSv1_3"]}
        maximum = self._maximum if self._maximum > 0 else 0x304
        found = [version for version in off if self._minimum <= version <= maximum and not self._options & off[version]]
        return (found[0], found[-1]) if found else (0x304, 0x303)

    def _wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None):
        return self._wrap(Carrier(sock), server_side, server_hostname, owner, session)

    def _wrap_bio(self, incoming, outgoing, server_side, server_hostname=None, *, owner=None, session=None):
        for bio in incoming, outgoing:
            if not isinstance(bio, MemoryBIO):
                raise TypeError(f"_wrap_bio() argument must be _ssl.MemoryBIO, not {type(bio).__name__}")
        return self._wrap(Memory(incoming, outgoing), server_side, server_hostname, owner, session)

    def _wrap(self, carrier, server_side, name, owner, session):
        if server_side and self._protocol == c["PROTOCOL_TLS_CLIENT"]:
            raise tls_error("Cannot create a server socket with a PROTOCOL_TLS_CLIENT context")
        if not server_side and self._protocol == c["PROTOCOL_TLS_SERVER"]:
            raise tls_error("Cannot create a client socket with a PROTOCOL_TLS_SERVER context")
        return _SSLSocket(self, carrier, bool(server_side), name, owner, session)

    def load_cert_chain(self, certfile, keyfile=None, password=None) -> None:
        if password is not None and not callable(password):
            password = password_of(password, "password should be a string or callable")
        blocks = pem_file(certfile)
        chain = [der for label, _, der in blocks if label in CERTIFICATES]
        keys = [block for block in (blocks if keyfile is None else pem_file(keyfile)) if block[0].endswith("PRIVATE KEY")]
        if not chain or not keys:
            raise pem_lib()
        label, headers, key = keys[0]
        if label == "ENCRYPTED PRIVATE KEY":
            key = decrypted(key, password)
        elif label not in KEYS or b"ENCRYPTED" in headers:
            raise tls_error("the key is encrypted in the old way; `openssl pkey` makes one of it that can be read here")
        identity = wit.Identity(chain, key)
        before, self._identity = self._identity, identity
        try:
            # The host looks at it, once and for all.
            terms = self._terms()
            terms.roots, terms.crls, terms.host_roots = [], [], False
            terms.minimum_version, terms.maximum_version = 0x303, 0x304
            call(wit.Config.create, terms)
        except SSLError:
            self._identity = before
            raise
        self._made.clear()

    def load_verify_locations(self, cafile=None, capath=None, cadata=None) -> None:
        if cafile is None and capath is None and not cadata:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        if cadata is not None:
            if isinstance(cadata, str):
                try:
                    text = cadata.encode("ascii")
                except UnicodeEncodeError:
                    raise TypeError("cadata should be an ASCII string or a bytes-like object") from None
                found = [der for label, _, der in pem_blocks(text) if label in CERTIFICATES]
                if not found:
                    raise tls_error("no start line", more=_NO_CERTIFICATE, library="PEM")
            else:
                try:
                    found = _x509.split(content(cadata))
                except TypeError:
                    raise TypeError("cadata should be an ASCII string or a bytes-like object") from None
                except ValueError:
                    found = []
                if not found:
                    raise tls_error("not enough data", more=_NO_CERTIFICATE, library="ASN1")
            self._trust(found, [])
        if cafile is not None and not self._load(cafile):
            raise tls_error("no certificate or crl found", library="X509")
        if capath is not None:
            self._set("_directories", [*self._directories, os.fsdecode(capath)])

    def _load(self, path) -> bool:
        """Trusts what is in the file, and tells whether there was something."""
        blocks = pem_file(path)
        found = [der for label, _, der in blocks if label in CERTIFICATES]
        crls = [der for label, _, der in blocks if label == "X509 CRL"]
        self._trust(found, crls)
        return bool(found or crls)

    def _load_directory(self, path: str) -> None:
        """Trusts what is in the directory by names such as c_rehash gives."""
        try:
            names = sorted(os.listdir(path))
        except OSError:
            return
        for name in names:
            if re.fullmatch(r"[0-9a-f]{8}\.r?\d+", name):
                self._load(os.path.join(path, name))

    def _trust(self, certificates: list[bytes], crls: list[bytes]) -> None:
        for der in certificates:
            try:
                _x509.Parsed(der)
            except ValueError as error:
                raise tls_error(f"a certificate cannot be read ({error})", library="X509") from None
        self._roots |= dict.fromkeys(certificates)
        self._crls |= dict.fromkeys(crls)
        self._made.clear()

    def set_default_verify_paths(self, /) -> None:
        """Trusts what SSL_CERT_FILE and SSL_CERT_DIR name in this program's environment, or else what the host trusts."""
        file, directory = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
        if not file and not directory:
            return self._set("_host_roots", True)
        if file:
            try:
                self._load(file)
            except OSError:
                pass
        if directory:
            self._set("_directories", [*self._directories, *filter(None, directory.split(os.pathsep))])

    def cert_store_stats(self, /) -> dict[str, int]:
        """Returns quantities of loaded X.509 certificates.

        X.509 certificates with a CA extension and certificate revocation lists inside the context's cert store. What the
        host trusts is not among them.
        """
        authorities = sum(_x509.Parsed(der).is_authority() for der in self._roots)
        return {"x509": len(self._roots), "crl": len(self._crls), "x509_ca": authorities}

    def get_ca_certs(self, binary_form=False) -> list:
        """Returns a list of dicts with information of loaded CA certs.

        If the optional argument is True, returns a DER-encoded copy of the CA certificate. What the host trusts is not
        among them.
        """
        authorities = [der for der in self._roots if _x509.Parsed(der).is_authority()]
        return authorities if binary_form else [_x509.decode(der) for der in authorities]

    def session_stats(self, /) -> dict[str, int]:
        names = "number connect connect_good connect_renegotiate accept accept_good accept_renegotiate"
        return dict.fromkeys(f"{names} hits misses timeouts cache_full".split(), 0)

    def set_ciphers(self, cipherlist, /) -> None:
        if not isinstance(cipherlist, str):
            raise TypeError(f"set_ciphers() argument must be str, not {type(cipherlist).__name__}")
        chosen = choose(cipherlist)
        if chosen is None:
            raise SSLError("No cipher can be selected.")
        self._set("_suites", chosen)

    def get_ciphers(self, /) -> list[dict[str, object]]:
        return [suite.description() for suite in self._suites]

    def set_ecdh_curve(self, name, /) -> None:
        """Takes what the host has; which of them is used, client and server agree on."""
        curve = os.fsdecode(name)
        if curve not in _CURVES:
            raise ValueError(f"unknown elliptic curve name {name!r}")

    def load_dh_params(self, path, /) -> None:
        """Looks whether there are some; the host has no ciphers that would use them."""
        if not any(label == "DH PARAMETERS" for label, _, _ in pem_file(path)):
            raise tls_error("no start line", library="PEM")

    def set_psk_client_callback(self, callback) -> None:
        raise NotImplementedError("Pre-shared keys are not supported")

    def set_psk_server_callback(self, callback, identity_hint=None) -> None:
        raise NotImplementedError("Pre-shared keys are not supported")

    def _set_alpn_protocols(self, protos, /) -> None:
        rest, names = content(protos), []
        while rest:
            length = rest[0]
            names.append(rest[1 : 1 + length])
            rest = rest[1 + length :]
        self._set("_alpn", names)

    @property
    def protocol(self) -> int:
        return self._protocol

    @property
    def check_hostname(self) -> bool:
        return self._check_hostname

    @check_hostname.setter
    def check_hostname(self, value) -> None:
        if value and self._verify_mode == c["CERT_NONE"]:
            self._set("_verify_mode", c["CERT_REQUIRED"])
        self._set("_check_hostname", bool(value))

    @property
    def verify_mode(self) -> int:
        return self._verify_mode

    @verify_mode.setter
    def verify_mode(self, value) -> None:
        mode = index(value)
        if mode not in (c["CERT_NONE"], c["CERT_OPTIONAL"], c["CERT_REQUIRED"]):
            raise ValueError("invalid value for verify_mode")
        if mode == c["CERT_NONE"] and self._check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._set("_verify_mode", mode)

    verify_flags = _number("_flags")

    @property
    def options(self) -> int:
        return self._options

    @options.setter
    def options(self, value) -> None:
        number = unsigned(value, 64, "unsigned long")
        if number & ~self._options & _OFF:
            warnings.warn("ssl.OP_NO_SSL*/ssl.OP_NO_TLS* options are deprecated", DeprecationWarning, stacklevel=3)
        self._set("_options", number)

    _host_flags = _number("_hosts")

    @property
    def minimum_version(self) -> int:
        return self._minimum

    @minimum_version.setter
    def minimum_version(self, value) -> None:
        number = self._version(value)
        self._set("_minimum", c["PROTO_TLSv1_3"] if number == c["PROTO_MAXIMUM_SUPPORTED"] else number)

    @property
    def maximum_version(self) -> int:
        return self._maximum

    @maximum_version.setter
    def maximum_version(self, value) -> None:
        number = self._version(value)
        self._set("_maximum", c["PROTO_TLSv1_2"] if number == c["PROTO_MINIMUM_SUPPORTED"] else number)

    def _version(self, value) -> int:
        number = index(value)
        if self._protocol == c["PROTOCOL_TLSv1_2"]:
            raise ValueError("The context's protocol doesn't support modification of highest and lowest version.")
        names = {c[name]: name for name in c if name.startswith("PROTO_")}
        if number not in names:
            raise ValueError(f"Unsupported TLS/SSL version 0x{number & 0xFFFFFFFF:x}")
        if 0 < number < c["PROTO_TLSv1_2"]:
            name = names[number].removeprefix("PROTO_")
            warnings.warn(f"ssl.TLSVersion.{name} is deprecated", DeprecationWarning, stacklevel=4)
        return number

    @property
    def num_tickets(self) -> int:
        """Control the number of TLSv1.3 session tickets: none are given, whatever it is."""
        return self._tickets

    @num_tickets.setter
    def num_tickets(self, value) -> None:
        number = index(value)
        if number < 0:
            raise ValueError("value must be non-negative")
        if self._protocol != c["PROTOCOL_TLS_SERVER"]:
            raise ValueError("SSLContext is not a server context.")
        self._tickets = number

    @property
    def post_handshake_auth(self) -> bool:
        """Whether a client would show its certificate after the handshake: no server asks for it in that way here."""
        return self._after

    @post_handshake_auth.setter
    def post_handshake_auth(self, value) -> None:
        self._after = bool(value)

    @property
    def security_level(self) -> int:
        """The current security level."""
        return 2

    @property
    def sni_callback(self):
        """Set a callback that will be called when a server name is provided by the SSL/TLS client in the SNI extension.

        If the argument is None then the callback is disabled. The method is called with the SSLSocket, the server name as
        a string, and the SSLContext object.
        """
        return self._callback

    @sni_callback.setter
    def sni_callback(self, value) -> None:
        if self._protocol == c["PROTOCOL_TLS_CLIENT"]:
            raise ValueError("sni_callback cannot be set on TLS_CLIENT context")
        if value is not None and not callable(value):
            raise TypeError("not a callable object")
        self._callback = value

    @property
    def _msg_callback(self):
        return None

    @_msg_callback.setter
    def _msg_callback(self, value) -> None:
        if value is not None:
            raise NotImplementedError("the host does not show the protocol's messages")


def get_default_verify_paths() -> tuple[str, str, str, str]:
    """Return search paths and environment vars that are used by SSLContext's set_default_verify_paths() to load default CAs.

    The values are 'cert_file_env', 'cert_file', 'cert_dir_env', 'cert_dir'. Without the variables, the host's own are used.
    """
    return "SSL_CERT_FILE", "/etc/ssl/cert.pem", "SSL_CERT_DIR", "/etc/ssl/certs"


def RAND_bytes(n, /) -> bytes:
    """Generate n cryptographically strong pseudo-random bytes."""
    count = index(n)
    if count < 0:
        raise ValueError("num must be positive")
    return os.urandom(count)


def RAND_status() -> bool:
    """Returns True if the OpenSSL PRNG has been seeded with enough data and False if not."""
    return True


def RAND_add(string, entropy, /) -> None:
    """Mix string into the OpenSSL PRNG state: the system's own has no need of it."""
    if not isinstance(string, str):
        content(string)
    float(entropy)


def _test_decode_cert(path, /) -> dict[str, object]:
    for label, _, der in pem_file(path):
        if label in CERTIFICATES:
            return decoded(der)
    raise tls_error("no start line", library="PEM")


_CLASSES = (
    [_SSLContext, _SSLSocket, MemoryBIO, SSLSession, _x509.Certificate]
    + [SSLError, SSLZeroReturnError, SSLWantReadError, SSLWantWriteError, SSLSyscallError, SSLEOFError]
    + [SSLCertVerificationError]
)
_FUNCTIONS = [RAND_add, RAND_bytes, RAND_status, _test_decode_cert, get_default_verify_paths, _x509.nid2obj, _x509.txt2obj]


def module() -> ModuleType:
    """The module `_ssl`."""
    text = "Implementation module for SSL socket operations.  See the socket module\nfor documentation."
    made = ModuleType("_ssl", text)
    made.__dict__.update(CONSTANTS)
    made.__dict__.update({kind.__name__: kind for kind in _CLASSES})
    made.__dict__.update(functions(made.__name__, _FUNCTIONS))
    return made
