"""Where the model of a file stands: what was given comes first, then what the file says in its several ways."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cim.bim.building_model import ModelFault
from cim.bim.placement import GroundPlacement, Placement, to_tangent
from cim.errors import BadInput
from cim.space.crs import parse_crs, transformer
from layers.formats.ifc.crs_name import name_crs
from layers.formats.ifc.extent import MAP_LIKE_M, WorldExtent
from layers.formats.ifc.faults import fault, refusal
from layers.formats.ifc.given_place import fit_control_points
from layers.formats.ifc.map_fit import horizontal
from layers.formats.ifc.map_place import MapFinding, place_as_map, place_by_operation, shift_frame
from layers.formats.ifc.operations import MapOperation, read_operations
from layers.formats.ifc.placements import Placements
from layers.formats.ifc.site_place import SitePlace, read_site
from layers.formats.ifc.units import FileUnits
from layers.formats.model_options import ModelOptions

#: From here on the frame of the model is moved to where its things are, so that single precision would do.
_LARGE_OFFSET_M = 10_000.0
#: A site is not surveyed: only another town is told.
_SITE_TOLERANCE_M = 2_000.0
_HOW_ZH = "请给出位置：--place 经度,纬度,高程,旋转角，或三个控制点"
_HOW_EN = "give its place: --place lon,lat,height,rotation, or three control points"


@dataclass(slots=True, eq=False)
class Georeference:
    """`placement` places the frame whose origin is at `origin` (float64[3], metres) of the file's world."""

    placement: Placement
    origin: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    told: list[ModelFault] = field(default_factory=list)


def find_georeference(
    parsed: Any,
    units: FileUnits,
    placements: Placements,
    extent: WorldExtent,
    options: ModelOptions,
    name: str,
) -> Georeference:
    """The place of a model; `ModelRefused` with all reasons where there is none that can be trusted."""
    if options.control_points:
        placement, origin, told, refused = fit_control_points(options.control_points, units.length)
        if refused:
            raise refusal(name, refused)
        return Georeference(placement, origin, told)
    if options.place is not None:
        return _at_place(parsed, placements, extent, options.place)
    stated = read_operations(parsed)
    if stated.operation is not None:
        place = _by_operation(stated.operation, stated.refused, units, extent, options, name)
        place.told += _compare_site(read_site(parsed, placements, units.length), place)
        return place
    if stated.crs_alone is not None:
        crs, told, refused = _usable(stated.crs_alone, options)
        if refused:
            raise refusal(name, refused)
        if extent.is_map_like or len(extent.points) == 0:
            told.append(
                fault(
                    "georef.no_operation",
                    "文件有坐标系，但没有坐标转换（IfcMapConversion）；已把模型坐标当作地图坐标",
                    "the file names a coordinate system and no coordinate operation (IfcMapConversion); the model's "
                    "coordinates are taken for those of the map",
                )
            )
            return _on_map(place_as_map(crs, stated.crs_alone.datum, extent), extent, told, name)
    return _without_operation(parsed, units, placements, extent, options, name, stated.crs_alone is not None)


def _compare_site(site: SitePlace, place: Georeference) -> list[ModelFault]:
    """A fault where the site's latitude and longitude are far from where the coordinate operation places it."""
    if site.placement is None:
        return []
    lon, lat, _ = place.placement.place((site.origin - place.origin)[None, :])[0].tolist()
    east, north, _ = to_tangent(np.array([[site.placement.lon, site.placement.lat, 0.0]]), lon, lat, 0.0)[
        0
    ].tolist()
    away = math.hypot(east, north)
    if not away > _SITE_TOLERANCE_M:
        return []
    return [
        fault(
            "georef.site_differs",
            f"IfcSite 的经纬度（{site.placement.lon:.5f}, {site.placement.lat:.5f}）与坐标转换给出的位置"
            f"（{lon:.5f}, {lat:.5f}）相差 {away / 1000:,.1f} km；以坐标转换为准",
            f"the latitude and longitude of the IfcSite ({site.placement.lon:.5f}, {site.placement.lat:.5f}) are "
            f"{away / 1000:,.1f} km from where the coordinate operation places it ({lon:.5f}, {lat:.5f}); the "
            "operation counts",
        )
    ]


def _at_place(
    parsed: Any, placements: Placements, extent: WorldExtent, place: GroundPlacement
) -> Georeference:
    if not extent.is_map_like:
        return Georeference(place)
    # The origin of a map is far from the model: what is placed is the building's own zero.
    holders = [*parsed.by_type("IfcBuilding"), *parsed.by_type("IfcSite")]
    origins = [placements.world(one.ObjectPlacement)[:3, 3] for one in holders]
    near = [one for one in origins if float(np.abs(one[:2]).max()) >= MAP_LIKE_M]
    origin = near[0].copy() if near else np.floor(extent.centre)
    told = fault(
        "georef.place_origin",
        f"模型坐标是地图坐标；给出的位置用于点 {origin[0]:,.2f}, {origin[1]:,.2f}, {origin[2]:,.2f}（m）",
        f"the model has map coordinates; the place that is given is that of its point {origin[0]:,.2f}, "
        f"{origin[1]:,.2f}, {origin[2]:,.2f} (m)",
    )
    return Georeference(place, origin, [told])


