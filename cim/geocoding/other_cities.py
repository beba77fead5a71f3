"""Addresses that name another place than this city: told, not answered with the next best.

Provinces by the first two digits of a division code (GB/T 2260).
"""

from __future__ import annotations

import re

import numpy as np

from cim.city import City
from cim.errors import NotFound
from cim.model import reference_data
from cim.model.standard_layers import AREAS
from cim.text import normalize

PROVINCES = {r["code"]: r["name"] for r in reference_data.rows("provinces")}
#: What may follow a province's short name for it to be the province and not a road called after it (北京路).
_SHORT = {
    name: re.sub(r"(壮族|回族|维吾尔)?(自治区|特别行政区|省|市)$", "", name) for name in PROVINCES.values()
}
_MUNICIPAL = re.compile(r"^([\u4e00-\u9fff]{2,5}?(?:市|自治州|地区|盟))(?=[\u4e00-\u9fff]{2})")
#: Words that end in 市 and are no city.
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


def strip_own_region(city: City, address: str) -> str:
    """The address without the country and province it may begin with; `NotFound` where it names another city.

    Only the beginning of an address is looked at: 武汉市江岸区…, 北京朝阳区…; a road may be called after a city.
    """
    rest = re.sub(r"^(?:中国|中华人民共和国)\s*", "", address.strip())
    codes = [code for code in _codes(city) if code[:2] in PROVINCES]
    if not codes:
        return rest
    own = PROVINCES[codes[0][:2]]
    own_names = _own_names(city)
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
            raise NotFound(f"the address is in {name}, not in {city.settings.name_zh}")
    named = _MUNICIPAL.match(rest)
    ours = named is None or named[1].endswith(_NO_CITY) or any(_like(named[1], name) for name in own_names)
    if not ours and named is not None and not any(name in rest[named.end() :] for name in own_names):
        raise NotFound(f"the address is in {named[1]}, not in {city.settings.name_zh}")
    return rest


def _codes(city: City) -> list[str]:
    snapshot = city.snapshot(AREAS.name)
    rows = snapshot.rows[snapshot.matching({"level": ["city", "district"]})[snapshot.rows]]
    found: list[str] = snapshot.attributes(rows, ["code"])["code"].to_pylist()
    return sorted(found)


def _own_names(city: City) -> set[str]:
    """The names of the city, its districts and streets, without 示意 and the like."""
    snapshot = city.snapshot(AREAS.name)
    rows = snapshot.rows[snapshot.matching({"level": ["city", "district", "street"]})[snapshot.rows]]
    names = {n for n in snapshot.attributes(rows, ["name"])["name"].to_pylist() if n}
    return names | {re.sub(r"[（(].*", "", city.settings.name_zh) + "市"}


def _like(said: str, own: str) -> bool:
    """Whether two names may be one with a slip: alike in spelling or sound but for one character."""
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
