"""What every route is given: the open city and who asks. And how every route answers: JSON made by orjson."""

from __future__ import annotations

import hashlib
from dataclasses import is_dataclass
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import Depends, Request
from starlette.responses import Response
from starlette.types import Scope

from cim.access.caller import GUEST, LOCAL, Caller
from cim.city import City
from cim.model.sparse import json_fields
from spatial_api.http import cors
from spatial_api.http.conditional import Content, Version, conditional

_READS = ("GET", "HEAD")


async def _city(request: Request) -> City:
    city: City = request.app.state.city
    # One request, one state; but what is written is checked against what is there by then.
    return city.hold() if request.method in _READS or request.url.path.startswith("/spatial/") else city


async def _caller(request: Request) -> Caller:
    return caller_of(request.scope)


def caller_of(scope: Scope) -> Caller:
    """Who sent a request."""
    # A browser on this machine may carry the question of another website: that is nobody we know.
    client = scope.get("client")
    here = client is not None and cors.is_loopback(client[0]) and cors.from_own_page(scope)
    return LOCAL if here else GUEST


def root_of(request: Request) -> str:
    """Where the caller reaches the service, without a slash at its end."""
    return str(request.base_url).rstrip("/")


_OPTIONS = orjson.OPT_SERIALIZE_NUMPY

AskedCity = Annotated[City, Depends(_city)]
AskedBy = Annotated[Caller, Depends(_caller)]


def answer(body: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """The body as JSON, as `json_of` writes it."""
    return Response(json_of(body), status, media_type=media_type)


def answer_document(request: Request, body: Any) -> Response:
    """The body as JSON, which a client may keep and asks again for: 304 where it is as it was."""
    written = json_of(body)
    key = hashlib.blake2b(written, digest_size=16).hexdigest()
    return conditional(
        request, Version(key, cache_control="no-cache"), lambda: Content(written, "application/json")
    )


def json_of(body: Any) -> bytes:
    """The body as JSON, integers beyond 2^53 as text: JavaScript would make another number of them."""
    try:
        return orjson.dumps(body, option=_OPTIONS | orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return orjson.dumps(_with_long_integers_as_text(body), option=_OPTIONS)


def _with_long_integers_as_text(value: Any) -> Any:
    """The same JSON value; called only where there is one of them, which is rare.

    >>> _with_long_integers_as_text({"code": 430102001001000123, "n": [1, -(2**53)]})
    {'code': '430102001001000123', 'n': [1, '-9007199254740992']}
    """
    if isinstance(value, int):
        return value if isinstance(value, bool) or abs(value) < 2**53 else str(value)
    if isinstance(value, dict):
        return {key: _with_long_integers_as_text(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_with_long_integers_as_text(one) for one in value]
    if is_dataclass(value) and not isinstance(value, type):
        return _with_long_integers_as_text(json_fields(value))
    if isinstance(value, np.ndarray):
        return _with_long_integers_as_text(value.tolist())
    if isinstance(value, np.integer):
        return _with_long_integers_as_text(int(value))
    return value
