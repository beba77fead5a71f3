"""The levels of one layer, zoom by zoom, so large that its fullest tile still fits.

A level begins with the smallest size that its rule allows; where the fullest tile would be too large, that size grows
until it is not, for the whole level alike: so neighbouring tiles show the same kinds of things, and nothing ends at
a tile's border.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays import bundle, parallel
from cim.columnar import queries
from cim.columnar.columns import Columns
from cim.model.layer import Layer
from cim.progress import Progress, silent
from tiles.geometry.clipping import BUFFER
from tiles.geometry.tile_shapes import EXTENT, EXTENT_BITS
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.pyramid import zoom_level as levels
from tiles.pyramid.zoom_level import ARRAYS, Drawable, Level
from tiles.pyramid.zoom_rules import FULL_ZOOM, TILE_PX, TileRule

#: The zooms that are prepared; deeper tiles hold so little that they are made of the rows themselves.
DEEPEST = 16
#: Grows when levels change their meaning; those of another format are made anew.
FORMAT = 5
#: What of a tile's bytes one layer may take before its level leaves more out: others are to have room too.
_SHARE = 0.7
#: Bytes of a feature besides its command stream: its headers, number and a tag.
_HEAD_BYTES, _TAG_BYTES = 14, 3
_LARGEST_PX = 64.0

Measure = Callable[[Level, int, int], int]


@dataclass(frozen=True, slots=True, eq=False)
class Tags:
    """The attributes of a layer's features in a tile: keys, the field of each, and the keys as they stand in it."""

    keys: tuple[str, ...]
    fields: NDArray[np.int64]
    written: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Pyramid:
    """The levels of a layer's base by zoom, with the rule they were made by; `rows` of the base have a geometry.

    What each tile of a zoom has alike is kept: the `tags` that were asked for, and what is `told` of the level.
    """

    rule: TileRule
    rows: int
    levels: dict[int, Level]
    tags: dict[Any, Tags] = field(default_factory=dict)
    told: dict[int, dict[str, Any]] = field(default_factory=dict)

    def as_dict(self, z: int) -> dict[str, Any]:
        """What the level of a zoom shows and leaves out, in rows of the layer."""
        if z not in self.told:
            level = self.levels[z]
            stands_for = level.stands_for()
            self.told[z] = {
                "z": z,
                "shapes": len(level),
                "merged": stands_for - len(level),
                "left_out": max(self.rows - stands_for, 0),
                "least_px": round(level.least * TILE_PX / EXTENT, 2),
            }
        return self.told[z]


def build(
    layer: Layer,
    columns: Columns,
    rule: TileRule,
    max_bytes: int,
    *,
    zooms: tuple[int, int] = (0, DEEPEST),
    measure: Measure | None = None,
    progress: Progress = silent,
) -> Pyramid:
    """The levels of the zooms, first and last included.

    `measure` gives the exact bytes of a level's tile (level, x, y); without it they are estimated.
    """
    of = Drawable.of(layer, columns, rule)
    made: dict[int, Level] = {}
    first, last = max(zooms[0], rule.min_zoom), zooms[1]
    least = rule.least_px * EXTENT / TILE_PX

    def one(i: int) -> None:
        z = last - i
        made[z] = _fitting(of, rule, z, least if z < FULL_ZOOM else 0.0, max_bytes * _SHARE, measure)
        progress(f"tiles of {layer.name}", len(made), last - first + 1)

    parallel.side_by_side(one, max(last - first + 1, 0))
    return Pyramid(rule, len(of.rows), dict(sorted(made.items(), reverse=True)))


def _fitting(
    of: Drawable, rule: TileRule, z: int, least: float, most: float, measure: Measure | None
) -> Level:
    """The level whose fullest tile has at most so many bytes; where nothing may be left out, as it is."""
    level = levels.build_level(of, rule, z, least)
    largest, fullest = _largest(of, level, rule, most, measure)
    most_least = _LARGEST_PX * EXTENT / TILE_PX
    while rule.thin != "none" and largest > most and least < most_least:
        # What fits is found where there is most, among few rows; then the whole level is made.
        there = _within(of, z, fullest)
        while largest > most and least < most_least:
            # Twice the bytes are twice the shapes, on half the surface each.
            least = max(least, 2.0) * min(max(1.08 * math.sqrt(largest / most), 1.15), 4.0)
            level = levels.build_level(there, rule, z, least)
            largest, _ = _largest(there, level, rule, most, measure)
        if there is not of:
            level = levels.build_level(of, rule, z, least)
            largest, fullest = _largest(of, level, rule, most, measure)
    return level


def _within(of: Drawable, z: int, tiles: Sequence[tuple[int, int]]) -> Drawable:
    """Only the rows that show in some tiles; all where these are not far fewer."""
    boxes = [WEB_MERCATOR.search_box(z, x, y, BUFFER / EXTENT) for x, y in tiles]
    found, _ = queries.in_bounds(of.columns, np.array(boxes), queries.NONE_DEAD)
    rows = np.intersect1d(found, of.rows)
    return of if 2 * len(rows) > len(of.rows) else replace(of, rows=rows)


def _largest(
    of: Drawable, level: Level, rule: TileRule, most: float, measure: Measure | None
) -> tuple[float, list[tuple[int, int]]]:
    """Bytes of the fullest tile of a level: the largest of the few that an estimate puts first; and these."""
    if not len(level):
        return 0.0, []
    west, north, east, south = level.tree[: len(level)].T.astype(np.int64)
    x, y = (west + east) >> (EXTENT_BITS + 1), (north + south) >> (EXTENT_BITS + 1)
    tile, of_shape = np.unique((x << 32) | y, return_inverse=True)
    tags = len(rule.fields_at(level.zoom, of.layer.field_names)) + bool(len(level.count))
    each = np.diff(level.starts) + _HEAD_BYTES + _TAG_BYTES * tags
    estimate = np.bincount(of_shape.ravel(), each)
    fullest = [(key >> 32, key & 0xFFFFFFFF) for key in tile[np.argsort(estimate)[::-1][:3]].tolist()]
    if measure is None or estimate.max() < 0.4 * most:
        return float(estimate.max()), fullest
    return float(max(measure(level, *place) for place in fullest)), fullest


def save(pyramid: Pyramid, file: Path) -> None:
    """Write the levels to a file that appears at once. `OSError` where the disk is full."""
    arrays = {f"{z}-{name}": getattr(level, name) for z, level in pyramid.levels.items() for name in ARRAYS}
    least = {str(z): level.least for z, level in pyramid.levels.items()}
    bundle.save(arrays, file, {"rows": pyramid.rows, "least": least})


def open_pyramid(file: Path, rule: TileRule) -> Pyramid | None:
    """The memory-mapped levels of a file; None where they are not there or not whole."""
    kept = bundle.open_bundle(file)
    if kept is None:
        return None
    try:
        made = {
            int(z): Level(int(z), float(least), **{name: kept.arrays[f"{z}-{name}"] for name in ARRAYS})
            for z, least in kept.facts["least"].items()
        }
        return Pyramid(rule, int(kept.facts["rows"]), made)
    except KeyError:
        return None


def file_name(rule: TileRule, max_bytes: int) -> str:
    """The name of the file of the levels made by a rule, in the folder of the base, without its ending."""
    return f"tiles-{FORMAT}-{rule.version}-{max_bytes}-{BUFFER}"
