"""The tables of a city, for both engines: SQLAlchemy models with GeoAlchemy2 geometry on PostGIS.

One type each for what the engines keep differently: geometry (GeoPackage blob or PostGIS geometry)
and points in time (ISO 8601 text or timestamptz).
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import shapely
import sqlalchemy as sa
from geoalchemy2 import Geometry, WKBElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import quoted_name
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from cim.columnar import wkb
from cim.model.layer import GeometryKind, Layer


class _Blob(UserDefinedType[bytes]):
    """A GeoPackage geometry column: a blob whose declared type names the geometry type."""

    cache_ok = True

    def __init__(self, geometry_type: str) -> None:
        self.geometry_type = geometry_type

    def get_col_spec(self, **_: Any) -> str:
        return self.geometry_type


class _Moment(UserDefinedType[str]):
    """The GeoPackage DATETIME and DATE: ISO 8601 text."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


class GeometryColumn(TypeDecorator[Any]):
    """Shapely geometry in Python; a GeoPackage blob or PostGIS geometry in the store."""

    impl = sa.LargeBinary
    cache_ok = True
    #: GeoAlchemy2 reads this of every column: the stores make their spatial indexes themselves, after the rows.
    spatial_index = False

    def __init__(self, kind: GeometryKind, srid: int) -> None:
        super().__init__()
        self.kind: GeometryKind = kind
        self.srid = srid

    def load_dialect_impl(self, dialect: Dialect | None) -> TypeEngine[Any]:
        geometry_type = wkb.TABLE_TYPES[self.kind]
        if dialect is None:  # GeoAlchemy2 asks this way whether the column is a raster
            return self.impl_instance
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Geometry(geometry_type, self.srid, spatial_index=False))
        return dialect.type_descriptor(_Blob(geometry_type))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        value = wkb.promote(value, self.kind)
        if dialect.name == "postgresql":
            return None if value is None else WKBElement(shapely.to_wkb(value), srid=self.srid)
        return wkb.gpkg_blob(value, self.srid)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return shapely.from_wkb(value.data if dialect.name == "postgresql" else wkb.gpkg_wkb(value))


class _Text(TypeDecorator[str]):
    """Text. PostgreSQL has no NUL in it, so nobody has."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        return value.replace("\0", "") if value is not None else None


class _Real(TypeDecorator[float]):
    """A real number. Not a number is none: SQLite can't keep it, JSON can't say it."""

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: float | None, _: Dialect) -> float | None:
        return None if value is None or value != value else value


def iso_moment(value: dt.datetime) -> str:
    """The moment as the GeoPackage has it: ISO 8601 in UTC with milliseconds.

    >>> iso_moment(dt.datetime(999, 1, 1, 8, 0, 0, 1999, tzinfo=dt.timezone(dt.timedelta(hours=8))))
    '0999-01-01T00:00:00.001Z'
    """
    return value.astimezone(dt.UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class Instant(TypeDecorator[dt.datetime]):
    """A point in time, in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(_Moment("DATETIME"))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return iso_moment(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        if value is None or dialect.name == "postgresql":
            return value.astimezone(dt.UTC) if value is not None else None
        return dt.datetime.fromisoformat(value).astimezone(dt.UTC)


_COLUMN_TYPES: dict[str, TypeEngine[Any]] = {
    "integer": sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
    "real": _Real(),
    "text": _Text(),
    "boolean": sa.Boolean(),
    "date": sa.Date(),
    "datetime": Instant(),
}


@lru_cache(maxsize=256)  # a job that writes thousands of rows asks for each of them
def layer_table(layer: Layer, srid: int, name: str | None = None, *, with_key: bool = True) -> sa.Table:
    """The table of a layer: fid, geom and its fields. `name`: another table name, as while it is being loaded;
    `with_key`: whether fid is the primary key already. Names are always quoted: SQLAlchemy's lists of SQL words are
    not complete (`nothing`, `returning`)."""
    return sa.Table(
        quoted_name(name or layer.name, True),
        sa.MetaData(),
        sa.Column(
            "fid", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=with_key, nullable=False
        ),
        sa.Column("geom", GeometryColumn(layer.geometry, srid)),
        *(sa.Column(quoted_name(f.name, True), _COLUMN_TYPES[f.type]) for f in layer.fields),
        sqlite_autoincrement=True,
    )


SYSTEM = sa.MetaData()

#: Facts about the store itself: schema version, identity, CRS.
META = sa.Table("cim_meta", SYSTEM, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text))

#: The layers that are loaded. `spec` is the layer as JSON; `report` what its load reported; `lost` why the layer is
#: not answered from, where its table is gone or can't be a layer's.
LAYERS = sa.Table(
    "cim_layer",
    SYSTEM,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("spec", sa.Text, nullable=False),
    sa.Column("loaded_at", Instant(), nullable=False),
    sa.Column("report", sa.Text),
    sa.Column("lost", sa.Text),
)

#: The change log. `op`: i(nsert), u(pdate), d(elete) of one feature; l(oaded): all may have changed; m(eta): only
#: what is known of the layer changed.
CHANGES = sa.Table(
    "cim_change",
    SYSTEM,
    sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("layer", sa.Text, nullable=False),
    sa.Column("fid", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),  # GeoPackage has no BIGINT
    sa.Column("op", sa.Text, nullable=False),
    sa.Column("actor", sa.Text),
    sa.Column("at", Instant()),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text),
    sqlite_autoincrement=True,
)

#: The status history of incidents.
HISTORY = sa.Table(
    "incident_history",
    SYSTEM,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("incident", sa.Text, nullable=False, index=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("at", Instant(), nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("note", sa.Text),
    sqlite_autoincrement=True,
)

#: Answers to changes that came with an Idempotency-Key, kept in the transaction of the change (`cim.store.answers`).
ANSWERS = sa.Table(
    "cim_answer",
    SYSTEM,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("actor", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("complete", sa.Boolean, nullable=False),
    sa.Column("at", Instant(), nullable=False, index=True),
)

#: Days that are not what their weekday says: holidays, and make-up days that are worked (调休).
CALENDAR = sa.Table(
    "cim_calendar",
    SYSTEM,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("works", sa.Boolean, nullable=False),
    sa.Column("name", sa.Text),
)

#: The responsibility list (权责清单), in its order; `lead` and `assist` as `cim.duty.roles` reads them.
RESPONSIBILITY = sa.Table(
    "cim_responsibility",
    SYSTEM,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("class", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("condition", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("assist", sa.Text, nullable=False),
    sa.Column("amount", sa.Double, nullable=False),
    sa.Column("clock", sa.Text, nullable=False),
    sa.Column("closing", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("similar_m", sa.Double),
    sa.Column("similar_h", sa.Double),
    sa.Column("crews", sa.Text),
    sa.Column("affect_m", sa.Double),
    sa.Column("close_m", sa.Double),
)

#: Contents by their SHA-256, cut into parts: model files as they came, and models as they are placed.
CONTENTS = sa.Table(
    "cim_content",
    SYSTEM,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("bytes", sa.LargeBinary, nullable=False),
)

#: The versions of models. `content` (the packed model), `rows` (its rows as Arrow) and `original` (the file as it came,
#: compressed) are hashes in `cim_content`; `facts` and `report` are JSON.
MODEL_VERSIONS = sa.Table(
    "cim_model_version",
    SYSTEM,
    sa.Column("model", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("rows", sa.Text, nullable=False),
    sa.Column("original", sa.Text),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("loaded_at", Instant(), nullable=False),
    sa.Column("facts", sa.Text, nullable=False),
    sa.Column("report", sa.Text, nullable=False),
)
