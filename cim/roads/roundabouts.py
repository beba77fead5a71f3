"""Roundabouts on a way: by which exit each is left."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.roads.attributes import CLASSES
from cim.roads.network import Network

_ON_FOOT = np.isin(CLASSES, ("footway", "path", "steps", "cycleway", "pedestrian", "bridleway"))
Names = list[tuple[str | None, str | None]]


def named_by_exit(names: Names, round_: Mask) -> Names:
    """The names of the roads of a way, where those in a roundabout are called like the road that leaves it.

    >>> named_by_exit([("a", None), ("ring", None), ("b", None)], np.array([False, True, False]))
    [('a', None), ('b', None), ('b', None)]
    """
    found = list(names)
    for i in range(len(found) - 2, -1, -1):
        if round_[i] and not round_[: i + 1].all():
            found[i] = found[i + 1]
    return found


def exit_number(network: Network, ways: NDArray[np.int32], first: int) -> int | None:
    """By which exit a way leaves the roundabout that it is in from its `first` road on; None where it ends in it."""
    e, facts = network.edges, network.facts
    number = 0
    for i in range(first, len(ways)):
        way = int(ways[i])
        row = int(e.row[way >> 1])
        if not facts.round[row]:
            return number
        node = int((e.start if way & 1 else e.end)[way >> 1])
        for leaving in network.leaving(node):
            there = int(e.row[leaving >> 1])
            may = facts.ways[there] >> (leaving & 1) & 1 and not _ON_FOOT[facts.kind[there]]
            if may and not facts.round[there]:
                number += 1
                if i + 1 < len(ways) and leaving == int(ways[i + 1]):
                    return number
    return None
