"""Shapefiles: whole or cut off, zipped, and in which encoding."""

from __future__ import annotations

import codecs
import struct
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from cim.errors import BadInput
from layers import gdal
from layers.source import Progress, Source

# The driver id of a .dbf that means Chinese, as ArcGIS writes it (0x4D is code page 936).
_LDID = {0x4D: "GB18030", 0x7A: "GB18030"}
_SAMPLED_ROWS = 20_000


def zipped(path: Path) -> list[str]:
    """The names of the shapefiles in a .zip archive, without folder and suffix."""
    return [PurePosixPath(member).stem for member in _members(path)]


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
    member = next(m for m in _members(path) if PurePosixPath(m).stem == name)
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
                Path(folder, f"{name}{part[-4:].lower()}").write_bytes(content)
        source = _read(Path(folder, f"{name}.shp"), encoding, time_zone, progress)
    return replace(source, path=str(path))


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
    gdal.check_beginning(path)
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
    rows, said = _dbf_size(dbf)
    if dbf.stat().st_size < said:
        raise BadInput(f"{dbf} has {dbf.stat().st_size} of {said} bytes; it is cut off, copy it again")
    shapes = (shx.stat().st_size - 100) // 8
    if rows != shapes:
        raise BadInput(
            f"{path} has {shapes} shapes but {rows} rows in its .dbf; "
            "they are of different files, copy them together"
        )
    live = np.flatnonzero(_records(dbf)[1][:, 0] != ord("*")) + 1
    notes = [f"{rows - len(live)} rows are marked as deleted and not read"] if len(live) < rows else []
    if encoding is None:
        encoding, note = _encoding(path, dbf)
        notes += [note] if note else []
    else:
        _check_encoding(encoding)
    source = gdal.read(
        path, layer=path.stem, encoding=encoding, progress=progress, time_zone=time_zone, rows=live
    )
    return source.noting(*notes)


def _part(path: Path, suffix: str) -> Path | None:
    return next(
        (p for p in (path.with_suffix(suffix), path.with_suffix(suffix.upper())) if p.is_file()), None
    )


def _dbf_size(dbf: Path) -> tuple[int, int]:
    with dbf.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise BadInput(f"{dbf} has {len(head)} bytes, not even a header; it is cut off, copy it again")
    rows, header, width = struct.unpack("<IHH", head[4:12])
    return rows, header + rows * width


def _records(dbf: Path) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The bytes of a .dbf, and its records in them, uint8[rows, width]; the first byte is * where deleted."""
    content = np.memmap(dbf, dtype=np.uint8, mode="r")
    rows, header, width = struct.unpack("<IHH", content[4:12].tobytes())
    return content, content[header : header + rows * width].reshape(rows, width)


def _check_encoding(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise BadInput(f"{encoding!r} is no encoding; name one like GB18030 or UTF-8") from error


def _encoding(path: Path, dbf: Path) -> tuple[str, str]:
    """What the text is in, and a note where it is not what the file says. Text that only one of UTF-8 and
    GB18030 can read settles it, whatever .cpg says; pure ASCII needs no decision.
    """
    texts = _texts(dbf)
    cpg = _part(path, ".cpg")
    said = (cpg.read_text(encoding="ascii", errors="replace").strip() if cpg else "") or _LDID.get(
        dbf.read_bytes()[29], ""
    )
    said = {
        "936": "GB18030",
        "GBK": "GB18030",
        "GB2312": "GB18030",
        "CP936": "GB18030",
        "65001": "UTF-8",
    }.get(said.upper(), said)
    if all(text.isascii() for text in texts):
        return "UTF-8", ""
    candidates = [said, "UTF-8", "GB18030"] if said and _known(said) else ["UTF-8", "GB18030"]
    for candidate in candidates:
        if all(_readable(text, candidate) for text in texts):
            if candidate.upper() != said.upper():
                stated = f"its .cpg says {said}" if said else "it names no encoding"
                return candidate, f"text is read as {candidate} ({stated})"
            return candidate, ""
    raise BadInput(f"{dbf} has text that is neither UTF-8 nor GB18030; name its encoding with --encoding")


def _known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def _readable(text: bytes, encoding: str) -> bool:
    # A value that fills its field may end in the middle of a character, so the end is not final.
    try:
        codecs.getincrementaldecoder(encoding)().decode(text)
    except UnicodeDecodeError:
        return False
    return True


def _texts(dbf: Path) -> list[bytes]:
    """The field names and a sample of the text values of a .dbf, as bytes."""
    content, records = _records(dbf)
    header = struct.unpack("<H", content[8:10].tobytes())[0]
    fields = [content[at : at + 32].tobytes() for at in range(32, header - 32, 32)]
    texts = [field[:11].split(b"\0", 1)[0] for field in fields if field[0] != 0x0D]
    sample = records[:: max(1, len(records) // _SAMPLED_ROWS)]
    start = 1
    for field in fields:
        if field[0] == 0x0D:
            break
        size = field[16]
        if field[11:12] == b"C":
            values = np.ascontiguousarray(sample[:, start : start + size]).view(f"S{size}").ravel()
            texts += [value.rstrip(b" ") for value in np.unique(values).tolist()]
        start += size
    return texts
