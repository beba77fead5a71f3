"""Houses in their plots: how blocks of each use are divided, and which footprints stand there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from layers.demo import footprints
from layers.demo.blocks import COMMERCIAL, EDUCATION, HAMLET, INDUSTRIAL, SLAB, TOWER, VILLAGE, Blocks
from layers.demo.frame import Array, CityFrame, Index, geometry_to_lonlat


@dataclass(frozen=True)
class HouseKind:
    """How blocks of one use are built: plots across and down, house sizes, shapes with their odds."""

    across: int
    down: int
    width_m: tuple[float, float]
    depth_m: tuple[float, float]
    keep: float
    shapes: dict[str, float]


_KINDS = {
    TOWER: HouseKind(3, 3, (26, 40), (22, 34), 0.8, {"cross": 0.4, "stepped": 0.3, "cut": 0.12, "bar": 0.18}),
    SLAB: HouseKind(2, 5, (38, 70), (11, 14), 0.92, {"bar": 0.86, "stepped": 0.08, "l": 0.06}),
    COMMERCIAL: HouseKind(
        2, 2, (34, 75), (30, 65), 0.9, {"bar": 0.3, "court": 0.25, "l": 0.15, "u": 0.1, "cut": 0.2}
    ),
    INDUSTRIAL: HouseKind(2, 3, (50, 90), (24, 45), 0.8, {"bar": 0.85, "l": 0.15}),
    VILLAGE: HouseKind(8, 8, (8.5, 14), (9, 15), 0.72, {"bar": 0.85, "l": 0.15}),
    EDUCATION: HouseKind(2, 3, (40, 75), (15, 40), 0.75, {"bar": 0.35, "u": 0.3, "l": 0.25, "court": 0.1}),
    HAMLET: HouseKind(7, 7, (9, 14), (9, 13), 0.45, {"bar": 0.8, "l": 0.2}),
}


@dataclass(frozen=True)
class Houses:
    """Houses of one shape: polygons in lon, lat, footprints in m², and the number of their block."""

    polygons: Geometries
    area_m2: Array
    block: Index


def _plots(frame: CityFrame, blocks: Blocks, use: int, rng: np.random.Generator) -> tuple[Index, Array]:
    """For each house its block, and its box (s, t, width, depth) in the block's unit square."""
    kind = _KINDS[use]
    which = np.flatnonzero(blocks.use == use)
    corners = blocks.corners[which]
    width = np.hypot(*(corners[:, 1] - corners[:, 0]).T)
    depth = np.hypot(*(corners[:, 3] - corners[:, 0]).T)
    shrink = frame.step_m / 200.0 if use in (TOWER, SLAB, COMMERCIAL, INDUSTRIAL, EDUCATION) else 1.0
    across, down = kind.across, kind.down
    k = np.tile(np.arange(across * down), len(which))
    owner = np.repeat(np.arange(len(which)), across * down)
    keep = np.full(len(which), kind.keep)
    if frame.size == "small":  # a sample: the centre is built up, further out only here and there
        keep *= np.clip(3.4 * blocks.urban[which] - 0.15, 0.1, 1.0)
    kept = rng.random(len(k)) < keep[owner]
    k, owner = k[kept], owner[kept]
    room_w, room_d = width[owner] / across, depth[owner] / down
    # At least two metres of air on each side of a house, and never more than nine tenths of the plot.
    share_w = np.minimum(rng.uniform(*kind.width_m, len(k)) * shrink, 0.9 * room_w - 3) / room_w
    share_d = (
        np.minimum(rng.uniform(*kind.depth_m, len(k)) * min(1.0, shrink * 1.15), 0.9 * room_d - 3) / room_d
    )
    fits = (share_w > 0.15) & (share_d > 0.15)
    k, owner, share_w, share_d = k[fits], owner[fits], share_w[fits], share_d[fits]
    spare = np.array([1.0, 1.0]) - np.column_stack([share_w, share_d])
    off = spare * (0.5 + rng.uniform(-0.4, 0.4, (len(k), 2)))
    if use == SLAB:  # rows of slabs stand in line
        off[:, 1] = spare[:, 1] * 0.5
    box = np.column_stack(
        [
            (k % across + off[:, 0]) / across,
            (k // across + off[:, 1]) / down,
            share_w / across,
            share_d / down,
        ]
    )
    return which[owner], box


def raise_houses(frame: CityFrame, blocks: Blocks, closed: NDArray[Any]) -> list[Houses]:
    """All houses of the city by shape; none touches the `closed` polygons (metres from the origin)."""
    tree = shapely.STRtree(geometry_to_lonlat(closed))
    near = np.zeros(len(blocks.i), dtype=bool)
    quads = shapely.polygons(blocks.corners)
    near[shapely.STRtree(closed).query(quads, predicate="intersects")[0]] = True
    out = []
    for use, kind in _KINDS.items():
        rng = frame.rng(100 + use)
        block, box = _plots(frame, blocks, use, rng)
        odds = np.array(list(kind.shapes.values()))
        pick = rng.choice(len(odds), len(block), p=odds / odds.sum())
        for number, shape in enumerate(kind.shapes):
            chosen = np.flatnonzero(pick == number)
            flip = rng.random(len(chosen)) < 0.5
            house = box[chosen]
            house[flip, 0] += house[flip, 2]
            house[flip, 2] *= -1
            house[flip, 1] += house[flip, 3]
            house[flip, 3] *= -1
            polygons, area = footprints.polygons(shape, blocks.corners[block[chosen]], house)
            dry = np.ones(len(chosen), dtype=bool)
            suspect = np.flatnonzero(near[block[chosen]])
            dry[suspect[np.unique(tree.query(polygons[suspect], predicate="intersects")[0])]] = False
            out.append(Houses(polygons[dry], area[dry], block[chosen][dry]))
    return out
