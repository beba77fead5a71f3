"""Colour ramps: which colour a value has, by name, by a list of colours, or by a list of values and colours.

A ramp is `bound` to values where its stops are values of what it is for (metres of water, degrees of slope), and is
else laid over the range that a rule, a request or the statistics of the file name. Its colours run into each other, or
hold from each stop to the next (`steps`); below the first step of a bound ramp there is nothing to see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.model import reference_data

Colour = tuple[int, int, int, int]
Stops = tuple[tuple[float, Colour], ...]

#: The number of what shows nothing, in a picture of colour numbers.
CLEAR = 255
#: Colours that a picture has at most besides.
MOST = 255
#: How far a ramp's ends may lie from 0, and how near to each other.
_FARTHEST, _NEAREST = 1e12, 1e-9
_HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})")


@dataclass(frozen=True, slots=True)
class Ramp:
    """Stops in rising order: 0 to 1, or values where it is bound. `name` is empty for a list of colours."""

    name: str
    title_zh: str
    title_en: str
    stops: Stops
    bound: bool = False
    steps: bool = False
    unit: str = ""

    def over(self, low: float, high: float) -> Scale:
        """The ramp with its ends at these values; `BadInput` where they are too large, or as good as equal."""
        check_range(low, high)
        places = np.array([place for place, _ in self.stops])
        colours = np.array([colour for _, colour in self.stops], np.float64)
        if self.steps and not self.bound:
            breaks = low + (high - low) * np.arange(len(places)) / len(places)
        else:
            breaks = low + (high - low) * (places - places[0]) / (places[-1] - places[0])
        palette = np.zeros((256, 4), np.uint8)
        if self.steps:
            palette[: len(breaks)] = np.rint(colours)
        else:
            at = np.linspace(low, high, MOST)
            palette[:MOST] = np.rint(np.column_stack([np.interp(at, breaks, c) for c in colours.T]))
        return Scale(self, float(low), float(high), breaks, palette)

    def with_steps(self, steps: bool | None) -> Ramp:
        """The ramp with colours that hold from stop to stop, or run into each other; None: as it is."""
        return self if steps is None else replace(self, steps=steps)

    @property
    def range(self) -> tuple[float, float] | None:
        """The values of its ends, where it is bound to some."""
        return (self.stops[0][0], self.stops[-1][0]) if self.bound else None


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A ramp over a range of values. `breaks`: the value of each stop; `palette`: uint8[256, 4], the last is clear."""

    ramp: Ramp
    low: float
    high: float
    breaks: NDArray[np.float64]
    palette: NDArray[np.uint8]

    def numbers(self, values: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The palette's number of each value; NaN is clear.

        >>> RAMPS["depth"].over(0.05, 1.0).numbers(np.array([0.01, 0.05, 0.2, 9, np.nan], np.float32)).tolist()
        [255, 0, 1, 4, 255]
        """
        if self.ramp.steps:
            # In float32, as the values are: a value that is written like a break is in its class.
            found = np.searchsorted(self.breaks.astype(np.float32), values, side="right") - 1
            if not self.ramp.bound:
                found = np.maximum(found, 0)
            seen = ~np.isnan(values) & (found >= 0)
            classes: NDArray[np.uint8] = np.where(seen, found, CLEAR).astype(np.uint8)
            return classes
        share = (values - np.float32(self.low)) * np.float32((MOST - 1) / (self.high - self.low))
        clear = np.isnan(share)
        share[clear] = 0.0
        numbers: NDArray[np.uint8] = np.clip(np.rint(share), 0, MOST - 1).astype(np.uint8)
        numbers[clear] = CLEAR
        return numbers

    def colour(self, value: float) -> str:
        """The colour of one value, as #rrggbb or #rrggbbaa."""
        return hex_colour(self.palette[int(self.numbers(np.array([value], np.float32))[0])].tolist())


def check_range(low: float, high: float) -> None:
    """Raise `BadInput` for ends of a ramp that are too far out, or as good as equal.

    >>> check_range(0, 1e-12)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    cim.errors.BadInput: colours can't run from 0 to 1e-12: their ends lie at least 1e-09 apart ...
    """
    if max(abs(low), abs(high)) > _FARTHEST or high - low < _NEAREST:
        raise BadInput(
            f"colours can't run from {low:g} to {high:g}: their ends lie at least {_NEAREST:g} apart and at most "
            f"{_FARTHEST:g} from 0; name others with rescale=, or say which number means no data: nodata in the "
            "raster's TOML file"
        )


def hex_colour(colour: Sequence[int]) -> str:
    """A colour in hexadecimal, with its opacity where it is not opaque.

    >>> hex_colour((255, 0, 10, 255)), hex_colour((0, 0, 0, 0))
    ('#ff000a', '#00000000')
    """
    return "#" + bytes(colour[:3] if colour[3] == 255 else colour).hex()


def colour_of(text: str) -> Colour:
    """A colour of #rgb, #rgba, #rrggbb or #rrggbbaa; `BadInput` for anything else.

    >>> colour_of("#f00"), colour_of("#11223380")
    ((255, 0, 0, 255), (17, 34, 51, 128))
    """
    if not _HEX.fullmatch(text):
        raise BadInput(f"{text!r} is no colour; write #rrggbb, or #rrggbbaa with its opacity")
    digits = text[1:]
    if len(digits) < 6:
        digits = "".join(c + c for c in digits)
    r, g, b, *a = bytes.fromhex(digits)
    return r, g, b, a[0] if a else 255


def ramp_of(said: Any, steps: bool | None = None) -> Ramp:
    """The ramp that a text or a list names; `BadInput` with the known names.

    A text is a name (`viridis`; `viridis_r` runs the other way), colours with commas (`#fff,#f00`), or values with
    colours (`0:#fff,5:#f00`); a list has colours, or pairs of value and colour. `steps` is as the module's text says;
    None: as the ramp has it.

    >>> ramp_of("0:#fff,5:#f00").range, ramp_of(["#fff", "#f00"], steps=True).steps
    ((0.0, 5.0), True)
    """
    if isinstance(said, str) and "#" not in said:
        made = _ramp_named(said)
    else:
        pairs = [_pair(part) for part in said.split(",")] if isinstance(said, str) else _pairs(said)
        made = _ramp_listed(pairs)
    return made.with_steps(steps)


def _ramp_named(name: str) -> Ramp:
    known = RAMPS.get(name)
    turned = RAMPS.get(name.removesuffix("_r")) if name.endswith("_r") else None
    if known is not None:
        return known
    if turned is None:
        raise BadInput(
            f"ramp {name!r} is not known; known: {', '.join(RAMPS)}, each also the other way round as NAME_r; "
            "or colours: #ffffff,#ff0000, or values with colours: 0:#ffffff,5:#ff0000"
        )
    colours = [colour for _, colour in reversed(turned.stops)]
    stops = tuple((place, colour) for (place, _), colour in zip(turned.stops, colours, strict=True))
    return replace(turned, name=name, stops=stops)


def _pair(part: str) -> tuple[float | None, Colour]:
    value, colon, colour = part.strip().rpartition(":")
    return (_number(value) if colon else None), colour_of(colour.strip())


def _pairs(said: Any) -> list[tuple[float | None, Colour]]:
    if not isinstance(said, Sequence) or isinstance(said, str):
        raise BadInput(f"ramp {said!r} is none: give a name, colours, or pairs of value and colour")
    pairs: list[tuple[float | None, Colour]] = []
    for part in said:
        if isinstance(part, str):
            pairs.append((None, colour_of(part)))
        elif isinstance(part, Sequence) and len(part) == 2:
            pairs.append((_number(part[0]), colour_of(str(part[1]))))
        else:
            raise BadInput(f"{part!r} in a ramp is neither a colour nor a pair of value and colour")
    return pairs


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not np.isfinite(number):
        raise BadInput(f"{value!r} in a ramp is no number")
    return number


def _ramp_listed(pairs: list[tuple[float | None, Colour]]) -> Ramp:
    if not 2 <= len(pairs) <= MOST:
        raise BadInput(f"a ramp has 2 to {MOST} colours, not {len(pairs)}")
    values = [value for value, _ in pairs]
    if all(value is None for value in values):
        places = np.linspace(0.0, 1.0, len(pairs)).tolist()
        return Ramp("", "", "", tuple(zip(places, (c for _, c in pairs), strict=True)))
    if any(value is None for value in values):
        raise BadInput("a ramp names the value of each of its colours, or of none")
    stops = tuple((float(value or 0.0), colour) for value, colour in pairs)
    if any(a[0] >= b[0] for a, b in pairwise(stops)):
        raise BadInput(f"the values of a ramp must rise: {', '.join(f'{v:g}' for v, _ in stops)} do not")
    return Ramp("", "", "", stops, bound=True)


def _evenly(colours: Sequence[str]) -> Stops:
    places = np.linspace(0.0, 1.0, len(colours)).tolist()
    return tuple((place, colour_of(c)) for place, c in zip(places, colours, strict=True))


def _perceptual_stops(name: str) -> Stops:
    """One of matplotlib's ramps whose steps look even, in 33 stops: less than one part of 255 off."""
    colours = np.rint(mpl.colormaps[name](np.linspace(0.0, 1.0, 33)) * 255).astype(int).tolist()
    return tuple((i / 32, (r, g, b, a)) for i, (r, g, b, a) in enumerate(colours))


def _ramps() -> Iterator[Ramp]:
    """The named ramps, of `data/color_ramps.toml`."""
    for name, said in reference_data.table("color_ramps").items():
        if "evenly" in said:
            stops = _evenly(said["evenly"])
        elif "at" in said:
            stops = tuple((float(value), colour_of(colour)) for value, colour in said["at"])
        else:
            stops = _perceptual_stops(name)
        yield Ramp(
            name,
            said["zh"],
            said["en"],
            stops,
            bound=said.get("bound", False),
            steps=said.get("steps", False),
            unit=said.get("unit", ""),
        )


RAMPS: dict[str, Ramp] = {ramp.name: ramp for ramp in _ramps()}
