"""What the README, the guide and the API's documentation say is what the code does."""

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
from spatial_api.routes.guide.pages import LANGS, ORDER
from tests.support.api_client import Asker, small_city
from tests.support.documents import DOCUMENTS, curls, guide_page, shell_blocks, table
from tests.support.tower import load_tower

#: Pages of the documentation itself, not of the service.
_OF_THE_DOCUMENTATION = {"/docs", "/openapi.json"}

both_languages = pytest.mark.parametrize("lang", LANGS)
every_document = pytest.mark.parametrize("document", DOCUMENTS)


@both_languages
def test_the_guide_names_every_setting_with_its_default_and_no_other(lang: str) -> None:
    documented = table(guide_page(lang, "settings"))
    real = {f.name: f.default for f in fields(Settings)}
    assert documented.keys() == real.keys()
    for name, default in real.items():
        assert documented[name][0].strip("`") == str(default), f"default of {name}"
        assert documented[name][1], f"meaning of {name}"


@both_languages
def test_the_guide_names_every_command_and_no_other(lang: str) -> None:
    named = table(guide_page(lang, "commands"))
    assert {name.removeprefix("citybase ") for name in named} == set(COMMANDS)


@both_languages
def test_the_guide_names_every_option_of_load_and_no_other(lang: str) -> None:
    loading: Any = command("load")
    real = {option for p in loading.params for option in p.opts if option.startswith("--")}
    assert set(table(guide_page(lang, "gis"), first="--")) == real - {"--help"}


@every_document
def test_every_option_that_a_document_uses_is_one_of_its_command(document: str) -> None:
    text = DOCUMENTS[document]
    used = re.findall(r"^citybase (\w+)(.*)$", shell_blocks(text), re.M)
    used += re.findall(r"`citybase (\w+) ([^`]*)`", text)
    for name, rest in used:
        used_one: Any = command(name)
        if hasattr(used_one, "commands"):  # a group, whose command comes next
            used_one = used_one.commands[rest.split()[0]]
        known = {o for p in used_one.params for o in (*p.opts, *p.secondary_opts)}
        said = {word for word in shlex.split(rest.split("#")[0]) if word.startswith("--")}
        assert said <= known, f"citybase {name}"


@both_languages
def test_the_guide_shows_commands_in_both_languages(lang: str) -> None:
    shown = [len(re.findall(r"^citybase ", shell_blocks(guide_page(lang, name)), re.M)) for name in ORDER]
    assert sum(shown) >= 25


#: What a route of our own says of the type of a part of its path.
_CONVERTER = re.compile(r":int(?=})")


def routes() -> set[str]:
    """Every `METHOD path` that the app answers, without the pages of the documentation."""
    app = create_app(Settings())
    # An included router is one entry, which hides the routes that are not in the API's description.
    own = [
        one
        for route in app.routes
        for one in getattr(getattr(route, "original_router", None), "routes", [route])
    ]
    found = {
        f"{method} {_CONVERTER.sub('', route.path)}"
        for route in own
        for method in getattr(route, "methods", None) or ()
        if method != "HEAD" and route.path not in _OF_THE_DOCUMENTATION  # type: ignore[attr-defined]
    }
    described = {
        f"{method.upper()} {path}" for path, item in app.openapi()["paths"].items() for method in item
    }
    return found | described


@both_languages
def test_the_guide_names_every_route_and_no_other(lang: str) -> None:
    named = table(guide_page(lang, "routes"))
    assert set(named) == routes()
    assert all(answer for (answer,) in named.values())


#: Pages for people.
_PAGES = {"GET /", "GET /guide", "GET /guide/search", "GET /guide/{name}"}


def test_every_route_but_the_pages_for_people_is_in_the_api_documentation_with_a_summary() -> None:
    described = create_app(Settings()).openapi()["paths"]
    assert {f"{m.upper()} {path}" for path, item in described.items() for m in item} == routes() - _PAGES
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
        load_tower(asker.app.state.city)
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


def shown_requests() -> list[tuple[str, str, str | None]]:
    """Every request that the README and the guide show with curl, each once, in the order in which they are shown."""
    return list(dict.fromkeys(request for text in DOCUMENTS.values() for request in curls(text)))


def test_every_request_that_a_document_shows_is_accepted(asker: Asker) -> None:
    shown = shown_requests()
    assert len(shown) >= 25
    placed = asker.post("/incidents", {"position": [112.98, 28.11]}).json()["id"]
    asker.post("/units", {"code": "FS-1", "kind": "fire_station", "position": [112.93, 28.15]})
    for method, path, body in shown:
        path = re.sub(r"/incidents/[^/]+", f"/incidents/{placed}", path)
        answer = asker.request(method, path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in ((200, 204) if method == "GET" else (200, 201)), (path, answer.text)


def test_both_languages_show_the_same_requests() -> None:
    for name in ORDER:
        assert curls(guide_page("zh", name)) == curls(guide_page("en", name)), name
    assert len([body for _, _, body in curls(guide_page("en", "dispatch")) if body]) >= 20


def test_every_file_that_a_document_sends_is_answered_with_its_owners(asker: Asker) -> None:
    sent = re.findall(
        r"^curl '?localhost:8000([^ ']+)'?.*-H 'Content-Type: text/csv' --data-binary",
        guide_page("en", "dispatch"),
        re.M,
    )
    assert sent == ["/spatial/ownership"]
    answer = asker.request(
        "POST", sent[0], content=b"lon,lat\n112.98,28.11\n", headers={"Content-Type": "text/csv"}
    )
    assert answer.status_code == 200
    assert "owner_city" in answer.text.splitlines()[0]
