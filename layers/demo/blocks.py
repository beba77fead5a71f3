"""City blocks: the lattice squares between the streets, what each is for, its room inside the kerbs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.demo.cells import Cells
from layers.demo.frame import COARSE, Array, Index, waves
from layers.demo.network import HALF_WIDTH_M, StreetPlan

#: What a block is used for; a number into this is a block's use.
USES = ("tower", "slab", "commercial", "industrial", "village", "education", "hamlet")
TOWER, SLAB, COMMERCIAL, INDUSTRIAL, VILLAGE, EDUCATION, HAMLET = range(7)
_PAVEMENT_M = 4.0
# The share of open-country squares that carry a hamlet.
_HAMLETS = {"small": 0.0006, "city": 0.0035, "metro": 0.16}
# How many of the urban blocks are old villages of small houses.
_VILLAGES = {"small": 0.03, "city": 0.0, "metro": 0.36}


# How many of the blocks at the edge of the town are not built upon yet.
_VACANT = {"small": 0.0, "city": 0.34, "metro": 0.16}


@dataclass(frozen=True)
class Blocks:
    """n blocks: lattice squares (i, j), their use, cell, `corners` inside the pavements, float64[n, 4, 2]."""

    i: Index
    j: Index
    use: NDArray[np.int8]
    cell: Index
    corners: Array
    urban: Array

    @property
    def centre(self) -> Array:
        """The middle of each block in metres from the origin, float64[n, 2]."""
        return np.asarray(self.corners.mean(axis=1))


def lay_out(cells: Cells, network: StreetPlan) -> Blocks:
    """All blocks that are built upon, town first."""
    frame = cells.frame
    rng = frame.rng(8)
    i, j = np.nonzero(cells.owner >= 0)
    wide = cells.side[cells.owner[i, j]] == COARSE
    chosen = ~wide | (rng.random(len(i)) < _HAMLETS[frame.size])
    i, j, wide = i[chosen], j[chosen], wide[chosen]
    xy = frame.xy
    quad = np.stack([xy[i, j], xy[i + 1, j], xy[i + 1, j + 1], xy[i, j + 1]], axis=1)
    urban = frame.urban(quad.mean(axis=1))
    use = _use(quad.mean(axis=1), urban, frame.size, rng)
    use[wide] = HAMLET
    built = wide | (rng.random(len(i)) > _VACANT[frame.size] * (1 - np.clip(urban, 0, 1)))
    i, j, quad = i[built], j[built], quad[built]
    return Blocks(i, j, use[built], cells.owner[i, j], _shrink(quad, network, i, j), urban[built])


def _use(xy: Array, urban: Array, size: str, rng: np.random.Generator) -> NDArray[np.int8]:
    """The uses of blocks: neighbours tend to be alike, offices gather in the middle and works at the edge."""
    taste = [waves(xy, rng, 2_200.0, 1.0) + rng.normal(0, 0.16, len(xy)) for _ in range(5)]
    score = np.column_stack(
        [
            taste[0] + 0.05,
            taste[1] + 0.12,
            taste[2] + 0.75 * urban - 0.45,
            taste[3] - 0.8 * urban - 0.25,
            np.full(len(xy), -9.0),
            taste[4] - 0.32,
        ]
    )
    use: NDArray[np.int8] = score.argmax(axis=1).astype(np.int8)
    use[rng.random(len(xy)) < _VILLAGES[size]] = VILLAGE
    return use


def _shrink(quad: Array, network: StreetPlan, i: Index, j: Index) -> Array:
    """The quadrilaterals moved in from each side by half of its street and the pavement."""
    north, east = network.rank
    halves = [
        HALF_WIDTH_M[r] + _PAVEMENT_M for r in (north[i, j], north[i + 1, j], east[i, j], east[i, j + 1])
    ]
    west, right, south, top = halves
    a, b, c, d = (quad[:, k] for k in range(4))
    width = 0.5 * (np.hypot(*(b - a).T) + np.hypot(*(c - d).T))
    depth = 0.5 * (np.hypot(*(d - a).T) + np.hypot(*(c - b).T))
    # Sides that meet at a slant need more: measure across them.
    area = 0.5 * np.abs((c - a)[:, 0] * (d - b)[:, 1] - (c - a)[:, 1] * (d - b)[:, 0])
    slant = np.clip(area / (width * depth), 0.5, 1.0)
    s0, s1 = west / (width * slant), 1 - right / (width * slant)
    t0, t1 = south / (depth * slant), 1 - top / (depth * slant)
    st = np.stack(
        [np.stack([s0, t0], 1), np.stack([s1, t0], 1), np.stack([s1, t1], 1), np.stack([s0, t1], 1)], 1
    )
    s, t = st[..., :1], st[..., 1:]
    out: Array = (1 - t) * ((1 - s) * a[:, None] + s * b[:, None]) + t * (
        (1 - s) * d[:, None] + s * c[:, None]
    )
    return out
