"""What part of the earth a picture shows, and which rows of a layer are in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from cim.arrays.types import RowIds
from cim.columnar.columns import Columns
from cim.errors import BadInput
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from tiles.picture.evaluate import evaluate_rows
from tiles.picture.pixel_shapes import Window

Bounds = tuple[float, float, float, float]

MAX_SIDE = 4096


@dataclass(frozen=True, slots=True)
class MapFrame:
    """What a picture shows, its size in pixels, and pixels to the pixel of the style."""

    window: Window
    width: int
    height: int
    scale: float

    @classmethod
    def of(
        cls, bbox: Bounds, width: int | None = None, height: int | None = None, scale: float = 1.0
    ) -> MapFrame:
        """The frame that shows all of the bounds (west, south, east, north); a side that is not given follows from
        them. Sizes are pixels of the style. `BadInput` where the bounds or sizes can't be.

        >>> MapFrame.of((112.0, 0.0, 114.0, 1.0), 400).height
        200
        """
        west, south, east, north = bbox
        if not (-180 <= west < east <= 180 and -85.05 <= south < north <= 85.05):
            raise BadInput(
                f"bbox {west:g},{south:g},{east:g},{north:g} can't be drawn: give west,south,east,north in degrees, "
                "west below east and south below north, within 180 and 85.05"
            )
        if not 0.5 <= scale <= 4:
            raise BadInput(f"scale {scale:g} can't be drawn: 0.5 to 4")
        (x0, y0), (x1, y1) = crs.to_mercator(np.array([[west, north], [east, south]])).astype(float)
        across, down = max(x1 - x0, 1.0), max(y1 - y0, 1.0)
        if width is None and height is None:
            width, height = (1024, None) if across >= down else (None, 1024)
        wide = width if width is not None else (height or 0) * across / down
        high = height if height is not None else (width or 0) * down / across
        size = round(wide * scale), round(high * scale)
        if min(size) < 32 or max(size) > MAX_SIDE:
            raise BadInput(
                f"a picture of {size[0]} × {size[1]} pixels can't be drawn: each side is 32 to {MAX_SIDE} pixels, "
                "which is its size times the scale"
            )
        units = max(
            across / size[0], down / size[1]
        )  # the whole of the bounds, and more on one side if need be
        left, top = (x0 + x1 - units * size[0]) / 2, (y0 + y1 - units * size[1]) / 2
        return cls(Window(left, top, 1 / units), *size, scale)

    @property
    def zoom(self) -> float:
        """The zoom of a browser's map that shows as much on as many pixels of the style."""
        return float(np.log2(self.window.pixels_per_unit / self.scale * 2**32 / 512))

    def bounds(self, margin_px: float = 0.0) -> Bounds:
        """West, south, east, north of what is shown, with so many pixels about it."""
        corners = np.array([[-margin_px, -margin_px], [self.width + margin_px, self.height + margin_px]])
        share = (corners / self.window.pixels_per_unit + (self.window.x, self.window.y)) / 2.0**32
        lat = np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * share[:, 1]))))
        west, east = np.clip(share[:, 0] * 360.0 - 180.0, -180, 180).tolist()
        return west, float(lat[1]), east, float(lat[0])

    @property
    def metres_per_pixel(self) -> float:
        """On the ground, in the middle of the picture."""
        _, south, _, north = self.bounds()
        return float(
            np.cos(np.radians((south + north) / 2))
            * 2
            * np.pi
            * 6378137.0
            / 2**32
            / self.window.pixels_per_unit
        )


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """The rows of a layer that are in the picture, with what its style reads of them."""

    snapshot: Snapshot
    rows: RowIds
    table: pa.Table

    def only(self, keep: NDArray[Any]) -> Shown:
        """Some of the rows: a mask, or row numbers of the table."""
        places = np.flatnonzero(keep) if keep.dtype == np.bool_ else keep
        table = self.table.take(pa.array(places)) if self.table.num_columns else self.table
        return replace(self, rows=self.rows[places], table=table)


def by_part(snapshot: Snapshot, rows: RowIds) -> list[tuple[Columns, RowIds, NDArray[np.intp]]]:
    """The columns that hold some of the rows, the rows' numbers in them, and where they stand among the rows."""
    found = []
    for columns, _, first in snapshot.parts:
        at = np.flatnonzero((rows >= first) & (rows < first + len(columns)))
        if len(at):
            found.append((columns, rows[at] - first, at))
    return found


def apply_filter(layer: Mapping[str, Any], shown: Shown, frame: MapFrame) -> Shown:
    """The rows that pass the layer's filter."""
    if "filter" not in layer or not len(shown.rows):
        return shown
    values, which = evaluate_rows([layer["filter"]], shown.table, len(shown.rows), frame.zoom)
    return shown.only(np.array([bool(v) for (v,) in values], np.bool_)[which])
