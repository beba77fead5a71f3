"""Layers as an archive of vector tiles, made on all cores; and the archive brought up to date.

What an archive was made of stands in its metadata, with the place in the change log that each layer was as of. So to
bring it up to date only those tiles are made that something changed in since; all others are copied as they are.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.errors import BadInput
from cim.progress import Progress, silent
from tiles.archives import pmtiles_format
from tiles.archives.pmtiles_writer import ArchiveDraft
from tiles.archives.reader import PMTiles
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.pyramid import pyramid
from tiles.pyramid.zoom_rules import FULL_ZOOM
from tiles.style.map_layers import source_line
from tiles.vector import encode, occupied_tiles, tile_parts
from tiles.vector.occupied_tiles import Limits
from tiles.vector.tile_layer import TileLayer

#: Deeper tiles would be many and hold little; maps enlarge.
DEEPEST = 18
#: Tiles that a thread makes at a time.
_BATCH = 32
_FIRST_SHOWN = 11


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an archive is made of: layers, first and last zoom, and what was chosen of them.

    `of` names the city and the release that draws; tiles of another are not mixed with ours.
    """

    of: str
    layers: tuple[str, ...]
    zooms: tuple[int, int] = (6, 15)
    bbox: tuple[float, float, float, float] | None = None
    fields: tuple[str, ...] | None = None
    filter: str = ""
    max_bytes: int = encode.MAX_BYTES

    def __post_init__(self) -> None:
        first, last = self.zooms
        if not 0 <= first <= last <= DEEPEST:
            raise BadInput(f"zooms {first}-{last} can't be baked; name a first and a last one of 0-{DEEPEST}")
        if len(set(self.layers)) != len(self.layers):
            raise BadInput(f"{','.join(self.layers)} names a layer twice")
        if self.bbox is not None:
            west, south, east, north = self.bbox
            if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
                raise BadInput(f"{self.bbox} is no box; write it as west,south,east,north in degrees")

    @classmethod
    def from_archive(cls, archive: PMTiles) -> Recipe:
        """What an archive was made of; `BadInput` where it is not one of ours."""
        said = archive.metadata.get("citybase")
        try:
            made = said["recipe"]  # type: ignore[index]
            return cls(
                str(made["of"]),
                tuple(made["layers"]),
                tuple(made["zooms"]),
                _tuple(made["bbox"]),
                _tuple(made["fields"]),
                str(made["filter"]),
                int(made["max_bytes"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput("it was not made by `citybase bake`, and can't be brought up to date") from error


def _tuple(said: Any) -> Any:
    return None if said is None else tuple(said)


@dataclass(frozen=True, slots=True)
class Baked:
    """What came of it: how many tiles, how many were made now (also those that turned out to be empty), bytes of the
    file and of the largest tile that was made (before it was compressed)."""

    tiles: int
    made: int
    bytes: int
    largest: int


def bake(
    file: Path,
    drawings: Sequence[TileLayer],
    recipe: Recipe,
    *,
    name: str = "",
    before: PMTiles | None = None,
    progress: Progress = silent,
) -> Baked:
    """Write the tiles of these layers to a PMTiles file, which is there when it is whole.

    With `before`, an archive of the same recipe, only the tiles that changed since are made. Memory holds the layers,
    32 bytes for each tile, and the few tiles that are being made.
    """
    changed = _changes(before, drawings, recipe)
    numbers, remade = _plan(drawings, recipe, changed)
    made = largest = done = 0
    with ArchiveDraft(file) as draft:
        for number, packed, size in _in_order(drawings, recipe, numbers, remade, before):
            done += 1
            if packed:
                draft.add(number, packed)
            made += size >= 0
            largest = max(largest, size)
            if done % 256 == 0 or done == len(numbers):
                progress("tiles", done, len(numbers))
        bounds = _bounds(drawings, recipe)
        centre_zoom = min(max(_FIRST_SHOWN, recipe.zooms[0]), recipe.zooms[1])
        written = draft.finish(bounds, centre_zoom, _metadata(drawings, recipe, name))
        return Baked(draft.addressed, made, written, largest)


def _plan(
    drawings: Sequence[TileLayer],
    recipe: Recipe,
    changed: Callable[[int, NDArray[np.int64]], NDArray[np.bool_]],
) -> tuple[NDArray[np.uint64], NDArray[np.bool_]]:
    """The tiles that may show something, by number and ascending, and which of them have to be made."""
    numbers, remade = [], []
    for z in range(recipe.zooms[0], recipe.zooms[1] + 1):
        limits = _limits(z, recipe.bbox)
        keys = np.unique(np.concatenate([occupied_tiles.tiles_of(d, z, limits) for d in drawings]))
        of_zoom = pmtiles_format.numbers(z, keys >> 32, keys & 0xFFFFFFFF)
        order = np.argsort(of_zoom)
        numbers.append(of_zoom[order])
        remade.append(changed(z, keys)[order])
    return np.concatenate(numbers), np.concatenate(remade)


def _limits(z: int, bbox: tuple[float, float, float, float] | None) -> Limits:
    """The first and last column and row of tiles that a box meets."""
    if bbox is None:
        return 0, 0, (1 << z) - 1, (1 << z) - 1
    west, south, east, north = bbox
    x0, y0 = WEB_MERCATOR.tile_at(z, west, north)
    x1, y1 = WEB_MERCATOR.tile_at(z, east, south)
    return x0, y0, x1, y1


def _in_order(
    drawings: Sequence[TileLayer],
    recipe: Recipe,
    numbers: NDArray[np.uint64],
    remade: Mask,
    before: PMTiles | None,
) -> Iterator[tuple[int, bytes, int]]:
    """Each tile as (number, compressed, bytes before that; -1: copied), in order; cores work ahead by a few."""

    def work(begin: int) -> list[tuple[int, bytes, int]]:
        end = begin + _BATCH
        batch = zip(numbers[begin:end].tolist(), remade[begin:end].tolist(), strict=True)
        out = []
        for number, anew in batch:
            if anew or before is None:
                plain = encode.encode(drawings, *pmtiles_format.place(number), recipe.max_bytes)
                out.append((number, pmtiles_format.compress(plain) if plain else b"", len(plain)))
            else:
                out.append((number, before.tile_numbered(number), -1))
        return out

    cores = os.cpu_count() or 1
    waiting: deque[Future[list[tuple[int, bytes, int]]]] = deque()
    with ThreadPoolExecutor(cores, thread_name_prefix="bake") as pool:
        try:
            for begin in range(0, len(numbers), _BATCH):
                waiting.append(pool.submit(work, begin))
                if len(waiting) > 4 * cores:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


# -- what changed since ------------------------------------------------------------------------------


def _changes(
    before: PMTiles | None, drawings: Sequence[TileLayer], recipe: Recipe
) -> Callable[[int, NDArray[np.int64]], NDArray[np.bool_]]:
    """Which tiles of a zoom (x << 32 | y) are not as they are in the archive."""
    if before is None or Recipe.from_archive(before) != recipe:
        return lambda _, keys: np.ones(len(keys), np.bool_)
    known = before.metadata["citybase"].get("layers", {})

    def is_changed(z: int, keys: NDArray[np.int64]) -> Mask:
        made = np.zeros(len(keys), np.bool_)
        for drawing in drawings:
            was, now = known.get(drawing.layer.name, {}), _stamp(drawing)
            same = all(was.get(key) == now[key] for key in ("version", "rule", "format"))
            if same and was["base_seq"] != now["base_seq"]:
                same = z not in was["of_base"] and z not in now["of_base"]
            made |= _tiles_changed(drawing, z, keys, was["seq"]) if same else True
        return made

    return is_changed


def _tiles_changed(drawing: TileLayer, z: int, keys: NDArray[np.int64], seq: int) -> Mask:
    """Which of the tiles something of the layer changed in after this place in the log."""
    snapshot, level = drawing.snapshot, drawing.level(z)
    if snapshot.changed <= seq:
        return np.zeros(len(keys), np.bool_)
    as_of = drawing.as_of
    found = np.array([as_of(z, key >> 32, key & 0xFFFFFFFF) > seq for key in keys.tolist()], np.bool_)
    if level is not None and len(level.member) and snapshot.layer.geometry == "line":
        # A joined line that is broken up shows the same, but as other features, also far from what changed.
        left_out = tile_parts.live_shapes(replace(drawing, keep=None), level).left_out
        if len(left_out):
            broken = np.flatnonzero(left_out[level.row])
            found |= np.isin(keys, occupied_tiles.tiles_of_shapes(drawing, level, broken, z))
    return found


def _stamp(drawing: TileLayer) -> dict[str, Any]:
    """What the tiles of a layer are as of. `of_base` are the zooms that show another picture when the changes
    become part of the base: there levels leave detail out, or whole rows."""
    snapshot = drawing.snapshot
    levels = drawing.pyramid.levels.values() if drawing.pyramid is not None else ()
    return {
        "version": snapshot.layer.version,
        "seq": snapshot.seq,
        "base_seq": snapshot.base_seq,
        "rule": drawing.zoom_rule().version,
        "format": pyramid.FORMAT,
        "of_base": [level.zoom for level in levels if level.zoom < FULL_ZOOM or level.least > 0.0],
    }


# -- what the archive says of itself -----------------------------------------------------------------


def _bounds(drawings: Sequence[TileLayer], recipe: Recipe) -> tuple[float, float, float, float]:
    boxes = [b for d in drawings if (b := d.snapshot.bounds) is not None]
    west, south, east, north = -180.0, -85.05113, 180.0, 85.05113
    if boxes:
        low, high = np.min(boxes, axis=0), np.max(boxes, axis=0)
        west, south, east, north = (float(side) for side in (low[0], low[1], high[2], high[3]))
    if recipe.bbox is not None:
        west, south = max(west, recipe.bbox[0]), max(south, recipe.bbox[1])
        east, north = min(east, recipe.bbox[2]), min(north, recipe.bbox[3])
    return west, south, east, north


def _metadata(drawings: Sequence[TileLayer], recipe: Recipe, name: str) -> dict[str, Any]:
    first, last = recipe.zooms
    layers = []
    for drawing in drawings:
        said = encode.vector_layer(drawing)
        said["minzoom"], said["maxzoom"] = min(max(said["minzoom"], first), last), last
        if drawing.fields is not None:
            said["fields"] = {key: kind for key, kind in said["fields"].items() if key in drawing.fields}
        if "left_out" in said:
            said["left_out"] = [one for one in said["left_out"] if first <= one["z"] <= last]
        layers.append(said)
    return {
        "name": name or ",".join(recipe.layers),
        "description": " · ".join(d.layer.title_zh or d.layer.name for d in drawings),
        "attribution": source_line(d.layer for d in drawings),
        "type": "overlay",
        "format": "pbf",
        "generator": "citybase",
        "vector_layers": layers,
        "citybase": {
            "recipe": asdict(recipe),
            "layers": {d.layer.name: _stamp(d) for d in drawings},
        },
    }
