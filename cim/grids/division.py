"""Unit grids (单元网格) made from communities, roads, water and buildings.

Roads and shores divide the land of each community into faces. A face that is too small is joined to the neighbour with
the longest border across the smallest road; one that is too large is cut along straight lines that go around
buildings. So grids follow natural lines where there are any, no building is cut, and the grids of a community fill it
exactly. They are numbered from west to east in rows from north to south.

The rules are those of GB/T 30428.1 as cities apply them: about 10,000 m² (万米单元网格), inside one community, no gap
and no overlap, a code of community 12 + 3. In practice open land has larger grids (Shanghai's mean is 35,300 m²).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.errors import BadInput
from cim.grids.block_splitting import Buildings, assign_buildings, split_block
from cim.grids.faces import (
    GRID_M,
    Borders,
    Lines,
    dissolve,
    extend_dangles,
    faces_of,
    merge_small_faces,
    polygons_in,
)
from cim.model import reference_data
from cim.progress import Progress, silent

#: The codes of a community's unit grids have three digits.
MOST_IN_A_COMMUNITY = 999

#: The range of sizes, from a courtyard to a mountain.
_LEAST_M2, _MOST_M2 = 100.0, 1e8

#: A building counts as cut if a second grid has more of it than this; less is rounding.
_CUT_M2 = 0.1

#: How strongly a road of this class separates land, from 0 to 1; other classes are 0.5, roads in tunnels do not count.
ROAD_STRENGTH = reference_data.numbers("road_classes", "class", "strength")
WATER_STRENGTH = 1.0

#: In the figures a line of this strength or more is a road, a weaker one a lane or path.
_ROAD = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """The input of a division, all in metres: n communities with their codes, lines, water and buildings."""

    codes: Sequence[str]
    communities: Geometries
    roads: Lines
    water: Geometries
    buildings: Geometries


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of a division. Shares are from 0 to 1; `fits` is that of grids with 0.5 to 2 times the target size.

    `buildings_cut` are in more than one grid of a community; `buildings_across` are in more than one community, which
    no grid can avoid. `compactness` is the median of 4πA/P². The shares of the grids' border are by length.
    """

    count: int
    size_m2: float
    open_m2: float
    built: int
    min_m2: float
    p5_m2: float
    median_m2: float
    p95_m2: float
    max_m2: float
    fits: float
    built_median_m2: float
    built_fits: float
    buildings: int
    buildings_cut: int
    buildings_across: int
    border_roads: float
    border_lanes: float
    border_water: float
    border_community: float
    border_cuts: float
    compactness: float
    coarser: tuple[str, ...]

    @property
    def figures(self) -> Quality:
        """The figures to four decimals."""
        every: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name, value in every.items():
            every[name] = round(value, 4) if isinstance(value, float) else value
        return Quality(**every)


@dataclass(frozen=True, slots=True, eq=False)
class Grids:
    """n unit grids in metres: their `shapes`, their `community` (index in `Land.communities`) and their `number` from
    1."""

    shapes: Geometries
    community: NDArray[np.int64]
    number: NDArray[np.int64]
    quality: Quality


def build(
    land: Land, *, size_m2: float = 10_000.0, open_m2: float | None = None, progress: Progress = silent
) -> Grids:
    """The unit grids of these communities: about `size_m2` where there are buildings, `open_m2` (default 4 ×)
    elsewhere.

    A community that would have more than 999 grids is divided more coarsely and named in `quality.coarser`.
    """
    open_m2 = 4 * size_m2 if open_m2 is None else open_m2
    for size in (size_m2, open_m2):
        if not _LEAST_M2 <= size <= _MOST_M2:
            raise BadInput(
                f"a size of {size:,.10g} m² is out of range: {_LEAST_M2:,.0f} to {_MOST_M2:,.0f} m²"
            )
    water = polygons_in(land.water)
    water = water[shapely.area(water) >= size_m2 / 4]
    shore = shapely.get_parts(shapely.boundary(water))
    lines = Lines(
        np.append(land.roads.shapes, shore),
        np.append(land.roads.strength, np.full(len(shore), WATER_STRENGTH)),
    )
    buildings = _merge_overlapping(land.buildings)
    tree = shapely.STRtree(buildings)
    made: list[NDArray[Any]] = []
    sizes: list[float] = []
    coarser = []
    for i, community in enumerate(land.communities):
        progress("building grids", i, len(land.communities))
        area = shapely.set_precision(community, GRID_M)
        inside = buildings[np.sort(tree.query(area, predicate="intersects"))]
        inside = polygons_in(shapely.intersection(inside, area))
        times = 1.0
        while True:
            grids = _divide(area, lines.within(area), Buildings.of(inside), times * size_m2, times * open_m2)
            if len(grids) <= MOST_IN_A_COMMUNITY:
                break
            times *= max(1.1, len(grids) / 900)
        if times > 1:
            coarser.append(str(land.codes[i]))
        made.append(grids)
        sizes.append(times)
    progress("building grids", len(land.communities), len(land.communities))
    community = np.repeat(np.arange(len(made)), [len(grids) for grids in made])
    noded = _node(np.concatenate(made), progress)
    number = _numbers(noded.shapes, community)
    wanted = _Wanted(np.array(sizes)[community], size_m2, open_m2, tuple(coarser))
    quality = _quality(land, lines, noded, community, wanted)
    return Grids(noded.shapes, community, number, quality)


