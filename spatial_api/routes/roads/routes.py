"""Questions by road: the way, the times between many places, and what can be reached."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from cim.analysis.answers import Coverage
from cim.analysis.coverage import Facilities, measure_coverage
from cim.errors import BadInput
from cim.impact.affected import shape_of
from cim.operations.nearest import Selection
from cim.roads.profiles import Profile, profile_of
from cim.routing.answers import ReachAreas, RouteByLine, RouteByRoad, TravelMatrix
from cim.routing.itinerary import find_routes
from cim.routing.matrix import travel_matrix
from cim.routing.reach import find_reach
from spatial_api.http.answers import answers, geojson_answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.models import FitRequest, one_or_many
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.roads.models import (
    CoverageRequest,
    MatrixRequest,
    OnRoads,
    ReachRequest,
    RouteRequest,
)

router = APIRouter(prefix="/spatial", tags=["roads 道路"], route_class=BodyRoute)


def _profile(request: OnRoads) -> Profile:
    return profile_of(request.profile, request.height_m, request.weight_t)


@router.post("/route", summary="怎么走 The fastest way", **answers(RouteByRoad | RouteByLine))
@costly
def route(request: RouteRequest, city: AskedCity) -> Response:
    """The fastest way through points on today's roads: geometry (GeoJSON and encoded polyline), length, time, streets,
    and each turn in Chinese and English.

    `alternatives` come beside it, each another way; `avoid` keeps it out of areas, but for a point that lies in one.
    Where no road leads on, `by` is `line` and `note` says between which points.
    """
    points = lonlat_of(city, request.points, request.datum, "point")
    avoid = [shape_of(city.state(), given, request.datum).polygon for given in request.avoid]
    found = find_routes(
        city.state().roads,
        points,
        _profile(request),
        request.heading_deg,
        at=request.at,
        avoid=avoid,
        others=request.alternatives,
        surface=request.surface,
    )
    return answer(found)


@router.post("/matrix", summary="多对多时间 Times from many places to many", **answers(TravelMatrix))
@costly
def matrix(request: MatrixRequest, city: AskedCity) -> Response:
    """Seconds by road from each origin (row) to each target (column); null where there is no way."""
    pairs: dict[str, Any] = {
        "origins": lonlat_of(city, request.origins, request.datum, "origin"),
        "targets": lonlat_of(city, request.targets, request.datum, "target"),
    }
    return answer(
        travel_matrix(
            city.state().roads,
            profile=_profile(request),
            distances=request.distances,
            at=request.at,
            surface=request.surface,
            **pairs,
        )
    )


@router.post(
    "/reach", summary="可达范围 What can be reached within some minutes", **geojson_answers(ReachAreas)
)
@costly
def reach(request: ReachRequest, city: AskedCity) -> Response:
    """The area that is reached by road within each time, as GeoJSON that follows the roads, and as H3 cells where a
    resolution is given; of several places, from the nearest of them."""
    given = one_or_many("point", request.point, request.points)
    found = find_reach(
        city.state().roads,
        lonlat_of(city, given, request.datum, "point"),
        list(request.minutes),
        _profile(request),
        towards=request.towards,
        resolution=request.cells,
        at=request.at,
        surface=request.surface,
    )
    return answer(found, media_type="application/geo+json")


@router.post(
    "/coverage", summary="覆盖分析 How much of the city facilities reach in time", **geojson_answers(Coverage)
)
@costly
def coverage(request: CoverageRequest, city: AskedCity, caller: AskedBy) -> Response:
    """The area that facilities reach together within each time, the people and buildings in it and out of it, and the
    areas with the most people out of reach."""
    if request.points is not None:
        beside = sorted(request.model_fields_set & {"kind", "layer", "where", *FitRequest.model_fields})
        if beside:
            raise BadInput(
                f'say either "points" or which facilities; beside points stand {", ".join(beside)}'
            )
        places = lonlat_of(city, request.points, request.datum, "point")
        facilities = Facilities(places, list(range(len(places))))
    else:
        wanted = Selection.of(request.kind, request.layer, request.where)
        facilities = Facilities.of(city.snapshots, request.fit().within(city.state(), wanted), caller)
    found = measure_coverage(
        city.state(),
        facilities,
        request.minutes,
        _profile(request),
        towards=request.towards,
        level=request.level,
        resolution=request.cells,
        at=request.at,
        surface=request.surface,
    )
    return answer(found, media_type="application/geo+json")
