"""Who is on the road: car, emergency vehicle, e-bike, on foot, truck; where each may go and how fast.

The speeds are what traffic in a city makes of each class, not a norm: a road's own limit, where the data has it,
takes their place, times `flow`. Who knows better feeds travel times (`cim.closures`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from cim.contraction import NEVER
from cim.errors import BadInput
from cim.road_fields import ACCESS, CLASSES, Facts

_CAR = {
    "motorway": 90, "motorway_link": 45, "trunk": 60, "trunk_link": 35, "primary": 45, "primary_link": 30,
    "secondary": 38, "secondary_link": 28, "tertiary": 32, "tertiary_link": 25, "unclassified": 28,
    "residential": 22, "living_street": 10, "service": 14, "road": 25, "track": 12, "ferry": 10,
}  # fmt: skip
_BIKE = {
    "trunk": 20, "trunk_link": 20, "primary": 20, "primary_link": 20, "secondary": 20, "secondary_link": 20,
    "tertiary": 20, "tertiary_link": 20, "unclassified": 20, "residential": 18, "living_street": 12, "service": 14,
    "road": 18, "track": 12, "cycleway": 20, "path": 10, "busway": 18, "ferry": 10,
}  # fmt: skip
_FOOT = {name: 4.8 for name in _BIKE if name not in ("ferry", "busway")} | {
    "pedestrian": 4.8, "footway": 4.8, "bridleway": 4.8, "steps": 2.4, "ferry": 10,
}  # fmt: skip

_OPEN = frozenset({"yes", "designated", "permissive", "official"})
_SLOW = frozenset({"destination", "delivery", "customers", "discouraged"})
_SHUT = frozenset(
    {"private", "permit", "no", "agricultural", "forestry", "military", "emergency", "use_sidepath"}
)
#: Who only passes through a street that is for its residents loses time, so that others are taken first.
_THROUGH = 2.0
#: Kilometres an hour where a class is not a profile's but a sign lets it in.
_LET_IN_KMH = 8.0


@dataclass(frozen=True, slots=True)
class Profile:
    """One way to travel. `access`: the fields that decide, the most special first."""

    name: str
    zh: str
    en: str
    speeds: dict[str, float]
    access: tuple[str, ...]
    shut: frozenset[str] = _SHUT
    flow: float = 1.0
    uses_limits: bool = True
    obeys_oneway: bool = True
    obeys_turns: bool = True
    exempt: frozenset[str] = field(default=frozenset())
    height_m: float | None = None
    weight_t: float | None = None
    #: The bit of this profile in the turns that are forbidden.
    bit: int = 0

    @property
    def key(self) -> str:
        """What tells this profile from every other, with its measures."""
        return f"{self.name}/{self.height_m}/{self.weight_t}"


_MOTOR = ("motor_vehicle", "access")
PROFILES: dict[str, Profile] = {
    p.name: p
    for p in (
        Profile("car", "小汽车", "Car", {**_CAR}, _MOTOR, flow=0.8, exempt=frozenset({"motorcar"}), bit=1),
        Profile(
            "emergency", "应急车辆", "Emergency vehicle", {**_CAR, "busway": 40, "pedestrian": 10}, _MOTOR,
            shut=frozenset({"no"}), flow=1.0, obeys_turns=False, bit=2,
        ),
        Profile(
            "moto", "电动自行车", "E-bike", {**_BIKE}, ("bicycle", "access"), uses_limits=False,
            exempt=frozenset({"bicycle", "moped"}), bit=4,
        ),
        Profile(
            "foot", "步行", "On foot", {**_FOOT}, ("foot", "access"), uses_limits=False, obeys_oneway=False,
            obeys_turns=False, bit=8,
        ),
        Profile(
            "truck", "货车", "Truck", {k: min(v, 70) for k, v in _CAR.items() if k != "living_street"}, _MOTOR,
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
    profile: Profile, facts: Facts, of: NDArray[np.int64], length_m: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Milliseconds along and against each edge: int32[2, e], at least 1; `NEVER` where the profile may not go.

    `of` int64[e] is which of the facts is each edge's.
    """
    usual = np.array([profile.speeds.get(name, 0.0) for name in CLASSES])
    kmh = usual[facts.kind].copy()
    if profile.uses_limits:
        known = np.isfinite(facts.limit_kmh) & (kmh > 0)
        kmh[known] = facts.limit_kmh[known]
        kmh *= profile.flow
    verdict = np.zeros(len(kmh), np.uint8)
    for noun in reversed(profile.access):
        verdict = np.where(facts.access[noun] > 0, facts.access[noun], verdict)
    shut, slow, let_in = (
        np.array([word in words for word in ACCESS])[verdict] for words in (profile.shut, _SLOW, _OPEN)
    )
    if profile.name == "emergency":  # where buses may go, they may
        bus = np.array([word in _OPEN for word in ACCESS])[facts.access["bus"]]
        shut &= ~bus
        let_in |= bus
    kmh[let_in & (kmh == 0) & (facts.kind > 0)] = _LET_IN_KMH
    kmh[slow] /= _THROUGH
    if profile.height_m is not None:
        shut |= facts.height_m < profile.height_m
    if profile.weight_t is not None:
        shut |= facts.weight_t < profile.weight_t
    kmh[shut] = 0.0
    with np.errstate(divide="ignore"):
        took = length_m * 3600.0 / kmh[of]
    took = np.where(np.isfinite(took), np.clip(np.rint(took), 1, NEVER - 1), NEVER).astype(np.int32)
    ways = facts.ways[of] if profile.obeys_oneway else np.full(len(of), 3, np.uint8)
    return np.stack([np.where(ways & 1, took, NEVER), np.where(ways & 2, took, NEVER)]).astype(np.int32)
