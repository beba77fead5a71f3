"""Callers who do not wait for each other, in a process of their own: so many requests a second, whatever is answered.

Reads one JSON from its input (`port`, `path`, `bodies`, `per_second`) and prints one: the seconds of each answer,
counted from the moment at which it was due to be asked (so that a server that stops is not asked less), and the
answers themselves.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import time
from collections import deque
from typing import Any


def _request(path: str, body: Any) -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nContent-Type: application/json\r\n"
    return head.encode() + f"Content-Length: {len(data)}\r\n\r\n".encode() + data


async def _asked(
    link: tuple[asyncio.StreamReader, asyncio.StreamWriter], request: bytes
) -> tuple[int, bytes]:
    reader, writer = link
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length:")[2].split("\r\n")[0])
    body = await reader.readexactly(length)
    return int(head.split()[1]), gzip.decompress(body) if "content-encoding: gzip" in head else body


async def callers(port: int, path: str, bodies: list[Any], per_second: float) -> dict[str, Any]:
    """Ask each body once at its time; connections are kept, and one more is made when all are waited for."""
    requests = [_request(path, body) for body in bodies]
    # The one that rests longest is next, lest the server close it.
    idle: deque[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = deque()
    took = [0.0] * len(requests)
    answers: list[tuple[int, bytes]] = [(0, b"")] * len(requests)
    begun = time.perf_counter()

    async def one(number: int, due: float) -> None:
        link = idle.popleft() if idle else await asyncio.open_connection("127.0.0.1", port, limit=2**24)
        answers[number] = await _asked(link, requests[number])
        took[number] = time.perf_counter() - due
        idle.append(link)

    waiting = []
    for number in range(len(requests)):
        due = begun + number / per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        waiting.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*waiting)
    for _, writer in idle:
        writer.close()
    return {
        "took_s": took,
        "connections": len(idle),
        "answers": [(s, json.loads(text)) for s, text in answers],
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(callers(**json.loads(sys.stdin.read())))))
