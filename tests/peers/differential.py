"""Makes the calls of scripts, line by line, and prints the answer to each: CPython's side of tests/tests/differential.rs.

The guest program of the same name is the other side. The script is on stdin; arguments are the directory and the tag that
`{dir}` and `{tag}` in it stand for. tests/scripts/README.md tells what a line is.
"""

import ctypes
import errno
import re
import select
import socket
import struct
import sys

DIRECTORY, TAG = sys.argv[1:]
LIBC = ctypes.CDLL(None, use_errno=True)
MSG_NOSIGNAL = 0x4000


class Missing(Exception):
    """There is nothing of that name, for the call that should have made it failed."""


class Script:
    def __init__(self):
        self.things = {}

    def close(self):
        for thing in self.things.values():
            if hasattr(thing, "close"):
                try:
                    thing.close()
                except OSError:
                    pass
        self.things.clear()
        socket.setdefaulttimeout(None)

    def thing(self, name):
        if name not in self.things:
            raise Missing
        return self.things[name]

    def run(self, line):
        left, equals, right = line.partition(" = ")
        names, words = (left.split(), right.split()) if equals else ([], line.split())
        try:
            answer, made = self.perform(words)
            # What takes another thing's name takes its place.
            for name, thing in zip(names, made):
                self.things[name] = thing
            return answer
        except Missing:
            return "missing"
        except TimeoutError as error:
            return "timeout" if error.errno is None else f"errno {error.errno}"
        except (socket.gaierror, socket.herror) as error:
            return f"{type(error).__name__} {error.errno} {error.strerror}"
        except OSError as error:
            return f"invalid: {error}" if error.errno is None else f"errno {error.errno}"
        except (ValueError, TypeError, OverflowError) as error:
            return f"invalid: {error}"

    def perform(self, words):
        """The answer, and the things that were made."""
        first, rest = words[0], words[1:]
        if hasattr(self, "call_" + first):
            result = getattr(self, "call_" + first)(*rest)
        elif hasattr(self, "on_" + rest[0]):
            result = getattr(self, "on_" + rest[0])(self.thing(first), *rest[1:])
        else:
            raise AssertionError(f"no call {words}")
        return result if isinstance(result, tuple) else (shown(result), ())

    # Arguments.

    def port(self, word):
        return self.thing(word[1:]).getsockname()[1] if word.startswith("@") else int(word)

    def address(self, word):
        kind, _, rest = word.partition("/")
        if kind == "inet":
            host, port = rest.split("/")
            return host, self.port(port)
        if kind == "inet6":
            host, port, flow, scope = rest.split("/")
            return host, self.port(port), int(flow), int(scope)
        if kind == "unix":
            return unescaped(rest)
        if kind == "local":
            return self.thing(rest).getsockname()
        if kind == "peer":
            return self.thing(rest).getpeername()
        if kind in ("raw", "typed"):
            return Raw(rest)
        if kind in TUPLES:
            return tuple(field(value) for field, value in zip(TUPLES[kind], rest.split("/"), strict=True))
        if kind in BLUETOOTH:
            return Raw(BLUETOOTH[kind](*rest.split("/")).hex())
        raise AssertionError(f"no address {word}")

    def control(self, word):
        if word == "-":
            return []
        return [self.control_message(*message.split(":")) for message in word.split(",")]

    def control_message(self, level, kind, data):
        if level == "rights":
            numbers = [self.thing(name).fileno() for name in data.split("+")] if kind == "" else []
            return 1, 1, b"".join(number.to_bytes(4, sys.byteorder, signed=True) for number in numbers)
        return int(level), int(kind), content(data)

    # Calls of the module.

    def call_socket(self, *numbers):
        return "ok", [socket.socket(*map(int, numbers))]

    def call_socketpair(self, *numbers):
        return "ok", socket.socketpair(*map(int, numbers))

    def call_raw_socket(self, *numbers):
        return "ok", [socket.socket(fileno=native("socket", *map(int, numbers)))]

    def call_raw_socketpair(self, *numbers):
        fds = (ctypes.c_int * 2)()
        native("socketpair", *map(int, numbers), fds)
        return "ok", [socket.socket(fileno=fd) for fd in fds]

    def call_from_fileno(self, number):
        return "ok", [socket.socket(fileno=self.thing(number))]

    def call_fromfd(self, name):
        thing = self.thing(name)
        number = thing if isinstance(thing, int) else thing.fileno()
        return "ok", [socket.fromfd(number, socket.AF_UNIX, socket.SOCK_STREAM)]

    def call_closefd(self, name):
        return socket.close(self.thing(name))

    def call_create_connection(self, address, timeout, source):
        options = {} if timeout == "-" else {"timeout": float(timeout)}
        source = None if source == "-" else self.address(source)
        return "ok", [socket.create_connection(self.address(address), source_address=source, **options)]

    def call_create_server(self, address, family, backlog, reuse_port, dualstack):
        flags = {"reuse_port": reuse_port == "1", "dualstack_ipv6": dualstack == "1"}
        address = self.address(address)
        return "ok", [socket.create_server(address, family=int(family), backlog=int(backlog), **flags)]

    def call_poll(self, limit, *interests):
        sockets = [interest.split(":") for interest in interests]
        poll = select.poll()
        for name, events in sockets:
            poll.register(self.thing(name), int(events))
        ready = dict(poll.poll(float(limit) * 1000))
        return " ".join(str(ready.get(self.thing(name).fileno(), 0)) for name, _ in sockets), ()

    def call_setdefaulttimeout(self, limit):
        return socket.setdefaulttimeout(seconds(limit))

    def call_getdefaulttimeout(self):
        return Limit(socket.getdefaulttimeout())

    def call_getaddrinfo(self, host, service, *numbers):
        infos = socket.getaddrinfo(text(host), text(service), *map(int, numbers))
        return " ".join(map(information, infos)), ()

    def call_getnameinfo(self, address, flags):
        host, service = socket.getnameinfo(self.address(address), int(flags))
        return f"{host} {service}", ()

    def call_gethostbyname(self, name):
        return socket.gethostbyname(text(name))

    def call_gethostbyname_ex(self, name):
        return host(socket.gethostbyname_ex(text(name)))

    def call_gethostbyaddr(self, name):
        return host(socket.gethostbyaddr(text(name)))

    def call_getfqdn(self, name):
        return socket.getfqdn(text(name))

    def call_gethostname(self):
        return socket.gethostname()

    def call_getservbyname(self, name, protocol):
        return socket.getservbyname(text(name), *([] if protocol == "-" else [text(protocol)]))

    def call_getservbyport(self, port, protocol):
        return socket.getservbyport(int(port), *([] if protocol == "-" else [text(protocol)]))

    def call_getprotobyname(self, name):
        return socket.getprotobyname(text(name))

    def call_inet_aton(self, address):
        return socket.inet_aton(text(address))

    def call_inet_ntoa(self, data):
        return socket.inet_ntoa(content(data))

    def call_inet_pton(self, family, address):
        return socket.inet_pton(int(family), text(address))

    def call_inet_ntop(self, family, data):
        try:
            return socket.inet_ntop(int(family), content(data))
        except ValueError as error:
            # It may end with the family's number.
            raise ValueError(str(error).removesuffix(f" {family}")) from None

    def call_if_nameindex(self):
        return " ".join(f"{index}:{name}" for index, name in socket.if_nameindex()), ()

    def call_if_nametoindex(self, name):
        try:
            return socket.if_nametoindex(text(name))
        except OSError:
            # Only since 3.14 is the number told.
            raise OSError(errno.ENODEV, "no such interface") from None

    def call_if_indextoname(self, index):
        return socket.if_indextoname(int(index))

    def call_has_dualstack_ipv6(self):
        return socket.has_dualstack_ipv6()

    def call_cmsg(self, length):
        return f"{socket.CMSG_LEN(int(length))} {socket.CMSG_SPACE(int(length))}", ()

    # Calls of a socket.

    def on_facts(self, thing):
        return f"{int(thing.family)} {int(thing.type)} {thing.proto}", ()

    def on_fileno(self, thing):
        return thing.fileno()

    def on_detach(self, thing):
        name = next(name for name, other in self.things.items() if other is thing)
        del self.things[name]
        return "ok", [thing.detach()]

    def on_dup(self, thing):
        return "ok", [thing.dup()]

    def on_close(self, thing):
        return thing.close()

    def on_bind(self, thing, word):
        address = self.address(word)
        return address.call("bind", thing) if isinstance(address, Raw) else thing.bind(address)

    def on_connect(self, thing, word):
        address = self.address(word)
        return address.call("connect", thing) if isinstance(address, Raw) else thing.connect(address)

    def on_connect_ex(self, thing, word):
        address = self.address(word)
        if not isinstance(address, Raw):
            return thing.connect_ex(address)
        try:
            address.call("connect", thing)
        except OSError as error:
            return error.errno
        return 0

    def on_listen(self, thing, backlog):
        return thing.listen(int(backlog))

    def on_raw_listen(self, thing, backlog):
        native("listen", thing.fileno(), int(backlog))

    def on_accept(self, thing):
        accepted, peer = thing.accept()
        return address_text(peer, thing), [accepted]

    def on_getsockname(self, thing):
        return address_text(name_of(thing, "getsockname"), thing), ()

    def on_getpeername(self, thing):
        return address_text(name_of(thing, "getpeername"), thing), ()

    def on_shutdown(self, thing, how):
        return thing.shutdown(int(how))

    def on_send(self, thing, data, flags="0"):
        return thing.send(content(data), int(flags))

    def on_sendall(self, thing, data, flags="0"):
        return thing.sendall(content(data), int(flags))

    def on_sendto(self, thing, data, flags, word):
        address = self.address(word)
        if isinstance(address, Raw):
            return address.call("sendto", thing, content(data), int(flags))
        return thing.sendto(content(data), int(flags), address)

    def on_sendmsg(self, thing, buffers, control="-", flags="0", address="-"):
        address = None if address == "-" else self.address(address)
        return thing.sendmsg(contents(buffers), self.control(control), int(flags), address)

    def on_recv(self, thing, size, flags="0"):
        return thing.recv(int(size), int(flags))

    def on_recvfrom(self, thing, size, flags="0"):
        data, address = thing.recvfrom(int(size), int(flags))
        return f"{shown(data)} {address_text(address, thing)}", ()

    def on_recv_into(self, thing, size, flags="0"):
        buffer = bytearray(int(size))
        return f"{thing.recv_into(buffer, 0, int(flags))} {shown(bytes(buffer))}", ()

    def on_recvfrom_into(self, thing, size, flags="0"):
        buffer = bytearray(int(size))
        count, address = thing.recvfrom_into(buffer, 0, int(flags))
        return f"{count} {shown(bytes(buffer))} {address_text(address, thing)}", ()

    def on_recvmsg(self, thing, size, room="0", flags="0"):
        data, ancillary, flags, address = thing.recvmsg(int(size), int(room), int(flags))
        return message(shown(data), ancillary, flags, address_text(address, thing))

    def on_recvmsg_into(self, thing, sizes, room="0", flags="0"):
        buffers = [bytearray(int(size)) for size in sizes.split("+")]
        count, ancillary, flags, address = thing.recvmsg_into(buffers, int(room), int(flags))
        data = "+".join(shown(bytes(buffer)) for buffer in buffers)
        return message(f"{count} {data}", ancillary, flags, address_text(address, thing))

    def on_send_fds(self, thing, buffers, names, flags="0"):
        numbers = [self.thing(name).fileno() for name in names.split("+")]
        return socket.send_fds(thing, contents(buffers), numbers, int(flags))

    def on_recv_fds(self, thing, size, most, flags="0"):
        data, numbers, flags, address = socket.recv_fds(thing, int(size), int(most), int(flags))
        address = address_text(address, thing)
        return f"{shown(data)} {len(numbers)} {flags} {address}", [socket.socket(fileno=fd) for fd in numbers]

    def on_settimeout(self, thing, limit):
        return thing.settimeout(seconds(limit))

    def on_gettimeout(self, thing):
        return Limit(thing.gettimeout())

    def on_setblocking(self, thing, blocking):
        return thing.setblocking(blocking == "1")

    def on_getblocking(self, thing):
        return thing.getblocking()

    def on_get_inheritable(self, thing):
        return thing.get_inheritable()

    def on_set_inheritable(self, thing, inheritable):
        return thing.set_inheritable(inheritable == "1")

    def on_getsockopt(self, thing, level, name):
        return thing.getsockopt(int(level), int(name))

    def on_getsockopt_bytes(self, thing, level, name, size):
        return thing.getsockopt(int(level), int(name), int(size))

    def on_raw_getsockopt(self, thing, level, name, size):
        value, length = ctypes.create_string_buffer(1024), ctypes.c_int(int(size))
        native("getsockopt", thing.fileno(), int(level), int(name), value, ctypes.byref(length))
        return value.raw[: length.value]

    def on_setsockopt(self, thing, level, name, value):
        if value == "-" or value[0] == "x":
            return thing.setsockopt(int(level), int(name), content(value[1:] or "-"))
        if value[0] == "n":
            return thing.setsockopt(int(level), int(name), None, int(value[1:]))
        return thing.setsockopt(int(level), int(name), int(value))

    def on_sendfile(self, thing, name, offset, count):
        with open(f"{DIRECTORY}/{name}", "rb") as file:
            return thing.sendfile(file, int(offset), None if count == "-" else int(count))

    # A socket as a file.

    def on_makefile(self, thing):
        return "ok", [thing.makefile("rwb")]

    def on_write(self, thing, data):
        return thing.write(content(data))

    def on_flush(self, thing):
        return thing.flush()

    def on_readline(self, thing):
        return thing.readline()

    def on_read(self, thing, size):
        return thing.read(int(size))


