"""How the code is laid out: the formatter does it, and what is handed over has few parts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.support.inputs import PACKAGES, ROOT

#: So many lines may ask the formatter to leave a statement as it is.
_PACKED_BY_HAND = 60
#: Nobody remembers the order of more arguments than these.
_IN_A_ROW = 7
#: Calls of libraries that take as many things as there are.
_OF_LIBRARIES = {"sa.Table", "struct.pack"}
#: Verbs whose options, each by its name, say more than a group of them would. The routes and commands of `spatial_api`
#: are not counted: there each parameter is one of the URL or of the command line.
_MANY_OPTIONS = {
    "cim/analysis/coverage.py measure_coverage",
    "cim/bim/versions.py load_model",
    "cim/geocoding/search.py search_city",
    "cim/operations/records.py listing",
    "cim/routing/itinerary.py find_routes",
    "cim/routing/reach.py find_reach",
    "layers/export.py export",
    "layers/formats/csv.py read",
    "layers/formats/read.py read",
    "layers/owner_columns.py assign_file",
    "tiles/style/document.py style",
}


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of the syntax trees of `cim`, `tiles` and `layers`, with the path of its module."""
    for package in PACKAGES:
        if package != "spatial_api":
            for file in sorted((ROOT / package).rglob("*.py")):
                for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                    yield str(file.relative_to(ROOT)), node


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[list[str], list[str]]:
    """The parameters of a function that are told by their place, and those that are told by their name alone; without
    the object or class that a method is of.

    >>> parameters(ast.parse("def f(self, a, b=1, *, c): ...").body[0])
    (['a', 'b'], ['c'])
    """
    placed = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    return placed[placed[:1] in (["self"], ["cls"]) :], [a.arg for a in function.args.kwonlyargs]


def test_few_statements_are_packed_by_hand() -> None:
    mark = "# fmt: " + "skip"
    places = [
        f"{file.relative_to(ROOT)}:{number}"
        for package in (*PACKAGES, "tests")
        for file in sorted((ROOT / package).rglob("*.py"))
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
        if mark in line
    ]
    assert len(places) < _PACKED_BY_HAND, places


def test_no_function_takes_more_than_seven_arguments_in_a_row() -> None:
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, node in nodes()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and len(parameters(node)[0]) > _IN_A_ROW
    ]
    assert found == []


def test_no_call_hands_over_more_than_seven_arguments_in_a_row() -> None:
    found = [
        f"{path}:{node.lineno} {ast.unparse(node.func)}"
        for path, node in nodes()
        if isinstance(node, ast.Call)
        and len(node.args) > _IN_A_ROW
        and ast.unparse(node.func) not in _OF_LIBRARIES
    ]
    assert found == []


def test_only_verbs_with_many_options_take_more_than_seven_parameters_in_all() -> None:
    found = {
        f"{path} {node.name}"
        for path, node in nodes()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and len([*parameters(node)[0], *parameters(node)[1]]) > _IN_A_ROW
    }
    assert found == _MANY_OPTIONS
