"""Archives of the folder of sources: listed, served whole by ranges of bytes, and tile by tile."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from cim.errors import BadInput, CityError, NotFound
from spatial_api.http.conditional import Content, Version, conditional_later, not_modified, takes_gzip
from spatial_api.http.dependencies import AskedCity, answer, answer_document, root_of
from spatial_api.http.problems import problem
from tiles import sources
from tiles.archives.reader import MEDIA_TYPES, SUFFIXES, Archives
from tiles.sources import SourceFile
from tiles.vector import encode

router = APIRouter(tags=["archives 瓦片档案"])

#: Bytes that are read from a file at a time.
_PIECE = 1 << 20
_MEDIA_TYPE = "application/vnd.pmtiles"
_archives = Archives()


@router.get("/archives", summary="瓦片档案清单 The archives there are")
def listing(request: Request, city: AskedCity) -> Response:
    """The PMTiles and MBTiles of the folder of sources, and the files that can't be served, each with the reason."""
    found = sources.list_sources(city.settings.sources_folder, SUFFIXES)
    left_out, said = dict(found.left_out), []
    for source in found.sources:
        try:
            said.append(_tilejson(request, source))
        except CityError as error:
            left_out[source.file.name] = str(error)
    return answer({"archives": said, "left_out": left_out})


@router.get("/archives/{name}.json", summary="TileJSON of an archive")
def tilejson(name: str, request: Request, city: AskedCity) -> Response:
    """TileJSON 3.0 of an archive, the URL of a MapLibre source."""
    source = sources.find_source(city.settings.sources_folder, name, SUFFIXES)
    return answer_document(request, _tilejson(request, source))


def _tilejson(request: Request, source: SourceFile) -> dict[str, Any]:
    archive, titles = _archives.open(source), sources.describe(source)
    at = f"{root_of(request)}/archives/{source.name}"
    said = {**archive.tilejson_fields(), "tiles": [f"{at}/{{z}}/{{x}}/{{y}}.{archive.kind}"]}
    if titles.attribution:
        said["attribution"] = titles.attribution
    return {"id": source.name, **said, "file": f"{at}{source.file.suffix.lower()}"}


@router.get("/archives/{name}.pmtiles", summary="整个档案 An archive, by ranges of bytes")
def whole(name: str, request: Request, city: AskedCity) -> Response:
    """The PMTiles file as `pmtiles.js` reads it: one range of bytes with each request (206), or all of it."""
    source = sources.find_source(city.settings.sources_folder, name, (".pmtiles",))
    version = Version(_key(source.version), others={"Accept-Ranges": "bytes"})
    if version.is_held(request):
        return not_modified(version)
    headers, asked = version.headers, request.headers.get("range", "")
    if request.headers.get("if-range", version.tag) != version.tag or not _OF_BYTES.match(asked):
        asked = ""  # a range of a unit that is not known is to be ignored (RFC 9110 §14.2)
    with ExitStack() as held:
        # Whoever replaces the file does not cut off those who are reading it.
        handle = held.enter_context(_open(source.file))
        if os.pread(handle.fileno(), len(_MAGIC), 0) != _MAGIC:
            raise sources.faulty(source.file, "does not begin as PMTiles do, and is not served")
        size = os.fstat(handle.fileno()).st_size
        wanted = _range(asked, size)
        if wanted is None:
            said = f"{source.file.name} has {size:,} bytes, and {asked} is not among them"
            refused = problem(416, "范围有误", "No such range", said)
            refused.headers.update({**headers, "Content-Range": f"bytes */{size}"})
            return refused
        begin, end = wanted
        headers["Content-Length"] = str(end - begin)
        if asked:
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
        if request.scope.get("head"):
            return Response(status_code=206 if asked else 200, headers=headers, media_type=_MEDIA_TYPE)
        body = _pieces(handle, begin, end)
        held.pop_all()
    return StreamingResponse(body, 206 if asked else 200, headers, _MEDIA_TYPE)


#: What a PMTiles file begins with: nothing else in the folder is given away under that suffix.
_MAGIC = b"PMTiles"


def _open(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise NotFound(f"{file.name} can't be opened: {error.strerror}") from error


_OF_BYTES = re.compile(r"\s*bytes\s*=", re.IGNORECASE)
_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.IGNORECASE)


def _range(asked: str, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last of `bytes=…`; all where none is asked for, None where there are none.

    >>> _range("bytes=0-9", 100), _range("bytes=-10", 100), _range("bytes=90-", 100), _range("bytes=100-", 100)
    ((0, 10), (90, 100), (90, 100), None)
    """
    if not asked:
        return 0, size
    found = _ONE_RANGE.fullmatch(asked.replace(" ", ""))
    first, last = found.groups() if found else ("", "")
    if not first + last:
        raise BadInput(f"range {asked!r} can't be read; one range is served, as in bytes=0-16383")
    begin = int(first) if first else max(size - int(last), 0)
    end = min(int(last) + 1, size) if first and last else size
    return (begin, end) if begin < end else None


def _pieces(handle: BinaryIO, begin: int, end: int) -> Iterator[bytes]:
    with handle:
        while begin < end:
            piece = os.pread(handle.fileno(), min(_PIECE, end - begin), begin)
            if not piece:  # it was cut while it was read: the connection ends early, as the reader sees
                return
            begin += len(piece)
            yield piece


@router.get("/archives/{name}/{z}/{x}/{y}.{form}", summary="档案瓦片 A tile of an archive")
async def tile(name: str, z: int, x: int, y: int, form: str, request: Request, city: AskedCity) -> Response:
    """A tile as the archive has it; 204 where it has none."""
    encode.check_tile(z, x, y)
    source = sources.find_source(city.settings.sources_folder, name, SUFFIXES)
    archive = await run_in_threadpool(_archives.open, source)
    if {"jpeg": "jpg", "pbf": "mvt"}.get(form, form) != archive.kind:
        raise BadInput(f"the tiles of {name} are {archive.kind}, not {form}")
    accepted = request.headers.get("accept-encoding", "")

    async def read_tile() -> Content:
        packed, coding = await run_in_threadpool(
            _archives.tile, source, z, x, y, unpack=not takes_gzip(accepted)
        )
        if packed and coding in ("br", "zstd") and coding not in accepted:
            raise BadInput(
                f"the tiles of {name} are packed with {coding}; ask with Accept-Encoding: {coding}"
            )
        return Content(packed, MEDIA_TYPES[archive.kind], "" if coding == "identity" else coding)

    version = Version(_key(source.version, z, x, y), vary="Accept-Encoding")
    return await conditional_later(request, version, read_tile)


def _key(*said: object) -> str:
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()
