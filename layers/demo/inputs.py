"""What the demo city is made from: the small CSV and JSON files of `data/`, written by hand."""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

# In the repository the files lie in `data/` beside the packages; in an installed wheel, inside this one.
_REPOSITORY = Path(__file__).resolve().parents[2] / "data"
_WHEEL = Path(__file__).parent / "data"


def path_of(name: str) -> Path:
    """Where a file of `data/` lies."""
    return next((p for p in (_REPOSITORY / name, _WHEEL / name) if p.exists()), _WHEEL / name)


@lru_cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The lines of `data/<name>.csv`, each a dict by column name.

    >>> rows("districts")[0]["name"], len(rows("streets"))
    ('芙蓉区', 172)
    """
    with path_of(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@lru_cache
def shapes(name: str) -> dict[str, Any]:
    """The content of `data/<name>.json`.

    >>> shapes("water")["rivers"][0]["name"]
    '湘江'
    """
    content: dict[str, Any] = json.loads(path_of(f"{name}.json").read_text(encoding="utf-8"))
    return content
