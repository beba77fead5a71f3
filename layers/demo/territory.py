"""Whose each cell is: its street, community, duty grid and unit grid, their codes, and who lives there.

Streets stand where their seed points are; districts are unions of streets. Communities and duty
grids are invented clusters of cells. Codes are 6, 9, 12 and 15 digits (standards §1.2); a duty grid
is its community's code, "R" and two digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from layers.demo.cells import Cells
from layers.demo.frame import Array, Index, plan_to_metres, river_east
from layers.demo.inputs import rows
from layers.demo.labels import cluster, components, connect, nearest

CITY_POPULATION = 10_420_000


@dataclass(frozen=True)
class Territory:
    """Which street, community, duty grid and unit grid each cell belongs to, and the codes of each.

    `street[cell]` counts in `rows("streets")`; `community[cell]`, `duty[cell]` and `unit[cell]` count
    in their own tables of codes. `unit_population` has a number for each unit grid.
    """

    street: Index
    community: Index
    duty: Index
    unit: Index
    community_codes: NDArray[Any]
    duty_codes: NDArray[Any]
    unit_codes: NDArray[Any]
    unit_population: Index

    @property
    def street_codes(self) -> NDArray[Any]:
        """The 9-digit codes of all streets."""
        return np.array([row["code"] for row in rows("streets")], dtype=object)


def _streets(cells: Cells, pairs: Index) -> Index:
    seeds = plan_to_metres(np.array([[float(r["lon"]), float(r["lat"])] for r in rows("streets")]))
    west = seeds[:, 0] < river_east(seeds[:, 1])
    cell_west = cells.centre[:, 0] < river_east(cells.centre[:, 1])
    return connect(nearest(cells.centre, seeds, cell_west[:, None] != west), pairs, cells.area_m2)


def _number(label: Index, inside: Index, xy: Array) -> Index:
    """1, 2, 3 … for each label within its group: from west to east in bands from north to south."""
    count = label.max() + 1
    size = np.bincount(label, minlength=count)
    x, y = (np.bincount(label, weights=xy[:, axis], minlength=count) / size for axis in (0, 1))
    group = np.zeros(count, dtype=np.int64)
    group[label] = inside
    per_group = np.bincount(group)
    top = np.full(len(per_group), -np.inf)
    low = np.full(len(per_group), np.inf)
    np.maximum.at(top, group, y)
    np.minimum.at(low, group, y)
    bands = np.maximum(1, np.round(np.sqrt(per_group)))
    band = np.floor((top[group] - y) / (top - low + 1.0)[group] * bands[group])
    order = np.lexsort((x, band, group))
    start = np.concatenate([[0], np.cumsum(per_group)])[group[order]]
    number = np.empty(count, dtype=np.int64)
    number[order] = np.arange(count) - start + 1
    return number


def first_of(label: Index, of: Index) -> Index:
    """For each label the value of `of` that all its cells have."""
    out = np.zeros(label.max() + 1, dtype=np.int64)
    out[label] = of
    return out


def assign(cells: Cells, people: Array) -> Territory:
    """Every cell's areas; `people` float64[n] says how the city's population is spread over the cells."""
    rng = cells.frame.rng(4)
    pairs, size = cells.neighbours, cells.area_m2
    street = _streets(cells, pairs)
    wanted = _communities_wanted(cells, street)
    pull = np.sqrt(people / size + 1e-5) * size
    community = cluster(cells.centre, pull, street, wanted, rng)
    community = connect(community, pairs, size, inside=street)
    community = np.unique(community, return_inverse=True)[1]
    number = _number(community, street, cells.centre)
    street_of = first_of(community, street)
    codes = np.array([row["code"] for row in rows("streets")])
    community_codes = np.char.add(codes[street_of], np.char.zfill(number.astype(str), 3))

    # A close cell is a unit grid of its own; the open country of a community is one.
    wide = cells.side == cells.side.max()
    joined = wide[pairs].all(axis=1) & (community[pairs[:, 0]] == community[pairs[:, 1]])
    unit = np.unique(components(len(cells), pairs[joined]), return_inverse=True)[1]
    community_of = first_of(unit, community)
    unit_number = _number(unit, community, cells.centre)
    unit_codes = np.char.add(community_codes[community_of], np.char.zfill(unit_number.astype(str), 3))

    units_in = np.bincount(community_of)
    duty = _duty(cells, community, unit, units_in, rng)
    duty_of = first_of(duty, community)
    duty_number = _number(duty, community, cells.centre)
    duty_codes = np.char.add(
        np.char.add(community_codes[duty_of], "R"), np.char.zfill(duty_number.astype(str), 2)
    )

    share = np.bincount(unit, weights=people) / people.sum() * CITY_POPULATION
    population = np.floor(share).astype(np.int64)
    population[np.argsort(population - share)[: CITY_POPULATION - population.sum()]] += 1
    return Territory(
        street=street,
        community=community,
        duty=duty,
        unit=unit,
        community_codes=community_codes.astype(object),
        duty_codes=duty_codes.astype(object),
        unit_codes=unit_codes.astype(object),
        unit_population=population,
    )


def _communities_wanted(cells: Cells, street: Index) -> Index:
    """How many communities each street gets: together its district's real number, a quarter in `small`."""
    in_district = {row["code"]: int(row["communities"]) for row in rows("districts")}
    districts = [row["code"][:6] for row in rows("streets")]
    mean = np.array([in_district[d] / districts.count(d) for d in districts])
    close = np.bincount(street, weights=cells.side < cells.side.max(), minlength=len(mean))
    if cells.frame.size == "small":
        return np.where(close > 20, 5, 2)
    # A community has at most 999 unit grids and a duty grid two digits.
    return np.clip(np.round(mean), np.ceil(close / 500), 99).astype(np.int64)


def _duty(cells: Cells, community: Index, unit: Index, units_in: Index, rng: np.random.Generator) -> Index:
    wanted = np.minimum(99, np.ceil(units_in / 12)).astype(np.int64)
    duty = cluster(cells.centre, np.ones(len(cells)), community, wanted, rng)
    # A unit grid goes undivided to the duty grid of its first cell.
    first = np.unique(unit, return_index=True)[1]
    duty = connect(duty[first][unit], cells.neighbours, cells.area_m2, inside=community)
    return np.unique(duty[first][unit], return_inverse=True)[1]
