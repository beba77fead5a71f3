"""Bodies that say a thing twice, by halves or as another type are refused; nothing else is made of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.api_client import Asker, said, small_city

AT = '"position": [112.91, 28.11]'
SENSOR = f'"code": "R-9", "name": "n", "measures": "rain", {AT}'
PLACES = '{"points": [[112.91, 28.11]], "points": [[112.98, 28.11]]}'
LONG = "长" * 20_000


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder: Path = tmp_path_factory.mktemp("bodies")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "s") as made:
        yield made


@pytest.mark.parametrize(
    ("path", "body", "status", "sentence"),
    [
        ("/incidents", f'{{"title": "x", "title": "y", {AT}}}', 400, "'title' stands twice"),
        ("/incidents", f'{{"title": "x", "description": "{LONG}", {AT}, {AT}}}', 400, "'position' stands twice"),
        ("/spatial/ownership", PLACES, 400, "'points' stands twice"),
        ("/spatial/nearest", '{"point": [112.9, 28.1], "limit": 2, "limit": 3}', 400, "'limit' stands twice"),
        ("/incidents", f'{{"description": "\\ud83d", {AT}}}', 422, "half of a character"),
        ("/incidents", f'{{"title": "x", "description": "{LONG}\\udc00", {AT}}}', 422, "half of a character"),
        ("/spatial/locate", '{"text": "\\ud800"}', 422, "body.text: Input should be a valid string"),
        ("/sensors", f'{{{SENSOR}, "value": true}}', 422, "body.value: Input should be a valid number"),
        ("/sensors", f'{{{SENSOR}, "value": "0.5"}}', 422, "body.value: Input should be a valid number"),
        ("/sensors", f'{{{SENSOR}, "value": 9007199254740993}}', 422, "beyond 2^53 would be rounded"),
        ("/spatial/nearest", '{"point": [112.9, 28.1], "limit": true}', 422, "body.limit: Input should be a valid int"),
        ("/spatial/nearest", '{"point": [112.9, 28.1], "limit": "2"}', 422, "body.limit: Input should be a valid int"),
    ],
)  # fmt: skip
def test_what_a_body_says_twice_or_by_halves_or_as_another_type_is_refused(
    asker: Asker, path: str, body: str, status: int, sentence: str
) -> None:
    assert sentence in said(asker.post(path, body), status)


@pytest.mark.parametrize(
    "members",
    [{"title": "火🔥", "description": "\U0001f525" * 9_000}, {"title": '"position": 1, "position": 2'}],
)
def test_a_whole_character_and_a_name_inside_a_text_are_fine(asker: Asker, members: dict[str, Any]) -> None:
    made = asker.post("/incidents", {**members, "position": [112.91, 28.11]})
    assert made.status_code == 201, made.text
    assert made.json()["properties"]["title"] == members["title"]


@pytest.mark.parametrize("number", ["2.0", "2"])
def test_a_whole_number_may_be_written_with_a_point(asker: Asker, number: str) -> None:
    body = f'{{"point": [112.91, 28.11], "layer": "buildings", "limit": {number}}}'
    assert len(asker.post("/spatial/nearest", body).json()["candidates"]) == 2
