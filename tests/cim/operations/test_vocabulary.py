"""`GET /resources/vocabulary`: the words that resources go by, counted by hand; on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said


@pytest.fixture
def asker(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    with small.build(store_url, tmp_path / "s") as made:
        snapshot = made.snapshot("resources")
        codes = snapshot.attributes(snapshot.rows, ["code"]).column(0).to_pylist()
    with asking(made.settings) as asked:
        for code in codes:
            assert asked.delete(f"/resources/{code}").status_code == 204
        yield asked


def test_the_words_of_resources_are_counted_however_they_are_separated(asker: Asker) -> None:
    assert asker.get("/resources/vocabulary").json() == {"skills": [], "equipment": []}
    for code, kind, skills in (
        ("A", "team", "排水,抢险"),
        ("B", "team", "抢险， 消防"),
        ("C", "vehicle", "消防；消防"),
        ("D", "team", None),
        ("E", "team", "排水,抢险"),
    ):
        body = {"code": code, "kind": kind, "skills": skills, "equipment": "沙袋" if code == "A" else None}
        assert asker.post("/resources", {**body, "position": [112.91, 28.11]}).status_code == 201
    found = asker.get("/resources/vocabulary").json()
    assert found["skills"] == [
        {"word": "抢险", "count": 3, "kinds": {"team": 3}},
        {"word": "排水", "count": 2, "kinds": {"team": 2}},
        {"word": "消防", "count": 2, "kinds": {"team": 1, "vehicle": 1}},
    ]
    assert found["equipment"] == [{"word": "沙袋", "count": 1, "kinds": {"team": 1}}]
    only = asker.get("/resources/vocabulary?kind=vehicle").json()
    assert [(w["word"], w["count"]) for w in only["skills"]] == [("消防", 1)]
    assert "kind 'plane' is not known; known: team" in said(
        asker.get("/resources/vocabulary?kind=plane"), 400
    )


def test_no_resource_takes_the_address_of_the_words(asker: Asker) -> None:
    body = {"code": "vocabulary", "kind": "team", "position": [112.91, 28.11]}
    assert "'vocabulary' is no code" in said(asker.post("/resources", body), 400)
