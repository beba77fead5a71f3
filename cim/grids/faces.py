"""Faces: land divided by lines, the borders between faces, and merging of small faces.

All coordinates are rounded to a grid of `GRID_M` metres, so that two faces share the vertices of a common border.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries

#: Coordinates are rounded to this, which is finer than any survey.
GRID_M = 1e-4

#: A midpoint within this distance of a line is on it.
_ON_LINE_M = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Lines in metres that can bound a grid. `strength` float64[n], from 0 to 1: how strongly each separates land."""

    shapes: Geometries
    strength: NDArray[np.float64]

    def within(self, area: Any) -> Lines:
        """The parts of the lines inside a polygon."""
        tree = shapely.STRtree(self.shapes)
        near = np.sort(tree.query(area, predicate="intersects"))
        inside = shapely.intersection(self.shapes[near], area)
        parts, of = shapely.get_parts(inside, return_index=True)
        line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
        return Lines(parts[line], self.strength[near][of[line]])


def polygons_in(geometry: Any) -> Geometries:
    """The polygons in a geometry of any kind, or in an array of them."""
    parts = shapely.get_parts(geometry)
    while (shapely.get_type_id(parts) > shapely.GeometryType.POLYGON).any():
        parts = shapely.get_parts(parts)
    return np.asarray(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def polygonal_part(geometry: Any) -> Any:
    """The polygonal part of a geometry, as one polygon or multipolygon."""
    if geometry.geom_type in ("Polygon", "MultiPolygon"):
        return geometry
    return shapely.multipolygons(polygons_in(geometry))


def faces_of(lines: Sequence[Any] | NDArray[Any], within: Any) -> Geometries:
    """The faces of a polygon that is divided by lines; its outline is one of the lines."""
    noded = shapely.union_all(np.asarray(lines, object), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    shapely.prepare(within)
    return np.asarray(faces[shapely.intersects(within, shapely.point_on_surface(faces))])


def extend_dangles(lines: Geometries, outline: Any, reach_m: float) -> NDArray[Any]:
    """The straight pieces that extend dead ends to the next line or the outline, where one is within reach.

    A lane that ends in a yard divides the block once it is extended; a dead end bounds no face.
    """
    whole = shapely.union_all(np.append(lines, outline), grid_size=GRID_M)
    pieces = shapely.get_parts(shapely.line_merge(whole))
    if not len(pieces):
        return np.empty(0, object)
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(pieces, at)) for at in (0, -1)])
    before = np.concatenate([shapely.get_coordinates(shapely.get_point(pieces, at)) for at in (1, -2)])
    _, place, count = np.unique(ends[:, 0] + 1j * ends[:, 1], return_inverse=True, return_counts=True)
    free = count[place] == 1
    end, way = ends[free], ends[free] - before[free]
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    rays = shapely.linestrings(np.stack([end + way * 0.01, end + way * reach_m], axis=1))
    found = []
    for start, direction, hit in zip(end, way, shapely.intersection(rays, whole), strict=True):
        if not hit.is_empty:
            metres = np.hypot(*(shapely.get_coordinates(hit) - start).T).min()
            found.append(shapely.linestrings([start, start + direction * (metres + GRID_M)]))
    return np.array(found, object)


