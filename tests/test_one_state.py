"""One answer by road shows one state: what lies on the map and what slows the roads are never of two moments."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import shapely

from cim.affected import affected, shape_of
from cim.arrivals import Asked, arrivals
from cim.caller import LOCAL
from cim.city import City
from cim.matrix import matrix
from cim.nearest import Wanted
from cim.placed import CLOSURES, INCIDENTS
from cim.road_profiles import PROFILES
from cim.routes import route
from tests import city as small

CAR = PROFILES["car"]
WEST = np.array([[112.94, 28.15]])
SLOW = shapely.box(112.9, 28.1, 113.0, 28.2)
#: Two incidents on the street, where they lie while it is free and while it takes three times as long. Within five
#: minutes one gets 3 km far and 1 km far: whoever mixes the states loses the first or finds the second.
FREE, SLOWED = ((112.96, 28.15), (112.98, 28.15)), ((112.945, 28.15), (112.96, 28.15))
_TURNS = 25


class Street:
    """The small city with two incidents, between two states that differ in them and in a closure."""

    def __init__(self, city: City) -> None:
        self.city = city
        city.load(small.ROADS, small.roads())
        with city.store.writing("test") as tx:
            rows = [{"code": f"ONE-{i}", "title": "树倒", "status": "open"} for i in (0, 1)]
            self._fids = [tx.insert(INCIDENTS, shapely.Point(p), r) for p, r in zip(FREE, rows, strict=True)]
        self._closure: int | None = None
        city.refresh()
        city.roads.wait()

    def turn(self) -> None:
        """The other state, in one transaction."""
        slow = self._closure is None
        with self.city.store.writing("test") as tx:
            for fid, place in zip(self._fids, SLOWED if slow else FREE, strict=True):
                tx.update(INCIDENTS, fid, {"geom": shapely.Point(place)})
            if self._closure is None:
                values = {"code": "C-1", "factor": 3.0, "drawn_as": "polygon"}
                self._closure = tx.insert(CLOSURES, SLOW, values)
            else:
                tx.delete(CLOSURES, self._closure)
                self._closure = None
        self.city.refresh()

    @staticmethod
    def nearest(city: City) -> Any:
        wanted = Wanted("incidents", {"title": "树倒"})
        (found,) = arrivals(city, WEST, wanted, LOCAL, Asked(CAR, leaving=True))
        return tuple(c["eta_s"] for c in found["candidates"])

    @staticmethod
    def within_reach(city: City) -> Any:
        """As a request asks: the shape and what lies in it of one city that stands still."""
        still = city.held()
        shape = shape_of(still, {"type": "reach", "point": WEST[0].tolist(), "minutes": 5})
        found = affected(still, shape, LOCAL, ["incidents"])["layers"]["incidents"]["features"]
        rows = [(f["properties"]["code"], f["geometry"]["coordinates"][0]) for f in found["features"]]
        return sorted(row for row in rows if str(row[0]).startswith("ONE"))

    @staticmethod
    def way(city: City) -> Any:
        """The way to where the first incident lies."""
        still = city.held()
        snapshot = still.snapshot("incidents")
        rows = snapshot.rows[snapshot.matching({"code": "ONE-0"})[snapshot.rows]]
        place = snapshot.positions(rows)
        by_route = route(still, np.concatenate([WEST, place]), CAR)["duration_s"]
        assert matrix(still, WEST, place, CAR)["durations_s"] == [[by_route]]
        return by_route


QUESTIONS = ("nearest", "within_reach", "way")


@pytest.fixture
def street(city: City) -> Iterator[Street]:
    yield Street(city)


def test_a_city_that_is_held_keeps_its_closures_with_its_places(street: Street) -> None:
    """Whatever is written between the first and the last step of an answer."""
    ask = [getattr(street, name) for name in QUESTIONS]
    free = [question(street.city) for question in ask]
    held = street.city.held()
    street.turn()
    slowed = [question(street.city) for question in ask]
    assert all(a != b for a, b in zip(free, slowed, strict=True))
    assert [question(held) for question in ask] == free
    now = street.city.held()
    street.turn()
    assert [question(now) for question in ask] == slowed
    assert [question(street.city) for question in ask] == free


def test_a_closure_and_an_incident_of_one_transaction_are_never_seen_apart(street: Street) -> None:
    right: dict[str, list[Any]] = {name: [getattr(street, name)(street.city)] for name in QUESTIONS}
    street.turn()
    for name in QUESTIONS:
        right[name].append(getattr(street, name)(street.city))
    over = threading.Event()
    seen: dict[str, list[Any]] = {name: [] for name in QUESTIONS}
    failed: list[BaseException] = []

    def ask(name: str) -> None:
        try:
            while not over.is_set():
                seen[name].append(getattr(street, name)(street.city))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    threads = [threading.Thread(target=ask, args=(name,)) for name in QUESTIONS]
    for thread in threads:
        thread.start()
    try:
        for _ in range(_TURNS):
            street.turn()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert not failed, failed[0]
    for name in QUESTIONS:
        assert [found for found in seen[name] if found not in right[name]] == []
        assert all(found in seen[name] for found in right[name]), f"{name} saw both states"
