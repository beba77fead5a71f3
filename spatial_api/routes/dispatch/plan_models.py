"""What a question for a plan looks like."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cim.roads.vehicles import ProfileName
from cim.space.crs import Datum
from spatial_api.http.models import (
    DATUM,
    IncidentLevel,
    Moment,
    Request,
    VehicleHeight,
    VehicleWeight,
    examples,
)
from spatial_api.http.positions import Position


class PlanRequest(Request):
    """A plan for this incident: a stored one by its code, or one that is described."""

    model_config = examples(
        {
            "class": "E0406",
            "point": [112.976, 28.195],
            "level": "serious",
            "text": "路面积水影响通行",
        },
        {
            "class": "E0406",
            "point": [112.976, 28.195],
            "shape": {"type": "circle", "centre": [112.976, 28.195], "radius_m": 500},
        },
    )
    incident: str | None = Field(None, max_length=64, description="code of a stored incident")
    class_: str | None = Field(
        None, alias="class", min_length=1, max_length=64, description="key, code or name: E0406, 道路积水"
    )
    point: Position | None = Field(None, description="[lon, lat]")
    level: IncidentLevel = Field("general", description="一般 较大 重大 特别重大")
    at: Moment | None = Field(None, description="when it was reported; default: now")
    title: str | None = Field(None, max_length=200)
    text: str = Field(
        "", max_length=2000, description="what was said; finds the condition and likely duplicates"
    )
    condition: str | None = Field(None, max_length=500, description="立案条件: key of a rule, or text")
    component: str | None = Field(None, max_length=64, description="code of the component that it is about")
    shape: dict[str, Any] | None = Field(
        None,
        description="what is affected: a circle, a reach, a GeoJSON polygon; default: a circle of the list's radius",
    )
    profile: ProfileName = Field("emergency", description="by which the teams come")
    height_m: VehicleHeight | None = Field(None, description="of their vehicles, against maxheight")
    weight_t: VehicleWeight | None = Field(None, description="of their vehicles, against maxweight")
    surface: bool = Field(
        False,
        description="the incident is at the surface: in no tunnel, on no bridge 地面（不在隧道内、不在桥上）",
    )
    datum: Datum = DATUM
