"""The layer `areas`, from the city down to the unit grids: on each level a partition of the level above.

Unit grids and duty grids are both children of the community. Names of communities are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries
from cim.model.layer import Features
from cim.model.standard_layers import AREAS
from layers.demo.borders import soften
from layers.demo.cells import Cells
from layers.demo.frame import Index
from layers.demo.inputs import rows
from layers.demo.territory import Territory, first_of

CITY = ("430100", "长沙市", "Changsha City")
VALID_FROM = dt.date(2025, 1, 1)
#: The invented service object of the special grids.
_CLEANING = "030001"
_DIGITS = "一二三四五六七八九十"


@dataclass(frozen=True)
class _AreaLevel:
    """The areas of one level: shapes, inhabitants, and the texts of the layer's fields."""

    level: str
    shapes: Geometries
    population: NDArray[Any] | None
    code: list[str]
    name: list[str]
    name_en: list[str]
    parent: list[str | None]
    unit: list[str | None]
    officer: list[str] | None = None

    def columns(self) -> dict[str, list[Any]]:
        """The level's rows of the layer, column by column."""
        n = len(self.shapes)
        return {
            "code": self.code,
            "name": self.name,
            "name_en": self.name_en,
            "level": [self.level] * n,
            "parent": self.parent,
            "unit": self.unit,
            "officer": self.officer or [None] * n,
            # Invented numbers.
            "officer_phone": [f"0731-5552{k:04d}" for k in range(n)] if self.officer else [None] * n,
            "population": self.population.astype(np.int64).tolist()
            if self.population is not None
            else [None] * n,
            "valid_from": [VALID_FROM] * n,
            "valid_to": [None] * n,
        }


def numeral(n: int) -> str:
    """A number below 100 in Chinese, as communities are counted.

    >>> numeral(3), numeral(10), numeral(21)
    ('三', '十', '二十一')
    """
    tens, ones = divmod(n, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens - 1] + "十"
    return head + (_DIGITS[ones - 1] if ones else "")


def community_name(street: str, n: int) -> str:
    """The invented name of a street's n-th community: a 村 in a town, else a 社区."""
    return f"{street}第{numeral(n)}{'村' if street[-1] in '镇乡' else '社区'}"


def _union(polygons: Geometries, label: Index) -> NDArray[Any]:
    """The polygons of each label united along their common vertices."""
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    out = np.empty(len(groups), dtype=object)
    for k, members in enumerate(groups):
        one = len(members) == 1
        out[k] = polygons[members[0]] if one else shapely.coverage_union_all(polygons[members])
    return out


def features(cells: Cells, territory: Territory) -> Features:
    """The layer `areas`, each level after the one above it."""
    levels = _levels(cells, territory)
    parts = [level.columns() for level in levels]
    table = pa.table(
        {name: [value for part in parts for value in part[name]] for name in AREAS.field_names},
        schema=AREAS.schema(),
    )
    return Features(np.concatenate([level.shapes for level in levels]), table)


def _levels(cells: Cells, t: Territory) -> list[_AreaLevel]:
    streets, districts = rows("streets"), rows("districts")
    district_codes = [row["code"] for row in districts]
    street_codes = [row["code"] for row in streets]
    community_codes, duty_codes, unit_codes = (
        codes.tolist() for codes in (t.community_codes, t.duty_codes, t.unit_codes)
    )
    # What each area lies in, as a number in the level above.
    street_in = np.array([district_codes.index(code[:6]) for code in street_codes])
    community_in = first_of(t.community, t.street)
    duty_in, unit_in = first_of(t.duty, t.community), first_of(t.unit, t.duty)

    unit = soften(cells, t.community, _union(cells.polygons, t.unit))
    duty = _union(unit, unit_in)
    community = _union(duty, duty_in)
    street = _union(community, community_in)
    district = _union(street, street_in)
    city = _union(district, np.zeros(len(district), dtype=np.int64))

    in_duty = np.bincount(unit_in, weights=t.unit_population)
    in_community = np.bincount(duty_in, weights=in_duty)
    in_street = np.bincount(community_in, weights=in_community)
    in_district = np.bincount(street_in, weights=in_street)

    number = [int(code[9:]) for code in community_codes]
    names = [community_name(streets[s]["name"], n) for s, n in zip(community_in, number, strict=True)]
    names_en = [f"{streets[s]['name_en']} Community {n}" for s, n in zip(community_in, number, strict=True)]
    return [
        _AreaLevel(
            level="city",
            shapes=city,
            population=in_district.sum(keepdims=True),
            code=[CITY[0]],
            name=[CITY[1]],
            name_en=[CITY[2]],
            parent=[None],
            unit=["430100-CG"],
        ),
        _AreaLevel(
            level="district",
            shapes=district,
            population=in_district,
            code=district_codes,
            name=[r["name"] for r in districts],
            name_en=[r["name_en"] for r in districts],
            parent=[CITY[0]] * len(district),
            unit=[f"{c}-CG" for c in district_codes],
        ),
        _AreaLevel(
            level="street",
            shapes=street,
            population=in_street,
            code=street_codes,
            name=[r["name"] for r in streets],
            name_en=[r["name_en"] for r in streets],
            parent=[c[:6] for c in street_codes],
            unit=[f"{c}-JB" for c in street_codes],
        ),
        _AreaLevel(
            level="community",
            shapes=community,
            population=in_community,
            code=community_codes,
            name=names,
            name_en=names_en,
            parent=[c[:9] for c in community_codes],
            unit=[f"{c[:9]}-JB" for c in community_codes],
        ),
        _AreaLevel(
            level="duty_grid",
            shapes=duty,
            population=in_duty,
            code=duty_codes,
            name=[f"{names[c]}{code[13:]}网格" for c, code in zip(duty_in, duty_codes, strict=True)],
            name_en=[f"{names_en[c]} Grid {code[13:]}" for c, code in zip(duty_in, duty_codes, strict=True)],
            parent=[c[:12] for c in duty_codes],
            unit=[f"{c[:9]}-JB" for c in duty_codes],
            officer=[f"网格员{names[c]}{code[13:]}" for c, code in zip(duty_in, duty_codes, strict=True)],
        ),
        _AreaLevel(
            level="unit_grid",
            shapes=unit,
            population=t.unit_population,
            code=unit_codes,
            name=[f"单元网格{c}" for c in unit_codes],
            name_en=[f"Unit grid {c}" for c in unit_codes],
            parent=[c[:12] for c in unit_codes],
            unit=[None] * len(unit_codes),
        ),
        # Special grids (专业网格) of street cleaning: each street as one, "601" for its joined communities.
        _AreaLevel(
            level="special_grid",
            shapes=street,
            population=None,
            code=[f"{_CLEANING}{code}60101" for code in street_codes],
            name=[f"{row['name']}环卫网格" for row in streets],
            name_en=[f"{row['name_en']} Cleaning Grid" for row in streets],
            parent=list(street_codes),
            unit=[f"{code[:6]}-CG" for code in street_codes],
        ),
    ]
