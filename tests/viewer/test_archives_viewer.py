"""MapLibre in Chromium shows a baked archive: tile by tile, and by ranges of bytes through pmtiles.js."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from spatial_api.cli.main import app
from tests.support import small_city as small
from tests.support.served import serving

pytest.importorskip("playwright.sync_api")

_BARE = (
    "<!doctype html><html><head><style>#map{width:900px;height:600px}</style></head>"
    "<body><div id=map></div></body></html>"
)
#: Shows the source, and gives what MapLibre objects to, the names that are on the map, and a number for its picture.
_SHOW = """async (source) => {
  const { Map, addProtocol } = await import("/viewer/vendor/maplibre-gl/maplibre-gl.mjs");
  addProtocol("pmtiles", new pmtiles.Protocol().tile);
  const drawn = (id, type, paint) => ({ id, type, paint, source: "base", "source-layer": id });
  const style = { version: 8, sources: { base: { type: "vector", ...source } }, layers: [
    { id: "ground", type: "background", paint: { "background-color": "#ffffff" } },
    drawn("areas", "line", { "line-color": "#2060c0", "line-width": 2 }),
    drawn("roads", "line", { "line-color": "#d08000", "line-width": 4 }),
    drawn("buildings", "fill", { "fill-color": "#c02020" }),
  ] };
  const map = new Map({ container: "map", style, center: [112.95, 28.15], zoom: 12, fadeDuration: 0,
    attributionControl: false });
  const wrong = [];
  map.on("error", ({ error }) => wrong.push(String(error?.message ?? error)));
  await new Promise((done) => map.once("idle", done));
  const names = map.queryRenderedFeatures().map((f) => `${f.sourceLayer} ${f.id}`);
  return [wrong, [...new Set(names)].sort()];
}"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory, made_in_gpkg: Path) -> Iterator[str]:
    """The small city behind HTTP, with an archive of it in the folder of its sources."""
    folder = tmp_path_factory.mktemp("archive")
    shutil.copy(made_in_gpkg / "city.gpkg", folder / "city.gpkg")
    shutil.copytree(made_in_gpkg / "snapshots", folder / "snapshots")
    sources = folder / "city.gpkg.sources"
    sources.mkdir()
    store = f"gpkg:///{folder / 'city.gpkg'}"
    chosen = ["--layers", "areas,roads,buildings", "--zooms", "8-15", "--store", store]
    done = CliRunner().invoke(app, ["bake", str(sources / "底图.pmtiles"), *chosen])
    assert done.exit_code == 0, done.output
    with serving(small.settings(store, folder / "snapshots")) as service:
        yield service.url


def test_maplibre_shows_an_archive_alike_by_tiles_and_by_ranges(
    url: str, browser_page: Any, tmp_path: Path
) -> None:
    browser_page.route("**/bare", lambda route: route.fulfill(content_type="text/html", body=_BARE))
    found, pictures = [], []
    for source in (
        {"url": f"{url}/archives/底图.json"},
        {"url": f"pmtiles://{url}/archives/底图.pmtiles"},
        {"tiles": [f"{url}/tiles/areas,roads,buildings/{{z}}/{{x}}/{{y}}.mvt"], "maxzoom": 15},
    ):
        browser_page.goto(f"{url}/bare")
        browser_page.add_script_tag(url="/viewer/vendor/pmtiles/pmtiles.js")
        wrong, shown = browser_page.evaluate(_SHOW, source)
        assert wrong == []
        found.append(shown)
        pictures.append(browser_page.screenshot(path=tmp_path / f"{len(found)}.png"))
    assert found[0] == found[1] == found[2]
    assert {name.split()[0] for name in found[0]} == {"areas", "roads", "buildings"}
    assert len([name for name in found[0] if name.startswith("buildings")]) == 4
    assert pictures[0] == pictures[1] == pictures[2], "the same picture from the archive and from the city"
    assert browser_page.problems == []
