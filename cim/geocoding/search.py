"""Text search over everything in the city that has a name or an address.

Results are ranked by how well the text fits, and by their distance to a focus point where one is given. A text that
occurs in several places (a name used in two districts) has one result for each place; nearby pieces of a road are one.
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

from cim.areas.ownership import Areas
from cim.arrays.types import Boxes, RowIds
from cim.errors import BadInput
from cim.geocoding import named_areas
from cim.geocoding.named_areas import Named
from cim.model.standard_layers import PLACED, in_force
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState
from cim.text import normalize as text
from cim.text.index import TextIndex, weight_of
from cim.text.registry import LayerTexts

#: Longer texts are cut to this many characters.
MOST_CHARACTERS = 500
#: Minimum score of a result.
ENOUGH = 0.45
#: Maximum rows of one name that are considered.
_MOST_ROWS = 1000
#: Rows of one name that are no farther apart than this are one place.
_APART_M = 400.0
#: The score that a place at the focus gains, and the distance at which it gains half of that.
_NEAR_GAIN, _NEAR_M = 0.12, 1500.0
#: Small bonuses that decide between layers where texts fit equally well.
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
    """One result: the feature and the text that fits, its position (lon, lat, WGS84) and its score."""

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
    """The results, best first, and the large layers that were not searched because their index is still being built."""

    hits: list[Hit]
    indexing: tuple[str, ...]


def search_city(
    state: CityState,
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
    """The places whose name or address fits the question best.

    `focus` (float64[2] lon, lat, WGS84) favours places near it. `layers` names the layers to search (None: all) and
    `leave_out` those to skip. `least` is the minimum score. `wait_s` is the time to wait for an index that is being
    built. `typing` means that the end of the question is still missing. `BadInput` for an empty question or a limit out
    of range, `NotFound` for an unknown layer.
    """
    question = question[:MOST_CHARACTERS]
    if text.is_blank(question):
        raise BadInput("the text to search for is empty: give a name or an address")
    if not 1 <= limit <= 100:
        raise BadInput(f"limit {limit} is out of range: 1 to 100")
    wanted = [state.snapshot(n) for n in layers] if layers is not None else list(state.snapshots.values())
    wanted = [s for s in wanted if s.layer.name not in leave_out and state.texts.has(s)]
    known = [texts for s in wanted if (texts := state.texts.texts_of(s, wait_s)) is not None]
    ready = {texts.snapshot.layer.name for texts in known}
    indexing = tuple(s.layer.name for s in wanted if s.layer.name not in ready and len(s))
    most, day = 4 * limit + 10, state.today
    spots = _best_spots(_fitting(known, question, most, typing), focus, limit, least, day)
    named = named_areas.named_in(state.areas, question)
    if named is not None:
        inside = _best_spots(
            _fitting(known, named.rest, most, typing),
            named.point if focus is None else focus,
            limit,
            least,
            day,
        )
        spots += _where_named(state.areas, named, question, inside, keep_distance=focus is not None)
    spots.sort(key=lambda s: (-round(s.rank, 3), s.spread_m))
    return Found([s.hit() for s in _without_copies(spots)[:limit]], indexing)


@dataclass(frozen=True, slots=True, eq=False)
class _Spot:
    """A place where a fitting text occurs, before it is turned into a `Hit`: its best row, and its extent in metres."""

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
        """The score plus the bonus for being near the focus."""
        return self.score + (
            0.0 if self.distance_m is None else _NEAR_GAIN / (1.0 + self.distance_m / _NEAR_M)
        )

    def hit(self) -> Hit:
        """The result for this place."""
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
    """The fitting texts of all layers, best first."""
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
        # No bonus for nearness or for a named area makes up for a score this low.
        if score < least or (len(spots) >= limit and score < best - gain - 0.1) or len(spots) >= 4 * limit:
            break
        spots += _spots(texts, index, at, score, focus, day)
    return spots


def _where_named(
    areas: Areas, named: Named, question: str, spots: list[_Spot], *, keep_distance: bool
) -> list[_Spot]:
    """The places for the rest of a question, with a lower score where they are outside the areas that it names."""
    if not spots:
        return []
    middles = crs.from_metric(np.array([s.middle for s in spots]), areas.snapshot.metric_crs)
    share = named.share_inside(areas, middles)
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
    """The places without repetitions of one feature that was found by two of its texts."""
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
    """One spot for each place where the text occurs."""
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
    """The boxes of rows in metres, float64[n, 4]; inf, inf, -inf, -inf for a row without geometry."""
    n = len(snapshot.base)
    out = np.empty((len(rows), 4))
    fresh = rows >= n
    out[~fresh] = snapshot.base.metric_tree[rows[~fresh]]
    out[fresh] = snapshot.delta.metric_tree[rows[fresh] - n]
    return out


def identity(snapshot: Snapshot, row: int) -> str | int:
    """The id of this row in answers: its code in a layer of placed things, else its fid."""
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
    """A point (lon, lat) of the row's shape: a polygon's label point, or the point of a line nearest to `near`."""
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
    """For each area code, the row that is in force on the day."""
    table: pa.Table = snapshot.attributes(rows, ["code", "valid_from", "valid_to"])
    by_code: dict[str, list[int]] = {}
    records = table.to_pylist()
    for i, record in enumerate(records):
        by_code.setdefault(record["code"], []).append(i)
    kept = [members[in_force([records[i] for i in members], day)] for members in by_code.values()]
    return rows[np.array(sorted(kept), np.int64)]
