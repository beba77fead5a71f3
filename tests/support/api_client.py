"""The service asked in this process: the whole app with its lifespan, by a caller from any address.

What the doors say to callers from outside, or to a hundred kinds of bad input, needs no process of its own;
`tests.support.server.Server` is for what does.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from cim.settings import Settings
from spatial_api.app import create_app
from tests.support import small_city as small

HERE, ELSEWHERE = "127.0.0.1", "10.0.0.5"


class Asker:
    """Asks one app; `asker.get`, `asker.post`, … as the machine's own operator, `asker.elsewhere` as a guest."""

    def __init__(self, loop: asyncio.AbstractEventLoop, app: Any, host: str) -> None:
        self._loop = loop
        # What the app doesn't catch is an answer 500 here as it is on the wire.
        transport = httpx.ASGITransport(app, client=(host, 50_000), raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000")
        self.app = app

    @property
    def elsewhere(self) -> Asker:
        """The same app, asked from another machine."""
        return Asker(self._loop, self.app, ELSEWHERE)

    def request(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One request and its whole answer."""
        return self._run(self._client.request(method, url, **more))

    def get(self, url: str, **more: Any) -> httpx.Response:
        """GET."""
        return self.request("GET", url, **more)

    def post(self, url: str, body: Any = None, **more: Any) -> httpx.Response:
        """POST; a body of bytes or text goes as it is, everything else as JSON."""
        if isinstance(body, (bytes, str)):
            more["headers"] = {"content-type": "application/json", **more.get("headers", {})}
            return self.request("POST", url, content=body, **more)
        return self.request("POST", url, json=body, **more)

    def patch(self, url: str, body: Any, **more: Any) -> httpx.Response:
        """PATCH with JSON."""
        return self.request("PATCH", url, json=body, **more)

    def delete(self, url: str, **more: Any) -> httpx.Response:
        """DELETE."""
        return self.request("DELETE", url, **more)

    def _run(self, work: Coroutine[Any, Any, httpx.Response]) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)


@contextmanager
def asking(settings: Settings) -> Iterator[Asker]:
    """The app of these settings, started as the server starts it and stopped at the end."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="the app's loop")
    thread.start()
    app = create_app(settings)
    lifespan = app.router.lifespan_context(app)
    try:
        asyncio.run_coroutine_threadsafe(lifespan.__aenter__(), loop).result(60)
        try:
            yield Asker(loop, app, HERE)
        finally:
            asyncio.run_coroutine_threadsafe(lifespan.__aexit__(None, None, None), loop).result(60)
            asyncio.run_coroutine_threadsafe(loop.shutdown_default_executor(), loop).result(60)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def said(answer: httpx.Response, status: int) -> str:
    """The sentence of a refusal, which is problem+json of this status."""
    assert answer.status_code == status, (answer.status_code, answer.text)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert problem["detail"]
    return str(problem["detail"])


@contextmanager
def small_city(url: str, folder: Path, *, anew: bool = False) -> Iterator[Asker]:
    """The small city in a new store at the URL, asked in this process; its snapshots are in the folder."""
    small.build(url, folder, anew=anew).close()
    with asking(small.settings(url, folder)) as asker:
        yield asker
