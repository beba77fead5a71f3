"""A vector tile of some layers: which rows, which attributes, how large at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim import shape
from cim.columns import Columns
from cim.errors import BadInput
from cim.snapshot import Snapshot
from cim.tags import varint
from tiles import mvt

#: No tile is larger than this, uncompressed.
MAX_BYTES = 1_000_000
MAX_ZOOM = 24
#: The zoom up to which maps fetch tiles; beyond it they enlarge these, which are exact to a few centimetres.
TILED_TO = 16
#: What a label needs to know of its polygon.
LABEL_FIELDS = frozenset({"name", "name_en", "code", "level", "class", "kind"})
#: Personal data, which never leaves in a tile.
PRIVATE = frozenset({"reporter_name", "reporter_phone"})


@dataclass(slots=True)
class _Part:
    """The rows of one set of columns that show in the tile, cut and written, but not yet put together."""

    columns: Columns
    rows: NDArray[np.int64]
    commands: NDArray[np.uint8]
    starts: NDArray[np.int64]
    sizes: NDArray[np.float64]


def check_tile(z: int, x: int, y: int) -> None:
    """Raise `BadInput` for a tile that is not in the pyramid.

    >>> check_tile(3, 8, 0)
    Traceback (most recent call last):
    cim.errors.BadInput: tile 3/8/0 is not there: at zoom 3, x and y run from 0 to 7
    """
    if not 0 <= z <= MAX_ZOOM:
        raise BadInput(f"zoom {z} is not there: zooms run from 0 to {MAX_ZOOM}")
    if not (0 <= x < 2**z and 0 <= y < 2**z):
        raise BadInput(f"tile {z}/{x}/{y} is not there: at zoom {z}, x and y run from 0 to {2**z - 1}")


def tile_bounds(z: int, x: int, y: int, buffer: float = 0.0) -> tuple[float, float, float, float]:
    """West, south, east, north of a tile, widened by a part of its width on each side.

    >>> [round(side, 6) for side in tile_bounds(1, 1, 0)]
    [0.0, 0.0, 180.0, 85.051129]
    """

    def latitude(row: float) -> float:
        return float(np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * row / 2**z)))))

    west, east = (x - buffer) / 2**z * 360.0 - 180.0, (x + 1 + buffer) / 2**z * 360.0 - 180.0
    return west, latitude(y + 1 + buffer), east, latitude(y - buffer)


def encode(snapshots: Sequence[Snapshot], z: int, x: int, y: int, max_bytes: int = MAX_BYTES) -> bytes:
    """The tile of these layers, uncompressed; empty where nothing shows. The smallest features go first
    where it would be larger than `max_bytes`."""
    check_tile(z, x, y)
    box = np.array([tile_bounds(z, x, y, mvt.BUFFER / mvt.EXTENT)])
    cut = [(s, _cut(s, box, z, x, y)) for s in snapshots]
    layers = [_layer(s, parts) for s, parts in cut]
    if sum(map(len, layers)) > max_bytes:
        # Layers that need less than an equal share stay whole; what they leave goes to the larger ones.
        left, waiting = max_bytes, len(layers)
        for i in sorted(range(len(layers)), key=lambda i: len(layers[i])):
            if len(layers[i]) > left // waiting:
                layers[i] = _fitted(*cut[i], layers[i], left // waiting)
            left, waiting = left - len(layers[i]), waiting - 1
    return b"".join(layers)


def _cut(snapshot: Snapshot, box: NDArray[np.float64], z: int, x: int, y: int) -> list[_Part]:
    rows, _ = snapshot.in_bounds(box)
    # Base rows come first for each box, delta rows after them.
    split = len(rows) if not len(snapshot.delta) else int(np.count_nonzero(rows < len(snapshot.base)))
    parts = []
    for columns, some in ((snapshot.base, rows[:split]), (snapshot.delta, rows[split:] - len(snapshot.base))):
        if len(some):
            made = mvt.geometry(
                some, columns.rings, columns.vertices, columns.exterior, columns.mercator, columns.fid,
                shape.KINDS[snapshot.layer.geometry], z, x, y,
            )  # fmt: skip
            parts.append(_Part(columns, some, *made))
    return parts


def tile_fields(snapshot: Snapshot) -> list[int]:
    """Which fields of the layer become tags, by their place."""
    names = enumerate(snapshot.layer.field_names)
    if snapshot.layer.kind == "label":
        return [i for i, name in names if name in LABEL_FIELDS]
    return [i for i, name in names if name not in PRIVATE]


def _layer(snapshot: Snapshot, parts: list[_Part], keep: list[NDArray[np.bool_]] | None = None) -> bytes:
    """The layer with the rows of each part that are to be kept (None: all)."""
    fields = np.array(tile_fields(snapshot), np.int64)
    features: list[Any] = []
    values: list[Any] = []
    n_values = n_features = 0
    for i, part in enumerate(parts):
        c = part.columns
        kept_rows = np.ones(len(part.rows), np.bool_) if keep is None else keep[i]
        body, value_bytes, more, kept = mvt.assemble(
            part.rows, kept_rows, part.commands, part.starts, shape.KINDS[snapshot.layer.geometry],
            c.fid, c.codes, fields, c.value_starts, c.tag_offsets, c.tag_bytes, n_values,
        )  # fmt: skip
        features.append(body)
        values.append(value_bytes)
        n_values += more
        n_features += kept
    if not n_features:
        return b""
    pieces = [
        _field(1, snapshot.layer.name.encode()),
        *features,
        *(_field(3, snapshot.layer.field_names[i].encode()) for i in fields),
        *values,
        b"\x28" + varint(mvt.EXTENT),
        b"\x78\x02",
    ]
    # Joined once: the features are most of the bytes, and each further copy would be felt.
    return b"".join([b"\x1a", varint(sum(map(len, pieces))), *pieces])


def _fitted(snapshot: Snapshot, parts: list[_Part], layer: bytes, max_bytes: int) -> bytes:
    """The layer in at most so many bytes, by leaving out its smallest features; of equal ones it keeps
    a scattering."""
    sizes = np.concatenate([p.sizes for p in parts])
    shown = np.concatenate([np.diff(p.starts) > 0 for p in parts])
    fids = np.concatenate([p.columns.fid[p.rows] for p in parts]).astype(np.uint64)
    scatter = fids * np.uint64(0x9E3779B97F4A7C15)
    order = np.lexsort((scatter, sizes))[::-1]
    order = order[shown[order]]
    ends = np.cumsum([len(p.rows) for p in parts])[:-1]
    keep = len(order)
    while len(layer) > max_bytes:
        keep = int(keep * min(0.95, 0.98 * max_bytes / len(layer)))
        if keep == 0:
            return b""
        kept = np.zeros(len(shown), np.bool_)
        kept[order[:keep]] = True
        layer = _layer(snapshot, parts, np.split(kept, ends))
    return layer


def _field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def vector_layer(snapshot: Snapshot, min_zoom: int = 0) -> dict[str, Any]:
    """What a TileJSON says of the layer."""
    kinds = {"integer": "Number", "real": "Number", "boolean": "Boolean"}
    fields = [snapshot.layer.fields[i] for i in tile_fields(snapshot)]
    return {
        "id": snapshot.layer.name,
        "description": snapshot.layer.title_zh,
        "minzoom": min_zoom,
        "maxzoom": TILED_TO,
        "fields": {f.name: kinds.get(f.type, "String") for f in fields},
    }
