"""One request, one state: whatever is written meanwhile, an answer shows all layers as of one moment."""

from __future__ import annotations

import re
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest

from cim.city import City
from cim.snapshot.registry import SnapshotRegistry
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, small_city
from tests.support.tower import load_tower

_PLACE, _OTHER = [112.91, 28.13], [112.96, 28.15]
_AT = "2026-06-01T08:00:00+08:00"
_CIRCLE = {"type": "circle", "centre": [112.95, 28.15], "radius_m": 20_000}
_BOX = {
    "type": "Polygon",
    "coordinates": [[[112.9, 28.1], [113, 28.1], [113, 28.2], [112.9, 28.2], [112.9, 28.1]]],
}
_CELL = "89418900c4fffff"
_REPORT = {"class": "C01001", "point": _PLACE, "at": _AT}
_TILE = "14/13331/6860"

#: A question for each route that answers from the layers: method, path as it is declared, URL, body.
QUESTIONS: list[tuple[str, str, str, Any]] = [
    ("GET", "/health", "/health", None),
    ("GET", "/city", "/city", None),
    ("POST", "/spatial/ownership", "/spatial/ownership", {"points": [_PLACE, _OTHER]}),
    ("POST", "/spatial/nearest", "/spatial/nearest", {"point": _PLACE, "kind": "team"}),
    ("POST", "/spatial/nearest", "/spatial/nearest", {"point": _PLACE, "kind": "team", "by": "road", "route": True}),
    ("POST", "/spatial/nearest", "/spatial/nearest", {"of": "T-1", "layer": "buildings"}),
    ("POST", "/spatial/affected", "/spatial/affected", {"shape": _CIRCLE}),
    ("POST", "/spatial/affected", "/spatial/affected", {"shape": {"type": "reach", "point": _OTHER, "minutes": 5}}),
    ("POST", "/spatial/affected", "/spatial/affected", {"shapes": [_CIRCLE, _BOX], "limit": 3}),
    ("POST", "/spatial/locate", "/spatial/locate", {"text": "中路与横街交叉口"}),
    ("GET", "/spatial/search", "/spatial/search?q=中路", None),
    ("GET", "/spatial/suggest", "/spatial/suggest?q=中", None),
    ("POST", "/spatial/reverse", "/spatial/reverse", {"points": [_PLACE, _OTHER]}),
    ("GET", "/responsibility", "/responsibility", None),
    ("GET", "/calendar", "/calendar", None),
    ("POST", "/spatial/responsible", "/spatial/responsible", _REPORT),
    ("POST", "/spatial/duplicates", "/spatial/duplicates", _REPORT),
    ("GET", "/incidents/{code}/duplicates", "/incidents/20260601-00001/duplicates", None),
    ("GET", "/tiles/{layers}/{z}/{x}/{y}.mvt", f"/tiles/buildings,roads,areas/{_TILE}.mvt", None),
    ("GET", "/tiles/{layers}.json", "/tiles/buildings,roads.json", None),
    ("GET", "/h3/{layer}", "/h3/buildings", None),
    ("GET", "/h3/{layer}/{z}/{x}/{y}.mvt", f"/h3/buildings/{_TILE}.mvt", None),
    ("GET", "/h3/cell/{cell}", f"/h3/cell/{_CELL}", None),
    ("POST", "/h3/cover", "/h3/cover", {"geometry": _BOX, "resolution": 7}),
    ("POST", "/h3/compact", "/h3/compact", {"cells": [_CELL]}),
    ("POST", "/h3/uncompact", "/h3/uncompact", {"cells": [_CELL], "resolution": 10}),
    ("GET", "/h3-owners", "/h3-owners?level=district&resolution=7", None),
    ("POST", "/spatial/route", "/spatial/route", {"points": [_PLACE, _OTHER], "alternatives": 2, "avoid": []}),
    ("POST", "/spatial/matrix", "/spatial/matrix", {"origins": [_PLACE], "targets": [_OTHER]}),
    ("POST", "/spatial/reach", "/spatial/reach", {"point": _OTHER, "minutes": [5]}),
    ("POST", "/spatial/coverage", "/spatial/coverage", {"kind": "team", "minutes": [5], "level": "street"}),
    ("POST", "/spatial/dispatch-plan", "/spatial/dispatch-plan", {"incident": "20260601-00001"}),
    ("POST", "/spatial/dispatch-plan", "/spatial/dispatch-plan", {"point": _PLACE, "class": "E0406"}),
    ("POST", "/spatial/match", "/spatial/match", {"points": [[112.91, 28.15], [112.92, 28.15]]}),
    ("POST", "/spatial/assign", "/spatial/assign", {"incidents": {"status": "reported"}}),
    ("POST", "/spatial/assign", "/spatial/assign", {"incidents": ["20260601-00001"], "teams": ["T-1", "T-2"]}),
    ("POST", "/spatial/tour", "/spatial/tour", {"start": "T-1", "visits": {"layer": "sensors"}}),
    ("GET", "/style.json", "/style.json", None),
    ("GET", "/styles/{name}.json", "/styles/buildings.json", None),
    ("GET", "/map.{form}", "/map.png?bbox=112.9,28.1,113,28.2&width=300&height=300", None),
    ("GET", "/ogc/collections", "/ogc/collections", None),
    ("GET", "/ogc/collections/{layer}", "/ogc/collections/areas_label", None),
    ("GET", "/ogc/collections/{layer}/tiles", "/ogc/collections/areas/tiles", None),
    ("GET", "/ogc/collections/{layer}/tiles/{tms}", "/ogc/collections/areas/tiles/WebMercatorQuad", None),
    ("GET", "/ogc/tiles", "/ogc/tiles", None),
    ("GET", "/ogc/tiles/{tms}", "/ogc/tiles/WebMercatorQuad", None),
    (
        "GET", "/ogc/collections/{layer}/tiles/{tms}/{tileMatrix}/{tileRow}/{tileCol}",
        "/ogc/collections/areas/tiles/WebMercatorQuad/12/1714/3332", None,
    ),
    ("GET", "/ogc/tiles/{tms}/{tileMatrix}/{tileRow}/{tileCol}", "/ogc/tiles/WebMercatorQuad/12/1714/3332", None),
    ("GET", "/resources/vocabulary", "/resources/vocabulary", None),
    *(("GET", f"/{name}", f"/{name}?count=true", None) for name in (
        "incidents", "resources", "sensors", "components", "units", "areas", "closures", "speeds"
    )),
    *(("GET", f"/{name}/{{code}}", f"/{name}/{code}", None) for name, code in (
        ("incidents", "20260601-00001"), ("resources", "T-1"), ("sensors", "W-1"), ("units", "U-001"),
        ("areas", "430102"),
    )),
    ("GET", "/incidents/{code}/history", "/incidents/20260601-00001/history", None),
    ("GET", "/models", "/models", None),
    ("GET", "/models/{code}", "/models/tower", None),
    ("GET", "/models/{code}/versions", "/models/tower/versions", None),
    ("GET", "/models/{code}/report", "/models/tower/report", None),
    ("GET", "/models/{code}/comparison", "/models/tower/comparison?before=1&after=1", None),
    ("GET", "/models/{code}/{listed}", "/models/tower/storeys", None),
    ("GET", "/models/{code}/{listed}/sums", "/models/tower/elements/sums?by=class", None),
    ("POST", "/spatial/at", "/spatial/at", {"point": [112.9106, 28.1506], "floor": "3"}),
    ("GET", "/3dtiles/{source}/{name}/tileset.json", "/3dtiles/models/tower/tileset.json", None),
    ("GET", "/3dtiles/{source}/{name}/{level}/{x}/{y}.glb", "/3dtiles/models/tower/0/0/0.glb", None),
    ("GET", "/3dtiles/{source}/{name}/{level}/{x}/{y}.subtree", "/3dtiles/models/tower/0/0/0.subtree", None),
]  # fmt: skip
#: What answers without a layer, or is read as one row like its neighbours above.
_WITHOUT_LAYERS = (
    "/classes",
    "/beidou",
    "/styles",
    "/sprites/",
    "/fonts/",
    "/archives",
    "/raster",
    "/ogc/conformance",
    "/ogc/api",
    "/ogc/tileMatrixSets",
    "/components/{code}",
    "/closures/{code}",
    "/speeds/{code}",
)


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("state")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        load_tower(asker.app.state.city)
        yield asker


