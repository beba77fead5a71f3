"""Who goes where: the allocation against brute force, scipy and greedy, and small cases worked out by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from cim.dispatch.min_cost_flow import NO_PAIR, allocate, filled_by_level, greedy
from cim.errors import BadInput

ONE = np.array([1, 1], np.int64)


def value(pairs, cost, priority, places):  # type: ignore[no-untyped-def]
    """What is compared: places filled by level, then weighted cost (the less, the better)."""
    spent = int((cost[pairs[:, 0], pairs[:, 1]] * priority[pairs[:, 0]]).sum())
    return (*filled_by_level(pairs, priority, places), -spent)


def require_allowed(pairs, cost, places, room) -> None:  # type: ignore[no-untyped-def]
    assert (cost[pairs[:, 0], pairs[:, 1]] != NO_PAIR).all()
    assert len(np.unique(pairs, axis=0)) == len(pairs)
    assert (np.bincount(pairs[:, 0], minlength=len(places)) <= places).all()
    assert (np.bincount(pairs[:, 1], minlength=len(room)) <= room).all()


def case(rng: np.random.Generator, n: int, m: int):  # type: ignore[no-untyped-def]
    cost = rng.integers(0, 3_600_000, (n, m))
    cost[rng.random((n, m)) < rng.choice([0.0, 0.3, 0.8])] = NO_PAIR
    return cost, rng.choice([1, 2, 4, 8], n), rng.integers(0, 4, n), rng.integers(0, 3, m)


def test_two_incidents_that_want_the_same_team() -> None:
    """Greedy sends A to the first (10), and B to the second from far (100); the other way it is 20 + 15."""
    cost = np.array([[10, 15], [20, 100]])
    assert greedy(cost, ONE, ONE, ONE).tolist() == [[0, 0], [1, 1]]
    assert allocate(cost, ONE, ONE, ONE).tolist() == [[0, 1], [1, 0]]


def test_the_more_urgent_is_served_where_one_team_is_left() -> None:
    cost = np.array([[1], [3_000_000]])
    assert allocate(cost, np.array([1, 8]), ONE, ONE[:1]).tolist() == [[1, 0]]


def test_the_first_team_of_each_comes_before_the_second_of_another() -> None:
    cost = np.array([[1, 1], [900, 900]])
    assert len(set(allocate(cost, ONE, np.array([2, 1]), ONE)[:, 0].tolist())) == 2


def test_a_team_with_room_for_two_is_at_an_incident_once() -> None:
    assert allocate(np.array([[5]]), ONE[:1], np.array([2]), np.array([2])).tolist() == [[0, 0]]
    assert allocate(np.array([[5], [6]]), ONE, ONE, np.array([2])).tolist() == [[0, 0], [1, 0]]


@pytest.mark.parametrize(("n", "m"), [(0, 3), (3, 0), (0, 0)])
def test_nobody_or_nothing_is_no_pair(n: int, m: int) -> None:
    cost, one, room = np.zeros((n, m), np.int64), np.ones(n, np.int64), np.ones(m, np.int64)
    for f in (allocate, greedy):
        assert f(cost, one, one, room).shape == (0, 2)


def test_urgencies_that_can_not_be_told_apart_are_refused() -> None:
    n = 2000
    cost = np.full((n, 500), 2**31 - 2)
    with pytest.raises(BadInput, match="fewer priorities"):
        allocate(cost, np.arange(n) % 100 + 1, np.full(n, 1), np.ones(500, np.int64) * 4)


@pytest.mark.parametrize("seed", range(100))
def test_it_is_never_worse_than_greedy(seed: int) -> None:
    """200 incidents x 1,000 teams among the cases; where both fill the same places, its cost is no more."""
    rng = np.random.default_rng(seed)
    cost, priority, places, room = case(rng, *(200, 1000) if seed < 10 else rng.integers(1, 80, 2))
    ours, plain = (f(cost, priority, places, room) for f in (allocate, greedy))
    for pairs in (ours, plain):
        require_allowed(pairs, cost, places, room)
    assert value(ours, cost, priority, places) >= value(plain, cost, priority, places)
    assert len(ours) >= len(plain)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3), st.integers(1, 4))
def test_tiny_ones_are_the_best_of_all_allocations(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    cost, priority, places, room = case(rng, n, m)
    best = None
    for subset in itertools.product((False, True), repeat=n * m):
        used = np.array(subset).reshape(n, m)
        bad = used & (cost == NO_PAIR)
        if bad.any() or (used.sum(1) > places).any() or (used.sum(0) > room).any():
            continue
        found = value(np.argwhere(used), cost, priority, places)
        best = found if best is None else max(best, found)
    pairs = allocate(cost, priority, places, room)
    require_allowed(pairs, cost, places, room)
    assert value(pairs, cost, priority, places) == best


def test_the_plain_case_costs_what_scipy_has() -> None:
    rng = np.random.default_rng(3)
    cost, priority = rng.integers(0, 3_600_000, (60, 90)), rng.choice([1, 2, 4, 8], 60)
    pairs = allocate(cost, priority, np.ones(60, np.int64), np.ones(90, np.int64))
    i, j = linear_sum_assignment(cost * priority[:, None])
    assert (cost[pairs[:, 0], pairs[:, 1]] * priority[pairs[:, 0]]).sum() == (cost[i, j] * priority[i]).sum()
