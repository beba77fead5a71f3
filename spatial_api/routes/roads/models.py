"""What questions by road look like, with the examples that the API's documentation shows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cim.roads.vehicles import ProfileName
from cim.routing.itinerary import MOST_AVOIDED, MOST_POINTS
from cim.routing.reach import MOST_CONTOURS, MOST_PLACES
from cim.space.crs import Datum
from spatial_api.http.models import (
    DATUM,
    FitRequest,
    Flag,
    Moment,
    Request,
    VehicleHeight,
    VehicleWeight,
    examples,
)
from spatial_api.http.positions import Number, Position

#: Positions of each list of a matrix, as many as its body holds.
MOST_PLACES_LISTED = 100_000


class OnRoads(Request):
    """Who travels."""

    profile: ProfileName = Field("car", description="car, emergency, moto (e-bike), foot or truck")
    height_m: VehicleHeight | None = Field(None, description="of the vehicle, against maxheight")
    weight_t: VehicleWeight | None = Field(None, description="of the vehicle, against maxweight")
    at: Moment | None = Field(
        None, description="when, now or to come: closures, slow-downs and hours of then; default: now"
    )
    surface: bool = Field(
        False,
        description="the places are at the surface: in no tunnel, on no bridge 地面（不在隧道内、不在桥上）",
    )
    datum: Datum = DATUM


class RouteRequest(OnRoads):
    """The fastest way through these points."""

    model_config = examples(
        {"points": [[112.976, 28.195], [112.99, 28.2]], "profile": "car"},
        {
            "points": [[112.976, 28.195], [112.99, 28.2]],
            "avoid": [{"type": "circle", "centre": [112.985, 28.197], "radius_m": 150}],
            "alternatives": 2,
        },
    )
    points: list[Position] = Field(
        min_length=2, max_length=MOST_POINTS, description="[lon, lat] from first to last"
    )
    heading_deg: Number | None = Field(
        None, ge=0, lt=360, description="where somebody who moves is heading at the start"
    )
    avoid: list[dict[str, Any]] = Field(
        [],
        max_length=MOST_AVOIDED,
        description="GeoJSON polygons, or circles, that the way is to keep out of",
    )
    alternatives: int = Field(0, ge=0, le=3, description="so many other ways, where there are any")


class MatrixRequest(OnRoads):
    """Times from each of these places to each of those."""

    model_config = examples(
        {
            "origins": [[112.976, 28.195], [112.98, 28.2]],
            "targets": [[112.99, 28.2]],
            "profile": "car",
        }
    )
    origins: list[Position] = Field(max_length=MOST_PLACES_LISTED, description="[lon, lat] each")
    targets: list[Position] = Field(max_length=MOST_PLACES_LISTED, description="[lon, lat] each")
    distances: Flag = Field(False, description="metres, too")


class ReachRequest(OnRoads):
    """What can be reached within these times?"""

    model_config = examples({"point": [112.976, 28.195], "minutes": [5, 10, 15], "profile": "emergency"})
    point: Position | None = Field(None, description="[lon, lat]")
    points: list[Position] | None = Field(
        None,
        min_length=1,
        max_length=MOST_PLACES,
        description="many places, such as all fire stations: their reach together",
    )
    minutes: list[Number] = Field([5.0, 10.0, 15.0], min_length=1, max_length=MOST_CONTOURS)
    towards: Flag = Field(
        False, description="from where the place is reached, instead of what is reached from it"
    )
    cells: int | None = Field(
        None, ge=0, le=12, description="H3 resolution, for the cells of the reached roads"
    )


class CoverageRequest(OnRoads, FitRequest):
    """How much of the city do these facilities reach within these times?"""

    model_config = examples(
        {
            "kind": "shelter",
            "minutes": [10, 20],
            "profile": "foot",
            "towards": True,
            "level": "district",
        },
        {"points": [[112.93, 28.15]], "minutes": [5], "profile": "emergency", "cells": 9},
    )
    kind: str | None = Field(None, description="of placed thing: shelter, hospital, depot, team, unit …")
    layer: str | None = Field(None, description="or any layer of points")
    where: dict[str, Any] | None = Field(None, description='conditions on fields: {"kind": "fire_station"}')
    points: list[Position] | None = Field(
        None, min_length=1, max_length=MOST_PLACES, description="or these places"
    )
    minutes: list[Number] = Field([5.0], min_length=1, max_length=MOST_CONTOURS)
    towards: Flag = Field(False, description="how soon one is at a facility, instead of they at the place")
    level: str = Field("street", description="level of the areas that are listed by people out of reach")
    cells: int | None = Field(
        None, ge=0, le=12, description="H3 resolution, for the cells of those out of reach"
    )
