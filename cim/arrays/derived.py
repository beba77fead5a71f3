"""What is derived from a base and kept in a file beside it: text indexes, road networks, the levels of tiles.

It is opened where it is kept already; else one process builds it while the others wait, and a thread of its own does
so. The file appears at once and whole (`cim.arrays.bundle`). Where the disk is full it is answered from memory.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from cim.arrays import bundle, drafts, parallel
from cim.arrays.failures import Failures

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
        lock = drafts.lock_file(place.with_name(f".{place.stem}.lock"))
    except OSError:
        return build()  # a newer base has taken its place and the folder is gone, or nothing can be written
    with lock:
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


class Start(Protocol):
    """How a thread begins to build (`cim.arrays.parallel`)."""

    def __call__(self, work: Callable[[], T], /) -> Future[T]:
        """The work's result or error."""


class Derived(Generic[A, T]):
    """What is derived from the bases of layers, by name: built by a thread of its own, once for each base.

    `trouble` says of a `{name}` that it can't be built, and `{why}`; after `again_s` seconds what failed is built
    again when it is asked for (None: never for the same base). `on_ready` is called after each build that came into
    use, well or not.
    """

    def __init__(
        self,
        trouble: str,
        on_ready: Callable[[], None] | None = None,
        *,
        again_s: float | None = None,
        start: Start = parallel.background,
    ) -> None:
        self._on_ready = on_ready
        self._again_s = again_s
        self._start = start
        self._lock = threading.Lock()
        self._jobs: dict[str, Job[A, T]] = {}
        self._ahead: dict[str, Job[A, T]] = {}
        self._running: set[Future[T]] = set()
        self._failures = Failures(trouble)

    def begin(self, name: str, base: object, by: Callable[[], A], work: Callable[[A], T]) -> Job[A, T]:
        """The job of a base: the one there is, or one that begins now. `work` is given what `by` gave."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.base == base and not self._is_to_be_tried_again(name, job):
                return job
            ahead = self._ahead.pop(name, None)
            if ahead is not None and ahead.base == base:
                job = ahead
                self._failures.note(name, ahead.result.exception())
            else:
                job = self._job(name, base, by(), work)
            self._jobs[name] = job
        job.result.add_done_callback(self._tell)
        return job

    def build_ahead(self, name: str, base: object, by: A, work: Callable[[A], T]) -> None:
        """Build for a base that is going to take the place of the one before, and wait for it."""
        job = self._job(name, base, by, work)
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
                self._failures.forget(name)
            return gone

    def wait(self, seconds: float) -> None:
        """Wait until all that was begun is built, but no longer than so many seconds."""
        wait(self._running.copy(), timeout=seconds)

    @property
    def troubles(self) -> list[str]:
        """What could not be built, and why, for `/health`."""
        return self._failures.sentences

    def _is_to_be_tried_again(self, name: str, job: Job[A, T]) -> bool:
        return (
            self._again_s is not None
            and job.result.done()
            and job.result.exception() is not None
            and not self._failures.is_recent(name, self._again_s)
        )

    def _job(self, name: str, base: object, by: A, work: Callable[[A], T]) -> Job[A, T]:
        def build() -> T:
            try:
                built = work(by)
            except BaseException as error:
                self._note(name, base, error)
                raise
            self._note(name, base, None)
            return built

        result = self._start(build)
        self._running.add(result)
        result.add_done_callback(self._running.discard)
        return Job(base, by, result)

    def _note(self, name: str, base: object, error: BaseException | None) -> None:
        """Keep how a build ended, unless its layer is gone or has another base by now."""
        with self._lock:
            job = self._jobs.get(name)
            if job is not None and job.base == base:
                self._failures.note(name, error)

    def _tell(self, _: Future[T]) -> None:
        if self._on_ready is not None:
            self._on_ready()
