"""The outline of a polygon, prepared for many features: which of them it meets, and how much of each lies in it.

The edges lie in slabs across one axis, chosen so that few edges reach through many slabs. A feature is compared only
with the edges of the slabs that it reaches, so the cost follows how dense the outline is near the feature and not how
many corners it has in all. Nothing is cut and nothing is rounded: `meets` decides every side exactly
(`cim.space.ring_tests.side`), `shared_area` is a closed sum over pairs of edges. The work is counted as it is
done, against the budget of the question (`cim.budget`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Mask, RowIds
from cim.columnar.columns import Columns
from cim.model.layer import GeometryKind
from cim.space import ring_tests

#: Edges that a slab should have, slabs at most, and entries in all slabs together.
_EDGES_PER_SLAB, _MOST_SLABS, _MOST_ENTRIES = 8, 4096, 4_000_000
#: Rows between two looks at the budget.
_BLOCK = 2048
#: A share this near to the whole is the whole: what is missing is rounding.
_WHOLE = 1e-9


class SlabEdges(NamedTuple):
    """The edges of a polygon or multipolygon (float64[n, 4]: from u, v to u, v) and in which slabs of v each lies:
    those of slab s, from `bars[s]` to `bars[s + 1]`, are `items[starts[s]:starts[s + 1]]`.

    `swapped`: u is y and v is x, else u is x and v is y. Rings run with the inside on the left before that.
    """

    edges: NDArray[np.float64]
    bars: NDArray[np.float64]
    starts: NDArray[np.int64]
    items: NDArray[np.int32]
    swapped: bool


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The edges of a polygon or multipolygon in slabs, and the first vertices of its rings, `starts` float64[r, 2]
    (x, y)."""

    slabs: SlabEdges
    starts: NDArray[np.float64]
    bounds: tuple[float, float, float, float]

    @classmethod
    def of(cls, polygon: Any) -> Outline:
        """The outline of a valid shapely polygon or multipolygon that is not empty."""
        oriented = shapely.orient_polygons(polygon)
        rings = shapely.get_rings(shapely.get_parts(oriented))
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = ring[1:] == ring[:-1]
        ends = np.hstack([xy[:-1], xy[1:]])[same]
        first = np.flatnonzero(np.concatenate([[True], ~same]))
        across_y, across_x = _slabs(ends[:, [1, 3]]), _slabs(ends[:, [0, 2]])
        swapped = across_x.entries < across_y.entries
        slabs = across_x if swapped else across_y
        bars = slabs.bars
        slab_starts, slab_edges = _by_slab(slabs.first, slabs.reach, max(len(bars) - 1, 1))
        edges = np.ascontiguousarray(ends[:, [1, 0, 3, 2]] if swapped else ends)
        west, south, east, north = polygon.bounds
        placed = SlabEdges(edges, bars, slab_starts, slab_edges, bool(swapped))
        return cls(placed, xy[first], (west, south, east, north))

    @property
    def depth(self) -> float:
        """The edges that a line across the outline meets, on average: what looking for one point costs."""
        return len(self.slabs.items) / max(len(self.slabs.bars) - 1, 1)

    def meets(self, columns: Columns, kind: GeometryKind, rows: RowIds, what: str = "features") -> Mask:
        """Which of the rows of these columns (lon, lat) share a point with the polygon: bool[len(rows)]."""
        found = np.zeros(len(rows), np.bool_)
        limits = budget.current()
        for start in range(0, len(rows), _BLOCK):
            part = rows[start : start + _BLOCK]
            spent = _meets(
                self.slabs,
                self.starts,
                columns.lonlat_rings,
                ring_tests.KINDS[kind],
                part,
                limits.comparisons_left,
                found[start : start + _BLOCK],
            )
            limits.spend_comparisons(int(spent), len(self.slabs.edges), len(rows), what)
        return found

    def shared_area(
        self, columns: Columns, rows: RowIds, what: str = "features"
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """How much of each polygon in these rows lies in this one, and how large it is: float64[len(rows)] each, m².

        The outline must be in the metres of the columns.
        """
        shared, whole = np.zeros(len(rows)), np.zeros(len(rows))
        limits = budget.current()
        for start in range(0, len(rows), _BLOCK):
            part = slice(start, start + _BLOCK)
            left, of = limits.comparisons_left, columns.metric_rings
            spent = _shared_areas(self.slabs, of, rows[part], left, shared[part], whole[part])
            limits.spend_comparisons(int(spent), len(self.slabs.edges), len(rows), what)
        return shared, whole

    def shares(self, columns: Columns, rows: RowIds, what: str = "features") -> NDArray[np.float64]:
        """Which share of each polygon in these rows lies in this one, 0 to 1; 0 for a polygon without area."""
        shared, whole = self.shared_area(columns, rows, what)
        share = np.divide(shared, whole, out=np.zeros(len(rows)), where=whole > 0)
        share[share > 1.0 - _WHOLE] = 1.0
        share[share < _WHOLE] = 0.0
        return share


@dataclass(frozen=True, slots=True, eq=False)
class _Slabs:
    """Bars between slabs (each with about as many ends), and the first slab of each edge and how many it is in."""

    bars: NDArray[np.float64]
    first: NDArray[np.int64]
    reach: NDArray[np.int64]

    @property
    def entries(self) -> int:
        """The edges of all slabs together: what it costs to look at the outline from end to end."""
        return int(self.reach.sum())


def _slabs(ends: NDArray[np.float64]) -> _Slabs:
    """Slabs by the edges' two ends on an axis (float64[n, 2]); an edge that ends on a bar is on both sides of it."""
    count = min(max(len(ends) // _EDGES_PER_SLAB, 1), _MOST_SLABS)
    low, high = ends.min(axis=1), ends.max(axis=1)
    ordered = np.sort(ends[:, 0])
    while True:
        inner = ordered[np.linspace(0, len(ordered) - 1, count + 1).astype(np.int64)[1:-1]]
        bars = np.unique(np.concatenate([[low.min()], inner, [high.max()]]))
        slabs = max(len(bars) - 1, 1)
        first = np.clip(np.searchsorted(bars, low, "left") - 1, 0, slabs - 1)
        last = np.clip(np.searchsorted(bars, high, "right") - 1, 0, slabs - 1)
        found = _Slabs(bars, first, last - first + 1)
        if found.entries <= _MOST_ENTRIES or count == 1:
            return found
        count = max(count * _MOST_ENTRIES // found.entries, 1)


@njit(nogil=True, cache=True)
def _by_slab(first: Any, reach: Any, slabs: Any) -> Any:
    """The edges of each slab, those of one in their order: where each begins (int64[slabs + 1]), and int32[entries]."""
    starts = np.zeros(slabs + 1, np.int64)
    for e in range(len(first)):
        for slab in range(first[e], first[e] + reach[e]):
            starts[slab + 1] += 1
    for slab in range(slabs):
        starts[slab + 1] += starts[slab]
    at = starts[:-1].copy()
    edges = np.empty(starts[slabs], np.int32)
    for e in range(len(first)):
        for slab in range(first[e], first[e] + reach[e]):
            edges[at[slab]] = e
            at[slab] += 1
    return starts, edges


@njit(nogil=True, cache=True, inline="always")
def slab_of(bars: Any, v: Any) -> Any:
    """The slab that holds v: the last whose lower bar is not above it."""
    low, high = 0, max(len(bars) - 1, 1)
    while low < high - 1:
        middle = (low + high) >> 1
        if bars[middle] <= v:
            low = middle
        else:
            high = middle
    return low


@njit(nogil=True, cache=True)
def holds(slabs: Any, u: Any, v: Any) -> Any:
    """Whether the outline holds the point, border included: as `cim.space.ring_tests.covers`, over one slab."""
    edges, bars, slab_starts, slab_edges, _ = slabs
    if v < bars[0] or v > bars[-1]:
        return False
    inside = False
    slab = slab_of(bars, v)
    for k in range(slab_starts[slab], slab_starts[slab + 1]):
        e = slab_edges[k]
        au, av, bu, bv = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        if (au == u and av == v) or (bu == u and bv == v):
            return True
        if (av > v) != (bv > v):
            if au > u or bu > u:
                if au > u and bu > u:
                    inside = not inside
                else:
                    s = ring_tests.side(au, av, bu, bv, u, v)
                    if s == 0.0:
                        return True
                    if (s > 0.0) == (bv > av):
                        inside = not inside
            elif au == u and bu == u:
                return True
        elif av == v and bv == v and (au > u) != (bu > u):
            return True
    return inside


@njit(nogil=True, cache=True, inline="always")
def _opposite(one: Any, other: Any) -> Any:
    """Whether two sides are not the same side."""
    return not ((one > 0.0 and other > 0.0) or (one < 0.0 and other < 0.0))


@njit(nogil=True, cache=True)
def _crosses(slabs: Any, au: Any, av: Any, bu: Any, bv: Any) -> Any:
    """Whether the line a → b shares a point with an edge, and how many edges were looked at."""
    edges, bars, slab_starts, slab_edges, _ = slabs
    low_v, high_v, low_u, high_u = min(av, bv), max(av, bv), min(au, bu), max(au, bu)
    spent = 1
    if high_v < bars[0] or low_v > bars[-1]:
        return False, spent
    for slab in range(slab_of(bars, low_v), slab_of(bars, high_v) + 1):
        for k in range(slab_starts[slab], slab_starts[slab + 1]):
            e = slab_edges[k]
            cu, cv, du, dv = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
            if (cv < low_v and dv < low_v) or (cv > high_v and dv > high_v):
                continue
            if (cu < low_u and du < low_u) or (cu > high_u and du > high_u):
                continue
            if not _opposite(
                ring_tests.side(cu, cv, du, dv, au, av), ring_tests.side(cu, cv, du, dv, bu, bv)
            ):
                continue
            if _opposite(ring_tests.side(au, av, bu, bv, cu, cv), ring_tests.side(au, av, bu, bv, du, dv)):
                return True, spent + k - slab_starts[slab]
        spent += slab_starts[slab + 1] - slab_starts[slab]
    return False, spent


@njit(nogil=True, cache=True)
def _meets(slabs: Any, starts: Any, outlines: Any, kind: Any, rows: Any, most: Any, found: Any) -> Any:
    """Fills `found`; gives how many edges were looked at, and stops once that is more than `most`."""
    _, bars, slab_starts, _, swapped = slabs
    rings, vertices, _, xy = outlines
    u, v = (1, 0) if swapped else (0, 1)
    spent = np.int64(0)
    for i in range(len(rows)):
        if spent > most:
            break
        first, last = rings[rows[i]], rings[rows[i] + 1]
        met = False
        for ring in range(first, last):
            begin, end = vertices[ring], vertices[ring + 1]
            # Of points each vertex, of others one of each ring: the rest lie as it does, or an edge crosses.
            for at in range(begin, end if kind == ring_tests.POINT else min(begin + 1, end)):
                slab = slab_of(bars, xy[at, v])
                spent += 1 + slab_starts[slab + 1] - slab_starts[slab]
                if holds(slabs, xy[at, u], xy[at, v]):
                    met = True
                    break
            if met:
                break
        if not met and kind != ring_tests.POINT:
            for ring in range(first, last):
                for at in range(vertices[ring] + 1, vertices[ring + 1]):
                    crossed, looked = _crosses(slabs, xy[at - 1, u], xy[at - 1, v], xy[at, u], xy[at, v])
                    spent += looked
                    if crossed:
                        met = True
                        break
                if met or spent > most:
                    break
        if not met and kind == ring_tests.POLYGON and first < last:
            # No edges cross: what is left is that the feature holds a part of the outline whole.
            corners = vertices[last] - vertices[first]
            low_x, low_y, high_x, high_y = np.inf, np.inf, -np.inf, -np.inf
            for at in range(vertices[first], vertices[last]):
                low_x, high_x = min(low_x, xy[at, 0]), max(high_x, xy[at, 0])
                low_y, high_y = min(low_y, xy[at, 1]), max(high_y, xy[at, 1])
            for r in range(len(starts)):
                x, y = starts[r, 0], starts[r, 1]
                spent += 1
                if not (low_x <= x <= high_x and low_y <= y <= high_y):
                    continue
                spent += corners
                if ring_tests.covers(xy, vertices, first, last, x, y):
                    met = True
                    break
                if spent > most:
                    break
        found[i] = met
    return spent


@njit(nogil=True, cache=True, inline="always")
def _least_between(e0: Any, e1: Any, f0: Any, f1: Any, width: Any) -> Any:
    """The integral of the lesser of two straight lines over an interval, by their values at its ends."""
    d0, d1 = e0 - f0, e1 - f1
    if d0 <= 0.0 and d1 <= 0.0:
        return 0.5 * (e0 + e1) * width
    if d0 >= 0.0 and d1 >= 0.0:
        return 0.5 * (f0 + f1) * width
    cut = d0 / (d0 - d1)
    middle = e0 + cut * (e1 - e0)
    if d0 < 0.0:
        return 0.5 * ((e0 + middle) * cut + (middle + f1) * (1.0 - cut)) * width
    return 0.5 * ((f0 + middle) * cut + (middle + e1) * (1.0 - cut)) * width


@njit(nogil=True, cache=True)
def _shared_areas(slabs: Any, outlines: Any, rows: Any, most: Any, shared: Any, whole: Any) -> Any:
    """Fills the areas; gives how many pairs of edges were looked at, and stops once that is more than `most`.

    Across both polygons runs a line at v: what both hold of it is the sum, over an edge of one and an edge of the
    other, of the lesser u with the product of the edges' signs, + where the inside lies before the edge and - where it
    lies after. The area is the integral over v.
    """
    edges, bars, slab_starts, slab_edges, swapped = slabs
    rings, vertices, exterior, xy = outlines
    u, v = (1, 0) if swapped else (0, 1)
    spent = np.int64(0)
    for i in range(len(rows)):
        if spent > most:
            break
        first, last = rings[rows[i]], rings[rows[i] + 1]
        if first == last:
            continue
        from_u = xy[vertices[first], u]
        total = size = 0.0
        for ring in range(first, last):
            begin, end = vertices[ring], vertices[ring + 1]
            around = 0.0
            for at in range(begin + 1, end):
                around += (xy[at - 1, 0] - xy[begin, 0]) * (xy[at, 1] - xy[begin, 1])
                around -= (xy[at, 0] - xy[begin, 0]) * (xy[at - 1, 1] - xy[begin, 1])
            size += 0.5 * abs(around) if exterior[ring] else -0.5 * abs(around)
            # As if outer rings ran with the inside on the left, and holes too.
            turned = 1.0 if (around > 0.0) == exterior[ring] else -1.0
            for at in range(begin + 1, end):
                au, av, bu, bv = xy[at - 1, u], xy[at - 1, v], xy[at, u], xy[at, v]
                low, high = min(av, bv), max(av, bv)
                if low == high or high < bars[0] or low > bars[-1]:
                    continue
                sign = turned if bv > av else -turned
                slope = (bu - au) / (bv - av)
                last_slab = slab_of(bars, high)
                for slab in range(slab_of(bars, low), last_slab + 1):
                    bottom, top = max(low, bars[slab]), min(high, bars[slab + 1])
                    spent += 1 + slab_starts[slab + 1] - slab_starts[slab]
                    for k in range(slab_starts[slab], slab_starts[slab + 1]):
                        e = slab_edges[k]
                        cv, dv = edges[e, 1], edges[e, 3]
                        under, over = max(bottom, min(cv, dv)), min(top, max(cv, dv))
                        if under >= over:
                            continue
                        cu = edges[e, 0] - from_u
                        lean = (edges[e, 2] - edges[e, 0]) / (dv - cv)
                        e0, e1 = cu + (under - cv) * lean, cu + (over - cv) * lean
                        f0, f1 = au - from_u + (under - av) * slope, au - from_u + (over - av) * slope
                        part = _least_between(e0, e1, f0, f1, over - under)
                        total += part * sign if dv > cv else -part * sign
                if spent > most:
                    break
        shared[i], whole[i] = total, size
    return spent
