"""The SQLite library that every part of citybase uses, and how a connection to the city's file is set up.

SQLite 3.7.0 to 3.51.2 has the WAL-reset bug: two connections that write and checkpoint at the same moment can damage
the file (https://sqlite.org/wal.html#walresetbug). Most Pythons bring such a version, so `pysqlite3`, a wheel with a
newer one, is used where there is one. Where there is none, automatic checkpoints are off, and a checkpoint is made
only by a writer of ours, under the lock that all our writers hold (`WriteLock`): then no two of our processes can
meet in the bug.

One process must use one copy of the library for one file: POSIX locks belong to the process, and a second copy that
closes the file drops the locks of the first. So nothing else in this package, and no test, imports `sqlite3` for the
city's file, and GDAL (`pyogrio`, which brings an SQLite of its own) never opens it: see `layers.formats.gdal`.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import sqlalchemy as sa

from cim.arrays.open_files import shortage
from cim.errors import CityError, LayerChanged, StoreBusy, StoreUnusable
from cim.store import gpkg_schema as schema

if TYPE_CHECKING:
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:  # no wheel for this platform
        import sqlite3

__all__ = ["BUSY_MS", "HAS_WAL_RESET_BUG", "VERSION", "WriteLock", "explain_errors", "sqlite3"]

#: Milliseconds that a statement waits for another writer.
BUSY_MS = 5000
#: The version of the library.
VERSION = sqlite3.sqlite_version
#: Bytes of the write-ahead log above which a writer of ours checkpoints, where automatic checkpoints are off.
_CHECKPOINT_BYTES = 4_000_000


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Whether an SQLite of this version has the WAL-reset bug.

    >>> has_wal_reset_bug((3, 40, 1)), has_wal_reset_bug((3, 51, 3))
    (True, False)
    """
    return version < (3, 51, 3)


#: Whether the library in use has it.
HAS_WAL_RESET_BUG = has_wal_reset_bug(sqlite3.sqlite_version_info)


def check_version() -> tuple[str, bool, str]:
    """What doctor says of the library: (what, whether it is well, detail)."""
    name = f"{VERSION} ({'bundled, pysqlite3' if sqlite3.__name__.startswith('pysqlite3') else 'that of this Python'})"
    if not HAS_WAL_RESET_BUG:
        return "SQLite", True, f"{name}, without the WAL-reset bug"
    guarded = "citybase checkpoints under its own lock, but other programs that write the file may not"
    return "SQLite", True, f"{name} has the WAL-reset bug: {guarded}; SQLite 3.51.3 or pysqlite3 ends it"


def prepare(raw: Any) -> None:
    """Set up a new connection to the city's file: durable commits, patience, the functions of its triggers."""
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    raw.execute("PRAGMA synchronous = FULL")
    if HAS_WAL_RESET_BUG:
        raw.execute("PRAGMA wal_autocheckpoint = 0")
        # The log is cut when it begins again; else its size would ask for a checkpoint after every commit.
        raw.execute(f"PRAGMA journal_size_limit = {_CHECKPOINT_BYTES // 2}")
    schema.register_functions(raw)


def begin(connection: sa.Connection) -> None:
    """Begin a transaction: one that only reads, unless the connection's `citybase_begin` says IMMEDIATE."""
    mode = connection.get_execution_options().get("citybase_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def connect(path: Path, *, create: bool = False, check_same_thread: bool = True) -> sqlite3.Connection:
    """A connection to the city's file; only with `create` does it make a file that is not there."""
    raw = sqlite3.connect(
        f"file:{quote(str(path))}?mode={'rwc' if create else 'rw'}",
        uri=True,
        timeout=BUSY_MS / 1000,
        isolation_level=None,
        check_same_thread=check_same_thread,
    )
    prepare(raw)
    return raw


def connect_to_main_file(path: Path) -> sqlite3.Connection:
    """A connection that sees what the file itself holds, without its write-ahead log, and takes no locks.

    A checkpoint that is under way may make it see a mixture.
    """
    return sqlite3.connect(f"file:{quote(str(path))}?immutable=1", uri=True, isolation_level=None)


def engine_for(path: Path) -> sa.Engine:
    """The pool of connections to the city's file."""
    engine = sa.create_engine(
        f"sqlite:///{path}",
        module=sqlite3,
        poolclass=sa.QueuePool,
        creator=lambda: connect(path, check_same_thread=False),
    )
    sa.event.listen(engine, "begin", begin)
    return engine


class WriteLock:
    """The lock that our writers share across processes where the library has the WAL-reset bug; else nothing.

    It lies beside the city's file, as `<file>-writers`. A writer that holds it may checkpoint.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.with_name(f"{path.name}-writers")

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Hold the lock; `StoreBusy` where another process keeps it for too long."""
        if not HAS_WAL_RESET_BUG:
            yield
            return
        until = time.monotonic() + BUSY_MS / 1000
        with self._file.open("ab") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise StoreBusy(
                            f"{self._path} is being written by another citybase for over {BUSY_MS // 1000} s; try again"
                        ) from None
                    time.sleep(0.002)
            yield

    @contextmanager
    def transaction(self, raw: sqlite3.Connection) -> Iterator[None]:
        """A writing transaction on a connection that is in none; committed when left."""
        with self.hold():
            raw.execute("BEGIN IMMEDIATE")
            try:
                yield
                raw.execute("COMMIT")
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise
            self.checkpoint(raw)

    def checkpoint(self, raw: Any) -> None:
        """Checkpoint where the write-ahead log has grown long. Only for who holds the lock, after the commit."""
        if not HAS_WAL_RESET_BUG:
            return  # SQLite does it itself
        # What is committed stays so whatever happens here; the next writer tries again.
        with suppress(sqlite3.Error, FileNotFoundError):
            if Path(f"{self._path}-wal").stat().st_size > _CHECKPOINT_BYTES:
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


@contextmanager
def explain_errors(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, in words that say what would help."""
    try:
        yield
    except CityError:
        raise
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        text = str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)
        if "locked" in text or "busy" in text:
            raise StoreBusy(
                f"{path} is locked by another program for over {BUSY_MS // 1000} s; try again"
            ) from error
        if text.startswith("no such ") or " has no column named " in text:
            raise LayerChanged(
                f"{path}: {text}; another program dropped or changed the table; load the layer again, or drop it"
            ) from error
        if "full" in text:
            raise StoreUnusable(
                f"{path} can't grow: the disk or its quota is full; nothing was written"
            ) from error
        if "disk I/O" in text:
            raise StoreUnusable(
                f"{path} can't be written: {text}; the disk may be full or failing; nothing was written"
            ) from error
        if "not a database" in text or "malformed" in text:
            raise StoreUnusable(f"{path} is no sound GeoPackage: {text}") from error
        if "unable to open" in text and (why := shortage()) is not None:
            raise StoreUnusable(f"{path} can't be opened: {why}") from error
        if "unable to open" in text or "readonly" in text:
            raise StoreUnusable(f"{path} can't be opened for writing: {text}") from error
        raise
