"""How a responsibility list says who: a unit by its code, or by its role at the place.

| written | is |
|---|---|
| `430100-PS` | the unit with this code |
| `owner` 权属单位, `maintainer` 养护单位, `authority` 主管部门 | that of the matched component |
| `street` 街道, `district` 区县, … | the unit that answers for the place's area of this level (属地) |
| `police@district`, `police@区县` | the unit of this kind that serves the place's area of this level |

`|` (or 或) between them means the first of them that there is; commas (, ， 、 ;) separate several units.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cim.duty.answers import UnitRecord
from cim.duty.units import Units
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS

#: What a component says of the units behind it, in the order in which they answer for it.
PARTS: dict[str, tuple[str, str]] = {
    "owner": ("权属单位", "owner"),
    "maintainer": ("养护单位", "maintainer"),
    "authority": ("主管部门", "authority"),
}
_WORDS = (
    {zh: part for part, (zh, _) in PARTS.items()}
    | {"产权单位": "owner", "属主": "owner"}
    | {zh: level for level, (zh, _) in LEVELS.items()}
    | {"属地街道": "street", "街道办": "street", "属地区县": "district", "属地社区": "community"}
)
_EITHER = re.compile(r"\s*(?:[|｜]|或)\s*")
_AND = re.compile(r"\s*[,，、;；\n]\s*")


@dataclass(frozen=True, slots=True)
class Role:
    """Who is meant: `by` says whether by code, as a part of the component, by area, or by kind and area."""

    by: Literal["code", "part", "area", "kind"]
    name: str
    level: str = ""

    def __str__(self) -> str:
        return f"{self.name}@{self.level}" if self.by == "kind" else self.name

    @property
    def zh(self) -> str:
        """The role in Chinese."""
        if self.by == "part":
            return PARTS[self.name][0]
        if self.by == "area":
            return f"属地{LEVELS[self.name][0]}"
        return f"属地{LEVELS[self.level][0]}的 {self.name} 类单位" if self.by == "kind" else "清单所列单位"

    @property
    def en(self) -> str:
        """The role in English."""
        if self.by == "part":
            return PARTS[self.name][1]
        if self.by == "area":
            return f"the {LEVELS[self.name][1].lower()}'s unit"
        of_kind = f"the {self.name} unit of the {LEVELS[self.level][1].lower()}" if self.by == "kind" else ""
        return of_kind or "the listed unit"


def role(text: str) -> Role:
    """The role that one word says; `BadInput` for a level that is not known.

    >>> role("街道办"), role("police@区县")
    (Role(by='area', name='street', level=''), Role(by='kind', name='police', level='district'))
    """
    word = _WORDS.get(text, text)
    if word in PARTS:
        return Role("part", word)
    if word in LEVELS:
        return Role("area", word)
    kind, at, where = word.partition("@")
    if not at:
        return Role("code", word)
    level = _WORDS.get(where, where)
    if level not in LEVELS:
        raise BadInput(f"{text!r}: level {where!r} is not known; known: {', '.join(LEVELS)}")
    return Role("kind", kind, level)


def require_known(meant: Role, units: Units) -> None:
    """Raise `BadInput` for a unit that is not there and for a kind that no unit is of."""
    if meant.by == "kind" and meant.name not in units.kinds:
        known = ", ".join(sorted(units.kinds)) or "none"
        raise BadInput(f"{str(meant)!r}: no unit is of kind {meant.name!r}; there are: {known}")
    if meant.by == "code" and units.record(meant.name) is None:
        close = units.close(meant.name)
        known = (
            f"close: {', '.join(close)}"
            if close
            else "say a code of GET /units, or 权属单位, 街道, KIND@LEVEL"
        )
        raise BadInput(f"unit {meant.name!r} is not known; {known}")


Chain = tuple[Role, ...]


def chain(text: str) -> Chain:
    """The roles of which the first that there is counts: `权属单位|430100-PS`."""
    return tuple(role(word) for word in _EITHER.split(text.strip()) if word)


def chains(text: str) -> tuple[Chain, ...]:
    """Several units, each a chain: `police@district、430100-GD`."""
    return tuple(chain(part) for part in _AND.split(text.strip()) if part)


def chain_text(roles: Chain) -> str:
    """The chain as text that `chain` reads again."""
    return "|".join(map(str, roles))


@dataclass(frozen=True, slots=True)
class Place:
    """What a role is resolved against: the unit codes of the component by part, and by level the place's area code
    and the unit that it names."""

    parts: Mapping[str, str | None]
    areas: Mapping[str, tuple[str, str | None]]

    def unit(self, meant: Role, units: Units) -> UnitRecord | None:
        """The unit that has this role here; None where nobody has, or where it is not among the units."""
        if meant.by == "code":
            return units.record(meant.name)
        if meant.by == "part":
            return units.record(self.parts.get(meant.name))
        code, named = self.areas.get(meant.level or meant.name, (None, None))
        if meant.by == "area":
            return units.record(named)
        return units.serving(meant.name, meant.level, code, named)

    def first(self, roles: Chain, units: Units) -> tuple[Role, UnitRecord] | None:
        """The first of the roles that somebody has here, and who."""
        found = ((meant, self.unit(meant, units)) for meant in roles)
        return next(((meant, unit) for meant, unit in found if unit is not None), None)
