"""What a zoom merged, thinned out or joined: true after every change and under filters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cim.model.layer import Features
from tests.support.pyramids import ALL, drawn, shown
from tests.support.tiles import X, Y, Z, decoded, on_earth, snapshot
from tiles.grid.tile_grid import grid_of
from tiles.pyramid.zoom_rules import TileRule
from tiles.vector import encode
from tiles.vector.registry import build_pyramid
from tiles.vector.tile_layer import TileLayer
from tiles.vector.tile_parts import broken_lines


def test_what_is_merged_stands_for_those_that_are_left() -> None:
    """Of nine sheds in one square the one that lends its number and two more move away; then all do."""
    corners = [(2017 + 6 * i, 2017 + 6 * j) for i in range(3) for j in range(3)]
    sheds = [shapely.box(x, y, x + 5, y + 5) for x, y in corners]
    of = snapshot(sheds, {"n": ("integer", [10 * i for i in range(1, 10)])})
    pyramid = build_pyramid(of, TileRule(least_px=2.0), zooms=(Z, Z))
    ((fid, (_, properties)),) = shown(TileLayer(of, pyramid)).items()
    assert properties == {"n": 10 * fid, "feature_count": 9}

    def moved(fids: list[int]) -> TileLayer:
        there = np.array([on_earth(shapely.box(100, 100, 900, 900))] * len(fids))
        rows = Features(there, pa.table({"n": [10 * f for f in fids]}), np.array(fids))
        return TileLayer(of.with_changes(np.array(fids), rows, 2), pyramid)

    three = [fid, *[f for f in range(1, 10) if f != fid][:2]]
    now = shown(moved(three))
    assert len(now) == 4
    ((other, (_, properties)),) = [(f, said) for f, said in now.items() if f not in three]
    assert properties == {"n": 10 * other, "feature_count": 6}
    everywhere = shown(moved(list(range(1, 10))))
    assert sorted(everywhere) == list(range(1, 10))
    assert not any("feature_count" in said for _, said in everywhere.values())


def test_what_is_thinned_out_comes_back_when_the_one_before_it_goes() -> None:
    of = snapshot([shapely.Point(2000 + i, 2000) for i in range(3)], {"n": ("integer", [7, 9, 8])})
    pyramid = build_pyramid(of, TileRule(least_px=16.0, thin="drop", importance="n"), zooms=(Z, Z))
    assert list(shown(TileLayer(of, pyramid))) == [2]
    gone = Features(np.empty(0, object), pa.table({"n": pa.array([], pa.int64())}), np.empty(0, np.int64))
    assert list(shown(TileLayer(of.with_changes(np.array([2]), gone, 2), pyramid))) == [1]


def test_under_a_filter_what_is_merged_stands_for_those_that_meet_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tiles.vector.tile_parts._ALL_LOOKED_AT", 0)  # as with more rows than a tile looks at
    of = snapshot([shapely.Point(2000 + i, 2000) for i in range(9)], {"n": ("integer", list(range(9)))})
    pyramid = build_pyramid(of, TileRule(least_px=16.0), zooms=(Z, Z))
    ((fid, (_, said)),) = shown(TileLayer(of, pyramid, keep=of.base.fid >= 6)).items()
    assert fid >= 6 and said == {"n": fid - 1, "feature_count": 4}


@given(
    st.lists(st.tuples(st.integers(-1500, 5600), st.integers(-1500, 5600)), min_size=1, max_size=40),
    st.lists(
        st.tuples(st.integers(1, 40), st.none() | st.tuples(*[st.integers(-1500, 5600)] * 2)), max_size=12
    ),
    st.sampled_from([1.5, 8.0, 64.0]),
    st.booleans(),
    st.sampled_from(["wgs84", "gcj02"]),
)
@example(
    [(4100, 2000), (4500, 2000)], [(2, None)], 64.0, False, "wgs84"
)  # seen in the margin of the tile before
@settings(max_examples=120, deadline=None)
def test_after_any_changes_each_count_is_true_and_a_tile_that_shows_something_else_says_so(
    places: list[tuple[int, int]],
    changes: list[tuple[int, tuple[int, int] | None]],
    least_px: float,
    houses: bool,
    datum: str,
) -> None:
    def shape(place: tuple[int, int]) -> Any:
        x, y = place
        return shapely.box(x, y, x + 4, y + 5) if houses else shapely.Point(x, y)

    of = snapshot([shape(p) for p in places], {"n": ("integer", [10 * i + 10 for i in range(len(places))])})
    pyramid = build_pyramid(of, TileRule(least_px=least_px), zooms=(Z - 1, Z))
    last = {fid: to for fid, to in changes if fid <= len(places)}
    moved = {fid: to for fid, to in last.items() if to is not None}
    rows = Features(
        np.array([on_earth(shape(to)) for to in moved.values()], object),
        pa.table({"n": pa.array([10 * fid for fid in moved], pa.int64())}),
        np.array(list(moved), np.int64),
    )
    then, now = (
        TileLayer(s, pyramid) for s in (of, of.with_changes(np.array(sorted(last), np.int64), rows, 2))
    )
    living = {fid for fid in range(1, len(places) + 1) if fid not in last or fid in moved}
    grid, counts = grid_of(datum), dict[int, int]()
    for z in (Z, Z - 1):
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                tile = (z, (X >> (Z - z)) + dx, (Y >> (Z - z)) + dy)
                before, after = (encode.encode([d], *tile, grid=grid) for d in (then, now))
                if before != after:
                    assert now.as_of(*tile, grid) == 2, tile
                for feature in decoded(after).get("things", {"features": []})["features"]:
                    said = feature["properties"]
                    assert feature["id"] in living
                    assert said["n"] == 10 * feature["id"]
                    if z == Z and datum == "wgs84":
                        known = counts.setdefault(feature["id"], said.get("feature_count", 1))
                        assert known == said.get("feature_count", 1), "a neighbour says another count"
    if datum == "wgs84":
        missing = len(living) - sum(counts.values())
        assert missing >= 0
        if not houses:  # of houses those that lie alone are left out
            assert missing == 0


#: The tile of joined lines: zoom 10.
FAR = (10, X >> 4, Y >> 4)


def lines_drawn(of: TileLayer) -> dict[int, Any]:
    return {fid: shapely.geometry.shape(g) for fid, (g, _) in shown(of, *FAR).items()}


def test_where_three_roads_meet_there_are_three_lines_each_with_a_number_of_its_own() -> None:
    """Three arms of two pieces each from (2000, 2000): the arms end at the fork, and are not one another's."""
    arms = [
        [(2000, 2000), (2100, 2000), (2300, 2000)],
        [(2000, 2000), (2000, 2100), (2000, 2300)],
        [(2000, 2000), (1900, 1900), (1700, 1700)],
    ]
    pieces = [shapely.LineString(pair) for arm in arms for pair in (arm[:2], arm[1:])]
    drawing = drawn(snapshot(pieces, tile=FAR), ALL, (10, 10))
    found = lines_drawn(drawing)
    assert len(found) == 3
    for i, arm in enumerate(arms):
        (fid,) = [fid for fid, line in found.items() if line.equals(shapely.LineString(arm))]
        assert fid in (2 * i + 1, 2 * i + 2)
    assert [p["feature_count"] for _, p in shown(drawing, *FAR).values()] == [2, 2, 2]


