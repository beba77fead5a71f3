"""What the tests stand on: both stores, a served city, a browser, and the real data beside the project."""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from cim.city import City
from cim.snapshot.snapshot import Snapshot
from cim.store import Store, open_store
from tests.support import small_city as small
from tests.support import addresses

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "data"

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
]  # fmt: skip


def missing(what: str, variable: str) -> None:
    """Skip for what this machine lacks, or fail where the environment says it must be there."""
    if os.environ.get(variable) == "1":
        pytest.fail(f"{what}, and {variable}=1 says it must be there")
    pytest.skip(what)


def free_port() -> int:
    """A port that nobody listens on: of a range that is this process's own among those that run the tests side by side,
    below those that the system gives to whoever asks for any."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    for port in random.sample(range(20_000 + 500 * (number % 16), 20_500 + 500 * (number % 16)), 500):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


# -- PostGIS -----------------------------------------------------------------------------------------


def _postgres_binaries() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Cluster:
    """A private PostgreSQL in a temporary folder, gone with the tests."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder, self.port = binaries, folder, free_port()
        # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "citybase", "-A", "trust", "-E", "UTF8", "--no-sync"
        )
        options = (
            f"-p {self.port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=on -c shared_buffers=256MB"
        )
        log = str(folder / "log")
        self._run("pg_ctl", "-D", str(folder / "data"), "-o", options, "-l", log, "-w", "start")

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self.binaries / program), *arguments],
            check=True, user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL,
            env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip

    def new_database(self) -> str:
        """The URL of a database of its own."""
        name = "t" + uuid.uuid4().hex[:12]
        self._administer(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql+psycopg://citybase@127.0.0.1:{self.port}/{name}"

    def keep(self, url: str) -> None:
        """Let nobody use the database any more, so that others can be made like it at any time."""
        self._administer(f"ALTER DATABASE {url.rpartition('/')[2]} ALLOW_CONNECTIONS false")

    def make_like(self, url: str, kept: str) -> None:
        """Make the database anew, as a copy of one that is kept."""
        name = url.rpartition("/")[2]
        self._administer(f"DROP DATABASE {name}")
        self._administer(f"CREATE DATABASE {name} TEMPLATE {kept.rpartition('/')[2]}")

    def _administer(self, statement: str) -> None:
        to = f"host=127.0.0.1 port={self.port} user=citybase dbname=postgres"
        with psycopg.connect(to, autocommit=True) as connection:
            connection.execute(statement.encode())

    def stop(self) -> None:
        """Stop at once."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A private PostgreSQL with PostGIS, where the binaries are there."""
    binaries = _postgres_binaries()
    has_postgis = any(Path("/usr/share/postgresql").glob("*/extension/postgis.control"))
    if binaries is None or not has_postgis:
        missing(
            "PostgreSQL with PostGIS is not installed (Debian: postgresql postgresql-postgis)",
            "CITYBASE_REQUIRE_POSTGIS",
        )
        raise AssertionError
    folder = Path(tempfile.mkdtemp(prefix="citybase-pg-"))
    made = Cluster(binaries, folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["gpkg", "postgis"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store of each kind."""
    if request.param == "gpkg":
        return f"gpkg:///{tmp_path / 'city.gpkg'}"
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.new_database()


@pytest.fixture(scope="session")
def made_in_gpkg(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small city in a GeoPackage, made once: a folder with the file and its snapshots."""
    folder = tmp_path_factory.mktemp("small")
    small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots").close()
    return folder


@pytest.fixture(scope="session")
def made_in_postgis(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The small city in PostGIS, made once: its database and its snapshots."""
    url, folder = cluster.new_database(), tmp_path_factory.mktemp("small")
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
        shutil.copy(made / "city.gpkg", tmp_path / "city.gpkg")
    else:
        kept, made = request.getfixturevalue("made_in_postgis")
        request.getfixturevalue("cluster").make_like(store_url, kept)
    shutil.copytree(made / "snapshots", tmp_path / "snapshots")
    with City.open(small.settings(store_url, tmp_path / "snapshots")) as opened:
        yield opened


@pytest.fixture
def gpkg_city(tmp_path: Path, made_in_gpkg: Path) -> Iterator[City]:
    """The small city in a GeoPackage, for what does not depend on the store."""
    shutil.copy(made_in_gpkg / "city.gpkg", tmp_path / "city.gpkg")
    shutil.copytree(made_in_gpkg / "snapshots", tmp_path / "snapshots")
    with City.open(small.settings(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "snapshots")) as opened:
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


class Server:
    """A service of its own process on a free port of the loopback."""

    def __init__(
        self,
        environment: dict[str, str],
        *arguments: str,
        before: tuple[str, ...] = (),
        port: int | None = None,
    ) -> None:
        """`before` are words of a program that runs the service, such as `prlimit --nofile=256`."""
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [*before, sys.executable, "-m", "spatial_api.start", *arguments, "--port", str(self.port)],
            env={**os.environ, **environment}, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self.wait()

    def wait(self, seconds: float = 90.0) -> None:
        """Wait until it says that it is well."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/health", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        self.process.terminate()
        try:
            printed, _ = self.process.communicate(timeout=15)
        except subprocess.TimeoutExpired:  # a worker may hold the pipe open for ever
            self.process.kill()
            printed = "and it does not stop either"
        raise AssertionError(f"the service did not come up: {printed}")

    def stop(self) -> str:
        """Ask it to stop; gives what it printed."""
        self.process.terminate()
        printed, _ = self.process.communicate(timeout=30)
        return printed


@pytest.fixture
def served(city: City) -> Iterator[Server]:
    """The small city behind HTTP, in each store."""
    server = Server(environment_of(city), "serve")
    yield server
    server.stop()


def environment_of(city: City) -> dict[str, str]:
    """The environment that names this city to a process."""
    s = city.settings
    return {
        "CITYBASE_STORE": s.store, "CITYBASE_SNAPSHOTS": s.snapshots, "CITYBASE_NAME_ZH": s.name_zh,
        "CITYBASE_NAME_EN": s.name_en, "CITYBASE_METRIC_CRS": s.metric_crs,
    }  # fmt: skip


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


def shared_file(name: str) -> Path:
    """A file of the real data beside the project."""
    path = SHARED / name
    if not path.exists():
        missing(f"{name} of the real data is not there", "CITYBASE_REQUIRE_SHARED")
    return path


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
