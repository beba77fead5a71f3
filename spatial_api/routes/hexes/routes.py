"""H3 cells over HTTP: what a layer holds in each, covers of shapes, neighbours, owners. And BeiDou grid cells."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Annotated, Any, Literal

import h3
import h3ronpy
import numpy as np
import orjson
import pyarrow as pa
import shapely
from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from cim.analysis import hex_aggregates
from cim.analysis.hex_aggregates import Measure
from cim.columnar import hex_covers
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot
from cim.space import beidou_grid, geojson, h3_cells
from spatial_api.http.answers import answers, geojson_answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.bounds import BBox, RequiredBBox, bounds_of
from spatial_api.http.costly import costly
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.routes.hexes.answers import (
    BeidouCode,
    BeidouFeature,
    BeidouFeatures,
    HexColumns,
    HexCover,
    HexDescribed,
    HexFeature,
    HexFeatures,
    HexList,
    HexOwners,
    HexProperties,
)
from spatial_api.routes.hexes.models import CellsRequest, CoverRequest, UncompactRequest
from spatial_api.routes.tiles.responses import packed_tile
from tiles.pyramid.zoom_rules import TileRule
from tiles.vector import encode
from tiles.vector.tile_layer import TileLayer
from tiles.vector.tile_request import gzip_tile

router = APIRouter(tags=["h3 网格"], route_class=BodyRoute)

_GEOJSON = "application/geo+json"
#: What `format=json` answers, for the description.
_COLUMNS = {"application/json": {"schema": TypeAdapter(HexColumns).json_schema(mode="serialization")}}
_MOST_DISK = 100
#: So many cells come with their outlines: 60 MB of GeoJSON.
_MOST_DRAWN = 100_000

Resolution = Annotated[int, Query(description="H3 resolution, 0 to 15", examples=[9])]
BeidouLevel = Annotated[int, Query(ge=1, le=10, description="1 (6° × 4°) to 10 (1.5 cm)")]
MeasureText = Annotated[str, Query(description="count, sum:FIELD or mean:FIELD")]


def _drawn_as(shape: Any) -> orjson.Fragment:
    """A shapely geometry as GeoJSON within an answer."""
    return orjson.Fragment(geojson.encode(shape))


@router.get(
    "/h3/{layer}",
    summary="按单元统计 What a layer holds in each H3 cell",
    **geojson_answers(HexFeatures, content=_COLUMNS),
)
@costly
def cells_of_layer(
    layer: str,
    city: AskedCity,
    caller: AskedBy,
    resolution: Resolution = 9,
    measure: MeasureText = "count",
    bbox: BBox = None,
    format: Literal["geojson", "json"] = "geojson",
) -> Response:
    """Count, sum or mean by cell, as GeoJSON with the cells' outlines or as JSON with columns."""
    snapshot = city.snapshot(layer)
    asked = Measure.of(measure, snapshot.layer)
    caller.require_seen({asked.field: None} if asked.field else {})
    totals = hex_aggregates.aggregate(snapshot, resolution, asked, bounds_of(bbox) if bbox else None)
    text = h3_cells.as_text(totals.cells).to_pylist()
    if format == "json":
        return answer(HexColumns(layer, resolution, measure, text, totals.counts, totals.values))
    if len(text) > _MOST_DRAWN:
        raise BadInput(
            f"{len(text):,} cells are too many to be drawn, at most {_MOST_DRAWN:,}; take a coarser resolution, a "
            "bbox, tiles or format=json"
        )
    outlines = geojson.encode(h3_cells.outlines(totals.cells))
    features = [
        HexFeature("Feature", cell, orjson.Fragment(outline), HexProperties(cell, n, v))
        for cell, outline, n, v in zip(
            text, outlines, totals.counts.tolist(), totals.values.tolist(), strict=True
        )
    ]
    return answer(HexFeatures("FeatureCollection", layer, resolution, measure, features), media_type=_GEOJSON)


@router.get("/h3/{layer}/{z}/{x}/{y}.mvt", summary="单元统计瓦片 A vector tile of H3 cells")
async def tile_of_cells(
    layer: str,
    z: int,
    x: int,
    y: int,
    request: Request,
    city: AskedCity,
    caller: AskedBy,
    resolution: Resolution = 9,
    measure: MeasureText = "count",
) -> Response:
    """The same as a vector tile, with one layer `h3` whose features have `h3`, `count` and `value`."""
    encode.check_tile(z, x, y)
    snapshot = city.snapshot(layer)
    asked = Measure.of(measure, snapshot.layer)
    caller.require_seen({asked.field: None} if asked.field else {})
    h3_cells.check_resolution(resolution)
    said = f"{request.app.state.tiles_of}:h3:{layer}@{snapshot.version}:{resolution}:{measure}:{z}/{x}/{y}"
    key = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()

    def make_tile() -> bytes:
        return gzip_tile(
            encode.encode([TileLayer(_cells_layer(snapshot, resolution, asked), rule=TileRule())], z, x, y)
        )

    return await packed_tile(request, key, make_tile)