def test_a_line_of_several_parts_is_one_feature_with_all_of_them() -> None:
    both = shapely.MultiLineString([[(100, 100), (200, 100)], [(900, 900), (900, 1000)]])
    found = lines_drawn(
        drawn(snapshot([both, shapely.LineString([(200, 100), (300, 100)])], tile=FAR), ALL, (10, 10))
    )
    (line,) = found.values()
    assert line.equals(shapely.MultiLineString([[(100, 100), (300, 100)], [(900, 900), (900, 1000)]]))


def test_when_one_of_a_joined_line_changes_the_others_are_still_there() -> None:
    """Of a road in four pieces the second is moved away: what is drawn is the rest, and the moved piece."""
    pieces = [shapely.LineString([(1000 + 500 * i, 1000), (1500 + 500 * i, 1000)]) for i in range(4)]
    of = snapshot(pieces, tile=FAR)
    pyramid = build_pyramid(of, ALL, zooms=(10, 10))
    moved = Features(
        np.array([on_earth(shapely.LineString([(500, 3000), (900, 3000)]), FAR)]), pa.table({}), np.array([2])
    )
    now = lines_drawn(TileLayer(of.with_changes(np.array([2]), moved, 2), pyramid, ALL))
    assert now.keys() == {1, 2, 3, 4}
    for fid in (1, 3, 4):
        assert now[fid].equals(pieces[fid - 1])
    assert now[2].equals(shapely.LineString([(500, 3000), (900, 3000)]))


