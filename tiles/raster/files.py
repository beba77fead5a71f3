"""The raster files of the folder of sources: what each holds, and its open handles.

A handle serves one thread at a time, so that a file has as many as threads read it at once; the blocks that GDAL has
decoded stay with it. A file that was replaced is another version and gets handles of its own.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isfinite, log2, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from rasterio._err import CPLE_BaseError
from rasterio.enums import ColorInterp
from rasterio.errors import CRSError, RasterioError
from rasterio.io import DatasetReader
from rasterio.warp import transform_bounds

from cim.errors import BadInput
from cim.space import crs
from tiles.grid.tile_grid import WEB_MERCATOR
from tiles.raster.rules import Kind, RasterRule, rule_of
from tiles.sources import SourceFile, belonging, faulty

SUFFIXES = (".tif", ".tiff")
#: Half the side of the Web Mercator square, in its metres.
HALF_M = 20037508.342789244
#: Handles that are kept open while nobody reads.
_IDLE = 48
#: Cells that one tile may have to read; a large file without overviews is not drawn at zooms that need more.
_MOST_CELLS = 8192**2
#: Sides from which on a file is slow without overviews or blocks.
_LARGE = 2048
#: What names of terrain files have in them.
_HEIGHTS = ("dem", "dtm", "dsm", "terrain", "elevation", "高程", "地形")


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """What a raster file holds. `bounds` in degrees; `mercator` in metres of the square; `cell_m`: a cell's side there.

    `overviews` are the factors by which it is kept smaller; `palette` uint8[256, 4] where its numbers are colours;
    `advice` (Chinese, English) says how to make a slow file fast.
    """

    source: SourceFile
    rule: RasterRule
    kind: Kind
    crs: str
    crs_name: str
    width: int
    height: int
    dtype: str
    count: int
    names: tuple[str, ...]
    colours: tuple[int, ...]
    alpha: int | None
    nodata: float | None
    scales: tuple[tuple[float, float], ...]
    unit: str
    bounds: tuple[float, float, float, float]
    mercator: tuple[float, float, float, float]
    cell_m: float
    overviews: tuple[int, ...]
    palette: NDArray[np.uint8] | None
    advice: tuple[str, str] | None

    @property
    def min_zoom(self) -> int:
        """The lowest zoom whose tiles (256 pixels) don't read too many cells."""
        smallest = max((1, *self.overviews))
        if self.width * self.height <= _MOST_CELLS * smallest**2:
            return 0
        across = 2 * HALF_M / self.cell_m / smallest
        return max(0, ceil(log2(across / sqrt(_MOST_CELLS))))

    @property
    def max_zoom(self) -> int:
        """The zoom whose tiles (256 pixels) show every cell; maps enlarge these beyond it."""
        return min(24, max(self.min_zoom, ceil(log2(2 * HALF_M / 256 / self.cell_m) - 0.3)))

    @property
    def bands(self) -> tuple[int, ...]:
        """The bands that are drawn where none are asked for."""
        return self.rule.bands or (self.colours if self.kind == "image" else (1,))

    def check_bands(self, bands: tuple[int, ...]) -> tuple[int, ...]:
        """The bands, where it has them; else `BadInput`."""
        absent = sorted({band for band in bands if not 1 <= band <= self.count})
        if absent:
            raise BadInput(
                f"{self.source.name} has no band {', '.join(map(str, absent))}; it has "
                + ", ".join(f"{i} ({name})" for i, name in enumerate(self.names, 1))
            )
        return bands


#: What TIFF and BigTIFF files begin with.
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


@lru_cache(maxsize=256)
def _check_belonging(source: SourceFile) -> None:
    """`FaultyData` for a file beside the raster that GDAL would read with it and that is not plainly part of it: it
    opens them with any driver, and one of those may read other files or addresses."""
    for file in belonging(source):
        name = file.name.lower()
        try:
            with file.open("rb") as handle:
                content = handle.read() if name.endswith(".xml") else handle.read(4)
        except OSError as error:
            raise faulty(source.file, f"{file.name} beside it can't be read: {error.strerror}") from error
        if name.endswith(".xml"):
            wrong = b"OVERVIEW_FILE" in content.upper() or b"/VSI" in content.upper()
        else:
            wrong = not content.startswith(_TIFF)
        if wrong:
            raise faulty(
                source.file,
                f"{file.name} beside it is no part of a GeoTIFF, or refers to other files; remove it, or make "
                "overviews with gdaladdo -ro",
            )


