"""Compiled loops that hold no GIL, spread over the cores in chunks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="kernel")


def background(work: Callable[[], T]) -> Future[T]:
    """Start work in a thread of its own; its result or error is in the future."""
    runner = ThreadPoolExecutor(1, thread_name_prefix="background")
    started = runner.submit(work)
    runner.shutdown(wait=False)
    return started


def chunks(n: int, at_least: int) -> Iterator[slice]:
    """Slices that cover range(n): one for little work, else about four for each core.

    >>> list(chunks(10, at_least=100))
    [slice(0, 10, None)]
    """
    size = max(at_least, -(-n // (4 * (os.cpu_count() or 1))))
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def spread(work: Callable[[slice], T], n: int, at_least: int = 512) -> list[T]:
    """What `work` gives for each chunk of range(n), in order; in this thread where it is one chunk.

    >>> spread(lambda part: part.stop - part.start, 10)
    [10]
    """
    if n <= at_least:
        return [work(slice(0, n))] if n else []
    return list(_pool().map(work, chunks(n, at_least)))
