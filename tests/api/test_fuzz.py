"""Whatever is sent to a documented route, the answer is never a 5xx, and every refusal is a problem in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.support import small_city as small
from tests.support.postgres import Cluster
from tests.support.served import serving

_PATIENT = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@contextmanager
def served(url: str, folder: Path) -> Iterator[Any]:
    """The documented routes of the small city in this store, behind a service."""
    small.build(url, folder).close()
    with serving(small.settings(url, folder)) as service:
        yield schemathesis.openapi.from_url(service.url + "/openapi.json")


def fuzz(operation: Any, examples: int) -> None:
    """Send what the operation's description allows, and assert that the answer is an answer."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=_PATIENT,
        phases=[Phase.explicit, Phase.generate],
    )
    @given(operation.as_strategy())
    def send(case: Any) -> None:
        answer = case.call(timeout=30)
        assert answer.status_code < 500, f"{case.as_curl_command()}\n{answer.text}"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"], case.as_curl_command()
            problem = answer.json()
            assert problem["status"] == answer.status_code
            assert problem["detail"]

    send()


@pytest.mark.slow
def test_no_request_is_an_error_of_ours_on_a_geopackage(tmp_path: Path) -> None:
    with served(f"gpkg:///{tmp_path / 'city.gpkg'}", tmp_path / "s") as schema:
        operations = [result.ok() for result in schema.get_all_operations()]
        assert len(operations) >= 30
        for operation in operations:
            fuzz(operation, examples=15)


def test_no_change_is_an_error_of_ours_on_postgis(tmp_path: Path, cluster: Cluster) -> None:
    with served(cluster.new_database(), tmp_path / "s") as schema:
        for result in schema.get_all_operations():
            if result.ok().method.upper() in ("POST", "PATCH"):
                fuzz(result.ok(), examples=15)
