"""How each kind of placed thing comes in by HTTP: its request, its geometry, and what is answered beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from cim.access.caller import Caller
from cim.city import City
from cim.dispatch import duplicates
from cim.errors import BadInput
from cim.operations.features import row_of
from cim.operations.kinds import KINDS, Kind
from cim.roads import closures
from cim.routing import closure_effect
from cim.space import crs, geojson
from cim.state import CityState
from spatial_api.http.models import Request
from spatial_api.routes.records import models

#: Members of a request that say where; the rest are fields.
_PLACE = frozenset({"position", "geometry", "area", "datum"})


@dataclass(frozen=True, slots=True)
class Beside:
    """What is answered beside a thing that was placed, and maybe beside one that was changed."""

    name: str
    find: Callable[[CityState, str, Caller], Any]
    after_change: bool


def _position(given: Any, _: City) -> Any:
    if given.position is None:
        return None
    point = crs.check_positions(np.array([given.position[:2]], np.float64), "position")
    return shapely.Point(crs.to_wgs84(point, given.datum)[0])


def _polygon(given: Any, _: City) -> Any:
    if given.geometry is None:
        return None
    return geojson.polygon(given.geometry, given.datum, "area")


def _closed_shape(given: Any, city: City) -> Any:
    if given.area is not None:
        if given.geometry is not None:
            raise BadInput('say either "geometry" or "area", one of the two')
        areas = city.snapshot("areas")
        return areas.geometry(np.array([row_of(areas, given.area, city.today())]))[0]
    if given.geometry is None:
        return None
    return closures.shape_of(given.geometry, given.datum, city.metric_crs, lambda: city.roads.network)


def _no_fields(_: Any) -> dict[str, Any]:
    return {}


def _original_datum(given: Any) -> dict[str, Any]:
    return {"datum": given.datum} if "position" in given.model_fields_set else {}


def _drawn_as(given: Any) -> dict[str, Any]:
    if given.geometry is None and given.area is None:
        return {}
    return {"drawn_as": closures.drawn_as(given.geometry)}


@dataclass(frozen=True, slots=True)
class Door:
    """How one kind comes in. Without a body it is fed elsewhere, and here read and removed."""

    kind: Kind
    title_zh: str
    body: type[Request] | None = None
    #: The geometry that a request says, shapely in WGS84; None for none.
    geometry: Callable[[Any, City], Any] = _position
    #: Fields that follow from where the thing is put.
    fields_of_place: Callable[[Any], dict[str, Any]] = _no_fields
    beside: Beside | None = None

    def values(self, given: Any) -> dict[str, Any]:
        """What a request says of the fields; what it does not name stays as it is."""
        besides = {*_PLACE, "note"} if self._has_history else set(_PLACE)
        said: dict[str, Any] = given.model_dump(by_alias=True, exclude_unset=True, exclude=besides)
        return said | self.fields_of_place(given)

    def note(self, given: Any) -> str | None:
        """The note for the history of a thing; None where a note is a field, or there is none."""
        return given.note if self._has_history else None

    @property
    def _has_history(self) -> bool:
        return self.body is not None and "note" in self.body.model_fields.keys() - set(
            self.kind.layer.field_names
        )


#: Every kind in the order in which the API's documentation shows them.
DOORS = (
    Door(
        KINDS["incidents"],
        "事件",
        models.IncidentRequest,
        fields_of_place=_original_datum,
        beside=Beside("duplicates", duplicates.duplicates_of, after_change=False),
    ),
    Door(KINDS["resources"], "资源", models.ResourceRequest),
    Door(KINDS["sensors"], "感知设备", models.SensorRequest),
    Door(KINDS["components"], "管理部件", models.ComponentRequest),
    Door(KINDS["units"], "单位", models.UnitRequest),
    Door(KINDS["areas"], "管理区域", models.AreaRequest, geometry=_polygon),
    Door(
        KINDS["closures"],
        "封路",
        models.ClosureRequest,
        geometry=_closed_shape,
        fields_of_place=_drawn_as,
        beside=Beside("effect", lambda state, code, _: closure_effect.effect(state, code), after_change=True),
    ),
    Door(KINDS["speeds"], "实测车速"),
)
