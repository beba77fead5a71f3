"""Travel times between many origins and many targets."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from cim import budget
from cim.arrays.types import Mask
from cim.errors import BadInput
from cim.roads.contraction import NEVER
from cim.roads.profiles import Profile
from cim.roads.shortest_paths import matrix as times
from cim.roads.snapping import NO_EDGE, snap
from cim.roads.state import RoadState
from cim.routing.answers import OffRoad, TravelMatrix
from cim.routing.itinerary import shortest_journey

#: Maximum pairs of one request, and maximum pairs where the route of each is followed for its length.
MOST_PAIRS, MOST_DISTANCES = 1_000_000, 2_500


def travel_matrix(
    roads: RoadState,
    origins: NDArray[np.float64],
    targets: NDArray[np.float64],
    profile: Profile,
    *,
    distances: bool = False,
    at: dt.datetime | None = None,
    surface: bool = False,
) -> TravelMatrix:
    """Seconds (and with `distances` metres) from each origin to each target (float64[·, 2] lon, lat, WGS84).

    The matrix has a row for each origin; None means no route. `at`: the moment of departure, now by default. `surface`:
    no place is in a tunnel or on a bridge. `BadInput` for too many pairs or a moment in the past, `NotFound` where no
    roads are loaded, `TooMuch` where the answer would be too large.
    """
    pairs = len(origins) * len(targets)
    most = MOST_DISTANCES if distances else MOST_PAIRS
    if pairs > most:
        what = "pairs with distances" if distances else "pairs"
        raise BadInput(
            f"{len(origins):,} x {len(targets):,} are {pairs:,} {what}, at most {most:,} in one request; divide them"
        )
    numbers = pairs * (2 if distances else 1)
    budget.current().spend_bytes(9 * numbers, f"{numbers:,} times and distances")
    network, metric = roads.network, roads.metric(profile, at)
    a, b = (snap(network, metric, points, surface=surface) for points in (origins, targets))
    took = times(network, metric, a, b)
    lengths = None
    if distances:
        metres = np.zeros(took.shape)
        for i, j in np.argwhere(took < NEVER).tolist():
            leg = shortest_journey(network, metric, a.take([i]), b.take([j]))
            assert leg is not None, "what has a time has a way"
            metres[i, j] = leg.length_m
        lengths = _rows(took < NEVER, metres)
    off = OffRoad(*(np.flatnonzero(places.edge[:, 0] == NO_EDGE).tolist() for places in (a, b)))
    return TravelMatrix(profile.name, _rows(took < NEVER, took / 1000.0), off, lengths)


def _rows(there: Mask, values: NDArray[np.float64]) -> list[list[float | None]]:
    """The values to one decimal as nested lists, None where `there` is false."""
    rounded = values.round(1).astype(object)
    rounded[~there] = None
    rows: list[list[float | None]] = rounded.tolist()
    return rows
