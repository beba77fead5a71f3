"""What is odd about the place of one thing: far from the city, outside the areas, before the areas began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import shapely

from cim.arrays.types import Geometries
from cim.city import City
from cim.model.layer import Layer
from cim.model.standard_layers import OWNED, OWNED_AS_OF, OWNER_FIELDS
from cim.snapshot.extent import Extent, at_zero

Note = dict[str, str]


def place_notes(
    city: City, layer: Layer, geometry: Any, values: Mapping[str, Any], extent: Extent | None
) -> list[Note]:
    """Notes (`zh`, `en`) on where a thing was placed; none where all is well. `values` are its fields as stored,
    `extent` is where the city was before: an area that is placed must not vouch for itself."""
    if geometry is None or geometry.is_empty:
        return []
    boxes = np.array([shapely.bounds(shapely.get_parts(geometry)[0])])
    if extent is not None and extent.far(boxes)[0]:
        km = float(extent.distance_m(boxes)[0]) / 1000
        if at_zero(boxes)[0]:
            return [
                {
                    "zh": f"位置为 0, 0（距城市 {km:,.0f} 公里），应为空坐标，请补填位置",
                    "en": f"the position is 0, 0, {km:,.0f} km from the city: an empty position? Fill it in",
                }
            ]
        if extent.is_swapped(boxes)[0]:
            return [
                {
                    "zh": f"位置距城市 {km:,.0f} 公里；经纬度对调后位于城市内，是否写成了纬度在前？应为 [经度, 纬度]",
                    "en": f"the position lies {km:,.0f} km from the city, and in it with lon and lat swapped: "
                    "is it lat, lon? Give [lon, lat]",
                }
            ]
        return [
            {
                "zh": f"位置距城市 {km:,.0f} 公里，请核对坐标及坐标系（datum）",
                "en": f"the position lies {km:,.0f} km from the city; check the coordinates and their datum",
            }
        ]
    return (
        []
        if layer.name not in OWNED or geometry.geom_type != "Point"
        else _owner_notes(city, layer, geometry, values)
    )


def _owner_notes(city: City, layer: Layer, point: Any, values: Mapping[str, Any]) -> list[Note]:
    """Notes on a point that no area owns, of a city that has areas."""
    areas = city.areas
    if any(values.get(f.name) for f in OWNER_FIELDS if f.name != "h3") or not areas.current.any():
        return []
    here = np.array([[point.x, point.y]])
    owner = next((o for o in city.owners(here)), None)
    reported = values.get(OWNED_AS_OF.get(layer.name, ""))
    if owner is not None and owner.areas:
        if reported is None:
            return []
        day = reported.astimezone(city.zone).date()
        return [
            {
                "zh": f"{day} 当日该位置的管理区域尚未启用（或已停用），因此没有归属",
                "en": f"no area was in force here on {day}, the day of the report, so nobody owns it",
            }
        ]
    near = owner.nearest if owner is not None else None
    if near is None:
        return []
    metres = near.distance_m
    far = f"{metres / 1000:,.1f} km" if metres >= 1000 else f"{metres:.0f} m"
    far_zh = f"{metres / 1000:,.1f} 公里" if metres >= 1000 else f"{metres:.0f} 米"
    return [
        {
            "zh": f"位置不在任何管理区域内，最近的是 {near.name}（{near.code}），相距 {far_zh}",
            "en": f"the position is in no area; the nearest is {near.name} ({near.code}), {far} away",
        }
    ]


def height_note() -> Note:
    """The note on a thing that was given with a height."""
    return {
        "zh": "城市底座为二维，未保存高程；高程请写入属性字段",
        "en": "the base is flat: the height was not kept; put it into a field",
    }


def far_lines_note(city: City, lines: Geometries) -> list[Note]:
    """A note where some of these lines (shapely, lon and lat) lie far from the city, with the farthest of them."""
    extent = city.extent
    if extent is None or not len(lines):
        return []
    boxes = shapely.bounds(lines)
    far = np.flatnonzero(extent.far(boxes))
    if not len(far):
        return []
    metres = extent.distance_m(boxes)
    worst = int(far[np.argmax(metres[far])])
    km = float(metres[worst]) / 1000
    return [
        {
            "zh": f"{len(far)} 条测速的位置远离城市，最远的是第 {worst + 1} 条（{km:,.0f} 公里），"
            "请核对坐标及坐标系（datum）",
            "en": f"{len(far)} of the measurements lie far from the city, the farthest is row {worst + 1}, {km:,.0f} "
            "km away; check the coordinates and their datum",
        }
    ]
