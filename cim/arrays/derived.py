"""What is derived from a base and kept in a file beside it: text indexes, road networks, the levels of tiles.

It is opened where it is kept already; else one process builds it while the others wait, and a thread of its own does
so. The file appears at once and whole (`cim.arrays.bundle`). Where the disk is full it is answered from memory.
"""

from __future__ import annotations

import fcntl
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from cim.arrays import bundle, parallel

_log = logging.getLogger("citybase")

A = TypeVar("A")
T = TypeVar("T")


def open_or_build(
    place: Path,
    open_file: Callable[[Path], T | None],
    build: Callable[[], T],
    save: Callable[[T, Path], None],
    *,
    reopen: bool = True,
    replaces: str | None = None,
) -> T:
    """What is kept at a place, else built and kept there.

    `reopen`: what was built is opened again, so that all processes share its pages. Other files of the folder that
    the pattern `replaces` names are removed once it is kept.
    """
    opened = open_file(place)
    if opened is not None:
        return opened
    try:
        handle = place.with_name(f".{place.stem}.lock").open("w")
    except OSError:
        return build()  # a newer base has taken its place and the folder is gone, or nothing can be written
    with handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        opened = open_file(place)
        if opened is not None:
            return opened
        built = build()
        try:
            save(built, place)
        except OSError as error:
            _log.warning("%s is answered from memory, as it can't be kept: %s", place.name, error)
            return built
        for old in place.parent.glob(replaces) if replaces is not None else ():
            if old != place:
                bundle.remove(old)
    return (open_file(place) if reopen else None) or built


@dataclass(frozen=True, slots=True, eq=False)
class Job(Generic[A, T]):
    """What is derived from one base, maybe still in the making, and what it is made by."""

    base: object
    by: A
    result: Future[T]


class Derived(Generic[A, T]):
    """What is derived from the bases of layers, by name: built in the background, once for each base.

    `title` says what it is in messages; `on_ready` is called after each build that came into use, well or not.
    """

    def __init__(self, title: str, on_ready: Callable[[], None] | None = None) -> None:
        self._title = title
        self._on_ready = on_ready
        self._lock = threading.Lock()
        self._jobs: dict[str, Job[A, T]] = {}
        self._ahead: dict[str, Job[A, T]] = {}
        self._failed: dict[str, str] = {}

    def begin(self, name: str, base: object, by: Callable[[], A], work: Callable[[A], T]) -> Job[A, T]:
        """The job of a base: the one there is, or one that begins now. `work` is given what `by` gave."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None or job.base is not base:
                ahead = self._ahead.pop(name, None)
                job = ahead if ahead is not None and ahead.base is base else _start(base, by(), work)
                self._jobs[name] = job
                job.result.add_done_callback(lambda result: self._note(name, result))
            return job

    def build_ahead(self, name: str, base: object, by: A, work: Callable[[A], T]) -> None:
        """Build for a base that is going to take the place of the one before, and wait for it."""
        job = _start(base, by, work)
        wait([job.result])
        with self._lock:
            self._ahead[name] = job

    def job(self, name: str) -> Job[A, T] | None:
        """The job of the base that was asked for last; None where nobody asked."""
        with self._lock:
            return self._jobs.get(name)

    def forget(self, is_gone: Callable[[str], bool]) -> list[str]:
        """Let go what is derived from layers that are gone, and give their names."""
        with self._lock:
            gone = [name for name in self._jobs if is_gone(name)]
            for name in gone:
                del self._jobs[name]
                self._failed.pop(name, None)
            return gone

    def wait(self, seconds: float) -> None:
        """Wait until all that was begun is built, but no longer than so many seconds."""
        with self._lock:
            begun = [job.result for job in self._jobs.values()]
        wait(begun, timeout=seconds)

    @property
    def troubles(self) -> list[str]:
        """What could not be built, and why, for `/health`."""
        return [
            f"the {self._title} of {name} can't be built: {why}" for name, why in list(self._failed.items())
        ]

    def _note(self, name: str, result: Future[T]) -> None:
        error = result.exception()
        if error is None:
            self._failed.pop(name, None)
        else:
            _log.error("the %s of %s can't be built", self._title, name, exc_info=error)
            self._failed[name] = str(error)
        if self._on_ready is not None:
            self._on_ready()


def _start(base: object, by: A, work: Callable[[A], T]) -> Job[A, T]:
    return Job(base, by, parallel.background(work, by))
