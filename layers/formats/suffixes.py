"""Which files can be read, by the ends of their names; known without any of the libraries that read them."""

from __future__ import annotations

from pathlib import Path

from cim.errors import BadInput

#: What GDAL reads, and what it is called.
GDAL = {
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".shp": "shapefile",
}
PARQUET = (".parquet", ".geoparquet")
ARROW = (".arrow", ".arrows", ".feather")
CSV = (".csv", ".tsv", ".txt")
OSM = (".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")
#: What can be read as one layer or several (OpenStreetMap files go through `layers.formats.osm`).
LAYERS = (*GDAL, ".zip", *PARQUET, *ARROW, *CSV)


def require_readable(path: Path) -> str:
    """The file's suffix in lower case; `BadInput` for one of an unknown kind, or that is missing or empty."""
    suffix = path.suffix.lower()
    if suffix not in LAYERS and not path.name.lower().endswith(OSM):
        raise BadInput(
            f"{path.name}: files ending in {suffix or 'nothing'!r} can't be read; "
            f"known: {', '.join((*LAYERS, *OSM))}"
        )
    if not path.is_file():
        raise BadInput(
            f"{path} is not there" if not path.exists() else f"{path} is a folder; name a file in it"
        )
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")
    return suffix
