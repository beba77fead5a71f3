"""A town of three streets behind the API, for questions by road."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.model.layer import Features
from tests.support import small_city as small
from tests.support.api_client import Asker, asking

WEST, CROSSING, NORTH = [112.94, 28.15], [112.95, 28.15], [112.95, 28.159]


@contextmanager
def town(url: str, folder: Path) -> Iterator[Asker]:
    """The small city with streets that meet."""
    with small.build(url, folder) as city:
        lines = small.roads()
        lines.geometry[1] = shapely.LineString([(112.95, 28.14), CROSSING, (112.95, 28.16)])
        city.load(small.ROADS, lines)
    with asking(small.settings(url, folder)) as asker:
        yield asker


def ok(answer: Any) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


EAST = [112.96, 28.15]


def route(asker: Asker, *points: list[float], profile: str = "car") -> Any:
    return ok(asker.post("/spatial/route", {"points": points, "profile": profile}))


@pytest.fixture
def three(store_url: str, tmp_path: Path) -> Iterator[Asker]:
    """The town with 中路 in four parts, whose middle ones a closure can close alone."""
    with small.build(store_url, tmp_path / "snapshots") as city:
        xs = (112.90, 112.945, 112.95, 112.955, 113.0)
        parts = [shapely.LineString([(a, 28.15), (b, 28.15)]) for a, b in pairwise(xs)]
        shapes = [*parts, shapely.LineString([(112.95, 28.14), (112.95, 28.15), (112.95, 28.16)])]
        rows = [{"name": "中路", "class": "primary"}] * 4 + [{"name": "横街", "class": "residential"}]
        table = pa.Table.from_pylist(rows, small.ROADS.schema())
        city.load(small.ROADS, Features(np.array(shapes, object), table))
    with asking(small.settings(store_url, tmp_path / "snapshots")) as made:
        yield made
