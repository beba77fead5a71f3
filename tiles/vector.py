"""A vector tile of some layers: which rows, which attributes, how large at most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import orjson
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim import crs, rtree, search, where
from cim.columns import Columns
from cim.errors import BadInput
from cim.layer import Layer
from cim.shape import KINDS, POLYGON
from cim.snapshot import Snapshot
from cim.tags import encode_values, varint
from tiles import mvt, outlines, streams
from tiles.grids import WEB_MERCATOR, Grid
from tiles.levels import Level
from tiles.outlines import EXTENT, EXTENT_BITS
from tiles.pyramid import Pyramid
from tiles.rules import TileRule, default_rule

#: No tile is larger than this, uncompressed, unless a setting says otherwise.
MAX_BYTES = 500_000
MAX_ZOOM = 24
#: The zoom up to which maps fetch tiles; beyond it they enlarge these, which are exact to a few centimetres.
TILED_TO = 16
#: What a label needs to know of its polygon.
LABEL_FIELDS = frozenset({"name", "name_en", "code", "level", "class", "kind", "valid_from", "valid_to"})
#: Personal data, which never leaves in a tile.
PRIVATE = frozenset({"reporter_name", "reporter_phone"})
#: Rows in a tile up to which a filter looks at every one of them, whatever the zoom.
_ALL_LOOKED_AT = 30_000
#: A floor of a building whose height nobody has measured.
_FLOOR_M = 3
_NOTHING = np.empty(0, np.uint8)
_NO_ROWS = np.empty(0, np.int64)
_NO_ORIGIN = np.empty((0, 2), np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """A layer as it is to be drawn: its snapshot, what was prepared of it, and what the request chose.

    `keep` (bool over all rows) are those that meet a filter; `fields` the attributes that were asked for.
    """

    snapshot: Snapshot
    pyramid: Pyramid | None = None
    rule: TileRule | None = None
    keep: NDArray[np.bool_] | None = None
    fields: frozenset[str] | None = None

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.snapshot.layer

    def ruled(self) -> TileRule:
        """The rule by which it is drawn."""
        return self.rule or (self.pyramid.rule if self.pyramid else default_rule(self.layer))

    def level(self, z: int) -> Level | None:
        """What was prepared for the zoom."""
        return self.pyramid.levels.get(z) if self.pyramid is not None else None


@dataclass(slots=True)
class _Part:
    """The rows of one set of columns that show in the tile, cut and written, but not yet put together."""

    columns: Columns
    rows: NDArray[np.int64]
    side: NDArray[np.uint8]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]
    whole: NDArray[np.bool_]
    weight: NDArray[np.float64]
    streams: NDArray[np.uint8]
    origin: NDArray[np.int32]
    counts: NDArray[np.int32]
    x: int
    y: int


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
    drawings: Sequence[Drawing],
    z: int,
    x: int,
    y: int,
    max_bytes: int = MAX_BYTES,
    grid: Grid = WEB_MERCATOR,
) -> bytes:
    """The tile of these layers, uncompressed; empty where nothing shows. The least important features go first
    where it would be larger than `max_bytes`; what a layer lacks stands in its field 16, `LEFT_OUT`."""
    check_tile(z, x, y, grid)
    parts = [_cut(d, z, x, y, grid) for d in drawings]
    layers = [_layer(d, p, z) for d, p in zip(drawings, parts, strict=True)]
    if sum(map(len, layers)) > max_bytes:
        # Layers that need less than an equal share stay whole; what they leave goes to the larger ones.
        left, waiting = max_bytes, len(layers)
        for i in sorted(range(len(layers)), key=lambda i: len(layers[i])):
            if len(layers[i]) > left // waiting:
                layers[i] = _fitted(drawings[i], parts[i], z, layers[i], left // waiting)
            left, waiting = left - len(layers[i]), waiting - 1
    return b"".join(layers)


def _cut(drawing: Drawing, z: int, x: int, y: int, grid: Grid) -> list[_Part]:
    """What shows of the layer, from its level where it has one and else from its rows; at the antimeridian also
    what lies within the margin on the other side."""
    if z < drawing.ruled().min_zoom:
        return []
    wide, _ = grid.size(z)
    level = drawing.level(z + grid.finer)
    parts: list[_Part] = []
    # At the antimeridian the margin shows what lies on the other side.
    beyond = [x + wide] * (x == 0) + [x - wide] * (x == wide - 1) if wide > 1 else []
    for column in (x, *beyond):
        few = level is None
        if drawing.keep is not None and level is not None:
            rows = _matching(drawing, z, column, y, grid)
            few = len(rows) <= _ALL_LOOKED_AT
        elif level is None:
            rows = _matching(drawing, z, column, y, grid)
        if not few:
            assert level is not None
            parts += _of_level(drawing, level, z, column, y, grid)
            rows = _matching(drawing, z, column, y, grid, only_changed=True)
        parts += _of_rows(drawing, rows, z, column, y, grid)
    return parts


def _matching(
    drawing: Drawing, z: int, x: int, y: int, grid: Grid, *, only_changed: bool = False
) -> NDArray[np.int64]:
    """The rows that meet the filter and whose box meets the tile's; `only_changed`: those changed since the base."""
    snapshot = drawing.snapshot
    if only_changed and not len(snapshot.delta):
        return _NO_ROWS
    box = np.array([grid.search_box(z, x, y, mvt.BUFFER / EXTENT)])
    if only_changed:
        rows = search.in_bounds(snapshot.delta, box, search.NONE_DEAD)[0] + len(snapshot.base)
    else:
        rows, _ = snapshot.in_bounds(box)
    return rows if drawing.keep is None else rows[drawing.keep[rows]]


