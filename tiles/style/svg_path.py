"""SVG path data as a path that can be drawn."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

import numpy as np
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from cim.errors import BadInput

_TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?")
#: How many numbers each command takes.
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "A": 7, "Z": 0}
_Point = tuple[float, float]


def svg_path(data: str) -> Path:
    """The path that SVG path data draws (SVG 2 §9.3), of the commands M L H V C S A Z in both cases.

    >>> svg_path("M1 1h2v2z").vertices.tolist()
    [[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 1.0]]
    """
    points: list[_Point] = []
    codes: list[int] = []
    at = begun = control = (0.0, 0.0)
    for command, numbers in _commands(data):
        kind, x0, y0 = command.upper(), *(at if command.islower() else (0.0, 0.0))
        if kind == "Z":
            points.append(begun)
            codes.append(int(Path.CLOSEPOLY))
            at = control = begun
            continue
        if kind in "HV":
            at = (x0 + numbers[0], at[1]) if kind == "H" else (at[0], y0 + numbers[0])
            points.append(at)
            codes.append(int(Path.LINETO))
        elif kind == "A":
            end = (x0 + numbers[5], y0 + numbers[6])
            curve = _arc(at, end, (numbers[0], numbers[1]), numbers[2], bool(numbers[3]), bool(numbers[4]))
            points += curve
            codes += [int(Path.CURVE4)] * len(curve)
            at = end
        else:
            pairs = [(x0 + x, y0 + y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            if kind == "S":
                pairs.insert(0, (2 * at[0] - control[0], 2 * at[1] - control[1]))
            points += pairs
            codes += [int({"M": Path.MOVETO, "L": Path.LINETO}.get(kind, Path.CURVE4))] * len(pairs)
            at = pairs[-1]
            if kind == "M":
                begun = at
            if kind in "CS":
                control = pairs[-2]
        if kind not in "CS":
            control = at  # after anything but a curve, a smooth one begins straight
    return Path(np.array(points), np.array(codes, np.uint8))


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; what follows a command without a letter repeats it."""
    tokens = _TOKEN.findall(data)
    i, command = 0, ""
    while i < len(tokens):
        if tokens[i].isalpha():
            command, i = tokens[i], i + 1
        takes = _TAKES.get(command.upper())
        numbers = tokens[i : i + takes] if takes is not None else []
        if takes is None or len(numbers) < takes or any(n.isalpha() for n in numbers):
            raise BadInput(f"{data!r} is no path data that we draw: {command!r} at its {i}th part")
        yield command, [float(n) for n in numbers]
        i += takes
        command = {"M": "L", "m": "l"}.get(command, command)


def _arc(
    start: _Point, end: _Point, radii: _Point, tilt_deg: float, large: bool, forward: bool
) -> list[_Point]:
    """An elliptical arc as Bézier curves, three points each (SVG 2 §B.2.4: from its ends to its centre)."""
    rx, ry = abs(radii[0]), abs(radii[1])
    tilt = math.radians(tilt_deg)
    cos, sin = math.cos(tilt), math.sin(tilt)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, -sin * dx + cos * dy
    grow = max(1.0, math.hypot(x / rx, y / ry))  # radii too small to reach are made as large as they must be
    rx, ry = rx * grow, ry * grow
    off = max(0.0, (rx * ry) ** 2 / ((rx * y) ** 2 + (ry * x) ** 2) - 1.0)
    share = math.sqrt(off) * (-1 if large == forward else 1)
    cx, cy = share * rx * y / ry, -share * ry * x / rx
    first, last = math.atan2((y - cy) / ry, (x - cx) / rx), math.atan2((-y - cy) / ry, (-x - cx) / rx)
    if forward and last < first:
        last += 2 * math.pi
    if not forward and last > first:
        last -= 2 * math.pi
    low, high = sorted((math.degrees(first), math.degrees(last)))
    unit = np.asarray(Path.arc(low, high).vertices)
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    placed = Affine2D().scale(rx, ry).translate(cx, cy).rotate(tilt).translate(*middle).transform(unit)
    if not forward:
        placed = placed[::-1]
    return [(float(px), float(py)) for px, py in placed[1:]]
