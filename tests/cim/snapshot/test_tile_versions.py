"""Which tiles a change touches: none that shows it keeps its version, few others lose it, and all workers agree."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cim.city import City
from cim.columnar.columns import build
from cim.model.layer import Features, Field, Layer
from cim.snapshot import files
from cim.snapshot.snapshot import Snapshot
from cim.snapshot.tile_versions import BUFFER, TileVersions
from cim.space.packed_rtree import EMPTY_BOX
from tests.support import small_city as small
from tests.support.snapshots import METRIC, features
from tiles.geometry import clipping
from tiles.geometry.tile_shapes import EXTENT

#: The tile of zoom 14 around 112.9°E 28.2°N.
Z, X, Y = 14, 13330, 6849


def tile_at(z: int, lon: float, lat: float) -> tuple[int, int, int]:
    """The tile of a position."""
    n = 2**z
    y = (1.0 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2.0
    return z, min(int((lon + 180.0) / 360.0 * n), n - 1), min(max(int(y * n), 0), n - 1)


def bounds_of(z: int, x: int, y: int, buffer: float = BUFFER) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile and what is drawn over its edge."""

    def lat(row: float) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * row / 2**z))))

    west, east = ((x - buffer) / 2**z * 360 - 180, (x + 1 + buffer) / 2**z * 360 - 180)
    return west, lat(y + 1 + buffer), east, lat(y - buffer)


def box_of(shape: Any) -> Any:
    return np.array([shape.bounds])


def after(record: TileVersions, shape: Any, seq: int) -> TileVersions:
    return record.after(box_of(shape), np.array([seq]))


# -- by hand -----------------------------------------------------------------------------------------


def test_a_point_touches_the_tiles_that_it_lies_in_and_no_other() -> None:
    point = shapely.Point(112.9123, 28.2034)
    record = after(TileVersions.everywhere(3), point, 9)
    for z in range(25):
        z, x, y = tile_at(z, point.x, point.y)
        assert record.version(z, x, y) == 9, z
        if 2 < z <= 16:
            assert record.version(z, (x + 2) % 2**z, y) == record.version(z, x, (y + 2) % 2**z) == 3, z


def test_a_tile_is_touched_by_what_lies_just_outside_it_as_far_as_it_draws() -> None:
    west, south, east, north = bounds_of(Z, X, Y, 0.0)
    width, middle = east - west, (south + north) / 2
    for part, touched in ((0.5 * BUFFER, True), (0.99 * BUFFER, True), (1.1 * BUFFER, False)):
        record = after(TileVersions.everywhere(3), shapely.Point(west - part * width, middle), 9)
        assert (record.version(Z, X, Y) == 9) == touched, part
        assert record.version(Z, X - 1, Y) == 9


def test_the_higher_the_zoom_the_narrower_what_is_drawn_over_the_edge() -> None:
    # 1 % of a tile of zoom 10 beside its western edge: inside the buffer there, and at zoom 12 four times as far out.
    z, x, y = tile_at(10, 112.9, 28.2)
    west, south, east, north = bounds_of(z, x, y, 0.0)
    record = after(
        TileVersions.everywhere(3), shapely.Point(west - 0.01 * (east - west), (south + north) / 2), 9
    )
    assert record.version(10, x, y) == 9
    assert record.version(9, *(n >> 1 for n in (x, y))) == 9
    assert {record.version(12, x << 2, (y << 2) + i) for i in range(4)} == {3}
    assert 9 in {record.version(12, (x << 2) - 1, (y << 2) + i) for i in range(4)}


def test_a_district_touches_every_tile_inside_it_at_every_zoom() -> None:
    district = shapely.box(112.8, 28.0, 113.1, 28.3)
    record = after(TileVersions.everywhere(3), district, 9)
    for z in (0, 5, 9, 10, 12, 16, 20, 24):
        assert record.version(*tile_at(z, 112.95, 28.15)) == 9, z
        assert record.version(*tile_at(z, 112.81, 28.29)) == 9, z
    assert record.version(*tile_at(12, 113.6, 28.15)) == 3
    assert len(record.cells) < 60


