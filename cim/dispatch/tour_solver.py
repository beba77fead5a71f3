"""The order of stops that takes the least time: exact for one vehicle with few stops, otherwise by OR-Tools' routing
solver. Its search is bounded by the number of solutions, so the same request always has the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from cim.arrays.types import Mask
from cim.errors import BadInput
from cim.roads.contraction import NEVER

#: Up to this many stops the tour of one vehicle is exact (Held and Karp 1962).
MOST_EXACT = 12
#: The search ends after so many solutions, fewer where each takes longer, or after so many seconds, which is the cap
#: on a slow machine and not the rule: 200 stops take 2 to 4 s.
_SOLUTIONS, _LEAST_SOLUTIONS, _MOST_S = 400_000, 100, 10

#: Later than every moment of a tour.
_NO_TIME = 2**60

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TourCosts:
    """Times in milliseconds (`NEVER`: no way): `out` int64[v, n] from each start to each stop, `inner` int64[n, n]
    between stops, `back` int64[v, n] from each stop to the end of a vehicle. `stay` int64[n] is the time at a stop,
    `window` int64[n, 2] its earliest and latest arrival, `priority` int64[n] its priority, and `most` the latest end
    of a tour."""

    out: Ints
    inner: Ints
    back: Ints
    stay: Ints
    window: Ints
    priority: Ints
    most: int


@dataclass(frozen=True, slots=True)
class Run:
    """The arrival and the beginning at each stop of a tour, and the time of its end."""

    arrive: list[int]
    begin: list[int]
    end: int


def in_order(stops: TourCosts, vehicle: int, route: Sequence[int]) -> Run | None:
    """The times of a tour in this order; None where there is no way, or a window or the end is missed."""
    if not route:
        return Run([], [], 0)
    now, arrive, begin = 0, [], []
    for k, i in enumerate(route):
        leg = int(stops.out[vehicle, i] if k == 0 else stops.inner[route[k - 1], i])
        now += leg
        if leg >= NEVER or now > stops.window[i, 1]:
            return None
        arrive.append(now)
        now = max(now, int(stops.window[i, 0]))
        begin.append(now)
        now += int(stops.stay[i])
    last = int(stops.back[vehicle, route[-1]])
    now += last
    return None if last >= NEVER or now > stops.most else Run(arrive, begin, now)


def order_stops(stops: TourCosts, able: Mask) -> list[list[int]]:
    """For each vehicle its stops in order: as many as possible, those of high priority first, and then the least
    driving and waiting over all vehicles. `able` bool[n]: which stops can be made at all."""
    vehicles = len(stops.out)
    which = np.flatnonzero(able)
    n = len(which)
    if not n:
        return [[] for _ in range(vehicles)]
    if vehicles == 1 and n <= MOST_EXACT:
        best = _best(
            stops.out[0, which],
            stops.inner[np.ix_(which, which)],
            stops.back[0, which],
            stops.stay[which],
            stops.window[which],
            stops.priority[which],
            stops.most,
        )
        return [which[best].tolist()]
    # Nodes: the stops, then each vehicle's start, then its end.
    size = n + 2 * vehicles
    far = stops.most + 1  # longer than any tour may be: never driven
    leg = np.full((size, size), far, np.int64)
    leg[:n, :n] = stops.inner[np.ix_(which, which)]
    for v in range(vehicles):
        leg[n + v, :n] = stops.out[v, which]
        leg[:n, n + vehicles + v] = stops.back[v, which]
        leg[n + v, n + vehicles + v] = 0  # a vehicle without stops stays
    leg = np.minimum(leg, far)
    stay = np.zeros(size, np.int64)
    stay[:n] = stops.stay[which]
    manager = pywrapcp.RoutingIndexManager(
        size, vehicles, list(range(n, n + vehicles)), list(range(n + vehicles, size))
    )
    routing = pywrapcp.RoutingModel(manager)
    driving = routing.RegisterTransitMatrix(leg.tolist())
    passing = routing.RegisterTransitMatrix((leg + stay[:, None]).tolist())
    routing.SetArcCostEvaluatorOfAllVehicles(driving)
    routing.AddDimension(passing, stops.most, stops.most, True, "time")
    time = routing.GetDimensionOrDie("time")
    time.SetSlackCostCoefficientForAllVehicles(1)
    # One stop of the least priority outweighs the longest tours.
    worth = stops.most * (vehicles + 1) + 1
    for k, i in enumerate(which.tolist()):
        node = manager.NodeToIndex(k)
        low, high = int(stops.window[i, 0]), min(int(stops.window[i, 1]), stops.most)
        time.CumulVar(node).SetRange(low, max(low, high))
        routing.AddDisjunction([node], worth * int(stops.priority[i]))
    solution = routing.SolveWithParameters(_parameters(n))
    if solution is None:
        raise BadInput(f"no tour of {n} visits was found within {_MOST_S} s; divide them by area")
    return [_route(routing, manager, solution, v, which) for v in range(vehicles)]


@njit(nogil=True, cache=True)
def _best(out: Any, inner: Any, back: Any, stay: Any, window: Any, priority: Any, most: Any) -> Any:
    """The best tour of one vehicle: for each set of stops and its last stop the earliest departure. The time spent at
    the stops is the same in every order, so an earlier departure also means less driving and waiting."""
    n = len(out)
    soonest = np.full((1 << n, n), _NO_TIME)
    before = np.full((1 << n, n), -1)
    best_worth, best_end, best_set, best_last = 0, _NO_TIME, 0, -1
    for members in range(1, 1 << n):
        worth, stays = 0, 0
        for i in range(n):
            if members >> i & 1:
                worth += priority[i]
                stays += stay[i]
        for i in range(n):
            if not members >> i & 1:
                continue
            rest = members ^ (1 << i)
            for j in range(n):
                if rest == 0:
                    if j != i:
                        continue
                    left, leg = 0, out[i]
                else:
                    if not rest >> j & 1 or soonest[rest, j] >= _NO_TIME:
                        continue
                    left, leg = soonest[rest, j], inner[j, i]
                if leg >= NEVER or left + leg > window[i, 1]:
                    continue
                done = max(left + leg, window[i, 0]) + stay[i]
                if done < soonest[members, i]:
                    soonest[members, i], before[members, i] = done, j
            if soonest[members, i] >= _NO_TIME or back[i] >= NEVER:
                continue
            end = soonest[members, i] + back[i]
            if end <= most and (worth > best_worth or (worth == best_worth and end - stays < best_end)):
                best_worth, best_end, best_set, best_last = worth, end - stays, members, i
    route = np.empty(n, np.int64)
    size = 0
    while best_set:
        route[size] = best_last
        size += 1
        best_set, best_last = best_set ^ (1 << best_last), before[best_set, best_last]
    return route[:size][::-1].copy()


def _parameters(n: int) -> Any:
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    asked.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    asked.solution_limit = max(_LEAST_SOLUTIONS, _SOLUTIONS // max(n, 20) ** 2)
    asked.time_limit.FromSeconds(_MOST_S)
    return asked


def _route(routing: Any, manager: Any, solution: Any, vehicle: int, which: NDArray[np.int64]) -> list[int]:
    found = []
    index = solution.Value(routing.NextVar(routing.Start(vehicle)))
    while not routing.IsEnd(index):
        found.append(int(which[manager.IndexToNode(index)]))
        index = solution.Value(routing.NextVar(index))
    return found
