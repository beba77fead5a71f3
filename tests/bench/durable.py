"""Single durable inserts over the SQLite that citybase uses against that of this Python, in turns."""

from __future__ import annotations

import shutil
import sqlite3 as interpreters
import time
from pathlib import Path
from typing import Any

from cim.store.sqlite import VERSION
from cim.store.sqlite import sqlite3 as ours
from tests.bench.measure import Row, Timing, no_slower
from tests.bench.peers import Missing

#: Inserts for each round, each a transaction of its own that is on disk when it returns.
_INSERTS = 200


def run(folder: Path, rounds: int) -> list[Row]:
    """Seconds of an insert; `Missing` where citybase uses this Python's SQLite itself."""
    if ours is interpreters:
        raise Missing("pysqlite3, so that both are the same SQLite")
    work = folder / "durable"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    files = [_made(library, work / name) for library, name in ((ours, "ours.db"), (interpreters, "peer.db"))]
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds * _INSERTS):
        for at in (0, 1) if number % 2 else (1, 0):  # whatever else the disk does meets both
            taken[at].append(_insert_s(files[at], number))
    timing = Timing(*taken)
    for file in files:
        file.close()
    what = f"a durable insert: SQLite {VERSION} (pysqlite3) / {interpreters.sqlite_version} of this Python"
    return [no_slower(what, timing, 1.1)]


def _made(library: Any, path: Path) -> Any:
    """A new file with the settings of a city's (`cim.store.sqlite.prepare`) and a table."""
    file = library.connect(path, isolation_level=None)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")
    file.execute("CREATE TABLE things (fid INTEGER PRIMARY KEY, geom BLOB, code TEXT, name TEXT)")
    file.execute("CREATE INDEX things_code ON things (code)")
    return file


def _insert_s(file: Any, number: int) -> float:
    begun = time.perf_counter()
    file.execute("BEGIN IMMEDIATE")
    file.execute(
        "INSERT INTO things (geom, code, name) VALUES (?, ?, ?)", (b"\0" * 61, f"C-{number}", "井盖")
    )
    file.execute("COMMIT")
    return time.perf_counter() - begun
