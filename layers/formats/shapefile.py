"""Shapefiles: whole or cut off, zipped, and in which encoding."""

from __future__ import annotations

import struct
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from cim.errors import BadInput
from layers.formats import gdal, suffixes
from layers.formats.dbf import Dbf, dbf_size, open_dbf, read_dbf, sample_texts
from layers.formats.encodings import check_encoding, choose_encoding
from layers.formats.source import Progress, Source

# The driver id of a .dbf that means Chinese, as ArcGIS writes it (0x4D is code page 936).
_LDID = {0x4D: "GB18030", 0x7A: "GB18030"}


def shapefiles_in_zip(path: Path) -> list[str]:
    """The names of the shapefiles in a .zip archive, without suffix; with their folder where two have one name."""
    return list(_members_by_role(_members(path)))


def _members_by_role(members: list[str]) -> dict[str, str]:
    """The members by the names that tell them apart.

    >>> list(_members_by_role(["2024/楼.shp", "2025/楼.shp", "2025/路.shp"]))
    ['2024/楼', '2025/楼', '路']
    """
    stems = [PurePosixPath(member).stem for member in members]
    return {
        stem if stems.count(stem) == 1 else member[: -len(".shp")]: member
        for stem, member in zip(stems, members, strict=True)
    }


def read(
    path: Path,
    name: str,
    *,
    encoding: str | None = None,
    time_zone: str = "UTC",
    progress: Progress | None = None,
) -> Source:
    """A shapefile, or the one called `name` in a .zip archive. GDAL reads a cut-off one as rows without
    geometry or as fewer rows, so each part's own header is held against its size first.
    """
    if path.suffix.lower() != ".zip":
        return _read(path, encoding, time_zone, progress)
    member = _members_by_role(_members(path))[name]
    with tempfile.TemporaryDirectory() as folder, _archive(path) as archive:
        stem = member[: -len(".shp")]
        for part in archive.namelist():
            if part[: -len(".shp")] == stem:
                try:
                    content = archive.read(part)
                except (zipfile.BadZipFile, EOFError, RuntimeError, NotImplementedError) as error:
                    raise BadInput(
                        f"{part} in {path} can't be unpacked: {error}; pack it again, without a password"
                    ) from error
                Path(folder, f"{PurePosixPath(stem).name}{part[-4:].lower()}").write_bytes(content)
        source = _read(Path(folder, f"{PurePosixPath(stem).name}.shp"), encoding, time_zone, progress)
    return replace(source, path=str(path), name=name)


def _archive(path: Path) -> zipfile.ZipFile:
    try:
        # Archives packed on a Chinese Windows carry their file names in GBK, unmarked.
        return zipfile.ZipFile(path, metadata_encoding="gb18030")
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is no whole .zip archive: {error}; copy or pack it again") from error


def _members(path: Path) -> list[str]:
    with _archive(path) as archive:
        found = [
            m for m in archive.namelist() if m.lower().endswith(".shp") and not m.startswith("__MACOSX/")
        ]
    if not found:
        raise BadInput(f"{path} holds no .shp; only zipped shapefiles can be read, unpack other files first")
    return found


def _read(path: Path, encoding: str | None, time_zone: str, progress: Progress | None) -> Source:
    suffixes.check_beginning(path)
    shx, dbf = _part(path, ".shx"), _part(path, ".dbf")
    if shx is None:
        raise BadInput(
            f"{path} lacks its .shx; a shapefile is at least .shp, .shx and .dbf, copy them together"
        )
    if dbf is None:
        raise BadInput(f"{path} lacks its .dbf with the attributes; copy .shp, .shx and .dbf together")
    for part in (path, shx):
        with part.open("rb") as file:
            head = file.read(28)
        said = 2 * struct.unpack(">i", head[24:28])[0] if len(head) == 28 else 100
        if part.stat().st_size < said:
            raise BadInput(f"{part} has {part.stat().st_size} of {said} bytes; it is cut off, copy it again")
    rows, said = dbf_size(dbf)
    if dbf.stat().st_size < said:
        raise BadInput(f"{dbf} has {dbf.stat().st_size} of {said} bytes; it is cut off, copy it again")
    shapes = (shx.stat().st_size - 100) // 8
    if rows != shapes:
        raise BadInput(
            f"{path} has {shapes} shapes but {rows} rows in its .dbf; "
            "they are of different files, copy them together"
        )
    table = open_dbf(dbf)
    live = np.flatnonzero(table.live) + 1
    notes = [f"{rows - len(live)} rows are marked as deleted and not read"] if len(live) < rows else []
    if encoding is None:
        encoding, note = choose_encoding(sample_texts(table), _stated_encoding(path, table), str(dbf))
        notes += [note] if note else []
    else:
        check_encoding(encoding)
    source = gdal.read(
        path,
        layer=path.stem,
        encoding=encoding,
        progress=progress,
        time_zone=time_zone,
        rows=live,
        attributes=lambda: read_dbf(table, encoding),
    )
    return source.noting(*notes)


def _stated_encoding(path: Path, table: Dbf) -> str:
    """The encoding that the .cpg names, else the .dbf's language."""
    cpg = _part(path, ".cpg")
    said = cpg.read_text(encoding="ascii", errors="replace").strip() if cpg else ""
    return said or _LDID.get(table.language, "")


def _part(path: Path, suffix: str) -> Path | None:
    return next(
        (p for p in (path.with_suffix(suffix), path.with_suffix(suffix.upper())) if p.is_file()), None
    )
