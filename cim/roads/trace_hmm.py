"""The most likely way of a trace: a hidden Markov model over the ways near each of its points.

Source: Newson, Krumm, Hidden Markov Map Matching Through Noise and Sparseness (ACM GIS 2009). A state is a way of the
network, so a direction of travel, with the place on it that is nearest to a point. Later practice is in it as well:
errors that are larger than the receiver says cost in proportion and not by their square; a heading counts; a drive
that the roads' speeds do not explain costs, and one that nothing explains is no drive; a single wrong point is left
out where that is likelier than the way over it, and a trace breaks where that is likelier still.

Costs are negative logarithms of likelihoods. Ways between two points are the shortest in metres, found by a search
that ends where a drive would be less likely than a break; they keep to one-ways and forbidden turns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import MetricXY
from cim.roads.contraction import NEVER
from cim.roads.trace_search import BACK, TURNED, bound_m, scale_m, search, search_room, straight

#: What leaving a point out costs, and what breaking a trace costs.
SKIPPED, BROKEN = 12.0, 30.0
#: A trace goes on after so many points that are off the road or left out, not after more.
MOST_SKIPPED = 3
#: So many edges are looked at for each point, within five accuracies of it, but at least and at most so far.
MOST_EDGES, LEAST_RADIUS_M, MOST_RADIUS_M = 12, 50.0, 200.0
#: Points that are farther from each other, or longer, are not joined.
MOST_LINE_M, MOST_WAIT_S = 2000.0, 300.0
#: How a state came to be: after another one, or first after a jump, a gap, a stretch off the road.
JOINED, JUMP, GAP, OFF_ROAD = 0, 1, 2, 3

#: Farther than so many accuracies from the road an error costs in proportion.
_HUBER = 1.5
#: What heading against the way costs.
_AGAINST = 8.0
#: The least time between points that is believed, and how many times faster than the roads' speeds a drive may be:
#: for nothing, and at all.
_LEAST_S, _FAST, _FASTEST = 3.0, 2.0, 6.0


class TracePoints(NamedTuple):
    """The points of a trace: metric float64[p, 2], how far from the truth each may be, and where it heads (NaN where
    nobody knows)."""

    xy: MetricXY
    accuracy_m: NDArray[np.float64]
    heading_deg: NDArray[np.float64]


class _Leap(NamedTuple):
    """From point i to point j of a trace: the metres of the straight line, the seconds (NaN without times), the larger
    accuracy, the highest speed, and what leaving out the points between them costs."""

    i: int
    j: int
    line_m: float
    seconds: float
    accuracy_m: float
    most_m_s: float
    skipped: float


class _Scores(NamedTuple):
    """Of each state: its cost so far, the state before it (-1: none), and how it came to be."""

    score: NDArray[np.float64]
    back: NDArray[np.int64]
    came: NDArray[np.int8]


class States(NamedTuple):
    """The states of all points of a trace: where each point's begin, int64[p + 1]; way, how far along it in its own
    direction 0…1, and what the point's error costs."""

    start: NDArray[np.int64]
    way: NDArray[np.int32]
    share: NDArray[np.float64]
    cost: NDArray[np.float64]