@dataclass(frozen=True, slots=True, eq=False)
class Borders:
    """The straight pieces of common border between noded faces. `low` < `high` are indexes of faces, -1 is the
    outside."""

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    length_m: NDArray[np.float64]
    middle: NDArray[np.float64]

    @classmethod
    def between(cls, faces: Geometries) -> Borders:
        """The borders of faces that share their vertices exactly."""
        rings, face = shapely.get_rings(faces, return_index=True)
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        point = xy[:, 0] + 1j * xy[:, 1]
        same = ring[1:] == ring[:-1]
        a, b, of = point[:-1][same], point[1:][same], face[ring[1:][same]]
        _, number = np.unique(np.concatenate([a, b]), return_inverse=True)
        u, v = number[: len(a)], number[len(a) :]
        key = np.minimum(u, v) * (int(number.max(initial=0)) + 1) + np.maximum(u, v)
        order = np.argsort(key, kind="stable")
        first = np.flatnonzero(np.diff(key[order], prepend=-1))
        last = np.append(first[1:], len(order)) - 1
        one, two = of[order[first]], np.where(last > first, of[order[last]], -1)
        start, end = a[order[first]], b[order[first]]
        middle = (start + end) / 2
        return cls(
            np.minimum(one, two),
            np.maximum(one, two),
            np.abs(end - start),
            np.column_stack([middle.real, middle.imag]),
        )

    def strength(self, lines: Lines) -> NDArray[np.float64]:
        """The strength of each piece: that of the line which it is on, 0 where it is on none."""
        out = np.zeros(len(self.low))
        if len(lines.shapes) and len(out):
            tree = shapely.STRtree(lines.shapes)
            points = shapely.points(self.middle)
            piece, line = tree.query(points, predicate="dwithin", distance=_ON_LINE_M)
            np.maximum.at(out, piece, lines.strength[line])
        return out


def merge_small_faces(
    area: NDArray[np.float64],
    perimeter: NDArray[np.float64],
    borders: Borders,
    strength: NDArray[np.float64],
    least_m2: float,
    most_m2: float,
) -> NDArray[np.int64]:
    """The new number of each face after merging, until no face with a neighbour is smaller than `least_m2` or a mere
    strip.

    The smallest face is merged first. It prefers a neighbour with a long weak border, if the result is compact and not
    larger than `most_m2`.
    """
    n = len(area)
    size, around = area.tolist(), perimeter.tolist()
    beside: list[dict[int, list[float]]] = [{} for _ in range(n)]
    inner = borders.low >= 0
    for i, j, length, strong in zip(
        borders.low[inner].tolist(),
        borders.high[inner].tolist(),
        borders.length_m[inner].tolist(),
        strength[inner].tolist(),
        strict=True,
    ):
        if i != j:
            for one, other in ((i, j), (j, i)):
                sums = beside[one].setdefault(other, [0.0, 0.0])
                sums[0] += length
                sums[1] += length * (1.05 - strong)
    home = np.arange(n)
    narrow = 0.3 * least_m2**0.5

    def wanting(i: int) -> bool:
        strip = 2 * size[i] / around[i] < narrow and size[i] < most_m2
        return bool(size[i] < least_m2 or strip)

    queue = [(size[i], i) for i in range(n) if wanting(i)]
    heapq.heapify(queue)
    while queue:
        was, i = heapq.heappop(queue)
        if was != size[i] or not beside[i]:
            continue
        best, best_score = -1, -1.0
        for j, (length, weak) in beside[i].items():
            both = size[i] + size[j]
            outline = around[i] + around[j] - 2 * length
            compact = 12.566 * both / (outline * outline)
            score = weak / around[i] * min(1.0, most_m2 / both) ** 2 * (0.3 + compact)
            if score > best_score:
                best, best_score = j, score
        j = best
        length = beside[i][j][0]
        around[j] += around[i] - 2 * length
        size[j] += size[i]
        size[i] = -1.0
        home[i] = j
        for other, sums in beside[i].items():
            del beside[other][i]
            if other != j:
                for one, two in ((j, other), (other, j)):
                    old = beside[one].setdefault(two, [0.0, 0.0])
                    old[0] += sums[0]
                    old[1] += sums[1]
        beside[i] = {}
        if wanting(j):
            heapq.heappush(queue, (size[j], j))
    while (home[home] != home).any():
        home = home[home]
    return np.unique(home, return_inverse=True)[1]


def dissolve(faces: Geometries, label: NDArray[np.int64]) -> Geometries:
    """The faces of each label 0, 1, … dissolved into one shape that shares its vertices with its neighbours."""
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    out = np.empty(len(groups), object)
    for k, members in enumerate(groups):
        one = len(members) == 1
        out[k] = faces[members[0]] if one else shapely.coverage_union_all(faces[members])
    return out
