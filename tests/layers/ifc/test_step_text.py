"""STEP text before a parser sees it: strings in all their spellings, and what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim.bim.building_model import ModelRefused
from layers.formats.ifc import step_blocks
from layers.formats.ifc.read import read_ifc
from layers.formats.ifc.step_scan import scan
from layers.formats.ifc.step_strings import decode, encode
from layers.formats.model_options import ModelOptions
from tests.support.inputs import CASES

WHOLE = CASES / "cim" / "ifc" / "I17_no_georeference.ifc"
MADE = CASES / "cim" / "ifc" / "I22_escapes_x2_x4_s_x.ifc"
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_text_comes_back_from_its_step_string(text: str) -> None:
    written = encode(text)
    assert written.isascii() and written.isprintable()
    assert decode(written) == text


@given(TEXT)
def test_a_text_in_utf_16_escapes_of_small_letters_is_read(text: str) -> None:
    assert decode("\\X2\\" + text.encode("utf-16-be").hex() + "\\X0\\") == text


@given(st.binary(max_size=60))
def test_no_bytes_break_the_scan(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.mktemp("noise") / "a.ifc"
    whole = WHOLE.read_bytes()
    path.write_bytes(whole[:900] + noise + whole[900:])
    scan(path)


def altered(tmp_path: Path, old: str, new: str, whole: Path = MADE) -> Path:
    text = whole.read_text("utf-8")
    assert old in text
    path = tmp_path / "a.ifc"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ISO-10303-21;\n", "", "does not begin with ISO-10303-21"),
        ("END-ISO-10303-21;", "", "without END-ISO-10303-21"),
        ("IFCPROJECT('", "IFCPROJECT(", "a string is not closed|is broken"),
        (");\n#3=", ")\n#3=", "line 9: the record #2 is broken"),
        ("#3=IFC", "#3IFC", "is broken"),
        ("#3=IFC", "#2=IFC", "the instance number #2 is there twice"),
        ("'IFC4'", "'IFC9'", "the schema of the file is 'IFC9'"),
    ],
)
def test_what_is_broken_is_named_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(ModelRefused, match=words) as raised:
        read_ifc(altered(tmp_path, old, new), ModelOptions())
    assert raised.value.faults[0].text.zh


def test_a_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    whole = MADE.read_bytes()
    path = tmp_path / "a.ifc"
    for size in range(1, len(whole.rstrip()), 371):
        path.write_bytes(whole[:size])
        with pytest.raises(ModelRefused):
            read_ifc(path, ModelOptions())


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_raw_bytes_are_read_and_told(tmp_path: Path, encoding: str) -> None:
    text = MADE.read_text("utf-8")
    name = "给排水管道-Küche-消防泵房" if encoding.startswith("utf") else "消防泵房一层给水"
    start = text.index("IFCBUILDINGELEMENTPROXY('1bfal8GH5IFw0oY9bPA6r2',$,'")
    end = text.index("'", start + 56)
    begin = text.index("$,'", start) + 3
    path = tmp_path / "a.ifc"
    path.write_bytes((text[:begin] + name + text[text.index("'", begin) :]).encode(encoding))
    assert end > begin
    model = read_ifc(path, ModelOptions())
    assert next(one.name for one in model.objects if one.id == "1bfal8GH5IFw0oY9bPA6r2") == name
    assert any(one.code == "text.encoding" and encoding[:5].upper() in one.text.en for one in model.faults)


def test_small_pieces_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    files = sorted((CASES / "cim" / "ifc").glob("*.ifc"))
    whole = [scan(path) for path in files]
    monkeypatch.setattr(step_blocks, "_SIZE", 700)
    for path, one in zip(files, whole, strict=True):
        again = scan(path)
        assert (again.told, again.plain, again.numbers.tolist()) == (
            one.told,
            one.plain,
            one.numbers.tolist(),
        ), path
        assert [fault.line for fault in again.refused] == [fault.line for fault in one.refused]


@pytest.mark.parametrize(
    ("case", "old", "new", "words"),
    [
        # The tessellation would end the process at each of these.
        ("I31_spaces_zones_boundaries.ifc", "$,$,#19,(#24))", "$,$,#107,(#24))", "#25=IfcRelAggregates"),
        ("I33_openings_overlap_and_niche.ifc", "#42,#54)", "#42,#104)", "IfcRelVoidsElement"),
        ("I35_mapped_items.ifc", "#67=IFCMAPPEDITEM(#45,", "#67=IFCMAPPEDITEM(#57,", "#67=IfcMappedItem"),
        ("I35_mapped_items.ifc", "#44,#42)", "#44,#61)", "leads back to itself"),
        (
            "I35_mapped_items.ifc",
            "#28=IFCLOCALPLACEMENT(#23,",
            "#28=IFCLOCALPLACEMENT(#60,",
            "leads back to itself",
        ),
        ("I35_mapped_items.ifc", "#24,(#29))", "#29,(#29))", "a part of itself"),
    ],
)
def test_what_contradicts_the_schema_is_refused(
    tmp_path: Path, case: str, old: str, new: str, words: str
) -> None:
    path = altered(tmp_path, old, new, MADE.with_name(case))
    with pytest.raises(ModelRefused, match=words):
        read_ifc(path, ModelOptions())


def test_an_element_without_a_global_id_gets_its_number(tmp_path: Path) -> None:
    path = altered(tmp_path, "'3MPPr$MlXPXPQpsNy6WySI'", "$", MADE.with_name("I35_mapped_items.ifc"))
    model = read_ifc(path, ModelOptions())
    assert [one.id for one in model.objects if one.name == "台A"] == ["#63"]
    assert [(one.code, one.element) for one in model.faults] == [("id.malformed", "#63")]


def test_limits_are_said_in_words() -> None:
    with pytest.raises(ModelRefused, match="more triangles than the limit of 10"):
        read_ifc(MADE.with_name("I01_mm_scale_rotation_tower.ifc"), ModelOptions(most_triangles=10))
    with pytest.raises(ModelRefused, match="more than the limit of 1,000"):
        read_ifc(MADE, ModelOptions(most_bytes=1000))


def test_progress_may_end_the_work() -> None:
    class StopError(Exception):
        pass

    def stop(what: str, done: int, total: int | None) -> None:
        if what == "shapes":
            raise StopError(what, done, total)

    with pytest.raises(StopError):
        read_ifc(MADE.with_name("I01_mm_scale_rotation_tower.ifc"), ModelOptions(), stop)