def _merge_overlapping(buildings: Geometries) -> NDArray[Any]:
    """The buildings, with overlapping ones merged, since no line between them could avoid both."""
    parts = polygons_in(buildings)
    tree = shapely.STRtree(parts)
    a, b = tree.query(parts, predicate="intersects")
    a, b = a[a < b], b[a < b]
    if not len(a):
        return parts
    over = shapely.area(shapely.intersection(parts[a], parts[b])) > _CUT_M2
    a, b = a[over], b[over]
    home = np.arange(len(parts))
    while True:
        low = np.minimum(home[a], home[b])
        before = home.copy()
        np.minimum.at(home, home[a], low)
        np.minimum.at(home, home[b], low)
        home = home[home]
        if np.array_equal(home, before):
            break
    alone = np.bincount(home, minlength=len(parts))[home] == 1
    lumps = [shapely.union_all(parts[home == root]) for root in np.unique(home[~alone])]
    return np.append(parts[alone], np.array(lumps, object)) if lumps else parts


def _divide(area: Any, lines: Lines, buildings: Buildings, size_m2: float, open_m2: float) -> NDArray[Any]:
    """The grids of one community; neighbours may lack each other's vertices."""
    everything = np.arange(len(buildings.shapes))
    outline = shapely.boundary(area)
    further = extend_dangles(lines.shapes, outline, 1.2 * size_m2**0.5)
    near, _ = shapely.STRtree(buildings.shapes).query(further, predicate="intersects")
    further = np.delete(further, np.unique(near))  # not through houses
    faces = faces_of(np.concatenate([lines.shapes, further, [outline]]), area)
    blocks = dissolve(faces, _merge_faces(faces, lines, 0.5 * size_m2, 1.5 * size_m2))
    if len(everything):
        blocks, _ = assign_buildings(blocks, buildings, everything)
        blocks = polygons_in(blocks)
        _, home = assign_buildings(blocks, buildings, everything, np.inf)
    else:
        home = everything
    parts = np.array(
        [
            part
            for i, block in enumerate(polygons_in(blocks))
            for part in split_block(block, buildings, np.flatnonzero(home == i), size_m2, open_m2)
        ],
        object,
    )
    faces = faces_of(shapely.boundary(parts), area)
    part = _home(faces, parts)
    whole = dissolve(faces, part)
    label = _merge_faces(whole, lines, 0.5 * size_m2, 1.6 * size_m2)
    return dissolve(whole, label)


def _merge_faces(faces: Geometries, lines: Lines, least_m2: float, most_m2: float) -> NDArray[np.int64]:
    borders = Borders.between(faces)
    return merge_small_faces(
        shapely.area(faces), shapely.length(faces), borders, borders.strength(lines), least_m2, most_m2
    )


def _home(faces: Geometries, parts: Geometries) -> NDArray[np.int64]:
    """The number of the part that each face belongs to, without gaps; a sliver between parts belongs to the nearest."""
    face, part = shapely.STRtree(parts).query_nearest(shapely.point_on_surface(faces), all_matches=False)
    home = np.empty(len(faces), np.int64)
    home[face] = part
    return np.unique(home, return_inverse=True)[1]


class _Noded(NamedTuple):
    """Grids with each other's vertices, also across communities; the borders of their faces, and whose each face is."""

    shapes: Geometries
    borders: Borders
    home: NDArray[np.int64]


class _Wanted(NamedTuple):
    """How large grids were to be, built and open, how many times that in each, and the communities where it is more."""

    times: NDArray[np.float64]
    size_m2: float
    open_m2: float
    coarser: tuple[str, ...]


