"""A layer: a named table of features of one geometry kind, and the features on their way into it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
import shapely

from cim.arrays.types import Fids, Geometries
from cim.errors import BadInput, Fault, FaultyData

GeometryKind = Literal["point", "line", "polygon"]
#: What a layer is to the city; `label` and `cells` are made of others for a map.
LayerKind = Literal[
    "base",
    "area",
    "unit",
    "component",
    "sensor",
    "resource",
    "incident",
    "closure",
    "speed",
    "model",
    "model_building",
    "model_storey",
    "model_space",
    "model_element",
    "label",
    "cells",
]
FieldType = Literal["integer", "real", "text", "boolean", "date", "datetime"]

ARROW_TYPES: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "real": pa.float64(),
    "text": pa.string(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("ms", tz="UTC"),
}

_NAME = re.compile(r"[^\W\d]\w*")
_RESERVED = (
    "cim_",
    "gpkg_",
    "rtree_",
    "sqlite_",
    "pg_",
    "spatial_ref_sys",
    "load_",
    "incident_history",
    "geometry_columns",
    "geography_columns",
    "raster_",
)
# PostgreSQL cuts identifiers at 63 bytes, and indexes and triggers add a suffix to the name.
_LONGEST = 40


def check_name(name: str) -> str:
    """The name itself if it can name a layer or field in both stores, else `BadInput`.

    Letters (of any script), digits and underscores; at most 40 bytes in UTF-8.

    >>> check_name("建筑")
    '建筑'
    >>> check_name("roads, main")
    Traceback (most recent call last):
    cim.errors.BadInput: 'roads, main' can't be a name: use letters, digits and underscores, letter first
    """
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} can't be a name: use letters, digits and underscores, letter first")
    if len(name.encode()) > _LONGEST:
        raise BadInput(f"{name!r} is {len(name.encode())} bytes long; a name has at most {_LONGEST}")
    if name.lower().startswith(_RESERVED):
        raise BadInput(f"{name!r} begins with a reserved prefix ({', '.join(_RESERVED)})")
    return name


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a layer."""

    name: str
    type: FieldType
    title_zh: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class Layer:
    """What is known of a layer besides its features.

    `kind` says what the features are (`"base"` for map data, else `"area"`, `"unit"`,
    `"incident"`, `"resource"` or `"sensor"`). `version` grows with every bulk load. Lists have the layers by `order`
    (None: after the others), then by name; `visible` says whether a map shows the layer when it starts.

    >>> roads = Layer("roads", geometry="line", fields=(Field("name", "text"),), title_zh="道路")
    >>> roads.title_zh, roads.version
    ('道路', 0)
    """

    name: str
    geometry: GeometryKind
    fields: tuple[Field, ...] = ()
    kind: LayerKind = "base"
    title_zh: str = ""
    title_en: str = ""
    source: str = ""
    licence: str = ""
    original_crs: str = ""
    cim_level: int | None = None
    version: int = 0
    order: int | None = None
    visible: bool = True

    def __post_init__(self) -> None:
        check_name(self.name)
        if self.geometry not in get_args(GeometryKind):
            raise BadInput(f"layer {self.name!r}: geometry {self.geometry!r} is none of point, line, polygon")
        seen: set[str] = set()
        for f in self.fields:
            lower = f.name.lower()
            if lower in seen or lower in ("fid", "geom"):
                raise BadInput(
                    f"layer {self.name!r}: field {f.name!r} is there twice or reserved (fid, geom)"
                )
            seen.add(lower)

    @property
    def field_names(self) -> tuple[str, ...]:
        """The names of the attributes, in order, without `fid` and `geom`."""
        return tuple(f.name for f in self.fields)

    def schema(self) -> pa.Schema:
        """The attributes as an Arrow schema.

        >>> Layer("p", geometry="point", fields=(Field("floors", "integer"),)).schema().field("floors").type
        DataType(int64)
        """
        return pa.schema([pa.field(f.name, ARROW_TYPES[f.type]) for f in self.fields])

    def with_version(self, version: int) -> Layer:
        """The same layer at another version."""
        return replace(self, version=version)


def in_order(layers: Iterable[Layer]) -> list[Layer]:
    """The layers as lists have them: by `order`, those without one after the others, then by name."""
    return sorted(layers, key=lambda x: (x.order is None, x.order or 0, x.name))


@dataclass(frozen=True, slots=True)
class Features:
    """Features on their way in or out: shapely geometries (lon, lat, 2D) and their attributes, row by row.

    `geometry` is an object array of n shapely geometries; `attributes` an Arrow table of
    n rows; `fid` int64[n], or None where the store still has to number them.

    >>> import shapely
    >>> f = Features(shapely.points([[112.9, 28.2]]), pa.table({"name": ["五一广场"]}))
    >>> len(f)
    1
    """

    geometry: Geometries
    attributes: pa.Table
    fid: Fids | None = field(default=None)

    def __post_init__(self) -> None:
        if self.attributes.num_columns and len(self.geometry) != self.attributes.num_rows:
            raise BadInput(
                f"{len(self.geometry)} geometries with {self.attributes.num_rows} rows of attributes"
            )

    def __len__(self) -> int:
        return len(self.geometry)

    @classmethod
    def empty(cls, layer: Layer) -> Features:
        """No features, with the fields of the layer."""
        return cls(np.empty(0, object), layer.schema().empty_table(), np.empty(0, np.int64))

    @classmethod
    def concat(cls, parts: Sequence[Features]) -> Features:
        """The features of all parts in order; each has fids and the same fields."""
        return cls(
            np.concatenate([p.geometry for p in parts]),
            pa.concat_tables([p.attributes for p in parts]),
            np.concatenate([p.fid for p in parts if p.fid is not None]),
        )


def require_single_points(layer: Layer, features: Features) -> None:
    """Raise `FaultyData` where a feature of a layer of points holds several."""
    multipart = np.flatnonzero(shapely.get_num_geometries(features.geometry) > 1)
    if layer.geometry == "point" and len(multipart):
        faults = [
            Fault(int(i) + 1, "a multipoint of several points; give each point a row") for i in multipart
        ]
        raise FaultyData(f"layer {layer.name!r}: {len(faults)} rows hold several points", faults)
