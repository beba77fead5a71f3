"""Columns and their searches: awkward layers, and random ones against shapely."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.columnar.columns import Columns, build
from cim.model.layer import Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support.snapshots import METRIC, at, features, groups, metres, snapshot_of

# -- awkward layers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_an_empty_layer_answers_nothing_to_everything(kind: str) -> None:
    empty = snapshot_of(kind, [])
    assert len(empty) == 0
    assert empty.bounds is None
    assert empty.in_bounds(np.array([[-180.0, -90, 180, 90]]))[1].tolist() == [0]
    assert empty.containing(at((0, 0)))[1].tolist() == [0]
    assert empty.nearest(at((0, 0)), 2)[0].tolist() == [[-1, -1]]
    assert len(empty.within_distance(np.array([0.0, 0.0]), 1e9)) == 0
    assert len(empty.intersecting(shapely.box(-180, -90, 180, 90))) == 0
    assert empty.matching({}).tolist() == []
    assert len(empty.frame(empty.rows)) == 0


@pytest.mark.parametrize("count", [1, 2, 15, 16, 17, 256, 257])
def test_every_row_is_found_in_a_tree_of_any_number_of_levels(count: int) -> None:
    line = snapshot_of("point", [shapely.Point(112 + i / 1000, 28) for i in range(count)])
    everywhere = np.array([[i / 1000 + 112 - 1e-6, 27.9, i / 1000 + 112 + 1e-6, 28.1] for i in range(count)])
    assert groups(line, line.in_bounds(everywhere)) == [[i + 1] for i in range(count)]
    points = np.array([[112 + i / 1000, 28.0] for i in range(count)])
    rows, metres_away = line.nearest(points, 1)
    assert line.fids(rows[:, 0]).tolist() == list(range(1, count + 1))
    assert (metres_away < 1e-6).all()
    assert groups(line, line.in_bounds(np.array([[100.0, 0, 120, 60]]))) == [list(range(1, count + 1))]


def test_a_layer_whose_rows_all_lack_geometry_is_like_an_empty_one_that_has_rows() -> None:
    nothing = snapshot_of("polygon", [None, shapely.Polygon(), None])
    assert len(nothing) == 3
    assert nothing.bounds is None
    assert nothing.nearest(at((0, 0)), 1)[0].tolist() == [[-1]]
    assert nothing.in_bounds(np.array([[-180.0, -90, 180, 90]]))[1].tolist() == [0]
    assert nothing.geometry(nothing.rows).tolist() == [None, None, None]


def test_positions_at_the_poles_and_on_both_sides_of_the_antimeridian_are_answered() -> None:
    far = [
        shapely.Point(*p) for p in [(180, 0), (-180, 0), (0, 90), (0, -90), (114, 28), (179.9999, -89.9999)]
    ]
    world = snapshot_of("point", far)
    assert groups(world, world.in_bounds(np.array([[179, -1, 180, 1], [-180, 89, 180, 90]]))) == [[1], [3]]
    rows, metres_away = world.nearest(at((114, 28.001)), 6)
    assert world.fids(rows[0, :1]).tolist() == [5]
    assert metres_away[0, 0] == pytest.approx(110.8, abs=0.1)
    for point in [(180.0, 0.0), (-180.0, 0.0), (0.0, 90.0), (0.0, -90.0), (-66.0, 0.0)]:
        world.nearest(at(point), 3)
        world.within_distance(np.array(point), 1000.0)
    band = snapshot_of("polygon", [shapely.box(-180, -90, 180, 90), shapely.box(179, -1, 180, 1)])
    assert groups(band, band.containing(at((180, 0), (0, 90)))) == [[1, 2], [1]]


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("polygon", "POINT (1 1)"),
        ("polygon", "GEOMETRYCOLLECTION (POLYGON ((0 0, 1 0, 1 1, 0 0)))"),
        ("line", "POLYGON ((0 0, 1 0, 1 1, 0 0))"),
        ("point", "POINT (500 500)"),
        ("point", "POINT (399456 3120476)"),
        ("line", "LINESTRING (399456 3120476, 399466 3120476)"),
        ("point", "POINT EMPTY"),
    ],
)
def test_a_geometry_that_the_layer_can_not_hold_counts_as_none_and_harms_no_other(
    kind: str, wkt: str
) -> None:
    good = {
        "point": "POINT (1 1)",
        "line": "LINESTRING (0 0, 2 2)",
        "polygon": "POLYGON ((0 0, 2 0, 2 2, 0 0))",
    }
    mixed = snapshot_of(kind, [shapely.from_wkt(good[kind]), shapely.from_wkt(wkt)])
    assert mixed.geometry(mixed.rows_of(np.array([2]))).tolist() == [None]
    assert mixed.bounds == snapshot_of(kind, [shapely.from_wkt(good[kind])]).bounds
    assert groups(mixed, mixed.in_bounds(np.array([[-180.0, -90, 180, 90]]))) == [[1]]
    rows, _ = mixed.nearest(at((114, 28)), 2)
    assert rows[0, 1] == -1


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")  # of shapely, as it makes the broken ones
def test_a_not_a_number_among_the_vertices_counts_as_no_geometry_and_harms_no_other() -> None:
    broken = shapely.linestrings([(0, 0), (np.nan, np.nan), (1, 1)])
    mixed = snapshot_of("line", [broken, *(shapely.LineString([(i, 0), (i, 1)]) for i in range(20))])
    assert groups(mixed, mixed.in_bounds(np.array([[4.5, 0, 6.5, 1], [-180, -90, 180, 90]]))) == [
        [7, 8],
        list(range(2, 22)),
    ]
    ring = shapely.Polygon([(0, 0), (np.nan, 1), (1, 1), (0, 0)])
    areas = snapshot_of("polygon", [ring, shapely.box(0, 0, 1, 1)])
    assert groups(areas, areas.containing(at((0.5, 0.5)))) == [[2]]


def test_several_points_in_a_row_are_as_near_as_the_nearest_of_them() -> None:
    pair = shapely.MultiPoint([(112.9, 28.1), (113.0, 28.1)])
    mixed = snapshot_of("point", [pair, shapely.Point(112.95, 28.1)])
    assert mixed.geometry(mixed.rows_of(np.array([1, 2]))).tolist() == [pair, shapely.Point(112.95, 28.1)]
    rows, metres_away = mixed.nearest(at((113.0, 28.1)), 2)
    assert mixed.fids(rows[0]).tolist() == [1, 2]
    assert metres_away[0, 0] == 0.0


@pytest.mark.parametrize(
    ("kind", "wkt"),
    [
        ("polygon", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), EMPTY)"),
        ("polygon", "MULTIPOLYGON (EMPTY, ((0 0, 1 0, 1 1, 0 0)))"),
        ("line", "MULTILINESTRING ((0 0, 1 1), EMPTY)"),
        ("point", "MULTIPOINT (EMPTY, (1 1))"),
    ],
)
def test_an_empty_part_is_no_hindrance(kind: str, wkt: str) -> None:
    odd = snapshot_of(kind, [shapely.from_wkt(wkt), shapely.from_wkt(wkt)])
    shape = odd.geometry(odd.rows)[0]
    assert shape.intersects(shapely.Point(1, 1))
    assert groups(odd, odd.in_bounds(np.array([[0.0, 0, 1, 1]]))) == [[1, 2]]
    assert (odd.nearest(at((1, 1)), 2)[1] < 1e-6).all()


def test_columns_can_not_be_written_to(buildings: Snapshot) -> None:
    for array in (buildings.base.lonlat, buildings.base.fid, buildings.delta.codes):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


# -- against shapely -------------------------------------------------------------------------------------

# On a raster of 1/8°, whose numbers are exact, points often lie on vertices, edges and shared borders.
_eighths = st.integers(0, 40).map(lambda i: 112.0 + i / 8 / 10)
_north = st.integers(0, 40).map(lambda i: 28.0 + i / 8 / 10)
_at = st.tuples(_eighths, _north)
_boxes = st.lists(st.tuples(_at, _at), max_size=60).map(
    lambda pairs: np.array([[*np.minimum(a, b), *np.maximum(a, b)] for a, b in pairs]).reshape(-1, 4)
)


@settings(deadline=None)
@given(_boxes, _boxes)
def test_the_tree_finds_what_comparing_every_box_finds(rows: Any, asked: Any) -> None:
    tree = snapshot_of("polygon", [shapely.box(*b) for b in rows if b[0] < b[2] and b[1] < b[3]])
    kept = np.array([b for b in rows if b[0] < b[2] and b[1] < b[3]]).reshape(-1, 4)
    expected = [
        (
            1 + np.flatnonzero((kept[:, 0] <= e) & (kept[:, 2] >= w) & (kept[:, 1] <= n) & (kept[:, 3] >= s))
        ).tolist()
        for w, s, e, n in asked
    ]
    assert len(asked) == 0 or groups(tree, tree.in_bounds(asked)) == expected


def _star(centre: tuple[float, float], radii: list[float], turn: float) -> Any:
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False) + turn
    return shapely.Polygon(
        np.array(centre) + np.array(radii)[:, None] * np.column_stack([np.cos(angles), np.sin(angles)])
    )


_radii = st.lists(st.floats(0.01, 1.0), min_size=3, max_size=9)
_stars = st.builds(_star, _at, _radii, st.floats(0, 6)).filter(lambda g: g.is_valid)
_rings = _stars.map(
    lambda g: g.difference(shapely.affinity.scale(g, 0.4, 0.4, origin=g.representative_point()))
).filter(lambda g: g.geom_type in ("Polygon", "MultiPolygon") and g.is_valid)
_blocks = st.builds(lambda a, b: shapely.box(*np.minimum(a, b), *np.maximum(a, b)), _at, _at).filter(
    lambda g: g.area > 0
)
_far_blocks = st.tuples(_blocks, _blocks).map(
    lambda p: shapely.MultiPolygon([p[0], shapely.affinity.translate(p[1], 9, 0)])
)
_polygons = _blocks | _stars | _rings | _far_blocks


@settings(deadline=None)
@given(st.lists(_polygons, min_size=1, max_size=20), st.lists(_at, max_size=10))
def test_containment_is_that_of_shapely_also_on_vertices_and_edges(shapes: list[Any], more: Any) -> None:
    points = np.vstack([*(shapely.get_coordinates(g)[:3] for g in shapes), at((112, 28), *more)])
    layer = snapshot_of("polygon", shapes)
    expected = [[i + 1 for i, g in enumerate(shapes) if g.intersects(shapely.Point(p))] for p in points]
    assert groups(layer, layer.containing(points)) == expected


_lines = st.lists(_at, min_size=2, max_size=6, unique=True).map(shapely.LineString)
_of_kind: dict[str, st.SearchStrategy[Any]] = {
    "point": _at.map(shapely.Point),
    "line": _lines | st.tuples(_lines, _lines).map(shapely.MultiLineString),
    "polygon": _polygons,
}


@settings(deadline=None)
@given(
    st.data(),
    st.sampled_from(sorted(_of_kind)),
    st.sampled_from([1, 3, 100]),
    st.sampled_from([np.inf, 20_000.0]),
)
def test_the_nearest_are_those_of_shapely(
    data: st.DataObject, kind: str, limit: int, within_m: float
) -> None:
    shapes = data.draw(st.lists(_of_kind[kind], min_size=1, max_size=40))
    points = at(*data.draw(st.lists(_at, min_size=1, max_size=5)))
    layer = snapshot_of(kind, shapes)
    away = shapely.distance(metres(shapely.points(points))[:, None], metres(np.array(shapes, object))[None])
    rows, found = layer.nearest(points, limit, within_m)
    for i in range(len(points)):
        expected = np.sort(away[i][away[i] <= within_m])[:limit]
        has = found[i] < np.inf
        assert found[i][has] == pytest.approx(expected, abs=1e-6)
        fids = layer.fids(rows[i][has])
        assert len(set(fids.tolist())) == len(fids)
        assert away[i][fids - 1] == pytest.approx(expected, abs=1e-6)
        assert (rows[i][~has] == -1).all()


@settings(deadline=None)
@given(st.lists(_polygons, min_size=1, max_size=12), _at, st.floats(0, 50_000))
def test_within_a_distance_are_those_of_shapely(
    shapes: list[Any], point: tuple[float, float], reach_m: float
) -> None:
    away = shapely.distance(metres(shapely.Point(point)), metres(np.array(shapes, object)))
    layer = snapshot_of("polygon", shapes)
    found = set(layer.fids(layer.within_distance(np.array(point), reach_m)).tolist())
    clear = np.abs(away - reach_m) > 1e-6
    assert {i + 1 for i in np.flatnonzero(clear & (away < reach_m))} <= found
    assert not found & {i + 1 for i in np.flatnonzero(clear & (away > reach_m))}


def test_a_hundred_thousand_questions_on_all_cores_are_those_asked_one_by_one() -> None:
    rng = np.random.default_rng(1)
    corners = rng.uniform((112, 28), (113, 29), (500, 2))
    many = snapshot_of("polygon", [shapely.box(x, y, x + 0.02, y + 0.02) for x, y in corners.tolist()])
    points = rng.uniform((112, 28), (113, 29), (20_000, 2))
    picked = rng.integers(0, len(points), 20)
    asked: list[Callable[[Any], list[list[int]]]] = [
        lambda p: groups(many, many.containing(p)),
        lambda p: groups(many, many.in_bounds(np.hstack([p, p + 0.01]))),
        lambda p: many.fids(many.nearest(p, 1)[0].ravel()).reshape(-1, 1).tolist(),
    ]
    for question in asked:
        together = question(points)
        assert [together[i] for i in picked] == [question(points[i : i + 1])[0] for i in picked]


def test_columns_of_rows_in_any_order_are_the_same() -> None:
    layer = Layer("things", geometry="polygon", fields=(Field("name", "text"),))
    boxes = [shapely.box(112 + i / 10, 28, 112.05 + i / 10, 28.1) for i in range(5)]
    names_ = [f"第{i}" for i in range(5)]

    def built(order: list[int]) -> Columns:
        return build(
            layer,
            features(
                layer, [boxes[i] for i in order], [i + 1 for i in order], name=[names_[i] for i in order]
            ),
            METRIC,
        )

    one, other = built([0, 1, 2, 3, 4]), built([3, 1, 4, 0, 2])
    assert one.fid.tolist() == other.fid.tolist()
    assert (one.lonlat == other.lonlat).all()
    assert (
        one.values[0].take(pa.array(one.codes[0])).to_pylist()
        == other.values[0].take(pa.array(other.codes[0])).to_pylist()
    )
