"""Search answers: places with their district and street, for a complete text or one that is being typed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cim.areas.owners import Owners
from cim.geocoding.answers import SearchResult, SearchResults
from cim.geocoding.search import ENOUGH, Hit, search_city
from cim.state import CityState

#: Minimum score of a suggestion; it is low because most of the text is not typed yet.
_LIKELY = 0.3


def search_places(
    state: CityState,
    question: str,
    *,
    focus: NDArray[np.float64] | None = None,
    layers: Sequence[str] | None = None,
    limit: int = 10,
) -> SearchResults:
    """The places of `search_city` with the names of their district and street."""
    return _search(state, question, focus, layers, limit, ENOUGH, typing=False)


def suggest_places(
    state: CityState,
    typed: str,
    *,
    focus: NDArray[np.float64] | None = None,
    layers: Sequence[str] | None = None,
    limit: int = 8,
) -> SearchResults:
    """Completions of a text that is being typed, best first, at most one for each name in each street."""
    found = _search(state, typed, focus, layers, 3 * limit, _LIKELY, typing=True)
    first = {(one.text, *one.areas): one for one in reversed(found.results)}
    chosen = [one for one in found.results if first[(one.text, *one.areas)] is one]
    return SearchResults(chosen[:limit], found.indexing)


def _search(
    state: CityState,
    question: str,
    focus: NDArray[np.float64] | None,
    layers: Sequence[str] | None,
    limit: int,
    least: float,
    *,
    typing: bool,
) -> SearchResults:
    found = search_city(state, question, focus=focus, limit=limit, layers=layers, least=least, typing=typing)
    points = np.array([(hit.lon, hit.lat) for hit in found.hits]).reshape(-1, 2)
    owners = state.owners(points) if len(points) else []
    results = [_result(hit, owner) for hit, owner in zip(found.hits, owners, strict=True)]
    return SearchResults(results, list(found.indexing))


def _result(hit: Hit, owners: Owners) -> SearchResult:
    areas = [area for area in owners.areas if area.level in ("district", "street")]
    return SearchResult(
        layer=hit.layer,
        id=hit.id,
        text=hit.text,
        field=hit.field,
        score=round(hit.score, 4),
        position=[round(hit.lon, 7), round(hit.lat, 7)],
        accuracy_m=round(hit.accuracy_m, 1),
        distance_m=None if hit.distance_m is None else round(hit.distance_m, 1),
        areas=[area.name for area in areas],
        areas_en=[area.name_en or area.name for area in areas],
    )
