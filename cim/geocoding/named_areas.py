"""Areas named in a text: 芙蓉区平和堂 names the district 芙蓉区, which is no part of the shop's own name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cim.areas.ownership import Areas
from cim.arrays.types import LonLat
from cim.text import normalize

#: Levels whose areas people call by name; grids are called by their codes.
_NAMED = ("city", "district", "street", "community")
_SHORTEST, _LONGEST = 2, 14


@dataclass(frozen=True, slots=True)
class Named:
    """A text without the names of areas in it, the codes of these areas, and a point (lon, lat) in the smallest."""

    rest: str
    codes: tuple[str, ...]
    #: How many names were found; two areas may have the same name.
    count: int
    point: NDArray[np.float64]

    def share_inside(self, areas: Areas, points: LonLat) -> NDArray[np.float64]:
        """For each point (float64[q, 2] lon, lat) the share of the named areas that contain it, from 0 to 1."""
        inside = np.zeros(len(points))
        for owners in areas.owners(points)[: len(_NAMED)]:
            inside += [code in self.codes for code in areas.codes(owners)]
        return np.minimum(inside / self.count, 1.0)


def spelt(said: str) -> str:
    """A text in the form in which names are compared: one character for each symbol, numbers in digits."""
    return normalize.spelt(normalize.symbols_of(said))


def named_in(areas: Areas, said: str) -> Named | None:
    """The areas that the text names in full; None where it names no area, or consists of such names only."""
    known, asked = _names(areas), spelt(said)
    codes: list[tuple[str, ...]] = []
    kept, at = "", 0
    while at < len(asked):
        for size in range(min(_LONGEST, len(asked) - at), _SHORTEST - 1, -1):
            found = known.get(asked[at : at + size])
            if found is not None:
                codes.append(found)
                kept += " "
                at += size
                break
        else:
            kept += asked[at]
            at += 1
    if not codes or not any(c.isalnum() for c in kept):
        return None
    smallest = max((code for of in codes for code in of), key=len)
    return Named(
        kept.strip(), tuple(code for of in codes for code in of), len(codes), _point(areas, smallest)
    )


@lru_cache(maxsize=4)
def _names(areas: Areas) -> dict[str, tuple[str, ...]]:
    """The codes of areas by their name, in the form in which names are compared."""
    known: dict[str, list[str]] = {}
    snapshot = areas.snapshot
    rows = snapshot.rows[snapshot.matching({"level": list(_NAMED)})[snapshot.rows]]
    for record in snapshot.attributes(rows, ["name", "code"]).to_pylist():
        if record["name"] and len(record["name"]) >= _SHORTEST:
            known.setdefault(spelt(record["name"]), []).append(record["code"])
    return {name: tuple(codes) for name, codes in known.items()}


def _point(areas: Areas, code: str) -> NDArray[np.float64]:
    """A point inside the area."""
    snapshot = areas.snapshot
    row = snapshot.rows[snapshot.matching({"code": code})[snapshot.rows]][:1]
    west, south, east, north = snapshot.labels.geometry(row)[0].bounds
    return np.array([(west + east) / 2, (south + north) / 2])
