"""The tiles that were made last, compressed: in memory up to so many bytes, and on disk where there is a folder.

What is wanted by several at once is made once.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import uuid
from collections.abc import Callable
from pathlib import Path

from cachetools import LRUCache

#: Bytes that the book-keeping of a kept tile takes, about: also empty ones take room.
_EACH = 200


class TileCache:
    """Compressed tiles by the key of what they are made of; the one unused for longest goes first.

    >>> cache = TileCache(max_bytes=500)
    >>> for key in "abc":
    ...     cache.put(key, b"123456")
    >>> cache.get("a"), cache.get("c")
    (None, b'123456')
    """

    def __init__(self, max_bytes: int, disk: TileDisk | None = None) -> None:
        self.disk = disk
        self._tiles: LRUCache[str, bytes] = LRUCache(max_bytes, getsizeof=lambda tile: len(tile) + _EACH)
        self._lock = threading.Lock()
        self._making: dict[str, asyncio.Task[bytes]] = {}

    def get(self, key: str) -> bytes | None:
        """The tile, or None where it is not in memory. An empty tile is kept as no bytes."""
        with self._lock:
            found: bytes | None = self._tiles.get(key)
            return found

    def put(self, key: str, tile: bytes) -> None:
        """Keep a tile in memory, if the cache has room for it at all."""
        with self._lock, contextlib.suppress(ValueError):
            self._tiles[key] = tile

    async def fetch(self, key: str, make: Callable[[], bytes]) -> bytes:
        """The tile: from memory, from disk, or made now by a thread, once for all who wait for it."""
        found = self.get(key)
        if found is not None:
            return found
        making = self._making.get(key)
        if making is None:
            making = asyncio.get_running_loop().create_task(self._make(key, make))
            self._making[key] = making
            making.add_done_callback(lambda _: self._making.pop(key, None))
        # Whoever goes away does not take it from the others who wait.
        return await asyncio.shield(making)

    async def _make(self, key: str, make: Callable[[], bytes]) -> bytes:
        tile = await asyncio.get_running_loop().run_in_executor(None, self._from_disk, key, make)
        self.put(key, tile)
        return tile

    def _from_disk(self, key: str, make: Callable[[], bytes]) -> bytes:
        if self.disk is None:
            return make()
        found = self.disk.get(key)
        if found is None:
            found = make()
            self.disk.put(key, found)
        return found


class TileDisk:
    """Tiles in a folder that outlives the service and that its workers share; the oldest go first.

    A key is never used for another tile, so that nothing in the folder can be stale.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self._lock = threading.Lock()
        self._since_swept = max_bytes  # sweep before long: others may have written too
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, key: str) -> bytes | None:
        """The tile, or None where the folder has none."""
        file = self._file(key)
        try:
            tile = file.read_bytes()
            os.utime(file)
        except OSError:
            return None
        return tile

    def put(self, key: str, tile: bytes) -> None:
        """Keep a tile. A full disk keeps none, and hinders nobody."""
        file = self._file(key)
        draft = file.with_name(f".{uuid.uuid4().hex}")
        try:
            file.parent.mkdir(exist_ok=True)
            draft.write_bytes(tile)
            draft.rename(file)
        except OSError:
            draft.unlink(missing_ok=True)
            return
        with self._lock:
            self._since_swept += len(tile)
            full = self._since_swept > self.max_bytes // 10
            if full:
                self._since_swept = 0
        if full:
            self.sweep()

    def sweep(self) -> None:
        """Remove the tiles unused for longest until the rest has room."""
        found = []
        for file in self.folder.glob("*/*"):
            with contextlib.suppress(OSError):  # another worker was faster
                said = file.stat()
                found.append((said.st_mtime_ns, said.st_size, file))
        total = sum(size for _, size, _ in found)
        for _, size, file in sorted(found, key=lambda x: x[0]):
            if total <= self.max_bytes:
                break
            file.unlink(missing_ok=True)
            total -= size

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / key
