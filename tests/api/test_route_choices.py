"""`POST /spatial/route`: other ways, areas to avoid, and the properties that closing roads must have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.model.layer import Features
from cim.roads.contraction import NEVER
from cim.roads.network import Conditions, Network
from cim.roads.profiles import PROFILES
from cim.roads.shortest_paths import times_from
from cim.roads.snapping import snap
from cim.routing.reach import areas, reach_times, samples
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said
from tests.support.road_api import ok
from tests.support.road_town import at, network, street

WEST, EAST = [112.92, 28.15], [112.98, 28.15]
WAYS = [[112.915, 28.15], [112.985, 28.15]]


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """Three ways from WEST to EAST: 中路 straight, 北路 and 南路 about 1 km to its sides, and a detour far north."""
    folder: Path = tmp_path_factory.mktemp("choices")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "s") as city:

        def over(lat: float) -> Any:
            return shapely.LineString([WEST, (112.925, lat), (112.975, lat), EAST])

        ends = [shapely.LineString([(112.91, 28.15), WEST]), shapely.LineString([EAST, (112.99, 28.15)])]
        shapes = [shapely.LineString([WEST, EAST]), over(28.158), over(28.141), over(28.19), *ends]
        names = ["中路", "北路", "南路", "远路", "西口", "东口"]
        table = pa.Table.from_pylist([{"name": n, "class": "secondary"} for n in names], small.ROADS.schema())
        city.load(small.ROADS, Features(np.array(shapes, object), table))
    with asking(city.settings) as made:
        yield made


def asked(asker: Asker, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = ok(asker.post("/spatial/route", {"points": WAYS, **more}))
    return found


def test_other_ways_come_beside_the_best_each_with_its_time_and_turns(asker: Asker) -> None:
    assert "alternatives" not in asked(asker)
    found = asked(asker, alternatives=3)
    assert found["streets"] == ["西口", "中路", "东口"]
    assert [a["streets"] for a in found["alternatives"]] == [
        ["西口", "北路", "东口"],
        ["西口", "南路", "东口"],
    ]
    for other in found["alternatives"]:
        assert found["duration_s"] < other["duration_s"] <= 1.4 * found["duration_s"]
        assert other["geometry"]["coordinates"][0] == found["geometry"]["coordinates"][0]
        assert other["steps"][-1]["do"] == "arrive" and other["polyline"]
    assert "between two points" in said(
        asker.post("/spatial/route", {"points": [WEST, EAST, WEST], "alternatives": 1}), 400
    )


def test_areas_to_avoid_are_gone_round_until_nothing_is_left(asker: Asker) -> None:
    middle = {"type": "circle", "centre": [112.95, 28.15], "radius_m": 100}
    north = {"type": "circle", "centre": [112.95, 28.158], "radius_m": 100}
    south = shapely.geometry.mapping(shapely.box(112.949, 28.14, 112.951, 28.142))
    far = {"type": "circle", "centre": [112.95, 28.19], "radius_m": 100}

    def route(*avoid: Any) -> dict[str, Any]:
        found: dict[str, Any] = ok(asker.post("/spatial/route", {"points": WAYS, "avoid": list(avoid)}))
        return found

    assert route()["streets"] == ["西口", "中路", "东口"]
    assert route(middle)["streets"] == ["西口", "北路", "东口"]
    assert route(middle, north)["streets"] == ["西口", "南路", "东口"]
    assert route(middle, north, south)["streets"] == ["西口", "远路", "东口"]
    none = route(middle, north, south, far)
    assert none["by"] == "line" and "已避开指定区域" in none["note"]["zh"]
    assert route()["streets"] == ["西口", "中路", "东口"]  # it was for that question only


@pytest.mark.parametrize(
    ("avoid", "what"),
    [
        ([{"type": "Point", "coordinates": WEST}], "a shape is a circle"),
        ([{"type": "circle", "centre": WEST, "radius_m": -1}], "radius_m must be more than 0"),
    ],
)
def test_what_can_not_be_avoided_is_refused(asker: Asker, avoid: list[Any], what: str) -> None:
    assert what in said(asker.post("/spatial/route", {"points": [WEST, EAST], "avoid": avoid}), 400)


# -- what must always hold ---------------------------------------------------------------------------


def grid(n: int = 6) -> Network:
    """n by n streets with a few one-ways."""
    rows = [street(*((x, y) for x in range(n)), oneway="yes" if y % 3 == 1 else None) for y in range(n)]
    columns = [street(*((x, y) for y in range(n)), oneway="-1" if x % 3 == 2 else None) for x in range(n)]
    return network(*rows, *columns)


_GRID = grid()
_EDGES = len(_GRID.edges.first)
_PLACES = np.array([at(x + 0.3, y) for x in range(5) for y in range(6)])


@given(st.sets(st.integers(0, _EDGES - 1), max_size=20), st.sets(st.integers(0, _EDGES - 1), max_size=20))
def test_closing_more_roads_never_shortens_a_way(some: set[int], more: set[int]) -> None:
    plain = _GRID.metric(PROFILES["car"])
    places = snap(_GRID, plain, _PLACES)

    def times(closed: set[int]) -> Any:
        shut = np.zeros(_EDGES, np.bool_)
        shut[list(closed)] = True
        metric = _GRID.reweigh(plain, plain, Conditions(np.ones(_EDGES, np.float32), shut))
        return np.array(
            [times_from(_GRID, metric, places.take([i]), places) for i in range(0, len(places), 7)]
        )

    few, many = times(some), times(some | more)
    assert (few <= many).all()
    assert (few[many < NEVER] < NEVER).all()


def test_an_island_in_a_block_is_part_of_the_area_about_it() -> None:
    """A ring of streets and a path inside that nothing joins to it, both reached: one valid area, nothing twice."""
    ring = street((0, 0), (2.2, 0), (2.2, 2.2), (0, 2.2), (0, 0))
    net = network(ring, street((1, 1.1), (1.2, 1.1)))
    foot = net.metric(PROFILES["foot"])
    found = reach_times(net, foot, snap(net, foot, np.array([at(1.1, 1.1), at(0, 0)])))
    (area,) = areas(samples(net, foot, found, 600_000.0, 15.0, towards=False), [600_000.0], 15.0)
    assert area.is_valid
    assert area.area == pytest.approx(shapely.union_all([area]).area)


@given(st.integers(0, len(_PLACES) - 1), st.floats(0.2, 6), st.floats(0.2, 6), st.booleans())
def test_what_is_reached_in_less_time_lies_in_what_is_reached_in_more(
    place: int, one: float, other: float, towards: bool
) -> None:
    metric = _GRID.metric(PROFILES["car"])
    found = reach_times(_GRID, metric, snap(_GRID, metric, _PLACES[[place]]), towards=towards)
    contours = sorted([one * 60_000.0, other * 60_000.0])
    roads = samples(_GRID, metric, found, contours[-1], 40.0, towards=towards)
    less, more = areas(roads, contours, 40.0)
    assert shapely.difference(less, more).area < 1e-6
