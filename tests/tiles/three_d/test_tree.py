"""Each thing is in one tile that holds it, far tiles have the largest, and a change touches few tiles."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiles.three_d.tileset import SUBTREE_LEVELS, subtree, tileset
from tiles.three_d.tree import DEEPEST, Tree, grow


def scattered(count: int, seed: int) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    corner = rng.uniform((112.8, 28.0), (113.2, 28.4), (count, 2))
    wide = rng.lognormal(-9.0, 0.6, (count, 2))
    return np.hstack([corner, corner + wide]), rng.lognormal(3, 1, count), rng.integers(20, 200, count)


@given(st.integers(1, 400), st.integers(0, 1000), st.integers(100, 4000))
def test_each_thing_is_in_one_tile_that_holds_it(count: int, seed: int, budget: int) -> None:
    boxes, size, cost = scattered(count, seed)
    tree = grow(boxes, size, cost, budget)
    assert sorted(tree.order.tolist()) == list(range(count))
    for tile in tree.tiles:
        west, south, east, north = tree.tile_region(*tile)
        mine = boxes[tree.things(*tile)]
        assert (mine[:, 0] >= west - 1e-9).all()
        assert (mine[:, 1] >= south - 1e-9).all()
        assert (mine[:, 2] <= east + 1e-9).all()
        assert (mine[:, 3] <= north + 1e-9).all()


def test_a_tile_above_has_the_larger_things() -> None:
    boxes, size, cost = scattered(5000, 1)
    tree = grow(boxes, size, cost, budget=20_000)
    crossing = {int(i) for i in tree.things(0, 0, 0)}
    inner = [i for i in range(5000) if i not in crossing]
    chosen = [i for i in crossing if not is_across(tree, boxes[i])]
    assert size[chosen].min() >= size[inner].max()


def is_across(tree: Tree, box: Any) -> bool:
    west, south, east, north = tree.region
    middle = ((west + east) / 2, (south + north) / 2)
    return bool(box[0] < middle[0] < box[2] or box[1] < middle[1] < box[3])


def test_a_change_of_one_thing_moves_at_most_one_other_on_each_level() -> None:
    boxes, size, cost = scattered(20_000, 2)
    cost[:] = 100
    before = grow(boxes, size, cost, budget=20_000)
    taller = size.copy()
    taller[777] *= 50
    after = grow(boxes, taller, cost, budget=20_000)
    changed = {
        tile
        for tile in before.tiles.keys() | after.tiles.keys()
        if sorted(before.things(*tile).tolist()) != sorted(after.things(*tile).tolist())
    }
    assert 0 < len(changed) <= 20


def test_nothing_makes_an_empty_tree() -> None:
    tree = grow(np.empty((0, 4)), np.empty(0), np.empty(0, np.int64))
    assert list(tree.available()) == []
    assert tree.levels == 1


def test_the_subtrees_say_which_tiles_there_are() -> None:
    boxes, size, cost = scattered(30_000, 3)
    tree = grow(boxes, size, cost, budget=8_000)
    assert tree.levels > 3
    document = tileset(tree, (0.0, 100.0), (113.0, 28.2, 0.0), version="1")
    assert document["root"]["implicitTiling"]["availableLevels"] == tree.levels
    found: set[tuple[int, int, int]] = set()
    filled: set[tuple[int, int, int]] = set()
    wanted = [(0, 0, 0)]
    while wanted:
        level, x, y = wanted.pop()
        tiles, contents, children = read_subtree(subtree(tree, level, x, y))
        for depth in range(SUBTREE_LEVELS):
            for place in range(4**depth):
                dx, dy = unmorton(place)
                tile = (level + depth, (x << depth) + dx, (y << depth) + dy)
                number = (4**depth - 1) // 3 + place
                if tiles(number):
                    found.add(tile)
                if contents(number):
                    filled.add(tile)
        for place in range(4**SUBTREE_LEVELS):
            if children(place):
                dx, dy = unmorton(place)
                wanted.append(
                    (level + SUBTREE_LEVELS, (x << SUBTREE_LEVELS) + dx, (y << SUBTREE_LEVELS) + dy)
                )
    assert found == set(tree.available())
    assert filled == set(tree.tiles)
    assert max(level for level, _, _ in found) <= DEEPEST
    assert subtree(tree, 1, 0, 0) is None


def unmorton(place: int) -> tuple[int, int]:
    x = y = 0
    for bit in range(16):
        x |= (place >> 2 * bit & 1) << bit
        y |= (place >> 2 * bit + 1 & 1) << bit
    return x, y


def read_subtree(content: bytes | None) -> Any:
    """The three availabilities of a subtree, each as a function of a number."""
    assert content is not None
    magic, version, text, binary = struct.unpack("<4sIQQ", content[:24])
    assert (magic, version) == (b"subt", 1)
    assert text % 8 == 0 == binary % 8
    document = orjson.loads(content[24 : 24 + text])
    body = content[24 + text : 24 + text + binary]

    def availability(said: dict[str, int]) -> Any:
        if "constant" in said:
            return lambda _: bool(said["constant"])
        view = document["bufferViews"][said["bitstream"]]
        bits = np.unpackbits(
            np.frombuffer(body, np.uint8, view["byteLength"], view["byteOffset"]), bitorder="little"
        )
        assert said["availableCount"] == int(bits.sum())
        return lambda number: bool(bits[number])

    return (
        availability(document["tileAvailability"]),
        availability(document["contentAvailability"][0]),
        availability(document["childSubtreeAvailability"]),
    )


def test_the_error_halves_from_level_to_level_and_begins_with_the_width() -> None:
    boxes = np.array([[112.0, 28.0, 112.01, 28.01], [113.0, 29.0, 113.01, 29.01]])
    tree = grow(boxes, np.ones(2), np.array([8, 8]))
    root = tileset(tree, (0.0, 9.0), (112.5, 28.5, 0.0), version="7")["root"]
    assert root["refine"] == "ADD"
    assert root["geometricError"] == pytest.approx(1.01 * 111_320 / 32, rel=0.01)
