"""Certificates and keys, as files have them."""

import os

from . import _x509
from ._pkcs8 import decrypt
from ._ssl_error import SSLError, tls_error
from ._ssl_table import CONSTANTS as c

CERTIFICATES = "CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"
KEYS = "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"


def pem_file(path) -> list[tuple[str, bytes, bytes]]:
    """The blocks of a file."""
    with open(os.fsdecode(path), "rb") as file:
        text = file.read()
    return pem_blocks(text)


def pem_blocks(text: bytes) -> list[tuple[str, bytes, bytes]]:
    """The blocks of a text, as `_x509.pem` has them. An SSLError: one of them cannot be read."""
    try:
        return list(_x509.pem(text))
    except ValueError:
        raise pem_lib() from None


def pem_lib() -> SSLError:
    """The error of a file that has not what it should."""
    error = SSLError(c["SSL_ERROR_SSL"], "[SSL] PEM lib")
    error.library = "SSL"
    return error


def password_of(given, refusal: str) -> bytes:
    """A password as bytes; the refusal is said of what is neither a string nor bytes."""
    if isinstance(given, str):
        given = given.encode()
    elif not isinstance(given, bytes | bytearray):
        raise TypeError(refusal)
    if len(given) > 1024:
        raise ValueError("password cannot be longer than 1024 bytes")
    return bytes(given)


def decrypted(key: bytes, password) -> bytes:
    """The key that an encrypted one holds, by the password or by what is called for it."""
    if callable(password):
        password = password_of(password(), "password callback must return a string")
    if password is None:
        raise tls_error("the key is encrypted, and there is nobody to be asked for the password")
    try:
        return decrypt(key, password)
    except ValueError as error:
        raise tls_error(f"the key cannot be decrypted: {error}") from None


def decoded(der: bytes) -> dict[str, object]:
    """The fields of a certificate, as `getpeercert` tells them."""
    try:
        return _x509.decode(der)
    except ValueError as error:
        raise tls_error(f"the certificate cannot be read ({error})", library="X509") from None
