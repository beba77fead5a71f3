"""A way in for the question that is asked most: JSON in, JSON out, without the framework's work in between.

FastAPI spends several times as long on the way to an ownership answer (middleware, router, dependencies, body and
response machinery) as the answer takes. A small question takes the short way: `DirectApp` answers it before any of
that. Whatever is not plain about it (another website's page, a file, a large body, a fault) takes the long way, which
answers alike. The route is declared to FastAPI as well, for the documentation; all call the same function.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Message, Receive, Scope, Send

from cim.city import City
from cim.errors import CityError
from spatial_api.http.bodies import FEW_BYTES, names_once, parse_body

Endpoint = Callable[[Any, City], Awaitable[Response]]
FileEndpoint = Callable[[Request, City], Awaitable[Response]]


class FileRoute(Route):
    """A POST route for bodies that are files. It leaves JSON to the route that is declared for its path after it."""

    def __init__(self, path: str, endpoint: FileEndpoint) -> None:
        async def answer(request: Request) -> Response:
            return await endpoint(request, request.app.state.city.hold())

        super().__init__(path, answer, methods=["POST"])

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is one for this path with a body that is no JSON."""
        match, more = super().matches(scope)
        if match is Match.FULL:
            kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
            if not kind or kind.startswith(b"application/json"):
                return Match.NONE, {}
        return match, more


class DirectApp(FastAPI):
    """The application, with short ways for small questions to some paths."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        #: The path of each question that has a short way: its model, and what answers it.
        self.short_ways: dict[str, tuple[type[BaseModel], Endpoint]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        way = (
            self.short_ways.get(scope["path"])
            if scope["type"] == "http" and scope["method"] == "POST"
            else None
        )
        if way is None or not _is_small_json(scope):
            return await super().__call__(scope, receive, send)
        message = await receive()
        whole = message["type"] == "http.request" and not message.get("more_body")
        if whole and names_once(way[0], message["body"]):
            try:
                response = await way[1](parse_body(way[0], message["body"]), self.state.city.hold())
            except (CityError, HTTPException, RequestValidationError):
                pass  # the long way finds the same fault and words it
            else:
                response.headers["vary"] = "Origin"
                return await response(scope, receive, send)
        return await super().__call__(scope, _with_first(message, receive), send)


def _is_small_json(scope: Scope) -> bool:
    """Whether a request is small JSON that no page of another website sent."""
    length = kind = b""
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = value
        elif name == b"content-type":
            kind = value
        elif name == b"origin":
            return False
    return kind.startswith(b"application/json") and length.isdigit() and int(length[:9]) <= FEW_BYTES


def _with_first(first: Message, receive: Receive) -> Receive:
    """The messages of a request of which the first was read already."""
    waiting = [first]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again
