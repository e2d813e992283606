"""Private keys under a password: PKCS#8 with PBES2, as `openssl pkey` and `openssl genpkey` write them.

The interpreter has hashes but no ciphers, so AES is here; it decrypts a few hundred blocks when a key is loaded.
"""

import hmac

from ._x509 import OCTETS, OID, Reader, dotted

_PBES2, _PBKDF2 = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12"
_INTEGER = 0x02
_HASHES = {
    "1.2.840.113549.2.7": "sha1",
    "1.2.840.113549.2.8": "sha224",
    "1.2.840.113549.2.9": "sha256",
    "1.2.840.113549.2.10": "sha384",
    "1.2.840.113549.2.11": "sha512",
}
#: AES in CBC mode, and the lengths of keys.
_CIPHERS = {"2.16.840.1.101.3.4.1.2": 16, "2.16.840.1.101.3.4.1.22": 24, "2.16.840.1.101.3.4.1.42": 32}


def decrypt(der: bytes, password: bytes) -> bytes:
    """The key in the clear. ValueError: another password, or another way of encryption."""
    outer = Reader(der).inside()
    scheme, parameters = _algorithm(outer)
    if scheme != _PBES2:
        raise ValueError("it is not encrypted by PBES2")
    method, derivation = _algorithm(parameters)
    cipher, rest = _algorithm(parameters, OCTETS)
    if method != _PBKDF2 or cipher not in _CIPHERS:
        raise ValueError("it is not encrypted by PBKDF2 and AES in CBC mode")
    salt = derivation.next(OCTETS)[1]
    rounds = int.from_bytes(derivation.next(_INTEGER)[1])
    derivation.skip(_INTEGER)
    name = _HASHES.get(_algorithm(derivation)[0]) if derivation else "sha1"
    if name is None:
        raise ValueError("it is encrypted by way of an unknown hash")
    key = _pbkdf2(name, password, salt, rounds, _CIPHERS[cipher])
    return _unpad(_cbc(key, rest, outer.next(OCTETS)[1]))


def _algorithm(reader: Reader, kind: int | None = None):
    """An algorithm and its parameters: what stands in them, or, of that kind, they themselves."""
    inner = reader.inside()
    name = dotted(inner.next(OID)[1])
    if kind is not None:
        return name, inner.next(kind)[1]
    return name, Reader(inner.next()[1]) if inner else Reader(b"")


def _pbkdf2(name: str, password: bytes, salt: bytes, rounds: int, length: int) -> bytes:
    start, key, number = hmac.new(password, digestmod=name), b"", 0
    while len(key) < length:
        number += 1
        block, total = salt + number.to_bytes(4), 0
        for _ in range(rounds):
            turn = start.copy()
            turn.update(block)
            block = turn.digest()
            total ^= int.from_bytes(block)
        key += total.to_bytes(start.digest_size)
    return key[:length]


def _unpad(text: bytes) -> bytes:
    count = text[-1] if text else 0
    if not 1 <= count <= 16 or text[-count:] != bytes([count]) * count:
        raise ValueError("the password is another one")
    return text[:-count]


def _double(byte: int) -> int:
    return byte << 1 ^ (0x11B if byte & 0x80 else 0)


def _times(byte: int, factor: int) -> int:
    product = 0
    while factor:
        if factor & 1:
            product ^= byte
        byte, factor = _double(byte), factor >> 1
    return product


def _boxes() -> tuple[bytes, bytes]:
    """The substitution and its inverse: FIPS 197, 5.1.1."""
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] ^ _double(powers[-1]))
    place = {power: at for at, power in enumerate(powers)}
    box = bytearray(256)
    for byte in range(256):
        inverse = powers[-place[byte] % 255] if byte else 0
        doubled = inverse * 0x101
        box[byte] = inverse ^ doubled >> 4 & 0xFF ^ doubled >> 5 & 0xFF ^ doubled >> 6 & 0xFF ^ doubled >> 7 & 0xFF ^ 0x63
    back = bytearray(256)
    for byte, value in enumerate(box):
        back[value] = byte
    return bytes(box), bytes(back)


def _round_keys(key: bytes, box: bytes) -> list[bytes]:
    words, count, constant = [key[at : at + 4] for at in range(0, len(key), 4)], len(key) // 4, 1
    for at in range(count, 4 * (count + 7)):
        word = words[-1]
        if at % count == 0:
            word = bytes([box[word[1]] ^ constant, box[word[2]], box[word[3]], box[word[0]]])
            constant = _double(constant)
        elif count > 6 and at % count == 4:
            word = word.translate(box)
        words.append(bytes(a ^ b for a, b in zip(words[at - count], word)))
    return [b"".join(words[at : at + 4]) for at in range(0, len(words), 4)]


#: Where each byte of a block comes from when its rows are shifted back.
_ROWS = [(at - 4 * (at % 4)) % 16 for at in range(16)]


def _cbc(key: bytes, vector: bytes, text: bytes) -> bytes:
    """Decrypts AES in CBC mode."""
    if len(vector) != 16 or len(text) % 16:
        raise ValueError("its length is wrong")
    box, back = _boxes()
    *keys, last = _round_keys(key, box)
    by = [[_times(byte, factor) for byte in range(256)] for factor in (14, 11, 13, 9)]
    clear = bytearray()
    for at in range(0, len(text), 16):
        block = _xor(text[at : at + 16], last)
        for number in range(len(keys) - 1, -1, -1):
            block = _xor(bytes(block[place] for place in _ROWS).translate(back), keys[number])
            if number:
                block = bytes(
                    by[0][block[at]]
                    ^ by[1][block[at & 12 | at + 1 & 3]]
                    ^ by[2][block[at & 12 | at + 2 & 3]]
                    ^ by[3][block[at & 12 | at + 3 & 3]]
                    for at in range(16)
                )
        clear += _xor(block, vector)
        vector = text[at : at + 16]
    return bytes(clear)


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(16)
