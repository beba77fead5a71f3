"""A change that is asked for twice under one key is made once and answered alike; and what is committed is answered as
committed, whatever the store does afterwards."""

from __future__ import annotations

import datetime as dt
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cim.city import City
from cim.store import answers
from tests.support import small_city as small
from tests.support.api_client import Asker, asking, said, small_city
from tests.support.postgres import Cluster
from tests.support.record_bodies import IN_NORTH_GRID, NEW

LINE = [[112.91, 28.15], [112.93, 28.15]]
POSTED: dict[str, dict[str, Any]] = {
    **NEW,
    "closures": {
        "code": "F-1",
        "cause": "施工",
        "geometry": {"type": "LineString", "coordinates": LINE},
    },
    "speeds": {"measurements": [{"line": LINE, "speed_kmh": 20.0, "code": "S-1"}]},
}
#: A body of the same kind that says something else.
OTHER: dict[str, dict[str, Any]] = {
    **{name: {**body, "name": "另一个"} for name, body in NEW.items()},
    "closures": {**POSTED["closures"], "cause": "积水"},
    "incidents": {"title": "井盖丢失", "position": IN_NORTH_GRID},
    "speeds": {"measurements": [{"line": LINE, "speed_kmh": 30.0, "code": "S-1"}]},
}


@pytest.fixture
def asker(city: City) -> Iterator[Asker]:
    """The small city, asked in this process, in each store."""
    with asking(city.settings) as made:
        yield made


