"""The road network of a city: made from any layer of roads, kept beside its snapshot, remade when the layer changes.

While a new network is being made, the old one answers. Each profile has its own metric on the one hierarchy, made
when it is first asked for, or before that in the background (`Roads.keep_ready`); closures change a metric in place of
the roads they lie on (`cim.roads.closures`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.arrays import bundle, parallel
from cim.arrays.derived import open_or_build
from cim.arrays.once import Once
from cim.arrays.readonly import freeze
from cim.columnar.columns import Columns
from cim.errors import NotFound
from cim.roads import attributes, conditions, contraction, turn_graph, turn_restrictions
from cim.roads.attributes import Facts
from cim.roads.closures import edges_in
from cim.roads.contraction import Hierarchy
from cim.roads.edges import Edges, build_edges
from cim.roads.network import Conditions, Network, Notes, ProfileWeights
from cim.roads.points import POINTS, place_stops, road_points, signal_nodes, with_stops
from cim.roads.profiles import PROFILES, Profile
from cim.roads.snapping import SnappedPoints, concat, snapped_rows
from cim.roads.traffic import Traffic, require_ahead
from cim.roads.turn_graph import Graph
from cim.settings import Settings
from cim.snapshot.snapshot import Snapshot

#: Grows when the arrays change their meaning; a network of another format is made anew.
FORMAT = 5
#: So many metrics of profiles, and as many of what traffic makes of them, are kept.
_MOST_METRICS = 12

#: What tells a metric without closures from every other: the profile, and the hours that hold.
_Key = tuple[str, frozenset[str]]

_log = logging.getLogger("citybase")


def build(
    snapshot: Snapshot, turn_rows: Snapshot | None, settings: Settings, points: Snapshot | None = None
) -> Network:
    """The network of a layer's lines, with the restrictions and the points on roads that there are."""
    names = attributes.fields_of(snapshot.layer, settings.road_fields)
    facts = _facts(snapshot, names)
    standing = road_points(points)
    edges = build_edges(snapshot, facts.level, settings.road_tolerance_m, standing.lonlat)
    stops = place_stops(edges, standing)
    forbidden = with_stops(turn_restrictions.forbidden(edges, facts.id[edges.row], turn_rows), stops)
    graph = turn_graph.graph(edges, facts, forbidden, signal_nodes(edges, standing))
    made = contraction.hierarchy(graph.tail, graph.head, graph.order)
    notes = Notes(forbidden.unread, stops.strange, stops.on_roads, stops.astray)
    network = Network(snapshot, turn_rows, points, facts, edges, graph, made, forbidden.hours, notes, names)
    freeze(*_arrays(network).values())
    return network


def _facts(snapshot: Snapshot, names: dict[str, str]) -> Facts:
    return attributes.facts(snapshot, np.arange(len(snapshot.base) + len(snapshot.delta)), names)


_PARTS: tuple[tuple[str, type[Any]], ...] = (("edges", Edges), ("graph", Graph), ("hierarchy", Hierarchy))


def _arrays(network: Network) -> dict[str, NDArray[Any]]:
    return {
        f"{part}-{f.name}": getattr(getattr(network, part), f.name)
        for part, kind in _PARTS
        for f in fields(kind)
    }


def save(network: Network, file: Path) -> None:
    """Keep a network in a file."""
    words = {"hours": network.turn_hours, "notes": asdict(network.notes)}
    bundle.save(_arrays(network), file, words, checksum=True)


def open_saved(
    file: Path,
    snapshot: Snapshot,
    turn_rows: Snapshot | None,
    settings: Settings,
    points: Snapshot | None = None,
) -> Network | None:
    """The network kept in a file; None where it is not there or damaged."""
    kept = bundle.open_bundle(file)
    if kept is None:
        return None
    names = attributes.fields_of(snapshot.layer, settings.road_fields)
    parts = {
        part: kind(**{f.name: kept.arrays[f"{part}-{f.name}"] for f in fields(kind)}) for part, kind in _PARTS
    }
    said = kept.facts["notes"]
    notes = Notes(tuple(said["turns"]), tuple(said["points"]), said["barriers"], said["astray"])
    hours = tuple(tuple(one) for one in kept.facts["hours"])
    return Network(
        snapshot,
        turn_rows,
        points,
        _facts(snapshot, names),
        **parts,
        turn_hours=hours,
        notes=notes,
        names=names,
    )


