"""OGC API – Tiles: every link leads where it says, and each tile is that of `/tiles` or lies where it should."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import numpy as np
import pyogrio
import pytest
import shapely

from cim.city import City
from tests.support import small_city as small
from tests.support.api_client import Asker, said, small_city
from tests.support.inputs import missing
from tests.support.served import Served
from tests.support.server import Server, environment_of
from tests.support.tiles import decoded, ogc, shape_of, tile_of
from tiles.grid.matrix_sets import CGCS2000, MATRIX_SETS, WEB_MERCATOR, WORLD_CRS84, MatrixSet
from tiles.grid.tile_grid import Grid

HOST = "http://127.0.0.1:8000"
REL = "http://www.opengis.net/def/rel/ogc/1.0/"
MVT = "application/vnd.mapbox-vector-tile"


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("ogc")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def at(matrices: MatrixSet, matrix: str, lon: float, lat: float) -> str:
    """The tile of a place, as addresses have it: matrix, row, column."""
    column, row = Grid(matrices.degrees).tile_at(matrices.zoom(matrix), lon, lat)
    return f"{matrices.id}/{matrix}/{row}/{column}"


# -- documents ---------------------------------------------------------------------------------------


def links_of(document: Any) -> Iterator[dict[str, Any]]:
    """Every link of a document, however deep."""
    if isinstance(document, dict):
        if "href" in document:
            yield document
        document = list(document.values())
    if isinstance(document, list):
        for part in document:
            yield from links_of(part)


def test_from_the_landing_page_every_link_leads_to_what_it_says(asker: Asker) -> None:
    waiting, seen, tiles = ["/ogc"], {"/ogc"}, 0
    while waiting:
        document = asker.get(waiting.pop()).json()
        if "openapi" in document:
            continue
        for link in links_of(document):
            path = link["href"].removeprefix(HOST)
            assert path.startswith("/"), "all on our own host"
            if link.get("templated"):
                if "tileMatrixSetLimits" not in document:
                    continue
                there = document["tileMatrixSetLimits"][-1]
                names = {"tileMatrix": "tileMatrix", "tileRow": "minTileRow", "tileCol": "maxTileCol"}
                for variable, name in names.items():
                    assert f"{{{variable}}}" in path
                    path = path.replace(f"{{{variable}}}", str(there[name]))
                answer = asker.get(path)
                assert answer.status_code in (200, 204)
                assert answer.status_code == 204 or answer.headers["content-type"] == link["type"] == MVT
                tiles += 1
                continue
            if path in seen:
                continue
            seen.add(path)
            answer = asker.get(path)
            assert answer.status_code == 200, (path, answer.text)
            assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0], path
            if answer.headers["content-type"].startswith("application/json"):
                waiting.append(path)
    assert {"/ogc/conformance", "/ogc/api", "/docs", "/ogc/tiles", "/ogc/tileMatrixSets/CGCS2000Quad"} <= seen
    layers = len(ogc(asker, "/collections")["collections"])
    assert layers >= 7
    assert tiles == 3 * (layers + 1), "each layer's and the city's tilesets, in three matrix sets"


def test_the_landing_page_names_the_tilesets_as_the_standard_wants(asker: Asker) -> None:
    rels = {link["rel"] for link in ogc(asker, "")["links"]}
    assert {"self", "service-desc", "service-doc", "conformance", "data", f"{REL}tilesets-vector"} <= rels
    assert f"{REL}tiling-schemes" in rels
    classes = ogc(asker, "/conformance")["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in classes
    assert not [c for c in classes if "oas30" in c], "the description is OpenAPI 3.1"
    assert ogc(asker, "/api")["openapi"].startswith("3.1")


def test_a_collection_has_chinese_and_english_names_and_its_extent(asker: Asker) -> None:
    by_id = {c["id"]: c for c in ogc(asker, "/collections")["collections"]}
    buildings = by_id["buildings"]
    assert buildings == ogc(asker, "/collections/buildings")
    assert (buildings["title"], buildings["title_zh"], buildings["title_en"]) == (
        "建筑 Buildings",
        "建筑",
        "Buildings",
    )
    (box,) = buildings["extent"]["spatial"]["bbox"]
    assert box == pytest.approx([112.91, 28.11, 112.973, 28.171])
    assert f"{REL}tilesets-vector" in {link["rel"] for link in buildings["links"]}
    (empty,) = by_id["closures"]["extent"]["spatial"]["bbox"]
    assert empty == [-180, -85, 180, 85], "a layer without features"


def test_each_tileset_of_the_list_says_what_the_standard_wants(asker: Asker) -> None:
    for resource in ("", "/collections/roads"):
        listed = ogc(asker, f"{resource}/tiles")["tilesets"]
        assert [t["crs"].rsplit("/", 1)[1] for t in listed] == ["3857", "CRS84", "4490"]
        assert [t["tileMatrixSetURI"].rsplit("/", 1)[1] for t in listed] == list(MATRIX_SETS)
        for one in listed:
            assert one["dataType"] == "vector"
            to = {link["rel"]: link["href"] for link in one["links"]}
            whole = asker.get(to["self"].removeprefix(HOST)).json()
            assert whole["crs"] == one["crs"]
            assert to.keys() >= {"self", f"{REL}tiling-scheme", "item"}


def test_a_tileset_says_which_tiles_there_are_and_what_they_hold(asker: Asker) -> None:
    """The buildings are in 112.910…112.973 E, 28.110…28.171 N; a tile of WorldCRS84Quad 14 is 0.010986° wide."""
    told = ogc(asker, "/collections/buildings/tiles/WorldCRS84Quad")
    limits = {limit["tileMatrix"]: limit for limit in told["tileMatrixSetLimits"]}
    # (112.91 + 180) / 0.010986 = 26661.8; (112.973 + 180) / … = 26667.6; (90 - 28.171) / … = 5627.8; … 5633.3
    assert limits["14"] == {
        "tileMatrix": "14",
        "minTileRow": 5627,
        "maxTileRow": 5633,
        "minTileCol": 26661,
        "maxTileCol": 26667,
    }
    assert limits["0"] == {
        "tileMatrix": "0",
        "minTileRow": 0,
        "maxTileRow": 0,
        "minTileCol": 1,
        "maxTileCol": 1,
    }
    assert told["mediaTypes"] == [MVT]
    assert told["centerPoint"]["coordinates"] == pytest.approx([112.9415, 28.1405])
    assert told["boundingBox"]["lowerLeft"] == pytest.approx([112.91, 28.11])
    (layer,) = told["layers"]
    assert (layer["id"], layer["geometryDimension"]) == ("buildings", 2)
    assert {name: p["type"] for name, p in layer["propertiesSchema"]["properties"].items()} == {
        "name": "string",
        "floors": "integer",
        "height_m": "number",
        "population": "integer",
        "height": "number",
    }
    assert layer["propertiesSchema"]["properties"]["floors"]["title"] == "层数 Floors"
    same = ogc(asker, "/collections/buildings/tiles/CGCS2000Quad")
    assert {**limits["14"], "tileMatrix": "15"} in same["tileMatrixSetLimits"], (
        "the same tiles, one number on"
    )
    incidents = ogc(asker, "/collections/incidents/tiles/WebMercatorQuad")
    properties = incidents["layers"][0]["propertiesSchema"]["properties"]
    assert properties["reported_at"]["format"] == "date-time"
    assert "reporter_phone" not in properties


# -- tiles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", ["buildings", "areas,roads,resources"])
def test_a_tile_of_webmercatorquad_is_that_of_tiles_and_nothing_is_outside_the_limits(
    asker: Asker, layers: str
) -> None:
    resource, query = (f"/collections/{layers}", "") if "," not in layers else ("", f"?collections={layers}")
    told = ogc(asker, f"{resource}/tiles/WebMercatorQuad{query}")
    limits = {int(limit["tileMatrix"]): limit for limit in told["tileMatrixSetLimits"]}
    assert max(limits) == 24
    same = empty = outside = 0
    for z in range(19):
        for lon, lat in ((112.9105, 28.1105), (112.93, 28.15), (112.9725, 28.1705), (113.2, 28.1), (0, 0)):
            _, x, y = tile_of(lon, lat, z)
            ours = asker.get(f"/ogc{resource}/tiles/WebMercatorQuad/{z}/{y}/{x}{query}")
            theirs = asker.get(f"/tiles/{layers}/{z}/{x}/{y}.mvt")
            limit = limits.get(z)
            within = limit is not None and (
                limit["minTileCol"] <= x <= limit["maxTileCol"]
                and limit["minTileRow"] <= y <= limit["maxTileRow"]
            )
            if not within:
                assert "is outside: rows run from" in said(ours, 404)
                assert theirs.status_code == 204
                outside += 1
                continue
            assert ours.status_code == theirs.status_code
            assert ours.content == theirs.content
            assert ours.headers["etag"] == theirs.headers["etag"], "kept once"
            same, empty = same + (ours.status_code == 200), empty + (ours.status_code == 204)
    assert min(same, outside) > 0
    assert empty > 0 or layers != "buildings", "between the houses is nothing"


def test_a_house_is_where_it_stands_in_each_matrix_set(asker: Asker) -> None:
    """No. 1's south-west corner is at 112.91 E, 28.11 N."""
    for matrices, matrix in ((WEB_MERCATOR, "16"), (WORLD_CRS84, "16"), (CGCS2000, "17")):
        tile = at(matrices, matrix, 112.9105, 28.1105)
        answer = asker.get(f"/ogc/collections/buildings/tiles/{tile}")
        (house,) = [f for f in decoded(answer.content)["buildings"]["features"] if f["id"] == 1]
        _, _, row, column = tile.split("/")
        z = matrices.zoom(matrix)
        west, south, east, north = Grid(matrices.degrees).bounds(z, int(column), int(row))
        xs, ys = np.array(house["geometry"]["coordinates"][0]).T / 4096
        assert west + xs.min() * (east - west) == pytest.approx(112.91, abs=5e-6)
        assert north - ys.max() * (north - south) == pytest.approx(28.11, abs=5e-6)


