"""Large questions are answered by a process beside the worker, as the worker itself would, and end with it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import httpx
import pytest
import shapely

from spatial_api.http.companion import Companion, is_large_question
from tests.support import small_city as small
from tests.support.combs import comb, question
from tests.support.record_bodies import NEW
from tests.support.server import Server, children_of, environment_of, is_gone

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="only Linux tells of processes there"
)
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("companion")
    with small.build(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as city:
        return environment_of(city)


@pytest.fixture(scope="module")
def server(environment: dict[str, str]) -> Iterator[Server]:
    server = Server(environment, "serve")
    start(server)
    yield server
    server.stop()


def asked(server: Server, path: str, body: bytes, **headers: str) -> httpx.Response:
    return httpx.post(server.url + path, content=body, headers={**JSON, **headers}, timeout=120)


def start(server: Server) -> None:
    """Ask twice: the first starts the companion, the second waits for it."""
    for _ in range(2):
        assert asked(server, "/spatial/affected", large({"shape": SQUARE})).status_code == 200
    assert companions(server)


def large(body: Any) -> bytes:
    """The same JSON, so long that it goes to the companion."""
    return json.dumps(body).encode() + b" " * 40_000


def companions(server: Server) -> list[int]:
    """The processes beside the worker: each has a session of its own, so that it takes nothing of the worker's share
    of the cores."""
    return [pid for pid in children_of(server.process.pid) if os.getsid(pid) == pid]


def eventually(true: Callable[[], bool], seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not (held := true()) and time.monotonic() < until:
        time.sleep(0.05)
    return held


CIRCLE = {"type": "circle", "centre": [112.91, 28.11], "radius_m": 3000}
SQUARE = json.loads(shapely.to_geojson(shapely.box(112.90, 28.10, 112.95, 28.15)))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/spatial/affected", {"shape": SQUARE}),
        ("/spatial/affected", {"shapes": [CIRCLE, SQUARE], "limit": 1}),
        ("/spatial/affected", {"shape": {"type": "Polygon", "coordinates": [[[1, 2]]]}}),
        ("/spatial/affected", {"shape": SQUARE, "layers": ["none"]}),
        ("/spatial/affected", {"shape": SQUARE, "unknown": 1}),
        ("/spatial/affected", {"shape": SQUARE, "limit": -1}),
        ("/spatial/nearest", {"points": [[112.91, 28.11]] * 3, "kind": "team"}),
        ("/spatial/ownership", {"points": [[112.91, 28.11], [10, 10]]}),
        ("/spatial/route", {"points": [[112.91, 28.11], [112.97, 28.15]], "avoid": [SQUARE]}),
        ("/h3/cover", {"geometry": SQUARE, "resolution": 8}),
        ("/spatial/none", {}),
    ],
)
def test_the_companion_answers_as_the_worker_does(server: Server, path: str, body: Any) -> None:
    small_one = asked(server, path, json.dumps(body).encode(), origin="https://elsewhere.example")
    large_one = asked(server, path, large(body), origin="https://elsewhere.example")
    assert large_one.status_code == small_one.status_code
    assert large_one.content == small_one.content
    for answer in (small_one, large_one):
        del answer.headers["date"]
    assert sorted(large_one.headers.multi_items()) == sorted(small_one.headers.multi_items())


def test_a_comb_costs_the_worker_only_the_bytes(server: Server) -> None:
    body = json.dumps(question(comb(96_000))).encode()
    before = _worked(server.process.pid), _worked(companions(server)[0])
    answer = asked(server, "/spatial/affected", body)
    worker, beside = _worked(server.process.pid) - before[0], _worked(companions(server)[0]) - before[1]
    assert answer.status_code == 200
    assert answer.json()["area"]["type"] == "Polygon"
    assert worker < 0.25
    assert worker + beside < 1.0


def _worked(pid: int) -> float:
    """Processor seconds of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_bodies_of_unsaid_or_too_large_size_are_bounded_there_too(server: Server) -> None:
    def pieces(count: int) -> Iterator[bytes]:
        yield json.dumps({"shape": SQUARE}).encode()
        for _ in range(count):
            yield b" " * 100_000

    url = server.url + "/spatial/affected"
    assert httpx.post(url, content=pieces(3), headers=JSON, timeout=60).status_code == 200
    assert httpx.post(url, content=pieces(90), headers=JSON, timeout=60).status_code == 413
    assert "no JSON" in asked(server, "/spatial/affected", b"[" + b" " * 50_000).json()["detail"]


