"""Answers about an affected place.

`resources` and `sensors` are rows of their layers with the fields that the caller may see, so they are plain dicts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.duty.answers import UnitRecord

#: A geometry of GeoJSON.
Geometry = dict[str, Any]


@dataclass(frozen=True)
class FeatureCollection:
    """A GeoJSON FeatureCollection."""

    type: Literal["FeatureCollection"]
    features: list[dict[str, Any]]


@dataclass(frozen=True)
class AffectedLayer:
    """The number of affected features of a layer, and the first of them."""

    count: int
    features: FeatureCollection
    truncated: bool


@dataclass(frozen=True)
class AffectedArea:
    """An area that the affected place extends into, and its unit."""

    level: str | None
    code: str | None
    name: str | None
    name_en: str | None
    unit: UnitRecord | None


@dataclass(frozen=True)
class Affected:
    """What is in a shape: base layers by name, areas from the city down, resources and sensors, and the number of
    people with the layer that counts them (null where no layer does)."""

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
    """A sensitive site (a school, a hospital) with its distance and the layer that it is from."""

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
    """The number of sensitive sites, and the nearest of them."""

    count: int
    places: list[SensitiveSite]
