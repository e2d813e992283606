"""TLS: the module `_ssl`, on which the standard library's `ssl` stands.

The host has the protocol, as a machine between bytes that come and bytes that go; here they are carried over sockets or
memory. The standard library's `ssl`, which is the larger part, is imported by who wants it, and by nobody else.
"""

import os
from operator import index
from types import ModuleType

from . import _x509
from ._argument import data as content
from ._builtin import functions
from ._ssl_carrier import MemoryBIO
from ._ssl_context import _SSLContext
from ._ssl_error import (
    SSLCertVerificationError,
    SSLEOFError,
    SSLError,
    SSLSyscallError,
    SSLWantReadError,
    SSLWantWriteError,
    SSLZeroReturnError,
    tls_error,
)
from ._ssl_pem import CERTIFICATES, decoded, pem_file
from ._ssl_socket import SSLSession, _SSLSocket
from ._ssl_table import CONSTANTS


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