def _by_operation(
    operation: MapOperation,
    wrong: list[ModelFault],
    units: FileUnits,
    extent: WorldExtent,
    options: ModelOptions,
    name: str,
) -> Georeference:
    crs, told, refused = _usable(operation.crs, options)
    refused = [*wrong, *refused]
    if crs and not refused:
        if operation.geographic:
            return _geographic(operation, crs, units, told)
        if not horizontal(crs).is_projected:
            refused.append(
                fault(
                    "georef.crs_not_projected",
                    f"{crs[:30]} 不是投影坐标系，模型不能按米放在上面",
                    f"{crs[:30]} is no projected coordinate system: offsets in metres say nothing on it",
                )
            )
    if refused:
        raise refusal(name, refused)
    return _on_map(place_by_operation(operation, crs, units.length, extent), extent, told, name)


def _usable(named: Any, options: ModelOptions) -> tuple[str, list[ModelFault], list[ModelFault]]:
    """The coordinate system that counts: the file's, or the one given where the file's can't be used."""
    if named.crs and not named.refused:
        told = list(named.told)
        if options.crs and parse_crs(options.crs) != parse_crs(named.crs):
            told.append(
                fault(
                    "georef.crs_differs",
                    f"文件的坐标系是 {named.crs[:30]}，给出的 {options.crs} 没有用",
                    f"the file names {named.crs[:30]}; {options.crs}, which was given, is not used",
                )
            )
        return named.crs, told, []
    if options.crs is None:
        return "", [], list(named.refused)
    parse_crs(options.crs)
    told = [
        fault(
            "georef.crs_given",
            f"文件的坐标系不能用（{one.text.zh}），按给出的 {options.crs} 读取",
            f"the coordinate system of the file can't be used ({one.text.en}); it is read as {options.crs}, as given",
        )
        for one in named.refused
    ]
    return options.crs, told, []


def _on_map(found: MapFinding, extent: WorldExtent, told: list[ModelFault], name: str) -> Georeference:
    if found.placement is None:
        raise refusal(name, [*found.refused, *told, *found.told])
    centre = extent.centre
    told = [*told, *found.told]
    if float(np.abs(centre).max()) < _LARGE_OFFSET_M:
        return Georeference(found.placement, told=told)
    origin = np.floor(centre)
    return Georeference(shift_frame(found.placement, origin), origin, told)


def _geographic(operation: MapOperation, crs: str, units: FileUnits, told: list[ModelFault]) -> Georeference:
    """Angles of a geographic system as a place on the ground."""
    degrees = math.degrees(operation.map_unit if operation.map_unit is not None else units.angle)
    first, second = operation.first * degrees, operation.second * degrees
    if horizontal(crs).axis_info[0].direction == "north":
        first, second = second, first
    lon, lat = transformer(crs, "EPSG:4326").transform(first, second)
    height = operation.height * units.length
    return Georeference(GroundPlacement(lon, lat, height, 0.0, operation.crs.datum), told=told)


def _without_operation(
    parsed: Any,
    units: FileUnits,
    placements: Placements,
    extent: WorldExtent,
    options: ModelOptions,
    name: str,
    has_crs: bool,
) -> Georeference:
    site = read_site(parsed, placements, units.length)
    near_site = float(np.abs((extent.centre - site.origin)[:2]).max()) < MAP_LIKE_M
    if extent.is_map_like and options.crs is not None:
        given = name_crs(options.crs)
        return _on_map(place_as_map(_projected_name(options.crs), given.datum, extent), extent, [], name)
    if site.placement is not None and near_site:
        if site.refused:
            raise refusal(name, site.refused)
        return Georeference(site.placement, site.origin)
    if extent.is_map_like:
        at = extent.centre
        raise refusal(
            name,
            [
                fault(
                    "georef.crs_missing",
                    f"模型坐标像地图坐标（{at[0]:,.1f}, {at[1]:,.1f} m），但文件没有坐标系（GRF003）；"
                    "请给出，如 --crs EPSG:4547",
                    f"the coordinates look like those of a map ({at[0]:,.1f}, {at[1]:,.1f} m), and the file names no "
                    "coordinate system (GRF003); give its CRS, like --crs EPSG:4547",
                )
            ],
        )
    what_zh = "有坐标系，但没有坐标转换（IfcMapConversion）" if has_crs else "没有地理参照（GRF003）"
    what_en = (
        "the file names a coordinate system, but no coordinate operation (IfcMapConversion)"
        if has_crs
        else "the file has no georeference: no coordinate system and operation, no latitude and longitude (GRF003)"
    )
    raise refusal(name, [fault("georef.none", f"{what_zh}；{_HOW_ZH}", f"{what_en}; {_HOW_EN}")])


def _projected_name(crs: str) -> str:
    if not parse_crs(crs).is_projected and not horizontal(crs).is_projected:
        raise BadInput(f"{crs} is no projected coordinate system; name one like EPSG:4547")
    return crs