def _node(shapes: Geometries, progress: Progress) -> _Noded:
    progress("joining the borders", 0, None)
    noded = shapely.union_all(shapely.boundary(shapes), grid_size=GRID_M)
    faces = shapely.get_parts(shapely.polygonize([noded]))
    face, owner = shapely.STRtree(shapes).query(shapely.point_on_surface(faces), predicate="intersects")
    home = np.full(len(faces), -1, np.int64)
    home[face] = owner
    faces, home = faces[home >= 0], home[home >= 0]  # else a hole between communities
    return _Noded(dissolve(faces, home), Borders.between(faces), home)


def _numbers(shapes: Geometries, community: NDArray[np.int64]) -> NDArray[np.int64]:
    """1, 2, 3 … in each community, from west to east in rows from north to south."""
    xy = shapely.get_coordinates(shapely.centroid(shapes))
    out = np.empty(len(shapes), np.int64)
    for c in np.unique(community):
        mine = np.flatnonzero(community == c)
        x, y = xy[mine].T
        height = np.sqrt(np.median(shapely.area(shapes[mine])))
        row = np.floor((y.max() - y) / height)
        out[mine[np.lexsort((x, row))]] = np.arange(1, len(mine) + 1)
    return out


def _quality(
    land: Land, lines: Lines, noded: _Noded, community: NDArray[np.int64], asked: _Wanted
) -> Quality:
    shapes, borders, home = noded
    times, size_m2, open_m2, coarser = asked
    roads = len(land.roads.shapes)
    area = shapely.area(shapes)
    parts = polygons_in(land.buildings)
    b, g = shapely.STRtree(shapes).query(parts, predicate="intersects")
    doubtful = np.bincount(b, minlength=len(parts))[b] > 1
    much = ~doubtful
    much[doubtful] = shapely.area(shapely.intersection(parts[b[doubtful]], shapes[g[doubtful]])) > _CUT_M2
    b, g = b[much], g[much]
    touched = np.unique(b)
    across = _several(b, community[g])
    cut_in = _several(b * len(land.communities) + community[g], g) // len(land.communities)
    built = np.zeros(len(shapes), np.bool_)
    built[g] = True
    wanted = times * np.where(built, size_m2, open_m2)
    # Open land next to buildings is divided as finely as built land, so it may have either size.
    least = times * np.where(built, size_m2, min(size_m2, open_m2)) / 2
    fits = (area >= least) & (area <= 2 * wanted)
    low = np.where(borders.low >= 0, home[borders.low], -1)
    real = low != home[borders.high]
    length, total = borders.length_m[real], borders.length_m[real].sum()
    picked = Borders(borders.low[real], borders.high[real], length, borders.middle[real])
    strength = picked.strength(Lines(lines.shapes[:roads], lines.strength[:roads]))
    wet = picked.strength(Lines(lines.shapes[roads:], lines.strength[roads:])) > 0
    kinds = np.select([strength >= _ROAD, wet, strength > 0], [0, 1, 2], 4)
    outer = (low[real] < 0) | (community[np.maximum(low[real], 0)] != community[home[picked.high]])
    kinds[(kinds == 4) & outer] = 3
    shares = (np.bincount(kinds, weights=length, minlength=5) / max(total, 1e-9)).tolist()
    p5, median, p95 = np.percentile(area, [5, 50, 95]).tolist()
    return Quality(
        count=len(shapes),
        size_m2=size_m2,
        open_m2=open_m2,
        built=int(built.sum()),
        min_m2=float(area.min()),
        p5_m2=p5,
        median_m2=median,
        p95_m2=p95,
        max_m2=float(area.max()),
        fits=float(fits.mean()),
        built_median_m2=float(np.median(area[built])) if built.any() else 0.0,
        built_fits=float(fits[built].mean()) if built.any() else 1.0,
        buildings=len(touched),
        buildings_cut=len(np.unique(cut_in)),
        buildings_across=len(np.unique(across)),
        border_roads=shares[0],
        border_lanes=shares[2],
        border_water=shares[1],
        border_community=shares[3],
        border_cuts=shares[4],
        compactness=float(np.median(4 * np.pi * area / shapely.length(shapes) ** 2)),
        coarser=coarser,
    )


def _several(key: NDArray[np.int64], value: NDArray[np.int64]) -> NDArray[np.int64]:
    """The keys that occur with more than one value."""
    pairs = np.unique(np.column_stack([key, value]), axis=0)
    keys, counts = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(keys[counts > 1])
