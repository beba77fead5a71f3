"""REST resources of what is placed: incidents, resources, sensors, components, units, areas, closures, speeds."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Request
from starlette.responses import Response

from cim.access.caller import Caller
from cim.city import City
from cim.errors import BadInput
from cim.live import speeds
from cim.model.layer import Layer
from cim.model.standard_layers import OWNED_AS_OF, PLACED
from cim.model.text import Text
from cim.operations import records
from cim.operations.features import row_of
from cim.operations.messages import HEIGHT_NOT_KEPT
from cim.operations.place_notes import far_lines_note, place_notes
from cim.snapshot.extent import Extent
from cim.space import crs
from cim.space.crs import Datum
from spatial_api.http.bodies import WriteRoute
from spatial_api.http.body_sizes import takes_body
from spatial_api.http.bounds import BBox, bounds_of
from spatial_api.http.dependencies import AskedBy, AskedCity, answer
from spatial_api.http.idempotency import GivenKey, Keep, answered_once, worked_out
from spatial_api.http.positions import has_height
from spatial_api.routes.records.doors import DOORS, Beside, Door
from spatial_api.routes.records.speed_models import MeasuredSpeed, SpeedsRequest

_GEOJSON = "application/geo+json"
_LIST_PARAMETERS = ("bbox", "limit", "after", "count")


def _conditions(request: Request, name: str) -> dict[str, Any]:
    """Query parameters that are fields, as conditions; a comma means any of several."""
    types = {f.name: f.type for f in PLACED[name].fields}
    where: dict[str, Any] = {}
    for field, text in request.query_params.items():
        if field in _LIST_PARAMETERS:
            continue
        if field not in types:
            raise BadInput(
                f"{name} can't be filtered by {field!r}; by: {', '.join([*_LIST_PARAMETERS, *types])}"
            )
        where[field] = [part if types[field] == "text" else _number(part) for part in text.split(",")]
    return where


def _number(text: str) -> Any:
    """A query parameter as the number or text that it says."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _router(door: Door) -> APIRouter:
    """The REST resource of one kind of placed thing."""
    name, body, zh = door.kind.name, door.body, door.title_zh
    router = APIRouter(prefix=f"/{name}", tags=[f"{name} {zh}"], route_class=WriteRoute)

    @router.get("", summary=f"{zh}列表 List {name}")
    def listing(
        request: Request,
        city: AskedCity,
        caller: AskedBy,
        bbox: BBox = None,
        limit: int = 100,
        after: int = 0,
        count: bool = False,
    ) -> Response:
        """As GeoJSON, page by page (`after`), within `bbox`; any field is a filter (`status=idle,busy`)."""
        page = records.listing(
            city.snapshots,
            name,
            caller,
            bounds=bounds_of(bbox) if bbox is not None else None,
            where=_conditions(request, name),
            limit=limit,
            after=after,
            count=count,
        )
        collection: dict[str, Any] = {"type": "FeatureCollection", "features": page.features}
        if page.matched is not None:
            collection["numberMatched"] = page.matched
        if page.after is not None:
            following = str(request.url.include_query_params(after=page.after))
            collection["links"] = [{"rel": "next", "href": following, "type": _GEOJSON}]
        return answer(collection, media_type=_GEOJSON)

    @router.get("/{code}", summary=f"一个{zh} One of them")
    def read(code: str, city: AskedCity, caller: AskedBy) -> Response:
        """One, as a GeoJSON feature."""
        return answer(records.read(city.state(), name, code, caller), media_type=_GEOJSON)

    def create(given: Any, city: AskedCity, caller: AskedBy, key: GivenKey = None) -> Response:
        """Place one. Its owning areas and H3 cell are filled in; the answer is the feature as stored.

        `notes` (zh, en) say what is odd about its place: far from the city, in no area, before the areas began.
        With a new incident come its `duplicates`: those that may be the same; with a closure its `effect` on the roads.
        Either is null where the change was made but could not be looked at yet.
        """

        def place(keep: Keep | None) -> dict[str, Any]:
            extent = city.extent
            made = records.create(
                city.writer,
                name,
                _required_geometry(door, given, city),
                door.values(given),
                caller,
                note=door.note(given),
                in_transaction=keep,
            )
            beside = _beside(door.beside, city, made["id"], caller)
            return made | beside | _notes(made, city, door, given, extent)

        later = {door.beside.name: None} if door.beside is not None else None
        body = answered_once(city, caller, key, f"/{name}", given, place, besides=later)
        place_of = f"/{name}/{quote(orjson.loads(body)['id'], safe='')}"
        return Response(body, 201, {"Location": place_of}, _GEOJSON)

    def change(code: str, given: Any, city: AskedCity, caller: AskedBy) -> Response:
        """Change the fields that the body names, and move it where a position is given."""
        extent = city.extent
        made = records.change(
            city.writer,
            name,
            code,
            door.values(given),
            caller,
            geometry=door.geometry(given, city),
            note=door.note(given),
        )
        if door.beside is not None and door.beside.after_change:
            made |= _beside(door.beside, city, made["id"], caller)
        made |= _notes(made, city, door, given, extent)
        return answer(made, media_type=_GEOJSON)

    if body is not None:
        # FastAPI reads the body's model from the annotation, which differs by kind.
        create.__annotations__["given"] = body
        change.__annotations__["given"] = body
        router.post("", status_code=201, summary=f"新建{zh} Place one")(create)
        router.patch("/{code}", summary=f"修改{zh} Change one")(change)

    @router.delete("/{code}", status_code=204, summary=f"删除{zh} Remove one")
    def remove(code: str, city: AskedCity, caller: AskedBy) -> Response:
        """Remove one."""
        records.remove(city.writer, name, code, caller)
        return Response(status_code=204)

    return router


