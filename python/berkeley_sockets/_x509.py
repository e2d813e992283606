"""Certificates: PEM, DER, and the dictionary that Python makes of one. Whether one holds, the host decides.

What a peer sends is read here, inside of the guest, where it can do no harm.
"""

import binascii
import re
from collections.abc import Iterator
from operator import index

#: OpenSSL's number, short name, long name and OID of what certificates have in them.
_OBJECTS = [
    (13, "CN", "commonName", "2.5.4.3"),
    (14, "C", "countryName", "2.5.4.6"),
    (15, "L", "localityName", "2.5.4.7"),
    (16, "ST", "stateOrProvinceName", "2.5.4.8"),
    (17, "O", "organizationName", "2.5.4.10"),
    (18, "OU", "organizationalUnitName", "2.5.4.11"),
    (48, "emailAddress", "emailAddress", "1.2.840.113549.1.9.1"),
    (49, "unstructuredName", "unstructuredName", "1.2.840.113549.1.9.2"),
    (99, "GN", "givenName", "2.5.4.42"),
    (100, "SN", "surname", "2.5.4.4"),
    (101, "initials", "initials", "2.5.4.43"),
    (105, "serialNumber", "serialNumber", "2.5.4.5"),
    (106, "title", "title", "2.5.4.12"),
    (107, "description", "description", "2.5.4.13"),
    (129, "serverAuth", "TLS Web Server Authentication", "1.3.6.1.5.5.7.3.1"),
    (130, "clientAuth", "TLS Web Client Authentication", "1.3.6.1.5.5.7.3.2"),
    (131, "codeSigning", "Code Signing", "1.3.6.1.5.5.7.3.3"),
    (132, "emailProtection", "E-mail Protection", "1.3.6.1.5.5.7.3.4"),
    (133, "timeStamping", "Time Stamping", "1.3.6.1.5.5.7.3.8"),
    (173, "name", "name", "2.5.4.41"),
    (174, "dnQualifier", "dnQualifier", "2.5.4.46"),
    (180, "OCSPSigning", "OCSP Signing", "1.3.6.1.5.5.7.3.9"),
    (391, "DC", "domainComponent", "0.9.2342.19200300.100.1.25"),
    (458, "UID", "userId", "0.9.2342.19200300.100.1.1"),
    (503, "x500UniqueIdentifier", "x500UniqueIdentifier", "2.5.4.45"),
    (509, "generationQualifier", "generationQualifier", "2.5.4.44"),
    (510, "pseudonym", "pseudonym", "2.5.4.65"),
    (660, "street", "streetAddress", "2.5.4.9"),
    (661, "postalCode", "postalCode", "2.5.4.17"),
    (860, "businessCategory", "businessCategory", "2.5.4.15"),
    (955, "jurisdictionL", "jurisdictionLocalityName", "1.3.6.1.4.1.311.60.2.1.1"),
    (956, "jurisdictionST", "jurisdictionStateOrProvinceName", "1.3.6.1.4.1.311.60.2.1.2"),
    (957, "jurisdictionC", "jurisdictionCountryName", "1.3.6.1.4.1.311.60.2.1.3"),
    (1089, "organizationIdentifier", "organizationIdentifier", "2.5.4.97"),
]
_BY_OID = {entry[3]: entry for entry in _OBJECTS}
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s*\n(.*?)-----END \1-----", re.DOTALL)

# Tags of DER.
OCTETS, OID = 0x04, 0x06
_BOOLEAN, _INTEGER, _SEQUENCE, _SET = 0x01, 0x02, 0x30, 0x31
_UTC_TIME, _GENERALIZED_TIME = 0x17, 0x18
_BMP_STRING, _UNIVERSAL_STRING, _UTF8_STRING = 0x1E, 0x1C, 0x0C

_SUBJECT_ALT_NAME = "2.5.29.17"
_BASIC_CONSTRAINTS = "2.5.29.19"
_CRL_DISTRIBUTION_POINTS = "2.5.29.31"
_AUTHORITY_INFO_ACCESS = "1.3.6.1.5.5.7.1.1"
_OCSP, _CA_ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"



def txt2obj(txt: str, name: bool = False) -> tuple[int, str, str, str]:
    """Lookup NID, short name, long name and OID of an ASN1_OBJECT.

    By default objects are looked up by OID. With name=True short and long name are also matched.
    """
    for entry in _OBJECTS:
        if txt == entry[3] or (name and txt in entry[1:3]):
            return entry
    raise ValueError(f"unknown object '{txt[:100]}'")


def nid2obj(nid: int, /) -> tuple[int, str, str, str]:
    """Lookup NID, short name, long name and OID of an ASN1_OBJECT by NID."""
    number = index(nid)
    if number < 1:
        raise ValueError("NID must be positive.")
    for entry in _OBJECTS:
        if entry[0] == number:
            return entry
    raise ValueError(f"unknown NID {number}")


