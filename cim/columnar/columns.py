"""The features of one layer as flat arrays: what every compiled loop walks over.

Rows lie in Hilbert order. With n rows, r rings, v vertices and f fields:

| array | type and shape | what |
|---|---|---|
| fid | int64[n] | the store's number of the feature |
| by_fid | int32[n] | rows in ascending order of fid |
| rings | uint32[n + 1] | the rings of row i are rings[i] … rings[i + 1] |
| vertices | uint32[r + 1] | the vertices of ring j are vertices[j] … vertices[j + 1] |
| exterior | bool[r] | the ring begins a new part (else it is a hole) |
| lonlat | float64[v, 2] | stored positions |
| metric | float64[v, 2] | the same in metres |
| mercator | uint32[v, 2] | the same on the Web Mercator square |
| lonlat_tree, metric_tree | float64[m, 4] | packed R-trees (`cim.space.packed_rtree`) |
| label | uint32[n, 2] | of polygons: a point inside, on the Web Mercator square; of others: empty |
| codes | int32[f, n] | per field, which of its values the row has; -1: none |
| value_starts | int64[f + 1] | where each field's values begin among all values |
| tag_offsets, tag_bytes | int64[k + 1], uint8[] | each value ready to stand in a vector tile |
| h3 | uint64[n] | of points: the H3 cell; of others: empty |

All numbers are read-only, and memory-mapped where they come from a folder.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.arrays.readonly import freeze
from cim.arrays.types import Boxes, Fids, Geometries, LonLat, Mask, MercatorXY, MetricXY, RowIds
from cim.columnar.mvt_values import encode_values
from cim.model.layer import Features, GeometryKind, Layer
from cim.model.standard_layers import H3_RESOLUTION
from cim.space import crs, h3_cells, packed_rtree, ring_tests
from cim.space.ring_tests import RingArrays

_MULTI = {
    "point": (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT),
    "line": (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING),
    "polygon": (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON),
}


@dataclass(frozen=True, slots=True, eq=False)
class StoredRows:
    """What a store keeps of the features, in the order in which they will lie in memory; see the module's table."""

    fid: Fids
    by_fid: NDArray[np.int32]
    rings: NDArray[np.uint32]
    vertices: NDArray[np.uint32]
    exterior: Mask
    lonlat: LonLat
    lonlat_tree: Boxes
    codes: NDArray[np.int32]
    value_starts: NDArray[np.int64]
    values: tuple[pa.Array, ...]

    def __post_init__(self) -> None:
        freeze(*(getattr(self, f.name) for f in fields(self) if f.name != "values"))

    def __len__(self) -> int:
        return len(self.fid)

    @property
    def lonlat_rings(self) -> RingArrays:
        """The geometries in lon, lat as kernels take them."""
        return RingArrays(self.rings, self.vertices, self.exterior, self.lonlat)


@dataclass(frozen=True, slots=True, eq=False)
class Columns(StoredRows):
    """The arrays of one layer at one state of the store: its rows, and what the answers need besides."""

    metric: MetricXY
    mercator: MercatorXY
    metric_tree: Boxes
    label: MercatorXY
    tag_offsets: NDArray[np.int64]
    tag_bytes: NDArray[np.uint8]
    h3: NDArray[np.uint64]

    @property
    def metric_rings(self) -> RingArrays:
        """The geometries in metres as kernels take them."""
        return RingArrays(self.rings, self.vertices, self.exterior, self.metric)

    @property
    def mercator_rings(self) -> RingArrays:
        """The geometries on the Web Mercator square as kernels take them."""
        return RingArrays(self.rings, self.vertices, self.exterior, self.mercator)

    @property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of all features; None where none has a geometry."""
        if not len(self.lonlat):
            return None
        west, south, east, north = self.lonlat_tree[-1].tolist()
        return west, south, east, north

    def rows_of(self, fids: Fids) -> RowIds:
        """The row of each fid, -1 where there is none."""
        if not len(self):
            return np.full(len(fids), -1, np.int64)
        at = np.searchsorted(self.fid, fids, sorter=self.by_fid)
        rows = self.by_fid[np.minimum(at, len(self) - 1)].astype(np.int64)
        return np.where(self.fid[rows] == fids, rows, -1)

    def positions(self, rows: RowIds) -> LonLat:
        """The first vertex of each row: float64[n, 2] lon, lat; NaN without geometry."""
        return self._first(self.lonlat, rows)

    def metric_positions(self, rows: RowIds) -> MetricXY:
        """The same in metres."""
        return self._first(self.metric, rows)

    def _first(self, coordinates: NDArray[np.float64], rows: RowIds) -> NDArray[np.float64]:
        out = np.full((len(rows), 2), np.nan)
        there = self.rings[rows + 1] > self.rings[rows]
        out[there] = coordinates[self.vertices[self.rings[rows[there]]]]
        return out

    def geometry(self, rows: RowIds, kind: GeometryKind) -> Geometries:
        """The rows' geometries in lon, lat as shapely objects; single parts are simple types, none is None."""
        return shapes(self.lonlat, self, rows, kind)

    def metric_geometry(self, rows: RowIds, kind: GeometryKind) -> Geometries:
        """The rows' geometries in metres as shapely objects."""
        return shapes(self.metric, self, rows, kind)


