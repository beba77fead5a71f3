"""The crews that an incident needs, as a responsibility list writes them: `drainage|pumping×2、police`.

A crew is a number of teams that each have one of some skills. How many more it takes at a higher level is a setting.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cim.errors import BadInput
from cim.model.standard_layers import INCIDENT_LEVELS

#: No incident takes more teams of a kind.
MOST_TEAMS = 100
_NUMBER = re.compile(r"(.*?)(?:\s*×\s*|\s+[xX*]\s*)(\d+)")


@dataclass(frozen=True, slots=True)
class Crew:
    """So many teams, each with one of the skills (none: any team)."""

    skills: tuple[str, ...]
    count: int

    @property
    def zh(self) -> str:
        """The crew in Chinese."""
        return f"{self.count} 支" + (f"具备 {' / '.join(self.skills)} 的队伍" if self.skills else "队伍")

    @property
    def en(self) -> str:
        """The crew in English."""
        teams = f"{self.count} team{'' if self.count == 1 else 's'}"
        return f"{teams} with {' / '.join(self.skills)}" if self.skills else teams

    def times(self, factor: float) -> Crew:
        """The same crew at a higher level.

        >>> Crew(("drainage",), 2).times(1.5).count
        3
        """
        return Crew(self.skills, min(MOST_TEAMS, math.ceil(self.count * factor)))


def parse_crews(text: str) -> tuple[Crew, ...]:
    """The crews that a text says; `BadInput` where a number is none.

    >>> parse_crews("drainage|pumping×2、police")
    (Crew(skills=('drainage', 'pumping'), count=2), Crew(skills=('police',), count=1))
    """
    found = []
    for part in re.split(r"[,，、;；]", text):
        said = part.strip()
        if not said:
            continue
        match = _NUMBER.fullmatch(said)
        skills, count = (match[1], int(match[2])) if match else (said, 1)
        if not 1 <= count <= MOST_TEAMS:
            raise BadInput(f"crew {said!r}: 1 to {MOST_TEAMS} teams, not {count}")
        found.append(Crew(tuple(s.strip() for s in skills.split("|") if s.strip()), count))
    return tuple(found)


def crews_text(wanted: Sequence[Crew]) -> str:
    """The text that says these crews.

    >>> crews_text(parse_crews("drainage | pumping x 2，police"))
    'drainage|pumping×2,police'
    """
    return ",".join(
        "|".join(crew.skills) + (f"×{crew.count}" if crew.count > 1 or not crew.skills else "")
        for crew in wanted
    )


def level_factors(text: str) -> dict[str, float]:
    """How many times the crews of a general incident each level takes; `BadInput` for another level or no number.

    >>> level_factors("general=1, serious=2")
    {'general': 1.0, 'serious': 2.0, 'major': 1.0, 'critical': 1.0}
    """
    found = dict.fromkeys(reversed(INCIDENT_LEVELS), 1.0)
    for part in filter(str.strip, text.split(",")):
        level, _, number = (x.strip() for x in part.partition("="))
        try:
            factor = float(number)
        except ValueError as error:
            raise BadInput(f"setting 'level_teams': {part.strip()!r} is not like serious=2") from error
        if level not in found or not 0 < factor <= MOST_TEAMS:
            known = ", ".join(found)
            raise BadInput(f"setting 'level_teams': {part.strip()!r}; levels: {known}, more than 0 each")
        found[level] = factor
    return found
