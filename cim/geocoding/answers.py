"""Answers of geocoding: places found by text or code, and the names of positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict

from cim.areas.owners import Owners
from cim.model.sparse import Sparse
from cim.model.text import Text

#: A feature near a position: `layer`, `id`, the names and addresses that its layer has (the fields differ from layer to
#: layer), and `distance_m`.
NearFeature = dict[str, Any]


class PlaceFields(TypedDict):
    """The fields of `PlaceFound` by name."""

    position: list[float]
    accuracy_m: float
    method: str
    score: float
    name: str | None
    layer: str | None
    id: str | int | None
    notes: list[str] | None


@dataclass(frozen=True, kw_only=True)
class PlaceFound(Sparse):
    """A place (lon, lat): its accuracy, the method that found it, the score of the text, and the feature it is."""

    position: list[float]
    accuracy_m: float
    method: str
    score: float
    name: str | None
    layer: str | None
    id: str | int | None
    notes: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class AlternativePlace(PlaceFound):
    """An alternative place, with the names of its areas down to the street."""

    areas: list[str]


@dataclass(frozen=True, kw_only=True)
class LocatedPlace(PlaceFound):
    """The place, its owners, alternatives, and the layers that were not searched because they are still being
    indexed."""

    owners: Owners
    alternatives: list[AlternativePlace]
    indexing: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class SearchResult(Sparse):
    """A place whose name or address fits: the text and its field, the distance from the focus if there is one, and its
    district and street."""

    layer: str
    id: str | int
    text: str
    field: str
    score: float
    position: list[float]
    accuracy_m: float
    distance_m: float | None = None
    areas: list[str]
    areas_en: list[str]


@dataclass(frozen=True)
class SearchResults:
    """The places, best first, and the layers that were not searched because they are still being indexed."""

    results: list[SearchResult]
    indexing: list[str]


@dataclass(frozen=True)
class NearCrossing:
    """The nearest crossing of the nearest road: the names of both roads, its position (lon, lat) and its distance."""

    roads: list[str]
    roads_en: list[str | None]
    position: list[float]
    distance_m: float


@dataclass(frozen=True)
class PositionNamed:
    """The address line of a position, the nearest feature of each kind (null where none is near), and its owners."""

    address: Text
    road: NearFeature | None
    crossing: NearCrossing | None
    house: NearFeature | None
    building: NearFeature | None
    place: NearFeature | None
    owners: Owners


@dataclass(frozen=True)
class PositionsNamed:
    """The names of several positions."""

    results: list[PositionNamed]
