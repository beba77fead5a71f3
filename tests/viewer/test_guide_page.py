"""The guide as a reader meets it: in Debian's Chromium, on a wide screen and a narrow one, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.viewer import SLOW_MS, Page, expect

#: Whether the page is wider than the window.
_SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [1440, 390])
def test_the_guide_reads_well_at_this_width(
    browser_page: Page, demo_url: str, tmp_path: Path, width: int
) -> None:
    page = browser_page
    page.set_viewport_size({"width": width, "height": 844})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for name in ("start", "dispatch", "gis", "settings", "routes", "glossary"):
            page.goto(f"{demo_url}/guide/{name}?lang=zh")
            assert not page.evaluate(_SCROLLS_SIDEWAYS), f"{name} at {width}"
            page.screenshot(path=tmp_path / f"{name}-{width}-{scheme}.png")
    grounds = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] != grounds[1]
    assert page.problems == []


def test_a_reader_searches_follows_a_hit_and_changes_the_language(browser_page: Page, demo_url: str) -> None:
    page = browser_page
    page.goto(f"{demo_url}/guide")
    expect(page.locator("h1")).to_contain_text("从这里开始")
    page.locator("input[type=search]").fill("封路")
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_contain_text("封路")
    page.locator(".hits a", has_text="封路").first.click()
    page.wait_for_url("**/guide/dispatch?lang=zh#*")
    expect(page.locator("main h2", has_text="封路")).to_be_in_viewport()
    page.locator("header a[hreflang=en]").click()
    expect(page.locator("h1")).to_contain_text("Dispatch engines")
    page.locator("#pages a", has_text="Glossary").click()
    expect(page.locator("h1")).to_contain_text("Glossary")
    assert page.problems == []


def test_the_viewer_leads_to_the_guide_in_its_language(browser_page: Page, demo_url: str) -> None:
    page = browser_page
    page.goto(f"{demo_url}/?lang=en")
    link = page.locator(".guide-link")
    expect(link).to_have_text("Guide", timeout=SLOW_MS)
    expect(link).to_be_in_viewport()
    link.click()
    expect(page.locator("h1")).to_contain_text("Start here")
    assert page.problems == []
