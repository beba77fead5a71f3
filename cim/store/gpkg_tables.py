"""The tables of a GeoPackage as anybody may have made them, and how they become a layer's."""

from __future__ import annotations

import struct

import sqlalchemy as sa

from cim.columnar import wkb
from cim.model.layer import FieldType, GeometryKind, Layer
from cim.store import gpkg_schema as schema
from cim.store.gpkg_schema import quote
from cim.store.registry import SpatialTable

_FIELD_TYPES: dict[str, FieldType] = {
    "INT": "integer",
    "INTEGER": "integer",
    "MEDIUMINT": "integer",
    "SMALLINT": "integer",
    "TINYINT": "integer",
    "BIGINT": "integer",
    "REAL": "real",
    "DOUBLE": "real",
    "FLOAT": "real",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DATETIME": "datetime",
}
_GEOMETRY_TYPES = (
    "GEOMETRY",
    "POINT",
    "LINESTRING",
    "POLYGON",
    "MULTIPOINT",
    "MULTILINESTRING",
    "MULTIPOLYGON",
    "GEOMETRYCOLLECTION",
)


def field_type(declared: str) -> FieldType:
    """The type of a field by that which its column declares."""
    return _FIELD_TYPES.get(declared.upper().split("(")[0], "text")


def spatial_tables(connection: sa.Connection) -> dict[str, SpatialTable]:
    """Every feature table of the file by name, also one that another program renamed without telling the
    GeoPackage's own catalogue."""
    run = connection.exec_driver_sql
    told = {
        row[0]: row[1:]
        for row in run(
            "SELECT g.table_name, g.column_name, g.geometry_type_name, g.srs_id, g.z OR g.m, s.organization, "
            "s.organization_coordsys_id, s.srs_name FROM gpkg_geometry_columns g "
            "LEFT JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id"
        )
    }
    logs = {
        table: name.removeprefix("cim_").removesuffix("_insert")
        for name, table in run(
            "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'cim\\_%\\_insert' "
            "ESCAPE '\\' ORDER BY name = 'cim_' || tbl_name || '_insert'"
        )
    }
    tables = {}
    for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table'").all():
        if name.lower().startswith(("cim_", "gpkg_", "rtree_", "sqlite_", "load_")):
            continue
        info = run(f"PRAGMA table_info({quote(name)})").all()
        if name in told:
            column, declared, number, deeper, organization, code, words = told[name]
            epsg = int(code) if str(organization).upper() == "EPSG" else 0
            crs = f"EPSG:{epsg}" if epsg else str(words or f"srs_id {number}")
        else:
            shapes = [(row[1], row[2].upper()) for row in info if row[2].upper() in _GEOMETRY_TYPES]
            if not shapes:
                continue
            (column, declared), deeper = shapes[0], 0
            epsg = _srid_of_rows(connection, name, column)
            crs = f"EPSG:{epsg}" if epsg else "no system that it names"
        keys = [row[1] for row in info if row[5]]
        numbered = [row[1] for row in info if row[5] and row[2].upper() == "INTEGER"]
        key = numbered[0] if len(keys) == 1 and numbered else None
        columns = {row[1]: field_type(row[2]) for row in info if row[1] not in (key, column)}
        tables[name] = SpatialTable(
            name=name,
            geometry=column,
            declared=str(declared).upper(),
            deeper=bool(deeper),
            srid=epsg,
            crs=crs,
            key=key,
            columns=columns,
            logs_as=logs.get(name),
        )
    return tables


def _srid_of_rows(connection: sa.Connection, table: str, column: str) -> int:
    blob = connection.exec_driver_sql(
        f"SELECT {quote(column)} FROM {quote(table)} WHERE {quote(column)} IS NOT NULL LIMIT 1"
    ).scalar()
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return 0
    return int(struct.unpack_from("<i" if blob[3] & 1 else ">i", blob, 4)[0])


def kinds(connection: sa.Connection, table: SpatialTable) -> set[str]:
    """Which kinds of geometry the rows have; `"multipoint"` for several points in one row."""
    found = connection.exec_driver_sql(
        f"SELECT DISTINCT cim_kind({quote(table.geometry)}) FROM {quote(table.name)}"
    )
    return {kind for (kind,) in found if kind is not None}


