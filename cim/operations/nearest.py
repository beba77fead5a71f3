"""Who and what is nearest: of any kind of placed thing, or any layer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from cim.access.caller import Caller
from cim.arrays.types import LonLat
from cim.city import City
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS, RESOURCE_KINDS
from cim.operations.features import geojson_features, row_of

#: Kinds that are a layer of their own; every other kind is a kind of resource.
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
    """What is looked for: a layer and the condition on its features."""

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
    """A placed thing or a feature of a layer, with its distance by line; `properties` are the fields of its layer that
    whoever asks may see."""

    id: str | int
    layer: str
    name: str | None
    name_en: str | None
    distance_m: float
    geometry: dict[str, Any] | None
    properties: dict[str, Any]


@dataclass(frozen=True)
class NearThings:
    """What is near a place, nearest first."""

    candidates: list[NearThing]


@dataclass(frozen=True, slots=True)
class ResourceNeeds:
    """What a resource must be to be a candidate, beside its kind; None or empty: anything.

    `skills`, `equipment`: it has them all; `…_any`: one of them; `territory`: the code of an area that it is in;
    `seen_within_s`: its position is no older; `capacity`: at least so much.
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

    def within(self, city: City, wanted: Selection) -> Selection:
        """The same with these conditions. `BadInput` where a field has one already, or the layer has no such field;
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
            areas = city.snapshot("areas")
            row = np.array([row_of(areas, self.territory, city.today())])
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
    city: City,
    points: LonLat,
    wanted: Selection,
    caller: Caller,
    *,
    limit: int = 5,
    within_m: float | None = None,
) -> list[list[NearThing]]:
    """For each point (float64[q, 2] lon, lat, WGS84) the candidates as the crow flies, nearest first."""
    if not 1 <= limit <= 1000:
        raise BadInput(f"limit {limit} is out of range: 1 to 1000")
    if within_m is not None and not within_m > 0:
        raise BadInput(f"within_m must be more than 0, not {within_m:g}")
    caller.require_seen(wanted.where)
    snapshot = city.snapshot(wanted.layer)
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
