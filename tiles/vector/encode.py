"""A vector tile of some layers: put together from what shows of each, and no larger than it may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.columnar.columns import Columns
from cim.columnar.mvt_values import field, varint
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.space.ring_tests import KINDS
from tiles.geometry.tile_shapes import EXTENT
from tiles.grid.tile_grid import WEB_MERCATOR, Grid
from tiles.pyramid.pyramid import Tags
from tiles.vector import mvt
from tiles.vector.tile_layer import FROM_ROWS, TileLayer, heights
from tiles.vector.tile_parts import TilePart, changed_rows, live_shapes, tile_parts

#: No tile is larger than this, uncompressed, unless a setting says otherwise.
MAX_BYTES = 500_000
MAX_ZOOM = 24
#: The zoom up to which maps fetch tiles; beyond it they enlarge these, which are exact to a few centimetres.
TILED_TO = 16
#: The layer's field (of those that MVT 2.1 leaves to extensions) that says what the tile does not have, as JSON.
LEFT_OUT = 16

_ALL = np.empty(0, np.bool_)
#: The extent and the version of a layer.
_END = b"\x28" + varint(EXTENT) + b"\x78\x02"


def check_tile(z: int, x: int, y: int, grid: Grid = WEB_MERCATOR) -> None:
    """Raise `BadInput` for a tile that is not in the pyramid.

    >>> check_tile(3, 8, 0)
    Traceback (most recent call last):
    cim.errors.BadInput: tile 3/8/0 is not there: at zoom 3, x runs from 0 to 7 and y from 0 to 7
    """
    if not 0 <= z <= MAX_ZOOM:
        raise BadInput(f"zoom {z} is not there: zooms run from 0 to {MAX_ZOOM}")
    wide, high = grid.size(z)
    if not (0 <= x < wide and 0 <= y < high):
        raise BadInput(
            f"tile {z}/{x}/{y} is not there: at zoom {z}, x runs from 0 to {wide - 1} and y from 0 to {high - 1}"
        )


def encode(
    drawings: Sequence[TileLayer],
    z: int,
    x: int,
    y: int,
    max_bytes: int = MAX_BYTES,
    grid: Grid = WEB_MERCATOR,
) -> bytes:
    """The tile of these layers, uncompressed; empty where nothing shows. The least important features go first
    where it would be larger than `max_bytes`; what a layer lacks stands in its field 16, `LEFT_OUT`."""
    check_tile(z, x, y, grid)
    drawings = [d.at(z) for d in drawings]
    layers, parts = [], dict[int, list[TilePart]]()
    for i, drawing in enumerate(drawings):
        layer = _at_once(drawing, z, x, y, grid)
        if layer is None:
            parts[i] = tile_parts(drawing, z, x, y, grid)
            layer = _layer(drawing, parts[i], z)
        layers.append(layer)
    if sum(map(len, layers)) > max_bytes:
        # Layers that need less than an equal share stay whole; what they leave goes to the larger ones.
        left, waiting = max_bytes, len(layers)
        for i in sorted(range(len(layers)), key=lambda i: len(layers[i])):
            if len(layers[i]) > left // waiting:
                of_layer = parts[i] if i in parts else tile_parts(drawings[i], z, x, y, grid)
                layers[i] = _fit_bytes(drawings[i], of_layer, z, layers[i], left // waiting)
            left, waiting = left - len(layers[i]), waiting - 1
    return b"".join(layers)


def _at_once(drawing: TileLayer, z: int, x: int, y: int, grid: Grid) -> bytes | None:
    """The layer in one call, where its tile holds few rows and is what its level shows and nothing else, as most are;
    else None."""
    level = drawing.level(z) if z >= FROM_ROWS else None
    if level is None or len(level.count) or drawing.keep is not None or grid is not WEB_MERCATOR:
        return None
    if (
        x in (0, (1 << z) - 1)
        or z < drawing.zoom_rule().min_zoom
        or len(changed_rows(drawing, level, z, x, y, grid))
    ):
        return None
    now, c, tags = live_shapes(drawing, level), drawing.snapshot.base, drawing.tags(z, counted=False)
    shapes = now.shapes(level)
    table = _value_table(drawing.layer, c, tags)
    kind = KINDS[drawing.layer.geometry]
    features, values, shown, crossed = mvt.layer_of_level(tuple(shapes), kind, z, x, y, tuple(table))
    return None if crossed else _encode_layer(drawing, z, tags.written, [features], [values], shown)


def _layer(
    drawing: TileLayer,
    parts: list[TilePart],
    z: int,
    keep: list[NDArray[np.bool_]] | None = None,
    dropped: int = 0,
) -> bytes:
    """The layer with the features of each part that are to be kept (None: all)."""
    layer = drawing.layer
    kind = KINDS[layer.geometry]
    tags = drawing.tags(z, any(p.counted for p in parts))
    features: list[Any] = []
    values: list[Any] = []
    n_values = n_features = 0
    for i, part in enumerate(parts):
        some, table = _ALL if keep is None else keep[i], _value_table(layer, part.columns, tags)
        body, value_bytes, more, kept = mvt.assemble(
            tuple(part.shapes), some, part.x, part.y, kind, tuple(table), n_values
        )
        features.append(body)
        values.append(value_bytes)
        n_values += more
        n_features += kept
    return _encode_layer(drawing, z, tags.written, features, values, n_features, dropped)


def _value_table(layer: Layer, columns: Columns, tags: Tags) -> mvt.ValueTable:
    c = columns
    height, more_offsets, more_bytes = heights(layer, c)
    return mvt.ValueTable(
        fid=c.fid,
        codes=c.codes,
        fields=tags.fields,
        value_starts=c.value_starts,
        tag_offsets=c.tag_offsets,
        tag_bytes=c.tag_bytes,
        height=height,
        more_offsets=more_offsets,
        more_bytes=more_bytes,
    )


def _encode_layer(
    drawing: TileLayer,
    z: int,
    keys: bytes,
    features: list[Any],
    values: list[Any],
    shown: int,
    dropped: int = 0,
) -> bytes:
    """The layer of so many features; nothing where there are none."""
    if not shown:
        return b""
    pieces = [field(1, drawing.layer.name.encode()), *features, keys, *values, _END]
    left_out = _left_out(drawing, z, shown, dropped)
    if left_out:
        pieces.append(field(LEFT_OUT, left_out))
    # Joined once: the features are most of the bytes, and each further copy would be felt.
    return b"".join([b"\x1a", varint(sum(map(len, pieces))), *pieces])


def _left_out(drawing: TileLayer, z: int, shown: int, dropped: int) -> bytes:
    """What the layer's tile does not have, as JSON; nothing where it has everything."""
    said: dict[str, Any] = {"shown": shown, "dropped": dropped} if dropped else {}
    if drawing.pyramid is not None and drawing.level(z) is not None:
        of_zoom = drawing.pyramid.as_dict(z)
        if of_zoom["left_out"] + of_zoom["merged"]:
            said["zoom"] = of_zoom
    return orjson.dumps(said) if said else b""


