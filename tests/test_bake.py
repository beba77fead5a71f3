"""Baking: an archive has every tile that the layers have, and bringing it up to date makes only what changed."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader, all_tiles
from pmtiles.tile import Compression, TileType, deserialize_header

from cim import columns
from cim.city import City
from cim.columns import Columns
from cim.cql import Filter
from cim.errors import BadInput
from cim.layer import Features, Field, GeometryKind, Layer
from cim.snapshot import Snapshot
from tests import city as small
from tests.in_memory import METRIC, features, snapshot_of
from tests.test_tiles import decoded
from tiles import bake as bake_module
from tiles import occupied, vector
from tiles.archive import PMTiles
from tiles.bake import Baked, Recipe, bake
from tiles.drawn import Drawing
from tiles.pyramids import built
from tiles.rules import TileRule, default_rule

#: Every zoom up to the last one that is exact.
ZOOMS = (0, 15)


def drawing_of(snapshot: Snapshot, zooms: tuple[int, int] = ZOOMS, rule: TileRule | None = None) -> Drawing:
    chosen = rule or default_rule(snapshot.layer)
    return Drawing(snapshot, built(snapshot, chosen, zooms=zooms), chosen)


def recipe_of(*names: str, **more: Any) -> Recipe:
    return Recipe("a city", names, **{"zooms": ZOOMS, **more})


def baked(file: Path, *drawings: Drawing, **more: Any) -> Baked:
    before = more.pop("before", None)
    return bake(file, drawings, recipe_of(*(d.layer.name for d in drawings), **more), before=before)


def tiles_in(file: Path) -> dict[tuple[int, int, int], bytes]:
    """All tiles by the package's own reader, plain; their numbers ascend."""
    with file.open("rb") as handle:
        return {place: gzip.decompress(packed) for place, packed in all_tiles(MmapSource(handle))}


