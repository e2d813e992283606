"""C's data types, on which the standard library's `ctypes` stands: structures, unions, arrays, pointers, as they lie in memory.

There are no libraries to be loaded here, so no foreign functions. Programs use the types without them, for what is sent and
received. The memory of an object is a block of its own, or a part of another's. Blocks get addresses when they are asked
for, which mean something to this module alone: it finds the block again by them.
"""

import errno
import struct
from bisect import bisect_right
from weakref import WeakValueDictionary

__version__ = "1.1.0"

RTLD_LOCAL, RTLD_GLOBAL = 0, 0x100
SIZEOF_TIME_T = 8
FUNCFLAG_CDECL, FUNCFLAG_PYTHONAPI, FUNCFLAG_USE_ERRNO, FUNCFLAG_USE_LASTERROR = 0x1, 0x4, 0x8, 0x10

_POINTER_SIZE = struct.calcsize("P")
_WIDE = 4


class ArgumentError(Exception):
    """What a function gets for arguments that it cannot take."""


ArgumentError.__module__ = "ctypes"


class _Block:
    """Memory that belongs together."""

    __slots__ = ("__weakref__", "_address", "data")

    def __init__(self, data) -> None:
        self.data = data
        self._address = 0

    @property
    def address(self) -> int:
        """Where it is, as pointers say."""
        global _next
        if not self._address:
            self._address = _next
            _starts.append(_next)
            _blocks[_next] = self
            _next += len(self.data) + 31 & ~15
        return self._address


#: The blocks that have addresses, and all addresses that were ever given, which rise.
_blocks: WeakValueDictionary[int, _Block] = WeakValueDictionary()
_starts: list[int] = []
_next = 0x10000


def _find(address: int) -> tuple[_Block, int]:
    """The block at the address, and how far within it that is."""
    if not address:
        raise ValueError("NULL pointer access")
    at = bisect_right(_starts, address) - 1
    block = _blocks.get(_starts[at]) if at >= 0 else None
    if block is None or address - _starts[at] > len(block.data):
        raise ValueError(f"there is no memory of ctypes at {address:#x}")
    return block, address - _starts[at]


def _terminated(address: int, size: int = -1, width: int = 1) -> bytes:
    """What stands at the address, up to a NUL, or so many bytes."""
    block, at = _find(address)
    if size >= 0:
        return bytes(block.data[at : at + size])
    end = at
    while end + width <= len(block.data) and any(block.data[end : end + width]):
        end += width
    return bytes(block.data[at:end])


class _Type(type):
    """What all types have. A type's size, its alignment and what struct calls it are attributes of it."""

    def __mul__(cls, length):
        if length < 0:
            raise ValueError(f"Array length must be >= 0, not {length}")
        arrays = cls.__dict__.get("_arrays")
        if arrays is None:
            arrays = {}
            type.__setattr__(cls, "_arrays", arrays)
        if length not in arrays:
            arrays[length] = type(Array)(
                f"{cls.__name__}_Array_{length}", (Array,), {"_type_": cls, "_length_": length}
            )
        return arrays[length]

    __rmul__ = __mul__

    @property
    def __pointer_type__(cls):
        made = cls.__dict__.get("_pointer")
        if made is None:
            raise AttributeError(f"type {cls.__name__} has no attribute '__pointer_type__'")
        return made

    @__pointer_type__.setter
    def __pointer_type__(cls, pointer):
        type.__setattr__(cls, "_pointer", pointer)

    def _at(cls, block: _Block, at: int, base=None):
        """An object in that memory."""
        made = cls.__new__(cls)
        made._block, made._offset, made._b_base_ = block, at, base
        return made

    def from_buffer(cls, source, offset=0, /):
        """An object in the memory of another, which changes with it."""
        if isinstance(source, _Data):
            block, offset, length = source._block, source._offset + offset, sizeof(source) - offset
        else:
            view = memoryview(source)
            if view.readonly:
                raise TypeError("underlying buffer is not writable")
            if not view.c_contiguous:
                raise TypeError("underlying buffer is not C contiguous")
            block, length = _Block(view.cast("B")), view.nbytes - offset
        _fits(cls, offset, length)
        made = cls._at(block, offset)
        made._keep("source", source)
        return made

    def from_buffer_copy(cls, source, offset=0, /):
        """An object with what stands in a buffer."""
        view = memoryview(source).cast("B")
        _fits(cls, offset, len(view) - offset)
        return cls._at(_Block(bytearray(view[offset : offset + cls._size])), 0)

    def from_address(cls, address, /):
        """The object at an address."""
        return cls._at(*_find(address))

    def in_dll(cls, library, name, /):
        """An object that a library has. ValueError: there are no libraries."""
        raise ValueError(f"undefined symbol: {name}")

    def from_param(cls, value, /):
        """What a function takes for an argument of this type."""
        if isinstance(value, cls):
            return value
        if hasattr(value, "_as_parameter_"):
            return cls.from_param(value._as_parameter_)
        raise TypeError(f"expected {cls.__name__} instance instead of {type(value).__name__}")


