"""Where the files of the tests lie: in memory where there is room for them, because a disk needs milliseconds for each
write that is to last, and the small cities of the tests make a hundred thousand of them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path

#: The file system in memory that Linux has.
MEMORY = Path("/dev/shm")
#: What the tests of two processes leave there at most, and the services and the browser need beside it.
_ROOM_BYTES = 4 << 30


def has_room() -> bool:
    """Whether there is a file system in memory, with room in it and in the memory itself."""
    try:
        stated = re.search(r"MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text())
        free = shutil.disk_usage(MEMORY).free
    except OSError:
        return False
    return (
        stated is not None and min(free, int(stated[1]) * 1024) >= _ROOM_BYTES and os.access(MEMORY, os.W_OK)
    )


def use_memory() -> None:
    """Temporary folders of this process and of those that it starts lie in memory, unless `TMPDIR` says where."""
    if "TMPDIR" not in os.environ and has_room():
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def folder_of_process(prefix: str) -> Path:
    """A new temporary folder; those of processes that ended without removing theirs go."""
    for left in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        number = left.name.removeprefix(prefix).partition("-")[0]
        if number.isdecimal() and not Path(f"/proc/{number}").exists():
            shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-"))
