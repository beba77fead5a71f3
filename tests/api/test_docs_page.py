"""`/docs`: the description of the API as a page, in Debian's Chromium, with every other host out of reach."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.inputs import ROOT

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

VENDORED = ROOT / "spatial_api" / "viewer" / "vendor" / "swagger-ui"


def test_the_documentation_opens_without_the_internet(
    browser_page: Any, demo_url: str, tmp_path: Path
) -> None:
    page = browser_page
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1[:/])"), lambda route: route.abort())
    page.goto(f"{demo_url}/docs")
    ownership = page.locator(".opblock-summary-path", has_text="/spatial/ownership")
    expect(ownership).to_be_visible(timeout=30_000)
    described = page.request.get(f"{demo_url}/openapi.json").json()["paths"]
    # Under two tags an operation is listed twice.
    operations = sum(len(o["tags"]) for methods in described.values() for o in methods.values())
    expect(page.locator(".opblock")).to_have_count(operations)
    ownership.click()
    expect(page.locator(".opblock-description", has_text="special grids").first).to_be_visible()
    page.screenshot(path=tmp_path / "docs.png")
    assert page.problems == []


def test_the_documentation_may_run_no_script_but_the_services_own() -> None:
    viewer, docs = (
        (ROOT / "spatial_api" / "viewer" / name).read_text("utf-8") for name in ("index.html", "docs.html")
    )
    policy = re.search(r'content="(default-src[^"]*)"', viewer)
    assert policy is not None
    assert policy[1] in docs
    assert re.findall(r"<script(?![^>]*\bsrc=\"/viewer/)", docs) == []
    assert "http" not in re.sub(r"http-equiv", "", docs)


def test_what_is_vendored_is_what_was_packed() -> None:
    sums = dict(reversed(line.split()) for line in (VENDORED / "SHA256SUMS").read_text().splitlines())
    assert set(sums) == {"swagger-ui-bundle.js", "swagger-ui.css"}
    for name, digest in sums.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == digest
    assert "Apache License" in (VENDORED / "LICENSE.txt").read_text("utf-8")