def _fits(cls, offset: int, length: int) -> None:
    if offset < 0:
        raise ValueError("offset cannot be negative")
    if cls._size > length:
        wanted = f"{cls._size + offset} bytes"
        raise ValueError(f"Buffer size too small ({length + offset} instead of at least {wanted})")


class _Data(metaclass=_Type):
    """What all objects have."""

    __slots__ = ("__dict__", "__weakref__", "_b_base_", "_block", "_objects_kept", "_offset", "_resized")
    _b_needsfree_ = True

    def __new__(cls, *arguments, **keywords):
        if getattr(cls, "_size", None) is None:
            raise TypeError("abstract class")
        self = super().__new__(cls)
        self._block, self._offset, self._b_base_ = None, 0, None
        self._objects_kept, self._resized = None, None
        return self

    def _allocate(self) -> None:
        if self._block is None:
            self._block = _Block(bytearray(type(self)._size))

    def _keep(self, key, value) -> None:
        """Keeps what the memory refers to."""
        root = self if self._b_base_ is None else self._b_base_
        while root._b_base_ is not None:
            root = root._b_base_
        if root._objects_kept is None:
            root._objects_kept = {}
        root._objects_kept[key if root is self else (self._offset, key)] = value

    @property
    def _objects(self):
        return self._objects_kept

    @property
    def _bytes(self) -> bytes:
        return bytes(self._block.data[self._offset : self._offset + sizeof(self)])

    @_bytes.setter
    def _bytes(self, content) -> None:
        self._block.data[self._offset : self._offset + len(content)] = content

    def __buffer__(self, flags):
        return memoryview(self._block.data)[self._offset : self._offset + sizeof(self)]

    def __reduce__(self):
        if _has_pointers(type(self)):
            raise ValueError("ctypes objects containing pointers cannot be pickled")
        return _unpickle, (type(self), (self.__dict__, self._bytes))

    def __setstate__(self, state):
        attributes, content = state
        self.__dict__.update(attributes)
        self._bytes = content


def _unpickle(cls, state):
    made = cls._at(_Block(bytearray(cls._size)), 0)
    made.__setstate__(state)
    return made


def _has_pointers(cls) -> bool:
    if issubclass(cls, (Structure, Union)):
        return any(_has_pointers(field.type) for field in cls._all_fields)
    if issubclass(cls, Array):
        return _has_pointers(cls._type_)
    return issubclass(cls, (_Pointer, CFuncPtr)) or getattr(cls, "_type_", "") in ("z", "Z", "P", "O")


# Simple types.

#: How struct calls each, where it is not by the same letter.
_CODES = {code: code for code in "cbBhHiIlLqQfd?"} | dict.fromkeys("PzZO", "P") | {"g": "d", "u": "I"}
_INTEGERS = "bBhHiIlLqQ"
_SWAPPED = "hHiIlLqQfd"


