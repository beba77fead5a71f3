"""Tiles on an open page: an edit made by others appears; a whole country is drawn at every zoom."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from cim.city import City
from cim.settings import Settings
from tests.support.command_line import done
from tests.support.inputs import shared_file
from tests.support.served import Served, serving
from tests.support.tiles import decoded

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
Page = Any

SLOW_MS = 30_000


def test_an_edit_by_gdal_appears_on_an_open_page(gpkg_city: City, browser_page: Page, gdal: str) -> None:
    """A building gets another name in the file; the page, which nobody touches, fetches the tile that has it."""
    seen: list[str] = []

    def look(response: Any) -> None:
        if ".mvt" in response.url and response.status == 200:
            layers = decoded(response.body())
            seen.extend(
                f["properties"].get("name", "") for f in layers.get("buildings", {"features": []})["features"]
            )

    with serving(gpkg_city.settings) as server:
        page = browser_page
        page.on("requestfinished", lambda request: look(request.response()))
        page.goto(f"{server.url}/#map=16/28.1105/112.9105")
        expect(page.locator("#progress")).to_be_hidden(timeout=SLOW_MS)
        assert comes(page, seen, "一号楼")
        file = gpkg_city.settings.store.removeprefix("gpkg:///")
        sql = "UPDATE buildings SET name = '改建楼' WHERE name = '一号楼'"
        subprocess.run([gdal, "-q", file, "-sql", sql], check=True, capture_output=True)
        assert comes(page, seen, "改建楼")
        assert page.problems == []


def comes(page: Page, seen: list[str], name: str) -> bool:
    """Whether a tile with the name comes within a quarter of a minute."""
    for _ in range(60):
        if name in seen:
            return True
        page.wait_for_timeout(250)
    return False


@pytest.fixture(scope="module")
def monaco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Monaco from OpenStreetMap, loaded by the command and served."""
    folder = tmp_path_factory.mktemp("monaco")
    pbf = shared_file("monaco/monaco_osrm_2016.osm.pbf")
    environment = {"CITYBASE_STORE": f"gpkg:///{folder / 'city.gpkg'}", "CITYBASE_NAME_ZH": "摩纳哥"}
    for command in (
        ["init", "--name-zh", "摩纳哥", "--name-en", "Monaco"],
        ["load", str(pbf), "--on-invalid", "fix"],
    ):
        done(folder, *command, **environment)
    settings = Settings(
        store=environment["CITYBASE_STORE"], snapshots=str(folder / "city.gpkg.snapshots"), name_zh="摩纳哥"
    )
    with serving(settings) as service:
        yield service


def picture(page: Page) -> Any:
    """What the page shows of the map, as an array of rows of red, green and blue."""
    shot = page.locator("#map canvas").screenshot()
    return np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)


@pytest.mark.parametrize("zoom", [8, 11, 14, 17])
def test_monaco_is_drawn_at_every_zoom_without_seams(monaco: Served, browser_page: Page, zoom: int) -> None:
    """No problem is said, something is drawn, and no straight line of another colour runs along a tile's border."""
    page = browser_page
    page.goto(f"{monaco.url}/#map={zoom}/43.7385/7.4246")
    expect(page.locator("#progress")).to_be_hidden(timeout=SLOW_MS)
    page.wait_for_timeout(1500)
    expect(page.locator("#progress")).to_be_hidden(timeout=SLOW_MS)
    shown = picture(page)
    assert len(np.unique(shown.reshape(-1, 3), axis=0)) > (20 if zoom < 11 else 200)
    assert page.problems == []
    if zoom >= 14:
        across, down = seams(shown, zoom, 7.4246, 43.7385)
        assert across < 0.5, "a column at a border differs from both its neighbours nearly everywhere"
        assert down < 0.5


def seams(shown: Any, zoom: int, lon: float, lat: float) -> tuple[float, float]:
    """The largest share of a border's pixels that differ from what lies on both sides, of columns and of rows."""
    height, width, _ = shown.shape
    side = 512
    x = (lon + 180.0) / 360.0 * 2**zoom * side
    y = (1.0 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2.0 * 2**zoom * side
    worst = []
    for size, middle, picture_ in ((width, x, shown), (height, y, shown.transpose(1, 0, 2))):
        first = -(middle - size / 2) % side
        shares = [0.0]
        for border in np.arange(first, size - 4, side):
            at = round(border)
            if not 4 < at < size - 4:
                continue
            for column in (at - 1, at, at + 1):
                here, left, right = (picture_[:, c] for c in (column, column - 3, column + 3))
                odd = (np.abs(here - left).max(1) > 24) & (np.abs(here - right).max(1) > 24)
                shares.append(float(odd.mean()))
        worst.append(max(shares))
    return worst[0], worst[1]
