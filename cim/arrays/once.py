"""Work that several threads want at the same time, done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Once(Generic[T]):
    """Runs work by key: while one thread does it, the others that want the same wait for what it gives.

    >>> Once[int]().run("two and two", lambda: 4)
    4
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[T]] = {}

    def run(self, key: Hashable, work: Callable[[], T]) -> T:
        """What `work` gives, here or in the thread that began it; where that one fails, whoever waited does it
        himself, as the failure may be the other's own (his time is up, his client has left). `work` itself looks for
        what was done before."""
        while True:
            with self._lock:
                other = self._under_way.get(key)
                if other is None:
                    mine = self._under_way[key] = Future()
                    break
            if other.exception() is None:
                return other.result()
        try:
            found = work()
        except BaseException as error:
            self._end(key)
            mine.set_exception(error)
            raise
        self._end(key)
        mine.set_result(found)
        return found

    def _end(self, key: Hashable) -> None:
        with self._lock:
            del self._under_way[key]


class Lazy(Generic[T]):
    """What whoever asks first makes, once for all.

    >>> Lazy(list).get()
    []
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._lock = threading.Lock()
        self._make = make
        self._value: T | None = None

    def get(self) -> T:
        """The value, made here if nobody has asked before."""
        value = self._value
        if value is None:
            with self._lock:
                if self._value is None:
                    self._value = self._make()
                value = self._value
        return value

    @property
    def value(self) -> T | None:
        """The value if somebody has asked for it; None otherwise."""
        return self._value