class _Handles:
    """Open files that nobody reads at the moment, by file, version and overview; the one unused for longest closes."""

    def __init__(self) -> None:
        self._idle: OrderedDict[int, tuple[tuple[Path, str, int], DatasetReader]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, source: SourceFile, level: int) -> DatasetReader:
        wanted = (source.file, source.version, level)
        with self._lock:
            for number, (key, handle) in reversed(self._idle.items()):
                if key == wanted:
                    del self._idle[number]
                    return handle
        # Only GeoTIFF: another format under this name could make GDAL read files elsewhere.
        _check_belonging(source)
        options: dict[str, Any] = {} if level < 0 else {"overview_level": level}
        handle = rasterio.open(source.file, driver="GTiff", **options)
        if "OVERVIEW_FILE" in handle.tags(ns="OVERVIEWS"):
            handle.close()
            raise faulty(
                source.file, "names another file as its overviews, which is not read; make a COG of it"
            )
        return handle

    def give(self, source: SourceFile, level: int, handle: DatasetReader) -> None:
        with self._lock:
            self._idle[id(handle)] = ((source.file, source.version, level), handle)
            old = [n for n, (k, _) in self._idle.items() if k[0] == source.file and k[1] != source.version]
            closing = [self._idle.pop(n)[1] for n in old]
            while len(self._idle) > _IDLE:
                closing.append(self._idle.popitem(last=False)[1][1])
        for one in closing:
            one.close()


_handles = _Handles()


@contextmanager
def open_raster(source: SourceFile, level: int = -1) -> Iterator[DatasetReader]:
    """The file for this thread alone, at full size or at the overview of this number. `FaultyData` where it can't be
    read: damaged, half-written, or no GeoTIFF."""
    try:
        handle = _handles.take(source, level)
        try:
            yield handle
        except BaseException:
            handle.close()  # a handle that failed may go on failing
            raise
        _handles.give(source, level, handle)
    except (RasterioError, CPLE_BaseError) as error:
        raise faulty(
            source.file,
            "can't be read as a GeoTIFF: it is damaged, still being copied, or of another format "
            f"({_cause(error, source)}); copy it again, or write it anew with gdal_translate -of COG",
        ) from error


def _cause(error: BaseException, source: SourceFile) -> str:
    """What GDAL said first, without the place of the file on this machine."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error).partition("\n")[0].rstrip(".").replace(str(source.file), source.file.name)


@lru_cache(maxsize=256)
def raster_of(source: SourceFile) -> Raster:
    """What the file holds. `FaultyData` where it can't be read or does not say where on earth it lies."""
    rule = rule_of(source)
    with open_raster(source) as file:
        placed = _georeference(source, rule, file)
        colours = tuple(int(i) for i in file.colorinterp)
        return _raster(source, rule, file, placed, colours)


def _raster(
    source: SourceFile,
    rule: RasterRule,
    file: DatasetReader,
    placed: tuple[str, tuple[float, ...], float],
    colours: tuple[int, ...],
) -> Raster:
    named, bounds, cell_m = placed
    alpha = next((i for i, c in enumerate(colours, 1) if c == ColorInterp.alpha), None)
    seen = [i for i in range(1, file.count + 1) if i != alpha]
    rgb = [
        next((i for i, c in enumerate(colours, 1) if c == wanted), None)
        for wanted in (ColorInterp.red, ColorInterp.green, ColorInterp.blue)
    ]
    picture = (
        tuple(i for i in rgb if i) if None not in rgb else tuple(seen[:3] if len(seen) >= 3 else seen[:1])
    )
    palette = _palette(file)
    kind = rule.kind or _guess_kind(
        source.name, palette is not None or (len(picture) == 3 and len(seen) <= 4)
    )
    west, south, east, north = bounds
    left, top = _mercator(west, north)
    right, bottom = _mercator(east, south)
    if file.dtypes[0].startswith("complex"):
        raise faulty(source.file, "has complex numbers, which have no colour; write their amplitude or phase")
    made = Raster(
        source=source,
        rule=rule,
        kind=kind,
        crs=named,
        crs_name=_name(named),
        width=file.width,
        height=file.height,
        dtype=str(file.dtypes[0]),
        count=file.count,
        names=tuple(d or f"b{i}" for i, d in enumerate(file.descriptions, 1)),
        colours=picture,
        alpha=alpha,
        nodata=_as_kept(file.nodata if rule.nodata is None else rule.nodata, file.dtypes[0]),
        scales=tuple(zip(map(float, file.scales), map(float, file.offsets), strict=True)),
        unit=rule.unit or next((u for u in file.units if u), ""),
        bounds=(west, south, east, north),
        mercator=(left, bottom, right, top),
        cell_m=cell_m,
        overviews=tuple(file.overviews(1)),
        palette=palette,
        advice=_advice(source, file),
    )
    try:
        made.check_bands(rule.bands)
    except BadInput as error:
        raise faulty(source.file.with_suffix(".toml"), str(error)) from error
    return made


