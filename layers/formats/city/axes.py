"""Which of two coordinates comes first: what a CRS prescribes, and what a file has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from cim.bim.building_model import ModelFault
from cim.errors import BadInput
from cim.model.text import Text
from cim.space.crs import parse_crs

#: A place may lie so far outside the area that a CRS is made for, in degrees.
_MARGIN_DEG = 1.0


def east_first(
    vertices: NDArray[np.float64], crs: str | None, short: bool, name: str
) -> tuple[NDArray[np.float64], list[ModelFault]]:
    """The vertices float64[n, 3] with the eastern coordinate first, and whether that had to be turned.

    A CRS that is named in full has its axes as its authority orders them; one that is named the short way ("EPSG:4547",
    `short`) has the easting first, as most programs write it. The other order is taken where only that lies in the area
    that the CRS is made for.
    """
    if crs is None or not len(vertices):
        return vertices, []
    try:
        known = parse_crs(crs)
    except BadInput:
        return vertices, []  # said when it is placed
    horizontal = known.sub_crs_list[0] if known.is_compound else known
    northern_first = horizontal.axis_info[0].direction.lower() in ("north", "south")
    geographic = bool(horizontal.is_geographic)
    turned = vertices[:, (1, 0, 2)]
    if not northern_first or (short and not geographic):
        usual, other = vertices, turned
    else:
        usual, other = turned, vertices
    if _fits(usual, horizontal) or not _fits(other, horizontal):
        return np.ascontiguousarray(usual), []
    zh = f"{name}：坐标轴顺序与 {crs} 不符，互换后在其适用范围内，已互换"
    en = f"{name}: its axes are exchanged against {crs}; the other way round they lie in its area, and were so taken"
    return np.ascontiguousarray(other), [ModelFault("crs.axes", Text(zh, en))]


def _fits(vertices: NDArray[np.float64], crs: CRS) -> bool:
    """Whether the middle of the vertices lies in the area that the CRS is made for."""
    area = crs.area_of_use
    if area is None:
        return True
    x, y = ((vertices.min(axis=0) + vertices.max(axis=0)) / 2)[:2].tolist()
    if not crs.is_geographic:
        x, y = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(x, y)
    if not (np.isfinite(x) and np.isfinite(y)):
        return False
    near = area.south - _MARGIN_DEG <= y <= area.north + _MARGIN_DEG
    if area.west <= area.east:
        return bool(near and area.west - _MARGIN_DEG <= x <= area.east + _MARGIN_DEG)
    return bool(near and (x >= area.west - _MARGIN_DEG or x <= area.east + _MARGIN_DEG))
