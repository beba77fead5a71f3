"""What answers say of places that were asked for by text, code or position."""

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
    """A place (lon, lat), how exactly it is known, how it was found, how well the text fits, and what it is."""

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
    """What else may have been meant, with the names of its areas down to the street."""

    areas: list[str]


@dataclass(frozen=True, kw_only=True)
class LocatedPlace(PlaceFound):
    """The place, who owns it, what else it may be, and the layers whose names are still being indexed."""

    owners: Owners
    alternatives: list[AlternativePlace]
    indexing: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class SearchResult(Sparse):
    """A place whose name or address fits: the text that fits and its field; the metres from the focus, if there is one;
    its district and street."""

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
    """The places, best first, and the layers that are not searched yet as their index is still being made."""

    results: list[SearchResult]
    indexing: list[str]


@dataclass(frozen=True)
class NearCrossing:
    """Where the nearest road meets another: the names of both, the position (lon, lat), how far away."""

    roads: list[str]
    roads_en: list[str | None]
    position: list[float]
    distance_m: float


@dataclass(frozen=True)
class PositionNamed:
    """What a position is called, what is nearest to it of each sort (None where nothing is near), and who owns it."""

    address: Text
    road: NearFeature | None
    crossing: NearCrossing | None
    house: NearFeature | None
    building: NearFeature | None
    place: NearFeature | None
    owners: Owners


@dataclass(frozen=True)
class PositionsNamed:
    """What each of several positions is called."""

    results: list[PositionNamed]