def by_trying(drawings: list[Drawing], z: int, box: tuple[int, int, int, int]) -> set[tuple[int, int, int]]:
    """The tiles of a zoom that are not empty, found by trying every one of a box of tiles."""
    x0, y0, x1, y1 = box
    places = [(z, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
    return {p for p in places if vector.encode(drawings, *p)}


def as_sets(tiles: dict[tuple[int, int, int], bytes]) -> dict[tuple[int, int, int], Any]:
    """What tiles show, whatever the order of their features."""
    said = {}
    for place, tile in tiles.items():
        said[place] = {
            name: sorted(json.dumps(f, sort_keys=True, ensure_ascii=False) for f in layer["features"])
            for name, layer in decoded(tile).items()
        }
    return said


# -- an archive as a whole ---------------------------------------------------------------------------


def test_an_archive_has_exactly_the_tiles_that_are_not_empty(still: City, tmp_path: Path) -> None:
    drawings = [drawing_of(still.snapshot(name)) for name in ("areas", "buildings", "roads")]
    file = tmp_path / "city.pmtiles"
    told = baked(file, *drawings)
    found = tiles_in(file)
    for z in range(ZOOMS[0], 14):
        x, y = ((112.95 + 180) / 360 * 2**z, 0.4185 * 2**z)
        wide = 8 if z > 4 else 2**z
        box = (
            max(int(x) - wide, 0),
            max(int(y) - wide, 0),
            min(int(x) + wide, 2**z - 1),
            min(int(y) + wide, 2**z - 1),
        )
        assert {p for p in found if p[0] == z} == by_trying(drawings, z, box), z
    for place, tile in found.items():
        assert tile == vector.encode(drawings, *place)
    assert (told.tiles, told.bytes) == (len(found), file.stat().st_size)
    assert told.largest == max(map(len, found.values()))


def test_the_packages_reader_finds_header_metadata_and_tiles(still: City, tmp_path: Path) -> None:
    drawing = drawing_of(still.snapshot("buildings"))
    file = tmp_path / "楼.pmtiles"
    baked(file, drawing)
    with file.open("rb") as handle:
        source = MmapSource(handle)
        header, reader = deserialize_header(source(0, 127)), Reader(source)
        metadata = reader.metadata()
        (z, x, y) = next(p for p in tiles_in(file) if p[0] == 14)
        assert gzip.decompress(reader.get(z, x, y) or b"") == vector.encode([drawing], z, x, y)
        assert reader.get(14, 0, 0) is None
    assert header["clustered"]
    assert (header["tile_type"], header["tile_compression"]) == (TileType.MVT, Compression.GZIP)
    zooms = {z for z, _, _ in tiles_in(file)}  # from afar four houses are nothing
    assert (header["min_zoom"], header["max_zoom"]) == (min(zooms), 15)
    box = [header[f"{side}_e7"] / 1e7 for side in ("min_lon", "min_lat", "max_lon", "max_lat")]  # type: ignore[literal-required]
    assert box == pytest.approx([112.91, 28.11, 112.973, 28.171])
    assert header["center_zoom"] == 11
    # No byte of the file belongs to nobody.
    parts = ("root", "metadata", "leaf_directory", "tile_data")
    assert 127 + sum(header[f"{p}_length"] for p in parts) == file.stat().st_size  # type: ignore[literal-required]
    (layer,) = metadata["vector_layers"]
    assert (layer["id"], layer["minzoom"], layer["maxzoom"]) == ("buildings", 0, 15)
    assert layer["fields"]["name"] == "String"
    assert [one["z"] for one in layer["left_out"]]
    assert metadata["description"] == "建筑"


def test_fields_filter_box_and_zooms_are_kept_to(still: City, tmp_path: Path) -> None:
    snapshot = still.snapshot("buildings")
    keep = Filter.of("floors > 5", snapshot.layer).rows(snapshot)
    drawing = replace(drawing_of(snapshot, (12, 14)), keep=keep, fields=frozenset({"name"}))
    file = tmp_path / "high.pmtiles"
    recipe = recipe_of(
        "buildings", zooms=(12, 14), fields=("name",), filter="floors > 5", bbox=(112.9, 28.1, 112.93, 28.2)
    )
    bake(file, [drawing], recipe)
    found = tiles_in(file)
    assert {z for z, _, _ in found} == {12, 13, 14}
    shown = [f for tile in found.values() for f in decoded(tile)["buildings"]["features"]]
    assert {f["properties"]["name"] for f in shown} == {"二号楼"}
    assert {key for f in shown for key in f["properties"]} == {"name"}
    with file.open("rb") as handle:
        metadata = Reader(MmapSource(handle)).metadata()
    assert metadata["vector_layers"][0]["fields"] == {"name": "String"}
    assert Recipe.of_archive(PMTiles(file)) == recipe


def test_alike_tiles_are_written_once_and_in_a_run(tmp_path: Path) -> None:
    # One square that covers many tiles whole: those inside of it are all alike.
    drawing = drawing_of(snapshot_of("polygon", [shapely.box(110.0, 25.0, 116.0, 31.0)]), (10, 10))
    file = tmp_path / "square.pmtiles"
    told = bake(file, [drawing], recipe_of("things", zooms=(10, 10)))
    found = tiles_in(file)
    with file.open("rb") as handle:
        header = deserialize_header(MmapSource(handle)(0, 127))
    assert header["addressed_tiles_count"] == told.tiles == len(found) > 300
    assert header["tile_contents_count"] == len(set(found.values())) < 100
    assert header["tile_entries_count"] < len(found)
    for place, tile in found.items():
        assert tile == vector.encode([drawing], *place)


def test_a_large_archive_has_leaves_and_a_root_that_fits_the_first_request(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    points = shapely.points(random.uniform((110.0, 25.0), (116.0, 31.0), (30_000, 2)))
    drawing = drawing_of(snapshot_of("point", points.tolist()), (14, 14))
    file = tmp_path / "points.pmtiles"
    told = bake(file, [drawing], recipe_of("things", zooms=(14, 14)))
    header = PMTiles(file).header
    assert header.leaves_length > 0
    assert header.root_offset + header.root_length <= 16_384
    found = tiles_in(file)
    assert len(found) == told.tiles > 20_000
    archive = PMTiles(file)
    for z, x, y in list(found)[::97]:
        packed, coding = archive.packed(z, x, y)
        assert coding == "gzip"
        assert gzip.decompress(packed) == found[z, x, y]


def test_the_same_archive_is_the_same_bytes(still: City, tmp_path: Path) -> None:
    drawing = drawing_of(still.snapshot("roads"))
    for name in ("a", "b"):
        baked(tmp_path / name, drawing)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_fails_leaves_the_old_archive_and_no_draft(still: City, tmp_path: Path) -> None:
    drawing = drawing_of(still.snapshot("roads"))
    file = tmp_path / "roads.pmtiles"
    baked(file, drawing)
    kept = file.read_bytes()

    def stop(_what: str, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bake(file, [drawing], recipe_of("roads"), progress=stop)
    assert file.read_bytes() == kept
    assert list(tmp_path.iterdir()) == [file]


def test_nothing_to_show_is_said(still: City, tmp_path: Path) -> None:
    drawing = drawing_of(still.snapshot("roads"))
    with pytest.raises(BadInput, match="no tile was made"):
        bake(tmp_path / "x.pmtiles", [drawing], recipe_of("roads", bbox=(0.0, 0.0, 1.0, 1.0)))
    assert not list(tmp_path.iterdir())
    for wrong in ({"zooms": (7, 6)}, {"zooms": (0, 19)}, {"bbox": (113.0, 28.0, 112.0, 29.0)}):
        with pytest.raises(BadInput):
            recipe_of("roads", **wrong)


def test_gdal_opens_the_archive_and_counts_the_same_features(still: City, tmp_path: Path) -> None:
    drawings = [drawing_of(still.snapshot(name)) for name in ("buildings", "roads")]
    file = tmp_path / "city.pmtiles"
    baked(file, *drawings, zooms=(12, 14))
    found = {name: pyogrio.read_info(file, layer=name) for name, _ in pyogrio.list_layers(file)}
    shown = Counter(
        name
        for place, tile in tiles_in(file).items()
        if place[0] == 14  # GDAL takes the deepest zoom
        for name, layer in decoded(tile).items()
        for _ in layer["features"]
    )
    for name, info in found.items():
        assert (info["driver"], len(pyogrio.read_dataframe(file, layer=name))) == ("PMTiles", shown[name])
    assert found.keys() == {"buildings", "roads"}
    assert {"name", "class"} <= set(found["roads"]["fields"])
    west, south, east, north = (
        pyogrio.read_dataframe(file, layer="buildings").to_crs("EPSG:4326").total_bounds
    )
    assert (west, south, east, north) == pytest.approx([112.91, 28.11, 112.973, 28.171], abs=1e-4)


# -- which tiles there are ---------------------------------------------------------------------------

PLACES = st.tuples(st.floats(112.8, 113.1), st.floats(28.05, 28.25))


def _shape(kind: GeometryKind, corner: tuple[float, float], size: float) -> Any:
    x, y = corner
    if kind == "point":
        return shapely.Point(x, y)
    if kind == "line":
        return shapely.LineString([(x, y), (x + size, y + size / 2)])
    return shapely.Polygon([(x, y), (x + size, y + size / 8), (x + size, y + size / 4)])


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["point", "line", "polygon"]),
    corners=st.lists(PLACES, min_size=1, max_size=6),
    size=st.sampled_from([0.0005, 0.01, 0.3]),
    z=st.integers(9, 14),
    prepared=st.booleans(),
)
def test_no_tile_that_shows_something_is_missed(
    kind: GeometryKind, corners: list[tuple[float, float]], size: float, z: int, prepared: bool
) -> None:
    snapshot = snapshot_of(kind, [_shape(kind, corner, size) for corner in corners])
    drawing = drawing_of(snapshot, (z, z)) if prepared else Drawing(snapshot)
    x0, x1 = (int((lon + 180) / 360 * 2**z) for lon in (112.75, 113.45))
    y0, y1 = (int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z) for lat in (28.45, 28.0))
    wanted = by_trying([drawing], z, (x0, y0, x1, y1))
    keys = occupied.tiles_of(drawing, z, (0, 0, 2**z - 1, 2**z - 1)).tolist()
    found = {(z, key >> 32, key & 0xFFFFFFFF) for key in keys}
    assert wanted <= found
    assert len(found) <= 4 * len(wanted) + 64


def test_a_long_thin_line_is_not_looked_for_in_its_whole_box() -> None:
    line = shapely.LineString([(100.0, 20.0), (120.0, 40.0)])
    for drawing in (drawing_of(snapshot_of("line", [line]), (13, 13)), Drawing(snapshot_of("line", [line]))):
        keys = occupied.tiles_of(drawing, 13, (0, 0, 8191, 8191))
        shown = sum(bool(vector.encode([drawing], 13, k >> 32, k & 0xFFFFFFFF)) for k in keys.tolist())
        assert 900 < shown <= len(keys) < 1.2 * shown


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_at_the_antimeridian_the_tiles_on_the_other_side_are_there(kind: GeometryKind) -> None:
    shape = {
        "point": shapely.Point(179.9999, 10.0),
        "line": shapely.LineString([(170.0, 10.0), (179.9999, 12.0)]),
        "polygon": shapely.box(-179.9999, 8.0, -160.0, 20.0),
    }[kind]
    for drawing in (drawing_of(snapshot_of(kind, [shape]), (8, 8)), Drawing(snapshot_of(kind, [shape]))):
        keys = occupied.tiles_of(drawing, 8, (0, 0, 255, 255)).tolist()
        found = {(8, key >> 32, key & 0xFFFFFFFF) for key in keys}
        wanted = by_trying([drawing], 8, (0, 110, 20, 130)) | by_trying([drawing], 8, (235, 110, 255, 130))
        assert {x for _, x, _ in wanted} >= {0, 255}
        assert wanted <= found


# -- bringing it up to date --------------------------------------------------------------------------

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
    made: Columns = snapshot.compacted()
    fresh = Snapshot.of(snapshot.layer, made, METRIC, snapshot.seq, snapshot.touched)
    return replace(fresh, changed=snapshot.changed)


def edited(snapshot: Snapshot, seq: int, fids: list[int], shapes: list[Any]) -> Snapshot:
    now = features(TOWN, shapes, fids[: len(shapes)], name=["新楼"] * len(shapes), floors=[99] * len(shapes))
    return snapshot.with_changes(np.array(fids, np.int64), now, seq)


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Drawing]:
    drawing = drawing_of(base_of(town(), 5))
    file = tmp_path / "town.pmtiles"
    baked(file, drawing)
    return file, drawing


