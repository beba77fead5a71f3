"""The rows that a model is in its layers."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import shapely
from pyproj import Geod

from cim.arrays.types import Geometries
from cim.bim.building_model import BuildingModel, ModelObject
from cim.bim.model_layers import BUILDINGS, ELEMENTS, OBJECT_LAYERS, SPACES, STOREYS
from cim.bim.placed_model import Extents
from cim.model.layer import Features, Layer

_ELLIPSOID = Geod(ellps="GRS80")


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What is known of a model as a whole, beside what its file says."""

    code: str
    version: int
    content: str
    loaded_at: dt.datetime
    name: str = ""
    source: str = ""
    author: str = ""
    discipline: str = ""
    cim_level: int | None = None
    surveyed: dt.date | None = None


def object_rows(model: BuildingModel, extents: Sequence[Extents | None], code: str) -> dict[str, Features]:
    """The rows of a model's objects by the name of their layer, each layer there even where it has none."""
    whole = _with_parts(model, extents)
    numbers = storey_numbers(model.objects)
    inside = Counter(one.building for one in model.objects if one.kind == "storey")
    zones = _zones(model)
    rows: dict[str, list[dict[str, Any]]] = {layer.name: [] for layer in OBJECT_LAYERS.values()}
    grounds: dict[str, list[Any]] = {name: [] for name in rows}
    for i, one in enumerate(model.objects):
        extent = whole[i]
        layer = OBJECT_LAYERS[one.kind]
        values: dict[str, Any] = {
            "model": code,
            "id": one.id,
            "class": one.class_name,
            "name": one.name or None,
            "bottom_m": extent.bottom_m if extent else one.bottom_height_m,
            "top_m": extent.top_m if extent else _top(one),
            "properties": _json(one.properties),
        }
        if layer is STOREYS:
            values |= {
                "building": one.building,
                "elevation_m": one.elevation_m,
                "height_m": one.storey_height_m,
                "number": numbers.get(one.id),
                "bottom_m": one.bottom_height_m if one.bottom_height_m is not None else values["bottom_m"],
            }
            if one.bottom_height_m is not None and one.storey_height_m is not None:
                values["top_m"] = one.bottom_height_m + one.storey_height_m
        else:
            values |= _sizes(one, extent)
        if layer is BUILDINGS:
            values |= {
                "parent": one.building if one.kind == "part" else None,
                "storeys": inside.get(one.id) or _stated_storeys(one),
                "lod": extent.lod if extent else None,
            }
        elif layer is SPACES:
            values |= {
                "long_name": one.long_name or None,
                "building": one.building,
                "storey": one.storey,
                "zones": "、".join(zones[one.id]) if one.id in zones else None,
            }
        elif layer is ELEMENTS:
            values |= {
                "type": one.type_name or None,
                "tag": one.tag or None,
                "discipline": one.discipline or None,
                "material": "、".join(one.materials) or None,
                "building": one.building,
                "storey": one.storey,
                "space": one.space,
                "parent": one.parent,
                "lod": extent.lod if extent else None,
            }
        rows[layer.name].append(values)
        grounds[layer.name].append(extent.ground if extent else None)
    layers = {layer.name: layer for layer in OBJECT_LAYERS.values()}
    return {name: _features(layers[name], grounds[name], some) for name, some in rows.items()}


def model_row(
    model: BuildingModel, extents: Sequence[Extents | None], record: ModelRecord
) -> tuple[Any, dict[str, Any]]:
    """The row of a model: what it covers (the hull of its buildings, or of all that it has), and its fields."""
    known = [extent for extent in extents if extent is not None]
    built = [
        e
        for e, o in zip(extents, model.objects, strict=True)
        if e is not None and o.kind in ("building", "part")
    ]
    kinds = Counter(one.kind for one in model.objects)
    hull = (
        shapely.convex_hull(shapely.geometrycollections([e.ground for e in built or known]))
        if known
        else None
    )
    if hull is not None and hull.geom_type != "Polygon":
        hull = hull.buffer(1e-7, quad_segs=1)
    return hull, {
        "code": record.code,
        "name": record.name or model.name,
        "version": record.version,
        "schema": model.schema,
        "discipline": record.discipline or _disciplines(model.objects),
        "cim_level": record.cim_level,
        "lod": max((e.lod for e in known), default="") or None,
        "author": record.author or model.facts.get("author") or None,
        "source": record.source or None,
        "surveyed": record.surveyed,
        "height_datum": model.placement.height_datum or None,
        "bottom_m": _lowest(known),
        "top_m": _highest(known),
        "buildings": kinds["building"],
        "storeys": kinds["storey"],
        "spaces": kinds["space"],
        "elements": kinds["element"],
        "triangles": sum(len(model.meshes[s.mesh].triangles) for o in model.objects for s in o.shapes),
        "faults": len(model.faults),
        "content": record.content,
        "loaded_at": record.loaded_at,
    }


def storey_numbers(objects: Sequence[ModelObject]) -> dict[str, int]:
    """The number of each storey among those of its building: 1 for the one at ±0 or next above it, then 2 …; -1 for
    the next below, then -2 …. Storeys at one height share a number.

    >>> levels = (("a", -4.5), ("b", 0.0), ("c", 4.2), ("d", 4.2))
    >>> storey_numbers([ModelObject(i, "storey", "IfcBuildingStorey", elevation_m=e) for i, e in levels])
    {'a': -1, 'b': 1, 'c': 2, 'd': 2}
    """
    levels: dict[str | None, dict[str, float]] = {}
    for one in objects:
        if one.kind == "storey" and one.elevation_m is not None:
            levels.setdefault(one.building, {})[one.id] = round(one.elevation_m, 2)
    numbers: dict[str, int] = {}
    for storeys in levels.values():
        heights = np.array(sorted(set(storeys.values())))
        below = int((heights < -0.5).sum())  # a street level is seldom exactly at 0
        order = {height: i - below + (1 if i >= below else 0) for i, height in enumerate(heights.tolist())}
        numbers |= {name: order[height] for name, height in storeys.items()}
    return numbers


