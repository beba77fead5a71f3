"""Glyphs: read back from the bytes, measured, and drawn from by MapLibre in Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest
from matplotlib import font_manager
from PIL import Image

from cim.errors import BadInput, NotFound
from tests.support.api_client import Asker, said, small_city
from tests.support.maplibre import shown
from tiles.style import fonts
from tiles.style.fonts import stack
from tiles.style.glyphs import ASCENDER, BORDER, field, glyphs

CHINESE = any(ord("中") in f.characters for f in stack(("sans-serif",)))
needs_chinese = pytest.mark.skipif(
    not CHINESE and os.environ.get("CITYBASE_REQUIRE_BROWSER") != "1",
    reason="no font with Chinese (Debian: fonts-noto-cjk)",
)
LATIN = "DejaVu Sans"  # matplotlib brings it along


def messages(data: bytes) -> Iterator[tuple[int, Any]]:
    """The fields of a protocol buffer: number and value, in order."""
    at = 0

    def number() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = number()
        if key & 7 == 0:
            yield key >> 3, number()
        else:
            assert key & 7 == 2
            length = number()
            yield key >> 3, data[at : at + length]
            at += length


def signed(value: int) -> int:
    return value >> 1 ^ -(value & 1)


def read(pbf: bytes) -> tuple[str, str, dict[int, dict[int, Any]]]:
    """Name, range and glyphs of the one stack in the bytes."""
    ((key, whole),) = messages(pbf)
    assert key == 1
    fields = list(messages(whole))
    made = [dict(messages(value)) for number, value in fields if number == 3]
    name, span = (next(v for n, v in fields if n == number).decode() for number in (1, 2))
    return name, span, {g[1]: g for g in made}


def test_a_range_has_each_character_of_the_font_once_with_its_size() -> None:
    name, span, made = read(glyphs(LATIN, "0-255").pbf)
    assert (name, span) == (LATIN, "0-255")
    assert set(range(0x20, 0x7F)) <= made.keys() <= set(range(256))
    for code, glyph in made.items():
        if 2 in glyph:
            assert len(glyph[2]) == (glyph[3] + 2 * BORDER) * (glyph[4] + 2 * BORDER), chr(code)
    space = made[0x20]
    assert (space[3], space[4], 2 in space) == (0, 0, False)
    assert space[7] == 8  # 651 of 2048 units, at 24 pixels 7.6


def test_a_capital_stands_on_the_baseline_and_is_as_high_as_the_font_says() -> None:
    glyph = read(glyphs(LATIN, "0-255").pbf)[2][ord("H")]
    # DejaVu Sans: H is 1493 of 2048 units high, its ink runs from 201 to 1339, and it moves on by 1540.
    assert signed(glyph[6]) + ASCENDER == int(np.ceil(1493 / 2048 * 24))
    assert glyph[4] == signed(glyph[6]) + ASCENDER  # nothing below the baseline
    assert (signed(glyph[5]), glyph[7]) == (2, 18)
    picture = np.frombuffer(glyph[2], np.uint8).reshape(glyph[4] + 6, glyph[3] + 6)
    inked = picture > 191
    bar = inked[6:-6].mean(axis=0)  # two uprights
    assert (bar > 0.9).sum() in (4, 5, 6)
    assert picture[0].max() < 191 - 32 * 2  # the border is well outside


def test_a_distance_field_is_as_far_from_a_disc_as_the_disc_is() -> None:
    fine, side = 4, 40
    at = (np.arange(side * fine) + 0.5) / fine
    ink = np.hypot(at[:, None] - 20, at[None] - 20) < 10
    middle = np.arange(side) + 0.5
    away = np.hypot(middle[:, None] - 20, middle[None] - 20) - 10
    exact = np.clip(191 - 32 * away, 0, 255)
    near = np.abs(away) < 5
    assert np.abs(field(ink, fine).astype(float) - exact)[near].max() < 32 * 0.2  # a fifth of a pixel
    assert (field(np.zeros((8, 8), bool), 2) == 0).all()
    assert (field(np.ones((8, 8), bool), 2) == 255).all()


@needs_chinese
def test_a_stack_takes_each_character_from_the_first_font_that_has_it() -> None:
    _, _, chinese = read(glyphs(f"{LATIN},sans-serif", "19968-20223").pbf)
    assert len(chinese) == 256
    middle = chinese[ord("中")]
    assert middle[7] == 24
    # Its ink is about the middle of a line that has its baseline at 26: between the top and 24 pixels below.
    top = ASCENDER - (signed(middle[6]) + ASCENDER)
    assert 2 <= top <= 8
    assert top + middle[4] <= 30
    latin = read(glyphs(f"{LATIN},sans-serif", "0-255").pbf)[2]
    assert latin[ord("H")] == read(glyphs(LATIN, "0-255").pbf)[2][ord("H")]
    other = read(glyphs(f"sans-serif,{LATIN}", "0-255").pbf)[2]
    assert latin[ord("H")] != other[ord("H")]


def test_a_name_may_say_its_weight_and_the_first_says_it_for_all() -> None:
    assert [f.weight for f in stack([f"{LATIN} Bold"])] == [700]
    assert [f.weight for f in stack(["citybase Bold", LATIN])] == [700]
    assert [f.weight for f in stack(["citybase", LATIN, f"{LATIN} Bold"])] == [400, 700]
    regular, bold = (
        sum(map(sum, (g[2] for g in read(glyphs(n, "0-255").pbf)[2].values() if 2 in g)))
        for n in (LATIN, f"{LATIN} Bold")
    )
    assert bold > regular


@pytest.mark.parametrize("span", ["0-254", "1-256", "255-0", "a-b", "1114112-1114367", "0-255-511"])
def test_what_is_no_range_is_refused(span: str) -> None:
    with pytest.raises(BadInput, match="256 code points"):
        glyphs(LATIN, span)


def test_a_range_without_characters_is_empty() -> None:
    made = glyphs(LATIN, "57344-57599")  # for private use
    assert made.count == len(read(made.pbf)[2])
    assert read(glyphs(LATIN, "55296-55551").pbf)[2] == {}  # halves of pairs


def test_fonts_installed_or_removed_since_matplotlib_made_its_list_are_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = fonts.installed_fonts()
    gone = SimpleNamespace(
        name="Gone", fname="/gone.ttf", style="normal", stretch="normal", weight=400, index=0
    )
    own = [e for e in font_manager.fontManager.ttflist if "mpl-data" in e.fname]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [*own, gone])
    fonts.installed_fonts.cache_clear()
    assert fonts.installed_fonts() == now


def test_without_a_font_the_answer_says_what_there_is_and_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(
        NotFound, match=r"no font of 'Gone' is installed; installed: .*DejaVu Sans.*fonts-noto-cjk"
    ):
        glyphs("Gone", "0-255")
    latin = {"dejavu sans": fonts.installed_fonts()["dejavu sans"]}
    monkeypatch.setattr(fonts, "installed_fonts", lambda: latin)
    assert glyphs("Noto Sans CJK SC,sans-serif,None", "0-255").count > 90
    with pytest.raises(NotFound, match=r"has the Chinese of 19968-20223.*fonts-noto-cjk"):
        glyphs("Noto Sans CJK SC,sans-serif,None", "19968-20223")


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    folder = tmp_path_factory.mktemp("glyphs")
    with small_city(f"gpkg:///{folder / 'city.gpkg'}", folder / "snapshots") as asker:
        yield asker


def test_glyphs_over_http_are_kept_by_their_tag_and_refused_in_words(asker: Asker) -> None:
    url = f"/fonts/{LATIN},sans-serif/0-255.pbf"
    first = asker.get(url)
    assert (first.status_code, first.headers["content-type"]) == (200, "application/x-protobuf")
    again = asker.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "installed" in said(asker.get("/fonts/Gone/0-255.pbf"), 404)
    assert "256" in said(asker.get(f"/fonts/{LATIN}/0-99.pbf"), 400)


@needs_chinese
def test_maplibre_writes_chinese_with_the_servers_glyphs_and_without_any_server(
    browser_page: Any, demo_url: str, tmp_path: Any
) -> None:
    page, asked = browser_page, []
    page.on("request", lambda r: asked.append(r.url) if "/fonts/" in r.url else None)
    seen: dict[str, Any] = {}
    for kind in ("server", "local", "nothing"):
        glyphs = "server" if kind == "server" else "local"
        document = httpx.get(f"{demo_url}/style.json?layers=areas,places,roads&glyphs={glyphs}").json()
        if kind == "nothing":
            document["layers"] = [x for x in document["layers"] if x["type"] != "symbol"]
        asked.clear()
        # Without a font family for ideographs nothing is written but what the server or the style's own fonts give.
        assert shown(page, demo_url, document, 14.5, localIdeographFontFamily=False) == []
        assert bool(asked) == (kind == "server")
        page.locator("#map canvas").screenshot(path=tmp_path / f"{kind}.png")
        seen[kind] = np.asarray(Image.open(tmp_path / f"{kind}.png").convert("L")).astype(int)
    ours, theirs = (np.abs(seen[kind] - seen["nothing"]) > 40 for kind in ("server", "local"))
    assert theirs.sum() > 2000
    assert (ours & theirs).sum() / (ours | theirs).sum() > 0.5
    assert page.problems == []
