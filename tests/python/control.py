"""What fcntl and ioctl do with sockets; prints what a native CPython prints."""

import array
import errno
import fcntl
import os
import select
import socket
import struct
import termios

SIOCGIFNAME, SIOCGIFFLAGS, SIOCGIFADDR, SIOCGIFNETMASK, SIOCGIFMTU, SIOCGIFHWADDR, SIOCGIFINDEX = (
    0x8910, 0x8913, 0x8915, 0x891B, 0x8921, 0x8927, 0x8933
)  # fmt: skip


def blocks(sock):
    return not fcntl.fcntl(sock, fcntl.F_GETFL) & os.O_NONBLOCK


def told(call, *arguments):
    try:
        print(call(*arguments))
    except Exception as error:
        print(type(error).__name__, errno.errorcode.get(getattr(error, "errno", None), error))


# Whether a socket blocks is its own, and whether there is a time limit is the object's.
left, right = socket.socketpair()
flags = fcntl.fcntl(left, fcntl.F_GETFL)
print(blocks(left), flags & os.O_ACCMODE == os.O_RDWR)
fcntl.fcntl(left, fcntl.F_SETFL, flags | os.O_NONBLOCK)
print(left.gettimeout(), left.getblocking(), blocks(left))
told(left.recv, 1)
os.set_blocking(left.fileno(), True)
left.settimeout(0.01)
print(blocks(left))
told(left.recv, 1)
left.settimeout(None)
print(blocks(left))
left.setblocking(False)
twin = socket.socket(fileno=os.dup(left.fileno()))
print(twin.gettimeout())
told(twin.recv, 1)
left.setblocking(True)
print(blocks(socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)))
socket.setdefaulttimeout(5)
print(blocks(socket.socket()))
socket.setdefaulttimeout(None)
fcntl.ioctl(right, termios.FIONBIO, struct.pack("i", 1))
print(blocks(right))

# Whether SIGIO is wanted, of whom nobody is the owner.
for wanted in 1, 0:
    fcntl.ioctl(left, termios.FIOASYNC, struct.pack("i", wanted))
    print(bool(fcntl.fcntl(left, fcntl.F_GETFL) & os.O_ASYNC), blocks(left))
fcntl.fcntl(left, fcntl.F_SETFL, os.O_ASYNC)
print(bool(fcntl.fcntl(left, fcntl.F_GETFL) & os.O_ASYNC), blocks(left))
fcntl.fcntl(left, fcntl.F_SETFL, 0)
print(bool(fcntl.fcntl(left, fcntl.F_GETFL) & os.O_ASYNC))

# Whether programs inherit it.
print(fcntl.fcntl(left, fcntl.F_GETFD))
fcntl.fcntl(left, fcntl.F_SETFD, 0)
print(fcntl.fcntl(left.fileno(), fcntl.F_GETFD), left.get_inheritable())
fcntl.ioctl(left, termios.FIOCLEX)
print(left.get_inheritable())

# How much there is.
right.send(b"hello")
amount = array.array("i", [0])
print(fcntl.ioctl(left, termios.FIONREAD, amount), amount[0])
print(fcntl.ioctl(left, termios.FIONREAD, bytes(6)).hex())
with socket.socket(fileno=fcntl.fcntl(left, fcntl.F_DUPFD_CLOEXEC, 0)) as duplicate:
    print(duplicate.recv(10))
datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))
for content in (b"x" * 3000, b"y"):
    datagrams.sendto(content, datagrams.getsockname())
print(fcntl.ioctl(datagrams, termios.FIONREAD, bytes(4)) == struct.pack("i", 3000))
print(fcntl.ioctl(socket.socket(), termios.FIONREAD, bytes(4)).hex())

# What was sent that nobody has taken, and where urgent data is.
SIOCOUTQ, SIOCATMARK = 0x5411, 0x8905


def asked(sock, request):
    return struct.unpack("i", fcntl.ioctl(sock, request, bytes(4)))[0]


def tcp():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return socket.create_connection(server.getsockname()), server.accept()[0]