def updated(file: Path, drawing: Drawing) -> Baked:
    return baked(file, drawing, before=PMTiles(file))


def test_without_a_change_no_tile_is_made(made: tuple[Path, Drawing]) -> None:
    file, drawing = made
    before = file.read_bytes()
    told = updated(file, drawing)
    assert told.made == 0
    assert told.tiles == len(tiles_in(file))
    assert file.read_bytes() == before


def test_an_edit_makes_the_tiles_that_it_touches_and_no_others(
    made: tuple[Path, Drawing], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, drawing = made
    encoded: list[tuple[int, int, int]] = []
    encode = vector.encode

    def counted(drawings: Any, z: int, x: int, y: int, *more: Any) -> bytes:
        encoded.append((z, x, y))
        return encode(drawings, z, x, y, *more)

    moved = shapely.box(112.955, 28.155, 112.956, 28.156)
    later = replace(drawing, snapshot=edited(drawing.snapshot, 6, [17], [moved]))
    monkeypatch.setattr(bake_module.vector, "encode", counted)
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
    made: tuple[Path, Drawing], tmp_path: Path
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


def test_a_layer_that_was_loaded_anew_or_is_drawn_otherwise_is_made_whole(made: tuple[Path, Drawing]) -> None:
    file, drawing = made
    reloaded = replace(drawing.snapshot, layer=replace(TOWN, version=TOWN.version + 1))
    for other in (
        replace(drawing, snapshot=reloaded),
        drawing_of(drawing.snapshot, rule=replace(drawing.ruled(), least_px=2.0)),
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
        Recipe.of_archive(PMTiles(file))


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
