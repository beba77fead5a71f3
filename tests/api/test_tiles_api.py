"""Tiles, TileJSON and the style over HTTP: negotiation, ETags, refusals, and GDAL as a second reader."""

from __future__ import annotations

import gzip
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import shapely

from tests.support import small_city as small
from tests.support.api_client import Asker, said, small_city
from tests.support.server import Server
from tests.support.tiles import decoded, path_of, shape_of, tile_of


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("tiles")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def test_a_tile_is_served_as_such_with_gzip_or_plain_as_the_client_likes(asker: Asker) -> None:
    path = path_of("buildings", z=12) + "?fields=name"  # a zoom whose tiles have no names unless asked for
    packed = asker.get(path, headers={"Accept-Encoding": "gzip"})
    plain = asker.get(path, headers={"Accept-Encoding": "identity"})
    assert (
        packed.headers["content-type"]
        == plain.headers["content-type"]
        == "application/vnd.mapbox-vector-tile"
    )
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    names = [f["properties"]["name"] for f in decoded(plain.content)["buildings"]["features"]]
    assert sorted(names) == ["一号楼", "二号楼"]


def test_gzip_is_not_sent_to_who_does_not_take_it(asker: Asker) -> None:
    for accepted in ("gzip;q=0", "br, gzip; q=0.0", "deflate", ""):
        answer = asker.get(path_of("buildings"), headers={"Accept-Encoding": accepted})
        assert "content-encoding" not in answer.headers
    for accepted in ("gzip, deflate, br", "gzip;q=0.5"):
        answer = asker.get(path_of("buildings"), headers={"Accept-Encoding": accepted})
        assert answer.headers["content-encoding"] == "gzip"


def test_an_empty_tile_is_a_204_without_a_body(asker: Asker) -> None:
    for path in (path_of("buildings", 0, 0), path_of("buildings", 112.98, 28.11, 18)):
        answer = asker.get(path)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["etag"]


def test_an_unchanged_tile_is_a_304(asker: Asker) -> None:
    path = path_of("buildings,roads")
    etag = asker.get(path).headers["etag"]
    for told in (etag, f"W/{etag}", f'"other", {etag}'):
        again = asker.get(path, headers={"If-None-Match": told})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert asker.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert asker.get(path_of("buildings")).headers["etag"] != etag
    empty = path_of("buildings", 0, 0)
    told = asker.get(empty).headers["etag"]
    assert asker.get(empty, headers={"If-None-Match": told}).status_code == 304


@pytest.mark.parametrize("path", ["/tiles/buildings,roads.json", "/style.json", "/styles/roads.json"])
def test_an_unchanged_document_of_a_map_is_a_304(asker: Asker, path: str) -> None:
    first = asker.get(path)
    again = asker.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert first.headers["cache-control"] == "no-cache"
    assert asker.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_several_layers_come_in_one_tile(asker: Asker) -> None:
    # The tile ends at 112.9395 E and 28.1495 N; its buffer reaches 28.1508, so what lies on 28.15 N is in it.
    tile = decoded(asker.get(path_of("areas,roads,buildings,resources,incidents,units", z=12)).content)
    assert list(tile) == ["areas", "roads", "buildings", "resources", "incidents", "units"]
    # Unit grids, of which there are two, are drawn from zoom 13 on.
    assert [len(layer["features"]) for layer in tile.values()] == [7, 1, 2, 2, 1, 1]
    assert "reporter" not in str(tile)
    assert [f["properties"]["code"] for f in tile["incidents"]["features"]] == ["20260601-00001"]


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/tiles/rivers/14/1/1.mvt", 404, "layer 'rivers' is not loaded; loaded: areas, buildings"),
        ("/tiles/buildings,rivers/14/1/1.mvt", 404, "layer 'rivers' is not loaded"),
        ("/tiles/buildings,/14/1/1.mvt", 404, "layer '' is not loaded"),
        ("/tiles/buildings,buildings/14/1/1.mvt", 400, "names a layer twice"),
        ("/tiles/buildings/25/0/0.mvt", 400, "zooms run from 0 to 24"),
        ("/tiles/buildings/-1/0/0.mvt", 400, "zooms run from 0 to 24"),
        ("/tiles/buildings/3/8/0.mvt", 400, "at zoom 3, x runs from 0 to 7 and y from 0 to 7"),
        ("/tiles/buildings/3/0/8.mvt", 400, "at zoom 3, x runs from 0 to 7 and y from 0 to 7"),
        ("/tiles/buildings/3/0/-1.mvt", 400, "at zoom 3, x runs from 0 to 7 and y from 0 to 7"),
        ("/tiles/buildings/24/99999999999999999999/0.mvt", 400, "x runs from 0 to 16777215"),
        ("/tiles/buildings/a/0/0.mvt", 422, "z"),
        ("/tiles/buildings/1.5/0/0.mvt", 422, "z"),
        ("/tiles/buildings/0/0/0.png", 404, "Not Found"),
        ("/tiles/rivers.json", 404, "layer 'rivers' is not loaded"),
        ("/style.json?theme=pink", 422, "theme"),
    ],
)
def test_a_tile_that_is_not_there_is_refused_in_a_sentence(
    asker: Asker, path: str, status: int, sentence: str
) -> None:
    assert sentence in said(asker.get(path), status)


