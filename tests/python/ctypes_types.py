"""C's data types, as they lie in memory; prints what a native CPython prints."""

import ctypes
import ctypes.util
import io
import pickle
import struct
from ctypes import (
    CFUNCTYPE,
    POINTER,
    BigEndianStructure,
    Structure,
    Union,
    addressof,
    alignment,
    byref,
    c_bool,
    c_byte,
    c_char,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int8,
    c_short,
    c_ubyte,
    c_uint,
    c_uint8,
    c_uint16,
    c_uint32,
    c_uint64,
    c_void_p,
    c_wchar_p,
    cast,
    create_string_buffer,
    create_unicode_buffer,
    memmove,
    memset,
    pointer,
    resize,
    sizeof,
    string_at,
)  # fmt: skip


def told(call, *arguments):
    try:
        print(call(*arguments))
    except Exception as error:
        print(type(error).__name__)


class Plain(Structure):
    _fields_ = [("x", c_int), ("y", c_short), ("z", c_char * 4)]


plain = Plain(1, -2, b"ab")
print(sizeof(Plain), alignment(Plain), plain.x, plain.y, plain.z, bytes(plain)[:10].hex(), Plain.y.offset, Plain.y.size)
plain.x = 2**32 + 5
plain.z = b"abcd"
print(plain.x, plain.z, io.BytesIO(bytes(range(12))).readinto(plain), plain.x, memoryview(plain).nbytes)


class Header(BigEndianStructure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [
        ("version", c_uint8, 4), ("length", c_uint8, 4), ("total", c_uint16), ("id", c_uint32), ("words", c_uint16 * 3)
    ]  # fmt: skip


header = Header(4, 5, 258, 7, (1, 2, 3))
print(bytes(header).hex(), header.version, header.length, header.total, list(header.words))
again = Header.from_buffer_copy(bytes(header))
print(again.id, again.version)
content = bytearray(20)
Plain.from_buffer(content, 4).x = 77
print(content.hex())


class Either(Union):
    _fields_ = [("number", c_uint32), ("octets", c_ubyte * 4)]


class Outer(Structure):
    _anonymous_ = ["either"]
    _fields_ = [("tag", c_byte), ("either", Either), ("plain", Plain)]


outer = Outer()
outer.number = 9
outer.plain.x = 3
print(list(Either(number=0x01020304).octets), outer.either.number, outer.plain.x, sizeof(Outer), bytes(outer)[4:8])


class Bits(Structure):
    _fields_ = [("f", c_uint, 3), ("g", c_int, 5), ("h", c_uint64, 40)]


bits = Bits(5, -3, 2**39 + 1)
bits.f = 15
print(bits.f, bits.g, bits.h, sizeof(Bits))


class Node(Structure):
    pass


Node._fields_ = [("value", c_uint64), ("next", POINTER(Node))]
node = Node(1, pointer(Node(2, None)))
print(node.next.contents.value, bool(node.next), bool(node.next.contents.next))
told(lambda: node.next.contents.next.contents)


class Longer(Plain):
    _fields_ = [("more", c_int)]


longer = Longer(1, 2, b"z", 4)
print(longer.more, longer.x, sizeof(Longer))

numbers = (c_int * 5)(*range(5))
numbers[2] = 9
print(numbers[1:3], len(numbers), numbers[-1], list(numbers), len((c_int * 2 * 3)()[0]))
told(numbers.__getitem__, 5)
places = (Plain * 2)((1, 2, b"a"), (3, 4, b"b"))
places[0].x = 50
print(places[1].x, places[0].x, places[0].z)

text = create_string_buffer(b"hello", 10)
print(text.value, text.raw, len(text), text[0], text[1:3])
text.value = b"x"
memmove(byref(text, 1), b"QQ", 2)
print(text.raw, string_at(text, 2), string_at(addressof(text) + 1), cast(text, POINTER(c_ubyte))[0])
memset(text, 65, 3)
resize(text, 20)
print(text.value, sizeof(text), create_unicode_buffer("h\xe9").value)

number = c_int(3)
to_number = pointer(number)
to_number.contents.value = 8
to_number[0] += 1
print(number.value, to_number[0], bool(to_number), bool(POINTER(c_int)()), POINTER(c_int) is POINTER(c_int))
print(c_char_p(b"abc").value, c_wchar_p("z\xe9").value, c_char_p().value, c_void_p().value, c_void_p(7).value)
print(c_uint8(300).value, c_int8(200), c_float(1.5), c_bool(3).value, c_double(2), c_uint16.__ctype_be__(258).value)
print(c_int.from_buffer_copy(struct.pack("i", -5)).value, bytes(c_uint16.__ctype_be__(258)).hex())
print(CFUNCTYPE(c_int, c_int)(lambda value: value + 1)(2), pickle.loads(pickle.dumps(Either(number=5))).number)
for call in (
    lambda: c_int("x"),
    lambda: Plain(1, 2, b"abcdef"),
    lambda: Plain(1, 2, b"", 4),
    lambda: Plain.from_buffer_copy(b"1"),
    lambda: Plain.from_buffer(b"123"),
    lambda: c_char(b"ab"),
    lambda: ctypes.CDLL("no-such-library.so"),
    lambda: ctypes.CDLL(None).no_such_function,
):
    told(call)
