"""What the tests stand on: both stores, a served city, a browser, and the real data beside the project."""

from __future__ import annotations

import gc
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from cim.city import City
from cim.snapshot.snapshot import Snapshot
from cim.store import Store, open_store
from tests.support import addresses
from tests.support import small_city as small
from tests.support.inputs import ROOT, SHARED, missing
from tests.support.memory import folder_of_process, use_memory
from tests.support.postgres import Cluster, postgres_binaries
from tests.support.served import Served, serving
from tests.support.server import Server

#: For `make quick`: a few examples of each property, the same ones each time.
hypothesis_settings.register_profile("quick", max_examples=5, deadline=None, derandomize=True, database=None)

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
]


def pytest_configure() -> None:
    use_memory()


#: What costs much to start, and is started once in a process that runs tests: the browser, and the demo city served.
_COSTLY = {"chromium", "demo_url"}


#: The tests, and files of tests, that took more than 0.4 s when they were last measured on two busy cores.
_SLOW = frozenset((Path(__file__).parent / "support" / "slow_tests.txt").read_text("utf-8").split())


def is_slow(nodeid: str) -> bool:
    """Whether a test, or the file that it is in, is among those that were measured to be slow."""
    file, _, name = nodeid.partition("::")
    return file in _SLOW or f"{file}::{name.split('[')[0]}" in _SLOW


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser or PostGIS, and what starts a service: `make quick` leaves these out.

    What shares the browser and the demo city comes first: all of it falls to the first of several processes.
    """
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        parameters = getattr(item, "callspec", None)
        stores = [] if parameters is None else [p for p in parameters.params.values() if p == "postgis"]
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        if "cluster" in fixtures or stores:
            item.add_marker(pytest.mark.postgis)
        if fixtures & {"served", "demo_url"} or is_slow(item.nodeid):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: _COSTLY.isdisjoint(getattr(item, "fixturenames", ())))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector needs not look at half a million objects again and again."""
    gc.collect()
    gc.freeze()


# -- PostGIS -----------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL with PostGIS, where the binaries are there."""
    binaries = postgres_binaries()
    has_postgis = any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    if binaries is None or not has_postgis:
        missing(
            "PostgreSQL with PostGIS is not installed (Debian: postgresql postgresql-postgis)",
            "CITYBASE_REQUIRE_POSTGIS",
        )
        raise AssertionError
    folder = folder_of_process("citybase-pg-")
    made = Cluster(binaries, folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["gpkg", "postgis"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store of each kind; where the test has the small city, it is the store of that."""
    has_city = "city" in request.fixturenames
    if request.param == "gpkg":
        if has_city:
            shutil.copy(request.getfixturevalue("made_in_gpkg") / "city.gpkg", tmp_path / "city.gpkg")
        yield f"gpkg:///{tmp_path / 'city.gpkg'}"
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    url = cluster.new_database(like=request.getfixturevalue("made_in_postgis")[0] if has_city else None)
    yield url
    cluster.drop(url)


@pytest.fixture(params=["gpkg", "postgis"])
def bare_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind; the database has no PostGIS yet."""
    if request.param == "gpkg":
        return f"gpkg:///{tmp_path / 'city.gpkg'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.bare_database()


@pytest.fixture(scope="session")
def made_in_gpkg() -> Path:
    """The small city in a GeoPackage, made once: a folder with the file and its snapshots."""
    return small.made_once()


@pytest.fixture(scope="session")
def made_in_postgis(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The small city in PostGIS, made once: its database and its snapshots."""
    url, folder = cluster.bare_database(), tmp_path_factory.mktemp("small")
    small.build(url, folder / "snapshots").close()
    cluster.keep(url)
    return url, folder


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store of each kind."""
    made = open_store(store_url, create=True)
    yield made
    made.close()


@pytest.fixture(scope="session")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A small city that nobody changes."""
    folder = tmp_path_factory.mktemp("still")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield made


@pytest.fixture
def buildings(still: City) -> Snapshot:
    """The four buildings."""
    return still.snapshot("buildings")


@pytest.fixture
def city(store_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[City]:
    """The small city, in each store: a copy of the one that was made once."""
    if store_url.startswith("gpkg"):
        made = request.getfixturevalue("made_in_gpkg")
    else:
        _, made = request.getfixturevalue("made_in_postgis")
    shutil.copytree(made / "snapshots", tmp_path / "snapshots")
    with City.open(small.settings(store_url, tmp_path / "snapshots")) as opened:
        yield opened


@pytest.fixture
def gpkg_city(tmp_path: Path) -> Iterator[City]:
    """The small city in a GeoPackage, for what does not depend on the store."""
    with small.build(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots") as opened:
        yield opened


@pytest.fixture
def named_town(city: City) -> City:
    """The small city with addresses, places and counted roads, in each store."""
    return addresses.named(city)


@pytest.fixture(scope="session")
def named_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The same in a GeoPackage, for the many questions that change nothing."""
    folder = tmp_path_factory.mktemp("locate")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as made:
        yield addresses.named(made)


# -- a served city -----------------------------------------------------------------------------------


@pytest.fixture
def served(city: City) -> Iterator[Served]:
    """The small city behind HTTP, in each store."""
    with serving(city.settings) as service:
        yield service


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small demo city, made and served as `make demo` does."""
    folder = tmp_path_factory.mktemp("demo")
    server = Server({}, "demo", "--folder", str(folder))
    yield server.url
    server.stop()


# -- a browser ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    program = shutil.which("chromium")
    if program is None:
        missing("Chromium is not installed (Debian: chromium)", "CITYBASE_REQUIRE_BROWSER")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Any) -> Iterator[Any]:
    """A page of its own; `page.problems` lists what went wrong: errors, warnings, failed or outside requests."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.problems = []
    note = page.problems.append
    local = re.compile(r"(http://127\.0\.0\.1[:/]|blob:|data:)")

    def said(message: Any) -> None:
        # Software rendering reads pixels back slowly and says so; that is about this machine, not the page.
        if message.type in ("error", "warning") and "GPU stall" not in message.text:
            note(f"{message.type}: {message.text}")

    page.on("console", said)
    page.on("pageerror", lambda e: note(f"page error: {e}"))
    page.on(
        "requestfailed",
        lambda r: None if "ERR_ABORTED" in (r.failure or "") else note(f"failed: {r.url} {r.failure}"),
    )
    page.on("response", lambda r: note(f"{r.status}: {r.url}") if r.status >= 400 else None)
    page.on("request", lambda r: None if local.match(r.url) else note(f"outside: {r.url}"))
    yield page
    context.close()


# -- real data ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project."""
    if not SHARED.is_dir():
        missing(
            f"the real data is not there: {SHARED.relative_to(ROOT.parent)} beside the project",
            "CITYBASE_REQUIRE_SHARED",
        )
    return SHARED


@pytest.fixture(scope="session")
def gdal() -> str:
    """GDAL's ogr2ogr and ogrinfo on the path."""
    if shutil.which("ogrinfo") is None:
        missing("GDAL's programs are not installed (Debian: gdal-bin)", "CITYBASE_REQUIRE_POSTGIS")
    return "ogrinfo"