@lru_cache(maxsize=8)
def _cells_layer(snapshot: Snapshot, resolution: int, measure: Measure) -> Snapshot:
    """The cells as a layer to draw; kept for the next tile of the same map."""
    return hex_aggregates.as_layer(
        hex_aggregates.aggregate(snapshot, resolution, measure), "h3", snapshot.metric_crs
    )


@router.get("/h3/cell/{cell}", summary="一个单元 One H3 cell", **answers(HexDescribed))
def cell(cell: str, city: AskedCity, k: Annotated[int, Query(ge=0, le=_MOST_DISK)] = 1) -> Response:
    """The cell's centre, outline, parents, children, the cells within `k` steps, and who owns its centre."""
    number = h3_cells.parse_cell(cell)
    name, resolution = h3.int_to_str(number), h3.get_resolution(h3.int_to_str(number))
    cells = np.array([number], np.uint64)
    middle = h3_cells.middles(cells)
    return answer(
        HexDescribed(
            cell=name,
            resolution=resolution,
            centre=middle[0].tolist(),
            area_m2=round(h3.cell_area(name, unit="m^2"), 3),
            edge_m=round(h3.average_hexagon_edge_length(resolution, unit="m"), 3),
            geometry=_drawn_as(h3_cells.outlines(cells)[0]),
            parents=[h3.cell_to_parent(name, r) for r in range(resolution - 1, -1, -1)],
            children=sorted(h3.cell_to_children(name)) if resolution < 15 else [],
            disk=sorted(h3.grid_disk(name, k)),
            owners=city.owners(middle)[0],
        )
    )


@router.post("/h3/cover", summary="覆盖 The cells that cover a shape", **answers(HexCover))
@costly
def cover(request: CoverRequest) -> Response:
    """Cells that lie wholly in the shape (`full`) and those on its edge (`edge`)."""
    shape = geojson.polygon(request.geometry, request.datum, "geometry")
    made = hex_covers.cover(shape, request.resolution)
    full = made.full
    if request.compact and len(full):
        full = pa.array(h3ronpy.compact(pa.array(full))).to_numpy()
    full_text, edge_text = (h3_cells.as_text(cells).to_pylist() for cells in (full, made.edge))
    return answer(HexCover(request.resolution, full_text, edge_text))


@router.post("/h3/compact", summary="合并 Join cells to their parents", **answers(HexList))
@costly
def compact(request: CellsRequest) -> Response:
    """The same surface in as few cells as there can be."""
    return answer(HexList(h3_cells.as_text(h3_cells.compact(_cells_of(request))).to_pylist()))


@router.post("/h3/uncompact", summary="拆分 Split cells down to a resolution", **answers(HexList))
@costly
def uncompact(request: UncompactRequest) -> Response:
    """The same surface in cells of one resolution."""
    cells = h3_cells.uncompact(_cells_of(request), request.resolution)
    return answer(HexList(h3_cells.as_text(cells).to_pylist()))


def _cells_of(request: CellsRequest) -> h3_cells.Cells:
    return np.array([h3_cells.parse_cell(text) for text in request.cells], np.uint64)


@router.get(
    "/h3-owners", summary="单元与归属 Which area owns which share of which cell", **answers(HexOwners)
)
@costly
def owners_of_cells(
    city: AskedCity,
    level: Annotated[str, Query(description="city, district, street, community, duty_grid or unit_grid")],
    resolution: Resolution = 9,
    bbox: BBox = None,
) -> Response:
    """A table of cells and areas of one level: each area's share of the cell's surface."""
    cells, codes, shares = hex_aggregates.shares(
        city.areas, level, resolution, bounds_of(bbox) if bbox else None
    )
    return answer(HexOwners(level, resolution, h3_cells.as_text(cells).to_pylist(), codes, shares))


@router.get(
    "/beidou/code", summary="北斗网格位置码 The BeiDou grid code of a place", **answers(beidou_grid.Cell)
)
def beidou_code(
    lon: float,
    lat: float,
    level: BeidouLevel = 10,
    height_m: Annotated[
        float | None, Query(description="Ellipsoidal height (大地高): the code with height")
    ] = None,
) -> Response:
    """The code of the cell that holds a place (WGS84), flat or with height, and the cell's box."""
    code = (
        beidou_grid.encode(lon, lat, level)
        if height_m is None
        else beidou_grid.encode_with_height(lon, lat, height_m)
    )
    return answer(beidou_grid.decode(code))


@router.get("/beidou", summary="北斗网格 BeiDou grid cells as a layer", **geojson_answers(BeidouFeatures))
def beidou_cells(
    bbox: RequiredBBox,
    level: BeidouLevel = 5,
) -> Response:
    """The cells of a level of 北斗网格位置码 (GB/T 39409-2020) in a box, as GeoJSON with their codes."""
    features = [
        BeidouFeature("Feature", c.code, _drawn_as(shapely.box(*c.bounds)), BeidouCode(c.code))
        for c in beidou_grid.cells_in(bounds_of(bbox), level)
    ]
    return answer(BeidouFeatures("FeatureCollection", level, features), media_type=_GEOJSON)
