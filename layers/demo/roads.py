"""The layer `roads`: the network's edges strung together from junction to junction, with their attributes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.model.layer import Features, Field, Layer
from layers.demo.frame import Index
from layers.demo.inputs import rows
from layers.demo.labels import components
from layers.demo.network import BRIDGE, CLASSES, RESIDENTIAL, SECONDARY, SERVICE, TUNNEL, StreetPlan
from layers.demo.ramps import Ramps

ROADS = Layer(
    "roads",
    geometry="line",
    title_zh="道路",
    title_en="Roads",
    fields=(
        Field("name", "text", "名称", "Name"),
        Field("name_en", "text", "英文名", "English name"),
        Field("ref", "text", "编号", "Reference"),
        Field("class", "text", "等级", "Class"),
        Field("oneway", "boolean", "单行", "One way"),
        Field("lanes", "integer", "车道数", "Lanes"),
        Field("maxspeed_kmh", "integer", "限速（公里/时）", "Speed limit (km/h)"),
        Field("bridge", "boolean", "桥梁", "Bridge"),
        Field("tunnel", "boolean", "隧道", "Tunnel"),
        Field("level", "integer", "层次", "Level"),
        Field("surface", "text", "路面", "Surface"),
        Field("maxheight_m", "real", "限高（米）", "Height limit (m)"),
        Field("access", "text", "通行", "Access"),
    ),
)

_LANES = (0, 4, 6, 6, 4, 2, 2, 1, 0, 1, 1)
_SURFACES = ("", *["asphalt"] * 5, "concrete", "concrete", "paving_stones", "asphalt", "asphalt")
_SPEED = (0, 100, 80, 60, 60, 40, 30, 15, 5, 40, 40)
_SUFFIX = {
    "secondary": ("大道", "Avenue"),
    "tertiary": ("路", "Road"),
    "service": ("巷", "Lane"),
    "footway": ("步道", "Path"),
    "motorway_link": ("匝道", "Ramp"),
    "trunk_link": ("匝道", "Ramp"),
}
#: Ramps carry on the count of ranks.
LINK = len(CLASSES)
_LINKS = ("motorway_link", "trunk_link")
_LOCAL = (("路", "Road"), ("街", "Street"), ("巷", "Lane"))


def features(network: StreetPlan, ramps: Ramps) -> Features:
    """Every road from junction to junction; a feature has one class and name, and is all bridge or none."""
    parts = [*(_strings(network, family, ramps) for family in (0, 1)), _slip_roads(network, ramps)]
    lines = np.concatenate([part[0] for part in parts])
    keys = np.concatenate([part[1] for part in parts])
    ends = np.concatenate([part[2] for part in parts])
    oneway = _oneway(network, keys[:, 0], ends)
    rank, named, carried, crossing, local = keys.T
    arteries, crossings, words = rows("arteries"), rows("crossings"), rows("names")
    names, names_en, refs, lanes, speeds = [], [], [], [], []
    for r, a, c, k in zip(rank.tolist(), named.tolist(), crossing.tolist(), local.tolist(), strict=True):
        ref: str | None = None
        if a >= 0:
            row = arteries[a]
            name, name_en, ref = row["name"], row["name_en"], row["ref"] or None
            lanes.append(int(row["lanes"]))
            speeds.append(int(row["maxspeed_kmh"]))
        else:
            word, (zh, en) = (
                words[k % len(words)],
                _SUFFIX.get((*CLASSES, *_LINKS)[r], _LOCAL[k // len(words) % 3]),
            )
            name, name_en = word["word"] + zh, f"{word['word_en']} {en}"
            lanes.append(_LANES[r])
            speeds.append(_SPEED[r])
        if c >= 0:
            name, name_en = crossings[c]["name"], crossings[c]["name_en"]
        names.append(name)
        names_en.append(name_en)
        refs.append(ref)
    bridge, tunnel = carried == BRIDGE, carried == TUNNEL
    table = pa.table(
        {
            "name": names,
            "name_en": names_en,
            "ref": pa.array(refs, pa.string()),
            "class": np.array((*CLASSES, *_LINKS), dtype=object)[rank],
            "oneway": oneway,
            "lanes": np.where(oneway, 1, lanes),
            "maxspeed_kmh": speeds,
            "bridge": bridge,
            "tunnel": tunnel,
            "level": bridge.astype(np.int64) - tunnel,
            "surface": np.array(_SURFACES, dtype=object)[rank],
            "maxheight_m": pa.array(np.where(tunnel, 4.5, np.nan), from_pandas=True),
            "access": np.where(rank == SERVICE, "destination", "yes").astype(object),
        },
        schema=ROADS.schema(),
    )
    return Features(lines, table)


def _strings(network: StreetPlan, family: int, ramps: Ramps) -> tuple[NDArray[Any], Index, Index]:
    """Lines; their keys int64[n, 5] (rank, artery, carried, crossing, local name); their end nodes."""
    i, j = np.nonzero(network.rank[family])
    line, along = (i, j) if family == 0 else (j, i)
    order = np.lexsort((along, line))
    i, j, line, along = i[order], j[order], line[order], along[order]
    # An unnamed street changes its name every 8 edges, at a wider street; out in the country every 64.
    rank = network.rank[family][i, j].astype(np.int64)
    stretch = (along + network.frame.first[1 - family]) // np.where(rank <= SECONDARY, 64, 8)
    local = ((line * 7919 + stretch * 104_729 + family * 31) * 2_654_435_761 >> 7) % 1_000_003
    artery = network.named[family][i, j].astype(np.int64)
    key = np.column_stack(
        [
            rank,
            artery,
            network.carried[family][i, j],
            network.crossing[family][i, j],
            np.where(artery >= 0, 0, local),
        ]
    )
    cut = network.degree() != 2
    cut[ramps.start[:, 0], ramps.start[:, 1]] = cut[ramps.end[:, 0], ramps.end[:, 1]] = True
    starts = np.ones(len(i), dtype=bool)
    starts[1:] = (
        (line[1:] != line[:-1])
        | (along[1:] != along[:-1] + 1)
        | (key[1:] != key[:-1]).any(axis=1)
        | cut[i[1:], j[1:]]
    )
    number = np.cumsum(starts) - 1
    last = np.append(starts[1:], True)
    nodes = network.nodes(family, i, j)
    # The points of a line: the start of each of its edges, and the end of its last one.
    points = np.concatenate([nodes[:, 0], nodes[last, 1]])
    index = np.concatenate([number, number[last]])
    order = np.argsort(index, kind="stable")
    points, index = points[order], index[order]
    height = network.frame.shape[1] + 1
    lonlat = network.frame.lonlat[points // height, points % height]
    return (
        shapely.linestrings(lonlat, indices=index),
        key[starts],
        np.column_stack([nodes[starts, 0], nodes[last, 1]]),
    )


def _slip_roads(network: StreetPlan, ramps: Ramps) -> tuple[NDArray[Any], Index, Index]:
    """The ramps, like `_strings`; their rank is that of the link classes, their local name a ramp's."""
    none = np.full(len(ramps.rank), -1)
    rank = ramps.rank.astype(np.int64) + LINK - 1
    key = np.column_stack([rank, none, 0 * none, none, np.arange(len(none))])
    height = network.frame.shape[1] + 1
    ends = np.column_stack([p[:, 0] * height + p[:, 1] for p in (ramps.start, ramps.end)])
    return ramps.lines(network.frame.lonlat), key, ends


def _oneway(network: StreetPlan, rank: Index, ends: Index) -> Mask:
    """Ramps, and one residential street in eight; every junction can be reached both ways without these."""
    draw = network.frame.rng(7).random(len(rank)) < 0.13
    oneway = (draw & (rank == RESIDENTIAL)) | (rank >= LINK)
    used, pairs = np.unique(ends, return_inverse=True)
    pairs = pairs.reshape(-1, 2)
    piece = components(len(used), pairs[~oneway])
    main = np.bincount(piece).argmax()
    return np.asarray(oneway & (piece[pairs] == main).all(axis=1))