@pytest.mark.parametrize("datum", ["cgcs2000", "gcj02"])
def test_a_walk_over_all_levels_of_cgcs2000quad_is_read_without_a_fault(asker: Asker, datum: str) -> None:
    """Levels made for each zoom included: polygons are valid, and none of the tiles is too large."""
    query = f"?collections=areas,areas_label,buildings,roads,resources,incidents,sensors&datum={datum}"
    found: set[str] = set()
    for level in range(1, 19):
        for place in ((112.9005, 28.1105), (112.93, 28.15), (112.97, 28.17)):
            answer = asker.get(f"/ogc/tiles/{at(CGCS2000, str(level), *place)}{query}")
            assert answer.status_code in (200, 204)
            assert len(answer.content) <= 500_000
            for name, layer in decoded(answer.content).items() if answer.content else ():
                found.add(name)
                for feature in layer["features"]:
                    shape = shape_of(feature)
                    assert shape.is_valid, (level, place, shapely.is_valid_reason(shape))
    assert {"areas", "areas_label", "buildings", "roads", "resources"} <= found


def test_the_same_tile_has_one_number_more_at_tianditu(asker: Asker) -> None:
    base = "/ogc/collections/areas/tiles"
    ours = asker.get(f"{base}/{at(CGCS2000, '15', 112.93, 28.15)}")
    plain = asker.get(f"{base}/{at(WORLD_CRS84, '14', 112.93, 28.15)}")
    assert ours.status_code == 200
    assert ours.content == plain.content
    assert ours.headers["etag"] == plain.headers["etag"]


