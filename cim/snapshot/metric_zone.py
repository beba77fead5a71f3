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
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.store import Store

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


class MetricCrs:
    """The metric CRS of a city: that of the setting or, with `auto`, the one that the store remembers."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._setting = settings.metric_crs
        self._store = store
        self._founded: bool | None = None  # whether a layer says where the city is; None: not looked at yet
        if self._setting != "auto":  # remembered for whoever opens the store without the setting
            crs.parse_crs(self._setting)
            if self._setting != self._stored_crs:
                store.set_meta("metric_crs", self._setting)

    @property
    def _stored_crs(self) -> str:
        return self._store.meta("metric_crs", "")

    def now(self) -> str:
        """The metric CRS that holds now."""
        if self._setting != "auto":
            return self._setting
        return self._stored_crs or EMPTY_CITY

    def for_layer(self, snapshots: Mapping[str, Snapshot], name: str, geometry: Any, current: str) -> str:
        """The metric CRS of the city once the layer `name` holds these geometries: where they lie, if no other layer
        says where the city is, else the `current` one."""
        others = [s for s in base_layers(snapshots) if s.layer.name != name]
        if others or not is_base(name) or self._setting != "auto":
            return current
        return choose_crs(self._stored_crs, geometry) or current

    def remember(self, chosen: str, current: str) -> bool:
        """Let the store remember the CRS that a layer to come was given; whether the city is to be read again."""
        if chosen == current and self._stored_crs:
            return False
        self._store.set_meta("metric_crs", chosen)
        return True

    def settle(self, snapshots: Mapping[str, Snapshot]) -> bool:
        """Whether a city that has no layers yet, or that others filled, is measured otherwise from now on."""
        if self._founded:
            return False
        base = base_layers(snapshots)
        known = self._stored_crs
        opening, self._founded = self._founded is None, bool(base)
        located = base or [s for s in snapshots.values() if len(s)]
        if self._setting != "auto" or not located or (opening and base and known):
            return False
        chosen = choose_crs(known, geometries(located))
        if chosen != known:
            self._store.set_meta("metric_crs", chosen)
        return chosen != known