@njit(nogil=True, cache=True)
def states(points: Any, rows: Any, counts: Any, row_start: Any, lines: Any, took: Any) -> Any:
    """The states of these `TracePoints`, from the edges (metric `EdgeLines`) of the rows near each of them."""
    xy, accuracy_m, heading_deg = points
    first, last, along, metric = lines
    start = np.zeros(len(xy) + 1, np.int64)
    way = np.empty(2 * MOST_EDGES * len(xy), np.int32)
    share, cost = np.empty(len(way)), np.empty(len(way))
    edge, place = np.empty(MOST_EDGES + 1, np.int64), np.empty(MOST_EDGES + 1)
    gap, bearing = np.empty(MOST_EDGES + 1), np.empty(MOST_EDGES + 1)
    used, at = 0, 0
    for i in range(len(xy)):
        x, y = xy[i, 0], xy[i, 1]
        radius = min(max(LEAST_RADIUS_M, 5.0 * accuracy_m[i]), MOST_RADIUS_M)
        n = 0
        for k in range(at, at + counts[i]):
            for e in range(row_start[rows[k]], row_start[rows[k] + 1]):
                if took[0, e] >= NEVER and took[1, e] >= NEVER:
                    continue
                best, where, turned = np.inf, 0.0, 0.0
                for v in range(first[e], last[e]):
                    ax, ay = metric[v, 0], metric[v, 1]
                    dx, dy = metric[v + 1, 0] - ax, metric[v + 1, 1] - ay
                    square = dx * dx + dy * dy
                    t = 0.0 if square == 0.0 else min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / square))
                    d = np.hypot(ax + t * dx - x, ay + t * dy - y)
                    if d < best:
                        best, turned = d, np.arctan2(dx, dy)
                        where = along[v] + t * (along[v + 1] - along[v]) - along[first[e]]
                if best > radius or (n == MOST_EDGES and best >= gap[n - 1]):
                    continue
                j = n  # the nearest come first
                while j > 0 and gap[j - 1] > best:
                    edge[j], place[j], gap[j], bearing[j] = (
                        edge[j - 1],
                        place[j - 1],
                        gap[j - 1],
                        bearing[j - 1],
                    )
                    j -= 1
                length = along[last[e]] - along[first[e]]
                edge[j], gap[j], bearing[j] = e, best, turned
                place[j] = 0.0 if length == 0.0 else min(1.0, max(0.0, where / length))
                n = min(n + 1, MOST_EDGES)
        at += counts[i]
        for j in range(n):
            off = gap[j] / accuracy_m[i]
            error = 0.5 * off * off if off <= _HUBER else _HUBER * (off - 0.5 * _HUBER)
            for d in range(2):
                if took[d, edge[j]] >= NEVER:
                    continue
                turn = 0.0
                if np.isfinite(heading_deg[i]):
                    turn = (
                        0.5 * _AGAINST * (1.0 - np.cos(np.radians(heading_deg[i]) - bearing[j] - d * np.pi))
                    )
                way[used], cost[used] = 2 * edge[j] + d, error + turn
                share[used] = 1.0 - place[j] if d else place[j]
                used += 1
        start[i + 1] = used
    return start, way[:used].copy(), share[:used].copy(), cost[:used].copy()


@njit(nogil=True, cache=True)
def _drive_cost(metres: Any, ms: Any, line_m: Any, seconds: Any, accuracy_m: Any, most_m_s: Any) -> Any:
    """What a drive of these metres costs, that takes so many ms at the roads' speeds; NaN `seconds` without times."""
    cost = np.abs(metres - line_m) / scale_m(line_m, accuracy_m)
    if np.isfinite(seconds):
        long = max(seconds, _LEAST_S)
        fast = ms / 1000.0 / long
        if fast > _FASTEST or metres > most_m_s * long + 4.0 * accuracy_m:
            return np.inf
        cost += 3.0 * max(0.0, fast - _FAST)
    return cost


