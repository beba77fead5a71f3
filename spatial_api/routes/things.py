"""REST resources of what is placed: incidents, resources, sensors, components, units and areas."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import numpy as np
import orjson
import shapely
from fastapi import APIRouter, Request
from starlette.responses import Response

from cim import closures, crs, duplicates, geojson, things
from cim.city import City
from cim.errors import BadInput
from cim.placed import PLACED
from spatial_api import models
from spatial_api.asked import AskedBy, AskedCity, answer

_GEOJSON = "application/geo+json"
_LIST_PARAMETERS = ("bbox", "limit", "after", "count")


def bounds_of(bbox: str) -> tuple[float, float, float, float]:
    """`west,south,east,north` as numbers; else `BadInput`.

    >>> bounds_of("112.9,28.1,113,28.3")
    (112.9, 28.1, 113.0, 28.3)
    """
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError as error:
        raise BadInput(f"bbox {bbox!r} is not west,south,east,north in degrees") from error
    crs.check_positions(np.array([[west, south], [east, north]]), "bbox corner")
    if west > east or south > north:
        raise BadInput(f"bbox {bbox!r}: west must not be east of east, nor south north of north")
    return west, south, east, north


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
        values = text.split(",") if types[field] == "text" else [_number(text)]
        where[field] = values
    return where


def _number(text: str) -> Any:
    """A query parameter as the number or text that it says."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return text


def _geometry(given: Any, city: City) -> Any:
    """The shapely geometry that a request body says: a position or GeoJSON, in WGS84; None for none."""
    if isinstance(given, models.ClosureRequest):
        if given.geometry is None:
            return None
        return closures.shape_of(given.geometry, given.datum, city.metric_crs)
    if isinstance(given, models.AreaRequest):
        if given.geometry is None:
            return None
        return geojson.polygon(given.geometry, given.datum, "area")
    if given.position is None:
        return None
    point = crs.check_positions(np.array([given.position], np.float64), "position")
    return shapely.Point(crs.to_wgs84(point, given.datum)[0])


def _values(given: Any, name: str) -> dict[str, Any]:
    """What the body says of the fields; what it does not name stays as it is."""
    besides = {"position", "geometry", "datum", *(["note"] if name == "incidents" else [])}
    said = given.model_dump(by_alias=True, exclude_unset=True, exclude=besides)
    if name == "incidents" and "position" in given.model_fields_set:
        said["datum"] = given.datum
    if name == "closures" and given.geometry is not None:
        said["drawn_as"] = closures.drawn_as(given.geometry)
    return dict(said)


def _router(name: str, body: type[models.Request], zh: str) -> APIRouter:
    """The REST resource of one kind of placed thing."""
    router = APIRouter(prefix=f"/{name}", tags=[f"{name} {zh}"])

    @router.get("", summary=f"{zh}列表 List {name}")
    def listing(
        request: Request,
        city: AskedCity,
        caller: AskedBy,
        bbox: str | None = None,
        limit: int = 100,
        after: int = 0,
        count: bool = False,
    ) -> Response:
        """As GeoJSON, page by page (`after`), within `bbox`; any field is a filter (`status=idle,busy`)."""
        page = things.listing(
            city,
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
        return answer(things.read(city, name, code, caller), media_type=_GEOJSON)

    def create(given: Any, city: AskedCity, caller: AskedBy) -> Response:
        """Place one. Its owning areas and H3 cell are filled in; the answer is the feature as stored.

        With a new incident come its `duplicates`: those that may be the same.
        """
        geometry = _required_geometry(given, name, city)
        made = things.create(
            city,
            name,
            geometry,
            _values(given, name),
            caller,
            note=given.note if name == "incidents" else None,
        )
        if name == "incidents":
            made["duplicates"] = duplicates.of_incident(city, made["id"], caller)
        response = answer(made, 201, _GEOJSON)
        response.headers["Location"] = f"/{name}/{quote(made['id'], safe='')}"
        return response

    def change(code: str, given: Any, city: AskedCity, caller: AskedBy) -> Response:
        """Change the fields that the body names, and move it where a position is given."""
        made = things.change(
            city,
            name,
            code,
            _values(given, name),
            caller,
            geometry=_geometry(given, city),
            note=given.note if name == "incidents" else None,
        )
        return answer(made, media_type=_GEOJSON)

    # FastAPI reads the body's model from the annotation, which differs by kind.
    create.__annotations__["given"] = body
    change.__annotations__["given"] = body
    router.post("", status_code=201, summary=f"新建{zh} Place one")(create)
    router.patch("/{code}", summary=f"修改{zh} Change one")(change)

    @router.delete("/{code}", status_code=204, summary=f"删除{zh} Remove one")
    def remove(code: str, city: AskedCity, caller: AskedBy) -> Response:
        """Remove one."""
        things.remove(city, name, code, caller)
        return Response(status_code=204)

    return router


def _required_geometry(given: Any, name: str, city: City) -> Any:
    geometry = _geometry(given, city)
    if geometry is None and name != "units":
        what = "geometry" if name in ("areas", "closures") else "position"
        raise BadInput(f"{name}: a {what} is needed")
    return geometry


routers = [
    _router("incidents", models.IncidentRequest, "事件"),
    _router("resources", models.ResourceRequest, "资源"),
    _router("sensors", models.SensorRequest, "感知设备"),
    _router("components", models.ComponentRequest, "管理部件"),
    _router("units", models.UnitRequest, "单位"),
    _router("areas", models.AreaRequest, "管理区域"),
    _router("closures", models.ClosureRequest, "封路"),
]


@routers[0].get("/{code}/history", summary="处置过程 Status history of an incident")
def history(code: str, city: AskedCity) -> Response:
    """Every status that the incident had, oldest first, with when, by whom and the note."""
    return answer({"history": _history(city, code)})


def _history(city: City, code: str) -> list[dict[str, Any]]:
    things.row_of(city.snapshot("incidents"), code)
    return [
        {"status": e["status"], "at": e["at"], "actor": e["actor"], "note": e["note"]}
        for e in city.store.history(code)
    ]
