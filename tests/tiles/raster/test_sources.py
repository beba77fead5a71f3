"""The folder of rasters and archives: names, versions, what is said of a file, what can't be served."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from cim.errors import BadInput, FaultyData, NotFound
from tiles import sources

TIF = (".tif", ".tiff")


def put(folder: Path, name: str, content: bytes = b"x") -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def names(folder: Path) -> list[str]:
    return [s.name for s in sources.list_sources(folder, TIF).sources]


def test_a_file_that_is_dropped_in_is_there_at_once_and_gone_when_it_is_removed(tmp_path: Path) -> None:
    assert names(tmp_path / "none") == names(tmp_path) == []
    file = put(tmp_path, "长沙_dem.tif")
    put(tmp_path, "base.pmtiles")
    assert names(tmp_path) == ["长沙_dem"]
    assert sources.find_source(tmp_path, "长沙_dem", TIF).file == file
    file.unlink()
    with pytest.raises(NotFound, match=r"no 长沙_dem\.tif or 长沙_dem\.tiff .* there are: none"):
        sources.find_source(tmp_path, "长沙_dem", TIF)


def test_a_name_that_is_not_there_is_answered_with_those_that_are(tmp_path: Path) -> None:
    put(tmp_path, "b.tif")
    put(tmp_path, "a.TIF")
    with pytest.raises(NotFound, match="there are: a, b"):
        sources.find_source(tmp_path, "c", TIF)
    assert sources.find_source(tmp_path, "a", TIF).file.name == "a.TIF"


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "a/b", "a b", "a.tif", "a\x00", "x" * 101, "％"])
def test_a_name_that_could_lead_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="can't be the name of a source"):
        sources.find_source(tmp_path, name, TIF)


def test_the_version_changes_with_the_file_and_with_what_belongs_to_it(tmp_path: Path) -> None:
    file = put(tmp_path, "a.tif", b"one")
    seen = [sources.find_source(tmp_path, "a", TIF).version]
    assert sources.find_source(tmp_path, "a", TIF).version == seen[0]
    os.utime(file, ns=(1, 1))
    seen.append(sources.find_source(tmp_path, "a", TIF).version)
    os.utime(put(tmp_path, "a.tif", b"two!"), ns=(1, 1))  # the same time, another size
    seen.append(sources.find_source(tmp_path, "a", TIF).version)
    for other in ("a.toml", "a.tif.ovr", "a.tif.aux.xml", "a.tif.msk"):
        put(tmp_path, other)
        seen.append(sources.find_source(tmp_path, "a", TIF).version)
    assert len(set(seen)) == len(seen)
    put(tmp_path, "b.toml")
    assert sources.find_source(tmp_path, "a", TIF).version == seen[-1]


def test_files_that_cannot_be_served_are_listed_with_the_reason(tmp_path: Path) -> None:
    for name in ("dem (1).tif", "dem.tif", "dem.tiff", "x.Tif", ".draft.tif"):
        put(tmp_path, name)
    listing = sources.list_sources(tmp_path, TIF)
    assert [s.file.name for s in listing.sources] == ["dem.tif"]
    assert dict(listing.left_out) == {
        "dem (1).tif": "rename it: letters, digits, _ and - only, at most 100",
        "dem.tiff": "dem.tif is served under this name",
        "x.Tif": "rename it to end in .tif",
    }
    assert sources.find_source(tmp_path, "dem", TIF).file.name == "dem.tif"


def test_a_toml_file_beside_a_source_says_what_it_is(tmp_path: Path) -> None:
    put(tmp_path, "dem.tif")
    plain = sources.describe(sources.find_source(tmp_path, "dem", TIF))
    assert (plain.title_zh, plain.title_en, plain.attribution, dict(plain.rule)) == ("dem", "dem", "", {})
    text = 'title_zh = "地形"\ntitle_en = "Terrain"\nattribution = "测绘院"\nkind = "terrain"\nrescale = [0, 9]\n'
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        put(tmp_path, "dem.toml", text.encode(encoding))
        told = sources.describe(sources.find_source(tmp_path, "dem", TIF))
        assert (told.title_zh, told.title_en, told.attribution) == ("地形", "Terrain", "测绘院")
        assert dict(told.rule) == {"kind": "terrain", "rescale": [0, 9]}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title_zh = ", "dem.toml: not a TOML file in UTF-8"),
        ("\xff\xff", "dem.toml: not a TOML file in UTF-8"),
        ("attribution = 3", "dem.toml: attribution must be a text, not 3"),
    ],
)
def test_a_bad_toml_file_is_named_with_its_fault(tmp_path: Path, text: str, sentence: str) -> None:
    put(tmp_path, "dem.tif")
    put(tmp_path, "dem.toml", text.encode("latin-1"))
    with pytest.raises(FaultyData) as raised:
        sources.describe(sources.find_source(tmp_path, "dem", TIF))
    assert sentence in str(raised.value)
    assert len(raised.value.faults) == 1
