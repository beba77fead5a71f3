"""What every route is given: the open city and who asks. And how every route answers: JSON made by orjson."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Annotated, Any

import orjson
from fastapi import Depends, Request
from starlette.responses import Response

from cim.caller import GUEST, LOCAL, Caller
from cim.city import City


async def _city(request: Request) -> City:
    city: City = request.app.state.city
    return city


@lru_cache(maxsize=4096)
def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _caller(request: Request) -> Caller:
    return LOCAL if request.client is not None and _is_loopback(request.client.host) else GUEST


AskedCity = Annotated[City, Depends(_city)]
AskedBy = Annotated[Caller, Depends(_caller)]


def answer(body: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """The body as JSON."""
    return Response(orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY), status, media_type=media_type)