def _beside(beside: Beside | None, city: City, code: str, caller: Caller) -> dict[str, Any]:
    """What is answered beside a thing that was just placed or changed."""
    if beside is None:
        return {}
    return {beside.name: worked_out(beside.name, lambda: beside.find(city.state(), code, caller))}


def _notes(made: dict[str, Any], city: City, door: Door, given: Any, extent: Extent | None) -> dict[str, Any]:
    """The `notes` of a feature as stored, where its place is odd or was given with a height."""
    notes = worked_out("notes", lambda: _place_notes(made, city, door.kind.layer, extent)) or []
    if has_height(getattr(given, "position", None)) or has_height(getattr(given, "geometry", None)):
        notes = [*notes, HEIGHT_NOT_KEPT]
    return {"notes": notes} if notes else {}


def _place_notes(made: dict[str, Any], city: City, layer: Layer, extent: Extent | None) -> list[Text]:
    if made["geometry"] is None:
        return []
    values = dict(made["properties"])
    field = OWNED_AS_OF.get(layer.name, "")
    if isinstance(values.get(field), str):
        values[field] = dt.datetime.fromisoformat(values[field])
    geometry = shapely.from_geojson(orjson.dumps(made["geometry"]))
    return place_notes(city.state(), layer, geometry, values, extent)


def _required_geometry(door: Door, given: Any, city: City) -> Any:
    geometry = door.geometry(given, city)
    if geometry is None and door.kind.geometry is not None:
        raise BadInput(f"{door.kind.name}: a {door.kind.geometry} is needed")
    return geometry


_by_kind = {door.kind.name: _router(door) for door in DOORS}
routers = tuple(_by_kind.values())


@_by_kind["speeds"].post("", status_code=201, summary="实测车速上报 Feed measured speeds")
@takes_body(16_000_000)  # 20,000 measurements with lines of some ten positions
def feed_speeds(given: SpeedsRequest, city: AskedCity, caller: AskedBy, key: GivenKey = None) -> Response:
    """Keep measured speeds, each in place of the one of its stretch; answers by road respect them as long as they
    hold. All of them, or none and every fault."""
    now = dt.datetime.now(dt.UTC)

    def feed(keep: Keep | None) -> dict[str, Any]:
        reports = [_speed_report(m, given.datum) for m in given.measurements]
        measured = speeds.measurements_of(city.state(), reports, now)
        done = speeds.feed_speeds(city.writer, measured, caller, keep)
        notes = worked_out(
            "notes", lambda: far_lines_note(city.extent, np.array([m.line for m in measured], object))
        )
        return {**done, "notes": notes} if notes else done

    body = answered_once(city, caller, key, "/speeds", given, feed)
    return Response(body, 201, media_type="application/json")


def _speed_report(m: MeasuredSpeed, datum: Datum) -> speeds.SpeedReport:
    line = shapely.LineString(crs.to_wgs84(crs.check_positions(np.array(m.line), "position"), datum))
    return speeds.SpeedReport(line, m.speed_kmh, m.duration_s, m.observed_at, m.holds_s, m.code, m.source)


@_by_kind["incidents"].get("/{code}/history", summary="处置过程 Status history of an incident")
def history(code: str, city: AskedCity) -> Response:
    """Every status that the incident had, oldest first, with when, by whom and the note."""
    return answer({"history": _history(city, code)})


def _history(city: City, code: str) -> list[dict[str, Any]]:
    row_of(city.snapshot("incidents"), code, city.today())
    return [
        {"status": e["status"], "at": e["at"], "actor": e["actor"], "note": e["note"]}
        for e in city.store.history(code)
    ]
