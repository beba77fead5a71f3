"""Who owns a place: worked out by hand on the small city, and against shapely on random ones."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.areas.owners import Officer, Owners
from cim.areas.ownership import Areas, day_number
from cim.areas.point_index import PointIndex
from cim.city import City
from cim.columnar import columns
from cim.errors import BadInput
from cim.model.layer import Features
from cim.model.standard_layers import AREAS, LEVELS
from cim.snapshot.snapshot import Snapshot
from tests.support import small_city as small


def owned(city: City, lon: float, lat: float) -> list[str]:
    """The codes of the owners of a place, from the city down."""
    (answer,) = city.owners(np.array([[lon, lat]]))
    return [area.code for area in answer.areas]


WEST = ["430100", "430102", "430102001", "430102001001", "430102001001R01"]


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ((112.91, 28.11), [*WEST, "430102001001001"]),
        ((112.91, 28.14), [*WEST, "430102001001002"]),
        ((112.93, 28.11), ["430100", "430102", "430102001", "430102001002"]),
        ((112.99, 28.19), ["430100", "430103", "430103002"]),
        # On shared borders the lowest code: of unit grids, communities, streets and districts.
        ((112.91, 28.125), [*WEST, "430102001001001"]),
        ((112.925, 28.12), [*WEST, "430102001001001"]),
        ((112.91, 28.15), [*WEST, "430102001001002"]),
        ((112.95, 28.19), ["430100", "430102", "430102002"]),
        # Where four streets meet, and at the corners of the city.
        ((112.95, 28.15), ["430100", "430102", "430102001", "430102001002"]),
        ((small.WEST, small.SOUTH), [*WEST, "430102001001001"]),
        ((small.EAST, small.NORTH), ["430100", "430103", "430103002"]),
        ((small.EAST + 1e-9, small.NORTH), []),
    ],
)
def test_each_place_has_the_owners_that_the_map_shows(
    gpkg_city: City, place: tuple[float, float], codes: list[str]
) -> None:
    assert owned(gpkg_city, *place) == codes


def test_the_responsible_unit_is_that_of_the_smallest_area_that_names_one(gpkg_city: City) -> None:
    answers = gpkg_city.owners(np.array([[112.91, 28.11], [112.91, 28.19], [112.99, 28.19]]))
    assert [a.unit and a.unit.code for a in answers] == ["U-001", "U-WEST", "U-EAST"]


def test_outside_the_nearest_area_is_named_with_its_distance(gpkg_city: City) -> None:
    (answer,) = gpkg_city.owners(np.array([[112.91, 28.09]]))
    assert answer.areas == []
    assert answer.nearest is not None
    assert answer.nearest.code == "430102001001001"  # the smallest of those that are equally near
    assert answer.nearest.distance_m == pytest.approx(0.01 * 110_820, rel=0.002)


def test_no_points_have_no_owners_and_a_city_without_areas_owns_nothing(gpkg_city: City) -> None:
    assert gpkg_city.owners(np.empty((0, 2))) == []
    gpkg_city.load(AREAS, Features(np.empty(0, object), AREAS.schema().empty_table()))
    nobody = Owners([], [], None, None, None)
    assert gpkg_city.owners(np.array([[112.91, 28.11]])) == [nobody]


def test_a_redrawn_border_is_answered_at_once(city: City) -> None:
    assert owned(city, 112.924, 28.11)[-1] == "430102001001001"
    snapshot = city.snapshot("areas")
    (row,) = np.flatnonzero(snapshot.matching({"code": "430102001001001"}))
    with city.store.writing("test") as tx:
        tx.update(
            AREAS,
            int(snapshot.fids(np.array([row]))[0]),
            {"geom": shapely.box(112.90, 28.10, 112.92, 28.125)},
        )
    city.refresh()
    assert owned(city, 112.924, 28.11) == WEST
    assert owned(city, 112.919, 28.11)[-1] == "430102001001001"


def _areas(shapes: list[Any], rows: list[dict[str, Any]], day: dt.date = dt.date(2026, 6, 1)) -> Areas:
    table = pa.Table.from_pylist(rows, AREAS.schema())
    made = columns.build(AREAS, Features(np.array(shapes, object), table), "EPSG:4547")
    return Areas(Snapshot.of(AREAS, made, "EPSG:4547", 1), day)


@pytest.mark.parametrize(
    ("day", "code"), [("2025-12-31", None), ("2026-01-01", "1"), ("2026-05-31", "1"), ("2026-06-01", "2")]
)
def test_an_area_owns_from_its_first_day_until_the_day_that_it_ends(day: str, code: str | None) -> None:
    rows = [
        {"code": "1", "level": "city", "valid_from": dt.date(2026, 1, 1), "valid_to": dt.date(2026, 6, 1)},
        {"code": "2", "level": "city", "valid_from": dt.date(2026, 6, 1)},
    ]
    box = shapely.box(112.9, 28.1, 113.0, 28.2)
    areas = _areas([box, box], rows, dt.date.fromisoformat(day))
    assert areas.codes(areas.owners(np.array([[112.95, 28.15]]))[0]) == [code]


def test_an_area_with_a_hole_and_an_island_owns_neither_hole_nor_water() -> None:
    ring = shapely.Polygon([(0, 0), (4, 0), (4, 4), (0, 4)], [[(1, 1), (3, 1), (3, 3), (1, 3)]])
    shape = shapely.MultiPolygon([ring, shapely.box(6, 0, 7, 1)])
    areas = _areas([shape], [{"code": "1", "level": "district"}])
    points = np.array([[0.5, 0.5], [2.0, 2.0], [1.0, 2.0], [5.0, 0.5], [6.5, 0.5], [7.0, 1.0]])
    owners = areas.owners(points)[list(LEVELS).index("district")]
    assert (owners >= 0).tolist() == [True, False, True, False, True, True]


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[Any], np.ndarray[Any, np.dtype[np.float64]]]:
    """A lattice of quadrilaterals with shifted corners that neighbours share, and all its corners."""
    n = draw(st.integers(1, 7))
    shift = draw(st.lists(st.floats(-0.3, 0.3), min_size=2 * (n + 1) ** 2, max_size=2 * (n + 1) ** 2))
    corners = np.stack(np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0)), axis=2)
    corners = corners + np.array(shift).reshape(n + 1, n + 1, 2)
    cells = [
        shapely.Polygon([corners[r, c], corners[r, c + 1], corners[r + 1, c + 1], corners[r + 1, c]])
        for r in range(n)
        for c in range(n)
    ]
    return cells, corners.reshape(-1, 2)


@settings(max_examples=60, deadline=None)
@given(partitions(), st.lists(st.tuples(st.floats(-1, 8), st.floats(-1, 8)), max_size=60))
@pytest.mark.slow
def test_every_point_of_a_partition_has_the_owner_that_shapely_finds_and_only_one(
    made: tuple[list[Any], Any], points: list[tuple[float, float]]
) -> None:
    cells, corners = made
    asked = np.concatenate([np.array(points).reshape(-1, 2), corners])
    shapes = np.array(cells, object)
    table = pa.Table.from_pylist([{"code": "x"}] * len(cells), AREAS.schema())
    whole = columns.build(AREAS, Features(shapes, table), "EPSG:4547")
    partition = PointIndex.of(whole, whole.by_fid.astype(np.int64))

    def owners(of: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
        rows = partition.owners(of)[:, 0]
        return np.where(rows >= 0, whole.fid[np.maximum(rows, 0)] - 1, -1)

    # A random point is not on an edge unless it is on it exactly; GEOS calls some on it that miss it by 1e-33.
    holds = shapely.intersects(shapes[:, None], shapely.points(asked)[None, :])
    touches = shapely.distance(shapely.boundary(shapes)[:, None], shapely.points(asked)[None, :]) < 1e-12
    sure = ~touches.any(axis=0)
    sure[-len(corners) :] = True
    wanted = np.where(holds.any(axis=0), holds.argmax(axis=0), -1)
    assert owners(asked)[sure].tolist() == wanted[sure].tolist()

    # The middle of an edge between two cells belongs to one of them, whichever way it is rounded.
    for i, cell in enumerate(cells):
        ring = np.asarray(cell.exterior.coords)
        middles = (ring[:-1] + ring[1:]) / 2
        near = shapely.distance(shapes[:, None], shapely.points(middles)[None, :]) < 1e-12
        for owner, neighbours in zip(owners(middles), near.T, strict=True):
            assert neighbours[i]
            assert owner in np.flatnonzero(neighbours) or (owner == -1 and neighbours.sum() == 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(0.1, 4), st.floats(0.1, 4)),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.tuples(st.floats(-1, 10), st.floats(-1, 10)), min_size=1, max_size=50),
)
def test_of_areas_that_overlap_the_first_in_order_owns(
    boxes: list[tuple[float, float, float, float]], points: list[tuple[float, float]]
) -> None:
    shapes = [shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes]
    rows = [{"code": f"{len(boxes) - i:03d}", "level": "street"} for i in range(len(boxes))]
    areas = _areas(shapes, rows)
    level = list(LEVELS).index("street")
    for point, code in zip(points, areas.codes(areas.owners(np.array(points))[level]), strict=True):
        holding = [r["code"] for s, r in zip(shapes, rows, strict=True) if s.intersects(shapely.Point(point))]
        assert code == min(holding, default=None)


def test_many_points_have_the_owners_that_each_has_alone(gpkg_city: City) -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform([112.89, 28.09], [113.01, 28.21], (10_000, 2))
    together = gpkg_city.areas.owners(points)
    few = np.hstack([gpkg_city.areas.owners(points[i : i + 1000]) for i in range(0, 10_000, 1000)])
    assert np.array_equal(together, few)
    inside = (points >= (112.90, 28.10)).all(axis=1) & (points <= (113.00, 28.20)).all(axis=1)
    assert ((together[0] >= 0) == inside).all()


def test_an_area_that_is_abolished_or_of_no_known_level_is_never_the_nearest() -> None:
    rows = [
        {"code": "1", "level": "city"},
        {"code": "2", "level": "unit_grid", "valid_to": dt.date(2026, 6, 1)},
        {"code": "3", "level": "unit_grid", "valid_from": dt.date(2026, 6, 2)},
        {"code": "4", "level": "village"},
        {"code": "5", "level": None},
    ]
    near = shapely.box(112.95, 28.15, 112.96, 28.16)
    areas = _areas([shapely.box(112.0, 28.0, 112.1, 28.1), near, near, near, near], rows)
    (found,) = areas.nearest(np.array([[112.97, 28.155]]))
    assert found is not None
    assert (found[0].code, found[1]) == ("1", pytest.approx(85_400, rel=0.01))
    assert areas.codes(areas.owners(np.array([[112.955, 28.155]])).ravel()) == [None] * 6
    nowhere = _areas([near, near], [rows[1], rows[3]])
    assert nowhere.nearest(np.array([[112.97, 28.155]])) == [None]


def test_where_the_corners_of_many_areas_are_nearest_it_is_the_smallest_with_the_lowest_code() -> None:
    west, east = shapely.box(112.9, 28.1, 113.0, 28.2), shapely.box(113.0, 28.1, 113.1, 28.2)
    rows = [{"code": f"{level}-{side}", "level": level} for level in LEVELS for side in ("west", "east")]
    areas = _areas([west, east] * len(LEVELS), rows)
    (found,) = areas.nearest(np.array([[113.0, 28.05]]))
    assert found is not None
    assert found[0].code == "unit_grid-east"


def test_the_nearest_area_of_many_far_points_is_that_of_each_alone(gpkg_city: City) -> None:
    points = np.column_stack([np.linspace(80.0, 130.0, 500), np.linspace(50.0, 20.0, 500)])
    areas = gpkg_city.areas
    assert areas.nearest(points) == [areas.nearest(p[None])[0] for p in points]
    assert areas.nearest(np.array([[112.91, 28.0]]))[0][0].code == "430102001001001"  # type: ignore[index]


@pytest.mark.parametrize("side", [35, 41, 45, 57])
def test_points_on_the_outermost_border_of_thousands_of_grids_have_an_owner(side: int) -> None:
    steps = np.sort(np.random.default_rng(side).uniform(112.0, 113.0, side + 1))
    boxes = [
        shapely.box(w, s - 84, e, n - 84)
        for s, n in itertools.pairwise(steps)
        for w, e in itertools.pairwise(steps)
    ]
    areas = _areas(boxes, [{"code": f"{i:05d}", "level": "unit_grid"} for i in range(len(boxes))])
    corners = np.array([[x, y - 84] for x in steps for y in steps])
    assert (areas.owners(corners)[-1] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 5), st.floats(0, 5), st.floats(0.1, 4), st.integers(0, 9), st.integers(1, 9)),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.tuples(st.floats(-1, 10), st.floats(-1, 10), st.integers(-1, 20)), min_size=1, max_size=50),
)
def test_as_of_any_day_the_owners_are_those_of_the_areas_that_were_in_force(
    boxes: list[tuple[float, float, float, int, int]], asked: list[tuple[float, float, int]]
) -> None:
    begin = dt.date(2020, 1, 1)
    shapes = [shapely.box(x, y, x + size, y + size) for x, y, size, _, _ in boxes]
    rows = [
        {
            "code": f"{len(boxes) - i:03d}",
            "level": "street",
            # The third and sixth area have always been, the fourth and eighth will always be.
            "valid_from": None if i in (2, 5) else begin + dt.timedelta(since),
            "valid_to": None if i in (3, 7) else begin + dt.timedelta(since + lasting),
        }
        for i, (_, _, _, since, lasting) in enumerate(boxes)
    ]
    areas = _areas(shapes, rows)
    level = list(LEVELS).index("street")
    points = np.array([(x, y) for x, y, _ in asked])
    days = np.array([day_number(begin) + day for _, _, day in asked], np.int32)
    together = areas.codes(areas.owners(points, days)[level])
    for i, (x, y, offset) in enumerate(asked):
        day = begin + dt.timedelta(offset)
        holding = [
            str(row["code"])
            for shape, row in zip(shapes, rows, strict=True)
            if shape.intersects(shapely.Point(x, y))
            and (row["valid_from"] or dt.date.min) <= day < (row["valid_to"] or dt.date.max)  # type: ignore[operator]
        ]
        assert together[i] == min(holding, default=None)
        assert areas.codes(areas.owners(points[i : i + 1], days[i : i + 1])[level]) == [together[i]]


def test_a_border_of_thousands_of_vertices_is_as_exact_as_one_of_four() -> None:
    turn = np.linspace(0, 2 * np.pi, 20_001)[:-1]
    radius = 0.4 + 0.05 * np.sin(40 * turn) + 0.0005 * np.random.default_rng(5).normal(size=len(turn))
    ring = np.column_stack([113 + radius * np.cos(turn), 28 + radius * np.sin(turn)])
    inner = shapely.Polygon(ring)
    frame = shapely.box(112, 27, 114, 29)
    outer = shapely.Polygon(frame.exterior, [ring])
    areas = _areas([inner, outer], [{"code": "1", "level": "district"}, {"code": "2", "level": "district"}])
    level = list(LEVELS).index("district")
    rng = np.random.default_rng(6)
    near = ring[rng.integers(0, len(ring), 20_000)] + rng.normal(scale=1e-4, size=(20_000, 2))
    points = np.vstack(
        [ring, (ring + np.roll(ring, 1, axis=0)) / 2, near, rng.uniform((112, 27), (114, 29), (20_000, 2))]
    )
    codes = np.array(areas.codes(areas.owners(points)[level]))
    assert (codes[: len(ring)] == "1").all()  # each vertex lies on both, and the lowest code owns it
    inside = shapely.contains_xy(inner, *points[2 * len(ring) :].T)
    assert (codes[2 * len(ring) :] == np.where(inside, "1", "2")).all()
    assert np.isin(codes, ["1", "2"]).all()


def test_special_grids_are_named_beside_the_levels_and_the_officer_of_the_smallest_grid() -> None:
    box = shapely.box(112.9, 28.1, 113.0, 28.2)
    rows = [
        {"code": "R1", "name": "一格", "level": "duty_grid", "officer": "王五", "officer_phone": "138"},
        {"code": "G1", "name": "单元", "level": "unit_grid"},
        {"code": "S2", "name": "环卫二格", "level": "special_grid"},
        {"code": "S1", "name": "绿化一格", "level": "special_grid", "valid_to": dt.date(2026, 1, 1)},
    ]
    areas = _areas([box, box, box, shapely.box(112.95, 28.1, 113.0, 28.2)], rows)
    west, east = np.array([[112.92, 28.15]]), np.array([[112.97, 28.15]])
    assert [r.code for r in areas.special(west)[0]] == ["S2"]
    assert [r.code for r in areas.special(east)[0]] == ["S2"]
    then = np.array([day_number(dt.date(2025, 12, 31))], np.int32)
    assert [r.code for r in areas.special(east, then)[0]] == ["S1", "S2"]
    assert areas.codes(areas.owners(west)[:, 0]) == [None, None, None, None, "R1", "G1"]
    records = [areas.record(row) for row in areas.owners(west)[:, 0] if row >= 0]
    assert areas.officer_of(records) == Officer("王五", "138", "R1")
    near = areas.nearest(np.array([[112.8, 28.15]]))[0]
    assert near is not None
    assert near[0].code == "G1"  # a special grid is nobody's owner


def test_a_day_before_the_first_area_is_refused_with_the_day_it_began() -> None:
    box = shapely.box(112.9, 28.1, 113.0, 28.2)
    rows = [
        {"code": "1", "level": "city", "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2025, 1, 1)}
    ]
    areas = _areas([box], rows)
    areas.require_begun(dt.date(2024, 12, 31))
    with pytest.raises(BadInput, match="no area was in force on 2019-12-31; the first began on 2020-01-01"):
        areas.require_begun(dt.date(2019, 12, 31))
    with pytest.raises(BadInput, match="the last ended on 2025-01-01"):
        areas.require_begun(dt.date(2025, 1, 1))


def test_points_that_are_nowhere_or_far_away_have_no_owner_among_thousands_that_have_one() -> None:
    areas = _areas([shapely.box(112.9, 28.1, 113.0, 28.2)], [{"code": "1", "level": "city"}])
    points = np.tile([112.95, 28.15], (10_000, 1))
    points[::7] = np.nan
    points[3::7, 0] = np.inf
    points[5::7] = (-170.0, -80.0)
    owned = areas.owners(points)[0] >= 0
    alone = np.concatenate([areas.owners(points[i : i + 1])[0] for i in range(14)]) >= 0
    assert np.array_equal(owned, np.tile(alone[:7], 1429)[:10_000])
    assert owned[:7].tolist() == [False, True, True, False, True, False, True]
