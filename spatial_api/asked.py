"""What every route is given: the open city and who asks. And how every route answers: JSON made by orjson."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.responses import Response
from starlette.types import Scope

from cim.caller import GUEST, LOCAL, Caller
from cim.city import City
from spatial_api import cors


async def _city(request: Request) -> City:
    city: City = request.app.state.city
    return city


async def _caller(request: Request) -> Caller:
    return caller_of(request.scope)


def caller_of(scope: Scope) -> Caller:
    """Who sent a request."""
    # A browser on this machine may carry the question of another website: that is nobody we know.
    client = scope.get("client")
    here = client is not None and cors.is_loopback(client[0]) and cors.from_own_page(scope)
    return LOCAL if here else GUEST


AskedCity = Annotated[City, Depends(_city)]
AskedBy = Annotated[Caller, Depends(_caller)]


def answer(body: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """The body as JSON."""
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), status, media_type=media_type)
