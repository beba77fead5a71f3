"""OGC API – Tiles (OGC 20-057): the city's vector tiles for clients that speak the standard.

The tiles are those of `/tiles`, in three tile matrix sets (`tiles.grid.matrix_sets`). Addresses have the row
before the column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Request
from fastapi.dependencies.models import Dependant
from starlette.exceptions import HTTPException
from starlette.responses import Response

from cim.access.caller import Caller
from cim.city import City
from cim.errors import BadInput
from cim.space.crs import Datum
from spatial_api.http.dependencies import AskedBy, AskedCity, answer, root_of
from spatial_api.routes.tiles import ogc_documents as documents
from spatial_api.routes.tiles.ogc_documents import JSON, OPENAPI, TILEJSON, OgcAddress
from spatial_api.routes.tiles.responses import MEDIA_TYPE, packed_tile
from spatial_api.routes.tiles.vector import prepare
from tiles.grid import matrix_sets as matrices
from tiles.grid.matrix_sets import MatrixSet
from tiles.vector.tile_request import TileMaker, TileQuery
from tiles.vector.tilejson import vector_tilejson

_LANGUAGES = ("cql2-text", "cql2-json")
_LONGEST_FILTER = 4000


async def _only_known(request: Request) -> None:
    """Refuse a parameter that the operation does not have, as OGC API – Common asks (19-072, query-param-unknown)."""
    known = _parameters(request.scope["route"].dependant)
    unknown = sorted(request.query_params.keys() - known)
    if unknown:
        raise BadInput(
            f"{', '.join(unknown)} can't be asked here; there are: {', '.join(sorted(known)) or 'none'}"
        )


def _parameters(dependant: Dependant) -> set[str]:
    """The query parameters of an operation and of what it depends on."""
    own = {parameter.alias for parameter in dependant.query_params}
    return own.union(*map(_parameters, dependant.dependencies))


router = APIRouter(prefix="/ogc", tags=["ogc 开放标准"], dependencies=[Depends(_only_known)])

Form = Annotated[str, Query(description="json; empty: by Accept")]
TilesetForm = Annotated[str, Query(description="json, or tilejson for WebMercatorQuad; empty: by Accept")]
TileForm = Annotated[str, Query(description="mvt; empty: by Accept")]
Filtered = Annotated[str, Query(description="CQL2 on one layer: floors > 10")]
Language = Annotated[str, Query(alias="filter-lang", json_schema_extra={"enum": ["", *_LANGUAGES]})]
Properties = Annotated[str, Query(description="attributes, with commas; empty: all that the zoom has")]
Collections = Annotated[str, Query(description="layers (ids or addresses), with commas; empty: all")]
Shifted = Annotated[
    str,
    Query(
        description="gcj02 and bd09 lie right on Chinese web maps",
        json_schema_extra={"enum": get_args(Datum)},
    ),
]


@dataclass(frozen=True, slots=True)
class TileChoice:
    """What is chosen of the tiles of one layer or of several, and who asks."""

    request: Request
    city: City
    caller: Caller
    filter: str
    language: str
    properties: str
    datum: str

    def query(self, layers: str, within: MatrixSet) -> TileQuery:
        """The question for these layers' tiles; `BadInput` for a language of filters that is not read."""
        filter, language = self.filter, self.language
        if language and language not in _LANGUAGES:
            raise BadInput(f"filter-lang {language!r} is not read; there are: {', '.join(_LANGUAGES)}")
        is_json = filter.lstrip().startswith("{")
        if filter and language and is_json != (language == "cql2-json"):
            raise BadInput(f"the filter is not {language}: {filter[:40]}")
        if len(filter) > _LONGEST_FILTER:
            raise BadInput(f"a filter has at most {_LONGEST_FILTER} characters; this one has {len(filter)}")
        datum = self.datum or "wgs84"
        return TileQuery(layers, filter, self.properties, datum, within.degrees, self.caller.scope)


async def _choice(
    request: Request,
    city: AskedCity,
    caller: AskedBy,
    filter: Filtered = "",
    language: Language = "",
    properties: Properties = "",
    datum: Shifted = "wgs84",
) -> TileChoice:
    return TileChoice(request, city, caller, filter, language, properties, datum)


Chosen = Annotated[TileChoice, Depends(_choice)]


@dataclass(frozen=True, slots=True)
class TileAddress:
    """Which tile of which tile matrix set, not looked up yet."""

    tms: str
    matrix: str
    row: int
    column: int


async def _address(tms: str, tileMatrix: str, tileRow: int, tileCol: int) -> TileAddress:  # noqa: N803
    return TileAddress(tms, tileMatrix, tileRow, tileCol)


