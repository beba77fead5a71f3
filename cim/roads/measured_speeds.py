"""Measured speeds on the network: which ways a measurement is about, and how much slower they are than usual.

A measurement (`cim.live.speeds`) is a line along the road in the direction of travel, a speed, and until when it holds.
It counts for every way of the network that runs along it, for cars, and in the same proportion for whoever drives
among them.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.roads.contraction import NEVER
from cim.roads.network import Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.roads.snapping import NO_EDGE, snap
from cim.snapshot.snapshot import Snapshot
from cim.space import crs

#: Whom a measured speed of cars is about: those who drive among them.
AMONG_CARS = ("car", "emergency", "truck")
#: A line is looked at every so many metres; a road farther from it than this is another.
_STEP_M, _AWAY_M = 15.0, 20.0
#: A way is measured where so much of it runs along the line: a share, or metres.
_ALONG_SHARE, _ALONG_M = 0.5, 45.0
#: No measurement makes a road slower or faster than this.
_LEAST, _MOST = 0.2, 50.0


class Speeds:
    """The measurements on a network, with the ways that each is about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Network, str, _Ways] | None = None

    def factors(
        self,
        network: Network,
        profile: Profile,
        moment: dt.datetime,
        snapshot: Snapshot | None,
        car: Callable[[], ProfileWeights],
    ) -> tuple[Any, NDArray[np.int64], NDArray[np.float32]] | None:
        """A token, the ways that are measured at the moment in a state of the layer (2 e along edge e, 2 e + 1 against
        it), and how many times as long each takes; None where none is. `car` gives the network's metric for cars."""
        if snapshot is None or not len(snapshot) or profile.name not in AMONG_CARS:
            return None
        ways = self._ways(network, snapshot, car)
        now = (ways.since <= moment.timestamp()) & (moment.timestamp() < ways.until)
        if not now.any():
            return None
        # The newest of several measurements of a way stands last.
        way, factor = ways.way[now], ways.factor[now]
        last = len(way) - 1 - np.unique(way[::-1], return_index=True)[1]
        return (
            (snapshot.version, int(np.count_nonzero(now)), float(ways.until[now].min())),
            way[last],
            factor[last],
        )

    def _ways(self, network: Network, snapshot: Snapshot, car: Callable[[], ProfileWeights]) -> _Ways:
        with self._lock:
            known = self._known
        if known is not None and known[0] is network and known[1] == snapshot.version:
            return known[2]
        made = _ways_of(network, snapshot, car())
        with self._lock:
            self._known = (network, snapshot.version, made)
        return made


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """Measured ways, the oldest measurement first: which, how much slower, from and until when (Unix seconds)."""

    way: NDArray[np.int64]
    factor: NDArray[np.float32]
    since: NDArray[np.float64]
    until: NDArray[np.float64]


def _ways_of(network: Network, snapshot: Snapshot, car: ProfileWeights) -> _Ways:
    rows = snapshot.rows
    table = snapshot.attributes(rows, ["speed_kmh", "observed_at", "expires_at"])
    records = table.to_pylist()
    lines = snapshot.geometry(rows)
    good = [
        i
        for i, (r, line) in enumerate(zip(records, lines, strict=True))
        if line is not None and r["speed_kmh"] and r["observed_at"] and r["expires_at"]
    ]
    good.sort(key=lambda i: records[i]["observed_at"])
    of, way, share = ways_along(network, car, lines[good])
    kmh = np.array([records[i]["speed_kmh"] for i in good], np.float64)[of]
    usual = car.travel_ms[way & 1, way >> 1]
    # What was not measured of a way takes as long as usual.
    took = share * network.length_m[way >> 1] * 3600.0 / kmh + (1.0 - share) * usual
    factor = np.clip(took / np.maximum(usual, 1), _LEAST, _MOST).astype(np.float32)
    since, until = (
        np.array([records[i][name].timestamp() for i in good], np.float64)[of]
        for name in ("observed_at", "expires_at")
    )
    return _Ways(way, factor, since, until)


def ways_along(
    network: Network, metric: ProfileWeights, lines: Geometries
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The ways that run along lines (lon, lat) in their direction: (which line, which way, the share of the way that
    the line covers), in the order of lines."""
    none = np.empty(0, np.int64)
    if not len(lines):
        return none, none, np.empty(0)
    shapes = crs.geometry_to_metric(lines, network.snapshot.metric_crs)
    length = shapely.length(shapes)
    counts = np.maximum(np.ceil(length / _STEP_M), 1).astype(np.int64)
    of = np.repeat(np.arange(len(shapes)), counts)
    place = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = (length / counts)[of]
    at = (place + 0.5) * step
    before, here, after = (
        shapely.get_coordinates(shapely.line_interpolate_point(shapes[of], np.clip(metres, 0, length[of])))
        for metres in (at - 1.0, at, at + 1.0)
    )
    heading = np.degrees(np.arctan2(*(after - before).T)) % 360.0
    places = snap(network, metric, crs.from_metric(here, network.snapshot.metric_crs), heading)
    edge, ways = places.edge[:, 0].astype(np.int64), places.ways[:, 0]
    fits = (edge != NO_EDGE) & (places.offset_m[:, 0] <= _AWAY_M) & (ways != 3)
    way = 2 * edge + (ways == 2)
    pairs, first, seen = np.unique(
        np.column_stack([of, way])[fits], axis=0, return_index=True, return_counts=True
    )
    metres = seen * step[fits][first]
    whole = network.length_m[pairs[:, 1] >> 1]
    runs = (metres >= _ALONG_SHARE * whole) | (metres >= _ALONG_M)
    kept = runs & (metric.travel_ms[pairs[:, 1] & 1, pairs[:, 1] >> 1] < NEVER)
    share = np.minimum(metres / np.maximum(whole, 1e-9), 1.0)
    return pairs[kept, 0], pairs[kept, 1], share[kept]
