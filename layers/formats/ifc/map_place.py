"""From a coordinate operation to a placement on the map: units, scale, and what does not fit."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import ModelFault
from cim.bim.placement import MapPlacement
from layers.formats.ifc.extent import MAP_LIKE_M, WorldExtent
from layers.formats.ifc.faults import fault
from layers.formats.ifc.map_fit import fits, lonlat, map_unit_of, zone_shift
from layers.formats.ifc.operations import MapOperation

#: How far a stated scale may be from the quotient of the units: scale factors of maps and heights are within it.
_SCALE_TOLERANCE = 3e-3
_INVERSE_TOLERANCE = 5e-4
_SAME_OFFSET_M = 50_000.0


@dataclass(slots=True, eq=False)
class MapFinding:
    """A placement (None where it is refused) with what is told and why it is refused."""

    placement: MapPlacement | None = None
    told: list[ModelFault] = field(default_factory=list)
    refused: list[ModelFault] = field(default_factory=list)


def place_by_operation(operation: MapOperation, crs: str, length: float, extent: WorldExtent) -> MapFinding:
    """The placement that an operation states. `length` is the file's unit in metres, `extent` where its things are."""
    found = MapFinding()
    axis_unit = map_unit_of(crs)
    unit = _unit(operation, crs, length, axis_unit)
    if operation.map_unit is not None and abs(unit / operation.map_unit - 1.0) > 1e-9:
        found.told.append(
            fault(
                "georef.map_unit",
                f"东、北坐标 {operation.first:,.0f}, {operation.second:,.0f} 不是 MapUnit 的单位，而是模型的单位"
                f"（{length:g} m）；已按模型的单位读取",
                f"the offsets {operation.first:,.0f}, {operation.second:,.0f} are not in the MapUnit but in the unit "
                f"of the model ({length:g} m), and are read so",
            )
        )
    ratio = length / (operation.map_unit or unit)
    fitting = operation.scale is not None and abs(operation.scale / ratio - 1.0) <= _SCALE_TOLERANCE
    scale = _scale(operation, ratio if fitting else length / unit, found)
    size = math.hypot(operation.abscissa, operation.ordinate) or 1.0
    cos, sin = operation.abscissa / size, operation.ordinate / size
    x, y, z = operation.factors
    matrix = np.eye(4)
    matrix[:2, :2] = np.array([[cos * x, -sin * y], [sin * x, cos * y]]) * (scale / axis_unit)
    matrix[2, 2] = scale * z
    matrix[:2, 3] = np.array([operation.first, operation.second]) * (unit / axis_unit)
    matrix[2, 3] = operation.height * unit
    if extent.is_map_like:
        _check_twice(matrix, crs, extent, axis_unit, found)
    if not found.refused:
        _check_place(matrix, crs, extent, found)
    if not found.refused:
        found.placement = MapPlacement(crs, matrix, operation.crs.datum)
    return found


def place_as_map(crs: str, datum: str, extent: WorldExtent) -> MapFinding:
    """The placement of a model whose own coordinates are those of a map."""
    found = MapFinding()
    matrix = np.eye(4)
    matrix[:2, :2] /= map_unit_of(crs)
    _check_place(matrix, crs, extent, found)
    if not found.refused:
        found.placement = MapPlacement(crs, matrix, datum)
    return found


def shift_frame(placement: MapPlacement, origin: NDArray[np.float64]) -> MapPlacement:
    """The same placement for a frame whose origin is at `origin` of the world."""
    matrix = placement.to_map.copy()
    matrix[:3, 3] += matrix[:3, :3] @ origin
    return MapPlacement(placement.crs, matrix, placement.height_datum)


def _unit(operation: MapOperation, crs: str, length: float, axis_unit: float) -> float:
    """The unit of the offsets: as stated, else that of the map's axes, but the file's where only that one fits."""
    stated = operation.map_unit if operation.map_unit is not None else axis_unit
    if abs(length / stated - 1.0) > 1e-9 and (operation.first or operation.second):
        first, second = operation.first / axis_unit, operation.second / axis_unit
        if not fits(crs, first * stated, second * stated) and fits(crs, first * length, second * length):
            return length
    return stated


