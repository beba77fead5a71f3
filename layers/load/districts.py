"""Districts as the common Chinese sources write them, as areas: DataV (阿里云 DataV.GeoAtlas) and 天地图.

DataV: `adcode` 430102, `parent` {"adcode": 430100}, `acroutes` [100000, 430000, 430100], `level`, `childrenNum`,
`center`, `centroid`; its coordinates are GCJ-02, which the file does not say. 天地图: `gb` 156430102, which is the code
of the country (GB/T 2659) in front of the code of the district; its coordinates are CGCS2000.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import orjson
import pyarrow as pa

from cim.space.crs import Datum

#: Fields of DataV's districts beside the code, of which a file has some whoever wrote it again.
_DATAV = frozenset({"acroutes", "childrenNum", "subFeatureIndex", "centroid"})
_CHINA = "156"


def is_datav(names: Collection[str]) -> bool:
    """Whether these are the fields of DataV's districts.

    >>> is_datav(["adcode", "name", "center", "centroid", "childrenNum", "level", "parent", "acroutes"])
    True
    """
    lower = {name.lower() for name in names}
    return "adcode" in lower and len(lower & {name.lower() for name in _DATAV}) >= 2


def datum_note(names: Collection[str], datum: Datum | None) -> list[str]:
    """What to say where a file of DataV comes without its datum."""
    if datum is not None or not is_datav(names):
        return []
    return [
        "the fields are those of DataV's districts, whose coordinates are in GCJ-02, some 500 m off; they were read as "
        "WGS84: load the file with --datum gcj02, unless it was converted before"
    ]


def as_areas(table: pa.Table, known: Collection[str]) -> tuple[pa.Table, list[str]]:
    """The columns of a file of districts as fields of areas, and notes of what was taken from where. `known` are the
    codes of the areas that are there; a parent that is neither there nor in the file is left out, as it may come later.

    >>> table = pa.table({"gb": ["156430102"], "name": ["芙蓉区"]})
    >>> as_areas(table, ())[0]["code"].to_pylist()
    ['430102']
    """
    notes = []
    if "code" not in table.column_names:
        for name in ("adcode", "gb"):
            if name in table.column_names and (codes := _codes(table[name])) is not None:
                table = table.drop([name]).append_column("code", pa.array(codes, pa.string()))
                notes.append(f"the code is taken from {name!r}")
                break
    if "parent" in table.column_names and "code" in table.column_names:
        written = table["parent"].to_pylist()
        parents = [_parent(value) for value in written]
        there = {*known, *map(str, table["code"].to_pylist())}
        away = sorted({p for p in parents if p is not None and p not in there and is_object(written)})
        if is_object(written):
            at = table.column_names.index("parent")
            kept = [None if p in away else p for p in parents]
            table = table.set_column(at, "parent", pa.array(kept, pa.string()))
            notes.append("the parent is taken from the 'adcode' in 'parent'")
        if away:
            notes.append(f"the parent {', '.join(away[:5])} is not loaded; it is left out until it is")
    return table, notes


def is_object(values: list[Any]) -> bool:
    """Whether the values are JSON objects, as DataV's parents are."""
    return any(isinstance(value, str) and value.lstrip().startswith("{") for value in values)


def _codes(column: pa.ChunkedArray) -> list[str | None] | None:
    """The codes of a column, without the country in front; None where some value is none."""
    codes: list[str | None] = []
    for value in column.to_pylist():
        text = "" if value is None else str(value).strip()
        if text.startswith(_CHINA) and len(text) in (9, 12, 15):
            text = text[len(_CHINA) :]
        if text and not re.fullmatch(r"[1-9]\d{5,14}", text):
            return None
        codes.append(text or None)
    return codes


def _parent(value: Any) -> str | None:
    if not isinstance(value, str) or not value.lstrip().startswith("{"):
        return None if value is None else str(value)
    try:
        said = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value  # for the check of parents to refuse
    code = said.get("adcode")
    return None if code is None else str(code)
