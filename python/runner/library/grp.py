"""The groups that stand in the guest's /etc/group, which it has if it was given that directory."""

from collections import namedtuple

from _etc import rows

struct_group = namedtuple("struct_group", "gr_name gr_passwd gr_gid gr_mem", module="grp")


def getgrall():
    """All groups."""
    return [struct_group(row[0], row[1], int(row[2]), [*filter(None, row[3].split(","))]) for row in rows("group", 4)]


def getgrnam(name):
    """The group of that name. KeyError."""
    for group in getgrall():
        if group.gr_name == name:
            return group
    raise KeyError(f"getgrnam(): name not found: {name!r}")


def getgrgid(id):
    """The group of that number. KeyError."""
    for group in getgrall():
        if group.gr_gid == id:
            return group
    raise KeyError(f"getgrgid(): gid not found: {id}")
