"""H3 cells as arrays: of points, of polygons, and what they hold.

A cell is a whole number (uint64) inside, and its usual text outside. A cell of a coarser resolution that a fine
one belongs to is a matter of a few bits, so points keep one fine cell (`cim.model.standard_layers.H3_RESOLUTION`)
and any resolution up to it can be asked for.
"""

from __future__ import annotations

from typing import Any

import h3
import h3ronpy
import numpy as np
import pyarrow as pa
import shapely
from h3ronpy import vector
from numba import njit
from numpy.typing import NDArray

from cim.arrays.types import LonLat
from cim.errors import BadInput

Cells = NDArray[np.uint64]

#: A cover of more cells than this would not fit an answer.
MOST_CELLS = 1_000_000

_RESOLUTION_SHIFT = np.uint64(52)


def cells_of(points: LonLat, resolution: int) -> Cells:
    """The cell of each point (float64[n, 2] lon, lat); 0 where it is NaN.

    >>> as_text(cells_of(np.array([[112.976, 28.195]]), 9)).to_pylist()
    ['89418900c4fffff']
    """
    cells = np.zeros(len(points), np.uint64)
    there = ~np.isnan(points).any(axis=1)
    if there.any():
        lon, lat = np.ascontiguousarray(points[there].T)
        cells[there] = pa.array(vector.coordinates_to_cells(lat, lon, resolution)).to_numpy()
    return cells


def as_text(cells: Cells) -> pa.Array:
    """The cells as their text; null for 0."""
    some = cells != 0
    text = pa.array(h3ronpy.cells_to_string(pa.array(cells[some]))).cast(pa.string())
    return text if some.all() else text.take(pa.array(np.cumsum(some) - 1, mask=~some))


def parents(cells: Cells, resolution: int) -> Cells:
    """The cells of a coarser resolution (or the same) that these belong to; 0 stays 0.

    >>> as_text(parents(cells_of(np.array([[112.976, 28.195]]), 12), 9)).to_pylist()
    ['89418900c4fffff']
    """
    below = np.uint64((1 << (3 * (15 - resolution))) - 1)
    kept = cells & ~(np.uint64(15) << _RESOLUTION_SHIFT) | (np.uint64(resolution) << _RESOLUTION_SHIFT)
    return np.where(cells == 0, cells, kept | below)


def parse_cell(text: str) -> int:
    """The cell that the text names; `BadInput` says what a cell looks like.

    >>> h3.int_to_str(parse_cell("89418900C4FFFFF"))
    '89418900c4fffff'
    """
    if not h3.is_valid_cell(text.strip().lower()):
        raise BadInput(f"{text!r} is no H3 cell; one has 15 hexadecimal digits, such as 89418900c4fffff")
    return int(h3.str_to_int(text.strip().lower()))


def check_resolution(resolution: int, finest: int = 15) -> int:
    """The resolution itself from 0 to `finest`; else `BadInput`."""
    if not 0 <= resolution <= finest:
        raise BadInput(f"resolution {resolution} is out of range: 0 to {finest}")
    return resolution


def outlines(cells: Cells) -> NDArray[Any]:
    """Each cell as a shapely polygon in lon, lat."""
    made: NDArray[Any] = shapely.from_wkb(
        pa.array(vector.cells_to_wkb_polygons(pa.array(cells))).to_numpy(zero_copy_only=False)
    )
    return made


def middles(cells: Cells) -> NDArray[np.float64]:
    """The centre of each cell: float64[n, 2] lon, lat."""
    if not len(cells):
        return np.empty((0, 2))
    found = pa.record_batch(vector.cells_to_coordinates(pa.array(cells)))
    return np.column_stack([found["lng"].to_numpy(), found["lat"].to_numpy()])


def compact(cells: Cells) -> Cells:
    """The same surface in as few cells as there can be, in ascending order."""
    distinct = np.unique(cells)
    if not len(distinct):
        return distinct
    made = pa.array(h3ronpy.compact(pa.array(distinct), mixed_resolutions=True))
    return np.sort(np.array(made, np.uint64))


def uncompact(cells: Cells, resolution: int) -> Cells:
    """The same surface in cells of one resolution, in ascending order; `BadInput` where they are finer already, or
    would be too many."""
    check_resolution(resolution)
    distinct = np.unique(cells)
    depths = [resolution - h3.get_resolution(h3.int_to_str(int(cell))) for cell in distinct]
    if any(d < 0 for d in depths):
        raise BadInput(f"cells finer than resolution {resolution} can't be split down to it")
    if sum(7.0**d for d in depths) > MOST_CELLS:
        raise BadInput(f"that would be more than {MOST_CELLS:,} cells; take a coarser resolution")
    if not len(distinct):
        return distinct
    return np.unique(np.array(pa.array(h3ronpy.uncompact(pa.array(distinct), resolution)), np.uint64))


@njit(nogil=True, cache=True)
def _totals(cells: Any, values: Any, bits: Any) -> Any:
    """Each cell that occurs, how often, and the sum of its values: an open hash table, each cell found at once.

    Rows lie in Hilbert order, so most cells are that of the row before, which is tried first.
    """
    size = np.int64(1) << bits
    mask = np.uint64(size - 1)
    keys, counts, sums = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.zeros(size)
    with_values = len(values) > 0
    slot, used = np.uint64(0), 0
    for i in range(len(cells)):
        cell = cells[i]
        if cell == 0 or (with_values and np.isnan(values[i])):
            continue
        if keys[slot] != cell:
            slot = (cell * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - bits)
            while keys[slot] != cell:
                if keys[slot] == 0:
                    if used * 2 >= size:
                        return keys[:0], counts[:0], sums[:0]  # too small: the caller takes a larger one
                    keys[slot] = cell
                    used += 1
                    break
                slot = (slot + np.uint64(1)) & mask
        counts[slot] += 1
        if with_values:
            sums[slot] += values[i]
    kept = np.flatnonzero(keys)
    return keys[kept], counts[kept], sums[kept]


def totals(
    cells: Cells, values: NDArray[np.float64] | None = None
) -> tuple[Cells, NDArray[np.int64], NDArray[np.float64]]:
    """Each cell that occurs in ascending order, how many rows it has, and the sum of their values.

    Rows of cell 0 or with a value that is NaN count for nothing.

    >>> [a.tolist() for a in totals(np.array([7, 5, 7], np.uint64), np.array([1.0, 2.0, 4.0]))]
    [[5, 7], [1, 2], [2.0, 5.0]]
    """
    some = np.empty(0) if values is None else values
    bits = 12
    found = _totals(cells, some, bits)
    while not len(found[0]) and bits < 3 + int(np.ceil(np.log2(max(len(cells), 2)))):
        bits += 4
        found = _totals(cells, some, bits)
    order = np.argsort(found[0])
    return found[0][order], found[1][order], found[2][order]
