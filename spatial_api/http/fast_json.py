"""A way in for the question that is asked most: JSON in, JSON out, without the framework's work in between.

FastAPI spends four times as long on the way to an ownership answer (dependencies, router matching, body and
response machinery) as the answer takes; through this door a worker gives about twice as many answers a second.
The route is declared to FastAPI as well, for the documentation; both call the same function.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from cim.city import City
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


def direct(
    path: str, model: type[BaseModel], endpoint: Endpoint, otherwise: Otherwise | None = None
) -> Route:
    """A POST route that answers directly; it has to stand before the declared one."""
    return Route(path, _Direct(model, endpoint, otherwise), methods=["POST"])
