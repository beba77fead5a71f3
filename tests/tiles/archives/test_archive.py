"""Archives as files: PMTiles of others, with leaves and runs, MBTiles, and every kind of damage told in a sentence."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType, deserialize_directory, tileid_to_zxy, zxy_to_tileid
from pmtiles.writer import Writer

from cim.errors import BadInput, CityError, FaultyData
from tiles import sources
from tiles.archives import pmtiles_format
from tiles.archives.pmtiles_format import HEADER_BYTES, Directory, Header
from tiles.archives.reader import SUFFIXES, Archives, PMTiles, open_archive
from tiles.sources import SourceFile

Place = tuple[int, int, int]


def pmtiles(file: Path, tiles: dict[Place, bytes], metadata: Any = None, **header: Any) -> Path:
    """A PMTiles file by the package's own writer."""
    with file.open("wb") as handle:
        writer = Writer(handle)
        for number, tile in sorted((zxy_to_tileid(*place), tile) for place, tile in tiles.items()):
            writer.write_tile(number, tile)
        said = {"tile_type": TileType.PNG, "tile_compression": Compression.NONE, **header}
        writer.finalize(said, {"name": "底图"} if metadata is None else metadata)
    return file


def mbtiles(file: Path, tiles: dict[Place, bytes], **metadata: str) -> Path:
    """An MBTiles file; the places are counted from the north, as everywhere else."""
    db = sqlite3.connect(file)
    with db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", list(metadata.items()))
        rows = [(z, x, (1 << z) - 1 - y, tile) for (z, x, y), tile in tiles.items()]
        db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    db.close()
    return file


def source(file: Path) -> SourceFile:
    return sources.find_source(file.parent, file.stem, SUFFIXES)


PNG = b"\x89PNG\r\n\x1a\n"
TILES = {(z, x, y): PNG + bytes([z, x, y]) for z in range(4) for x in range(2**z) for y in range(2**z)}


# -- PMTiles -----------------------------------------------------------------------------------------


def test_every_tile_of_another_writers_archive_is_found(tmp_path: Path) -> None:
    archive = open_archive(source(pmtiles(tmp_path / "a.pmtiles", TILES)))
    assert (archive.kind, archive.min_zoom, archive.max_zoom) == ("png", 0, 3)
    for place, tile in TILES.items():
        assert archive.tile_bytes(*place) == (tile, "identity")
    assert archive.tile_bytes(4, 0, 0) == (b"", "identity")
    assert archive.tilejson_fields()["name"] == "底图"
    assert "vector_layers" not in archive.tilejson_fields()


def test_leaves_and_runs_are_followed(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    numbers = np.unique(random.integers(zxy_to_tileid(10, 0, 0), zxy_to_tileid(11, 0, 0), 60_000))
    tiles = {tileid_to_zxy(n): (b"alike" if n % 7 < 4 else b"%d" % n) for n in numbers.tolist()}
    archive = PMTiles(pmtiles(tmp_path / "a.pmtiles", tiles, {}, tile_type=TileType.MVT))
    assert archive.header.leaves_length > 0
    for place, tile in list(tiles.items())[::53]:
        assert archive.tile_bytes(*place)[0] == tile
    missing = sorted({*range(int(numbers[0]), int(numbers[0]) + 3000)} - {*numbers.tolist()})
    assert all(archive.tile_numbered(n) == b"" for n in missing)


def test_threads_read_one_archive_at_once(tmp_path: Path) -> None:
    archives, at = Archives(), source(pmtiles(tmp_path / "a.pmtiles", TILES))
    wrong: list[Place] = []

    def read(seed: int) -> None:
        places = list(TILES)
        np.random.default_rng(seed).shuffle(places)
        wrong.extend(p for p in places if archives.tile(at, *p)[0] != TILES[p[0], p[1], p[2]])

    threads = [threading.Thread(target=read, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@settings(deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 2**40)] * 3), max_size=60))
