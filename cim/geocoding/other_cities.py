"""Reject addresses in another city or province instead of returning a wrong match.

A province is known by the first two digits of a division code (GB/T 2260).
"""

from __future__ import annotations

import re

import numpy as np

from cim.errors import NotFound
from cim.model import reference_data
from cim.snapshot.snapshot import Snapshot
from cim.text import normalize

PROVINCES = {r["code"]: r["name"] for r in reference_data.rows("provinces")}
#: The short names of provinces. A road may bear one of them too (北京路).
_SHORT = {
    name: re.sub(r"(壮族|回族|维吾尔)?(自治区|特别行政区|省|市)$", "", name) for name in PROVINCES.values()
}
_MUNICIPAL = re.compile(r"^([\u4e00-\u9fff]{2,5}?(?:市|自治州|地区|盟))(?=[\u4e00-\u9fff]{2})")
#: Words that end in 市 but do not name a city.
_NO_CITY = (
    "超市",
    "夜市",
    "菜市",
    "城市",
    "都市",
    "门市",
    "集市",
    "书市",
    "花市",
    "早市",
    "楼市",
    "街市",
    "闹市",
    "上市",
    "股市",
)


def strip_own_region(areas: Snapshot, city_name: str, address: str) -> str:
    """The address without the country and province that it begins with; `NotFound` where it names another city.

    `areas` is the layer of areas, `city_name` the Chinese name of this city. Only the beginning of the address counts
    (武汉市江岸区…, 北京朝阳区…), because a road may be named after another city.
    """
    rest = re.sub(r"^(?:中国|中华人民共和国)\s*", "", address.strip())
    codes = [code for code in _codes(areas) if code[:2] in PROVINCES]
    if not codes:
        return rest
    own = PROVINCES[codes[0][:2]]
    own_names = _own_names(areas, city_name)
    for name in PROVINCES.values():
        for said in (name, _SHORT[name]):
            if not rest.startswith(said):
                continue
            after = rest[len(said) :]
            if said != name and not re.match(r"[\u4e00-\u9fff]{1,6}?(?:市|区|县|州|省)", after):
                continue  # 北京路, 广东菜馆
            if name == own or name in own_names:
                rest = after if name == own and name not in own_names else rest
                break
            raise NotFound(f"the address is in {name}, not in {city_name}")
    named = _MUNICIPAL.match(rest)
    ours = named is None or named[1].endswith(_NO_CITY) or any(_like(named[1], name) for name in own_names)
    if not ours and named is not None and not any(name in rest[named.end() :] for name in own_names):
        raise NotFound(f"the address is in {named[1]}, not in {city_name}")
    return rest


def _codes(areas: Snapshot) -> list[str]:
    rows = areas.rows[areas.matching({"level": ["city", "district"]})[areas.rows]]
    found: list[str] = areas.attributes(rows, ["code"])["code"].to_pylist()
    return sorted(found)


def _own_names(areas: Snapshot, city_name: str) -> set[str]:
    """The names of the city, its districts and streets. A suffix in brackets of the city's name is left out."""
    rows = areas.rows[areas.matching({"level": ["city", "district", "street"]})[areas.rows]]
    names = {n for n in areas.attributes(rows, ["name"])["name"].to_pylist() if n}
    return names | {re.sub(r"[（(].*", "", city_name) + "市"}


def _like(said: str, own: str) -> bool:
    """Whether two names differ by a typing error at most: one character differs or is missing, or one contains the
    other."""
    one, other = normalize.symbols_of(said), normalize.symbols_of(own)
    if np.array_equal(one, other) or said in own or own in said:
        return True
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < 3:
        return False
    if len(one) == len(other):
        t = normalize.tables()
        differ = np.flatnonzero(one != other)
        a, b = one[differ], other[differ]
        sounds = (a < len(t.reading)) & (b < len(t.reading))
        return len(differ) == 1 and bool((t.reading[a[sounds]] == t.reading[b[sounds]]).all())
    return set(one.tolist()) < set(other.tolist()) or set(other.tolist()) < set(one.tolist())
