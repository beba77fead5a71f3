"""The tables of an MBTiles file: tiles by zoom, column and row, and what is said of them.

Source: MBTiles specification 1.3.
"""

from __future__ import annotations

import threading
import weakref
from pathlib import Path
from urllib.parse import quote

from cim.errors import BadInput
from cim.store.sqlite import sqlite3

_BEGIN = b"SQLite format 3\x00"


class Rows:
    """An open MBTiles file, read only. `BadInput` for a file that is none, or is damaged."""

    def __init__(self, file: Path) -> None:
        with file.open("rb") as handle:
            if handle.read(len(_BEGIN)) != _BEGIN:
                raise BadInput("it does not begin as an SQLite file, which MBTiles are")
        url = f"file:{quote(str(file.resolve()))}?mode=ro"
        self._connection = sqlite3.connect(url, uri=True, check_same_thread=False)
        weakref.finalize(self, self._connection.close)
        self._lock = threading.Lock()

    def metadata(self) -> dict[str, str]:
        """What the file says of itself."""
        return {str(name): str(value) for name, value in self._all("SELECT name, value FROM metadata")}

    def zooms(self) -> tuple[int, int]:
        """The lowest and the highest zoom; 0 and 0 where there are no tiles."""
        ((low, high),) = self._all("SELECT min(zoom_level), max(zoom_level) FROM tiles")
        return (low, high) if isinstance(low, int) and isinstance(high, int) else (0, 0)

    def any_tile(self) -> bytes:
        """Some tile of the file; no bytes where it has none."""
        found = self._all("SELECT tile_data FROM tiles LIMIT 1")
        return _bytes(found[0][0]) if found else b""

    def tile(self, z: int, column: int, row: int) -> bytes:
        """A tile by its place, rows counted from the south; no bytes where there is none."""
        place = "zoom_level = ? AND tile_column = ? AND tile_row = ?"
        found = self._all(f"SELECT tile_data FROM tiles WHERE {place}", (z, column, row))
        return _bytes(found[0][0]) if found else b""

    def _all(self, query: str, values: tuple[int, ...] = ()) -> list[tuple[object, ...]]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise BadInput(f"it can't be read as MBTiles: {error}") from error


def _bytes(value: object) -> bytes:
    if value is None:
        return b""
    if not isinstance(value, bytes):
        raise BadInput(f"a tile is {type(value).__name__}, not bytes; it is damaged")
    return value
