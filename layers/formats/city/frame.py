"""Where a city model is: its CRS, and its coordinates as metres in a frame of its own."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from cim.bim.building_model import ModelFault, ModelRefused
from cim.bim.placement import GroundPlacement, MapPlacement, Placement, to_tangent
from cim.errors import BadInput
from cim.model.text import Text
from cim.space.crs import parse_crs

_CODE = re.compile(r"EPSG(?:/[\w.]*/|:[\w.]*:|:|/)(\d{3,6})\b", re.IGNORECASE)


def crs_named(text: str) -> str:
    """The CRS that an `srsName` or `referenceSystem` names, as `parse_crs` takes it.

    >>> crs_named("https://www.opengis.net/def/crs/EPSG/0/7415"), crs_named("urn:ogc:def:crs:EPSG::4547")
    ('EPSG:7415', 'EPSG:4547')
    >>> crs_named("http://www.opengis.net/gml/srs/epsg.xml#4547")
    'EPSG:4547'
    """
    found = _CODE.search(text) or re.search(r"epsg\.xml#(\d{3,6})", text)
    return f"EPSG:{found[1]}" if found else text


def frame_of(
    vertices: NDArray[np.float64], crs: str | None, name: str
) -> tuple[NDArray[np.float64], Placement, list[ModelFault]]:
    """The vertices float64[n, 3] (east, north, height of the CRS; lon, lat, height of a geographic one) as metres
    in a frame of their own, where that frame is, and what is not sure of it. Raises `ModelRefused` without a CRS."""
    if crs is None:
        zh = f"{name} 没有写明坐标系；请用 --crs EPSG:4547 给出"
        en = f"{name} names no CRS (referenceSystem, srsName); give it with --crs EPSG:4547"
        raise ModelRefused(en, [ModelFault("crs.missing", Text(zh, en))])
    try:
        known = parse_crs(crs)
    except BadInput as error:
        zh = f"{name} 的坐标系 {crs!r} PROJ 不认识；请用 --crs 给出正确的 EPSG 代码"
        en = f"{name}: its CRS {crs!r} is none that PROJ knows; give the right one with --crs"
        raise ModelRefused(en, [ModelFault("crs.unknown", Text(zh, en))]) from error
    datum = height_datum(known)
    faults = []
    if not datum:
        zh = "坐标系没有高程部分：高程基准未知，按原值保存"
        en = "the CRS has no vertical part: the datum of the heights is not known; they are kept as they are"
        faults.append(ModelFault("crs.vertical_unknown", Text(zh, en)))
    middle = (vertices.min(axis=0) + vertices.max(axis=0)) / 2 if len(vertices) else np.zeros(3)
    horizontal = known.sub_crs_list[0] if known.is_compound else known
    if horizontal.is_geographic:
        lon, lat = float(middle[0]), float(middle[1])
        if not (abs(lon) <= 180 and abs(lat) <= 90):
            zh = f"{name}：{crs} 的坐标应是度，文件里却是 {lon:g}, {lat:g}；请用 --crs 给出这些坐标的坐标系"
            en = f"{name}: {crs} has degrees, the file has {lon:g}, {lat:g}; give the CRS of these with --crs"
            raise ModelRefused(en, [ModelFault("crs.not_degrees", Text(zh, en))])
        return to_tangent(vertices, lon, lat, 0.0), GroundPlacement(lon, lat, 0.0, 0.0, datum), faults
    unit = horizontal.axis_info[0].unit_conversion_factor or 1.0
    origin = np.floor(np.array([middle[0], middle[1], 0.0]))
    to_map = np.diag([1.0 / unit, 1.0 / unit, 1.0, 1.0])
    to_map[:3, 3] = origin
    frame = (vertices - origin) * (unit, unit, 1.0)
    return frame, MapPlacement(crs, to_map, datum), faults


def height_datum(crs: CRS) -> str:
    """The datum of the heights of a CRS: its vertical part, the ellipsoid for a 3D geographic one, "" for none.

    >>> height_datum(CRS.from_epsg(7415)), height_datum(CRS.from_epsg(4547))
    ('EPSG:5709', '')
    >>> height_datum(CRS.from_epsg(4979))
    'ellipsoidal (EPSG:4979)'
    """
    if crs.is_compound:
        vertical = crs.sub_crs_list[1]
        code = vertical.to_epsg()
        return f"EPSG:{code}" if code else str(vertical.name)
    if len(crs.axis_info) == 3:
        code = crs.to_epsg()
        return f"ellipsoidal (EPSG:{code})" if code else "ellipsoidal"
    return ""
