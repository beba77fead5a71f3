"""Levels: what each zoom shows of a layer, what it merges and leaves out, and that its tiles are true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.columnar import columns
from cim.errors import BadInput
from cim.model.layer import Features, Field, Layer
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from tests.support.pyramids import ALL, drawn, shown
from tests.support.tiles import TILE, X, Y, Z, decoded, on_earth, snapshot
from tiles.grid.tile_grid import grid_of
from tiles.pyramid.pyramid import open_pyramid, save
from tiles.pyramid.zoom_rules import TileRule, as_toml, default_rule, rule_of
from tiles.vector import encode
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer


def left_out(tile: bytes) -> dict[str, Any]:
    """What a one-layer tile says that it does not have: field 16 of the layer, after its version."""
    at = tile.rindex(b"\x78\x02") + 2
    assert tile[at : at + 2] == b"\x82\x01"
    said: dict[str, Any] = orjson.loads(
        tile[at + 2 :].lstrip(b"".join(bytes([b]) for b in range(128, 256)))[1:]
    )
    return said


boxes = st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    st.integers(-300, 4300),
    st.integers(-300, 4300),
    st.integers(1, 900),
    st.integers(1, 900),
)
rings = st.lists(
    st.tuples(st.integers(-400, 4500), st.integers(-400, 4500)), min_size=3, max_size=9, unique=True
).map(lambda xy: shapely.make_valid(shapely.Polygon(xy), method="structure", keep_collapsed=False))
lines = st.lists(
    st.tuples(st.integers(-400, 4500), st.integers(-400, 4500)), min_size=2, max_size=9, unique=True
).map(shapely.LineString)
points = st.tuples(st.integers(-60, 4150), st.integers(-60, 4150)).map(shapely.Point)


@pytest.mark.parametrize("shapes", [boxes, rings, lines, points], ids=["boxes", "rings", "lines", "points"])
def test_a_tile_of_a_level_is_the_tile_of_its_rows(shapes: Any) -> None:
    @given(st.lists(shapes, min_size=1, max_size=6))
    @settings(max_examples=60, deadline=None)
    def same(some: list[Any]) -> None:
        kinds = {"Polygon", "MultiPolygon", "LineString", "Point"}
        some = [s for s in some if not s.is_empty and s.geom_type in kinds]
        if not some:
            return
        of = snapshot(some, {"n": ("integer", list(range(len(some))))})
        rows, level = shown(TileLayer(of, None, ALL)), shown(drawn(of))
        assert rows.keys() == level.keys()
        for fid, (geometry, properties) in rows.items():
            there, said = level[fid]
            assert said == properties
            one, other = (shapely.make_valid(shapely.geometry.shape(g)) for g in (geometry, there))
            assert one.distance(other) == 0
            assert shapely.hausdorff_distance(one, other) <= 1.5

    same()


@given(st.lists(rings, min_size=1, max_size=5), st.sampled_from([6, 9, 12, 14]))
@settings(max_examples=80, deadline=None)
def test_what_is_simplified_stays_within_a_pixel_and_valid(some: list[Any], z: int) -> None:
    some = [s for s in some if not s.is_empty and s.area > 400]
    if not some:
        return
    shift = Z - z
    tile = (z, X >> shift, Y >> shift)
    of = snapshot(some, tile=tile)
    found = shown(drawn(of, TileRule(), (z, z)), *tile)
    clip = shapely.box(-64, -64, 4160, 4160)
    for fid, (geometry, _) in found.items():
        there = shapely.geometry.shape(geometry)
        assert there.is_valid, shapely.is_valid_reason(there)
        true = some[fid - 1].intersection(clip)
        # What is drawn lies within a pixel of what is there; what is not drawn is thinner than a pixel.
        assert some[fid - 1].buffer(8.0).covers(there)
        assert true.difference(there.buffer(8.0)).buffer(-4.0).is_empty
    seen = shapely.union_all([s.intersection(clip) for s in some])
    drawn_area = sum(shapely.geometry.shape(g).area for g, _ in found.values())
    assert abs(drawn_area - sum(s.intersection(clip).area for s in some)) <= 8.0 * seen.length + 600.0


def test_small_polygons_that_lie_together_become_one_of_their_area() -> None:
    """Ten houses of 3 by 3 units in a row are less than a pixel each, and 90 square units together."""
    houses = [shapely.box(2000 + 5 * i, 2000, 2003 + 5 * i, 2003) for i in range(9)]
    of = snapshot([*houses, shapely.box(100, 100, 180, 180)], {"use": ("text", ["住宅"] * 9 + ["学校"])})
    found = shown(drawn(of, TileRule()))
    school, merged = found.pop(10), list(found.values())
    assert shapely.geometry.shape(school[0]).area == 6400
    assert "feature_count" not in school[1]
    counts = [properties["feature_count"] for _, properties in merged]
    assert sum(counts) == 9
    assert sum(shapely.geometry.shape(g).area for g, _ in merged) == pytest.approx(81, abs=20)
    assert all(properties["use"] == "住宅" for _, properties in merged)


def test_one_small_polygon_in_a_wide_space_is_left_out_and_the_tile_says_so() -> None:
    of = snapshot([shapely.box(100, 100, 101, 101), shapely.box(2000, 2000, 2100, 2100)])
    drawing = drawn(of, TileRule())
    assert shown(drawing).keys() == {2}
    said = left_out(encode.encode([drawing], *TILE))
    assert said == {"zoom": {"z": 14, "shapes": 1, "merged": 0, "left_out": 1, "least_px": 1.0}}
    assert encode.vector_layer(drawing)["left_out"] == [said["zoom"]]


def test_a_level_that_leaves_nothing_out_says_nothing() -> None:
    drawing = drawn(snapshot([shapely.box(2000, 2000, 2100, 2100)]))
    assert encode.encode([drawing], *TILE).endswith(b"\x78\x02")
    assert encode.vector_layer(drawing)["left_out"] == []


def test_no_tile_is_larger_than_it_may_be_and_its_neighbours_are_thinned_alike() -> None:
    """40,000 houses in a tile and a few in the next: both tiles merge what is smaller than the same size."""
    random = np.random.default_rng(5)
    corner = random.uniform(0, 4096, (40_400, 2))
    corner[40_000:, 0] += 4096
    size = random.uniform(6, 16, len(corner))
    shapes = shapely.box(corner[:, 0], corner[:, 1], corner[:, 0] + size, corner[:, 1] + size)
    of = snapshot(list(shapes), {"floors": ("integer", random.integers(1, 30, len(shapes)).tolist())})
    drawing = drawn(of, TileRule(), (Z, Z), most=200_000)
    full, next_to_it = (
        encode.encode([drawing], *TILE, 200_000),
        encode.encode([drawing], Z, X + 1, Y, 200_000),
    )
    assert 60_000 < len(full) <= 200_000
    assert "dropped" not in left_out(full)
    assert left_out(full)["zoom"] == left_out(next_to_it)["zoom"]
    said = drawing.pyramid.as_dict(Z)  # type: ignore[union-attr]
    assert said["merged"] > 20_000
    assert said["left_out"] < 0.05 * len(shapes)


def test_neighbours_of_a_coverage_keep_their_border_in_common() -> None:
    """Two districts with a crooked border: simplified, they neither overlap nor part."""
    random = np.random.default_rng(7)
    crooked = np.column_stack([2000 + random.uniform(-2, 2, 400), np.linspace(100, 4000, 400)])
    west = shapely.Polygon([(100, 100), *crooked, (100, 4000)])
    east = shapely.Polygon([(3900, 100), *crooked, (3900, 4000)])
    of = snapshot([west, east], {"level": ("text", ["street", "street"])})
    found = shown(drawn(of, TileRule(coverage="level", least_px=0.0)))
    one, other = (shapely.geometry.shape(found[fid][0]) for fid in (1, 2))
    assert len(one.exterior.coords) < 300
    assert one.intersection(other).area == 0
    assert one.union(other).area == pytest.approx(3800 * 3900, abs=8 * 400)
    assert one.union(other).geom_type == "Polygon"


def test_lines_alike_are_joined_before_the_short_ones_go() -> None:
    """A main road in a hundred pieces of 2 units is one line from afar; a lane of 2 units is not there."""
    z, x, y = 10, X >> 4, Y >> 4
    pieces = [shapely.LineString([(1000 + 2 * i, 1000), (1002 + 2 * i, 1000)]) for i in range(100)]
    lane = shapely.LineString([(3000, 3000), (3002, 3000)])
    of = snapshot([*pieces, lane], {"class": ("text", ["primary"] * 100 + ["lane"])}, tile=(z, x, y))
    found = shown(drawn(of, TileRule(), (z, z)), z, x, y)
    ((geometry, properties),) = found.values()
    assert properties == {"class": "primary", "feature_count": 100}
    assert shapely.geometry.shape(geometry).length == 200


def test_points_stand_for_those_about_them_and_the_most_important_is_shown() -> None:
    places = [shapely.Point(1000 + i, 1000) for i in range(5)] + [shapely.Point(3000, 3000)]
    of = snapshot(places, {"population": ("integer", [5, 9, 1, 2, 3, 4])})
    found = shown(drawn(of, TileRule(importance="population", least_px=8.0)))
    assert found[2][1] == {"population": 9, "feature_count": 5}
    assert found[6][1] == {"population": 4}
    assert found.keys() == {2, 6}


def test_a_rule_says_what_is_kept_below_a_zoom_and_which_fields_it_has() -> None:
    rule = TileRule(keep=((15, {"class": ["a"]}),), fields=((0, ("class",)), (15, ("class", "name"))))
    of = snapshot(
        [shapely.box(0, 0, 900, 900), shapely.box(1000, 1000, 2000, 2000)],
        {"class": ("text", ["a", "b"]), "name": ("text", ["甲", "乙"])},
    )
    drawing = drawn(of, rule, (13, 15))
    assert {p["class"] for _, p in shown(drawing).values()} == {"a"}
    assert all("name" not in p for _, p in shown(drawing).values())
    deeper = {**shown(drawing, 15, 2 * X, 2 * Y), **shown(drawing, 15, 2 * X, 2 * Y + 1)}
    assert {p["name"] for _, p in deeper.values()} == {"甲", "乙"}


def test_a_building_has_a_height_from_its_metres_or_its_floors() -> None:
    of = snapshot(
        [shapely.box(100 * i, 0, 100 * i + 50, 50) for i in range(3)],
        {"height_m": ("real", [24.5, None, None]), "floors": ("integer", [6, 5, None])},
        name="buildings",
    )
    for drawing in (TileLayer(of), drawn(of)):
        found = shown(drawing)
        assert [found[i][1].get("height") for i in (1, 2, 3)] == [24.5, 15, None]


def test_changes_are_in_the_tile_at_once_and_what_is_gone_is_not() -> None:
    of = snapshot([shapely.box(0, 0, 900, 900), shapely.box(1000, 1000, 2000, 2000)])
    pyramid = build_pyramid(of, ALL, zooms=(Z, Z))
    moved = Features(np.array([on_earth(shapely.box(3000, 3000, 3500, 3500))]), pa.table({}), np.array([2]))
    now = of.with_changes(np.array([1, 2]), moved, 2)
    found = shown(TileLayer(now, pyramid, ALL))
    assert found.keys() == {2}
    assert shapely.geometry.shape(found[2][0]).bounds == (3000, 3000, 3500, 3500)


def test_a_filter_is_asked_of_the_rows_and_not_of_what_the_zoom_shows() -> None:
    """A small hospital among larger houses is not merged away from whoever asks for hospitals."""
    shapes = [shapely.box(0, 0, 900, 900), shapely.box(2000, 2000, 2004, 2004)]
    of = snapshot(shapes, {"use": ("text", ["住宅", "医院"])})
    pyramid = build_pyramid(of, TileRule(), zooms=(Z, Z))
    assert shown(TileLayer(of, pyramid)).keys() == {1}
    assert shown(TileLayer(of, pyramid, keep=of.matching({"use": "医院"}))).keys() == {2}


def test_fields_that_are_asked_for_are_given_at_any_zoom() -> None:
    rule = TileRule(fields=((0, ()),))
    of = snapshot([shapely.box(0, 0, 900, 900)], {"a": ("integer", [1]), "b": ("integer", [2])})
    assert shown(drawn(of, rule))[1][1] == {}
    pyramid = build_pyramid(of, rule, zooms=(Z, Z))
    assert shown(TileLayer(of, pyramid, rule, fields=frozenset({"b"})))[1][1] == {"b": 2}


def test_across_the_antimeridian_the_margin_shows_the_other_side() -> None:
    layer = Layer("buoys", geometry="point")
    at = np.array([shapely.Point(179.9999, 0.0), shapely.Point(-179.99, 0.0)])
    of = Snapshot.of(layer, columns.build(layer, Features(at, pa.table({})), "EPSG:32660"), "EPSG:32660", 1)
    for drawing in (TileLayer(of), drawn(of, zooms=(8, 8))):
        east = {
            f["id"]: f["geometry"]["coordinates"]
            for f in decoded(encode.encode([drawing], 8, 255, 128))["buoys"]["features"]
        }
        west = {
            f["id"]: f["geometry"]["coordinates"]
            for f in decoded(encode.encode([drawing], 8, 0, 128))["buoys"]["features"]
        }
        assert east[1] == [4096, 0]
        assert west[1] == [0, 0]
        assert west[2] == [29, 0]
        assert east[2] == [4125, 0]


@pytest.mark.parametrize("degrees", [False, True])
@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_in_another_grid_a_place_is_where_that_grid_has_it(datum: str, degrees: bool) -> None:
    """五一广场 in GCJ-02 is (112.981695, 28.191895); a tile of that datum has it there, from rows and from levels."""
    grid = grid_of(datum, degrees=degrees)
    layer = Layer("places", geometry="point")
    lon, lat = 112.976, 28.195
    at = np.array([shapely.Point(lon, lat)])
    of = Snapshot.of(layer, columns.build(layer, Features(at, pa.table({})), "EPSG:4547"), "EPSG:4547", 1)
    there = crs.from_wgs84(np.array([[lon, lat]]), datum)[0]
    for drawing in (TileLayer(of), drawn(of, zooms=(10, 15))):
        z = 13
        x, y = grid.tile_at(z, lon, lat)
        west, _, east, north = grid.bounds(z, x, y)
        (found,) = decoded(encode.encode([drawing], z, x, y, grid=grid))["places"]["features"]
        px, py = found["geometry"]["coordinates"]
        assert west + px / 4096 * (east - west) == pytest.approx(there[0], abs=6e-6)
        if degrees:
            assert north - py / 4096 * (east - west) == pytest.approx(there[1], abs=6e-6)


def test_levels_that_were_saved_are_the_same_again(tmp_path: Path) -> None:
    of = snapshot([shapely.box(100 * i, 0, 100 * i + 50, 50) for i in range(30)])
    rule = TileRule()
    made = build_pyramid(of, rule, zooms=(10, Z))
    save(made, tmp_path / "tiles")
    again = open_pyramid(tmp_path / "tiles", rule)
    assert again is not None
    for z in (10, Z):
        place = (z, X >> (Z - z), Y >> (Z - z))
        assert encode.encode([TileLayer(of, made)], *place) == encode.encode([TileLayer(of, again)], *place)
    (tmp_path / "tiles").write_bytes((tmp_path / "tiles").read_bytes()[:-64])
    assert open_pyramid(tmp_path / "tiles", rule) is None


def test_the_rule_of_a_file_changes_what_it_says(tmp_path: Path) -> None:
    layer = Layer("parcels", geometry="polygon", fields=(Field("use", "text"), Field("area_m2", "real")))
    (tmp_path / "parcels.toml").write_text(
        'min_zoom = 9\nimportance = "area_m2"\n'
        '[[keep]]\nbelow = 12\nwhere = { use = ["公园"] }\n[fields]\n0 = ["use"]\n'
    )
    rule = rule_of(layer, str(tmp_path))
    assert (rule.min_zoom, rule.importance) == (9, "area_m2")
    assert rule.keep == ((12, {"use": ["公园"]}),)
    assert rule.fields == ((0, ("use",)),)
    assert rule_of(Layer("roads", geometry="line"), str(tmp_path)) == default_rule(
        Layer("roads", geometry="line")
    )
    (tmp_path / "parcels.toml").write_text(as_toml(rule))
    assert rule_of(layer, str(tmp_path)) == rule


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("min_zoom = 30", "min_zoom must be a zoom from 0 to 24, not 30"),
        ("minzoom = 3", "minzoom is not known; known: coverage"),
        ('importance = "height"', "importance must be \"size\" or a field (use), not 'height'"),
        ('thin = "some"', 'thin must be "merge", "drop" or "none"'),
        ("least_px = -1", "least_px must be pixels from 0 to 512, not -1"),
        ('coverage = "level"', 'coverage must be "" or a field'),
        ('[fields]\n0 = ["name"]', "fields must be a table of zooms"),
        ("[[keep]]\nbelow = 3", "keep must be a list of tables"),
        ('[[keep]]\nbelow = 3\nwhere = { name = "a" }', "keep: layer 'parcels' has no field 'name'"),
        ("min_zoom = ", "not a TOML file"),
    ],
)
def test_a_rule_that_can_not_be_used_is_refused_in_a_sentence(
    tmp_path: Path, text: str, sentence: str
) -> None:
    layer = Layer("parcels", geometry="polygon", fields=(Field("use", "text"),))
    (tmp_path / "parcels.toml").write_text(text)
    with pytest.raises(BadInput) as caught:
        rule_of(layer, str(tmp_path))
    assert "parcels.toml" in str(caught.value)
    assert sentence in str(caught.value)