def _of_level(drawing: Drawing, level: Level, z: int, x: int, y: int, grid: Grid) -> list[_Part]:
    """The prepared shapes: those inside the tile as they are, those on its edge cut."""
    snapshot = drawing.snapshot
    left_out = snapshot.dead
    if drawing.keep is not None:
        left_out = ~drawing.keep[: len(snapshot.base)]
        left_out |= snapshot.dead if len(snapshot.dead) else False
    if grid is not WEB_MERCATOR:
        return _of_other_level(drawing, level, left_out, z, x, y, grid)
    kind = KINDS[snapshot.layer.geometry]
    # What was merged stays until the level is made anew, though the row that lent it its number has changed.
    shapes, rows, whole, begins, ends, origin, counts, side, crossed = mvt.of_level(
        level.row, level.tree, level.origin, level.starts, level.count, level.streams, left_out, drawing.keep is None,
        kind, z, x, y,
    )  # fmt: skip
    if not len(rows):
        return []
    if kind == POLYGON and crossed.any():
        which = np.flatnonzero(crossed)
        square = streams.read(shapes[which], level.starts, level.origin, level.streams, 32 - EXTENT_BITS - z)
        side = _righted(which, np.arange(len(which)), square, side, begins, ends, z, x, y)
    weight = level.weight[shapes]
    return [
        _Part(snapshot.base, rows, side, begins, ends, whole, weight, level.streams, origin, counts, x, y)
    ]


def _of_other_level(
    drawing: Drawing, level: Level, left_out: NDArray[np.bool_], z: int, x: int, y: int, grid: Grid
) -> list[_Part]:
    """The prepared shapes put into another grid than theirs, and cut."""
    snapshot = drawing.snapshot
    found, _ = rtree.search(level.tree, len(level), _box(level, z, x, y, grid), search.NONE_DEAD)
    counts = level.count[found] if len(level.count) else np.ones(len(found), np.int32)
    if len(left_out):
        gone = left_out[level.row[found]]
        stay = ~gone | ((counts > 1) & (drawing.keep is None))
        counts, found = np.where(gone, -counts, counts)[stay].astype(np.int32), found[stay]
    if not len(found):
        return []
    shift = 32 - EXTENT_BITS - level.zoom
    rings, vertices, exterior, square = streams.read(found, level.starts, level.origin, level.streams, shift)
    placed = grid.square(crs.from_mercator(square))
    n, kind = len(found), KINDS[snapshot.layer.geometry]
    side, begins, ends, _ = _geometry(np.arange(n), rings, vertices, exterior, placed, kind, level.zoom, x, y)
    rows, none = level.row[found].astype(np.int64), np.zeros(n, np.bool_)
    return [
        _Part(
            snapshot.base,
            rows,
            side,
            begins,
            ends,
            none,
            level.weight[found],
            _NOTHING,
            _NO_ORIGIN,
            counts,
            x,
            y,
        )
    ]