# The addresses of families: what each field of their tuples is.
TUPLES = {
    "netlink": (int, int),
    "packet": (str, int, int, int, bytes.fromhex),
    "vsock": (int, int),
    "can": (str,),
    "isotp": (str, int, int),
    "j1939": (str, int, int, int),
    "alg": (str, str, int, int),
    "tipc": (int, int, int, int, int),
    "qipcrtr": (int, int),
}


def device(word):
    return bytes(int(part, 16) for part in reversed(word.split(":")))


# Those of Bluetooth by their bytes, for many a CPython is built without them: struct sockaddr_l2, _rc, _hci, _sco.
BLUETOOTH = {
    "l2cap": lambda bd, psm, cid, kind: struct.pack("<HH6sHBx", 31, int(psm), device(bd), int(cid), int(kind)),
    "rfcomm": lambda bd, channel: struct.pack("<H6sBx", 31, device(bd), int(channel)),
    "hci": lambda number, channel: struct.pack("<HHH", 31, int(number), int(channel)),
    "sco": lambda bd: struct.pack("<H6s", 31, device(bd)),
}


def name_of(thing, function):
    """The address of a socket or of its peer."""
    if thing.family != 31:
        return getattr(thing, function)()
    raw, length = ctypes.create_string_buffer(128), ctypes.c_int(128)
    native(function, thing.fileno(), raw, ctypes.byref(length))
    return 31, raw.raw[2 : length.value]


