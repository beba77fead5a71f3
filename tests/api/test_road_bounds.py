"""Questions by road stop where nobody waits or the time is up, and a large answer is refused with its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import orjson
import pytest

from cim import budget
from cim.access.caller import LOCAL
from cim.city import City
from cim.dispatch.arrivals import ArrivalOptions, arrivals
from cim.errors import Gone, TooMuch
from cim.operations.nearest import Selection
from cim.roads.profiles import PROFILES
from cim.routing.itinerary import find_routes
from cim.routing.map_matching import Trace, match_trace
from cim.routing.matrix import travel_matrix
from cim.routing.reach import find_reach
from tests.support.api_client import Asker, asking, said

CAR = PROFILES["car"]
ENDS = np.array([[112.91, 28.15], [112.97, 28.15]])
MANY = np.column_stack([np.linspace(112.91, 112.99, 40), np.full(40, 28.15)])


def _trace() -> Trace:
    n = len(MANY)
    return Trace(MANY, np.arange(n) * 20.0, np.full(n, np.nan), np.full(n, 10.0))


#: Each question, and what its refusal counts.
QUESTIONS: dict[str, tuple[Callable[[City], Any], str]] = {
    "route": (lambda city: find_routes(city.state().roads, ENDS, CAR), "positions"),
    "matrix": (lambda city: travel_matrix(city.state().roads, MANY, MANY, CAR), "1,600 times and distances"),
    "distances": (
        lambda city: travel_matrix(city.state().roads, MANY, MANY, CAR, distances=True),
        "3,200 times and distances",
    ),
    "reach": (
        lambda city: find_reach(city.state().roads, ENDS, [5.0, 10.0], CAR),
        r"areas of [\d,]+ corners",
    ),
    "cells": (
        lambda city: find_reach(city.state().roads, ENDS, [10.0], CAR, resolution=12),
        r"[\d,]+ (cells|corners)",
    ),
    "match": (
        lambda city: match_trace(city.state().roads, [_trace()], CAR),
        r"a trace of 40 points on lines of [\d,]+ positions",
    ),
    "nearest": (
        lambda city: arrivals(
            city.state(), ENDS, Selection("resources", {}), LOCAL, ArrivalOptions(CAR, route=True)
        ),
        "features of resources",
    ),
}


@pytest.fixture(params=QUESTIONS)
def question(request: pytest.FixtureRequest) -> tuple[Callable[[City], Any], str]:
    return QUESTIONS[request.param]


def test_a_question_by_road_stops_where_its_client_has_left_or_its_time_is_up(
    still: City, question: tuple[Callable[[City], Any], str]
) -> None:
    ask = question[0]
    with budget.within(budget.Budget()):
        ask(still)
    with budget.within(budget.Budget()) as limits:
        limits.gone = True
        with pytest.raises(Gone):
            ask(still)
    with budget.within(budget.Budget(seconds=-1.0)) as limits:
        limits.begin()
        with pytest.raises(TooMuch, match="takes longer than"):
            ask(still)


def test_an_answer_by_road_is_bounded_in_bytes_and_the_refusal_says_how_large_it_is(
    still: City, question: tuple[Callable[[City], Any], str]
) -> None:
    ask, counted = question
    with (
        budget.within(budget.Budget(bytes=60)),
        pytest.raises(TooMuch, match=f"more than 6e-05 MB .*{counted}"),
    ):
        ask(still)


def test_what_is_taken_from_the_bytes_is_about_what_the_answer_takes(still: City) -> None:
    for name in ("matrix", "distances", "reach", "match"):
        with budget.within(budget.Budget()) as limits:
            size = len(orjson.dumps(QUESTIONS[name][0](still), option=orjson.OPT_SERIALIZE_NUMPY))
        assert 0.3 * size < limits._bytes < 3.0 * size, name


@pytest.fixture
def asker(gpkg_city: City) -> Iterator[Asker]:
    with asking(gpkg_city.settings) as made:
        yield made


def test_a_picture_stops_where_its_time_is_up(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asker.get("/map.png?width=64").status_code == 200
    monkeypatch.setattr(budget.Budget, "begin", lambda self: setattr(self, "_until", 0.0))
    assert "takes longer than" in said(asker.get("/map.png?width=65"), 422)
    assert "takes longer than" in said(
        asker.post("/spatial/route", {"points": ENDS.tolist(), "profile": "car"}), 422
    )
