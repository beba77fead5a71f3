"""What traces are driven on: the ways of a profile whatever is closed now, and the shortest between two points."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.roads.contraction import NEVER
from cim.roads.network import Network
from cim.roads.profiles import Profile

#: What turning on a street costs, and how far back one goes on it, in accuracies, as a standing receiver does.
TURNED, BACK = 6.0, 6.0
#: The scale of how much longer a drive is than the line: metres, a share of the accuracy and of the line.
_SCALE_M, _SCALE_ACCURACY, _SCALE_LINE = 3.0, 0.4, 0.2
#: A drive may be longer than the line by so many metres and times.
_LONGER_M, _LONGER = 150.0, 2.0


class Ground(NamedTuple):
    """What a profile drives on, whatever is closed now: the arcs that leave each node of the graph with their ends,
    way, metres and milliseconds; for each way the nodes from which it is entered and the one at its end; metres
    of each edge and milliseconds along and against it."""

    out_start: NDArray[np.int64]
    out_tail: NDArray[np.int32]
    out_head: NDArray[np.int32]
    out_way: NDArray[np.int32]
    out_m: NDArray[np.float64]
    out_ms: NDArray[np.int32]
    entry_start: NDArray[np.int64]
    entry: NDArray[np.int32]
    exit: NDArray[np.int32]
    length_m: NDArray[np.float64]
    travel_ms: NDArray[np.int32]


class SearchRoom(NamedTuple):
    """What a search of `search` writes: metres `far` (infinity before and after), `ms`, and the arc `by` which one
    comes or -1, of each node; the nodes that it `touched`; the marks by which wanted nodes are known; its queue."""

    far: NDArray[np.float64]
    ms: NDArray[np.int64]
    by: NDArray[np.int64]
    touched: NDArray[np.int64]
    mark_of: NDArray[np.int64]
    key: NDArray[np.float64]
    heap: NDArray[np.int64]


def ground(network: Network, profile: Profile) -> Ground:
    """What the profile drives on. Closed roads are in it: who is on one is there."""
    g = network.graph
    took = network.edge_ms(profile)
    ms = took[g.way & 1, g.way >> 1]
    usable = np.flatnonzero((ms < NEVER) & ((g.banned_profiles & profile.bit) == 0))
    by_tail = usable[np.argsort(g.tail[usable], kind="stable")]
    by_way = usable[np.argsort(g.way[usable], kind="stable")]
    ways = 2 * len(network.edges.first)
    return Ground(
        out_start=np.searchsorted(g.tail[by_tail], np.arange(len(g.state_way) + 1)),
        out_tail=g.tail[by_tail],
        out_head=g.head[by_tail],
        out_way=g.way[by_tail],
        out_m=network.length_m[g.way[by_tail] >> 1],
        out_ms=ms[by_tail],
        entry_start=np.searchsorted(g.way[by_way], np.arange(ways + 1)),
        entry=g.tail[by_way],
        exit=np.arange(ways, dtype=np.int32),
        length_m=network.length_m,
        travel_ms=took,
    )


@njit(nogil=True, cache=True)
def straight(length_m: Any, way_a: Any, share_a: Any, way_b: Any, share_b: Any, slack_m: Any) -> Any:
    """The metres from one place to another on the same street without leaving it, less than 0 for a little back as a
    standing receiver goes; NaN where it has to be left. The ways may be the two of one edge: then one turns."""
    if way_a >> 1 != way_b >> 1:
        return np.nan
    metres = (share_b - (share_a if way_a == way_b else 1.0 - share_a)) * length_m[way_a >> 1]
    return metres if metres >= -slack_m else np.nan


@njit(nogil=True, cache=True)
def bound_m(line_m: Any) -> Any:
    return line_m + _LONGER_M + _LONGER * line_m


@njit(nogil=True, cache=True)
def scale_m(line_m: Any, accuracy_m: Any) -> Any:
    return _SCALE_M + _SCALE_ACCURACY * accuracy_m + _SCALE_LINE * line_m


@njit(nogil=True, cache=True)
def search_room(nodes: Any, arcs: Any) -> Any:
    """The room of searches among so many nodes and arcs."""
    far, ms, by = np.full(nodes, np.inf), np.empty(nodes, np.int64), np.empty(nodes, np.int64)
    touched, mark_of = np.empty(nodes, np.int64), np.full(nodes, -1, np.int64)
    return SearchRoom(far, ms, by, touched, mark_of, np.empty(arcs + 1), np.empty(arcs + 1, np.int64))


@njit(nogil=True, cache=True)
def search(source: Any, most_m: Any, wanted: Any, number: Any, g: Any, room: Any) -> Any:
    """Fill `far`, `ms` and `by` of the room about a node, until so many nodes as are `wanted` and have this number in
    `mark_of` are reached; returns how many nodes were `touched`, whose `far` the caller sets back to infinity."""
    far, ms, by, touched, mark_of, key, heap = room
    far[source], ms[source], by[source] = 0.0, 0, -1
    touched[0] = source
    count, size = 1, 1
    key[0], heap[0] = 0.0, source
    while size > 0 and wanted > 0:
        d, v = key[0], heap[0]
        size -= 1
        if size > 0:  # the last one sinks from the top
            last_key, last = key[size], heap[size]
            i = 0
            while True:
                j = 2 * i + 1
                if j >= size:
                    break
                if j + 1 < size and key[j + 1] < key[j]:
                    j += 1
                if key[j] >= last_key:
                    break
                key[i], heap[i] = key[j], heap[j]
                i = j
            key[i], heap[i] = last_key, last
        if d > far[v]:
            continue
        if mark_of[v] == number:
            wanted -= 1
        for a in range(g.out_start[v], g.out_start[v + 1]):
            w = g.out_head[a]
            through = d + g.out_m[a]
            if through >= far[w] or through > most_m:
                continue
            if far[w] == np.inf:
                touched[count] = w
                count += 1
            far[w], ms[w], by[w] = through, ms[v] + g.out_ms[a], a
            i = size
            size += 1
            while i > 0 and key[(i - 1) // 2] > through:
                key[i], heap[i] = key[(i - 1) // 2], heap[(i - 1) // 2]
                i = (i - 1) // 2
            key[i], heap[i] = through, w
    return count


@njit(nogil=True, cache=True)
def trace_pieces(g: Any, way: Any, share: Any, begins: Any, xy: Any, accuracy_m: Any) -> Any:
    """The way through these states (`begins`: where a part begins): its pieces in order as (way, from and to in its
    own direction, the state that they lead to), and the share at which each state lies, where nobody goes back."""
    n = len(g.out_start) - 1
    room = search_room(n, len(g.out_head))
    far, by, touched, mark_of = room.far, room.by, room.touched, room.mark_of
    ways, ends, of = np.empty(64, np.int32), np.empty((64, 2)), np.empty(64, np.int64)
    place = share.copy()
    arcs = np.empty(n, np.int64)
    used, origin = 0, 0.0
    for k in range(len(way)):
        steps, turns, same = 0, False, False
        if not begins[k]:
            was, to = way[k - 1], way[k]
            line = np.hypot(xy[k, 0] - xy[k - 1, 0], xy[k, 1] - xy[k - 1, 1])
            accuracy = max(accuracy_m[k], accuracy_m[k - 1])
            ahead = straight(g.length_m, was, share[k - 1], to, share[k], BACK * accuracy)
            same = was == to and ahead == ahead
            if not same:
                wanted = g.entry_start[to + 1] - g.entry_start[to]
                for c in range(g.entry_start[to], g.entry_start[to + 1]):
                    mark_of[g.entry[c]] = k
                count = search(g.exit[was], bound_m(line), wanted, k, g, room)
                best, node = np.inf, np.int64(-1)
                for c in range(g.entry_start[to], g.entry_start[to + 1]):
                    if far[g.entry[c]] < best:
                        best, node = far[g.entry[c]], np.int64(g.entry[c])
                metres = (1.0 - share[k - 1]) * g.length_m[was >> 1] + best + share[k] * g.length_m[to >> 1]
                turning = np.abs(ahead - line) + TURNED * scale_m(line, accuracy)
                turns = ahead == ahead and turning <= np.abs(metres - line)
                while not turns and node >= 0 and by[node] >= 0:
                    arcs[steps] = by[node]
                    steps += 1
                    node = np.int64(g.out_tail[by[node]])
                for c in range(count):
                    far[touched[c]] = np.inf
        while used + steps + 2 > len(ways):
            ways, of = np.append(ways, ways), np.append(of, of)
            ends = np.concatenate((ends, ends))
        if same:
            place[k] = max(place[k - 1], share[k])
        elif begins[k]:
            origin = share[k]
        else:
            ways[used], of[used] = was, k
            ends[used, 0], ends[used, 1] = origin, place[k - 1] if turns else 1.0
            used += 1
            for c in range(steps - 1, -1, -1):
                ways[used], of[used] = g.out_way[arcs[c]], k
                ends[used, 0], ends[used, 1] = 0.0, 1.0
                used += 1
            origin = 1.0 - place[k - 1] if turns else 0.0
            place[k] = max(origin, share[k])
        if k + 1 == len(way) or begins[k + 1]:
            ways[used], of[used] = way[k], k
            ends[used, 0], ends[used, 1] = origin, place[k]
            used += 1
    return ways[:used].copy(), ends[:used].copy(), of[:used].copy(), place


@njit(nogil=True, cache=True)
def line(ways: Any, ends: Any, lines: Any) -> Any:
    """The vertices of pieces of ways, from and to in the way's own direction, and the piece of each; `lines` are the
    network's `EdgeLines`."""
    first, last, along, lonlat = lines
    count = 0
    for i in range(len(ways)):
        count += last[ways[i] >> 1] - first[ways[i] >> 1] + 2
    out, piece = np.empty((count, 2)), np.empty(count, np.int64)
    used = 0
    for i in range(len(ways)):
        e, against = ways[i] >> 1, ways[i] & 1
        length = along[last[e]] - along[first[e]]
        spot(e, 1.0 - ends[i, 0] if against else ends[i, 0], lines, out[used])
        piece[used] = i
        used += 1
        for k in range(1, last[e] - first[e]):
            v = last[e] - k if against else first[e] + k
            gone = (along[v] - along[first[e]]) / length if length > 0.0 else 0.0
            gone = 1.0 - gone if against else gone
            if ends[i, 0] < gone < ends[i, 1]:
                out[used], piece[used] = lonlat[v], i
                used += 1
        spot(e, 1.0 - ends[i, 1] if against else ends[i, 1], lines, out[used])
        piece[used] = i
        used += 1
    return out[:used].copy(), piece[:used].copy()


@njit(nogil=True, cache=True)
def spot(e: Any, share: Any, lines: Any, out: Any) -> None:
    """Write the position at a share of an edge into `out` (float64[2])."""
    first, last, along, position = lines
    at = along[first[e]] + share * (along[last[e]] - along[first[e]])
    low, high = first[e], last[e]
    while high - low > 1:
        middle = (low + high) // 2
        if along[middle] <= at:
            low = middle
        else:
            high = middle
    piece = along[high] - along[low]
    t = min(1.0, max(0.0, (at - along[low]) / piece)) if piece > 0.0 else 0.0
    for d in range(2):
        out[d] = position[low, d] + t * (position[high, d] - position[low, d])


@njit(nogil=True, cache=True)
def spots(edge: Any, share: Any, lines: Any) -> Any:
    """The positions at shares of edges: float64[q, 2]."""
    out = np.empty((len(edge), 2))
    for i in range(len(edge)):
        spot(edge[i], share[i], lines, out[i])
    return out
