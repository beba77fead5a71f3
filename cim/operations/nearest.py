"""The nearest placed things of a kind, or features of any layer, by straight line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.arrays.types import LonLat
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS, RESOURCE_KINDS
from cim.operations.features import geojson_features, row_of
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.state import CityState

#: The kinds that have a layer of their own; every other kind is a kind of resource.
_LAYERS = {
    "incident": "incidents",
    "sensor": "sensors",
    "unit": "units",
    "resource": "resources",
    "area": "areas",
    "component": "components",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The features to look for: those of a layer that meet a condition."""

    layer: str
    where: Mapping[str, Any]

    @classmethod
    def of(cls, kind: str | None, layer: str | None, where: Mapping[str, Any] | None) -> Selection:
        """From a kind of placed thing or the name of a layer; `BadInput` for both, neither or an unknown kind.

        >>> Selection.of("team", None, {"status": "idle"})
        Selection(layer='resources', where={'status': 'idle', 'kind': 'team'})
        """
        if (kind is None) == (layer is None):
            raise BadInput('say either "kind" (of placed thing) or "layer", one of the two')
        if layer is not None:
            return cls(layer, where or {})
        assert kind is not None
        if kind in _LAYERS:
            return cls(_LAYERS[kind], where or {})
        if kind in RESOURCE_KINDS:
            return cls("resources", {**(where or {}), "kind": kind})
        raise BadInput(f"kind {kind!r} is not known; known: {', '.join([*_LAYERS, *RESOURCE_KINDS])}")


@dataclass(frozen=True)
class NearThing:
    """A placed thing or a feature of a layer, with its distance by straight line. `properties` are the fields of its
    layer that the caller may see."""

    id: str | int
    layer: str
    name: str | None
    name_en: str | None
    distance_m: float
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


@dataclass(frozen=True)
class NearThings:
    """The things near a place, nearest first."""

    candidates: list[NearThing]


@dataclass(frozen=True, slots=True)
class ResourceNeeds:
    """What a resource must have to be a candidate, besides its kind. None or empty means no condition.

    `skills`, `equipment`: it has all of them; `skills_any`, `equipment_any`: it has at least one. `territory`: the code
    of an area that it is in. `seen_within_s`: the maximum age of its position. `capacity`: the minimum.
    """

    skills: tuple[str, ...] = ()
    skills_any: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    equipment_any: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    unit: tuple[str, ...] = ()
    territory: str | None = None
    seen_within_s: float | None = None
    capacity: int | None = None

    def within(self, state: CityState, wanted: Selection) -> Selection:
        """The selection with these conditions added. `BadInput` where it has a condition on one of the fields already,
        `NotFound` for a territory that is not there."""
        where: dict[str, Any] = {}
        for field in ("skills", "equipment"):
            asked = {"has": list(getattr(self, field)), "has_any": list(getattr(self, f"{field}_any"))}
            if any(asked.values()):
                where[field] = {operator: items for operator, items in asked.items() if items}
        for field in ("status", "unit"):
            if getattr(self, field):
                where[field] = list(getattr(self, field))
        if self.territory is not None:
            areas = state.snapshot("areas")
            row = np.array([row_of(areas, self.territory, state.today)])
            level = areas.attributes(row, ["level"]).column(0)[0].as_py()
            if level not in LEVELS:
                raise BadInput(
                    f"territory {self.territory!r} is a {level}; name an area of: {', '.join(LEVELS)}"
                )
            where[level] = self.territory
        if self.seen_within_s is not None:
            since = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=self.seen_within_s)
            where["seen_at"] = {"gte": since.replace(microsecond=since.microsecond // 1000 * 1000)}
        if self.capacity is not None:
            where["capacity"] = {"gte": self.capacity}
        twice = where.keys() & wanted.where.keys()
        if twice:
            raise BadInput(f"{', '.join(sorted(twice))}: said twice, by itself and in where; say it once")
        return Selection(wanted.layer, {**wanted.where, **where})


def find_nearest(
    snapshots: Mapping[str, Snapshot],
    points: LonLat,
    wanted: Selection,
    caller: Caller,
    *,
    limit: int = 5,
    within_m: float | None = None,
) -> list[list[NearThing]]:
    """The candidates nearest to each point (float64[q, 2] lon, lat, WGS84) by straight line, nearest first.

    `within_m`: the maximum distance. `BadInput` for a limit or distance out of range, `Forbidden` for a condition on a
    field that the caller may not see, `NotFound` for a layer that is not loaded.
    """
    if not 1 <= limit <= 1000:
        raise BadInput(f"limit {limit} is out of range: 1 to 1000")
    if within_m is not None and not within_m > 0:
        raise BadInput(f"within_m must be more than 0, not {within_m:g}")
    caller.require_seen(wanted.where)
    snapshot = require_layer(snapshots, wanted.layer)
    keep = snapshot.matching(wanted.where) if wanted.where else None
    rows, metres = snapshot.nearest(points, limit, within_m if within_m is not None else np.inf, keep)
    found = rows >= 0
    flat = geojson_features(snapshot, rows[found], caller)
    answers = iter(flat)
    return [
        [_candidate(next(answers), wanted.layer, float(d)) for d in point_metres[point_found]]
        for point_metres, point_found in zip(metres, found, strict=True)
    ]


def _candidate(feature: Mapping[str, Any], layer: str, metres: float) -> NearThing:
    properties = feature["properties"]
    return NearThing(
        id=feature["id"],
        layer=layer,
        name=properties.get("name") or properties.get("title"),
        name_en=properties.get("name_en"),
        distance_m=round(metres, 3),
        geometry=feature["geometry"],
        properties=properties,
    )
