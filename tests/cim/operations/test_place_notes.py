"""What is odd about a place: told when it is placed over HTTP, asked about in questions, and found when written from
outside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.city import City
from cim.model.layer import Features
from cim.model.standard_layers import RESOURCES
from cim.snapshot.stray_rows import stray_rows
from spatial_api.cli import diagnosis
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said, small_city


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city, asked in this process."""
    folder = tmp_path_factory.mktemp("notes")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asked:
        yield asked


def notes(answer: httpx.Response) -> list[dict[str, str]]:
    """The notes of a feature as stored."""
    assert answer.status_code in (200, 201), answer.text
    found: list[dict[str, str]] = answer.json().get("notes", [])
    assert all(note.keys() == {"zh", "en"} for note in found)
    return found


@pytest.mark.parametrize(
    ("position", "en", "zh"),
    [
        ([0, 0], "the position is 0, 0", "空坐标"),
        ([116.4, 39.9], "lies 1,3", "距城市 1,3"),
        (
            [113.2, 28.15],
            "in no area; the nearest is 东南街道 (430103001), 19.6 km away",
            "不在任何管理区域内，最近的是 东南街道",
        ),
    ],
)
def test_an_incident_outside_the_city_is_placed_and_told(
    asker: Asker, position: list[float], en: str, zh: str
) -> None:
    (note,) = notes(asker.post("/incidents", {"title": "远", "position": position}))
    assert en in note["en"]
    assert zh in note["zh"]


def test_an_incident_in_the_city_has_no_notes(asker: Asker) -> None:
    assert notes(asker.post("/incidents", {"title": "近", "position": [112.91, 28.11]})) == []


def test_who_moves_a_team_out_of_the_city_is_told_and_who_moves_it_back_is_not(asker: Asker) -> None:
    asker.post("/resources", {"code": "T-9", "kind": "team", "status": "idle", "position": [112.91, 28.11]})
    (note,) = notes(asker.patch("/resources/T-9", {"position": [114.5, 28.11]}))
    assert "147 km from the city" in note["en"]
    assert notes(asker.patch("/resources/T-9", {"position": [112.91, 28.11]})) == []
    assert notes(asker.patch("/resources/T-9", {"status": "busy"})) == []


def test_an_incident_of_a_day_before_the_areas_began_is_told(city: City) -> None:
    with city.store.writing("test") as tx:
        snapshot = city.snapshot("areas")
        for fid in snapshot.fids(snapshot.rows).tolist():
            tx.update(snapshot.layer, fid, {"valid_from": dt.date(2026, 1, 1)})
    city.refresh()
    settings = city.settings
    with asking(settings) as asker:
        body = {"title": "旧案", "position": [112.91, 28.11], "reported_at": "2025-06-01T08:00:00+08:00"}
        (note,) = notes(asker.post("/incidents", body))
        assert "no area was in force here on 2025-06-01" in note["en"]
        assert "2025-06-01" in note["zh"]
        assert notes(asker.post("/incidents", {**body, "reported_at": "2026-02-01T08:00:00+08:00"})) == []


QUESTIONS: list[tuple[str, Any]] = [
    ("/spatial/nearest", lambda p: {"point": p, "kind": "team"}),
    ("/spatial/ownership", lambda p: {"points": [p]}),
    ("/spatial/route", lambda p: {"points": [p, p]}),
    ("/spatial/matrix", lambda p: {"origins": [p], "targets": [p]}),
    ("/spatial/reach", lambda p: {"point": p, "minutes": [5]}),
    ("/spatial/affected", lambda p: {"shape": {"type": "circle", "centre": p, "radius_m": 100}}),
]


