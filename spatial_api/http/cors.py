"""Who may call from another website: everybody may read and ask; nobody may change anything that way.

The operator's own machine is trusted, so a website opened there must not be able to write through it:
a change that a browser sends from another origin is refused.
"""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spatial_api.http.problems import problem

_READS = ("GET", "HEAD")
_KEPT_BY_ALL = re.compile(r"\b(public|max-age=[1-9])")
_USUAL = ("content-type", "if-none-match", "range", "if-range")
#: The name of a header (RFC 9110 §5.6.2), and how much of a list of them is read.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_LONGEST = 4096


@lru_cache(maxsize=4096)
def is_loopback(host: str) -> bool:
    """Whether the address is this machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def from_own_page(scope: Scope) -> bool:
    """Whether no other website sent this: it has no Origin, or its own page's under a name of this machine.

    The name matters: a website may let its own name point to this machine (DNS rebinding), and then its
    Origin equals the Host.
    """
    headers = Headers(scope=scope)
    origin, host = headers.get("origin"), headers.get("host", "")
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    client = scope.get("client")
    ours = name == "localhost" or is_loopback(name.strip("[]")) or not (client and is_loopback(client[0]))
    return ours and (origin is None or origin.split("://")[-1] == host)


class Cors:
    """Adds the CORS headers to what may be read from anywhere, and answers preflights."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        origin = next((v for k, v in scope["headers"] if k == b"origin"), None)
        open_to_all = scope["method"] in _READS or scope["path"].startswith("/spatial/")

        async def with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and open_to_all:
                made = MutableHeaders(scope=message)
                # A cache may give what it keeps to any website later, so that is the same with and without an Origin.
                # What is not for all to keep, such as what the operator sees, is another answer for another website.
                if origin is not None or _KEPT_BY_ALL.search(made.get("cache-control", "")):
                    made["Access-Control-Allow-Origin"] = "*"
                    made["Access-Control-Expose-Headers"] = "etag, content-range"
                else:
                    made.add_vary_header("Origin")
            await send(message)

        if origin is None:
            return await self.app(scope, receive, with_header)
        headers = Headers(scope=scope)
        own = from_own_page(scope)
        if scope["method"] == "OPTIONS":
            asked = headers.get("access-control-request-method", "")
            allowed = asked in _READS or (asked == "POST" and scope["path"].startswith("/spatial/"))
            status = 204 if allowed else 403
            answer = {
                "Access-Control-Allow-Origin": "*",
                "Access-Control-Allow-Headers": _allowed_headers(
                    headers.get("access-control-request-headers", "")
                ),
                "Vary": "Access-Control-Request-Headers",
            }
            answer |= {"Access-Control-Allow-Methods": "GET, HEAD, POST", "Access-Control-Max-Age": "600"}
            await send(
                {"type": "http.response.start", "status": status, "headers": _raw(answer if allowed else {})}
            )
            return await send({"type": "http.response.body", "body": b""})
        if not own and not open_to_all:
            refusal = problem(403, "无权操作", "Forbidden", "changes can't be made from another website")
            return await refusal(scope, receive, send)
        return await self.app(scope, receive, with_header)


def _allowed_headers(asked: str) -> str:
    """The headers that a request from another website may have: the usual ones, and those that it asks for.

    Proxies and portals add headers of their own. What may be read from anywhere does not depend on any of them.

    >>> _allowed_headers("x-requested-with, Range, not a token")
    'content-type, if-none-match, range, if-range, x-requested-with'
    """
    own = [name.strip().lower() for name in asked[:_LONGEST].split(",")]
    return ", ".join(dict.fromkeys([*_USUAL, *(name for name in own if _TOKEN.fullmatch(name))]))


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(k.lower().encode(), v.encode()) for k, v in headers.items()]
