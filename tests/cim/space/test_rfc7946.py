"""GeoJSON as RFC 7946 has it: rings that go out, shapes cut at 180° and positions with heights that come in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cim.city import City
from cim.settings import Settings
from cim.space import crs, geojson
from cim.store import open_store
from layers.load.load import LoadOptions, load_file
from tests.support.api_client import Asker, asking, small_city
from tests.support.inputs import CASES

#: Clockwise, as many programs write them.
CLOCKWISE = [[112.91, 28.11], [112.91, 28.12], [112.92, 28.12], [112.92, 28.11], [112.91, 28.11]]
SQUARE = {"type": "Polygon", "coordinates": [CLOCKWISE]}


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    """The small city, asked in this process."""
    folder = tmp_path_factory.mktemp("rfc7946")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asked:
        yield asked


def polygons(answer: Any) -> Iterator[Any]:
    """The coordinates of every polygon anywhere in an answer."""
    if isinstance(answer, dict):
        if answer.get("type") == "Polygon":
            yield answer["coordinates"]
        elif answer.get("type") == "MultiPolygon":
            yield from answer["coordinates"]
        for value in answer.values():
            yield from polygons(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from polygons(value)


def assert_wound_right(answer: Any) -> None:
    """Outer rings run counter-clockwise, holes clockwise, all are closed, and there is at least one."""
    found = list(polygons(answer))
    assert found
    for outer, *holes in found:
        assert shapely.LinearRing(outer).is_ccw
        assert outer[0] == outer[-1]
        assert not any(shapely.LinearRing(hole).is_ccw for hole in holes)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/spatial/affected", {"shape": SQUARE, "layers": ["buildings"]}),
        (
            "/spatial/affected",
            {
                "shape": {"type": "circle", "centre": [112.96, 28.16], "radius_m": 500},
                "layers": ["buildings"],
            },
        ),
        ("/spatial/reach", {"points": [[112.95, 28.15]], "minutes": [3]}),
        ("/spatial/affected", {"shape": {"type": "reach", "point": [112.95, 28.15], "minutes": 2}}),
        ("/spatial/coverage", {"points": [[112.95, 28.15]], "minutes": [3]}),
        ("/closures", {"code": "C-1", "cause": "x", "geometry": SQUARE}),
        (
            "/closures",
            {"code": "C-2", "cause": "x", "geometry": {"type": "Point", "coordinates": [112.95, 28.15]}},
        ),
        ("/h3/cover", {"geometry": SQUARE, "resolution": 8}),
    ],
)
def test_the_rings_of_an_answer_are_wound_as_the_standard_asks(
    asker: Asker, path: str, body: dict[str, Any]
) -> None:
    answer = asker.post(path, body)
    assert answer.status_code in (200, 201), answer.text
    if path != "/h3/cover":
        assert_wound_right(answer.json())


@pytest.mark.parametrize("path", ["/areas", "/closures", "/h3/buildings?resolution=8", "/areas/430102"])
def test_the_rings_of_a_list_are_wound_as_the_standard_asks(asker: Asker, path: str) -> None:
    asker.post("/closures", {"code": "C-3", "cause": "x", "geometry": SQUARE})
    assert_wound_right(asker.get(path).json())


@given(
    st.lists(st.tuples(st.floats(112, 113), st.floats(28, 29)), min_size=3, max_size=12, unique=True),
    st.booleans(),
    st.booleans(),
)
def test_whatever_way_a_ring_was_drawn_it_goes_out_counter_clockwise(
    corners: list[tuple[float, float]], turned: bool, holed: bool
) -> None:
    hull = shapely.MultiPoint(corners).convex_hull
    if hull.geom_type != "Polygon":
        return
    ring = list(hull.exterior.coords)
    holes = [list(shapely.affinity.scale(hull, 0.5, 0.5).exterior.coords)] if holed else []
    shape = shapely.Polygon(ring[::-1] if turned else ring, [h[::-1] if turned else h for h in holes])
    assert_wound_right(orjson.loads(geojson.encode(shape)))


@pytest.mark.parametrize(
    ("file", "square_degrees"),
    [("out/cut_at_180.geojson", 1.0), ("in/geojson_antimeridian_cut.geojson", 10.0)],
)
def test_a_shape_that_is_cut_at_180_is_loaded_as_it_is(
    store_url: str, tmp_path: Path, file: str, square_degrees: float
) -> None:
    open_store(store_url, create=True).close()
    with City.open(Settings(store=store_url, snapshots=str(tmp_path / "snapshots"))) as city:
        (report,) = load_file(city, CASES / file, LoadOptions(layer="strip"))
        assert (report.read, report.written, report.faults) == (1, 1, ())
        snapshot = city.snapshot("strip")
        shape = snapshot.geometry(snapshot.rows)[0]
        assert shape.area == pytest.approx(square_degrees)
        assert city.metric_crs in ("EPSG:32601", "EPSG:32660", "EPSG:32701", "EPSG:32760")
        metric = snapshot.base.metric_geometry(snapshot.rows, "polygon")[0]
        true = 111_320**2 * np.cos(np.radians(shape.centroid.y)) * square_degrees
        assert metric.area == pytest.approx(true, rel=0.02)


def test_requests_take_shapes_that_are_cut_at_180_and_measure_both_sides(tmp_path: Path) -> None:
    settings = Settings(store=f"gpkg:///{tmp_path / 'city.gpkg'}", snapshots=str(tmp_path / "snapshots"))
    open_store(settings.store, create=True).close()
    with City.open(settings) as city:
        load_file(city, CASES / "out" / "cut_at_180.geojson", LoadOptions(layer="strip"))
    shape = orjson.loads((CASES / "out" / "cut_at_180.geojson").read_bytes())["features"][0]["geometry"]
    with asking(settings) as asker:
        found = asker.post("/spatial/affected", {"shape": shape, "layers": ["strip"]}).json()
        assert found["layers"]["strip"]["count"] == 1
        assert found["area_m2"] == pytest.approx(111_320**2 * np.cos(np.radians(17)), rel=0.02)
        area = {"code": "500101", "name": "海区", "level": "district", "geometry": shape}
        made = asker.post("/areas", area)
        assert made.status_code == 201, made.text
        owners = asker.post("/spatial/ownership", {"points": [[179.9, -17], [-179.9, -17], [0, -17]]}).json()
        codes = [[a["code"] for a in one["areas"]] for one in owners["owners"]]
        assert codes == [["500101"], ["500101"], []]
        circle = {"type": "circle", "centre": [179.99, -17.0], "radius_m": 20_000}
        drawn = asker.post("/spatial/affected", {"shape": circle, "layers": ["strip"]}).json()
        assert geojson.widest_part(shapely.from_geojson(orjson.dumps(drawn["area"]))) < 1
        assert_wound_right(drawn["area"])


def test_a_ring_that_runs_over_180_is_still_refused(asker: Asker) -> None:
    across = [[179, 10], [-179, 10], [-179, 11], [179, 11], [179, 10]]
    for shape in (
        {"type": "Polygon", "coordinates": [across]},
        {"type": "MultiPolygon", "coordinates": [[across], [CLOCKWISE]]},
    ):
        answer = asker.post("/spatial/affected", {"shape": shape})
        assert "crosses the antimeridian, cut it there" in answer.json()["detail"]


@hypothesis_settings(deadline=None)  # the first use of a CRS takes PROJ a while
@given(st.floats(178, 182), st.floats(-60, 60), st.floats(100, 200_000))
def test_a_circle_over_180_is_cut_there_and_keeps_its_area(lon: float, lat: float, radius_m: float) -> None:
    centre = ((lon + 180) % 360 - 180, lat)
    metric = crs.metric_crs_for(*centre)
    ring = shapely.Point(crs.to_metric(np.array([centre]), metric)[0]).buffer(radius_m)
    shape = crs.geometry_from_metric(ring, metric)
    assert shape.is_valid
    assert geojson.widest_part(shape) < 10
    assert crs.geometry_to_metric(shape, metric).area == pytest.approx(ring.area, rel=1e-3)


HIGH = [112.91, 28.12, 45.5]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/spatial/nearest", {"point": HIGH, "kind": "team"}),
        ("/spatial/nearest", {"points": [HIGH], "kind": "team"}),
        ("/spatial/ownership", {"points": [HIGH]}),
        ("/spatial/route", {"points": [HIGH, [112.95, 28.15, 3]]}),
        ("/spatial/matrix", {"origins": [HIGH], "targets": [HIGH]}),
        ("/spatial/affected", {"shape": {"type": "circle", "centre": HIGH, "radius_m": 50}}),
        ("/spatial/affected", {"shape": {"type": "reach", "point": [112.95, 28.15, 9], "minutes": 2}}),
        ("/spatial/affected", {"shape": {"type": "Polygon", "coordinates": [[[*p, 7] for p in CLOCKWISE]]}}),
        ("/incidents", {"position": HIGH, "title": "高处"}),
        (
            "/closures",
            {
                "code": "H-1",
                "cause": "x",
                "geometry": {"type": "Polygon", "coordinates": [[[*p, 7] for p in CLOCKWISE]]},
            },
        ),
    ],
)
def test_a_height_is_taken_and_changes_no_answer(asker: Asker, path: str, body: dict[str, Any]) -> None:
    def flat(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: flat(v) for k, v in value.items()}
        if isinstance(value, list):
            is_place = len(value) == 3 and all(isinstance(v, (int, float)) for v in value)
            return value[:2] if is_place else [flat(v) for v in value]
        return value

    with_height = asker.post(path, body)
    assert with_height.status_code in (200, 201), with_height.text
    if path.startswith("/spatial"):
        assert with_height.json() == asker.post(path, flat(body)).json()


@pytest.mark.parametrize(
    "point", [[112.91], [112.91, 28.12, 1, 2], [112.91, 28.12, None], [112.91, 28.12, True]]
)
def test_what_is_no_position_is_still_refused(asker: Asker, point: list[Any]) -> None:
    assert asker.post("/spatial/ownership", {"points": [point]}).status_code == 422