def _box(level: Level, z: int, x: int, y: int, grid: Grid) -> NDArray[np.int64]:
    """A tile of another grid with its margin in the units of the level: int64[1, 4]."""
    west, south, east, north = grid.search_box(z, x, y, mvt.BUFFER / EXTENT)
    ends = np.array([[max(west, -180.0), north], [min(east, 180.0), south]])
    corners = crs.to_mercator(ends).astype(np.int64)
    low, high = corners >> (32 - EXTENT_BITS - level.zoom)
    return np.array([[low[0] - 1, low[1] - 1, high[0] + 1, high[1] + 1]], np.int64)


def _of_rows(drawing: Drawing, rows: NDArray[np.int64], z: int, x: int, y: int, grid: Grid) -> list[_Part]:
    """The rows themselves, cut now."""
    snapshot = drawing.snapshot
    kind = KINDS[snapshot.layer.geometry]
    parts = []
    fresh = rows >= len(snapshot.base)
    # Who filters has said what is to be seen.
    kept = [c for below, c in drawing.ruled().keep if z < below] if drawing.keep is None else []
    for columns, found in ((snapshot.base, rows[~fresh]), (snapshot.delta, rows[fresh] - len(snapshot.base))):
        some = found
        for condition in kept if len(some) else ():
            some = some[where.rows_match(snapshot.layer, columns.codes, columns.values, condition)[some]]
        if not len(some):
            continue
        if grid is WEB_MERCATOR:
            arrays = (columns.rings, columns.vertices, columns.exterior, columns.mercator)
            side, begins, ends, sizes = _geometry(some, *arrays, kind, z, x, y)
        else:
            rings, vertices, exterior, lonlat = outlines.taken_arrays(
                some, columns.rings, columns.vertices, columns.exterior, columns.lonlat
            )
            side, begins, ends, sizes = _geometry(
                np.arange(len(some)),
                rings,
                vertices,
                exterior,
                grid.square(lonlat),
                kind,
                z + grid.finer,
                x,
                y,
            )
        n = len(some)
        if kind == 0:
            sizes = _spread(columns.fid[some])
        parts.append(
            _Part(columns, some, side, begins, ends, np.zeros(n, np.bool_), sizes, _NOTHING,
                  np.empty((0, 2), np.int32), np.ones(n, np.int32), x, y)
        )  # fmt: skip
    return parts


def _spread(fids: NDArray[np.int64]) -> NDArray[np.float64]:
    """A weight of each point that spreads what stays evenly."""
    return ((fids.astype(np.uint64) * np.uint64(2654435761)) & np.uint64(0xFFFFFF)).astype(np.float64)


def _geometry(
    rows: NDArray[np.int64],
    rings: Any,
    vertices: Any,
    exterior: Any,
    mercator: Any,
    kind: int,
    z: int,
    x: int,
    y: int,
) -> tuple[Any, Any, Any, Any]:
    """The streams of rows cut to a tile (bytes, begins, ends, sizes); polygons that came to cross themselves are
    put right."""
    side, begins, ends, sizes, crossed = mvt.geometry(
        rows, rings, vertices, exterior, mercator, kind, z, x, y
    )
    if crossed.any():
        which = np.flatnonzero(crossed)
        arrays = (rings, vertices, exterior, mercator)
        side = _righted(which, rows[which], arrays, side, begins, ends, z, x, y)
    return side, begins, ends, sizes


def _righted(
    which: NDArray[np.int64],
    rows: NDArray[np.int64],
    arrays: tuple[Any, Any, Any, Any],
    side: NDArray[np.uint8],
    begins: NDArray[np.int64],
    ends: NDArray[np.int64],
    z: int,
    x: int,
    y: int,
) -> NDArray[np.uint8]:
    """The streams with those of the polygons `which` that are at odds written anew, from the rows of the arrays;
    `begins` and `ends` are changed in place."""
    bad = _at_odds(which, side, begins, ends)
    if not len(bad):
        return side
    of = rows[np.isin(which, bad)]
    low, high = x * EXTENT - mvt.BUFFER, x * EXTENT + EXTENT + mvt.BUFFER
    top, bottom = y * EXTENT - mvt.BUFFER, y * EXTENT + EXTENT + mvt.BUFFER
    whole = outlines.shapes_of(of, *arrays, 32 - EXTENT_BITS - z)
    inside = shapely.intersection(outlines.valid_in_units(whole), shapely.box(low, top, high, bottom))
    right = outlines.from_shapes(
        shapely.set_precision(inside, 1.0), np.arange(len(bad)), np.ones(len(bad), np.int32)
    )
    starts, origin, made = streams.written(right, np.arange(len(right)), POLYGON)
    pieces, at = [side], len(side)
    begins[bad] = ends[bad] = 0
    for i, n in enumerate(right.rows.tolist()):
        stream = made[starts[i] : starts[i + 1]]
        first = _step(int(origin[i, 0]) - x * EXTENT) + _step(int(origin[i, 1]) - y * EXTENT)
        # A ring's MoveTo is one byte; the first point follows it.
        piece = np.concatenate([stream[:1], np.frombuffer(first, np.uint8), stream[1:]])
        begins[bad[n]], ends[bad[n]] = at, at + len(piece)
        at += len(piece)
        pieces.append(piece)
    return np.concatenate(pieces)


