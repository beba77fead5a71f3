"""Shapes beyond the simple ones, arcs and surfaces of faces, as lines and polygons of straight segments."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.errors import BadInput

#: The types of WKB (without Z and M) that have arcs, and those that are surfaces of faces.
CURVED = (8, 9, 10, 11, 12)
FACED = (15, 16, 17)
#: An arc becomes segments of at most this angle: a circle loses 0.02 % of its area.
_STEP_DEG = 2.0


def wkb_type(wkb: bytes) -> int:
    """The type of a WKB geometry without its flags for Z, M and SRID.

    >>> wkb_type(shapely.Point(1, 2, 3).wkb), wkb_type(b"\\x01")
    (1, 0)
    """
    if len(wkb) < 5:
        return 0  # cut off: no type at all
    (code,) = struct.unpack_from("<I" if wkb[0] else ">I", wkb, 1)
    return int(code & 0x0FFFFFFF) % 1000


def describe_type(code: int) -> str:
    """What is wrong with a shape of this type, and what makes a usable one of it."""
    if code in CURVED:
        return (
            "is a curve; --on-invalid fix makes short straight segments of it, "
            "and so does ogr2ogr -nlt CONVERT_TO_LINEAR new.gpkg old.gpkg"
        )
    return (
        "is a surface of several faces; --on-invalid fix keeps the faces as flat polygons, "
        "and so does ogr2ogr -nlt MULTIPOLYGON new.gpkg old.gpkg"
    )


def straighten(wkb: bytes) -> Any:
    """The geometry of a WKB of any type as a flat shapely geometry of straight segments; `BadInput` if damaged."""
    try:
        return _Reader(wkb).geometry()
    except (struct.error, ValueError, IndexError, shapely.errors.GEOSException) as error:
        raise BadInput(f"WKB that can't be read: {error}") from error


def arc_points(arc: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points along the arc that goes from the first of three points through the second to the third: float64[n, 2]
    without the first. Where the first is the last it is a whole circle, with the second opposite.

    >>> len(arc_points(np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])))
    90
    """
    (ax, ay), (bx, by), (cx, cy) = arc.tolist()
    if (ax, ay) == (cx, cy):
        ox, oy, sweep = (ax + bx) / 2, (ay + by) / 2, 2 * math.pi
    else:
        bx, by, qx, qy = bx - ax, by - ay, cx - ax, cy - ay
        cross = 2 * (bx * qy - by * qx)
        if abs(cross) <= 1e-14 * (bx * bx + by * by + qx * qx + qy * qy):
            return arc[1:]
        squared_b, squared_q = bx * bx + by * by, qx * qx + qy * qy
        ox, oy = (
            ax + (qy * squared_b - by * squared_q) / cross,
            ay + (bx * squared_q - qx * squared_b) / cross,
        )
        sweep = (math.atan2(cy - oy, cx - ox) - math.atan2(ay - oy, ax - ox)) % (2 * math.pi)
        if cross < 0:
            sweep -= 2 * math.pi
    steps = max(2, math.ceil(abs(math.degrees(sweep)) / _STEP_DEG - 1e-9))
    angles = math.atan2(ay - oy, ax - ox) + sweep * np.arange(1, steps + 1) / steps
    radius = math.hypot(ax - ox, ay - oy)
    points = np.column_stack([ox + radius * np.cos(angles), oy + radius * np.sin(angles)])
    points[-1] = arc[2]
    return points


class _Reader:
    """Reads a WKB from its beginning, geometry by geometry."""

    def __init__(self, wkb: bytes) -> None:
        self.wkb = wkb
        self.at = 0

    def geometry(self) -> Any:
        """The geometry that begins here."""
        kind, order, width = self._head()
        if kind in (1, 2, 8, 9):
            points = self._line(kind, order, width)
            return shapely.Point(points[0]) if kind == 1 else shapely.LineString(points)
        if kind == 3 or kind == 17:
            return shapely.Polygon(
                *self._rings(self._coordinates(order, width) for _ in range(self._count(order)))
            )
        if kind == 10:
            return shapely.Polygon(*self._rings(self._line(*self._head()) for _ in range(self._count(order))))
        parts = [self.geometry() for _ in range(self._count(order))]
        whole = {
            4: shapely.MultiPoint,
            5: shapely.MultiLineString,
            11: shapely.MultiLineString,
            6: shapely.MultiPolygon,
            12: shapely.MultiPolygon,
            15: shapely.MultiPolygon,
            16: shapely.MultiPolygon,
            7: shapely.GeometryCollection,
        }.get(kind)
        if whole is None:
            raise ValueError(f"type {kind}")
        return whole(parts)

    def _rings(self, rings: Any) -> tuple[Any, list[Any]]:
        made = list(rings)
        return (made[0] if made else None), made[1:]

    def _line(self, kind: int, order: str, width: int) -> NDArray[np.float64]:
        if kind == 1:
            return self._floats(order, width, 1)
        if kind == 2:
            return self._coordinates(order, width)
        if kind == 8:
            raw = self._coordinates(order, width)
            arcs = [arc_points(raw[i : i + 3]) for i in range(0, len(raw) - 2, 2)]
            return np.concatenate([raw[:1], *arcs])
        if kind != 9:
            raise ValueError(f"type {kind} within a curve")
        parts = [self._line(*self._head()) for _ in range(self._count(order))]
        return np.concatenate([parts[0], *(part[1:] for part in parts[1:])])

    def _head(self) -> tuple[int, str, int]:
        order = "<" if self.wkb[self.at] else ">"
        (code,) = struct.unpack_from(order + "I", self.wkb, self.at + 1)
        self.at += 5
        extra = (code & 0xFFFF) // 1000
        flags = bool(code & 0x80000000) + bool(code & 0x40000000)
        if code & 0x20000000:
            self.at += 4
        return int(code & 0xFFFF) % 1000, order, 2 + (flags or (0, 1, 1, 2)[extra])

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(order + "I", self.wkb, self.at)
        self.at += 4
        return int(count)

    def _coordinates(self, order: str, width: int) -> NDArray[np.float64]:
        return self._floats(order, width, self._count(order))

    def _floats(self, order: str, width: int, count: int) -> NDArray[np.float64]:
        raw = np.frombuffer(self.wkb, f"{order}f8", count * width, self.at)
        self.at += 8 * count * width
        return raw.reshape(count, width)[:, :2].astype(np.float64)
