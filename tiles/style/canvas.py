"""A picture to draw on: paths filled and stroked with anti-aliasing, in pixels from the upper left corner."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.path import Path
from matplotlib.transforms import Affine2D
from numpy.typing import NDArray
from PIL import Image

Rgba = tuple[float, float, float, float]


def rgba(colour: str, opacity: float = 1.0) -> Rgba:
    """A colour of a style, `#rrggbb` or `rgba(…)`, as four shares of one.

    >>> rgba("#ff0000", 0.5), rgba("rgba(0,0,255,0.2)")
    ((1.0, 0.0, 0.0, 0.5), (0.0, 0.0, 1.0, 0.2))
    """
    if colour.startswith("#"):
        return (*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)), opacity)  # type: ignore[return-value]
    red, green, blue, *alpha = (float(v) for v in re.findall(r"[\d.]+", colour))
    return red / 255, green / 255, blue / 255, (alpha[0] if alpha else 1.0) * opacity


class Canvas:
    """A transparent picture of so many pixels, drawn by Agg alone: no figure, no state that threads share."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        # At 72 dots per inch a point is a pixel.
        self._agg: Any = RendererAgg(width, height, 72)  # type: ignore[no-untyped-call]
        self._down = Affine2D().scale(1, -1).translate(0, height)

    def fill(self, path: Path, colour: Rgba, transform: Affine2D | None = None) -> None:
        """Fill what the path encloses by the non-zero rule: a hole is a ring that runs the other way round."""
        if colour[3] > 0:
            context = self._context(colour, 0.0)
            self._agg.draw_path(context, path, self._place(transform), colour)

    def stroke(
        self,
        path: Path,
        colour: Rgba,
        width: float,
        transform: Affine2D | None = None,
        *,
        dashes: list[float] | None = None,
        round_ends: bool = False,
    ) -> None:
        """Draw along the path, so many pixels wide; dashes in widths, as a style has them."""
        if colour[3] <= 0 or width <= 0:
            return
        context = self._context(colour, width)
        context.set_capstyle("round" if round_ends else "butt")
        context.set_joinstyle("round")
        if dashes:
            context.set_dashes(0, [d * width for d in dashes])
        self._agg.draw_path(context, path, self._place(transform), None)

    def discs(
        self, xy: NDArray[np.float64], radius: float, fill: Rgba, ring: Rgba, ring_width: float
    ) -> None:
        """Discs of one look about every position, float64[n, 2]."""
        if not len(xy) or radius <= 0:
            return
        context = self._context(ring, ring_width if ring[3] > 0 else 0.0)
        marker, size = Path.unit_circle(), Affine2D().scale(radius)
        self._agg.draw_markers(context, marker, size, Path(xy), self._down, fill)

    def pixels(self) -> NDArray[np.uint8]:
        """What is drawn so far, uint8[height, width, 4] with straight alpha; a view that changes with drawing."""
        return np.asarray(self._agg.buffer_rgba())

    def image(self) -> Image.Image:
        """What is drawn so far as a picture of its own."""
        return Image.fromarray(self.pixels().copy())

    def _place(self, transform: Affine2D | None) -> Any:
        return self._down if transform is None else transform + self._down

    def _context(self, colour: Rgba, width: float) -> Any:
        context = self._agg.new_gc()
        context.set_foreground(colour, isRGBA=True)
        context.set_alpha(colour[3])
        context.set_linewidth(width)
        context.set_antialiased(True)
        context.set_snap(False)
        return context
