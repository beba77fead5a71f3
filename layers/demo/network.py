"""Which lattice edges are streets, and of what class: arteries by name, the rest by rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.demo.cells import Cells
from layers.demo.frame import CityFrame, Index
from layers.demo.greens import Greens
from layers.demo.inputs import rows
from layers.demo.labels import components
from layers.demo.rivers import Water

#: Road classes by rank; rank 0 is no road.
CLASSES = ("", "motorway", "trunk", "primary", "secondary", "tertiary", "residential", "service", "footway")
TRUNK, PRIMARY, SECONDARY, TERTIARY, RESIDENTIAL, SERVICE, FOOTWAY = range(2, 9)
#: Half of the ground a road of each rank takes, in metres.
HALF_WIDTH_M = np.array([3.0, 24.0, 26.0, 22.0, 16.0, 12.0, 8.0, 5.0, 4.0])

BRIDGE, TUNNEL = 1, 2

# The share of the narrowest lanes, and of the streets between blocks, that are there at all.
_KEPT = {"small": (0.34, 0.88), "city": (0.08, 0.5), "metro": (0.6, 0.92)}


@dataclass(frozen=True)
class StreetPlan:
    """The street edges of the lattice, in two families: 0 columns (northward), 1 rows (eastward).

    `rank[family][i, j]` is the class of the edge that leaves lattice point (i, j), `named` its number
    in `data/arteries.csv` (-1 for none), `carried` whether it runs over a bridge or through a tunnel,
    `crossing` the number in `data/crossings.csv` where it crosses 湘江, else -1.
    """

    frame: CityFrame
    rank: tuple[NDArray[np.int8], NDArray[np.int8]]
    named: tuple[NDArray[np.int16], NDArray[np.int16]]
    carried: tuple[NDArray[np.int8], NDArray[np.int8]]
    crossing: tuple[NDArray[np.int16], NDArray[np.int16]]

    def nodes(self, family: int, i: Index, j: Index) -> Index:
        """The two lattice points of each edge as single numbers, int64[n, 2]."""
        height = self.frame.shape[1]
        start = i * (height + 1) + j
        return np.column_stack([start, start + (height + 1 if family else 1)])

    def degree(self) -> NDArray[np.int64]:
        """How many streets meet at each lattice point, int64[columns + 1, rows + 1]."""
        columns, height = self.frame.shape
        out = np.zeros((columns + 1, height + 1), dtype=np.int64)
        north, east = (r > 0 for r in self.rank)
        out[:, :-1] += north
        out[:, 1:] += north
        out[:-1] += east
        out[1:] += east
        return out


def lattice_line(km: float, step_m: float) -> int:
    """The lattice line nearest to a plan coordinate in km.

    >>> lattice_line(0.85, 200.0), lattice_line(-0.85, 200.0)
    (4, -4)
    """
    return int(np.copysign(np.floor(abs(km) * 1000 / step_m + 0.5), km))


def lay(cells: Cells, water: Water, greens: Greens) -> StreetPlan:
    """The streets of the city: in one connected piece, over water only on bridges and in tunnels."""
    frame = cells.frame
    columns, height = frame.shape
    sizes = ((columns + 1, height), (columns, height + 1))
    rank = tuple(_rhythm(cells, family) for family in (0, 1))
    named = tuple(np.full(size, -1, dtype=np.int16) for size in sizes)
    for number, row in enumerate(rows("arteries")):
        _draw_artery(frame, row, number, rank, named)
    inside = _inside(cells)
    for family in (0, 1):
        rank[family][~inside[family]] = 0
    network = StreetPlan(
        frame,
        (rank[0], rank[1]),
        (named[0], named[1]),
        (np.zeros(sizes[0], np.int8), np.zeros(sizes[1], np.int8)),
        (np.full(sizes[0], -1, np.int16), np.full(sizes[1], -1, np.int16)),
    )
    _leave_motorways_alone(network)
    for family in (0, 1):
        _meet_land(network, family, water, greens)
    _prune(network)
    return network


def edges(network: StreetPlan, family: int) -> tuple[Index, Index, NDArray[Any]]:
    """The family's streets: lattice numbers i, j, and their lines in metres from the origin."""
    i, j = np.nonzero(network.rank[family])
    xy = network.frame.xy
    return i, j, shapely.linestrings(np.stack([xy[i, j], xy[i + family, j + 1 - family]], axis=1))


def _padded_side(cells: Cells) -> NDArray[np.int64]:
    """The side of the cell over each lattice square, 0 outside, with a margin of one square."""
    side = np.where(cells.owner >= 0, cells.side[cells.owner], 0)
    return np.pad(side, 1)


