"""Which files can be read, by the ends of their names; known without any of the libraries that read them."""

from __future__ import annotations

from pathlib import Path

from cim.errors import BadInput
from layers.formats.model_suffixes import MODELS

#: What GDAL reads, and what it is called.
GDAL = {
    ".gpkg": "GeoPackage",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".shp": "shapefile",
}
_JSON = (".geojson", ".json")
#: What these files begin with.
_BEGINNINGS = {".gpkg": b"SQLite format 3\0", ".fgb": b"fgb", ".shp": b"\0\0\x27\x0a"}
PARQUET = (".parquet", ".geoparquet")
ARROW = (".arrow", ".arrows", ".feather")
CSV = (".csv", ".tsv", ".txt")
OSM = (".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")
#: What can be read as one layer or several (OpenStreetMap files go through `layers.formats.osm`).
LAYERS = (*GDAL, ".zip", *PARQUET, *ARROW, *CSV)


def require_readable(path: Path) -> str:
    """The file's suffix in lower case; `BadInput` for one of an unknown kind, that is missing or empty, or that
    begins like no file of its kind."""
    suffix = path.suffix.lower()
    if suffix not in LAYERS and not path.name.lower().endswith(OSM):
        raise BadInput(
            f"{path.name}: files ending in {suffix or 'nothing'!r} can't be read; "
            f"known: {', '.join((*LAYERS, *OSM, *MODELS))}"
        )
    if not path.is_file():
        raise BadInput(
            f"{path} is not there" if not path.exists() else f"{path} is a folder; name a file in it"
        )
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")
    if suffix in GDAL:
        check_beginning(path)
    return suffix


def check_beginning(path: Path) -> None:
    """Nothing if the file begins like one of its suffix, else `BadInput`."""
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")
    if b'"Topology"' in head and suffix in _JSON:
        raise BadInput(f"{path} is TopoJSON, which may hold several layers; convert each to GeoJSON")
    # GDAL looks at a file's beginning, not at its name: what begins like JSON is opened by no driver that reads others.
    begins = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x1e").startswith(b"{")
    if not (begins if suffix in _JSON else head.startswith(_BEGINNINGS[suffix])):
        raise BadInput(f"{path} is no {GDAL[suffix]} file, whatever its name says; give it its own suffix")
