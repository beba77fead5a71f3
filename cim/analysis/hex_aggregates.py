"""Totals of a layer by H3 cell, and the share of each cell that each area owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import h3
import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.areas.ownership import Areas
from cim.arrays.types import Geometries
from cim.columnar import hex_covers
from cim.columnar.columns import Columns, build
from cim.errors import BadInput, NotFound
from cim.model.layer import Features, Field, GeometryKind, Layer
from cim.model.standard_layers import H3_RESOLUTION, LEVELS
from cim.snapshot.snapshot import Snapshot
from cim.space import crs, h3_cells
from cim.space.h3_cells import Cells

Bounds = tuple[float, float, float, float]

#: The fields of a layer of cells.
CELL_FIELDS = (
    Field("h3", "text", "H3 单元", "H3 cell"),
    Field("count", "integer", "数量", "Count"),
    Field("value", "real", "数值", "Value"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """How the features of a cell are aggregated: their `count`, or the `sum` or `mean` of a field."""

    kind: str
    field: str | None = None

    @classmethod
    def of(cls, text: str, layer: Layer) -> Measure:
        """From `count`, `sum:population` or `mean:floors`; `BadInput` names what the layer can do.

        >>> Measure.of("count", Layer("p", geometry="point"))
        Measure(kind='count', field=None)
        """
        kind, _, field = text.partition(":")
        numbers = [f.name for f in layer.fields if f.type in ("integer", "real")]
        if kind == "count" and not field:
            return cls("count")
        if kind in ("sum", "mean") and field in numbers:
            return cls(kind, field)
        if kind in ("sum", "mean"):
            known = f"; those of {layer.name}: {', '.join(numbers)}" if numbers else ""
            raise BadInput(f"measure {text!r}: {field!r} is no field that holds numbers{known}")
        raise BadInput(f"measure {text!r} is not known; known: count, sum:FIELD, mean:FIELD")


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """The cells that are not empty, in ascending order, with the number of features and the value of each."""

    cells: Cells
    counts: NDArray[np.int64]
    values: NDArray[np.float64]


def aggregate(
    snapshot: Snapshot,
    resolution: int,
    measure: Measure,
    bounds: Bounds | None = None,
    where: Mapping[str, Any] | None = None,
) -> Totals:
    """The totals of a layer for each cell of a resolution, within `bounds` and for features that meet a condition.

    A polygon counts in the cell of its label point, a line in that of its middle vertex. Features without a value are
    ignored by `sum` and `mean`.
    """
    h3_cells.check_resolution(resolution)
    keep = snapshot.matching(where) if where else None
    cells, values = [], []
    for part, dead, first in snapshot.parts:
        here = _cells(part, snapshot.layer.geometry, resolution)
        left_out = np.zeros(len(part), np.bool_) if not len(dead) else dead.copy()
        if keep is not None:
            left_out |= ~keep[first : first + len(part)]
        if bounds is not None:
            west, south, east, north = bounds
            lon, lat = _points(part, snapshot.layer.geometry).T
            with np.errstate(invalid="ignore"):
                left_out |= ~((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
        cells.append(np.where(left_out, np.uint64(0), here) if left_out.any() else here)
        if measure.field is not None:
            values.append(_numbers(part, snapshot.layer, measure.field))
    found, counts, sums = h3_cells.totals(np.concatenate(cells), np.concatenate(values) if values else None)
    if len(found) > h3_cells.MOST_CELLS:
        raise BadInput(
            f"{len(found):,} cells are too many, at most {h3_cells.MOST_CELLS:,}; take a coarser resolution or a bbox"
        )
    if measure.kind == "count":
        return Totals(found, counts, counts.astype(np.float64))
    return Totals(found, counts, sums if measure.kind == "sum" else sums / np.maximum(counts, 1))


def as_layer(totals: Totals, name: str, metric_crs: str) -> Snapshot:
    """The cells as a layer of polygons with `CELL_FIELDS`, to be searched and drawn like any other."""
    layer = Layer(name, geometry="polygon", fields=CELL_FIELDS, kind="cells")
    table = pa.table(
        [h3_cells.as_text(totals.cells), pa.array(totals.counts), pa.array(totals.values)],
        schema=layer.schema(),
    )
    made = build(layer, Features(h3_cells.outlines(totals.cells), table), metric_crs)
    return Snapshot.of(layer, made, metric_crs, 0)


def shares(
    areas: Areas, level: str, resolution: int, bounds: Bounds | None = None
) -> tuple[Cells, list[str], NDArray[np.float64]]:
    """The share of each cell that each area of a level owns: cells, codes of areas, and shares of the cell's surface,
    ordered by cell and code. Shares are measured in degrees, which are uniform within one cell."""
    h3_cells.check_resolution(resolution)
    if level not in LEVELS:
        raise BadInput(f"level {level!r} is not known; known: {', '.join(LEVELS)}")
    rows = areas.rows(level)
    if not len(rows):
        raise NotFound(f"there are no areas of level {level!r}")
    window = shapely.box(*bounds) if bounds is not None else None
    cells, codes, parts = [], [], []
    shapes = areas.columns.geometry(rows, "polygon")
    _require_few(shapes if window is None else shapely.intersection(shapes, window), resolution)
    for code, shape in zip(areas.codes(rows), shapes, strict=True):
        if window is not None and not window.intersects(shape):
            continue
        cover = hex_covers.cover(shape if window is None else shapely.intersection(shape, window), resolution)
        outlines = h3_cells.outlines(cover.edge)
        inside = shapely.area(shapely.intersection(outlines, shape)) / np.maximum(
            shapely.area(outlines), 1e-300
        )
        share = np.concatenate([np.ones(len(cover.full)), np.minimum(inside, 1.0)])
        some = share > 0
        cells.append(np.concatenate([cover.full, cover.edge])[some])
        parts.append(share[some])
        codes += [str(code)] * int(some.sum())
        if len(codes) > h3_cells.MOST_CELLS:
            raise BadInput(f"more than {h3_cells.MOST_CELLS:,} rows; take a coarser resolution or a bbox")
    if not cells:
        return np.empty(0, np.uint64), [], np.empty(0)
    every, share = np.concatenate(cells), np.concatenate(parts)
    order = np.lexsort((np.array(codes), every))
    return every[order], [codes[i] for i in order.tolist()], share[order]


def _require_few(shapes: Geometries, resolution: int) -> None:
    """Raise `BadInput` early where the surface of the shapes needs more cells than an answer may have."""
    middle = np.nan_to_num(shapely.total_bounds(shapes)[1::2].mean())
    degree_km2 = 111.2**2 * np.cos(np.radians(middle))
    expected = shapely.area(shapes).sum() * degree_km2 / h3.average_hexagon_area(resolution)
    if expected > 2 * h3_cells.MOST_CELLS:
        raise BadInput(f"about {expected:,.0f} cells are too many; take a coarser resolution or a bbox")


def _points(part: Columns, kind: GeometryKind) -> NDArray[np.float64]:
    """The position that each row counts at: float64[n, 2] lon, lat; NaN without geometry."""
    rows = np.arange(len(part))
    if kind == "point":
        return part.positions(rows)
    out = np.full((len(part), 2), np.nan)
    there = part.rings[1:] > part.rings[:-1]
    if kind == "polygon":
        out[there] = crs.from_mercator(part.label[there])
    else:
        first, last = part.vertices[part.rings[:-1][there]], part.vertices[part.rings[1:][there]]
        out[there] = part.lonlat[(first.astype(np.int64) + last) // 2]
    return out


def _cells(part: Columns, kind: GeometryKind, resolution: int) -> Cells:
    if resolution > H3_RESOLUTION:
        return h3_cells.cells_of(_points(part, kind), resolution)
    return h3_cells.parents(part.h3 if kind == "point" else _fine_cells(part, kind), resolution)


@lru_cache(maxsize=32)
def _fine_cells(part: Columns, kind: GeometryKind) -> Cells:
    return h3_cells.cells_of(_points(part, kind), H3_RESOLUTION)


def _numbers(part: Columns, layer: Layer, field: str) -> NDArray[np.float64]:
    """The field of every row as a number; NaN for none."""
    at = layer.field_names.index(field)
    values = np.append(part.values[at].to_numpy(zero_copy_only=False).astype(np.float64), np.nan)
    numbers: NDArray[np.float64] = values[part.codes[at]]
    return numbers