def _fit_bytes(drawing: TileLayer, parts: list[TilePart], z: int, layer: bytes, max_bytes: int) -> bytes:
    """The layer in at most so many bytes, by leaving out its least important features; of equal ones it keeps
    a scattering."""
    weight = np.concatenate([p.weight for p in parts])
    shown = np.concatenate([p.shapes.ends > p.shapes.begins for p in parts])
    fids = np.concatenate([p.columns.fid[p.shapes.rows] for p in parts]).astype(np.uint64)
    scatter = fids * np.uint64(0x9E3779B97F4A7C15)
    order = np.lexsort((scatter, weight))[::-1]
    order = order[shown[order]]
    ends = np.cumsum([len(p.shapes.rows) for p in parts])[:-1]
    keep = len(order)
    while len(layer) > max_bytes:
        keep = int(keep * min(0.95, 0.98 * max_bytes / len(layer)))
        if keep == 0:
            return b""
        kept = np.zeros(len(shown), np.bool_)
        kept[order[:keep]] = True
        layer = _layer(drawing, parts, z, np.split(kept, ends), len(order) - keep)
    return layer


#: How a TileJSON describes a field with integers of 2^53 and beyond, which tiles hold exactly.
_LONG = "Number (integers beyond 2^53, which JavaScript rounds)"


def _has_long(drawing: TileLayer, number: int) -> bool:
    """Whether the field has integers that JavaScript can't tell apart."""
    for columns, _, _ in drawing.snapshot.parts:
        limits = pc.min_max(columns.values[number])
        low, high = limits["min"].as_py(), limits["max"].as_py()
        if low is not None and (low <= -(2**53) or high >= 2**53):
            return True
    return False


def vector_layer(drawing: TileLayer) -> dict[str, Any]:
    """What a TileJSON says of the layer: its fields, its zooms, and what its zooms leave out."""
    kinds = {"integer": "Number", "real": "Number", "boolean": "Boolean"}
    layer = drawing.layer
    tags = drawing.tags(MAX_ZOOM, counted=False)
    long = {i for i, one in enumerate(layer.fields) if one.type == "integer" and _has_long(drawing, i)}
    described: dict[str, Any] = {
        "id": layer.name,
        "description": layer.title_zh,
        "minzoom": drawing.zoom_rule().min_zoom,
        "maxzoom": TILED_TO,
        "fields": {
            key: "Number"
            if number < 0
            else _LONG
            if number in long
            else kinds.get(layer.fields[number].type, "String")
            for key, number in zip(tags.keys, tags.fields.tolist(), strict=True)
        },
    }
    if drawing.pyramid is not None:
        said = [drawing.pyramid.as_dict(z) for z in sorted(drawing.pyramid.levels)]
        described["left_out"] = [s for s in said if s["left_out"] + s["merged"]]
    return described
