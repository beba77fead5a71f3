"""The table of kinds names each placed thing once, and the code that writes them names none."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cim.errors import NotFound
from cim.model.standard_layers import OWNED, PERIODIC, PLACED
from cim.operations.kinds import KINDS, kind_of
from tests.support.inputs import ROOT

#: The code that creates, changes and loads placed things of every kind.
GENERIC = (
    "cim/city.py",
    "cim/follower.py",
    "cim/loading.py",
    "cim/operations/records.py",
    "cim/operations/features.py",
    "cim/store/base.py",
    "cim/areas/owner_fields.py",
    "layers/load/load.py",
    "layers/load/taken_codes.py",
)


def test_each_placed_layer_is_a_kind() -> None:
    assert {name: kind.layer for name, kind in KINDS.items()} == PLACED


def test_all_but_areas_are_owned_and_only_areas_come_again() -> None:
    assert PLACED.keys() - OWNED.keys() == PERIODIC == {"areas"}


def test_another_name_is_told_the_kinds() -> None:
    with pytest.raises(NotFound, match="'trees' is no kind of placed thing; known: areas, units, incidents"):
        kind_of("trees")


@pytest.mark.parametrize("path", GENERIC)
def test_the_code_for_all_kinds_compares_with_no_kind(path: str) -> None:
    words = {*KINDS, *(kind.layer.kind for kind in KINDS.values())}
    tree = ast.parse(Path(ROOT, path).read_text("utf-8"))
    found = [
        f"{path}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(op, (ast.Eq, ast.NotEq)) for op in node.ops)
        for side in (node.left, *node.comparators)
        if isinstance(side, ast.Constant) and side.value in words
    ]
    assert found == []
