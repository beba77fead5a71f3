"""Work for which nobody waits is done piece after piece, the newest of each key, and its failures are told."""

from __future__ import annotations

import threading
import time

from cim.arrays.backlog import Backlog


class Worker:
    """Does pieces when the gate is open and keeps which."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.begun, self.gate = threading.Event(), threading.Event()

    def __call__(self, piece: str) -> None:
        self.begun.set()
        assert self.gate.wait(30)
        if piece == "bad":
            raise ValueError("no room")
        self.done.append(piece)


def finish(backlog: Backlog[str, str]) -> None:
    until = time.monotonic() + 10
    while backlog.waiting:
        assert time.monotonic() < until
        time.sleep(0.005)


def test_pieces_are_done_in_order_and_of_each_key_the_newest() -> None:
    worker = Worker()
    backlog = Backlog[str, str]("{name}: {why}", worker)
    for key, piece in (("a", "a1"), ("b", "b1"), ("c", "c1"), ("b", "b2")):
        backlog.put(key, piece)
    assert worker.begun.wait(10)
    backlog.put("a", "a2")  # while a1 is at work
    assert backlog.waiting == ["a", "b", "c"]
    worker.gate.set()
    finish(backlog)
    assert worker.done == ["a1", "a2", "b2", "c1"]


def test_others_take_the_place_of_all_that_wait() -> None:
    worker = Worker()
    backlog = Backlog[str, str]("{name}: {why}", worker)
    backlog.replace({"a": "a1", "b": "b1"})
    assert worker.begun.wait(10)
    backlog.replace({"b": "b2"})
    worker.gate.set()
    finish(backlog)
    assert worker.done == ["a1", "b2"]


def test_a_failure_is_told_until_it_goes_well_and_the_others_are_done() -> None:
    worker = Worker()
    worker.gate.set()
    backlog = Backlog[str, str]("the roads for {name} are not ready: {why}", worker, str.upper)
    backlog.replace({"car": "bad", "walk": "walk"})
    finish(backlog)
    assert worker.done == ["walk"]
    assert backlog.troubles == ["the roads for CAR are not ready: no room"]
    backlog.put("car", "car")
    finish(backlog)
    assert backlog.troubles == []
    backlog.put("car", "bad")
    finish(backlog)
    assert backlog.troubles
    backlog.replace({})
    assert backlog.troubles == [], "it was of what is gone"


def test_once_it_is_closed_no_other_piece_begins() -> None:
    worker = Worker()
    backlog = Backlog[str, str]("{name}: {why}", worker)
    backlog.replace({"a": "a1", "b": "b1"})
    assert worker.begun.wait(10)
    backlog.close()
    worker.gate.set()
    finish(backlog)
    backlog.put("c", "c1")
    assert backlog.waiting == [] and worker.done == ["a1"]
