"""The JSON documents of OGC API – Tiles (OGC 20-057): landing page, collections, tilesets and their links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from cim.city import City
from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot
from cim.space.crs import Datum
from spatial_api.routes.tiles.responses import MEDIA_TYPE
from tiles.grid import matrix_sets as matrices
from tiles.grid.matrix_sets import MATRIX_SETS, Bounds, Drawn, MatrixSet
from tiles.style.document import LABEL_SUFFIX
from tiles.style.map_layers import source_line
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer
from tiles.vector.tile_request import TileRequest

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
JSON, TILEJSON, OPENAPI = (
    "application/json",
    "application/vnd.mapbox.tile+json",
    "application/vnd.oai.openapi+json;version=3.1",
)
_REL = "http://www.opengis.net/def/rel/ogc/1.0/"
_TILES, _TMS = (
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/",
    "http://www.opengis.net/spec/tms/2.0/conf/",
)
_COMMON_1 = "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/"

#: What is fulfilled. Not oas30: the description of the service is OpenAPI 3.1. TileJSON has no class of its own.
CONFORMANCE = (
    *(_COMMON_1 + name for name in ("core", "landing-page", "json")),
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    *(
        _TILES + name
        for name in (
            "core",
            "tileset",
            "tilesets-list",
            "dataset-tilesets",
            "geodata-tilesets",
            "collections-selection",
            "mvt",
        )
    ),
    *(
        _TMS + name
        for name in (
            "tilematrixset",
            "tilematrixsetlimits",
            "tilesetmetadata",
            "json-tilematrixset",
            "json-tilematrixsetlimits",
            "json-tilesetmetadata",
        )
    ),
)

_DIMENSION = {"point": 0, "line": 1, "polygon": 2}
_TYPES = {
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True, slots=True)
class OgcAddress:
    """Where a resource's tilesets are: `root` is the address of the API, `layer` a collection or empty for all."""

    root: str
    layer: str = ""
    query: tuple[tuple[str, str], ...] = ()

    @property
    def resource(self) -> str:
        """The address of the collection, or of the API."""
        return f"{self.root}/collections/{quote(self.layer)}" if self.layer else self.root

    def tileset(self, matrix_set: MatrixSet, **more: str) -> str:
        """The address of a tileset, with what was chosen."""
        return f"{self.resource}/tiles/{matrix_set.id}{self._query(more)}"

    def template(self, matrix_set: MatrixSet, variables: str = "{tileMatrix}/{tileRow}/{tileCol}") -> str:
        """The address of its tiles, with what was chosen."""
        return f"{self.resource}/tiles/{matrix_set.id}/{variables}{self._query({'f': 'mvt'})}"

    def _query(self, more: dict[str, str]) -> str:
        pairs = [*self.query, *more.items()]
        return f"?{urlencode(pairs)}" if pairs else ""


def link(rel: str, href: str, media_type: str = JSON, title: str = "", **more: Any) -> dict[str, Any]:
    """One link."""
    return {"rel": rel, "href": href, "type": media_type, **({"title": title} if title else {}), **more}


def title_of(layer: Layer) -> str:
    """The layer's name in Chinese and English.

    >>> title_of(Layer("roads", geometry="line", title_zh="道路", title_en="Roads"))
    '道路 Roads'
    >>> title_of(Layer("roads", geometry="line"))
    'roads'
    """
    return " ".join(part for part in (layer.title_zh, layer.title_en) if part) or layer.name


def landing_page(city: City, root: str, host: str) -> dict[str, Any]:
    """The entrance: who this is, and where everything else is."""
    return {
        "title": f"{city.settings.name_zh} {city.settings.name_en}",
        "description": "城市各图层的矢量瓦片 Vector tiles of the layers of the city (OGC API – Tiles)",
        "links": [
            link("self", root, title="本页 This document"),
            link("service-desc", f"{root}/api", OPENAPI, "接口定义 The API"),
            link("service-doc", f"{host}/docs", "text/html", "接口文档 The API for people"),
            link("conformance", f"{root}/conformance", title="符合的规范 What it conforms to"),
            link(f"{_REL}conformance", f"{root}/conformance", title="符合的规范 What it conforms to"),
            link("data", f"{root}/collections", title="图层 Layers"),
            link(f"{_REL}data", f"{root}/collections", title="图层 Layers"),
            link(f"{_REL}tilesets-vector", f"{root}/tiles", title="全部图层的瓦片集 Tilesets of all layers"),
            link(f"{_REL}tiling-schemes", f"{root}/tileMatrixSets", title="瓦片矩阵集 Tile matrix sets"),
        ],
    }


def collection(city: City, root: str, snapshot: Snapshot) -> dict[str, Any]:
    """One layer: its names, its extent and where its tilesets are."""
    layer = snapshot.layer
    here = OgcAddress(root, layer.name).resource
    return {
        "id": layer.name,
        "title": title_of(layer),
        "title_zh": layer.title_zh or layer.name,
        "title_en": layer.title_en or layer.name,
        "attribution": layer.source,
        "extent": {"spatial": {"bbox": [bounds_of(city, [snapshot])], "crs": CRS84}},
        "dataType": "vector",
        "geometryDimension": _DIMENSION[layer.geometry],
        "links": [
            link("self", here, title=title_of(layer)),
            link(f"{_REL}tilesets-vector", f"{here}/tiles", title="瓦片集 Tilesets"),
        ],
    }


def bounds_of(city: City, snapshots: Iterable[Snapshot]) -> Bounds:
    """West, south, east, north of these layers together; label points count as their polygons."""
    return city.bounds(snapshot.layer.name.removesuffix(LABEL_SUFFIX) for snapshot in snapshots)


