"""H3 cells: of points and shapes, what layers hold in them, who owns them; and BeiDou cells as a layer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import h3
import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import pytest
import shapely
from h3ronpy import vector
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.analysis import hex_aggregates
from cim.analysis.hex_aggregates import Measure
from cim.city import City
from cim.columnar import hex_covers
from cim.errors import BadInput
from cim.model.layer import Features, Field, Layer
from cim.space import beidou_grid, h3_cells
from tests.support import small_city as small
from tests.support.api_client import Asker, said, small_city

PLACES = st.tuples(st.floats(-179.9, 179.9), st.floats(-85, 85))


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("hexes")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder) as asker:
        yield asker


@given(st.lists(PLACES, max_size=20), st.integers(0, 15))
def test_the_cells_of_points_are_those_of_the_h3_library(
    places: list[tuple[float, float]], resolution: int
) -> None:
    points = np.array(places).reshape(-1, 2)
    cells = h3_cells.cells_of(points, resolution)
    assert h3_cells.as_text(cells).to_pylist() == [h3.latlng_to_cell(y, x, resolution) for x, y in places]
    for coarser in range(resolution + 1):
        expected = [h3.cell_to_parent(c, coarser) for c in h3_cells.as_text(cells).to_pylist()]
        assert h3_cells.as_text(h3_cells.parents(cells, coarser)).to_pylist() == expected


def test_a_point_that_is_nowhere_has_no_cell_and_no_cell_has_no_parent() -> None:
    points = np.array([[112.976, 28.195], [np.nan, np.nan]])
    cells = h3_cells.cells_of(points, 12)
    assert h3_cells.as_text(h3_cells.parents(cells, 9)).to_pylist() == ["89418900c4fffff", None]
    assert [len(a) for a in h3_cells.totals(np.zeros(5, np.uint64))] == [0, 0, 0]


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(-1e6, 1e6)), max_size=300))
def test_totals_are_what_counting_one_by_one_gives(rows: list[tuple[int, float]]) -> None:
    cells = np.array([(c * 0x9E3779B97F4A7C15) % 2**64 for c, _ in rows], np.uint64)
    found, counts, sums = h3_cells.totals(cells, np.array([v for _, v in rows], np.float64))
    assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == Counter(cells.tolist())
    for cell, total in zip(found.tolist(), sums.tolist(), strict=True):
        wanted = sum(v for c, (_, v) in zip(cells.tolist(), rows, strict=True) if c == cell)
        assert total == pytest.approx(wanted, abs=1e-6)


def test_totals_of_more_cells_than_the_first_table_holds() -> None:
    cells = np.arange(1, 100_001, dtype=np.uint64) << np.uint64(13)
    found, counts, _ = h3_cells.totals(np.concatenate([cells, cells[::-1]]))
    assert np.array_equal(found, cells)
    assert (counts == 2).all()


@st.composite
def shapes(draw: st.DrawFn) -> Any:
    """A star-shaped polygon of a few kilometres near the city, perhaps with a hole."""
    lon, lat = draw(st.floats(112.8, 113.1)), draw(st.floats(28.0, 28.3))
    n = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.002, 0.03), min_size=n, max_size=n))
    angles = np.arange(n) * 2 * np.pi / n
    ring = np.column_stack([lon + np.cos(angles) * radii, lat + np.sin(angles) * radii])
    hole = 0.3 * (ring - (lon, lat)) + (lon, lat) if draw(st.booleans()) else None
    return shapely.Polygon(ring, [hole] if hole is not None else [])


@settings(max_examples=30, deadline=None)
@given(shapes(), st.integers(7, 10), st.integers(0, 2**32 - 1))
def test_a_cover_contains_what_it_covers(shape: Any, resolution: int, seed: int) -> None:
    cover = hex_covers.cover(shape, resolution)
    assert not set(cover.full.tolist()) & set(cover.edge.tolist())
    west, south, east, north = shape.bounds
    points = np.random.default_rng(seed).uniform((west, south), (east, north), (300, 2))
    cells = h3_cells.cells_of(points, resolution)
    inside = shapely.contains(shape, shapely.points(points))
    assert set(cells[inside].tolist()) <= set(cover.full.tolist()) | set(cover.edge.tolist())
    assert inside[np.isin(cells, cover.full)].all()
    outlines = h3_cells.outlines(cover.edge)
    assert shapely.intersects(shape, outlines).all()
    assert not shapely.contains(shape, outlines).any()


def _decided_by_geos(shape: Any, resolution: int) -> tuple[set[int], set[int]]:
    """The full cells and those on the edge, each cell of a wide box asked of GEOS."""
    box = shapely.box(*shape.bounds).buffer(0.1)
    mode = vector.ContainmentMode.ContainsCentroid
    cells = pa.array(vector.geometry_to_cells(box, resolution, mode)).to_numpy()
    outlines = h3_cells.outlines(cells)
    full, touched = shapely.contains(shape, outlines), shapely.intersects(shape, outlines)
    return set(cells[full].tolist()), set(cells[touched & ~full].tolist())


@settings(max_examples=15, deadline=None)
@given(shapes(), st.integers(7, 9), st.integers(0, 20))
def test_a_cover_is_what_geos_says_cell_by_cell(shape: Any, resolution: int, holes: int) -> None:
    middles = h3_cells.middles(hex_covers.cover(shape, resolution + 1).full)[:holes]
    holed = shape.difference(shapely.union_all(shapely.points(middles).tolist()).buffer(0.0004))
    for one in (shape, holed, shapely.segmentize(holed, 0.0001)):
        cover = hex_covers.cover(one, resolution)
        assert (set(cover.full.tolist()), set(cover.edge.tolist())) == _decided_by_geos(one, resolution)


def test_a_shape_made_of_cells_is_covered_by_these_cells_in_full() -> None:
    cells = pa.array(h3.grid_disk("89418900c4fffff", 3))
    numbers = np.array([h3.str_to_int(c.as_py()) for c in cells], np.uint64)
    one = hex_covers.cover(h3_cells.outlines(numbers[:1])[0], 9)
    assert one.full.tolist() == numbers[:1].tolist()
    cover = hex_covers.cover(shapely.union_all(h3_cells.outlines(numbers)), 9)
    shape = shapely.union_all(h3_cells.outlines(numbers))
    assert (set(cover.full.tolist()), set(cover.edge.tolist())) == _decided_by_geos(shape, 9)


@pytest.mark.parametrize("resolution", [0, 2, 4])
@pytest.mark.parametrize(
    "box",
    [(-180.0, -17.0, -178.0, -15.0), (178.0, -17.0, 180.0, -15.0), (10.0, 84.0, 30.0, 90.0), (0, -2, 3, 1)],
)
def test_covers_reach_the_ends_of_the_world(box: tuple[float, ...], resolution: int) -> None:
    shape = shapely.box(*box)
    cover = hex_covers.cover(shape, resolution)
    points = np.random.default_rng(3).uniform(box[:2], box[2:], (2000, 2))
    reached = set(cover.full.tolist()) | set(cover.edge.tolist())
    own = h3_cells.cells_of(points, resolution)
    outlines = h3_cells.outlines(own)
    plain = shapely.bounds(outlines)[:, 2] - shapely.bounds(outlines)[:, 0] < 180.0
    assert set(own[plain & shapely.intersects(shape, outlines)].tolist()) <= reached


def test_covers_of_little_and_of_too_much() -> None:
    point = hex_covers.cover(shapely.Point(112.976, 28.195), 9)
    assert h3_cells.as_text(point.edge).to_pylist() == ["89418900c4fffff"]
    assert not len(hex_covers.cover(shapely.Polygon(), 9).edge)
    tiny = hex_covers.cover(shapely.box(112.976, 28.195, 112.97601, 28.19501), 5)
    assert len(tiny.full) == 0
    assert len(tiny.edge) >= 1
    with pytest.raises(BadInput, match="take a coarser one or a smaller shape"):
        hex_covers.cover(shapely.box(112, 28, 113, 29), 12)
    with pytest.raises(BadInput, match="resolution 16 is out of range: 0 to 15"):
        hex_covers.cover(shapely.box(112, 28, 113, 29), 16)


SIGHTINGS = Layer(
    "sightings", geometry="point", fields=(Field("people", "integer"), Field("kind", "text")), title_zh="人"
)
#: Two sightings in one cell of resolution 9, one in another, one that is nowhere.
SEEN = [(112.976, 28.195), (112.9761, 28.1951), (112.9388, 28.2282)]


def with_sightings(city: City) -> City:
    geometry = np.array([*shapely.points(SEEN), None], object)
    table = pa.table({"people": [2, None, 5, 100], "kind": ["a", "b", "a", "a"]}, schema=SIGHTINGS.schema())
    city.load(SIGHTINGS, Features(geometry, table))
    return city


def totals(city: City, measure: str, layer: str = "sightings", **more: Any) -> dict[str, float]:
    snapshot = city.snapshot(layer)
    found = hex_aggregates.aggregate(snapshot, 9, Measure.of(measure, snapshot.layer), **more)
    return dict(zip(h3_cells.as_text(found.cells).to_pylist(), found.values.tolist(), strict=True))


def test_count_sum_and_mean_by_cell_follow_each_change(city: City) -> None:
    with_sightings(city)
    assert totals(city, "count") == {"89418900b63ffff": 1, "89418900c4fffff": 2}
    assert totals(city, "sum:people") == {"89418900b63ffff": 5, "89418900c4fffff": 2}
    assert totals(city, "mean:people") == {"89418900b63ffff": 5, "89418900c4fffff": 2}
    assert totals(city, "count", where={"kind": "b"}) == {"89418900c4fffff": 1}
    assert totals(city, "count", bounds=(112.97, 28.19, 112.97605, 28.2)) == {"89418900c4fffff": 1}
    with city.store.writing("test") as tx:
        tx.delete(SIGHTINGS, 3)
        tx.insert(SIGHTINGS, shapely.Point(SEEN[0]), {"people": 4})
    city.refresh()
    assert totals(city, "mean:people") == {"89418900c4fffff": 3}
    assert totals(city, "count") == {"89418900c4fffff": 3}


def test_polygons_and_lines_count_once_each(gpkg_city: City) -> None:
    for layer in ("buildings", "roads", "areas"):
        assert sum(totals(gpkg_city, "count", layer).values()) == len(gpkg_city.snapshot(layer).rows)
    people = gpkg_city.snapshot("buildings").attributes(gpkg_city.snapshot("buildings").rows)["population"]
    assert sum(totals(gpkg_city, "sum:population", "buildings").values()) == sum(
        filter(None, people.to_pylist())
    )


def test_the_owners_of_a_cell_share_it_to_its_whole(gpkg_city: City) -> None:
    cells, codes, share = hex_aggregates.shares(gpkg_city.areas, "district", 8)
    of_border = [
        (c, s)
        for cell, c, s in zip(cells.tolist(), codes, share.tolist(), strict=True)
        if cell == h3_cells.cells_of(np.array([[112.95, 28.15]]), 8)[0]
    ]
    assert [c for c, _ in of_border] == ["430102", "430103"]
    assert sum(s for _, s in of_border) == pytest.approx(1.0, abs=1e-9)
    every = {h3.int_to_str(int(c)) for c in cells}
    assert share.max() == 1.0
    assert {h3.latlng_to_cell(28.15, lon, 8) for lon in np.linspace(112.901, 112.999, 50)} <= every
    with pytest.raises(BadInput, match="level 'village' is not known"):
        hex_aggregates.shares(gpkg_city.areas, "village", 8)


def test_a_layer_is_told_by_cell_over_http(asker: Asker) -> None:
    made = asker.get("/h3/buildings?resolution=8&measure=sum:population").json()
    assert made["type"] == "FeatureCollection"
    first = made["features"][0]
    assert shapely.from_geojson(str(first["geometry"]).replace("'", '"')).is_valid
    assert h3.is_valid_cell(first["properties"]["h3"])
    table = asker.get("/h3/buildings?resolution=8&format=json").json()
    assert sum(table["counts"]) == len(asker.app.state.city.snapshot("buildings"))
    empty = asker.get("/h3/buildings?resolution=8&format=json&bbox=10,10,11,11").json()
    assert empty["cells"] == []


def test_cells_come_as_tiles_that_change_with_the_layer(asker: Asker) -> None:
    url = "/h3/buildings/10/833/428.mvt?resolution=8"  # the tile that holds 112.95, 28.15
    first = asker.get(url)
    assert first.status_code == 200
    drawn = mapbox_vector_tile.decode(first.content)["h3"]["features"]
    assert {"h3", "count", "value"} <= drawn[0]["properties"].keys()
    assert asker.get(url, headers={"if-none-match": first.headers["etag"]}).status_code == 304
    other = asker.get(f"{url}&measure=sum:floors")
    assert other.headers["etag"] != first.headers["etag"]
    assert asker.get("/h3/buildings/10/0/0.mvt").status_code == 204


def test_a_cell_is_described_with_its_neighbours_and_owners(asker: Asker) -> None:
    cell = h3.latlng_to_cell(28.11, 112.91, 9)
    made = asker.get(f"/h3/cell/{cell.upper()}?k=2").json()
    assert made["cell"] == cell
    assert len(made["disk"]) == 19
    assert len(made["children"]) == 7
    assert made["parents"][0] == h3.cell_to_parent(cell, 8)
    assert made["owners"]["areas"][-1]["code"] == "430102001001001"
    assert "is no H3 cell" in said(asker.get("/h3/cell/nonsense"), 400)


def test_cover_compact_and_uncompact_go_together(asker: Asker) -> None:
    ring = [[112.90, 28.10], [112.95, 28.10], [112.95, 28.15], [112.90, 28.15], [112.90, 28.10]]
    asked = {"geometry": {"type": "Polygon", "coordinates": [ring]}, "resolution": 9}
    plain, joined = (asker.post("/h3/cover", {**asked, "compact": c}).json() for c in (False, True))
    assert plain["edge"] == joined["edge"]
    assert len(joined["full"]) < len(plain["full"])
    split = asker.post("/h3/uncompact", {"cells": joined["full"], "resolution": 9}).json()["cells"]
    assert sorted(split) == sorted(plain["full"])
    assert sorted(asker.post("/h3/compact", {"cells": split}).json()["cells"]) == sorted(joined["full"])
    assert "finer than" in said(asker.post("/h3/uncompact", {"cells": split, "resolution": 8}), 400)
    assert "more than 1,000,000" in said(asker.post("/h3/uncompact", {"cells": split, "resolution": 15}), 400)
    assert asker.post("/h3/compact", {"cells": []}).json() == {"cells": []}


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("/h3/nothing", 404, "layer 'nothing' is not loaded"),
        ("/h3/buildings?measure=max:floors", 400, "known: count, sum:FIELD, mean:FIELD"),
        (
            "/h3/buildings?measure=sum:name",
            400,
            "'name' is no field that holds numbers; those of buildings: floors",
        ),
        ("/h3/buildings?resolution=16", 400, "resolution 16 is out of range"),
        ("/h3/buildings?bbox=1,2,3", 400, "bbox"),
        ("/h3-owners?level=planet", 400, "level 'planet' is not known"),
        ("/beidou?bbox=112,28,113,29&level=7", 400, "take a coarser level or a smaller box"),
        ("/beidou?bbox=112,88,112,88", 400, "pol"),
        ("/h3-owners?level=street&resolution=15", 400, "take a coarser resolution or a bbox"),
    ],
)
def test_what_can_not_be_asked_is_told(asker: Asker, url: str, status: int, words: str) -> None:
    assert words in said(asker.get(url), status)


def test_more_cells_than_an_answer_holds_are_refused_with_what_would_work(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "/h3/buildings?resolution=12"
    assert len(asker.get(url).json()["features"]) == 4
    monkeypatch.setattr("spatial_api.routes.hexes.routes._MOST_DRAWN", 3)
    assert "format=json" in said(asker.get(url), 400)
    assert len(asker.get(f"{url}&format=json").json()["cells"]) == 4
    monkeypatch.setattr("cim.space.h3_cells.MOST_CELLS", 3)
    for more in ("&format=json", ""):
        assert "4 cells are too many, at most 3" in said(asker.get(url + more), 400)


def test_beidou_cells_tile_their_box_in_every_hemisphere(asker: Asker) -> None:
    made = asker.get("/beidou?bbox=112.97,28.19,112.98,28.20&level=5").json()["features"]
    union = shapely.union_all([shapely.from_geojson(str(f["geometry"]).replace("'", '"')) for f in made])
    assert union.contains(shapely.box(112.97, 28.19, 112.98, 28.20))
    assert {"N49H903D18A"} <= {
        f["properties"]["code"]
        for f in asker.get("/beidou?bbox=112.976,28.195,112.976,28.195").json()["features"]
    }
    across = beidou_grid.cells_in((-0.001, -0.001, 0.001, 0.001), 5)
    assert {c.code[0] for c in across} == {"N", "S"}
    assert shapely.area([shapely.box(*c.bounds) for c in across]).sum() == pytest.approx(
        shapely.union_all([shapely.box(*c.bounds) for c in across]).area
    )
    assert small.WEST < 113


def test_the_beidou_code_of_a_place_flat_and_with_height(asker: Asker) -> None:
    place = "/beidou/code?lon=112.976&lat=28.195"
    assert asker.get(f"{place}&level=5").json()["code"] == "N49H903D18A"
    made = asker.get(f"{place}&height_m=60").json()
    assert made["code"] == "N049H0090030D108A020607306105400"
    assert made["bottom_m"] <= 60 < made["top_m"]
    assert "88" in said(asker.get("/beidou/code?lon=112&lat=89"), 400)
    assert asker.get(f"{place}&height_m=nan").status_code in (400, 422)
