"""The files that are served beside the layers: rasters and archives that lie in one folder.

Who looks after the city's data puts `NAME.tif`, `NAME.pmtiles` or `NAME.mbtiles` into the folder of the setting
`sources`; it is served under NAME at once, and as soon as it is replaced or removed that shows too. A `NAME.toml`
beside it says what it is called and, for rasters, how it is drawn (`tiles.raster.read`):

    title_zh = "数字高程模型"
    title_en = "Terrain"
    attribution = "省测绘院 2024"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cim.errors import BadInput, Fault, FaultyData, NotFound

#: A name is a word of letters of any script, digits, underscores and hyphens: it stands in URLs.
_NAME = re.compile(r"[\w-]{1,100}")
#: Files that belong to another and say something of it: GDAL's overviews, mask and metadata.
_BELONGING = (".ovr", ".msk", ".aux.xml")
_TITLES = ("title_zh", "title_en", "attribution")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file under the name that it is served by. `version` changes with the file and whatever belongs to it."""

    name: str
    file: Path
    version: str


@dataclass(frozen=True, slots=True)
class Description:
    """What the TOML file beside a source says; `rule` is all but the titles, unchecked."""

    title_zh: str
    title_en: str
    attribution: str
    rule: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """The sources of a folder by name, and the files that can't be served, each with the reason."""

    sources: tuple[SourceFile, ...]
    left_out: Mapping[str, str]


def check_name(name: str) -> str:
    """The name, where it can be one of a source.

    >>> check_name("长沙_dem-2024")
    '长沙_dem-2024'
    >>> check_name("../city")
    Traceback (most recent call last):
    cim.errors.BadInput: '../city' can't be the name of a source: letters, digits, _ and - only, at most 100
    """
    if not _NAME.fullmatch(name):
        raise BadInput(f"{name!r} can't be the name of a source: letters, digits, _ and - only, at most 100")
    return name


def find_source(folder: Path, name: str, suffixes: Sequence[str]) -> SourceFile:
    """The source of this name, as its file is now; `NotFound` with the names that are there.

    Suffixes are in lower case (`.tif`); those in upper case are found as well. The first that is there is taken.
    """
    check_name(name)
    for suffix in suffixes:
        for written in (suffix, suffix.upper()):
            file = folder / f"{name}{written}"
            version = None if _leads_out(file) else _version(file)
            if version is not None:
                return SourceFile(name, file, version)
    known = ", ".join(s.name for s in list_sources(folder, suffixes).sources) or "none"
    wanted = " or ".join(name + suffix for suffix in suffixes)
    raise NotFound(f"there is no {wanted} in the folder of sources, {folder.name}; there are: {known}")


def list_sources(folder: Path, suffixes: Sequence[str]) -> Listing:
    """All files of the folder with one of these suffixes (in lower case), by name. Without a folder there are none."""
    try:
        files = sorted(f for f in folder.iterdir() if f.suffix.lower() in suffixes)
    except (FileNotFoundError, NotADirectoryError):
        files = []
    files.sort(key=lambda f: (f.stem, suffixes.index(f.suffix.lower()), f.suffix.isupper()))
    sources: dict[str, SourceFile] = {}
    left_out: dict[str, str] = {}
    for file in files:
        version = _version(file)
        if file.name.startswith(".") or version is None:  # a draft, or gone meanwhile
            continue
        if _leads_out(file):
            left_out[file.name] = "it is a link out of the folder, which is not followed; copy the file here"
        elif not _NAME.fullmatch(file.stem):
            left_out[file.name] = "rename it: letters, digits, _ and - only, at most 100"
        elif file.suffix not in (file.suffix.lower(), file.suffix.upper()):
            left_out[file.name] = f"rename it to end in {file.suffix.lower()}"
        elif file.stem in sources:
            left_out[file.name] = f"{sources[file.stem].file.name} is served under this name"
        else:
            sources[file.stem] = SourceFile(file.stem, file, version)
    return Listing(tuple(sources.values()), MappingProxyType(left_out))


def describe(source: SourceFile) -> Description:
    """What its TOML file says of a source; without one it is called by its name. `FaultyData` for a bad one."""
    return _read_description(source)


@lru_cache(maxsize=256)
def _read_description(source: SourceFile) -> Description:
    file = source.file.with_suffix(".toml")
    try:
        said = tomllib.loads(_text(file.read_bytes()))
    except FileNotFoundError:
        said = {}
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise faulty(file, f"not a TOML file in UTF-8: {error}") from error
    for key in _TITLES:
        if not isinstance(said.get(key, ""), str):
            raise faulty(file, f"{key} must be a text, not {said[key]!r}")
    rule = {key: value for key, value in said.items() if key not in _TITLES}
    return Description(
        said.get("title_zh", source.name),
        said.get("title_en", source.name),
        said.get("attribution", ""),
        MappingProxyType(rule),
    )


def faulty(file: Path, what: str) -> FaultyData:
    """The error that says what is wrong with a file of the folder, by its name alone."""
    return FaultyData(f"{file.name}: {what}", [Fault(None, what)])


def belonging(source: SourceFile) -> list[Path]:
    """The files beside a source that GDAL would read with it, whatever they are: NAME.ovr, NAME.tif.aux.xml …"""
    begins = (f"{source.file.stem}.".lower(), f"{source.file.name}.".lower())
    endings = (*_BELONGING, ".aux", ".rrd")
    return [
        file
        for file in source.file.parent.iterdir()
        if file != source.file
        and file.name.lower().startswith(begins)
        and file.name.lower().endswith(endings)
    ]


def _leads_out(file: Path) -> bool:
    """Whether the file, or one that belongs to it, is a link to somewhere outside of its folder."""
    folder = file.parent.resolve()
    others = [file.with_suffix(".toml"), *(file.with_name(file.name + s) for s in _BELONGING)]
    return any(one.is_symlink() and not one.resolve().is_relative_to(folder) for one in (file, *others))


def _version(file: Path) -> str | None:
    """Size and time of the file and of those that belong to it; None where it is not there."""
    own = _stamp(file)
    if own is None:
        return None
    others = [file.with_suffix(".toml"), *(file.with_name(file.name + s) for s in _BELONGING)]
    return "+".join([own, *(_stamp(other) or "" for other in others)])


def _stamp(file: Path) -> str | None:
    try:
        said = file.stat()
    except (OSError, ValueError):
        return None
    return f"{said.st_size:x}.{said.st_mtime_ns:x}"


def _text(raw: bytes) -> str:
    """Text in UTF-8, with or without a mark, or as Chinese editors write it (GB18030)."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("gb18030")