_NO_LABELS = np.empty((0, 2), np.uint32)

#: The names of the numpy arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(Columns) if f.name != "values")


def spans(starts: NDArray[Any], counts: NDArray[Any]) -> NDArray[np.int64]:
    """The numbers starts[i] … starts[i] + counts[i] - 1 of every i, one after the other.

    >>> spans(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    counts = np.asarray(counts, np.int64)
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    shift: NDArray[np.int64] = np.repeat(np.asarray(starts, np.int64) - (ends - counts), counts)
    return shift + np.arange(total)


def offsets(counts: NDArray[Any]) -> NDArray[np.int64]:
    """Where each run begins when runs of these lengths follow each other, and where the last ends: [n + 1].

    >>> offsets(np.array([2, 3])).tolist()
    [0, 2, 5]
    """
    out = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=out[1:])
    return out


def shapes(xy: NDArray[np.float64], columns: Columns, rows: RowIds, kind: GeometryKind) -> Geometries:
    """Shapely objects of the rows over the given coordinates (lonlat or metric)."""
    rows = np.asarray(rows, np.int64)
    out = np.full(len(rows), None, object)
    ring_counts = (
        np.diff(columns.rings.astype(np.int64))[rows] if len(rows) > 4096 else _count(columns.rings, rows)
    )
    some = np.flatnonzero(ring_counts > 0)
    if not len(some):
        return out
    ring_ids = spans(columns.rings[rows[some]], ring_counts[some])
    vertex_counts = _count(columns.vertices, ring_ids)
    coords = xy[spans(columns.vertices[ring_ids], vertex_counts)]
    ring_offsets = offsets(vertex_counts)
    geometry_rings = offsets(ring_counts[some])
    starts_part = columns.exterior[ring_ids]
    part_counts = np.add.reduceat(starts_part.astype(np.int64), geometry_rings[:-1])
    part_rings = np.append(np.flatnonzero(starts_part), len(ring_ids))
    single = (vertex_counts if kind == "point" else part_counts) == 1
    simple, multi = _MULTI[kind]
    if single.all():
        if kind == "point":
            out[some] = shapely.points(coords)
        else:
            levels = (ring_offsets,) if kind == "line" else (ring_offsets, geometry_rings)
            out[some] = shapely.from_ragged_array(simple, coords, levels)
        return out
    nested: tuple[NDArray[np.int64], ...]
    if kind == "polygon":
        nested = (ring_offsets, part_rings, offsets(part_counts))
    elif kind == "line":
        nested = (ring_offsets, geometry_rings)
    else:
        nested = (ring_offsets,)
    made = shapely.from_ragged_array(multi, coords, nested)
    if kind == "point":
        one = vertex_counts == 1
        made[one] = shapely.get_geometry(made[one], 0)
    else:
        made[single] = shapely.get_geometry(made[single], 0)
    out[some] = made
    return out


def _count(starts: NDArray[np.uint32], rows: RowIds) -> NDArray[np.int64]:
    return starts[rows + 1].astype(np.int64) - starts[rows]


def _ragged_arrays(
    geometry: Geometries, kind: GeometryKind
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Vertices, rings per row [n + 1], vertices per ring [r + 1], exterior flags. A point row is one ring.

    Ring objects are made only for polygons that have holes, which are few in any city.
    """
    coords = shapely.get_coordinates(geometry)
    if kind == "point":
        counts = shapely.get_num_coordinates(geometry)
        return coords, np.arange(len(geometry) + 1), offsets(counts), np.ones(len(geometry), np.bool_)
    parts, row = geometry, np.arange(len(geometry))
    if (shapely.get_type_id(geometry) >= shapely.GeometryType.MULTIPOINT).any():
        parts, row = shapely.get_parts(geometry, return_index=True)
    ring_counts = np.ones(len(parts), np.int64)
    ring_sizes = shapely.get_num_coordinates(parts)
    if kind == "polygon":
        ring_counts += shapely.get_num_interior_rings(parts)
        holed = ring_counts > 1
        if holed.any():
            sizes = np.zeros(int(ring_counts.sum()), np.int64)
            first = offsets(ring_counts)[:-1]
            sizes[first[~holed]] = ring_sizes[~holed]
            sizes[spans(first[holed], ring_counts[holed])] = shapely.get_num_coordinates(
                shapely.get_rings(parts[holed])
            )
            ring_sizes = sizes
    exterior = np.zeros(int(ring_counts.sum()), np.bool_)
    exterior[offsets(ring_counts)[:-1]] = True
    rings = offsets(np.bincount(np.repeat(row, ring_counts), minlength=len(geometry)))
    return coords, rings, offsets(ring_sizes), exterior


