"""The question about traces: on which roads they went."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput
from cim.roads.profiles import profile_of
from cim.routing.answers import MatchedTrace, MatchedTraces
from cim.routing.map_matching import LEAST_ACCURACY_M, MOST_ACCURACY_M, Trace, match_trace
from cim.space.crs import Datum
from spatial_api.http.answers import answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.body_sizes import takes_body
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.http.positions import lonlat_of
from spatial_api.routes.roads.trace_models import MatchRequest, TraceRequest

router = APIRouter(prefix="/spatial", tags=["roads 道路"], route_class=BodyRoute)


@router.post(
    "/match", summary="轨迹匹配 Where a GPS trace went on the roads", **answers(MatchedTrace | MatchedTraces)
)
@takes_body(4_000_000)  # 20,000 points with times, headings and accuracies
@costly
def match(request: MatchRequest, city: AskedCity) -> Response:
    """Where a trace went: a line for each unbroken part (GeoJSON and encoded polyline), its length, time and streets in
    order; for each point its road and place there, or why it has none; and each break with its reason.

    Closed roads are matched, too. `confidence` is the share of the points that are on roads, less where they are
    farther off than their accuracy explains. Of many `traces` there is a result each.
    """
    if (request.points is None) == (request.traces is None):
        raise BadInput('say either "points" (one trace) or "traces" (many), one of the two')
    one = request.traces is None
    beside = sorted(request.model_fields_set & {"times", "headings_deg", "accuracy_m"})
    if not one and beside:
        raise BadInput(f"{', '.join(beside)} stand beside traces; each trace says its own")
    asked: list[TraceRequest] = [request] if one else list(request.traces or [])
    traces = [_trace(trace, number, request.datum, city) for number, trace in enumerate(asked)]
    found = match_trace(city.state().roads, traces, profile_of(request.profile))
    return answer(found[0] if one else MatchedTraces(found))


def _trace(asked: TraceRequest, number: int, datum: Datum, city: City) -> Trace:
    """The trace as the verb takes it, once each list is found to fit its points."""
    points = asked.points or []
    for name in ("times", "headings_deg", "accuracy_m"):
        values = getattr(asked, name)
        if isinstance(values, list) and len(values) != len(points):
            raise BadInput(
                f"trace {number} has {len(points)} points and {len(values)} {name}; give one of each to each point"
            )
    accuracy: Any = np.broadcast_to(np.array(asked.accuracy_m, np.float64), len(points))
    wrong = np.flatnonzero((accuracy < LEAST_ACCURACY_M) | (accuracy > MOST_ACCURACY_M))
    if len(wrong):
        raise BadInput(
            f"trace {number}: an accuracy of {accuracy[wrong[0]]:g} m is out of range: {LEAST_ACCURACY_M:g} to "
            f"{MOST_ACCURACY_M:g}"
        )
    headings = np.array([np.nan if h is None else h for h in asked.headings_deg or [None] * len(points)])
    odd = np.flatnonzero((headings < 0) | (headings > 360))
    if len(odd):
        raise BadInput(
            f"trace {number}: heading {headings[odd[0]]:g} of point {odd[0]} is not within 0 to 360"
        )
    lonlat = lonlat_of(city, points, datum, f"trace {number}: point")
    return Trace(lonlat, _seconds(asked, number), headings, accuracy.copy())


def _seconds(asked: TraceRequest, number: int) -> NDArray[np.float64]:
    times = asked.times
    if times is None:
        return np.full(len(asked.points or []), np.nan)
    moments = [t for t in times if isinstance(t, dt.datetime)]
    if moments and len(moments) != len(times):
        raise BadInput(
            f"trace {number} has moments and seconds among its times; give all of them as one or the other"
        )
    # From the first on, so that a fraction of a second is kept.
    return np.array(
        [(t - moments[0]).total_seconds() if isinstance(t, dt.datetime) else float(t) for t in times],
        np.float64,
    )