def _scale(operation: MapOperation, quotient: float, found: MapFinding) -> float:
    """How many metres on the map one metre of the model is, as the operation states it."""
    stated = operation.scale
    if operation.rigid or (stated is None and abs(quotient - 1.0) < 1e-9):
        return 1.0
    if stated is not None and abs(stated / quotient - 1.0) <= _SCALE_TOLERANCE:
        return stated / quotient
    if stated is None or abs(stated - 1.0) <= _SCALE_TOLERANCE:
        said_zh, said_en = (
            ("没有写", "is left out") if stated is None else (f"是 {stated:g}", f"is {stated:g}")
        )
        found.told.append(
            fault(
                "georef.scale_missing",
                f"IfcMapConversion 的 Scale {said_zh}，而模型单位与地图单位之比是 {quotient:g}（GRF005）；"
                f"已按比例 {quotient:g} 放置",
                f"the Scale of the IfcMapConversion {said_en}, though the units of the model and the map have the "
                f"quotient {quotient:g} (GRF005); the model is placed with the scale {quotient:g}",
            )
        )
        return 1.0 if stated is None else stated
    if abs(stated * quotient - 1.0) <= _INVERSE_TOLERANCE:
        found.told.append(
            fault(
                "georef.scale_inverse",
                f"Scale {stated:g} 是单位之比 {quotient:g} 的倒数（GRF005）；已按比例 {quotient:g} 放置",
                f"the Scale {stated:g} is the inverse of the quotient of the units, {quotient:g} (GRF005); the model "
                f"is placed with the scale {quotient:g}",
            )
        )
        return 1.0
    found.refused.append(
        fault(
            "georef.scale",
            f"IfcMapConversion 的 Scale 是 {stated:g}，而模型单位与地图单位之比是 {quotient:g}（GRF005）；请改正，"
            "或用 --place 或控制点给出位置",
            f"the Scale of the IfcMapConversion is {stated:g}, but the units of the model and the map have the "
            f"quotient {quotient:g} (GRF005); mend it, or give --place or control points",
        )
    )
    return 1.0


def _check_twice(
    matrix: NDArray[np.float64], crs: str, extent: WorldExtent, axis_unit: float, found: MapFinding
) -> None:
    """Refuse a model whose coordinates are a map's already and that has an offset on top."""
    own = extent.centre[:2]
    offset = matrix[:2, 3] * axis_unit
    moved = matrix[:2, :2] @ own + matrix[:2, 3]
    far = float(np.abs(offset).max()) >= MAP_LIKE_M
    same = float(np.linalg.norm(own - offset)) < _SAME_OFFSET_M
    only_once = fits(crs, *(own / axis_unit).tolist()) and not fits(crs, *moved.tolist())
    if far and (same or only_once):
        found.refused.append(
            fault(
                "georef.twice_or_outside",
                f"模型两次带了地图坐标：构件已在 {own[0]:,.0f}, {own[1]:,.0f}，IfcMapConversion 又加上 "
                f"{offset[0]:,.0f}, {offset[1]:,.0f}；请去掉其中一处",
                f"the model is georeferenced twice: its elements are at {own[0]:,.0f}, {own[1]:,.0f} already, and the "
                f"IfcMapConversion adds {offset[0]:,.0f}, {offset[1]:,.0f}; take one of them away",
            )
        )


def _check_place(matrix: NDArray[np.float64], crs: str, extent: WorldExtent, found: MapFinding) -> None:
    """Mend zone numbers, refuse exchanged axes, and tell what is outside the map's area. The matrix is changed."""
    east, north = (matrix[:2, :2] @ extent.centre[:2] + matrix[:2, 3]).tolist()
    if fits(crs, east, north):
        return
    if (shift := zone_shift(crs, east, north)) is not None:
        matrix[0, 3] += shift
        found.told.append(
            fault(
                "georef.zone_number",
                f"东坐标 {east:,.0f} 的带号与坐标系 {crs[:20]} 不符；已{'去掉' if shift < 0 else '加上'}带号 "
                f"{abs(shift) / 1e6:.0f}",
                f"the easting {east:,.0f} {'has' if shift < 0 else 'lacks'} the zone number "
                f"{abs(shift) / 1e6:.0f} that "
                f"{crs[:20]} {'does not have' if shift < 0 else 'has'}; it is read "
                f"{'without' if shift < 0 else 'with'} it",
            )
        )
    elif fits(crs, north, east):
        found.refused.append(
            fault(
                "georef.axes_swapped",
                f"东坐标和北坐标像是互换了：{east:,.0f}, {north:,.0f} 在坐标系 {crs[:20]} 的使用范围之外，互换后"
                "在范围之内；请在模型里改正，或用 --place 或控制点给出位置",
                f"easting and northing look exchanged (swapped): {east:,.0f}, {north:,.0f} is outside the area of use "
                f"of {crs[:20]}, and exchanged it is inside; mend the model, or give --place or control points",
            )
        )
    elif (placed := lonlat(crs, east, north)) is None:
        found.refused.append(
            fault(
                "georef.outside_crs",
                f"坐标 {east:,.0f}, {north:,.0f} 不在坐标系 {crs[:20]} 之内",
                f"the map of {crs[:20]} has no place {east:,.0f}, {north:,.0f}",
            )
        )
    else:
        found.told.append(
            fault(
                "georef.outside_crs",
                f"模型在坐标系 {crs[:20]} 的使用范围之外：{placed[0]:.4f}, {placed[1]:.4f}",
                f"the model is outside the area of use of {crs[:20]}: at {placed[0]:.4f}, {placed[1]:.4f}",
            )
        )
