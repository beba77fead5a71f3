"""The hierarchy of areas: codes that fit their level, parents that are there, periods that don't overlap.

An area that is redrawn keeps its row with the day it ended (终止时间); the new one is another row, with another
code or with the same from a later day. So a code has at most one row in force on any day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from cim.errors import BadInput, Fault
from cim.model import codes
from cim.snapshot.snapshot import Snapshot

_FIELDS = ("code", "level", "parent", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Link:
    """What the hierarchy asks of one row: its code, level and parent, and from when until when it is in force."""

    code: str
    level: str
    parent: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Link:
        """The link of a row of `areas`."""
        return cls(*(row.get(name) for name in _FIELDS))  # type: ignore[arg-type]  # the row was checked

    @property
    def since(self) -> dt.date:
        """The first day on which it is in force."""
        return self.valid_from or dt.date.min

    @property
    def until(self) -> dt.date:
        """The first day on which it no longer is."""
        return self.valid_to or dt.date.max

    @property
    def period(self) -> str:
        """From when until when, for a sentence."""
        return f"{self.valid_from or '…'}–{self.valid_to or '…'}"

    def meets(self, other: Link) -> bool:
        """Whether there is a day on which both are in force."""
        return self.since < other.until and other.since < self.until


def links(table: pa.Table) -> list[Link]:
    """The link of each row of `areas`."""
    return [Link.of(row) for row in table.select(_FIELDS).to_pylist()]


def fill_parents(table: pa.Table, known: Iterable[Link]) -> tuple[pa.Table, int]:
    """The table with the parents that its codes name where it leaves them out, and how many were left out.

    A parent is taken from the code only where an area of that code is among the rows or `known`.
    """
    there = {link.code for link in known} | set(table["code"].to_pylist())
    parents = table["parent"].to_pylist()
    told = list(parents)
    for i, (code, parent) in enumerate(zip(table["code"].to_pylist(), parents, strict=True)):
        if parent is None and code:
            told[i] = next((c for c in codes.parents_of(code) if c in there), None)
    at = table.schema.get_field_index("parent")
    count = sum(old is None and new is not None for old, new in zip(parents, told, strict=True))
    return table.set_column(at, table.schema.field(at), pa.array(told, pa.string())), count


def faults(new: Sequence[Link], known: Sequence[Link] = (), rows: Sequence[int] | None = None) -> list[Fault]:
    """What is wrong with rows that come to the `known` ones, in order; `rows` are their numbers, from 1.

    >>> print(*faults([Link("430102001", "street", "430102"), Link("43010", "district")]), sep="\\n")
    row 1: its parent '430102' is not known; load it first or with it (raised)
    row 2: code '43010' is no code of a district: it has 5 characters; 6 digits that don't end in 00 (raised)
    """
    numbers = range(1, len(new) + 1) if rows is None else rows
    levels = {link.code: link.level for link in (*known, *new)}
    same: dict[str, list[tuple[str, Link]]] = {link.code: [] for link in new}
    for link in known:
        if link.code in same:
            same[link.code].append(("is in the city", link))
    found = []
    for number, link in zip(numbers, new, strict=True):
        if not link.code:
            continue  # for others to refuse, as an unknown level is
        whats = [
            codes.fault_of(link.level, link.code),
            _parent_fault(link, levels),
            _period_fault(link),
            _met_twice(link, same[link.code]),
        ]
        found += [Fault(number, what) for what in whats if what is not None]
        same[link.code].append((f"stands in row {number}", link))
    return found


def _parent_fault(link: Link, levels: Mapping[str, str]) -> str | None:
    if link.parent is None:
        # A level that is not loaded at all may come later; one that is lacks this area.
        wanted = next(iter(codes.parents_of(link.code)), None)
        if wanted is None or codes.level_of(wanted) not in levels.values() or link.level == "city":
            return None
        return f"its code names the parent {wanted!r}, which is not known; load it first or with it"
    if link.parent not in levels:
        return f"its parent {link.parent!r} is not known; load it first or with it"
    return codes.link_fault(link.level, link.code, link.parent, levels[link.parent])


def _period_fault(link: Link) -> str | None:
    if link.since < link.until:
        return None
    return f"valid_to {link.valid_to} is not after valid_from {link.valid_from}"


def _met_twice(link: Link, same: Sequence[tuple[str, Link]]) -> str | None:
    for where, other in same:
        if other.meets(link):
            periods = "" if link.period == other.period == "…–…" else f": {other.period} meets {link.period}"
            return f"code {link.code!r} {where} already{periods}"
    return None


def check(row: Mapping[str, Any], snapshot: Snapshot) -> None:
    """Raise `BadInput` where a row fits neither its level nor its parent, of the city's areas.

    Whether its code is free is for the transaction to say that writes it.
    """
    link = Link.of(row)
    for fault in faults([link], _links_with(snapshot, [link.parent] if link.parent else [])):
        raise BadInput(f"areas: {fault.what}")


def check_row(row: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """A new row of the city's areas, checked, with the parent that its code names where it leaves it out."""
    out = dict(row)
    if out.get("parent") is None:
        there = {link.code for link in _links_with(snapshot, codes.parents_of(out["code"]))}
        out["parent"] = next((c for c in codes.parents_of(out["code"]) if c in there), None)
    check(out, snapshot)
    return out


def _links_with(snapshot: Snapshot, wanted: Sequence[str]) -> list[Link]:
    rows = snapshot.rows[snapshot.matching({"code": list(wanted)})[snapshot.rows]]
    return links(snapshot.attributes(rows, _FIELDS))