def take(connection: sa.Connection, table: SpatialTable, layer: Layer, srid: int) -> None:
    """Bring a table to the form of the layer's, with its spatial index; the caller makes its triggers."""
    run, name, index = connection.exec_driver_sql, quote(table.name), schema.rtree_table(table.name)
    indexed = run(
        "SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name = ?",
        (table.name, f"{index}_insert"),
    ).scalar()
    drop_triggers(connection, table.name)
    drop_triggers(connection, table.name, table.name)
    if not indexed:  # else it is the index of another table, or of another column
        run(f"DROP TABLE IF EXISTS {quote(f'rtree_{table.name}_{table.geometry}')}")
        run(f"DROP TABLE IF EXISTS {quote(index)}")
    wanted = wkb.TABLE_TYPES[layer.geometry]
    if not table.deeper and table.declared != wanted:
        _rebuild(connection, table, layer.geometry, srid)
    else:
        for theirs, ours in ((table.key, "fid"), (table.geometry, "geom")):
            if theirs != ours:
                run(f"ALTER TABLE {name} RENAME COLUMN {quote(str(theirs))} TO {ours}")
        if not table.deeper and table.srid != srid:
            run(
                f"UPDATE {name} SET geom = cim_promoted(geom, '{layer.geometry}', {srid}) WHERE geom IS NOT NULL"
            )
    if not indexed:
        run(f"CREATE VIRTUAL TABLE {quote(index)} USING rtree(id, minx, maxx, miny, maxy)")
        run(
            f"INSERT INTO {quote(index)} SELECT fid, ST_MinX(geom), ST_MaxX(geom), ST_MinY(geom), ST_MaxY(geom) "
            f"FROM {name} WHERE geom NOT NULL AND NOT ST_IsEmpty(geom)"
        )


def _rebuild(connection: sa.Connection, table: SpatialTable, kind: GeometryKind, srid: int) -> None:
    """Make the table again with a geometry of the kind's type: SQLite can't change the type of a column."""
    run, name, draft = connection.exec_driver_sql, quote(table.name), quote(f"cim_{table.name}")
    columns = ['"fid" INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL', f'"geom" {wkb.TABLE_TYPES[kind]}']
    taken = [quote(str(table.key)), f"cim_promoted({quote(table.geometry)}, '{kind}', {srid})"]
    for _, column, declared, required, default, _ in run(f"PRAGMA table_info({name})").all():
        if column in table.columns:
            more = " NOT NULL" if required else ""
            more += f" DEFAULT ({default})" if default is not None else ""
            columns.append(f"{quote(column)} {declared}{more}")
            taken.append(quote(column))
    run(f"CREATE TABLE {draft} ({', '.join(columns)})")
    run(f"INSERT INTO {draft} SELECT {', '.join(taken)} FROM {name}")
    run(f"DROP TABLE {name}")
    run(f"ALTER TABLE {draft} RENAME TO {name}")


def drop_triggers(connection: sa.Connection, table: str, layer: str | None = None) -> None:
    """Drop the triggers on a table that log it or keep its spatial index; those that are a lost layer's, wherever its
    table went, where `layer` names it."""
    run = connection.exec_driver_sql
    found = run("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'").all()
    beginnings = (f"cim_{layer}_", f"rtree_{layer}_geom_") if layer is not None else ("cim_", "rtree_")
    for name, on in found:
        if (layer is not None or on == table) and name.startswith(beginnings):
            run(f"DROP TRIGGER {quote(name)}")


def rename(connection: sa.Connection, table: str, name: str) -> None:
    """Give a table and its spatial index another name, and take the old one out of the GeoPackage's catalogue."""
    run = connection.exec_driver_sql
    drop_triggers(connection, table)
    for (trigger,) in run(
        "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ? AND name LIKE '%feature_count%'",
        (table,),
    ).all():
        run(f"DROP TRIGGER {quote(trigger)}")
    run(f"DROP INDEX IF EXISTS {quote(f'cim_{table}_code')}")
    run(f"ALTER TABLE {quote(table)} RENAME TO {quote(name)}")
    old, new = schema.rtree_table(table), schema.rtree_table(name)
    if run("SELECT 1 FROM sqlite_master WHERE name = ?", (old,)).scalar():
        run(f"DROP TABLE IF EXISTS {quote(new)}")
        run(f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}")
    forget_contents(connection, table)


def forget_contents(connection: sa.Connection, table: str) -> None:
    """Take a table out of the GeoPackage's own catalogue, and that of GDAL."""
    run = connection.exec_driver_sql
    names = ["gpkg_extensions", "gpkg_geometry_columns", "gpkg_contents"]
    if run("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'").scalar():
        names.append("gpkg_ogr_contents")
    for catalogue in names:
        run(f"DELETE FROM {catalogue} WHERE table_name = ?", (table,))