class RoadRegistry:
    """The network as it is now and its metrics. `folder_of` gives the folder of a snapshot's base, `traffic` what slows
    a profile at a moment (`cim.roads.traffic`)."""

    def __init__(self, settings: Settings, folder_of: Callable[[Snapshot], Path], traffic: Traffic) -> None:
        self._settings = settings
        self._folder_of = folder_of
        self._lock = threading.Lock()
        self._wanted: tuple[str, Snapshot, Snapshot | None, Snapshot | None] | None = None
        self._key = ""
        self._network: Network | None = None
        self._making: Future[Network] | None = None
        self._plain: dict[_Key, ProfileWeights] = {}
        self._live: dict[tuple[_Key, Any], ProfileWeights] = {}
        self._places: dict[tuple[str, _Key], tuple[Columns, Network, SnappedPoints]] = {}
        self._to_prune: dict[Any, tuple[dict[Any, ProfileWeights], ProfileWeights]] = {}
        self._pruning: Future[None] | None = None
        self._making_metrics = Once[ProfileWeights]()
        self._ready: tuple[Profile, ...] = ()
        self._readying: Future[None] | None = None
        self._to_ready: list[str] = []
        self._closed = False
        self.traffic = traffic
        self._zone = settings.zone

    def prepare(self, snapshots: dict[str, Snapshot]) -> None:
        """Begin to make the network of the layer as it is now, unless that is the one there is."""
        layer = self.layer_in(snapshots)
        with self._lock:
            if layer is None:
                self._wanted, self._network, self._key = None, None, ""
                return
            turn_rows, points = (
                snapshots.get(turn_restrictions.TURNS.name),
                snapshots.get(POINTS.name),
            )
            about = (
                layer.layer.name,
                layer.version,
                layer.metric_crs,
                turn_rows.version if turn_rows else "",
                points.version if points else "",
                self._settings.road_fields,
                self._settings.road_tolerance_m,
                FORMAT,
            )
            key = hashlib.sha256(repr(about).encode()).hexdigest()[:16]
            self._wanted = (key, layer, turn_rows, points)
            if self._network is not None and self._network.snapshot.metric_crs != layer.metric_crs:
                self._network, self._key = None, ""  # no answer may come in the metres of before
            if key != self._key and (self._making is None or self._making.done()):
                self._making = parallel.background(self._make)

    def keep_ready(self, profiles: Iterable[Profile]) -> None:
        """From now on make the metrics of these profiles in the background as soon as there is a network, before
        anybody asks. Whoever asks for one earlier waits for the same work."""
        with self._lock:
            self._ready = tuple(profiles)
            if self._network is not None:
                self._make_ready()

    def close(self) -> None:
        """Begin nothing more in the background; what runs ends after the metric that it is at."""
        with self._lock:
            self._closed = True

    @property
    def under_way(self) -> list[str]:
        """What is being made in the background, by name: `network`, then the profiles that are not ready yet."""
        with self._lock:
            making = self._making is not None and not self._making.done()
            waiting = [p.name for p in self._ready] if making else list(self._to_ready)
            return ["network", *waiting] if making else waiting

    @property
    def troubles(self) -> list[str]:
        """Why the network could not be built, if so."""
        making = self._making
        error = making.exception() if making is not None and making.done() else None
        if error is None or isinstance(error, NotFound):
            return []
        return [f"the road network can't be built: {error}"]

    def _make_ready(self) -> None:
        """Begin to make the metrics of the new network; the lock is held."""
        self._to_ready = [p.name for p in self._ready]
        if self._to_ready and not self._closed and (self._readying is None or self._readying.done()):
            self._readying = parallel.background(self._made_ready)

    def _made_ready(self) -> None:
        """Make one metric after the other, and begin again where the network changed meanwhile."""
        while True:
            with self._lock:
                network = self._network
                names = self._to_ready
                if self._closed or network is None or not names:
                    self._to_ready, self._readying = [], None
                    return
                profile = next(p for p in self._ready if p.name == names[0])
            try:
                self._plain_metric(network, profile, self._hours(network, dt.datetime.now(dt.UTC)))
            except Exception as error:  # noqa: BLE001 - whoever asks is told; the others go on being made
                _log.warning("the roads for %s are not ready: %s", profile.name, error)
            with self._lock:
                if self._to_ready is names:
                    self._to_ready = names[1:]

    def layer_in(self, snapshots: dict[str, Snapshot]) -> Snapshot | None:
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
        with self._lock:
            if self._network is not None:
                return self._network
            making = self._making
            if self._wanted is None or making is None:
                what = (
                    "no layer of roads is loaded"
                    if self._settings.roads == "auto"
                    else (f"the layer of roads {self._settings.roads!r} is not loaded")
                )
                raise NotFound(f"{what}; load one: citybase load FILE --layer roads")
        return making.result()

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
            with self._lock:
                if network is self._network:
                    self._keep(self._plain, key, found)
            return found

        return self._making_metrics.run((id(network), key), work)

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
            with self._lock:
                if network is self._network:
                    self._keep(self._live, (key, token), found)
            return found

        return self._making_metrics.run((id(network), key, token), work)

    def _keep(self, metrics: dict[Any, ProfileWeights], key: Any, metric: ProfileWeights) -> None:
        """Put a metric last, let the one go that stands there longest where there are too many, and have the metric
        pruned in the background."""
        metrics.pop(key, None)
        while len(metrics) >= _MOST_METRICS:
            metrics.pop(next(iter(metrics)))
        metrics[key] = metric
        if not metric.hierarchy.pruned:
            # Only the newest of a profile is worth it, where closures come faster than they can be pruned.
            self._to_prune[id(metrics), metric.profile.key, metric.hours] = (metrics, metric)
            if not self._closed and (self._pruning is None or self._pruning.done()):
                self._pruning = parallel.background(self._prune)

    def _prune(self) -> None:
        """Prune one metric after the other; each takes the place of the one that it was made of."""
        while True:
            with self._lock:
                if not self._to_prune or self._network is None or self._closed:
                    self._to_prune.clear()
                    self._pruning = None
                    return
                metrics, metric = self._to_prune.pop(next(iter(self._to_prune)))
                network = self._network
                key = next((k for k, m in metrics.items() if m is metric), None)
            if key is None or (metrics is not self._plain and metrics is not self._live):
                continue
            faster = network.prune(metric)
            with self._lock:
                if metrics.get(key) is metric:
                    metrics[key] = faster

    def places(
        self, network: Network, metric: ProfileWeights, things: Snapshot, rows: NDArray[np.int64]
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

    def wait(self) -> Network:
        """The network of the layer as it was last announced, once it is made."""
        while True:
            with self._lock:
                making, wanted = self._making, self._wanted
                if wanted is None or wanted[0] == self._key or making is None:
                    break
            making.result()
        return self.network

    def _make(self) -> Network:
        """Make the wanted network, and again where it changed meanwhile."""
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is None:
                    self._making = None  # whoever brings roads again starts a thread of his own
                    raise NotFound("the layer of roads is gone; load one: citybase load FILE --layer roads")
            key, snapshot, turn_rows, points = wanted
            network = self._open(key, snapshot, turn_rows, points)
            with self._lock:
                if self._wanted is not None and self._wanted[0] == key:
                    self._network, self._key = network, key
                    self._plain, self._live = {}, {}
                    self._make_ready()
                    # Whoever comes from now on starts a thread of his own.
                    self._making = None if self._making is None else _as_future(network)
                    return network

    def _open(
        self, key: str, snapshot: Snapshot, turn_rows: Snapshot | None, points: Snapshot | None
    ) -> Network:
        return open_or_build(
            self._folder_of(snapshot) / f"roads-{key}.bin",
            lambda file: open_saved(file, snapshot, turn_rows, self._settings, points),
            lambda: build(snapshot, turn_rows, self._settings, points),
            save,
            reopen=False,
            replaces="roads-*.bin",
        )


def _as_future(network: Network) -> Future[Network]:
    done: Future[Network] = Future()
    done.set_result(network)
    return done


def _free(network: Network) -> Conditions:
    e = len(network.edges.first)
    return Conditions(np.ones(e, np.float32), np.zeros(e, np.bool_))


_ROAD_WORDS = ("road", "street", "highway", "路", "道")
