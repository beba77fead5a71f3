"""Rasters over HTTP: what is listed, TileJSON that MapLibre takes, ETags, refusals in sentences."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from PIL import Image

from cim.space import crs
from tests.support import raster_files as made
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said
from tests.support.raster_files import MIDDLE, metres
from tests.support.small_city import EAST, NORTH, SOUTH, WEST
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster.color_ramps import RAMPS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of sources: terrain, people, depth of water, a picture, and what can't be served."""
    folder = tmp_path_factory.mktemp("raster") / "sources"
    folder.mkdir()
    made.plane_in_metres(folder / "dem.tif")
    (folder / "dem.toml").write_text(
        'title_zh = "高程"\ntitle_en = "Terrain"\nattribution = "测绘院"\nunit = "m"\n'
    )
    cells = np.arange(100, dtype=np.int32).reshape(1, 10, 10)
    cells[0, 5, 5] = -1
    made.degrees(folder / "人口.tif", cells, nodata=-1)
    (folder / "人口.toml").write_text(
        'title_zh = "人口"\ntitle_en = "People"\nramp = "population"\nunit = "人"\n'
    )
    made.degrees(folder / "photo.tif", np.full((3, 10, 10), 90, np.uint8))
    (folder / "broken.tif").write_bytes(b"II*\0 and no more")
    (folder / "a b.tif").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def asker(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    home = tmp_path_factory.mktemp("city")
    url = f"gpkg:///{home / 'city.gpkg'}"
    small.build(url, home / "snapshots").close()
    with asking(replace(small.settings(url, home / "snapshots"), sources=str(folder))) as asker:
        yield asker


def path(name: str, z: int = 14, what: str = "", form: str = "png", at: tuple[float, float] = MIDDLE) -> str:
    x, y = WEB_MERCATOR.tile_at(z, *at)
    return f"/raster/{name}/{what and what + '/'}{z}/{x}/{y}.{form}"


def test_the_list_says_what_there_is_and_what_cannot_be_served_and_why(asker: Asker) -> None:
    listing = asker.get("/raster").json()
    found = {r["name"]: r for r in listing["rasters"]}
    assert set(found) == {"dem", "人口", "photo", "broken"}
    assert listing["left_out"] == [
        {"file": "a b.tif", "why": "rename it: letters, digits, _ and - only, at most 100"}
    ]
    assert "broken.tif: can't be read as a GeoTIFF" in found["broken"]["trouble"]
    dem, people = found["dem"], found["人口"]
    assert (dem["kind"], dem["title_zh"], dem["attribution"], dem["unit"], dem["dtype"]) == (
        "terrain",
        "高程",
        "测绘院",
        "m",
        "float32",
    )
    assert dem["crs"] == "EPSG:4547"
    assert dem["bounds"][0] < WEST < EAST < dem["bounds"][2]
    assert set(dem["links"]) == {
        "tilejson",
        "value",
        "legend",
        "legend_picture",
        "terrain",
        "hillshade",
        "slope",
        "contours",
    }
    assert people["bounds"] == pytest.approx([WEST, SOUTH, EAST, NORTH])
    assert people["bands"][0]["statistics"]["max"] == 99.0
    assert "terrain" not in people["links"]
    assert found["photo"]["kind"] == "image"
    assert [r["name"] for r in listing["ramps"]] == list(RAMPS)
    for link in [*dem["links"].values(), *people["links"].values(), *found["photo"]["links"].values()]:
        ask = f"{link}?lon={MIDDLE[0]}&lat={MIDDLE[1]}" if link.endswith("/value") else link
        assert asker.get(ask).status_code == 200, link


def test_a_tile_is_a_picture_that_is_asked_for_once(asker: Asker) -> None:
    for ask in (
        path("人口"),
        path("dem", what="terrain"),
        path("dem", what="slope", form="webp"),
        path("dem", what="hillshade", form="jpg"),
        path("dem", what="contours", form="mvt"),
    ):
        first = asker.get(ask)
        assert first.status_code == 200, (ask, first.text)
        assert first.headers["cache-control"] == "public, no-cache"
        again = asker.get(ask)
        assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])
        unchanged = asker.get(ask, headers={"If-None-Match": first.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == first.headers["etag"]


def test_each_request_has_a_tag_of_its_own(asker: Asker) -> None:
    asked = [
        "",
        "?ramp=viridis",
        "?ramp=viridis_r",
        "?ramp=viridis&steps=true",
        "?rescale=0,9",
        "?size=512",
        "?resampling=nearest",
        "?datum=gcj02",
        "?expression=b1*2&rescale=0,1",
    ]
    answers = [asker.get(path("人口") + query) for query in asked]
    assert [a.status_code for a in answers] == [200] * len(asked)
    assert len({a.headers["etag"] for a in answers}) == len(asked)
    assert len({a.content for a in answers}) >= len(asked) - 1


def test_outside_of_the_raster_there_is_nothing(asker: Asker) -> None:
    for what, form in (
        ("", "png"),
        ("terrain", "png"),
        ("hillshade", "png"),
        ("slope", "png"),
        ("contours", "mvt"),
    ):
        answer = asker.get(path("dem", what=what, form=form, at=(0.0, 0.0)))
        assert (answer.status_code, answer.content) == (204, b""), what
        assert answer.headers["etag"]


def test_a_mesh_has_heights_also_where_the_raster_has_none(asker: Asker, folder: Path) -> None:
    cells = np.full((1, 40, 40), -1, np.int16)
    cells[0, :10] = 30
    made.degrees(folder / "half_dem.tif", cells, nodata=-1)
    x, y = WEB_MERCATOR.tile_at(15, 112.95, 28.12)
    answer = asker.get(f"/raster/half_dem/terrain/15/{x}/{y}.png")
    assert answer.status_code == 200
    assert np.abs(metres(answer.content, "mapbox")).max() < 1e-6
    assert asker.get(f"/raster/half_dem/15/{x}/{y}.png").status_code == 204
    (folder / "half_dem.tif").unlink()
    assert said(asker.get(f"/raster/half_dem/terrain/15/{x}/{y}.png"), 404).startswith(
        "there is no half_dem.tif"
    )


def test_a_file_that_is_dropped_in_replaced_or_removed_is_so_at_once(asker: Asker, folder: Path) -> None:
    ask = path("new", 16)
    assert "there are: broken, dem, photo, 人口" in said(asker.get(ask), 404)
    tags = []
    for colour in (10, 200):
        made.degrees(folder / "new.tif", np.full((3, 10, 10), colour, np.uint8))
        os.utime(folder / "new.tif", ns=(colour, colour))
        answer = asker.get(ask, headers={"If-None-Match": tags[-1]} if tags else {})
        assert answer.status_code == 200
        assert Image.open(io.BytesIO(answer.content)).convert("RGB").getpixel((128, 128)) == (colour,) * 3
        tags.append(answer.headers["etag"])
    (folder / "new.toml").write_text("rescale = [0, 400]")  # 200 is now half as bright
    answer = asker.get(ask, headers={"If-None-Match": tags[-1]})
    assert Image.open(io.BytesIO(answer.content)).convert("RGB").getpixel((128, 128)) == (128,) * 3
    for file in ("new.tif", "new.toml"):
        (folder / file).unlink()
    assert asker.get(ask, headers={"If-None-Match": tags[-1]}).status_code == 404


def test_a_tile_is_as_large_as_it_is_asked_for(asker: Asker) -> None:
    ask = path("人口", 12)
    for more, side in (("", 256), ("?size=512", 512), ("?size=64", 64)):
        assert Image.open(io.BytesIO(asker.get(ask + more).content)).size == (side, side)
    twice = ask.replace(".png", "@2x.png")
    assert Image.open(io.BytesIO(asker.get(twice).content)).size == (512, 512)
    assert Image.open(io.BytesIO(asker.get(twice + "?size=512").content)).size == (1024, 1024)


def test_the_tilejson_of_terrain_is_all_that_a_raster_dem_source_needs(asker: Asker) -> None:
    for query, encoding, size in (("", "mapbox", 256), ("?encoding=terrarium&size=512", "terrarium", 512)):
        told = asker.get(f"/raster/dem/terrain.json{query}").json()
        assert (told["tilejson"], told["scheme"], told["encoding"], told["tileSize"]) == (
            "3.0.0",
            "xyz",
            encoding,
            size,
        )
        assert told["name"] == "高程"
        assert told["attribution"] == "测绘院"
        z = told["maxzoom"]
        x, y = WEB_MERCATOR.tile_at(z, *MIDDLE)
        (url,) = told["tiles"]
        answer = asker.get(url.format(z=z, x=x, y=y))
        assert answer.headers["content-type"] == "image/png"
        heights = metres(answer.content, encoding)
        assert heights.shape == (size, size)
        west, south, east, north = WEB_MERCATOR.bounds(z, x, y)
        seen = heights[heights > 0]  # 0 m beyond the edge of the file
        assert seen.size > heights.size / 2
        assert made.plane(west, south) - 1 <= seen.min() <= seen.max() <= made.plane(east, north) + 1


@pytest.mark.parametrize(
    "ask",
    [
        "人口.json?ramp=depth&steps=true",
        "photo.json?format=webp&size=512",
        "dem/hillshade.json?azimuth=270&format=jpg",
        "dem/slope.json?ramp=magma",
        "dem/contours.json?interval=5",
        "dem.json?datum=gcj02",
    ],
)
def test_the_urls_of_a_tilejson_lead_to_tiles_with_what_was_asked(asker: Asker, ask: str) -> None:
    told = asker.get(f"/raster/{ask}").json()
    assert told["tilejson"] == "3.0.0"
    assert told["minzoom"] <= told["maxzoom"]
    (url,) = told["tiles"]
    query = ask.partition("?")[2].replace("format=webp&", "").replace("&format=jpg", "")
    assert url.endswith(query)
    x, y = WEB_MERCATOR.tile_at(told["maxzoom"], *MIDDLE)
    answer = asker.get(url.format(z=told["maxzoom"], x=x, y=y))
    assert answer.status_code == 200
    if "contours" in ask:
        (layer,) = told["vector_layers"]
        features = mapbox_vector_tile.decode(answer.content)[layer["id"]]["features"]
        assert {key for f in features for key in f["properties"]} == set(layer["fields"])
        assert all(f["properties"]["elevation"] % 5 == 0 for f in features)
    else:
        assert Image.open(io.BytesIO(answer.content)).size == (told["tileSize"],) * 2


def test_the_bounds_of_a_shifted_tilejson_are_where_chinese_maps_have_them(asker: Asker) -> None:
    plain, shifted = (asker.get(f"/raster/人口.json{q}").json()["bounds"] for q in ("", "?datum=gcj02"))
    np.testing.assert_allclose(shifted[:2], crs.from_wgs84(np.array([plain[:2]]), "gcj02")[0])


def test_the_value_at_a_point_comes_with_its_unit(asker: Asker) -> None:
    told = asker.get("/raster/人口/value?lon=112.975&lat=28.165").json()
    assert (told["value"], told["unit"]) == (37.0, "人")
    assert told["bands"] == [{"band": 1, "name": "b1", "value": 37.0}]
    lon, lat = crs.from_wgs84(np.array([[112.975, 28.165]]), "bd09")[0].tolist()
    assert asker.get(f"/raster/人口/value?lon={lon}&lat={lat}&datum=bd09").json()["value"] == 37.0
    assert asker.get("/raster/人口/value?lon=112.955&lat=28.145").json()["value"] is None
    assert asker.get("/raster/人口/value?lon=0&lat=0").json()["value"] is None
    assert [
        b["value"] for b in asker.get("/raster/photo/value?lon=112.95&lat=28.15&bands=3").json()["bands"]
    ] == [90.0]


def test_a_legend_says_classes_and_colours_in_chinese_and_english(asker: Asker) -> None:
    told = asker.get("/raster/人口/legend.json").json()
    assert (told["title_zh"], told["title_en"], told["unit"], told["ramp"]) == (
        "人口",
        "People",
        "人",
        "population",
    )
    assert told["gradient"].startswith("linear-gradient(to right, #fff6dc")
    values = [e["value"] for e in told["entries"]]
    assert values == sorted(values)
    assert all(told["min"] <= v <= told["max"] for v in values)
    depth = asker.get("/raster/人口/legend.json?ramp=depth").json()
    assert [(e["from"], e["to"], e["label"]) for e in depth["entries"]][-2:] == [
        (0.5, 1.0, "0.5–1"),
        (1.0, None, "≥ 1"),
    ]
    slope = asker.get("/raster/dem/legend.json?of=slope").json()
    assert (slope["title_zh"], slope["unit"], slope["max"]) == ("坡度", "°", 60.0)


@pytest.mark.parametrize("query", ["", "?ramp=depth", "?scale=2", "?ramp=heat&steps=true", "?rescale=0,1"])
def test_a_legend_comes_as_a_picture(asker: Asker, query: str) -> None:
    answer = asker.get(f"/raster/人口/legend.png{query}")
    assert answer.headers["content-type"] == "image/png"
    shown = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGB"))
    assert shown.shape[0] > 100
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > 5


BAD: list[tuple[str, int, str]] = [
    (
        "/raster/none/1/0/0.png",
        404,
        "no none.tif or none.tiff in the folder of sources, sources; there are: broken",
    ),
    ("/raster/..%2Fcity/1/0/0.png", 404, "Not Found"),
    ("/raster/a%20b/1/0/0.png", 400, "'a b' can't be the name of a source"),
    ("/raster/broken/14/1/1.png", 422, "broken.tif: can't be read as a GeoTIFF"),
    ("/raster/broken.json", 422, "broken.tif: can't be read as a GeoTIFF"),
    ("/raster/dem/25/0/0.png", 400, "zooms run from 0 to 24"),
    ("/raster/dem/-1/0/0.png", 400, "zooms run from 0 to 24"),
    ("/raster/dem/3/8/0.png", 400, "at zoom 3, x runs from 0 to 7"),
    ("/raster/dem/3/0/8@2x.png", 400, "at zoom 3, x runs from 0 to 7"),
    ("/raster/dem/3/0/0@9x.png", 400, "row '0@9x' of a tile is none"),
    ("/raster/dem/3/0/a.png", 400, "row 'a' of a tile is none"),
    ("/raster/dem/3/0/0.gif", 422, "form"),
    ("/raster/dem/terrain/3/0/0.jpg", 422, "form"),
    ("/raster/dem/contours/25/0/0.mvt", 400, "zooms run from 0 to 24"),
    ("/raster/dem/contours/14/13333/6853.mvt?interval=0", 400, "interval must be more than 0"),
    ("/raster/dem/contours/14/13333/6853.mvt?interval=nan", 400, "interval must be more than 0"),
    ("/raster/dem/1/0/0.png?size=4096", 400, "a tile has 64 to 1024 pixels on a side, not 4096"),
    ("/raster/dem/1/0/0@3x.png?size=512", 400, "a tile has 64 to 1024 pixels on a side, not 1536"),
    ("/raster/dem.json?size=1", 400, "a tile has 64 to 1024 pixels on a side, not 1"),
    ("/raster/dem/hillshade/1/0/0.png?azimuth=400", 422, "azimuth"),
    ("/raster/dem/hillshade/1/0/0.png?exaggeration=0", 422, "exaggeration"),
    ("/raster/photo/terrain/14/1/1.png", 400, "photo is an image, which has no heights"),
    ("/raster/photo/terrain.json", 400, "photo is an image, which has no heights"),
    ("/raster/photo/legend.json", 404, "photo is a picture in its own colours, which has no legend"),
    (f"{path('photo')}?rescale=0,1e-300", 400, "colours can't run from 0 to 1e-300"),
    ("/raster/dem/value?lon=500&lat=0", 400, "500"),
    ("/raster/dem/value?lon=1", 422, "lat"),
    ("/raster/dem/value?lon=1&lat=1&bands=2", 400, "dem has no band 2; it has 1 (b1)"),
    ("/raster/dem/value?lon=1&lat=1&bands=0", 400, "dem has no band 0"),
]
BAD_LOOKS = [
    ("ramp=rainbow", 400, "ramp 'rainbow' is not known; known: terrain, slope"),
    ("rescale=9,1", 400, "rescale '9,1': 9 is not less than 1"),
    ("rescale=1", 400, "rescale '1': give two numbers"),
    ("rescale=a,b", 400, "rescale 'a,b': give lowest,highest as numbers"),
    ("rescale=0,inf", 400, "give two numbers"),
    ("rescale=0,1e-300", 400, "colours can't run from 0 to 1e-300"),
    ("ramp=-1e308:%23fff,1e308:%23000", 400, "colours can't run from -1e+308 to 1e+308"),
    ("bands=2", 400, "人口 has no band 2; it has 1 (b1)"),
    ("bands=x", 400, "bands 'x': give whole numbers"),
    ("bands=1,1", 400, "one band or of three, not of 2"),
    ("expression=b9", 400, "人口 has no band 9"),
    ("expression=b1.real", 400, "expression 'b1.real' can't be used"),
    ("expression=b1*2", 400, "say the range of the expression's values"),
    ("expression=b1&bands=1", 400, "can't be asked together"),
    ("resampling=best", 422, "resampling"),
    ("steps=some", 422, "steps"),
    ("datum=mars", 422, "datum"),
]


@pytest.mark.parametrize(
    ("ask", "status", "sentence"),
    [*BAD, *((f"{path('人口')}?{q}", status, text) for q, status, text in BAD_LOOKS)],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(
    asker: Asker, ask: str, status: int, sentence: str
) -> None:
    assert sentence in said(asker.get(ask), status)


def test_a_city_without_a_folder_of_sources_has_no_rasters(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    small.build(url, tmp_path / "snapshots").close()
    with asking(small.settings(url, tmp_path / "snapshots")) as asker:
        told: dict[str, Any] = json.loads(asker.get("/raster").text)
        assert (told["rasters"], told["left_out"]) == ([], [])
        assert "there are: none" in said(asker.get("/raster/dem.json"), 404)
