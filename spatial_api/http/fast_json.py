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
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from cim.city import City
from cim.errors import CityError
from spatial_api.http.bodies import FEW_BYTES, parse_body, parsed_in_turn

Endpoint = Callable[[Any, City], Awaitable[Response]]
Otherwise = Callable[[Request, City], Awaitable[Response]]


class _Direct:
    """An ASGI endpoint that reads the body into a model, asks, and sends the answer; bodies of other types go to
    `otherwise`."""

    def __init__(self, model: type[BaseModel], endpoint: Endpoint, otherwise: Otherwise | None) -> None:
        self.model = model
        self.endpoint = endpoint
        self.otherwise = otherwise

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if self.otherwise is not None:
            kind = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
            if kind and not kind.startswith(b"application/json"):
                response = await self.otherwise(Request(scope, receive), scope["app"].state.city.hold())
                await response(scope, receive, send)
                return
        message = await receive()
        chunks = [message.get("body", b"")]
        while message.get("more_body"):
            message = await receive()
            chunks.append(message.get("body", b""))
        if message["type"] == "http.disconnect":
            return
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if len(body) > FEW_BYTES:
            asked = await parsed_in_turn(self.model, body)
        else:
            asked = parse_body(self.model, body)
        response = await self.endpoint(asked, scope["app"].state.city.hold())
        await response(scope, receive, send)


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
        if message["type"] == "http.request" and not message.get("more_body"):
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


def direct(
    path: str, model: type[BaseModel], endpoint: Endpoint, otherwise: Otherwise | None = None
) -> Route:
    """A POST route that answers directly; it has to stand before the declared one."""
    return Route(path, _Direct(model, endpoint, otherwise), methods=["POST"])