def pem(text: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """The label, the headers and the content of each block. ValueError: what is in one is no base64."""
    for block in _PEM.finditer(text):
        label, body = block.groups()
        headers, blank, rest = body.replace(b"\r\n", b"\n").rpartition(b"\n\n")
        yield label.decode(), headers if blank else b"", binascii.a2b_base64(rest if blank else body)


class Reader:
    """What stands in a piece of DER, one element after the other."""

    __slots__ = ("_at", "_data")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def tag(self) -> int | None:
        """The tag of the next element."""
        return self._data[self._at] if self else None

    def next(self, tag: int | None = None) -> tuple[int, bytes]:
        """The tag and the content of the next element. ValueError: there is none, or one of another tag."""
        data, at = self._data, self._at
        try:
            found, length = data[at], data[at + 1]
        except IndexError:
            raise ValueError("DER ends too early") from None
        at += 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= 4:
                raise ValueError("DER with a length that is none")
            length = int.from_bytes(data[at : at + size])
            at += size
        end = at + length
        if end > len(data) or found & 0x1F == 0x1F or tag not in (None, found):
            raise ValueError("DER that was not expected")
        self._at = end
        return found, data[at:end]

    def inside(self, tag: int = _SEQUENCE) -> "Reader":
        """What stands in the next element."""
        return Reader(self.next(tag)[1])

    def skip(self, tag: int) -> bytes | None:
        """Passes over the next element if it has that tag, and gives its content."""
        return self.next()[1] if self.tag() == tag else None


def split(data: bytes) -> list[bytes]:
    """Certificates that stand one behind the other."""
    found, reader = [], Reader(data)
    while reader:
        begin = reader._at
        reader.next(_SEQUENCE)
        found.append(data[begin : reader._at])
    return found


def dotted(content: bytes) -> str:
    numbers, number = [], 0
    for byte in content:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            numbers.append(number)
            number = 0
    if not numbers:
        raise ValueError("an OID without numbers")
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _text(tag: int, content: bytes) -> str:
    encodings = {_UTF8_STRING: "utf-8", _BMP_STRING: "utf-16-be", _UNIVERSAL_STRING: "utf-32-be"}
    return content.decode(encodings.get(tag, "latin-1"), "replace")


def _name(reader: Reader) -> tuple[tuple[tuple[str, str], ...], ...]:
    parts = []
    while reader:
        part, pairs = reader.inside(_SET), []
        while part:
            pair = part.inside()
            oid = dotted(pair.next(OID)[1])
            pairs.append((_BY_OID[oid][2] if oid in _BY_OID else oid, _text(*pair.next())))
        parts.append(tuple(pairs))
    return tuple(parts)


def _time(tag: int, content: bytes) -> str:
    text = content.decode("ascii", "replace")
    years = {_UTC_TIME: 2, _GENERALIZED_TIME: 4}.get(tag, 0)
    if not years or not re.fullmatch(rf"\d{{{years + 10}}}Z", text):
        return "Bad time value"
    year, rest = int(text[:years]), text[years:-1]
    if years == 2:
        year += 1900 if year >= 50 else 2000
    month, day, hour, minute, second = (int(rest[at : at + 2]) for at in range(0, 10, 2))
    if not 1 <= month <= 12:
        return "Bad time value"
    return f"{_MONTHS[month - 1]} {day:2} {hour:02}:{minute:02}:{second:02} {year} GMT"


def _serial(content: bytes) -> str:
    number = int.from_bytes(content, signed=True)
    digits = f"{abs(number):X}"
    return "-" * (number < 0) + "0" * (len(digits) % 2) + digits


def _ip(content: bytes) -> str:
    if len(content) == 4:
        return ".".join(map(str, content))
    if len(content) == 16:
        return ":".join(f"{int.from_bytes(content[at : at + 2]):X}" for at in range(0, 16, 2))
    return "<invalid>"


def _general_name(tag: int, content: bytes) -> tuple[str, object]:
    match tag & 0x1F:
        case 1:
            return "email", content.decode("utf-8", "replace")
        case 2:
            return "DNS", content.decode("utf-8", "replace")
        case 4:
            return "DirName", _name(Reader(content).inside())
        case 6:
            return "URI", content.decode("utf-8", "replace")
        case 7:
            return "IP Address", _ip(content)
        case 8:
            return "Registered ID", dotted(content)
        case 0:
            return "othername", "<unsupported>"
        case _:
            return "unknown", "<unsupported>"


def _general_names(reader: Reader) -> tuple[tuple[str, object], ...]:
    names = []
    while reader:
        names.append(_general_name(*reader.next()))
    return tuple(names)


def _access(reader: Reader, wanted: str) -> tuple[str, ...]:
    """The addresses of that kind of access."""
    found = []
    while reader:
        entry = reader.inside()
        method = dotted(entry.next(OID)[1])
        kind, value = _general_name(*entry.next())
        if method == wanted and kind == "URI":
            found.append(value)
    return tuple(found)


def _points(reader: Reader) -> tuple[str, ...]:
    """The addresses of revocation lists."""
    found = []
    while reader:
        point = reader.inside()
        named = point.skip(0xA0)
        full = Reader(named).skip(0xA0) if named else None
        if full:
            found += [value for kind, value in _general_names(Reader(full)) if kind == "URI"]
    return tuple(found)


class Parsed:
    """The parts of a certificate. ValueError: it is none."""

    def __init__(self, der: bytes) -> None:
        body = Reader(der).inside().inside()
        version = body.skip(0xA0)
        self.version = 1 + (int.from_bytes(Reader(version).next(_INTEGER)[1]) if version else 0)
        self.serial = _serial(body.next(_INTEGER)[1])
        body.next(_SEQUENCE)
        self.issuer = _name(body.inside())
        times = body.inside()
        self.not_before, self.not_after = _time(*times.next()), _time(*times.next())
        self.subject = _name(body.inside())
        body.next(_SEQUENCE)
        body.skip(0x81), body.skip(0x82)
        self._extensions: dict[str, bytes] = {}
        extensions = body.skip(0xA3)
        reader = Reader(extensions).inside() if extensions else None
        while reader:
            extension = reader.inside()
            oid = dotted(extension.next(OID)[1])
            extension.skip(_BOOLEAN)
            self._extensions[oid] = extension.next(OCTETS)[1]

    def _extension(self, oid: str) -> Reader | None:
        content = self._extensions.get(oid)
        return Reader(content).inside() if content else None

    def is_authority(self) -> bool:
        """Whether it may issue others."""
        constraints = self._extension(_BASIC_CONSTRAINTS)
        if constraints is None:
            return self.version == 1 and self.subject == self.issuer
        return constraints.skip(_BOOLEAN) not in (None, b"\0")

    def info(self) -> dict[str, object]:
        """Python's dictionary of it."""
        made: dict[str, object] = {
            "subject": self.subject,
            "issuer": self.issuer,
            "version": self.version,
            "serialNumber": self.serial,
            "notBefore": self.not_before,
            "notAfter": self.not_after,
        }
        if names := self._extension(_SUBJECT_ALT_NAME):
            made["subjectAltName"] = _general_names(names)
        for key, method in ("OCSP", _OCSP), ("caIssuers", _CA_ISSUERS):
            if (access := self._extension(_AUTHORITY_INFO_ACCESS)) and (found := _access(access, method)):
                made[key] = found
        if (points := self._extension(_CRL_DISTRIBUTION_POINTS)) and (found := _points(points)):
            made["crlDistributionPoints"] = found
        return made


def decode(der: bytes) -> dict[str, object]:
    """Python's dictionary of a certificate. ValueError: it is none."""
    return Parsed(der).info()


#: The short names, by the long ones.
_SHORT = {long: short for _, short, long, _ in _OBJECTS}


class Certificate:
    """A certificate of a peer's chain."""

    __module__ = "_ssl"
    __slots__ = ("_der",)

    def __new__(cls, *arguments, **keywords):
        raise TypeError("cannot create '_ssl.Certificate' instances")

    @classmethod
    def of(cls, der: bytes) -> "Certificate":
        """The certificate of those bytes."""
        made = object.__new__(cls)
        made._der = der
        return made

    def public_bytes(self, format=1, /) -> str | bytes:
        """The certificate in PEM (1) or DER (2)."""
        match format:
            case 1:
                text = binascii.b2a_base64(self._der, newline=False).decode()
                lines = [text[at : at + 64] for at in range(0, len(text), 64)]
                return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
            case 2:
                return self._der
        raise ValueError("Unsupported format")

    def get_info(self, /) -> dict[str, object]:
        """The dictionary that `getpeercert` gives."""
        return decode(self._der)

    def __eq__(self, other) -> bool:
        return self._der == other._der if isinstance(other, Certificate) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._der)

    def __repr__(self) -> str:
        parts = reversed(decode(self._der)["subject"])
        return f"<_ssl.Certificate '{','.join('+'.join(map(_pair, part)) for part in parts)}'>"


def _pair(pair: tuple[str, str]) -> str:
    """A part of a name, as RFC 2253 has it."""
    name, value = pair
    escaped = re.sub(r'([,+"\\<>;]|^[ #]| $)', r"\\\1", value)
    text = "".join(one if " " <= one <= "~" else "".join(f"\\{byte:02X}" for byte in one.encode()) for one in escaped)
    return f"{_SHORT.get(name, name)}={text}"