def _at_odds(
    which: NDArray[np.int64], side: NDArray[np.uint8], begins: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Those of the polygons that are not valid as they are written."""
    which = which[ends[which] > begins[which]]
    if not len(which):
        return which
    # Read as if they began at a point far inside the square, so that no coordinate is negative.
    sizes = ends[which] - begins[which]
    starts = np.zeros(len(which) + 1, np.int64)
    np.cumsum(sizes, out=starts[1:])
    bytes_of = side[np.repeat(begins[which] - starts[:-1], sizes) + np.arange(starts[-1])]
    rings, vertices, exterior, square = streams.read(
        np.arange(len(which)), starts, np.full((len(which), 2), 1 << 19, np.int32), bytes_of, 0, True
    )
    shapes = outlines.shapes_of(np.arange(len(which)), rings, vertices, exterior, square, 0)
    bad: NDArray[np.int64] = which[~shapely.is_valid(shapes)]
    return bad


def _step(number: int) -> bytes:
    return varint((number << 1) ^ (number >> 63))


def tile_fields(layer: Layer) -> list[int]:
    """Which fields of the layer become tags, by their place."""
    names = enumerate(layer.field_names)
    if layer.kind == "label":
        return [i for i, name in names if name in LABEL_FIELDS]
    return [i for i, name in names if name not in PRIVATE]


def _tags(drawing: Drawing, z: int, counted: bool) -> tuple[list[str], NDArray[np.int64]]:
    """The keys of the layer in a tile of the zoom, and the field of each."""
    known = drawing.pyramid.tags if drawing.pyramid is not None else {}
    asked = (z, counted, drawing.fields)
    if asked not in known:
        known[asked] = _tags_of(drawing, z, counted)
    return known[asked]


def _tags_of(drawing: Drawing, z: int, counted: bool) -> tuple[list[str], NDArray[np.int64]]:
    layer = drawing.layer
    # What was asked for by name is given at any zoom.
    shown = drawing.ruled().fields_at(z, layer.field_names) if drawing.fields is None else layer.field_names
    pairs = [(layer.field_names[i], i) for i in tile_fields(layer) if layer.field_names[i] in shown]
    if has_height(layer) and "height" not in layer.field_names:
        pairs.append(("height", mvt.HEIGHT))
    if drawing.fields is not None:
        pairs = [(key, field) for key, field in pairs if key in drawing.fields]
    if counted:
        pairs.append((COUNT_KEY, mvt.COUNT))
    return [key for key, _ in pairs], np.array([field for _, field in pairs], np.int64)


#: The attribute of a feature that stands for several.
COUNT_KEY = "feature_count"


def keys_of(drawing: Drawing) -> list[str]:
    """The attributes that the layer's tiles may have."""
    return _tags(Drawing(drawing.snapshot, drawing.pyramid, drawing.rule), MAX_ZOOM, counted=True)[0]


def has_height(layer: Layer) -> bool:
    """Whether the features of a polygon layer get an attribute `height`, in metres."""
    names = set(layer.field_names)
    return (
        layer.geometry == "polygon"
        and layer.kind != "label"
        and bool(names & {"height", "height_m", "floors"})
    )


@lru_cache(maxsize=64)
def _heights(
    layer: Layer, columns: Columns
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
    """The fields of metres and of floors (-1: none), and the floors' values as metres, ready to stand in a tile."""
    names = layer.field_names
    metres = next((names.index(n) for n in ("height", "height_m") if n in names), -1)
    floors = names.index("floors") if "floors" in names else -1
    if layer.geometry != "polygon" or floors < 0 or layer.fields[floors].type not in ("integer", "real"):
        return np.array([metres, -1]), np.zeros(1, np.int64), _NOTHING
    more_offsets, more_bytes = encode_values([pc.multiply(columns.values[floors], _FLOOR_M)])
    return np.array([metres, floors]), more_offsets, more_bytes


def _layer(
    drawing: Drawing, parts: list[_Part], z: int, keep: list[NDArray[np.bool_]] | None = None
) -> bytes:
    """The layer with the rows of each part that are to be kept (None: all)."""
    layer = drawing.layer
    keys, fields = _tags(drawing, z, any(bool((p.counts != 1).any()) for p in parts))
    features: list[Any] = []
    values: list[Any] = []
    n_values = n_features = 0
    for i, part in enumerate(parts):
        c = part.columns
        kept_rows = np.ones(len(part.rows), np.bool_) if keep is None else keep[i]
        body, value_bytes, more, kept = mvt.assemble(
            part.rows, kept_rows, part.side, part.begins, part.ends, part.whole, part.streams, part.origin, part.counts,
            part.x, part.y, KINDS[layer.geometry], c.fid, c.codes, fields, c.value_starts, c.tag_offsets, c.tag_bytes,
            *_heights(layer, c), n_values,
        )  # fmt: skip
        features.append(body)
        values.append(value_bytes)
        n_values += more
        n_features += kept
    if not n_features:
        return b""
    pieces = [
        _field(1, layer.name.encode()),
        *features,
        *(_field(3, key.encode()) for key in keys),
        *values,
        b"\x28" + varint(EXTENT),
        b"\x78\x02",
    ]
    left_out = _left_out(
        drawing, z, n_features, 0 if keep is None else sum(len(k) - int(k.sum()) for k in keep)
    )
    if left_out:
        pieces.append(varint(LEFT_OUT << 3 | 2) + varint(len(left_out)) + left_out)
    # Joined once: the features are most of the bytes, and each further copy would be felt.
    return b"".join([b"\x1a", varint(sum(map(len, pieces))), *pieces])


#: The layer's field (of those that MVT 2.1 leaves to extensions) that says what the tile does not have, as JSON.
LEFT_OUT = 16


def _left_out(drawing: Drawing, z: int, shown: int, for_room: int) -> bytes:
    """What the layer's tile does not have, as JSON; nothing where it has everything."""
    said: dict[str, Any] = {}
    if for_room:
        said = {"shown": shown, "dropped": for_room}
    of_zoom = (
        drawing.pyramid.said(z) if drawing.pyramid is not None and drawing.level(z) is not None else None
    )
    if of_zoom is not None and of_zoom["left_out"] + of_zoom["merged"]:
        said["zoom"] = of_zoom
    return orjson.dumps(said) if said else b""


def _fitted(drawing: Drawing, parts: list[_Part], z: int, layer: bytes, max_bytes: int) -> bytes:
    """The layer in at most so many bytes, by leaving out its least important features; of equal ones it keeps
    a scattering."""
    weight = np.concatenate([p.weight for p in parts])
    shown = np.concatenate([p.ends > p.begins for p in parts])
    fids = np.concatenate([p.columns.fid[p.rows] for p in parts]).astype(np.uint64)
    scatter = fids * np.uint64(0x9E3779B97F4A7C15)
    order = np.lexsort((scatter, weight))[::-1]
    order = order[shown[order]]
    ends = np.cumsum([len(p.rows) for p in parts])[:-1]
    keep = len(order)
    while len(layer) > max_bytes:
        keep = int(keep * min(0.95, 0.98 * max_bytes / len(layer)))
        if keep == 0:
            return b""
        kept = np.zeros(len(shown), np.bool_)
        kept[order[:keep]] = True
        layer = _layer(drawing, parts, z, np.split(kept, ends))
    return layer


def _field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def vector_layer(drawing: Drawing) -> dict[str, Any]:
    """What a TileJSON says of the layer: its fields, its zooms, and what its zooms leave out."""
    kinds = {"integer": "Number", "real": "Number", "boolean": "Boolean"}
    layer = drawing.layer
    keys, fields = _tags(drawing, MAX_ZOOM, counted=False)
    described: dict[str, Any] = {
        "id": layer.name,
        "description": layer.title_zh,
        "minzoom": drawing.ruled().min_zoom,
        "maxzoom": TILED_TO,
        "fields": {
            key: "Number" if field < 0 else kinds.get(layer.fields[field].type, "String")
            for key, field in zip(keys, fields.tolist(), strict=True)
        },
    }
    if drawing.pyramid is not None:
        said = [drawing.pyramid.said(z) for z in sorted(drawing.pyramid.levels)]
        described["left_out"] = [s for s in said if s["left_out"] + s["merged"]]
    return described