class _SimpleType(_Type):
    def __init__(cls, name, bases, namespace, swapped=False, **keywords):
        super().__init__(name, bases, namespace)
        code = getattr(cls, "_type_", None)
        if code is None:
            # The class of all simple types.
            cls._size = None
            return
        if not isinstance(code, str) or code not in _CODES:
            letters = "".join(_CODES)
            raise AttributeError(
                "class must define a '_type_' attribute which must be a single character string containing one of"
                f" '{letters}'."
            )
        letter = _CODES[code]
        cls._struct = struct.Struct((">" if swapped else "@") + letter)
        cls._size = cls._align = struct.calcsize(letter)
        cls._code, cls._is_plain = code, bases[0].__dict__.get("_is_root", False)
        if not swapped and code in _SWAPPED:
            cls.__ctype_le__ = cls
            cls.__ctype_be__ = type(cls)(name, bases, dict(namespace), swapped=True)
            cls.__ctype_be__.__ctype_be__, cls.__ctype_be__.__ctype_le__ = cls.__ctype_be__, cls

    def __new__(mcs, name, bases, namespace, **keywords):
        return super().__new__(mcs, name, bases, namespace)

    def from_param(cls, value, /):
        if isinstance(value, cls):
            return value
        if cls._code in "zZP" and (isinstance(value, (_Data, _Reference)) or value is None):
            return value
        if hasattr(value, "_as_parameter_"):
            return cls.from_param(value._as_parameter_)
        return cls(value)


class _SimpleCData(_Data, metaclass=_SimpleType):
    """A number, a character, a pointer without a type."""

    __slots__ = ()
    _is_root = True

    def __init__(self, value=None, /):
        self._allocate()
        if value is not None:
            self.value = value

    @property
    def value(self):
        """The value, as Python has it."""
        code = self._code
        number = self._struct.unpack_from(self._block.data, self._offset)[0]
        if code == "u":
            return chr(number)
        if code == "P":
            return number or None
        if code == "z":
            return _terminated(number) if number else None
        if code == "Z":
            return _terminated(number, width=_WIDE).decode("utf-32-le") if number else None
        if code == "O":
            if not number:
                raise ValueError("PyObject is NULL")
            return _objects[number]
        return number

    @value.setter
    def value(self, value):
        self._struct.pack_into(self._block.data, self._offset, self._lower(value))

    @value.deleter
    def value(self):
        raise TypeError("cannot delete attribute")

    def _lower(self, value):
        """What struct takes for it."""
        code, kind = self._code, type(value).__name__
        if code in _INTEGERS:
            if isinstance(value, float) or not hasattr(value, "__index__"):
                raise TypeError(f"'{kind}' object cannot be interpreted as an integer")
            bits = 8 * self._size
            number = value.__index__() & (1 << bits) - 1
            return number - (1 << bits) if code.islower() and number >> bits - 1 else number
        if code == "?":
            return bool(value)
        if code in "fdg":
            try:
                return float(value)
            except (TypeError, ValueError):
                raise TypeError(f"must be real number, not {kind}") from None
        if code == "c":
            if isinstance(value, int) and 0 <= value < 256:
                return bytes([value])
            if isinstance(value, (bytes, bytearray)) and len(value) == 1:
                return bytes(value)
            told = f"bytes of length {len(value)}" if isinstance(value, (bytes, bytearray)) else kind
            raise TypeError(f"one character bytes, bytearray, or an integer in range(256) expected, not {told}")
        if code == "u":
            if not isinstance(value, str):
                raise TypeError(f"a unicode character expected, not instance of {kind}")
            if len(value) != 1:
                raise TypeError(f"a unicode character expected, not a string of length {len(value)}")
            return ord(value)
        if code == "O":
            _objects[id(value)] = value
            self._keep("value", value)
            return id(value) & (1 << 8 * _POINTER_SIZE) - 1
        return self._lower_pointer(code, value, kind)

    def _lower_pointer(self, code, value, kind) -> int:
        if value is None:
            return 0
        if isinstance(value, int):
            return value & (1 << 8 * _POINTER_SIZE) - 1
        if code == "z" and isinstance(value, bytes):
            block = _Block(bytearray(value + b"\0"))
        elif code == "Z" and isinstance(value, str):
            block = _Block(bytearray((value + "\0").encode("utf-32-le")))
        else:
            wanted = {"z": "bytes or integer address expected", "Z": "unicode string or integer address expected"}
            told = wanted.get(code)
            raise TypeError(f"{told} instead of {kind} instance" if told else "cannot be converted to pointer")
        self._keep("value", block)
        return block.address

    def __bool__(self):
        return any(self._bytes)

    def __repr__(self):
        cls = type(self)
        if not cls._is_plain:
            return object.__repr__(self)
        return f"{cls.__name__}({self.value!r})"