def test_what_lies_at_the_antimeridian_touches_both_sides_of_it() -> None:
    record = after(TileVersions.everywhere(3), shapely.Point(179.9999, 10.0), 9)
    for z in (3, 8, 12):
        _, east, y = tile_at(z, 179.9999, 10.0)
        assert east == 2**z - 1
        assert record.version(z, east, y) == record.version(z, 0, y) == 9
        assert record.version(z, 2, y) == 3
    assert (
        record.version(16, 0, tile_at(16, 0, 10.0)[2]) == 3
    )  # 11 m off; a tile of 611 m draws 9.5 m over its edge
    round_the_earth = after(TileVersions.everywhere(3), shapely.box(-180, -90, 180, 90), 9)
    assert round_the_earth.version(*tile_at(18, 12.0, 89.9)) == round_the_earth.version(0, 0, 0) == 9


def test_the_latest_change_counts_whatever_the_order() -> None:
    here, there = shapely.Point(112.9, 28.2), shapely.Point(113.5, 28.2)
    one = after(after(TileVersions.everywhere(3), here, 9), here, 7)
    both = TileVersions.everywhere(3).after(
        np.concatenate([box_of(here), box_of(there), box_of(here)]), np.array([5, 8, 9])
    )
    assert one.version(*tile_at(16, 112.9, 28.2)) == both.version(*tile_at(16, 112.9, 28.2)) == 9
    assert both.version(*tile_at(16, 113.5, 28.2)) == 8
    assert both.version(0, 0, 0) == 9


def test_a_feature_without_geometry_touches_nothing() -> None:
    record = TileVersions.everywhere(3).after(np.array([EMPTY_BOX]), np.array([9]))
    assert record.version(0, 0, 0) == 3
    assert TileVersions.everywhere(3).after(np.empty((0, 4)), np.empty(0, np.int64)).version(0, 0, 0) == 3


def test_a_record_is_what_it_was_after_it_was_saved(tmp_path: Path) -> None:
    record = after(TileVersions.everywhere(3), shapely.Point(112.9, 28.2), 9)
    record.save(tmp_path / "touched.bin")
    again = TileVersions.from_file(tmp_path / "touched.bin")
    assert again is not None
    for name in ("cells", "at", "below"):
        assert getattr(again, name).tolist() == getattr(record, name).tolist()


def test_tiles_draw_as_far_over_their_edge_as_is_reckoned_with() -> None:
    assert BUFFER == clipping.BUFFER / EXTENT


@given(
    st.floats(-180, 180),
    st.floats(-85, 85),
    st.floats(0, 40),
    st.floats(0, 40),
    st.floats(-180, 180),
    st.floats(-89, 89),
    st.floats(0, 30),
    st.floats(0, 30),
)
def test_a_box_that_meets_what_changed_is_as_of_the_change(
    lon: float, lat: float, width: float, height: float, west: float, south: float, wide: float, high: float
) -> None:
    # Another tile matrix asks of a box.
    changed = shapely.box(lon, lat, min(lon + width, 180), min(lat + height, 89))
    asked = shapely.box(west, south, min(west + wide, 180), min(south + high, 89))
    version = after(TileVersions.everywhere(3), changed, 9).version_within(*asked.bounds)
    assert version == 9 if changed.intersects(asked) else version in (3, 9)


def test_a_far_box_is_not_touched() -> None:
    record = after(TileVersions.everywhere(3), shapely.Point(112.9, 28.2), 9)
    assert record.version_within(112.89, 28.19, 112.91, 28.21) == 9
    assert record.version_within(113.2, 28.19, 113.22, 28.21) == 3


# -- a layer that changes ----------------------------------------------------------------------------

THINGS = Layer("things", geometry="polygon", fields=(Field("floors", "integer"),))
_STEPS = st.integers(0, 40)
_SHAPES = st.none() | st.builds(
    lambda x, y, w, h: shapely.box(x, y, x + w, y + h),
    # Near each other, at the corner of tiles of low zooms, and at the antimeridian.
    st.one_of(
        _STEPS.map(lambda i: 112.5 + i * 0.0007), st.sampled_from([-0.001, 0.0, 89.999, 179.99, -180.0])
    ),
    st.one_of(_STEPS.map(lambda i: 28.3 + i * 0.0007), st.sampled_from([-0.0005, 0.0, 66.5, 85.0])),
    st.sampled_from([0.0001, 0.003, 0.01]),
    st.sampled_from([0.0001, 0.003, 0.05]),
)
_CHANGES = st.lists(
    st.dictionaries(
        st.integers(1, 6), st.just("gone") | st.tuples(_SHAPES, st.integers(0, 9)), min_size=1, max_size=4
    ),
    min_size=1,
    max_size=6,
)