@given(
    st.lists(st.integers(0, 5), min_size=1, max_size=4),
    st.lists(st.booleans(), min_size=6, max_size=6),
    st.sampled_from(["wgs84", "gcj02"]),
)
@example([0], [False] * 6, "wgs84")
@settings(max_examples=60, deadline=None)
def test_a_tile_far_from_a_change_says_so_when_its_joined_line_is_broken_up(
    gone: list[int], bent: list[bool], datum: str
) -> None:
    """A road of six pieces over three tiles, and a side road at some of its ends: the joined parts have the number of
    one of their pieces, in tiles too that are far from it."""
    road = [shapely.LineString([(900 + 2000 * i, 1000), (2900 + 2000 * i, 1000)]) for i in range(6)]
    road += [
        shapely.LineString([(900 + 2000 * i, 1000), (900 + 2000 * i, 1900)]) for i in range(6) if bent[i]
    ]
    of = snapshot(road, tile=FAR)
    pyramid = build_pyramid(of, ALL, zooms=(10, 10))
    none = Features(np.empty(0, object), pa.table({}), np.empty(0, np.int64))
    then, now = (TileLayer(s, pyramid, ALL) for s in (of, of.with_changes(np.unique(gone) + 1, none, 2)))
    grid, z = grid_of(datum), FAR[0]
    for x in range(FAR[1] - 1, FAR[1] + 5):
        before, after = (encode.encode([d], z, x, FAR[2], grid=grid) for d in (then, now))
        told = [(d.as_of(z, x, FAR[2], grid), broken_lines(d, z, x, FAR[2], grid)) for d in (then, now)]
        assert (before != after) <= (told[0] != told[1]), x
        if x > FAR[1] + 3 and datum == "wgs84":  # another grid's tile is as of those that cover it
            assert told[0] == told[1], "nothing of the road is there"


def test_under_a_filter_a_joined_line_shows_those_that_meet_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four pieces that are alike at this zoom, of which two are wanted; and two more, both of which are."""
    monkeypatch.setattr("tiles.vector.tile_parts._ALL_LOOKED_AT", 0)  # as with more rows than a tile looks at
    road = [shapely.LineString([(1000 + 500 * i, 1000), (1500 + 500 * i, 1000)]) for i in range(4)]
    lane = [shapely.LineString([(1000 + 500 * i, 3000), (1500 + 500 * i, 3000)]) for i in range(2)]
    of = snapshot(road + lane, {"n": ("integer", [1, 0, 1, 0, 1, 1])}, tile=FAR)
    rule = TileRule(least_px=0.0, tolerance_px=0.0, fields=((0, ()), (12, ("n",))))
    pyramid = build_pyramid(of, rule, zooms=(10, 10))
    keep = np.isin(of.base.fid, [1, 3, 5, 6])
    found = lines_drawn(TileLayer(of, pyramid, rule, keep=keep))
    assert found.keys() in ({1, 3, 5}, {1, 3, 6})
    wanted = shapely.union_all([road[0], road[2], *lane])
    assert shapely.union_all(list(found.values())).symmetric_difference(wanted).length < 1e-6


@given(
    st.lists(st.tuples(*[st.integers(0, 5)] * 4), min_size=1, max_size=25).map(
        lambda pairs: [((a, b), (c, d)) for a, b, c, d in pairs if (a, b) != (c, d)]
    ),
    st.sets(st.integers(0, 24)),
)
@settings(max_examples=150, deadline=None)
def test_joined_lines_show_what_their_rows_do_whatever_goes(pairs: list[Any], gone: set[int]) -> None:
    """Streets between the nodes of a lattice: all of them are drawn, each row counts once, and so it is after some
    are removed."""
    if not pairs:
        return
    streets = [
        shapely.LineString([(600 * a + 10, 600 * b + 10), (600 * c + 10, 600 * d + 10)])
        for (a, b), (c, d) in pairs
    ]
    of = snapshot(streets, tile=FAR)
    pyramid = build_pyramid(of, ALL, zooms=(10, 10))
    found = shown(TileLayer(of, pyramid, ALL), *FAR)
    assert sum(p.get("feature_count", 1) for _, p in found.values()) == len(streets)
    seen = shapely.union_all([shapely.geometry.shape(g) for g, _ in found.values()])
    assert seen.symmetric_difference(shapely.union_all(streets)).length < 1e-6
    removed = np.array(sorted(i + 1 for i in gone if i < len(streets)), np.int64)
    left = [s for i, s in enumerate(streets) if i not in gone]
    none = Features(np.empty(0, object), pa.table({}), np.empty(0, np.int64))
    after = of.with_changes(removed, none, 2)
    tile = encode.encode([TileLayer(after, pyramid, ALL)], *FAR)
    if not left:
        assert tile == b""
        return
    still = shapely.union_all(list(lines_drawn(TileLayer(after, pyramid, ALL)).values()))
    assert still.symmetric_difference(shapely.union_all(left)).length < 1e-6
