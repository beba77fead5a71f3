"""House numbers that are missing from the data, estimated from their neighbours on the same road."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cim.geocoding import search
from cim.geocoding.search import Hit
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState
from cim.text import normalize

#: The fields of a layer of addresses that has house numbers.
ROAD, NUMBER = "road", "number"
#: Neighbours whose numbers differ by more than this are not used.
_FURTHEST = 40
#: Addresses farther away than this are on another road of the same name.
_ONE_ROAD_M = 6000.0
_SAID = re.compile(r"(\d{1,5})(?:号(?!线)|$)")


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimated place (lon, lat, WGS84) between two known house numbers, or at the last one."""

    lon: float
    lat: float
    accuracy_m: float
    method: str
    score: float
    name: str
    layer: str
    note: str


def asked_number(question: str) -> int | None:
    """The house number in a question: 158 of 五一大道158号3栋, also as 一百五十八號.

    >>> asked_number("五一大道一百五十八號3栋"), asked_number("五一大道"), asked_number("地铁2号线")
    (158, None, None)
    """
    found = _SAID.search(normalize.spelt(normalize.symbols_of(question)))
    return int(found[1]) if found else None


def without_number(question: str) -> str:
    """The question without its house number, in the form in which texts are compared.

    >>> without_number("五一大道158號")
    '五一大道'
    """
    return _SAID.sub(" ", normalize.spelt(normalize.symbols_of(question)), count=1).strip()


def between(state: CityState, question: str, focus: NDArray[np.float64] | None) -> Estimate | None:
    """An estimate for the house number in the question; None where the number is in the data, or has no neighbours.

    The place is interpolated between the nearest lower and higher number on the same side of the road (odd or even);
    beyond the last known number it is that number's place.
    """
    wanted = asked_number(question)
    if wanted is None:
        return None
    without = without_number(question)
    for name, snapshot in state.snapshots.items():
        types = {f.name: f.type for f in snapshot.layer.fields}
        if types.get(ROAD) != "text" or types.get(NUMBER) != "integer" or snapshot.layer.geometry != "point":
            continue
        mine = search.search_city(
            state, question, focus=focus, limit=1, layers=[name], least=search.ENOUGH
        ).hits
        if mine and _number_of(snapshot, mine[0].row) == wanted:
            return None
        if not normalize.is_blank(without):
            near = search.search_city(
                state, without, focus=focus, limit=1, layers=[name], least=search.ENOUGH
            ).hits
            if near:
                return _estimate(snapshot, near[0], wanted)
    return None


def may_be(snapshot: Snapshot, hit: Hit, wanted: int | None) -> bool:
    """Whether a hit in this layer can answer a question with the house number `wanted`: it can't where it is an address
    with another number."""
    if wanted is None or NUMBER not in snapshot.layer.field_names or snapshot.layer.geometry != "point":
        return True
    return _number_of(snapshot, hit.row) in (None, wanted)


def _number_of(snapshot: Snapshot, row: int) -> int | None:
    number: int | None = snapshot.attributes(np.array([row]), [NUMBER])[NUMBER][0].as_py()
    return number


def _estimate(snapshot: Snapshot, hit: Hit, wanted: int) -> Estimate | None:
    road = snapshot.attributes(np.array([hit.row]), [ROAD])[ROAD][0].as_py()
    if road is None:
        return None
    rows = snapshot.rows[snapshot.matching({ROAD: road})[snapshot.rows]]
    numbers = np.array(
        [n if n is not None else -1 for n in snapshot.attributes(rows, [NUMBER])[NUMBER].to_pylist()],
        np.int64,
    )
    places = search.metric_boxes(snapshot, rows)[:, :2]
    here = crs.to_metric(np.array([[hit.lon, hit.lat]]), snapshot.metric_crs)[0]
    known = (numbers > 0) & (np.hypot(*(places - here).T) < _ONE_ROAD_M)
    same = known & (numbers % 2 == wanted % 2)
    known = same if same.any() else known
    if not known.any():
        return None
    numbers, places = numbers[known], places[known]
    order = np.argsort(numbers, kind="stable")
    numbers, places = numbers[order], places[order]
    at = int(np.searchsorted(numbers, wanted))
    if at < len(numbers) and numbers[at] == wanted:
        return None  # the data has it in another spelling, which the search finds
    low, high = max(at - 1, 0), min(at, len(numbers) - 1)
    if max(abs(int(numbers[low]) - wanted), abs(int(numbers[high]) - wanted)) > _FURTHEST:
        return None
    gap = float(np.hypot(*(places[high] - places[low])))
    if low != high:
        share = (wanted - numbers[low]) / (numbers[high] - numbers[low])
        xy = places[low] + share * (places[high] - places[low])
        method, note = (
            "between_numbers",
            f"{road} has no {wanted}号; between {numbers[low]}号 and {numbers[high]}号",
        )
        accuracy_m = max(20.0, gap / 2)
    else:
        xy = places[low]
        method, note = "next_number", f"{road} has no {wanted}号; the last one known is {numbers[low]}号"
        accuracy_m = max(50.0, 6.0 * abs(int(numbers[low]) - wanted))
    lon, lat = crs.from_metric(xy[None], snapshot.metric_crs)[0].tolist()
    return Estimate(
        lon=lon,
        lat=lat,
        accuracy_m=accuracy_m,
        method=method,
        score=min(0.9 * hit.score + 0.05, 0.9),
        name=f"{road}{wanted}号",
        layer=snapshot.layer.name,
        note=note,
    )
