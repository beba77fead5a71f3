"""Codes of areas, components and matters: what level a code is of, what is in it, and what is wrong with it.

An area's code is its parent's with three more digits: 区划 6 (GB/T 2260), 街道 9, 社区 12, 单元网格 15
(GB/T 30428.1; in practice `[0-9A-Z]{15}`). A 专业网格 has 20: service object 6, then 6 + 3 + 3 + 2
(CJ/T 349-2010). No standard rules the codes of 责任网格: each city has its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from cim.errors import BadInput
from cim.model.standard_layers import LEVELS


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    said: str


_RULES: dict[str, _Rule] = {
    "city": _Rule(re.compile(r"[1-9][0-9]{3}00"), "6 digits that end in 00"),
    "district": _Rule(re.compile(r"[1-9][0-9]{3}(?!00)[0-9]{2}"), "6 digits that don't end in 00"),
    "street": _Rule(re.compile(r"[1-9][0-9]{8}"), "9 digits: district 6 + 3"),
    "community": _Rule(re.compile(r"[1-9][0-9]{11}"), "12 digits: street 9 + 3"),
    "unit_grid": _Rule(re.compile(r"[0-9A-Z]{15}"), "15 digits or capitals: community 12 + 3"),
    "special_grid": _Rule(
        re.compile(r"[0-9A-Z]{6}[1-9][0-9]{11}[0-9A-Z]{2}"), "20 digits: service object 6 + community 12 + 2"
    ),
}

#: How cities write duty grids, the demo city too: the street or community, R for 责任, a number.
_DUTY = re.compile(r"[1-9][0-9]{8}([0-9]{3})?R[0-9]{2,3}")

#: A 专业网格 may join several communities of a street; they are numbered from here then (CJ/T 349-2010).
_MERGED_FROM = 601


def level_of(code: str) -> str | None:
    """The level of the areas that have such codes, None where no level has.

    >>> [level_of(c) for c in ("430100", "430102", "430102001", "430102001001", "430102001001R01")]
    ['city', 'district', 'street', 'community', 'duty_grid']
    >>> level_of("430102001001001"), level_of("4301")
    ('unit_grid', None)
    """
    if _DUTY.fullmatch(code):
        return "duty_grid"
    return next((level for level, rule in _RULES.items() if rule.pattern.fullmatch(code)), None)


def fault_of(level: str, code: str) -> str | None:
    """What is wrong with the code for an area of this level, None where nothing is.

    >>> fault_of("community", "4301020010")
    "code '4301020010' is no code of a community: it has 10 characters; 12 digits: street 9 + 3"
    """
    rule = _RULES.get(level)
    if rule is None or rule.pattern.fullmatch(code):
        return None
    other = level_of(code)
    why = f"it is one of a {other}" if other else f"it has {len(code)} characters"
    return f"code {code!r} is no code of a {level}: {why}; {rule.said}"


def parents_of(code: str) -> tuple[str, ...]:
    """The codes that the area's parent can have, the nearest level first; none where the code doesn't say.

    >>> parents_of("430102001001001"), parents_of("430102"), parents_of("430100")
    (('430102001001',), ('430100', '430000'), ())
    >>> parents_of("01000143010200160101")  # of several communities, so of their street
    ('430102001',)
    """
    level = level_of(code)
    if level == "duty_grid":
        area = code[: code.index("R")]
        return (area,) if len(area) == 9 else (area, area[:9])
    if level == "special_grid":
        community = code[6:18]
        merged = int(community[9:]) >= _MERGED_FROM
        return (community[:9],) if merged else (community, community[:9])
    if level in ("unit_grid", "community"):
        return (code[:-3],)
    if level == "street":  # some cities have no districts, as 460400 儋州市
        return (code[:6],)
    return (code[:4] + "00", code[:2] + "0000") if level == "district" else ()


def link_fault(level: str, code: str, parent: str, parent_level: str) -> str | None:
    """What is wrong with this area lying in that one, None where nothing is.

    >>> link_fault("street", "430103001", "430102", "district")
    "code '430103001' does not begin with that of its parent '430102'"
    """
    ranks = list(LEVELS)
    if level in ranks and parent_level in ranks and ranks.index(parent_level) >= ranks.index(level):
        return f"its parent {parent!r} is a {parent_level}, which is not above a {level}"
    if "duty_grid" in (level, parent_level) or fault_of(level, code) is not None:
        return None
    inner = code[6:] if level == "special_grid" else code
    if not inner.startswith(_stem(parent, parent_level)):
        return f"code {code!r} does not begin with that of its parent {parent!r}"
    return None


def _stem(code: str, level: str) -> str:
    """What the codes of all areas below begin with: 430100 → 4301, 110000 → 11."""
    return re.sub(r"(00)+$", "", code) if level == "city" else code


def unit_grid_code(community: str, number: int) -> str:
    """The code of a community's unit grid with this number, from 1.

    >>> unit_grid_code("430102001001", 7)
    '430102001001007'
    """
    if not 1 <= number <= 999:
        raise BadInput(f"community {community}: a unit grid has a number of 1 to 999, not {number}")
    return f"{community}{number:03d}"


Kind = Literal["component", "matter"]


@dataclass(frozen=True, slots=True)
class ClassCode:
    """A component (部件) or a type of matter (事项) in a district: its classes, and a component's number.

    `sub_class` has 2 digits in the scheme of 2013 (GB/T 30428.2), 3 in that of 2026 (GB/T 47678.5).
    """

    kind: Kind
    district: str
    main_class: str
    sub_class: str
    number: int | None = None

    @property
    def scheme(self) -> Literal[2013, 2026]:
        """The year of the standard whose classes these are."""
        return 2026 if len(self.sub_class) == 3 else 2013

    def __str__(self) -> str:
        number = "" if self.number is None else f"{self.number:06d}"
        return f"{self.district}{self.main_class}{self.sub_class}{number}"


def class_code(code: str) -> ClassCode:
    """The parts of a 管理部件标识码 (16 digits in 2013, 17 in 2026) or a 事项代码 (11); else `BadInput`.

    >>> class_code("3205080101000001").sub_class, class_code("43010201001000001").number
    ('01', 1)
    >>> class_code("43010206031")
    ClassCode(kind='matter', district='430102', main_class='06', sub_class='031', number=None)
    """
    sub_digits = {11: 3, 16: 2, 17: 3}.get(len(code))
    if sub_digits is None or not (code.isascii() and code.isdigit()):
        raise BadInput(
            f"{code!r} ({len(code)} characters) is no code of a component or matter: components have 17 digits "
            "(GB/T 47678.5-2026) or 16 (2013), matters 11"
        )
    fault = fault_of("district", code[:6])
    if fault is not None:
        raise BadInput(f"{code!r} does not begin with a district: {fault}")
    end = 8 + sub_digits
    number = int(code[end:]) if len(code) > end else None
    return ClassCode("matter" if number is None else "component", code[:6], code[6:8], code[8:end], number)