def _as_kept(nodata: float | None, dtype: str) -> float | None:
    """The number for no data as the cells have it: -3.4e38 is another number in 32 bits."""
    return float(np.float32(nodata)) if nodata is not None and dtype == "float32" else nodata


def _guess_kind(name: str, picture: bool) -> Kind:
    if picture:
        return "image"
    return "terrain" if any(word in name.lower() for word in _HEIGHTS) else "value"


def _georeference(
    source: SourceFile, rule: RasterRule, file: DatasetReader
) -> tuple[str, tuple[float, ...], float]:
    """The CRS, the bounds in degrees, and the side of a cell in the middle in metres of the square."""
    if file.gcps[0] and file.transform.is_identity:
        raise faulty(source.file, "is placed by control points only; gdalwarp -of COG makes a map of it")
    named = rule.crs or (file.crs.to_wkt() if file.crs else None)
    if named is None:
        raise faulty(
            source.file,
            f'does not say its coordinate system; write crs = "EPSG:4547" (or what it is) into {source.name}.toml, '
            f"or run gdal_edit.py -a_srs EPSG:4547 {source.file.name}",
        )
    if file.transform.is_identity:
        raise faulty(
            source.file,
            "does not say where it lies: no geotransform; gdal_translate -a_ullr west north east south adds it",
        )
    corners = [file.transform @ (x, y) for x in (0, file.width) for y in (0, file.height)]
    box = (
        min(x for x, _ in corners),
        min(y for _, y in corners),
        max(x for x, _ in corners),
        max(y for _, y in corners),
    )
    try:
        west, south, east, north = transform_bounds(named, "EPSG:4326", *box)
        middle = (file.width / 2, file.height / 2)
        beside = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0))
        there = np.array([file.transform @ (middle[0] + dx, middle[1] + dy) for dx, dy in beside])
        at = np.column_stack(crs.transformer(named, "EPSG:3857").transform(*there.T))
        with np.errstate(invalid="ignore"):
            (ax, ay), (bx, by) = at[1] - at[0], at[2] - at[0]
        cell_m = sqrt(abs(ax * by - ay * bx))
    except (CRSError, RasterioError, CPLE_BaseError, ProjError, BadInput) as error:
        raise faulty(source.file, f"lies in a coordinate system without a place on earth: {error}") from error
    if west > east:  # over the antimeridian
        west, east = -180.0, 180.0
    fits = all(isfinite(v) for v in (west, south, east, north, cell_m)) and cell_m > 0
    if not fits or west >= 180 or east <= -180 or south >= 90 or north <= -90:
        raise faulty(
            source.file,
            f"does not lie on earth: its corners are {box[0]:g}, {box[1]:g} and {box[2]:g}, {box[3]:g} in its "
            "coordinate system; is that the right one?",
        )
    return named, (max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0)), cell_m


def _name(named: str) -> str:
    """A CRS as people name it: EPSG:4547, or the name that it has itself."""
    parsed = crs.parse_crs(named)
    code = parsed.to_authority()
    return ":".join(code) if code else parsed.name


def _mercator(lon: float, lat: float) -> tuple[float, float]:
    x, y = WEB_MERCATOR.square(np.array([[lon, lat]]))[0].astype(np.float64) / 2**31 - 1.0
    return float(x) * HALF_M, -float(y) * HALF_M


def _palette(file: DatasetReader) -> NDArray[np.uint8] | None:
    if file.count > 2 or file.dtypes[0] != "uint8":
        return None
    try:
        said = file.colormap(1)
    except ValueError:
        return None
    palette = np.zeros((256, 4), np.uint8)
    for number, colour in said.items():
        palette[number] = colour
    return palette


def _advice(source: SourceFile, file: DatasetReader) -> tuple[str, str] | None:
    if max(file.width, file.height) <= _LARGE:
        return None
    whole_rows = file.block_shapes[0][1] >= file.width
    if file.overviews(1) and not whole_rows:
        return None
    command = f"gdal_translate -of COG -co COMPRESS=DEFLATE -co PREDICTOR=YES {source.file.name} new.tif"
    lacks_zh = "、".join(["概览"] * (not file.overviews(1)) + ["分块"] * whole_rows)
    lacks_en = " and ".join(["overviews"] * (not file.overviews(1)) + ["blocks"] * whole_rows)
    return (
        f"这个大文件没有{lacks_zh}，显示较慢；转换为 COG：{command}",
        f"this large file has no {lacks_en} and is slow; make a COG of it: {command} (or rio cogeo create)",
    )
