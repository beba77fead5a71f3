"""The companion's side: the app, answering what comes over the links instead of over HTTP."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
from contextlib import suppress
from typing import Any

from fastapi import FastAPI
from starlette.types import Message

from cim.city import City
from spatial_api.http.frames import CompanionLink, FrameKind
from spatial_api.processes import yield_to_others

_log = logging.getLogger("citybase")


async def answer_over(app: FastAPI, ends: list[socket.socket]) -> None:
    """Answer over these sockets, a question at a time over each, until the other ends are closed or SIGTERM comes."""
    loop, here = asyncio.get_running_loop(), asyncio.current_task()
    assert here is not None
    loop.add_signal_handler(signal.SIGTERM, here.cancel)
    async with app.router.lifespan_context(app):
        yield_to_others()  # not before: on a busy machine it would not get ready for minutes
        gc.freeze()  # what the city holds stays: a search for cycles would walk it in the middle of each question
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*(_answer_all(app, end) for end in ends))


async def _answer_all(app: FastAPI, end: socket.socket) -> None:
    link = await CompanionLink.over(end)
    with suppress(EOFError, OSError):
        await link.write(FrameKind.READY)
        while True:
            _, length = await link.read_head()
            seq, scope = await link.read_object(length)
            await _catch_up(app.state.city, seq)
            await _Asked(link).answer(app, scope)


async def _catch_up(city: City, seq: int) -> None:
    """What the worker's city has seen, this one's has seen too."""
    if city.seq < seq:
        await asyncio.get_running_loop().run_in_executor(None, city.catch_up)


class _Asked:
    """One question that is answered."""

    def __init__(self, link: CompanionLink) -> None:
        self._link = link
        self._done = False
        #: Who looked whether the client has left may still be giving that up when the next frame is read.
        self._reading = asyncio.Lock()

    async def answer(self, app: FastAPI, scope: dict[str, Any]) -> None:
        """Let the app answer it; then the link is ready for the next."""
        try:
            await app(scope, self._receive, self._send)
        except Exception as error:  # noqa: BLE001 - the app has answered and logged it; nobody waits, or the link is cut
            _log.debug("%s: %s", scope["path"], error)
        await self._link.write(FrameKind.FINISHED)
        while not self._done:
            await self._receive()

    async def _receive(self) -> Message:
        async with self._reading:
            if not self._done:
                kind, length = await self._link.read_head()
                data = await self._link.read(length)
                if kind is not FrameKind.DONE:
                    return {"type": "http.request", "body": data, "more_body": kind is FrameKind.BODY}
                self._done = True
            return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._link.write_object(FrameKind.START, (message["status"], message["headers"]))
        elif message.get("body"):
            await self._link.write(FrameKind.PART, message["body"])