@njit(nogil=True, cache=True)
def likeliest(g: Any, s: Any, xy: Any, time_s: Any, accuracy_m: Any, most_m_s: Any) -> Any:
    """The states that the trace most likely went through, as (state, how it came to be) for each point; -1 where a
    point is off the road or left out. `time_s` float64[p], NaN without times; `most_m_s` is the highest speed."""
    points, n = len(xy), len(g.out_start) - 1
    score, back = np.full(len(s.way), np.inf), np.full(len(s.way), -1, np.int64)
    came = np.full(len(s.way), JUMP, np.int8)
    best, best_at = np.full(points, np.inf), np.full(points, -1, np.int64)
    scores, room = _Scores(score, back, came), search_room(n, len(g.out_head))
    number, before, latest = 0, 0, -1
    for j in range(points):
        low, high = s.start[j], s.start[j + 1]
        if low == high:
            continue
        if before <= MOST_SKIPPED:  # the points before it may be the wrong ones
            score[low:high] = SKIPPED * before
        left = 0
        first = max(0, j - 1 - MOST_SKIPPED)
        if latest >= 0:
            first = min(first, latest)
        for i in range(j - 1, first - 1, -1):
            if best_at[i] < 0:
                continue
            line = np.hypot(xy[j, 0] - xy[i, 0], xy[j, 1] - xy[i, 1])
            seconds, accuracy = time_s[j] - time_s[i], max(accuracy_m[i], accuracy_m[j])
            base = best[i] + SKIPPED * left
            reason = JUMP
            if j - i - 1 > MOST_SKIPPED:
                reason = OFF_ROAD
            elif seconds > MOST_WAIT_S and line > 4.0 * accuracy + 20.0:
                reason = GAP
            elif line > MOST_LINE_M:
                if not np.isfinite(seconds) or line <= most_m_s * max(seconds, _LEAST_S):
                    reason = GAP
            elif left == 0 or score[low:high].min() > base:
                number += 1
                leap = _Leap(i, j, line, seconds, accuracy, most_m_s, SKIPPED * left)
                _join(g, s, leap, scores, number, room)
            for b in range(low, high):
                if base + BROKEN < score[b]:
                    score[b], back[b], came[b] = base + BROKEN, best_at[i], reason
            left += 1
        for b in range(low, high):
            score[b] += s.cost[b]
            if score[b] < best[j]:
                best[j], best_at[j] = score[b], b
        before, latest = before + 1, j
    chosen, how = np.full(points, -1, np.int64), np.full(points, JOINED, np.int8)
    at, least, left = np.int64(-1), np.inf, 0
    for j in range(points - 1, -1, -1):
        if best_at[j] >= 0 and left <= MOST_SKIPPED:
            if best[j] + SKIPPED * left < least:
                at, least = best_at[j], best[j] + SKIPPED * left
            left += 1
    while at >= 0:
        point = np.searchsorted(s.start, at, side="right") - 1
        chosen[point], how[point] = at, came[at]
        at = back[at]
    return chosen, how


@njit(nogil=True, cache=True)
def _join(g: Any, s: Any, leap: Any, scores: Any, number: Any, room: Any) -> None:
    """Lower the scores of the states of point j to what driving there from those of point i costs."""
    i, j, line, seconds, accuracy, most_m_s, more = leap
    score, back, came = scores
    far, ms, touched, mark_of = room.far, room.ms, room.touched, room.mark_of
    low, high = s.start[j], s.start[j + 1]
    wanted, slack = 0, BACK * accuracy
    for b in range(low, high):
        for k in range(g.entry_start[s.way[b]], g.entry_start[s.way[b] + 1]):
            if mark_of[g.entry[k]] != number:
                mark_of[g.entry[k]] = number
                wanted += 1
    for a in range(s.start[i], s.start[i + 1]):
        node = g.exit[s.way[a]]
        known = False
        for c in range(s.start[i], a):
            known = known or g.exit[s.way[c]] == node
        if known:  # all the states that lead to one node are looked at together
            continue
        count = search(node, bound_m(line), wanted, number, g, room)
        for c in range(a, s.start[i + 1]):
            if g.exit[s.way[c]] != node or score[c] == np.inf:
                continue
            way, edge = s.way[c], s.way[c] >> 1
            rest = 1.0 - s.share[c]
            for b in range(low, high):
                to, there = s.way[b], s.way[b] >> 1
                if score[c] + more >= score[b]:
                    continue
                cost = np.inf
                metres = straight(g.length_m, way, s.share[c], to, s.share[b], slack)
                if metres == metres:
                    took = np.abs(metres) / max(g.length_m[edge], 1e-9) * g.travel_ms[to & 1, edge]
                    cost = _drive_cost(metres, took, line, seconds, accuracy, most_m_s)
                    cost += TURNED if way != to else 0.0
                if way != to or metres != metres:
                    for k in range(g.entry_start[to], g.entry_start[to + 1]):
                        v = g.entry[k]
                        if far[v] < np.inf:
                            metres = rest * g.length_m[edge] + far[v] + s.share[b] * g.length_m[there]
                            took = (
                                rest * g.travel_ms[way & 1, edge]
                                + ms[v]
                                + s.share[b] * g.travel_ms[to & 1, there]
                            )
                            drive = _drive_cost(metres, took, line, seconds, accuracy, most_m_s)
                            cost = min(cost, drive)
                if score[c] + more + cost < score[b]:
                    score[b], back[b], came[b] = score[c] + more + cost, c, JOINED
        for k in range(count):
            far[touched[k]] = np.inf
