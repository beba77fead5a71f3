"""The tables and triggers that make an SQLite file a GeoPackage 1.3 (OGC 12-128r17) and a citybase store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely
from pyproj import CRS

from cim.columnar import wkb
from cim.model.layer import GeometryKind, Layer

if TYPE_CHECKING:
    from cim.store.sqlite import sqlite3

#: "GPKG" and version 1.3.0, as the file header says them.
APPLICATION_ID, USER_VERSION = 0x47504B47, 10300

GPKG_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
"""


GPKG_TABLE_NAMES = frozenset(
    {"gpkg_spatial_ref_sys", "gpkg_contents", "gpkg_geometry_columns", "gpkg_extensions"}
)


def spatial_reference_rows() -> list[tuple[Any, ...]]:
    """The rows that every GeoPackage has, and the two geographic systems that a city can be stored in."""
    undefined = [
        (
            "Undefined cartesian SRS",
            -1,
            "NONE",
            -1,
            "undefined",
            "undefined cartesian coordinate reference system",
        ),
        (
            "Undefined geographic SRS",
            0,
            "NONE",
            0,
            "undefined",
            "undefined geographic coordinate reference system",
        ),
    ]
    known = []
    for code in (4326, 4490):
        crs = CRS.from_epsg(code)
        known.append(
            (crs.name, code, "EPSG", code, crs.to_wkt("WKT1_GDAL"), "longitude, latitude in degrees")
        )
    return undefined + known


def create_tables(raw: sqlite3.Connection) -> None:
    """Make the tables of an empty GeoPackage, unless another process has made them."""
    if raw.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone():
        return
    for statement in GPKG_TABLES.split(";\n"):
        raw.execute(statement)
    raw.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", spatial_reference_rows())


def quote(name: str) -> str:
    """The name as an SQL identifier.

    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def rtree_table(table: str) -> str:
    """The name of the spatial index of a table."""
    return f"rtree_{table}_geom"


def rtree_triggers(table: str) -> list[str]:
    """The triggers that keep the spatial index right under every edit (GeoPackage 1.3 annex F.3)."""
    t, index = quote(table), quote(rtree_table(table))
    box = "NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)"
    filled = "(NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))"
    blank = "(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))"
    put = f"INSERT OR REPLACE INTO {index} VALUES ({box});"
    drop = f"DELETE FROM {index} WHERE id"

    def trigger(suffix: str, event: str, when: str, action: str) -> str:
        name = quote(f"rtree_{table}_geom_{suffix}")
        return f"CREATE TRIGGER {name} AFTER {event} ON {t} WHEN {when} BEGIN {action} END"

    return [
        trigger("insert", "INSERT", filled, put),
        trigger("update1", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {filled}", put),
        trigger("update2", "UPDATE OF geom", f"OLD.fid = NEW.fid AND {blank}", f"{drop} = OLD.fid;"),
        trigger("update3", "UPDATE", f"OLD.fid != NEW.fid AND {filled}", f"{drop} = OLD.fid; {put}"),
        trigger("update4", "UPDATE", f"OLD.fid != NEW.fid AND {blank}", f"{drop} IN (OLD.fid, NEW.fid);"),
        trigger("delete", "DELETE", "old.geom NOT NULL", f"{drop} = OLD.fid;"),
    ]


def _row_json(prefix: str, layer: Layer) -> str:
    blank = f"CASE WHEN {prefix}.geom IS NULL THEN NULL ELSE hex({prefix}.geom) END"
    pairs = [f"'fid', {prefix}.fid", f"'geom', {blank}"]
    pairs += ["'" + f.name.replace("'", "''") + f"', {prefix}.{quote(f.name)}" for f in layer.fields]
    return f"json_object({', '.join(pairs)})"


def log_trigger_name(table: str, event: str) -> str:
    """The name of the trigger that logs inserts, updates or deletes."""
    return f"cim_{table}_{event}"


def log_triggers(layer: Layer, with_rows: bool) -> list[str]:
    """The triggers that write every edit of the layer's table, by whomever, into the change log."""
    t = quote(layer.name)
    name = "'" + layer.name + "'"
    now = "strftime('%Y-%m-%dT%H:%M:%fZ','now')"
    old, new = (_row_json("OLD", layer), _row_json("NEW", layer)) if with_rows else ("NULL", "NULL")

    def entry(fid: str, op: str, was: str, is_now: str) -> str:
        return (
            "INSERT INTO cim_change (layer, fid, op, actor, at, old, new) "
            f"VALUES ({name}, {fid}, '{op}', 'outside', {now}, {was}, {is_now});"
        )

    def trigger(event: str, when: str, action: str) -> str:
        made = quote(log_trigger_name(layer.name, event.replace(" ", "_").lower()))
        return f"CREATE TRIGGER {made} AFTER {event.split()[0]} ON {t} {when} BEGIN {action} END"

    return [
        trigger("INSERT", "", entry("NEW.fid", "i", "NULL", new)),
        trigger("UPDATE", "WHEN OLD.fid = NEW.fid", entry("NEW.fid", "u", old, new)),
        trigger(
            "UPDATE fid",
            "WHEN OLD.fid != NEW.fid",
            entry("OLD.fid", "d", old, "NULL") + entry("NEW.fid", "i", "NULL", new),
        ),
        trigger("DELETE", "", entry("OLD.fid", "d", old, "NULL")),
    ]


