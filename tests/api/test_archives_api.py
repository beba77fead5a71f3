"""Archives over HTTP and by the command: baked, served by ranges and tile by tile, damaged ones told."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from pmtiles.reader import Reader
from pmtiles.tile import Compression, TileType
from pmtiles.writer import Writer
from typer.testing import CliRunner

from spatial_api.cli.main import app
from tests.support.api_client import Asker, said, small_city
from tests.support.tiles import decoded, path_of, tile_of


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Asker, Path]]:
    """The small city, and the folder of its sources with an archive that the command baked."""
    folder = tmp_path_factory.mktemp("archives")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        sources = folder / "city.gpkg.sources"
        sources.mkdir()
        bake(folder, "base.pmtiles", "--layers", "buildings,roads", "--zooms", "10-15")
        yield asker, sources


def bake(folder: Path, name: str, *arguments: str) -> str:
    where = ["--store", f"gpkg:///{folder / 'city.gpkg'}"]
    done = CliRunner().invoke(app, ["bake", str(folder / "city.gpkg.sources" / name), *arguments, *where])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_baked_archive_is_served_tile_by_tile_as_the_city_has_them(town: tuple[Asker, Path]) -> None:
    asker, _ = town
    z, x, y = tile_of(112.9105, 28.1105, 14)
    ours, kept = asker.get(path_of("buildings,roads")), asker.get(f"/archives/base/{z}/{x}/{y}.mvt")
    assert kept.status_code == 200
    assert kept.headers["content-type"] == ours.headers["content-type"]
    assert decoded(kept.content) == decoded(ours.content)
    plain = asker.get(f"/archives/base/{z}/{x}/{y}.mvt", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == kept.content
    again = asker.get(f"/archives/base/{z}/{x}/{y}.mvt", headers={"If-None-Match": kept.headers["etag"]})
    assert again.status_code == 304
    assert asker.get(f"/archives/base/{z}/0/0.mvt").status_code == 204


def test_its_tilejson_names_layers_zooms_and_tiles_that_are_there(town: tuple[Asker, Path]) -> None:
    asker, _ = town
    told = asker.get("/archives/base.json").json()
    assert (told["minzoom"], told["maxzoom"]) == (10, 15)
    assert [layer["id"] for layer in told["vector_layers"]] == ["buildings", "roads"]
    z, x, y = tile_of(112.9105, 28.1105, 15)
    path = told["tiles"][0].removeprefix("http://127.0.0.1:8000").format(z=z, x=x, y=y)
    assert asker.get(path).status_code == 200
    (listed,) = asker.get("/archives").json()["archives"]
    assert listed["id"] == "base"
    assert listed["file"].endswith("/archives/base.pmtiles")


def test_a_reader_of_pmtiles_finds_a_tile_by_ranges_of_bytes(town: tuple[Asker, Path]) -> None:
    asker, sources = town

    def ranged(offset: int, length: int) -> bytes:
        part = asker.get("/archives/base.pmtiles", headers={"Range": f"bytes={offset}-{offset + length - 1}"})
        assert part.status_code == 206
        return part.content

    z, x, y = tile_of(112.9105, 28.1105, 14)
    found = Reader(ranged).get(z, x, y)
    assert found is not None
    kept = asker.get(f"/archives/base/{z}/{x}/{y}.mvt", headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(found) == kept.content
    whole = asker.get("/archives/base.pmtiles")
    assert whole.content == (sources / "base.pmtiles").read_bytes()
    size = len(whole.content)
    last = asker.get("/archives/base.pmtiles", headers={"Range": "bytes=-10"})
    assert last.content == whole.content[-10:]
    assert last.headers["content-range"] == f"bytes {size - 10}-{size - 1}/{size}"
    beyond = asker.get("/archives/base.pmtiles", headers={"Range": f"bytes={size}-"})
    assert f"has {size:,} bytes" in said(beyond, 416)
    assert beyond.headers["content-range"] == f"bytes */{size}"
    for odd in ("bytes=abc", "bytes=-", f"bytes=0-{'9' * 5000}", "bytes=0-1,5-6"):
        assert "one range is served" in said(asker.get("/archives/base.pmtiles", headers={"Range": odd}), 400)
    for unknown in ("lines=1-2", "chunks=0-3"):  # a unit that is not known is ignored (RFC 9110 §14.2)
        whole = asker.get("/archives/base.pmtiles", headers={"Range": unknown})
        assert (whole.status_code, len(whole.content)) == (200, size)
    known = asker.get("/archives/base.pmtiles", headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    other = asker.get("/archives/base.pmtiles", headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert other.status_code == 200, "the file is another than the one that the reader knows"
    head = asker.request("HEAD", "/archives/base.pmtiles")
    assert (head.content, head.headers["accept-ranges"]) == (b"", "bytes")


def test_an_update_makes_what_changed_and_copies_the_rest(tmp_path: Path) -> None:
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "city.gpkg.snapshots") as asker:
        (tmp_path / "city.gpkg.sources").mkdir()
        bake(tmp_path, "teams.pmtiles", "--layers", "resources", "--zooms", "12-15")
        assert ", 0 of them made now" in bake(tmp_path, "teams.pmtiles", "--update")
        asker.patch("/resources/T-2", {"position": [112.98, 28.12]})
        printed = bake(tmp_path, "teams.pmtiles", "--update")
        assert ", 0 of them made now" not in printed
        z, x, y = tile_of(112.98, 28.12, 15)
        tile = decoded(asker.get(f"/archives/teams/{z}/{x}/{y}.mvt").content)
        assert [f["properties"]["code"] for f in tile["resources"]["features"]] == ["T-2"]


def test_a_tile_that_is_damaged_is_told_and_not_sent_on_as_plain(town: tuple[Asker, Path]) -> None:
    asker, sources = town
    file = sources / "damaged.pmtiles"
    with file.open("wb") as handle:
        writer = Writer(handle)
        writer.write_tile(0, b"\x1f\x8b\x08 and no more")
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
    plain = asker.get("/archives/damaged/0/0/0.mvt", headers={"Accept-Encoding": "identity"})
    assert said(plain, 422).startswith("damaged.pmtiles: what is packed in it is damaged")
    file.unlink()


def test_a_tile_packed_with_brotli_goes_to_who_takes_it(town: tuple[Asker, Path]) -> None:
    asker, sources = town
    file = sources / "small.pmtiles"
    with file.open("wb") as handle:
        writer = Writer(handle)
        writer.write_tile(0, b"as it lies there")
        writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.ZSTD}, {})
    path = "/archives/small/0/0/0.mvt"
    assert "packed with zstd" in said(asker.get(path, headers={"Accept-Encoding": "gzip"}), 400)
    assert (
        asker.request("HEAD", path, headers={"Accept-Encoding": "gzip, zstd"}).headers["content-encoding"]
        == "zstd"
    )
    file.unlink()


def test_the_archive_of_another_city_is_made_whole_and_another_tools_is_refused(
    town: tuple[Asker, Path], tmp_path: Path
) -> None:
    _, sources = town
    with small_city(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "city.gpkg.snapshots"):
        (tmp_path / "city.gpkg.sources").mkdir()
        taken = tmp_path / "city.gpkg.sources" / "base.pmtiles"
        taken.write_bytes((sources / "base.pmtiles").read_bytes())
        assert ", 0 of them made now" not in bake(tmp_path, "base.pmtiles", "--update")
        assert ", 0 of them made now" in bake(tmp_path, "base.pmtiles", "--update")
        with taken.open("wb") as handle:
            writer = Writer(handle)
            writer.write_tile(0, b"x")
            writer.finalize({"tile_type": TileType.MVT, "tile_compression": Compression.GZIP}, {})
        store = f"gpkg:///{tmp_path / 'city.gpkg'}"
        done = CliRunner().invoke(app, ["bake", str(taken), "--update", "--store", store])
        assert "base.pmtiles: it was not made by `citybase bake`" in str(done.exception)


def test_names_of_polygons_are_a_layer_to_bake_too(town: tuple[Asker, Path]) -> None:
    asker, sources = town
    bake(sources.parent, "names.pmtiles", "--layers", "areas_label", "--zooms", "11-12")
    (layer,) = asker.get("/archives/names.json").json()["vector_layers"]
    assert layer["id"] == "areas_label"
    (sources / "names.pmtiles").unlink()


def test_mbtiles_count_their_rows_from_the_south(town: tuple[Asker, Path]) -> None:
    asker, sources = town
    z, x, y = tile_of(112.9105, 28.1105, 12)
    tile = gzip.compress(asker.get(path_of("roads", z=12)).content)
    with sqlite3.connect(sources / "外来底图.mbtiles") as db:
        db.execute("CREATE TABLE metadata (name text, value text)")
        db.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", [("name", "底图"), ("format", "pbf")])
        db.execute("INSERT INTO tiles VALUES (?, ?, ?, ?)", (z, x, 2**z - 1 - y, tile))
    db.close()
    found = asker.get(f"/archives/外来底图/{z}/{x}/{y}.mvt")
    assert decoded(found.content) == decoded(gzip.decompress(tile))
    assert asker.get("/archives/外来底图.json").json()["minzoom"] == z
    (sources / "外来底图.mbtiles").unlink()


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/archives/nope.json", 404, "base"),
        ("/archives/base/3/8/0.mvt", 400, "tile 3/8/0 is not there"),
        ("/archives/base/14/0/0.png", 400, "the tiles of base are mvt, not png"),
        ("/archives/cut.json", 422, "was it copied to the end?"),
        ("/archives/zip.json", 422, "it is a zip file"),
        ("/archives/zip/1/0/0.mvt", 422, "it is a zip file"),
    ],
)
def test_what_can_not_be_served_is_told_in_a_sentence(
    town: tuple[Asker, Path], path: str, status: int, sentence: str
) -> None:
    asker, sources = town
    (sources / "cut.pmtiles").write_bytes((sources / "base.pmtiles").read_bytes()[:300])
    (sources / "zip.pmtiles").write_bytes(b"PK\x03\x04" + bytes(400))
    try:
        assert sentence in said(asker.get(path), status)
        left_out = asker.get("/archives").json()["left_out"]
        assert {"cut.pmtiles", "zip.pmtiles"} <= left_out.keys()
    finally:
        (sources / "cut.pmtiles").unlink()
        (sources / "zip.pmtiles").unlink()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["x.zip"], "an archive of tiles ends in .pmtiles"),
        (["x.pmtiles", "--zooms", "3"], "write the first and the last one, as in 6-15"),
        (["x.pmtiles", "--zooms", "9-3"], "zooms 9-3 can't be baked"),
        (["x.pmtiles", "--bbox", "1,2,3"], "write west,south,east,north in degrees"),
        (["x.pmtiles", "--layers", "roads,roads"], "roads,roads names a layer twice"),
        (["x.pmtiles", "--update", "--zooms", "3-4"], "give no choices with --update"),
        (["x.pmtiles", "--layers", "rivers"], "layer 'rivers' is not loaded"),
        (["x.pmtiles", "--layers", "buildings", "--fields", "colour"], "colour: no such field"),
        (["x.pmtiles", "--layers", "buildings,roads", "--filter", "floors > 3"], "a filter is of one layer"),
    ],
)
def test_what_can_not_be_baked_is_refused(
    town: tuple[Asker, Path], arguments: list[str], sentence: str
) -> None:
    _, sources = town
    store = f"gpkg:///{sources.parent / 'city.gpkg'}"
    done = CliRunner().invoke(
        app, ["bake", str(sources.parent / arguments[0]), *arguments[1:], "--store", store]
    )
    assert done.exit_code != 0
    assert sentence in str(done.exception) + done.output
