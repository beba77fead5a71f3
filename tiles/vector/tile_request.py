"""Requests for vector tiles, and the key of each tile, which is its ETag.

The key contains the city, each layer's version and the last change in the tile (its place in the change log), how the
layer is drawn, the filter, the fields, the grid, and the part of the city that the caller may see. A tile with this key
is therefore the right one in every worker and after every restart.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from cachetools import LRUCache
from isal import igzip

from cim.access.caller import Caller
from cim.cql.filter import Filter
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot, require_layer
from tiles.grid.tile_grid import Grid, grid_of
from tiles.pyramid.zoom_rules import FULL_ZOOM
from tiles.style.document import LABEL_SUFFIX
from tiles.vector import encode, tile_parts
from tiles.vector.registry import PyramidRegistry
from tiles.vector.tile_layer import TileLayer, keys_of

#: Maximum prepared requests, and maximum keys of tiles that are kept for each.
_QUESTIONS, _KEYS = 64, 20_000


@dataclass(frozen=True, slots=True)
class TileQuery:
    """Which tiles are asked for: layers with commas, a filter, fields with commas, a datum, degrees or metres."""

    layers: str
    filter: str = ""
    fields: str = ""
    datum: str = "wgs84"
    degrees: bool = False
    scope: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class TileRequest:
    """A prepared question: how each layer is drawn, for every tile of it, as long as no layer changes."""

    of: str
    drawings: tuple[TileLayer, ...]
    grid: Grid
    said: str
    max_bytes: int
    state: tuple[object, int]
    keys: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def key(self, z: int, x: int, y: int) -> str:
        """The key of a tile: 16 bytes in hexadecimal."""
        known = self.keys.get((z, x, y))
        if known is None:
            encode.check_tile(z, x, y, self.grid)
            parts = (self._version(d.at(z), z, x, y) for d in self.drawings)
            text = f"{self.of}:{self.said}:{z}/{x}/{y}:" + ",".join(parts)
            known = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
            if len(self.keys) > _KEYS:
                self.keys.clear()
            self.keys[z, x, y] = known
        return known

    def _version(self, drawing: TileLayer, z: int, x: int, y: int) -> str:
        snapshot = drawing.snapshot
        seq = drawing.as_of(z, x, y, self.grid)
        level = drawing.level(z + self.grid.finer)
        # A level that leaves nothing out shows all rows, whichever base it was built from.
        whole = z >= FULL_ZOOM and (level is None or level.least == 0.0)
        made_of = "" if whole else f".{snapshot.base_seq}{'' if level is None else 'L'}"
        made_of += f".{broken}" if (broken := tile_parts.broken_lines(drawing, z, x, y, self.grid)) else ""
        return f"{snapshot.layer.name}@{snapshot.layer.version}.{seq}.{drawing.zoom_rule().version}{made_of}"

    def tile(self, z: int, x: int, y: int) -> bytes:
        """The tile, compressed."""
        return gzip_tile(encode.encode(self.drawings, z, x, y, self.max_bytes, self.grid))


class TileMaker:
    """Prepares requests for vector tiles and keeps them. `of` identifies the city in the keys of tiles."""

    def __init__(self, pyramids: PyramidRegistry, of: str, max_bytes: int) -> None:
        self.pyramids = pyramids
        self.of = of
        self.max_bytes = max_bytes
        self._asked: LRUCache[tuple[TileQuery, bool], TileRequest] = LRUCache(_QUESTIONS)
        self._lock = threading.Lock()

    def find_prepared(
        self, question: TileQuery, caller: Caller, snapshots: Mapping[str, Snapshot]
    ) -> TileRequest | None:
        """The request for a question if it was prepared before for the very same snapshots; else None."""
        with self._lock:
            known: TileRequest | None = self._asked.get(_by(question, caller))
        if known is None or known.state[0] is not snapshots:
            return None
        return known if known.state[1] == self.pyramids.generation else None

    def prepare(self, question: TileQuery, caller: Caller, snapshots: Mapping[str, Snapshot]) -> TileRequest:
        """The request for a question to these snapshots. `NotFound` for a layer that is not loaded, `BadInput` for a
        filter or field that does not exist, `Forbidden` for a filter that the caller may not use."""
        generation = self.pyramids.generation
        made = self._make_request(question, caller, snapshots, generation)
        with self._lock:
            self._asked[_by(question, caller)] = made
        return made

    def _make_request(
        self, question: TileQuery, caller: Caller, snapshots: Mapping[str, Snapshot], generation: int
    ) -> TileRequest:
        names = question.layers.split(",")
        if len(set(names)) != len(names):
            raise BadInput(f"{question.layers!r} names a layer twice")
        drawings = [self.pyramids.drawing(self.snapshot(name, snapshots)) for name in names]
        made, said = choose(drawings, question.filter, question.fields, caller)
        grid = grid_of(question.datum, degrees=question.degrees)
        text = f"{question.scope}:{grid}:{said}:{self.max_bytes}"
        return TileRequest(self.of, made, grid, text, self.max_bytes, (snapshots, generation))

    @staticmethod
    def snapshot(name: str, snapshots: Mapping[str, Snapshot]) -> Snapshot:
        """One of the snapshots; `NAME_label` is the polygon layer NAME as the points where its names are written.
        `NotFound` where there is no such layer."""
        polygons = snapshots.get(name.removesuffix(LABEL_SUFFIX))
        if name in snapshots or polygons is None or polygons.layer.geometry != "polygon":
            return require_layer(snapshots, name)
        return polygons.labels


def _by(question: TileQuery, caller: Caller) -> tuple[TileQuery, bool]:
    """The key of a prepared request; it depends on the caller, who may not filter by every field."""
    return question, caller.sees_personal_data and bool(question.filter)


def choose(
    drawings: Sequence[TileLayer], filter: str, fields: str, caller: Caller
) -> tuple[tuple[TileLayer, ...], str]:
    """The layers with a filter (CQL2, for a single layer) and a choice of fields (comma-separated) applied, and the
    text that stands for both in keys. `BadInput` for a field that does not exist, `Forbidden` for a filter on a field
    that the caller may not see."""
    keep, said, names = None, "", None
    if filter:
        if len(drawings) > 1:
            raise BadInput("a filter is of one layer; ask for the layers that have one apart")
        by = Filter.of(filter, drawings[0].layer)
        caller.require_seen(by.fields)
        keep, said = by.rows(drawings[0].snapshot), by.key
    if fields:
        names = frozenset(fields.split(","))
        known = {key for d in drawings for key in keys_of(d)}
        unknown = sorted(names - known)
        if unknown:
            raise BadInput(
                f"{', '.join(unknown)}: no such field in the tiles of {', '.join(d.layer.name for d in drawings)}; "
                f"there are: {', '.join(sorted(known)) or 'none'}"
            )
    made = tuple(replace(d, keep=keep, fields=names, before=None if filter else d.before) for d in drawings)
    return made, f"{said}:{'*' if names is None else ','.join(sorted(names))}"


def gzip_tile(plain: bytes) -> bytes:
    """A tile compressed by gzip; an empty one stays empty."""
    packed: bytes = igzip.compress(plain, 1) if plain else b""
    return packed
