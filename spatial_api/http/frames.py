"""What a worker and its companion say to each other over a socket, in frames: a kind, a length, and so many bytes.

The worker says ASK (which question), BODY as often as there is some, BODY_ENDS, and DONE once it wants nothing more,
be it that it has the whole answer or that the client has left. The companion says READY once, and to each ASK: START
(status and headers), PART as often as there is some, FINISHED.
"""

from __future__ import annotations

import asyncio
import pickle
import socket
import struct
from enum import IntEnum
from typing import Any

_HEAD = struct.Struct("!BI")
#: The bytes of a body that are passed on at once.
PIECE = 1 << 16


class FrameKind(IntEnum):
    """What a frame is."""

    READY = 0
    ASK = 1
    BODY = 2
    BODY_ENDS = 3
    DONE = 4
    START = 5
    PART = 6
    FINISHED = 7


class CompanionLink:
    """One end of a socket between the two. `EOFError` (`asyncio.IncompleteReadError`) or `OSError` where the other end
    is gone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def over(cls, end: socket.socket) -> CompanionLink:
        """A link over this end of a pair of sockets, in the event loop that runs here."""
        return cls(*await asyncio.open_connection(sock=end, limit=4 * PIECE))

    async def write(self, kind: FrameKind, data: bytes = b"") -> None:
        """Send a frame; returns when the other end has taken most of it. Where this is cancelled, it is sent all the
        same."""
        self._writer.writelines([_HEAD.pack(kind, len(data)), data])
        await self._writer.drain()

    async def read_head(self) -> tuple[FrameKind, int]:
        """The kind of the next frame, and how many bytes it has, which must be read then."""
        kind, length = _HEAD.unpack(await self._reader.readexactly(_HEAD.size))
        return FrameKind(kind), length

    async def read(self, length: int) -> bytes:
        """So many bytes of the frame whose head was read."""
        return await self._reader.readexactly(length)

    async def write_object(self, kind: FrameKind, value: Any) -> None:
        """Send a frame with a value; both ends are ours."""
        await self.write(kind, pickle.dumps(value))

    async def read_object(self, length: int) -> Any:
        """The value of the frame whose head was read."""
        return pickle.loads(await self.read(length))

    def close(self) -> None:
        """End it; the other end sees that."""
        self._writer.close()
