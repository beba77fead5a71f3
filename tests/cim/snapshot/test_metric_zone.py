"""A city is measured in the zone of its first layer, whoever loads it and whenever; answers agree with the geodesic."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from cim.city import City
from cim.model.layer import Features, Field, Layer
from cim.model.standard_layers import AREAS, INCIDENTS
from cim.settings import Settings
from cim.snapshot import metric_zone
from cim.space import crs
from cim.store import open_store
from tests.support.command_line import done
from tests.support.inputs import ROOT
from tests.support.served import serving
from tests.support.server import Server

GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class Town:
    """Where a town is, the CRS of its zone, and how many workers serve it."""

    lon: float
    lat: float
    metric_crs: str
    workers: int


TOWNS = {
    "kashgar": Town(75.99, 39.47, "EPSG:4534", 1),
    "vaduz": Town(9.52, 47.14, "EPSG:32632", 2),
    "porto_alegre": Town(-51.22, -30.03, "EPSG:32722", 1),
}


def _file(path: Path, shapes: list[Any], rows: list[dict[str, Any]]) -> Path:
    features = [
        {"type": "Feature", "properties": row, "geometry": shapely.geometry.mapping(shape)}
        for shape, row in zip(shapes, rows, strict=True)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


def _environment(url: str, folder: Path) -> dict[str, str]:
    return {
        "CITYBASE_STORE": url,
        "CITYBASE_SNAPSHOTS": str(folder / "snapshots"),
        "CITYBASE_METRIC_CRS": "auto",
    }


@contextmanager
def _serving(environment: dict[str, str], workers: int) -> Iterator[str]:
    """The URL of a service: of several workers in processes of their own, else of one in this process."""
    if workers == 1:
        url, folder = environment["CITYBASE_STORE"], environment["CITYBASE_SNAPSHOTS"]
        with serving(Settings(store=url, snapshots=folder, metric_crs="auto")) as service:
            yield service.url
        return
    server = Server(environment, "serve", "--workers", str(workers))
    try:
        yield server.url
    finally:
        server.stop()


def _ask(url: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer of some worker, each time over a connection of its own."""
    method = "GET" if body is None else "POST"
    answer = httpx.request(method, url + path, json=body, timeout=60, verify=False)  # no certificates read
    assert answer.status_code < 300, answer.text
    return answer.json()


def _until_everyone_has(url: str, layers: set[str]) -> None:
    until, in_a_row = time.monotonic() + 30, 0
    while in_a_row < 20:
        city = _ask(url, "/city")
        in_a_row = in_a_row + 1 if layers <= {n["name"] for n in city["layers"] if n["count"]} else 0
        assert time.monotonic() < until, city


@pytest.mark.parametrize("town", TOWNS.values(), ids=TOWNS)
@pytest.mark.slow
def test_a_service_started_on_an_empty_city_measures_what_is_loaded_later_as_the_geodesic_does(
    town: Town, store_url: str, tmp_path: Path
) -> None:
    environment = _environment(store_url, tmp_path)
    open_store(store_url, create=True).close()
    lon, lat = town.lon, town.lat
    posts = _file(
        tmp_path / "posts.geojson",
        [shapely.Point(lon, lat), shapely.Point(lon + 0.01, lat)],
        [{"name": "西"}, {"name": "东"}],
    )
    areas = _file(
        tmp_path / "area.geojson",
        [shapely.box(lon - 0.02, lat - 0.02, lon + 0.02, lat + 0.02)],
        [{"code": "653101", "name": "一区", "level": "district"}],
    )
    roads = _file(
        tmp_path / "roads.geojson",
        [shapely.LineString([(lon, lat), (lon + 0.005, lat), (lon + 0.01, lat)])],
        [{"name": "一路", "class": "residential"}],
    )
    apart = GEOD.inv(lon, lat, lon + 0.01, lat)[2]
    near = pytest.approx(apart, rel=1e-3)  # the scale of a zone is within 0.04 % of true, plus its curvature
    asked = [
        ("/spatial/nearest", {"point": [lon, lat], "layer": "posts", "limit": 2}),
        (
            "/spatial/affected",
            {
                "shape": {"type": "circle", "centre": [lon, lat], "radius_m": apart * 1.01},
                "layers": ["posts"],
            },
        ),
        (
            "/spatial/affected",
            {
                "shape": {"type": "circle", "centre": [lon, lat], "radius_m": apart * 0.99},
                "layers": ["posts"],
            },
        ),
        ("/spatial/ownership", {"points": [[lon + 0.03, lat]]}),
        ("/spatial/route", {"points": [[lon, lat], [lon + 0.01, lat]], "profile": "car"}),
    ]
    with _serving(environment, town.workers) as url:
        assert _ask(url, "/city")["metric_crs"] == metric_zone.EMPTY_CITY
        done(ROOT, "load", str(posts), "--layer", "posts", **environment)
        done(ROOT, "load", str(areas), "--layer", "areas", **environment)
        done(ROOT, "load", str(roads), "--layer", "roads", **environment)
        _until_everyone_has(url, {"posts", "areas", "roads"})

        answers = []
        for _ in range(4 * town.workers):
            nearest, within, short, owners, route = (_ask(url, *one) for one in asked)
            assert nearest["candidates"][1]["distance_m"] == near
            assert within["layers"]["posts"]["count"] == 2
            assert short["layers"]["posts"]["count"] == 1
            beyond = GEOD.inv(lon + 0.02, lat, lon + 0.03, lat)[2]
            assert owners["owners"][0]["nearest"]["distance_m"] == pytest.approx(beyond, rel=1e-3)
            assert route["distance_m"] == near
            answers.append((route["distance_m"], route["duration_s"], _ask(url, "/city")["metric_crs"]))
        assert len(set(answers)) == 1
        assert answers[0][2] == town.metric_crs
    with _serving(environment, 1) as url:  # N04: after a restart it is the same
        route = _ask(url, *asked[-1])
        assert (route["distance_m"], route["duration_s"], _ask(url, "/city")["metric_crs"]) == answers[0]


