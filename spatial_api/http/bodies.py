"""Bodies are read and checked off the event loop where they are large, and not at all where the caller may not write.

FastAPI parses and validates in the event loop: 20 MB of JSON would keep every other request waiting for seconds.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cim.arrays.parallel import lower_priority
from cim.city import City
from cim.errors import Gone
from spatial_api.http.body_sizes import declare_rule
from spatial_api.http.conditional import media_type_of
from spatial_api.http.dependencies import caller_of

#: Bodies up to so many bytes are read in the event loop: handing them to a thread costs more.
FEW_BYTES = 32_000

#: Questions with larger bodies are answered two at a time, from parsing on: others wait as bytes, and those whose
#: clients leave meanwhile cost nothing more.
MANY_BYTES, _AT_ONCE = 1_000_000, 2

#: May be half of a character beyond the first plane, which no text can hold: pydantic's reader of JSON refuses it.
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")

_turns: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_parser = ThreadPoolExecutor(1, thread_name_prefix="parser", initializer=lower_priority)


Endpoint = Callable[[Any, City], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ShortWay:
    """The model of a question, and what answers it."""

    model: type[BaseModel]
    endpoint: Endpoint


#: The paths whose small JSON bodies are answered before the framework does any work.
SHORT_WAYS: dict[str, ShortWay] = {}


class BodyRoute(APIRoute):
    """A route whose large JSON bodies become their model in a thread."""

    #: Whether what is sent here changes the city, so that who may not is refused before the body is read.
    writes = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI makes, which then finds the body as its model already; a body that is a file goes to
        the route's endpoint for files."""
        handler = super().get_route_handler()
        fields = self.dependant.body_params
        model = fields[0].field_info.annotation if len(fields) == 1 else None
        body_model = model if isinstance(model, type) and issubclass(model, BaseModel) else None
        writes = self.writes and bool((self.methods or set()) - {"GET", "HEAD"})
        rule = declare_rule(self.path, self.endpoint)
        files = None if rule is None else rule.files
        if rule is not None and rule.short and body_model is not None:
            SHORT_WAYS[self.path] = ShortWay(body_model, self.endpoint)

        async def handle(request: Request) -> Response:
            if files is not None and not _may_be_json(request):
                return await files(request, request.app.state.city.hold())
            if writes:
                caller_of(request.scope).require_write()
            if body_model is not None and _is_json(request):
                body = await request.body()
                if len(body) > MANY_BYTES:
                    async with _turn():
                        if await request.is_disconnected():
                            raise Gone("the client has left")
                        request._json = await parsed_in_turn(body_model, body)
                        return await handler(request)
                if writes or len(body) <= FEW_BYTES:
                    _require_each_once(body)
                if len(body) > FEW_BYTES:
                    # What is a model already passes FastAPI's validation as it is.
                    request._json = await parsed_in_turn(body_model, body)
            return await handler(request)

        return handle


class WriteRoute(BodyRoute):
    """The same for what changes the city."""

    writes = True


def _turn() -> asyncio.Semaphore:
    """What large bodies take turns by, in this event loop."""
    return _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(_AT_ONCE))


async def parsed_in_turn(model: type[BaseModel], body: bytes) -> BaseModel:
    """A large body as its model, in the one thread that does so: each holds the interpreter while it is parsed, and
    tiles must not wait for threads that are taken by many of them."""
    return await asyncio.get_running_loop().run_in_executor(_parser, parse_body, model, body)


def _is_json(request: Request) -> bool:
    kind = media_type_of(request.scope)
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


def names_once(model: type[BaseModel], body: bytes) -> bool:
    """Whether a body names each member of its model at most once, as far as a look at its bytes shows."""
    return all(body.count(b'"%b"' % name.encode()) <= 1 for name in model.model_fields)


def _require_each_once(body: bytes) -> None:
    """Nothing for a body in whose objects each name stands once, or that is no JSON; else the fault: JSON readers take
    the last of several, and whoever sent them may have meant the first."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise HTTPException(400, f"{twice!r} stands twice in one object of the body; say it once")
        return made

    with suppress(ValueError, RecursionError):  # whatever else is wrong is told by who reads it
        json.loads(body, object_pairs_hook=once)


def _may_be_json(request: Request) -> bool:
    """Whether the body is JSON, or says nothing of what it is."""
    return media_type_of(request.scope) in ("", "application/json")


def parse_body(model: type[BaseModel], body: bytes) -> BaseModel:
    """The body as its model; the faults as FastAPI tells them otherwise."""
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise _explain(error, body) from error


def _explain(error: ValidationError, body: bytes) -> Exception:
    """The fault as FastAPI says it, so that both ways in answer alike."""
    try:
        json.loads(body)
    except json.JSONDecodeError as fault:
        said = {
            "type": "json_invalid",
            "loc": ("body", fault.pos),
            "msg": fault.msg,
            "ctx": {"error": fault.msg},
        }
        return RequestValidationError([said])
    except (ValueError, RecursionError):
        return HTTPException(400, "the body can't be read as JSON: it is not UTF-8, or nested too deeply")
    if _HALF.search(body) and error.errors(include_url=False)[0]["type"] == "json_invalid":
        return HTTPException(
            422, "a text of the body has half of a character, such as \\ud83d without its other half"
        )
    return RequestValidationError(
        [{**f, "loc": ("body", *f["loc"])} for f in error.errors(include_url=False)], body=json.loads(body)
    )
