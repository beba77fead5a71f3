"""What planners' questions answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.model.sparse import Sparse


@dataclass(frozen=True)
class CoveredCount:
    """How many there are, how many of them are within reach, and the share of those; null where there are none."""

    total: int
    covered: int
    uncovered: int
    share: float | None


@dataclass(frozen=True)
class CoverageProperties:
    """Within how many minutes, for whom, and whether they come to the facility; the people and buildings that are
    covered, null where they can't be counted."""

    minutes: float
    profile: str
    towards: bool
    area_m2: int
    people: CoveredCount | None
    buildings: CoveredCount | None


@dataclass(frozen=True)
class CoverageFeature:
    """The area that is covered within a time, as a feature of GeoJSON."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: CoverageProperties


@dataclass(frozen=True)
class UncoveredArea:
    """An area, its people, how many of them nothing reaches within the longest time, and the share that is reached."""

    level: str
    code: str
    name: str
    name_en: str | None
    people: int
    uncovered: int
    share: float | None


@dataclass(frozen=True)
class UncoveredCell:
    """An H3 cell and how many nothing reaches there."""

    cell: str
    uncovered: float


@dataclass(frozen=True)
class Coverage(Sparse):
    """The area of each time; how many facilities there are and which of them are on no road; from which layer people
    were counted; the areas and cells with the most of them out of reach."""

    type: Literal["FeatureCollection"]
    features: list[CoverageFeature]
    facilities: int
    off_road: list[str | int | None]
    people_from: str | None
    areas: list[UncoveredArea]
    uncovered_cells: list[UncoveredCell] | None = None