def _empty(url: str, folder: Path) -> City:
    open_store(url, create=True).close()
    return City.open(Settings(store=url, snapshots=str(folder / "snapshots")))


def _posts(*places: tuple[float, float]) -> Features:
    return Features(shapely.points(places), pa.table({"name": [f"{i}" for i in range(len(places))]}))


def _layer(name: str) -> Layer:
    return Layer(name, geometry="point", fields=(Field("name", "text"),))


def test_an_open_city_follows_the_metres_that_another_process_chose(store_url: str, tmp_path: Path) -> None:
    with _empty(store_url, tmp_path) as first, _empty(store_url, tmp_path) as second:
        seen = []
        second.watch(lambda snapshots: seen.append({s.metric_crs for s in snapshots.values()}))
        first.load(_layer("posts"), _posts((9.5, 47.1), (9.51, 47.1)))
        second.refresh()
        assert second.metric_crs == first.metric_crs == "EPSG:32632"
        assert all(len(crs_of_one_state) == 1 for crs_of_one_state in seen)
        _, metres = second.snapshot("posts").nearest(np.array([[9.5, 47.1]]), 2)
        assert metres[0, 1] == pytest.approx(758.9, abs=0.06)
        assert second.areas.snapshot.metric_crs == "EPSG:32632"


def test_an_incident_at_zero_does_not_decide_how_a_city_is_measured(store_url: str, tmp_path: Path) -> None:
    with _empty(store_url, tmp_path) as city:
        with city.store.writing("test") as tx:
            tx.insert(
                INCIDENTS, shapely.Point(0.1, 0.1), {"code": "I-1", "status": "reported", "level": "general"}
            )
        city.refresh()
        assert city.metric_crs == "EPSG:32631"
        city.load(_layer("posts"), _posts((112.9, 28.1), (112.95, 28.15)))
        assert city.metric_crs == "EPSG:4547"
        city.load(_layer("far"), _posts((9.5, 47.1)))
        assert city.metric_crs == "EPSG:4547"  # the first layer stays what it is measured by


def test_a_first_layer_that_is_loaded_once_more_in_its_right_place_is_measured_there(tmp_path: Path) -> None:
    with _empty(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        city.load(_layer("posts"), _posts((109.97, 28.19)))
        assert city.metric_crs == "EPSG:4546"
        city.load(_layer("posts"), _posts((112.97, 28.19)))
        assert city.metric_crs == "EPSG:4547"


def test_areas_added_to_an_empty_city_say_how_it_is_measured(tmp_path: Path) -> None:
    with _empty(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        row = {"code": "653101", "name": "一区", "level": "district"}
        table = pa.Table.from_pylist([row], AREAS.schema())
        city.append("areas", Features(np.array([shapely.box(9.5, 47.1, 9.6, 47.2)]), table))
        assert city.metric_crs == "EPSG:32632"


def test_a_layer_that_is_compacted_while_the_metres_change_stays_in_one_of_them(tmp_path: Path) -> None:
    with _empty(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path) as city:
        with city.store.writing("test") as tx:
            tx.insert(
                INCIDENTS, shapely.Point(9.5, 47.1), {"code": "I-1", "status": "reported", "level": "general"}
            )
        city.refresh()
        city._snapshots.preparing.append(
            lambda _: (
                None if city.metric_crs == "EPSG:4547" else city.load(_layer("posts"), _posts((112.9, 28.1)))
            )
        )
        city._snapshots.compact("incidents")
        assert {s.metric_crs for s in city.snapshots.values()} == {"EPSG:4547"}
        there = city.snapshot("incidents")
        _, metres = there.nearest(np.array([[9.5, 47.1]]), 1)
        assert metres[0, 0] == pytest.approx(0.0, abs=0.01)


@settings(deadline=None)  # the first use of a CRS takes PROJ a while
@given(st.floats(-179.9, 179.9), st.floats(-70.0, 70.0), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
@pytest.mark.slow
def test_wherever_a_city_is_its_metres_are_those_of_the_geodesic(
    lon: float, lat: float, east: float, north: float
) -> None:
    chosen = metric_zone.choose_crs("", shapely.points([[lon, lat]])) or metric_zone.EMPTY_CITY
    if (lon, lat) == (0.0, 0.0):  # an empty field of a form, no place
        return
    other = ((lon + east + 180.0) % 360.0 - 180.0, lat + north)
    metres = crs.to_metric(np.array([[lon, lat], other]), chosen)
    true = GEOD.inv(lon, lat, *other)[2]
    flat = float(np.hypot(*(metres[1] - metres[0])))
    # A transverse Mercator zone: 0.9996 in its middle, within 3.5° of it at most 1.0016 at the equator.
    assert flat == pytest.approx(true, rel=2.5e-3, abs=1e-3)