@pytest.fixture(scope="module")
def western(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """A city at 8 E, 47.1 N, where lat, lon is in the range of lon, lat."""
    from cim.settings import Settings
    from cim.store import open_store

    folder = tmp_path_factory.mktemp("western")
    settings = Settings(store=f"gpkg:///{folder / 'city.gpkg'}", snapshots=str(folder / "snapshots"))
    open_store(settings.store, create=True).close()
    with City.open(settings) as made:
        table = pa.Table.from_pylist(
            [
                {"code": "T-1", "kind": "team", "status": "idle"},
                {"code": "T-2", "kind": "team", "status": "idle"},
            ],
            RESOURCES.schema(),
        )
        made.load(RESOURCES, Features(shapely.points([[8.0, 47.1], [8.005, 47.1]]), table))
    with asking(settings) as asked:
        yield asked


@pytest.mark.parametrize(("path", "body"), QUESTIONS, ids=[path for path, _ in QUESTIONS])
def test_a_question_of_lat_lon_outside_china_is_asked_about(western: Asker, path: str, body: Any) -> None:
    sentence = said(western.post(path, body([47.1, 8.0])), 400)
    assert "is it lat, lon? give lon, lat" in sentence
    assert "lies 5,705 km from the city, and (8, 47.1) in it" in sentence


def test_who_places_a_thing_as_lat_lon_is_asked_and_it_is_kept(western: Asker) -> None:
    (note,) = notes(western.post("/incidents", {"title": "反", "position": [47.1, 8.0]}))
    assert "in it with lon and lat swapped" in note["en"]
    assert "纬度在前" in note["zh"]


def test_rows_that_a_gis_program_wrote_in_metres_or_far_off_are_told_by_health_and_doctor(city: City) -> None:
    team = {"kind": "team", "status": "idle"}
    with city.store.writing("qgis") as tx:
        tx.insert(RESOURCES, shapely.Point(399456.4, 3120476.4), {"code": "M-1", **team})
        tx.insert(RESOURCES, shapely.Point(0, 0), {"code": "M-2", **team})
        tx.insert(RESOURCES, shapely.Point(28.11, 112.91), {"code": "M-3", **team})
    city.refresh()
    with asking(city.settings) as asker:
        health = asker.get("/health").json()
        (stray,) = health["stray_rows"]
        assert (stray["layer"], stray["far"], stray["unplaced"], health["status"]) == (
            "resources",
            1,
            2,
            "ok",
        )
        bounds = asker.get("/city").json()["bounds"]
        assert bounds == pytest.approx([112.9, 28.1, 113.0, 28.2])
    told = {what: (well, sentence) for what, well, sentence in diagnosis.checks(city.settings)}
    well, sentence = told["places of resources"]
    assert not well
    assert "2 rows have no position on earth (metres in a column of degrees?)" in sentence
    assert "1 rows lie far from the city, up to 12," in sentence


def test_a_city_where_all_is_in_its_place_has_no_stray_rows(city: City) -> None:
    extent = city.extent
    assert [stray_rows(s, extent) for s in city.snapshots.values()] == [None] * len(city.snapshots)
    assert np.isfinite(city.bounds(city.snapshots)).all()


@pytest.fixture(scope="module")
def urumqi(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The roads of the small city moved to where a place as lat, lon is one on earth, too."""
    folder = tmp_path_factory.mktemp("urumqi")
    chosen = replace(
        small.settings(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots"), metric_crs="auto"
    )
    roads = small.roads()
    moved = shapely.transform(roads.geometry, lambda xy: xy + np.array([87.6 - 112.95, 43.8 - 28.15]))
    with City.open(chosen, create=True) as city:
        city.load(small.ROADS, replace(roads, geometry=moved))
    with asking(chosen) as asked:
        yield asked


def test_traces_speeds_and_points_given_as_lat_lon_are_refused_with_the_row(urumqi: Asker) -> None:
    right, swapped = [[87.59, 43.8], [87.6, 43.8]], [[43.8, 87.59], [43.8, 87.6]]
    for asked in ({"points": swapped}, {"traces": [{"points": right}, {"points": swapped}]}):
        detail = said(urumqi.post("/spatial/match", asked), 400)
        assert "km from the city, and (87.59, 43.8) in it; is it lat, lon? give lon, lat" in detail
    assert "trace 1: point 0" in detail
    good = {"line": right, "speed_kmh": 20}
    refused = said(urumqi.post("/speeds", {"measurements": [good, {"line": swapped, "speed_kmh": 20}]}), 422)
    assert "2: its line lies" in refused
    assert "as lat, lon; give lon, lat" in refused
    assert "is it lat, lon?" in said(urumqi.get("/spatial/search?q=中路&focus=43.8,87.6"), 400)


@pytest.mark.parametrize("path", ["/closures", "/areas"])
def test_closures_and_areas_given_as_lat_lon_are_told(urumqi: Asker, path: str) -> None:
    rest = {"code": "650102", "name": "区", "level": "district"} if path == "/areas" else {"code": "SWAPPED"}
    shape = shapely.geometry.mapping(shapely.box(43.79, 87.59, 43.81, 87.61))
    (note,) = notes(urumqi.post(path, {**rest, "geometry": shape}))
    assert "is it lat, lon? Give [lon, lat]" in note["en"]
    urumqi.delete(f"{path}/{rest['code']}")


def test_speeds_far_from_the_city_are_kept_and_told_with_row_and_distance(asker: Asker) -> None:
    good = {"line": [[112.94, 28.15], [112.95, 28.15]], "speed_kmh": 20}
    far = {"line": [[116.4, 39.9], [116.41, 39.9]], "speed_kmh": 20}
    assert "notes" not in asker.post("/speeds", {"measurements": [good]}).json()
    (note,) = notes(asker.post("/speeds", {"measurements": [good, far]}))
    assert note["en"].startswith("1 of the measurements lie far from the city, the farthest is row 2, 1,3")
    assert "第 2 条" in note["zh"]


def test_a_closure_and_an_area_far_off_or_swapped_are_told(asker: Asker) -> None:
    def box(west: float, south: float, east: float, north: float) -> Any:
        return shapely.geometry.mapping(shapely.box(west, south, east, north))

    for place, words in (
        (box(28.14, 112.5, 28.15, 112.6), None),  # no latitude is 112
        (box(116.4, 39.9, 116.41, 39.91), "km from the city; check the coordinates"),
    ):
        for path, rest in (
            ("/closures", {"code": "FAR"}),
            ("/areas", {"code": "430102001999", "name": "远", "level": "community", "parent": "430102001"}),
        ):
            answer = asker.post(path, {**rest, "geometry": place})
            if words is None:
                said(answer, 400)
                continue
            assert words in notes(answer)[0]["en"]
            asker.delete(f"{path}/{rest['code']}")


def test_a_height_that_is_not_kept_is_told_and_counts_for_nothing_in_a_question(asker: Asker) -> None:
    (note,) = notes(
        asker.post("/resources", {"code": "T-H", "kind": "team", "position": [112.91, 28.12, 35.0]})
    )
    assert "the height was not kept" in note["en"]
    assert "未保存高程" in note["zh"]
    ring = [[112.91, 28.11, 5], [112.92, 28.11, 5], [112.92, 28.12, 5], [112.91, 28.11, 5]]
    told = notes(
        asker.post("/closures", {"code": "H", "geometry": {"type": "Polygon", "coordinates": [ring]}})
    )
    assert "the height was not kept" in told[-1]["en"]
    assert asker.get("/spatial/search?q=中路&focus=112.95,28.15,40").status_code == 200
