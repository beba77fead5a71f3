"""The viewer's MapLibre in Chromium, with any style and nothing else on the page."""

from __future__ import annotations

from typing import Any

import httpx

#: A page of the service's own that only has a map.
_BARE = (
    "<!doctype html><html><head><style>#map{width:900px;height:600px}</style></head>"
    "<body><div id=map></div></body></html>"
)
#: Shows a style, and gives what MapLibre objects to: its validation of every property, and all that fails to load.
_SHOW = """async ([style, view]) => {
  const { Map } = await import("/viewer/vendor/maplibre-gl/maplibre-gl.mjs");
  const map = new Map({ container: "map", style, fadeDuration: 0, preserveDrawingBuffer: true, ...view });
  const wrong = [];
  const failed = new Promise((done) => map.once("error", () => setTimeout(done, 500)));
  map.on("error", ({ error }) => wrong.push(String(error?.message ?? error)));
  map.on("styleimagemissing", ({ id }) => wrong.push("image " + id));
  await Promise.race([new Promise((done) => map.once("idle", done)), failed]);
  window.shown = map;
  return wrong;
}"""


def shown(page: Any, demo_url: str, style: Any, zoom: float = 14, **view: Any) -> list[str]:
    """What MapLibre in Chromium objects to when it shows this style about the middle of the demo city."""
    page.route("**/bare", lambda route: route.fulfill(content_type="text/html", body=_BARE))
    page.goto(f"{demo_url}/bare")
    middle = httpx.get(f"{demo_url}/city").json()["centre"]
    wrong: list[str] = page.evaluate(_SHOW, [style, {"center": middle, "zoom": zoom, **view}])
    return wrong
