"""A layer of polygons with heights, as 3D tiles."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import RowIds
from cim.bim.placement import to_tangent
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot
from tiles.three_d.extrude import extrude
from tiles.three_d.glb import write_glb
from tiles.three_d.tree import Tree, grow

#: The fields that say how high something is, the first that a layer has; then those that count its floors.
HEIGHTS = ("height_m", "height", "measuredHeight", "top_m")
FLOORS = ("floors", "levels", "storeys", "storeysAboveGround")
_BOTTOMS = ("bottom_m", "base_m", "min_height", "ground_m")
#: Fields whose values come with each feature.
_TOLD = ("id", "code", "name", "model", "class", "use", "kind", "floors", "height_m")
#: What has neither height nor floors is as high as one floor.
_FLOOR_M = 3.2


@dataclass(frozen=True, slots=True, eq=False)
class FootprintTiles:
    """The 3D tiles of a snapshot. `origin` is where their metres begin, `heights` the lowest and highest of all."""

    snapshot: Snapshot
    rows: RowIds
    bottom_m: NDArray[np.float64]
    top_m: NDArray[np.float64]
    tree: Tree
    origin: tuple[float, float, float]
    heights: tuple[float, float]
    #: The keys of tiles that were asked for.
    _keys: dict[tuple[int, int, int], str] = field(default_factory=dict)

    def key(self, level: int, x: int, y: int) -> str:
        """What a tile is made of: the same as long as nothing in it has changed, whatever else did."""
        if (level, x, y) not in self._keys:
            self._keys[level, x, y] = self._digest(level, x, y)
        return self._keys[level, x, y]

    def _digest(self, level: int, x: int, y: int) -> str:
        digest = hashlib.blake2b(repr(self.origin).encode(), digest_size=16)
        things = self.tree.things(level, x, y)
        rows = self.rows[things]
        digest.update(np.ascontiguousarray(self.snapshot.fids(rows)).tobytes())
        digest.update(self.bottom_m[things].tobytes() + self.top_m[things].tobytes())
        digest.update(b"".join(shapely.to_wkb(self.snapshot.geometry(rows))))
        digest.update(repr(self._values(rows)).encode())
        return digest.hexdigest()

    def content(self, level: int, x: int, y: int) -> bytes | None:
        """The GLB of a tile; None where it has nothing."""
        things = self.tree.things(level, x, y)
        if not len(things):
            return None
        rows = self.rows[things]
        place = partial(_place, origin=self.origin)
        mesh = extrude(self.snapshot.geometry(rows), self.bottom_m[things], self.top_m[things], place)
        if mesh is None:
            return None
        values = self._values(rows)
        values["fid"] = self.snapshot.fids(rows).tolist()
        return write_glb([mesh], values, self.snapshot.layer.name)

    def _values(self, rows: RowIds) -> dict[str, list[object]]:
        names = [name for name in _TOLD if name in self.snapshot.layer.field_names]
        table = self.snapshot.attributes(rows, names)
        return {name: table[name].to_pylist() for name in names}


def _place(positions: NDArray[np.float64], origin: tuple[float, float, float]) -> NDArray[np.float64]:
    return to_tangent(positions, *origin)


def footprint_tiles(snapshot: Snapshot, floor_m: float = _FLOOR_M) -> FootprintTiles:
    """The 3D tiles of a layer of polygons. `floor_m` is the height of a floor where the layer counts floors.

    `BadInput` for a layer of points or lines.
    """
    if snapshot.layer.geometry != "polygon":
        raise BadInput(
            f"layer {snapshot.layer.name!r} has {snapshot.layer.geometry}s; 3D tiles are made of polygons"
        )
    boxes = snapshot.row_bounds(snapshot.rows)
    there = boxes[:, 0] <= boxes[:, 2]
    rows, boxes = snapshot.rows[there], boxes[there]
    bottom, top = _heights(snapshot, rows, floor_m)
    degrees = boxes[:, 2:] - boxes[:, :2]
    degrees[:, 0] *= np.cos(np.radians(boxes[:, 1]))
    size = np.maximum(top - bottom, 1.0) * degrees.max(axis=1, initial=0.0)
    tree = grow(boxes, size, 5 * _corner_counts(snapshot, rows))
    west, south, east, north = tree.region
    heights = (float(bottom.min()), float(top.max())) if len(rows) else (0.0, 0.0)
    return FootprintTiles(
        snapshot, rows, bottom, top, tree, ((west + east) / 2, (south + north) / 2, 0.0), heights
    )


def _heights(
    snapshot: Snapshot, rows: RowIds, floor_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The bottom and top of each row in metres. A layer that has a bottom counts its top from 0, else from its
    bottom, which is 0."""
    names = snapshot.layer.field_names
    bottom = _numbers(snapshot, rows, next((n for n in _BOTTOMS if n in names), None))
    bottom = np.nan_to_num(bottom)
    height = _numbers(snapshot, rows, next((n for n in HEIGHTS if n in names and n != "top_m"), None))
    floors = _numbers(snapshot, rows, next((n for n in FLOORS if n in names), None))
    height = np.where(np.isnan(height), floors * floor_m, height)
    top = bottom + np.where(np.isnan(height) | (height <= 0.0), floor_m, height)
    if "top_m" in names:
        given = _numbers(snapshot, rows, "top_m")
        top = np.where(np.isnan(given), top, given)
    return bottom, np.maximum(top, bottom + 0.1)


def _numbers(snapshot: Snapshot, rows: RowIds, name: str | None) -> NDArray[np.float64]:
    kinds = {f.name: f.type for f in snapshot.layer.fields}
    if name is None or kinds[name] not in ("real", "integer"):
        return np.full(len(rows), np.nan)
    column = snapshot.attributes(rows, [name])[name].combine_chunks()
    return np.asarray(column.cast("float64").to_numpy(zero_copy_only=False), np.float64)


def _corner_counts(snapshot: Snapshot, rows: RowIds) -> NDArray[np.int64]:
    counts = []
    for part, _, first in snapshot.parts:
        mine = rows[(rows >= first) & (rows < first + len(part))] - first
        begin, end = part.vertices[part.rings[mine]], part.vertices[part.rings[mine + 1]]
        counts.append(end.astype(np.int64) - begin.astype(np.int64))
    return np.concatenate(counts)
