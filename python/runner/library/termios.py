"""Terminals: WASI tells of a file whether it is one, and nothing else. What asks more of it gets ENOTTY."""

import errno
import os

#: Requests of ioctl(2), as `fcntl.ioctl` takes them.
FIONREAD = TIOCINQ = 0x541B
FIONBIO, FIOASYNC = 0x5421, 0x5452
FIONCLEX, FIOCLEX = 0x5450, 0x5451
TIOCOUTQ, TIOCGWINSZ, TIOCSWINSZ = 0x5411, 0x5413, 0x5414
TIOCSCTTY, TIOCNOTTY, TIOCSTI = 0x540E, 0x5422, 0x5412

TCSANOW, TCSADRAIN, TCSAFLUSH = range(3)
TCIFLUSH, TCOFLUSH, TCIOFLUSH = range(3)
TCOOFF, TCOON, TCIOFF, TCION = range(4)
VINTR, VQUIT, VERASE, VKILL, VEOF, VTIME, VMIN, VSWTC, VSTART, VSTOP = range(10)
VSUSP, VEOL, VREPRINT, VDISCARD, VWERASE, VLNEXT, VEOL2 = range(10, 17)
NCCS = 32

IGNBRK, BRKINT, IGNPAR, PARMRK, INPCK, ISTRIP, INLCR, IGNCR, ICRNL = (1 << bit for bit in range(9))
IXON, IXANY, IXOFF, IMAXBEL, IUTF8 = 1 << 10, 1 << 11, 1 << 12, 1 << 13, 1 << 14
OPOST, ONLCR, OCRNL, ONOCR, ONLRET = 1, 1 << 2, 1 << 3, 1 << 4, 1 << 5
CSIZE, CS5, CS6, CS7, CS8 = 0o60, 0, 0o20, 0o40, 0o60
CSTOPB, CREAD, PARENB, PARODD, HUPCL, CLOCAL, CRTSCTS = 1 << 6, 1 << 7, 1 << 8, 1 << 9, 1 << 10, 1 << 11, 1 << 31
ISIG, ICANON, ECHO, ECHOE, ECHOK, ECHONL, NOFLSH, TOSTOP = 1, 1 << 1, 1 << 3, 1 << 4, 1 << 5, 1 << 6, 1 << 7, 1 << 8
ECHOCTL, ECHOKE, IEXTEN = 1 << 9, 1 << 11, 1 << 15
B0, B50, B75, B110, B134, B150, B200, B300, B600, B1200, B1800, B2400, B4800, B9600, B19200, B38400 = range(16)
B57600, B115200, B230400, B460800, B500000, B576000, B921600, B1000000 = range(0o10001, 0o10011)


class error(Exception):
    """What a call fails with: the number of the error, and its text."""


error.__module__ = "termios"


def _refuse(fd):
    number = fd if isinstance(fd, int) else fd.fileno()
    try:
        os.fstat(number) if number < 1 << 16 else os.isatty(number)
    except OSError as failure:
        raise error(failure.errno, os.strerror(failure.errno)) from None
    raise error(errno.ENOTTY, os.strerror(errno.ENOTTY))


def tcgetattr(fd, /):
    """The terminal's settings. ENOTTY."""
    _refuse(fd)


def tcsetattr(fd, when, attributes, /):
    """Sets the terminal's settings. ENOTTY."""
    _refuse(fd)


def tcsendbreak(fd, duration, /):
    """Sends a break. ENOTTY."""
    _refuse(fd)


def tcdrain(fd, /):
    """Waits until all is written. ENOTTY."""
    _refuse(fd)


def tcflush(fd, queue, /):
    """Throws away what is queued. ENOTTY."""
    _refuse(fd)


def tcflow(fd, action, /):
    """Stops or goes on. ENOTTY."""
    _refuse(fd)


def tcgetwinsize(fd, /):
    """How many lines and columns it has. ENOTTY."""
    _refuse(fd)


def tcsetwinsize(fd, winsize, /):
    """Sets how many lines and columns it has. ENOTTY."""
    _refuse(fd)
