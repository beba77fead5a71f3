"""The viewer in a browser."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

playwright = pytest.importorskip("playwright.sync_api")


expect = playwright.expect


Page = Any


#: Drawing without a graphics card takes its time.
SLOW_MS = 30_000


def ask(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def drawn(page: Page) -> None:
    page.wait_for_timeout(300)
    expect(page.locator("#progress")).to_be_hidden(timeout=SLOW_MS)


def pick_centre(page: Page) -> None:
    """Asks about the place in the middle of the map, and waits for the three answers."""
    page.locator("#map canvas").focus()
    page.keyboard.press("Enter")
    for card in ("ownership", "nearest", "affected"):
        expect(page.locator(f"[data-card={card}]")).to_have_attribute("data-state", "ready", timeout=SLOW_MS)
