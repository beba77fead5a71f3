"""Lines that meet end to end and are alike, as one: from afar a road of a hundred pieces is one stroke.

Two lines are joined where they meet and no third one of their kind does. What is joined has the number of its first
row; the parts of one row stay together.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from tiles.geometry.tile_shapes import Outlines


def merge_lines(lines: Outlines, kind_of: NDArray[np.int64]) -> tuple[Outlines, NDArray[np.int64]]:
    """The lines of each kind (int64 for each line) joined, with how many rows each stands for; and for each of the
    given lines the row whose number it has now."""
    part_of = np.repeat(np.arange(len(lines)), np.diff(lines.rings))
    begins, ends = lines.xy[lines.vertices[:-1]], lines.xy[lines.vertices[1:] - 1]
    at = np.stack([begins, ends], axis=1).astype(np.int64)
    _, place = np.unique((at[..., 0] << 32) | at[..., 1], return_inverse=True)
    _, node = np.unique((kind_of[part_of][:, None] << 32) | place.reshape(-1, 2), return_inverse=True)
    order, backward, starts = _chains(node.reshape(-1, 2))
    of_chain = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    shape = _shapes(part_of[order], of_chain, len(lines))
    # Chains shape by shape, shapes by their first line.
    first = np.full(len(starts) - 1, len(lines), np.int64)
    np.minimum.at(first, shape[of_chain], part_of[order])
    chain_order = np.argsort(first[shape], kind="stable")
    vertices, xy = _write_chains(chain_order, order, backward, starts, lines.vertices, lines.xy)
    known, parts = np.unique(first[shape], return_counts=True)
    of_line = np.empty(len(lines), np.int64)
    of_line[part_of[order]] = first[shape[of_chain]]
    rings = np.zeros(len(known) + 1, np.int64)
    np.cumsum(parts, out=rings[1:])
    count = np.bincount(of_line, minlength=len(lines))[known].astype(np.int32)
    made = Outlines(
        lines.rows[known],
        rings,
        vertices,
        np.ones(len(vertices) - 1, np.bool_),
        xy,
        np.zeros(len(known), np.float32),
        count,
    )
    return made, lines.rows[of_line]


@njit(nogil=True, cache=True)
def _chains(node: Any) -> Any:
    """Lines between nodes (int64[n, 2]) as chains: the lines in order, which of them run backward, and where each
    chain begins."""
    n = len(node)
    meets = np.full((node.max() + 1 if n > 0 else 0, 3), -1, np.int64)
    for i in range(n):
        for end in range(2):
            for slot in range(3):
                if meets[node[i, end], slot] < 0:
                    meets[node[i, end], slot] = i
                    break
    order, backward = np.empty(n, np.int64), np.empty(n, np.bool_)
    starts = np.zeros(n + 1, np.int64)
    seen = np.zeros(n, np.bool_)
    at, chains = 0, 0
    for circles in range(2):  # first those that have an end, then those that run in a circle
        for i in range(n):
            for end in range(2):
                here = node[i, end]
                open_end = meets[here, 1] < 0 or meets[here, 2] >= 0 or meets[here, 0] == meets[here, 1]
                if seen[i] or not (open_end or circles == 1):
                    continue
                line, entered = i, end
                while True:
                    seen[line] = True
                    order[at], backward[at] = line, entered == 1
                    at += 1
                    there = node[line, 1 - entered]
                    if meets[there, 1] < 0 or meets[there, 2] >= 0:
                        break
                    following = meets[there, 1] if meets[there, 0] == line else meets[there, 0]
                    if seen[following]:
                        break
                    line = following
                    entered = 0 if node[line, 0] == there else 1
                chains += 1
                starts[chains] = at
    return order, backward, starts[: chains + 1]


@njit(nogil=True, cache=True)
def _shapes(line: Any, chain: Any, n: Any) -> Any:
    """The shape of each chain: chains that have parts of one line are of the same; a shape has the number of one of
    its chains. `line` and `chain` (ascending) are of each part, n is how many lines there are."""
    chains = chain[-1] + 1 if len(chain) > 0 else 0
    root = np.arange(chains)
    met = np.full(n, -1, np.int64)
    for i in range(len(line)):
        if met[line[i]] >= 0:
            a, b = chain[i], met[line[i]]
            while root[a] != a:
                a = root[a]
            while root[b] != b:
                b = root[b]
            if a < b:
                root[b] = a
            else:
                root[a] = b
        met[line[i]] = chain[i]
    for c in range(chains):
        a = c
        while root[a] != a:
            a = root[a]
        root[c] = a
    return root


@njit(nogil=True, cache=True)
def _write_chains(chain_order: Any, order: Any, backward: Any, starts: Any, vertices: Any, xy: Any) -> Any:
    """The vertices of the chains in this order: where each begins, and the vertices, of which there is one where two
    lines meet."""
    out_starts, out = np.zeros(len(chain_order) + 1, np.int64), np.empty_like(xy)
    at = 0
    for k in range(len(chain_order)):
        chain = chain_order[k]
        for i in range(starts[chain], starts[chain + 1]):
            first, last = vertices[order[i]], vertices[order[i] + 1]
            skip = 1 if i > starts[chain] else 0
            for j in range(skip, last - first):
                v = last - 1 - j if backward[i] else first + j
                out[at, 0], out[at, 1] = xy[v, 0], xy[v, 1]
                at += 1
        out_starts[k + 1] = at
    return out_starts, out[:at].copy()
