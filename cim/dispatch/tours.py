"""Tours: the order in which a patrol or an inspection visits places, by road and within time windows."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cim.access.caller import Caller
from cim.dispatch import messages
from cim.dispatch.answers import Tour, TourAsGiven, TourPlan, TourStop, VisitLeftOut
from cim.dispatch.tour_solver import MOST_EXACT, TourCosts, in_order, order_stops
from cim.errors import BadInput
from cim.model.standard_layers import PLACED
from cim.model.text import Text
from cim.roads import shortest_paths
from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.snapping import MOST_GAP_M, NO_EDGE, SnappedPoints, concat, snap
from cim.routing.answers import LegLength, LineString
from cim.routing.itinerary import Leg, encode_polyline, line_of, shortest_journey, spend_line
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.state import CityState

#: Maximum visits and maximum starts of a tour.
MOST_VISITS, MOST_STARTS = 200, 20
#: Maximum duration of a tour, in seconds.
_MOST_S = 604_800.0


@dataclass(frozen=True, slots=True)
class Visit:
    """A place (lon, lat, WGS84) to visit for `stay_s`. `window`: the earliest and latest arrival in seconds from the
    start. `priority` 1 to 100: where not all visits fit, those with the lowest are left out first."""

    id: str
    lon: float
    lat: float
    stay_s: float = 0.0
    window: tuple[float, float] | None = None
    priority: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class TourOptions:
    """The options of a tour. `end`: "return", "open", or a place float64[1, 2] (lon, lat, WGS84). `shift_s`: the
    maximum duration. `at`: the moment of the traffic, now by default. `surface`: no place is in a tunnel or on a
    bridge."""

    profile: Profile
    leave_at: dt.datetime
    end: str | NDArray[np.float64] = "return"
    shift_s: float | None = None
    at: dt.datetime | None = None
    surface: bool = False


def visits_of(
    snapshots: Mapping[str, Snapshot],
    caller: Caller,
    layer: str,
    where: Mapping[str, Any],
    stay_s: float = 0.0,
) -> list[Visit]:
    """The points of a layer that meet a condition as visits of the same length.

    `BadInput` for a layer that has no points, too many of them, or one without a position; `NotFound` for a layer that
    is not loaded; `Forbidden` for a condition on a field that the caller may not see.
    """
    caller.require_seen(where)
    snapshot = require_layer(snapshots, layer)
    if snapshot.layer.geometry != "point":
        raise BadInput(f"layer {layer!r} holds {snapshot.layer.geometry}s; visits are points")
    rows = snapshot.rows[snapshot.matching(where)[snapshot.rows]]
    _check_count(len(rows))
    rows = rows[np.argsort(snapshot.fids(rows))]
    ids = (
        snapshot.attributes(rows, ["code"]).column(0).to_pylist()
        if layer in PLACED
        else snapshot.fids(rows).tolist()
    )
    places = snapshot.positions(rows)
    lost = [str(i) for i, p in zip(ids, places, strict=True) if not np.isfinite(p[0])]
    if lost:
        raise BadInput(f"{layer}: without a position, so that nobody can go there: {', '.join(lost[:10])}")
    return [Visit(str(i), float(p[0]), float(p[1]), stay_s) for i, p in zip(ids, places, strict=True)]


def plan_tours(
    state: CityState, starts: NDArray[np.float64], visits: Sequence[Visit], asked: TourOptions
) -> TourPlan:
    """The order of visits that takes the least time, driving and waiting, with the route and the times of each visit.

    `starts` (float64[v, 2] lon, lat, WGS84) has one row for each patrol; the sum of their times is least. If not all
    visits fit, those with the greatest sum of priorities are made; `left_out` has the others with the reason. The same
    request always has the same answer: the best one for one patrol with few visits (`exact`), otherwise the result of a
    bounded local search (`cim.dispatch.tour_solver`). `BadInput` for too many visits or an end off the roads,
    `NotFound` where no roads are loaded.
    """
    _check(starts, visits)
    asked = replace(asked, leave_at=asked.leave_at.astimezone(state.zone))
    network, metric = state.roads.network, state.roads.metric(asked.profile, asked.at)
    points = np.array([(v.lon, v.lat) for v in visits], np.float64).reshape(-1, 2)
    places = [snap(network, metric, some, surface=asked.surface) for some in (starts, points)]
    if not isinstance(asked.end, str):
        places.append(snap(network, metric, asked.end, surface=asked.surface))
    every = concat(places)
    took = shortest_paths.matrix(network, metric, every, every).astype(np.int64)
    off = np.flatnonzero(places[0].edge[:, 0] == NO_EDGE).tolist()
    if not isinstance(asked.end, str) and every.edge[-1, 0] == NO_EDGE:
        raise BadInput(f"end: no road for {asked.profile.name} within {MOST_GAP_M:g} m; end on a road")
    stops = _stops(len(starts), visits, took, asked)
    left_out = {i: why for i in range(len(visits)) if (why := _why_never(i, stops, every, asked)) is not None}
    able = np.array([i not in left_out for i in range(len(visits))], np.bool_)
    routes = order_stops(stops, able)
    made = {i for route in routes for i in route}
    for i in range(len(visits)):
        if i not in made and i not in left_out:
            left_out[i] = "no_room", messages.NO_ROOM
    tours = [
        _describe_tour(_TourRoads(network, metric, every), stops, v, route, visits, asked)
        for v, route in enumerate(routes)
    ]
    duration_s = round(sum(t.duration_s for t in tours), 1)
    return TourPlan(
        by="road",
        profile=asked.profile.name,
        leave_at=_moment(asked, 0.0),
        tours=tours,
        exact=len(starts) == 1 and int(able.sum()) <= MOST_EXACT,
        duration_s=duration_s,
        distance_m=round(sum(t.distance_m for t in tours), 1),
        driving_s=round(sum(t.driving_s for t in tours), 1),
        waiting_s=round(sum(t.waiting_s for t in tours), 1),
        left_out=[
            VisitLeftOut(visits[i].id, by, why.zh, why.en) for i, (by, why) in sorted(left_out.items())
        ],
        as_given=_as_given(stops, sorted(made), duration_s) if len(starts) == 1 else None,
        note=messages.starts_off_road(", ".join(str(i + 1) for i in off), asked.profile) if off else None,
    )


def _check_count(count: int) -> None:
    if count > MOST_VISITS:
        raise BadInput(
            f"{count:,} visits are too many for one tour, at most {MOST_VISITS}; divide them by area"
        )


def _check(starts: NDArray[np.float64], visits: Sequence[Visit]) -> None:
    _check_count(len(visits))
    if not 1 <= len(starts) <= MOST_STARTS:
        raise BadInput(f"a tour has 1 to {MOST_STARTS} starts, not {len(starts)}")
    ids = [v.id for v in visits]
    if len(set(ids)) < len(ids):
        raise BadInput(
            f"a visit is listed once: {sorted({i for i in ids if ids.count(i) > 1})[:10]} stand twice"
        )
    for visit in visits:
        if visit.window is not None and visit.window[1] < visit.window[0]:
            raise BadInput(f"visit {visit.id!r}: its window ends before it begins")


def _stops(vehicles: int, visits: Sequence[Visit], took: NDArray[np.int64], asked: TourOptions) -> TourCosts:
    most = round((asked.shift_s if asked.shift_s is not None else _MOST_S) * 1000.0)
    windows = [v.window or (0.0, _MOST_S) for v in visits]
    bounds = np.array(
        [(min(max(a, 0.0), _MOST_S), max(-1.0, min(b, _MOST_S))) for a, b in windows], np.float64
    )
    n = len(visits)
    inner = took[vehicles : vehicles + n, vehicles : vehicles + n]
    out = took[:vehicles, vehicles : vehicles + n]
    if isinstance(asked.end, str):
        back = took[vehicles : vehicles + n, :vehicles].T
        back = np.zeros_like(back) if asked.end == "open" else back
    else:
        back = np.repeat(took[vehicles : vehicles + n, -1][None], vehicles, axis=0)
    return TourCosts(
        out,
        inner,
        back,
        np.array([round(v.stay_s * 1000.0) for v in visits], np.int64),
        np.rint(bounds.reshape(-1, 2) * 1000.0).astype(np.int64),
        np.array([v.priority for v in visits], np.int64),
        most,
    )


def _why_never(i: int, stops: TourCosts, every: SnappedPoints, asked: TourOptions) -> tuple[str, Text] | None:
    """Why a visit can't be made even by itself; None where it can."""
    vehicles = len(stops.out)
    if every.edge[vehicles + i, 0] == NO_EDGE:
        return "off_road", messages.OFF_ROAD
    way = (stops.out[:, i] < NEVER) & (stops.back[:, i] < NEVER)
    if not way.any():
        return "unreachable", messages.NO_WAY_THERE
    early, late = stops.window[i].tolist()
    arrives = stops.out[way, i]
    if (arrives > late).all():
        return "window", messages.past_window(round(int(arrives.min()) / 1000.0, 1))
    done = np.maximum(arrives, early) + stops.stay[i] + stops.back[way, i]
    if (done[arrives <= late] > stops.most).all():
        return "shift_s", messages.longer_than_shift(asked.shift_s or 0)
    return None