def _both(cells: Cells, family: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    side = _padded_side(cells)
    return (side[:-1, 1:-1], side[1:, 1:-1]) if family == 0 else (side[1:-1, :-1], side[1:-1, 1:])


def _inside(cells: Cells) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    first, second = (_both(cells, family) for family in (0, 1))
    return (first[0] > 0) & (first[1] > 0), (second[0] > 0) & (second[1] > 0)


def _rhythm(cells: Cells, family: int) -> NDArray[np.int8]:
    """Ranks by lattice number: a wider street each 2nd, 4th, 8th line; small ones missing here and there."""
    frame = cells.frame
    rng = frame.rng(50 + family)
    before, after = _both(cells, family)
    widest = np.maximum(before, after)
    line = np.arange(widest.shape[family]) + frame.first[family]
    line = line[:, None] if family == 0 else line[None, :]
    out = np.zeros(widest.shape, dtype=np.int8)
    # One draw for each stretch between two wider streets, so that a lane runs from street to street.
    stretch = np.arange(widest.shape[1 - family]) // 2
    draw = rng.random((widest.shape[family], stretch[-1] + 1))[:, stretch]
    draw = draw if family == 0 else draw.T

    urban, loose = widest == 1, widest == 2
    lanes, streets = _KEPT[frame.size]
    out[urban & (draw < lanes)] = RESIDENTIAL
    out[urban & (draw < 0.2 * lanes)] = SERVICE
    even = line % 2 == 0
    out[urban & even] = np.where(draw < streets, RESIDENTIAL, 0)[urban & even]
    out[loose & even & (draw < 0.7 * streets)] = RESIDENTIAL
    out[(urban | loose) & (line % 4 == 0)] = TERTIARY
    out[(urban | loose) & (line % 8 == 0)] = SECONDARY
    country = widest >= 4
    if frame.size != "small":
        out[country & (line % 16 == 0)] = TERTIARY
    # In the country, from one crossing to the next: not every stretch is built.
    far = np.arange(widest.shape[1 - family]) + frame.first[1 - family]
    built = (
        rng.random((widest.shape[family], far[-1] // 32 - far[0] // 32 + 1))[:, far // 32 - far[0] // 32]
        < 0.8
    )
    out[country & (line % 32 == 0) & (built if family == 0 else built.T)] = SECONDARY
    return out


def _draw_artery(
    frame: CityFrame, row: dict[str, str], number: int, rank: tuple[Any, ...], named: tuple[Any, ...]
) -> None:
    family = 0 if row["axis"] == "column" else 1
    line = lattice_line(float(row["km"]), frame.step_m) - frame.first[family]
    low, high = (
        lattice_line(float(row[end]), frame.step_m) - frame.first[1 - family] for end in ("from_km", "to_km")
    )
    along = slice(max(low, 0), max(high, 0))
    at = (line, along) if family == 0 else (along, line)
    wider = CLASSES.index(row["class"])
    # Of two arteries on one line the greater keeps the place.
    free = (named[family][at] < 0) | (rank[family][at] > wider)
    rank[family][at] = np.where(free, wider, rank[family][at])
    named[family][at] = np.where(free, number, named[family][at])


def _leave_motorways_alone(network: StreetPlan) -> None:
    """Small streets end before a motorway: only secondary and greater roads have a junction with it."""
    columns, height = network.frame.shape
    touched = np.zeros((columns + 1, height + 1), dtype=bool)
    for family in (0, 1):
        i, j = np.nonzero(network.rank[family] == 1)
        touched[i, j] = touched[i + family, j + 1 - family] = True
    north, east = network.rank
    north[(north >= TERTIARY) & (touched[:, :-1] | touched[:, 1:])] = 0
    east[(east >= TERTIARY) & (touched[:-1] | touched[1:])] = 0


def _meet_land(network: StreetPlan, family: int, water: Water, greens: Greens) -> None:
    """Streets that meet water become bridges, tunnels or nothing; in the woods only great roads remain."""
    rank, carried, crossing = network.rank[family], network.carried[family], network.crossing[family]
    i, j, lines = edges(network, family)
    for names, dropped, becomes in ((("forest",), SECONDARY, 0), (("park",), RESIDENTIAL, FOOTWAY)):
        hit = np.zeros(len(lines), dtype=bool)
        hit[greens.tree(names).query(lines, predicate="intersects")[0]] = True
        hit &= (rank[i, j] >= dropped) & (network.named[family][i, j] < 0)
        rank[i[hit], j[hit]] = becomes

    i, j, lines = edges(network, family)
    main, other, lake = (np.zeros(len(lines), dtype=bool) for _ in range(3))
    main[water.tree(6.0, only=("湘江",)).query(lines, predicate="intersects")[0]] = True
    other[water.tree(6.0, kinds=("river",)).query(lines, predicate="intersects")[0]] = True
    lake[water.tree(6.0, kinds=("lake", "reservoir")).query(lines, predicate="intersects")[0]] = True
    here = rank[i, j]
    over = np.full(len(lines), -1)
    tunnel = np.zeros(len(lines), dtype=bool)
    if family == 1:
        for number, row in enumerate(rows("crossings")):
            on = j == lattice_line(float(row["km"]), network.frame.step_m) - network.frame.first[1]
            over[on & main] = number
            tunnel |= on & main & (row["kind"] == "tunnel")
    lost = (main & (over < 0)) | (other & ~main & (here > SECONDARY)) | (lake & ((here > 2) | (here == 0)))
    wet = (main | other | lake) & ~lost
    rank[i[lost], j[lost]] = 0
    carried[i[wet], j[wet]] = np.where(tunnel[wet], TUNNEL, BRIDGE)
    crossing[i[wet], j[wet]] = over[wet]


def _prune(network: StreetPlan) -> None:
    """Take away bridges that lead nowhere, and everything that is not connected to the greatest piece."""
    for _ in range(40):
        loose = network.degree() == 1
        removed = 0
        for family in (0, 1):
            i, j = np.nonzero((network.rank[family] > 0) & (network.carried[family] > 0))
            gone = loose[i, j] | loose[i + family, j + 1 - family]
            network.rank[family][i[gone], j[gone]] = 0
            removed += int(gone.sum())
        if not removed:
            break
    ends = [network.nodes(family, *np.nonzero(network.rank[family])) for family in (0, 1)]
    used, pairs = np.unique(np.concatenate(ends), return_inverse=True)
    piece = components(len(used), pairs.reshape(-1, 2))
    main = np.bincount(piece).argmax()
    for family, pair in zip((0, 1), ends, strict=True):
        lost = piece[np.searchsorted(used, pair[:, 0])] != main
        i, j = np.nonzero(network.rank[family])
        network.rank[family][i[lost], j[lost]] = 0
