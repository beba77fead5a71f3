"""Who asks, and what they may see and change. Decided here and nowhere else.

Until there are accounts, whoever calls from the machine itself is the operator and may do all;
everybody else may read, with personal data masked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cim.errors import Forbidden

#: Personal data of the people who report incidents.
PERSONAL = ("reporter_name", "reporter_phone")


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
        {'title': '积水', 'reporter_phone': '199****1234'}
        """
        shown = dict(properties)
        if not self.sees_personal_data:
            for name in PERSONAL:
                if shown.get(name):
                    shown[name] = masked(str(shown[name]))
        return shown


def masked(text: str) -> str:
    """A name or number with its middle hidden.

    >>> masked("张三丰"), masked("19900001234")
    ('张**', '199****1234')
    """
    if len(text) < 7:
        return text[:1] + "*" * (len(text) - 1)
    return text[:3] + "*" * (len(text) - 7) + text[-4:]


LOCAL = Caller("local", may_write=True, sees_personal_data=True)
GUEST = Caller("guest")
