"""What an answer says of the owners of a place. Without slots, as orjson writes a `__dict__` four times as fast."""

from __future__ import annotations

from dataclasses import dataclass

from cim.duty.answers import UnitRecord


@dataclass(frozen=True)
class AreaName:
    """An area by its level, code and names."""

    level: str
    code: str
    name: str
    name_en: str | None


@dataclass(frozen=True)
class NearestArea(AreaName):
    """The area that is nearest to a place outside all of them, and how many metres it is away."""

    distance_m: float

    @classmethod
    def at(cls, area: AreaName, metres: float) -> NearestArea:
        """The area at this distance."""
        return cls(area.level, area.code, area.name, area.name_en, round(metres, 3))


@dataclass(frozen=True)
class Officer:
    """The officer on duty (网格员), with the code of the grid that is theirs."""

    name: str
    phone: str | None
    grid: str


@dataclass(frozen=True)
class Owners:
    """Who owns a place: its areas from the city down, the special grids that hold it, the officer on duty, the
    responsible unit, and where it is in no area the nearest one."""

    areas: list[AreaName]
    special: list[AreaName]
    officer: Officer | None
    unit: UnitRecord | None
    nearest: NearestArea | None
