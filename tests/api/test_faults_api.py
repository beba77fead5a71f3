"""What is acknowledged is durable and seen by all, and what fails is said to fail."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import psycopg
import pytest

from cim.city import City
from cim.store.sqlite import sqlite3
from tests.support import small_city as small
from tests.support.api_client import asking, said, small_city
from tests.support.postgres import Cluster
from tests.support.record_bodies import NEW, created
from tests.support.server import Server, environment_of
from tests.support.store_rows import until as wait_until


@pytest.mark.slow
def test_a_worker_sees_what_another_wrote_within_a_second(city: City) -> None:
    server = Server(environment_of(city), "serve", "--workers", "2")
    try:
        for i in range(2):
            # Each request is a connection of its own, which either worker may take.
            made = httpx.post(server.url + "/sensors", json={**NEW["sensors"], "code": f"N-{i}"})
            assert made.status_code == 201, made.text
            url = f"{server.url}/sensors/N-{i}"
            wait_until(
                lambda url=url: all(httpx.get(url, verify=False).status_code == 200 for _ in range(12)), 1.0
            )
    finally:
        server.stop()


@pytest.mark.slow
def test_workers_may_be_slow_to_start(tmp_path: Path) -> None:
    """As where there is much to do: longer than the 5 s for which uvicorn, unless told, lets a worker be silent."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys, time\nif '--multiprocessing-fork' in sys.orig_argv:\n    time.sleep(8)\n", "utf-8"
    )
    with small.build(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s") as city:
        environment = environment_of(city)
    server = Server({**environment, "PYTHONPATH": str(tmp_path)}, "serve", "--workers", "2")
    server.stop()


@pytest.mark.slow
def test_who_writes_reads_it_back_at_once_and_it_is_there_after_a_kill(city: City) -> None:
    server = Server(environment_of(city), "serve")
    with httpx.Client(base_url=server.url) as client:
        codes = []
        for _ in range(5):
            made = client.post("/incidents", json=NEW["incidents"]).json()
            assert {**client.get(f"/incidents/{made['id']}").json(), "duplicates": []} == made
            codes.append(made["id"])
    server.process.kill()
    server.process.communicate()
    with asking(city.settings) as after:
        for code in codes:
            assert after.get(f"/incidents/{code}").json()["properties"]["title"] == "路灯不亮"
            assert len(after.get(f"/incidents/{code}/history").json()["history"]) == 1


def test_while_another_program_locks_the_geopackage_changes_are_a_503_and_reading_goes_on(
    tmp_path: Path,
) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    with small_city(url, tmp_path / "s") as asker:
        other = sqlite3.connect(tmp_path / "city.gpkg", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = asker.post("/incidents", NEW["incidents"])
        assert "is locked by another program" in said(answer, 503)
        assert answer.headers["retry-after"] == "1"
        assert asker.get("/resources/T-1").status_code == 200
        other.execute("ROLLBACK")
        other.close()
        assert asker.post("/incidents", NEW["incidents"]).status_code == 201
        assert asker.get("/incidents?count=true").json()["numberMatched"] == 2


def test_while_another_transaction_holds_the_row_a_change_is_a_503(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database()
    with small_city(url, tmp_path / "s") as asker:
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql")) as other:
            other.execute("UPDATE resources SET name = 'mine' WHERE code = 'T-1'")
            answer = asker.patch("/resources/T-1", {"name": "yours"})
            assert "another transaction holds the rows" in said(answer, 503)
            assert answer.headers["retry-after"] == "1"
            assert asker.get("/resources/T-1").json()["properties"]["name"] == "排水一队"
            other.rollback()
        assert asker.patch("/resources/T-1", {"name": "yours"}).json()["properties"]["name"] == "yours"


def test_a_change_that_fails_when_it_is_committed_is_no_success(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database()
    with small_city(url, tmp_path / "s") as asker:
        with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as other:
            # The log is written by a trigger at commit; without its table the commit fails, and only then.
            other.execute("ALTER TABLE cim_change RENAME TO gone")
            assert asker.post("/sensors", NEW["sensors"]).status_code >= 500
            other.execute("ALTER TABLE gone RENAME TO cim_change")
        assert asker.get("/sensors/R-1").status_code == 404
        assert asker.post("/sensors", NEW["sensors"]).status_code == 201


def test_without_the_database_changes_and_health_are_a_503_and_reading_goes_on(
    tmp_path: Path, cluster: Cluster
) -> None:
    url = cluster.new_database()
    name = url.rsplit("/", 1)[1]
    admin = f"host=127.0.0.1 port={cluster.port} user=citybase dbname=postgres"
    with small_city(url, tmp_path / "s") as asker, psycopg.connect(admin, autocommit=True) as c:
        c.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        c.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert "can't be reached" in said(asker.post("/sensors", NEW["sensors"]), 503)
        assert asker.get("/sensors/W-1").status_code == 200
        until = time.monotonic() + 10
        while asker.get("/health").status_code == 200 and time.monotonic() < until:
            time.sleep(0.1)
        assert asker.get("/health").json()["status"] == "trouble"
        c.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        while asker.get("/health").status_code == 503 and time.monotonic() < until + 10:
            time.sleep(0.1)
        assert asker.get("/health").json()["status"] == "ok"
        assert asker.post("/sensors", NEW["sensors"]).status_code == 201


def test_a_city_made_empty_can_be_filled_through_the_doors_alone(tmp_path: Path) -> None:
    url = f"gpkg:///{tmp_path / 'city.gpkg'}"
    City.open(small.settings(url, tmp_path / "s"), create=True).close()
    with asking(small.settings(url, tmp_path / "s")) as asker:
        for name in ("areas", "units", "resources", "sensors", "components", "incidents"):
            created(asker, name)
        assert asker.get("/health").json()["features"] == 6
