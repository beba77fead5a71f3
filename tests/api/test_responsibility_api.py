"""Responsibility, the calendar and duplicates through the doors: HTTP and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cim.city import City
from spatial_api.cli.main import main
from tests.support import responsibility
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said
from tests.support.record_bodies import SHIFTED, TRUE

HERE = list(responsibility.HERE)
MORNING = "2026-06-01T09:00:00+08:00"


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("duty")
    url = f"gpkg:///{folder / 'city.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("cluster").new_database()
    with small.build(url, folder / "s") as made:
        responsibility.prepared(made, folder)
    with asking(made.settings) as asked:
        yield asked


def responsible(asker: Asker, **body: Any) -> dict[str, Any]:
    answer = asker.post("/spatial/responsible", {"point": HERE, "at": MORNING, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_who_acts_by_when_and_why(asker: Asker) -> None:
    answer = responsible(asker, **{"class": "C01003", "condition": "井盖缺失"})
    assert answer["lead"] == {
        "code": "GD",
        "name": "供电公司",
        "name_en": None,
        "kind": "power",
        "phone": None,
    }
    assert [(u["code"], u["as_zh"], u["as_en"]) for u in answer["assisting"]] == [
        ("GA-W", "属地区县的 police 类单位", "the police unit of the district"),
        ("PS", "养护单位", "maintainer"),
    ]
    assert answer["rule"] == {
        "key": "owner_first",
        "zh": "部件先属主后属地",
        "en": "a component's owner first, then the place",
    }
    assert answer["deadline"] == {
        "begin": MORNING,
        "due": "2026-06-01T11:00:00+08:00",
        "amount": 2.0,
        "clock": "urgent_hour",
        "zh": "2 紧急工作时",
        "en": "2 urgent hours",
        "holidays_known": True,
    }
    assert answer["component"]["id"] == "W-1"
    assert answer["why"]["zh"] == [
        "类别 C01003 雨水井盖（部件，GB/T 47678.5-2026）",
        "匹配部件 W-1 雨水井盖一，相距 11.1 米；权属单位 供电公司，养护单位 排水中心",
        "权责清单：立案条件“缺失、移位”",
        "部件先属主后属地：权属单位 供电公司",
        "时限 2 紧急工作时，自 2026-06-01 09:00 起，至 2026-06-01 11:00（北京时间）",
    ]
    assert answer["why"]["en"][-1] == (
        "2 urgent hours from 2026-06-01 09:00 end 2026-06-01 11:00 (Beijing time)"
    )


def test_bare_digits_take_their_kind_and_scheme(asker: Asker) -> None:
    assert responsible(asker, **{"class": "01003", "kind": "component"})["class"]["key"] == "C01003"
    old = responsible(asker, **{"class": "0103", "kind": "component", "scheme": "2013"})
    assert (old["class"]["key"], old["class"]["same"], old["lead"]["code"]) == ("C0103", ["C01003"], "GD")


def test_a_report_without_a_time_begins_now(asker: Asker) -> None:
    body = {"class": "M06010", "point": HERE}
    deadline = asker.post("/spatial/responsible", body).json()["deadline"]
    begin = dt.datetime.fromisoformat(deadline["begin"])
    assert abs((begin - dt.datetime.now(dt.UTC)).total_seconds()) < 60
    assert dt.datetime.fromisoformat(deadline["due"]) > begin


def test_a_position_is_read_in_its_datum(asker: Asker) -> None:
    one = responsible(asker, **{"class": "M06010", "point": TRUE})
    assert responsible(asker, **{"class": "M06010", "point": SHIFTED, "datum": "gcj02"}) == one


def test_many_reports_are_answered_in_their_order(asker: Asker) -> None:
    reports = [
        {"class": "M06010", "point": HERE, "at": MORNING},
        {"class": "E0406", "point": list(responsibility.NORTH), "at": MORNING},
    ]
    results = asker.post("/spatial/responsible", {"reports": reports}).json()["results"]
    assert results == [responsible(asker, **r) for r in reports]
    assert asker.post("/spatial/responsible", {"reports": []}).json() == {"results": []}


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"class": "雨水蓖子", "point": HERE}, 404, "close: C01004 雨水箅子"),
        ({"class": "01003", "point": HERE}, 400, "write C01003 or M01003"),
        ({"class": "C01003", "kind": "matter", "point": HERE}, 400, "a component of 2026"),
        ({"class": "C01003"}, 400, "a report has a point"),
        ({"point": HERE}, 400, "a report has a class"),
        ({}, 400, 'a class and a point; or say "reports"'),
        ({"class": "C01003", "point": HERE, "reports": []}, 400, "one of the two"),
        ({"class": "C01003", "point": [28.12, 112.91]}, 400, "lat"),
        ({"class": "C01003", "point": HERE, "component": "W-9"}, 404, "there is none with code 'W-9'"),
        ({"class": "C01003", "point": HERE, "component": "L-1"}, 400, "is of class C01037"),
        ({"class": "C01003", "point": HERE, "at": "2026-06-01 09:00"}, 422, "at"),
        ({"class": "C01003", "point": HERE, "at": "1800-01-01T00:00:00Z"}, 422, "1900"),
        ({"class": "C01003", "point": HERE, "scheme": "2001"}, 422, "scheme"),
        ({"class": "", "point": HERE}, 422, "class"),
        ({"class": "C01003", "point": HERE, "klass": 1}, 422, "klass"),
        ({"reports": [{"class": "C01003"}]}, 422, "point"),
        (
            {"reports": [{"class": "M06010", "point": HERE}, {"class": "雨水蓖子", "point": HERE}]},
            422,
            "row 2",
        ),
        ({"reports": [{"class": "M06010", "point": HERE}] * 10_001}, 400, "at most 10000"),
    ],
)
def test_a_question_that_can_not_be_answered_says_why(
    asker: Asker, body: dict[str, Any], status: int, why: str
) -> None:
    assert why in said(asker.post("/spatial/responsible", body), status)


def test_the_list_and_the_calendar_are_there_to_see(asker: Asker) -> None:
    answer = asker.get("/responsibility").json()
    assert answer["count"] == len(answer["rules"]) == 7
    assert answer["rules"][0] == {
        "class": "C01003",
        "name": "雨水井盖",
        "key": "missing",
        "condition": "缺失、移位",
        "lead": "owner|PS",
        "assist": ["police@district"],
        "closing": "恢复",
        "basis": "样表",
        "similar_m": None,
        "similar_h": None,
        "crews": "",
        "affect_m": None,
        "close_m": None,
        "limit": {
            "amount": 2.0,
            "clock": "urgent_hour",
            "zh": "2 紧急工作时",
            "en": "2 urgent hours",
        },
    }
    assert [r["key"] for r in asker.get("/responsibility?q=雨水井盖").json()["rules"]] == [
        "missing",
        "broken",
    ]
    assert asker.get("/responsibility?q=M09006").json() == {"rules": [], "count": 0}
    assert "is not known" in said(asker.get("/responsibility?q=X"), 404)
    calendar = asker.get("/calendar").json()
    assert calendar["office_hours"] == ["08:00-12:00", "14:00-18:00"]
    assert (calendar["day_counting"], calendar["time_zone"]) == ("closing", "Asia/Shanghai")
    assert calendar["days"][0] == {"day": "2026-06-19", "works": False, "name": "端午节"}


def test_a_guest_may_ask_and_sees_no_personal_data(asker: Asker) -> None:
    guest = asker.elsewhere
    body = {"class": "M06010", "point": HERE}
    assert guest.post("/spatial/responsible", body).status_code == 200
    assert guest.post("/spatial/duplicates", body).status_code == 200
    assert guest.get("/responsibility").status_code == guest.get("/calendar").status_code == 200


def test_a_new_incident_comes_with_those_that_may_be_the_same(asker: Asker) -> None:
    body = {"title": "垃圾堆放", "class": "M06010", "position": [112.97, 28.11]}
    first = asker.post("/incidents", body).json()
    assert first["duplicates"] == []
    second = asker.post("/incidents", {**body, "class": "E0110"}).json()
    (same,) = second["duplicates"]
    assert (same["id"], same["text_likeness"], same["title"]) == (first["id"], 1.0, "垃圾堆放")
    assert same["score"] > 0.99
    assert "duplicates" not in asker.get(f"/incidents/{second['id']}").json()
    listed = asker.get(f"/incidents/{first['id']}/duplicates").json()["duplicates"]
    assert [c["id"] for c in listed] == [second["id"]]
    assert "there is none" in said(asker.get("/incidents/X/duplicates"), 404)
    asked = {"class": "暴露垃圾", "point": [112.97, 28.11], "text": "垃圾堆放"}
    one = asker.post("/spatial/duplicates", asked).json()["duplicates"]
    assert {c["id"] for c in one} == {first["id"], second["id"]}
    many = asker.post("/spatial/duplicates", {"reports": [asked, {**asked, "class": "M06012"}]}).json()[
        "results"
    ]
    assert [len(r["duplicates"]) for r in many] == [2, 0]
    for incident in (first, second):
        assert asker.delete(f"/incidents/{incident['id']}").status_code == 204


def test_of_twins_that_come_at_once_at_least_one_is_told_of_the_other(asker: Asker) -> None:
    import concurrent.futures

    body = {"title": "噪声", "class": "M06028", "position": [112.975, 28.11]}
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        twins = [a.json() for a in pool.map(lambda _: asker.post("/incidents", body), range(2))]
    assert any(twin["duplicates"] for twin in twins)
    for twin in twins:
        asker.delete(f"/incidents/{twin['id']}")


# -- the command line --------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a command on a small city in a GeoPackage: exit status, what it printed, what it complained of."""
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    with small.build(url, tmp_path / "s") as made:
        responsibility.prepared(made, tmp_path)
    monkeypatch.setattr("spatial_api.cli.terminal.out.width", 200)
    monkeypatch.setenv("CITYBASE_STORE", url)
    monkeypatch.setenv("CITYBASE_SNAPSHOTS", str(tmp_path / "s"))

    def ran(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["citybase", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return ran


def test_a_list_is_loaded_checked_and_shown(run: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "新清单.csv", tmp_path / "坏.csv"
    good.write_bytes("类别,牵头单位,时限,备注列\n暴露垃圾,街道,4工作时,x\n".encode("gbk"))
    bad.write_text("类别,牵头单位,时限\n暴露垃圾,街道,4工作时\n暴露,街,4小时\n", "utf-8")
    status, told, _ = run("responsibility", "check", str(good))
    assert (status, "1 rules, all of them good" in told) == (0, True)
    status, told, _ = run("responsibility", "show")
    assert "雨水井盖" in told and "owner|PS" in told  # checking wrote nothing
    status, _, complaint = run("responsibility", "load", str(bad))
    assert status == 1
    assert complaint.count("row 2:") == 3 and "nothing was written" in complaint
    status, told, _ = run("responsibility", "load", str(good))
    assert status == 0 and "1 rules are the responsibility list now" in told
    assert "column '备注列' is no field" in told
    _, told, _ = run("responsibility", "show")
    assert "暴露垃圾" in told and "雨水井盖" not in told
    status, told, _ = run("responsibility", "check")
    assert (status, told.strip()) == (0, "1 rules, all of them good")


def test_a_list_of_units_that_are_gone_is_found_out(run: Any, tmp_path: Path) -> None:
    from cim.access.caller import LOCAL
    from cim.operations import records

    with City.open(small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s")) as city:
        records.remove(city.writer, "units", "GD", LOCAL)
    status, _, complaint = run("responsibility", "check")
    assert status == 1 and "E0406 1: unit 'GD' is not known" in complaint


def test_a_calendar_is_loaded_and_shown(run: Any, tmp_path: Path) -> None:
    days = tmp_path / "2027.csv"
    days.write_text("日期,类型,名称\n2027-01-01,休,元旦\n", "utf-8")
    status, told, _ = run("calendar", "load", str(days))
    assert status == 0 and "1 days are in the calendar now" in told
    _, told, _ = run("calendar", "show")
    assert "2027-01-01" in told and "2026-06-27" in told and "端午节" in told
    status, _, complaint = run("calendar", "load", str(tmp_path / "none.csv"))
    assert status == 1 and "none.csv" in complaint