def test_tilejson_says_what_the_tiles_hold(asker: Asker) -> None:
    told = asker.get("/tiles/buildings,roads.json").json()
    assert told["tilejson"] == "3.0.0"
    assert told["scheme"] == "xyz"
    assert told["tiles"] == ["http://127.0.0.1:8000/tiles/buildings,roads/{z}/{x}/{y}.mvt"]
    assert told["bounds"] == pytest.approx([112.90, 28.11, 113.00, 28.171])
    west, south, east, north = told["bounds"]
    lon, lat, zoom = told["center"]
    assert west <= lon <= east
    assert south <= lat <= north
    assert 0 <= told["minzoom"] <= zoom <= told["maxzoom"] <= 24
    assert isinstance(zoom, int)
    for layer in told["vector_layers"]:
        assert told["minzoom"] <= layer["minzoom"] <= layer["maxzoom"] <= told["maxzoom"]
    buildings, roads = told["vector_layers"]
    assert buildings["id"] == "buildings"
    assert buildings["fields"] == {
        "name": "String",
        "floors": "Number",
        "height_m": "Number",
        "population": "Number",
        "height": "Number",
    }
    assert roads["fields"] == {"name": "String", "class": "String"}
    served = asker.get(
        told["tiles"][0].format(z=14, x=tile_of(112.92, 28.15, 14)[1], y=tile_of(112.92, 28.15, 14)[2])
    )
    assert served.status_code == 200
    assert "reporter" not in asker.get("/tiles/incidents.json").text


def test_tilejson_of_an_empty_layer_covers_the_world(asker: Asker) -> None:
    code = asker.get("/sensors").json()["features"][0]["id"]
    kept = asker.get(f"/sensors/{code}").json()
    assert asker.delete(f"/sensors/{code}").status_code == 204
    told = asker.get("/tiles/sensors.json")
    assert told.status_code == 200
    west, south, east, north = told.json()["bounds"]
    assert west <= east
    assert south <= north
    asker.post("/sensors", {"code": code, "position": kept["geometry"]["coordinates"]})


