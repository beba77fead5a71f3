"""Tables that others drop, rename and make; and layers that people drop, rename, describe and add."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import shapely

from cim.access.caller import LOCAL
from cim.city import City
from cim.errors import BadInput, Conflict, LayerChanged, NotFound
from cim.model.layer import Layer
from cim.operations.records import create
from tests.support import small_city as small
from tests.support.command_line import done, run
from tests.support.other_writers import Sqlite, beside, gdal, geojson
from tests.support.served import Served
from tests.support.server import environment_of
from tests.support.store_rows import POINT, log, until


def described(name: str, **more: Any) -> Layer:
    return Layer(name, "point", **more)


def command_environment(city: City) -> dict[str, str]:
    return {"COLUMNS": "200", **environment_of(city)}


def make_table(store_url: str, folder: Path, name: str, rows: Any, *options: str) -> None:
    """A table that ogr2ogr makes beside ours, as a person would who knows nothing of us."""
    outside = beside(store_url)
    update = ("-update",) if isinstance(outside, Sqlite) else ()
    gdal(
        "ogr2ogr",
        *outside.output,
        *update,
        outside.gdal,
        str(geojson(folder / f"{name}.geojson", rows)),
        "-nln",
        name,
        *options,
    )


@pytest.fixture
def ask(served: Served) -> Iterator[httpx.Client]:
    """The service that answers from the city."""
    with httpx.Client(base_url=served.url, timeout=10) as client:
        yield client


TREES = [
    (shapely.Point(112.91, 28.11), {"species": "香樟", "height_m": 7.5}),
    (shapely.Point(112.97, 28.17), {"species": "银杏", "height_m": None}),
]

# -- dropped and renamed from outside ----------------------------------------------------------------


@pytest.mark.parametrize("how", ["DROP TABLE buildings", "ALTER TABLE buildings RENAME TO houses"])
def test_a_table_that_is_dropped_or_renamed_is_gone_from_every_answer_within_a_second(
    store_url: str, ask: httpx.Client, how: str
) -> None:
    tile = "/tiles/buildings/14/13332/6845.mvt"
    question = {
        "shape": {"type": "circle", "centre": [112.91, 28.11], "radius_m": 300},
        "layers": ["buildings"],
    }
    assert ask.get("/tiles/buildings.json").status_code == 200
    assert ask.post("/spatial/affected", json=question).status_code == 200
    with beside(store_url).open() as run_sql:
        run_sql(how)
    committed = time.monotonic()
    while ask.get("/tiles/buildings.json").status_code != 404:
        assert time.monotonic() - committed < 5
    assert time.monotonic() - committed < 1.0
    for answer in (
        ask.get(tile),
        ask.post("/spatial/affected", json=question),
        ask.get("/ogc/collections/buildings"),
    ):
        assert answer.status_code == 404
        assert "layer 'buildings' is not loaded" in answer.json()["detail"]
    assert "buildings" not in {layer["name"] for layer in ask.get("/city").json()["layers"]}
    health = ask.get("/health")
    assert (health.status_code, health.json()["status"]) == (200, "degraded")
    assert health.json()["lost"] == [
        {"layer": "buildings", "what": "its table is gone: another program dropped or renamed it"}
    ]
    # The rest goes on.
    assert ask.post("/spatial/ownership", json={"points": [[112.91, 28.11]]}).status_code == 200


def test_a_lost_layer_stands_in_doctor_and_health_until_somebody_drops_it(
    city: City, store_url: str, served: Served, tmp_path: Path
) -> None:
    with beside(store_url).open() as run_sql:
        run_sql("DROP TABLE buildings")
    until(lambda: httpx.get(f"{served.url}/health").json().get("lost"))
    told = command_environment(city)
    examined = run(tmp_path, "doctor", **told)
    assert examined.returncode == 1
    assert (
        "✗ layer buildings: its table is gone: another program dropped or renamed it; load it again, or say "
        "`citybase layers drop buildings`"
    ) in examined.stdout
    assert "lost: buildings: its table is gone" in done(tmp_path, "layers", **told)
    assert done(tmp_path, "layers", "drop", "buildings", **told) == "buildings is dropped\n"
    until(lambda: httpx.get(f"{served.url}/health").json()["status"] == "ok")
    assert run(tmp_path, "doctor", **told).returncode == 0
    assert "buildings" not in done(tmp_path, "layers", **told)


def test_a_lost_layer_answers_again_when_its_table_comes_back(city: City, store_url: str) -> None:
    city.follow()
    before = city.snapshot("buildings")
    for name, new in (("buildings", "aside"), ("aside", "buildings")):
        with beside(store_url).open() as run_sql:
            run_sql(f"ALTER TABLE {name} RENAME TO {new}")
        until(lambda back=new == "buildings": ("buildings" in city.snapshots) is back)
    now = city.snapshot("buildings")
    assert now.attributes(now.rows).to_pylist() == before.attributes(before.rows).to_pylist()
    assert now.layer.title_zh == "建筑"
    assert city.store.lost == {}
    start = city.store.seq()
    with beside(store_url).open() as run_sql:
        run_sql("UPDATE buildings SET floors = 9 WHERE fid = 1")
    assert log(city.store, start) == [("buildings", 1, "u", "outside")]
    assert [what for what, well, _ in city.store.check() if not well] == []


def test_a_lost_layer_that_is_loaded_again_is_there_again(city: City, store_url: str) -> None:
    with beside(store_url).open() as run_sql:
        run_sql("DROP TABLE buildings")
    assert city.store.adopt() == []
    city.refresh()
    assert "buildings" not in city.snapshots
    city.load(small.BUILDINGS, small.buildings())
    assert len(city.snapshot("buildings")) == 4
    city.store.adopt()
    assert city.store.lost == {}
    assert [what for what, well, _ in city.store.check() if not well] == []


def test_a_city_without_its_table_of_areas_says_that_they_are_not_loaded_and_serves_the_rest(
    store_url: str, ask: httpx.Client
) -> None:
    assert ask.post("/spatial/ownership", json={"points": [[112.91, 28.11]]}).status_code == 200
    with beside(store_url).open() as run_sql:
        run_sql("ALTER TABLE areas RENAME TO areas_aside")

    def is_gone() -> bool:
        return ask.post("/spatial/ownership", json={"points": [[112.91, 28.11]]}).status_code == 404

    until(is_gone, 2.0)
    assert ask.get("/city").status_code == 200
    assert ask.get("/tiles/buildings.json").status_code == 200
    assert ask.get("/health").json()["lost"][0]["layer"] == "areas"
    with beside(store_url).open() as run_sql:
        run_sql("ALTER TABLE areas_aside RENAME TO areas")
    until(lambda: not is_gone(), 5.0)
    owner = ask.post("/spatial/ownership", json={"points": [[112.91, 28.11]]}).json()
    assert owner["owners"][0]["areas"][0]["name"] == "小城"


def test_two_tables_that_change_their_names_log_and_answer_under_the_new_ones(
    city: City, store_url: str
) -> None:
    city.load(Layer("houses", "polygon", small.BUILDINGS.fields), small.buildings())
    with beside(store_url).open() as run_sql:
        run_sql("UPDATE houses SET name = '甲'")
        for name, new in (("buildings", "aside"), ("houses", "buildings"), ("aside", "houses")):
            run_sql(f"ALTER TABLE {name} RENAME TO {new}")
    assert sorted(city.store.adopt()) == ["buildings", "houses"]
    start = city.store.seq()
    with beside(store_url).open() as run_sql:
        run_sql("UPDATE houses SET floors = 1 WHERE fid = 1")
        run_sql("UPDATE buildings SET floors = 2 WHERE fid = 1")
    assert log(city.store, start) == [("houses", 1, "u", "outside"), ("buildings", 1, "u", "outside")]
    city.refresh()
    names = {n: city.layer(n).table(["name"])["name"].to_pylist() for n in ("buildings", "houses")}
    assert (names["buildings"][0], sorted(names["houses"])[0]) == ("甲", "一号楼")


# -- tables that others make -------------------------------------------------------------------------


def test_a_table_that_ogr2ogr_made_is_listed_and_can_be_added_under_another_name(
    city: City, store_url: str, tmp_path: Path, served: Served
) -> None:
    make_table(store_url, tmp_path, "shu", TREES, "-nlt", "POINT", "-a_srs", "EPSG:4326")
    told = command_environment(city)
    until(lambda: httpx.get(f"{served.url}/health").json().get("not_registered") == ["shu"])
    assert "not registered: shu (POINT, EPSG:4326)" in done(tmp_path, "layers", **told)
    assert "✓ table shu: POINT in EPSG:4326, is no layer; say `citybase layers add shu`" in done(
        tmp_path, "doctor", **told
    )
    (listed,) = json.loads(done(tmp_path, "layers", "--json", **told))["not_registered"]
    assert (listed["table"], listed["fields"], listed["obstacle"]) == (
        "shu",
        {"species": "text", "height_m": "real"},
        None,
    )
    added = done(
        tmp_path,
        "layers",
        "add",
        "shu",
        "--name",
        "trees",
        "--title-zh",
        "行道树",
        "--source",
        "园林局",
        **told,
    )
    assert added.splitlines()[:2] == [
        "trees: 2 features (point) are a layer now",
        "note: table shu is called trees now",
    ]
    until(lambda: httpx.get(f"{served.url}/tiles/trees.json").status_code == 200)
    # The tables are looked at apart from the log of changes.
    until(lambda: "not_registered" not in httpx.get(f"{served.url}/health").json())
    # Edits of it are followed, by whomever, and others still read it.
    start = city.store.seq()
    with beside(store_url).open() as run_sql:
        run_sql("UPDATE trees SET height_m = 12 WHERE fid = 2")
    city.refresh()
    trees = city.snapshot("trees")
    with city.store.writing("test") as tx:
        tx.insert(trees.layer, shapely.Point(112.95, 28.15), {"species": "桂花"})
    city.refresh()
    assert log(city.store, start) == [("trees", 2, "u", "outside"), ("trees", 3, "i", "test")]
    assert city.layer("trees").frame().sort_index().height_m.fillna(0).tolist() == [7.5, 12.0, 0.0]
    assert (trees.layer.title_zh, trees.layer.source) == ("行道树", "园林局")
    assert "Feature Count: 3\n" in gdal("ogrinfo", "-al", "-so", beside(store_url).gdal, "trees")
    assert [(what, detail) for what, well, detail in city.store.check() if not well] == []


def test_a_table_of_single_polygons_with_other_names_of_key_and_geometry_is_brought_to_our_form(
    city: City, store_url: str, tmp_path: Path
) -> None:
    parks = [(shapely.box(112.91, 28.11, 112.92, 28.12), {"name": "公园"})]
    options = [
        "-nlt",
        "POLYGON",
        "-a_srs",
        "EPSG:4490",
        "-lco",
        "GEOMETRY_NAME=shape",
        "-lco",
        "FID=objectid",
    ]
    make_table(store_url, tmp_path, "parks", parks, *options)
    layer = city.add_table("parks", described("parks"))
    assert (layer.geometry, layer.field_names) == ("polygon", ("name",))
    rows, _ = city.snapshot("parks").containing(np.array([[112.915, 28.115]]))
    assert city.snapshot("parks").fids(rows).tolist() == [1]
    with city.store.writing("test") as tx:
        assert tx.insert(layer, shapely.box(112.93, 28.11, 112.94, 28.12), {"name": "绿地"}) == 2
    seen = gdal("ogrinfo", "-al", "-so", beside(store_url).gdal, "parks")
    assert "Geometry: Multi Polygon" in seen
    assert "FID Column = fid\nGeometry Column = geom" in seen
    assert [(what, detail) for what, well, detail in city.store.check() if not well] == []


def test_a_lost_layers_table_can_be_added_under_its_name(city: City, store_url: str) -> None:
    with beside(store_url).open() as run_sql:
        run_sql("ALTER TABLE buildings RENAME TO houses")
    city.store.adopt()
    assert [table.name for table in city.store.unregistered] == ["houses"]
    layer = city.add_table("houses", described("buildings"))
    assert (layer.title_zh, city.store.lost, city.store.unregistered) == ("建筑", {}, ())
    assert len(city.snapshot("buildings")) == 4
    assert [(what, detail) for what, well, detail in city.store.check() if not well] == []


def test_a_table_that_was_renamed_from_outside_still_takes_edits_after_the_layer_is_dropped(
    city: City, store_url: str
) -> None:
    with beside(store_url).open() as run_sql:
        run_sql("ALTER TABLE buildings RENAME TO houses")
    city.store.adopt()
    city.drop("buildings")
    start = city.store.seq()
    with beside(store_url).open() as run_sql:
        run_sql("UPDATE houses SET floors = 1")
        run_sql("DELETE FROM houses WHERE fid = 1")
    assert log(city.store, start) == []
    city.add_table("houses", described("houses"))
    assert city.snapshot("houses").rows_of(np.array([1, 2])).tolist()[0] == -1


def test_what_can_not_be_a_layer_is_refused_with_the_way_out(
    city: City, store_url: str, tmp_path: Path
) -> None:
    mixed = [(POINT, {"a": 1}), (POINT.buffer(0.001), {"a": 2})]
    make_table(store_url, tmp_path, "mixed", mixed, "-nlt", "GEOMETRY", "-a_srs", "EPSG:4490")
    make_table(store_url, tmp_path, "metric", TREES, "-nlt", "POINT", "-t_srs", "EPSG:4547")
    several = [(shapely.MultiPoint([(112.91, 28.11), (112.92, 28.11)]), {"a": 1})]
    make_table(store_url, tmp_path, "several", several, "-nlt", "MULTIPOINT", "-a_srs", "EPSG:4490")
    make_table(store_url, tmp_path, "fine", TREES, "-nlt", "POINT", "-a_srs", "EPSG:4490")
    with beside(store_url).open() as run_sql:
        run_sql("CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT)")
        if isinstance(beside(store_url), Sqlite):
            run_sql("CREATE TABLE keyless (geom POINT, name TEXT)")
            run_sql("INSERT INTO keyless SELECT geom, species FROM fine")
        else:
            run_sql("CREATE TABLE keyless AS SELECT wkb_geometry AS geom, species FROM fine")
    before = (city.store.seq(), city.store.layers())
    for table, sentence in (
        (
            "mixed",
            "several or unknown kinds of geometry (point, polygon); keep each kind in a table of its own",
        ),
        (
            "metric",
            "it is in EPSG:4547, the city is kept in EPSG:4490; convert it (ogr2ogr -t_srs EPSG:4490)",
        ),
        ("several", "it has rows of several points; give each point a row"),
        ("plain", "has no geometry; a table alone can't be a layer"),
        ("keyless", "it has no integer key; give it a column fid that is its integer primary key"),
    ):
        with pytest.raises(BadInput) as refused:
            city.add_table(table, described(table))
        assert sentence in str(refused.value)
    with pytest.raises(
        NotFound, match=r"no table 'none' .* not registered: fine, keyless, metric, mixed, several"
    ):
        city.add_table("none", described("none"))
    with pytest.raises(Conflict, match="is a layer already"):
        city.add_table("roads", described("streets"))
    with pytest.raises(Conflict, match="there is a layer 'roads' already"):
        city.add_table("fine", described("roads"))
    with pytest.raises(BadInput, match="belongs to every city"):
        city.add_table("fine", described("incidents"))
    assert (city.store.seq(), city.store.layers()) == before


# -- what people change ------------------------------------------------------------------------------


def test_a_layer_that_is_renamed_answers_under_its_new_name_alone_and_keeps_its_rows(
    city: City, store_url: str, served: Served, tmp_path: Path
) -> None:
    told = command_environment(city)
    folders = Path(city.settings.snapshots)
    (kept,) = folders.glob("*/buildings/f*")
    inode = (kept / "fid.npy").stat().st_ino if (kept / "fid.npy").exists() else kept.stat().st_ino
    assert (
        done(tmp_path, "layers", "rename", "buildings", "楼宇", **told)
        == "buildings is 楼宇 now: 4 features\n"
    )
    until(lambda: httpx.get(f"{served.url}/tiles/楼宇.json").status_code == 200, 1.5)
    assert httpx.get(f"{served.url}/tiles/buildings.json").status_code == 404
    (moved,) = folders.glob("*/楼宇/f*")
    now = (moved / "fid.npy").stat().st_ino if (moved / "fid.npy").exists() else moved.stat().st_ino
    assert now == inode  # moved, not made anew
    city.refresh()
    start = city.store.seq()
    with beside(store_url).open() as run_sql:
        run_sql('UPDATE "楼宇" SET floors = 4 WHERE fid = 1')
    assert log(city.store, start) == [("楼宇", 1, "u", "outside")]
    assert "Feature Count: 4\n" in gdal("ogrinfo", "-al", "-so", beside(store_url).gdal, "楼宇")
    assert [(what, detail) for what, well, detail in city.store.check() if not well] == []


def test_a_layer_that_changed_since_its_base_was_made_is_renamed_with_the_change(city: City) -> None:
    with city.store.writing("test") as tx:
        tx.update(city.snapshot("buildings").layer, 1, {"floors": 44})
        tx.delete(city.snapshot("buildings").layer, 2)
    city.rename("buildings", "houses")
    snapshot = city.snapshot("houses")
    assert len(snapshot) == 3
    assert snapshot.attributes(snapshot.rows_of(np.array([1])), ["floors"]).to_pylist() == [{"floors": 44}]
    city.load(small.BUILDINGS, small.buildings())  # the old name is free
    assert (len(city.snapshot("buildings")), len(city.snapshot("houses"))) == (4, 3)
    for name, sentence in (("roads", "there is a layer 'roads' already"), ("cim_x", "reserved prefix")):
        with pytest.raises((Conflict, BadInput), match=sentence):
            city.rename("houses", name)
    for name, new in (("incidents", "x"), ("houses", "units")):
        with pytest.raises(BadInput, match="belongs to every city"):
            city.rename(name, new)
    with pytest.raises(NotFound):
        city.rename("gone", "x")
    with pytest.raises(BadInput, match="belongs to every city"):
        city.drop("incidents")


def test_what_is_known_of_a_layer_is_shown_changed_and_followed_without_reading_its_rows_again(
    city: City, served: Served, tmp_path: Path
) -> None:
    told = command_environment(city)
    base = city.snapshot("buildings").base
    options = ["--title-zh", "楼房", "--licence", "内部", "--order", "1", "--hidden"]
    changed = json.loads(done(tmp_path, "layers", "describe", "buildings", *options, "--json", **told))
    assert (
        changed["title_zh"],
        changed["title_en"],
        changed["order"],
        changed["visible"],
        changed["count"],
    ) == (
        "楼房",
        "Buildings",
        1,
        False,
        4,
    )

    def layer() -> Any:
        return httpx.get(f"{served.url}/city").json()["layers"][0]  # the first: it has an order

    until(lambda: layer()["name"] == "buildings", 1.5)
    assert (layer()["title_zh"], layer()["licence"], layer()["visible"]) == ("楼房", "内部", False)
    city.refresh()
    assert city.snapshot("buildings").base is base
    assert city.snapshot("buildings").layer.title_zh == "楼房"
    assert "楼房" in done(tmp_path, "layers", "describe", "buildings", **told)
    city.load(small.BUILDINGS, small.buildings())  # its place in lists stays through a load
    assert (city.snapshot("buildings").layer.order, city.snapshot("buildings").layer.visible) == (1, False)
    wrong = run(tmp_path, "layers", "describe", "gone", "--order", "2", **told)
    assert (wrong.returncode, "layer 'gone' is not loaded" in wrong.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        (["layers"], "layers"),
        (["layers", "list"], "layers"),
        (["doctor"], "checks"),
        (["responsibility", "show"], "rules"),
        (["responsibility", "check"], "rules"),
        (["calendar", "show"], "days"),
        (["tiles", "levels", "areas"], "zooms"),
        (["roads", "report"], "profiles"),
        (["grid", "check"], "flaws"),
    ],
)
def test_every_command_that_lists_prints_one_json_document_and_nothing_else(
    gpkg_city: City, tmp_path: Path, arguments: list[str], key: str
) -> None:
    told = run(tmp_path, *arguments, "--json", **environment_of(gpkg_city))
    assert key in json.loads(told.stdout), told.stderr


@pytest.mark.parametrize(
    "how", ["DROP TABLE resources", "ALTER TABLE resources RENAME COLUMN skills TO talents"]
)
def test_a_write_to_a_table_that_was_just_dropped_or_changed_says_so(
    city: City, store_url: str, how: str
) -> None:
    team = {"code": "T-77", "name": "一队", "kind": "team", "skills": "drainage"}
    with beside(store_url).open() as run_sql:
        run_sql(how)
    with pytest.raises(LayerChanged, match="load the layer again, or drop it"):
        create(city.writer, "resources", shapely.Point(112.91, 28.11), team, LOCAL)


@pytest.mark.slow
def test_a_write_over_http_to_a_dropped_table_is_no_fault_of_the_service(
    store_url: str, ask: httpx.Client
) -> None:
    team = {"name": "一队", "kind": "team", "position": [112.91, 28.11]}
    assert ask.post("/resources", json={"code": "Q", **team}).status_code == 201
    with beside(store_url).open() as run_sql:
        run_sql("DROP TABLE resources")
    until_s = time.monotonic() + 1.5  # before and after the service notices
    answers = []
    while time.monotonic() < until_s:
        answers.append(ask.post("/resources", json={"code": f"Q-{len(answers)}", **team}))
    assert {answer.status_code for answer in answers} <= {404, 503}
    assert all("resources" in answer.json()["detail"] for answer in answers)
