"""A PMTiles file while it is written: tiles in their order, and then all that stands before them."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from array import array
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from cim.arrays import drafts
from cim.errors import BadInput
from tiles.archives import pmtiles_format
from tiles.archives.pmtiles_format import HEADER_BYTES, Directory, Header

#: Only tiles of few bytes are alike: those that lie inside of one polygon.
_ALIKE_BYTES = 4096
_GZIP, _MVT = 2, 1


class ArchiveDraft:
    """Vector tiles on their way into a file, which is not there, or is as it was, until `finish`.

    Memory holds 32 bytes a tile; the tiles themselves wait in a file without a name beside it.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tiles = tempfile.TemporaryFile(dir=file.parent)  # noqa: SIM115 (closed on leaving)
        self._first, self._runs, self._lengths, self._offsets = (array("Q") for _ in range(4))
        self._known: dict[bytes, int] = {}
        self._end = 0
        #: How many tiles were added.
        self.addressed = 0
        self._contents = 0

    def __enter__(self) -> ArchiveDraft:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._tiles.close()

    def add(self, number: int, tile: bytes) -> None:
        """Add a tile, compressed; numbers ascend. One that is there already is not written again."""
        self.addressed += 1
        offset = self._place(tile)
        if (
            self._first
            and self._offsets[-1] == offset
            and number == self._first[-1] + self._runs[-1]
            and self._lengths[-1] == len(tile)
        ):
            self._runs[-1] += 1
            return
        for column, value in (
            (self._first, number),
            (self._runs, 1),
            (self._lengths, len(tile)),
            (self._offsets, offset),
        ):
            column.append(value)

    def _place(self, tile: bytes) -> int:
        """Where the tile's bytes lie: those of one that is alike, or its own."""
        key = b""
        if len(tile) <= _ALIKE_BYTES:
            key = hashlib.blake2b(tile, digest_size=16).digest()
            known = self._known.get(key)
            if known is not None:
                return known
            self._known[key] = self._end
        self._tiles.write(tile)
        begin, self._end = self._end, self._end + len(tile)
        self._contents += 1
        return begin

    def finish(
        self,
        bounds: tuple[float, float, float, float],
        centre_zoom: int,
        metadata: Mapping[str, Any],
    ) -> int:
        """Put the file in its place, whole and on disk; how many bytes it has. `BadInput` where no tile was added."""
        if not self._first:
            raise BadInput("none of these layers shows anything there: no tile was made")
        whole = Directory(
            *(np.frombuffer(c, np.uint64) for c in (self._first, self._runs, self._lengths, self._offsets))
        )
        root, leaves = pmtiles_format.with_leaves(whole)
        said = pmtiles_format.compress(json.dumps(metadata, ensure_ascii=False).encode())
        e7 = [round(side * 1e7) for side in bounds]
        metadata_at = HEADER_BYTES + len(root)
        leaves_at = metadata_at + len(said)
        header = Header(
            root_offset=HEADER_BYTES,
            root_length=len(root),
            metadata_offset=metadata_at,
            metadata_length=len(said),
            leaves_offset=leaves_at,
            leaves_length=len(leaves),
            tiles_offset=leaves_at + len(leaves),
            tiles_length=self._end,
            addressed=self.addressed,
            entries=len(whole),
            contents=self._contents,
            clustered=1,
            internal=_GZIP,
            compression=_GZIP,
            kind=_MVT,
            min_zoom=pmtiles_format.place(self._first[0])[0],
            max_zoom=pmtiles_format.place(self._first[-1] + self._runs[-1] - 1)[0],
            west_e7=e7[0],
            south_e7=e7[1],
            east_e7=e7[2],
            north_e7=e7[3],
            centre_zoom=centre_zoom,
            centre_lon_e7=(e7[0] + e7[2]) // 2,
            centre_lat_e7=(e7[1] + e7[3]) // 2,
        )
        with drafts.new_file(self._file) as out:
            out.write(b"".join([header.to_bytes(), root, said, leaves]))
            self._tiles.seek(0)
            shutil.copyfileobj(self._tiles, out, 1 << 20)
        return header.tiles_offset + header.tiles_length
