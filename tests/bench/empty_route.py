"""The peer of our routes: a FastAPI app whose routes answer as many bytes without doing anything."""

from __future__ import annotations

import os

from fastapi import FastAPI
from starlette.responses import Response

from spatial_api.routes.questions.models import OwnershipRequest

_BODY = b" " * int(os.environ.get("CITYBASE_BENCH_BYTES", "0"))

app = FastAPI()


@app.post("/empty")
async def empty() -> Response:
    """The answer, whatever is asked."""
    return Response(_BODY, media_type="application/json")


@app.post("/parsed")
async def parsed(_: OwnershipRequest) -> Response:
    """The same answer, the request read and checked as the ownership route does it."""
    return Response(_BODY, media_type="application/json")


@app.get("/tile")
async def tile() -> Response:
    """A tile of as many bytes."""
    return Response(_BODY, media_type="application/vnd.mapbox-vector-tile")
