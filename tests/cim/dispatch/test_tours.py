"""Tours on the small town, against all permutations, and over HTTP on both stores.

中路 is 45 km/h for an emergency vehicle, of which a car makes four fifths: 0.01° of it, 983 m, take 98.3 s.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.dispatch.tour_solver import MOST_EXACT, TourCosts, in_order, order_stops
from cim.roads.contraction import NEVER
from tests.support.api_client import Asker, said
from tests.support.road_api import CROSSING, NORTH, WEST, ok, town

OFF, EAST = [112.92, 28.19], [112.96, 28.15]
DEGREE_S = 98.3


def stops(seed: int, n: int, vehicles: int = 1, *, windows: bool = False, most_s: int = 86_400) -> TourCosts:
    """Places in a square of 10 km, where there is not the same time as back."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 10_000, (n + vehicles, 2))
    took = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) * 100
    took = (took * rng.uniform(0.9, 1.3, took.shape)).astype(np.int64)
    early = rng.integers(0, 2_000_000, n) if windows else np.zeros(n, np.int64)
    late = early + rng.integers(300_000, 3_000_000, n) if windows else np.full(n, 86_400_000)
    v = vehicles
    return TourCosts(
        took[:v, v:],
        took[v:, v:],
        took[v:, :v].T,
        rng.integers(0, 300_000, n),
        np.column_stack([early, late]),
        rng.integers(1, 4, n),
        most_s * 1000,
    )


def value(of: TourCosts, route: tuple[int, ...]) -> tuple[int, int] | None:
    """The priorities of the visits made, and how long they take, negative."""
    run = in_order(of, 0, route)
    return (
        None
        if run is None
        else (int(of.priority[list(route)].sum()), int(of.stay[list(route)].sum()) - run.end)
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.booleans(), st.sampled_from([600, 3600, 86_400]))
def test_few_visits_are_the_best_of_all_orders(seed: int, n: int, windows: bool, most_s: int) -> None:
    of = stops(seed, n, windows=windows, most_s=most_s)
    routes = (r for k in range(n + 1) for r in itertools.permutations(range(n), k))
    best = max(v for r in routes if (v := value(of, r)) is not None)
    assert value(of, tuple(order_stops(of, np.ones(n, np.bool_))[0])) == best


def test_eight_visits_are_the_best_of_their_40320_orders() -> None:
    of = stops(8, 8)
    best = max(v for r in itertools.permutations(range(8)) if (v := value(of, r)) is not None)
    assert value(of, tuple(order_stops(of, np.ones(8, np.bool_))[0])) == best


@pytest.mark.parametrize(
    ("seed", "n", "vehicles", "windows"), [(1, 20, 1, True), (2, 15, 3, True), (3, 20, 1, False)]
)
def test_many_visits_keep_their_windows_and_are_asked_twice_alike(
    seed: int, n: int, vehicles: int, windows: bool
) -> None:
    of = stops(seed, n, vehicles, windows=windows)
    able = np.ones(n, np.bool_)
    found = order_stops(of, able)
    made = [i for route in found for i in route]
    assert len(made) == len(set(made))
    assert len(made) == n or windows
    assert all(in_order(of, v, route) is not None for v, route in enumerate(found))
    assert found == order_stops(of, able)
    if vehicles == 1:
        order = value(of, tuple(sorted(found[0])))
        assert order is None or value(of, tuple(found[0])) >= order  # type: ignore[operator]


def test_the_search_is_as_good_as_the_exact_one_where_both_can() -> None:
    """The second patrol has no way anywhere: the solver makes the tour of one, which the exact one knows too."""
    one = stops(4, 8)
    two = TourCosts(
        np.vstack([one.out, np.full((1, 8), NEVER)]),
        one.inner,
        np.vstack([one.back, np.full((1, 8), NEVER)]),
        one.stay,
        one.window,
        one.priority,
        one.most,
    )
    able = np.ones(8, np.bool_)
    best, idle = order_stops(two, able)
    assert idle == []
    assert value(one, tuple(best)) == value(one, tuple(order_stops(one, able)[0]))


