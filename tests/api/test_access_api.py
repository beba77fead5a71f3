"""Who may see and change what: guests, other websites, preflights."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.support.api_client import Asker, said, small_city
from tests.support.record_bodies import IN_EAST, NEW, small_city_in


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with small_city_in(request, tmp_path_factory) as asker:
        yield asker


@pytest.fixture(scope="module")
def gpkg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("gpkg")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def test_a_caller_from_elsewhere_may_change_nothing(asker: Asker) -> None:
    guest = asker.elsewhere
    for name, body in NEW.items():
        assert "may only read" in said(guest.post(f"/{name}", body), 403)
    for address in ("/incidents/20260601-00001", "/resources/T-1", "/areas/430100"):
        assert "may only read" in said(
            guest.patch(address, {"name": "x"} if "inc" not in address else {}), 403
        )
        assert "may only read" in said(guest.delete(address), 403)
    assert asker.get("/incidents/20260601-00001").json()["properties"]["title"] == "中路积水"


def test_a_caller_from_elsewhere_sees_personal_data_masked_and_can_not_ask_by_it(asker: Asker) -> None:
    guest = asker.elsewhere
    shown = guest.get("/incidents/20260601-00001").json()["properties"]
    assert (shown["reporter_name"], shown["reporter_phone"]) == ("张**", "19*******34")
    (listed,) = guest.get("/incidents").json()["features"]
    assert listed["properties"]["reporter_phone"] == "19*******34"
    assert (
        asker.get("/incidents?reporter_phone=19900001234").json()["features"][0]["properties"][
            "reporter_name"
        ]
        == "张三丰"
    )
    for asked in ("reporter_phone=19900001234", "reporter_name=张三丰"):
        assert "personal data is masked" in said(guest.get(f"/incidents?{asked}"), 403)


EVIL = {"Origin": "https://evil.example"}


def test_a_change_sent_from_another_website_is_refused(gpkg: Asker) -> None:
    for method, path, body in (
        ("POST", "/incidents", NEW["incidents"]),
        ("PATCH", "/resources/T-1", {"name": "x"}),
        ("DELETE", "/resources/T-1", None),
    ):
        for origin in (EVIL, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}):
            refusal = said(gpkg.request(method, path, json=body, headers=origin), 403)
            assert refusal == "changes can't be made from another website"
    own = {"Origin": "http://127.0.0.1:8000"}
    made = gpkg.post("/incidents", NEW["incidents"], headers=own)
    assert made.status_code == 201
    assert gpkg.delete(f"/incidents/{made.json()['id']}", headers=own).status_code == 204


def test_a_website_whose_name_points_to_this_machine_is_another_website_all_the_same(gpkg: Asker) -> None:
    rebound = {"Origin": "http://evil.example:8000", "Host": "evil.example:8000"}
    assert said(gpkg.post("/incidents", NEW["incidents"], headers=rebound), 403)
    seen = gpkg.get("/incidents", headers={"Host": "evil.example:8000"}).json()["features"][0]["properties"]
    assert seen["reporter_phone"] == "19*******34"


def test_another_website_may_read_and_ask_but_sees_what_a_guest_sees(gpkg: Asker) -> None:
    listed = gpkg.get("/incidents", headers=EVIL)
    assert listed.headers["access-control-allow-origin"] == "*"
    assert listed.json()["features"][0]["properties"]["reporter_phone"] == "19*******34"
    asked = gpkg.post("/spatial/ownership", {"points": [IN_EAST]}, headers=EVIL)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, "*")
    refused = gpkg.get("/incidents?limit=0", headers=EVIL)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (400, "*")
    assert "access-control-allow-origin" not in gpkg.get("/incidents").headers


def test_preflights_let_reading_and_asking_pass_and_nothing_else(gpkg: Asker) -> None:
    def preflight(path: str, method: str) -> httpx.Response:
        return gpkg.request("OPTIONS", path, headers={**EVIL, "Access-Control-Request-Method": method})

    for path, method in (
        ("/tiles/incidents/0/0/0.mvt", "GET"),
        ("/incidents", "GET"),
        ("/spatial/nearest", "POST"),
    ):
        allowed = preflight(path, method)
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (204, "*")
        assert method in allowed.headers["access-control-allow-methods"]
        assert "content-type" in allowed.headers["access-control-allow-headers"]
    for path, method in (("/incidents", "POST"), ("/incidents/1", "PATCH"), ("/incidents/1", "DELETE")):
        refused = preflight(path, method)
        assert refused.status_code == 403
        assert "access-control-allow-origin" not in refused.headers


def test_head_is_get_without_its_body(gpkg: Asker) -> None:
    for path in (
        "/health",
        "/city",
        "/incidents",
        "/tiles/incidents/0/0/0.mvt",
        "/tiles/nope/0/0/0.mvt",
        "/",
    ):
        full, head = gpkg.get(path), gpkg.request("HEAD", path)
        assert head.status_code == full.status_code
        assert head.content == b""
        assert head.headers["content-length"] == full.headers["content-length"]
