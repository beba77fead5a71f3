"""The layer `buildings`: houses in plots inside the blocks, with floors, heights, ages and inhabitants."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.model.layer import Features, Field, Layer
from layers.demo.blocks import COMMERCIAL, EDUCATION, HAMLET, INDUSTRIAL, SLAB, TOWER, VILLAGE, Blocks
from layers.demo.frame import Array, CityFrame, Index, plan_to_metres
from layers.demo.houses import raise_houses
from layers.demo.inputs import rows
from layers.demo.territory import Territory

BUILDINGS = Layer(
    "buildings",
    geometry="polygon",
    title_zh="建筑",
    title_en="Buildings",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("use", "text", "用途", "Use"),
        Field("floors", "integer", "层数", "Floors"),
        Field("height_m", "real", "高度（米）", "Height (m)"),
        Field("population", "integer", "人口", "Population"),
        Field("built", "integer", "建成年份", "Year built"),
    ),
)

_USE_NAMES = np.array(
    ["residential", "residential", "commercial", "industrial", "residential", "education", "residential"],
    dtype=object,
)


def features(frame: CityFrame, blocks: Blocks, territory: Territory, closed: NDArray[Any]) -> Features:
    """The layer `buildings`. The inhabitants of a unit grid are spread over its dwellings by floor area."""
    houses = raise_houses(frame, blocks, closed)
    polygons = np.concatenate([h.polygons for h in houses])
    area = np.concatenate([h.area_m2 for h in houses])
    block = np.concatenate([h.block for h in houses])
    del houses
    rng = frame.rng(9)
    use, urban = blocks.use[block], np.clip(blocks.urban[block], 0, 1)
    floors = _floors(use, urban, rng)
    storey_m = np.where(np.isin(use, (COMMERCIAL, INDUSTRIAL, EDUCATION)), 4.0, 3.0)
    height = np.round(floors * storey_m + rng.uniform(0.3, 2.5, len(use)), 1)
    built = np.clip(rng.normal(2012 - 16 * urban - 4 * (use == SLAB), 7), 1955, 2025).astype(np.int64)

    dwelling = _USE_NAMES[use] == "residential"
    floor_area = np.where(dwelling, area * floors, 0.0)
    unit = territory.unit[blocks.cell[block]]
    there = np.bincount(unit, weights=floor_area, minlength=len(territory.unit_population))
    per_m2 = territory.unit_population / np.maximum(there, 1.0)
    # Where the houses are only a sample, they don't take in those who live in the others: 12 m² a head.
    people = np.floor(np.minimum(per_m2[unit], 1 / 12) * floor_area).astype(np.int64)

    name = _names(use, block, rng)
    name, floors, height = _landmarks(blocks, block, area, name, floors, height)
    table = pa.table(
        {
            "name": name,
            "use": pa.array(["residential", "commercial", "industrial", "education"]).take(
                pa.array(np.array([0, 0, 1, 2, 0, 3, 0])[use])
            ),
            "floors": floors,
            "height_m": height,
            "population": people,
            "built": built,
        },
        schema=BUILDINGS.schema(),
    )
    return Features(polygons, table)


def _landmarks(
    blocks: Blocks, block: Index, area: Array, name: pa.Array, floors: Index, height: Array
) -> tuple[pa.Array, Index, Array]:
    """Names, floors and heights, with each of `data/landmarks.csv` on the largest office near its place."""
    office = np.zeros(len(blocks.i), dtype=bool)
    office[block] = True
    office &= blocks.use == COMMERCIAL
    known = rows("landmarks")
    places = plan_to_metres(np.array([[float(row["lon"]), float(row["lat"])] for row in known]))
    at = []
    for place in places:
        away = np.where(office, np.hypot(*(blocks.centre - place).T), np.inf)
        nearest = int(away.argmin())
        office[nearest] = False
        houses = np.flatnonzero(block == nearest)
        at.append(houses[area[houses].argmax()])
    mask = np.zeros(len(block), dtype=bool)
    mask[at] = True
    order = np.argsort(at)
    floors[at] = [int(row["floors"]) for row in known]
    height[at] = [float(row["height_m"]) for row in known]
    name = pc.replace_with_mask(name, pa.array(mask), pa.array([known[k]["name"] for k in order]))
    return name, floors, height


def _floors(use: NDArray[np.int8], urban: Array, rng: np.random.Generator) -> Index:
    """Storeys by use, more of them towards the centre, int64[n]."""
    n = len(use)
    chance = rng.random(n)
    by_use = {
        TOWER: 15 + 18 * chance + 14 * urban * rng.random(n) ** 2,
        SLAB: np.where(chance < 0.75, 5 + 2.9 * rng.random(n), 9 + 9 * rng.random(n)),
        COMMERCIAL: 3 + 8 * chance + 46 * urban**2 * rng.random(n) ** 3,
        INDUSTRIAL: 1 + 3 * chance**2,
        VILLAGE: 2 + 5 * chance,
        EDUCATION: 2 + 5 * chance,
        HAMLET: 1 + 2.6 * chance,
    }
    out = np.ones(n, dtype=np.int64)
    for kind, floors in by_use.items():
        out = np.where(use == kind, floors.astype(np.int64), out)
    return out


def _names(use: NDArray[np.int8], block: Index, rng: np.random.Generator) -> pa.Array:
    """Invented names: an estate's for all its towers, a building's for one office in three, else null."""
    words = [row["word"] for row in rows("names")]
    endings = ("花园", "苑", "小区", "新城", "大厦", "广场", "中心")
    names = pa.array([word + ending for ending in endings for word in words])
    pick = block * 2_654_435_761 % len(words)
    ending = block * 40_503 // 7 % 4
    office = use == COMMERCIAL
    ending = np.where(office, 4 + rng.integers(0, 3, len(use)), ending)
    pick = np.where(office, rng.integers(0, len(words), len(use)), pick)
    without = ~((use == TOWER) | (use == SLAB) | (office & (rng.random(len(use)) < 0.33)))
    return pc.take(names, pa.array(ending * len(words) + pick, mask=without))
