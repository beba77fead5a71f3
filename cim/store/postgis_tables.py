"""The tables of a PostGIS schema as anybody may have made them, and how they become a layer's."""

from __future__ import annotations

import sqlalchemy as sa

from cim.columnar import wkb
from cim.model.layer import FieldType, Layer
from cim.store.gpkg_schema import quote
from cim.store.registry import SpatialTable

_FIELD_TYPES: dict[str, FieldType] = {
    "int2": "integer",
    "int4": "integer",
    "int8": "integer",
    "float4": "real",
    "float8": "real",
    "numeric": "real",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
    "timestamptz": "datetime",
}

_HERE = "c.relnamespace = current_schema()::regnamespace"


def spatial_tables(connection: sa.Connection) -> dict[str, SpatialTable]:
    """Every table of the schema with a geometry, by name."""
    run = connection.exec_driver_sql
    shapes = {
        name: rest
        for name, *rest in run(
            "SELECT f_table_name, f_geometry_column, type, coord_dimension, g.srid, s.auth_name, s.auth_srid "
            "FROM geometry_columns g JOIN pg_class c ON c.relname = f_table_name LEFT JOIN spatial_ref_sys s "
            f"ON s.srid = g.srid WHERE f_table_schema = current_schema() AND c.relkind = 'r' AND {_HERE} "
            "ORDER BY f_geometry_column = 'geom'"
        )
    }
    columns: dict[str, dict[str, FieldType]] = {}
    for table, column, udt in run(
        "SELECT c.relname, a.attname, t.typname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped "
        f"AND {_HERE} ORDER BY a.attnum"
    ):
        columns.setdefault(table, {})[column] = _FIELD_TYPES.get(udt, "text")
    query = (
        "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid "
        "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] JOIN pg_type t ON t.oid = a.atttypid "
        "WHERE i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL AND a.attnotnull "
        f"AND t.typname IN ('int2', 'int4', 'int8') AND {_HERE} ORDER BY i.indisprimary"
    )
    keys: dict[str, str] = {table: column for table, column in run(query).all()}  # noqa: C416 - rows are no pairs
    logs = {
        table: bytes(arguments).split(b"\0")[0].decode()
        for table, arguments in run(
            "SELECT c.relname, t.tgargs FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            f"WHERE t.tgname = 'cim_change_row' AND {_HERE}"
        )
    }
    tables = {}
    for name, (column, declared, dimensions, srid, authority, code) in shapes.items():
        if name.startswith(("cim_", "load_")):
            continue
        key = keys.get(name)
        epsg = int(code) if authority == "EPSG" else 0
        crs = f"{authority}:{code}" if authority else f"SRID {srid}"
        others = {n: t for n, t in columns.get(name, {}).items() if n not in (key, column)}
        tables[name] = SpatialTable(
            name=name,
            geometry=column,
            declared=declared,
            deeper=dimensions > 2,
            srid=epsg,
            crs=crs,
            key=key,
            columns=others,
            logs_as=logs.get(name),
        )
    return tables


def kinds(connection: sa.Connection, table: SpatialTable) -> set[str]:
    """Which kinds of geometry the rows have; `"multipoint"` for several points in one row."""
    geom = quote(table.geometry)
    found = connection.exec_driver_sql(
        f"SELECT DISTINCT GeometryType({geom}), GeometryType({geom}) LIKE 'MULTIPOINT%%' "
        f"AND ST_NumGeometries({geom}) > 1 FROM {quote(table.name)} WHERE {geom} IS NOT NULL"
    )
    names = {"POINT": "point", "LINESTRING": "line", "POLYGON": "polygon"}
    return {
        "multipoint" if several else names.get(name.removesuffix("M").removeprefix("MULTI"), name.lower())
        for name, several in found
    }


def take(connection: sa.Connection, table: SpatialTable, layer: Layer, srid: int) -> None:
    """Bring a table to the form of the layer's: names, type, spatial index, numbers for new rows; without triggers."""
    run, name = connection.exec_driver_sql, quote(table.name)
    run(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
    for theirs, ours in ((table.key, "fid"), (table.geometry, "geom")):
        if theirs != ours:
            run(f"ALTER TABLE {name} RENAME COLUMN {quote(str(theirs))} TO {ours}")
    wanted = wkb.TABLE_TYPES[layer.geometry]
    if not table.deeper and (table.declared, table.srid) != (wanted, srid):
        shape = "ST_GeometryN(geom, 1)" if layer.geometry == "point" else "ST_Multi(geom)"
        run(f"DROP INDEX IF EXISTS {quote(f'{table.name}_geom')}")
        run(
            f"ALTER TABLE {name} ALTER COLUMN geom TYPE geometry({wanted}, {srid}) USING ST_SetSRID({shape}, {srid})"
        )
    run(f"CREATE INDEX IF NOT EXISTS {quote(f'{table.name}_geom')} ON {name} USING gist (geom)")
    numbered = run(
        "SELECT a.attidentity <> '' OR a.atthasdef FROM pg_attribute a WHERE a.attrelid = %s::regclass "
        "AND a.attname = 'fid'",
        (name,),
    ).scalar()
    if not numbered:
        following = run(f"SELECT coalesce(max(fid), 0) + 1 FROM {name}").scalar()
        run(f"ALTER TABLE {name} ALTER COLUMN fid ADD GENERATED BY DEFAULT AS IDENTITY (START {following})")


def rename(connection: sa.Connection, table: str, name: str) -> None:
    """Give a table another name, and its key, its indexes and its sequence."""
    run = connection.exec_driver_sql
    run(f"DROP TRIGGER IF EXISTS cim_change_row ON {quote(table)}")
    run(f"DROP TRIGGER IF EXISTS cim_change_all ON {quote(table)}")
    run(f"ALTER TABLE {quote(table)} RENAME TO {quote(name)}")
    for suffix in ("pkey", "geom", "code"):
        run(f"ALTER INDEX IF EXISTS {quote(f'{table}_{suffix}')} RENAME TO {quote(f'{name}_{suffix}')}")
    run(f"ALTER SEQUENCE IF EXISTS {quote(f'{table}_fid_seq')} RENAME TO {quote(f'{name}_fid_seq')}")
