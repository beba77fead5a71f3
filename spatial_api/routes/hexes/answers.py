"""What questions about H3 and BeiDou cells answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import WithJsonSchema

from cim.areas.owners import Owners

#: A geometry of GeoJSON that is written already.
WrittenGeometry = Annotated[Any, WithJsonSchema({"type": "object"})]
#: Columns of numbers as numpy has them; null where a cell has no value.
Counts = Annotated[Any, WithJsonSchema({"type": "array", "items": {"type": "integer"}})]
Values = Annotated[
    Any, WithJsonSchema({"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}})
]


@dataclass(frozen=True)
class HexColumns:
    """What a layer holds in each cell, as columns."""

    layer: str
    resolution: int
    measure: str
    cells: list[str]
    counts: Counts
    values: Values


@dataclass(frozen=True)
class HexProperties:
    """A cell, how many features lie in it, and what was measured."""

    h3: str
    count: int
    value: float | None


@dataclass(frozen=True)
class HexFeature:
    """A cell with its outline."""

    type: Literal["Feature"]
    id: str
    geometry: WrittenGeometry
    properties: HexProperties


@dataclass(frozen=True)
class HexFeatures:
    """What a layer holds in each cell, as GeoJSON."""

    type: Literal["FeatureCollection"]
    layer: str
    resolution: int
    measure: str
    features: list[HexFeature]


@dataclass(frozen=True)
class HexDescribed:
    """A cell, its relatives, the cells around it, and who owns its centre."""

    cell: str
    resolution: int
    centre: list[float]
    area_m2: float
    edge_m: float
    geometry: WrittenGeometry
    parents: list[str]
    children: list[str]
    disk: list[str]
    owners: Owners


@dataclass(frozen=True)
class HexCover:
    """The cells that lie wholly in a shape, and those on its edge."""

    resolution: int
    full: list[str]
    edge: list[str]


@dataclass(frozen=True)
class HexList:
    """Some cells."""

    cells: list[str]


@dataclass(frozen=True)
class HexOwners:
    """Which area owns which share of which cell, as columns."""

    level: str
    resolution: int
    cells: list[str]
    codes: list[str]
    shares: Values


@dataclass(frozen=True)
class BeidouCode:
    """The code of a BeiDou cell."""

    code: str


@dataclass(frozen=True)
class BeidouFeature:
    """A BeiDou cell with its outline."""

    type: Literal["Feature"]
    id: str
    geometry: WrittenGeometry
    properties: BeidouCode


@dataclass(frozen=True)
class BeidouFeatures:
    """The BeiDou cells of a level in a box, as GeoJSON."""

    type: Literal["FeatureCollection"]
    level: int
    features: list[BeidouFeature]
