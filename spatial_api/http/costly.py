"""Costly questions have a few threads of their own, so that tiles, `/health` and small questions keep theirs; and one
whose client has left stops at its next look at the budget."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from starlette.types import Receive

from cim import budget
from cim.arrays.parallel import lower_priority
from cim.errors import Gone, StoreBusy

T = TypeVar("T")

#: Costly questions that are answered at once, and that may wait for it; more are told to come again.
THREADS, MOST_WAITING = max(2, (os.cpu_count() or 2) // 2), 64

#: They yield their cores to tiles and small questions.
_pool = ThreadPoolExecutor(THREADS, thread_name_prefix="costly", initializer=lower_priority)
#: Where the messages of the request that is being answered come from: after its body, that the client has left.
messages: contextvars.ContextVar[Receive | None] = contextvars.ContextVar("messages", default=None)
_under_way: set[Future[Any]] = set()


class Busy(StoreBusy):
    """Too many costly questions wait already."""


def costly(verb: Callable[..., T]) -> Callable[..., Awaitable[T]]:
    """The route function, to be answered in one of the costly threads."""

    async def answer(**given: Any) -> T:
        return await in_costly_thread(partial(verb, **given))

    answer.__name__, answer.__doc__, answer.__module__ = verb.__name__, verb.__doc__, verb.__module__
    # FastAPI reads the parameters from here, and would look up their names in this module.
    answer.__signature__ = inspect.signature(verb, eval_str=True)  # type: ignore[attr-defined]
    return answer


async def in_costly_thread(work: Callable[[], T]) -> T:
    """What the work gives. `Gone` where the client leaves before, `Busy` where too many wait."""
    if len(_under_way) >= THREADS + MOST_WAITING:
        raise Busy(f"{MOST_WAITING} costly questions wait already; ask again in a moment")
    limits = budget.current()

    def begin() -> T:
        limits.begin()
        limits.check()
        return work()

    future: Future[T] = _pool.submit(contextvars.copy_context().run, begin)
    _under_way.add(future)
    future.add_done_callback(_under_way.discard)
    answer, left = asyncio.wrap_future(future), asyncio.ensure_future(client_left(messages.get()))
    either: set[asyncio.Future[Any]] = {answer, left}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            limits.gone = True
            if future.cancel():
                raise Gone("the client has left")
        return await answer
    finally:
        limits.gone = True  # also where the server stops: nobody waits any more
        left.cancel()


async def client_left(receive: Receive | None) -> None:
    """Returns when the client has left, once its body is read; never where there is none."""
    if receive is None:
        await asyncio.Event().wait()
        return
    while (await receive())["type"] != "http.disconnect":
        pass
