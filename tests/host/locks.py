"""Who holds a lock on a file, as the system tells it."""

from __future__ import annotations

from pathlib import Path


def holders(path: Path) -> list[int]:
    """Return the processes that hold a lock on a file."""
    if not path.exists():
        return []
    inode = str(path.stat().st_ino)
    lines = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    return [
        int(line[4])
        for line in lines
        if "->" not in line and line[1] == "FLOCK" and line[5].split(":")[2] == inode
    ]


def holder(path: Path) -> int | None:
    """Return the one process that holds a lock on a file, or None."""
    found = holders(path)
    assert len(found) <= 1, found
    return found[0] if found else None
