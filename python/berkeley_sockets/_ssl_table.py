"""The constants of `_ssl`, the cipher suites, and OpenSSL's words for alerts."""

CONSTANTS: dict[str, object] = {
    # The interface is that of OpenSSL 3.0, which programs ask for by this name and number; what is behind it is not.
    "OPENSSL_VERSION": "OpenSSL 3.0.0 interface by rustls (Berkeley)",
    "OPENSSL_VERSION_NUMBER": 0x30000000,
    "OPENSSL_VERSION_INFO": (3, 0, 0, 0, 0),
    "_OPENSSL_API_VERSION": (3, 0, 0, 0, 0),
    "_DEFAULT_CIPHERS": "DEFAULT",
    "HAS_SNI": True,
    "HAS_ECDH": True,
    "HAS_NPN": False,
    "HAS_ALPN": True,
    "HAS_SSLv2": False,
    "HAS_SSLv3": False,
    "HAS_TLSv1": False,
    "HAS_TLSv1_1": False,
    "HAS_TLSv1_2": True,
    "HAS_TLSv1_3": True,
    "HAS_TLS_UNIQUE": False,
    "HAS_PSK": False,
    "HAS_PHA": False,
    "CERT_NONE": 0,
    "CERT_OPTIONAL": 1,
    "CERT_REQUIRED": 2,
    "ENCODING_PEM": 1,
    "ENCODING_DER": 2,
    "HOSTFLAG_ALWAYS_CHECK_SUBJECT": 0x1,
    "HOSTFLAG_NO_WILDCARDS": 0x2,
    "HOSTFLAG_NO_PARTIAL_WILDCARDS": 0x4,
    "HOSTFLAG_MULTI_LABEL_WILDCARDS": 0x8,
    "HOSTFLAG_SINGLE_LABEL_SUBDOMAINS": 0x10,
    "HOSTFLAG_NEVER_CHECK_SUBJECT": 0x20,
    "OP_ALL": 0x80000050,
    "OP_LEGACY_SERVER_CONNECT": 0x4,
    "OP_ENABLE_KTLS": 0x8,
    "OP_IGNORE_UNEXPECTED_EOF": 0x80,
    "OP_NO_TICKET": 0x4000,
    "OP_NO_COMPRESSION": 0x20000,
    "OP_ENABLE_MIDDLEBOX_COMPAT": 0x100000,
    "OP_CIPHER_SERVER_PREFERENCE": 0x400000,
    "OP_NO_SSLv2": 0,
    "OP_NO_SSLv3": 0x2000000,
    "OP_NO_TLSv1": 0x4000000,
    "OP_NO_TLSv1_1": 0x10000000,
    "OP_NO_TLSv1_2": 0x8000000,
    "OP_NO_TLSv1_3": 0x20000000,
    "OP_NO_RENEGOTIATION": 0x40000000,
    "OP_SINGLE_DH_USE": 0,
    "OP_SINGLE_ECDH_USE": 0,
    "PROTOCOL_SSLv23": 2,
    "PROTOCOL_TLS": 2,
    "PROTOCOL_TLSv1": 3,
    "PROTOCOL_TLSv1_1": 4,
    "PROTOCOL_TLSv1_2": 5,
    "PROTOCOL_TLS_CLIENT": 16,
    "PROTOCOL_TLS_SERVER": 17,
    "PROTO_MINIMUM_SUPPORTED": -2,
    "PROTO_MAXIMUM_SUPPORTED": -1,
    "PROTO_SSLv3": 0x300,
    "PROTO_TLSv1": 0x301,
    "PROTO_TLSv1_1": 0x302,
    "PROTO_TLSv1_2": 0x303,
    "PROTO_TLSv1_3": 0x304,
    "SSL_ERROR_SSL": 1,
    "SSL_ERROR_WANT_READ": 2,
    "SSL_ERROR_WANT_WRITE": 3,
    "SSL_ERROR_WANT_X509_LOOKUP": 4,
    "SSL_ERROR_SYSCALL": 5,
    "SSL_ERROR_ZERO_RETURN": 6,
    "SSL_ERROR_WANT_CONNECT": 7,
    "SSL_ERROR_EOF": 8,
    "SSL_ERROR_INVALID_ERROR_CODE": 10,
    "VERIFY_DEFAULT": 0,
    "VERIFY_CRL_CHECK_LEAF": 0x4,
    "VERIFY_CRL_CHECK_CHAIN": 0xC,
    "VERIFY_X509_STRICT": 0x20,
    "VERIFY_ALLOW_PROXY_CERTS": 0x40,
    "VERIFY_X509_TRUSTED_FIRST": 0x8000,
    "VERIFY_X509_PARTIAL_CHAIN": 0x80000,
    "ALERT_DESCRIPTION_CLOSE_NOTIFY": 0,
    "ALERT_DESCRIPTION_UNEXPECTED_MESSAGE": 10,
    "ALERT_DESCRIPTION_BAD_RECORD_MAC": 20,
    "ALERT_DESCRIPTION_RECORD_OVERFLOW": 22,
    "ALERT_DESCRIPTION_DECOMPRESSION_FAILURE": 30,
    "ALERT_DESCRIPTION_HANDSHAKE_FAILURE": 40,
    "ALERT_DESCRIPTION_BAD_CERTIFICATE": 42,
    "ALERT_DESCRIPTION_UNSUPPORTED_CERTIFICATE": 43,
    "ALERT_DESCRIPTION_CERTIFICATE_REVOKED": 44,
    "ALERT_DESCRIPTION_CERTIFICATE_EXPIRED": 45,
    "ALERT_DESCRIPTION_CERTIFICATE_UNKNOWN": 46,
    "ALERT_DESCRIPTION_ILLEGAL_PARAMETER": 47,
    "ALERT_DESCRIPTION_UNKNOWN_CA": 48,
    "ALERT_DESCRIPTION_ACCESS_DENIED": 49,
    "ALERT_DESCRIPTION_DECODE_ERROR": 50,
    "ALERT_DESCRIPTION_DECRYPT_ERROR": 51,
    "ALERT_DESCRIPTION_PROTOCOL_VERSION": 70,
    "ALERT_DESCRIPTION_INSUFFICIENT_SECURITY": 71,
    "ALERT_DESCRIPTION_INTERNAL_ERROR": 80,
    "ALERT_DESCRIPTION_USER_CANCELLED": 90,
    "ALERT_DESCRIPTION_NO_RENEGOTIATION": 100,
    "ALERT_DESCRIPTION_UNSUPPORTED_EXTENSION": 110,
    "ALERT_DESCRIPTION_CERTIFICATE_UNOBTAINABLE": 111,
    "ALERT_DESCRIPTION_UNRECOGNIZED_NAME": 112,
    "ALERT_DESCRIPTION_BAD_CERTIFICATE_STATUS_RESPONSE": 113,
    "ALERT_DESCRIPTION_BAD_CERTIFICATE_HASH_VALUE": 114,
    "ALERT_DESCRIPTION_UNKNOWN_PSK_IDENTITY": 115,
}