@contextmanager
def reads_of(city: City) -> Iterator[list[str]]:
    """Where the state of the layers was taken, but for what follows the store beside all requests."""
    snapshots, places = city._snapshots, list[str]()
    kind = type(snapshots)

    class Counted(SnapshotRegistry):
        @property
        def current(self) -> Any:
            thread = threading.current_thread().name
            if not thread.startswith(("follow", "compact")):
                places.append("".join(traceback.format_stack(limit=6)))
            return self.__dict__["current"]

        @current.setter
        def current(self, now: Any) -> None:
            self.__dict__["current"] = now

    snapshots.__class__ = Counted  # type: ignore[assignment]
    try:
        yield places
    finally:
        snapshots.__class__ = kind  # type: ignore[assignment]


def test_every_route_that_answers_from_the_layers_is_asked_below(asker: Asker) -> None:
    asked = {(method, path) for method, path, _, _ in QUESTIONS}
    for path, methods in asker.app.openapi()["paths"].items():
        for method in methods:
            question = (method == "get" and path != "/ogc") or (
                method == "post" and path.startswith(("/spatial/", "/h3/"))
            )
            if question and not path.startswith(_WITHOUT_LAYERS):
                assert (method.upper(), path) in asked, (
                    "give a question to this route, so that its state is held"
                )


