"""One door for every file format: a path in, the rows of one layer out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cim.errors import BadInput
from cim.store.gpkg_file import require_not_open
from layers.formats import arrow, csv, gdal, parquet, shapefile, suffixes
from layers.formats.keepable import keepable
from layers.formats.source import Progress, Source

__all__ = ["SUFFIXES", "Source", "read", "sublayers"]

#: What can be read, by the end of the file's name (OpenStreetMap files go through `layers.formats.osm`).
SUFFIXES = suffixes.LAYERS


def sublayers(path: Path) -> list[str]:
    """The names of the layers in the file; one, the file's stem, for the formats that hold a single layer."""
    suffix = _suffix(path)
    require_not_open(path)
    if suffix == ".gpkg":
        return gdal.sublayers(path)
    if suffix == ".zip":
        return shapefile.shapefiles_in_zip(path)
    return [path.stem]


def read(
    path: Path,
    *,
    layer: str | None = None,
    crs: str | None = None,
    encoding: str | None = None,
    time_zone: str = "UTC",
    lon: str | None = None,
    lat: str | None = None,
    wkt: str | None = None,
    delimiter: str | None = None,
    progress: Progress | None = None,
) -> Source:
    """The rows of one layer of a file, unchecked, in the file's own CRS; give them to `layers.load.check.check`.

    `layer` is needed only where the file holds several. `crs` stands in for what the file says of itself.
    `encoding` is for shapefiles and CSV, found out where it isn't given; `lon`, `lat` or `wkt` name the
    columns of a CSV that hold the position. Times without a zone are taken to be in `time_zone`.
    Whatever can't be read whole (missing, empty, cut off, of another format) is a `BadInput`.
    """
    suffix, name = require_sublayer(path, layer)
    if suffix in parquet.SUFFIXES:
        source = parquet.read(path, time_zone=time_zone, progress=progress)
    elif suffix in arrow.SUFFIXES:
        source = arrow.read(path, time_zone=time_zone)
    elif suffix in csv.SUFFIXES:
        source = csv.read(
            path,
            encoding=encoding,
            lon=lon,
            lat=lat,
            wkt=wkt,
            delimiter=delimiter,
            time_zone=time_zone,
            progress=progress,
        )
    elif suffix in (".shp", ".zip"):
        source = shapefile.read(path, name, encoding=encoding, time_zone=time_zone, progress=progress)
    else:
        suffixes.check_beginning(path)
        inside = name if suffix == ".gpkg" else None
        source = gdal.read(path, layer=inside, time_zone=time_zone, progress=progress)
    if not len(source):
        raise BadInput(f"layer {name!r} of {path} has no rows; there is nothing to load")
    source = keepable(source)
    return source if crs is None else replace(source, crs=crs).noting(f"read as {crs}, as told")


def require_sublayer(path: Path, layer: str | None) -> tuple[str, str]:
    """The suffix of the file and the name of its layer, the only one where none is named, else `BadInput`."""
    suffix = _suffix(path)
    known = sublayers(path)
    if not known:
        raise BadInput(f"{path} holds no layer with geometry; a layer needs one")
    if layer is not None and layer not in known:
        raise BadInput(f"{path} has no layer {layer!r}; it has: {', '.join(known)}")
    if layer is None and len(known) > 1:
        raise BadInput(f"{path} holds {len(known)} layers; name one with --sublayer: {', '.join(known)}")
    return suffix, layer or known[0]


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BadInput(
            f"{path.name}: files ending in {suffix or 'nothing'!r} can't be read; "
            f"known: {', '.join(SUFFIXES)}"
        )
    return suffixes.require_readable(path)
