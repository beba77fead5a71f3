"""The tile matrix sets that the tiles are served in, as OGC 17-083r4 (Two Dimensional Tile Matrix Set 2.0) has them.

WebMercatorQuad and WorldCRS84Quad are registered at OGC, and their documents are the registered ones (morecantile).
CGCS2000Quad is in no register. Its matrices are 天地图's set `c`, by the capabilities document of 天地图's WMTS:
EPSG:4490, from 90° N 180° W, 256 × 256 cells, identifiers 1 to 18, 1 being 2 × 1 tiles. So a level of 天地图 is the
same number here, and is one more than the zoom of `WorldCRS84Quad` with the same tiles. The cells and corners below
are computed, which gives 天地图's; its scales are of pixels at 96 dpi (1: 295829355 at level 1), those of OGC of pixels
of 0.28 mm (1: 279541132), with the same cells. EPSG:4490 has latitude first, so corners are written lat, lon.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import floor, pi
from typing import Any

import morecantile
import numpy as np

from cim.errors import NotFound
from tiles.geometry.clipping import BUFFER
from tiles.geometry.tile_shapes import EXTENT
from tiles.grid.tile_grid import Grid

Bounds = tuple[float, float, float, float]
#: Of each layer the lowest zoom at which it is drawn, and its bounds.
Drawn = tuple[tuple[int, Bounds], ...]

#: Metres of a degree on the equator of WGS84 and CGCS2000, and of OGC's pixel.
_DEGREE_M, _PIXEL_M = pi * 6_378_137.0 / 180.0, 0.00028
#: So far over its edge a tile shows features, as a part of its width, with a unit for the rounding of vertices.
_MARGIN = (BUFFER + 1) / EXTENT
_CELLS = 256
_WORLD_DEG = 360.0


@dataclass(frozen=True)
class MatrixSet:
    """One tile matrix set; its matrix `first` is zoom 0 of the grid, its matrix `last` the deepest that is served."""

    id: str
    title_zh: str
    title_en: str
    crs: str
    degrees: bool
    first: int
    last: int
    uri: str = ""

    @property
    def title(self) -> str:
        """Its name in Chinese and English."""
        return f"{self.title_zh} {self.title_en}"

    @property
    def deepest(self) -> int:
        """The zoom of the last matrix."""
        return self.last - self.first

    def matrix(self, z: int) -> str:
        """The identifier of the matrix at a zoom.

        >>> CGCS2000.matrix(0), WORLD_CRS84.matrix(0)
        ('1', '0')
        """
        return str(z + self.first)

    def zoom(self, matrix: str) -> int:
        """The zoom of a matrix; `NotFound` for an identifier that is not in the set.

        >>> CGCS2000.zoom("18")
        17
        >>> CGCS2000.zoom("0")
        Traceback (most recent call last):
        cim.errors.NotFound: tile matrix '0' is not in CGCS2000Quad: its matrices are 1 to 18
        """
        known = {str(number): number - self.first for number in range(self.first, self.last + 1)}
        if matrix not in known:
            raise NotFound(
                f"tile matrix {matrix!r} is not in {self.id}: its matrices are {self.first} to {self.last}"
            )
        return known[matrix]

    @cached_property
    def document(self) -> dict[str, Any]:
        """The set in the JSON of OGC 17-083r4."""
        if self.uri:
            registered = morecantile.tms.get(self.id)
            made: dict[str, Any] = registered.model_dump(mode="json", exclude_none=True)
            return made | {"tileMatrices": made["tileMatrices"][: self.deepest + 1]}
        return {
            "id": self.id,
            "title": self.title,
            "description": "国家大地坐标系经纬度瓦片，级号与天地图矩阵集 c 相同（1 级为 2 × 1 块）；未在 OGC 注册。 "
            "Tiles in degrees of CGCS2000; levels are numbered as in the set c of Tianditu, whose level 1 is 2 × 1 "
            "tiles. Computed; not registered at OGC. Scales are of pixels of 0.28 mm, those of Tianditu of 96 dpi; the "
            "cells are the same.",
            "crs": self.crs,
            "orderedAxes": ["Lat", "Lon"],
            "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleCRS84Quad",
            "tileMatrices": [self._compute(z) for z in range(self.deepest + 1)],
        }

    def _compute(self, z: int) -> dict[str, Any]:
        wide, high = Grid(self.degrees).size(z)
        cell = _WORLD_DEG / wide / _CELLS
        return {
            "id": self.matrix(z),
            "scaleDenominator": cell * _DEGREE_M / _PIXEL_M,
            "cellSize": cell,
            "cornerOfOrigin": "topLeft",
            "pointOfOrigin": [90.0, -180.0],
            "tileWidth": _CELLS,
            "tileHeight": _CELLS,
            "matrixWidth": wide,
            "matrixHeight": high,
        }


WEB_MERCATOR = MatrixSet(
    id="WebMercatorQuad",
    title_zh="网络墨卡托",
    title_en="Web Mercator",
    crs="http://www.opengis.net/def/crs/EPSG/0/3857",
    degrees=False,
    first=0,
    last=24,
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad",
)
WORLD_CRS84 = MatrixSet(
    id="WorldCRS84Quad",
    title_zh="经纬度",
    title_en="CRS84",
    crs="http://www.opengis.net/def/crs/OGC/1.3/CRS84",
    degrees=True,
    first=0,
    last=23,
    uri="http://www.opengis.net/def/tilematrixset/OGC/1.0/WorldCRS84Quad",
)
CGCS2000 = MatrixSet(
    "CGCS2000Quad",
    "国家大地坐标系经纬度（天地图）",
    "CGCS2000 (Tianditu)",
    "http://www.opengis.net/def/crs/EPSG/0/4490",
    True,
    1,
    18,
)

MATRIX_SETS = {known.id: known for known in (WEB_MERCATOR, WORLD_CRS84, CGCS2000)}


def matrix_set(name: str) -> MatrixSet:
    """The tile matrix set of that identifier; `NotFound` names those that there are."""
    if name not in MATRIX_SETS:
        raise NotFound(f"tile matrix set {name!r} is not served; there are: {', '.join(MATRIX_SETS)}")
    return MATRIX_SETS[name]


@dataclass(frozen=True, slots=True)
class Span:
    """Columns and rows of tiles, each from the first to the last."""

    first_column: int
    first_row: int
    last_column: int
    last_row: int

    def holds(self, column: int, row: int) -> bool:
        """Whether a tile is one of them."""
        return self.first_column <= column <= self.last_column and self.first_row <= row <= self.last_row

    def with_(self, other: Span) -> Span:
        """The span that holds both.

        >>> Span(3, 3, 4, 4).with_(Span(0, 4, 1, 9))
        Span(first_column=0, first_row=3, last_column=4, last_row=9)
        """
        return Span(
            min(self.first_column, other.first_column),
            min(self.first_row, other.first_row),
            max(self.last_column, other.last_column),
            max(self.last_row, other.last_row),
        )


def span_of(grid: Grid, z: int, bounds: Bounds) -> Span:
    """The tiles of a zoom in which something of a box (west, south, east, north in WGS84) can show, with margins.

    >>> span_of(Grid(), 3, (112.9, 28.1, 113.0, 28.2))
    Span(first_column=6, first_row=3, last_column=6, last_row=3)
    """
    west, south, east, north = bounds
    wide, high = grid.size(z)
    # As far as the grid looks beyond a tile for what its datum may shift into it.
    shift = grid.bounds(0, 0, 0)[0] - grid.search_box(0, 0, 0, 0.0)[0]
    corners = np.array([[west - shift, north + shift], [east + shift, south - shift]])
    corners = np.clip(corners, [-180.0, -90.0], [180.0, 90.0])
    (left, top), (right, bottom) = (
        Grid(grid.degrees).square(corners) / 2.0 ** (32 - z - grid.finer)
    ).tolist()
    first, last = floor(left - _MARGIN), floor(right + _MARGIN)
    if first < 0 or last >= wide:  # at the antimeridian the margin shows on the other side
        first, last = 0, wide - 1
    return Span(first, max(0, floor(top - _MARGIN)), last, min(high - 1, floor(bottom + _MARGIN)))


@lru_cache(maxsize=1024)
def span_of_all(grid: Grid, z: int, layers: Drawn) -> Span | None:
    """The same of some layers together; None where none is drawn at the zoom."""
    found: Span | None = None
    for lowest, bounds in layers:
        if z >= lowest:
            span = span_of(grid, z, bounds)
            found = span if found is None else found.with_(span)
    return found


def check_within(matrices: MatrixSet, grid: Grid, z: int, column: int, row: int, layers: Drawn) -> None:
    """Raise `NotFound` for a tile in which nothing of the layers can show, saying which tiles there are."""
    span = span_of_all(grid, z, layers)
    if span is None:
        raise NotFound(f"nothing is drawn in matrix {matrices.matrix(z)} of {matrices.id}")
    if not span.holds(column, row):
        raise NotFound(
            f"tile {matrices.matrix(z)}/{row}/{column} (matrix/row/column) is outside: rows run from "
            f"{span.first_row} to {span.last_row} and columns from {span.first_column} to {span.last_column}"
        )


def limits(matrices: MatrixSet, grid: Grid, layers: Drawn) -> list[dict[str, Any]]:
    """The `tileMatrixSetLimits` of some layers: for each matrix the rows and columns in which something can show."""
    return [
        {
            "tileMatrix": matrices.matrix(z),
            "minTileRow": span.first_row,
            "maxTileRow": span.last_row,
            "minTileCol": span.first_column,
            "maxTileCol": span.last_column,
        }
        for z in range(matrices.deepest + 1)
        if (span := span_of_all(grid, z, layers)) is not None
    ]
