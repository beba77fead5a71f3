"""The state of the city that one answer is worked out from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from cim.areas.owners import Owners
from cim.areas.ownership import Areas, owners_of_points
from cim.areas.registry import AreaRegistry
from cim.arrays.once import Lazy
from cim.duty.answers import UnitRecord
from cim.duty.responsibility_list import Rules
from cim.duty.units import UnitRegistry, Units
from cim.roads.registry import RoadRegistry
from cim.roads.state import RoadState
from cim.settings import Settings
from cim.snapshot.extent import Box, CityExtent, Extent
from cim.snapshot.snapshot import Snapshot, require_layer
from cim.text.registry import TextRegistry


@dataclass(frozen=True, slots=True)
class Registries:
    """What is built from the layers and shared by all states of a city. `rules` reads the newest responsibility list;
    the text indexes and the road network are built on first use."""

    areas: AreaRegistry
    units: UnitRegistry
    extent: CityExtent
    rules: Callable[[], Rules]
    texts: Lazy[TextRegistry]
    roads: Lazy[RoadRegistry]


@dataclass(frozen=True, slots=True, eq=False)
class CityState:
    """Every layer of the city as of one moment, with what is built from the layers, the settings and the day.

    A request takes one state and works out its whole answer from it, so that the answer never mixes two states,
    whatever is written meanwhile. Making one costs a few microseconds: everything in it is shared or built on use.
    """

    settings: Settings
    #: The time zone of the city, in which deadlines, closures and days are meant.
    zone: ZoneInfo
    #: The current day in that zone: the day of an answer that names no other.
    today: dt.date
    snapshots: Mapping[str, Snapshot]
    #: The CRS of the city's metres, such as `EPSG:4547`.
    metric_crs: str
    roads: RoadState
    _registries: Registries
    _rules: Lazy[Rules]

    @classmethod
    def of(
        cls,
        settings: Settings,
        zone: ZoneInfo,
        today: dt.date,
        snapshots: Mapping[str, Snapshot],
        metric_crs: str,
        registries: Registries,
    ) -> CityState:
        """The state in which the layers are these snapshots."""
        roads, rules = RoadState(registries.roads, snapshots), Lazy(registries.rules)
        return cls(settings, zone, today, snapshots, metric_crs, roads, _registries=registries, _rules=rules)

    def snapshot(self, name: str) -> Snapshot:
        """One layer; `NotFound` with the loaded names where there is no such layer."""
        return require_layer(self.snapshots, name)

    @property
    def areas(self) -> Areas:
        """The management areas as of today."""
        return self._registries.areas.areas(self.snapshot("areas"), self.today)

    @property
    def units(self) -> Units:
        """The units by code, and by kind and territory."""
        return self._registries.units.units(self.snapshot("units"))

    def unit(self, code: str | None) -> UnitRecord | None:
        """The unit as answers show it; None where there is no such unit."""
        return None if code is None else self.units.record(code)

    @property
    def rules(self) -> Rules:
        """The responsibility list and the clock of deadlines, read on first use."""
        return self._rules.get()

    @property
    def texts(self) -> TextRegistry:
        """The text indexes of the layers."""
        return self._registries.texts.get()

    @property
    def extent(self) -> Extent | None:
        """Where the city is: the box of its areas, or else of its layers; None where nothing is placed."""
        return self._registries.extent.extent(self.snapshots)

    def bounds(self, names: Iterable[str]) -> Box:
        """West, south, east, north of these layers together, without rows far from the city unless all of them are."""
        return self._registries.extent.bounds(self.snapshots, names)

    def core(self) -> Box:
        """West, south, east, north of the part of the city that a map shows first, where most resources are."""
        return self._registries.extent.core(self.snapshots)

    def owners(self, points: NDArray[np.float64], day: dt.date | None = None) -> list[Owners]:
        """The owners of each point (float64[q, 2] lon, lat, WGS84) on a day (None: today)."""
        return owners_of_points(self.areas, self.units, points, day)