#: What OpenSSL says of an alert that the peer sent, by its number.
ALERTS = {
    10: "sslv3 alert unexpected message",
    20: "sslv3 alert bad record mac",
    21: "tlsv1 alert decryption failed",
    22: "tlsv1 alert record overflow",
    30: "sslv3 alert decompression failure",
    40: "sslv3 alert handshake failure",
    41: "sslv3 alert no certificate",
    42: "sslv3 alert bad certificate",
    43: "sslv3 alert unsupported certificate",
    44: "sslv3 alert certificate revoked",
    45: "sslv3 alert certificate expired",
    46: "sslv3 alert certificate unknown",
    47: "sslv3 alert illegal parameter",
    48: "tlsv1 alert unknown ca",
    49: "tlsv1 alert access denied",
    50: "tlsv1 alert decode error",
    51: "tlsv1 alert decrypt error",
    60: "tlsv1 alert export restriction",
    70: "tlsv1 alert protocol version",
    71: "tlsv1 alert insufficient security",
    80: "tlsv1 alert internal error",
    86: "tlsv1 alert inappropriate fallback",
    90: "tlsv1 alert user cancelled",
    100: "tlsv1 alert no renegotiation",
    109: "tlsv13 alert missing extension",
    110: "tlsv1 unsupported extension",
    111: "tlsv1 certificate unobtainable",
    112: "tlsv1 unrecognized name",
    113: "tlsv1 bad certificate status response",
    114: "tlsv1 bad certificate hash value",
    115: "tlsv1 alert unknown psk identity",
    116: "tlsv13 alert certificate required",
    120: "tlsv1 alert no application protocol",
}