#: What `py_object` refers to.
_objects: dict[int, object] = {}


# Structures and unions.


class CField:
    """A field of a structure or union, as an attribute of the class."""

    def __init__(
        self, *, name, type, byte_size, byte_offset, index, _internal_use=False, bit_size=None, bit_offset=None
    ) -> None:
        if not isinstance(name, str):
            raise TypeError("field name must be str")
        self.name, self.type, self._index = name, type, index
        self.byte_size, self.byte_offset, self.offset = byte_size, byte_offset, byte_offset
        self.is_bitfield, self.is_anonymous = bit_size is not None, False
        self.bit_size = 8 * byte_size if bit_size is None else bit_size
        self.bit_offset = bit_offset or 0
        self.size = (self.bit_size << 16) + self.bit_offset if self.is_bitfield else byte_size

    def __repr__(self):
        if self.is_bitfield:
            where = f"ofs={self.offset}, bit_size={self.bit_size}, bit_offset={self.bit_offset}"
        else:
            where = f"ofs={self.offset}, size={self.size}"
        return f"<ctypes.CField {self.name!r} type={self.type.__name__}, {where}>"

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        found = self.type._at(instance._block, instance._offset + self.offset, instance)
        if self.is_bitfield:
            number = found._struct.unpack_from(found._block.data, found._offset)[0] >> self.bit_offset
            number &= (1 << self.bit_size) - 1
            if self.type._code == "?":
                return bool(number)
            if self.type._code.islower() and number >> self.bit_size - 1:
                number -= 1 << self.bit_size
            return number
        return _lift(found)

    def __set__(self, instance, value):
        if self.is_bitfield:
            self._set_bits(instance, value)
        else:
            _assign(instance, self.type, self.offset, value)

    def __delete__(self, instance):
        raise TypeError("cannot delete attribute")

    def _set_bits(self, instance, value):
        found = self.type._at(instance._block, instance._offset + self.offset, instance)
        if isinstance(value, _SimpleCData):
            value = value.value
        bits = 8 * self.byte_size
        mask = (1 << self.bit_size) - 1 << self.bit_offset
        before = found._struct.unpack_from(found._block.data, found._offset)[0] & (1 << bits) - 1
        number = before & ~mask | found._lower(value) << self.bit_offset & mask
        found._struct.pack_into(found._block.data, found._offset, found._lower(number))

    def _shifted(self, offset: int):
        """The same field, seen from a structure that has this one's at that offset."""
        made = object.__new__(CField)
        made.__dict__.update(self.__dict__)
        made.offset = made.byte_offset = self.offset + offset
        return made


CField.__module__ = "ctypes"


def _lift(found):
    """What Python gets for a field or an item."""
    cls = type(found)
    if isinstance(cls, _SimpleType) and cls._is_plain:
        return found.value
    if isinstance(cls, _ArrayType) and getattr(cls._type_, "_code", "") in ("c", "u"):
        return found.value
    return found


