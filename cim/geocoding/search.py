"""Search by text: what a person typed, over everything in the city that has a name or an address.

Ranked by how well the text fits, and by nearness to a focus point where one is given. A text that stands in
several places (a road of many pieces, one name in two districts) is one answer for each place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import Boxes, RowIds
from cim.city import City
from cim.errors import BadInput
from cim.geocoding import named_areas
from cim.geocoding.named_areas import Named
from cim.model.standard_layers import PLACED, in_force
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.text import normalize as text
from cim.text.index import TextIndex, weight_of
from cim.text.registry import LayerTexts

#: A text is cut to so many characters before it is looked at; nobody types more.
MOST_CHARACTERS = 500
#: What fits less is not what was meant.
ENOUGH = 0.45
#: Rows of one name that are looked at.
_MOST_ROWS = 1000
#: Pieces of one name that are no further apart are one place.
_APART_M = 400.0
#: How much a place next to the focus gains, and the distance at which it gains half of it.
_NEAR_GAIN, _NEAR_M = 0.12, 1500.0
#: What is asked for rather by this name than by others: small gains among texts that fit alike.
_RANKS = {
    "areas": 0.03,
    "places": 0.03,
    "roads": 0.02,
    "addresses": 0.02,
    "units": -0.01,
    "resources": -0.05,
    "sensors": -0.05,
    "incidents": -0.03,
    "components": -0.07,
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One place found: whose text fits, where it is, and how well."""

    layer: str
    id: str | int
    text: str
    field: str
    score: float
    lon: float
    lat: float
    #: Half of its extent; of a point 10 m.
    accuracy_m: float
    row: int
    distance_m: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The places found, best first, and the large layers whose index is still being made."""

    hits: list[Hit]
    indexing: tuple[str, ...]


def search_city(
    city: City,
    question: str,
    *,
    focus: NDArray[np.float64] | None = None,
    limit: int = 10,
    layers: Sequence[str] | None = None,
    leave_out: Sequence[str] = (),
    least: float = ENOUGH,
    wait_s: float | None = None,
    typing: bool = False,
) -> Found:
    """The places whose name or address fits the question best; `focus` is lon, lat (WGS84).

    `layers` are those to look in (None: all); `typing`: the question is not typed to its end.
    `BadInput` for an empty question, `NotFound` for an unknown layer.
    """
    question = question[:MOST_CHARACTERS]
    if text.is_blank(question):
        raise BadInput("the text to search for is empty: give a name or an address")
    if not 1 <= limit <= 100:
        raise BadInput(f"limit {limit} is out of range: 1 to 100")
    wanted = [city.snapshot(n) for n in layers] if layers is not None else list(city.snapshots.values())
    wanted = [s for s in wanted if s.layer.name not in leave_out and city.texts.has(s)]
    known = [texts for s in wanted if (texts := city.texts.texts_of(s, wait_s)) is not None]
    ready = {texts.snapshot.layer.name for texts in known}
    indexing = tuple(s.layer.name for s in wanted if s.layer.name not in ready and len(s))
    most, day = 4 * limit + 10, city.today()
    spots = _best_spots(_fitting(known, question, most, typing), focus, limit, least, day)
    named = named_areas.named_in(city, question)
    if named is not None:
        inside = _best_spots(
            _fitting(known, named.rest, most, typing),
            named.point if focus is None else focus,
            limit,
            least,
            day,
        )
        spots += _where_named(city, named, question, inside, keep_distance=focus is not None)
    spots.sort(key=lambda s: (-round(s.rank, 3), s.spread_m))
    return Found([s.hit() for s in _without_copies(spots)[:limit]], indexing)


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """One place where a text that fits stands, not yet worked out: its best row, and how far it spreads, in metres."""

    score: float
    texts: LayerTexts
    index: TextIndex
    at: int
    row: int
    middle: NDArray[np.float64]
    spread_m: float
    near: NDArray[np.float64]
    distance_m: float | None

    @property
    def rank(self) -> float:
        """The score, and what nearness to the focus adds to it."""
        return self.score + (
            0.0 if self.distance_m is None else _NEAR_GAIN / (1.0 + self.distance_m / _NEAR_M)
        )

    def hit(self) -> Hit:
        """The place worked out."""
        snapshot = self.texts.snapshot
        lon, lat = _position(snapshot, self.row, self.near)
        return Hit(
            layer=snapshot.layer.name,
            id=identity(snapshot, self.row),
            text=self.texts.text(self.index, self.at),
            field=self.texts.field(self.index, self.at),
            score=min(self.score, 1.0),
            lon=lon,
            lat=lat,
            accuracy_m=max(self.spread_m, 10.0),
            row=self.row,
            distance_m=self.distance_m,
        )


_Fitting = list[tuple[float, LayerTexts, TextIndex, int]]


def _fitting(known: Sequence[LayerTexts], question: str, most: int, typing: bool) -> _Fitting:
    """The texts of all layers that fit, best first."""
    found = [
        (score + _RANKS.get(texts.snapshot.layer.name, 0.0), texts, index, at)
        for texts in known
        for score, index, at in texts.find(question, most, typing=typing)
    ]
    return sorted(found, key=lambda f: -f[0])


def _best_spots(
    found: _Fitting, focus: NDArray[np.float64] | None, limit: int, least: float, day: dt.date
) -> list[_Spot]:
    spots: list[_Spot] = []
    best = found[0][0] if found else 0.0
    gain = _NEAR_GAIN if focus is not None else 0.0
    for score, texts, index, at in found:
        # What is this far behind can't come forward, by being near or in an area that was named.
        if score < least or (len(spots) >= limit and score < best - gain - 0.1) or len(spots) >= 4 * limit:
            break
        spots += _spots(texts, index, at, score, focus, day)
    return spots


def _where_named(
    city: City, named: Named, question: str, spots: list[_Spot], *, keep_distance: bool
) -> list[_Spot]:
    """The places for the rest of a question, less good where they are not in the areas that it names."""
    if not spots:
        return []
    middles = crs.from_metric(np.array([s.middle for s in spots]), city.metric_crs)
    share = named.share_inside(city.areas, middles)
    rest = weight_of(named.rest) / max(weight_of(question), 1e-9)
    return [
        replace(
            s,
            score=(s.score - 0.01) * (rest + (1.0 - rest) * part),
            distance_m=s.distance_m if keep_distance else None,
        )
        for s, part in zip(spots, share.tolist(), strict=True)
    ]


def _without_copies(spots: list[_Spot]) -> list[_Spot]:
    """The places without those that say again what a better one said: one thing by two of its texts."""
    kept: dict[tuple[str, int], _Spot] = {}
    for spot in spots:
        kept.setdefault((spot.texts.snapshot.layer.name, spot.row), spot)
    return list(kept.values())


def _spots(
    texts: LayerTexts,
    index: TextIndex,
    at: int,
    score: float,
    focus: NDArray[np.float64] | None,
    day: dt.date,
) -> list[_Spot]:
    """One spot for each place where the text stands."""
    snapshot = texts.snapshot
    rows = texts.rows(index, at)
    if snapshot.layer.name == "areas" and len(rows) > 1:
        rows = _in_force(snapshot, rows, day)
    boxes = metric_boxes(snapshot, rows)
    placed = boxes[:, 0] <= boxes[:, 2]
    rows, boxes = rows[placed], boxes[placed]
    if not len(rows):
        return []
    here = crs.to_metric(focus[None], snapshot.metric_crs)[0] if focus is not None else None
    if len(rows) > _MOST_ROWS:
        order = np.argsort(_away(boxes, here))[:_MOST_ROWS] if here is not None else np.arange(_MOST_ROWS)
        rows, boxes = rows[order], boxes[order]
    place = places_of(boxes, _APART_M)
    spots = []
    for k in range(int(place.max()) + 1):
        members = np.flatnonzero(place == k)
        box = np.concatenate([boxes[members, :2].min(axis=0), boxes[members, 2:].max(axis=0)])
        middle = (box[:2] + box[2:]) / 2.0
        near = here if here is not None and snapshot.layer.geometry == "line" else middle
        chosen = int(members[int(np.argmin(_away(boxes[members], near)))])
        away = None if here is None else float(_away(boxes[members], here).min())
        spot = _Spot(
            score=score,
            texts=texts,
            index=index,
            at=at,
            row=int(rows[chosen]),
            middle=(boxes[chosen, :2] + boxes[chosen, 2:]) / 2.0,
            spread_m=float(np.hypot(*(box[2:] - box[:2]))) / 2.0,
            near=near,
            distance_m=away,
        )
        spots.append(spot)
    return spots


def metric_boxes(snapshot: Snapshot, rows: RowIds) -> NDArray[np.float64]:
    """The rows' boxes in metres, float64[n, 4]; without geometry inf, inf, -inf, -inf."""
    n = len(snapshot.base)
    out = np.empty((len(rows), 4))
    fresh = rows >= n
    out[~fresh] = snapshot.base.metric_tree[rows[~fresh]]
    out[fresh] = snapshot.delta.metric_tree[rows[fresh] - n]
    return out


