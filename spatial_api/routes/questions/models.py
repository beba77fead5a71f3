"""What the three questions look like, with the examples that the API's documentation shows."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from cim.roads.vehicles import ProfileName
from cim.space.crs import Datum
from spatial_api.http.models import (
    DATUM,
    Day,
    FitRequest,
    Flag,
    Moment,
    Request,
    VehicleHeight,
    VehicleWeight,
    examples,
)
from spatial_api.http.positions import Number, Position


class OwnershipRequest(Request):
    """Who owns these places?"""

    model_config = examples({"points": [[112.976, 28.195]], "datum": "wgs84"})
    points: list[Position] = Field(description="[lon, lat] each; at most 20,000, by the million send a file")
    datum: Datum = DATUM
    at: Day | None = Field(None, description="As of which day; default: today")


class OwnershipOfFile(Request):
    """How the file that comes as the body of an ownership question is to be read, as query parameters."""

    datum: Datum | None = None
    crs: str | None = Field(None, description="Such as EPSG:4547; default: what the file says")
    at: Day | None = Field(None, description="As of which day; default: today")
    at_column: str | None = Field(None, description="The column that says as of which day, row by row")


class NearestRequest(FitRequest):
    """Who or what is nearest to this point (or to each of these points)?"""

    model_config = examples(
        {"point": [112.976, 28.195], "kind": "team", "where": {"status": "idle"}, "limit": 3},
        {
            "point": [112.976, 28.195],
            "layer": "buildings",
            "where": {"floors": {"gte": 20}},
            "within_m": 800,
        },
        {
            "point": [112.976, 28.195],
            "kind": "team",
            "status": "idle",
            "skills": {"any": ["排水", "drainage"]},
            "by": "road",
            "profile": "emergency",
            "route": True,
        },
        {"of": "T-1", "kind": "incident", "by": "road", "leaving": True, "within_s": 600},
    )
    point: Position | None = Field(None, description="[lon, lat]")
    points: list[Position] | None = Field(None, description="many points; then the answer has `results`")
    of: str | None = Field(
        None, description="instead of a point: code of a resource, from where it is and heads"
    )
    kind: str | None = Field(
        None, description="team, vehicle, officer, camera, … or incident, sensor, unit, resource"
    )
    layer: str | None = Field(None, description="any loaded layer")
    where: dict[str, Any] | None = Field(None, description='conditions on fields: {"floors": {"gte": 20}}')
    limit: int = Field(5, ge=1, le=1000)
    within_m: Number | None = Field(None, gt=0)
    by: Literal["line", "road"] = Field(
        "line", description="nearest as the crow flies, or first to arrive on today's roads"
    )
    profile: ProfileName = Field("car", description="who travels by road")
    height_m: VehicleHeight | None = Field(None, description="by road: of the vehicle, against maxheight")
    weight_t: VehicleWeight | None = Field(None, description="by road: of the vehicle, against maxweight")
    within_s: Number | None = Field(None, gt=0, description="by road: arrives within so many seconds")
    route: Flag = Field(False, description="by road: the way of each candidate, too")
    leaving: Flag = Field(False, description="by road: from the point to the candidates, as to a hospital")
    at: Moment | None = Field(None, description="by road: when, now or to come; default: now")
    surface: Flag = Field(
        False, description="by road: the point is at the surface: in no tunnel, on no bridge"
    )
    datum: Datum = DATUM


class AffectedRequest(Request):
    """What is affected within this shape (or each of these)?"""

    model_config = examples(
        {
            "shape": {"type": "circle", "centre": [112.976, 28.195], "radius_m": 300},
            "layers": ["buildings", "roads"],
        },
        {
            "shape": {"type": "reach", "point": [112.91, 28.15], "minutes": 5, "profile": "foot"},
            "limit": 10,
        },
    )
    shape: dict[str, Any] | None = Field(
        None, description="a circle, a reach, or a GeoJSON Polygon or MultiPolygon"
    )
    shapes: list[dict[str, Any]] | None = Field(
        None, description="many shapes; then the answer has `results`"
    )
    layers: list[str] | None = Field(
        None, description="layers to list; default: all that are not placed things"
    )
    limit: int = Field(100, ge=0, le=10_000, description="features listed of each layer; all are counted")
    datum: Datum = DATUM
