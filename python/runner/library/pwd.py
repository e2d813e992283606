"""The users that stand in the guest's /etc/passwd, which it has if it was given that directory."""

from collections import namedtuple

from _etc import rows

struct_passwd = namedtuple("struct_passwd", "pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell", module="pwd")


def getpwall():
    """All users."""
    return [struct_passwd(*row[:2], int(row[2]), int(row[3]), *row[4:]) for row in rows("passwd", 7)]


def getpwnam(name, /):
    """The user of that name. KeyError."""
    for user in getpwall():
        if user.pw_name == name:
            return user
    raise KeyError(f"getpwnam(): name not found: {name!r}")


def getpwuid(uid, /):
    """The user of that number. KeyError."""
    for user in getpwall():
        if user.pw_uid == uid:
            return user
    raise KeyError(f"getpwuid(): uid not found: {uid}")