def _with_parts(model: BuildingModel, extents: Sequence[Extents | None]) -> list[Extents | None]:
    """The extents, those of buildings with that of their parts: heights, ground and volume of all together.

    A building or storey that has no shape covers what is in it: its elements, else its spaces.
    """
    whole = list(extents)
    parts: dict[str, list[Extents]] = {}
    for one, extent in zip(model.objects, extents, strict=True):
        if one.kind == "part" and one.building is not None and extent is not None:
            parts.setdefault(one.building, []).append(extent)
    for i, one in enumerate(model.objects):
        if one.kind == "building" and one.id in parts:
            own = extents[i]
            some = [*([own] if own is not None else []), *parts[one.id]]
            volumes = [e.volume_m3 for e in some]
            ground = _union(some)
            whole[i] = Extents(
                ground,
                _lowest(some),
                _highest(some),
                ground_area_m2(ground),
                None if any(v is None for v in volumes) else sum(v for v in volumes if v is not None),
                {},
                max(e.lod for e in some),
            )
    inside = _contents(model, extents)
    for i, one in enumerate(model.objects):
        if whole[i] is None and one.kind in ("building", "storey") and one.id in inside[one.kind]:
            some = inside[one.kind][one.id]
            ground = _union(some)
            whole[i] = Extents(
                ground,
                _lowest(some),
                _highest(some),
                ground_area_m2(ground),
                None,
                {},
                max(e.lod for e in some),
            )
    return whole


def _contents(model: BuildingModel, extents: Sequence[Extents | None]) -> dict[str, dict[str, list[Extents]]]:
    """The extents of what is in each building and each storey: of its elements, else of its spaces."""
    found: dict[str, dict[str, dict[str, list[Extents]]]] = {
        kind: {"building": {}, "storey": {}} for kind in ("element", "space")
    }
    for one, extent in zip(model.objects, extents, strict=True):
        if extent is None or one.kind not in found:
            continue
        for home, name in (("building", one.building), ("storey", one.storey)):
            if name is not None:
                found[one.kind][home].setdefault(name, []).append(extent)
    return {home: found["space"][home] | found["element"][home] for home in ("building", "storey")}


def _lowest(extents: Sequence[Extents]) -> float | None:
    return min((e.bottom_m for e in extents if e.bottom_m is not None), default=None)


def _highest(extents: Sequence[Extents]) -> float | None:
    return max((e.top_m for e in extents if e.top_m is not None), default=None)


def _union(extents: Sequence[Extents]) -> Any:
    """What they cover together, in lon, lat."""
    whole = shapely.union_all(shapely.make_valid(np.array([e.ground for e in extents], object)))
    parts = [p for p in shapely.get_parts(whole) if p.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def ground_area_m2(ground: Any) -> float:
    """The area of a geometry in lon, lat on the ellipsoid, m².

    >>> round(ground_area_m2(shapely.box(112.97, 28.19, 112.971, 28.191)), 1)
    10881.5
    """
    return abs(float(_ELLIPSOID.geometry_area_perimeter(ground)[0]))


def _sizes(one: ModelObject, extent: Extents | None) -> dict[str, Any]:
    """Area, volume and what they come of: the shape before the quantity that the file states."""
    if extent is not None:
        return {
            "area_m2": _round(extent.area_m2),
            "volume_m3": _round(extent.volume_m3),
            "measured_by": "geometry",
        }
    stated = one.area_m2 is not None or one.volume_m3 is not None
    return {
        "area_m2": one.area_m2,
        "volume_m3": one.volume_m3,
        "measured_by": "quantity" if stated else None,
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _top(one: ModelObject) -> float | None:
    if one.bottom_height_m is None or one.storey_height_m is None:
        return None
    return one.bottom_height_m + one.storey_height_m


def _stated_storeys(one: ModelObject) -> int | None:
    value = one.properties.get("storeysAboveGround")
    return value if isinstance(value, int) else None


def _zones(model: BuildingModel) -> dict[str, list[str]]:
    names = {one.id: one.name or one.id for one in model.objects if one.kind == "zone"}
    found: dict[str, list[str]] = {}
    for relation in model.relations:
        if relation.kind == "member_of" and relation.to in names:
            found.setdefault(relation.object, []).append(names[relation.to])
    return found


def _disciplines(objects: Sequence[ModelObject]) -> str | None:
    known = Counter(one.discipline for one in objects if one.discipline)
    return known.most_common(1)[0][0] if known else None


def _json(properties: Mapping[str, Any]) -> str | None:
    if not properties:
        return None
    return orjson.dumps(properties, option=orjson.OPT_NON_STR_KEYS, default=str).decode()


def _features(layer: Layer, grounds: list[Any], rows: list[dict[str, Any]]) -> Features:
    geometry: Geometries = np.empty(len(rows), object)
    geometry[:] = grounds
    columns = {f.name: [row.get(f.name) for row in rows] for f in layer.fields}
    schema = layer.schema()
    table = pa.table(
        [pa.array(columns[name], schema.field(name).type) for name in schema.names], schema=schema
    )
    return Features(geometry, table)
