"""The layer `addresses`: house numbers along the roads, odd on the left and even on the right, as streets are counted.

Numbers run on from piece to piece of a road; here and there one is missing, as anywhere. Compounds are invented.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.model.layer import Features, Field, Layer
from layers.demo.frame import Array, CityFrame, Index, Size, plan_to_metres, to_lonlat
from layers.demo.inputs import rows

ADDRESSES = Layer(
    "addresses",
    geometry="point",
    title_zh="门牌地址",
    title_en="Addresses",
    fields=(
        Field("address", "text", "全称", "Full address"),
        Field("road", "text", "道路", "Road"),
        Field("number", "integer", "门牌号", "House number"),
        Field("name", "text", "小区或楼宇", "Compound or building"),
        Field("district", "text", "区县", "District"),
        Field("street", "text", "街道", "Street"),
    ),
)

#: How many addresses a city of each size has.
COUNTS: dict[Size, int] = {"small": 2_000, "city": 40_000, "metro": 400_000}
CITY = "长沙市"
#: Metres of road between two numbers of one side, and from the road's middle to the door.
_STEP_M, _ASIDE_M = 24.0, 14.0
_ROADS = ("primary", "secondary", "tertiary", "residential", "service")
_ENDINGS = ("花园", "苑", "小区", "新城", "公寓", "大厦")
#: What stands between a word and 路 in the names of the bench's roads.
_MIDDLES = ("", "东", "西", "南", "北", "中", "湖", "塘", "山", "桥", "园", "岭", "坪", "冲", "湾", "坡",
            "一", "二", "三", "新", "泉", "洲", "井", "门", "巷口", "塘冲", "家湾", "子岭")  # fmt: skip
_SUFFIXES = ("路", "街", "巷", "大道", "横街")


def features(frame: CityFrame, roads: Features, streets: Geometries) -> Features:
    """About as many addresses as `COUNTS` says, more in town; `streets` are those of `rows("streets")`, in order."""
    table = roads.attributes
    kind = np.array(table["class"].to_pylist(), object)
    carried = np.asarray(table["bridge"]) | np.asarray(table["tunnel"])
    chosen = np.flatnonzero(np.isin(kind, _ROADS) & ~carried)
    names = np.array(table["name"].to_pylist(), object)[chosen]
    lines = shapely.transform(roads.geometry[chosen], plan_to_metres)
    piece, along, number = _doors(lines, names)
    rng = frame.rng(21)
    weight = np.clip(
        frame.urban(shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)))
        + 0.3,
        0.02,
        None,
    )
    odds = weight[piece]
    taken = np.sort(
        rng.choice(len(piece), min(COUNTS[frame.size], len(piece)), replace=False, p=odds / odds.sum())
    )
    piece, along, number = piece[taken], along[taken], number[taken]
    lonlat = to_lonlat(_beside(lines[piece], along, np.where(number % 2, 1.0, -1.0) * _ASIDE_M))
    at, street = shapely.STRtree(streets).query(shapely.points(lonlat), predicate="intersects")
    lonlat, road, number = lonlat[at], names[piece[at]], number[at]
    named = _compounds(rng, len(at), 0.3)
    table, first = _table(street, road, number, named)
    return Features(shapely.points(lonlat[first]), table)


def _doors(lines: Geometries, names: NDArray[Any]) -> tuple[Index, Array, Index]:
    """Every door of every road: the piece it is on, metres along it, and its number.

    Pieces that follow each other under one name, end to start, are counted through.
    """
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, k)) for k in (0, -1)], axis=1)
    length = shapely.length(lines)
    goes_on = np.zeros(len(lines), np.bool_)
    goes_on[1:] = (names[1:] == names[:-1]) & (ends[1:, 0] == ends[:-1, 1]).all(axis=1)
    before = np.concatenate([[0.0], np.cumsum(length)[:-1]])
    start_of = np.maximum.accumulate(np.where(goes_on, 0, np.arange(len(lines))))
    since = before - before[start_of]
    low = np.ceil(since / _STEP_M).astype(np.int64)
    high = np.ceil((since + length) / _STEP_M).astype(np.int64)
    piece = np.repeat(np.arange(len(lines)), high - low)
    step = np.concatenate([np.arange(a, b) for a, b in zip(low, high, strict=True)]) if len(lines) else low
    along = step * _STEP_M - since[piece]
    both = np.tile([1, 2], len(piece))
    return np.repeat(piece, 2), np.repeat(along, 2), np.repeat(step, 2) * 2 + both


def _beside(lines: Geometries, along: Array, aside_m: Array) -> Array:
    """The places so many metres along their line, and to its left (right where negative)."""
    here = shapely.get_coordinates(shapely.line_interpolate_point(lines, along))
    back = shapely.get_coordinates(shapely.line_interpolate_point(lines, np.maximum(along - 1.0, 0.0)))
    ahead = shapely.get_coordinates(shapely.line_interpolate_point(lines, along + 1.0))
    way = ahead - back
    way /= np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    return np.asarray(here + np.column_stack([-way[:, 1], way[:, 0]]) * aside_m[:, None])


def _compounds(rng: np.random.Generator, n: int, share: float) -> NDArray[Any]:
    """The name of the compound that each number stands for, None for most."""
    words = np.array([row["word"] for row in rows("names")], object)
    made = (
        words[rng.integers(0, len(words), n)] + np.array(_ENDINGS, object)[rng.integers(0, len(_ENDINGS), n)]
    )
    made[rng.random(n) >= share] = None
    return np.asarray(made)


def _table(street: Index, road: NDArray[Any], number: Index, named: NDArray[Any]) -> tuple[pa.Table, Index]:
    """The attributes, and which of the rows they are of: of one address the first."""
    districts = {row["code"]: row["name"] for row in rows("districts")}
    areas = rows("streets")
    where = np.array([f"{CITY}{districts[a['code'][:6]]}{a['name']}" for a in areas], object)[street]
    plain = where + road + number.astype(str).astype(object) + "号"
    _, first = np.unique(plain.astype(str), return_index=True)
    first = np.sort(first)
    full = [text + (name or "") for text, name in zip(plain[first], named[first], strict=True)]
    columns = {
        "address": full,
        "road": road[first],
        "number": number[first],
        "name": pa.array(named[first], pa.string()),
        "district": np.array([districts[a["code"][:6]] for a in areas], object)[street[first]],
        "street": np.array([a["name"] for a in areas], object)[street[first]],
    }
    return pa.table(columns, schema=ADDRESSES.schema()), first


def many(count: int, seed: int = 430100) -> Features:
    """So many addresses of an invented city whose roads have names of their own, for measuring the search.

    About a hundred numbers a road, ten thousand roads to a million addresses; a third in a compound with its
    houses (栋). Places are by road, along a straight line.
    """
    rng = np.random.default_rng([seed, 22])
    roads = -(-count // 100)
    words = [row["word"] for row in rows("names")]
    all_names = np.array([w + m + s for s in _SUFFIXES for m in _MIDDLES for w in words], object)
    if roads > len(all_names):
        raise ValueError(f"{count} addresses need {roads} road names; there are {len(all_names)}")
    names = all_names[rng.choice(len(all_names), roads, replace=False)]
    areas = rows("streets")
    street_of = rng.integers(0, len(areas), roads)
    road = np.repeat(np.arange(roads), 100)[:count]
    number = np.tile(np.arange(1, 101), roads)[:count]
    start = np.array([(float(a["lon"]), float(a["lat"])) for a in areas])[street_of] + rng.normal(
        0, 0.01, (roads, 2)
    )
    turn = rng.uniform(0, 2 * np.pi, roads)
    way = np.column_stack([np.cos(turn), np.sin(turn)])
    lonlat = start[road] + way[road] * (number * 1e-4)[:, None]
    table, first = _table(street_of[road], names[road], number, _compounds(rng, count, 0.35))
    inside = np.array(table["name"].to_pylist(), object)
    house = rng.integers(1, 25, len(first)).astype(str).astype(object) + "栋"
    full = np.array(table["address"].to_pylist(), object)
    full = np.where(inside == None, full, full + house)  # noqa: E711 - element by element
    table = table.set_column(0, "address", pa.array(full, pa.string()))
    return Features(shapely.points(lonlat[first]), table)
