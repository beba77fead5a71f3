"""Who is on the road: car, emergency vehicle, e-bike, on foot, truck; where each may go and how fast.

The speeds are what traffic in a city makes of each class, not a norm: a road's own limit, where the data has it,
takes their place, times `flow`. Who knows better feeds travel times (`cim.roads.closures`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput
from cim.model import reference_data
from cim.roads.attributes import CLASSES, Facts
from cim.roads.contraction import NEVER
from cim.roads.traffic_tags import SHUT, SLOW, WALK, directions, exceeds, lets_in, limit_kmh, seconds, verdict
from cim.roads.vehicles import VEHICLES, ProfileName, Vehicle

_CAR, _BIKE, _FOOT = (
    reference_data.numbers("road_classes", "class", f"{who}_kmh") for who in ("car", "moto", "foot")
)

_FOR_WALKERS = [CLASSES.index(name) for name in ("footway", "path", "steps")]

#: Who only passes through a street that is for its residents loses time, so that others are taken first.
_THROUGH = 2.0
#: Kilometres an hour of who has to get off and push.
_PUSHED_KMH = 4.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to travel; `vehicle` says which signs bind it."""

    name: ProfileName
    zh: str
    en: str
    speeds: dict[str, float]
    flow: float = 1.0
    uses_limits: bool = True
    obeys_turns: bool = True
    exempt: frozenset[str] = field(default=frozenset())
    height_m: float | None = None
    weight_t: float | None = None
    #: Kilometres an hour where a class is not the profile's but a sign lets it in.
    let_in_kmh: float = 8.0
    #: The bit of this profile in the turns that are forbidden.
    bit: int = 0

    @property
    def vehicle(self) -> Vehicle:
        """The vehicle with the profile's measures."""
        return replace(VEHICLES[self.name], height_m=self.height_m, weight_t=self.weight_t)

    @property
    def key(self) -> str:
        """What tells this profile from every other, with its measures."""
        return f"{self.name}/{self.height_m}/{self.weight_t}"


PROFILES: dict[str, Profile] = {
    p.name: p
    for p in (
        Profile("car", "小汽车", "Car", {**_CAR}, flow=0.8, exempt=frozenset({"motorcar"}), bit=1),
        Profile(
            "emergency", "应急车辆", "Emergency vehicle", {**_CAR, "busway": 40, "pedestrian": 10},
            flow=1.0, obeys_turns=False, bit=2,
        ),
        Profile(
            "moto", "电动自行车", "E-bike", {**_BIKE}, uses_limits=False,
            exempt=frozenset({"bicycle", "moped"}), bit=4,
        ),
        Profile(
            "foot", "步行", "On foot", {**_FOOT}, uses_limits=False,
            obeys_turns=False, let_in_kmh=4.8, bit=8,
        ),
        Profile(
            "truck", "货车", "Truck", {k: min(v, 70) for k, v in _CAR.items() if k != "living_street"},
            flow=0.7, exempt=frozenset({"hgv", "goods"}), height_m=4.0, weight_t=18.0, bit=16,
        ),
    )
}  # fmt: skip


def profile_of(name: str, height_m: float | None = None, weight_t: float | None = None) -> Profile:
    """The profile of this name, with other measures where they are given; `BadInput` for one that does not exist.

    >>> profile_of("truck", height_m=3.2).height_m
    3.2
    """
    if name not in PROFILES:
        raise BadInput(f"profile {name!r} is not known; known: {', '.join(PROFILES)}")
    profile = PROFILES[name]
    if height_m is not None:
        profile = replace(profile, height_m=height_m)
    return profile if weight_t is None else replace(profile, weight_t=weight_t)


def times(
    profile: Profile,
    facts: Facts,
    of: NDArray[np.int64],
    length_m: NDArray[np.float64],
    hours: frozenset[str] = frozenset(),
) -> NDArray[np.int32]:
    """Milliseconds along and against each edge: int32[2, e], at least 1; `NEVER` where the profile may not go.

    `of` int64[e] is which of the facts is each edge's; `hours` are those of conditional signs that are in force.
    """
    vehicle, ferry = profile.vehicle, CLASSES.index("ferry")
    usual = np.array([profile.speeds.get(name, 0.0) for name in CLASSES])[facts.kind]
    over = np.zeros(len(facts.kind), np.bool_)
    if profile.height_m is not None:
        over |= facts.height_m < profile.height_m
    if profile.weight_t is not None:
        over |= facts.weight_t < profile.weight_t
    over |= np.array([exceeds(said, vehicle, hours) for said in facts.signs], np.bool_)[facts.sign]
    ways = _directions(facts, vehicle, hours)
    row_m = np.bincount(of, weights=length_m, minlength=len(usual))
    found = []
    for bit, direction in ((1, "forward"), (2, "backward")):
        words = np.array([verdict(said, vehicle, direction, hours) for said in facts.signs], "<U6")[
            facts.sign
        ]
        kmh = usual.copy()
        if profile.uses_limits:
            own = np.array(
                [limit_kmh(said, vehicle, direction, hours) or np.nan for said in facts.signs], np.float64
            )[facts.sign]
            limit = np.where(np.isfinite(own), own, facts.limit_kmh)
            known = np.isfinite(limit) & (kmh > 0)
            kmh[known] = limit[known]
            kmh *= profile.flow
        let_in = np.array([lets_in(said, vehicle, direction, hours) for said in facts.signs], np.bool_)[
            facts.sign
        ]
        kmh[let_in & (kmh == 0) & (facts.kind > 0)] = profile.let_in_kmh
        kmh[words == SLOW] /= _THROUGH
        kmh[words == WALK] = np.minimum(np.where(kmh > 0, kmh, _PUSHED_KMH), _PUSHED_KMH)[words == WALK]
        takes = np.array([seconds(said.get("duration", "")) or np.nan for said in facts.signs])[facts.sign]
        sails = (facts.kind == ferry) & np.isfinite(takes) & (kmh > 0)
        kmh[sails] = row_m[sails] * 3.6 / takes[sails]
        kmh[(words == SHUT) | over | (ways & bit == 0)] = 0.0
        with np.errstate(divide="ignore"):
            took = length_m * 3600.0 / kmh[of]
        found.append(np.where(np.isfinite(took), np.clip(np.rint(took), 1, NEVER - 1), NEVER))
    return np.stack(found).astype(np.int32)


def _directions(facts: Facts, vehicle: Vehicle, hours: frozenset[str]) -> NDArray[np.uint8]:
    """The directions (bits 1 and 2) that each row allows: by its one-way, and its signs.

    On a way for walkers alone a one-way is taken to bind them, too, unless `oneway:foot` says otherwise."""

    def table(of: Vehicle) -> NDArray[np.uint8]:
        every = [[directions(said, ways, of, hours) for ways in range(4)] for said in facts.signs]
        return np.array(every, np.uint8).reshape(-1, 4)

    found: NDArray[np.uint8] = table(vehicle)[facts.sign, facts.ways]
    if vehicle.obeys_oneway:
        return found
    bound = table(replace(vehicle, obeys_oneway=True))[facts.sign, facts.ways]
    return np.where(np.isin(facts.kind, _FOR_WALKERS), bound, found)
