"""Spots beside the roads: where the demo city's sensors, teams and incidents are put."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.model.layer import Features, Layer
from cim.model.standard_layers import OWNER_FIELDS
from layers.demo.frame import Array, CityFrame, Index, plan_to_metres, to_lonlat
from layers.demo.inputs import rows

#: The moment the demo city is caught in: 2026-06-01 08:00 in Beijing.
NOW = dt.datetime(2026, 6, 1, 0, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Spots:
    """n positions in lon, lat with the road they lie on and the street area (number in `rows("streets")`)."""

    lonlat: Array
    road: list[str]
    road_en: list[str]
    street: Index

    def __len__(self) -> int:
        return len(self.lonlat)

    def points(self) -> NDArray[Any]:
        """The positions as shapely points."""
        return np.asarray(shapely.points(self.lonlat))

    def street_codes(self) -> list[str]:
        """The 9-digit code of each spot's street."""
        streets = rows("streets")
        return [streets[k]["code"] for k in self.street]

    def addresses(self, numbers: Index) -> list[str]:
        """Addresses like 芙蓉区五一大道12号附近, with the given house numbers."""
        names = {row["code"]: row["name"] for row in rows("districts")}
        return [
            f"{names[code[:6]]}{road}{number}号附近"
            for code, road, number in zip(self.street_codes(), self.road, numbers.tolist(), strict=True)
        ]


class Roadside:
    """Where spots are drawn from: the finished roads, and the street areas to say whose they are."""

    def __init__(self, frame: CityFrame, roads: Features, streets: Geometries) -> None:
        self.frame = frame
        self.lines = roads.geometry
        self.roads = roads.attributes
        self.streets = streets
        middle = plan_to_metres(
            shapely.get_coordinates(shapely.line_interpolate_point(self.lines, 0.5, normalized=True))
        )
        length = shapely.length(self.lines)
        urban = np.clip(frame.urban(middle) + 0.3, 0.01, None)
        dry = ~(self._column("bridge") | self._column("tunnel"))
        self.weight = length * urban * dry

    def _column(self, name: str) -> NDArray[Any]:
        return np.asarray(self.roads[name].to_numpy())

    def crossings(self) -> Spots:
        """One spot in the middle of each named bridge and tunnel over 湘江."""
        names = self._column("name")
        known = {row["name"] for row in rows("crossings")}
        index = {name: k for k, name in reversed(list(enumerate(names))) if name in known}
        chosen = np.array([index[name] for name in sorted(index)], dtype=np.int64)
        return self._spots(chosen, np.full(len(chosen), 0.5), 0.0, None)

    def draw(self, count: int, rng: np.random.Generator, aside_m: float = 9.0) -> Spots:
        """Random spots within `aside_m` of a road, most of them in town."""
        chosen = rng.choice(len(self.lines), count, p=self.weight / self.weight.sum())
        return self._spots(chosen, rng.random(count), aside_m, rng)

    def _spots(self, chosen: Index, share: Array, aside_m: float, rng: np.random.Generator | None) -> Spots:
        at = shapely.get_coordinates(
            shapely.line_interpolate_point(self.lines[chosen], share, normalized=True)
        )
        xy = plan_to_metres(at)
        if rng is not None:
            xy = xy + rng.uniform(-aside_m, aside_m, xy.shape)
        names, names_en = self._column("name"), self._column("name_en")
        lonlat = to_lonlat(xy)
        return Spots(lonlat, names[chosen].tolist(), names_en[chosen].tolist(), self._street_of(lonlat))

    def _street_of(self, lonlat: Array) -> Index:
        out = np.zeros(len(lonlat), dtype=np.int64)
        street, spot = shapely.STRtree(shapely.points(lonlat)).query(self.streets, predicate="intersects")
        order = np.argsort(street, kind="stable")  # on a border the last street, whatever the tree's order
        out[spot[order]] = street[order]
        return out


def table(layer: Layer, columns: dict[str, Any], count: int) -> pa.Table:
    """The columns as a table of the layer's schema; the owner fields, which the store fills, are null."""
    empty = pa.nulls(count, pa.string())
    return pa.table({**columns, **{f.name: empty for f in OWNER_FIELDS}}, schema=layer.schema())


def times(minutes_before: Array) -> list[dt.datetime]:
    """Moments so many minutes before `NOW`."""
    return [NOW - dt.timedelta(seconds=int(m * 60)) for m in minutes_before]
