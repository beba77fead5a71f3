"""What a question about several places answers."""

from __future__ import annotations

from dataclasses import dataclass

from cim.geocoding.answers import LocatedPlace
from spatial_api.http.problems import Refusal


@dataclass(frozen=True)
class PlaceNotFound:
    """Why one of several questions has no place."""

    position: None
    error: Refusal


@dataclass(frozen=True)
class LocatedPlaces:
    """The place of each question, or why it has none."""

    results: list[LocatedPlace | PlaceNotFound]
