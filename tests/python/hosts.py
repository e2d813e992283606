"""Prints what names of hosts are refused, and how, natively and in a guest alike."""

import socket

LONG = "a" * 64
NAMES = "a..b", ".a", LONG, f"{LONG}.com", "\xe9" * 70, "\ud800", "\xad", "\u3002a", "xn--\xe9", "a\0b"
BYTES = b"a\0b", bytearray(b"a\0b")


def tell(what, call, *arguments):
    try:
        answer = call(*arguments)
    except UnicodeError:
        answer = "UnicodeError"
    except Exception as error:
        answer = type(error).__name__, str(error)
    print(f"{what}: {answer}")


for name in (*NAMES, *BYTES, 5, None, "127.0.0.1", b"127.0.0.1", bytearray(b"127.0.0.1"), "127.0.0.1."):
    for function in socket.gethostbyname, socket.gethostbyname_ex, socket.gethostbyaddr:
        # What the host knows of itself, and its name server.
        if function != socket.gethostbyaddr or not isinstance(name, (bytes, bytearray)) and name != "127.0.0.1":
            tell(f"{function.__name__} {name!a}", function, name) if name != "127.0.0.1." else None
for name in NAMES:
    if not name.isascii():
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        tell(f"connect {name!a}", sock.connect, (name, 9))
        tell(f"getaddrinfo {name!a}", socket.getaddrinfo, name, 9)
