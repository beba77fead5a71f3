"""Units (单位) by code, and by what they are for and where.

The territory of a unit are the areas that name it as theirs. A unit that no area names, such as the police of a
district, serves the area of its level in which its seat lies; one of the level `city` serves the whole city.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from cim.duty.answers import UnitRecord
from cim.model.standard_layers import LEVELS
from cim.snapshot.snapshot import Snapshot

#: What is read of each unit.
FIELDS = ("code", "name", "name_en", "kind", "phone", "level", *LEVELS)


class Units:
    """The units of one state of the layer `units`, from records with `FIELDS`."""

    def __init__(self, records: Iterable[Mapping[str, Any]]) -> None:
        self._records: dict[str, Mapping[str, Any]] = {str(r["code"]): r for r in records if r["code"]}
        self._shown = {
            code: UnitRecord(code, r["name"], r["name_en"], r["kind"], r["phone"])
            for code, r in self._records.items()
        }
        self.kinds = {str(r["kind"]) for r in self._records.values() if r["kind"]}
        self._seated: dict[tuple[str, str, str | None], str] = {}
        for code in sorted(self._records, reverse=True):  # the lowest code is written last
            r = self._records[code]
            if r["kind"] and r["level"]:
                seat = r.get(r["level"]) if r["level"] != "city" else None
                if seat is not None or r["level"] == "city":
                    self._seated[r["kind"], r["level"], seat] = code

    def record(self, code: str | None) -> UnitRecord | None:
        """What an answer says of a unit; None where there is no such unit."""
        return self._shown.get(code) if code is not None else None

    def close(self, code: str) -> list[str]:
        """Codes of units whose code or name is like the text."""
        named = {str(r["name"]): c for c, r in self._records.items() if r["name"]}
        alike = get_close_matches(code, [*self._records, *named], 3, 0.6)
        return list(dict.fromkeys(named.get(text, text) for text in alike))

    def serving(self, kind: str, level: str, area: str | None, named: str | None) -> UnitRecord | None:
        """The unit of a kind that serves an area of a level (whose own unit is `named`); None where there is none."""
        own = self._records.get(named) if named else None
        if own is not None and own["kind"] == kind:
            return self.record(named)
        return self.record(self._seated.get((kind, level, area if level != "city" else None)))


class UnitRegistry:
    """The units of a city, read once for each state of their layer."""

    def __init__(self) -> None:
        self._newest: tuple[str, Units] | None = None

    def units(self, snapshot: Snapshot) -> Units:
        """The units of a state of their layer."""
        cached = self._newest
        if cached is None or cached[0] != snapshot.version:
            records = snapshot.attributes(snapshot.rows, FIELDS).to_pylist()
            cached = self._newest = (snapshot.version, Units(records))
        return cached[1]
