"""The road network of a city: made from any layer of roads, kept beside its snapshot, remade when the layer changes.

While a new network is being made, the old one answers. Its metrics come with it (`cim.roads.profile_metrics`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from cim.arrays.derived import open_or_build
from cim.arrays.latest import Latest
from cim.errors import NotFound
from cim.roads import network_file, turn_restrictions
from cim.roads.network import Network
from cim.roads.points import POINTS
from cim.roads.profile_metrics import ProfileMetrics
from cim.roads.traffic import Traffic
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot

_ROAD_WORDS = ("road", "street", "highway", "路", "道")


class RoadRegistry(ProfileMetrics):
    """The network as it is now and its metrics. `folder_of` gives the folder of a snapshot's base, `traffic` what slows
    a profile at a moment (`cim.roads.traffic`)."""

    def __init__(self, settings: Settings, folder_of: Callable[[Snapshot], Path], traffic: Traffic) -> None:
        super().__init__(settings.zone, traffic)
        self._settings = settings
        self._folder_of = folder_of
        self._latest = Latest[Network]("road network", self._renew)

    def prepare(self, snapshots: Mapping[str, Snapshot]) -> None:
        """Begin to make the network of the layer as it is now, unless that is the one there is."""
        layer = self.layer_in(snapshots)
        if layer is None:
            self._latest.want_none()
            return
        turn_rows, points = snapshots.get(turn_restrictions.TURNS.name), snapshots.get(POINTS.name)
        about = (
            layer.layer.name,
            layer.version,
            layer.metric_crs,
            turn_rows.version if turn_rows else "",
            points.version if points else "",
            self._settings.road_fields,
            self._settings.road_tolerance_m,
            network_file.FORMAT,
        )
        key = hashlib.sha256(repr(about).encode()).hexdigest()[:16]
        self._latest.want(
            key,
            lambda: self._open(key, layer, turn_rows, points),
            # No answer may come in the metres of before.
            fits=lambda network: network.snapshot.metric_crs == layer.metric_crs,
        )

    @property
    def under_way(self) -> list[str]:
        """What is being made in the background, by name: `network`, then the profiles that are not ready yet."""
        if self._latest.is_building:
            return ["network", *(profile.name for profile in self._profiles)]
        return self._to_ready.waiting

    @property
    def troubles(self) -> list[str]:
        """Why the network, or a metric of it, could not be built, if so."""
        return [*self._latest.troubles, *self._to_ready.troubles, *self._to_prune.troubles]

    def layer_in(self, snapshots: Mapping[str, Snapshot]) -> Snapshot | None:
        """The layer of roads: the setting's, else the one called roads, else the first whose name says so."""
        name = self._settings.roads
        if name != "auto":
            return snapshots.get(name)
        lines = {n: s for n, s in snapshots.items() if s.layer.geometry == "line" and len(s)}
        known = [
            n for n in ("roads", *sorted(lines)) if n in lines and any(w in n.lower() for w in _ROAD_WORDS)
        ]
        return lines[known[0]] if known else None

    @property
    def network(self) -> Network:
        """The newest network that is made; waits for the first one. `NotFound` where no layer has roads."""
        return self._require(self._latest.get())

    def wait(self) -> Network:
        """The network of the layer as it was last announced, once it is made."""
        return self._require(self._latest.wait())

    def _require(self, network: Network | None) -> Network:
        if network is None:
            name = self._settings.roads
            what = "no layer of roads is loaded"
            if name != "auto":
                what = f"the layer of roads {name!r} is not loaded"
            raise NotFound(f"{what}; load one: citybase load FILE --layer roads")
        return network

    def _open(
        self, key: str, snapshot: Snapshot, turn_rows: Snapshot | None, points: Snapshot | None
    ) -> Network:
        return open_or_build(
            self._folder_of(snapshot) / f"roads-{key}.bin",
            lambda file: network_file.open_saved(file, snapshot, turn_rows, self._settings, points),
            lambda: network_file.build(snapshot, turn_rows, self._settings, points),
            network_file.save,
            reopen=False,
            replaces="roads-*.bin",
        )
