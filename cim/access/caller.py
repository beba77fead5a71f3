"""Who asks, and what they may see and change. Decided here and nowhere else.

Until there are accounts, whoever calls from the machine itself is the operator and may do all;
everybody else may read, with personal data masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cim.errors import Forbidden

#: Personal data of the people who report incidents.
PERSONAL = ("reporter_name", "reporter_phone")

#: A number as people write one: digits, with what stands between them.
_NUMBER = re.compile(r"[\d\s()+./#*-]+")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a name for the change log and what they may do. `scope` is the part of the city that they may see,
    and stands in the key of whatever is kept for them; empty: all of it."""

    name: str
    may_write: bool = False
    sees_personal_data: bool = False
    scope: str = ""

    def require_write(self) -> None:
        """Raise `Forbidden` for a caller who may only read."""
        if not self.may_write:
            raise Forbidden(
                f"{self.name} may only read; changes are made from the machine that serves the city"
            )

    def require_seen(self, fields: Iterable[str]) -> None:
        """Raise `Forbidden` where a question names personal data that this caller only sees masked:
        its answer would tell what the mask hides."""
        hidden = [] if self.sees_personal_data else [name for name in fields if name in PERSONAL]
        if hidden:
            raise Forbidden(f"{self.name} may not ask by {', '.join(hidden)}; personal data is masked")

    def visible(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """The properties as this caller may see them.

        >>> GUEST.visible({"title": "积水", "reporter_phone": "19900001234"})
        {'title': '积水', 'reporter_phone': '19*******34'}
        """
        shown = dict(properties)
        if not self.sees_personal_data:
            for name in PERSONAL:
                if shown.get(name):
                    shown[name] = mask(str(shown[name]))
        return shown


def mask(text: str) -> str:
    """A name with all but its first letter hidden, a number with about a third of its digits left, half at each end.

    >>> mask("张三丰"), mask("Smith J"), mask("19900001234"), mask("5551234"), mask("120")
    ('张**', 'S******', '19*******34', '5*****4', '1**')
    """
    shown = round(sum(c.isdigit() for c in text) / 3)
    if _NUMBER.fullmatch(text) is None or shown < 2:
        return text[:1] + "*" * (len(text) - 1)
    first, last = shown // 2, shown - shown // 2
    return text[:first] + "*" * (len(text) - shown) + text[-last:]


LOCAL = Caller("local", may_write=True, sees_personal_data=True)
GUEST = Caller("guest")
