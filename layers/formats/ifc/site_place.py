"""Where a model stands by the latitude and longitude of its site, and which way is north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import ModelFault
from cim.bim.placement import GroundPlacement, to_tangent
from layers.formats.ifc.faults import fault
from layers.formats.ifc.placements import Placements

#: Two sites nearer than this are at one place.
_SAME_PLACE_M = 1.0
#: A height that is next to nothing only because of a small unit was written in metres.
_DOUBTED_HEIGHT_M = 0.2
_SMALL_UNIT = 0.011


@dataclass(slots=True, eq=False)
class SitePlace:
    """What the sites say: the placement of the frame whose origin is `origin` (float64[3], metres of the file's world);
    None where no site has a latitude and longitude. `refused` says why it may not be used."""

    placement: GroundPlacement | None = None
    origin: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    refused: list[ModelFault] = field(default_factory=list)


def read_site(parsed: Any, placements: Placements, length: float) -> SitePlace:
    """The place of the site, and the faults of several sites at several places."""
    placed = [
        (site, lon, lat)
        for site in parsed.by_type("IfcSite")
        if (lat := angle(site.RefLatitude)) is not None and (lon := angle(site.RefLongitude)) is not None
    ]
    # Exporters write 0, 0 where nobody has set a place.
    placed = [one for one in placed if (one[1], one[2]) != (0.0, 0.0)]
    if not placed:
        return SitePlace()
    site, lon, lat = placed[0]
    height = float(site.RefElevation or 0.0) * length
    read = SitePlace()
    matrix = placements.world(site.ObjectPlacement)
    read.origin = matrix[:3, 3].copy()
    read.placement = GroundPlacement(lon, lat, height, _turn(parsed))
    if length <= _SMALL_UNIT and 1e-6 < abs(height) < _DOUBTED_HEIGHT_M:
        read.refused.append(
            fault(
                "georef.site_elevation",
                f"只有 IfcSite 的经纬度，没有坐标系（GRF003）；而且场地高程 {site.RefElevation:g} 按文件单位只有 "
                f"{height:g} m，像是米，不能确定位置；请用 --place 经度,纬度,高程,旋转角 给出",
                "there is no coordinate reference system (GRF003), only IfcSite's latitude and longitude, and its "
                f"elevation {site.RefElevation:g} would be {height:g} m in the unit of the file, which looks like "
                "metres: the place is not certain; give --place lon,lat,height,rotation",
                element=site.GlobalId,
            )
        )
    if far := [one for one in placed[1:] if _distance(one, placed[0]) > _SAME_PLACE_M]:
        read.refused += [_several(one, len(far) + 1) for one in (placed[0], *far)]
    return read


def angle(parts: Sequence[int] | None) -> float | None:
    """Degrees, minutes, seconds and millionths of a second as degrees; one negative part makes all of it negative.

    >>> angle((28, 11, 22, 367258)), angle((-71, -3, -24, -263305)), angle((0, -3, 0))
    (28.189546460555555, -71.05673980694444, -0.05)
    """
    if not parts:
        return None
    degrees, minutes, seconds, millionths = (abs(part) for part in [*parts, 0, 0, 0][:4])
    value = degrees + minutes / 60.0 + (seconds + millionths / 1e6) / 3600.0
    return -value if any(part < 0 for part in parts) else value


def _turn(parsed: Any) -> float:
    """How far the model's y axis is turned from true north, counter-clockwise, in degrees."""
    for context in parsed.by_type("IfcGeometricRepresentationContext", include_subtypes=False):
        north = context.TrueNorth
        if north is not None and (context.ContextType or "Model").lower() == "model":
            x, y = north.DirectionRatios[:2]
            if x or y:
                return math.degrees(math.atan2(x, y))
    return 0.0


def _distance(one: tuple[Any, float, float], other: tuple[Any, float, float]) -> float:
    flat = to_tangent(np.array([[one[1], one[2], 0.0]]), other[1], other[2], 0.0)[0]
    return float(math.hypot(flat[0], flat[1]))


def _several(one: tuple[Any, float, float], count: int) -> ModelFault:
    site, lon, lat = one
    return fault(
        "georef.two_sites",
        f"两个以上的场地在不同地点（{count} 处）：“{site.Name or ''}”在 {lon:.6f}, {lat:.6f}；请把模型分开，"
        "或用 --place 给出位置",
        f"two or more sites are at different places ({count}): {site.Name or ''!r} at {lon:.6f}, {lat:.6f}; split the "
        "model, or give --place",
        element=site.GlobalId,
    )
