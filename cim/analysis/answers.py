"""Answers of planners' analyses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from cim.model.sparse import Sparse


@dataclass(frozen=True)
class CoveredCount:
    """The total, the covered and the uncovered number, and the covered share (null where the total is 0)."""

    total: int
    covered: int
    uncovered: int
    share: float | None


@dataclass(frozen=True)
class CoverageProperties:
    """The time, profile and direction of a covered area, and its counts of people and buildings (null where no layer
    counts them)."""

    minutes: float
    profile: str
    towards: bool
    area_m2: int
    people: CoveredCount | None
    buildings: CoveredCount | None


@dataclass(frozen=True)
class CoverageFeature:
    """The area covered within a time, as a GeoJSON feature."""

    type: Literal["Feature"]
    geometry: dict[str, Any]
    properties: CoverageProperties


@dataclass(frozen=True)
class UncoveredArea:
    """An area, its people, how many of them are outside the longest time, and the covered share."""

    level: str
    code: str
    name: str
    name_en: str | None
    people: int
    uncovered: int
    share: float | None


@dataclass(frozen=True)
class UncoveredCell:
    """An H3 cell and the number of people (or buildings) in it that are not reached."""

    cell: str
    uncovered: float


@dataclass(frozen=True)
class Coverage(Sparse):
    """The covered area of each time; the number of facilities, and those on no road; the layer that counts people; and
    the areas and cells with the most people who are not reached."""

    type: Literal["FeatureCollection"]
    features: list[CoverageFeature]
    facilities: int
    off_road: list[str | int | None]
    people_from: str | None
    areas: list[UncoveredArea]
    uncovered_cells: list[UncoveredCell] | None = None
