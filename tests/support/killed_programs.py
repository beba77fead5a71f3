"""Programs of their own that are killed while they write, and what they may leave."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from cim.city import City
from cim.model.layer import Features, Field, Layer
from tests.support.nursery import Program
from tests.support.other_writers import beside

DOTS = Layer("dots", geometry="point", fields=(Field("n", "integer"), Field("round", "integer")))


MANY = 6000


def dots(count: int, round_: int) -> Features:
    """Points that say which load they came with."""
    geometry = shapely.points(112.9 + np.arange(count) % 100 / 1000, 28.1 + np.arange(count) // 100 / 1000)
    return Features(geometry, pa.table({"n": np.arange(count), "round": np.full(count, round_)}))


@contextmanager
def program(code: str, *arguments: str) -> Iterator[Program]:
    """A process of its own that runs this code."""
    started = Program(textwrap.dedent(code), arguments)
    try:
        yield started
    finally:
        started.close()


def leftovers(city: City, url: str) -> list[str]:
    """Tables of loads and drafts of snapshots that nobody will finish."""
    with beside(url).open() as run:
        if url.startswith("gpkg"):
            tables = run("SELECT name FROM sqlite_master WHERE name LIKE '%load\\_%' ESCAPE '\\'")
        else:
            tables = run("SELECT relname FROM pg_class WHERE relname LIKE 'load\\_%'")
    drafts = [p.name for p in Path(city.settings.snapshots).rglob(".*") if p.is_dir()]
    return [name for (name,) in tables] + drafts
