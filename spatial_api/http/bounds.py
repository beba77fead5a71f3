"""`bbox` in requests: west,south,east,north in degrees."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import Query

from cim.errors import BadInput
from cim.space import crs

Bounds = tuple[float, float, float, float]

_SAID = "west,south,east,north in degrees"
#: The parameter; without it, everything.
BBox = Annotated[str | None, Query(description=_SAID)]
#: The same where it must be given.
RequiredBBox = Annotated[str, Query(description=_SAID)]


def sides_of(bbox: str) -> Bounds:
    """The four numbers, whatever they are; else `BadInput`."""
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError as error:
        raise BadInput(f"bbox {bbox!r} is not {_SAID}") from error
    return west, south, east, north


def bounds_of(bbox: str) -> Bounds:
    """The bounds in WGS84; else `BadInput`.

    >>> bounds_of("112.9,28.1,113,28.3")
    (112.9, 28.1, 113.0, 28.3)
    """
    west, south, east, north = sides_of(bbox)
    crs.check_positions(np.array([[west, south], [east, north]]), "bbox corner")
    if west > east or south > north:
        raise BadInput(f"bbox {bbox!r}: west must not be east of east, nor south north of north")
    return west, south, east, north
