"""What every request is held to on the wire: a body of bounded size, and HEAD answered as GET without its body.

A route whose body is costly may look for `head` in the scope and leave it out itself.
"""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spatial_api.problems import problem

#: A request's body has at most so many bytes: a hundred thousand points and a good deal more.
MOST_BODY = 32_000_000
_TOO_LARGE = f"the body is larger than {MOST_BODY // 1_000_000} MB; ask in several requests"


class Wire:
    """Refuses bodies that are too large before they are read whole, and answers HEAD."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        said = next((v for k, v in scope["headers"] if k == b"content-length"), b"0")
        if said.isdigit() and int(said[:20]) > MOST_BODY:
            return await problem(413, "请求过大", "Too large", _TOO_LARGE)(scope, receive, send)
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BODY:
                raise HTTPException(413, _TOO_LARGE)
            return message

        if scope["method"] != "HEAD":
            return await self.app(scope, bounded, send)

        async def without_body(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        return await self.app({**scope, "method": "GET", "head": True}, bounded, without_body)
