"""Rivers, lakes and reservoirs, drawn as smooth curves through the hand-drawn points of `data/water.json`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.model.layer import Features, Field, Layer
from layers.demo.frame import Array, CityFrame, geometry_to_lonlat, plan_to_metres, smooth, waves
from layers.demo.inputs import shapes

WATER = Layer(
    "water",
    geometry="polygon",
    title_zh="水系",
    title_en="Water",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("kind", "text", "类别", "Kind"),
    ),
)


@dataclass(frozen=True)
class Water:
    """The water bodies in metres from the origin; the first is 湘江, none overlap."""

    polygons: Geometries
    names: list[str]
    names_en: list[str]
    kinds: list[str]
    islands: Geometries

    def tree(
        self, margin_m: float = 0.0, *, kinds: tuple[str, ...] = (), only: tuple[str, ...] = ()
    ) -> shapely.STRtree:
        """A tree over the water widened by `margin_m`, cut into tiles; some `kinds` or names `only`."""
        chosen = (np.isin(self.kinds, kinds) | (not kinds)) & (np.isin(self.names, only) | (not only))
        return shapely.STRtree(tiles(shapely.buffer(self.polygons[chosen], margin_m, quad_segs=2), 1500.0))

    def within(self, city: Any) -> Water:
        """The part of the water inside the polygon `city` (metres from the origin)."""
        return replace(self, polygons=shapely.intersection(self.polygons, city))

    def features(self) -> Features:
        """The layer `water`."""
        table = pa.table(
            {"name": self.names, "name_en": self.names_en, "kind": self.kinds}, schema=WATER.schema()
        )
        return Features(geometry_to_lonlat(self.polygons), table)


def tiles(polygons: Geometries, tile_m: float) -> NDArray[Any]:
    """The polygons cut along a square grid: many small ones instead of few with many vertices."""
    pieces = []
    for polygon in polygons:
        west, south, east, north = shapely.bounds(polygon)
        x, y = np.meshgrid(np.arange(west, east, tile_m), np.arange(south, north, tile_m))
        squares = shapely.box(x.ravel(), y.ravel(), x.ravel() + tile_m, y.ravel() + tile_m)
        shapely.prepare(polygon)
        squares = squares[shapely.intersects(polygon, squares)]
        whole = shapely.contains(polygon, squares)
        pieces.append(squares[whole])
        pieces.append(shapely.intersection(polygon, squares[~whole]))
    return np.concatenate(pieces)


def band(line: Array, width_m: Array) -> Any:
    """A polygon along a line float64[n, 2] whose width changes from point to point, float64[n]."""
    steps = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
    return shapely.union_all(shapely.buffer(steps, (width_m[:-1] + width_m[1:]) / 4, quad_segs=6)).simplify(
        1.5
    )


def blob(at: Array, radius_m: Array, rng: np.random.Generator, points: int = 72) -> Any:
    """An irregular round polygon about `at`, float64[2], with radii east and north, float64[2]."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    wobble = sum(
        rng.uniform(0.3, 1) * height * np.sin(n * turn + rng.uniform(0, 6.28))
        for n, height in ((2, 0.14), (3, 0.12), (5, 0.07), (7, 0.04), (11, 0.02))
    )
    ring = at + np.column_stack([np.cos(turn), np.sin(turn)]) * radius_m * (1 + np.asarray(wobble))[:, None]
    return shapely.polygons(ring)


def _river(river: dict[str, Any], rng: np.random.Generator) -> Any:
    line = smooth(plan_to_metres(np.array(river["line"], dtype=np.float64)), parts=14)
    source_m, mouth_m = (float(w) for w in river["width_m"])
    width = np.linspace(source_m, mouth_m, len(line))
    if width.max() < 500:  # small rivers wander; the big one keeps to its hand-drawn course
        line = line + np.column_stack([waves(line, rng, 1_500.0, 110.0), waves(line, rng, 1_500.0, 110.0)])
    width = width * (1 + waves(line, rng, 5_000.0, 0.13))
    return band(line, width)


def draw(frame: CityFrame) -> Water:
    """All water, also what reaches beyond the city."""
    rng = frame.rng(3)
    drawing = shapes("water")
    islands = []
    for island in drawing["islands"]:
        line = plan_to_metres(np.array(island["line"], dtype=np.float64))
        width = np.array(island["width_m"], dtype=np.float64)
        at, fine = np.arange(len(line)), np.linspace(0, len(line) - 1, 8 * (len(line) - 1) + 1)
        islands.append(band(smooth(line), np.interp(fine, at, width)))

    polygons: list[Any] = []
    taken = shapely.union_all(islands)
    for body in [*drawing["rivers"], *drawing["lakes"]]:
        if "line" in body:
            shape = _river(body, rng)
        else:
            at = plan_to_metres(np.array([body["at"]]))[0]
            shape = blob(at, np.array(body["radius_m"]), rng)
        shape = shapely.difference(shape, taken)
        taken = shapely.union(taken, shape)
        polygons.append(shape)
    bodies = [*drawing["rivers"], *drawing["lakes"]]
    return Water(
        np.array(polygons, dtype=object),
        [b["name"] for b in bodies],
        [b["name_en"] for b in bodies],
        [b.get("kind", "river") for b in bodies],
        np.array(islands, dtype=object),
    )