def test_a_tile_of_all_layers_has_all_and_one_of_some_has_them_in_their_order(asker: Asker) -> None:
    tile = at(WEB_MERCATOR, "13", 112.9105, 28.1195)
    every = decoded(asker.get(f"/ogc/tiles/{tile}").content)
    assert {"areas", "buildings", "resources", "sensors"} <= every.keys()
    some = decoded(asker.get(f"/ogc/tiles/{tile}?collections=sensors,areas").content)
    assert list(some) == ["sensors", "areas"]
    by_address = f"{HOST}/ogc/collections/sensors,{HOST}/ogc/collections/areas"
    assert decoded(asker.get(f"/ogc/tiles/{tile}?collections={quote(by_address)}").content) == some
    told = ogc(asker, "/tiles/WebMercatorQuad?collections=sensors,areas")
    assert [layer["id"] for layer in told["layers"]] == ["sensors", "areas"]
    (item,) = [link["href"] for link in told["links"] if link["rel"] == "item"]
    assert "collections=sensors%2Careas" in item
    assert "is not loaded" in said(asker.get(f"/ogc/tiles/{tile}?collections=rivers"), 404)


def test_a_filter_attributes_and_a_datum_go_from_the_tileset_to_its_tiles(asker: Asker) -> None:
    chosen = {
        "filter": "floors > 10",
        "filter-lang": "cql2-text",
        "properties": "name,floors",
        "datum": "gcj02",
    }
    query = "&".join(f"{name}={quote(value)}" for name, value in chosen.items())
    for form in ("json", "tilejson"):
        told = ogc(asker, f"/collections/buildings/tiles/WebMercatorQuad?f={form}&{query}")
        _, x, y = tile_of(112.9265, 28.1075, 12)  # where GCJ-02 has the city
        if form == "json":
            assert "GCJ-02" in told["description"]
            assert told["layers"][0]["propertiesSchema"]["properties"].keys() == {"name", "floors"}
            (url,) = [link["href"] for link in told["links"] if link["rel"] == "item"]
            url = url.replace("{tileMatrix}", "12").replace("{tileRow}", str(y)).replace("{tileCol}", str(x))
        else:
            assert told["tilejson"] == "3.0.0"
            url = told["tiles"][0].format(z=12, x=x, y=y)
        tile = asker.get(url.removeprefix(HOST))
        assert tile.status_code == 200
        assert [f["properties"] for f in decoded(tile.content)["buildings"]["features"]] == [
            {"name": "二号楼", "floors": 30}
        ]
        plain = asker.get(
            f"/tiles/buildings/12/{x}/{y}.mvt?filter={quote('floors > 10')}&fields=name,floors&datum=gcj02"
        )
        assert tile.content == plain.content
    as_json = quote('{"op": ">", "args": [{"property": "floors"}, 10]}')
    base = f"/ogc/collections/buildings/tiles/{at(WEB_MERCATOR, '14', 112.9205, 28.1105)}"
    one = asker.get(f"{base}?filter={as_json}&filter-lang=cql2-json&properties=floors")
    assert [f["properties"] for f in decoded(one.content)["buildings"]["features"]] == [{"floors": 30}]