def made(rows: dict[int, Any]) -> Features:
    return features(THINGS, [g for g, _ in rows.values()], list(rows), floors=[f for _, f in rows.values()])


def shown(rows: dict[int, Any], tile: tuple[int, int, int]) -> list[Any]:
    """What a tile can show of the rows: those whose bounds meet it, with all that they say."""
    drawn = shapely.box(*bounds_of(*tile))
    return sorted(
        (fid, shapely.to_wkt(g, rounding_precision=9), floors)  # on its way a store may lose the last bit
        for fid, (g, floors) in rows.items()
        if g is not None and shapely.box(*g.bounds).intersects(drawn)
    )


def tiles_about(*states: dict[int, Any]) -> set[tuple[int, int, int]]:
    """The tiles at every zoom that the corners of all features lie in, and those beside these."""
    found = set()
    for rows in states:
        for g, _ in rows.values():
            if g is None:
                continue
            for lon, lat in ((g.bounds[0], g.bounds[1]), (g.bounds[2], g.bounds[3])):
                for z in (*range(0, 17, 2), 15, 18, 22):
                    _, x, y = tile_at(z, lon, lat)
                    for dx, dy in ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)):
                        if 0 <= y + dy < 2**z:
                            found.add((z, (x + dx) % 2**z, y + dy))
    return found


@settings(deadline=None)
@given(_CHANGES, st.booleans())
def test_a_tile_whose_content_changed_has_a_new_version_and_one_far_away_keeps_its(
    changes: list[dict[int, Any]], own_places: bool
) -> None:
    rows: dict[int, Any] = {1: (shapely.box(112.5, 28.3, 112.501, 28.301), 1)}
    snapshot = Snapshot.of(THINGS, build(THINGS, made(rows), METRIC), METRIC, 1)
    seq = 1
    for change in changes:
        before, old = dict(rows), snapshot
        fids = np.array(sorted(change))
        for fid, what in change.items():
            rows.pop(fid, None)
            if what != "gone":
                rows[fid] = what
        seqs = seq + 1 + np.arange(len(fids)) if own_places else None
        seq += len(fids)
        snapshot = snapshot.with_changes(fids, made({f: rows[f] for f in change if f in rows}), seq, seqs)
        for tile in tiles_about(before, rows):
            if shown(before, tile) != shown(rows, tile):
                assert snapshot.tile_version(*tile) > old.tile_version(*tile), tile
        assert snapshot.tile_version(*tile_at(12, -60.0, -30.0)) == 1


def test_a_change_of_attributes_alone_touches_the_tile_and_so_does_the_label_of_a_polygon() -> None:
    here = shapely.box(112.5, 28.3, 112.501, 28.301)
    snapshot = Snapshot.of(THINGS, build(THINGS, made({1: (here, 1)}), METRIC), METRIC, 1)
    later = snapshot.with_changes(np.array([1]), made({1: (here, 2)}), 5)
    tile = tile_at(15, 112.5005, 28.3005)
    assert [s.tile_version(*tile) for s in (snapshot, later, later.labels)] == [1, 5, 5]


# -- workers -----------------------------------------------------------------------------------------


