"""The REST resources of what is placed: made, read, changed, removed, refused and listed, on both stores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import h3
import pytest

from tests.support.api_client import Asker, said, small_city
from tests.support.record_bodies import (
    IN_EAST,
    IN_SOUTH_GRID,
    NEW,
    OUTSIDE,
    SHIFTED,
    SQUARE,
    TRUE,
    created,
    removed,
    small_city_in,
)


@pytest.fixture(scope="module", params=["gpkg", "postgis"])
def asker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with small_city_in(request, tmp_path_factory) as asker:
        yield asker


@pytest.fixture(scope="module")
def gpkg(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("gpkg")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


# -- one of them: create, read, change, remove -------------------------------------------------------


@pytest.mark.parametrize("name", list(NEW))
def test_a_thing_is_made_read_changed_and_removed(asker: Asker, name: str) -> None:
    made = created(asker, name)
    code = made["id"]
    if name != "areas":
        assert made["geometry"] == {"type": "Point", "coordinates": IN_SOUTH_GRID}
    assert asker.get(f"/{name}/{code}").json() == made
    field = "title" if name == "incidents" else "name"
    changed = asker.patch(f"/{name}/{code}", {field: "改了名"}).json()
    assert changed["properties"][field] == "改了名"
    assert changed["geometry"] == made["geometry"]
    kept = {k: v for k, v in made["properties"].items() if k not in (field, "updated_at")}
    assert {k: v for k, v in changed["properties"].items() if k in kept} == kept
    assert asker.get(f"/{name}/{code}").json() == changed
    removed(asker, name, code)
    for answer in (
        asker.get(f"/{name}/{code}"),
        asker.patch(f"/{name}/{code}", {}),
        asker.delete(f"/{name}/{code}"),
    ):
        assert f"there is none with code '{code}'" in said(answer, 404)


@pytest.mark.parametrize("name", ["incidents", "resources", "sensors", "components", "units"])
def test_owners_and_h3_cell_are_filled_in_and_refilled_when_it_moves(asker: Asker, name: str) -> None:
    made = created(asker, name)
    p = made["properties"]
    assert [p[level] for level in ("city", "district", "street", "community", "duty_grid", "unit_grid")] == [
        "430100",
        "430102",
        "430102001",
        "430102001001",
        "430102001001R01",
        "430102001001001",
    ]
    assert p["h3"] == h3.latlng_to_cell(IN_SOUTH_GRID[1], IN_SOUTH_GRID[0], 12)
    moved = asker.patch(f"/{name}/{made['id']}", {"position": IN_EAST}).json()
    p = moved["properties"]
    assert moved["geometry"]["coordinates"] == IN_EAST
    assert (p["district"], p["street"], p["community"], p["unit_grid"]) == ("430103", "430103001", None, None)
    assert p["h3"] == h3.latlng_to_cell(IN_EAST[1], IN_EAST[0], 12)
    away = asker.patch(f"/{name}/{made['id']}", {"position": OUTSIDE}).json()["properties"]
    assert (away["city"], away["district"]) == (None, None)
    assert away["h3"] is not None
    renamed = asker.patch(
        f"/{name}/{made['id']}", {{"units": "phone", "components": "owner"}.get(name, "unit"): "1"}
    ).json()
    assert renamed["properties"]["h3"] == away["h3"]
    removed(asker, name, made["id"])


def test_a_position_in_gcj02_is_stored_where_it_truly_is_and_its_datum_kept(asker: Asker) -> None:
    made = created(asker, "incidents", position=SHIFTED, datum="gcj02")
    assert made["geometry"]["coordinates"] == pytest.approx(TRUE, abs=2e-7)
    assert made["properties"]["datum"] == "gcj02"
    # A change that moves nothing leaves the datum alone.
    changed = asker.patch(f"/incidents/{made['id']}", {"title": "x"}).json()
    assert changed["properties"]["datum"] == "gcj02"
    area = {**NEW["areas"], "datum": "bd09"}
    west = asker.post("/areas", area).json()["geometry"]["coordinates"][0][0]
    assert west[0] == pytest.approx(112.96 - 0.0119, abs=5e-4)
    removed(asker, "areas", area["code"])
    removed(asker, "incidents", made["id"])


def test_a_unit_needs_no_position_and_may_get_one_later(asker: Asker) -> None:
    answer = asker.post("/units", {"code": "U-7", "name": "处"})
    assert (answer.status_code, answer.json()["geometry"]) == (201, None)
    assert answer.json()["properties"]["h3"] is None
    placed = asker.patch("/units/U-7", {"position": IN_EAST}).json()
    assert placed["properties"]["district"] == "430103"
    removed(asker, "units", "U-7")


def test_a_code_in_chinese_or_with_signs_is_read_back_under_its_address(asker: Asker) -> None:
    for code in ("长沙-001", "a b", "50%", "?x=1#y", "楼(3)"):
        created(asker, "resources", code=code)
        path = f"/resources/{quote(code, safe='')}"
        answer = asker.get(path)
        assert answer.json()["id"] == code
        assert asker.delete(path).status_code == 204


def test_a_taken_code_is_a_conflict_and_the_first_stays(asker: Asker) -> None:
    for name, code in (
        ("resources", "T-1"),
        ("sensors", "W-1"),
        ("units", "U-WEST"),
        ("areas", "430100"),
        ("incidents", "20260601-00001"),
    ):
        before = asker.get(f"/{name}/{code}").json()
        refusal = said(asker.post(f"/{name}", {**NEW[name], "code": code}), 409)
        assert refusal.startswith(f"{name}: code '{code}' is taken")
        assert asker.get(f"/{name}/{code}").json() == before


def test_of_two_who_place_the_same_code_at_once_one_gets_a_conflict(asker: Asker) -> None:
    for round_ in range(3):
        statuses: list[int] = []
        body = {**NEW["sensors"], "code": f"TWIN-{round_}"}

        def place(body: dict[str, Any] = body, statuses: list[int] = statuses) -> None:
            statuses.append(asker.post("/sensors", body).status_code)

        threads = [threading.Thread(target=place) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(statuses) == [201, 409, 409, 409]
        removed(asker, "sensors", f"TWIN-{round_}")


# -- areas -------------------------------------------------------------------------------------------


def test_a_new_area_owns_what_lies_in_it_from_the_next_question_on(asker: Asker) -> None:
    ask = {"points": [[112.965, 28.115]]}
    before = asker.post("/spatial/ownership", ask).json()["owners"][0]["areas"]
    assert [a["code"] for a in before] == ["430100", "430103", "430103001"]
    created(asker, "areas")
    after = asker.post("/spatial/ownership", ask).json()["owners"][0]["areas"]
    assert [a["code"] for a in after] == ["430100", "430103", "430103001", "430103001001"]
    incident = created(asker, "incidents", position=[112.965, 28.115])
    assert incident["properties"]["community"] == "430103001001"
    asker.patch("/areas/430103001001", {"valid_from": "2000-01-01", "valid_to": "2020-01-01"})  # it was, once
    assert asker.post("/spatial/ownership", ask).json()["owners"][0]["areas"] == before
    removed(asker, "areas", "430103001001")
    removed(asker, "incidents", incident["id"])


def test_a_redrawn_area_owns_by_its_new_border(asker: Asker) -> None:
    created(asker, "areas")
    wider = {
        "type": "MultiPolygon",
        "coordinates": [[[[112.98, 28.11], [112.99, 28.11], [112.99, 28.12], [112.98, 28.11]]]],
    }
    assert asker.patch("/areas/430103001001", {"geometry": wider}).status_code == 200
    owners = asker.post("/spatial/ownership", {"points": [[112.965, 28.115], [112.988, 28.112]]}).json()[
        "owners"
    ]
    assert [o["areas"][-1]["code"] for o in owners] == ["430103001", "430103001001"]
    removed(asker, "areas", "430103001001")


# -- what is refused ---------------------------------------------------------------------------------

HERE = {"position": IN_SOUTH_GRID}


@pytest.mark.parametrize(
    ("name", "body", "status", "sentence"),
    [
        ("incidents", {"title": "x"}, 400, "incidents: a position is needed"),
        ("resources", {"code": "X", "kind": "team"}, 400, "resources: a position is needed"),
        ("areas", {"code": "X", "level": "street"}, 400, "areas: a geometry is needed"),
        ("areas", {"code": "X", "geometry": SQUARE}, 400, "areas: a level is needed; known: city, district"),
        ("resources", {"code": "X", **HERE}, 400, "resources: a kind is needed; known: team, vehicle"),
        ("resources", {"kind": "team", **HERE}, 400, "resources: a code is needed"),
        ("sensors", HERE, 400, "sensors: a code is needed"),
        ("units", {"name": "x"}, 400, "units: a code is needed"),
        ("incidents", {"position": IN_SOUTH_GRID[::-1]}, 400, "is it lat, lon?"),
        ("incidents", {"position": [112.91, 28.11, 40.0, 1.0]}, 422, "position"),
        ("incidents", {"position": [112.91]}, 422, "position"),
        ("incidents", {"position": "112.91,28.11"}, 422, "position"),
        ("incidents", {"position": [181, 28]}, 400, "outside lon -180..180"),
        ("incidents", {**HERE, "status": "solved"}, 400, "status 'solved' is not known; known: reported"),
        ("incidents", {**HERE, "level": "huge"}, 400, "level 'huge' is not known; known: critical"),
        ("incidents", {**HERE, "status": None}, 400, "status None is not known"),
        ("resources", {"code": "X", "kind": "dragon", **HERE}, 400, "kind 'dragon' is not known"),
        ("resources", {"code": "X", "kind": "team", "status": "asleep", **HERE}, 400, "status 'asleep' is not known"),
        ("areas", {**NEW["areas"], "level": "galaxy"}, 422, "level"),
        ("areas", {**NEW["areas"], "valid_from": "2026-02-01", "valid_to": "2026-01-01"}, 400, "is not after"),
        ("areas", {**NEW["areas"], "valid_from": "soon"}, 422, "valid_from"),
        ("areas", {**NEW["areas"], "population": -1}, 422, "population"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Point", "coordinates": [1, 2]}}, 400, "not 'Point'"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Polygon"}}, 400, "must be a list"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Polygon", "coordinates": []}}, 400, "the area is empty"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Polygon", "coordinates": [[[112.9, 28.1], [112.95, 28.15],
         [112.95, 28.1], [112.9, 28.15], [112.9, 28.1]]]}}, 400, "self-intersection near 112.925 28.125"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Polygon", "coordinates": [[[179, 1], [-179, 1], [-179, 2],
         [179, 1]]]}}, 400, "antimeridian"),
        ("areas", {**NEW["areas"], "geometry": {"type": "Polygon", "coordinates": [[[10**30, 1], [2, 3], [4, 5],
         [10**30, 1]]]}}, 400, "outside lon"),
        ("incidents", {**HERE, "reported_at": "2026-06-01T08:00:00"}, 422, "reported_at: Input should have timezone"),
        ("incidents", {**HERE, "reported_at": "0001-01-01T00:00:00+08:00"}, 422, "between the years 1900 and 2199"),
        ("incidents", {**HERE, "reported_at": "9999-12-31T23:59:59-10:00"}, 422, "between the years 1900 and 2199"),
        ("incidents", {**HERE, "accuracy_m": -1}, 422, "accuracy_m"),
        ("incidents", {**HERE, "title": "x" * 201}, 422, "title"),
        ("incidents", {**HERE, "title": "a\x00b"}, 422, "can't hold the character NUL"),
        ("incidents", {**HERE, "district": "430103"}, 422, "district: Extra inputs"),
        ("incidents", {**HERE, "updated_at": "2026-01-01T00:00:00Z"}, 422, "updated_at: Extra inputs"),
        ("resources", {"code": "a/b", "kind": "team", **HERE}, 422, "a code has 1 to 64 characters, no slash"),
        ("resources", {"code": "", "kind": "team", **HERE}, 422, "a code has"),
        ("resources", {"code": " x", "kind": "team", **HERE}, 422, "a code has"),
        ("resources", {"code": "..", "kind": "team", **HERE}, 422, "a code has"),
        ("resources", {"code": "x\ny", "kind": "team", **HERE}, 422, "a code has"),
        ("resources", {"code": "x" * 65, "kind": "team", **HERE}, 422, "a code has"),
        ("resources", {"code": "X", "kind": "team", "capacity": 10**20, **HERE}, 422, "capacity"),
        ("resources", {"code": "X", "kind": "team", "heading_deg": 360, **HERE}, 422, "heading_deg"),
        ("sensors", {"code": "X", "value": "high", **HERE}, 422, "value"),
        ("sensors", {"code": "X", "datum": "mars", **HERE}, 422, "datum"),
    ],
)  # fmt: skip
def test_a_thing_that_can_not_be_is_refused_in_a_sentence(
    gpkg: Asker, name: str, body: dict[str, Any], status: int, sentence: str
) -> None:
    before = gpkg.get(f"/{name}?count=true").json()["numberMatched"]
    assert sentence in said(gpkg.post(f"/{name}", body), status)
    assert gpkg.get(f"/{name}?count=true").json()["numberMatched"] == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"position": [NaN, 28.1]}', 422),
        ('{"position": [112.9, 28.1], "accuracy_m": Infinity}', 422),
        ('{"position": [112.9, 28.1], "title": "\\ud800"}', 422),
        ('{"position": [112.9, 28.1]', 422),
        ("[]", 422),
        ("", 422),
    ],
)
def test_a_body_that_is_none_is_refused(gpkg: Asker, body: str, status: int) -> None:
    said(gpkg.post("/incidents", body), status)
    assert gpkg.request("PATCH", "/incidents/20260601-00001", content=body).status_code == status


@pytest.mark.parametrize(
    ("address", "body", "sentence"),
    [
        ("/resources/T-1", {"code": "T-9"}, "a code is for good"),
        ("/resources/T-1", {"code": None}, "a code is for good"),
        ("/resources/T-1", {"kind": None}, "the kind can't be taken away"),
        ("/resources/T-1", {"kind": "dragon"}, "kind 'dragon' is not known"),
        ("/areas/430100", {"level": None}, "the level can't be taken away"),
        ("/areas/430100", {"geometry": {"type": "Polygon", "coordinates": []}}, "the area is empty"),
        ("/incidents/20260601-00001", {"status": None}, "the status can't be taken away"),
        ("/incidents/20260601-00001", {"level": None}, "the level can't be taken away"),
        ("/incidents/20260601-00001", {"level": "huge"}, "level 'huge' is not known"),
        ("/incidents/20260601-00001", {"status": "solved"}, "status 'solved' is not known"),
        ("/incidents/20260601-00001", {"position": IN_EAST[::-1]}, "is it lat, lon?"),
    ],
)
def test_a_change_that_can_not_be_is_refused_and_nothing_changes(
    gpkg: Asker, address: str, body: dict[str, Any], sentence: str
) -> None:
    before = gpkg.get(address).json()
    assert sentence in said(gpkg.patch(address, body), 400)
    assert gpkg.get(address).json() == before


def test_the_end_of_an_area_is_checked_against_its_stored_beginning(gpkg: Asker) -> None:
    gpkg.patch("/areas/430103", {"valid_from": "2020-01-01"})
    assert "valid_to 2019-01-01 is not after valid_from 2020-01-01" in said(
        gpkg.patch("/areas/430103", {"valid_to": "2019-01-01"}), 400
    )
    assert gpkg.patch("/areas/430103", {"valid_from": None}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/dragons", 404),
        ("POST", "/dragons", 404),
        ("PUT", "/incidents/1", 405),
        ("GET", "/incidents/a/b", 404),
        ("GET", "/incidents/nope/history", 404),
        ("DELETE", "/incidents", 405),
        ("GET", "/incidents/%00", 404),
    ],
)
def test_addresses_that_are_none_are_problems_too(gpkg: Asker, method: str, path: str, status: int) -> None:
    said(gpkg.request(method, path), status)


# -- lists -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def crowd(asker: Asker) -> Iterator[Asker]:
    """Twenty-five hydrants on a line from west to east, among what is there already."""
    for i in range(25):
        status = "open" if i % 5 else "closed"
        where = [112.901 + i / 1000, 28.19]
        created(
            asker, "resources", code=f"H-{i:02d}", kind="hydrant", position=where, status=status, capacity=i
        )
    yield asker
    for i in range(25):
        removed(asker, "resources", f"H-{i:02d}")


def pages(asker: Asker, first: str) -> list[list[str]]:
    found, url = [], first
    while url:
        answer = asker.get(url)
        assert answer.status_code == 200, answer.text
        found.append([f["id"] for f in answer.json()["features"]])
        url = next((link["href"] for link in answer.json().get("links", []) if link["rel"] == "next"), "")
    return found


def test_paging_reaches_the_end_without_gap_or_duplicate(crowd: Asker) -> None:
    found = pages(crowd, "/resources?kind=hydrant&limit=10")
    assert [len(page) for page in found] == [10, 10, 5]
    assert [code for page in found for code in page] == [f"H-{i:02d}" for i in range(25)]
    assert [len(page) for page in pages(crowd, "/resources?kind=hydrant&limit=25")] == [25]
    assert [len(page) for page in pages(crowd, "/resources?kind=hydrant&limit=5")] == [5] * 5


def test_what_is_placed_or_removed_while_paging_shifts_no_page(crowd: Asker) -> None:
    first = crowd.get("/resources?kind=hydrant&limit=10").json()
    created(crowd, "resources", code="H-new", kind="hydrant")
    removed(crowd, "resources", "H-03")
    rest = pages(crowd, first["links"][0]["href"])
    assert [code for page in rest for code in page] == [f"H-{i:02d}" for i in range(10, 25)] + ["H-new"]
    removed(crowd, "resources", "H-new")
    created(
        crowd, "resources", code="H-03", kind="hydrant", position=[112.904, 28.19], status="open", capacity=3
    )


def test_a_list_is_geojson_within_the_box_and_of_the_fields_asked_for(crowd: Asker) -> None:
    answer = crowd.get("/resources?bbox=112.9,28.185,112.9055,28.195")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.json()["type"] == "FeatureCollection"
    assert sorted(f["id"] for f in answer.json()["features"]) == ["H-00", "H-01", "H-02", "H-03", "H-04"]
    # The border of the box is in it.
    on_border = crowd.get("/resources?bbox=112.901,28.19,112.902,28.19").json()["features"]
    assert sorted(f["id"] for f in on_border) == ["H-00", "H-01"]
    closed = crowd.get("/resources?bbox=112.9,28.185,112.9095,28.195&status=closed").json()["features"]
    assert sorted(f["id"] for f in closed) == ["H-00", "H-05"]
    either = crowd.get("/resources?status=closed,busy").json()["features"]
    assert sorted(f["id"] for f in either) == ["H-00", "H-05", "H-10", "H-15", "H-20", "T-2"]
    assert [f["id"] for f in crowd.get("/resources?capacity=7").json()["features"]] == ["H-07"]
    assert crowd.get("/resources?name=无此人").json()["features"] == []
    # By owning area: every placed thing carries its owners.
    assert [f["id"] for f in crowd.get("/resources?unit_grid=430102001001001").json()["features"]] == [
        "T-1",
        "T-2",
    ]


def test_all_that_match_are_counted_only_when_asked_for(crowd: Asker) -> None:
    asked = crowd.get("/resources?kind=hydrant&limit=3&count=true").json()
    assert (len(asked["features"]), asked["numberMatched"]) == (3, 25)
    on = crowd.get(asked["links"][0]["href"]).json()
    assert on["numberMatched"] == 25
    assert "numberMatched" not in crowd.get("/resources?kind=hydrant&limit=3").json()


@pytest.mark.parametrize(
    ("query", "status", "sentence"),
    [
        ("limit=0", 400, "limit 0 is out of range: 1 to 10000"),
        ("limit=10001", 400, "out of range"),
        ("limit=ten", 422, "limit"),
        ("after=x", 422, "after"),
        ("count=perhaps", 422, "count"),
        ("bbox=1,2,3", 400, "is not west,south,east,north"),
        ("bbox=a,b,c,d", 400, "is not west,south,east,north"),
        ("bbox=", 400, "is not west,south,east,north"),
        ("bbox=nan,1,2,3", 400, "not finite"),
        ("bbox=113,28.1,112,28.2", 400, "west must not be east of east"),
        ("bbox=28.1,112.9,28.2,113", 400, "is it lat, lon?"),
        ("bbox=-999,0,999,1", 400, "outside lon"),
        ("colour=red", 400, "can't be filtered by 'colour'; by: bbox, limit, after, count, code"),
        ("capacity=many", 400, "can't be compared"),
        ("capacity=99999999999999999999", 400, "can't be compared"),
        ("capacity=[1,2]", 400, "can't be compared"),
        ("seen_at=yesterday", 400, "can't be compared"),
    ],
)
def test_a_list_that_can_not_be_is_refused_in_a_sentence(
    gpkg: Asker, query: str, status: int, sentence: str
) -> None:
    assert sentence in said(gpkg.get(f"/resources?{query}"), status)


def test_after_the_last_one_there_is_an_empty_page(gpkg: Asker) -> None:
    for after in (10**6, 10**30):
        assert gpkg.get(f"/resources?after={after}").json() == {"type": "FeatureCollection", "features": []}