def test_a_tile_in_degrees_is_new_where_something_changed_and_nowhere_else(asker: Asker) -> None:
    was, now, apart = (112.93, 28.12), (112.98, 28.12), (112.955, 28.16)
    asker.patch("/resources/T-2", {"position": list(was)})

    def tags(matrix: str, datum: str) -> list[str]:
        base = "/ogc/collections/resources/tiles"
        return [
            asker.get(f"{base}/{at(CGCS2000, matrix, *place)}?datum={datum}").headers["etag"]
            for place in (was, now, apart)
        ]

    asked = [(matrix, datum) for matrix in ("8", "16") for datum in ("cgcs2000", "gcj02")]
    before = {one: tags(*one) for one in asked}
    asker.patch("/resources/T-2", {"position": list(now)})
    after = {one: tags(*one) for one in asked}
    asker.patch("/resources/T-2", {"position": [112.912, 28.12]})
    for matrix, datum in asked:
        old, new = before[matrix, datum], after[matrix, datum]
        assert old[0] != new[0]
        assert old[1] != new[1]
        assert old[2] != new[2] or matrix == "16", "at level 8 one tile holds all three"
        # A tile of a shifted datum is as of the latest change within some 3 km.
        assert old[2] == new[2] or (matrix, datum) != ("16", "cgcs2000")