Addressed = Annotated[TileAddress, Depends(_address)]


def _offers(media_type: str) -> Any:
    """The operation answers in this JSON alone: 406 or `BadInput` for who wants another form."""

    async def check(request: Request, f: Form = "") -> None:
        _negotiate(request, f, json=media_type)

    return Depends(check)


_IN_JSON = [_offers(JSON)]


@router.get("", summary="OGC API 首页 The landing page", dependencies=_IN_JSON)
def landing_page(request: Request, city: AskedCity) -> Response:
    """Links to everything that the API has."""
    return answer(documents.landing_page(city, _root(request), root_of(request)))


@router.get("/conformance", summary="符合的规范 What it conforms to", dependencies=_IN_JSON)
def conformance() -> Response:
    """The conformance classes that are fulfilled."""
    return answer({"conformsTo": documents.CONFORMANCE})


@router.get("/api", summary="接口定义 The API as OpenAPI", dependencies=[_offers(OPENAPI)])
def api(request: Request) -> Response:
    """The description of all routes of the service."""
    return answer(request.app.openapi(), media_type=OPENAPI)


@router.get("/collections", summary="图层列表 The layers", dependencies=_IN_JSON)
def collections(request: Request, city: AskedCity) -> Response:
    """Every layer with its names, its extent and links to its tilesets."""
    root = _root(request)
    return answer(
        {
            "links": [documents.link("self", f"{root}/collections")],
            "collections": [
                documents.collection(city, root, city.snapshot(name)) for name in sorted(city.snapshots)
            ],
        }
    )


@router.get("/collections/{layer}", summary="图层 One layer", dependencies=_IN_JSON)
def collection(layer: str, request: Request, city: AskedCity) -> Response:
    """The layer's names, its extent and links to its tilesets; `NAME_label` is a polygon layer's label points."""
    maker: TileMaker = request.app.state.tile_maker
    return answer(documents.collection(city, _root(request), maker.snapshot(layer, city.snapshots)))


@router.get(
    "/tileMatrixSets",
    summary="瓦片矩阵集列表 The tile matrix sets",
    operation_id="getTileMatrixSetsList",
    dependencies=_IN_JSON,
)
def matrix_sets(request: Request) -> Response:
    """WebMercatorQuad, WorldCRS84Quad and CGCS2000Quad, whose levels are 天地图's."""
    return answer(documents.matrix_sets(_root(request)))


@router.get(
    "/tileMatrixSets/{tms}",
    summary="瓦片矩阵集 One tile matrix set",
    operation_id="getTileMatrixSet",
    dependencies=_IN_JSON,
)
def matrix_set(tms: str) -> Response:
    """The set's definition: its CRS, and the scale, corner and size of each matrix."""
    return answer(matrices.matrix_set(tms).document)


@router.get(
    "/collections/{layer}/tiles",
    summary="图层的瓦片集 A layer's tilesets",
    operation_id=".collection.vector.getTileSetsList",
    dependencies=_IN_JSON,
)
def layer_tilesets(layer: str, request: Request, city: AskedCity) -> Response:
    """One tileset for each tile matrix set."""
    maker: TileMaker = request.app.state.tile_maker
    maker.snapshot(layer, city.snapshots)
    return answer(documents.tilesets(OgcAddress(_root(request), layer)))


@router.get(
    "/tiles",
    summary="全部图层的瓦片集 Tilesets of all layers",
    operation_id=".dataset.vector.getTileSetsList",
    dependencies=_IN_JSON,
)
def dataset_tilesets(request: Request) -> Response:
    """One tileset for each tile matrix set; a tile holds every layer, or those of `collections`."""
    return answer(documents.tilesets(OgcAddress(_root(request))))


@router.get(
    "/collections/{layer}/tiles/{tms}",
    summary="瓦片集说明 A layer's tileset",
    operation_id=".collection.vector.getTileSet",
)
async def layer_tileset(layer: str, tms: str, chosen: Chosen, f: TilesetForm = "") -> Response:
    """What its tiles hold, which there are, and where; with the filter, attributes and datum that are chosen."""
    return await _tileset(chosen, layer, layer, tms, f)


@router.get(
    "/tiles/{tms}", summary="全城瓦片集说明 The city's tileset", operation_id=".dataset.vector.getTileSet"
)
async def dataset_tileset(
    tms: str, chosen: Chosen, f: TilesetForm = "", collections: Collections = ""
) -> Response:
    """The same of every layer in one tile, or of those of `collections`."""
    return await _tileset(chosen, "", _layers_named(chosen, collections), tms, f)