def keyed(key: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": key}}


def count(asker: Asker, name: str) -> int:
    return int(asker.get(f"/{name}?count=true").json()["numberMatched"])


def test_every_post_under_a_key_is_made_once_and_answered_alike(asker: Asker) -> None:
    for name, body in POSTED.items():
        before = count(asker, name)
        first = asker.post(f"/{name}", body, **keyed(f"k-{name}"))
        assert first.status_code == 201, first.text
        again = asker.post(f"/{name}", dict(reversed(body.items())), **keyed(f"k-{name}"))
        assert (again.status_code, again.content) == (201, first.content), name
        assert again.headers.get("location") == first.headers.get("location")
        assert count(asker, name) == before + 1, name
        refused = said(asker.post(f"/{name}", OTHER[name], **keyed(f"k-{name}")), 422)
        assert "was used for another request" in refused
        assert count(asker, name) == before + 1, name
    assert "was used for another request" in said(
        asker.post("/sensors", {**NEW["sensors"], "code": "R-2"}, **keyed("k-units")), 422
    )


def test_without_a_key_and_under_another_each_post_is_a_change_of_its_own(asker: Asker) -> None:
    made = [asker.post("/incidents", NEW["incidents"], **more) for more in ({}, {}, keyed("a"), keyed("b"))]
    assert len({answer.json()["id"] for answer in made}) == 4


@pytest.mark.slow
def test_the_answer_is_kept_over_a_restart_and_known_to_other_processes(city: City) -> None:
    with asking(city.settings) as one:
        first = one.post("/incidents", NEW["incidents"], **keyed("k"))
        with asking(city.settings) as other:
            assert other.post("/incidents", NEW["incidents"], **keyed("k")).content == first.content
    with asking(city.settings) as after:
        assert after.post("/incidents", NEW["incidents"], **keyed("k")).content == first.content
        assert count(after, "incidents") == 2


def test_of_many_at_once_under_one_key_one_is_made(asker: Asker) -> None:
    with ThreadPoolExecutor(6) as threads:
        made = list(threads.map(lambda _: asker.post("/incidents", NEW["incidents"], **keyed("k")), range(6)))
    assert {answer.status_code for answer in made} == {201}
    assert len({answer.content for answer in made}) == 1
    assert count(asker, "incidents") == 2


def test_a_change_that_was_refused_is_not_kept(asker: Asker) -> None:
    assert asker.post("/resources", {**NEW["resources"], "code": "T-1"}, **keyed("k")).status_code == 409
    assert asker.post("/resources", NEW["resources"], **keyed("k")).status_code == 201


def test_an_answer_is_forgotten_after_a_day(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    with asking(city.settings) as asker:
        first = asker.post("/incidents", NEW["incidents"], **keyed("k")).json()
        monkeypatch.setattr(answers, "KEPT", dt.timedelta(0))
        assert asker.post("/incidents", NEW["incidents"], **keyed("k")).json()["id"] != first["id"]
        city.store.forget_answers()
        with city.store.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM cim_answer").scalar() == 0


def test_a_guest_can_not_use_a_key_to_see_what_the_operator_was_answered(asker: Asker) -> None:
    body = {**NEW["incidents"], "reporter_phone": "19900001234"}
    assert "19900001234" in asker.post("/incidents", body, **keyed("k")).text
    assert "may only read" in said(asker.elsewhere.post("/incidents", body, **keyed("k")), 403)


def test_the_answer_made_of_the_row_written_is_what_reading_it_gives(asker: Asker) -> None:
    for name, body in POSTED.items():
        if name == "speeds":
            continue
        made = asker.post(f"/{name}", body).json()
        read = asker.get(f"/{name}/{made['id']}").json()
        assert {k: v for k, v in made.items() if k in read} == read, name
        assert made.keys() - read.keys() <= {"duplicates", "effect"}
    changed = asker.patch("/resources/V-1", {"name": "改名车", "position": IN_NORTH_GRID}).json()
    assert changed == asker.get("/resources/V-1").json()


# -- the store goes away after the commit ------------------------------------------------------------


@contextmanager
def after_the_commit(asker: Asker, harm: Callable[[], None]) -> Iterator[None]:
    """Do harm to the store between a commit and what reads it back."""
    city: City = asker.app.state.city
    refresh = city.refresh

    def harmed() -> None:
        if threading.current_thread() is not city._follower.thread:
            harm()
        refresh()

    city.refresh = harmed  # type: ignore[method-assign]
    yield
    city.refresh = refresh  # type: ignore[method-assign]


def well(asker: Asker) -> None:
    until = time.monotonic() + 15
    while asker.get("/health").status_code != 200 and time.monotonic() < until:
        time.sleep(0.05)
    assert asker.get("/health").json()["status"] == "ok"


@pytest.fixture
def in_postgis(cluster: Cluster, tmp_path: Path) -> Iterator[tuple[Asker, psycopg.Connection[Any], str]]:
    """The small city in PostGIS, a connection of the database's administrator, and the database's name."""
    url = cluster.new_database()
    admin = f"host=127.0.0.1 port={cluster.port} user=citybase dbname=postgres"
    with small_city(url, tmp_path / "s") as asker, psycopg.connect(admin, autocommit=True) as connection:
        yield asker, connection, url.rsplit("/", 1)[1]


def test_a_change_is_answered_as_committed_though_the_database_goes_away_then(
    in_postgis: tuple[Asker, psycopg.Connection[Any], str],
) -> None:
    asker, admin, name = in_postgis

    def shut() -> None:
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])

    answered = {}
    for kind, body in POSTED.items():
        with after_the_commit(asker, shut):
            answered[kind] = asker.post(f"/{kind}", body, **keyed(kind))
        assert answered[kind].status_code == 201, answered[kind].text
        assert asker.get("/health").json()["status"] == "trouble"
        admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
        well(asker)
    assert answered["incidents"].json()["duplicates"] is None, "they are not known"
    with after_the_commit(asker, shut):
        changed = asker.patch("/sensors/R-1", {"value": 7.5})
    assert (changed.status_code, changed.json()["properties"]["value"]) == (200, 7.5)
    admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    well(asker)
    for kind, body in POSTED.items():
        again = asker.post(f"/{kind}", body, **keyed(kind))
        assert (again.status_code, again.content) == (201, answered[kind].content)
        if kind != "speeds":
            assert asker.get(f"/{kind}/{again.json()['id']}").status_code == 200
    assert asker.get("/sensors/R-1").json()["properties"]["value"] == 7.5
    assert count(asker, "incidents") == 2