def test_a_directory_is_read_as_it_was_written_and_by_the_packages_reader(
    rows: list[tuple[int, int, int]],
) -> None:
    columns = np.array(rows, np.uint64).reshape(-1, 3)
    first = np.cumsum(columns[:, 0] % np.uint64(1 << 30) + np.uint64(1))
    made = Directory(first, columns[:, 1] % np.uint64(5), columns[:, 1], columns[:, 2])
    again = Directory.from_bytes(pmtiles_format.unpack(made.to_bytes(), 2))
    theirs = deserialize_directory(made.to_bytes())
    for name, their in (
        ("first", "tile_id"),
        ("runs", "run_length"),
        ("lengths", "length"),
        ("offsets", "offset"),
    ):
        assert getattr(again, name).tolist() == getattr(made, name).tolist()
        assert [getattr(entry, their) for entry in theirs] == getattr(made, name).tolist()


@settings(deadline=None)
@given(st.integers(0, 24), st.data())
def test_tiles_are_numbered_as_the_specification_says(z: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, 2**z - 1)) for _ in range(2))
    (number,) = pmtiles_format.numbers(z, np.array([x]), np.array([y])).tolist()
    assert number == zxy_to_tileid(z, x, y)
    assert pmtiles_format.place(number) == (z, x, y)


# -- MBTiles -----------------------------------------------------------------------------------------


def test_mbtiles_say_their_kind_zooms_and_layers(tmp_path: Path) -> None:
    layers = [{"id": "water", "fields": {}}]
    packed = gzip.compress(b"tile")
    file = mbtiles(
        tmp_path / "底图.mbtiles",
        {(3, 1, 2): packed, (5, 7, 9): b"plain"},
        name="底图",
        format="pbf",
        bounds="112,28,113,29",
        center="112.5,28.5,4",
        json=json.dumps({"vector_layers": layers}),
    )
    archive = open_archive(source(file))
    assert (archive.kind, archive.min_zoom, archive.max_zoom) == ("mvt", 3, 5)
    assert (archive.bounds, archive.centre) == ((112, 28, 113, 29), (112.5, 28.5, 4))
    assert archive.tilejson_fields()["vector_layers"] == layers
    assert archive.tile_bytes(3, 1, 2) == (packed, "gzip")
    assert archive.tile_bytes(5, 7, 9) == (b"plain", "identity")
    assert archive.tile_bytes(3, 1, 5) == (b"", "identity")


def test_mbtiles_that_say_little_or_nonsense_are_served_by_what_they_hold(tmp_path: Path) -> None:
    file = mbtiles(
        tmp_path / "a.mbtiles", TILES, bounds="west,of,here", center="nan,1e999,7", minzoom="9" * 400
    )
    archive = open_archive(source(file))
    assert (archive.kind, archive.min_zoom, archive.max_zoom) == ("png", 0, 3)
    assert archive.centre == (0.0, 0.0, 0)
    assert archive.tile_bytes(2, 3, 1) == (TILES[2, 3, 1], "identity")


# -- what is wrong with a file -----------------------------------------------------------------------


def changed(file: Path, **fields: int) -> Path:
    """The file with other numbers in its header."""
    data = file.read_bytes()
    header = Header.from_bytes(data)
    values = {name: getattr(header, name) for name in Header.__slots__} | fields
    file.write_bytes(Header(**values).to_bytes() + data[HEADER_BYTES:])
    return file


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"tiles_length": 10**9}, "its tiles should end at byte"),
        ({"metadata_offset": 1 << 63}, "its metadata should end at byte"),
        ({"kind": 77}, "of type 77, which is none of: mvt"),
        ({"compression": 9}, "packed in way 9"),
        ({"internal": 4}, "packed with zstd; pack it with gzip"),
        ({"internal": 1}, "metadata are no JSON"),
        ({"root_length": 0}, "a directory is damaged"),
        ({"root_length": 20}, "cut off or far too large"),
        ({"root_offset": 0}, "what is packed in it is damaged"),
    ],
)
def test_a_header_that_does_not_fit_the_file_is_told(
    tmp_path: Path, fields: dict[str, int], sentence: str
) -> None:
    file = changed(pmtiles(tmp_path / "a.pmtiles", TILES), **fields)
    with pytest.raises(FaultyData, match=sentence) as told:
        open_archive(source(file))
    assert str(told.value).startswith("a.pmtiles: ")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "it has 0 bytes"),
        (b"PMTiles\x03", "was it copied to the end"),
        (b"PK\x03\x04" + bytes(200), "a zip file"),
        (b"SQLite format 3\x00" + bytes(200), "MBTiles end in .mbtiles"),
        (b"<html>" + bytes(200), "the page of an error"),
        (b"PMTiles\x02" + bytes(200), "version 2 of PMTiles"),
    ],
)
def test_another_file_with_the_name_of_an_archive_is_told(
    tmp_path: Path, content: bytes, sentence: str
) -> None:
    file = tmp_path / "a.pmtiles"
    file.write_bytes(content)
    with pytest.raises(FaultyData, match=sentence):
        open_archive(source(file))


