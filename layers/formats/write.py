"""Features into a file that GIS programs read."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.csv
import shapely
from numpy.typing import NDArray

from cim.errors import BadInput, Conflict
from cim.model.layer import Features

#: What can be written, by the end of the file's name, and GDAL's name for it (None: written without GDAL).
DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".json": "GeoJSON", ".fgb": "FlatGeobuf",
           ".parquet": None, ".geoparquet": None, ".csv": None, ".arrow": None, ".arrows": None}  # fmt: skip


def check_path(path: Path) -> None:
    """Raise `BadInput` for a name whose format is not known or in no folder, `Conflict` for a file that is there."""
    if path.suffix.lower() not in DRIVERS:
        raise BadInput(f"{path}: can't write {path.suffix or 'this'}; known: {', '.join(DRIVERS)}")
    if path.exists():
        raise Conflict(f"{path} is there already; remove it or name another")
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent}; make it, or name another")


def write(path: Path, features: Features, crs: str = "EPSG:4490", *, for_excel: bool = True) -> None:
    """Write the features as one layer named after the file, in the city's geographic CRS (GeoJSON: WGS84).

    A CSV has `lon` and `lat` in front, or `wkt` where not all are points; Arrow has `lon` and `lat`, or WKB. A CSV
    begins with a byte order mark, without which Excel takes Chinese for GBK, unless it is not `for_excel`.
    """
    check_path(path)
    suffix = path.suffix.lower()
    driver = DRIVERS[suffix]
    if suffix == ".csv":
        with path.open("wb") as file:
            file.write(codecs.BOM_UTF8 if for_excel else b"")
            pyarrow.csv.write_csv(_flat(features, shapely.to_wkt, "wkt"), file)
        return
    if suffix in (".arrow", ".arrows"):
        table = _flat(features, shapely.to_wkb, "geometry")
        opened = pa.ipc.new_file if suffix == ".arrow" else pa.ipc.new_stream
        with opened(str(path), table.schema) as writer:
            writer.write_table(table)
        return
    frame = gpd.GeoDataFrame(features.attributes.to_pandas(), geometry=features.geometry, crs=crs)
    if driver is None:
        frame.to_parquet(path)
        return
    if driver == "GeoJSON":  # which is WGS84 by definition (RFC 7946), and the two are treated as equal
        frame = frame.set_crs("EPSG:4326", allow_override=True)
    frame.to_file(path, driver=driver)


def _flat(features: Features, encoded: Callable[[Any], NDArray[Any]], name: str) -> pa.Table:
    """The features as a table that holds their positions: `lon` and `lat`, or one column of whole geometries."""
    table, geometry = features.attributes, features.geometry
    there = ~(shapely.is_missing(geometry) | shapely.is_empty(geometry))
    if (shapely.get_type_id(geometry[there]) == shapely.GeometryType.POINT).all():
        table = table.drop_columns([n for n in ("lon", "lat") if n in table.column_names])
        xy = np.full((len(geometry), 2), np.nan)
        xy[there] = shapely.get_coordinates(geometry[there])
        for at, column in enumerate(("lon", "lat")):
            table = table.add_column(at, column, pa.array(xy[:, at], from_pandas=True))
        return table
    table = table.drop_columns([n for n in (name,) if n in table.column_names])
    return table.add_column(0, name, pa.array(encoded(geometry).tolist()))
