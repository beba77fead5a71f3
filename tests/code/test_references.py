"""What a docstring, a comment or a document names in backticks is there: modules, their members, and files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.inputs import PACKAGES, ROOT

_PLACES = "|".join((*PACKAGES, "tests"))
_MEMBER = re.compile(rf"`((?:{_PLACES})(?:\.[A-Za-z_]\w*)+)(?:\(\))?`")
_FILE = re.compile(rf"`((?:{_PLACES})/[\w/.]+)`")


def documents() -> Iterator[tuple[str, str]]:
    """The text of every module and document, with its path in the repository. What changed is a history, so its names
    may be gone."""
    for place in (*PACKAGES, "tests", "README.md"):
        found = ROOT / place
        for file in [found] if found.is_file() else sorted((*found.rglob("*.py"), *found.rglob("*.md"))):
            if "vendor" not in file.parts:
                yield str(file.relative_to(ROOT)), file.read_text("utf-8")


def is_there(name: str) -> bool:
    """Whether a dotted name is that of a package, a module, or something that a module defines.

    >>> [is_there(name) for name in ("cim.city", "cim.city.City", "cim.city.City.hold", "cim.city.Village", "cim.town")]
    [True, True, True, False, False]
    """
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:length])
        module = place.with_suffix(".py") if place.with_suffix(".py").is_file() else place / "__init__.py"
        if module.is_file():
            text = module.read_text("utf-8")
            return all(
                re.search(rf"^[ ]*(?:(?:async )?def|class) {part}\b|^[ ]*{part}\b *[:=]", text, re.M)
                for part in parts[length:]
            )
    return False


def test_what_the_documentation_names_is_there() -> None:
    gone = [
        f"{path}: {name}"
        for path, text in documents()
        for name in _MEMBER.findall(text)
        if not is_there(name)
    ]
    assert gone == []


def test_the_files_that_the_documentation_names_are_there() -> None:
    gone = [
        f"{path}: {name}"
        for path, text in documents()
        for name in _FILE.findall(text)
        if not Path(ROOT, name).exists()
    ]
    assert gone == []
