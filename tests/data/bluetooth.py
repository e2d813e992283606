"""Two virtual controllers of Bluetooth, each of which reaches the other: prints `ready` when the kernel has both.

Where the kernel has no Bluetooth, the first line is `absent`, with the reason.
"""

import ctypes
import errno
import fcntl
import os
import select
import socket
import struct
import threading

ADDRESSES = bytes.fromhex("010000b0b0c0"), bytes.fromhex("020000b0b0c0")
# The types of links, and the handle of the one that there is of each.
SCO, ACL = 0, 1
HANDLES = {SCO: 43, ACL: 42}
HCIDEVUP = 0x400448C9

# What it answers to the commands by which the kernel gets to know it, after the status; to all others, zeros.
ANSWERS = {
    # Read_Local_Version_Information, Read_Buffer_Size, Read_Local_Name
    0x1001: bytes.fromhex("04000004ffff0000"),
    0x1005: struct.pack("<HBHH", 1021, 64, 8, 8),
    0x0C14: b"lab".ljust(248, b"\0"),
}


def bound(device, channel):
    """Binds by the C library, for many a CPython is built without these addresses."""
    s = socket.socket(31, socket.SOCK_RAW, 1)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.bind(s.fileno(), struct.pack("HHH", 31, device, channel), 6) < 0:
        raise OSError(ctypes.get_errno(), "bind")
    return s


class Controller:
    """One of the two; `self.other` is set once both are there."""

    def __init__(self, address):
        self.address = address
        self.file = os.open("/dev/vhci", os.O_RDWR)
        os.write(self.file, b"\xff\0")

    def event(self, code, data):
        os.write(self.file, struct.pack("BBB", 4, code, len(data)) + data)

    def read(self):
        packet = os.read(self.file, 2048)
        if packet[0] == 1:
            self.command(struct.unpack_from("<H", packet, 1)[0], packet[4:])
        elif packet[0] == 2:
            handle, length = struct.unpack_from("<HH", packet, 1)
            # The first fragment of a message is marked otherwise on its way in.
            flags = handle & 0xF000 or 0x2000
            os.write(self.other.file, struct.pack("<BHH", 2, HANDLES[ACL] | flags, length) + packet[5:])
            self.sent(ACL)
        elif packet[0] == 3:
            os.write(self.other.file, packet)
            self.sent(SCO)

    def sent(self, link):
        # Number_Of_Completed_Packets
        self.event(0x13, struct.pack("<BHH", 1, HANDLES[link], 1))

    def command(self, opcode, data):
        action = self.ACTIONS.get(opcode)
        if not action:
            answer = self.address if opcode == 0x1009 else ANSWERS.get(opcode, bytes(64))
            # Command_Complete: one more may come.
            self.event(0x0E, struct.pack("<BHB", 1, opcode, 0) + answer)
            return
        # Command_Status
        self.event(0x0F, struct.pack("<BBH", 0, 1, opcode))
        action(self, data)

    def create_connection(self, data):
        self.request(ACL)

    def add_sco_connection(self, data):
        self.request(SCO)

    def request(self, link):
        self.other.requested = link
        # Connection_Request
        self.other.event(0x04, self.address + bytes(3) + bytes([link]))

    def accept_connection(self, data):
        link = self.requested
        for one in self, self.other:
            # Connection_Complete
            one.event(0x03, struct.pack("<BH", 0, HANDLES[link]) + one.other.address + bytes([link, 0]))

    def disconnect(self, data):
        (handle,) = struct.unpack_from("<H", data)
        for one, reason in (self, 0x16), (self.other, data[2]):
            # Disconnection_Complete: by this host, and as it was told.
            one.event(0x05, struct.pack("<BHB", 0, handle, reason))

    def remote_features(self, data):
        self.event(0x0B, struct.pack("<BH", 0, HANDLES[ACL]) + bytes(8))

    def remote_name(self, data):
        self.event(0x07, bytes(1) + data[:6] + b"lab".ljust(248, b"\0"))

    ACTIONS = {
        0x0405: create_connection,
        0x0406: disconnect,
        0x0407: add_sco_connection,
        0x0409: accept_connection,
        0x0419: remote_name,
        0x041B: remote_features,
    }


def keep(*devices):
    """Turns the devices on to stay so; the kernel would turn them off after a while."""
    s = socket.socket(31, socket.SOCK_RAW, 1)
    for device in devices:
        try:
            fcntl.ioctl(s, HCIDEVUP, device)
        except OSError as error:
            if error.errno != errno.EALREADY:
                raise
    print("ready", flush=True)


def main():
    # HCI_DEV_NONE, HCI_CHANNEL_CONTROL
    management = bound(0xFFFF, 3)
    first, second = map(Controller, ADDRESSES)
    first.other, second.other = second, first
    files = {first.file: first, second.file: second}
    poller = select.poll()
    for file in *files, management:
        poller.register(file, select.POLLIN)
    added = []
    while True:
        for descriptor, _ in poller.poll():
            if descriptor in files:
                files[descriptor].read()
            else:
                event, index = struct.unpack_from("<HH", management.recv(1024))
                # Index Added: the kernel knows it now.
                added += [index] if event == 4 else []
                if event == 4 and len(added) == 2:
                    # While that waits, the controllers answer.
                    threading.Thread(target=keep, args=added).start()


try:
    main()
except OSError as error:
    if error.errno not in (errno.EAFNOSUPPORT, errno.ENOENT):
        raise
    print("absent:", error)
