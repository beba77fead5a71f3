"""Rows that somebody wrote into a layer's table without a place in the city: far off, or not on the earth at all.

Loads and requests tell of such rows when they come in. A GIS program writes past them: it may append rows in metres to
a column of degrees, or in another zone. `/health` and `citybase doctor` tell of those.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely

from cim.snapshot.extent import Extent, at_zero
from cim.snapshot.snapshot import Snapshot

#: Rows named as examples.
_EXAMPLES = 3
#: Layers whose rows may be without a position.
_UNPLACED = frozenset({"units"})


@dataclass(frozen=True, slots=True)
class StrayRows:
    """Of one layer: how many rows lie far from the city, how far at most, and how many have no position on earth;
    fids of some of them."""

    layer: str
    far: int
    farthest_m: int
    unplaced: int
    fids: tuple[int, ...]

    @property
    def sentence(self) -> str:
        """What it is and what would help.

        >>> StrayRows("posts", 2, 12_240_400, 1, (4, 7, 9)).sentence
        '2 rows lie far from the city, up to 12,240 km; 1 rows have no position on earth (metres in a column of \
degrees?); such as fid 4, 7, 9. Correct them, or load the file again with --crs'
        """
        parts = []
        if self.far:
            parts.append(f"{self.far:,} rows lie far from the city, up to {self.farthest_m / 1000:,.0f} km")
        if self.unplaced:
            parts.append(f"{self.unplaced:,} rows have no position on earth (metres in a column of degrees?)")
        named = ", ".join(map(str, self.fids))
        return f"{'; '.join(parts)}; such as fid {named}. Correct them, or load the file again with --crs"


def stray_rows(snapshot: Snapshot, extent: Extent | None) -> StrayRows | None:
    """The stray rows of a layer; None where all are in their place."""
    if _is_well_placed(snapshot, extent):
        return None
    rows = snapshot.rows
    leaves = np.concatenate([c.lonlat_tree[: len(c)] for c in (snapshot.base, snapshot.delta)])[rows]
    placed = np.isfinite(leaves).all(axis=1)
    far = np.zeros(len(rows), np.bool_)
    distance = np.zeros(len(rows))
    if extent is not None and placed.any():
        boxes = leaves.copy()
        for at in np.flatnonzero(placed & (boxes[:, 2] - boxes[:, 0] > 180.0)):  # cut at 180°
            boxes[at] = shapely.bounds(shapely.get_parts(snapshot.geometry(rows[[at]])[0])[0])
        distance[placed] = extent.distance_m(boxes[placed])
        far[placed] = (distance[placed] > extent.far_m) | (at_zero(boxes[placed]) & (distance[placed] > 0))
    unplaced = ~placed if snapshot.layer.name not in _UNPLACED else np.zeros(len(rows), np.bool_)
    odd = far | unplaced
    if not odd.any():
        return None
    return StrayRows(
        snapshot.layer.name,
        int(far.sum()),
        round(float(distance[far].max(initial=0.0))),
        int(unplaced.sum()),
        tuple(np.sort(snapshot.fids(rows[odd]))[:_EXAMPLES].tolist()),
    )


def _is_well_placed(snapshot: Snapshot, extent: Extent | None) -> bool:
    """Whether a glance at the whole layer shows that no row is stray: `/health` asks after every change."""
    whole = snapshot.bounds
    if whole is None or extent is None or whole[2] - whole[0] > 180.0:
        return False
    corners = np.array([[whole[i], whole[j]] for i in (0, 2) for j in (1, 3)])
    over_zero = whole[0] <= 0 <= whole[2] and whole[1] <= 0 <= whole[3]
    placed = snapshot.layer.name in _UNPLACED or all(
        bool((c.rings[1:] > c.rings[:-1]).all()) for c in (snapshot.base, snapshot.delta)
    )
    return placed and not over_zero and not extent.far(corners).any()


class StrayRowsByLayer:
    """The stray rows of every layer, looked for once for each state of a layer."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Extent | None, StrayRows | None]] = {}

    def find(self, snapshots: Mapping[str, Snapshot], extent: Extent | None) -> list[StrayRows]:
        """Those of all layers, in the order of their names."""
        found = []
        for name, snapshot in sorted(snapshots.items()):
            known = self._known.get(name)
            if known is None or known[:2] != (snapshot.version, extent):
                known = self._known[name] = (snapshot.version, extent, stray_rows(snapshot, extent))
            if known[2] is not None:
                found.append(known[2])
        return found