class Suite:
    """A cipher suite that the host has."""

    def __init__(self, number: int, name: str) -> None:
        self.number = number
        self.name = name
        self.version = "TLSv1.3" if name.startswith("TLS_") else "TLSv1.2"
        parts = name.replace("_", "-").split("-")
        chacha = "CHACHA20" in parts
        self.bits = 256 if chacha or "AES256" in parts or "256" in parts[:-1] else 128
        self.auth = next((part for part in ("ECDSA", "RSA") if part in parts), "any")
        self.symmetric = "chacha20-poly1305" if chacha else f"aes-{self.bits}-gcm"
        #: By what words a list of ciphers may ask for it.
        # RSA by itself is a way of exchanging keys, which TLS 1.3 no longer has, and neither has the host.
        self.words = {name, f"a{self.auth}", "ECDSA" if self.auth == "ECDSA" else name}
        self.words |= {"ALL", "DEFAULT", "HIGH", "FIPS", "TLSv1.2", "ECDH", "ECDHE", "EECDH", "kECDHE", "kEECDH"}
        self.words |= {"CHACHA20"} if chacha else {"AES", "AESGCM", f"AES{self.bits}", parts[-1]}

    def description(self) -> dict[str, object]:
        """As `SSLContext.get_ciphers` has it."""
        auth = "auth-any" if self.auth == "any" else f"auth-{self.auth.lower()}"
        kea = "kx-any" if self.auth == "any" else "kx-ecdhe"
        return {
            "id": 0x03000000 | self.number,
            "name": self.name,
            "protocol": self.version,
            "description": f"{self.name} {self.version} Kx={kea[3:]} Au={auth[5:]} Enc={self.symmetric} Mac=AEAD",
            "strength_bits": self.bits,
            "alg_bits": self.bits,
            "aead": True,
            "symmetric": self.symmetric,
            "digest": None,
            "kea": kea,
            "auth": auth,
        }


#: All of them, the best first.
SUITES = [
    Suite(0x1302, "TLS_AES_256_GCM_SHA384"),
    Suite(0x1303, "TLS_CHACHA20_POLY1305_SHA256"),
    Suite(0x1301, "TLS_AES_128_GCM_SHA256"),
    Suite(0xC02C, "ECDHE-ECDSA-AES256-GCM-SHA384"),
    Suite(0xC030, "ECDHE-RSA-AES256-GCM-SHA384"),
    Suite(0xCCA9, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    Suite(0xCCA8, "ECDHE-RSA-CHACHA20-POLY1305"),
    Suite(0xC02B, "ECDHE-ECDSA-AES128-GCM-SHA256"),
    Suite(0xC02F, "ECDHE-RSA-AES128-GCM-SHA256"),
]


def choose(text: str) -> list[Suite] | None:
    """The suites that a list of OpenSSL's ciphers(1) asks for; none if it leaves none of TLS 1.2. Those of TLS 1.3 are
    not up for choice."""
    always = [suite for suite in SUITES if suite.version == "TLSv1.3"]
    free = [suite for suite in SUITES if suite.version == "TLSv1.2"]
    chosen: list[Suite] = []
    for word in text.replace(",", ":").replace(" ", ":").split(":"):
        sign, word = (word[0], word[1:]) if word[:1] in ("!", "-", "+") else ("", word)
        if not word or word.startswith("@"):
            continue
        matching = [suite for suite in SUITES if suite in free + chosen and set(word.split("+")) <= suite.words]
        match sign:
            case "":
                chosen += [suite for suite in matching if suite not in chosen]
            case "+":
                chosen = [suite for suite in chosen if suite not in matching] + [s for s in chosen if s in matching]
            case _:
                chosen = [suite for suite in chosen if suite not in matching]
                if sign == "!":
                    free = [suite for suite in free if suite not in matching]
    return always + chosen if chosen else None
