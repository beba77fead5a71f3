"""How people call a storey: "12", "12F", "12层", "十二楼", "B1", "-1F", "地下一层", "首层", "屋面"."""

from __future__ import annotations

import re

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_FIRST = ("首层", "底层", "首楼", "g", "gf", "groundfloor")
_ROOF = ("屋面", "屋顶", "天面", "顶层", "rf", "roof")
_FORM = re.compile(
    r"(?P<below>地下|负|b|-|minus)?(?:第|l|level|floor)?(?P<number>\d{1,3}|[零〇一二两三四五六七八九十百]{1,5})"
    r"(?:f|fl|层|楼|号楼层|storey|floor)?"
)


def storey_number(name: str) -> int | None:
    """The number that a name of a storey says: 1 for the first, -1 for the first below ground; None for another name.

    >>> [storey_number(name) for name in ("12F", "十二层", "B1", "地下一层", "首层", "-2F", "屋面", "二层-结构")]
    [12, 12, -1, -1, 1, -2, None, 2]
    """
    text = re.split(r"[-–—_ (（](?!\d)", _plain(name))[0]
    if text in _FIRST:
        return 1
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    number = int(found["number"]) if found["number"].isdigit() else _chinese(found["number"])
    if number is None or number == 0:
        return None
    return -number if found["below"] else number


def is_named(floor: str, name: str | None, number: int | None) -> bool:
    """Whether a person who says `floor` means the storey of this name, or, where the name says no number, of this
    number from below.

    >>> is_named("2", "二层", 3), is_named("2", "Level 2", None), is_named("2", "夹层", 2), is_named("屋面", "屋面", 5)
    (True, True, True, True)
    """
    if name is not None and _plain(floor) == _plain(name):
        return True
    asked = storey_number(floor)
    if asked is None:
        return _plain(floor) in _ROOF and name is not None and _plain(name) in _ROOF
    said = storey_number(name) if name else None
    return asked == (said if said is not None else number)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).lower()


def _chinese(text: str) -> int | None:
    """A number below a thousand in Chinese digits.

    >>> [_chinese(t) for t in ("十", "十二", "二十", "三十一", "一百零二")]
    [10, 12, 20, 31, 102]
    """
    total = 0
    rest = text
    for unit, size in (("百", 100), ("十", 10)):
        before, mark, after = rest.partition(unit)
        if mark:
            before = before.lstrip("零〇")
            if before and before not in _DIGITS:
                return None
            total += _DIGITS.get(before, 1) * size
            rest = after
    rest = rest.lstrip("零〇")
    if not rest:
        return total
    return total + _DIGITS[rest] if rest in _DIGITS else None
