"""How the code is laid out: the formatter does it, and what is handed over has few parts."""

from __future__ import annotations

from tests.support.inputs import PACKAGES, ROOT

#: So many lines may ask the formatter to leave a statement as it is.
_PACKED_BY_HAND = 60


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
