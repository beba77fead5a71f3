"""A way in for the question that is asked most: JSON in, JSON out, without the framework's work in between.

FastAPI spends several times as long on the way to an ownership answer (middleware, router, dependencies, body and
response machinery) as the answer takes. A small question takes the short way: `DirectApp` answers it before any of
that. Whatever is not plain about it (another website's page, a file, a large body, a fault) takes the long way, which
answers alike. A route is declared once, with `@takes_body(…, short=True)`; both ways call its function.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from cim.errors import CityError
from spatial_api.http.bodies import FEW_BYTES, SHORT_WAYS, names_once, parse_body


class DirectApp(FastAPI):
    """The application, with short ways for small questions to some paths."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        asks = scope["type"] == "http" and scope["method"] == "POST"
        way = SHORT_WAYS.get(scope["path"]) if asks else None
        if way is None or not _is_small_json(scope):
            return await super().__call__(scope, receive, send)
        message = await receive()
        whole = message["type"] == "http.request" and not message.get("more_body")
        if whole and names_once(way.model, message["body"]):
            try:
                question = parse_body(way.model, message["body"])
                response = await way.endpoint(question, self.state.city.hold())
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
