"""Who goes where, and in which order: many incidents and many teams, and tours of many visits."""

from __future__ import annotations

import datetime as dt

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray
from starlette.responses import Response

from cim.access.caller import Caller
from cim.city import City
from cim.dispatch.answers import Assignment, TourPlan
from cim.dispatch.assignment import (
    AssignmentOptions,
    Incident,
    Teams,
    assign_teams,
    joined_teams,
    listed_teams,
    require_size,
    stored_incidents,
    stored_teams,
    weights_of,
)
from cim.dispatch.tours import TourOptions, Visit, plan_tours, visits_of
from cim.errors import BadInput
from cim.operations.features import row_of
from cim.roads.profiles import profile_of
from cim.space.crs import Datum
from spatial_api.http.answers import answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.models import Items, Moment
from spatial_api.http.positions import Position, lonlat_of
from spatial_api.routes.dispatch.assign_models import (
    AssignRequest,
    DescribedIncident,
    DescribedTeam,
    DescribedVisit,
    TourRequest,
)

router = APIRouter(prefix="/spatial", tags=["dispatch 调度"], route_class=BodyRoute)


@router.post(
    "/assign", summary="多事件派队 Who goes where: many incidents, many teams", **answers(Assignment)
)
@costly
def assign(request: AssignRequest, city: AskedCity, caller: AskedBy) -> Response:
    """The assignment of teams to incidents that fills the most places, the most urgent first, in the least sum of
    priority x arrival time on today's roads (exact), beside what greedy dispatch gets; and why an incident is short of
    a team and a team unused.

    Priorities are whole numbers; those of the levels (1, 2, 4, 8) are our default, `weights` sets others. A team with
    `capacity` for several is timed from where it is now to each of them.
    """
    asked = AssignmentOptions(
        profile_of(request.profile, request.height_m, request.weight_t),
        request.keep,
        request.max_s,
        request.distances,
        request.routes,
        request.at,
        request.surface,
    )
    _require_size(request)
    return answer(
        assign_teams(city.state(), _incidents(request, city, caller), _teams(request, city, caller), asked)
    )


def _require_size(request: AssignRequest) -> None:
    """`BadInput` where what is listed is too much already, before each code is looked up."""
    incidents = request.incidents if isinstance(request.incidents, list) else []
    places = sum(1 if isinstance(i, str) else i.teams for i in incidents)
    require_size(len(incidents), places, len(request.teams or []))


def _incidents(request: AssignRequest, city: City, caller: Caller) -> list[Incident]:
    weights = weights_of(request.weights)
    if isinstance(request.incidents, dict):
        return stored_incidents(city.state(), caller, where=request.incidents, weights=weights)
    codes = [i for i in request.incidents if isinstance(i, str)]
    stored = (
        {i.id: i for i in stored_incidents(city.state(), caller, codes, weights=weights)} if codes else {}
    )
    return [
        stored[i] if isinstance(i, str) else _incident(i, weights, request.datum, city)
        for i in request.incidents
    ]


def _incident(given: DescribedIncident, weights: dict[str, int], datum: Datum, city: City) -> Incident:
    lon, lat = lonlat_of(city, [given.point], datum, f"incident {given.id!r}")[0].tolist()
    skills = given.skills or Items()
    kept = (given.kept,) if isinstance(given.kept, str) else tuple(given.kept)
    return Incident(
        id=given.id,
        lon=lon,
        lat=lat,
        priority=given.priority or weights[given.level],
        skills=tuple(skills.all),
        skills_any=tuple(skills.any),
        teams=given.teams,
        kept=kept,
    )


def _teams(request: AssignRequest, city: City, caller: Caller) -> Teams:
    if request.teams is None:
        where = {"status": "idle"} if request.where is None else request.where
        return stored_teams(city.state(), caller, request.kind or "team", where, request.capacity)
    if request.kind is not None or request.where is not None:
        raise BadInput('say either "teams" or which ones by "kind" and "where"')
    stored = listed_teams(
        city.snapshot("resources"),
        [t for t in request.teams if isinstance(t, str)],
        city.today(),
        request.capacity,
    )
    described = [t for t in request.teams if isinstance(t, DescribedTeam)]
    return joined_teams(
        stored,
        Teams(
            [t.id for t in described],
            [None] * len(described),
            [",".join(t.skills) for t in described],
            lonlat_of(city, [t.point for t in described], request.datum, "team"),
            np.array([t.capacity for t in described], np.int64),
            np.full(len(described), -1),
        ),
    )


@router.post("/tour", summary="巡查路线 In which order places are visited", **answers(TourPlan))
@costly
def tour(request: TourRequest, city: AskedCity, caller: AskedBy) -> Response:
    """The order of visits that takes the least time on today's roads, within their windows, with when one arrives,
    waits and leaves, and the way; of several patrols, who makes which visits.

    What can't be visited is left out and says why. It is compared with the visits in the order given.
    """
    if (request.start is None) == (request.starts is None):
        raise BadInput('say either "start" (one) or "starts" (several patrols)')
    given = [request.start] if request.start is not None else request.starts or []
    leave_at = request.leave_at or dt.datetime.now(dt.UTC)
    starts = np.concatenate([_start(s, city, request.datum) for s in given])
    asked = TourOptions(
        profile_of(request.profile, request.height_m, request.weight_t),
        leave_at,
        request.end if isinstance(request.end, str) else lonlat_of(city, [request.end], request.datum, "end"),
        request.shift_s,
        request.at or request.leave_at,
        request.surface,
    )
    if isinstance(request.visits, list):
        visits = [_visit(v, leave_at, request.datum, city) for v in request.visits]
    else:
        of = request.visits
        visits = visits_of(city.snapshots, caller, of.layer, of.where, of.stay_s)
    return answer(plan_tours(city.state(), starts, visits, asked))


def _start(given: Position | str, city: City, datum: Datum) -> NDArray[np.float64]:
    if not isinstance(given, str):
        return lonlat_of(city, [given], datum, "start")
    snapshot = city.snapshot("resources")
    found = snapshot.positions(np.array([row_of(snapshot, given, city.today())]))
    if not np.isfinite(found).all():
        raise BadInput(f"resource {given!r} has no position to start from; give [lon, lat]")
    return found


def _visit(given: DescribedVisit, leave_at: dt.datetime, datum: Datum, city: City) -> Visit:
    lon, lat = lonlat_of(city, [given.point], datum, f"visit {given.id!r}")[0].tolist()
    window = None
    if given.window is not None:
        window = (_seconds(given.window[0], leave_at), _seconds(given.window[1], leave_at))
    return Visit(given.id, lon, lat, given.stay_s, window, given.priority)


def _seconds(moment: Moment | float, leave_at: dt.datetime) -> float:
    return (moment - leave_at).total_seconds() if isinstance(moment, dt.datetime) else moment
