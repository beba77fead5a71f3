"""The three questions: who owns this place, who is nearest, what is affected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from cim.access.caller import Caller
from cim.areas.owners import Owners
from cim.city import City
from cim.dispatch.answers import Arrivals
from cim.dispatch.arrivals import ArrivalOptions, arrivals
from cim.errors import BadInput
from cim.impact.affected import find_affected, shape_of
from cim.impact.answers import Affected
from cim.operations.features import row_of
from cim.operations.nearest import NearThings, Selection, find_nearest
from cim.roads.profiles import profile_of
from spatial_api.http.answers import Results, answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.body_sizes import FILE_SUFFIXES, takes_body
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.models import one_or_many
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.questions.models import AffectedRequest, NearestRequest, OwnershipRequest
from spatial_api.routes.questions.ownership_file import ownership_of_file

router = APIRouter(prefix="/spatial", tags=["spatial 空间问答"], route_class=BodyRoute)

#: So many points one JSON may ask the owners of; more come as a file.
MOST_POINTS = 20_000
#: So many candidates or listed features one answer may have.
MOST_ANSWERS = 100_000
#: So many points one question by road may have, and so many candidates, each of which is a journey.
MOST_ASKED_BY_ROAD, MOST_ARRIVALS = 1_000, 5_000
#: So many shapes of one question may be a reach.
MOST_REACHES = 20
#: What is said only of a question by road.
_BY_ROAD = {"profile", "height_m", "weight_t", "within_s", "route", "leaving", "at", "surface"}
#: So few points are answered in the event loop: handing them to a thread costs more than the answer.
_FEW = 64


@dataclass(frozen=True)
class OwnersOfPoints:
    """The owners of each point, in order."""

    owners: list[Owners]


_FILES: dict[str, Any] = {
    "requestBody": {
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in FILE_SUFFIXES}
    }
}


@router.post(
    "/ownership", summary="谁的地盘 Who owns these places?", openapi_extra=_FILES, **answers(OwnersOfPoints)
)
@takes_body(2_000_000, files=ownership_of_file, short=True)  # 20,000 points; more come as a file
async def ownership(request: OwnershipRequest, city: AskedCity) -> Response:
    """For each point, in order, its areas from the city down to the unit grid, special grids, the officer on duty
    and the responsible unit, as of a day.

    Outside every area `areas` is empty and `nearest` names the nearest one with its distance. A file (CSV,
    GeoParquet, Arrow) as the body comes back with columns `owner_…`; its query parameters are `datum` or `crs`, and
    `at` or `at_column`.
    """
    if len(request.points) > MOST_POINTS:
        raise BadInput(
            f"{len(request.points):,} points are too many for one JSON, at most {MOST_POINTS:,}; for ownership by the "
            f"million send a file ({', '.join(FILE_SUFFIXES)}), or use: citybase assign FILE"
        )
    points = lonlat_of(city, request.points, request.datum)
    if len(points) <= _FEW and request.at is None:  # the first question of another day has the history made
        return answer(OwnersOfPoints(city.owners(points)))
    return answer(OwnersOfPoints(await run_in_threadpool(city.owners, points, request.at)))


@router.post(
    "/nearest",
    summary="谁最近 Who or what is nearest?",
    **answers(Arrivals | NearThings | Results[Arrivals] | Results[NearThings]),
)
@costly
def nearest(request: NearestRequest, city: AskedCity, caller: AskedBy) -> Response:
    """The nearest placed things of a kind, or features of a layer, nearest first; `by` road the first to arrive, with
    `eta_s`, and why others were left out."""
    wanted = request.fit().within(city.state(), Selection.of(request.kind, request.layer, request.where))
    given, heading_deg = _asked_of(request, city)
    _check_size("points", len(given), request.limit)
    beside = sorted(request.model_fields_set & _BY_ROAD)
    if request.by == "line" and beside:
        raise BadInput(f'{", ".join(beside)}: only by road; say "by": "road", or leave it out')
    if request.by == "road":
        asked = ArrivalOptions(
            profile=profile_of(request.profile, request.height_m, request.weight_t),
            limit=request.limit,
            within_m=request.within_m,
            within_s=request.within_s,
            route=request.route,
            leaving=request.leaving,
            at=request.at,
            heading_deg=heading_deg,
            surface=request.surface,
        )
        if len(given) > MOST_ASKED_BY_ROAD or len(given) * request.limit > MOST_ARRIVALS:
            raise BadInput(
                f"{len(given):,} points with {request.limit:,} candidates each are too many by road: at most "
                f"{MOST_ASKED_BY_ROAD:,} points, {MOST_ARRIVALS:,} candidates together; divide them, or ask "
                "/spatial/matrix"
            )
        by_road = arrivals(city.state(), given, wanted, caller, asked)
        return answer(by_road[0] if request.points is None else Results(by_road))
    found = find_nearest(
        city.snapshots,
        given,
        wanted,
        caller,
        limit=request.limit,
        within_m=request.within_m,
    )
    results = [NearThings(candidates) for candidates in found]
    return answer(results[0] if request.points is None else Results(results))


@router.post("/affected", summary="影响谁 What is affected?", **answers(Affected | Results[Affected]))
@costly
def affected_places(request: AffectedRequest, city: AskedCity, caller: AskedBy) -> Response:
    """What lies within a circle, a polygon, or what is reached by road: features by layer, areas with units,
    resources, sensors, people."""
    shapes = one_or_many("shape", request.shape, request.shapes)
    _check_size("shapes", len(shapes), request.limit)
    if sum(shape.get("type") == "reach" for shape in shapes) > MOST_REACHES:
        raise BadInput(f"at most {MOST_REACHES} of the shapes of one request may be a reach; divide them")
    results = [_answer_affected(city, shape, caller, request) for shape in shapes]
    return answer(results[0] if request.shapes is None else Results(results))


def _answer_affected(city: City, given: dict[str, Any], caller: Caller, request: AffectedRequest) -> Affected:
    shape = shape_of(city.state(), given, request.datum)
    return find_affected(city.state(), shape, caller, request.layers, request.limit)


def _asked_of(request: NearestRequest, city: City) -> tuple[NDArray[np.float64], float | None]:
    """The points asked about in WGS84, and where the resource asked of is heading."""
    if request.of is None:
        points = one_or_many("point", request.point, request.points)
        return lonlat_of(city, points, request.datum), None
    if request.point is not None or request.points is not None:
        raise BadInput('say either "of" (a resource), "point" or "points"')
    snapshot = city.snapshot("resources")
    row = np.array([row_of(snapshot, request.of, city.today())])
    place = snapshot.positions(row)
    if not np.isfinite(place).all():
        raise BadInput(f"resource {request.of!r} has no position")
    heading: float | None = snapshot.attributes(row, ["heading_deg"]).column(0)[0].as_py()
    return place, heading if request.leaving else None


def _check_size(what: str, count: int, limit: int) -> None:
    """Refuse a question whose answer would not fit into memory."""
    if count > 1 and count * max(limit, 1) > MOST_ANSWERS:
        raise BadInput(
            f"{count} {what} with a limit of {limit} each are too many for one request: "
            f"at most {MOST_ANSWERS} together"
        )
