"""An archive brought up to date: what changed is made anew, everything else is copied."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType

from cim.city import City
from cim.columnar import columns
from cim.columnar.columns import Columns
from cim.errors import BadInput
from cim.model.layer import Features, Field, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support import small_city as small
from tests.support.archives import as_sets, baked, drawing_of, recipe_of, tiles_in
from tests.support.snapshots import METRIC, features
from tests.support.tiles import decoded
from tiles.archives.bake import Baked, Recipe, bake
from tiles.archives.reader import PMTiles
from tiles.pyramid.zoom_rules import TileRule
from tiles.vector import encode as vector
from tiles.vector.tile_layer import TileLayer

TOWN = Layer("town", geometry="polygon", fields=(Field("name", "text"), Field("floors", "integer")))


def town(n: int = 400) -> Features:
    """Small houses over 0.1°, so many that they merge at low zooms."""
    random = np.random.default_rng(7)
    corners = random.uniform((112.90, 28.10), (113.0, 28.2), (n, 2))
    shapes = [shapely.box(x, y, x + 0.0004, y + 0.0004) for x, y in corners.tolist()]
    return features(
        TOWN,
        shapes,
        list(range(1, n + 1)),
        name=[f"楼{i}" for i in range(n)],
        floors=[i % 30 for i in range(n)],
    )


def base_of(of: Features, seq: int) -> Snapshot:
    return Snapshot.of(TOWN, columns.build(TOWN, of, METRIC), METRIC, seq)


def compacted(snapshot: Snapshot) -> Snapshot:
    """The snapshot with its changes in its base, as the background does it."""
    made: Columns = snapshot.compact()
    fresh = Snapshot.of(snapshot.layer, made, METRIC, snapshot.seq, snapshot.touched)
    return replace(fresh, changed=snapshot.changed)


def edited(snapshot: Snapshot, seq: int, fids: list[int], shapes: list[Any]) -> Snapshot:
    now = features(TOWN, shapes, fids[: len(shapes)], name=["新楼"] * len(shapes), floors=[99] * len(shapes))
    return snapshot.with_changes(np.array(fids, np.int64), now, seq)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, TileLayer]:
    drawing = drawing_of(base_of(town(), 5))
    file = tmp_path / "town.pmtiles"
    baked(file, drawing)
    return file, drawing


def updated(file: Path, drawing: TileLayer) -> Baked:
    return baked(file, drawing, before=PMTiles(file))


def test_without_a_change_no_tile_is_made(made: tuple[Path, TileLayer]) -> None:
    file, drawing = made
    before = file.read_bytes()
    told = updated(file, drawing)
    assert told.made == 0
    assert told.tiles == len(tiles_in(file))
    assert file.read_bytes() == before


def test_an_edit_makes_the_tiles_that_it_touches_and_no_others(
    made: tuple[Path, TileLayer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, drawing = made
    encoded: list[tuple[int, int, int]] = []
    encode = vector.encode

    def counted(drawings: Any, z: int, x: int, y: int, *more: Any) -> bytes:
        encoded.append((z, x, y))
        return encode(drawings, z, x, y, *more)

    moved = shapely.box(112.955, 28.155, 112.956, 28.156)
    later = replace(drawing, snapshot=edited(drawing.snapshot, 6, [17], [moved]))
    monkeypatch.setattr(vector, "encode", counted)
    told = updated(file, later)
    monkeypatch.undo()
    whole = tmp_path / "whole.pmtiles"
    baked(whole, later)
    assert as_sets(tiles_in(file)) == as_sets(tiles_in(whole))
    assert told.made == len(encoded) == len(set(encoded))
    touched = {p for p in tiles_in(whole) if later.snapshot.tile_version(*p) > 5}
    assert touched <= set(encoded)
    # Besides them, only tiles of the square that the moved house stood for among others.
    assert len(encoded) < len(touched) + 16
    assert told.made < told.tiles / 4
    names = {
        f["properties"].get("name") for t in tiles_in(file).values() for f in decoded(t)["town"]["features"]
    }
    assert "新楼" in names


def test_when_the_base_is_new_the_zooms_that_leave_something_out_are_made_whole(
    made: tuple[Path, TileLayer], tmp_path: Path
) -> None:
    file, drawing = made
    later = edited(drawing.snapshot, 6, [17], [shapely.box(112.955, 28.155, 112.956, 28.156)])
    fresh = drawing_of(compacted(later))
    assert fresh.snapshot.base_seq == 6
    told = updated(file, fresh)
    whole = tmp_path / "whole.pmtiles"
    baked(whole, fresh)
    assert as_sets(tiles_in(file)) == as_sets(tiles_in(whole))
    counts = Counter(z for z, _, _ in tiles_in(whole))
    exact = sum(later.tile_version(*p) > 5 for p in tiles_in(whole) if p[0] == 15)
    assert told.made - sum(n for z, n in counts.items() if z < 15) <= exact + 4 < counts[15] / 4


def test_a_layer_that_was_loaded_anew_or_is_drawn_otherwise_is_made_whole(
    made: tuple[Path, TileLayer],
) -> None:
    file, drawing = made
    reloaded = replace(drawing.snapshot, layer=replace(TOWN, version=TOWN.version + 1))
    for other in (
        replace(drawing, snapshot=reloaded),
        drawing_of(drawing.snapshot, rule=replace(drawing.zoom_rule(), least_px=2.0)),
    ):
        told = updated(file, other)
        assert told.made >= told.tiles
    told = bake(file, [drawing], replace(recipe_of("town"), of="another city"), before=PMTiles(file))
    assert told.made >= told.tiles


def test_a_line_that_stood_for_others_is_made_anew_wherever_it_was_shown(tmp_path: Path) -> None:
    # From afar roads are joined end to end, and the joined one has the number of one of them.
    road = Layer("road", geometry="line", fields=(Field("class", "text"),))
    ends = np.arange(112.0, 114.01, 0.1)
    lines = [shapely.LineString([(a, 28.1), (b, 28.1)]) for a, b in pairwise(ends.tolist())]
    across = [shapely.LineString([(lon, 28.1), (lon, 28.15)]) for lon in (112.03, 113.97)]
    classes = ["primary"] * len(lines) + ["tertiary"] * 2
    rows = features(road, lines + across, list(range(1, len(classes) + 1)), **{"class": classes})
    snapshot = Snapshot.of(road, columns.build(road, rows, METRIC), METRIC, 5)
    drawing = drawing_of(snapshot, (10, 10), TileRule())
    numbers = snapshot.fids(drawing.pyramid.levels[10].row.astype(np.int64))  # type: ignore[union-attr]
    (gone,) = [n for n in numbers.tolist() if n <= len(lines)]
    file, whole = tmp_path / "a.pmtiles", tmp_path / "b.pmtiles"
    bake(file, [drawing], recipe_of("road", zooms=(10, 10)))
    now = features(road, [lines[gone - 1]], [gone], **{"class": ["secondary"]})
    later = replace(drawing, snapshot=snapshot.with_changes(np.array([gone]), now, 6))
    bake(file, [later], recipe_of("road", zooms=(10, 10)), before=PMTiles(file))
    bake(whole, [later], recipe_of("road", zooms=(10, 10)))
    assert as_sets(tiles_in(file)) == as_sets(tiles_in(whole))


HOUSES = st.lists(
    st.tuples(st.integers(1, 430), st.none() | st.tuples(st.floats(112.9, 113.0), st.floats(28.1, 28.2))),
    min_size=1,
    max_size=5,
    unique_by=lambda edit: edit[0],
)


@settings(max_examples=12, deadline=None)
@given(edits=st.lists(HOUSES, min_size=1, max_size=3), compact_after=st.integers(0, 3))
@pytest.mark.slow
def test_after_any_edits_an_archive_brought_up_to_date_is_the_one_made_anew(
    edits: list[list[tuple[int, tuple[float, float] | None]]],
    compact_after: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    file, whole = folder / "town.pmtiles", folder / "whole.pmtiles"
    drawing = drawing_of(base_of(town(), 5))
    baked(file, drawing)
    for i, some in enumerate(edits):
        now = [(fid, to) for fid, to in some if to is not None]
        gone = [fid for fid, to in some if to is None]
        shapes = [shapely.box(x, y, x + 0.0004, y + 0.0004) for _, (x, y) in now]
        later = edited(drawing.snapshot, 6 + i, [fid for fid, _ in now] + gone, shapes)
        drawing = drawing_of(compacted(later)) if i == compact_after else replace(drawing, snapshot=later)
        updated(file, drawing)
        baked(whole, drawing)
        assert as_sets(tiles_in(file)) == as_sets(tiles_in(whole))


def test_only_our_own_archive_can_be_brought_up_to_date(tmp_path: Path) -> None:
    from pmtiles.tile import zxy_to_tileid
    from pmtiles.writer import Writer

    file = tmp_path / "other.pmtiles"
    with file.open("wb") as handle:
        writer = Writer(handle)
        writer.write_tile(zxy_to_tileid(0, 0, 0), gzip.compress(b"x"))
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
    with pytest.raises(BadInput, match="not made by `citybase bake`"):
        Recipe.from_archive(PMTiles(file))


def test_a_table_of_names_alone_is_no_layer_to_bake(tmp_path: Path) -> None:
    empty = Layer("empty", geometry="point", fields=(Field("name", "text"),))
    rows = Features(np.array([None, None], object), pa.table({"name": ["a", "b"]}))
    snapshot = Snapshot.of(empty, columns.build(empty, rows, METRIC), METRIC, 1)
    with pytest.raises(BadInput, match="no tile was made"):
        baked(tmp_path / "x.pmtiles", drawing_of(snapshot))


def test_the_small_city_has_the_same_archive_after_an_edit_in_the_store(city: City, tmp_path: Path) -> None:
    file, whole = tmp_path / "a.pmtiles", tmp_path / "b.pmtiles"
    baked(file, drawing_of(city.snapshot("buildings")))
    layer = city.snapshot("buildings").layer
    with city.store.writing("someone") as transaction:
        transaction.insert(
            layer, shapely.box(112.93, 28.13, 112.931, 28.131), {"name": "三号楼", "floors": 1}
        )
    city.refresh()
    later = drawing_of(city.snapshot("buildings"))
    told = updated(file, later)
    baked(whole, later)
    assert as_sets(tiles_in(file)) == as_sets(tiles_in(whole))
    assert 0 < told.made < told.tiles
    assert small.BUILDINGS.name == "buildings"