def _assign(instance, cls, offset: int, value) -> None:
    """Sets a field or an item."""
    found = cls._at(instance._block, instance._offset + offset, instance)
    if isinstance(value, cls):
        found._bytes = value._bytes
        instance._keep(offset, value)
    elif isinstance(cls, _SimpleType):
        found.value = value
    elif isinstance(cls, _ArrayType) and getattr(cls._type_, "_code", "") in ("c", "u"):
        wanted = bytes if cls._type_._code == "c" else str
        if not isinstance(value, wanted):
            raise TypeError(f"expected {wanted.__name__}, {type(value).__name__} found")
        if wanted is bytes and len(value) > cls._length_:
            raise ValueError(f"bytes too long ({len(value)}, maximum length {cls._length_})")
        found.value = value
    elif issubclass(cls, _Pointer) and (value is None or isinstance(value, Array) and value._type_ is cls._type_):
        found._address = 0 if value is None else addressof(value)
        instance._keep(offset, value)
    elif isinstance(value, tuple) and issubclass(cls, (Structure, Union, Array)):
        try:
            found._bytes = cls(*value)._bytes
        except Exception as failure:
            raise RuntimeError(f"({cls.__name__}) {type(failure)}: {failure}") from None
    else:
        raise TypeError(f"incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance")


class _RecordType(_Type):
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
        if "_is_root" in namespace or namespace.get("_abstract_"):
            cls._size, cls._all_fields = None, ()
        elif "_fields_" in namespace:
            cls._fields_ = namespace["_fields_"]
        elif getattr(cls, "_size", None) is None:
            type.__setattr__(cls, "_size", 0)
            type.__setattr__(cls, "_align", 1)
            type.__setattr__(cls, "_format", "B")

    def __setattr__(cls, name, value):
        super().__setattr__(name, value)
        if name == "_fields_":
            cls._lay_out(value)

    def _lay_out(cls, fields) -> None:
        from ctypes._layout import get_layout

        base = next((base for base in cls.__mro__[1:] if isinstance(base, _RecordType) and base._size), None)
        layout = get_layout(cls, fields, issubclass(cls, Structure), base)
        own = []
        for field in layout.fields:
            if isinstance(field.type, _RecordType):
                field.type._is_final = True
            own.append(field)
            type.__setattr__(cls, field.name, field)
        type.__setattr__(cls, "_size", layout.size)
        type.__setattr__(cls, "_align", layout.align)
        type.__setattr__(cls, "_format", layout.format_spec)
        type.__setattr__(cls, "_all_fields", (*(base._all_fields if base else ()), *own))
        by_name = {field.name: field for field in own}
        for name in cls.__dict__.get("_anonymous_", ()):
            if name not in by_name:
                raise AttributeError(f"{name}")
            inner = by_name[name]
            inner.is_anonymous = True
            for field in vars(inner.type).values():
                if isinstance(field, CField) and field.name not in by_name:
                    type.__setattr__(cls, field.name, field._shifted(inner.offset))


class _StructureType(_RecordType):
    pass


class _UnionType(_RecordType):
    pass


class _Record(_Data):
    __slots__ = ()

    def __init__(self, *arguments, **keywords):
        self._allocate()
        names = [field.name for field in type(self)._all_fields]
        for name, value in zip(names, arguments):
            if name in keywords:
                raise TypeError(f"duplicate values for field {name!r}")
            setattr(self, name, value)
        if len(arguments) > len(names):
            raise TypeError("too many initializers")
        for name, value in keywords.items():
            setattr(self, name, value)


class Structure(_Record, metaclass=_StructureType):
    """A structure: one field after another."""

    __slots__ = ()
    _is_root = True


class Union(_Record, metaclass=_UnionType):
    """A union: all fields in one place."""

    __slots__ = ()
    _is_root = True


# Arrays.


class _ArrayType(_Type):
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
        if not any(isinstance(base, _ArrayType) for base in bases):
            cls._size = None
            return
        length, kind = getattr(cls, "_length_", None), getattr(cls, "_type_", None)
        if length is None:
            raise AttributeError("class must define a '_length_' attribute")
        if kind is None:
            raise AttributeError("class must define a '_type_' attribute")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        cls._size, cls._align = kind._size * length, kind._align
        code = getattr(kind, "_code", "")
        if code == "c":
            cls.value, cls.raw = _characters, _raw
        elif code == "u":
            cls.value = _wide_characters

    def from_param(cls, value, /):
        if isinstance(value, bytes) and getattr(cls._type_, "_code", "") == "c":
            if len(value) > cls._length_:
                raise ValueError("Invalid length")
            made = cls()
            made.raw = value
            return made
        return cls(*value) if isinstance(value, tuple) else super().from_param(value)


