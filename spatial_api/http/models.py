"""What requests look like, with the examples that the API's documentation shows."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from cim.model.standard_layers import AreaLevel, usable_code
from cim.operations.nearest import ResourceNeeds
from cim.roads.vehicles import ProfileName
from cim.space.crs import Datum
from spatial_api.http.positions import Number as Number
from spatial_api.http.positions import PlacedPosition
from spatial_api.http.positions import Position as Position

#: Every request with positions says their datum.
DATUM: Any = Field(
    "wgs84", description="坐标系 datum of the positions given; Chinese web maps use gcj02 or bd09"
)


def _written_date(value: Any) -> Any:
    """A day or moment as it came, which must be written as one: a bare number would be counted from 1970."""
    if isinstance(value, dt.date) or (isinstance(value, str) and _DAY.match(value)):
        return value
    raise ValueError(
        'a time is written like "2026-06-01T08:00:00+08:00", a day like "2026-06-01"; a number is none'
    )


def _in_our_time(moment: dt.datetime) -> dt.datetime:
    if not 1900 <= moment.year < 2200:
        raise ValueError("a time lies between the years 1900 and 2199")
    return moment.astimezone(dt.UTC)


def _in_a_path(code: str) -> str:
    if not usable_code(code):
        raise ValueError(
            "a code has 1 to 64 characters, no slash, no line break, and no space or dot before it"
        )
    return code


#: Half of a character beyond the first plane, which JSON can say.
_HALF = re.compile("[\ud800-\udfff]")
_DAY = re.compile(r"\s*\d{4}-\d\d-\d\d")
#: A point in time, with its zone; and a day.
Moment = Annotated[AwareDatetime, BeforeValidator(_written_date), AfterValidator(_in_our_time)]
Day = Annotated[dt.date, BeforeValidator(_written_date)]
#: true or false, neither 0 nor "no".
Flag = Annotated[bool, Strict()]
#: A code stands in the path of its thing, so not every text can be one.
Code = Annotated[str, AfterValidator(_in_a_path)]
#: Whole numbers up to this are the same number in every store, in JSON and in JavaScript.
_MOST = 2**53 - 1


#: The fields of whole numbers, and those of measured ones that are stored.
_WHOLE_FIELDS = (
    "alternatives", "capacity", "cells", "epsg", "level", "limit", "min_capacity", "number", "population", "resolution",
    "routes", "teams",
)  # fmt: skip
_STORED_FIELDS = (
    "accuracy_m", "threshold_blue", "threshold_orange", "threshold_red", "threshold_yellow", "value",
)  # fmt: skip


class Request(BaseModel):
    """A request body: unknown members are errors, not silently ignored."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    @field_validator("*")
    @classmethod
    def _storable(cls, value: Any) -> Any:
        if isinstance(value, str) and "\x00" in value:
            raise ValueError("a text can't hold the character NUL")
        if isinstance(value, str) and _HALF.search(value):
            raise ValueError("a text can't hold half of a character, such as \\ud83d without its other half")
        return value

    @field_validator(*_WHOLE_FIELDS, mode="before", check_fields=False)
    @classmethod
    def _whole_as_written(cls, value: Any, info: ValidationInfo) -> Any:
        """A whole number as it came; neither true nor a text that looks like one."""
        if isinstance(value, (bool, str)) and cls.model_fields[str(info.field_name)].annotation in (
            int,
            int | None,
        ):
            raise PydanticCustomError("int_type", "Input should be a valid integer")
        return value

    @field_validator(*_STORED_FIELDS, mode="before", check_fields=False)
    @classmethod
    def _kept_as_written(cls, value: Any) -> Any:
        """A number as it came, if it is still the same one when it is stored."""
        if type(value) is int and abs(value) > _MOST and int(float(value)) != value:
            raise ValueError("a whole number beyond 2^53 would be rounded")
        return value


class OwnershipRequest(Request):
    """Who owns these places?"""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"points": [[112.976, 28.195]], "datum": "wgs84"}]}
    )
    points: list[Position] = Field(description="[lon, lat] each; at most 20,000, by the million send a file")
    datum: Datum = DATUM
    at: Day | None = Field(None, description="As of which day; default: today")