def test_a_served_tile_is_gzip_on_the_wire_and_new_with_a_new_etag_once_a_feature_changes(
    served: Server, asker: Asker
) -> None:
    with httpx.Client(base_url=served.url) as client:
        path = path_of("resources,buildings", 112.911, 28.12)
        before = client.get(path)
        assert decoded(before.content) == decoded(asker.get(path).content), "whatever the store"
        assert before.headers["cache-control"] == "public, no-cache"
        with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as wire:
            assert gzip.decompress(b"".join(wire.iter_raw())) == before.content
        buildings = client.get(path_of("buildings", 112.911, 28.12)).headers["etag"]
        client.patch("/resources/T-1", json={"name": "改名队", "position": [112.9115, 28.12]})
        after = client.get(path, headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert after.headers["etag"] != before.headers["etag"]
        moved = {f["properties"]["code"]: f for f in decoded(after.content)["resources"]["features"]}
        assert moved["T-1"]["properties"]["name"] == "改名队"
        was = {f["properties"]["code"]: f for f in decoded(before.content)["resources"]["features"]}
        assert moved["T-1"]["id"] == was["T-1"]["id"]
        assert moved["T-1"]["geometry"]["coordinates"][0] > was["T-1"]["geometry"]["coordinates"][0]
        client.delete("/resources/T-2")
        gone = client.get(path)
        assert [f["properties"]["code"] for f in decoded(gone.content)["resources"]["features"]] == ["T-1"]
        # A tile of other layers costs nothing all the while.
        same = client.get(path_of("buildings", 112.911, 28.12), headers={"If-None-Match": buildings})
        assert same.status_code == 304


def test_two_cities_never_share_an_etag(asker: Asker, tmp_path: Path) -> None:
    with small_city(f"gpkg:///{tmp_path / 'other.gpkg'}", tmp_path / "s", anew=True) as other:
        path = path_of("buildings")
        assert other.get(path).content == asker.get(path).content
        assert other.get(path).headers["etag"] != asker.get(path).headers["etag"]


def test_gdal_reads_our_tiles_and_finds_the_same_features(asker: Asker, gdal: str, tmp_path: Path) -> None:
    z, x, y = tile_of(112.9105, 28.1105, 12)
    file = tmp_path / "tile.mvt"
    names = ["areas", "buildings", "roads", "resources", "incidents"]
    file.write_bytes(asker.get(path_of(",".join(names), z=12)).content)
    options = ["-oo", f"X={x}", "-oo", f"Y={y}", "-oo", f"Z={z}", "-oo", "CLIP=NO"]
    listed = subprocess.run(
        [gdal, "-ro", "-q", str(file), *options], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split(": ")[1].split(" ")[0] for line in listed.splitlines() if line[:1].isdigit()] == names
    metres_a_unit = 40_075_016.686 / 2**z / 4096
    for name in names:
        out = subprocess.run(
            [
                "ogr2ogr",
                "-f",
                "GeoJSON",
                "/vsistdout/",
                str(file),
                name,
                *options,
                "-t_srs",
                "EPSG:3857",
                "-lco",
                "RFC7946=NO",
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        read = {f["properties"]["mvt_id"]: f for f in json.loads(out)["features"]}
        ours = {f["id"]: f for f in decoded(file.read_bytes())[name]["features"]}
        assert read.keys() == ours.keys()
        for fid, feature in read.items():
            theirs = {k: v for k, v in feature["properties"].items() if k != "mvt_id" and v is not None}
            assert theirs == ours[fid]["properties"]
            there, here = shapely.geometry.shape(feature["geometry"]), shape_of(ours[fid])
            west, north = 40_075_016.686 * (x / 2**z - 0.5), 40_075_016.686 * (0.5 - y / 2**z)
            drawn = shapely.transform(here, lambda c: c * (metres_a_unit, -metres_a_unit) + (west, north))  # noqa: B023
            assert there.hausdorff_distance(drawn) < 0.01


def test_the_style_names_tiles_that_are_there(asker: Asker) -> None:
    style = asker.get("/style.json").json()
    (source,) = {s["url"] for s in style["sources"].values()}
    tilejson = asker.get(source.removeprefix("http://127.0.0.1:8000")).json()
    drawn = {layer["source-layer"] for layer in style["layers"] if "source-layer" in layer}
    assert drawn <= {layer["id"] for layer in tilejson["vector_layers"]}
    assert {s.name for s in (small.BUILDINGS, small.ROADS)} <= drawn
