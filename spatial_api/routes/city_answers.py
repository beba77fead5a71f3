"""What is said of the city as a whole, and of its health."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cim.model.sparse import Sparse
from cim.snapshot.stray_rows import StrayRows


@dataclass(frozen=True)
class LostLayer:
    """A layer whose table is gone."""

    layer: str
    what: str


@dataclass(frozen=True)
class RoadsPreparing:
    """What of the roads is still being made."""

    roads: list[str]


@dataclass(frozen=True)
class Health(Sparse):
    """Whether the service answers from the store's current state, and what is wrong or will be."""

    status: Literal["ok", "degraded", "trouble"]
    version: str
    store: str
    seq: int
    layers: int
    features: int
    stray_rows: list[StrayRows] | None = None
    preparing: RoadsPreparing | None = None
    lost: list[LostLayer] | None = None
    not_registered: list[str] | None = None
    trouble: str | None = None
    warnings: list[str] | None = None


@dataclass(frozen=True)
class FieldDescribed:
    """A field of a layer."""

    name: str
    type: str
    title_zh: str
    title_en: str


@dataclass(frozen=True)
class LayerDescribed:
    """A layer: what it holds, where, and how it is drawn."""

    name: str
    kind: str
    geometry: str
    title_zh: str
    title_en: str
    count: int
    bounds: tuple[float, float, float, float] | None
    min_zoom: int
    version: str
    source: str
    licence: str
    order: int | None
    visible: bool
    fields: list[FieldDescribed]


@dataclass(frozen=True)
class LevelCount:
    """How many areas of a level are in force."""

    level: str
    name_zh: str
    name_en: str
    count: int


@dataclass(frozen=True)
class KindCount:
    """How many resources of a kind there are."""

    kind: str
    name_zh: str
    name_en: str
    count: int


@dataclass(frozen=True)
class CityDescribed:
    """The city: names, coordinate systems, extent, layers, levels and kinds of resources. Boxes are west, south, east,
    north in degrees."""

    name_zh: str
    name_en: str
    crs: str
    metric_crs: str
    timezone: str
    bounds: tuple[float, float, float, float]
    core: tuple[float, float, float, float]
    centre: list[float]
    schematic: bool
    layers: list[LayerDescribed]
    levels: list[LevelCount]
    resource_kinds: list[KindCount]
