"""The metrics of a road network by profile: without closures, and with what slows the roads now.

Each is made when it is first asked for, once for all who want it now, or before that in the background; then it is
pruned in the background, which makes its searches several times faster. Closures change a metric in place of the roads
they lie on (`cim.roads.closures`).
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cim.arrays.backlog import Backlog
from cim.arrays.once import Once
from cim.arrays.types import RowIds
from cim.columnar.columns import Columns
from cim.roads import conditions
from cim.roads.closures import edges_in
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import PROFILES, Profile
from cim.roads.snapping import SnappedPoints, concat, snapped_rows
from cim.roads.traffic import Traffic, require_ahead
from cim.snapshot.snapshot import Snapshot

#: So many metrics of profiles, and as many of what traffic makes of them, are kept.
_MOST_METRICS = 12

#: What tells a metric without closures from every other: the profile, and the hours that hold.
_Key = tuple[str, frozenset[str]]


@dataclass(frozen=True, slots=True, eq=False)
class _ToPrune:
    """A metric that waits to be pruned, where it is kept, and the network it is of."""

    network: Network
    kept: dict[Any, ProfileWeights]
    metric: ProfileWeights


class ProfileMetrics:
    """The metrics of the network that there is now. `traffic` gives what slows a profile at a moment
    (`cim.roads.traffic`)."""

    def __init__(self, zone: dt.tzinfo, traffic: Traffic) -> None:
        self.traffic = traffic
        self._zone = zone
        self._lock = threading.Lock()
        self._network: Network | None = None
        self._plain: dict[_Key, ProfileWeights] = {}
        self._live: dict[tuple[_Key, Any], ProfileWeights] = {}
        self._places: dict[tuple[str, _Key], tuple[Columns, Network, SnappedPoints]] = {}
        self._making = Once[ProfileWeights]()
        self._profiles: tuple[Profile, ...] = ()
        self._to_ready = Backlog[str, tuple[Network, Profile]](
            "the roads for {name} are not ready: {why}", self._ready
        )
        # Only the newest of a profile is worth it, where closures come faster than they can be pruned.
        self._to_prune = Backlog[tuple[_Key, bool], _ToPrune](
            "the roads for {name} can't be pruned: {why}",
            self._prune,
            lambda key: key[0][0].partition("/")[0],
        )

    def keep_ready(self, profiles: Iterable[Profile]) -> None:
        """From now on make the metrics of these profiles in the background as soon as there is a network, before
        anybody asks. Whoever asks for one earlier waits for the same work."""
        with self._lock:
            self._profiles = tuple(profiles)
            self._make_ready()

    def close(self) -> None:
        """Begin no further metric in the background; what runs ends after the one that it is at."""
        self._to_ready.close()
        self._to_prune.close()

    def metric(
        self,
        network: Network,
        profile: Profile,
        layers: Mapping[str, Snapshot],
        at: dt.datetime | None = None,
        avoid: Sequence[Any] = (),
    ) -> ProfileWeights:
        """What the network is to a profile now or at a moment to come, with the closures and speeds that `layers` (a
        city's snapshots by name) tell of then; `avoid` are polygons (lon, lat) that are closed for this question.

        `BadInput` for a moment in the past. Take `layers` from where the rest of the answer comes of, so that one
        answer shows one state.
        """
        require_ahead(at)
        moment = at or dt.datetime.now(dt.UTC)
        hours = self._hours(network, moment)
        plain = self._plain_metric(network, profile, hours)

        def car() -> ProfileWeights:
            return self._plain_metric(network, PROFILES["car"], hours)

        slowed = self.traffic(network, profile, layers, car, moment)
        made = plain if slowed is None else self._slowed_metric(network, plain, *slowed)
        if not avoid:
            return made
        free = slowed[1]() if slowed is not None else _free(network)
        closed = free.closed.copy()
        for shape in avoid:
            closed[edges_in(network, shape)] = True
        return network.reweigh(made, plain, Conditions(free.factor, closed))

    def places(
        self, network: Network, metric: ProfileWeights, things: Snapshot, rows: RowIds
    ) -> SnappedPoints:
        """The rows of a layer of points on the roads; those of its base are looked up once, while both stay."""
        key = (things.layer.name, (metric.profile.key, metric.hours))
        with self._lock:
            known = self._places.get(key)
        if known is None or known[0] is not things.base or known[1] is not network:
            known = (things.base, network, snapped_rows(network, metric, things, np.arange(len(things.base))))
            with self._lock:
                self._places[key] = known
        fresh = rows >= len(things.base)
        base = known[2].take(rows[~fresh])
        if not fresh.any():
            return base
        order = np.argsort(np.concatenate([np.flatnonzero(~fresh), np.flatnonzero(fresh)]), kind="stable")
        return concat([base, snapped_rows(network, metric, things, rows[fresh])]).take(order)

    def _renew(self, network: Network | None) -> None:
        """Begin with another network, or with none."""
        with self._lock:
            self._network = network
            self._plain, self._live = {}, {}
            self._to_prune.replace({})
            self._make_ready()

    def _make_ready(self) -> None:
        """Begin to make the metrics of the network; the lock is held."""
        network = self._network
        self._to_ready.replace({p.name: (network, p) for p in self._profiles} if network is not None else {})

    def _ready(self, piece: tuple[Network, Profile]) -> None:
        network, profile = piece
        self._plain_metric(network, profile, self._hours(network, dt.datetime.now(dt.UTC)))

    def _hours(self, network: Network, moment: dt.datetime) -> frozenset[str]:
        return conditions.in_force(network.hours, moment, self._zone) if network.hours else frozenset()

    def _plain_metric(self, network: Network, profile: Profile, hours: frozenset[str]) -> ProfileWeights:
        """The metric of a profile without closures: kept, or made once for all who want it now."""
        key = (profile.key, hours)

        def work() -> ProfileWeights:
            with self._lock:
                found = self._plain.get(key) if network is self._network else None
            if found is None:
                found = network.metric(profile, hours=hours)
            self._keep(network, key, found)
            return found

        return self._making.run((id(network), key), work)

    def _slowed_metric(
        self, network: Network, plain: ProfileWeights, token: Any, conditions_now: Callable[[], Conditions]
    ) -> ProfileWeights:
        """A metric with what slows it: kept, or made once for all who want it now of the newest one of its profile."""
        key = (plain.profile.key, plain.hours)

        def work() -> ProfileWeights:
            with self._lock:
                # Another network may have taken its place by now, whose metrics are of other roads.
                live = self._live if network is self._network else {}
                found = live.get((key, token))
                near = next((m for (k, _), m in reversed(live.items()) if k == key), plain)
            if found is None:
                found = network.reweigh(near, plain, conditions_now())
            self._keep(network, key, found, token)
            return found

        return self._making.run((id(network), key, token), work)

    def _keep(
        self, network: Network, key: _Key, metric: ProfileWeights, traffic: Hashable | None = None
    ) -> None:
        """Put a metric last, let the one go that stands there longest where there are too many, and have the metric
        pruned in the background. `traffic` tells what slows it (None: nothing does)."""
        with self._lock:
            if network is not self._network:
                return
            metrics: dict[Any, ProfileWeights] = self._plain if traffic is None else self._live
            at = key if traffic is None else (key, traffic)
            metrics.pop(at, None)
            while len(metrics) >= _MOST_METRICS:
                metrics.pop(next(iter(metrics)))
            metrics[at] = metric
            if not metric.hierarchy.pruned:
                self._to_prune.put((key, traffic is None), _ToPrune(network, metrics, metric))

    def _prune(self, piece: _ToPrune) -> None:
        """Prune a metric, which takes the place of the one that it is made of."""
        with self._lock:
            key = next((k for k, m in piece.kept.items() if m is piece.metric), None)
        if key is None:
            return
        faster = piece.network.prune(piece.metric)
        with self._lock:
            if piece.kept.get(key) is piece.metric:
                piece.kept[key] = faster


def _free(network: Network) -> Conditions:
    e = len(network.edges.first)
    return Conditions(np.ones(e, np.float32), np.zeros(e, np.bool_))
