"""What the README and the API's documentation say is what the code does."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from cim.settings import Settings
from spatial_api.app import create_app
from spatial_api.cli.main import COMMANDS, command
from tests.support.api_client import Asker, small_city
from tests.support.inputs import ROOT

README = (ROOT / "README.md").read_text("utf-8")
#: Pages of the documentation itself, not of the service.
_OF_THE_DOCUMENTATION = {"/docs", "/openapi.json"}


def section(title: str) -> str:
    """The README's text under this heading."""
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert found, f"the README has no section {title!r}"
    return found[1]


def table(title: str) -> dict[str, list[str]]:
    """The rows of the section's table: what stands in backticks in the first cell → the other cells."""
    rows = [
        re.split(r"(?<!\\)\|", line.strip().strip("|"))
        for line in section(title).splitlines()
        if line.startswith("| `")
    ]
    return {row[0].strip().strip("`"): [cell.strip() for cell in row[1:]] for row in rows}


def test_the_readme_names_every_setting_with_its_default_and_no_other() -> None:
    documented = table("Settings")
    real = {f.name: f.default for f in fields(Settings)}
    assert documented.keys() == real.keys()
    for name, default in real.items():
        assert documented[name][0].strip("`") == str(default), f"default of {name}"


def test_the_readme_names_every_command_and_no_other() -> None:
    assert {name.removeprefix("citybase ") for name in table("Commands")} == set(COMMANDS)


def test_every_option_that_the_readme_uses_is_one_of_its_command() -> None:
    commands: dict[str, Any] = {name: command(name) for name in COMMANDS}
    blocks = "\n".join(re.findall(r"^```sh\n(.*?)^```", README, re.M | re.S))
    used = re.findall(r"^citybase (\w+)(.*)$", blocks, re.M) + re.findall(r"`citybase (\w+) ([^`]*)`", README)
    assert len(used) >= 8
    for name, rest in used:
        used_one = commands[name]
        if hasattr(used_one, "commands"):  # a group, whose command comes next
            used_one = used_one.commands[rest.split()[0]]
        known = {o for p in used_one.params for o in (*p.opts, *p.secondary_opts)}
        said = {word for word in shlex.split(rest.split("#")[0]) if word.startswith("--")}
        assert said <= known, f"citybase {name}"


#: What a route of our own says of the type of a part of its path.
_CONVERTER = re.compile(r":int(?=})")


def routes() -> set[str]:
    """Every `METHOD path` that the app answers, without the pages of the documentation."""
    app = create_app(Settings())
    found = {
        f"{method} {_CONVERTER.sub('', route.path)}"
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD" and route.path not in _OF_THE_DOCUMENTATION  # type: ignore[attr-defined]
    }
    described = {
        f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item
    }
    return found | described


def test_the_readme_names_every_route_and_no_other() -> None:
    assert set(table("Routes")) == routes()


def test_every_route_but_the_viewer_is_in_the_api_documentation_with_a_summary() -> None:
    described = create_app(Settings()).openapi()["paths"]
    assert {f"{m.upper()} {path}" for path, item in described.items() for m in item} == routes() - {"GET /"}
    for path, item in described.items():
        for method, operation in item.items():
            assert operation.get("summary"), f"{method} {path}"
            assert operation.get("description"), f"{method} {path}"


# -- examples ----------------------------------------------------------------------------------------


def examples() -> list[tuple[str, str, Any]]:
    """(method, path, body) of every example of a request body."""
    schema = create_app(Settings()).openapi()
    found = []
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if "requestBody" in operation:
                body = operation["requestBody"]["content"]["application/json"]["schema"]
                if "$ref" in body:
                    body = schema["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]
                assert body.get("examples"), f"{method} {path} has no example"
                found += [(method.upper(), path, example) for example in body["examples"]]
    return found


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("docs")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


#: POST routes that ask and make nothing.
_QUESTIONS = ("/spatial/", "/h3/")


@pytest.mark.parametrize(("method", "path", "body"), examples())
def test_every_example_of_the_documentation_is_accepted(
    asker: Asker, method: str, path: str, body: Any
) -> None:
    if method == "PATCH":
        kind = path.split("/")[1]
        asker.post(f"/{kind}", body)  # so that it is there to be changed
        code = body.get("code") or asker.get(f"/{kind}").json()["features"][-1]["id"]
        path = path.replace("{code}", code)
    elif not path.startswith(_QUESTIONS) and "code" in body:
        asker.delete(f"{path}/{body['code']}")
    answer = asker.request(method, path, json=body)
    assert answer.status_code == (201 if method == "POST" and not path.startswith(_QUESTIONS) else 200), (
        answer.text
    )


def curls() -> list[tuple[str, str, str]]:
    """(method, path, body) of every request that the README shows with curl and a body."""
    found = []
    for line in re.findall(r"^curl (?:.*\\\n)*.*", README, re.M):
        words = shlex.split(line.replace("\\\n", " "), comments=True)
        address = next(word for word in words if word.startswith("localhost:8000"))
        if "-d" in words:
            method = words[words.index("-X") + 1] if "-X" in words else "POST"
            found.append((method, address.removeprefix("localhost:8000"), words[words.index("-d") + 1]))
    return found


def test_every_request_that_the_readme_shows_is_accepted(asker: Asker) -> None:
    shown = curls()
    assert len(shown) >= 5
    placed = asker.post("/incidents", {"position": [112.98, 28.11]}).json()["id"]
    asker.post("/units", {"code": "FS-1", "kind": "fire_station", "position": [112.93, 28.15]})
    for method, path, body in shown:
        path = re.sub(r"/incidents/[^/]+", f"/incidents/{placed}", path)
        answer = asker.request(method, path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 201), (path, answer.text)