class Array(_Data, metaclass=_ArrayType):
    """So many items of one type."""

    __slots__ = ()

    def __init__(self, *items):
        self._allocate()
        if len(items) > self._length_:
            raise IndexError("invalid index")
        for at, item in enumerate(items):
            self[at] = item

    def __len__(self):
        return self._length_

    def _item(self, at: int):
        kind = self._type_
        return _lift(kind._at(self._block, self._offset + at * kind._size, self))

    def __getitem__(self, index):
        if isinstance(index, slice):
            return _joined(self._type_, [self._item(at) for at in range(*index.indices(self._length_))])
        return self._item(self._index(index))

    def __setitem__(self, index, value):
        if isinstance(index, slice):
            places = range(*index.indices(self._length_))
            if len(places) != len(value):
                raise ValueError("Can only assign sequence of same size")
            for at, item in zip(places, value):
                self[at] = item
            return
        _assign(self, self._type_, self._index(index) * self._type_._size, value)

    def _index(self, index) -> int:
        if not hasattr(index, "__index__"):
            raise TypeError("indices must be integers")
        at = index.__index__()
        at += self._length_ if at < 0 else 0
        if not 0 <= at < self._length_:
            raise IndexError("invalid index")
        return at

    def __iter__(self):
        return map(self._item, range(self._length_))


def _joined(kind, items):
    """Items of a slice."""
    code = getattr(kind, "_code", "")
    return b"".join(items) if code == "c" else "".join(items) if code == "u" else items


def _set_raw(self, content) -> None:
    content = bytes(memoryview(content))
    if len(content) > sizeof(self):
        raise ValueError("byte string too long")
    self._bytes = content


def _set_characters(self, content) -> None:
    if not isinstance(content, bytes):
        raise TypeError(f"bytes expected instead of {type(content).__name__} instance")
    if len(content) > sizeof(self):
        raise ValueError("byte string too long")
    self._bytes = content + b"\0" if len(content) < sizeof(self) else content


def _set_wide_characters(self, text) -> None:
    if not isinstance(text, str):
        raise TypeError(f"unicode string expected instead of {type(text).__name__} instance")
    if len(text) > self._length_:
        raise ValueError("string too long")
    self._bytes = (text + "\0" if len(text) < self._length_ else text).encode("utf-32-le")


_raw = property(lambda self: self._bytes, _set_raw, doc="All bytes.")
_characters = property(lambda self: self._bytes.partition(b"\0")[0], _set_characters, doc="The bytes up to a NUL.")
_wide_characters = property(
    lambda self: self._bytes.decode("utf-32-le").partition("\0")[0], _set_wide_characters, doc="The text up to a NUL."
)


# Pointers.


class _PointerType(_Type):
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
        cls._size = cls._align = _POINTER_SIZE if bases and bases[0] is not _Data else None
        kind = namespace.get("_type_")
        if kind is not None:
            if not isinstance(kind, _Type):
                raise TypeError("_type_ must have storage info")
            if "_pointer" not in kind.__dict__:
                kind.__pointer_type__ = cls

    def set_type(cls, kind, /):
        """Sets the type of what it points to."""
        cls._type_ = kind

    def from_param(cls, value, /):
        if value is None:
            return value
        if isinstance(value, _Reference) and isinstance(value._obj, cls._type_):
            return value
        if isinstance(value, cls._type_):
            return byref(value)
        if isinstance(value, (Array, _Pointer)) and issubclass(value._type_, cls._type_):
            return value
        return super().from_param(value)


