"""Measured speeds: which ways they are about, for whom and how long; on both stores."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from cim.roads.measured_speeds import ways_along
from cim.roads.network import Conditions
from cim.roads.profiles import PROFILES
from tests.support.api_client import Asker, said
from tests.support.road_api import EAST, NORTH, WEST, route
from tests.support.road_api import three as three_streets
from tests.support.road_town import at, network, street

three = three_streets
#: 中路 between 112.945 and 112.95, eastwards: 492 m.
LINE = [[112.945, 28.15], [112.95, 28.15]]
_LONG = 492.0


def feed(asker: Asker, *measured: dict[str, Any], status: int = 201) -> Any:
    answer = asker.post("/speeds", {"measurements": list(measured)})
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_measured_speed_slows_the_road_in_its_direction_until_it_is_over(three: Asker) -> None:
    there, back = route(three, WEST, EAST), route(three, EAST, WEST)
    on_foot = route(three, WEST, EAST, profile="foot")
    assert feed(three, {"line": LINE, "speed_kmh": 6, "source": "浮动车"}) == {
        "kept": 1,
        "replaced": 0,
        "removed": 0,
    }
    # 492 m at 6 km/h are 295.2 s, at the usual 36 km/h 49.2 s.
    assert route(three, WEST, EAST)["duration_s"] == pytest.approx(there["duration_s"] + 246, abs=1)
    assert route(three, EAST, WEST) == back
    assert route(three, WEST, EAST, profile="foot") == on_foot
    assert route(three, WEST, NORTH)["duration_s"] > there["duration_s"]
    # In the evening it is over.
    later = (dt.datetime.now(dt.UTC) + dt.timedelta(hours=5)).isoformat()
    body = {"points": [WEST, EAST], "at": later}
    assert three.post("/spatial/route", body).json()["duration_s"] == there["duration_s"]
    # A newer one of the same stretch takes its place: as time instead of speed.
    assert feed(three, {"line": LINE, "duration_s": 98.4})["replaced"] == 1
    assert route(three, WEST, EAST)["duration_s"] == pytest.approx(there["duration_s"] + 49.2, abs=1)
    (kept,) = three.get("/speeds").json()["features"]
    assert kept["properties"]["speed_kmh"] == pytest.approx(18, rel=0.01)
    assert kept["properties"]["street"]  # it is placed like anything else
    assert three.delete(f"/speeds/{kept['id']}").status_code == 204
    assert route(three, WEST, EAST) == there


def test_a_measured_speed_takes_the_place_of_a_slow_down_and_opens_no_closed_road(three: Asker) -> None:
    free = route(three, WEST, EAST)
    box = shapely.geometry.mapping(shapely.box(112.946, 28.149, 112.947, 28.151))
    three.post("/closures", {"code": "S-1", "geometry": box, "factor": 10})
    assert route(three, WEST, EAST)["duration_s"] == pytest.approx(free["duration_s"] + 9 * 49.2, abs=1)
    feed(three, {"line": LINE, "speed_kmh": 18})
    assert route(three, WEST, EAST)["duration_s"] == pytest.approx(free["duration_s"] + 49.2, abs=1)
    three.patch("/closures/S-1", {"factor": None})
    assert route(three, WEST, EAST)["by"] == "line"


@pytest.mark.parametrize(
    ("measured", "what"),
    [
        ({"line": LINE}, "either speed_kmh or duration_s"),
        ({"line": LINE, "speed_kmh": 9, "duration_s": 9}, "either speed_kmh or duration_s"),
        ({"line": [LINE[0], LINE[0]], "speed_kmh": 9}, "0 m long"),
        ({"line": LINE, "duration_s": 1}, "at most 200"),
        ({"line": LINE, "speed_kmh": 9, "observed_at": "2020-01-01T00:00:00Z"}, "it was over at"),
        ({"line": LINE, "speed_kmh": 9, "observed_at": "2120-01-01T00:00:00Z"}, "lies ahead"),
        ({"line": LINE, "speed_kmh": 9, "code": "a/b"}, "can't be one"),
    ],
)
def test_a_measurement_that_can_not_be_is_told_with_its_row_and_nothing_is_kept(
    quick: Asker, measured: dict[str, Any], what: str
) -> None:
    good = {"line": [[112.95, 28.15], [112.955, 28.15]], "speed_kmh": 30}
    sentence = said(quick.post("/speeds", {"measurements": [good, measured]}), 422)
    assert what in sentence
    assert "nothing was written" in sentence
    assert quick.get("/speeds").json()["features"] == []
    assert "code 'A' stands again in row 2" in said(
        quick.post("/speeds", {"measurements": [{**good, "code": "A"}, {**good, "code": "A"}]}), 422
    )


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    from tests.support.road_api import town

    folder: Path = tmp_path_factory.mktemp("speeds")
    with town(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


def test_a_short_measurement_slows_its_part_of_a_long_road_and_not_all_of_it(quick: Asker) -> None:
    """60 m at 4 km/h, on an edge of 4.9 km: 54 s instead of 6."""
    points = [[112.905, 28.15], [112.945, 28.15]]
    before = quick.post("/spatial/route", {"points": points}).json()["duration_s"]
    feed(quick, {"line": [[112.92, 28.15], [112.92061, 28.15]], "speed_kmh": 4, "code": "short"})
    after = quick.post("/spatial/route", {"points": points}).json()["duration_s"]
    quick.delete("/speeds/short")
    # The delay is spread over the edge, of which the way is four fifths.
    assert after - before == pytest.approx(0.8 * 48, abs=5)


def test_a_guest_feeds_nothing(quick: Asker) -> None:
    body = {"measurements": [{"line": LINE, "speed_kmh": 9}]}
    assert quick.elsewhere.post("/speeds", body).status_code == 403


def test_ways_run_along_a_line_in_its_direction_and_not_beside_or_across_it() -> None:
    """Main street of three edges, a parallel one 30 m north, a side street at each joint."""
    main = street((-1, 0), (0, 0), (1, 0), (2, 0))
    beside = street((-1, 0.27), (2, 0.27))
    sides = [street((x, -1), (x, 0)) for x in (0, 1)]
    net = network(main, beside, *sides)
    car = net.metric(PROFILES["car"])

    def along(*points: tuple[float, float]) -> list[tuple[int, int]]:
        line = np.array([shapely.LineString([at(*p) for p in points])], object)
        _, way, _ = ways_along(net, car, line)
        names = net.snapshot.attributes(net.edges.row[way >> 1], ["osm_id"]).column(0).to_pylist()
        start = net.edges.lonlat[net.edges.first[way >> 1], 0]
        return sorted(
            (n, round((x - at(0, 0)[0]) / 0.001), int(w & 1))
            for n, x, w in zip(names, start, way, strict=True)
        )  # type: ignore[misc]

    assert along((-1, 0.02), (1, 0.02)) == [(1, -1, 0), (1, 0, 0)]
    assert along((1, 0), (-1, 0)) == [(1, -1, 1), (1, 0, 1)]
    assert along((0, 0), (0.3, 0)) == []  # less than half of the edge
    assert along((0, 0), (0.7, 0)) == [(1, 0, 0)]
    assert along((0, -1), (0, 0), (1, 0)) == [(1, 0, 0), (3, 0, 0)]
    assert along((0, 5), (1, 5)) == []
    assert ways_along(net, car, np.empty(0, object))[0].tolist() == []


def test_a_metric_made_anew_equals_one_that_is_changed() -> None:
    """Whether few or most of the edges change, and however it was before."""
    rng = np.random.default_rng(7)
    grid = [street((0, y), *((x, y) for x in range(1, 12))) for y in range(12)]
    grid += [street((x, 0), *((x, y) for y in range(1, 12))) for x in range(12)]
    net = network(*grid)
    plain = net.metric(PROFILES["car"])
    e = plain.travel_ms.shape[1]
    known = plain
    for share in (0.01, 0.5, 0.04, 1.0, 0.02):
        factor = np.where(rng.random((2, e)) < share, rng.uniform(0.3, 9, (2, e)), 1).astype(np.float32)
        conditions = Conditions(factor, rng.random(e) < share / 10)
        known = net.reweigh(known, plain, conditions)
        fresh = net.reweigh(plain, plain, conditions)
        assert (known.hierarchy.weight == fresh.hierarchy.weight).all()
        assert (known.travel_ms == fresh.travel_ms).all()
