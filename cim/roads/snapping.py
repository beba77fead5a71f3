"""Places on the network: the edge that each place lies at, how far along it, and which ways it can go from there."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import LonLat, Mask, MetricXY, RowIds
from cim.roads.contraction import NEVER, Ints
from cim.roads.network import Network, ProfileWeights
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

#: A place farther from every road than this is not reached by road.
MOST_GAP_M = 1000.0
#: How fast somebody goes on foot from a farther road, where the nearest leads nowhere.
WALK_M_PER_S = 1.3
#: So many metres farther that road may be: who is on an island does not walk to the shore.
MOST_WALK_M = 100.0
#: Who is within so many metres of a junction is at it.
_JUNCTION_M = 1.0
#: Roads looked at for somebody who moves, and how many metres farther the one in his direction may be.
_ROADS_ABOUT, _TURNED_M = 8, 30.0

NO_EDGE = -1


class OnEdges(NamedTuple):
    """Where places lie on edges, each array [q, 2]; see `SnappedPoints`."""

    edge: Ints
    share: NDArray[np.float64]
    ways: NDArray[np.uint8]
    extra_ms: Ints


@dataclass(frozen=True, slots=True, eq=False)
class SnappedPoints:
    """Places on edges; each of q places has two chances, the second one only where the nearest road is part of a
    small piece of the network: then it is the nearest road of the rest.

    `edge` int32[q, 2] (`NO_EDGE`: none), `share` float64[q, 2] how far along the edge 0…1, `offset_m` float64[q, 2] how
    far from it, `ways` uint8[q, 2] bit 1 along and bit 2 against the edge, `extra_ms` int32[q, 2] what the chance
    costs besides.
    """

    edge: Ints
    share: NDArray[np.float64]
    offset_m: NDArray[np.float64]
    ways: NDArray[np.uint8]
    extra_ms: Ints

    def __len__(self) -> int:
        return len(self.edge)

    @property
    def on_edges(self) -> OnEdges:
        """What kernels need of the places."""
        return OnEdges(self.edge, self.share, self.ways, self.extra_ms)

    def take(self, at: Any) -> SnappedPoints:
        """Some of the places."""
        return SnappedPoints(
            self.edge[at], self.share[at], self.offset_m[at], self.ways[at], self.extra_ms[at]
        )


def snap(
    network: Network,
    metric: ProfileWeights,
    lonlat: LonLat,
    heading_deg: NDArray[np.float64] | None = None,
    *,
    surface: bool = False,
) -> SnappedPoints:
    """The places (float64[q, 2] lon, lat, WGS84) on the roads that the profile may use.

    `heading_deg` float64[q] (NaN: stands): who moves is on a road of his direction and goes on in it. `surface`: the
    places are in no tunnel and on no bridge.
    """
    if surface:
        metric = _at_surface(network, metric)
    q = len(lonlat)
    out = snapped_nowhere(q)
    if not q or not len(network.edges.first):
        return out
    xy = crs.to_metric(lonlat, network.snapshot.metric_crs)
    moving = np.flatnonzero(np.isfinite(heading_deg)) if heading_deg is not None else np.empty(0, np.int64)
    _fill(out, 0, network, metric, lonlat, xy, np.arange(q))
    if len(moving):
        assert heading_deg is not None
        _turn(out, network, metric, lonlat, xy, moving, heading_deg[moving])
    small = np.flatnonzero((out.edge[:, 0] != NO_EDGE) & ~metric.main[np.maximum(out.edge[:, 0], 0)])
    if len(small):
        _fill(out, 1, network, metric, lonlat, xy, small)
        farther = out.offset_m[small, 1] - out.offset_m[small, 0]
        out.edge[small[farther > MOST_WALK_M], 1] = NO_EDGE
        out.extra_ms[small, 1] = np.rint(np.clip(farther, 0.0, MOST_WALK_M) / WALK_M_PER_S * 1000.0)
    return out


def _at_surface(network: Network, metric: ProfileWeights) -> ProfileWeights:
    """The metric for places that are in no tunnel and on no bridge."""
    usable = metric.usable & network.at_surface
    return replace(
        metric, usable=usable, rows=network.rows_with(usable), main=metric.main & network.at_surface
    )


def snapped_rows(network: Network, metric: ProfileWeights, things: Snapshot, rows: RowIds) -> SnappedPoints:
    """The rows of a layer of points on the roads, those who head somewhere on a road that leads there; rows without
    a position are on none."""
    lonlat = things.positions(rows)
    there = np.flatnonzero(np.isfinite(lonlat[:, 0]))
    heading = None
    if "heading_deg" in things.layer.field_names and len(there):
        column = things.attributes(rows[there], ["heading_deg"]).column(0)
        heading = column.to_numpy(zero_copy_only=False).astype(np.float64)
    places = snap(network, metric, lonlat[there], heading)
    back = np.full(len(rows), len(there), np.int64)
    back[there] = np.arange(len(there))
    return concat([places, snapped_nowhere(1)]).take(back)


def snapped_nowhere(q: int) -> SnappedPoints:
    """So many places that are on no road."""
    return SnappedPoints(
        np.full((q, 2), NO_EDGE, np.int32),
        np.zeros((q, 2)),
        np.full((q, 2), np.inf),
        np.zeros((q, 2), np.uint8),
        np.zeros((q, 2), np.int32),
    )


def concat(parts: list[SnappedPoints]) -> SnappedPoints:
    """The places of all parts."""
    return SnappedPoints(
        *(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(SnappedPoints))
    )


def _fill(
    out: SnappedPoints,
    chance: int,
    network: Network,
    metric: ProfileWeights,
    lonlat: LonLat,
    xy: MetricXY,
    which: NDArray[np.int64],
) -> None:
    """The nearest edge of these places that can be used at all, and as their second chance the nearest of `main`."""
    usable, keep = (
        (metric.usable, metric.rows) if chance == 0 else (metric.main, network.rows_with(metric.main))
    )
    rows, _ = network.snapshot.nearest(lonlat[which], 1, MOST_GAP_M, keep)
    edge, share, gap, _ = _onto(network, xy[which], rows[:, 0], usable)
    out.edge[which, chance], out.share[which, chance], out.offset_m[which, chance] = edge, share, gap
    out.ways[which, chance] = _ways(metric, edge)
    _at_ends(out, chance, network, which)


def _at_ends(out: SnappedPoints, chance: int, network: Network, which: NDArray[np.int64]) -> None:
    """Who is at the end of a road is at the junction: he leaves it, and is come to, by its other roads, too. As going
    no way of the road takes no time, that is both ways from there; a way that is not allowed costs `NEVER` else."""
    edge, share = out.edge[which, chance], out.share[which, chance]
    length = network.length_m[np.maximum(edge, 0)]
    near = (edge != NO_EDGE) & (np.minimum(share, 1.0 - share) * length <= _JUNCTION_M)
    out.share[which[near], chance] = np.rint(share[near])
    out.ways[which[near], chance] = 3


def _turn(
    out: SnappedPoints,
    network: Network,
    metric: ProfileWeights,
    lonlat: LonLat,
    xy: MetricXY,
    which: NDArray[np.int64],
    heading_deg: NDArray[np.float64],
) -> None:
    """Put those who move on the road about them that leads where they head."""
    rows, _ = network.snapshot.nearest(lonlat[which], _ROADS_ABOUT, MOST_GAP_M, metric.rows)
    q = len(which)
    found = _onto(network, np.repeat(xy[which], _ROADS_ABOUT, axis=0), rows.ravel(), metric.usable)
    edge = found[0].reshape(q, -1)
    share, gap, bearing = (a.reshape(q, -1) for a in found[1:])
    off = np.abs((bearing - heading_deg[:, None] + 180.0) % 360.0 - 180.0)
    fits = np.where(off < 60.0, 1, np.where(off > 120.0, 2, 0)).astype(np.uint8) & _ways(metric, edge)
    score = np.where(edge == NO_EDGE, np.inf, gap + np.where(fits > 0, 0.0, _TURNED_M))
    best = np.argmin(score, axis=1)
    at = np.arange(q)
    good = fits[at, best] > 0
    at, best, which = at[good], best[good], which[good]
    out.edge[which, 0], out.share[which, 0] = edge[at, best], share[at, best]
    out.offset_m[which, 0], out.ways[which, 0] = gap[at, best], fits[at, best]


def _ways(metric: ProfileWeights, edge: Ints) -> NDArray[np.uint8]:
    there = np.maximum(edge, 0)
    ways = (metric.travel_ms[0][there] < NEVER).astype(np.uint8) | (
        metric.travel_ms[1][there] < NEVER
    ).astype(np.uint8) << 1
    found: NDArray[np.uint8] = np.where(edge == NO_EDGE, 0, ways).astype(np.uint8)
    return found


def _onto(
    network: Network, xy: MetricXY, rows: RowIds, usable: Mask
) -> tuple[Ints, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    return _nearest_on(xy, rows, network.row_start, network.edges.lines, usable)  # type: ignore[no-any-return]


@njit(nogil=True, cache=True)
def _nearest_on(xy: Any, rows: Any, row_start: Any, lines: Any, usable: Any) -> Any:
    """The nearest point of the usable edges of a row to each place: (edge, share of it, metres, bearing there)."""
    first, last, along, metric = lines
    edge, share = np.full(len(rows), NO_EDGE, np.int32), np.zeros(len(rows))
    gap, bearing = np.full(len(rows), np.inf), np.zeros(len(rows))
    for i in range(len(rows)):
        if rows[i] < 0:
            continue
        x, y = xy[i, 0], xy[i, 1]
        best = np.inf
        for e in range(row_start[rows[i]], row_start[rows[i] + 1]):
            if not usable[e]:
                continue
            for v in range(first[e], last[e]):
                ax, ay = metric[v, 0], metric[v, 1]
                dx, dy = metric[v + 1, 0] - ax, metric[v + 1, 1] - ay
                square = dx * dx + dy * dy
                t = 0.0 if square == 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
                px, py = ax + t * dx - x, ay + t * dy - y
                d = px * px + py * py
                if d < best:
                    best = d
                    edge[i] = e
                    length = along[last[e]] - along[first[e]]
                    at = along[v] + t * (along[v + 1] - along[v]) - along[first[e]]
                    share[i] = 0.0 if length == 0.0 else min(1.0, max(0.0, at / length))
                    bearing[i] = np.degrees(np.arctan2(dx, dy)) % 360.0
        gap[i] = np.sqrt(best)
    return edge, share, gap, bearing
