"""Places by what people call them: locate, search, suggest while typing, and the way back from a position to words."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from numpy.typing import NDArray
from starlette.responses import Response

from cim.city import City
from cim.errors import BadInput, CityError
from cim.geocoding.answers import LocatedPlace, PositionNamed, PositionsNamed, SearchResults
from cim.geocoding.locate import PlaceQuery, describe_places, locate_place
from cim.geocoding.reverse import reverse_geocode
from cim.geocoding.search import MOST_CHARACTERS
from cim.geocoding.search_results import search_places, suggest_places
from cim.text import normalize
from spatial_api.http.answers import answers
from spatial_api.http.bodies import BodyRoute
from spatial_api.http.dependencies import AskedCity, answer
from spatial_api.http.models import one_or_many
from spatial_api.http.positions import lonlat_of
from spatial_api.http.problems import describe
from spatial_api.routes.geocoding.answers import LocatedPlaces, PlaceNotFound
from spatial_api.routes.geocoding.models import LocateQuery, LocateRequest, ReverseRequest

router = APIRouter(prefix="/spatial", tags=["locate 定位"], route_class=BodyRoute)

MOST_REVERSED = 1000
_WORDS = Query(
    max_length=MOST_CHARACTERS,
    description="名称、地址、拼音或首字母 a name, an address, pinyin or initials",
)
_FOCUS = Query(
    description="经度,纬度 lon,lat (WGS84): what is near it comes first", examples=["112.976,28.195"]
)
_LAYERS = Query(description="图层，逗号分隔 layers to look in, with commas; default: all")


@router.post("/locate", summary="在哪里 Where is this?", **answers(LocatedPlace | LocatedPlaces))
def locate(request: LocateRequest, city: AskedCity) -> Response:
    """Position (WGS84), accuracy, how it was found, score, owners and alternatives of one place, or of each query.

    `text` is recognised by itself. In `results` a question that can't be answered has an `error` in its place.
    """
    own = request.model_dump(exclude={"queries", "limit"}, exclude_none=True)
    if request.queries is None:
        found = locate_place(city.state(), [_query(request)], limit=request.limit)
        if isinstance(found[0], CityError):
            raise found[0]
        return answer(describe_places(city.state(), found)[0])
    if own:
        raise BadInput(f'with "queries", say each place inside it; beside it stands: {", ".join(own)}')
    found = locate_place(city.state(), [_query(q) for q in request.queries], limit=request.limit)
    results = [
        PlaceNotFound(None, describe(a)) if isinstance(a, CityError) else a
        for a in describe_places(city.state(), found)
    ]
    return answer(LocatedPlaces(results))


def _query(said: LocateQuery) -> PlaceQuery:
    return PlaceQuery(
        text=said.text,
        position=said.position,
        x=said.x,
        y=said.y,
        epsg=said.epsg,
        h3=said.h3,
        code=said.code,
        beidou=said.beidou,
        crossing=said.crossing,
        road=said.road,
        km=said.km,
        number=said.number,
        datum=said.datum,
        focus=said.focus,
    )


@router.get("/search", summary="搜索 Search names and addresses", **answers(SearchResults))
def search(
    city: AskedCity,
    q: Annotated[str, _WORDS],
    focus: Annotated[str | None, _FOCUS] = None,
    layers: Annotated[str | None, _LAYERS] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> Response:
    """Whatever has a name or an address like `q`, best first, each with its position and areas.

    Typing errors, missing districts, full width, traditional characters, pinyin and initials are understood.
    """
    return answer(
        search_places(city.state(), q, focus=_lonlat(city, focus), layers=_names_in(layers), limit=limit)
    )


@router.get("/suggest", summary="输入提示 Suggestions while typing", **answers(SearchResults))
def suggest(
    city: AskedCity,
    q: Annotated[str, _WORDS],
    focus: Annotated[str | None, _FOCUS] = None,
    layers: Annotated[str | None, _LAYERS] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 8,
) -> Response:
    """What `q` may become when it is typed to its end: the same as a search, from the first letter on."""
    if normalize.is_blank(q):
        return answer(SearchResults([], []))
    return answer(
        suggest_places(city.state(), q, focus=_lonlat(city, focus), layers=_names_in(layers), limit=limit)
    )


def _names_in(layers: str | None) -> list[str] | None:
    return None if layers is None else [name.strip() for name in layers.split(",") if name.strip()]


def _lonlat(city: City, said: str | None) -> NDArray[np.float64] | None:
    """The point of lon,lat in an address, perhaps with a height, which counts for nothing."""
    if said is None:
        return None
    try:
        lon, lat, *_ = (float(v) for v in said.split(",", 2))
    except ValueError:
        raise BadInput(f"focus {said!r} is not lon,lat, such as 112.976,28.195") from None
    checked: NDArray[np.float64] = lonlat_of(city, [[lon, lat]], what="focus")[0]
    return checked


@router.post(
    "/reverse", summary="这是哪里 What is this position called?", **answers(PositionNamed | PositionsNamed)
)
def reverse(request: ReverseRequest, city: AskedCity) -> Response:
    """The address line in Chinese and English, and the nearest road, crossing, house, building and place."""
    many = one_or_many("point", request.point, request.points)
    if len(many) > MOST_REVERSED:
        raise BadInput(f"{len(many)} points are too many for one request; at most {MOST_REVERSED}")
    lonlat = lonlat_of(city, many, request.datum)
    results = reverse_geocode(city.state(), lonlat)
    return answer(results[0] if request.points is None else PositionsNamed(results))