class _Pointer(_Data, metaclass=_PointerType):
    """A pointer to an object of one type."""

    __slots__ = ()

    def __new__(cls, *arguments):
        if getattr(cls, "_type_", None) is None:
            raise TypeError("Cannot create instance: has no _type_")
        return super().__new__(cls)

    def __init__(self, target=None, /):
        self._allocate()
        if target is not None:
            self.contents = target

    @property
    def _address(self) -> int:
        return struct.unpack_from("P", self._block.data, self._offset)[0]

    @_address.setter
    def _address(self, address: int) -> None:
        struct.pack_into("P", self._block.data, self._offset, address)

    @property
    def contents(self):
        """What it points to."""
        return self._type_.from_address(self._address)

    @contents.setter
    def contents(self, target):
        if not isinstance(target, self._type_):
            raise TypeError(f"expected {self._type_.__name__} instead of {type(target).__name__}")
        self._address = addressof(target)
        self._keep("contents", target)

    def _item(self, at: int):
        return self._type_.from_address(self._address + at * self._type_._size)

    def __getitem__(self, index):
        if isinstance(index, slice):
            if index.stop is None:
                raise ValueError("slice stop is required")
            places = range(index.start or 0, index.stop, index.step or 1)
            return _joined(self._type_, [self[at] for at in places])
        return _lift(self._item(index))

    def __setitem__(self, index, value):
        _assign(self._item(index), self._type_, 0, value)

    def __bool__(self):
        return self._address != 0


class _Reference:
    """What `byref` gives: the address of an object, as an argument."""

    __slots__ = ("_obj", "_offset")

    def __init__(self, target, offset) -> None:
        self._obj, self._offset = target, offset

    def __repr__(self):
        return f"<cparam 'P' ({addressof(self._obj) + self._offset:#x})>"


# Functions.


class _FunctionType(_Type):
    def __init__(cls, name, bases, namespace, **keywords):
        super().__init__(name, bases, namespace)
        cls._size = cls._align = _POINTER_SIZE


class CFuncPtr(_Data, metaclass=_FunctionType):
    """A function: of Python's, or of this module's by its address. Those of libraries are not there."""

    __slots__ = ("_call", "argtypes", "errcheck", "restype")
    _flags_ = FUNCFLAG_CDECL

    def __init__(self, target=0, *rest):
        self._allocate()
        self._call = None
        self.restype = getattr(type(self), "_restype_", None)
        self.argtypes = getattr(type(self), "_argtypes_", None)
        self.errcheck = None
        if isinstance(target, tuple):
            name, library = target
            raise AttributeError(f"undefined symbol: {name}; there are no foreign functions in WebAssembly")
        if callable(target):
            self._call = target
            self._keep("function", target)
        elif target in _OWN:
            self._call = _OWN[target]
        elif target:
            raise ValueError(f"there is no function at {target:#x}")

    def __bool__(self):
        return self._call is not None

    def __call__(self, *arguments, **keywords):
        if self._call is None:
            raise ValueError("NULL function pointer")
        return self._call(*arguments)


def _address(value) -> int:
    """The address that an argument is."""
    if value is None:
        return 0
    if isinstance(value, int):
        return value
    if isinstance(value, _Reference):
        return addressof(value._obj) + value._offset
    if isinstance(value, _Pointer):
        return value._address
    if isinstance(value, _SimpleCData) and value._code in "zZP":
        return value._struct.unpack_from(value._block.data, value._offset)[0]
    if isinstance(value, _Data):
        return addressof(value)
    if isinstance(value, (bytes, str)):
        content = value + b"\0" if isinstance(value, bytes) else (value + "\0").encode("utf-32-le")
        block = _Block(bytearray(content))
        _literals[value] = block
        return block.address
    raise ArgumentError(f"argument 1: TypeError: 'wrong type': {type(value).__name__}")


#: The memory of bytes and texts whose addresses were asked for.
_literals: dict[bytes | str, _Block] = {}


def _memmove(target, source, count):
    block, at = _find(_address(target))
    block.data[at : at + count] = source[:count] if isinstance(source, bytes) else _terminated(_address(source), count)
    return _address(target)


def _memset(target, value, count):
    block, at = _find(_address(target))
    block.data[at : at + count] = bytes([value & 0xFF]) * count
    return _address(target)


def _string_at(source, size=-1):
    if isinstance(source, bytes):
        return source.partition(b"\0")[0] if size < 0 else source[:size]
    return _terminated(_address(source), size)