def test_mbtiles_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "zip.mbtiles").write_bytes(b"PK\x03\x04")
    (tmp_path / "broken.mbtiles").write_bytes(b"SQLite format 3\x00" + os.urandom(5000))
    sqlite3.connect(tmp_path / "other.mbtiles").execute("CREATE TABLE t (a)").connection.close()
    odd = mbtiles(tmp_path / "odd.mbtiles", {(0, 0, 0): "text"}, format="pbf")  # type: ignore[dict-item]
    mbtiles(tmp_path / "kind.mbtiles", TILES, format="tiff")
    for name, sentence in (
        ("zip", "does not begin as an SQLite file"),
        ("broken", "can't be read as MBTiles"),
        ("other", "no such table"),
        ("odd", "a tile is str, not bytes"),
        ("kind", "tiles are 'tiff', which is none of"),
    ):
        with pytest.raises(FaultyData, match=sentence):
            open_archive(source(tmp_path / f"{name}.mbtiles"))
    assert odd.exists()


def test_a_file_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    archives = Archives()
    file = pmtiles(tmp_path / "a.pmtiles", TILES)
    before = source(file)
    assert archives.tile(before, 2, 1, 1)[0] == TILES[2, 1, 1]
    held = archives.open(before)
    pmtiles(tmp_path / "new", {(2, 1, 1): b"new tile"}).rename(file)
    assert archives.tile(source(file), 2, 1, 1)[0] == b"new tile"
    assert archives.tile(source(file), 2, 1, 2)[0] == b""
    assert held.tile_bytes(2, 1, 2)[0] == TILES[2, 1, 2], "who still reads the old file goes on reading it"


def test_a_file_that_is_cut_while_it_is_read_is_told(tmp_path: Path) -> None:
    file = pmtiles(tmp_path / "a.pmtiles", TILES)
    archive = PMTiles(file)
    os.truncate(file, archive.header.tiles_offset)
    with pytest.raises(BadInput, match="it is damaged"):
        archive.tile_bytes(2, 1, 1)


def test_a_leaf_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    loop = Directory(*np.array([[0], [0], [0], [0]], np.uint64))
    while True:  # a leaf names itself, with the length that it has
        packed = loop.to_bytes()
        if int(loop.lengths[0]) == len(packed):
            break
        loop.lengths[0] = len(packed)
    said = pmtiles_format.compress(b"{}")
    at = HEADER_BYTES + len(packed)
    header = Header(
        HEADER_BYTES, len(packed), at, len(said), HEADER_BYTES, len(packed), at + len(said), 0,
        1, 1, 1, 1, 2, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    )  # fmt: skip
    file = tmp_path / "a.pmtiles"
    file.write_bytes(header.to_bytes() + packed + said)
    with pytest.raises(BadInput, match="without an end"):
        PMTiles(file).tile_bytes(0, 0, 0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(at=st.floats(0, 1), byte=st.integers(0, 255), kind=st.sampled_from(["pmtiles", "mbtiles"]))
def test_a_damaged_byte_gives_a_tile_or_an_error_that_says_so(
    tmp_path: Path, at: float, byte: int, kind: str
) -> None:
    file = tmp_path / f"a.{kind}"
    good = tmp_path / f"good-{kind}"
    if not good.exists():
        make = pmtiles if kind == "pmtiles" else mbtiles
        make(good, {place: gzip.compress(tile, mtime=0) for place, tile in TILES.items()})
    data = bytearray(good.read_bytes())
    data[int(at * (len(data) - 1))] = byte
    file.write_bytes(data)
    archives = Archives()
    for place in list(TILES)[::9]:
        try:
            tile, _ = archives.tile(source(file), *place, unpack=True)
            assert isinstance(tile, bytes)
        except CityError as error:
            assert str(error).startswith("a."), error
