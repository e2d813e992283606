"""Signals that a program sends itself, that its timer sends, and that come from outside; prints what a native CPython prints."""

import os
import select
import signal
import socket
import threading
import time


class Rings(Exception):
    pass


def ring(number, frame):
    raise Rings


def rings(call, *arguments):
    """Whether the timer interrupts the call."""
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    try:
        return call(*arguments)
    except Rings:
        return "rings"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
signal.signal(signal.SIGTERM, lambda number, frame: print("handles", number))
os.kill(os.getpid(), signal.SIGTERM)
signal.raise_signal(signal.SIGTERM)
os.kill(os.getpid(), 0)
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
os.kill(os.getpid(), signal.SIGUSR1)

# A handler that returns lets the call go on.
count = []
signal.signal(signal.SIGALRM, lambda number, frame: count.append(number))
before = time.monotonic()
signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
time.sleep(0.1)
print(time.monotonic() - before >= 0.1, len(count) > 1, signal.getitimer(signal.ITIMER_REAL)[1])
print(signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.alarm(100), signal.alarm(0))
signal.setitimer(signal.ITIMER_REAL, 0.01)
print(select.select([], [], [], 0.05))

# One that raises interrupts it.
signal.signal(signal.SIGALRM, ring)
left, right = socket.socketpair()
listener = socket.create_server(("127.0.0.1", 0))
print(rings(left.recv, 1), rings(left.recvfrom, 1), rings(left.recv_into, bytearray(1)), rings(left.recvmsg, 1))
print(rings(left.recv, 1, socket.MSG_WAITALL), rings(left.makefile("rb").read), rings(listener.accept))
print(rings(select.select, [left], [], []), rings(select.poll().poll), rings(left.sendall, bytes(1 << 24)))
left, right = socket.socketpair()
print(rings(left.send, bytes(1 << 24)), rings(left.sendmsg, [b"x"]))
poller = select.epoll()
poller.register(left, select.EPOLLIN)
print(rings(poller.poll), rings(time.sleep, 60), rings(signal.pause))

# What needs no waiting, and time limits, are as ever.
left, right = socket.socketpair()
right.send(b"abc")
print(left.recv(1), left.recv(2, socket.MSG_WAITALL))
for sock, call in (
    (left, lambda: left.recv(1)),
    (listener, listener.accept),
    (left, lambda: left.sendall(bytes(1 << 24))),
):
    sock.settimeout(0.02)
    try:
        print(call())
    except TimeoutError as error:
        print(error)
with socket.create_connection(listener.getsockname(), 5) as connection:
    print(connection.getpeername() == listener.getsockname(), connection.gettimeout())
    listener.accept()[0].close()
try:
    socket.create_connection(("127.0.0.1", 1), 5)
except ConnectionRefusedError as error:
    print(error.strerror)

# Signals that wait.
print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]))
os.kill(os.getpid(), signal.SIGTERM)
print(signal.sigpending())
print(signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM]))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2])
os.kill(os.getpid(), signal.SIGUSR2)
print(signal.sigwait([signal.SIGUSR2]), signal.sigpending())

# Numbers that are written for an event loop.
left, right = socket.socketpair()
try:
    signal.set_wakeup_fd(right.fileno())
except ValueError as error:
    print("must be in non-blocking mode" in str(error))
right.setblocking(False)
print(signal.set_wakeup_fd(right.fileno()))
os.kill(os.getpid(), signal.SIGTERM)
print(left.recv(10), signal.set_wakeup_fd(-1) == right.fileno())

# A handler may free what the program waits for.
event = threading.Event()
signal.signal(signal.SIGALRM, lambda number, frame: event.set())
signal.setitimer(signal.ITIMER_REAL, 0.01)
print(event.wait())

# From outside: SIGINT comes as an exception, SIGTERM to the handler; what it does by itself ends the program.
try:
    print("interrupt me", flush=True)
    listener.settimeout(None)
    listener.accept()
except KeyboardInterrupt:
    print("interrupted", flush=True)
signal.signal(signal.SIGTERM, lambda number, frame: event.clear())
print("terminate me", flush=True)
while event.is_set():
    time.sleep(0.02)
print("goes on", flush=True)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
print("terminate me", flush=True)
time.sleep(60)
