"""The roads as they are at a moment: closures and slow-downs in force, usual hours of the week, measured speeds.

Several slow-downs make a road as slow as the worst of them. A measured speed takes the place of every slow-down there,
as long as it holds: it is what they come to. A closure stays closed, whatever was measured.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from cim.errors import BadInput
from cim.roads.closures import Closures
from cim.roads.measured_speeds import Speeds
from cim.roads.network import Conditions, Network, ProfileWeights
from cim.roads.profiles import Profile
from cim.snapshot.snapshot import Snapshot

#: Somebody's clock may be slow by so much.
_SLACK = dt.timedelta(minutes=5)


def require_ahead(at: dt.datetime | None) -> None:
    """`BadInput` for a moment that is over: the roads are known as of now, and as they are planned.

    >>> require_ahead(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    cim.errors.BadInput: at 2020-01-01T00:00:00+00:00 is in the past; roads are known as of now ...
    """
    if at is not None and at < dt.datetime.now(dt.UTC) - _SLACK:
        raise BadInput(
            f"at {at.isoformat()} is in the past; roads are known as of now and as planned: leave out at, or give a "
            "time to come"
        )


class Traffic:
    """What slows the roads, kept for the newest state of the layers that tell of it. `zone` is the city's."""

    def __init__(self, zone: dt.tzinfo) -> None:
        self.closures = Closures(zone)
        self._speeds = Speeds()

    def __call__(
        self,
        network: Network,
        profile: Profile,
        layers: Mapping[str, Snapshot],
        car: Callable[[], ProfileWeights],
        moment: dt.datetime,
    ) -> tuple[Any, Callable[[], Conditions]] | None:
        """What slows this profile at a moment, as the snapshots `closures` and `speeds` of `layers` say: a token that
        differs where that does, and how to make it; None where nothing does. `car` gives the network's metric for
        cars, by which measurements find their ways."""
        active = self.closures.active(network, profile, moment, layers.get("closures"))
        measured = self._speeds.factors(network, profile, moment, layers.get("speeds"), car)
        if active is None and measured is None:
            return None
        version, found = active or ("", [])
        seen, way, times = measured or (None, np.empty(0, np.int64), np.empty(0, np.float32))

        def conditions() -> Conditions:
            e = len(network.edges.first)
            factor = np.full((2, e), np.nan, np.float32)
            closed = np.zeros(e, np.bool_)
            for closure in found:
                slower = closure.said["factor"]
                if slower is None:
                    closed[closure.edges] = True
                else:
                    factor[:, closure.edges] = np.fmax(factor[:, closure.edges], np.float32(slower))
            factor[way & 1, way >> 1] = times
            return Conditions(np.where(np.isnan(factor), np.float32(1.0), factor), closed)

        return (version, tuple(c.fid for c in found), seen), conditions
