"""What the city is: its layers, levels and kinds; and whether it is well."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from fastapi import APIRouter, Request
from starlette.responses import Response

from cim.arrays import open_files
from cim.city import City
from cim.grids.partition import in_force_on
from cim.model.layer import in_order
from cim.model.standard_layers import LEVELS, RESOURCE_KINDS
from spatial_api.http.dependencies import AskedCity, answer
from tiles.vector.registry import PyramidRegistry

router = APIRouter(tags=["city 城市"])


@router.get("/health", summary="健康 Is the service well?")
async def health(request: Request, city: AskedCity) -> Response:
    """200 while the service answers from the store's current state, 503 with the trouble otherwise.

    `degraded`: layers are `lost`, as another program dropped or renamed their tables; the others answer. `preparing`
    names what of the roads is still being made after a start or a change, the network and then the profiles: a question
    about them waits for that work. `warnings` lists what is not wrong yet but will be under load; `stray_rows` tells of
    rows that lie far from the city or have no position on earth, as somebody wrote them from outside.
    """
    lost = city.store.lost
    said: dict[str, Any] = {
        "status": "trouble" if city.trouble is not None else "degraded" if lost else "ok",
        "version": version("citybase"),
        "store": city.settings.store.split(":")[0].split("+")[0],
        "seq": city.seq,
        "layers": len(city.snapshots),
        "features": sum(len(s) for s in city.snapshots.values()),
    }
    stray = request.app.state.stray_rows.find(city.snapshots, city.extent)
    if stray:
        said["stray_rows"] = [one.as_dict() for one in stray]
    if city.roads.under_way:
        said["preparing"] = {"roads": city.roads.under_way}
    if lost:
        said["lost"] = [{"layer": name, "what": what} for name, what in lost.items()]
    if city.store.unregistered:
        said["not_registered"] = [table.name for table in city.store.unregistered]
    if city.trouble is not None:
        said["trouble"] = city.trouble
    if (few := open_files.too_few()) is not None:
        said.setdefault("warnings", []).append(few)
    return answer(said, 200 if city.trouble is None else 503)


@router.get("/city", summary="城市概况 What is loaded")
def city_described(request: Request, city: AskedCity) -> Response:
    """Name, extent, layers with their fields and counts, levels and kinds of resources."""
    names = [layer.name for layer in in_order(s.layer for s in city.snapshots.values())]
    of_level, of_kind = _counts(city, "areas", "level"), _counts(city, "resources", "kind")
    bounds, core = city.bounds(names), city.core()
    described = {
        "name_zh": city.settings.name_zh,
        "name_en": city.settings.name_en,
        "crs": city.settings.crs,
        "metric_crs": city.metric_crs,
        "timezone": city.settings.timezone,
        "bounds": bounds,
        "core": core,
        "centre": [(core[0] + core[2]) / 2, (core[1] + core[3]) / 2],
        "schematic": any("schematic" in s.layer.source.lower() for s in city.snapshots.values()),
        "layers": [_layer(city, name, request.app.state.tile_maker.pyramids) for name in names],
        "levels": [
            {"level": level, "name_zh": zh, "name_en": en, "count": count}
            for level, (zh, en) in LEVELS.items()
            if (count := of_level.get(level, 0))
        ],
        "resource_kinds": [
            {"kind": kind, "name_zh": zh, "name_en": en, "count": count}
            for kind, (zh, en) in RESOURCE_KINDS.items()
            if (count := of_kind.get(kind, 0))
        ],
    }
    return answer(described)


def _layer(city: City, name: str, pyramids: PyramidRegistry) -> dict[str, Any]:
    snapshot = city.snapshot(name)
    layer = snapshot.layer
    return {
        "name": name,
        "kind": layer.kind,
        "geometry": layer.geometry,
        "title_zh": layer.title_zh or name,
        "title_en": layer.title_en or name,
        "count": len(snapshot),
        "bounds": snapshot.bounds,
        "min_zoom": pyramids.rule(snapshot).min_zoom,
        "version": snapshot.version,
        "source": layer.source,
        "licence": layer.licence,
        "order": layer.order,
        "visible": layer.visible,
        "fields": [
            {
                "name": f.name,
                "type": f.type,
                "title_zh": f.title_zh or f.name,
                "title_en": f.title_en or f.name,
            }
            for f in layer.fields
        ],
    }


def _counts(city: City, layer: str, field: str) -> dict[str, int]:
    snapshot = city.snapshots.get(layer)
    if snapshot is None:  # its table is gone, which /health says
        return {}
    dates = ["valid_from", "valid_to"] if layer == "areas" else []
    table = snapshot.attributes(snapshot.rows, [field, *dates])
    if layer == "areas":  # those that were redrawn are still there
        table = table.filter(pa.array(in_force_on(table, city.today())))
    counted = pc.value_counts(table[field])
    return {entry["values"]: entry["counts"] for entry in counted.to_pylist()}
