"""A map as a picture, for reports: the same styles as in a browser, drawn here from the columns.

What is smaller than a pixel is left out, and of layers that are too large the smallest features; a picture says what
it left out for that (`Picture.left_out`). Towers, letter spacing and names that bend with their road are for browsers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from matplotlib.path import Path
from PIL import Image

from cim import budget
from cim.access.caller import PERSONAL
from cim.arrays.types import RowIds
from cim.snapshot.snapshot import Snapshot
from tiles.picture import symbols
from tiles.picture.evaluate import evaluate_rows, fields_of
from tiles.picture.furniture import MapSurround, Words
from tiles.picture.labels import Room
from tiles.picture.map_frame import MapFrame, Shown, apply_filter, by_part
from tiles.picture.pixel_shapes import beside, outlines, sizes
from tiles.style.canvas import Canvas, rgba
from tiles.style.palette import PALETTES, Theme
from tiles.style.sprites import theme_images

#: Vertices of one layer that a picture draws at most.
MAX_VERTICES = 3_000_000
#: Vertices that are drawn in one go, while no other thread of Python runs.
_AT_ONCE = 20_000
#: The shares of its width, from the widest, in which a blurred line or disc is drawn.
_BLUR = (1.0, 0.8, 0.62, 0.46, 0.3)


@dataclass(slots=True)
class Picture:
    """A drawn map; `left_out` says how many features of which layers were too many, `unnamed` why names are missing."""

    image: Image.Image
    left_out: dict[str, int] = field(default_factory=dict)
    unnamed: str = ""


def draw(
    style: Mapping[str, Any], snapshots: Mapping[str, Snapshot], frame: MapFrame, words: Words | None = None
) -> Picture:
    """The style's map in the frame, with the words about it. `snapshots` has every source layer that the style names.
    Personal data is read as though it were not there. Looks at the question's time before each layer."""
    limits = budget.current()
    canvas, picture = Canvas(frame.width, frame.height), Picture(Image.new("RGB", (1, 1)))
    layers = [x for x in style["layers"] if _visible(x, frame.zoom)]
    seen = {
        name: _visible_rows(
            snapshots[name], [x for x in layers if x.get("source-layer") == name], frame, picture
        )
        for name in dict.fromkeys(x["source-layer"] for x in layers if "source-layer" in x)
    }
    placing = [
        (x, apply_filter(x, seen[x["source-layer"]], frame))
        for x in reversed(layers)
        if x["type"] == "symbol"
    ]
    theme: Theme = style["metadata"]["citybase:theme"]
    images = theme_images(theme, 1 if frame.scale <= 1 else 2)
    furniture = MapSurround(canvas, PALETTES[theme], frame.scale) if words is not None else None
    room = Room()
    for box in furniture.boxes() if furniture else ():
        room.take(box)
    placed = symbols.place(placing, frame, images, room)
    picture.unnamed = placed.unnamed
    on = _Drawing(canvas, frame, images)
    for layer in layers:
        limits.check()
        if layer["type"] == "background":
            canvas.fill(_whole(frame), rgba(layer["paint"]["background-color"]))
        elif layer["type"] == "symbol":
            placed.draw(layer["id"], canvas.pixels())
        else:
            getattr(on, layer["type"])(layer, apply_filter(layer, seen[layer["source-layer"]], frame))
    if furniture is not None and words is not None:
        there = {name for name, shown in seen.items() if len(shown.rows)}
        furniture.draw(
            words, frame.metres_per_pixel, _legend(style["layers"], frame.zoom, words.legend, there)
        )
    picture.image = canvas.image().convert("RGB")
    return picture


def _legend(
    layers: Sequence[Mapping[str, Any]], zoom: float, titles: Mapping[str, str], there: set[str]
) -> list[tuple[str, list[Mapping[str, str]]]]:
    """The swatches of every titled data layer of which something is there, from the top of the map down."""
    swatches: dict[str, list[Mapping[str, str]]] = {}
    for layer in reversed(layers):
        if layer.get("source-layer") in there and _visible(layer, zoom):
            swatches.setdefault(layer["metadata"]["citybase:layer"], [])
    for layer in layers:
        meta = layer.get("metadata", {})
        seen = "citybase:level" not in meta or _visible(layer, zoom)
        if seen and meta.get("citybase:layer") in swatches:
            swatches[meta["citybase:layer"]] += meta.get("citybase:legend", [])
    return [(titles[name], found) for name, found in swatches.items() if found and name in titles]


def _visible(layer: Mapping[str, Any], zoom: float) -> bool:
    hidden = layer.get("layout", {}).get("visibility") == "none" or layer["type"] == "fill-extrusion"
    return not hidden and layer.get("minzoom", 0) <= zoom < layer.get("maxzoom", 25)


def _visible_rows(
    snapshot: Snapshot, layers: Sequence[Mapping[str, Any]], frame: MapFrame, picture: Picture
) -> Shown:
    """The rows in the frame that are large enough to be seen, and not too many."""
    budget.current().check()
    rows, _ = snapshot.in_bounds(
        np.array([frame.bounds(64 * frame.scale)])
    )  # broad lines reach in from outside
    size, count = np.empty(len(rows)), np.empty(len(rows), np.int64)
    for columns, own, at in by_part(snapshot, rows):
        size[at], count[at] = sizes(columns, own, frame.window)
    least = 0.0 if snapshot.layer.geometry == "point" else 1.0
    large = size >= least
    rows, size, count = rows[large], size[large], count[large]
    if count.sum() > MAX_VERTICES:
        largest = np.argsort(-size, kind="stable")
        fits = largest[: int(np.searchsorted(np.cumsum(count[largest]), MAX_VERTICES))]
        picture.left_out[snapshot.layer.name] = len(rows) - len(fits)
        rows = rows[np.sort(fits)]
    read = fields_of(
        [None, *(x.get("filter") for x in layers), *(v for x in layers for v in _expressions(x))]
    )
    names = [n for n in snapshot.layer.field_names if n in read and n not in PERSONAL]
    return Shown(snapshot, rows, snapshot.attributes(rows, names))


