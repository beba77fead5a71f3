"""From which zoom on a layer is worth showing."""

from __future__ import annotations

import numpy as np

from cim.snapshot import Snapshot

#: Features that a tile can carry and a reader can tell apart.
_ENOUGH = 4000


def min_zoom(snapshot: Snapshot) -> int:
    """The zoom from which on a tile of the layer holds a few thousand features at most, at its mean density."""
    if snapshot.layer.kind not in ("base", "component") or not len(snapshot) or snapshot.bounds is None:
        return 0
    if snapshot.layer.name == "addresses":
        return 14  # numbers are read where a street fills the screen
    west, south, east, north = snapshot.bounds
    world_share = max((east - west) / 360.0 * (north - south) / 170.0, 1e-12)
    density = len(snapshot) / world_share
    return int(np.clip(np.ceil(np.log2(density / _ENOUGH) / 2), 0, 14))
