"""The settings of connections: the class `_SSLContext`."""

import os
import re
import warnings
from operator import index

from . import _x509
from ._argument import data as content
from ._argument import unsigned
from ._ssl_carrier import Carrier, Memory, MemoryBIO
from ._ssl_error import SSLError, call, tls_error
from ._ssl_pem import CERTIFICATES, KEYS, decrypted, password_of, pem_blocks, pem_file, pem_lib
from ._ssl_socket import Settings, _SSLSocket
from ._ssl_table import CONSTANTS as c
from ._ssl_table import SUITES, choose
from .bindings.imports import berkeley_sockets_tls_0_1_0 as wit

_NO_CERTIFICATE = ": cadata does not contain a certificate"
_OFF = c["OP_NO_SSLv3"] | c["OP_NO_TLSv1"] | c["OP_NO_TLSv1_1"] | c["OP_NO_TLSv1_2"] | c["OP_NO_TLSv1_3"]
#: What the host agrees on keys by: OpenSSL's names, IANA's numbers.
_CURVES = {"prime256v1": 23, "secp384r1": 24, "secp521r1": 25, "X25519": 29}


def _number(name: str) -> property:
    """A setting of a context that is any number, and is kept by that name."""
    return property(lambda self: getattr(self, name), lambda self, value: self._set(name, index(value)))


class _SSLContext(Settings):
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
        #: The groups by which keys are agreed on; none is all.
        self._groups: list[int] = []
        self._callback = None
        self._tickets = 2
        self._made: dict[tuple[bool, bool], wit.Config] = {}
        self._after = False
        return self

    def _set(self, name: str, value) -> None:
        """Changes a setting; connections that begin from now on have it."""
        setattr(self, name, value)
        self._made.clear()

    def _config(self, choice: bool | None = None, named: bool = True):
        """The settings as the host has them, for a connection whose server has a name, or not."""
        choice = self._callback is not None if choice is None else choice
        made = self._made.get((choice, named))
        if made is None:
            while self._directories:
                self._load_directory(self._directories.pop())
            terms = self._terms(choice)
            terms.check_name &= named
            made = self._made[choice, named] = call(wit.Config.create_by, terms, self._verify_flags(), self._groups)
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

    def _verify_flags(self):
        """How chains are looked at, as the host has it."""
        flags = wit.VerifyFlags(0)
        if self._flags & c["VERIFY_X509_PARTIAL_CHAIN"]:
            flags |= wit.VerifyFlags.PARTIAL_CHAIN
        if self._flags & c["VERIFY_X509_STRICT"]:
            flags |= wit.VerifyFlags.STRICT
        return flags

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
        """Has keys agreed on by that curve alone."""
        curve = os.fsdecode(name)
        if "\0" in curve:
            raise ValueError("embedded null byte")
        if curve not in _CURVES:
            raise ValueError(f"unknown elliptic curve name {name!r}")
        self._set("_groups", [_CURVES[curve]])

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