class Town:
    """A layer in a store, everything that was ever in it, and who follows it."""

    def __init__(self, city: City, folder: Path) -> None:
        self.city, self.folder = city, folder
        self.rows: dict[int, Any] = {}
        #: What the layer held at each place in the log since it was loaded.
        self.past: dict[int, dict[int, Any]] = {}
        self.opened = 0

    def load(self, rows: dict[int, Any]) -> None:
        self.rows = {fid: rows[n] for fid, n in enumerate(rows, 1)}
        self.city.load(THINGS, made(self.rows))
        self.past = {self.city.store.seq(): dict(self.rows)}

    def change(self, steps: list[tuple[int, Any]]) -> None:
        """One transaction; a step names a row by its place among those that are there, and what becomes of it."""
        states = []
        with self.city.store.writing("test") as tx:
            for n, what in steps:
                fids = sorted(self.rows)
                fid = fids[n % len(fids)] if fids and n else None
                if fid is None:
                    geometry, floors = (None, 0) if what == "gone" else what
                    self.rows[tx.insert(THINGS, geometry, {"floors": floors})] = geometry, floors
                elif what == "gone":
                    tx.delete(THINGS, fid)
                    del self.rows[fid]
                else:
                    tx.update(THINGS, fid, {"geom": what[0], "floors": what[1]})
                    self.rows[fid] = what
                states.append(dict(self.rows))
        last = self.city.store.seq()
        for back, state in enumerate(reversed(states)):
            self.past[last - back] = state

    def worker(self, apart: bool) -> City:
        """One more worker; apart: on another machine, with snapshots of its own."""
        self.opened += 1
        snapshots = self.folder / (f"apart{self.opened}" if apart else "snapshots")
        return City.open(small.settings(self.city.store.url, snapshots))

    def check(self, city: City) -> None:
        """Every tile is what it was at the place in the log that the worker says."""
        snapshot = city.snapshot("things")
        seen = {int(f): self._row(snapshot, int(f)) for f in snapshot.fids(snapshot.rows)}
        for tile in tiles_about(*self.past.values()):
            version = snapshot.tile_version(*tile)
            known = max(seq for seq in self.past if seq <= version)  # other layers have places between
            assert shown(seen, tile) == shown(self.past[known], tile), (tile, version)

    @staticmethod
    def _row(snapshot: Snapshot, fid: int) -> Any:
        row = snapshot.rows_of(np.array([fid]))
        return snapshot.geometry(row)[0], snapshot.attributes(row)["floors"][0].as_py()


@pytest.fixture
def town(city: City, tmp_path: Path) -> Iterator[Town]:
    yield Town(city, tmp_path)


