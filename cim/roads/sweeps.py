"""Searches on a contraction hierarchy: from one place to all, from one to some, and the way between two.

Sources: Delling, Goldberg, Nowatzyk, Werneck, PHAST (2013); Delling, Goldberg, Werneck, Faster Batched Shortest Paths
in Road Networks (ATMOS 2011). All ranks, arcs and costs are those of `cim.roads.contraction`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from cim.roads.contraction import NEVER, Hierarchy, Ints, Metric, arc_between


@njit(nogil=True, cache=True)
def _climb(parent: Any, start: Any, head: Any, cost: Any, nodes: Any, costs: Any, far: Any) -> None:
    """Carry the costs of the seeds up to the higher nodes that their ways pass."""
    for i in range(len(nodes)):
        far[nodes[i]] = min(far[nodes[i]], costs[i])
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0:
            d = far[v]
            if d < NEVER:
                for a in range(start[v], start[v + 1]):
                    if d + cost[a] < far[head[a]]:
                        far[head[a]] = d + cost[a]
            v = parent[v]


@njit(nogil=True, cache=True)
def sweep(
    parent: Any, up_start: Any, up_head: Any, up_cost: Any, down_start: Any, down_head: Any, down_cost: Any,
    nodes: Any, costs: Any, far: Any,
) -> None:  # fmt: skip
    """Fill `far` (int32[n], by rank) with the way from the nearest of the seeds (ranks and costs) to each node."""
    far[:] = NEVER
    _climb(parent, up_start, up_head, up_cost, nodes, costs, far)
    for v in range(len(far) - 1, -1, -1):
        d = far[v]
        for a in range(down_start[v], down_start[v + 1]):
            through = far[down_head[a]] + down_cost[a]
            if through < d:
                d = through
        far[v] = d


@njit(nogil=True, cache=True)
def sweep_some(
    parent: Any, up_start: Any, up_head: Any, up_cost: Any, down_start: Any, down_head: Any, down_cost: Any,
    nodes: Any, costs: Any, wanted: Any, far: Any,
) -> None:  # fmt: skip
    """The same as `sweep` for the wanted nodes (ranks) alone, and those on their ways up; the rest of `far` is none.

    Source: Delling, Goldberg, Werneck, Faster Batched Shortest Paths in Road Networks (ATMOS 2011).
    """
    far[:] = NEVER
    needed = np.zeros(len(far), np.bool_)
    for i in range(len(wanted)):
        v = wanted[i]
        while v >= 0 and not needed[v]:
            needed[v] = True
            v = parent[v]
    _climb(parent, up_start, up_head, up_cost, nodes, costs, far)
    for v in range(len(far) - 1, -1, -1):
        if not needed[v]:
            continue
        d = far[v]
        for a in range(down_start[v], down_start[v + 1]):
            through = far[down_head[a]] + down_cost[a]
            if through < d:
                d = through
        far[v] = d


@njit(nogil=True, cache=True)
def _climb_noting(
    parent: Any, start: Any, head: Any, cost: Any, arc: Any, nodes: Any, costs: Any, far: Any, by: Any
) -> None:
    """Carry the costs of the seeds up, and note the arc by which each higher node is reached."""
    for i in range(len(nodes)):
        if costs[i] < far[nodes[i]]:
            far[nodes[i]] = costs[i]
    for i in range(len(nodes)):
        v = nodes[i]
        while v >= 0:
            d = far[v]
            if d < NEVER:
                for a in range(start[v], start[v + 1]):
                    if d + cost[a] < far[head[a]]:
                        far[head[a]] = d + cost[a]
                        by[head[a]] = arc[a]
            v = parent[v]


@njit(nogil=True, cache=True)
def _clear_above(parent: Any, nodes: Any, ahead: Any, back: Any, ahead_by: Any, back_by: Any) -> Any:
    """Set the nodes and all above them to not reached; gives the length of the longest way up."""
    longest = 0
    for i in range(len(nodes)):
        v, steps = nodes[i], 0
        while v >= 0:
            ahead[v], back[v], ahead_by[v], back_by[v] = NEVER, NEVER, -1, -1
            v = parent[v]
            steps += 1
        longest = max(longest, steps)
    return longest


@njit(nogil=True, cache=True)
def _path(
    parent: Any, arcs_start: Any, arcs_head: Any, tail: Any, via: Any,
    up_start: Any, up_head: Any, up_cost: Any, up_arc: Any,
    down_start: Any, down_head: Any, down_cost: Any, down_arc: Any,
    sources: Any, source_costs: Any, targets: Any, target_costs: Any,
) -> Any:  # fmt: skip
    n = len(parent)
    # Only what lies above the ends is looked at, so only that is cleared.
    ahead, back = np.empty(n, np.int32), np.empty(n, np.int32)
    ahead_by, back_by = np.empty(n, np.int32), np.empty(n, np.int32)
    longest = _clear_above(parent, sources, ahead, back, ahead_by, back_by)
    _clear_above(parent, targets, ahead, back, ahead_by, back_by)
    _climb_noting(parent, up_start, up_head, up_cost, up_arc, sources, source_costs, ahead, ahead_by)
    _climb_noting(parent, down_start, down_head, down_cost, down_arc, targets, target_costs, back, back_by)
    best, top = np.int64(NEVER), -1
    for i in range(len(sources)):
        v = sources[i]
        while v >= 0:
            if ahead[v] + back[v] < best:
                best, top = np.int64(ahead[v] + back[v]), v
            v = parent[v]
    arcs = np.empty(64, np.int32)
    used = 0
    if top < 0:
        return best, arcs[:0], -1, -1
    upward = np.empty(longest, np.int32)
    count, v = 0, top
    while ahead_by[v] >= 0:
        upward[count] = ahead_by[v]
        v = tail[ahead_by[v]]
        count += 1
    begin = v
    stack_arc, stack_down = np.empty(64, np.int32), np.empty(64, np.bool_)
    for phase in range(2):
        v = top
        k = count
        while True:
            if phase == 0:
                if k == 0:
                    break
                k -= 1
                stack_arc[0], stack_down[0] = upward[k], False
            else:
                if back_by[v] < 0:
                    break
                stack_arc[0], stack_down[0] = back_by[v], True
                v = tail[back_by[v]]
            depth = 1
            while depth > 0:
                depth -= 1
                a, down = stack_arc[depth], stack_down[depth]
                middle = via[1, a] if down else via[0, a]
                if middle < 0:
                    if used == len(arcs):
                        arcs = np.append(arcs, np.empty(used, np.int32))
                    arcs[used] = ~middle
                    used += 1
                    continue
                low, high = tail[a], arcs_head[a]
                if down:
                    low, high = high, low
                if depth + 2 > len(stack_arc):
                    stack_arc = np.append(stack_arc, np.empty(len(stack_arc), np.int32))
                    stack_down = np.append(stack_down, np.empty(len(stack_down), np.bool_))
                # What is done first lies on top.
                stack_arc[depth], stack_down[depth] = arc_between(arcs_start, arcs_head, middle, high), False
                stack_arc[depth + 1], stack_down[depth + 1] = (
                    arc_between(arcs_start, arcs_head, middle, low),
                    True,
                )
                depth += 2
        end = v
    return best, arcs[:used].copy(), begin, end


def path(
    h: Hierarchy, metric: Metric, sources: Ints, source_costs: Ints, targets: Ints, target_costs: Ints
) -> tuple[int, Ints, int, int]:
    """The shortest way from any source to any target (ranks with costs before and after): its cost, the arcs of the
    graph that it follows, the rank it begins at and the rank it ends at; `NEVER` and none where there is none."""
    up, down = metric.up, metric.down
    found: tuple[int, Ints, int, int] = _path(
        h.parent, h.up_start, h.up_head, h.up_tail, metric.via,
        up.start, up.head, up.cost, up.arc, down.start, down.head, down.cost, down.arc,
        sources, source_costs, targets, target_costs,
    )  # fmt: skip
    return found


def sweep_from(
    h: Hierarchy,
    metric: Metric,
    nodes: Ints,
    costs: Ints,
    *,
    towards: bool = False,
    wanted: Ints | None = None,
) -> Ints:
    """The cost of the shortest way from the seeds (nodes of the graph, costs) to each node of the graph, or from each
    node to them where `towards`: int32[n] by rank. With `wanted` nodes it is right for these alone, and takes less."""
    far = np.empty(len(h), np.int32)
    up, down = (metric.down, metric.up) if towards else (metric.up, metric.down)
    arcs = (h.parent, up.start, up.head, up.cost, down.start, down.head, down.cost, h.rank[nodes], costs)
    if wanted is None:
        sweep(*arcs, far)
    else:
        sweep_some(*arcs, h.rank[wanted], far)
    return far
