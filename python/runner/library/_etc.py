"""The tables of users and groups in the guest's /etc, which it has if it was given that directory."""


def rows(name: str, columns: int) -> list[list[str]]:
    """The rows of that table which have so many columns; none without the table."""
    try:
        with open(f"/etc/{name}", encoding="utf-8", errors="surrogateescape") as file:
            found = [line.rstrip("\n").split(":") for line in file]
    except OSError:
        return []
    return [row for row in found if len(row) == columns]
