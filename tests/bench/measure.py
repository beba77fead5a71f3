"""How a benchmark times ours and its peer: in turns, several rounds, medians; and the row it prints."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `ratio` is how the issue counts it; no target: for information."""

    what: str
    ours: str
    peer: str
    ratio: float | None = None
    target: str = ""
    ok: bool | None = None


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each round, ours and the peer's beside each other."""

    ours: list[float]
    peer: list[float]

    @property
    def ours_s(self) -> float:
        """The median of ours."""
        return statistics.median(self.ours)

    @property
    def peer_s(self) -> float:
        """The median of the peer."""
        return statistics.median(self.peer)

    @property
    def peer_by_ours(self) -> float:
        """How many times the peer takes: the median over the rounds, each of which ran both."""
        return statistics.median(p / o for o, p in zip(self.ours, self.peer, strict=True))


def seconds(work: Callable[[], object], at_least_s: float = 0.0) -> float:
    """Seconds of one call; the mean of as many as fit into `at_least_s`."""
    calls, begun = 0, time.perf_counter()
    while True:
        work()
        calls += 1
        passed = time.perf_counter() - begun
        if passed >= at_least_s:
            return passed / calls


def in_turns(
    ours: Callable[[], object], peer: Callable[[], object], rounds: int, *, at_least_s: float = 0.0
) -> Timing:
    """Time both in turns, so that whatever else the machine does meets both; one warm call of each first."""
    ours()
    peer()
    return measured(lambda: seconds(ours, at_least_s), lambda: seconds(peer, at_least_s), rounds)


def measured(ours: Callable[[], float], peer: Callable[[], float], rounds: int) -> Timing:
    """The same for work that gives its seconds itself; nothing is run beforehand."""
    pairs = [(ours(), peer()) for _ in range(rounds)]
    return Timing([o for o, _ in pairs], [p for _, p in pairs])


def said(seconds_: float) -> str:
    """Seconds as people read them.

    >>> said(0.00123), said(2.5)
    ('1.23 ms', '2.50 s')
    """
    if seconds_ >= 1.0:
        return f"{seconds_:.2f} s"
    return f"{seconds_ * 1e3:.2f} ms" if seconds_ >= 1e-3 else f"{seconds_ * 1e6:.1f} µs"


def faster(what: str, timing: Timing, at_least: float | None = None) -> Row:
    """The row of a timing that is to be so many times faster than its peer."""
    ratio = timing.peer_by_ours
    target = f"≥ {at_least:g} x" if at_least is not None else ""
    ok = None if at_least is None else ratio >= at_least
    return Row(what, said(timing.ours_s), said(timing.peer_s), ratio, target, ok)


def no_slower(what: str, timing: Timing, at_most: float | None = None) -> Row:
    """The row of a timing that may take at most so many times its peer's."""
    ratio = 1.0 / timing.peer_by_ours
    target = f"≤ {at_most:g} x" if at_most is not None else ""
    ok = None if at_most is None else ratio <= at_most
    return Row(what, said(timing.ours_s), said(timing.peer_s), ratio, target, ok)


def table(rows: list[Row]) -> str:
    """The rows as text in columns."""
    cells = [("what", "ours", "peer", "ratio", "target", "ok")]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}" if row.ratio < 10 else f"{row.ratio:.1f}"
        ok = {None: "", True: "yes", False: "NO"}[row.ok]
        cells.append((row.what, row.ours, row.peer, ratio, row.target, ok))
    widths = [max(len(line[i]) for line in cells) for i in range(6)]
    lines = [
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
    return "\n".join([lines[0], "-" * (sum(widths) + 10), *lines[1:]])