@router.get(
    "/collections/{layer}/tiles/{tms}/{tileMatrix}/{tileRow}/{tileCol}",
    summary="图层瓦片 A layer's tile",
    operation_id=".collection.vector.getTile",
    response_class=Response,
)
async def layer_tile(layer: str, place: Addressed, chosen: Chosen, f: TileForm = "") -> Response:
    """The tile as MVT: gzip, ETag; 204 where nothing shows, 404 outside the tileset's limits."""
    return await _tile(chosen, layer, place, f)


@router.get(
    "/tiles/{tms}/{tileMatrix}/{tileRow}/{tileCol}",
    summary="全城瓦片 A tile of all layers",
    operation_id=".dataset.vector.getTile",
    response_class=Response,
)
async def dataset_tile(
    place: Addressed, chosen: Chosen, f: TileForm = "", collections: Collections = ""
) -> Response:
    """The same of every layer, or of those of `collections` in their order."""
    return await _tile(chosen, _layers_named(chosen, collections), place, f)


async def _tile(chosen: TileChoice, layers: str, place: TileAddress, f: str) -> Response:
    request = chosen.request
    _negotiate(request, f, mvt=MEDIA_TYPE)
    within = matrices.matrix_set(place.tms)
    query = chosen.query(layers, within)
    z, row, column = within.zoom(place.matrix), place.row, place.column
    asked = await prepare(request.app.state.tile_maker, query, chosen.caller, chosen.city.snapshots)
    matrices.check_within(within, asked.grid, z, column, row, documents.drawn_in(asked.drawings))
    return await packed_tile(request, asked.key(z, column, row), lambda: asked.tile(z, column, row))


async def _tileset(chosen: TileChoice, layer: str, layers: str, tms: str, f: str) -> Response:
    """The description of a tileset: of one layer, or of the `layers` where `layer` is empty."""
    request, city, within = chosen.request, chosen.city, matrices.matrix_set(tms)
    query = chosen.query(layers, within)
    offered = {"json": JSON}
    if within is matrices.WEB_MERCATOR:
        offered["tilejson"] = TILEJSON
    form = _negotiate(request, f, **offered)
    asked = await prepare(request.app.state.tile_maker, query, chosen.caller, city.snapshots)
    place = OgcAddress(_root(request), layer, _query_kept(request))
    bounds = documents.bounds_of(city, (d.snapshot for d in asked.drawings))
    if form == "tilejson":
        url = place.template(within, "{z}/{y}/{x}")
        body = vector_tilejson(asked.drawings, name=city.settings.name_zh, bounds=bounds, url=url)
    else:
        body = documents.tileset(place, within, asked, bounds)
    made = answer(body, media_type=offered[form])
    made.headers["Vary"] = "Accept"
    return made


def _layers_named(chosen: TileChoice, collections: str) -> str:
    """The layers of a `collections` parameter, which may name them by their addresses; all where it is empty."""
    if not collections:
        return ",".join(sorted(chosen.city.snapshots))
    within = f"{_root(chosen.request)}/collections/"
    return ",".join(name.removeprefix(within) for name in collections.split(","))


def _query_kept(request: Request) -> tuple[tuple[str, str], ...]:
    """What the query says besides the form of the answer: it goes on in the links."""
    return tuple((name, value) for name, value in request.query_params.items() if name != "f" and value)


def _negotiate(request: Request, f: str, **offered: str) -> str:
    """Which of the forms is wanted, by `f` or else by Accept; 406 where it is none of them."""
    if f:
        if f not in offered:
            raise BadInput(f"f={f} is not served here; there are: {', '.join(offered)}")
        return f
    accepted = request.headers.get("accept") or "*/*"
    ranges: list[tuple[float, str]] = []
    for one in accepted.lower().split(","):
        wanted, *parameters = (part.strip() for part in one.split(";"))
        weight = next((p[2:] for p in parameters if p.startswith("q=")), "1")
        ranges.append((float(weight) if weight.replace(".", "", 1).isdigit() else 0.0, wanted))
    for liked, wanted in sorted(ranges, key=lambda said: -said[0]):
        for form, media_type in offered.items():
            whole = media_type.partition(";")[0]
            if liked > 0.0 and wanted in (whole, "*/*", f"{whole.partition('/')[0]}/*"):
                return form
    raise HTTPException(
        406, f"Accept: {accepted[:80]} is not served here; there are: {', '.join(offered.values())}"
    )


def _root(request: Request) -> str:
    return f"{root_of(request)}/ogc"