def _wstring_at(source, size=-1):
    size = size if size < 0 else size * _WIDE
    return _terminated(_address(source), size, _WIDE).decode("utf-32-le")


def _memoryview_at(source, size, readonly=False):
    block, at = _find(_address(source))
    view = memoryview(block.data)[at : at + size]
    return view.toreadonly() if readonly else view


def _cast(target, source, kind):
    if not issubclass(kind, (_Pointer, CFuncPtr)) and getattr(kind, "_code", "") not in ("z", "Z", "P"):
        raise TypeError(f"cast() argument 2 must be a pointer, not {kind.__name__}")
    made = kind()
    struct.pack_into("P", made._block.data, made._offset, _address(target))
    made._keep("cast", source)
    return made


_memmove_addr, _memset_addr, _string_at_addr, _cast_addr, _memoryview_at_addr, _wstring_at_addr = range(1, 7)
_OWN = {
    _memmove_addr: _memmove,
    _memset_addr: _memset,
    _string_at_addr: _string_at,
    _cast_addr: _cast,
    _memoryview_at_addr: _memoryview_at,
    _wstring_at_addr: _wstring_at,
}


def dlopen(name, flags=RTLD_LOCAL, /):
    """The program itself, which exports nothing. OSError: there are no libraries."""
    if name is None:
        return 0
    raise OSError(f"{name}: WebAssembly cannot load shared libraries")


def sizeof(value, /) -> int:
    """The size of a type, or of an object, in bytes."""
    cls = value if isinstance(value, type) else type(value)
    size = getattr(cls, "_size", None) if isinstance(cls, _Type) else None
    if size is None:
        raise TypeError("this type has no size")
    return size if value is cls else value._resized or size


def alignment(value, /) -> int:
    """The alignment of a type, or of an object, in bytes."""
    cls = value if isinstance(value, type) else type(value)
    if not isinstance(cls, _Type) or getattr(cls, "_align", None) is None:
        raise TypeError("no alignment info")
    return cls._align


def byref(target, offset=0, /):
    """What a function takes for the address of the object."""
    if not isinstance(target, _Data):
        raise TypeError(f"byref() argument must be a ctypes instance, not '{type(target).__name__}'")
    return _Reference(target, offset)


def addressof(target, /) -> int:
    """The address of the object."""
    if not isinstance(target, _Data):
        raise TypeError("invalid type")
    return target._block.address + target._offset


def resize(target, size, /) -> None:
    """Makes an object longer that has memory of its own."""
    if not isinstance(target, _Data):
        raise TypeError("excepted ctypes instance")
    if size < type(target)._size:
        raise ValueError(f"minimum size is {type(target)._size}")
    if target._b_base_ is not None or not isinstance(target._block.data, bytearray):
        raise ValueError("Memory cannot be resized because this object doesn't own it")
    target._block = _Block(target._block.data[:size].ljust(size, b"\0"))
    target._resized = size


def buffer_info(value, /):
    """What the buffer of a type or object is called, how many dimensions it has, and their lengths."""
    cls, shape = value if isinstance(value, type) else type(value), []
    while isinstance(cls, _ArrayType):
        shape.append(cls._length_)
        cls = cls._type_
    if isinstance(cls, _SimpleType):
        name = (">" if cls._struct.format.startswith(">") else "<") + cls._code
    else:
        name = getattr(cls, "_format", "B")
    return name, len(shape), tuple(shape)


_errno = 0


def get_errno() -> int:
    """The number of the last error that a foreign function left."""
    return _errno


def set_errno(value, /) -> int:
    """Sets that number, and returns the one before."""
    global _errno
    before, _errno = _errno, value
    return before


def call_function(*arguments):
    """Calls a foreign function. OSError: there are none."""
    raise OSError(errno.ENOSYS, "there are no foreign functions in WebAssembly")


for _cls in (Structure, Union, Array, _Pointer, CFuncPtr, _SimpleCData):
    _cls.__module__ = "_ctypes"