def register_contents(run: Any, table: str, srid: int, kind: str, title: str) -> None:
    """Tell GeoPackage readers of a feature table. `run(sql, parameters)` executes one statement.

    The bounds stay NULL, as edits would make them wrong; readers then ask the spatial index.
    """
    run("DELETE FROM gpkg_extensions WHERE table_name = ?", (table,))
    run("DELETE FROM gpkg_geometry_columns WHERE table_name = ?", (table,))
    run("DELETE FROM gpkg_contents WHERE table_name = ?", (table,))
    run(
        "INSERT INTO gpkg_contents "
        "(table_name, data_type, identifier, description, srs_id) VALUES (?, 'features', ?, ?, ?)",
        (table, table, title, srid),
    )
    run("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, kind, srid))
    run(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', "
        "'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
        (table,),
    )


def _kind(blob: bytes | None) -> str | None:
    inside = wkb.gpkg_wkb(blob)
    if inside is None:
        return None
    shape = shapely.from_wkb(inside, on_invalid="ignore")
    if shape is None:
        return "unreadable"
    name = str(shape.geom_type).lower()
    if name == "multipoint":
        return "multipoint" if len(shape.geoms) > 1 else "point"
    return {"linestring": "line", "polygon": "polygon", "point": "point"}.get(
        name.removeprefix("multi"), name
    )


def _promote(blob: bytes | None, kind: GeometryKind, srid: int) -> bytes | None:
    inside = wkb.gpkg_wkb(blob)
    shape = None if inside is None else shapely.from_wkb(inside)
    if shape is not None and shape.geom_type == "MultiPoint":
        shape = shape.geoms[0] if len(shape.geoms) else shapely.Point()
    return wkb.gpkg_blob(wkb.promote(shape, kind), srid)


def register_functions(connection: sqlite3.Connection) -> None:
    """The ST_ functions that the spatial index triggers call, for which GDAL and QGIS bring their own; and
    `cim_kind(blob)` and `cim_promoted(blob, kind, srid)` for tables that others made."""

    def corner(i: int) -> Any:
        def coordinate(blob: bytes | None) -> float | None:
            bounds = wkb.gpkg_bounds(blob)
            return None if bounds is None else bounds[i]

        return coordinate

    for i, name in enumerate(("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY")):
        connection.create_function(name, 1, corner(i), deterministic=True)
    connection.create_function("ST_IsEmpty", 1, lambda b: wkb.gpkg_bounds(b) is None, deterministic=True)
    connection.create_function("cim_kind", 1, _kind, deterministic=True)
    connection.create_function("cim_promoted", 3, _promote, deterministic=True)