for content in b"", b"x" * 1000:
    right.send(content)
    print(asked(right, SIOCOUTQ), asked(left, SIOCOUTQ))
client, peer = tcp()
client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 16)
client.setblocking(False)
try:
    while True:
        client.send(bytes(1 << 16))
except BlockingIOError:
    print(asked(client, SIOCOUTQ) > 0, asked(peer, SIOCOUTQ))
client, peer = tcp()
print(asked(peer, SIOCATMARK))
client.send(b"ab")
client.send(b"c", socket.MSG_OOB)
select.select([], [], [peer], 10)
print(asked(peer, SIOCATMARK), peer.recv(9), asked(peer, SIOCATMARK), peer.recv(9, socket.MSG_OOB), asked(peer, SIOCATMARK))
client.send(b"d")
select.select([peer], [], [], 10)
print(peer.recv(9), asked(peer, SIOCATMARK))
told(fcntl.ioctl, client, SIOCOUTQ, 0)
told(fcntl.ioctl, client, SIOCATMARK, 0)
listener = socket.create_server(("127.0.0.1", 0))
told(asked, listener, SIOCOUTQ)
told(asked, listener, termios.FIONREAD)


# The loopback interface.
def ask(request, name=b"lo"):
    return fcntl.ioctl(datagrams.fileno(), request, struct.pack("256s", name))


print(socket.inet_ntoa(ask(SIOCGIFADDR)[20:24]), socket.inet_ntoa(ask(SIOCGIFNETMASK)[20:24]))
for request, length in ((SIOCGIFHWADDR, 8), (SIOCGIFMTU, 4), (SIOCGIFFLAGS, 2), (SIOCGIFINDEX, 4)):
    print(ask(request)[16 : 16 + length].hex(), len(ask(request)))
print(fcntl.ioctl(datagrams, SIOCGIFNAME, struct.pack("16si", b"", 1))[:3])

told(ask, SIOCGIFADDR, b"nosuch")
told(ask, 0x1234)
told(fcntl.ioctl, datagrams, termios.FIONREAD, 0)
told(fcntl.fcntl, 60000, fcntl.F_GETFL)
told(fcntl.fcntl, "x", 1)
told(fcntl.fcntl, -1, 1)
told(fcntl.fcntl, left, 999)
try:
    termios.tcgetattr(left)
except termios.error as error:
    print(error.args[0] == errno.ENOTTY)

# Locks of files, which the program sees.
with open(__file__) as one, open(__file__) as two:
    fcntl.flock(one, fcntl.LOCK_SH)
    fcntl.flock(two, fcntl.LOCK_SH | fcntl.LOCK_NB)
    told(fcntl.flock, one, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(two, fcntl.LOCK_UN)
    fcntl.flock(one, fcntl.LOCK_EX)
    told(fcntl.flock, two, fcntl.LOCK_SH | fcntl.LOCK_NB)
    one.close()
    fcntl.flock(two, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.lockf(two, fcntl.LOCK_SH | fcntl.LOCK_NB, 10, 5)
    told(fcntl.flock, two, 0)
    told(fcntl.lockf, two, 0)

# Locks of parts of files, in which what the program has locked is no obstacle to itself.
def lock(command, kind, start):
    answer = fcntl.fcntl(two, command, struct.pack("hhqqi", kind, os.SEEK_SET, start, 10, 0))
    return struct.unpack("hhqqi", answer)[:4]


with open(__file__) as one, open(__file__) as two:
    told(lock, fcntl.F_SETLK, fcntl.F_RDLCK, 5)
    told(lock, fcntl.F_SETLKW, fcntl.F_RDLCK, 10)
    told(lock, fcntl.F_GETLK, fcntl.F_RDLCK, 5)
    told(lock, fcntl.F_SETLK, fcntl.F_UNLCK, 5)
    told(lock, fcntl.F_SETLK, 7, 5)

for number in 1 << 31, -1 << 40:
    told(fcntl.fcntl, number, fcntl.F_GETFL)
    told(fcntl.flock, number, fcntl.LOCK_UN)
