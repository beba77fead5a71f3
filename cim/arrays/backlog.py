"""Work in the background for which nobody waits: piece after piece, in one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping
from typing import Generic, TypeVar

from cim.arrays import parallel
from cim.arrays.failures import Failures

K = TypeVar("K", bound=Hashable)
P = TypeVar("P")


class Backlog(Generic[K, P]):
    """Pieces of work by key, done one after another by a thread that lives while there are any.

    `work` does a piece; a piece that comes while one of its key waits takes its place. `name_of` names a key in
    `trouble`, a sentence of a `{name}` and a `{why}`.
    """

    def __init__(self, trouble: str, work: Callable[[P], None], name_of: Callable[[K], str] = str) -> None:
        self._work = work
        self._name_of = name_of
        self._lock = threading.Lock()
        self._pieces: dict[K, P] = {}
        self._is_at_work = self._is_closed = False
        self._failures = Failures(trouble)

    def put(self, key: K, piece: P) -> None:
        """Have a piece done."""
        with self._lock:
            self._pieces[key] = piece
            self._begin()

    def replace(self, pieces: Mapping[K, P]) -> None:
        """Have these pieces done and none of those that wait; what failed before is told no longer."""
        with self._lock:
            self._pieces = dict(pieces)
            self._failures.forget()
            self._begin()

    def close(self) -> None:
        """Begin no other piece."""
        with self._lock:
            self._is_closed = True
            if not self._is_at_work:
                self._pieces.clear()

    @property
    def waiting(self) -> list[K]:
        """The keys of what is not done yet, the one at work first."""
        with self._lock:
            return list(self._pieces)

    @property
    def troubles(self) -> list[str]:
        """What failed and why, for `/health`."""
        return self._failures.sentences

    def _begin(self) -> None:
        """Start the thread, where none is at work; the lock is held."""
        if self._is_closed:
            self._pieces.clear()
        elif self._pieces and not self._is_at_work:
            self._is_at_work = True
            parallel.background(self._run)

    def _run(self) -> None:
        while True:
            with self._lock:
                if self._is_closed or not self._pieces:
                    self._pieces.clear()
                    self._is_at_work = False
                    return
                key = next(iter(self._pieces))
                piece = self._pieces[key]
            try:
                self._work(piece)
            except Exception as error:  # noqa: BLE001 - nobody waits for this thread; /health says it
                failed: Exception | None = error
            else:
                failed = None
            with self._lock:
                if self._pieces.get(key) is piece:
                    del self._pieces[key]
                    self._failures.note(self._name_of(key), failed)
