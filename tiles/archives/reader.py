"""A whole tile pyramid in one file: PMTiles (version 3) and MBTiles, read tile by tile.

Any number of threads may read an archive at once. The file is read and not mapped: whoever shortens a mapped file
kills the process that looks at it.
"""

from __future__ import annotations

import os
import re
import threading
import weakref
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import orjson
from cachetools import LRUCache

from cim.errors import BadInput
from tiles import sources
from tiles.archives import pmtiles_format
from tiles.archives.mbtiles import Rows
from tiles.archives.pmtiles_format import COMPRESSIONS, HEADER_BYTES, TYPES, Directory, Header
from tiles.sources import SourceFile
from tiles.vector import encode

SUFFIXES = (".pmtiles", ".mbtiles")
#: The media type of each type of tile.
MEDIA_TYPES = {
    "mvt": "application/vnd.mapbox-vector-tile",
    "mlt": "application/vnd.maplibre-vector-tile",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "avif": "image/avif",
}
#: Entries of leaf directories that an archive keeps in memory, 32 bytes each.
_KEPT_ENTRIES = 500_000
#: A tile larger than this is damage.
_MOST_TILE = 64_000_000


class Archive(ABC):
    """What both formats have in common: the `kind` of tiles (`MEDIA_TYPES`), their zooms, bounds in lon, lat, what to
    show first (lon, lat, zoom), and what the archive says of itself."""

    kind: str
    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    centre: tuple[float, float, int]
    metadata: dict[str, Any]

    @abstractmethod
    def tile_bytes(self, z: int, x: int, y: int) -> tuple[bytes, str]:
        """The tile's bytes as they lie in the file, and how they are packed: `gzip`, or another of HTTP's content
        codings, or `identity`. No bytes where the archive has no such tile."""

    def tilejson_fields(self) -> dict[str, Any]:
        """What a TileJSON says of it, but for where its tiles are."""
        said = {
            "tilejson": "3.0.0",
            "scheme": "xyz",
            "minzoom": self.min_zoom,
            "maxzoom": self.max_zoom,
            "bounds": self.bounds,
            "center": self.centre,
        }
        for name in ("name", "description", "attribution", "version"):
            if isinstance(self.metadata.get(name), str):
                said[name] = self.metadata[name]
        if self.kind in ("mvt", "mlt"):
            layers = self.metadata.get("vector_layers")
            said["vector_layers"] = layers if isinstance(layers, list) else []
        return said