def test_a_change_is_answered_as_committed_though_no_connection_is_left_then(
    in_postgis: tuple[Asker, psycopg.Connection[Any], str], cluster: Cluster
) -> None:
    asker, admin, name = in_postgis
    to = f"host=127.0.0.1 port={cluster.port} user=citybase dbname=postgres"
    held: list[psycopg.Connection[Any]] = []

    def exhaust() -> None:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        with suppress(psycopg.OperationalError):
            while True:
                held.append(psycopg.connect(to))

    with after_the_commit(asker, exhaust):
        made = asker.post("/incidents", NEW["incidents"], **keyed("k"))
    assert len(held) > 20
    assert made.status_code == 201, made.text
    for connection in held:
        connection.close()
    well(asker)
    assert asker.post("/incidents", NEW["incidents"], **keyed("k")).content == made.content
    assert count(asker, "incidents") == 2


def test_a_change_is_answered_as_committed_though_the_geopackage_is_moved_away_then(tmp_path: Path) -> None:
    file, away = tmp_path / "city.gpkg", tmp_path / "away.gpkg"
    with small_city(f"gpkg:///{file}", tmp_path / "s") as asker:
        with after_the_commit(asker, lambda: file.rename(away) and None):
            made = asker.post("/incidents", NEW["incidents"], **keyed("k"))
        assert made.status_code == 201, made.text
        assert "was deleted or moved away" in said(asker.post("/incidents", NEW["incidents"]), 503)
        away.rename(file)
        well(asker)
        assert asker.post("/incidents", NEW["incidents"], **keyed("k")).content == made.content
        assert count(asker, "incidents") == 2


# -- the connection breaks while it is being committed -----------------------------------------------


class Line:
    """A connection to the database that can be cut right after a COMMIT has gone through, before its answer is back."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.cut_at_commit = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                server = socket.create_connection(("127.0.0.1", self._to))
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _pump(self, one: socket.socket, other: socket.socket) -> None:
        wrote = False
        with suppress(OSError):
            while data := one.recv(65536):
                wrote = wrote or re.search(rb'INSERT INTO "?incidents', data) is not None
                if wrote and data.endswith(b"COMMIT\0") and self.cut_at_commit.is_set():
                    self.cut_at_commit.clear()
                    one.shutdown(socket.SHUT_RDWR)  # nothing of the answer gets back
                    other.sendall(data)
                    time.sleep(0.3)
                    break
                other.sendall(data)
        for end in (one, other):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_a_commit_whose_answer_is_lost_is_looked_up(cluster: Cluster, tmp_path: Path) -> None:
    url = cluster.new_database()
    small.build(url, tmp_path / "s").close()
    line = Line(cluster.port)
    try:
        with asking(
            small.settings(url.replace(f":{cluster.port}/", f":{line.port}/"), tmp_path / "s")
        ) as asker:
            line.cut_at_commit.set()
            made = asker.post("/incidents", NEW["incidents"])
            assert not line.cut_at_commit.is_set()
            assert made.status_code == 201, made.text
            well(asker)
            assert asker.get(f"/incidents/{made.json()['id']}").status_code == 200
            assert count(asker, "incidents") == 2
    finally:
        line.close()


def test_a_commit_that_was_broken_off_by_the_database_is_a_503_and_nothing_was_written(
    in_postgis: tuple[Asker, psycopg.Connection[Any], str], cluster: Cluster
) -> None:
    asker, admin, name = in_postgis
    with psycopg.connect(
        f"host=127.0.0.1 port={cluster.port} user=citybase dbname={name}", autocommit=True
    ) as c:
        # What is deferred runs in the commit: long enough to be ended in it.
        c.execute(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN PERFORM pg_sleep(20); RETURN NULL; END $$"
        )
        c.execute(
            "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON incidents DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION slow()"
        )
    with ThreadPoolExecutor(1) as thread:
        posting = thread.submit(asker.post, "/incidents", NEW["incidents"])
        until = time.monotonic() + 10
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND query = 'COMMIT' AND wait_event = 'PgSleep'"
        )
        while not admin.execute(query, [name]).fetchall() and time.monotonic() < until:
            time.sleep(0.05)
        assert "can't be reached" in said(posting.result(), 503)
    well(asker)
    assert count(asker, "incidents") == 1