def build(layer: Layer, features: Features, metric_crs: str) -> Columns:
    """The columns of the features, which may be in any order and may lack geometry (None or empty).

    A geometry of another kind than the layer's, or with coordinates that are not finite or not on earth, counts
    as none.
    """
    return complete(rows_of(layer, features), layer.geometry, metric_crs)


def rows_of(layer: Layer, features: Features) -> StoredRows:
    """The first half of `build`, which is all that a store needs."""
    geometry = np.asarray(features.geometry, object)
    fid = features.fid if features.fid is not None else np.arange(1, len(geometry) + 1)
    types = shapely.get_type_id(geometry)
    boxes = shapely.bounds(geometry)
    on_earth = (np.abs(boxes) <= (180.0, 90.0, 180.0, 90.0)).all(axis=1)  # bounds of nothing are NaN
    usable = np.isin(types, _MULTI[layer.geometry]) & on_earth
    boxes[~usable] = packed_rtree.EMPTY_BOX
    order = packed_rtree.hilbert_order(boxes)
    boxes, usable, fid = boxes[order], usable[order], np.asarray(fid, np.int64)[order]
    with_geometry = int(usable.sum())
    lonlat, rings, vertices, exterior = _ragged_arrays(geometry[order[:with_geometry]], layer.geometry)
    if not np.isfinite(lonlat).all():  # bounds say nothing of a NaN among the vertices
        return rows_of(layer, replace(features, geometry=_finite(geometry)))
    codes, values = _encode(layer, features.attributes, order)
    return StoredRows(
        fid=fid,
        by_fid=np.argsort(fid, kind="stable").astype(np.int32),
        rings=np.append(rings, np.full(len(fid) - with_geometry, rings[-1])).astype(np.uint32),
        vertices=vertices.astype(np.uint32),
        exterior=exterior,
        lonlat=np.ascontiguousarray(lonlat),
        lonlat_tree=packed_rtree.pack(boxes),
        codes=codes,
        value_starts=offsets(np.array([len(v) for v in values], np.int64)),
        values=values,
    )


def complete(rows: StoredRows, kind: GeometryKind, metric_crs: str) -> Columns:
    """The second half of `build`: what is made of the rows alone, and so beside the storing of them."""
    metric = crs.to_metric(rows.lonlat, metric_crs)
    tag_offsets, tag_bytes = encode_values(rows.values)
    polygons, points = kind == "polygon", kind == "point"
    return Columns(
        **{f.name: getattr(rows, f.name) for f in fields(StoredRows)},
        metric=metric,
        mercator=crs.to_mercator(rows.lonlat),
        metric_tree=packed_rtree.pack(_row_boxes(metric, rows)),
        label=crs.to_mercator(_label_points(rows)) if polygons else _NO_LABELS,
        tag_offsets=tag_offsets,
        tag_bytes=tag_bytes,
        h3=_cells(rows) if points else np.empty(0, np.uint64),
    )


