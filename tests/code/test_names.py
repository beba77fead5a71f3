"""Names in the code are the field's: a function is a verb or a noun, a class has one name, a module goes by its own."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.inputs import PACKAGES, ROOT

#: Participles that do not end in -ed.
_IRREGULAR = {
    "asked", "begun", "bent", "bought", "bound", "broken", "brought", "built", "caught", "chosen", "dealt",
    "done", "drawn", "driven", "eaten", "fallen", "felt", "found", "given", "gone", "grown", "held",
    "hidden", "kept", "known", "laid", "led", "left", "lent", "lost", "made", "meant", "met", "paid",
    "ridden", "said", "seen", "sent", "shown", "sold", "sought", "spent", "spoken", "standing", "stood",
    "taken", "taught", "thought", "thrown", "told", "torn", "understood", "won", "worn", "written",
}  # fmt: skip
#: Nouns and verbs that end in -ed.
_NO_PARTICIPLES = frozenset({"bed", "embed", "feed", "need", "seed", "speed"})
#: Words of the code's first years, each with the one that took its place.
_OLD_WORDS = {
    "Asked": "…Options or …Request",
    "Doors": "AccessNodes",
    "Partition": "PointIndex",
    "Look": "RenderOptions",
    "ways_out": "departures",
    "led_on": "extend_dangles",
    "whole_in": "assign_buildings",
}


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Each module of the product: its path in the repository, and its syntax tree."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text("utf-8"))


def is_lone_participle(name: str) -> bool:
    """Whether a name is a single participle, such as `made` or `_joined`.

    >>> [is_lone_participle(n) for n in ("made", "_joined", "is_joined", "speed", "draw")]
    [True, True, False, False, False]
    """
    word = name.strip("_")
    return word in _IRREGULAR or (word.endswith("ed") and "_" not in word and word not in _NO_PARTICIPLES)


def is_constructor(function: ast.AST) -> bool:
    """Whether a function is `of` of a class: `Filter.of(text)` reads as the constructor that it is."""
    decorators = getattr(function, "decorator_list", [])
    return any(isinstance(d, ast.Name) and d.id == "classmethod" for d in decorators)


def functions() -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function and method, with the path of its module."""
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield path, node


def test_no_function_is_named_by_a_lone_participle() -> None:
    found = [f"{path}:{f.lineno} {f.name}" for path, f in functions() if is_lone_participle(f.name)]
    assert found == []


def test_of_begins_no_name_but_that_of_a_constructor() -> None:
    found = [
        f"{path}:{f.lineno} {f.name}"
        for path, f in functions()
        if (f.name.strip("_") == "of" and not is_constructor(f)) or f.name.strip("_").startswith("of_")
    ]
    assert found == []


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path, tree in sources():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                places[node.name].append(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


@pytest.mark.parametrize("ending", ["_module", "_verb", "_routes"])
def test_no_module_is_disguised_at_its_import(ending: str) -> None:
    found = [
        f"{path}:{node.lineno} {alias.asname}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if alias.asname and alias.asname.endswith(ending)
    ]
    assert found == []


@pytest.mark.parametrize("word", sorted(_OLD_WORDS))
def test_an_old_word_does_not_come_back(word: str) -> None:
    found = [
        f"{path}:{node.lineno}: {word} is {_OLD_WORDS[word]} now"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == word
    ]
    assert found == []


def test_no_room_is_without_a_word_on_what_it_is() -> None:
    bare = [str(Path(path).parent) for path, tree in sources() if not ast.get_docstring(tree) and tree.body]
    assert bare == []