def identity(snapshot: Snapshot, row: int) -> str | int:
    """What the thing of this row is called in answers: its code where the layer has codes, else its fid."""
    if snapshot.layer.name in PLACED:
        code: str = snapshot.attributes(np.array([row]), ["code"])["code"][0].as_py()
        return code
    return int(snapshot.fids(np.array([row]))[0])


def _away(boxes: Boxes, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres from the point to each box."""
    gap = np.maximum(np.maximum(boxes[:, :2] - point, point - boxes[:, 2:]), 0.0)
    return np.hypot(gap[:, 0], gap[:, 1])


@njit(nogil=True, cache=True)
def places_of(boxes: Any, apart_m: Any) -> Any:
    """The place of each box, counted from 0: boxes no further apart than `apart_m` are one place, and so on."""
    n = len(boxes)
    place = np.full(n, -1, np.int64)
    waiting = np.empty(n, np.int64)
    count = 0
    for first in range(n):
        if place[first] >= 0:
            continue
        place[first], waiting[0], depth = count, first, 1
        while depth > 0:
            depth -= 1
            i = waiting[depth]
            for j in range(n):
                if place[j] < 0:
                    dx = max(boxes[j, 0] - boxes[i, 2], boxes[i, 0] - boxes[j, 2])
                    dy = max(boxes[j, 1] - boxes[i, 3], boxes[i, 1] - boxes[j, 3])
                    if max(dx, dy) <= apart_m:
                        place[j], waiting[depth] = count, j
                        depth += 1
        count += 1
    return place


def _position(snapshot: Snapshot, row: int, near: NDArray[np.float64]) -> tuple[float, float]:
    """A point on or in the row's shape: of a polygon its label point, of a line the point nearest to `near`."""
    rows = np.array([row])
    if snapshot.layer.geometry == "line":
        line = snapshot.metric_geometry(rows)[0]
        at = shapely.line_interpolate_point(line, shapely.line_locate_point(line, shapely.Point(near)))
        lon, lat = crs.from_metric(shapely.get_coordinates(at), snapshot.metric_crs)[0].tolist()
        return lon, lat
    shape = (
        snapshot.labels.geometry(rows)[0]
        if snapshot.layer.geometry == "polygon"
        else snapshot.geometry(rows)[0]
    )
    lon, lat = shapely.get_coordinates(shape)[0].tolist()
    return lon, lat


def _in_force(snapshot: Snapshot, rows: RowIds, day: dt.date) -> NDArray[np.int64]:
    """Of the rows of each area code the one in force on the day."""
    table: pa.Table = snapshot.attributes(rows, ["code", "valid_from", "valid_to"])
    by_code: dict[str, list[int]] = {}
    records = table.to_pylist()
    for i, record in enumerate(records):
        by_code.setdefault(record["code"], []).append(i)
    kept = [members[in_force([records[i] for i in members], day)] for members in by_code.values()]
    return rows[np.array(sorted(kept), np.int64)]