class _TourRoads(NamedTuple):
    """The roads, what they are to the profile, and where starts, visits and the end lie on them."""

    network: Network
    metric: ProfileWeights
    places: SnappedPoints


def _describe_tour(
    roads: _TourRoads,
    stops: TourCosts,
    vehicle: int,
    route: list[int],
    visits: Sequence[Visit],
    asked: TourOptions,
) -> Tour:
    """The answer for the tour of one patrol."""
    run = in_order(stops, vehicle, route)
    assert run is not None, "a tour that was found can be made"
    vehicles, n = len(stops.out), len(visits)
    chain = [vehicle, *(vehicles + i for i in route)]
    if route and not (
        isinstance(asked.end, str) and asked.end == "open"
    ):  # a patrol without visits stays at its start
        chain.append(vehicle if isinstance(asked.end, str) else vehicles + n)
    legs: list[Leg] = []
    network, metric, every = roads
    for a, b in itertools.pairwise(chain):
        leg = shortest_journey(network, metric, every.take([a]), every.take([b]))
        assert leg is not None, "what has a time has a way"
        legs.append(leg)
    spend_line(sum(len(leg.lonlat) for leg in legs))
    line = line_of(legs) if legs else np.empty((0, 2))
    at = [
        TourStop(
            id=visits[i].id,
            position=[visits[i].lon, visits[i].lat],
            arrive_s=round(arrive / 1000.0, 1),
            wait_s=round((begin - arrive) / 1000.0, 1),
            leave_s=round((begin + int(stops.stay[i])) / 1000.0, 1),
            arrive_at=_moment(asked, arrive / 1000.0),
            leave_at=_moment(asked, (begin + int(stops.stay[i])) / 1000.0),
        )
        for i, arrive, begin in zip(route, run.arrive, run.begin, strict=True)
    ]
    return Tour(
        start=vehicle,
        order=[visits[i].id for i in route],
        visits=at,
        legs=[LegLength(round(leg.length_m, 1), round(leg.journey.took_ms / 1000.0, 1)) for leg in legs],
        duration_s=round(run.end / 1000.0, 1),
        driving_s=round(sum(leg.journey.took_ms for leg in legs) / 1000.0, 1),
        waiting_s=round(sum(b - a for a, b in zip(run.arrive, run.begin, strict=True)) / 1000.0, 1),
        distance_m=round(sum(leg.length_m for leg in legs), 1),
        geometry=LineString("LineString", line.tolist()) if legs else None,
        polyline=encode_polyline(line) if legs else "",
        done_at=_moment(asked, run.end / 1000.0),
    )


def _as_given(stops: TourCosts, made: list[int], duration_s: float) -> TourAsGiven:
    """The time of the same visits in the order given, and the time saved; None where that order is not possible."""
    run = in_order(stops, 0, made)
    if run is None:
        return TourAsGiven(None, None, messages.ORDER_NOT_KEPT)
    given_s = round(run.end / 1000.0, 1)
    return TourAsGiven(given_s, round(given_s - duration_s, 1))


def _moment(asked: TourOptions, after_s: float) -> str:
    return (
        (asked.leave_at.astimezone(dt.UTC) + dt.timedelta(seconds=after_s))
        .astimezone(asked.leave_at.tzinfo)
        .isoformat(timespec="seconds")
    )
