"""Tables that the code reads and people look up: the CSV and TOML files of `data/`, each with its source in its README.

In the repository they lie in `data/` beside the packages; in an installed wheel, in a folder of that name
inside this package.
"""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

_CIM = Path(__file__).resolve().parents[1]
_PLACES = (_CIM.parent / "data", _CIM / "data")


def path_of(name: str) -> Path:
    """Where a file of `data/` lies."""
    return next((p / name for p in _PLACES if (p / name).exists()), _PLACES[-1] / name)


def rows(name: str) -> tuple[dict[str, str], ...]:
    """The lines of `data/<name>.csv`, each a dict by column name.

    >>> rows("provinces")[0]
    {'code': '11', 'name': '北京市'}
    """
    with path_of(f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


def numbers(name: str, key: str, value: str) -> dict[str, float]:
    """A column of numbers of `data/<name>.csv` by a column of words; without the lines where it is empty.

    >>> numbers("road_classes", "class", "strength")["trunk_link"]
    0.4
    """
    return {r[key]: int(r[value]) if r[value].isdigit() else float(r[value]) for r in rows(name) if r[value]}


def table(name: str) -> dict[str, Any]:
    """The content of `data/<name>.toml`."""
    return tomllib.loads(path_of(f"{name}.toml").read_text(encoding="utf-8"))
