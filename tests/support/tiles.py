"""Vector tiles as tests read them: decoded, in degrees, and held against what the format demands."""

from __future__ import annotations

from typing import Any

import mapbox_vector_tile
import numpy as np
import pyarrow as pa
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2

from cim.columnar import columns
from cim.model.layer import ARROW_TYPES, Features, Field, GeometryKind, Layer
from cim.snapshot.snapshot import Snapshot
from tests.support.api_client import Asker

#: The tile of the hand-made layers: zoom 14, in Changsha.
Z, X, Y = 14, 13331, 6852


TILE = (Z, X, Y)


LOW, HIGH = -64, 4160


def lonlat(xy: Any, z: int = Z, x: int = X, y: int = Y) -> Any:
    """Tile coordinates (units of 1/4096 tile, y down) as lon, lat."""
    xy = np.asarray(xy, float)
    east, south = (x + xy[..., 0] / 4096) / 2**z, (y + xy[..., 1] / 4096) / 2**z
    lat = np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * south))))
    return np.stack([east * 360 - 180, lat], axis=-1)


def on_earth(shape: Any, tile: tuple[int, int, int] = TILE) -> Any:
    """A shape drawn in tile coordinates, in lon, lat."""
    return None if shape is None else shapely.transform(shape, lambda c: lonlat(c, *tile))


def snapshot(
    shapes: list[Any],
    rows: dict[str, tuple[str, list[Any]]] | None = None,
    name: str = "things",
    tile: tuple[int, int, int] = TILE,
    fids: list[int] | None = None,
) -> Snapshot:
    """A layer of shapes in tile coordinates; `rows` gives each field its type and values."""
    kinds: dict[int, GeometryKind] = {
        0: "point",
        4: "point",
        1: "line",
        5: "line",
        3: "polygon",
        6: "polygon",
    }
    kind = kinds[
        next(s.geom_type_id if hasattr(s, "geom_type_id") else shapely.get_type_id(s) for s in shapes if s)
    ]
    given = rows or {}
    fields = tuple(Field(n, t) for n, (t, _) in given.items())  # type: ignore[arg-type]
    layer = Layer(name, geometry=kind, fields=fields)
    table = pa.table({n: pa.array(v, ARROW_TYPES[t]) for n, (t, v) in given.items()})
    geometry = np.array([on_earth(s, tile) for s in shapes] + [None], object)[:-1]
    numbers = np.array(fids if fids is not None else range(1, len(shapes) + 1), np.int64)
    return Snapshot.of(
        layer, columns.build(layer, Features(geometry, table, numbers), "EPSG:4547"), "EPSG:4547", 1
    )


def decoded(tile: bytes) -> dict[str, Any]:
    return dict(mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True}))


def raw(tile: bytes) -> Any:
    return vector_tile_pb2.tile.FromString(tile)


def check_commands(feature: Any) -> list[list[tuple[int, int]]]:
    """Read the command stream by MVT 2.1 §4.3 and insist on its rules; gives the parts."""
    stream, at, x, y = list(feature.geometry), 0, 0, 0
    parts: list[list[tuple[int, int]]] = []
    closed: list[bool] = []
    while at < len(stream):
        command, count = stream[at] & 7, stream[at] >> 3
        at += 1
        assert command in (1, 2, 7)
        assert count >= 1
        if command == 7:
            assert count == 1
            assert feature.type == 3
            closed[-1] = True
            continue
        assert not (command == 1 and feature.type != 1 and count != 1)
        for _ in range(count):
            dx, dy = stream[at], stream[at + 1]
            x, y, at = x + ((dx >> 1) ^ -(dx & 1)), y + ((dy >> 1) ^ -(dy & 1)), at + 2
            assert not (command == 2 and dx == dy == 0), "LineTo must move"
            if command == 1:
                parts.append([])
                closed.append(False)
            parts[-1].append((x, y))
            assert LOW <= x <= HIGH
            assert LOW <= y <= HIGH
    if feature.type == 1:
        assert all(len(p) == 1 for p in parts)
    if feature.type == 2:
        assert all(len(p) >= 2 for p in parts)
    if feature.type == 3:
        assert all(closed)
        assert all(len(p) >= 3 for p in parts)
        assert all(p[0] != p[-1] for p in parts)
        areas = [surveyed(p) for p in parts]
        assert areas[0] > 0, "the first ring is an exterior"
        assert all(a != 0 for a in areas)
    return parts


def surveyed(ring: list[tuple[int, int]]) -> float:
    """The surveyor's formula in tile coordinates: exterior rings are positive, holes negative (§4.3.4.4)."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, ring[1:] + ring[:1], strict=True)) / 2


def shape_of(feature: dict[str, Any]) -> Any:
    return shapely.geometry.shape(feature["geometry"])


def tile_of(lon: float, lat: float, z: int) -> tuple[int, int, int]:
    x = (lon + 180) / 360 * 2**z
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**z
    return z, int(x), int(y)


def path_of(layers: str, lon: float = 112.9105, lat: float = 28.1105, z: int = 14) -> str:
    z, x, y = tile_of(lon, lat, z)
    return f"/tiles/{layers}/{z}/{x}/{y}.mvt"


def ogc(asker: Asker, path: str, **more: Any) -> Any:
    answer = asker.get(f"/ogc{path}", **more)
    assert answer.status_code == 200, answer.text
    return answer.json()
