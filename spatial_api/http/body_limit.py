"""What every request is held to on the wire: a body of bounded size, a budget for its answer, and HEAD answered as GET
without its body.

A route whose body is costly may look for `head` in the scope and leave it out itself.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cim import budget
from spatial_api.http.body_sizes import most_body
from spatial_api.http.companion import Companion
from spatial_api.http.conditional import header_of, media_type_of
from spatial_api.http.costly import messages
from spatial_api.http.problems import problem


def _too_large(most: int) -> str:
    return f"the body is larger than {most // 1_000_000} MB; ask in several requests"


class Wire:
    """Refuses bodies that are too large before they are read whole, gives large questions to the companion where there
    is one, and answers HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        most = most_body(scope["path"], media_type_of(scope))
        said = header_of(scope, b"content-length")
        if said.isdecimal() and int(said[:20]) > most:
            return await problem(413, "请求过大", "Too large", _too_large(most))(scope, receive, send)
        companion: Companion | None = scope["app"].state.companion
        if companion is not None and companion.takes(scope):
            return await companion.answer(scope, receive, send, scope["app"].state.city)
        taken = 0

        async def receive_bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413, _too_large(most))
            return message

        messages.set(receive_bounded)
        with budget.within(budget.Budget()):
            if scope["method"] != "HEAD":
                return await self.app(scope, receive_bounded, send)

            async def without_body(message: Message) -> None:
                await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

            return await self.app({**scope, "method": "GET", "head": True}, receive_bounded, without_body)