def _finite(geometry: Geometries) -> NDArray[Any]:
    """The geometries, None for those with a coordinate that is not finite."""
    coords, of = shapely.get_coordinates(geometry, return_index=True)
    kept = geometry.copy()
    kept[of[~np.isfinite(coords).all(axis=1)]] = None
    return kept


def _row_boxes(xy: NDArray[np.float64], rows: StoredRows) -> NDArray[np.float64]:
    boxes = np.empty((len(rows), 4))
    with_geometry = int(np.count_nonzero(rows.rings[1:] > rows.rings[:-1]))
    boxes[with_geometry:] = packed_rtree.EMPTY_BOX
    if with_geometry:
        starts = rows.vertices[rows.rings[:with_geometry]]
        boxes[:with_geometry, :2] = np.minimum.reduceat(xy, starts, axis=0)
        boxes[:with_geometry, 2:] = np.maximum.reduceat(xy, starts, axis=0)
    return boxes


def _label_points(rows: StoredRows) -> NDArray[np.float64]:
    rings, vertices = rows.rings.astype(np.int64), rows.vertices.astype(np.int64)
    made: NDArray[np.float64] = np.nan_to_num(
        ring_tests.label_points(rings, vertices, rows.exterior, rows.lonlat)
    )
    return made


def _cells(rows: StoredRows) -> NDArray[np.uint64]:
    """The H3 cell of each point row (its first point, where it has several); 0 without geometry."""
    cells = np.zeros(len(rows), np.uint64)
    first = rows.lonlat[rows.vertices[:-1]]
    cells[: len(first)] = h3_cells.cells_of(first, H3_RESOLUTION)
    return cells


def _encode(
    layer: Layer, attributes: pa.Table, order: NDArray[np.intp]
) -> tuple[NDArray[np.int32], tuple[pa.Array, ...]]:
    """Each field as codes into its distinct values; the values in order of first appearance in the rows."""
    codes = np.empty((len(layer.fields), len(order)), np.int32)
    values = []
    indices = pa.array(order)
    for i, field in enumerate(layer.schema()):
        column = attributes.column(field.name).cast(field.type).combine_chunks()
        if isinstance(column, pa.ChunkedArray):  # a table without rows has no chunk to combine
            column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], field.type)
        if pa.types.is_floating(field.type):  # not a number: none
            column = pc.if_else(pc.is_nan(column), None, column)
        encoded = column.take(indices).dictionary_encode()
        codes[i] = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        if pa.types.is_string(field.type):  # PostgreSQL has no NUL in text, so nobody has
            values.append(pc.replace_substring(encoded.dictionary, "\0", ""))
        else:
            values.append(encoded.dictionary)
    return codes, tuple(values)


@lru_cache(maxsize=32)  # a base has its labels made once, whatever changes on top of it
def label_columns(columns: Columns, metric_crs: str) -> Columns:
    """The polygons as the points to write their names at: the same rows with the same attributes."""
    n = len(columns)
    lonlat = crs.from_mercator(columns.label)
    metric = crs.to_metric(lonlat, metric_crs)
    shown = columns.rings[1:] > columns.rings[:-1]
    boxes, metric_boxes = np.hstack([lonlat, lonlat]), np.hstack([metric, metric])
    boxes[~shown] = metric_boxes[~shown] = packed_rtree.EMPTY_BOX
    return replace(
        columns,
        rings=offsets(shown).astype(np.uint32),
        vertices=np.arange(np.count_nonzero(shown) + 1, dtype=np.uint32),
        exterior=np.ones(np.count_nonzero(shown), np.bool_),
        lonlat=lonlat[shown],
        metric=metric[shown],
        mercator=columns.label[shown],
        lonlat_tree=packed_rtree.pack(boxes),
        metric_tree=packed_rtree.pack(metric_boxes),
        label=_NO_LABELS,
        h3=np.zeros(n, np.uint64),
    )


def read_attributes(columns: Columns, layer: Layer, rows: RowIds, names: tuple[str, ...]) -> pa.Table:
    """The named fields of the rows as an Arrow table, in the order of the rows."""
    number = {name: i for i, name in enumerate(layer.field_names)}
    whole, made = layer.schema(), []
    for name in names:
        codes = columns.codes[number[name]][rows]
        made.append(columns.values[number[name]].take(pa.array(codes, mask=codes < 0)))
    return pa.table(made, schema=pa.schema([whole.field(number[name]) for name in names]))
