"""What a thing looks like that is placed or changed, with the examples that the API's documentation shows."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from cim.model.standard_layers import AreaLevel
from cim.roads.vehicles import ProfileName
from cim.space.crs import Datum
from spatial_api.http.models import DATUM, MOST_WHOLE, Code, Day, Moment, Request, examples
from spatial_api.http.positions import Number, PlacedPosition


class _PlacedRequest(Request):
    position: PlacedPosition | None = Field(None, description="[lon, lat]")
    datum: Datum = DATUM


class IncidentRequest(_PlacedRequest):
    """An incident (事件) to place or change."""

    model_config = examples(
        {
            "title": "五一大道路面积水",
            "class": "E0406",
            "level": "general",
            "source": "12345热线",
            "position": [112.9805, 28.1952],
            "datum": "wgs84",
            "description": "积水约 20 厘米，车辆缓行",
        }
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

    model_config = examples(
        {
            "code": "TEAM-0001",
            "name": "排水抢险一队",
            "kind": "team",
            "status": "idle",
            "skills": "排水,抢险",
            "position": [112.98, 28.2],
        }
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    kind: str | None = None
    status: str | None = None
    skills: str | None = None
    equipment: str | None = Field(None, description="comma separated")
    capacity: int | None = Field(None, ge=0, le=MOST_WHOLE)
    unit: str | None = None
    phone: str | None = None
    heading_deg: Number | None = Field(None, ge=0, lt=360)
    seen_at: Moment | None = None


class SensorRequest(_PlacedRequest):
    """A sensor (感知设备) and its latest value."""

    model_config = examples(
        {
            "code": "WL-0001",
            "name": "营盘路隧道积水监测点",
            "measures": "water_level",
            "unit_symbol": "cm",
            "threshold_red": 50,
            "value": 3.5,
            "position": [112.965, 28.2065],
        }
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

    model_config = examples(
        {
            "code": "43010201003000001",
            "name": "雨水井盖",
            "class": "C01003",
            "state": "intact",
            "owner": "430100-PS",
            "maintainer": "430100-SZ",
            "position": [112.98, 28.2],
        }
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

    model_config = examples({"code": "U-0001", "name": "排水事务中心", "phone": "0731-55500000"})
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

    model_config = examples(
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
    )
    code: Code | None = None
    name: str | None = None
    name_en: str | None = None
    level: AreaLevel | None = None
    parent: str | None = None
    unit: str | None = None
    officer: str | None = Field(None, description="网格员: who is on duty there, above all in a duty grid")
    officer_phone: str | None = None
    population: int | None = Field(None, ge=0, le=MOST_WHOLE)
    valid_from: Day | None = None
    valid_to: Day | None = None
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON Polygon or MultiPolygon")
    datum: Datum = DATUM


class ClosureRequest(Request):
    """A closure or slow-down (封路、缓行): a polygon, a line along a road, a point on the segment that is closed, or a
    whole management area; once, or at hours of every week."""

    model_config = examples(
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
