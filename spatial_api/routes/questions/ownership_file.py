"""Ownership by the million: a file comes as the body and goes back with the owners of each row."""

from __future__ import annotations

import shutil
import tempfile
from functools import partial
from pathlib import Path

from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from cim import budget
from cim.city import City
from cim.errors import BadInput
from layers.owner_columns import assign_file
from spatial_api.http.body_sizes import FILE_SUFFIXES, MOST_FILE
from spatial_api.http.conditional import media_type_of
from spatial_api.http.costly import in_costly_thread
from spatial_api.routes.questions.models import OwnershipOfFile

#: The seconds that it may take; whoever leaves before stops it.
MOST_SECONDS = 3600.0


async def ownership_of_file(request: Request, city: City) -> Response:
    """The file that is the body, with the owners of each row as more columns, in the same format.

    A CSV has no byte order mark, for it is read by a program.
    """
    kind = media_type_of(request.scope)
    if kind not in FILE_SUFFIXES:
        raise HTTPException(
            415, f"a body of type {kind} can't be read; send JSON or {', '.join(FILE_SUFFIXES)}"
        )
    try:
        asked = OwnershipOfFile.model_validate(dict(request.query_params))
    except ValidationError as error:
        faults = [{**f, "loc": ("query", *f["loc"])} for f in error.errors(include_url=False)]
        raise RequestValidationError(faults) from error
    folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="citybase-"))
    path, out = folder / f"file{FILE_SUFFIXES[kind]}", folder / f"owners{FILE_SUFFIXES[kind]}"
    try:
        size = 0
        with path.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MOST_FILE:
                    raise HTTPException(
                        413,
                        f"the file has more than {MOST_FILE:,} bytes; send it in parts, or use: citybase assign FILE",
                    )
                await run_in_threadpool(file.write, chunk)
        limits = budget.current()
        limits.seconds = MOST_SECONDS

        def looking(*_: object) -> None:
            limits.check()

        await in_costly_thread(
            partial(
                assign_file,
                city.state(),
                path,
                out,
                crs=asked.crs,
                datum=asked.datum,
                day=asked.at,
                day_column=asked.at_column,
                for_excel=False,
                progress=looking,
            )
        )
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, BadInput):  # the caller has never heard of our folder
            raise BadInput(str(error).replace(str(path), "the file")) from error
        raise
    return FileResponse(out, media_type=kind, background=BackgroundTask(shutil.rmtree, folder))
