"""Names for the arrays that go from hand to hand, so that a signature says what is in them.

Counts: n rows or places, v vertices. Where an array holds anything else, it has its numpy type.

Kernels take arrays that belong together as one NamedTuple. To numba each such argument costs half a microsecond more
than a plain tuple of the same arrays, so what answers single questions hands over `tuple(…)`, and those kernels
take their groups apart by place and not by name.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Positions in degrees of WGS84, lon and lat: float64[n, 2].
LonLat = NDArray[np.float64]
#: Positions in metres of the city's metric CRS, x and y: float64[n, 2].
MetricXY = NDArray[np.float64]
#: Positions on the Web Mercator square of 32 bits, x and y from its upper left corner: uint32[n, 2].
MercatorXY = NDArray[np.uint32]
#: West, south, east, north of each: float64[n, 4].
Boxes = NDArray[np.float64]
#: Numbers of rows of a snapshot or of its columns: int64[k].
RowIds = NDArray[np.int64]
#: The store's numbers of features: int64[k].
Fids = NDArray[np.int64]
#: Whether, for each: bool[n].
Mask = NDArray[np.bool_]
#: Shapely geometries, None for none: object[n].
Geometries = NDArray[Any]
