"""A worker's companion: a process of its own that answers the questions with large bodies.

Python runs one thread of a process at a time. To read a shape of 100,000 corners, to check it and to write it again
takes some hundred milliseconds, in which no tile would leave the worker. So the worker passes such a question on as
bytes and the answer back, a piece at a time; its companion has the same city, with a low priority. It is started at
the first such question and ends with its worker.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess

from starlette.types import Receive, Scope, Send

from cim.city import City
from spatial_api.http.bodies import FEW_BYTES
from spatial_api.http.costly import MOST_WAITING, THREADS, Busy, client_left
from spatial_api.http.frames import PIECE, CompanionLink, FrameKind
from spatial_api.http.problems import problem_of

#: Where questions are asked. Nothing that is asked there changes the city.
_QUESTIONS = ("/spatial/", "/h3/")
#: What of a request the companion is told.
_TOLD = ("type", "asgi", "http_version", "method", "scheme", "path", "raw_path", "query_string", "root_path",
         "headers", "client", "server")  # fmt: skip
#: Seconds in which no companion is started after one that did not get ready; the worker answers all itself.
_PAUSE_S = 60.0
_ENDED = "the process that answers large questions has ended"
_log = logging.getLogger("citybase")

#: Starts the process, which answers over these sockets.
Start = Callable[[list[socket.socket]], BaseProcess]


def is_large_question(scope: Scope) -> bool:
    """Whether a request asks with a JSON body that is large, or of a size that is not said."""
    if scope["method"] != "POST" or not scope["path"].startswith(_QUESTIONS):
        return False
    headers = dict(scope["headers"])
    kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
    if kind and not (kind.startswith(b"application/") and kind.endswith(b"json")):
        return False
    length = headers.get(b"content-length", b"")
    return int(length[:20]) > FEW_BYTES if length.isdigit() else b"transfer-encoding" in headers


class Companion:
    """The companion of this worker, of one event loop."""

    def __init__(self, start: Start) -> None:
        self._start = start
        self._running: _Running | None = None
        self._asked = 0
        self._not_before = 0.0

    def takes(self, scope: Scope) -> bool:
        """Whether it is to answer this request. It is started for the first large question, which is answered without
        it, because that takes seconds."""
        if not is_large_question(scope) or time.monotonic() < self._not_before:
            return False
        if self._running is not None and self._running.is_alive():
            return True
        self._begin()
        return False

    async def answer(self, scope: Scope, receive: Receive, send: Send, city: City) -> None:
        """Answer a request that it takes, of the city as it is now or later. The body is read when its turn comes."""
        if self._asked >= THREADS + MOST_WAITING:
            return await _refuse(f"{MOST_WAITING} costly questions wait already", scope, receive, send)
        self._asked += 1
        try:
            running = self._running
            link = await running.take() if running is not None else None
            if running is None or link is None:
                return await _refuse(_ENDED, scope, receive, send)
            question = _Question(link, receive, send)
            try:
                told = {name: scope[name] for name in _TOLD if name in scope}
                await question.ask((city.seq, told))
            except (EOFError, OSError):
                _log.error(_ENDED)
                if question.begun:
                    raise  # the server closes the connection: what has come is not all
                await _refuse(_ENDED, scope, receive, send)
            finally:
                if not question.ended:
                    self._end(running)
                running.give_back(link)
        finally:
            self._asked -= 1

    def close(self) -> None:
        """End it, and wait until it has."""
        running = self._running
        if running is not None:
            self._end(running)
            running.wait()

    def _begin(self) -> None:
        if self._running is not None:
            self._end(self._running)
        pairs: list[tuple[socket.socket, socket.socket]] = []
        try:
            pairs += (socket.socketpair() for _ in range(THREADS))
            process = self._start([theirs for _, theirs in pairs])
        except OSError as error:
            for ours, _ in pairs:
                ours.close()
            self._do_without(str(error))
        else:
            self._running = running = _Running(process)
            running.connecting = [asyncio.ensure_future(self._connect(running, ours)) for ours, _ in pairs]
        finally:
            for _, theirs in pairs:
                theirs.close()

    def _do_without(self, why: str) -> None:
        _log.error("the process for large questions does not start, they are answered without it: %s", why)
        self._not_before = time.monotonic() + _PAUSE_S

    async def _connect(self, running: _Running, end: socket.socket) -> None:
        """Wait until the process answers over this socket."""
        link = await CompanionLink.over(end)
        try:
            await link.read_head()
        except (EOFError, OSError):
            link.close()
            if running is self._running:
                self._do_without("it ends before it is ready")
                self._end(running)
        else:
            running.give_back(link)

    def _end(self, running: _Running) -> None:
        if running is self._running:
            self._running = None
        running.end()


class _Running:
    """A process that was started, and its links that nobody uses."""

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        #: Held, because the event loop does not hold them.
        self.connecting: list[asyncio.Task[None]] = []
        self._free: asyncio.Queue[CompanionLink | None] = asyncio.Queue()
        self._waiting, self._over = 0, False

    def is_alive(self) -> bool:
        """Whether it was not ended and has not ended."""
        return not self._over and self._process.is_alive()

    async def take(self) -> CompanionLink | None:
        """A link, once one is free; None where the process ends before."""
        self._waiting += 1
        try:
            return await self._free.get()
        finally:
            self._waiting -= 1

    def give_back(self, link: CompanionLink) -> None:
        """Nobody uses this link any more."""
        if self._over:
            link.close()
        else:
            self._free.put_nowait(link)

    def end(self) -> None:
        """End the process; whoever waits for a link is told. Answers under way break off."""
        if self._over:
            return
        self._over = True
        self._process.terminate()
        while not self._free.empty():
            if (link := self._free.get_nowait()) is not None:
                link.close()
        for _ in range(self._waiting):
            self._free.put_nowait(None)

    def wait(self) -> None:
        """Wait until it has ended, some seconds at most."""
        self._process.join(12.0)
        if self._process.is_alive():
            self._process.kill()


class _Question:
    """One question over a link. `begun`: some of the answer was sent; `ended`: the link is free for another."""

    def __init__(self, link: CompanionLink, receive: Receive, send: Send) -> None:
        self._link, self._receive, self._send = link, receive, send
        self._done = False
        self.begun = self.ended = False

    async def ask(self, asked: object) -> None:
        """Pass the question on and its answer back."""
        await self._link.write_object(FrameKind.ASK, asked)
        passing = asyncio.ensure_future(self._pass_body())
        try:
            await self._pass_answer()
        finally:
            passing.cancel()
            with suppress(asyncio.CancelledError, EOFError, OSError):
                await passing
        if not self._done:
            await self._link.write(FrameKind.DONE)
        self.ended = True

    async def _pass_body(self) -> None:
        """The body, piece by piece; then the news that the client has left."""
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                break
            if message.get("body"):
                await self._link.write(FrameKind.BODY, message["body"])
            more = message.get("more_body", False)
        else:
            left = asyncio.ensure_future(client_left(self._receive))
            try:
                # Whether it left while its body waited is seen in the loop's next look at the socket.
                await asyncio.sleep(0)
                await asyncio.sleep(0)
                if not left.done():
                    await self._link.write(FrameKind.BODY_ENDS)
                await left
            finally:
                left.cancel()
        self._done = True
        await self._link.write(FrameKind.DONE)

    async def _pass_answer(self) -> None:
        while True:
            kind, length = await self._link.read_head()
            if kind is FrameKind.START:
                status, headers = await self._link.read_object(length)
                self.begun = True
                await self._send({"type": "http.response.start", "status": status, "headers": headers})
            elif kind is FrameKind.PART:
                while length > 0:
                    piece = await self._link.read(min(length, PIECE))
                    length -= len(piece)
                    await self._send({"type": "http.response.body", "body": piece, "more_body": True})
            else:
                if self.begun:
                    await self._send({"type": "http.response.body", "body": b""})
                return


async def _refuse(why: str, scope: Scope, receive: Receive, send: Send) -> None:
    await problem_of(Busy(f"{why}; ask again in a moment"))(scope, receive, send)
