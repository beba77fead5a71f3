"""Which metric CRS a city is measured in: that of the zone in which its first layer lies.

The store remembers it (meta `metric_crs`), and every process follows what the store says. It is chosen when a layer
is loaded into a city that has no other, and once more where only placed things (incidents, teams …) were there before,
because a single incident at 0, 0 must not decide how a city is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import shapely

from cim.model.standard_layers import PLACED
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

#: The CRS of a city in which nothing is placed yet, so that nothing is measured.
EMPTY_CITY = "EPSG:4547"

#: Degrees beyond its area of use in which a CRS still measures a city well: a city on the border of two zones.
_MARGIN = 0.25

#: Positions of each layer that are looked at.
_SAMPLE = 10_000


def middle(geometry: Any) -> tuple[float, float] | None:
    """The lon, lat in the middle of the geometries, on whichever side of 180° most of them are; None without any.

    It is the median of the middles of their parts, so that a few far-off ones don't move it. Positions at exactly
    0, 0 are empty fields of a form and count for nothing.

    >>> middle(shapely.points([[0, 0], [112.9, 28.1], [113.0, 28.2], [0, 0], [113.1, 28.3]]))
    (113.0, 28.2)
    >>> middle(shapely.box([-180, 179], [51, 51], [-178, 180], [52, 52]))[0]
    -179.0
    """
    boxes = shapely.bounds(shapely.get_parts(np.atleast_1d(geometry)))
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    boxes = boxes[(boxes != 0).any(axis=1)]
    if not len(boxes):
        return None
    lon, lat = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    around = float(np.degrees(np.angle(np.exp(1j * np.radians(lon)).sum())))
    turned = np.sort((lon - around + 180.0) % 360.0 - 180.0)
    lon_of_middle = (float(turned[len(turned) // 2]) + around + 180.0) % 360.0 - 180.0
    return round(lon_of_middle, 9), float(np.sort(lat)[len(lat) // 2])


@lru_cache(maxsize=64)
def _area_of_use(metric_crs: str) -> tuple[float, float, float, float] | None:
    area = crs.parse_crs(metric_crs).area_of_use
    return None if area is None else area.bounds


def is_for(metric_crs: str, lon: float, lat: float) -> bool:
    """Whether a metric CRS measures well at this place.

    >>> is_for("EPSG:4547", 112.97, 28.2), is_for("EPSG:4547", 75.99, 39.47)
    (True, False)
    """
    area = _area_of_use(metric_crs)
    if area is None:
        return True
    west, south, east, north = area
    beyond = (lon - west) % 360.0
    return (beyond <= (east - west) % 360.0 + _MARGIN or beyond >= 360.0 - _MARGIN) and (
        south - _MARGIN <= lat <= north + _MARGIN
    )


def is_base(name: str) -> bool:
    """Whether a layer can say where the city is: the areas, and whatever is not placed one by one."""
    return name == "areas" or name not in PLACED


def base_layers(snapshots: Mapping[str, Snapshot]) -> list[Snapshot]:
    """The layers with rows that say where the city is."""
    return [snapshot for name, snapshot in snapshots.items() if is_base(name) and len(snapshot)]


def choose_crs(known: str, geometry: Any) -> str:
    """The metric CRS for these geometries: the `known` one ("": none) where it is for them, or they are nowhere."""
    place = middle(geometry)
    if place is None or (known and is_for(known, *place)):
        return known
    return crs.metric_crs_for(*place)


def geometries(snapshots: Iterable[Snapshot]) -> Any:
    """Some geometries of each layer, the same in every process that sees the same rows."""
    samples = []
    for snapshot in snapshots:
        rows = snapshot.rows[np.argsort(snapshot.fids(snapshot.rows), kind="stable")]
        samples.append(snapshot.geometry(rows[:: -(-len(rows) // _SAMPLE) or 1]))
    return np.concatenate(samples) if samples else np.empty(0, object)
