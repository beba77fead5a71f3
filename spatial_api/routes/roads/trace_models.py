"""What questions about traces look like, with the examples that the API's documentation shows."""

from __future__ import annotations

from pydantic import Field

from cim.roads.vehicles import ProfileName
from cim.routing.map_matching import ACCURACY_M, LEAST_ACCURACY_M, MOST_ACCURACY_M, MOST_TRACES
from cim.space.crs import Datum
from spatial_api.http.models import DATUM, Moment, Request, examples
from spatial_api.http.positions import Number, Position


class TraceRequest(Request):
    """One trace."""

    points: list[Position] | None = Field(None, description="[lon, lat] in the order of the drive")
    times: list[Moment | Number] | None = Field(
        None, description="when each point was seen: all moments with their zone, or all seconds of any clock"
    )
    headings_deg: list[Number | None] | None = Field(
        None, description="where each point is heading, from north clockwise; null where unknown"
    )
    accuracy_m: Number | list[Number] = Field(
        ACCURACY_M,
        description=f"how far off a point usually is, of all or of each; {LEAST_ACCURACY_M:g} to {MOST_ACCURACY_M:g}",
    )


class MatchRequest(TraceRequest):
    """Where did this trace (or each of these) go?"""

    model_config = examples(
        {
            "points": [[112.976, 28.195], [112.9765, 28.1951], [112.977, 28.1951]],
            "times": [
                "2026-07-01T08:00:00+08:00",
                "2026-07-01T08:00:05+08:00",
                "2026-07-01T08:00:10+08:00",
            ],
            "headings_deg": [90, None, 88],
            "profile": "car",
        },
        {
            "traces": [
                {
                    "points": [[112.976, 28.195], [112.977, 28.1951]],
                    "times": [0, 10],
                    "accuracy_m": 8,
                },
                {"points": [[112.98, 28.2]]},
            ],
            "datum": "gcj02",
        },
    )
    traces: list[TraceRequest] | None = Field(
        None, min_length=1, max_length=MOST_TRACES, description="many traces, instead of points"
    )
    profile: ProfileName = Field("car", description="car, emergency, moto (e-bike), foot or truck")
    datum: Datum = DATUM
