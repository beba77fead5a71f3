"""北斗网格位置码 (GB/T 39409-2020): places as codes of nested cells, flat and with height.

All arithmetic is on integers: a coordinate is counted in units of 1/2048 second of arc (`Decimal` where
it comes in), heights in the standard's 32-bit layers. Cells count away from the equator and the prime
meridian, so codes are mirrored between the hemispheres. From 88° on the standard has a polar division,
which is not covered here: such latitudes are refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from cim.errors import BadInput

#: Units of a second of arc, and of a degree.
_SECOND = 2048
_DEGREE = 3600 * _SECOND
_POLAR = 88 * _DEGREE
_DIGITS = "0123456789ABCDEF"
_ROWS = "ABCDEFGHIJKLMNOPQRSTUV"


@dataclass(frozen=True, slots=True)
class _GridLevel:
    """How a cell is split into the next level's: columns by rows, and the size of those in units (lon, lat).

    `digits` is 2 for a column digit and a row digit, 1 for their combination.
    """

    columns: int
    rows: int
    width: int
    height: int
    digits: Literal[1, 2]


def _levels() -> tuple[_GridLevel, ...]:
    splits: tuple[tuple[int, int, Literal[1, 2]], ...] = (
        (12, 8, 2),
        (2, 3, 1),
        (15, 10, 2),
        (15, 15, 2),
        (2, 2, 1),
        (8, 8, 2),
        (8, 8, 2),
        (8, 8, 2),
        (8, 8, 2),
    )
    width, height = 6 * _DEGREE, 4 * _DEGREE
    made = []
    for columns, rows, digits in splits:
        width, height = width // columns, height // rows
        made.append(_GridLevel(columns, rows, width, height, digits))
    return tuple(made)


#: So many cells are listed at once.
MOST_CELLS = 20_000

#: Levels 2 to 10.
_LEVELS = _levels()
#: Length of a flat code by level, 1 to 10.
LENGTHS = (4, 6, 7, 9, 11, 12, 14, 16, 18, 20)

# Height: layer w = floor((θ0 / θ) · ln(1 + H / r0) / ln(1 + θ0)), θ0 = 1°, θ = 1/2048″ (clause 5.4).
_THETA0 = math.pi / 180.0
_RADIUS_M = 6_378_137.0
_LAYERS = _DEGREE
#: Bits of the layer number that each level takes, from level 1 (with its six bits, as two decimals) down.
_HEIGHT_BITS = (6, 3, 1, 4, 4, 1, 3, 3, 3, 3)


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its code, its box in degrees, and of a code with height its layer's bottom and top in metres."""

    code: str
    level: int
    west: float
    south: float
    east: float
    north: float
    bottom_m: float | None = None
    top_m: float | None = None

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        return self.west, self.south, self.east, self.north

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the cell, lon and lat."""
        return (self.west + self.east) / 2, (self.south + self.north) / 2


def _units(degrees: float | str | Decimal, what: str, most: int) -> tuple[int, bool]:
    """The coordinate in whole units away from zero, and whether it is negative."""
    try:
        exact = Decimal(repr(degrees) if isinstance(degrees, float) else degrees)
    except InvalidOperation as error:
        raise BadInput(f"{what} {degrees!r} is no number of degrees") from error
    if not exact.is_finite() or abs(exact) > most:
        raise BadInput(f"{what} {degrees} is outside -{most}..{most} degrees")
    return int(abs(exact) * _DEGREE), exact < 0


def encode(lon: float | str | Decimal, lat: float | str | Decimal, level: int = 10) -> str:
    """The flat code of the cell that holds the place, at a level from 1 (6° × 4°) to 10 (1.5 cm).

    Degrees as text or `Decimal` are taken exactly, which matters on the edges of cells.

    >>> encode("112.976", "28.195", 5)
    'N49H903D18A'
    """
    if not 1 <= level <= 10:
        raise BadInput(f"level {level} is not there: levels run from 1 to 10")
    x, west = _units(lon, "longitude", 180)
    y, south = _units(lat, "latitude", 90)
    if y >= _POLAR:
        raise BadInput(
            f"latitude {lat} is beyond 88°, where the standard's polar division holds; it is not covered"
        )
    x = min(x, 180 * _DEGREE - 1)
    column, x = divmod(x, 6 * _DEGREE)
    row, y = divmod(y, 4 * _DEGREE)
    code = f"{'S' if south else 'N'}{30 - column if west else 31 + column:02d}{_ROWS[row]}"
    for step in _LEVELS[: level - 1]:
        column, x = divmod(x, step.width)
        row, y = divmod(y, step.height)
        code += _DIGITS[column] + _DIGITS[row] if step.digits == 2 else _DIGITS[row * step.columns + column]
    return code


def decode(code: str) -> Cell:
    """The cell of a flat code of any level, or of a code with height (32 characters); else `BadInput`.

    >>> cell = decode("N49H903D18A")
    >>> cell.level, cell.west < 112.976 < cell.east, cell.south < 28.195 < cell.north
    (5, True, True)
    """
    text = code.strip().upper()
    if len(text) == 32:
        return _decode_with_height(text)
    if len(text) not in LENGTHS:
        lengths = ", ".join(map(str, LENGTHS))
        raise BadInput(
            f"BeiDou code {code!r} has {len(text)} characters; a flat code has {lengths}, one with height 32"
        )
    return _box(text, code)


def cells_in(bounds: tuple[float, float, float, float], level: int) -> list[Cell]:
    """The cells of a level that a box (west, south, east, north) reaches into, from west to east and south to north.

    `BadInput` where they would be more than `MOST_CELLS`.

    >>> [cell.code for cell in cells_in((112.976, 28.195, 112.976, 28.195), 5)]
    ['N49H903D18A']
    """
    if not 1 <= level <= 10:
        raise BadInput(f"level {level} is out of range: 1 to 10")
    west, south, east, north = bounds
    width = 6 * _DEGREE if level == 1 else _LEVELS[level - 2].width
    height = 4 * _DEGREE if level == 1 else _LEVELS[level - 2].height
    # Cells lie mirrored beyond the equator and the prime meridian, so both are borders of cells.
    columns = range(math.floor(west * _DEGREE / width), math.floor(east * _DEGREE / width) + 1)
    rows = range(math.floor(south * _DEGREE / height), math.floor(north * _DEGREE / height) + 1)
    if len(columns) * len(rows) > MOST_CELLS:
        raise BadInput(
            f"{len(columns) * len(rows):,} cells of level {level} are too many, at most {MOST_CELLS:,}; "
            "take a coarser level or a smaller box"
        )
    middles = [((c + 0.5) * width / _DEGREE, (r + 0.5) * height / _DEGREE) for r in rows for c in columns]
    return [decode(encode(lon, lat, level)) for lon, lat in middles if -180 < lon < 180]


def _digit(text: str, at: int, below: int, code: str) -> int:
    found = _DIGITS.find(text[at])
    if not 0 <= found < below:
        raise BadInput(
            f"BeiDou code {code!r}: character {at + 1} is {text[at]!r}, not one of {_DIGITS[:below]}"
        )
    return found


def _is_number(text: str) -> bool:
    """Whether all are the digits 0 to 9; `isdigit` alone takes ² too."""
    return text.isascii() and text.isdigit()


def _box(text: str, code: str) -> Cell:
    if text[0] not in "NS":
        raise BadInput(f"BeiDou code {code!r} must begin with N or S, not {text[0]!r}")
    if not _is_number(text[1:3]) or not 1 <= int(text[1:3]) <= 60:
        raise BadInput(f"BeiDou code {code!r}: characters 2 and 3 are {text[1:3]!r}, not 01 to 60")
    if text[3] not in _ROWS:
        raise BadInput(f"BeiDou code {code!r}: character 4 is {text[3]!r}, not one of A to V")
    zone = int(text[1:3])
    west = zone <= 30
    x = (30 - zone if west else zone - 31) * 6 * _DEGREE
    y = _ROWS.index(text[3]) * 4 * _DEGREE
    width, height, at, level = 6 * _DEGREE, 4 * _DEGREE, 4, 1
    for step in _LEVELS:
        if at == len(text):
            break
        if step.digits == 2:
            column, row = _digit(text, at, step.columns, code), _digit(text, at + 1, step.rows, code)
        else:
            row, column = divmod(_digit(text, at, step.columns * step.rows, code), step.columns)
        at += step.digits
        level += 1
        width, height = step.width, step.height
        x, y = x + column * width, y + row * height
    lon, lat = (
        (-(x + width), -x) if west else (x, x + width),
        (-(y + height), -y) if text[0] == "S" else (y, y + height),
    )
    return Cell(text, level, lon[0] / _DEGREE, lat[0] / _DEGREE, lon[1] / _DEGREE, lat[1] / _DEGREE)


def layer_of(height_m: float) -> int:
    """The standard's layer of an ellipsoidal height (大地高) in metres; negative below the ellipsoid."""
    if not -_RADIUS_M < height_m < 1e12:
        raise BadInput(f"height {height_m:g} m is no height that the code can hold")
    layer = math.floor(_LAYERS * math.log1p(height_m / _RADIUS_M) / math.log1p(_THETA0))
    if not -(2**31) <= layer < 2**31:
        raise BadInput(f"height {height_m:g} m is beyond the 32 bits of the code")
    return layer