def test_the_companion_has_seen_what_the_worker_has(server: Server) -> None:
    for i in range(5):
        made = httpx.post(server.url + "/sensors", json={**NEW["sensors"], "code": f"SEEN-{i}"})
        assert made.status_code == 201, made.text
        shape = {"type": "circle", "centre": NEW["sensors"]["position"], "radius_m": 5}
        answer = asked(server, "/spatial/affected", large({"shape": shape}))
        assert f"SEEN-{i}" in [sensor["code"] for sensor in answer.json()["sensors"]]


def test_clients_that_leave_do_not_keep_it_from_others(server: Server) -> None:
    body = json.dumps(question(comb(40_000))).encode()
    head = "POST /spatial/affected HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    for part in (body[: len(body) // 2], body):
        for _ in range(10):
            with socket.create_connection(("127.0.0.1", server.port)) as link:
                link.settimeout(0.05)
                with contextlib.suppress(TimeoutError):
                    link.sendall(head.encode() + part)
    answer = asked(server, "/spatial/affected", large({"shape": SQUARE}))
    assert answer.status_code == 200, answer.text


def test_one_that_was_ended_is_started_again(server: Server) -> None:
    (first,) = companions(server)
    os.kill(first, signal.SIGKILL)
    assert eventually(lambda: is_gone(first))
    # One that comes in the moment of its end is told to come again.
    assert eventually(lambda: asked(server, "/spatial/affected", large({"shape": SQUARE})).status_code == 200)
    start(server)
    (second,) = (pid for pid in companions(server) if not is_gone(pid))
    assert second != first


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_worker(environment: dict[str, str], how: signal.Signals) -> None:
    server = Server(environment, "serve")
    start(server)
    (beside,) = companions(server)
    assert os.getpriority(os.PRIO_PROCESS, beside) > os.getpriority(os.PRIO_PROCESS, server.process.pid)
    server.process.send_signal(how)
    printed, _ = server.process.communicate(timeout=30)
    assert eventually(lambda: is_gone(beside))
    assert "Traceback" not in printed


def _scope(path: str = "/spatial/affected", method: str = "POST", **headers: str) -> dict[str, Any]:
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": named}


def test_it_takes_large_questions_alone() -> None:
    of_json = {"content_type": "application/json; charset=utf-8"}
    assert is_large_question(_scope(content_length="40000", **of_json))
    assert is_large_question(_scope("/h3/cover", content_length="40000", **of_json))
    assert is_large_question(_scope(transfer_encoding="chunked", **of_json))
    assert not is_large_question(_scope(content_length="32000", **of_json))
    assert not is_large_question(_scope(**of_json))
    assert not is_large_question(_scope(method="GET", content_length="40000"))
    assert not is_large_question(_scope("/areas", content_length="40000", **of_json))
    assert not is_large_question(
        _scope("/spatial/ownership", content_length="40000", content_type="text/csv")
    )


def test_where_it_does_not_start_the_worker_answers(caplog: pytest.LogCaptureFixture) -> None:
    def start(_: list[socket.socket]) -> BaseProcess:
        raise OSError("no process to be had")

    beside = Companion(start)
    scope = _scope(content_length="40000", content_type="application/json")
    assert [beside.takes(scope) for _ in range(3)] == [False] * 3
    assert caplog.text.count("no process to be had") == 1
    beside.close()