class PMTiles(Archive):
    """A PMTiles file."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        header = self.header = Header.from_bytes(os.pread(self._file, HEADER_BYTES, 0))
        size = os.fstat(self._file).st_size
        ends = {
            "root directory": header.root_offset + header.root_length,
            "metadata": header.metadata_offset + header.metadata_length,
            "leaf directories": header.leaves_offset + header.leaves_length,
            "tiles": header.tiles_offset + header.tiles_length,
        }
        for what, end in ends.items():
            if end > size:
                raise BadInput(
                    f"its {what} should end at byte {end:,}, and it has {size:,}; was it copied to the end?"
                )
        if not 0 < header.kind < len(TYPES):
            raise BadInput(f"its tiles are of type {header.kind}, which is none of: {', '.join(TYPES[1:])}")
        if not header.compression < len(COMPRESSIONS):
            raise BadInput(
                f"its tiles are packed in way {header.compression}, which the specification does not have"
            )
        self.kind = TYPES[header.kind]
        self.min_zoom, self.max_zoom = header.min_zoom, header.max_zoom
        west, south, east, north = (
            e7 / 1e7 for e7 in (header.west_e7, header.south_e7, header.east_e7, header.north_e7)
        )
        self.bounds = west, south, east, north
        self.centre = header.centre_lon_e7 / 1e7, header.centre_lat_e7 / 1e7, header.centre_zoom
        self.metadata = _object(self._unpack(header.metadata_offset, header.metadata_length) or b"{}")
        self._root = Directory.from_bytes(self._unpack(header.root_offset, header.root_length))
        self._leaves: LRUCache[int, Directory] = LRUCache(_KEPT_ENTRIES, getsizeof=len)
        self._lock = threading.Lock()

    def tile_bytes(self, z: int, x: int, y: int) -> tuple[bytes, str]:
        """See `Archive.packed`."""
        number = int(pmtiles_format.numbers(z, np.array([x]), np.array([y]))[0])
        tile, coding = self.tile_numbered(number), COMPRESSIONS[self.header.compression]
        return tile, _coding(tile) if coding == "unknown" else coding

    def tile_numbered(self, number: int) -> bytes:
        """The bytes of the tile with this number."""
        directory = self._root
        for _ in range(4):
            found = directory.find(number)
            if found is None:
                return b""
            offset, length, run = found
            if run:
                if length > _MOST_TILE:
                    raise BadInput(f"a tile of {length:,} bytes; its directories are damaged")
                return self._read(self.header.tiles_offset + offset, length)
            directory = self._leaf(offset, length)
        raise BadInput("its directories lie in each other without an end")

    def _leaf(self, offset: int, length: int) -> Directory:
        with self._lock:
            known: Directory | None = self._leaves.get(offset)
            if known is not None:
                return known
        made = Directory.from_bytes(self._unpack(self.header.leaves_offset + offset, length))
        with self._lock, suppress(ValueError):  # one that is larger than all that are kept
            self._leaves[offset] = made
        return made

    def _unpack(self, offset: int, length: int) -> bytes:
        return pmtiles_format.unpack(self._read(offset, length), self.header.internal) if length else b""

    def _read(self, offset: int, length: int) -> bytes:
        size = os.fstat(self._file).st_size
        if offset + length > size:
            raise BadInput(
                f"bytes up to {offset + length:,} are to be read, and it has {size:,}; it is damaged"
            )
        return os.pread(self._file, length, offset)


class MBTiles(Archive):
    """An MBTiles file (SQLite)."""

    def __init__(self, file: Path) -> None:
        rows = self._rows = Rows(file)
        said = rows.metadata()
        self.metadata = {**_object(said.pop("json", "{}").encode()), **said}
        first = rows.any_tile()
        kind = said.get("format", "").lower().removeprefix("image/")
        self.kind = {"pbf": "mvt", "jpeg": "jpg", "application/x-protobuf": "mvt"}.get(
            kind, kind
        ) or _guess_type(first)
        if self.kind not in MEDIA_TYPES:
            raise BadInput(
                f"its metadata say that tiles are {kind!r}, which is none of: {', '.join(MEDIA_TYPES)}, pbf"
            )
        known = rows.zooms()
        self.min_zoom = _whole(said.get("minzoom"), known[0])
        self.max_zoom = _whole(said.get("maxzoom"), known[1])
        bounds = _numbers(said.get("bounds", ""), 4) or [-180.0, -85.05113, 180.0, 85.05113]
        self.bounds = bounds[0], bounds[1], bounds[2], bounds[3]
        centre = _numbers(said.get("center", ""), 3) or [
            (bounds[0] + bounds[2]) / 2,
            (bounds[1] + bounds[3]) / 2,
            self.min_zoom,
        ]
        self.centre = centre[0], centre[1], int(min(max(centre[2], 0), encode.MAX_ZOOM))

    def tile_bytes(self, z: int, x: int, y: int) -> tuple[bytes, str]:
        """See `Archive.packed`."""
        tile = self._rows.tile(z, x, (1 << z) - 1 - y)  # rows are counted from the south
        return tile, _coding(tile)


class Archives:
    """The archives that were read last, each as its file is now."""

    def __init__(self, most: int = 64) -> None:
        self._open: LRUCache[Path, tuple[str, Archive]] = LRUCache(most)
        self._lock = threading.Lock()

    def open(self, source: SourceFile) -> Archive:
        """The archive; `FaultyData` says what is wrong with its file."""
        with self._lock:
            known = self._open.get(source.file)
            if known is not None and known[0] == source.version:
                return known[1]
        made = open_archive(source)
        with self._lock:
            self._open[source.file] = source.version, made
        return made

    def tile(self, source: SourceFile, z: int, x: int, y: int, *, unpack: bool = False) -> tuple[bytes, str]:
        """A tile of it (`Archive.packed`); `unpack` what is packed with gzip. `FaultyData` where it is damaged."""
        archive = self.open(source)
        try:
            packed, coding = archive.tile_bytes(z, x, y)
            if coding == "gzip" and unpack and packed:
                return pmtiles_format.unpack(packed, 2), "identity"
        except (OSError, BadInput) as error:
            _refuse(source, error)
        return packed, coding


def open_archive(source: SourceFile) -> Archive:
    """The archive of a file; `FaultyData` says what is wrong with it."""
    try:
        pmtiles = source.file.suffix.lower() == ".pmtiles"
        return PMTiles(source.file) if pmtiles else MBTiles(source.file)
    except (OSError, BadInput) as error:
        _refuse(source, error)


def _refuse(source: SourceFile, error: Exception) -> NoReturn:
    raise sources.faulty(source.file, str(error)) from error


def _coding(tile: bytes) -> str:
    return "gzip" if tile.startswith(b"\x1f\x8b") else "identity"


def _object(text: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except ValueError as error:
        raise BadInput(f"its metadata are no JSON: {error}") from error
    if not isinstance(found, dict):
        raise BadInput("its metadata are no JSON object")
    return found


def _guess_type(tile: bytes) -> str:
    """The type of a tile by how it begins."""
    begins = {b"\x89PNG": "png", b"\xff\xd8": "jpg", b"RIFF": "webp", b"\x1f\x8b": "mvt", b"\x1a": "mvt"}
    return next((kind for begin, kind in begins.items() if tile.startswith(begin)), "")


def _whole(said: str | None, other: int) -> int:
    return int(said) if said and re.fullmatch("[0-9]{1,2}", said) else other


def _numbers(said: str, n: int) -> list[float]:
    """So many numbers with commas; none where they are not that."""
    try:
        found = [float(part) for part in said.split(",")]
    except ValueError:
        return []
    return found if len(found) == n and all(np.isfinite(found)) else []