def matrix_sets(root: str) -> dict[str, Any]:
    """The list of tile matrix sets."""
    return {
        "links": [link("self", f"{root}/tileMatrixSets")],
        "tileMatrixSets": [
            {"id": known.id, "title": known.title, "crs": known.crs}
            | ({"uri": known.uri} if known.uri else {})
            | {"links": [link("self", f"{root}/tileMatrixSets/{known.id}", title=known.title)]}
            for known in MATRIX_SETS.values()
        ],
    }


def tilesets(place: OgcAddress) -> dict[str, Any]:
    """The list of tilesets of a layer or of all: one for each tile matrix set."""
    return {
        "links": [link("self", f"{place.resource}/tiles")],
        "tilesets": [_brief(place, known) for known in MATRIX_SETS.values()],
    }


def _brief(place: OgcAddress, matrix_set: MatrixSet) -> dict[str, Any]:
    here, definition = place.tileset(matrix_set), f"{place.root}/tileMatrixSets/{matrix_set.id}"
    links = [
        link("self", here),
        link(f"{_REL}tileset", here),
        link(f"{_REL}tiling-scheme", definition, title=matrix_set.title),
        link("item", place.template(matrix_set), MEDIA_TYPE, templated=True),
    ]
    if place.layer:
        links.append(link(f"{_REL}geodata", place.resource))
    else:
        links.append(link(f"{_REL}dataset", place.root))
    if matrix_set is matrices.WEB_MERCATOR:
        links.append(link("alternate", place.tileset(matrix_set, f="tilejson"), TILEJSON, "TileJSON 3.0"))
    said = {
        "title": f"{place.layer} {matrix_set.title}".strip(),
        "dataType": "vector",
        "crs": matrix_set.crs,
        "links": links,
    }
    # Clients choose a tileset by this, so a set that is in no register is named by the address of its definition.
    return said | {"tileMatrixSetURI": matrix_set.uri or definition}


def tileset(place: OgcAddress, matrix_set: MatrixSet, asked: TileRequest, bounds: Bounds) -> dict[str, Any]:
    """The metadata of one tileset: its layers with their fields, which tiles there are, and where."""
    drawn = drawn_in(asked.drawings)
    made = _brief(place, matrix_set)
    lowest = min(zoom for zoom, _ in drawn)
    shown = min(max(lowest, 12), matrix_set.deepest)
    layers = [_layer(place.root, matrix_set, drawing) for drawing in asked.drawings]
    return made | {
        "title": f"{' · '.join(title_of(d.layer) for d in asked.drawings)} · {matrix_set.title}",
        "description": _space_of(asked.grid.datum),
        "attribution": source_line(d.layer for d in asked.drawings),
        "accessConstraints": "unclassified",
        "mediaTypes": [MEDIA_TYPE],
        "boundingBox": _box(bounds),
        "layers": layers,
        "tileMatrixSetLimits": matrices.limits(matrix_set, asked.grid, drawn),
        "centerPoint": {
            "coordinates": [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2],
            "crs": CRS84,
            "tileMatrix": matrix_set.matrix(shown),
        },
    }


def _space_of(datum: Datum) -> str:
    shifted = {"gcj02": "GCJ-02（高德、腾讯 AMap, Tencent）", "bd09": "BD-09（百度 Baidu）"}
    if datum in shifted:
        return f"坐标已偏移到 {shifted[datum]}，与其底图相合。 Positions are shifted to lie right on its base map."
    return (
        "坐标为 CGCS2000/WGS84，两者视为相同。 Positions are in CGCS2000 or WGS84, which are taken as equal."
    )


def drawn_in(drawings: Sequence[TileLayer]) -> Drawn:
    """The lowest zoom and the bounds of each layer that has something to show; the world where none has."""
    found = tuple((d.zoom_rule().min_zoom, b) for d in drawings if (b := d.snapshot.bounds) is not None)
    return found or ((0, (-180.0, -90.0, 180.0, 90.0)),)


def _box(bounds: Bounds) -> dict[str, Any]:
    west, south, east, north = bounds
    return {
        "lowerLeft": [west, south],
        "upperRight": [east, north],
        "crs": CRS84,
        "orderedAxes": ["Lon", "Lat"],
    }


def _layer(root: str, matrix_set: MatrixSet, drawing: TileLayer) -> dict[str, Any]:
    layer = drawing.layer
    said = {
        "id": layer.name,
        "title": title_of(layer),
        "dataType": "vector",
        "geometryDimension": _DIMENSION[layer.geometry],
        "minTileMatrix": matrix_set.matrix(min(drawing.zoom_rule().min_zoom, matrix_set.deepest)),
        "maxTileMatrix": matrix_set.matrix(matrix_set.deepest),
        "propertiesSchema": {"type": "object", "properties": dict(_properties(drawing))},
        "links": [link(f"{_REL}geodata", OgcAddress(root, layer.name).resource, title=title_of(layer))],
    }
    if drawing.snapshot.bounds is not None:
        said["boundingBox"] = _box(drawing.snapshot.bounds)
    return said


def _properties(drawing: TileLayer) -> Iterator[tuple[str, dict[str, Any]]]:
    """The attributes that the layer's tiles have, and the type of each."""
    fields = {field.name: field for field in drawing.layer.fields}
    for name in encode.vector_layer(drawing)["fields"]:
        if name in fields:
            field = fields[name]
            title = " ".join(part for part in (field.title_zh, field.title_en) if part) or name
            yield name, {"title": title, **_TYPES[field.type]}
        else:
            yield name, {"title": "高度 Height", "type": "number", "uom": "m"}
