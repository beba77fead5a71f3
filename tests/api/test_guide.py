"""`/guide`: its pages in two languages, their links and anchors, the search, and what a browser may do with them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from urllib.parse import unquote

import pytest

from spatial_api.routes.guide.pages import LANGS, ORDER, book, render
from spatial_api.routes.guide.search import find
from tests.support.api_client import Asker, small_city
from tests.support.documents import DOCUMENTS, GUIDE, guide_page, table
from tests.support.inputs import ROOT

every_page = pytest.mark.parametrize(("lang", "name"), [(lang, name) for lang in LANGS for name in ORDER])


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("guide")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


@cache
def page_text(asker: Asker, path: str) -> str:
    answer = asker.get(path)
    assert answer.status_code == 200, path
    return answer.text


def links(html: str) -> set[str]:
    """What the document links to, and what it is drawn with."""
    return {unescape(link) for link in re.findall(r'\b(?:href|src|action)="([^"]*)"', html)}


# -- the pages ---------------------------------------------------------------------------------------


def test_both_languages_have_the_same_pages_and_no_other_file() -> None:
    for lang in LANGS:
        assert sorted(path.name for path in (GUIDE / lang).iterdir()) == sorted(
            f"{name}.md" for name in ORDER
        )


@pytest.mark.parametrize("name", ORDER)
def test_both_languages_have_the_same_outline_and_the_same_tables_of_names(name: str) -> None:
    chinese, english = guide_page("zh", name), guide_page("en", name)
    assert list(table(chinese)) == list(table(english))
    outlines = [[s.level for s in render(lang, name, guide_page(lang, name)).sections] for lang in LANGS]
    assert outlines[0] == outlines[1]
    assert len(re.findall(r"^\|", chinese, re.M)) == len(re.findall(r"^\|", english, re.M))
    assert re.findall(r"^```(\w+)", chinese, re.M) == re.findall(r"^```(\w+)", english, re.M)


@every_page
def test_every_page_is_served_with_its_title_and_the_list_of_pages(
    asker: Asker, lang: str, name: str
) -> None:
    html = page_text(asker, f"/guide/{name}?lang={lang}")
    title = re.search(r"^# (.+)$", guide_page(lang, name), re.M)
    assert title
    assert f"<title>{title[1]} · citybase</title>" in html
    assert html.count("<h1") == 1
    assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in html
    assert {f"/guide/{other}?lang={lang}" for other in ORDER} <= links(html)
    assert {f"/guide/{name}?lang={other}" for other in LANGS} <= links(html), (
        "the other language is one step away"
    )


@every_page
def test_every_link_of_a_page_leads_somewhere(asker: Asker, lang: str, name: str) -> None:
    here = f"/guide/{name}?lang={lang}"
    for link in links(page_text(asker, here)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = unquote(link).partition("#")
        html = page_text(asker, path or here) if not path.endswith(".png") else ""
        if path.endswith(".png"):
            assert asker.get(path).headers["content-type"] == "image/png"
        if anchor:
            assert f'id="{anchor}"' in html, link


def test_every_link_of_the_readme_and_the_files_leads_to_a_file_and_a_heading() -> None:
    for document, text in DOCUMENTS.items():
        folder = (ROOT / document).parent
        targets = re.findall(r"\]\(([^)\s]+)\)", text)
        assert targets or "](" not in text
        for target in targets:
            path, _, anchor = target.partition("#")
            if "://" in path:
                continue
            file = folder / path
            assert file.is_file(), f"{document}: {target}"
            if anchor:
                sections = render("en", "start", file.read_text("utf-8")).sections
                assert anchor in {section.anchor for section in sections}, f"{document}: {target}"


def test_every_file_and_folder_of_the_project_that_a_document_names_is_there() -> None:
    for document, text in DOCUMENTS.items():
        for path in re.findall(r"`((?:cim|layers|tiles|spatial_api|data|tests)/[\w./]*)`", text):
            assert (ROOT / path).exists(), f"{document}: {path}"


def test_the_readme_is_short() -> None:
    lines = DOCUMENTS["README.md"].splitlines()
    assert len(lines) <= 150
    assert max(map(len, lines)) <= 200
    assert (GUIDE / "pictures" / "viewer.png").stat().st_size <= 250_000


def test_the_changelog_keeps_its_form() -> None:
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    assert [line for line in lines if line.startswith("### ")] == ["### Added", "### Changed", "### Fixed"]
    assert [line for line in lines if line.startswith("## ")] == ["## Unreleased"]
    assert max(map(len, lines)) <= 160
    assert not any(line.startswith(" ") for line in lines), "a change is one line"


def test_the_guide_opens_in_the_language_of_the_reader_and_in_chinese_otherwise(asker: Asker) -> None:
    for accepted, lang in [
        ("", "zh-CN"),
        ("zh-CN,en;q=0.5", "zh-CN"),
        ("en-GB,en;q=0.9,zh;q=0.2", "en"),
        ("fr", "zh-CN"),
    ]:
        answer = asker.get("/guide", headers={"Accept-Language": accepted})
        assert f'<html lang="{lang}">' in answer.text, accepted
        assert "Accept-Language" in answer.headers["vary"]
    assert '<html lang="en">' in asker.get("/guide?lang=en", headers={"Accept-Language": "zh"}).text
    assert asker.get("/guide?lang=de").status_code == 422


def test_a_page_that_is_not_there_is_a_404_with_the_list_of_pages(asker: Asker) -> None:
    answer = asker.get("/guide/%3Cscript%3E?lang=en")
    assert answer.status_code == 404
    assert "&lt;script&gt;" in answer.text
    assert "<script" not in answer.text
    assert {f"/guide/{name}?lang=en" for name in ORDER} <= links(answer.text)
    assert asker.get("/guide/..%2Fstart").status_code == 404


def test_a_page_is_compressed_and_asked_for_again_is_a_304(asker: Asker) -> None:
    first = asker.get("/guide/routes?lang=zh", headers={"Accept-Encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    plain = asker.get("/guide/routes?lang=zh", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert first.content == plain.content
    assert int(first.headers["content-length"]) < len(plain.content) / 2
    assert len(gzip.compress(plain.content)) < len(plain.content) / 2
    again = asker.get("/guide/routes?lang=zh", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert asker.get("/guide/routes?lang=en").headers["etag"] != first.headers["etag"]


def test_a_page_runs_no_script_and_fetches_nothing_from_elsewhere(asker: Asker) -> None:
    for path in ["/guide", "/guide/maps?lang=en", "/guide/search?q=x", "/guide/nothing"]:
        answer = asker.get(path)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self'; img-src 'self';")
        assert "unsafe" not in policy
        assert not re.search(r"<script|\bstyle=|\bon\w+=", answer.text)
        loaded = re.findall(r'<(?:link|img)[^>]*(?:href|src)="([^"]*)"', answer.text)
        assert loaded
        assert all(link.startswith("/") for link in loaded)
        for link in loaded:
            assert asker.get(link).status_code == 200, link


def test_html_in_the_markdown_is_shown_as_text() -> None:
    page = render(
        "en", "start", "# A <b>title</b>\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n"
    )
    assert "<script" not in page.html
    assert "<b>" not in page.html
    assert 'href="javascript' not in page.html


def test_headings_of_one_name_have_anchors_of_their_own() -> None:
    page = render("en", "start", "# One\n\n## Two\n\n## Two\n\n### `GET /x`: why?\n")
    assert [section.anchor for section in page.sections] == ["one", "two", "two-1", "get-x-why"]


# -- the search --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lang", "query", "page", "title"),
    [
        ("zh", "限行", "roads", "标志与限行"),
        ("zh", "封路", "dispatch", "封路"),
        ("zh", "归属 历史", "dispatch", "这里归谁管"),
        ("zh", "GCJ-02 天地图", "maps", "国内网络地图"),
        ("en", "closure", "dispatch", "Closures"),
        ("en", "CLOSURES junction", "dispatch", "Closures"),
        ("en", "tile_max_bytes", "settings", "Settings"),
        ("en", "权责清单", "gis", "Responsibility list and calendar"),
        ("en", "ogr2ogr -overwrite", "gis", "Editing while the city runs"),
    ],
)
def test_the_search_finds_the_section(asker: Asker, lang: str, query: str, page: str, title: str) -> None:
    hits = find("zh" if lang == "zh" else "en", query)
    assert (page, title) in [(hit.page.name, hit.section.title) for hit in hits]
    answer = asker.get("/guide/search", params={"q": query, "lang": lang})
    anchor = next(hit.section.anchor for hit in hits if (hit.page.name, hit.section.title) == (page, title))
    assert f"/guide/{page}?lang={lang}#{anchor}" in links(answer.text)
    assert "<mark>" in answer.text


def test_every_hit_contains_every_word_and_no_section_that_does_is_missing() -> None:
    for lang, words in [
        ("zh", ["道路", "时间"]),
        ("en", ["roads", "time"]),
        ("en", ["curl"]),
        ("zh", ["ETAG"]),
    ]:
        found = {(hit.page.name, hit.section.anchor) for hit in find(lang, " ".join(words))}
        expected = {
            (page.name, section.anchor)
            for page in book(lang)
            for section in page.sections
            if all(word.lower() in f"{section.title}\n{section.text}".lower() for word in words)
        }
        assert found == expected
        assert found


def test_sections_with_the_words_in_their_title_come_first() -> None:
    hits = find("en", "closures")
    in_title = ["closures" in hit.section.title.lower() for hit in hits]
    assert in_title[0]
    assert in_title == sorted(in_title, reverse=True)
    assert not all(in_title)


def test_an_excerpt_shows_the_place_where_a_word_was_found() -> None:
    for hit in find("zh", "隐马尔可夫"):
        assert "隐马尔可夫" in hit.excerpt
        assert len(hit.excerpt) < 250


def test_a_search_that_finds_nothing_says_so(asker: Asker) -> None:
    for lang, said in [("zh", "没有找到"), ("en", "No section contains")]:
        answer = asker.get("/guide/search", params={"q": '<xyzzy> "quux"', "lang": lang})
        assert answer.status_code == 200
        assert said in answer.text
        assert "&lt;xyzzy&gt;" in answer.text
        assert "<xyzzy>" not in answer.text
    assert "Enter the words" in asker.get("/guide/search?lang=en&q=%20").text


def test_what_only_the_other_language_has_is_shown_with_a_word_about_it(asker: Asker) -> None:
    answer = asker.get("/guide/search", params={"q": "隐马尔可夫模型", "lang": "en"})
    assert "these are Chinese ones" in answer.text
    assert any(link.startswith("/guide/dispatch?lang=zh#") for link in links(answer.text))


def test_the_viewer_and_the_api_documentation_lead_to_the_guide(asker: Asker) -> None:
    assert "/guide" in (ROOT / "spatial_api" / "viewer" / "page" / "status.js").read_text("utf-8")
    assert "(/guide)" in asker.get("/openapi.json").json()["info"]["description"]
