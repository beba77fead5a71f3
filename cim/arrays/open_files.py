"""How many files this process may have open, and whether that is enough.

A connection, a database and a mapped file each take a descriptor for some time. A process that has none left can
neither answer nor open what it needs, and that must not be taken for damage of a file.
"""

from __future__ import annotations

import errno
import os
import resource
import sys
from pathlib import Path

#: A service with a hundred connections and a store under load has about half as many files open.
ENOUGH = 1024
#: What the limit is raised to where the hard limit is higher still, or none (macOS refuses to be given none).
_MOST = 65_536 if sys.platform != "darwin" else 10_240

#: The errors that say that the process or the machine has run out of something, whatever the file is like.
_SHORTAGES = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})


def raise_limit() -> int:
    """Raise the soft limit of open files to the hard one, for this process and those it starts: gives the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return _MOST if soft == resource.RLIM_INFINITY else soft


def limit() -> int:
    """How many files this process may have open at once."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft


def count() -> int | None:
    """How many files this process has open; None where the system does not tell."""
    for folder in (Path("/proc/self/fd"), Path("/dev/fd")):
        if folder.is_dir():
            return sum(1 for _ in folder.iterdir())
    return None


def is_shortage(error: OSError) -> bool:
    """Whether an error says nothing about the file, but that no more files or mappings may be open."""
    return error.errno in _SHORTAGES


def shortage() -> str | None:
    """What to say where this process, or the machine, can open no further file now; None where it can."""
    try:
        os.close(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return explain(error) if is_shortage(error) else None
    return None


def explain(error: OSError) -> str:
    """What a shortage is, and what helps."""
    if error.errno == errno.ENOMEM:
        return "no more memory may be mapped (vm.max_map_count, or memory is used up); load fewer layers or raise it"
    where = "this machine" if error.errno == errno.ENFILE else f"this process, which may open {limit():,},"
    return f"{where} has no file left to open; raise the limit (ulimit -n, LimitNOFILE) and start again"


def too_few() -> str | None:
    """What is wrong with the limit of open files; None where it is high enough and most of it is free."""
    most, used = limit(), count()
    if most < ENOUGH:
        return f"this process may open only {most:,} files, {ENOUGH:,} are needed under load; raise ulimit -n"
    if used is not None and used > 0.9 * most:
        return f"{used:,} of {most:,} files that this process may open are open; raise ulimit -n"
    return None
