"""Shapes of many corners that cost much: combs of long teeth over the small city."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import shapely
from shapely import affinity

from tests.support import small_city as small


def comb(corners: int, degrees: float = 0.0) -> Any:
    """A comb of long teeth over the city, turned by some degrees."""
    west, south, east, north = small.WEST, small.SOUTH, small.EAST, small.NORTH
    teeth = corners // 4
    x = np.linspace(west, east, 2 * teeth + 1)
    low = south + (north - south) * 0.01
    ring = [(west, south)]
    for i in range(teeth):
        ring += [(x[2 * i], north), (x[2 * i + 1], north), (x[2 * i + 1], low), (x[2 * i + 2], low)]
    return affinity.rotate(shapely.Polygon([*ring, (east, south), (west, south)]), degrees)


def question(shape: Any, **more: Any) -> dict[str, Any]:
    """What is asked about a shape."""
    return {"shape": json.loads(shapely.to_geojson(shape)), **more}
