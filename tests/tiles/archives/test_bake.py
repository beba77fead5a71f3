"""Baking: an archive has every tile that the layers have, and bringing it up to date makes only what changed."""

from __future__ import annotations

import gzip
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.reader import MmapSource, Reader
from pmtiles.tile import Compression, TileType, deserialize_header

from cim.city import City
from cim.cql.filter import Filter
from cim.errors import BadInput
from cim.model.layer import GeometryKind
from tests.support.archives import ZOOMS, baked, drawing_of, recipe_of, tiles_in
from tests.support.snapshots import snapshot_of
from tests.support.tiles import decoded
from tiles.archives.bake import Recipe, bake
from tiles.archives.reader import PMTiles
from tiles.vector import encode, occupied_tiles
from tiles.vector.tile_layer import TileLayer


def by_trying(drawings: list[TileLayer], z: int, box: tuple[int, int, int, int]) -> set[tuple[int, int, int]]:
    """The tiles of a zoom that are not empty, found by trying every one of a box of tiles."""
    x0, y0, x1, y1 = box
    places = [(z, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
    return {p for p in places if encode.encode(drawings, *p)}


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
        assert tile == encode.encode(drawings, *place)
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
        assert gzip.decompress(reader.get(z, x, y) or b"") == encode.encode([drawing], z, x, y)
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
    assert Recipe.from_archive(PMTiles(file)) == recipe


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
        assert tile == encode.encode([drawing], *place)


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
        packed, coding = archive.tile_bytes(z, x, y)
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
    drawing = drawing_of(snapshot, (z, z)) if prepared else TileLayer(snapshot)
    x0, x1 = (int((lon + 180) / 360 * 2**z) for lon in (112.75, 113.45))
    y0, y1 = (int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z) for lat in (28.45, 28.0))
    wanted = by_trying([drawing], z, (x0, y0, x1, y1))
    keys = occupied_tiles.tiles_of(drawing, z, (0, 0, 2**z - 1, 2**z - 1)).tolist()
    found = {(z, key >> 32, key & 0xFFFFFFFF) for key in keys}
    assert wanted <= found
    assert len(found) <= 4 * len(wanted) + 64


def test_a_long_thin_line_is_not_looked_for_in_its_whole_box() -> None:
    line = shapely.LineString([(100.0, 20.0), (120.0, 40.0)])
    for drawing in (
        drawing_of(snapshot_of("line", [line]), (13, 13)),
        TileLayer(snapshot_of("line", [line])),
    ):
        keys = occupied_tiles.tiles_of(drawing, 13, (0, 0, 8191, 8191))
        shown = sum(bool(encode.encode([drawing], 13, k >> 32, k & 0xFFFFFFFF)) for k in keys.tolist())
        assert 900 < shown <= len(keys) < 1.2 * shown


@pytest.mark.parametrize("kind", ["point", "line", "polygon"])
def test_at_the_antimeridian_the_tiles_on_the_other_side_are_there(kind: GeometryKind) -> None:
    shape = {
        "point": shapely.Point(179.9999, 10.0),
        "line": shapely.LineString([(170.0, 10.0), (179.9999, 12.0)]),
        "polygon": shapely.box(-179.9999, 8.0, -160.0, 20.0),
    }[kind]
    for drawing in (drawing_of(snapshot_of(kind, [shape]), (8, 8)), TileLayer(snapshot_of(kind, [shape]))):
        keys = occupied_tiles.tiles_of(drawing, 8, (0, 0, 255, 255)).tolist()
        found = {(8, key >> 32, key & 0xFFFFFFFF) for key in keys}
        wanted = by_trying([drawing], 8, (0, 110, 20, 130)) | by_trying([drawing], 8, (235, 110, 255, 130))
        assert {x for _, x, _ in wanted} >= {0, 255}
        assert wanted <= found
