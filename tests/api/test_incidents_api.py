"""Incidents over HTTP: case numbers, statuses and their history, on both stores."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator

import pytest

from tests.support.api_client import Asker, said
from tests.support.record_bodies import IN_EAST, NEW, created, removed, small_city_in


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with small_city_in(request, tmp_path_factory) as asker:
        yield asker


def test_incidents_placed_at_once_get_case_numbers_of_their_own(asker: Asker) -> None:
    codes: list[str] = []
    threads = [
        threading.Thread(target=lambda: codes.append(created(asker, "incidents")["id"])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(int(code.split("-")[1]) for code in codes)
    assert numbers == list(range(numbers[0], numbers[0] + 8))
    for code in codes:
        removed(asker, "incidents", code)


def test_a_new_incident_gets_a_case_number_of_the_day_status_level_and_times(asker: Asker) -> None:
    made = created(asker, "incidents")
    p = made["properties"]
    day = dt.datetime.now(dt.UTC).astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y%m%d")
    assert re.fullmatch(day + r"-\d{5}", made["id"])
    assert (p["status"], p["level"], p["datum"]) == ("reported", "general", "wgs84")
    assert p["reported_at"] == p["updated_at"]
    following = created(asker, "incidents")
    assert int(following["id"][-5:]) == int(made["id"][-5:]) + 1
    removed(asker, "incidents", made["id"])
    removed(asker, "incidents", following["id"])


def test_the_number_of_a_removed_incident_is_not_given_again(asker: Asker) -> None:
    first = created(asker, "incidents")
    removed(asker, "incidents", first["id"])
    second = created(asker, "incidents")
    assert int(second["id"][-5:]) == int(first["id"][-5:]) + 1
    assert len(asker.get(f"/incidents/{second['id']}/history").json()["history"]) == 1
    again = said(asker.post("/incidents", {**NEW["incidents"], "code": first["id"]}), 409)
    assert "was used before" in again
    removed(asker, "incidents", second["id"])


def test_codes_that_people_made_up_do_not_upset_the_numbering(asker: Asker) -> None:
    first = created(asker, "incidents")
    day = first["id"][:8]
    made_up = [created(asker, "incidents", code=f"{day}-{end}")["id"] for end in ("abc", "~", "99999x", "十")]
    over = created(asker, "incidents", code=f"{day}-99999")["id"]
    following = [created(asker, "incidents")["id"] for _ in range(2)]
    assert following == [f"{day}-100000", f"{day}-100001"]
    for code in (first["id"], *made_up, over, *following):
        removed(asker, "incidents", code)


def test_the_history_keeps_every_status_with_when_who_and_the_note(asker: Asker) -> None:
    code = created(asker, "incidents", note="市民来电")["id"]
    for status, note in (
        ("accepted", None),
        ("dispatched", "派排水一队"),
        ("handling", None),
        ("closed", "已修复"),
    ):
        assert asker.patch(f"/incidents/{code}", {"status": status, "note": note}).status_code == 200
    asker.patch(f"/incidents/{code}", {"title": "换标题"})  # no step, no line
    asker.patch(f"/incidents/{code}", {"status": "closed"})  # the same again is no step either
    asker.patch(f"/incidents/{code}", {"note": "回访满意"})  # a note alone is a line
    history = asker.get(f"/incidents/{code}/history").json()["history"]
    assert [(h["status"], h["note"]) for h in history] == [
        ("reported", "市民来电"),
        ("accepted", None),
        ("dispatched", "派排水一队"),
        ("handling", None),
        ("closed", "已修复"),
        ("closed", "回访满意"),
    ]
    assert {h["actor"] for h in history} == {"local"}
    times = [dt.datetime.fromisoformat(h["at"]) for h in history]
    assert times == sorted(times)
    assert abs(dt.datetime.now(dt.UTC) - times[-1]) < dt.timedelta(minutes=1)
    removed(asker, "incidents", code)


def test_a_closed_incident_can_only_go_back_to_handling(asker: Asker) -> None:
    code = created(asker, "incidents")["id"]
    for ended in ("closed", "cancelled"):
        asker.patch(f"/incidents/{code}", {"status": ended})
        for step in ("reported", "dispatched", "cancelled" if ended == "closed" else "closed"):
            refusal = said(asker.patch(f"/incidents/{code}", {"status": step}), 400)
            assert (
                refusal == f"an incident that is {ended} can only go back to handling (返工), not to {step}"
            )
        assert (
            asker.patch(f"/incidents/{code}", {"status": "handling"}).json()["properties"]["status"]
            == "handling"
        )
    assert [h["status"] for h in asker.get(f"/incidents/{code}/history").json()["history"]] == [
        "reported",
        "closed",
        "handling",
        "cancelled",
        "handling",
    ]
    removed(asker, "incidents", code)


def test_a_refused_step_changes_nothing_else_either(asker: Asker) -> None:
    code = created(asker, "incidents")["id"]
    before = asker.get(f"/incidents/{code}").json()
    said(asker.patch(f"/incidents/{code}", {"title": "新", "status": "solved", "position": IN_EAST}), 400)
    assert asker.get(f"/incidents/{code}").json() == before
    assert len(asker.get(f"/incidents/{code}/history").json()["history"]) == 1
    removed(asker, "incidents", code)


def test_times_are_stored_in_utc_whatever_their_zone(asker: Asker) -> None:
    made = created(asker, "incidents", reported_at="2026-06-01T08:30:00+08:00")
    assert dt.datetime.fromisoformat(made["properties"]["reported_at"]) == dt.datetime(
        2026, 6, 1, 0, 30, tzinfo=dt.UTC
    )
    removed(asker, "incidents", made["id"])
