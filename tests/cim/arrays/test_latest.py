"""What is derived from the newest state is built one at a time, answers until the next is there, and tells failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from cim.arrays.latest import Latest


def always(_: str) -> bool:
    return True


def gated(value: str, begun: threading.Event, gate: threading.Event) -> Callable[[], str]:
    """Work that says that it has begun and waits for the gate."""

    def build() -> str:
        begun.set()
        assert gate.wait(30)
        return value

    return build


def broken() -> str:
    raise ValueError("no way out")


def test_the_first_is_waited_for_and_then_answers_until_the_next_is_built() -> None:
    changes: list[str | None] = []
    latest, begun, gate = Latest[str]("network", changes.append), threading.Event(), threading.Event()
    assert latest.get() is None
    latest.want(1, lambda: "one", fits=always)
    assert latest.get() == "one"
    latest.want(2, gated("two", begun, gate), fits=always)
    assert begun.wait(10) and latest.is_building
    assert latest.get() == "one"
    gate.set()
    assert latest.wait() == latest.get() == "two"
    assert not latest.is_building
    assert changes == ["one", "two"]


def test_of_many_that_are_wanted_during_a_build_only_the_newest_is_built_after_it() -> None:
    latest, begun, gate = Latest[str]("network", lambda _: None), threading.Event(), threading.Event()
    built: list[int] = []

    def counted(number: int) -> Callable[[], str]:
        def build() -> str:
            built.append(number)
            return str(number)

        return build

    latest.want(0, gated("0", begun, gate), fits=always)
    assert begun.wait(10)
    for number in range(1, 6):
        latest.want(number, counted(number), fits=always)
    gate.set()
    assert latest.wait() == "5"
    assert built == [5]
    latest.want(5, counted(5), fits=always)
    assert latest.wait() == "5" and built == [5], "it is in that state"


def test_what_does_not_fit_answers_no_longer() -> None:
    latest, begun, gate = Latest[str]("network", lambda _: None), threading.Event(), threading.Event()
    latest.want(1, lambda: "in metres of before", fits=always)
    latest.wait()
    latest.want(2, gated("in metres of now", begun, gate), fits=lambda value: value.endswith("now"))
    assert latest.value is None
    gate.set()
    assert latest.get() == "in metres of now"


def test_where_nothing_is_wanted_there_is_nothing_though_it_was_being_built() -> None:
    latest, begun, gate = Latest[str]("network", lambda _: None), threading.Event(), threading.Event()
    latest.want(1, gated("one", begun, gate), fits=always)
    assert begun.wait(10)
    latest.want_none()
    gate.set()
    assert latest.get() is None and latest.wait() is None
    latest.want(1, lambda: "again", fits=always)
    assert latest.wait() in ("one", "again")


def test_a_failure_is_raised_and_told_and_not_tried_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    latest, tries = Latest[str]("network", lambda _: None), []

    def failing() -> str:
        tries.append(1)
        return broken()

    for _ in range(3):
        latest.want(1, failing, fits=always)
        with pytest.raises(ValueError, match="no way out"):
            latest.get()
    assert tries == [1]
    assert latest.troubles == ["the network can't be built: no way out"]
    monkeypatch.setattr("cim.arrays.latest._AGAIN_S", 0.0)
    latest.want(1, failing, fits=always)
    with pytest.raises(ValueError, match="no way out"):
        latest.wait()
    assert tries == [1, 1]
    latest.want(2, lambda: "built", fits=always)
    assert latest.wait() == "built" and latest.troubles == []


def test_what_failed_and_is_not_wanted_any_more_is_no_trouble() -> None:
    latest, begun, gate = Latest[str]("network", lambda _: None), threading.Event(), threading.Event()

    def late() -> str:
        gated("", begun, gate)()
        return broken()

    latest.want(1, late, fits=always)
    assert begun.wait(10)
    latest.want(2, lambda: "two", fits=always)
    gate.set()
    assert latest.wait() == "two" and latest.troubles == []


def test_the_one_before_answers_while_the_newest_can_not_be_built() -> None:
    latest = Latest[str]("network", lambda _: None)
    latest.want(1, lambda: "one", fits=always)
    latest.wait()
    latest.want(2, broken, fits=always)
    until = time.monotonic() + 10
    while not latest.troubles and time.monotonic() < until:
        time.sleep(0.01)
    assert latest.get() == "one"
    latest.want(1, lambda: "one", fits=always)
    assert latest.troubles == [], "it is as it is wanted"