def bluetooth_fields(raw, protocol):
    """What CPython's tuples are made of, from the bytes after the family."""
    if protocol == 1:
        number, channel = struct.unpack_from("<HH", raw)
        return (number, channel) if channel else (number,)
    if protocol == 0:
        (psm,) = struct.unpack_from("<H", raw)
        cid, kind = struct.unpack_from("<HB", raw, 8)
        fields, raw = (psm, cid, kind) if kind else (psm, cid) if cid else (psm,), raw[2:]
    else:
        fields = (raw[6],) if protocol == 3 else ()
    return ":".join(f"{byte:02X}" for byte in reversed(raw[:6])), *fields


class Raw:
    """An address by its bytes, the family first."""

    def __init__(self, word):
        self.bytes = bytes.fromhex(word)

    def call(self, function, thing, data=None, flags=0):
        before = () if data is None else (data, ctypes.c_size_t(len(data)), flags | MSG_NOSIGNAL)
        result = native(function, thing.fileno(), *before, self.bytes, len(self.bytes))
        return None if data is None else result


class Limit:
    """A time limit, for `shown`."""

    def __init__(self, limit):
        self.limit = limit


def native(function, *arguments):
    result = getattr(LIBC, function)(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), function)
    return result


def seconds(word):
    return None if word == "-" else float(word)


