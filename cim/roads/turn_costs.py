"""What turns cost: seconds by the angle, by who has to give way, at signals, and for turning round.

The sizes are those of the peers, worked into seconds of a city's streets: OSRM's car profile (a turn costs up to
7.5 s by its angle, a signal 2 s, turning round 20 s; https://github.com/Project-OSRM/osrm-backend/blob/master/profiles/car.lua)
and Valhalla's costing (a left turn against traffic 2.5 times a right one, turning round 9.5 times; it turns round at
dead ends only; https://valhalla.github.io/valhalla/sif/dynamic-costing/). Traffic keeps to the right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cim.roads.contraction import NEVER

#: Kinds of turns: the low three bits of a turn's code; the flags say that one gives way there, or waits at signals.
STRAIGHT, RIGHT, LEFT, SHARP_RIGHT, SHARP_LEFT, ROUND_AT_JUNCTION, ROUND_IN_STREET, ROUND_AT_END = range(8)
GIVES_WAY, SIGNALS = 8, 16
#: Degrees up to which one goes straight on, and from which a turn is sharp.
_STRAIGHT_DEG, _SHARP_DEG = 40.0, 135.0


@dataclass(frozen=True, slots=True)
class TurnCosts:
    """Seconds of each kind of turn; None: it is not made. At a dead end everybody can turn round."""

    right: float = 0.0
    left: float = 0.0
    sharp_right: float = 0.0
    sharp_left: float = 0.0
    gives_way: float = 0.0
    signals: float = 0.0
    round_at_junction: float | None = 0.0
    round_in_street: float | None = 0.0
    round_at_end: float = 0.0

    def table_ms(self) -> NDArray[np.int32]:
        """Milliseconds by the code of a turn: int32[32]; `NEVER` where it is not made.

        >>> COSTS["car"].table_ms()[[STRAIGHT, LEFT, LEFT | SIGNALS, ROUND_IN_STREET]].tolist()
        [0, 5000, 9000, 120000]
        """
        kinds = (
            0.0,
            self.right,
            self.left,
            self.sharp_right,
            self.sharp_left,
            self.round_at_junction,
            self.round_in_street,
            self.round_at_end,
        )
        found = np.full(32, NEVER, np.int32)
        for code in range(32):
            seconds = kinds[code & 7]
            if seconds is not None:
                # At signals nobody gives way, and whoever turns round does neither.
                more = (
                    0.0
                    if code & 7 >= ROUND_AT_JUNCTION
                    else (self.signals if code & SIGNALS else self.gives_way if code & GIVES_WAY else 0.0)
                )
                found[code] = round((seconds + more) * 1000.0)
        return found


#: The costs of each profile.
COSTS: dict[str, TurnCosts] = {
    "car": TurnCosts(2, 5, 3, 7, 2, 4, round_at_junction=40, round_in_street=120, round_at_end=20),
    "emergency": TurnCosts(1, 2, 2, 3, 0, 0, round_at_junction=15, round_in_street=30, round_at_end=10),
    "moto": TurnCosts(1, 3, 1, 4, 1, 4, round_at_junction=10, round_in_street=20, round_at_end=8),
    "foot": TurnCosts(),
    "truck": TurnCosts(4, 8, 6, 12, 3, 5, round_at_junction=None, round_in_street=None, round_at_end=120),
}


def kinds_of(angle_deg: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The kinds of turns at a junction by the angle turned, right is positive.

    >>> kinds_of(np.array([0.0, 90.0, -90.0, 150.0, -150.0])).tolist()
    [0, 1, 2, 3, 4]
    """
    size, right = np.abs(angle_deg), angle_deg > 0
    turned = np.where(right, RIGHT, LEFT)
    sharp = np.where(right, SHARP_RIGHT, SHARP_LEFT)
    found: NDArray[np.uint8] = np.select(
        [size <= _STRAIGHT_DEG, size < _SHARP_DEG], [np.full(len(size), STRAIGHT), turned], sharp
    ).astype(np.uint8)
    return found