class OwnershipOfFile(Request):
    """How the file that comes as the body of an ownership question is to be read, as query parameters."""

    datum: Datum | None = None
    crs: str | None = Field(None, description="Such as EPSG:4547; default: what the file says")
    at: Day | None = Field(None, description="As of which day; default: today")
    at_column: str | None = Field(None, description="The column that says as of which day, row by row")


class Items(Request):
    """Which of some items a resource must have."""

    all: list[str] = Field(default=[], description="every one of them")
    any: list[str] = Field(default=[], description="at least one of them")


class FitRequest(Request):
    """What a resource must be to be a candidate."""

    skills: Items | None = Field(None, description='{"all": ["排水"], "any": ["泵", "抢险"]}')
    equipment: Items | None = None
    status: str | list[str] | None = Field(None, description="one, or any of several")
    unit: str | list[str] | None = Field(None, description="code of its unit, or any of several")
    territory: str | None = Field(None, description="code of a management area that it is in")
    seen_within_s: Number | None = Field(
        None,
        gt=0,
        le=31_536_000,
        description="its position is not older than so many seconds; at most a year",
    )
    min_capacity: int | None = Field(None, ge=0)

    def fit(self) -> ResourceNeeds:
        """The same as the verbs take it."""

        def several(value: str | list[str] | None) -> tuple[str, ...]:
            return () if value is None else (value,) if isinstance(value, str) else tuple(value)

        skills, equipment = self.skills or Items(), self.equipment or Items()
        return ResourceNeeds(
            skills=tuple(skills.all),
            skills_any=tuple(skills.any),
            equipment=tuple(equipment.all),
            equipment_any=tuple(equipment.any),
            status=several(self.status),
            unit=several(self.unit),
            territory=self.territory,
            seen_within_s=self.seen_within_s,
            capacity=self.min_capacity,
        )


class NearestRequest(FitRequest):
    """Who or what is nearest to this point (or to each of these points)?"""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
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
            ]
        },
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
    height_m: Number | None = Field(
        None, gt=0, le=20, description="by road: of the vehicle, against maxheight"
    )
    weight_t: Number | None = Field(
        None, gt=0, le=500, description="by road: of the vehicle, against maxweight"
    )
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

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "shape": {"type": "circle", "centre": [112.976, 28.195], "radius_m": 300},
                    "layers": ["buildings", "roads"],
                },
                {
                    "shape": {"type": "reach", "point": [112.91, 28.15], "minutes": 5, "profile": "foot"},
                    "limit": 10,
                },
            ]
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


class _PlacedRequest(Request):
    position: PlacedPosition | None = Field(None, description="[lon, lat]")
    datum: Datum = DATUM


class IncidentRequest(_PlacedRequest):
    """An incident (事件) to place or change."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "title": "五一大道路面积水",
                    "class": "E0406",
                    "level": "general",
                    "source": "12345热线",
                    "position": [112.9805, 28.1952],
                    "datum": "wgs84",
                    "description": "积水约 20 厘米，车辆缓行",
                }
            ]
        },
    )
    code: Code | None = None
    title: str | None = Field(None, max_length=200)
    class_: str | None = Field(None, alias="class", max_length=32)
    level: str | None = None
    status: str | None = None
    description: str | None = None
    source: str | None = None
    address: str | None = None
    reporter_name: str | None = None
    reporter_phone: str | None = None
    accuracy_m: Number | None = Field(None, ge=0)
    unit: str | None = None
    reported_at: Moment | None = None
    note: str | None = Field(None, description="a line for the status history")


class ResourceRequest(_PlacedRequest):
    """A resource (资源): a team, vehicle, officer, camera, depot, shelter, hospital or hydrant."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "TEAM-0001",
                    "name": "排水抢险一队",
                    "kind": "team",
                    "status": "idle",
                    "skills": "排水,抢险",
                    "position": [112.98, 28.2],
                }
            ]
        },
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    kind: str | None = None
    status: str | None = None
    skills: str | None = None
    equipment: str | None = Field(None, description="comma separated")
    capacity: int | None = Field(None, ge=0, le=_MOST)
    unit: str | None = None
    phone: str | None = None
    heading_deg: Number | None = Field(None, ge=0, lt=360)
    seen_at: Moment | None = None


