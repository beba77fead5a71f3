"""What is derived from several things at once, as they are now: built in the background, the newest state next."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cim.arrays import parallel
from cim.arrays.failures import Failures

T = TypeVar("T")

#: Seconds after which what failed is built again when it is wanted once more.
_AGAIN_S = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class _NextBuild(Generic[T]):
    key: Hashable
    build: Callable[[], T]


class Latest(Generic[T]):
    """One thing that is built anew when what it is made of changes: one build at a time, and then the newest that is
    wanted. What was built last answers until then.

    `title` names it in troubles; `on_change` is given what takes its place (None: nothing does) before anybody sees it.
    """

    def __init__(self, title: str, on_change: Callable[[T | None], None]) -> None:
        self._title = title
        self._on_change = on_change
        self._lock = threading.Lock()
        self._wanted: _NextBuild[T] | None = None
        self._key: Hashable = None
        self._value: T | None = None
        self._building: Future[T | None] | None = None
        self._failed_key: Hashable = None
        self._failures = Failures("the {name} can't be built: {why}")

    def want(self, key: Hashable, build: Callable[[], T], *, fits: Callable[[T], bool]) -> None:
        """Build it in the state of a key, unless it is in that state; what does not fit answers no longer."""
        with self._lock:
            self._wanted = _NextBuild(key, build)
            if self._value is not None and not fits(self._value):
                self._put(None, None)
            if key == self._key:
                self._failures.forget()
            elif not self._is_building and not self._has_just_failed(key):
                self._building = parallel.background(self._build_wanted)

    def want_none(self) -> None:
        """There is nothing to make it of."""
        with self._lock:
            self._wanted = None
            self._failures.forget()
            self._put(None, None)

    @property
    def value(self) -> T | None:
        """What was built last; None where nothing was."""
        return self._value

    def get(self) -> T | None:
        """What was built last; waits for the first one, and raises what its build raised. None where nothing is
        wanted."""
        with self._lock:
            if self._value is not None or self._wanted is None or self._building is None:
                return self._value
            building = self._building
        return building.result()

    def wait(self) -> T | None:
        """What is wanted now, once it is built."""
        while True:
            with self._lock:
                building, wanted = self._building, self._wanted
                if wanted is None or wanted.key == self._key or building is None:
                    return self._value
            building.result()

    @property
    def is_building(self) -> bool:
        """Whether it is being built now."""
        with self._lock:
            return self._is_building

    @property
    def troubles(self) -> list[str]:
        """Why it could not be built, for `/health`."""
        return self._failures.sentences

    @property
    def _is_building(self) -> bool:
        return self._building is not None and not self._building.done()

    def _has_just_failed(self, key: Hashable) -> bool:
        return key == self._failed_key and self._failures.is_recent(self._title, _AGAIN_S)

    def _put(self, value: T | None, key: Hashable) -> None:
        self._on_change(value)
        self._value, self._key = value, key

    def _build_wanted(self) -> T | None:
        """Build what is wanted, and again where that changed meanwhile."""
        while True:
            with self._lock:
                wanted = self._wanted
                if wanted is None:
                    self._building = None  # whoever wants it again starts a thread of his own
                    return None
            try:
                value = wanted.build()
            except Exception as error:
                with self._lock:
                    if self._wanted is None or self._wanted.key != wanted.key:
                        continue  # nobody wants what failed
                    self._failed_key = wanted.key
                    self._failures.note(self._title, error)
                    self._building = _failure(error)
                raise
            with self._lock:
                if self._wanted is not None and self._wanted.key == wanted.key:
                    self._failures.forget()
                    self._put(value, wanted.key)
                    self._building = None
                    return value


def _failure(error: Exception) -> Future[Any]:
    failure: Future[Any] = Future()
    failure.set_exception(error)
    return failure