@pytest.mark.parametrize(
    ("method", "url", "body"), [(method, url, body) for method, _, url, body in QUESTIONS]
)
def test_a_request_takes_the_state_of_the_layers_once(asker: Asker, method: str, url: str, body: Any) -> None:
    asker.request(method, url, json=body)  # whatever is made at the first question
    with reads_of(asker.app.state.city) as places:
        answer = asker.request(method, url, json=body)
    assert answer.status_code in (200, 204), answer.text[:300]
    assert len(places) <= 1, "\n\n".join(places)


#: A layer, the field that is written, and the feature of each that every answer below shows.
_WRITTEN = {
    "areas": "name",
    "units": "name",
    "buildings": "name",
    "resources": "name",
    "sensors": "name",
    "incidents": "title",
}
_ANSWERS = 5_000
#: A write begins when so many answers were given since the one before began: they overlap it, and come after it.
_ANSWERS_A_WRITE = 12


@pytest.fixture
def quick_turns() -> Iterator[None]:
    """Threads that take turns every fifth of a millisecond, so that a write comes between the steps of an answer."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(2e-4)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("quick_turns")
@pytest.mark.slow
def test_of_5000_answers_by_every_verb_none_mixes_two_states(store_url: str, tmp_path: Path) -> None:
    """Every name in six layers is written anew in one transaction, again and again: an answer has one of them only."""
    small.build(store_url, tmp_path / "snapshots").close()
    with asking(small.settings(store_url, tmp_path / "snapshots")) as asker:
        city: City = asker.app.state.city
        load_tower(city)
        stop, failed, written = threading.Event(), list[BaseException](), 0
        due = threading.Semaphore()

        def write() -> None:
            nonlocal written
            try:
                while due.acquire() and not stop.is_set():
                    there = city.snapshots
                    with city.store.writing("test") as tx:
                        for layer, field in _WRITTEN.items():
                            for fid in there[layer].fids(there[layer].rows).tolist():
                                tx.update(there[layer].layer, fid, {field: f"#{written}#"})
                    city.refresh()
                    written += 1
            except BaseException as error:
                failed.append(error)
                raise

        writer = threading.Thread(target=write)
        writer.start()
        seen: dict[str, set[bytes]] = {}
        torn: list[str] = []
        mixed = 0
        try:
            while not written and not failed:
                time.sleep(0.01)
            # A model is no layer that is written here, and the numbers of its bodies may look like a name.
            asked = [
                one for one in QUESTIONS if not one[2].startswith(("/models", "/3dtiles", "/spatial/at"))
            ]
            for number, (method, path, url, body) in zip(range(_ANSWERS), cycle(asked), strict=False):
                if number % _ANSWERS_A_WRITE == 0:
                    due.release()
                answer = asker.request(method, url, json=body)
                names = set(re.findall(rb"#(\d+)#", answer.content))
                seen.setdefault(path, set()).update(names)
                mixed += len(re.findall(rb"#(\d+)#", answer.content)) > 1
                if len(names) > 1:
                    torn.append(f"{method} {url}: {sorted(names)}")
        finally:
            stop.set()
            due.release()
            writer.join(60)
    assert not failed
    assert torn == []
    assert written > 200, "the layers changed while they were asked"
    assert mixed > 1_500, "answers that show several of the names"
    for path in ("/spatial/affected", "/spatial/dispatch-plan", "/spatial/ownership", "/spatial/nearest"):
        assert len(seen[path]) > 10, path
