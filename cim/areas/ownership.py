"""Who owns this place: points to the areas that hold them, by the million or one at a time, as of any day.

On each level a point has exactly one owner: on a shared border the area of the lowest code, outside every area
none. Special grids (专业网格) are no level: a point may lie in several of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from cim.areas.owners import AreaName, NearestArea, Officer, Owners
from cim.areas.point_index import PointIndex
from cim.arrays.types import LonLat, Mask, RowIds
from cim.columnar import queries
from cim.columnar.columns import read_attributes
from cim.duty.units import Units
from cim.errors import BadInput
from cim.model.standard_layers import LEVELS, SPECIAL_GRID
from cim.snapshot.snapshot import Snapshot

#: Areas that share a border differ by so much in distance, as their edges run between different vertices.
_AS_NEAR_M = 1.0
#: So many areas are looked at that are as near: the six levels of all that meet in one corner.
_MOST_AS_NEAR = 32

#: So many answers are kept to be given again, of the points of one unit grid the same.
_MOST_KNOWN = 100_000

#: Days are counted from 1970; an area without a first or last day is in force from the first or to the last.
_FIRST_DAY, _LAST_DAY = np.iinfo(np.int32).min, np.iinfo(np.int32).max
_EPOCH = dt.date(1970, 1, 1)


def day_number(day: dt.date) -> int:
    """The day as the kernels count it.

    >>> day_number(dt.date(1970, 1, 2))
    1
    """
    return (day - _EPOCH).days


@dataclass(frozen=True, slots=True, eq=False)
class AreaRecord:
    """What is known of an area."""

    level: str
    code: str
    name: str
    name_en: str | None
    parent: str | None
    unit: str | None
    officer: str | None
    officer_phone: str | None
    #: What answers say of it, and of who is on duty there; made once for all answers.
    label: AreaName = field(init=False)
    on_duty: Officer | None = field(init=False)

    def __post_init__(self) -> None:
        label = AreaName(self.level, self.code, self.name, self.name_en)
        on_duty = Officer(self.officer, self.officer_phone, self.code) if self.officer else None
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "on_duty", on_duty)


#: The columns of which a record is made.
_READ = tuple(f.name for f in fields(AreaRecord) if f.init)


class Areas:
    """The management areas, level by level, as of one day or any other; made once for each state of their layer."""

    def __init__(self, snapshot: Snapshot, day: dt.date) -> None:
        self.snapshot = snapshot
        self.day = day
        # One set of columns for the kernels: the base itself where nothing changed since it was made.
        plain = not len(snapshot.delta) and not len(snapshot.dead)
        self.columns = snapshot.base if plain else snapshot.compact()
        self._fid_rows = None if plain else self.columns.fid
        rows = np.arange(len(self.columns))
        table = read_attributes(
            self.columns, snapshot.layer, rows, ("code", "level", "unit", "valid_from", "valid_to")
        )
        self.since = _days(table["valid_from"], _FIRST_DAY)
        self.until = _days(table["valid_to"], _LAST_DAY)
        by_code = pc.sort_indices(table["code"]).to_numpy()
        levels = pc.index_in(table["level"], pa.array([*LEVELS, SPECIAL_GRID])).fill_null(-1).to_numpy()
        self._orders = [by_code[levels[by_code] == i] for i in range(len(LEVELS))]
        self._owning = (levels >= 0) & (levels < len(LEVELS))
        self._special = levels == len(LEVELS)
        self._code, self._unit = table["code"].combine_chunks(), table["unit"].combine_chunks()
        self._named = np.append(
            self._unit.is_valid().to_numpy(zero_copy_only=False), False
        )  # last: of row -1
        now = self._in_force(day_number(day))
        self.partition = PointIndex.of(self.columns, *(order[now[order]] for order in self._orders))
        self._records: dict[int, AreaRecord] = {}
        self._owners: tuple[Units | None, dict[tuple[int, ...], Owners]] = (None, {})

    def _in_force(self, day: int) -> Mask:
        return (self.since <= day) & (day < self.until)

    def rows(self, level: str) -> NDArray[np.int64]:
        """The rows of `columns` that are areas of this level today, in the order of their codes."""
        order = self._orders[list(LEVELS).index(level)]
        rows: RowIds = order[self._in_force(day_number(self.day))[order]]
        return rows

    @cached_property
    def current(self) -> Mask:
        """Which rows of `snapshot` are in force on `day`, of any level: bool over all row numbers."""
        return self._by_snapshot(self._in_force(day_number(self.day)))

    @cached_property
    def history(self) -> PointIndex:
        """All areas that ever were, with their days; made when it is first asked for."""
        return PointIndex.of(self.columns, *self._orders, days=(self.since, self.until))

    def owners(self, points: LonLat, days: NDArray[np.int32] | None = None) -> NDArray[np.int32]:
        """The owning row of each point (lon, lat) on each of `LEVELS`, -1 for none: int32[levels, points].

        `days` (int32[points], or [1] for all; see `day_number`): as of which day; None: as of `day`.
        """
        if days is None:
            return self.partition.owners(points).T
        return self.history.owners(points, days).T

    def unit_column(self, points: LonLat, days: NDArray[np.int32] | None = None) -> pa.Array:
        """The code of the responsible unit of each point: that of the smallest of its areas that names one."""
        unit = np.full(len(points), -1, np.int32)
        for rows in self.owners(points, days)[::-1]:
            unit = np.where((unit < 0) & self._named[rows], rows, unit)
        return self._unit.take(pa.array(unit, mask=unit < 0))

    def special(self, points: LonLat, days: NDArray[np.int32] | None = None) -> list[list[AreaRecord]]:
        """The special grids that hold each point, in the order of their codes."""
        found: list[list[AreaRecord]] = [[] for _ in range(len(points))]
        if not self._special.any():
            return found
        rows, counts = queries.containing(self.columns, points, ~self._special)
        of = np.repeat(np.arange(len(points)), counts)
        asked = np.broadcast_to(day_number(self.day) if days is None else days, len(points))[of]
        in_force = (self.since[rows] <= asked) & (asked < self.until[rows])
        for point, row in zip(of[in_force].tolist(), rows[in_force].tolist(), strict=True):
            found[point].append(self.record(row))
        return [sorted(records, key=lambda r: r.code) for records in found]

    def has_begun(self, day: dt.date) -> bool:
        """Whether some area was in force on the day; of a city without areas every day is alike."""
        return not self._owning.any() or bool((self._in_force(day_number(day)) & self._owning).any())

    def require_begun(self, day: dt.date) -> None:
        """Raise `BadInput` for a day on which no area was in force yet, or is any more."""
        if not self.has_begun(day):
            first, last = int(self.since[self._owning].min()), int(self.until[self._owning].max())
            begun = _EPOCH + dt.timedelta(first) if first != _FIRST_DAY else None
            ended = _EPOCH + dt.timedelta(last) if last != _LAST_DAY else None
            known = f"the first began on {begun}" if begun and day < begun else f"the last ended on {ended}"
            raise BadInput(f"no area was in force on {day}; {known}")

    def record(self, row: int) -> AreaRecord:
        """What an answer says of the area in this row of `columns`."""
        known = self._records.get(row)
        if known is None:
            columns, names = self.columns, self.snapshot.layer.field_names
            said: dict[str, Any] = {}
            for name in _READ:
                at = names.index(name)
                code = int(columns.codes[at, row])
                said[name] = columns.values[at][code].as_py() if code >= 0 else None
            known = self._records[row] = AreaRecord(**said)
        return known

    def code_column(self, rows: NDArray[np.integer[Any]]) -> pa.Array:
        """The code of each row, null for -1."""
        return self._code.take(pa.array(rows, mask=rows < 0))

    def codes(self, rows: NDArray[np.integer[Any]]) -> list[str | None]:
        """The code of each row, None for -1."""
        codes: list[str | None] = self.code_column(rows).to_pylist()
        return codes

    def nearest(self, points: LonLat, day: dt.date | None = None) -> list[tuple[AreaRecord, float] | None]:
        """The nearest area of each point and how many metres it is away; of equally near ones the smallest."""
        owning = self._by_snapshot(self._owning & self._in_force(day_number(day or self.day)))
        rows, metres = self.snapshot.nearest(points, _MOST_AS_NEAR, keep=owning)
        as_near = (rows >= 0) & (metres <= metres[:, :1] + _AS_NEAR_M)
        smallest = list(LEVELS)[::-1]
        out: list[tuple[AreaRecord, float] | None] = []
        for found, held, distance in zip(rows, as_near, metres[:, 0].tolist(), strict=True):
            records = [self.record(int(r)) for r in self._own_rows(found[held])]
            if not records:
                out.append(None)
                continue
            out.append((min(records, key=lambda r: (smallest.index(r.level), r.code)), distance))
        return out

    def _by_snapshot(self, mask: Mask) -> Mask:
        """What the mask says of our rows, said of the snapshot's."""
        if self._fid_rows is None:
            return mask
        said = np.zeros(len(self.snapshot.base) + len(self.snapshot.delta), np.bool_)
        said[self.snapshot.rows_of(self._fid_rows[mask])] = True
        return said

    def _own_rows(self, rows: RowIds) -> NDArray[np.int64]:
        return rows if self._fid_rows is None else self.columns.rows_of(self.snapshot.fids(rows))

    def unit_of(self, records: Sequence[AreaRecord]) -> str | None:
        """The code of the responsible unit: that of the smallest area that names one."""
        return next((r.unit for r in reversed(records) if r.unit), None)

    def known_owners(self, units: Units) -> dict[tuple[int, ...], Owners]:
        """The answers that were given with these units, by the owning row of each level (-1 for none); without special
        grids and nearest areas, which differ from point to point."""
        of, known = self._owners
        if of is not units or len(known) >= _MOST_KNOWN:
            known = {}
            self._owners = (units, known)
        return known

    def officer_of(self, records: Sequence[AreaRecord]) -> Officer | None:
        """The officer on duty (网格员): that of the smallest area that names one, with the grid that is theirs."""
        return next((r.on_duty for r in reversed(records) if r.on_duty), None)


