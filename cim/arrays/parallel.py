"""Compiled loops that hold no GIL, spread over the cores in chunks."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import ParamSpec, TypeVar

T = TypeVar("T")
P = ParamSpec("P")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="kernel")


def in_thread(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
    """Start work in one thread of its own: its result or error is in the future."""
    return _start(None, lambda: work(*arguments, **named))


def background(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
    """Start work in one thread of its own, which yields to whoever waits for an answer: its result or error is in
    the future."""
    return _start(_yielding, lambda: work(*arguments, **named))


def _start(begin: Callable[[], None] | None, work: Callable[[], T]) -> Future[T]:
    runner = ThreadPoolExecutor(1, thread_name_prefix="background", initializer=begin)
    started = runner.submit(work)
    runner.shutdown(wait=False)
    return started


_here = threading.local()


def _yielding() -> None:
    """Make this thread one that runs when nobody else wants its core, and that spreads its work over no others."""
    _here.alone = True
    lower_priority()


def lower_priority() -> None:
    """Let this thread run when nobody else wants its core: for work that others need not wait for."""
    if sys.platform == "linux":  # where each thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def side_by_side(work: Callable[[int], T], n: int) -> list[T]:
    """What `work` gives for each of range(n), in order: as `each`, for work that itself spreads over the cores, which
    it then does not.

    >>> side_by_side(lambda i: sum(spread(lambda part: part.stop, 3000 * i)), 2)[0]
    0
    """
    if n <= 1 or getattr(_here, "alone", False):
        return [work(i) for i in range(n)]
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="beside", initializer=_alone) as pool:
        return list(pool.map(work, range(n)))


def _alone() -> None:
    _here.alone = True


def ahead(items: Iterable[T], begin: Callable[[], None] | None = None) -> Iterator[T]:
    """The items in order; while the caller works on one, a thread gets the next. `begin` is called in that thread
    first.

    >>> list(ahead(i * i for i in range(4)))
    [0, 1, 4, 9]
    """
    items = iter(items)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead", initializer=begin) as runner:
        following = runner.submit(next, items, _END)
        while (item := following.result()) is not _END:
            following = runner.submit(next, items, _END)
            yield item  # type: ignore[misc]  # the end is not of the items' type


_END = object()


def chunks(n: int, at_least: int) -> Iterator[slice]:
    """Slices that cover range(n): one for little work, else about four for each core.

    >>> list(chunks(10, at_least=100))
    [slice(0, 10, None)]
    """
    size = max(at_least, -(-n // (4 * (os.cpu_count() or 1))))
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def spread(work: Callable[[slice], T], n: int, at_least: int = 512) -> list[T]:
    """What `work` gives for each chunk of range(n), in order; in this thread where it is one chunk or background work.

    >>> spread(lambda part: part.stop - part.start, 10)
    [10]
    """
    if n <= at_least or getattr(_here, "alone", False):
        return [work(slice(0, n))] if n else []
    parts = list(chunks(n, at_least))
    return each(lambda i: work(parts[i]), len(parts))


def each(work: Callable[[int], T], n: int) -> list[T]:
    """What `work` gives for each of range(n), in order; in this thread where it is one or background work."""
    if n <= 1 or getattr(_here, "alone", False):
        return [work(i) for i in range(n)]
    return list(_pool().map(work, range(n)))