def test_what_is_known_is_not_sent_again_and_gzip_is_sent_to_who_takes_it(asker: Asker) -> None:
    path = f"/ogc/collections/buildings/tiles/{at(CGCS2000, '15', 112.9105, 28.1105)}?f=mvt"
    packed, plain = (asker.get(path, headers={"Accept-Encoding": how}) for how in ("gzip", "identity"))
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    again = asker.get(path, headers={"If-None-Match": packed.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_form_is_chosen_by_f_or_by_accept(asker: Asker) -> None:
    tileset = "/ogc/collections/roads/tiles/WebMercatorQuad"
    tile = f"/ogc/collections/roads/tiles/{at(WEB_MERCATOR, '12', 112.95, 28.15)}"

    def kind(path: str, accept: str) -> str:
        return asker.get(path, headers={"Accept": accept}).headers["content-type"]

    assert kind(tileset, "*/*") == kind(tileset, "text/html, application/*;q=0.5") == "application/json"
    assert kind(tileset, "application/geo+json, application/json") == "application/json"
    assert kind(tileset, "application/vnd.mapbox.tile+json") == "application/vnd.mapbox.tile+json"
    assert kind(tileset, "application/json;q=0.1, application/vnd.mapbox.tile+json;q=0.9").endswith(
        "tile+json"
    )
    assert kind(f"{tileset}?f=json", "text/html") == "application/json", "f comes first"
    assert kind(tile, MVT) == kind(tile, "") == kind(tile, "application/*") == MVT
    refused = [("/ogc", "text/html"), (tileset, "text/html"), (tile, "image/png"), (tile, f"{MVT};q=0")]
    refused.append((tileset.replace("WebMercator", "WorldCRS84"), "application/vnd.mapbox.tile+json"))
    for path, accept in refused:
        assert "there are: " in said(asker.get(path, headers={"Accept": accept}), 406)


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/collections/rivers", 404, "layer 'rivers' is not loaded"),
        ("/collections/rivers/tiles", 404, "layer 'rivers' is not loaded"),
        ("/collections/rivers/tiles/WebMercatorQuad", 404, "layer 'rivers' is not loaded"),
        ("/tileMatrixSets/CGCS2000", 404, "there are: WebMercatorQuad, WorldCRS84Quad, CGCS2000Quad"),
        ("/tiles/UTM31", 404, "there are: WebMercatorQuad"),
        (
            "/tiles/CGCS2000Quad/0/0/0",
            404,
            "tile matrix '0' is not in CGCS2000Quad: its matrices are 1 to 18",
        ),
        ("/tiles/CGCS2000Quad/19/0/0", 404, "its matrices are 1 to 18"),
        ("/tiles/CGCS2000Quad/01/0/0", 404, "its matrices are 1 to 18"),
        ("/collections/buildings/tiles/CGCS2000Quad/1/0/0", 404, "columns from 1 to 1"),
        ("/collections/buildings/tiles/CGCS2000Quad/1/-1/1", 404, "rows run from 0 to 0"),
        ("/collections/buildings/tiles/CGCS2000Quad/1/0/99999999999999999999", 404, "is outside"),
        ("/collections/areas_label/tiles/WebMercatorQuad/5/13/26?f=png", 400, "there are: mvt"),
        ("/collections/buildings?f=html", 400, "f=html is not served here; there are: json"),
        ("/collections/buildings/tiles/CGCS2000Quad?f=tilejson", 400, "there are: json"),
        ("/collections/buildings?limit=3", 400, "limit can't be asked here; there are: f"),
        (
            "/collections/buildings/tiles/WebMercatorQuad?collections=roads",
            400,
            "collections can't be asked here",
        ),
        ("/tiles/WebMercatorQuad?datum=utm", 400, "utm"),
        ("/tiles/WebMercatorQuad?filter=floors>3", 400, "a filter is of one layer"),
        ("/tiles/WebMercatorQuad?collections=roads,roads", 400, "names a layer twice"),
        ("/collections/buildings/tiles/WebMercatorQuad?filter=storeys>3", 400, "storeys"),
        (
            "/collections/buildings/tiles/WebMercatorQuad?filter-lang=ecql",
            400,
            "there are: cql2-text, cql2-json",
        ),
        (
            "/collections/buildings/tiles/WebMercatorQuad?filter=floors>3&filter-lang=cql2-json",
            400,
            "not cql2-json",
        ),
        ("/collections/buildings/tiles/WebMercatorQuad?properties=storeys", 400, "no such field"),
        ("/collections/buildings/tiles/WebMercatorQuad?filter=" + "x" * 4001, 400, "at most 4000"),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(
    asker: Asker, path: str, status: int, sentence: str
) -> None:
    assert sentence in said(asker.get(f"/ogc{path}"), status)


def test_labels_have_tiles_and_personal_data_has_none(asker: Asker) -> None:
    labels = asker.get(f"/ogc/collections/areas_label/tiles/{at(WORLD_CRS84, '12', 112.9125, 28.1125)}")
    names = {f["properties"]["name"] for f in decoded(labels.content)["areas_label"]["features"]}
    assert "江边社区" in names
    assert ogc(asker, "/collections/areas_label")["geometryDimension"] == 0
    guest = asker.elsewhere
    tile = f"/ogc/collections/incidents/tiles/{at(WEB_MERCATOR, '14', 112.91, 28.13)}"
    assert guest.get(tile).status_code == 200
    by_phone = quote("reporter_phone LIKE '199%'")
    assert "personal data" in said(guest.get(f"{tile}?filter={by_phone}"), 403)


def test_a_layer_without_features_has_tilesets_whose_tiles_are_empty(asker: Asker) -> None:
    told = ogc(asker, "/collections/closures/tiles/CGCS2000Quad")
    assert told["tileMatrixSetLimits"][0]["maxTileCol"] == 1
    assert asker.get("/ogc/collections/closures/tiles/CGCS2000Quad/1/0/1").status_code == 204


# -- another client ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_gdal_reads_our_tiles_where_they_lie(gpkg_city: City) -> None:
    """By the driver OGCAPI of the GDAL that pyogrio brings: 3.8 is the first that reads tile matrix sets 2.0."""
    if pyogrio.__gdal_version__ < (3, 8) or "OGCAPI" not in pyogrio.list_drivers():
        missing(
            "the GDAL of pyogrio reads no tile matrix sets 2.0 (it does from 3.8 on)",
            "CITYBASE_REQUIRE_POSTGIS",
        )
    server = Server(environment_of(gpkg_city), "serve")  # the driver holds the interpreter while it waits
    try:
        source = f"OGCAPI:{server.url}/ogc/collections/buildings"
        houses = shapely.union_all(small.buildings().geometry)
        levels = pyogrio.list_layers(source)[:, 0].tolist()
        assert levels == [f"Zoom level {z}" for z in range(24)]
        for matrix_set, level in (("WorldCRS84Quad", 14), ("CGCS2000Quad", 15)):
            read = pyogrio.read_dataframe(source, layer=f"Zoom level {level}", TILEMATRIXSET=matrix_set)
            assert set(read["mvt_id"]) == {1, 2, 3, 4}
            assert dict(zip(read["name"], read["height_m"], strict=True))["二号楼"] == 95
            assert read.crs.is_geographic
            assert matrix_set == "WorldCRS84Quad" or read.crs.to_epsg() == 4490
            # A unit of the tile is 0.0000027°.
            assert shapely.union_all(read.geometry.buffer(0)).hausdorff_distance(houses) < 4e-6
    finally:
        server.stop()


def test_gdal_finds_every_layer_from_the_landing_page(served: Served, gdal: str) -> None:
    command = [gdal, "-ro", f"OGCAPI:{served.url}/ogc"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in ("areas", "buildings", "roads"):
        assert f"OGCAPI:{served.url}/ogc/collections/{name}" in listed
    assert "Collection 建筑 Buildings" in listed