def text(word):
    return {"-": None, "''": ""}.get(word, word.replace("~", " "))


def unescaped(word):
    # A path of so many bytes.
    word = re.sub(r"{dir:(\d+)}", lambda match: (DIRECTORY + "/").ljust(int(match[1]), "p"), word)
    word = word.replace("{dir}", DIRECTORY).replace("{tag}", TAG).encode()
    return re.sub(rb"\\x([0-9a-f]{2})", lambda match: bytes.fromhex(match[1].decode()), word)


def escaped(data):
    return "".join(chr(byte) if 0x21 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}" for byte in data)


def content(word):
    if word == "-":
        return b""
    if word.startswith("*"):
        return bytes((at * 31 + at // 251) % 256 for at in range(int(word[1:])))
    return bytes.fromhex(word)


def contents(words):
    return [content(word) for word in words.split("+")]


def shown(result):
    if result is None:
        return "ok"
    if isinstance(result, Limit):
        return "none" if result.limit is None else f"{result.limit:.9f}"
    if isinstance(result, bool):
        return str(int(result))
    if isinstance(result, bytes):
        return "x" + result.hex()
    return str(result)


def address_text(address, thing):
    family = thing.family if isinstance(thing, socket.socket) else thing
    # What has no family has no more to tell.
    if address is None or (isinstance(address, tuple) and address[0] == 0 and isinstance(address[-1], bytes)):
        return "none"
    if family == 31:
        address = bluetooth_fields(address[1], thing.proto)
    if isinstance(address, str):
        address = address.encode("utf-8", "surrogateescape")
    if isinstance(address, bytes):
        return "unix/" + escaped(address)
    names = {socket.AF_INET: "inet", socket.AF_INET6: "inet6", socket.AF_RDS: "inet"}
    if family == socket.AF_PACKET:
        # CPython tells protocols from 0x8000 on as negative numbers.
        address = address[0], address[1] % 65536, *address[2:4], "x" + address[4].hex()
    # A socket of AF_INET6 may have become one of AF_INET: IPV6_ADDRFORM.
    name = {2: "inet", 4: "inet6"}[len(address)] if family in names else str(int(family))
    return "/".join([name, *map(str, address)])


def message(data, ancillary, flags, address):
    made, control = [], []
    for level, kind, content in ancillary:
        if (level, kind) == (1, 1):
            numbers = [content[at : at + 4] for at in range(0, len(content) - 3, 4)]
            made += [socket.socket(fileno=int.from_bytes(number, sys.byteorder)) for number in numbers]
            control.append(f"rights:{len(numbers)}")
        else:
            control.append(f"{level}:{kind}:{content.hex()}")
    return f"{data} [{','.join(control)}] {flags} {address}", made


def information(info):
    family, kind, protocol, name, address = info
    return f"{int(family)}:{int(kind)}:{protocol}:{name}:{address_text(address, family)}"


def host(entry):
    name, aliases, addresses = entry
    return f"{name} [{','.join(aliases)}] [{','.join(addresses)}]"


def main():
    script = Script()
    for line in sys.stdin.read().splitlines():
        if line.startswith("#"):
            script.close()
            print(line, flush=True)
        else:
            print(script.run(line), flush=True)
    script.close()


main()
