"""Pictures of the small city, whose pixels can be told beforehand; and beside MapLibre's, the demo city's."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import httpx
import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from cim.city import City
from cim.columnar import columns
from cim.errors import BadInput
from cim.model.layer import Features, Layer
from tests.support.api_client import Asker, said, small_city
from tests.support.maplibre import shown
from tests.support.record_bodies import NEW
from tiles.picture import render as picture
from tiles.picture import symbols
from tiles.picture.labels import Room, paste
from tiles.picture.map_frame import MapFrame
from tiles.picture.pixel_shapes import Window, outlines
from tiles.picture.render import Picture, draw
from tiles.style import fonts
from tiles.style.document import style
from tiles.style.palette import DARK, LIGHT, PALETTES, Theme

#: The house with a courtyard: 112.960…112.961 E, 28.160…28.161 N, its court in the middle fifth.
COURT = (112.9595, 28.1595, 112.9615, 28.1615)


def drawn(city: City, bbox: Any, names: str, width: int = 400, **more: Any) -> Picture:
    wanted = names.split(",")
    theme = more.pop("theme", "light")
    document = style(
        [city.snapshot(n).layer for n in wanted],
        bounds=bbox,
        tiles_url="",
        sprite_url="",
        name="",
        theme=theme,
        day=city.today(),
    )
    snapshots = {n: city.snapshot(n) for n in wanted} | {
        f"{n}_label": city.snapshot(n).labels for n in wanted if city.snapshot(n).layer.geometry == "polygon"
    }
    return draw(document, snapshots, MapFrame.of(bbox, width, **more))


def hexed(image: Image.Image, x: float, y: float) -> str:
    return "#{:02x}{:02x}{:02x}".format(*image.getpixel((int(x), int(y))))  # type: ignore[misc]


@pytest.mark.parametrize("theme", get_args(Theme))
def test_a_house_is_filled_and_its_courtyard_is_open(still: City, theme: Theme) -> None:
    image = drawn(still, COURT, "buildings", theme=theme).image
    p, (w, h) = PALETTES[theme], image.size
    assert w == 400
    assert h == pytest.approx(
        400 / np.cos(np.radians(28.16)), abs=1
    )  # a degree of latitude is longer on this map
    assert hexed(image, w * 0.30, h * 0.30) == p.building  # the house spans the middle half
    assert hexed(image, w * 0.50, h * 0.50) == p.land  # the court the middle tenth
    assert hexed(image, w * 0.10, h * 0.10) == p.land


def test_a_road_is_as_broad_as_its_class_and_markers_stand_where_their_things_are(still: City) -> None:
    box = (112.9085, 28.1185, 112.9135, 28.1215)
    picture = drawn(still, box, "resources,roads", 800)
    assert picture.unnamed == ""
    image = picture.image
    # T-1 stands at 112.910, 28.120; its marker is green beside its white glyph.
    x, y = image.width * 0.3, image.height * 0.5
    near = np.asarray(image)[int(y) - 9 : int(y) + 9, int(x) - 9 : int(x) + 9].reshape(-1, 3)
    green = np.array([int(LIGHT.done[i : i + 2], 16) for i in (1, 3, 5)])
    assert (np.abs(near - green).max(axis=1) < 12).sum() > 60
    middle = (112.9245, 28.1495, 112.9255, 28.1505)  # 中路 at 28.15, a primary road
    column = np.asarray(drawn(still, middle, "roads", 500).image)[:, 10]
    road = (column == [int(LIGHT.artery[i : i + 2], 16) for i in (1, 3, 5)]).all(axis=1)
    assert 16 <= road.sum() <= 18  # 10 pixels at zoom 17 and 22 at 19; at 18.4 it is 17.5
    assert abs(np.flatnonzero(road).mean() - len(column) / 2) < 1.5


def test_what_is_below_a_pixel_is_left_out_and_an_empty_place_is_its_ground(still: City) -> None:
    far = drawn(still, (100.0, 20.0, 125.0, 35.0), "buildings").image
    assert {colour for _, colour in far.getcolors(10)} == {tuple(bytes.fromhex(LIGHT.land[1:]))}


def test_the_smallest_go_first_where_a_layer_is_too_large_and_the_picture_says_so(
    still: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        picture, "MAX_VERTICES", 12
    )  # the house with the court and one of the others: 10 + 5 is more
    made = drawn(still, (112.905, 28.105, 112.975, 28.175), "buildings", 2000)
    assert made.left_out == {"buildings": 3}
    whole = drawn(still, COURT, "buildings")
    assert (whole.left_out, whole.unnamed) == ({}, "")


def test_personal_data_is_never_written(still: City) -> None:
    box = (112.9095, 28.1295, 112.9105, 28.1305)
    names = ("title", "reporter_name", "nothing")
    images = {}
    for name in names:
        document = style(
            [still.snapshot("incidents").layer],
            bounds=box,
            tiles_url="",
            sprite_url="",
            name="",
            day=still.today(),
        )
        for layer in document["layers"]:
            if layer["id"] == "incidents-label":
                layer["layout"]["text-field"] = ["get", name]
        images[name] = draw(
            document, {"incidents": still.snapshot("incidents")}, MapFrame.of(box, 300)
        ).image.tobytes()
    assert images["reporter_name"] == images["nothing"] != images["title"]


def test_without_a_chinese_font_the_picture_says_what_to_install(
    still: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = {"dejavu sans": fonts.installed_fonts()["dejavu sans"]}
    monkeypatch.setattr(fonts, "installed_fonts", lambda: latin)
    made = drawn(still, (112.9095, 28.1295, 112.9105, 28.1305), "incidents", 300)
    assert (
        made.unnamed
        == "1 names need a font with Chinese, which this machine lacks; install fonts-noto-cjk and start again"
    )


def test_threads_draw_the_same_picture(still: City) -> None:
    def one(_: int) -> bytes:
        return drawn(
            still, (112.9, 28.1, 113.0, 28.2), "areas,roads,buildings,incidents,resources", 600
        ).image.tobytes()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(one, range(8)))) == 1


@pytest.mark.parametrize(
    ("bbox", "size", "words"),
    [
        ((113, 28, 112, 29), (400, None, 1), "west below east"),
        ((112, 28, 113, 86), (400, None, 1), "within 180 and 85.05"),
        ((112, float("nan"), 113, 29), (400, None, 1), "can't be drawn"),
        ((112, 28, 113, 29), (5000, None, 1), "32 to 4096"),
        ((112, 28, 113, 29), (2500, 100, 2), "5000 × 200"),
        ((112, 28, 113, 29), (400, None, 9), "0.5 to 4"),
        ((112, 28, 112.0001, 29), (400, None, 1), "32 to 4096"),
    ],
)
def test_bounds_and_sizes_that_can_not_be_are_refused(bbox: Any, size: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        MapFrame.of(bbox, *size)


@given(
    st.floats(-179, 178),
    st.floats(-84, 83),
    st.floats(1e-4, 1.0),
    st.floats(0.3, 3),
    st.integers(64, 2000),
    st.integers(64, 2000),
    st.sampled_from([0.5, 1.0, 2.0]),
)
@settings(max_examples=60, deadline=None)
def test_a_frame_holds_all_of_its_bounds(
    west: float, south: float, wide: float, ratio: float, width: int, height: int, scale: float
) -> None:
    high = min(wide * ratio, 85 - south)
    frame = MapFrame.of((west, south, west + wide, south + high), width, height, scale)
    w, s, e, n = frame.bounds()
    slack = 2e-7
    assert w <= west + slack and s <= south + slack and e >= west + wide - slack and n >= south + high - slack
    assert (frame.width, frame.height) == (round(width * scale), round(height * scale))
    if w > -180 and e < 180:
        assert frame.zoom == pytest.approx(np.log2(frame.width / scale / 512 * 360 / (e - w)), abs=1e-3)


@given(st.lists(st.tuples(st.integers(3, 9), st.booleans()), min_size=1, max_size=4), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_the_outer_ring_runs_the_other_way_than_its_holes_whichever_way_they_came(
    rings: list[tuple[int, bool]], seed: int
) -> None:
    random = np.random.default_rng(seed)
    made = []
    for i, (corners, turned) in enumerate(rings):
        angles = np.sort(random.uniform(0, 2 * np.pi, corners)) + np.linspace(0, 0.05, corners)
        radius = 0.01 if i == 0 else 0.001
        centre = np.array([112.9, 28.2]) + (0 if i == 0 else (i - 2) * 0.0022)
        ring = centre + radius * np.column_stack([np.cos(angles), np.sin(angles)])
        made.append(ring[::-1] if turned else ring)
    shape = shapely.Polygon(made[0], made[1:])
    layer = Layer("p", geometry="polygon")
    held = columns.build(layer, Features(np.array([shape]), pa.table({})), "EPSG:4547")
    west, north = held.mercator.min(axis=0).astype(float)
    xy, codes, starts = outlines(held, np.array([0]), Window(west, north, 0.01), "polygon")
    begins = np.flatnonzero(codes == 1)
    assert starts.tolist() == [0, len(xy)]
    signs = [
        np.sign(shapely.Polygon(part).exterior.is_ccw - 0.5)
        for part in np.split(xy, begins[1:])
        if len(part) > 3
    ]
    areas = [shapely.Polygon(part).area for part in np.split(xy, begins[1:]) if len(part) > 3]
    assert all(s == -signs[0] for s, a in zip(signs[1:], areas[1:], strict=True) if a > 1)
    assert areas[0] == pytest.approx(
        shapely.Polygon(made[0]).area * (2**32 / 360 * 0.01) ** 2 / np.cos(np.radians(28.2)), rel=0.02
    )


def test_a_line_is_named_along_its_longest_straight_piece() -> None:
    xy = np.array([[0, 0], [10, 0], [10, 40], [5, 5], [5, 6]], float)
    codes = np.array([1, 2, 2, 1, 2], np.uint8)
    at, angle, length = symbols.straightest(xy, codes, np.array([0, 3, 5, 5]), 1.0)
    assert at[:2].tolist() == [[10, 20], [5, 5.5]]
    assert (angle[:2].tolist(), length.tolist()) == ([90, 90], [40, 1, 0])
    assert np.isnan(at[2]).all()


def test_names_do_not_stand_on_each_other() -> None:
    room = Room()
    room.take((10, 10, 60, 30))
    assert not room.free((50, 20, 90, 40))
    assert room.free((60, 10, 90, 30))  # side by side
    assert room.free((-40, -40, 5, 5))


def test_a_picture_is_laid_over_another_and_cut_at_its_edges() -> None:
    under = np.full((4, 4, 4), 255, np.uint8)
    over = np.zeros((2, 2, 4), np.uint8)
    over[..., 3] = 128
    paste(under, over, 3, -1)
    paste(under, over, 9, 9)
    assert (under[..., 0] < 255).sum() == 1
    assert under[0, 3].tolist() == [127, 127, 127, 255]


# -- over HTTP ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("pictures")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


@pytest.mark.parametrize(("form", "kind"), [("png", "PNG"), ("jpg", "JPEG"), ("webp", "WEBP")])
def test_a_picture_comes_in_three_forms(asker: Asker, form: str, kind: str) -> None:
    answer = asker.get(
        f"/map.{form}?bbox=112.9,28.1,113.0,28.2&width=300&height=200&scale=2&theme=dark&title=小城"
    )
    image = Image.open(io.BytesIO(answer.content))
    assert (image.format, image.size) == (kind, (600, 400))
    land = np.array([int(DARK.land[i : i + 2], 16) for i in (1, 3, 5)])
    assert np.abs(np.asarray(image.convert("RGB"))[200, 5] - land.astype(int)).max() < 12


def test_the_whole_city_is_drawn_where_no_bounds_are_given_and_words_stand_about_it(asker: Asker) -> None:
    plain, told = (
        Image.open(io.BytesIO(asker.get(f"/map.png?width=500{more}").content))
        for more in ("", "&title=小城&legend=true")
    )
    difference = np.abs(np.asarray(plain).astype(int) - np.asarray(told)).max(axis=2) > 0
    assert difference[:60, :100].any()  # the title
    assert difference[60:, 300:].any()  # the legend
    assert not difference[60:, :250].any()


def test_bounds_in_gcj02_show_the_same_place(asker: Asker) -> None:
    from cim.space import crs

    corners = np.array([[112.95, 28.14], [112.96, 28.16]])
    shifted = crs.from_wgs84(corners, "gcj02").ravel()
    boxes = [",".join(f"{v:.9f}" for v in box) for box in (corners.ravel(), shifted)]
    same = [
        asker.get(f"/map.png?bbox={box}&datum={d}&width=300&height=400").content
        for box, d in zip(boxes, ("wgs84", "gcj02"), strict=True)
    ]
    first, second = (np.asarray(Image.open(io.BytesIO(x))).astype(int) for x in same)
    assert (np.abs(first - second).max(axis=2) > 8).mean() < 0.01


def test_a_picture_is_asked_for_again_at_no_cost_until_something_changes(asker: Asker) -> None:
    url = "/map.png?bbox=112.9,28.1,113.0,28.2&width=200&layers=incidents"
    first = asker.get(url)
    again = asker.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    changed = asker.post("/incidents", NEW["incidents"])
    assert changed.status_code == 201, changed.text
    fresh = asker.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert fresh.status_code == 200
    assert fresh.content != first.content


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("bbox=1,2,3", 400, "west,south,east,north"),
        ("bbox=a,b,c,d", 400, "west,south,east,north"),
        ("bbox=113,28,112,29", 400, "west below east"),
        ("layers=moon", 404, "moon"),
        ("width=4000&scale=2", 400, "4096"),
        ("width=99999", 422, "width"),
        ("theme=pink", 422, "theme"),
    ],
)
def test_what_can_not_be_drawn_is_refused_in_words(asker: Asker, query: str, status: int, words: str) -> None:
    assert words in said(asker.get(f"/map.png?{query}"), status)


# -- beside MapLibre ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("theme", "zoom"), [("light", 15.5), ("dark", 14.2)])
def test_the_picture_is_what_maplibre_shows(
    browser_page: Any, demo_url: str, theme: str, zoom: float
) -> None:
    layers = "landuse,water,roads,buildings"
    document = httpx.get(f"{demo_url}/style.json?theme={theme}&layers={layers}").json()
    document["layers"] = [
        x for x in document["layers"] if x["type"] != "symbol"
    ]  # each writes with its own hand
    assert shown(browser_page, demo_url, document, zoom) == []
    w, s, e, n = browser_page.evaluate("shown.getBounds().toArray().flat()")
    theirs = Image.open(io.BytesIO(browser_page.locator("#map canvas").screenshot())).convert("RGB")
    asked = f"{demo_url}/map.png?bbox={w},{s},{e},{n}&layers={layers}&theme={theme}&width=900&height=600"
    ours = Image.open(io.BytesIO(httpx.get(asked).content))
    both = [
        np.asarray(image).astype(int)[60:540, 60:840] for image in (theirs, ours)
    ]  # names and bar lie outside
    apart = np.abs(both[0] - both[1]).max(axis=2)
    assert len(np.unique(both[0].reshape(-1, 3), axis=0)) > 50, "MapLibre shows a map"
    assert (apart > 40).mean() < 0.04
