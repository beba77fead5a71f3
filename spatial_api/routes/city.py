"""What the city is: its layers, levels and kinds; and whether it is well."""

from __future__ import annotations

from importlib.metadata import version

import pyarrow.compute as pc
from fastapi import APIRouter, Request
from starlette.responses import Response

from cim.arrays import open_files
from cim.city import City
from cim.model.layer import in_order
from cim.model.standard_layers import AREAS, LEVELS, RESOURCE_KINDS, RESOURCES
from cim.snapshot.snapshot import Snapshot
from spatial_api.http.answers import answers
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.routes.city_answers import (
    CityDescribed,
    FieldDescribed,
    Health,
    KindCount,
    LayerDescribed,
    LevelCount,
    LostLayer,
    RoadsPreparing,
)
from tiles.vector.registry import PyramidRegistry

router = APIRouter(tags=["city 城市"])


@router.get(
    "/health",
    summary="健康 Is the service well?",
    responses={status: {"model": Health} for status in (200, 503)},
)
async def health(request: Request, city: AskedCity) -> Response:
    """200 while the service answers from the store's current state, 503 with the trouble otherwise.

    `degraded`: layers are `lost`, as another program dropped or renamed their tables; the others answer. `preparing`
    names what of the roads is still being made after a start or a change, the network and then the profiles: a question
    about them waits for that work. `warnings` lists what could not be built (a text index, the levels of tiles, the
    network of roads) and what is not wrong yet but will be under load; `stray_rows` tells of rows that lie far from the
    city or have no position on earth, as somebody wrote them from outside.
    """
    store = city.store
    pyramids = request.app.state.tile_maker.pyramids
    warnings = [*city.texts.troubles, *city.roads.troubles, *pyramids.troubles]
    if (few := open_files.too_few()) is not None:
        warnings.append(few)
    stray = request.app.state.stray_rows.find(city.snapshots, city.extent)
    found = Health(
        status="trouble" if city.trouble is not None else "degraded" if store.lost else "ok",
        version=version("citybase"),
        store=city.settings.store.split(":")[0].split("+")[0],
        seq=city.seq,
        layers=len(city.snapshots),
        features=sum(len(s) for s in city.snapshots.values()),
        stray_rows=stray or None,
        preparing=RoadsPreparing(under_way) if (under_way := city.roads.under_way) else None,
        lost=[LostLayer(name, what) for name, what in store.lost.items()] or None,
        not_registered=[table.name for table in store.unregistered] or None,
        trouble=city.trouble,
        warnings=warnings or None,
    )
    return answer(found, 200 if city.trouble is None else 503)


@router.get("/city", summary="城市概况 What is loaded", **answers(CityDescribed))
def city_described(request: Request, city: AskedCity) -> Response:
    """Name, extent, layers with their fields and counts, levels and kinds of resources."""
    names = [layer.name for layer in in_order(s.layer for s in city.snapshots.values())]
    settings, core, of_kind = city.settings, city.state().core(), _resources_by_kind(city)
    described = CityDescribed(
        name_zh=settings.name_zh,
        name_en=settings.name_en,
        crs=settings.crs,
        metric_crs=city.metric_crs,
        timezone=settings.timezone,
        bounds=city.bounds(names),
        core=core,
        centre=[(core[0] + core[2]) / 2, (core[1] + core[3]) / 2],
        schematic=any("schematic" in s.layer.source.lower() for s in city.snapshots.values()),
        layers=[_layer(city.snapshot(name), request.app.state.tile_maker.pyramids) for name in names],
        levels=[
            LevelCount(level, *LEVELS[level], count)
            for level, count in _areas_by_level(city).items()
            if count
        ],
        resource_kinds=[
            KindCount(kind, zh, en, count)
            for kind, (zh, en) in RESOURCE_KINDS.items()
            if (count := of_kind.get(kind, 0))
        ],
    )
    return answer(described)


def _layer(snapshot: Snapshot, pyramids: PyramidRegistry) -> LayerDescribed:
    layer = snapshot.layer
    return LayerDescribed(
        name=layer.name,
        kind=layer.kind,
        geometry=layer.geometry,
        title_zh=layer.title_zh or layer.name,
        title_en=layer.title_en or layer.name,
        count=len(snapshot),
        bounds=snapshot.bounds,
        min_zoom=pyramids.rule(snapshot).min_zoom,
        version=snapshot.version,
        source=layer.source,
        licence=layer.licence,
        order=layer.order,
        visible=layer.visible,
        fields=[
            FieldDescribed(f.name, f.type, f.title_zh or f.name, f.title_en or f.name) for f in layer.fields
        ],
    )


def _areas_by_level(city: City) -> dict[str, int]:
    """How many areas of each level are in force today; those that were redrawn are still in the table."""
    if AREAS.name not in city.snapshots:  # its table is gone, which /health says
        return {}
    areas = city.areas
    return {level: len(areas.rows(level)) for level in LEVELS}


def _resources_by_kind(city: City) -> dict[str, int]:
    snapshot = city.snapshots.get(RESOURCES.name)
    if snapshot is None:
        return {}
    counted = pc.value_counts(snapshot.attributes(snapshot.rows, ["kind"])["kind"])
    return {entry["values"]: entry["counts"] for entry in counted.to_pylist()}
