"""The sprite sheets: what is in them, where it lies, and that paths are drawn as a browser draws them."""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Iterator
from typing import Any, get_args

import numpy as np
import pytest
import shapely
from matplotlib.transforms import Affine2D
from PIL import Image

from cim.errors import BadInput
from tests.support.api_client import Asker, said, small_city
from tiles.style.canvas import Canvas, rgba
from tiles.style.palette import PALETTES, Theme
from tiles.style.sprites import GLYPHS, markers, sheet, theme_images
from tiles.style.svg_path import svg_path

THEMES = get_args(Theme)


def pixels(theme: Theme, ratio: int = 1) -> np.ndarray[Any, Any]:
    return np.asarray(Image.open(io.BytesIO(sheet(theme, ratio).png)).convert("RGBA"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ratio", [1, 2])
def test_each_image_lies_in_the_sheet_apart_from_the_others(theme: Theme, ratio: int) -> None:
    height, width = pixels(theme, ratio).shape[:2]
    index = sheet(theme, ratio).index
    boxes = [shapely.box(i["x"], i["y"], i["x"] + i["width"], i["y"] + i["height"]) for i in index.values()]
    assert {i["pixelRatio"] for i in index.values()} == {ratio}
    assert shapely.box(0, 0, width, height).contains(shapely.union_all(boxes))
    assert all(a.intersection(b).area == 0 for a, b in itertools.combinations(boxes, 2))


@pytest.mark.parametrize("theme", THEMES)
def test_a_marker_has_the_colour_of_its_state_and_its_ring_and_is_clear_about_it(theme: Theme) -> None:
    p = PALETTES[theme]
    for name, glyph, fill, ring in markers(p):
        image = np.asarray(theme_images(theme, 2)[name])
        flat = image.reshape(-1, 4)
        for colour in (fill, ring):
            apart = np.abs(flat[:, :3].astype(int) - np.multiply(rgba(colour)[:3], 255)).max(axis=1)
            assert ((apart < 4) & (flat[:, 3] == 255)).mean() > 0.015, (name, colour)
        assert (image[[0, 0, -1, -1], [0, -1, 0, -1], 3] < 60).all(), name
        assert glyph in GLYPHS


def test_the_double_sheet_has_the_same_images_at_twice_the_size_and_the_wall_larger_ones() -> None:
    one, two = sheet("light").index, sheet("light", 2).index
    assert one.keys() == two.keys()
    assert all(
        two[n]["width"] == 2 * i["width"] and two[n]["height"] == 2 * i["height"] for n, i in one.items()
    )
    assert sheet("wall").index["incident-waiting"]["width"] == 45
    half = theme_images("light", 2)["team-done"].resize((30, 30), Image.Resampling.BOX)
    apart = np.abs(np.asarray(half).astype(int) - np.asarray(theme_images("light", 1)["team-done"]))
    assert apart.mean() < 8


def test_the_hatch_goes_on_from_one_copy_to_the_next() -> None:
    one = np.asarray(theme_images("light", 2)["closed"]).astype(int)
    tiled = np.tile(one, (2, 2, 1))
    side = len(one)
    # Moved by a pixel right and down or up along its lines, a pattern of slanted lines without a seam stays itself.
    along = np.roll(np.roll(tiled, 1, axis=1), -1, axis=0)
    assert np.abs(along - tiled)[:, :, 3].max() < 12
    assert 0.1 < (one[..., 3] > 100).mean() < 0.5
    assert side == 24


def test_families_are_told_apart_by_their_shape() -> None:
    alpha = {
        n: np.asarray(theme_images("light", 2)[n])[..., 3] > 250
        for n in ("incident-done", "team-done", "sensor-done")
    }
    for a, b in itertools.combinations(alpha.values(), 2):
        assert (a ^ b).sum() > 60


@pytest.mark.parametrize(
    ("data", "area", "bounds"),
    [
        ("M1 1h3v2h-3z", 6, (1, 1, 4, 3)),
        ("M0 0L4 0 4 4z", 8, (0, 0, 4, 4)),
        ("m1 1 2 0 0 2-2 0z", 4, (1, 1, 3, 3)),
        ("M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8z", np.pi * 16, (8, 8, 16, 16)),
        ("M0 0A5 5 0 0 0 10 0z", np.pi * 12.5, (0, 0, 10, 5)),  # anti-clockwise on the screen: below the line
        ("M0 0A5 5 0 0 1 10 0z", np.pi * 12.5, (0, -5, 10, 0)),
        ("M0 0A1 1 0 0 1 10 0z", np.pi * 12.5, (0, -5, 10, 0)),  # too small a radius grows
        ("M0 0A6 3 90 0 1 0 12 6 3 90 0 1 0 0z", np.pi * 18, (-3, 0, 3, 12)),
        ("M0 0C0 4 4 4 4 0S8-4 8 0z", 0, (0, -3, 8, 3)),
    ],
)
def test_path_data_is_read_as_svg_has_it(data: str, area: float, bounds: tuple[float, ...]) -> None:
    polygon = svg_path(data).to_polygons(closed_only=True)
    fine = svg_path(data).interpolated(1).cleaned(curves=False, simplify=False)
    shape = shapely.Polygon(polygon[0])
    twice = np.sum(polygon[0][:-1, 0] * polygon[0][1:, 1] - polygon[0][1:, 0] * polygon[0][:-1, 1])
    assert abs(twice) / 2 == pytest.approx(area, rel=0.02, abs=0.05)
    assert shape.bounds == pytest.approx(bounds, abs=0.13)  # curves become a few straight pieces here
    assert len(fine.vertices) >= 3


@pytest.mark.parametrize("data", ["M1", "M1 1Q2 2 3 3", "1 2", "M1 1L2 x"])
def test_path_data_that_is_none_of_ours_is_refused(data: str) -> None:
    with pytest.raises(BadInput, match="path data"):
        svg_path(data)


def test_chromium_draws_every_glyph_the_same(chromium: Any) -> None:
    page = chromium.new_page()
    draw = """([data]) => {
      const canvas = Object.assign(document.createElement("canvas"), {width: 96, height: 96});
      const context = canvas.getContext("2d");
      context.scale(4, 4);
      context.fill(new Path2D(data));
      return canvas.toDataURL("image/png");
    }"""
    for name, data in GLYPHS.items():
        encoded = page.evaluate(draw, [data]).partition(",")[2]
        theirs = np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))[..., 3]
        canvas = Canvas(96, 96)
        canvas.fill(svg_path(data), (0, 0, 0, 1), Affine2D().scale(4))
        ours = canvas.pixels()[..., 3]
        assert (theirs > 128).sum() > 200, name
        assert np.abs(theirs.astype(int) - ours).mean() < 1.5, name
    page.close()


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("sprites")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


@pytest.mark.parametrize("name", [f"{t}{r}" for t in THEMES for r in ("", "@2x")])
def test_a_client_finds_picture_and_index_beside_the_styles_address(asker: Asker, name: str) -> None:
    theme = name.partition("@")[0]
    at = asker.get(f"/style.json?theme={theme}").json()["sprite"].partition("://")[2].partition("/")[2]
    at = f"/{at}{name.removeprefix(theme)}"
    picture, index = asker.get(f"{at}.png"), asker.get(f"{at}.json")
    assert (picture.headers["content-type"], index.headers["content-type"]) == (
        "image/png",
        "application/json",
    )
    assert Image.open(io.BytesIO(picture.content)).mode in ("RGBA", "P")
    assert index.json()["team-done"]["pixelRatio"] == (2 if "@" in name else 1)
    for answer, url in ((picture, f"{at}.png"), (index, f"{at}.json")):
        again = asker.get(url, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(asker: Asker) -> None:
    for name in ("pink", "light@3x"):
        assert "light, dark, wall" in said(asker.get(f"/sprites/{name}.png"), 404)