def _expressions(layer: Mapping[str, Any]) -> list[Any]:
    return [*layer.get("paint", {}).values(), *layer.get("layout", {}).values()]


def _looks(
    wanted: Mapping[str, Any], shown: Shown, zoom: float, sort: Any = 0
) -> list[tuple[dict[str, Any], RowIds]]:
    """The rows by how they look: what the wanted properties come to, and which rows these are; those that a sort key
    has first, first."""
    values, which = evaluate_rows([sort, *wanted.values()], shown.table, len(shown.rows), zoom)
    order = sorted(range(len(values)), key=lambda i: values[i][0] or 0)
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i in order:
        groups.setdefault(values[i], []).append(i)
    return [
        (dict(zip(wanted, look[1:], strict=True)), shown.rows[np.isin(which, members)])
        for look, members in groups.items()
    ]


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How each type of style layer gets on the canvas."""

    canvas: Canvas
    frame: MapFrame
    images: Mapping[str, Image.Image]

    def fill(self, layer: Mapping[str, Any], shown: Shown) -> None:
        """Polygons with a thin edge, or with a pattern."""
        paint = layer["paint"]
        wanted = {
            "colour": paint.get("fill-color", "#000000"),
            "opacity": paint.get("fill-opacity", 1.0),
            "edge": paint.get("fill-outline-color"),
        }
        for look, rows in _looks(wanted, shown, self.frame.zoom):
            for path in self._paths(shown.snapshot, rows):
                if "fill-pattern" in paint:
                    symbols.tile(self.canvas, path, self.images[paint["fill-pattern"]])
                    continue
                self.canvas.fill(path, rgba(look["colour"], look["opacity"]))
                if look["edge"] is not None:
                    self.canvas.stroke(path, rgba(look["edge"], look["opacity"]), 1.0)

    def line(self, layer: Mapping[str, Any], shown: Shown) -> None:
        """Lines and edges, from the least of their sort key to the most."""
        paint, layout, scale = layer["paint"], layer.get("layout", {}), self.frame.scale
        wanted = {
            "colour": paint["line-color"],
            "width": paint.get("line-width", 1.0),
            "opacity": paint.get("line-opacity", 1.0),
            "offset": paint.get("line-offset", 0.0),
        }
        shares = _BLUR if paint.get("line-blur", 0) > 0 else (1.0,)
        for look, rows in _looks(wanted, shown, self.frame.zoom, layout.get("line-sort-key", 0)):
            width, colour = look["width"] * scale, rgba(look["colour"], look["opacity"] / len(shares))
            if width <= 0:
                continue
            for path in self._paths(shown.snapshot, rows, look["offset"] * scale):
                for share in shares:
                    self.canvas.stroke(
                        path,
                        colour,
                        width * share,
                        dashes=paint.get("line-dasharray"),
                        round_ends=layout.get("line-cap") == "round",
                    )

    def circle(self, layer: Mapping[str, Any], shown: Shown) -> None:
        """Discs; a style's ring lies about the disc, Agg's lies half upon it."""
        paint, scale = layer["paint"], self.frame.scale
        wanted = {
            "colour": paint["circle-color"],
            "radius": paint.get("circle-radius", 5.0),
            "opacity": paint.get("circle-opacity", 1.0),
            "ring": paint.get("circle-stroke-color", "#000000"),
            "ring_width": paint.get("circle-stroke-width", 0.0),
        }
        shares = _BLUR if paint.get("circle-blur", 0) > 0 else (1.0,)
        for look, rows in _looks(wanted, shown, self.frame.zoom):
            fill, width = rgba(look["colour"], look["opacity"] / len(shares)), look["ring_width"] * scale
            ring = rgba(look["ring"], 1.0 if width else 0.0)
            for columns, own, _ in by_part(shown.snapshot, rows):
                xy, _, _ = outlines(columns, own, self.frame.window, "point")
                for share in shares:
                    self.canvas.discs(xy, (look["radius"] * scale + width / 2) * share, fill, ring, width)

    def _paths(self, snapshot: Snapshot, rows: RowIds, offset: float = 0.0) -> Iterator[Path]:
        """The rows as paths of a size that is drawn at once."""
        for columns, own, _ in by_part(snapshot, rows):
            xy, codes, starts = outlines(columns, own, self.frame.window, snapshot.layer.geometry)
            if offset:
                xy = beside(xy, codes, offset)
            cuts = np.unique(np.searchsorted(starts, np.arange(0, len(xy), _AT_ONCE)))
            for low, high in zip(starts[cuts], [*starts[cuts[1:]], len(xy)], strict=True):
                if high > low:
                    path = Path(xy[low:high], codes[low:high])
                    path.should_simplify = False
                    yield path


def _whole(frame: MapFrame) -> Path:
    w, h = frame.width, frame.height
    return Path(np.array([(0, 0), (w, 0), (w, h), (0, h), (0, 0)], float), closed=True)
