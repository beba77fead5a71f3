"""A layer as planners use it: a GeoDataFrame, or an Arrow table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from cim.snapshot.snapshot import Snapshot


class LayerView:
    """A layer as planners use it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def frame(
        self,
        *,
        bounds: tuple[float, float, float, float] | None = None,
        where: Mapping[str, Any] | None = None,
        columns: Sequence[str] | None = None,
    ) -> Any:
        """Features as a GeoDataFrame (EPSG:4490, index fid): those that meet bounds (w, s, e, n) and condition."""
        rows = self.snapshot.rows
        if bounds is not None:
            rows, _ = self.snapshot.in_bounds(np.array([bounds], np.float64))
        if where:
            rows = rows[self.snapshot.matching(where)[rows]]
        return self.snapshot.frame(np.sort(rows), columns)

    def table(self, columns: Sequence[str] | None = None) -> pa.Table:
        """The attributes of all features as an Arrow table."""
        return self.snapshot.attributes(self.snapshot.rows, columns)
