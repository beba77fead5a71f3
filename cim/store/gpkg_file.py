"""Notices that the GeoPackage of an open store was deleted, replaced or written over by another program.

SQLite does not: it goes on with the file that it opened, which may have no name any more, or lays its write-ahead log
over what somebody copied there; either way what was acknowledged is lost when the service stops.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from cim.errors import BadInput, StoreUnusable
from cim.store.sqlite import WriteLock, connect, connect_to_main_file, sqlite3

#: A checkpoint may be writing the file while it is looked at; what persists over these looks is no checkpoint.
_LOOKS, _PAUSE_S = 6, 0.05

_WAY_OUT = (
    "nothing was written; stop the service, put the right file in its place (with no -wal or -shm beside it that "
    "belong to another), and start it again"
)


#: The files (device, inode) of the stores that this process has open, with their logs.
_open_here: dict[int, frozenset[tuple[int, int]]] = {}


def require_not_open(path: Path) -> None:
    """`BadInput` where the path is the file of a store that this process has open.

    Another copy of SQLite (GDAL brings one), or a plain `open`, that closes the file would drop the locks by which
    our connections keep other processes away from it.
    """
    try:
        found = path.stat()
    except OSError:
        return  # who opens it says why it can't be
    if any((found.st_dev, found.st_ino) in files for files in _open_here.values()):
        raise BadInput(
            f"{path} is the city's own store, which is open; its layers are there already. To load one under another "
            "name, copy it into a file of its own first: ogr2ogr copy.gpkg city.gpkg LAYER"
        )


@dataclass(frozen=True, slots=True)
class _Content:
    """What the file itself (without the write-ahead log) says: the store, and the last change that it holds."""

    identity: str
    seq: int
    entry: tuple[object, ...] | None


class GeoPackageFile:
    """The file of an open store. `require_same` raises where it is no longer the one that was opened."""

    def __init__(self, path: Path, writers: WriteLock) -> None:
        self._path = path
        self._lock = threading.Lock()
        # As long as one connection is open nobody who closes his removes the write-ahead log.
        self._keeper = connect(path, check_same_thread=False)
        self._keeper.execute("SELECT count(*) FROM cim_meta").fetchone()
        self._inodes = self._inodes_now()
        _open_here[id(self)] = frozenset(inode for inode in self._inodes.values() if inode is not None)
        self._stamp: tuple[int, int, int] | None = None
        self._content: _Content | None = None
        self.require_same()
        if self._content is None:
            with writers.hold():  # so that the file itself says which store it is
                self._keeper.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            self.require_same()

    def close(self) -> None:
        """Give back the connection."""
        _open_here.pop(id(self), None)
        self._keeper.close()

    def require_same(self) -> None:
        """`StoreUnusable` with what happened where the file, or its write-ahead log, is not the one that was opened.

        It costs three `stat` calls; the content is compared only after the file itself was written, which in a
        GeoPackage in WAL mode happens only at a checkpoint.
        """
        for file, (was, now) in self._inodes_with(self._inodes_now()).items():
            if now is None:
                raise StoreUnusable(
                    f"{file} was deleted or moved away while the service was running; {_WAY_OUT}"
                )
            if was != now:
                raise StoreUnusable(
                    f"{file} was replaced by another file while the service was running; {_WAY_OUT}"
                )
        stamp = self._stamp_now()
        if stamp != self._stamp:
            with self._lock:
                self._compare()

    def _inodes_now(self) -> dict[str, tuple[int, int] | None]:
        return {suffix: _inode(Path(f"{self._path}{suffix}")) for suffix in ("", "-wal", "-shm")}

    def _inodes_with(
        self, now: dict[str, tuple[int, int] | None]
    ) -> dict[str, tuple[tuple[int, int], tuple[int, int] | None]]:
        """By file, what it was and what it is; one that was not there when the store was opened says nothing."""
        return {f"{self._path}{s}": (was, now[s]) for s, was in self._inodes.items() if was is not None}

    def _stamp_now(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise StoreUnusable(f"{self._path} can't be looked at: {error.strerror}; {_WAY_OUT}") from error
        return found.st_mtime_ns, found.st_ctime_ns, found.st_size

    def _compare(self) -> None:
        """Raise unless the file goes on from what it held when it was last looked at."""
        why = ""
        for look in range(_LOOKS):
            if look:
                time.sleep(_PAUSE_S)
            stamp = self._stamp_now()
            if stamp == self._stamp:  # another thread has compared it meanwhile
                return
            try:
                now, then = self._read(None if self._content is None else self._content.seq)
            except sqlite3.Error as error:
                why = str(error)
                continue
            if now is None:
                if self._content is None:  # all of it is in the write-ahead log still
                    return
                why = "it is not a citybase store"
            elif self._content is not None and now.identity != self._content.identity:
                why = "it is another store"
            elif self._content is not None and (now.seq < self._content.seq or then != self._content.entry):
                why = "it is an older or a different copy of this store"
            else:
                self._stamp, self._content = stamp, now
                return
        raise StoreUnusable(
            f"{self._path} was written over while the service was running ({why}); {_WAY_OUT}"
        )

    def _read(self, seq: int | None) -> tuple[_Content | None, tuple[object, ...] | None]:
        """What the file says now, and its entry in the change log at the place `seq`."""
        raw = connect_to_main_file(self._path)
        try:
            if not raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'cim_meta'").fetchone():
                return None, None
            (identity,) = raw.execute("SELECT value FROM cim_meta WHERE key = 'identity'").fetchone() or ("",)
            (last,) = raw.execute("SELECT coalesce(max(seq), 0) FROM cim_change").fetchone()
            return _Content(identity, last, _entry(raw, last)), None if seq is None else _entry(raw, seq)
        finally:
            raw.close()


def _entry(raw: sqlite3.Connection, seq: int) -> tuple[object, ...] | None:
    query = "SELECT layer, fid, op, at FROM cim_change WHERE seq = ?"
    found: tuple[object, ...] | None = raw.execute(query, (seq,)).fetchone()
    return found


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreUnusable(f"{path} can't be looked at: {error.strerror}; {_WAY_OUT}") from error
    return found.st_dev, found.st_ino