def layer_bottom_m(layer: int) -> float:
    """The lower face of a layer in metres above the ellipsoid."""
    return _RADIUS_M * math.expm1(layer / _LAYERS * math.log1p(_THETA0))


def encode_with_height(lon: float | str | Decimal, lat: float | str | Decimal, height_m: float) -> str:
    """The code with height, always of level 10: 32 characters.

    >>> encode_with_height("112.976", "28.195", 60)
    'N049H0090030D108A020607306105400'
    """
    flat = encode(lon, lat, 10)
    layer = layer_of(height_m)
    bits = layer & 0x7FFFFFFF
    code = flat[0] + ("1" if layer < 0 else "0")
    shift, at = 31, 1
    for level, (count, end) in enumerate(zip(_HEIGHT_BITS, LENGTHS, strict=True)):
        shift -= count
        part = bits >> shift & (1 << count) - 1
        code += flat[at:end] + (f"{part:02d}" if level == 0 else _DIGITS[part])
        at = end
    return code


def _decode_with_height(code: str) -> Cell:
    flat, bits = code[0], 0
    if code[1] not in "01":
        raise BadInput(f"BeiDou code {code!r}: character 2 is {code[1]!r}, not 0 (above) or 1 (below)")
    at, flat_at = 2, 1
    for level, (count, end) in enumerate(zip(_HEIGHT_BITS, LENGTHS, strict=True)):
        flat += code[at : at + end - flat_at]
        at, flat_at = at + end - flat_at, end
        if level == 0:
            if not _is_number(code[at : at + 2]) or int(code[at : at + 2]) > 63:
                raise BadInput(
                    f"BeiDou code {code!r}: the height digits {code[at : at + 2]!r} are not 00 to 63"
                )
            part, at = int(code[at : at + 2]), at + 2
        else:
            part, at = _digit(code, at, 1 << count, code), at + 1
        bits = bits << count | part
    layer = bits - 2**31 if code[1] == "1" else bits
    cell = _box(flat, code)
    return Cell(
        code=code,
        level=cell.level,
        west=cell.west,
        south=cell.south,
        east=cell.east,
        north=cell.north,
        bottom_m=layer_bottom_m(layer),
        top_m=layer_bottom_m(layer + 1),
    )
