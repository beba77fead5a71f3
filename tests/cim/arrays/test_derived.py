"""What is derived from a base is built once for all, kept in a file where there is room, and its failures are told."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cim.arrays.derived import Derived, open_or_build


def opened(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


def write(text: str, file: Path) -> None:
    """Whole or not at all, as what is kept is saved (`cim.arrays.bundle.save`)."""
    draft = file.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(file)


def no_room(_: str, __: Path) -> None:
    raise OSError("no space left on device")


def never() -> str:
    raise AssertionError("it is kept already")


def test_what_is_kept_is_opened_not_built_again(tmp_path: Path) -> None:
    place = tmp_path / "index.bin"
    assert open_or_build(place, opened, lambda: "built", write) == "built"
    assert open_or_build(place, opened, never, write) == "built"


def test_of_several_that_want_it_one_builds_it(tmp_path: Path) -> None:
    built, all_here = [], threading.Barrier(4)

    def build() -> str:
        built.append(1)
        return "built"

    def ask(_: int) -> str:
        all_here.wait(10)
        return open_or_build(tmp_path / "index.bin", opened, build, write)

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == ["built"] * 4
    assert built == [1]


def test_on_a_full_disk_it_is_answered_from_memory_and_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "citybase"):
        assert open_or_build(tmp_path / "index.bin", opened, lambda: "built", no_room) == "built"
    assert "index.bin is answered from memory" in caplog.text
    assert not (tmp_path / "index.bin").exists()


def test_where_the_folder_is_gone_it_is_built_and_not_kept(tmp_path: Path) -> None:
    assert open_or_build(tmp_path / "gone" / "index.bin", opened, lambda: "built", write) == "built"
    assert not (tmp_path / "gone").exists()


def test_what_it_replaces_is_removed_once_it_is_kept(tmp_path: Path) -> None:
    (tmp_path / "roads-old.bin").write_text("old")
    open_or_build(tmp_path / "roads-new.bin", opened, lambda: "new", write, replaces="roads-*.bin")
    assert [file.name for file in tmp_path.glob("*.bin")] == ["roads-new.bin"]


def test_one_base_has_one_job_and_the_next_base_another() -> None:
    derived = Derived[int, str]("the index of {name} can't be built: {why}")
    base, following = object(), object()
    job = derived.begin("roads", base, lambda: 2, lambda n: "a" * n)
    assert derived.begin("roads", base, lambda: 3, lambda n: "a" * n) is job
    assert (job.by, job.result.result(10)) == (2, "aa")
    assert derived.begin("roads", following, lambda: 3, lambda n: "a" * n).result.result(10) == "aaa"


def test_what_was_built_ahead_takes_its_place_with_its_base() -> None:
    derived = Derived[int, str]("the index of {name} can't be built: {why}")
    following = object()
    derived.begin("roads", object(), lambda: 1, str)
    derived.build_ahead("roads", following, 2, str)
    assert derived.begin("roads", following, lambda: 3, str).result.result(10) == "2"


def test_a_failure_is_told_until_a_build_goes_well_or_the_layer_is_gone() -> None:
    noted = threading.Semaphore(0)
    derived = Derived[int, float]("the index of {name} can't be built: {why}", noted.release)
    for name in ("roads", "water"):
        derived.begin(name, object(), lambda: 0, lambda n: 1 / n)
        assert noted.acquire(timeout=10)
    assert derived.troubles == [
        "the index of roads can't be built: division by zero",
        "the index of water can't be built: division by zero",
    ]
    derived.begin("roads", object(), lambda: 1, lambda n: 1 / n)
    assert noted.acquire(timeout=10)
    assert derived.forget(lambda name: name == "water") == ["water"]
    assert derived.troubles == []


def test_what_failed_is_built_again_when_it_is_asked_for_after_a_while_and_not_before() -> None:
    tries: list[int] = []

    def fails_once(_: int) -> str:
        tries.append(1)
        if len(tries) == 1:
            raise ValueError("no room")
        return "built"

    patient = Derived[int, str]("{name}: {why}", again_s=3600.0)
    for _ in range(3):
        patient.begin("roads", 7, lambda: 1, fails_once)
        patient.wait(10)
    assert (tries, patient.troubles) == ([1], ["roads: no room"])
    tries.clear()
    eager = Derived[int, str]("{name}: {why}", again_s=0.0)
    for _ in range(3):
        job = eager.begin("roads", 7, lambda: 1, fails_once)
        eager.wait(10)
    assert (tries, job.result.result(), eager.troubles) == ([1, 1], "built", [])


def test_a_failure_of_a_base_that_is_gone_is_not_told() -> None:
    derived, gate = Derived[int, str]("{name}: {why}"), threading.Event()

    def late(_: int) -> str:
        assert gate.wait(30)
        raise ValueError("its folder is gone")

    derived.begin("roads", 1, lambda: 1, late)
    derived.begin("water", 1, lambda: 1, late)
    derived.begin("roads", 2, lambda: 1, lambda _: "built")
    derived.forget(lambda name: name == "water")
    gate.set()
    derived.wait(10)
    assert derived.troubles == []


def test_a_failure_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    derived = Derived[int, float]("{name}: {why}", again_s=0.0)
    for _ in range(3):
        derived.begin("roads", 1, lambda: 0, lambda n: 1 / n)
        derived.wait(10)
    assert caplog.text.count("roads: division by zero") == 1
