"""Lines as a network: nodes where roads meet, and the edges between them.

Roads meet where they share a vertex that is an end of one of them or a vertex of several; where only the inner
vertices of roads on different levels coincide, one passes over the other. An end that comes within the tolerance of
another road of its level without touching it is joined to it, as surveys need it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from cim.arrays.types import LonLat, MetricXY, RowIds
from cim.columnar.columns import offsets, spans
from cim.snapshot.snapshot import Snapshot
from cim.space import crs


class EdgeLines(NamedTuple):
    """Where edges lie, as kernels take them: the vertices of edge e are `first[e]` … `last[e]`, with metres `along`
    their line and a position each (float64[v, 2], metric or lon, lat)."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    along: NDArray[np.float64]
    position: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """The edges of a network, in the order of rows and along each line. With v vertices, e edges, k nodes:

    `metric`, `lonlat` float64[v, 2] the vertices of all lines; `along` float64[v] metres from the line's beginning;
    `first`, `last` int64[e] each edge's vertices; `row` int64[e] the snapshot's row; `start`, `end` int32[e] its nodes;
    `node_vertex` int64[k] a vertex at each node.
    """

    metric: MetricXY
    lonlat: LonLat
    along: NDArray[np.float64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    row: RowIds
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    node_vertex: NDArray[np.int64]

    @property
    def lines(self) -> EdgeLines:
        """Where the edges lie, in metres."""
        return EdgeLines(self.first, self.last, self.along, self.metric)

    @property
    def lonlat_lines(self) -> EdgeLines:
        """Where the edges lie, lon, lat."""
        return EdgeLines(self.first, self.last, self.along, self.lonlat)

    @property
    def length_m(self) -> NDArray[np.float64]:
        """The length of each edge."""
        return self.along[self.last] - self.along[self.first]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Vertices of all lines after each other: metric and lonlat float64[v, 2], where each line begins, whose row."""

    metric: MetricXY
    lonlat: LonLat
    starts: NDArray[np.int64]
    row: RowIds

    @property
    def line(self) -> NDArray[np.int64]:
        """The line of each vertex."""
        return np.repeat(np.arange(len(self.row)), np.diff(self.starts))


def build_edges(
    snapshot: Snapshot,
    level: NDArray[np.int16],
    tolerance_m: float,
    barriers: NDArray[np.float64] | None = None,
) -> Edges:
    """The edges of the living rows; `level` int16[all row numbers], `barriers` float64[b, 2] (lon, lat) are vertices at
    which a road is cut, too."""
    lines = _lines(snapshot)
    lines, joined = _join_ends(lines, level, tolerance_m, snapshot.metric_crs)
    node = _places(lines, level, joined)
    ends = np.zeros(len(node), np.bool_)
    ends[lines.starts[:-1]] = ends[lines.starts[1:] - 1] = True
    cut = ends | (np.bincount(node)[node] > 1)
    if barriers is not None and len(barriers):
        cut |= np.isin(_keys(lines.lonlat), _keys(barriers))
    begins, stops = cut.copy(), cut.copy()
    begins[lines.starts[1:] - 1] = False
    stops[lines.starts[:-1]] = False
    first, last = np.flatnonzero(begins), np.flatnonzero(stops)
    steps = np.zeros(len(node))
    steps[1:] = np.hypot(*(lines.metric[1:] - lines.metric[:-1]).T)
    steps[lines.starts[:-1]] = 0.0
    along = np.cumsum(steps)
    along -= np.repeat(along[lines.starts[:-1]], np.diff(lines.starts))
    used, number = np.unique(node[cut], return_inverse=True)
    of = np.full(len(node), -1, np.int32)
    of[cut] = number
    vertex = np.empty(len(used), np.int64)
    vertex[number] = np.flatnonzero(cut)
    return Edges(
        metric=lines.metric,
        lonlat=lines.lonlat,
        along=along,
        first=first,
        last=last,
        row=lines.row[lines.line[first]],
        start=of[first],
        end=of[last],
        node_vertex=vertex,
    )


def _lines(snapshot: Snapshot) -> _Lines:
    """Every part of every living row that has two different places, without vertices that repeat the one before."""
    metric, lonlat = [], []
    counts: list[NDArray[np.int64]] = []
    rows: list[NDArray[np.int64]] = []
    for part, dead, shift in snapshot.parts:
        rings = part.rings.astype(np.int64)
        row = np.repeat(np.arange(len(part)), np.diff(rings))
        kept = ~dead[row] if len(dead) else np.ones(len(row), np.bool_)
        sizes: Any = np.diff(part.vertices.astype(np.int64))[kept]
        at = spans(part.vertices[:-1][kept], sizes)
        metric.append(part.metric[at])
        lonlat.append(part.lonlat[at])
        counts.append(np.asarray(sizes, np.int64))
        rows.append(row[kept] + shift)
    xy, ll, size, of = (
        np.concatenate(metric),
        np.concatenate(lonlat),
        np.concatenate(counts),
        np.concatenate(rows),
    )
    line = np.repeat(np.arange(len(size)), size)
    same = np.zeros(len(xy), np.bool_)
    same[1:] = (line[1:] == line[:-1]) & (ll[1:] == ll[:-1]).all(axis=1)
    size = np.bincount(line[~same], minlength=len(size))
    xy, ll, line = xy[~same], ll[~same], line[~same]
    good = size > 1
    inside = good[line]
    return _Lines(xy[inside], ll[inside], offsets(size[good]), of[good])


def _join_ends(
    lines: _Lines, level: NDArray[np.int16], tolerance_m: float, metric_crs: str
) -> tuple[_Lines, NDArray[np.int64]]:
    """The lines with a vertex wherever the end of another nearly touches them, and the pairs of vertices to join."""
    none = np.empty((0, 2), np.int64)
    if tolerance_m <= 0 or not len(lines.row):
        return lines, none
    shapes = shapely.linestrings(lines.metric, indices=lines.line)
    at = np.concatenate([lines.starts[:-1], lines.starts[1:] - 1])
    own = np.concatenate([np.arange(len(lines.row))] * 2)
    keys = _keys(lines.lonlat)
    _, inverse, count = np.unique(keys, return_inverse=True, return_counts=True)
    alone = count[inverse[at]] == 1  # others touch something exactly
    at, own = at[alone], own[alone]
    end, other = shapely.STRtree(shapes).query(
        shapely.points(lines.metric[at]), predicate="dwithin", distance=tolerance_m
    )
    fits = (own[end] != other) & (level[lines.row[own[end]]] == level[lines.row[other]])
    end, other = end[fits], other[fits]
    if not len(end):
        return lines, none
    points = shapely.points(lines.metric[at[end]])
    metres = shapely.line_locate_point(shapes[other], points)
    where = shapely.line_interpolate_point(shapes[other], metres)
    along = np.cumsum(np.concatenate([[0.0], np.hypot(*(lines.metric[1:] - lines.metric[:-1]).T)]))
    along -= np.repeat(along[lines.starts[:-1]], np.diff(lines.starts))
    # Positions of all vertices on one axis: the line's number and how far along, so that one search finds all.
    axis = lines.line * 1e7 + along
    here = other * 1e7 + metres
    after = np.clip(np.searchsorted(axis, here), lines.starts[other] + 1, lines.starts[other + 1] - 1)
    nearer = np.where(np.abs(axis[after] - here) < np.abs(axis[after - 1] - here), after, after - 1)
    fresh = np.abs(axis[nearer] - here) > tolerance_m
    xy = shapely.get_coordinates(where[fresh])
    order = np.lexsort((here[fresh], after[fresh]))
    spots = after[fresh][order]
    metric = np.insert(lines.metric, spots, xy[order], axis=0)
    moved = np.arange(len(lines.metric)) + np.searchsorted(spots, np.arange(len(lines.metric)), side="right")
    new_at = np.empty(len(spots), np.int64)
    new_at[order] = spots + np.arange(len(spots))
    partner = moved[nearer]
    partner[fresh] = new_at
    sizes = np.diff(lines.starts) + np.bincount(other[fresh], minlength=len(lines.row))
    lonlat = np.empty_like(metric)
    lonlat[moved] = lines.lonlat
    lonlat[new_at] = crs.from_metric(xy, metric_crs)
    made = _Lines(metric, lonlat, offsets(sizes), lines.row)
    return made, np.column_stack([moved[at[end]], partner])


def _keys(lonlat: LonLat) -> NDArray[np.int64]:
    """One number for each position, to 1e-7° as OSM keeps them (1 cm)."""
    cells = np.rint(lonlat * 1e7).astype(np.int64) + 1_800_000_000
    keys: NDArray[np.int64] = cells[:, 0] << 32 | cells[:, 1]
    return keys


def _places(lines: _Lines, level: NDArray[np.int16], joined: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which place each vertex is at; inner vertices of different levels at one position are different places."""
    _, place = np.unique(_keys(lines.lonlat), return_inverse=True)
    inner = np.ones(len(place), np.bool_)
    inner[lines.starts[:-1]] = inner[lines.starts[1:] - 1] = False
    height = level[lines.row[lines.line]].astype(np.int64)
    lowest = np.full(place.max(initial=0) + 1, 99_999)
    highest = -lowest
    np.minimum.at(lowest, place[inner], height[inner])
    np.maximum.at(highest, place[inner], height[inner])
    apart = (highest > lowest)[place]  # one road passes over another here
    _, place = np.unique(place * 200_001 + np.where(apart, height + 100_000, 0), return_inverse=True)
    if len(joined):
        n = int(place.max()) + 1
        pairs = place[joined]
        links = coo_array((np.ones(len(pairs), np.bool_), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
        place = connected_components(links, directed=False)[1].astype(np.int64)[place]
    return np.asarray(place, np.int64)
