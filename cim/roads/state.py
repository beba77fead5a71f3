"""The roads as one answer sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays.once import Lazy
from cim.roads.closures import Closure
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.registry import RoadRegistry
from cim.roads.snapping import SnappedPoints
from cim.snapshot.snapshot import Snapshot


class RoadState:
    """One road network, with the closures and measured speeds of one state of the city's layers.

    The network is looked up on first use and kept, so that every part of an answer is worked out on the same one.
    """

    __slots__ = ("_network", "_registry", "_snapshots")

    def __init__(self, registry: Lazy[RoadRegistry], snapshots: Mapping[str, Snapshot]) -> None:
        self._registry = registry
        self._snapshots = snapshots
        self._network: Network | None = None

    @property
    def network(self) -> Network:
        """The newest network that was ready on first use; waits for the very first one. `NotFound` where no layer has
        roads."""
        network = self._network
        if network is None:
            network = self._network = self._registry.get().network
        return network

    def metric(
        self, profile: Profile, at: dt.datetime | None = None, avoid: Sequence[Any] = ()
    ) -> ProfileWeights:
        """The network's weights for a profile, now or at a moment to come. `avoid`: polygons (lon, lat, WGS84) that are
        closed for this question. `BadInput` for a moment in the past."""
        return self._registry.get().metric(self.network, profile, self._snapshots, at, avoid)

    def places(self, metric: ProfileWeights, things: Snapshot, rows: NDArray[np.int64]) -> SnappedPoints:
        """The rows of a layer of points, snapped to the network."""
        return self._registry.get().places(self.network, metric, things, rows)

    def closures_in_force(self, profile: Profile) -> list[Closure]:
        """The stored closures and slow-downs that hold for a profile now."""
        closures = self._registry.get().traffic.closures
        active = closures.active(
            self.network, profile, dt.datetime.now(dt.UTC), self._snapshots.get("closures")
        )
        return active[1] if active is not None else []
