"""Columns as well-known binary, whole layers at once: what a bulk load writes into either store.

Polygons and lines become their multi types, so that a table's geometry type is one, and later edits
with several parts fit. The GeoPackage form has the header of GeoPackage 1.3 §2.1.3 in front; the
PostGIS form carries its SRID (EWKB). A row without geometry has no bytes: NULL.
"""

from __future__ import annotations

import struct
from typing import Any, Literal

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import RowIds
from cim.columnar.columns import StoredRows
from cim.model.layer import GeometryKind
from cim.space.ring_tests import KINDS, POINT, POLYGON

#: The geometry type of the table of each kind.
TABLE_TYPES: dict[GeometryKind, str] = {
    "point": "POINT",
    "line": "MULTILINESTRING",
    "polygon": "MULTIPOLYGON",
}

_ENVELOPE_BYTES = 32
_EWKB_SRID = 0x20000000


@njit(nogil=True, cache=True, inline="always")
def _put32(out: Any, at: Any, number: Any) -> Any:
    for byte in range(4):
        out[at + byte] = (number >> (8 * byte)) & 0xFF
    return at + 4


@njit(nogil=True, cache=True)
def _encode(rows: Any, outlines: Any, raw: Any, kind: Any, srid: Any, gpkg: Any) -> Any:
    rings, vertices, exterior, lonlat = outlines
    starts = np.zeros(len(rows) + 1, np.int64)
    header = 0 if not gpkg else (8 if kind == POINT else 8 + 32)
    for i in range(len(rows)):
        row = rows[i]
        size: Any = 0
        if rings[row + 1] > rings[row]:
            size = header + 5 + (0 if gpkg else 4)
            if kind == POINT:
                size += 16
            else:
                size += 4
                for ring in range(rings[row], rings[row + 1]):
                    size += 4 + 16 * (np.int64(vertices[ring + 1]) - np.int64(vertices[ring]))
                    if exterior[ring]:
                        size += 9 if kind == POLYGON else 5
        starts[i + 1] = starts[i] + size
    out = np.empty(starts[-1], np.uint8)
    box = np.empty(4, np.float64)
    box_raw = box.view(np.uint8)
    single = np.int64(3 if kind == POLYGON else 2)
    for i in range(len(rows)):
        row = rows[i]
        at = starts[i]
        if starts[i + 1] == at:
            continue
        first, last = np.int64(rings[row]), np.int64(rings[row + 1])
        if gpkg:
            out[at], out[at + 1], out[at + 2] = 71, 80, 0
            out[at + 3] = 1 if kind == POINT else 3
            at = _put32(out, at + 4, srid)
            if kind != POINT:
                box[0], box[1], box[2], box[3] = np.inf, -np.inf, np.inf, -np.inf
                for v in range(vertices[first], vertices[last]):
                    box[0], box[1] = min(box[0], lonlat[v, 0]), max(box[1], lonlat[v, 0])
                    box[2], box[3] = min(box[2], lonlat[v, 1]), max(box[3], lonlat[v, 1])
                for byte in range(32):
                    out[at + byte] = box_raw[byte]
                at += 32
        out[at] = 1
        code = 1 if kind == POINT else single + 3
        if gpkg:
            at = _put32(out, at + 1, code)
        else:
            at = _put32(out, at + 1, code | _EWKB_SRID)
            at = _put32(out, at, srid)
        if kind == POINT:
            begin = np.int64(vertices[first]) * 16
            for byte in range(16):
                out[at + byte] = raw[begin + byte]
            continue
        parts = 0
        for ring in range(first, last):
            if exterior[ring]:
                parts += 1
        at = _put32(out, at, parts)
        for ring in range(first, last):
            if exterior[ring]:
                out[at] = 1
                at = _put32(out, at + 1, single)
                if kind == POLYGON:
                    holes = ring + 1
                    while holes < last and not exterior[holes]:
                        holes += 1
                    at = _put32(out, at, holes - ring)
            begin, end = np.int64(vertices[ring]) * 16, np.int64(vertices[ring + 1]) * 16
            at = _put32(out, at, (end - begin) // 16)
            for byte in range(end - begin):
                out[at + byte] = raw[begin + byte]
            at += end - begin
    return out, starts


def encode(
    columns: StoredRows, kind: GeometryKind, rows: RowIds, srid: int, form: Literal["gpkg", "ewkb"]
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The rows' geometries as one buffer of bytes and where each begins in it: (uint8[], int64[len(rows) + 1])."""
    raw = columns.lonlat.reshape(-1).view(np.uint8)
    return _encode(rows, columns.lonlat_rings, raw, KINDS[kind], srid, form == "gpkg")  # type: ignore[no-any-return]


def gpkg_blob(geometry: Any, srid: int) -> bytes | None:
    """One shapely geometry as a GeoPackage blob; None for none.

    >>> gpkg_blob(shapely.Point(112.9, 28.2), 4490)[:4]
    b'GP\\x00\\x01'
    """
    if geometry is None:
        return None
    wkb: bytes = shapely.to_wkb(geometry, byte_order=1)
    if geometry.is_empty:
        return b"GP\x00" + struct.pack("<Bi", 0x11, srid) + wkb
    if geometry.geom_type == "Point":
        return b"GP\x00" + struct.pack("<Bi", 0x01, srid) + wkb
    west, south, east, north = geometry.bounds
    return b"GP\x00" + struct.pack("<Bi4d", 0x03, srid, west, east, south, north) + wkb


def gpkg_wkb(blob: bytes | None) -> bytes | None:
    """The well-known binary inside a GeoPackage blob, whose envelope may be of any kind; None for none.

    >>> shapely.from_wkb(gpkg_wkb(gpkg_blob(shapely.Point(1, 2), 4490))).wkt
    'POINT (1 2)'
    """
    if blob is None or len(blob) < 8 or blob[:2] != b"GP":
        return None
    envelope = (0, 32, 48, 48, 64)[min(blob[3] >> 1 & 0x07, 4)]
    return blob[8 + envelope :]


def gpkg_bounds(blob: bytes | None) -> tuple[float, float, float, float] | None:
    """West, east, south, north of a GeoPackage blob; None where it is NULL, empty or no geometry."""
    if blob is None or blob[:2] != b"GP" or blob[3] & 0x10:
        return None
    if blob[3] >> 1 & 0x07:
        west, east, south, north = struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
        return west, east, south, north
    geometry = shapely.from_wkb(blob[8:])
    if geometry.is_empty:
        return None
    west, south, east, north = geometry.bounds
    return west, east, south, north


def promote(geometry: Any, kind: GeometryKind) -> Any:
    """The geometry in its table's type: two-dimensional, a polygon or line as its multi type."""
    geometry = shapely.force_2d(geometry)
    if geometry is None or kind == "point" or geometry.geom_type.startswith("Multi"):
        return geometry
    return shapely.multilinestrings([geometry]) if kind == "line" else shapely.multipolygons([geometry])