_STEP = st.tuples(st.integers(0, 5), st.just("gone") | st.tuples(_SHAPES, st.integers(0, 9)))
_DEEDS = st.lists(
    st.lists(_STEP, min_size=1, max_size=3)
    | st.sampled_from(
        ["first looks", "second looks", "first compacts", "second compacts", "one more", "one more apart"]
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(deeds=_DEEDS, loaded=st.lists(st.tuples(_SHAPES, st.integers(0, 9)), max_size=3))
@pytest.mark.slow
def test_whoever_reads_the_log_in_whatever_pieces_says_truly_as_of_when_a_tile_is(
    town: Town, deeds: list[Any], loaded: list[Any]
) -> None:
    town.load(dict(enumerate(loaded)))
    workers = {"first": town.city, "second": town.worker(apart=False)}
    others = []
    try:
        for deed in deeds:
            if isinstance(deed, list):
                town.change(deed)
                continue
            who, does = deed.split(maxsplit=1)[0], deed.split()[1]
            if who == "one":
                if len(others) == 2:
                    continue
                others.append(town.worker(apart=deed.endswith("apart")))
            elif does == "looks":
                workers[who].refresh()
                town.check(workers[who])
            else:
                workers[who]._snapshots.compact("things")
                town.check(workers[who])
        for city in (*workers.values(), *others):
            town.check(city)
            city.refresh()
            town.check(city)
    finally:
        for city in (workers["second"], *others):
            city.close()
        del workers, others, city
        gc.collect()  # each worker holds some hundred files open


def _versions(city: City, *tiles: tuple[int, int, int]) -> list[int]:
    return [city.snapshot("buildings").tile_version(*tile) for tile in tiles]


#: Where 一号楼 and 双子楼 stand, and a place that both are far from.
_ONE, _TWINS, _FAR = (
    tile_at(15, 112.9105, 28.1105),
    tile_at(15, 112.9705, 28.1705),
    tile_at(15, 112.94, 28.19),
)


def test_an_edit_is_told_by_its_place_in_the_log_and_touches_no_other_tile(city: City) -> None:
    before = _versions(city, _ONE, _TWINS, _FAR)
    assert len(set(before)) == 1
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    first = city.store.seq()
    with city.store.writing("test") as tx:
        tx.update(layer, 4, {"floors": 5})
    second = city.store.seq()
    city.refresh()  # both at once, each under its own place
    assert _versions(city, _ONE, _TWINS, _FAR) == [first, second, before[2]]
    with city.store.writing("test") as tx:
        tx.update(city.snapshot("roads").layer, 1, {"name": "另一条路"})
    city.refresh()
    assert _versions(city, _ONE, _TWINS, _FAR) == [first, second, before[2]]


def test_two_edits_of_one_building_are_told_by_the_place_they_were_read_at(city: City) -> None:
    before = _versions(city, _FAR)
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        tx.update(layer, 4, {"floors": 5})
    for floors in (1, 2):
        with city.store.writing("test") as tx:
            tx.update(layer, 1, {"floors": floors})
    city.refresh()
    assert _versions(city, _ONE, _TWINS, _FAR) == [city.store.seq(), city.store.seq(), *before]


def test_a_place_is_not_told_for_what_the_layer_was_not_at_it(city: City) -> None:
    """A building that stood in a tile between two looks, while another there was renamed: at the place of the renaming
    the tile showed both, and who did not look then must not take what he sees now for that."""
    layer = city.snapshot("buildings").layer
    passing = features(layer, [shapely.box(112.9103, 28.1103, 112.9104, 28.1104)])
    with city.store.writing("test") as tx:
        fid = tx.insert(layer, passing.geometry[0], {"name": "工棚"})
    with city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    renamed = city.store.seq()
    with city.store.writing("test") as tx:
        tx.delete(layer, fid)
    city.refresh()
    assert renamed < _versions(city, _ONE)[0] == city.store.seq()


def test_what_is_read_while_a_base_is_made_keeps_its_version(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = city.snapshot("buildings").layer
    snapshots, before = city._snapshots, []
    save = snapshots._save

    def saved_meanwhile(*arguments: Any) -> Snapshot:
        for fid in (4, 1, 1):
            with city.store.writing("test") as tx:
                tx.update(layer, fid, {"floors": len(before) + 7})
            city.refresh()
            before.append(city.store.seq())
        with city.store.writing("test") as tx:  # and one that nobody has read yet
            tx.update(layer, 2, {"floors": 3})
        return save(*arguments)

    monkeypatch.setattr(snapshots, "_save", saved_meanwhile)
    far = _versions(city, _FAR)
    snapshots.compact("buildings")
    two = tile_at(15, 112.9205, 28.1105)
    expected = [before[2], before[0], *far, city.store.seq()]
    assert _versions(city, _ONE, _TWINS, _FAR, two) == expected
    city.refresh()
    assert _versions(city, _ONE, _TWINS, _FAR, two) == expected


def test_compaction_and_a_restart_leave_every_tile_its_version(city: City) -> None:
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    city.refresh()
    with city.store.writing("test") as tx:
        tx.update(layer, 4, {"floors": 5})
    city.refresh()
    before = _versions(city, _ONE, _TWINS, _FAR)
    assert len(set(before)) == 3
    city._snapshots.compact("buildings")
    assert not len(city.snapshot("buildings").delta)
    assert _versions(city, _ONE, _TWINS, _FAR) == before
    with City.open(city.settings) as again:
        assert _versions(again, _ONE, _TWINS, _FAR) == before


def test_a_base_that_does_not_say_what_was_touched_is_not_used(city: City) -> None:
    layer = city.snapshot("buildings").layer
    with city.store.writing("test") as tx:
        tx.update(layer, 1, {"name": "改名楼"})
    city.refresh()
    city._snapshots.compact("buildings")
    folder = city._snapshots.base_folder(city.snapshot("buildings"))
    (folder / "touched.bin").unlink()
    assert files.open_touched(folder) is None
    with City.open(city.settings) as again:
        assert _versions(again, _ONE, _TWINS, _FAR) == [city.store.seq()] * 3


def test_a_layer_that_is_dropped_and_loaded_again_does_not_take_up_its_old_versions(city: City) -> None:
    city.load(THINGS, made({1: (shapely.box(112.5, 28.3, 112.501, 28.301), 1)}))
    first = city.snapshot("things")
    city.drop("things")
    city.load(THINGS, made({1: (shapely.box(112.5, 28.3, 112.501, 28.301), 2)}))
    second = city.snapshot("things")
    assert first.layer.version == second.layer.version
    assert first.tile_version(0, 0, 0) < second.tile_version(0, 0, 0)
