"""Names and addresses are compared as people mean them, not as they type them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cim.columnar import columns
from cim.model.layer import Features, Field, Layer
from cim.text import normalize
from cim.text.index import TextIndex, build, open_index, save, weight_of
from tests.bench.noise import Address, Noise

LAYER = Layer("texts", geometry="point", fields=(Field("name", "text"), Field("name_en", "text")))
_CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=12)


def index_of(*names: str | None) -> TextIndex:
    """The index over these names, one a row."""
    shapes = np.array([shapely.Point(112.9 + i * 1e-4, 28.1) for i in range(len(names))], object)
    table = pa.table({"name": list(names), "name_en": [None] * len(names)}, LAYER.schema())
    return build(columns.build(LAYER, Features(shapes, table), "EPSG:4547"), [0])


def names_found(asked: str, *names: str) -> list[str]:
    """The names in the order in which they are found."""
    shapes = np.array([shapely.Point(112.9, 28.1)] * len(names), object)
    table = pa.table({"name": list(names), "name_en": [None] * len(names)}, LAYER.schema())
    made = columns.build(LAYER, Features(shapes, table), "EPSG:4547")
    index = build(made, [0])
    return [made.values[0][index.value_of(at)[1]].as_py() for at in index.find(asked)[0].tolist()]


@pytest.fixture(scope="module", autouse=True)
def _tables() -> None:
    normalize.tables()  # made once, a tenth of a second, which is not the time of an example


# -- one spelling ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("五一大道１５８号", "五一大道158号"),  # full width
        ("五一大道一百五十八号", "五一大道158号"),  # numerals
        ("五一大道一五八号", "五一大道158号"),
        ("五一大道158#", "五一大道158号"),
        ("韶山北路二段", "韶山北路2段"),
        ("十二栋", "12幢"),
        ("3号楼", "三栋"),
        ("第二十三社区", "第23社区"),
        ("八一路", "81路"),  # digits in a name
        ("51大道", "五一大道"),
        ("嶽麓書院", "岳麓书院"),  # traditional
        ("臺灣路", "台湾路"),
        ("ＷＵＹＩ　Avenue", "wuyi avenue"),
        ("Rue Grimaldi, Condamine", "rue grimaldi condamine"),
        ("Résidence l'Hermitage", "residence l'hermitage"),
        ("五一大道（158号）", "五一大道158号"),
    ],
)
def test_spellings_of_one_thing_are_one(one: str, other: str) -> None:
    assert normalize.same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("五一大道", "五一路"), ("158号", "185号"), ("三一大道", "31号"), ("芙蓉区", "芙蓉路"), ("3栋", "3号")],
)
def test_different_things_stay_different(one: str, other: str) -> None:
    assert not normalize.same(one, other)


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("湖南省长沙市岳麓区枫林三路二段12号", ["湖南省", "长沙市", "岳麓区", "枫林三路", "2段", "12号"]),
        ("城南路街道办事处", ["城南路街道", "办事处"]),
        ("五一路社区服务中心", ["五一路社区", "服务中心"]),
        ("翠竹小区12栋2单元1203室", ["翠竹小区", "12栋", "2单元", "1203室"]),
        ("隆平高科技园望江岭大道34号", ["隆平高科技园", "望江岭大道", "34号"]),
        ("12 Rue Grimaldi", ["12", "rue", "grimaldi"]),
        ("解放路附3号", ["解放路", "附3号"]),
        ("", []),
        ("！？，", []),
    ],
)
def test_an_address_is_cut_after_the_words_that_end_its_parts(address: str, parts: list[str]) -> None:
    assert normalize.parts_of(address) == parts


@given(st.text(max_size=300))
def test_any_text_is_read_and_reading_it_again_changes_nothing(said: str) -> None:
    symbols = normalize.symbols_of(said)
    assert len(symbols) <= normalize.MOST_SYMBOLS + 1
    assert not len(symbols) or (symbols[0] != 0 and symbols[-1] != 0)
    assert "".join(normalize.parts_of(said)).replace(" ", "") == normalize.spelt(symbols).replace(" ", "")


@given(_CHINESE)
def test_folding_is_done_once_and_for_all(name: str) -> None:
    once = normalize.spelt(normalize.symbols_of(name))
    assert normalize.same(once, name)


def test_a_simplified_character_of_the_later_planes_is_one() -> None:
    assert normalize.same("菕路", "𰰨路")


# -- finding -----------------------------------------------------------------------------------------

CITY = (
    "长沙市芙蓉区文艺路街道五一大道158号",
    "长沙市芙蓉区文艺路街道五一大道160号",
    "长沙市芙蓉区文艺路街道五一大道15号",
    "长沙市天心区坡子街街道五一路158号",
    "长沙市岳麓区岳麓街道麓山南路36号翠竹小区3栋",
    "长沙市岳麓区岳麓街道麓山路36号",
    "长沙市开福区湘雅路街道湘雅路36号",
    "岳麓书院",
    "橘子洲头",
    "长沙南站",
    "长沙站",
    "银杏公园",
    "Rue Grimaldi",
    "Rue de la Turbie",
)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("五一大道158号", 0),  # without city, district and street
        ("芙蓉区五一大道158", 0),  # without 号
        ("五一大道158号芙蓉区", 0),  # swapped words
        ("芙容区五一大到158号", 0),  # homophones
        ("五一大158号", 0),  # one left out
        ("五大一道158号", 0),  # neighbours swapped
        ("wuyidadao158", 0),  # pinyin
        ("wu yi da dao 158 hao", 0),
        ("wydd158号", 0),  # initials
        ("芙蓉區五壹大道１５８號", 0),
        ("五一路158号", 3),  # not the avenue
        ("五一大道160号", 1),
        ("五一大道15号", 2),
        ("麓山南路36号", 4),
        ("麓山路三十六号", 5),
        ("岳麓街道翠竹小区三栋", 4),
        ("yuelushuyuan", 7),
        ("ylsy", 7),
        ("岳簏书院", 7),
        ("书院岳麓", 7),
        ("岳麓书", 7),
        ("桔子洲头", 8),
        ("长沙南", 9),
        ("changshazhan", 10),
        ("zhangshanan", 9),
        ("银杏", 11),
        ("yinhanggongyuan", 11),
        ("grimaldi", 12),
        ("rue grimaldy", 12),
        ("turbie", 13),
        ("de la Turbie rue", 13),
    ],
)
def test_what_was_meant_is_found_first(asked: str, meant: int) -> None:
    assert names_found(asked, *CITY)[:1] == [CITY[meant]]


def test_the_whole_name_fits_better_than_a_part_of_another_and_scores_lie_within_0_and_1() -> None:
    index = index_of("人民路", "人民路消防栓", "人民东路")
    texts, scores = index.find("人民路")
    assert texts[0] == 0 and scores[0] == pytest.approx(1.0)
    assert (np.diff(scores) <= 0).all() and (scores >= 0).all() and (scores <= 1).all()


def test_nothing_is_found_for_nothing_or_for_what_is_like_nothing() -> None:
    index = index_of("岳麓书院")
    for asked in ("", "  ", "！？", "zzzz", "北京天安门", "\x00"):
        assert not len(index.find(asked)[0])
    assert not len(index_of().find("岳麓书院")[0])


@pytest.mark.parametrize(
    ("asked", "name"),
    [("长沙丁乡丁", "丁乡丁"), ("长沙一镇一镇一镇", "一镇一镇一镇"), ("长沙路区区区", "路区区区")],
)
def test_each_part_that_repeats_another_explains_a_place_of_its_own(asked: str, name: str) -> None:
    names = [name, "长沙", *(f"别处{i}村" for i in range(20))]
    texts, scores = index_of(*names).find(asked)
    score = dict(zip((names[t] for t in texts.tolist()), scores.tolist(), strict=True))[name]
    weight = weight_of
    assert score == pytest.approx(weight(name) / weight(asked), abs=1e-6)


def test_rows_of_one_text_are_found_together_and_rows_without_one_never() -> None:
    index = index_of("人民路", None, "人民路", "解放路")
    texts, _ = index.find("人民路")
    assert sorted(index.rows_of(int(texts[0])).tolist()) == [0, 2]


#: Few characters, so that names repeat them, and some that end a part.
_REPEATING = st.text(st.sampled_from("丁王乡村路镇号东"), min_size=2, max_size=9)


@settings(max_examples=120, deadline=None)
@example(["丁乡丁"])
@example(["丁丁乡丁"])
@example(["一镇一镇一镇"])
@given(
    st.lists(
        _CHINESE | _REPEATING,
        min_size=1,
        max_size=30,
        unique_by=lambda n: normalize.spelt(normalize.symbols_of(n)),
    )
)
def test_every_text_is_found_by_itself_with_the_best_score(names: list[str]) -> None:
    index = index_of(*names)
    for asked in names:
        texts, scores = index.find(asked, 100)
        assert scores[0] == pytest.approx(1.0, abs=1e-6)
        mine = [k for k in range(len(texts)) if names[_row(index, texts[k])] == asked]
        assert mine and scores[mine[0]] == pytest.approx(scores[0], abs=1e-6)


def _row(index: TextIndex, at: int) -> int:
    # Points of one place keep the order in which they came, and so do their rows.
    return int(index.rows_of(int(at))[0])


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=120))
def test_any_question_is_answered(asked: str) -> None:
    index = index_of(*CITY)
    texts, scores = index.find(asked)
    assert len(texts) == len(scores) <= len(CITY)
    again = index.find(asked)
    assert texts.tolist() == again[0].tolist(), "what a question counts in is left as it was found"


def test_a_saved_index_answers_like_the_one_that_was_made_and_a_damaged_one_is_not_opened(
    tmp_path: Path,
) -> None:
    made = index_of(*CITY)
    save(made, tmp_path / "text")
    opened = open_index(tmp_path / "text")
    assert opened is not None
    for asked in ("五一大道158号", "ylsy", "桔子洲头"):
        assert [a.tolist() for a in opened.find(asked)] == [a.tolist() for a in made.find(asked)]
    save(made, tmp_path / "text")  # another worker was faster
    assert [p.name for p in tmp_path.iterdir()] == ["text"]
    (tmp_path / "text").write_bytes((tmp_path / "text").read_bytes()[:-8])
    assert open_index(tmp_path / "text") is None
    assert open_index(tmp_path / "nothing") is None


def test_most_noisy_questions_find_their_address_among_five_thousand() -> None:
    roads = [
        f"{a}{b}{c}"
        for a in ("青竹", "白沙", "桂花", "枫叶", "金桂")
        for b in ("", "湖", "东", "山", "桥")
        for c in ("路", "街")
    ]
    meant = [
        Address("长沙市", ("芙蓉区", "岳麓区")[i % 2], ("文艺路街道", "岳麓街道")[i % 2], road, n, "")
        for i, road in enumerate(roads)
        for n in range(1, 101)
    ]
    index = index_of(*(a.full for a in meant))
    noise = Noise(1)
    asked = [noise.question(meant[k]) for k in range(0, len(meant), 17)]
    first = [q.right(meant[_value(index, q.text)]) for q in asked]
    assert np.mean(first) > 0.93


def _value(index: TextIndex, asked: str) -> int:
    texts, _ = index.find(asked, 1)
    return index.value_of(int(texts[0]))[1] if len(texts) else 0