def test_a_stop_without_a_way_on_is_never_driven_to() -> None:
    of = stops(5, 3)
    of.inner[:, 1] = of.out[:, 1] = NEVER
    assert 1 not in order_stops(of, np.ones(3, np.bool_))[0]
    assert order_stops(of, np.zeros(3, np.bool_)) == [[]]


# -- over HTTP ---------------------------------------------------------------------------------------


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with town(store_url, tmp_path / "snapshots") as made:
        yield made


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("tours")
    with town(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


def tour(asker: Asker, visits: Any, **more: Any) -> Any:
    body = {"start": WEST, "visits": visits, "end": "open", "leave_at": "2030-06-03T08:00:00+08:00", **more}
    return ok(asker.post("/spatial/tour", {k: v for k, v in body.items() if v is not None}))


def visit(name: str, point: Any, **more: Any) -> dict[str, Any]:
    return {"id": name, "point": point, **more}


def test_a_street_is_walked_along_and_compared_with_the_order_given(asker: Asker) -> None:
    found = tour(asker, [visit("far", EAST, stay_s=60), visit("near", CROSSING, stay_s=30)])
    (one,) = found["tours"]
    assert one["order"] == ["near", "far"]
    near, far = one["visits"]
    assert near["arrive_s"] == pytest.approx(DEGREE_S, abs=0.5)
    assert near["leave_s"] == pytest.approx(near["arrive_s"] + 30, abs=0.11)
    assert far["arrive_s"] == pytest.approx(2 * DEGREE_S + 30, abs=0.5)
    assert near["arrive_at"] == "2030-06-03T08:01:38+08:00"
    assert [leg["duration_s"] for leg in one["legs"]] == pytest.approx([DEGREE_S] * 2, abs=0.5)
    assert found["duration_s"] == pytest.approx(2 * DEGREE_S + 90, abs=0.5)
    assert found["as_given"]["saved_s"] == pytest.approx(DEGREE_S, abs=0.5)
    line = one["geometry"]["coordinates"]
    assert (line[0], line[-1]) == (pytest.approx(WEST, abs=1e-5), pytest.approx(EAST, abs=1e-5))
    assert found["exact"] and one["polyline"]
    back = tour(asker, [visit("far", EAST)], end="return")
    assert back["duration_s"] == pytest.approx(4 * DEGREE_S, abs=1)


def test_one_waits_for_a_window_and_may_come_at_a_moment(quick: Asker) -> None:
    window = ["2030-06-03T08:10:00+08:00", "2030-06-03T09:00:00+08:00"]
    (one,) = tour(quick, [visit("a", CROSSING, window=window)])["tours"]
    assert one["visits"][0]["wait_s"] == pytest.approx(600 - DEGREE_S, abs=0.5)
    first = tour(quick, [visit("near", CROSSING, window=[200, 900]), visit("far", EAST, window=[0, 200])])
    assert first["tours"][0]["order"] == ["far", "near"]
    assert first["as_given"]["saved_s"] is None


def test_what_can_not_be_visited_says_why(quick: Asker) -> None:
    visits = [
        visit("off", OFF),
        visit("late", EAST, window=[0, 50]),
        visit("long", CROSSING, stay_s=5000),
        visit("ok", CROSSING, stay_s=10),
    ]
    found = tour(quick, visits, shift_s=1000)
    assert {x["id"]: x["by"] for x in found["left_out"]} == {
        "off": "off_road",
        "late": "window",
        "long": "shift_s",
    }
    assert found["tours"][0]["order"] == ["ok"]
    both = [visit("a", CROSSING, window=[0, 100]), visit("b", NORTH, window=[0, 300], priority=5, stay_s=0)]
    clash = tour(quick, [both[0], visit("b", [112.93, 28.15], window=[0, 100], priority=5)])
    assert clash["tours"][0]["order"] == ["b"]
    assert clash["left_out"][0] | {} == {
        "id": "a",
        "by": "no_room",
        "zh": "与其他访问点的时间安排冲突",
        "en": "does not fit in beside the other visits",
    }
    past = tour(quick, [visit("a", EAST, window=[-1e300, -1e299])], end=CROSSING)
    assert past["left_out"][0]["by"] == "window" and past["duration_s"] == 0.0
    nothing = tour(quick, [visit("off", OFF)], end="return")
    assert nothing["tours"][0]["order"] == [] and nothing["duration_s"] == 0.0


def test_nobody_drives_from_a_start_off_the_roads_which_is_said(quick: Asker) -> None:
    found = tour(quick, [visit("a", CROSSING)], start=OFF)
    assert found["left_out"][0]["by"] == "unreachable" and found["tours"][0]["order"] == []
    assert found["note"]["en"] == "start 1: no road for car within 1000 m; no visit is made from there"
    both = tour(quick, [visit("a", CROSSING)], start=None, starts=[OFF, WEST])
    assert [t["order"] for t in both["tours"]] == [[], ["a"]]


def test_visits_at_one_place_and_no_visits(quick: Asker) -> None:
    found = tour(quick, [visit("a", CROSSING, stay_s=5), visit("b", CROSSING, stay_s=5), visit("c", WEST)])
    assert found["tours"][0]["order"][0] == "c"
    assert found["duration_s"] == pytest.approx(DEGREE_S + 10, abs=0.5)
    assert tour(quick, [])["tours"][0]["visits"] == []


def test_several_patrols_share_the_visits(quick: Asker) -> None:
    found = tour(
        quick, [visit("w", WEST), visit("e", EAST)], start=None, starts=[[112.935, 28.15], [112.965, 28.15]]
    )
    assert [t["order"] for t in found["tours"]] == [["w"], ["e"]]
    assert not found["exact"] and found["as_given"] is None


def test_a_layer_s_points_are_visited_from_a_resource(asker: Asker) -> None:
    assert asker.post("/resources", {"code": "P", "kind": "officer", "position": WEST}).status_code == 201
    for code, place in (("K-1", EAST), ("K-2", CROSSING)):
        body = {"code": code, "class": "C01003", "position": place}
        assert asker.post("/components", body).status_code == 201
    where = {"code": ["K-1", "K-2"]}
    found = tour(asker, {"layer": "components", "where": where, "stay_s": 60}, start="P", end=EAST)
    assert found["tours"][0]["order"] == ["K-2", "K-1"]


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"start": WEST, "starts": [WEST], "visits": []}, 400, '"start"'),
        ({"visits": []}, 400, '"start"'),
        ({"start": "no", "visits": []}, 404, "'no'"),
        ({"start": WEST, "end": OFF, "visits": []}, 400, "end on a road"),
        ({"start": WEST, "visits": [visit(str(i), WEST) for i in range(201)]}, 400, "at most 200"),
        ({"start": WEST, "visits": [visit("a", WEST)] * 2}, 400, "listed once"),
        ({"start": WEST, "visits": [visit("a", WEST, window=[9, 3])]}, 400, "ends before"),
        ({"start": WEST, "visits": {"layer": "buildings"}}, 400, "points"),
        ({"start": WEST, "visits": {"layer": "nothing"}}, 404, "nothing"),
        ({"start": WEST, "visits": [visit("a", WEST, stay_s=-1)]}, 422, "stay_s"),
    ],
)
def test_a_tour_that_can_not_be_is_refused(quick: Asker, body: Any, status: int, what: str) -> None:
    assert what in said(quick.post("/spatial/tour", body), status)


def test_so_many_visits_are_exact() -> None:
    assert MOST_EXACT >= 8
