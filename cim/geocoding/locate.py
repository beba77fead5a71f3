"""Geocoding: the position of coordinates, codes, addresses, names, crossings and kilometres.

`locate_place` answers many queries at once and recognises what a text is: coordinates in any notation, an H3 cell, a
BeiDou code, the code of an area, a crossing of two roads, a kilometre of a road, or else an address or a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import h3
import numpy as np
import shapely
from numpy.typing import NDArray

from cim.areas.owners import Owners
from cim.errors import BadInput, CityError, NotFound
from cim.geocoding import coordinate_text, crossings, house_numbers, named_areas, other_cities, search
from cim.geocoding.answers import AlternativePlace, LocatedPlace, PlaceFields
from cim.geocoding.search import Hit
from cim.model.standard_layers import AREAS
from cim.operations.features import row_of
from cim.space import beidou_grid as beidou
from cim.space import crs
from cim.space.crs import Datum
from cim.state import CityState
from cim.text.normalize import is_blank

#: Maximum queries of one request.
MOST_QUERIES = 1000
#: Words around an address that are not part of it, and the accuracy that they take away.
_AROUND = re.compile(r"(?:附近|旁边|旁|对面|门口|门前|一带|周边|周围|这里|那里)$")
_BEFORE = re.compile(r"^(?:请问|我在|位于|地址[:：]?|在|到|去)(?=.{3})")
_AROUND_M = 50.0
_METHODS = {
    "addresses": "address",
    "roads": "road",
    "areas": "area",
    "places": "place",
    "buildings": "building",
}
#: A result with a lower score says that only part of the text fits.
_SURE = 0.75
#: Layers that are themselves geocoded are not searched.
_NO_PLACES = ("incidents", "sensors", "components")
_JOINED = r"(?:与|和|跟|、|/|&|＆|×|@|\band\b)"
_CROSSING_WORDS = (
    r"(?:的)?\s*(?:十字路口|丁字路口|交叉路口|交叉口|交汇处|交汇口|交会处|交界处|相交处|交口|路口|口"
    r"|crossing|intersection|junction)"
)
_CROSSING = re.compile(rf"^(.{{2,40}}?)\s*{_JOINED}\s*(.{{2,40}}?)\s*({_CROSSING_WORDS})?$", re.I)
_CORNER = re.compile(r"^(.{1,20}?(?:路|街|道|巷|线))(.{1,20}?(?:路|街|道|巷|线))(?:交叉|交汇)?(?:路)?口$")
_STAKE = re.compile(r"^(.*?)\s*[Kk]\s*(\d{1,4})(?:\s*\+\s*(\d{1,3})(?:\.\d+)?)?\s*(?:处|段)?$")
_KILOMETRE = re.compile(
    r"^(.*?)\s*第?(\d{1,4}(?:\.\d+)?)\s*(?:公里|千米|km)(?:桩|处)?(?:(\d{1,3})米)?$", re.I
)
_BEIDOU = re.compile(r"^[NS](?:0[1-9]|[1-5]\d|60)[A-V][0-9A-F]*$|^[NS][01]\d{2}[0-9A-V]{28}$")


_CODE_LENGTHS = "a code has 6 digits (district), 9 (street), 12 (community) or 15 (unit grid)"


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """One query. It gives the place in exactly one way; `focus` (lon, lat, WGS84) favours results near it."""

    text: str | None = None
    position: tuple[float, float] | None = None
    x: float | None = None
    y: float | None = None
    epsg: int | None = None
    h3: str | None = None
    code: str | None = None
    beidou: str | None = None
    crossing: tuple[str, str] | None = None
    road: str | None = None
    km: float | None = None
    number: int | None = None
    datum: Datum | None = None
    focus: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """A position (lon, lat, WGS84), its accuracy, the method that found it, and alternatives."""

    lon: float
    lat: float
    accuracy_m: float
    method: str
    score: float = 1.0
    name: str | None = None
    layer: str | None = None
    id: str | int | None = None
    notes: tuple[str, ...] = ()
    alternatives: tuple[Located, ...] = field(default=())
    indexing: tuple[str, ...] = ()

    @property
    def fields(self) -> PlaceFields:
        """The fields that an answer shows, without the owners."""
        return {
            "position": [round(self.lon, 7), round(self.lat, 7)],
            "accuracy_m": round(self.accuracy_m, 2),
            "method": self.method,
            "score": round(self.score, 4),
            "name": self.name,
            "layer": self.layer,
            "id": self.id,
            "notes": list(self.notes) or None,
        }


def locate_place(
    state: CityState, queries: Sequence[PlaceQuery], *, limit: int = 5
) -> list[Located | CityError]:
    """The place of each query in order, or the error that says why there is none.

    `limit`: the maximum number of places for each query, alternatives included. `BadInput` for too many queries or a
    limit out of range.
    """
    if len(queries) > MOST_QUERIES:
        raise BadInput(f"{len(queries)} questions are too many for one request; at most {MOST_QUERIES}")
    if not 1 <= limit <= 50:
        raise BadInput(f"limit {limit} is out of range: 1 to 50")
    answers: list[Located | CityError] = []
    for query in queries:
        try:
            answers.append(_locate(state, query, limit))
        except CityError as error:
            answers.append(error)
    return answers


def describe_places(
    state: CityState, answers: Sequence[Located | CityError]
) -> list[LocatedPlace | CityError]:
    """The places as answers show them: with their owners and the areas of their alternatives. Errors stay in place."""
    places = [a for a in answers if isinstance(a, Located)]
    everything = [p for place in places for p in (place, *place.alternatives)]
    points = np.array([(p.lon, p.lat) for p in everything]).reshape(-1, 2)
    owners = iter(state.owners(points)) if len(points) else iter(())
    out: list[LocatedPlace | CityError] = []
    for answer in answers:
        if not isinstance(answer, Located):
            out.append(answer)
            continue
        mine = next(owners)
        others = [AlternativePlace(**a.fields, areas=_short(next(owners))) for a in answer.alternatives]
        indexing = list(answer.indexing) or None
        out.append(LocatedPlace(**answer.fields, owners=mine, alternatives=others, indexing=indexing))
    return out


def _short(owners: Owners) -> list[str]:
    """The names of the areas down to the street."""
    return [a.name for a in owners.areas if a.level in ("city", "district", "street")]


def _locate(state: CityState, query: PlaceQuery, limit: int) -> Located:
    ways = {
        "text": query.text is not None,
        "position": query.position is not None,
        "x, y": query.x is not None or query.y is not None,
        "h3": query.h3 is not None,
        "code": query.code is not None,
        "beidou": query.beidou is not None,
        "crossing": query.crossing is not None,
        "road": query.road is not None,
    }
    given = [name for name, there in ways.items() if there]
    if len(given) != 1:
        said = ", ".join(given) or "none"
        raise BadInput(f"say the place in one way; given: {said}; there are: {', '.join(ways)}")
    _require_fitting(query, given[0])
    if query.focus is not None:
        crs.check_positions(np.array([query.focus], np.float64), "focus")
    if query.text is not None:
        return _locate_text(state, query, limit)
    if query.position is not None:
        made = coordinate_text.degrees(*query.position)
        return _locate_coordinate(made, query.datum or "wgs84")
    if ways["x, y"]:
        if query.x is None or query.y is None:
            raise BadInput("x and y are needed both")
        epsg = query.epsg if query.epsg is not None else crs.parse_crs(state.metric_crs).to_epsg() or 0
        return _locate_coordinate(
            coordinate_text.from_projected(query.x, query.y, epsg, middle_of(state)), "cgcs2000"
        )
    if query.h3 is not None:
        return _locate_h3(query.h3)
    if query.code is not None:
        return _locate_code(state, query.code)
    if query.beidou is not None:
        return _locate_beidou(query.beidou)
    if query.crossing is not None:
        return _locate_crossing(state, *query.crossing, query.focus, limit)
    assert query.road is not None
    if query.km is not None:
        return _locate_kilometre(state, query.road, query.km, limit)
    address = query.road + (f"{query.number}号" if query.number is not None else "")
    return _locate_address(state, address, query.focus, limit)


def _require_fitting(query: PlaceQuery, way: str) -> None:
    """Raise `BadInput` for a field that has no meaning for this kind of query, because ignoring it would mislead."""
    for name, value, goes_with in (
        ("epsg", query.epsg, "x, y"),
        ("km", query.km, "road"),
        ("number", query.number, "road"),
    ):
        if value is not None and way != goes_with:
            raise BadInput(f"{name} goes with {goes_with}, not with {way}")
    if query.datum in ("gcj02", "bd09") and way not in ("text", "position"):
        raise BadInput(f"datum goes with text or position, not with {way}")
    if query.km is not None and query.number is not None:
        raise BadInput("of a road say km or number, one of the two")


def middle_of(state: CityState) -> tuple[float, float]:
    """A point (lon, lat, WGS84) near the centre of the city."""
    west, south, east, north = state.core()
    return (west + east) / 2, (south + north) / 2


# -- text --------------------------------------------------------------------------------------------


def _locate_text(state: CityState, query: PlaceQuery, limit: int) -> Located:
    assert query.text is not None
    text = unicodedata.normalize("NFKC", query.text[: search.MOST_CHARACTERS]).strip()
    if is_blank(text):
        raise BadInput("the text is empty: give coordinates, a code, an address or a name")
    found = coordinate_text.parse(query.text, middle_of(state), state.metric_crs)
    if found is not None:
        return _locate_coordinate(found, query.datum or "wgs84")
    compact = re.sub(r"\s+", "", text)
    if re.fullmatch(r"8[0-9a-fA-F]{14}", compact) and h3.is_valid_cell(compact.lower()):
        return _locate_h3(compact)
    if len(compact) >= 7 and _BEIDOU.match(compact.upper()):
        return _locate_beidou(compact)
    if re.fullmatch(r"\d{6}(\d{3}){0,3}|\d{12}R\d{2}", compact):
        return _locate_code(state, compact)
    found_road = _kilometre(text)
    # K12 alone may also be part of a name.
    is_sure = re.search(r"\+|公里|千米|km", text, re.I) is not None
    if found_road is not None and (is_sure or crossings.roads(state, found_road[0], 1)):
        return _locate_kilometre(state, *found_road, limit)
    named = named_areas.named_in(state.areas, text)
    if named is None:
        crossed = _crossing(state, text, query.focus, limit)
    else:
        lon, lat = named.point.tolist()
        crossed = _crossing(state, named.rest, query.focus or (lon, lat), limit)
    if crossed is not None:
        return crossed
    return _locate_address(state, text, query.focus, limit)


def _locate_coordinate(found: coordinate_text.Coordinate, datum: Datum) -> Located:
    lonlat = np.array([[found.lon, found.lat]])
    datum = found.datum or datum
    lon, lat = crs.to_wgs84(crs.check_positions(lonlat), datum)[0].tolist()
    method = found.method if datum in ("wgs84", "cgcs2000") else f"{found.method}_{datum}"
    return Located(lon, lat, found.accuracy_m, method, notes=found.notes)


def _locate_h3(cell: str) -> Located:
    cell = cell.strip().lower()
    if not h3.is_valid_cell(cell):
        raise BadInput(f"{cell!r} is no H3 cell; one has 15 hexadecimal digits, such as 8a418900c4effff")
    lat, lon = h3.cell_to_latlng(cell)
    across = max(
        h3.great_circle_distance((lat, lon), corner, unit="m") for corner in h3.cell_to_boundary(cell)
    )
    return Located(lon, lat, across, "h3", name=cell)


def _locate_beidou(code: str) -> Located:
    cell = beidou.decode(code)
    lon, lat = cell.centre
    high = (cell.north - cell.south) / 2 * 111_195.0
    wide = (cell.east - cell.west) / 2 * 111_195.0 * float(np.cos(np.radians(lat)))
    return Located(lon, lat, float(np.hypot(wide, high)), "beidou", name=cell.code)


def _locate_code(state: CityState, code: str) -> Located:
    code = code.strip()
    snapshot = state.snapshot(AREAS.name)
    try:
        row = row_of(snapshot, code, state.today)
    except NotFound as error:
        for length in (12, 9, 6):
            parent = code[:length]
            if len(parent) < len(code) and (snapshot.matching({"code": parent})[snapshot.rows]).any():
                raise NotFound(
                    f"no area has the code {code}; the area {parent} is there, of which it would be a part"
                ) from error
        raise NotFound(f"no area has the code {code!r}; {_CODE_LENGTHS}") from error
    rows = np.array([row])
    name, level = (snapshot.attributes(rows, [f])[f][0].as_py() for f in ("name", "level"))
    box = search.metric_boxes(snapshot, rows)[0]
    if box[0] > box[2]:
        raise NotFound(f"area {code} ({name}) has no shape")
    lon, lat = shapely.get_coordinates(snapshot.labels.geometry(rows))[0].tolist()
    return Located(
        lon,
        lat,
        float(np.hypot(*(box[2:] - box[:2]))) / 2,
        level or "area",
        name=name,
        layer=AREAS.name,
        id=code,
    )


# -- roads -------------------------------------------------------------------------------------------


def _kilometre(text: str) -> tuple[str, float] | None:
    """The road and the kilometre of G4京港澳高速K1532+300, of 三环线12.3公里处."""
    stake = _STAKE.match(text)
    if stake and stake[1].strip():
        return stake[1].strip(), int(stake[2]) + int(stake[3] or 0) / 1000.0
    kilometre = _KILOMETRE.match(text)
    if kilometre and kilometre[1].strip():
        return kilometre[1].strip(), float(kilometre[2]) + int(kilometre[3] or 0) / 1000.0
    return None


def _locate_kilometre(state: CityState, road: str, km: float, limit: int) -> Located:
    whole, metres = divmod(round(km * 1000), 1000)
    stake = f"K{whole}+{metres:03d}"
    found = [
        Located(lon, lat, 20.0, "kilometre", min(r.score, 1.0), f"{r.name} {stake}", r.snapshot.layer.name)
        for lon, lat, r in crossings.at_kilometre(state, road, km)
    ]
    return replace(found[0], alternatives=tuple(found[1:limit]))


def _crossing(state: CityState, text: str, focus: tuple[float, float] | None, limit: int) -> Located | None:
    """The crossing that a text names; None where it names none. Without a word for crossing, both parts must be
    roads."""
    plain = _AROUND.sub("", text)
    match = _CROSSING.match(re.sub(r"^(?:the\s+)?corner\s+of\s+", "", plain, flags=re.I))
    corner = _CORNER.match(plain)
    if match:
        one, other, said = match[1], match[2], match[3] is not None
        if said and match[3].startswith("路"):
            other += "路"  # 五一大道与韶山路口: the 路 is the road's
    elif corner:
        one, other, said = corner[1], corner[2], True
    else:
        return None
    try:
        return _locate_crossing(state, one, other, focus, limit)
    except NotFound:
        if said:
            raise
        return None


def _locate_crossing(
    state: CityState, one: str, other: str, focus: tuple[float, float] | None, limit: int
) -> Located:
    found = [
        Located(
            c.lon,
            c.lat,
            c.accuracy_m,
            "crossing",
            min(c.score, 1.0),
            f"{c.names[0]}与{c.names[1]}交叉口",
            notes=c.notes,
        )
        for c in crossings.crossings(state, one, other)
    ]
    if focus is not None:
        here = crs.to_metric(np.array([focus]), state.metric_crs)[0]
        there = crs.to_metric(np.array([(f.lon, f.lat) for f in found]), state.metric_crs)
        away = np.hypot(*(there - here).T)
        found = [found[i] for i in np.lexsort((away, [-round(f.score, 2) for f in found]))]
    return replace(found[0], alternatives=tuple(found[1:limit]))


# -- addresses and names -----------------------------------------------------------------------------


def _locate_address(state: CityState, text: str, focus: tuple[float, float] | None, limit: int) -> Located:
    asked = _BEFORE.sub("", text)
    around = _AROUND.search(asked)
    asked = _AROUND.sub("", asked) or asked
    asked = other_cities.strip_own_region(state.snapshot(AREAS.name), state.settings.name_zh, asked)
    near: NDArray[np.float64] | None = None
    if focus is not None:
        near = np.array(focus, np.float64)
    found = search.search_city(state, asked, focus=near, limit=limit + 2, leave_out=_NO_PLACES, least=0.3)
    wanted = house_numbers.asked_number(asked)
    hits = [h for h in found.hits if house_numbers.may_be(state.snapshots[h.layer], h, wanted)]
    placed = [_from_hit(hit) for hit in hits]
    estimated = house_numbers.between(state, asked, near)
    if estimated is not None:
        e = estimated
        made = Located(e.lon, e.lat, e.accuracy_m, e.method, e.score, e.name, e.layer, notes=(e.note,))
        placed = [made, *placed]
    elif wanted is not None and not any(_has_number(h, wanted) for h in hits[:1]):
        whole = _road_as_a_whole(state, asked, wanted, near)
        placed = whole + [p for p in placed if (p.layer, p.id) not in {(w.layer, w.id) for w in whole}]
    if not placed or placed[0].score < search.ENOUGH:
        near_misses = ", ".join(str(p.name) for p in placed[:3])
        hint = f"; a little like it: {near_misses}" if near_misses else ""
        waiting = (
            f"; not yet searched, as they are being indexed: {', '.join(found.indexing)}"
            if found.indexing
            else ""
        )
        raise NotFound(
            f"nothing in {state.settings.name_zh} is called {text!r}{hint}{_no_code(text)}{waiting}"
        )
    best = placed[0]
    if best.score < _SURE and not best.notes:
        best = replace(best, notes=(f"only part of the text fits ({best.score:.0%}); see the alternatives",))
    if around:
        best = replace(
            best,
            accuracy_m=best.accuracy_m + _AROUND_M,
            notes=(*best.notes, f"“{around[0]}”: the place is near, not at it"),
        )
    others = tuple(p for p in placed[1:limit] if p.score >= 0.6 * best.score)
    return replace(best, alternatives=others, indexing=found.indexing)


def _no_code(text: str) -> str:
    """The end of a sentence that says what is wrong with a text that looks like a code; empty for any other text."""
    if re.fullmatch(r"\d{4,20}", text):
        return f"; {_CODE_LENGTHS}, this has {len(text)}"
    if re.fullmatch(r"8[0-9a-f]{8,19}", text.lower()):
        return f"; an H3 cell has 15 hexadecimal digits and is one of the globe's, this has {len(text)}"
    return ""


def _has_number(hit: Hit, wanted: int) -> bool:
    return house_numbers.asked_number(hit.text) == wanted


def _road_as_a_whole(
    state: CityState, asked: str, wanted: int, near: NDArray[np.float64] | None
) -> list[Located]:
    """The road of an address with an unknown house number, if there is such a road."""
    names = [t.snapshot.layer.name for t in crossings.road_layers(state)]
    without = house_numbers.without_number(asked)
    if not names or is_blank(without):
        return []
    found = search.search_city(state, without, focus=near, limit=1, layers=names, least=search.ENOUGH).hits
    note = f"no house {wanted} is known on {found[0].text}; this is the road as a whole" if found else ""
    return [replace(_from_hit(hit), score=0.8 * hit.score, notes=(note,)) for hit in found]


def _from_hit(hit: Hit) -> Located:
    method = _METHODS.get(hit.layer, "name")
    return Located(
        lon=hit.lon,
        lat=hit.lat,
        accuracy_m=hit.accuracy_m,
        method=method,
        score=hit.score,
        name=hit.text,
        layer=hit.layer,
        id=hit.id,
    )