class SensorRequest(_PlacedRequest):
    """A sensor (感知设备) and its latest value."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "WL-0001",
                    "name": "营盘路隧道积水监测点",
                    "measures": "water_level",
                    "unit_symbol": "cm",
                    "threshold_red": 50,
                    "value": 3.5,
                    "position": [112.965, 28.2065],
                }
            ]
        },
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    measures: str | None = None
    unit_symbol: str | None = None
    threshold_blue: Number | None = None
    threshold_yellow: Number | None = None
    threshold_orange: Number | None = None
    threshold_red: Number | None = None
    value: Number | None = None
    value_at: Moment | None = None
    unit: str | None = None


class ComponentRequest(_PlacedRequest):
    """A component (管理部件): a manhole cover, a street lamp, a tree, with those who answer for it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "43010201003000001",
                    "name": "雨水井盖",
                    "class": "C01003",
                    "state": "intact",
                    "owner": "430100-PS",
                    "maintainer": "430100-SZ",
                    "position": [112.98, 28.2],
                }
            ]
        },
    )
    code: Code | None = None
    name: str | None = None
    class_: str | None = Field(None, alias="class", max_length=32, description="a class of GET /classes")
    state: str | None = None
    owner: str | None = Field(None, description="权属单位 code of a unit")
    maintainer: str | None = Field(None, description="养护单位 code of a unit")
    authority: str | None = Field(None, description="主管部门 code of a unit")
    since: Day | None = None
    changed: Day | None = None
    source: str | None = None
    note: str | None = None


class UnitRequest(_PlacedRequest):
    """A unit (单位): an organisation with its contacts."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"code": "U-0001", "name": "排水事务中心", "phone": "0731-55500000"}]
        },
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    kind: str | None = None
    level: str | None = None
    parent: str | None = None
    phone: str | None = None
    address: str | None = None


class AreaRequest(Request):
    """A management area (管理区域): a polygon on one level."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "430102001",
                    "name": "文艺路街道",
                    "level": "street",
                    "parent": "430102",
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[112.98, 28.18], [112.99, 28.18], [112.99, 28.19], [112.98, 28.18]]],
                    },
                }
            ]
        },
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    level: AreaLevel | None = None
    parent: str | None = None
    unit: str | None = None
    officer: str | None = Field(None, description="网格员: who is on duty there, above all in a duty grid")
    officer_phone: str | None = None
    population: int | None = Field(None, ge=0, le=_MOST)
    valid_from: Day | None = None
    valid_to: Day | None = None
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON Polygon or MultiPolygon")
    datum: Datum = DATUM


class ClosureRequest(Request):
    """A closure or slow-down (封路、缓行): a polygon, a line along a road, a point on the segment that is closed, or a
    whole management area; once, or at hours of every week."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "code": "FL-0001",
                    "cause": "营盘路隧道积水",
                    "from_at": "2026-06-01T08:00:00+08:00",
                    "to_at": "2126-06-01T20:00:00+08:00",
                    "geometry": {
                        "type": "Polygon",
                        "coordinates": [[[112.96, 28.2], [112.97, 28.2], [112.97, 28.21], [112.96, 28.2]]],
                    },
                },
                {
                    "code": "RUSH-430102",
                    "cause": "早晚高峰",
                    "factor": 1.6,
                    "road_class": "trunk,primary,secondary",
                    "hours": "1-5 07:00-09:00,17:00-19:00",
                    "area": "430102",
                },
            ]
        },
    )
    code: Code | None = None
    cause: str | None = Field(None, max_length=200)
    profile: ProfileName | None = Field(None, description="for whom; none: for all")
    factor: Number | None = Field(
        None, ge=0.2, le=1000, description="how many times as long as usual; none: closed"
    )
    level: int | None = Field(None, ge=-20, le=20, description="only roads on this level; none: on all")
    road_class: str | None = Field(
        None, description="only these classes of roads, with commas: primary, 主干路 …; none: all"
    )
    hours: str | None = Field(
        None, max_length=200, description="hours of the week, Beijing time: 1-5 07:00-09:00,17:00-19:00"
    )
    from_at: Moment | None = None
    to_at: Moment | None = None
    incident: str | None = Field(None, description="code of the incident that is the cause")
    geometry: dict[str, Any] | None = Field(
        None, description="GeoJSON Polygon, LineString along a road, or Point on the segment to be closed"
    )
    area: str | None = Field(None, description="instead of a geometry: code of a management area")
    datum: Datum = DATUM
