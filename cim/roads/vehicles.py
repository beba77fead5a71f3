"""Who is on the road: what decides whether and how each vehicle may go, in one table.

The order of the keys, from general to special, is that of https://wiki.openstreetmap.org/wiki/Key:access; the costs
of turns are of the size of Valhalla's and OSRM's, see `cim.roads.turn_costs`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: The profiles by which one travels; moto is an e-bike.
ProfileName = Literal["car", "emergency", "moto", "foot", "truck"]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """One kind of road user. `keys`: the access keys that bind it, from general to special; `only_open`: those of them
    that can let it in and not keep it out; `enters_private`: what is private does not stop it."""

    name: ProfileName
    keys: tuple[str, ...]
    only_open: frozenset[str] = frozenset()
    enters_private: bool = False
    obeys_oneway: bool = True
    height_m: float | None = None
    weight_t: float | None = None
    extra: tuple[tuple[str, float], ...] = field(default=())

    @property
    def measures(self) -> dict[str, float]:
        """Metres and tonnes that conditions may ask for."""
        known = {"height": self.height_m, "weight": self.weight_t}
        return {name: value for name, value in known.items() if value is not None} | dict(self.extra)


_MOTOR = ("access", "vehicle", "motor_vehicle")
VEHICLES: dict[ProfileName, Vehicle] = {
    v.name: v
    for v in (
        Vehicle("car", (*_MOTOR, "motorcar")),
        Vehicle(
            "emergency",
            (*_MOTOR, "psv", "bus", "emergency"),
            only_open=frozenset({"psv", "bus"}),
            enters_private=True,
            extra=(("weight", 12.0), ("height", 3.3)),
        ),
        Vehicle("moto", ("access", "vehicle", "bicycle", "electric_bicycle")),
        Vehicle("foot", ("access", "foot"), obeys_oneway=False),
        Vehicle("truck", (*_MOTOR, "hgv"), height_m=4.0, weight_t=18.0),
    )
}
