"""Grouping cells: nearest seed, made connected, and even clusters inside a group. Labels are int64[n]."""

from __future__ import annotations

import numpy as np

from cim.arrays.types import Mask
from layers.demo.frame import Array, Index


def nearest(xy: Array, seeds: Array, barred: Mask | None = None) -> Index:
    """For each position the nearest seed's number; `barred[n, k]` forbids pairs.

    >>> nearest(np.array([[0.0, 0], [9, 0]]), np.array([[1.0, 0], [8, 0]])).tolist()
    [0, 1]
    """
    out = np.empty(len(xy), dtype=np.int64)
    for at in range(0, len(xy), 20_000):
        piece = slice(at, at + 20_000)
        away = (xy[piece, None, 0] - seeds[:, 0]) ** 2 + (xy[piece, None, 1] - seeds[:, 1]) ** 2
        if barred is not None:
            away[barred[piece]] = np.inf
        out[piece] = away.argmin(axis=1)
    return out


def components(count: int, pairs: Index) -> Index:
    """The smallest member's number of each node's connected component, for the undirected `pairs`.

    >>> components(5, np.array([[0, 1], [3, 4]])).tolist()
    [0, 0, 2, 3, 3]
    """
    root = np.arange(count)
    a, b = (pairs[:, 0], pairs[:, 1]) if len(pairs) else (root[:0], root[:0])
    while True:
        low = np.minimum(root[a], root[b])
        before = root.copy()
        np.minimum.at(root, root[a], low)
        np.minimum.at(root, root[b], low)
        while not np.array_equal(root, root[root]):
            root = root[root]
        if np.array_equal(root, before):
            return root


def connect(label: Index, pairs: Index, weight: Array, inside: Index | None = None) -> Index:
    """The labels with stray parts given to a neighbour, so that each label is one connected piece.

    The heaviest piece of a label stays. With `inside`, cells only join neighbours of the same group.
    """
    label = label.copy()
    if inside is not None:
        pairs = pairs[inside[pairs[:, 0]] == inside[pairs[:, 1]]]
    for _ in range(60):
        same = label[pairs[:, 0]] == label[pairs[:, 1]]
        piece = components(len(label), pairs[same])
        heavy = np.bincount(piece, weights=weight, minlength=len(label))
        order = np.lexsort((piece, -heavy[piece], label))
        first = order[np.unique(label[order], return_index=True)[1]]
        home = np.zeros(label.max() + 1, dtype=np.int64)
        home[label[first]] = piece[first]
        stray = piece != home[label]
        if not stray.any():
            return label
        both = np.vstack([pairs, pairs[:, ::-1]])
        both = both[stray[both[:, 0]] & ~stray[both[:, 1]]]
        if not len(both):
            return label
        label[both[:, 0]] = label[both[:, 1]]
    return label


def cluster(xy: Array, weight: Array, group: Index, wanted: Index, rng: np.random.Generator) -> Index:
    """Each group cut into about `wanted[group]` compact clusters; numbers run on over all groups.

    Lloyd's iteration from random members; a cluster has at least one member.
    """
    out = np.zeros(len(xy), dtype=np.int64)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    offset = 0
    for members in np.split(order, starts[1:]):
        k = int(min(wanted[group[members[0]]], len(members)))
        if k > 1:
            here, heavy = xy[members], weight[members]
            seeds = here[rng.choice(len(members), k, replace=False, p=heavy / heavy.sum())]
            for _ in range(4):
                own = nearest(here, seeds)
                mass = np.bincount(own, weights=heavy, minlength=k)
                full = mass > 0
                for axis in (0, 1):
                    total = np.bincount(own, weights=heavy * here[:, axis], minlength=k)
                    seeds[full, axis] = total[full] / mass[full]
            out[members] = offset + np.unique(nearest(here, seeds), return_inverse=True)[1]
        else:
            out[members] = offset
        offset = int(out[members].max()) + 1
    return out