def owners_of_points(areas: Areas, units: Units, points: LonLat, day: dt.date | None = None) -> list[Owners]:
    """Who owns each point (float64[q, 2] lon, lat, WGS84) as of a day (None: that of the areas): areas from the city
    down, special grids, duty officer, unit, and where it is in no area the nearest one with its distance in metres."""
    days = None
    if day is not None and day != areas.day:
        areas.require_begun(day)
        days = np.array([day_number(day)], np.int32)
    special = areas.special(points, days)
    known = areas.known_owners(units)
    answers: list[Owners] = []
    outside = []
    for i, rows in enumerate(areas.owners(points, days).T.tolist()):
        key = tuple(rows)
        owners = known.get(key)
        if owners is None:
            records = [areas.record(row) for row in rows if row >= 0]
            owners = known[key] = Owners(
                areas=[r.label for r in records],
                special=[],
                officer=areas.officer_of(records),
                unit=units.record(areas.unit_of(records)),
                nearest=None,
            )
        if special[i]:
            owners = replace(owners, special=[r.label for r in special[i]])
        if not owners.areas:
            outside.append(i)
        answers.append(owners)
    if outside:
        for i, near in zip(outside, areas.nearest(points[outside], day), strict=True):
            if near is not None:
                answers[i] = replace(answers[i], nearest=NearestArea.at(near[0].label, near[1]))
    return answers


def _days(column: pa.ChunkedArray, none: int) -> NDArray[np.int32]:
    """Dates as numbers of days; null: `none`."""
    days: NDArray[np.int32] = pc.fill_null(column.cast(pa.int32()), none).to_numpy()
    return days
