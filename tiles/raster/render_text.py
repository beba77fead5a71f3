"""How a raster is to be drawn, from texts as somebody writes them."""

from __future__ import annotations

import numpy as np

from cim.errors import BadInput


def parse_bands(text: str) -> tuple[int, ...]:
    """Bands with commas; none for nothing.

    >>> parse_bands("4,1,2"), parse_bands("")
    ((4, 1, 2), ())
    """
    try:
        return tuple(int(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        raise BadInput(f"bands {text!r}: give whole numbers with commas, as in 4,1,2") from error


def parse_ranges(text: str) -> tuple[tuple[float, float], ...]:
    """Lowest and highest values, one pair or three; none for nothing.

    >>> parse_ranges("0,100")
    ((0.0, 100.0),)
    """
    if not text:
        return ()
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError as error:
        raise BadInput(f"rescale {text!r}: give lowest,highest as numbers") from error
    if len(numbers) not in (2, 6) or not np.isfinite(numbers).all():
        raise BadInput(f"rescale {text!r}: give two numbers, or six for three bands")
    pairs = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    for low, high in pairs:
        if low >= high:
            raise BadInput(f"rescale {text!r}: {low:g} is not less than {high:g}; NAME_r turns a ramp round")
    return pairs
