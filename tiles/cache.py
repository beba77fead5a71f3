"""The tiles that were made last, compressed, up to so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict


class TileCache:
    """Compressed tiles by what they are made of; the one unused for longest goes first.

    >>> cache = TileCache(max_bytes=10)
    >>> cache.put("a", b"123456"); cache.put("b", b"123456")
    >>> cache.get("a"), cache.get("b")
    (None, b'123456')
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._tiles: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """The tile, or None where it is not kept. An empty tile is kept as no bytes."""
        with self._lock:
            found = self._tiles.get(key)
            if found is not None:
                self._tiles.move_to_end(key)
            return found

    def put(self, key: str, tile: bytes) -> None:
        """Keep a tile."""
        with self._lock:
            before = self._tiles.pop(key, None)
            if before is not None:
                self.bytes -= len(before)
            self._tiles[key] = tile
            self.bytes += len(tile)
            while self.bytes > self.max_bytes and self._tiles:
                _, dropped = self._tiles.popitem(last=False)
                self.bytes -= len(dropped)
