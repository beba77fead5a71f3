"""What answers say of an affected place.

`resources` and `sensors` are rows of their layers with the fields that whoever asks may see, so they are plain dicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.duty.answers import UnitRecord

#: A geometry of GeoJSON.
Geometry = dict[str, Any]


@dataclass(frozen=True)
class FeatureCollection:
    """Features of GeoJSON."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


@dataclass(frozen=True)
class AffectedLayer:
    """How many features of a layer are affected, and the first of them."""

    count: int
    features: FeatureCollection
    truncated: bool


@dataclass(frozen=True)
class AffectedArea:
    """An area that the affected place reaches into, and its unit."""

    level: str | None
    code: str | None
    name: str | None
    name_en: str | None
    unit: UnitRecord | None


@dataclass(frozen=True)
class Affected:
    """What lies in a shape: base layers by name, areas from the city down, what is placed there, and how many people
    by which layer (None: no layer says)."""

    area: Geometry
    area_m2: float
    layers: dict[str, AffectedLayer]
    areas: list[AffectedArea]
    resources: list[dict[str, Any]]
    sensors: list[dict[str, Any]]
    people: int | None
    people_from: str | None


@dataclass(frozen=True)
class SensitiveSite:
    """A place that an incident must not surprise, with its distance; `layer` is where it was found."""

    id: str | int
    layer: str
    kind: str
    kind_zh: str
    kind_en: str
    name: str | None
    name_en: str | None
    distance_m: float
    geometry: Geometry


@dataclass(frozen=True)
class SensitiveSites:
    """How many sensitive places there are, and the nearest of them."""

    count: int
    places: list[SensitiveSite]
