"""Names and addresses as people write them, brought to one spelling: symbols that can be compared.

A symbol is a number: a character (folded: simplified, half width, lower case, without accents), or a whole
number such as the 158 of 158号, however it was written (１５８, 一百五十八, 158#). Characters of one text
stand in order with 0 where something parted them. An address is cut into its parts after the words that
end them: 长沙市 | 芙蓉区 | 五一大道 | 158号 | 3栋.

Everything is a compiled loop over UTF-8, so that a million addresses are read in a second without the GIL.
Traditional to simplified is OpenCC's, readings are pypinyin's, both as tables made once.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from cim.arrays.readonly import freeze

#: Characters beyond these (the ideographs of extension J are the last) part words.
_CHARACTERS = 0x33480
#: Symbols from here on are numbers; those that are too large are told apart by what remains of them.
NUMBER = 0x110000
_LARGEST = 1 << 20
#: Every symbol is less than 2 to this power.
SYMBOL_BITS = 22

#: Characters that end a part of an address, and weigh less than the name before them.
_ENDS = "省市区县镇乡村路街巷道线桥号栋弄室层楼"
_LIGHT = _ENDS + "大小东西南北中元单社第附之"
#: After these, a numeral that stands before is a number: 五号, 十二栋, 三段.
_UNITS = "号栋幢弄室层楼单组户段期巷支"
#: Before these, digits are part of a name: 51大道 is 五一大道.
_NAMED = "路街大广环中村桥"
_NUMERALS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "百": 100,
    "千": 1000,
}
_DIGITS = "〇一二三四五六七八九"
#: Common characters of names whose second reading is met as well; for others the first one is enough.
_TWO_READINGS = "长行厦重乐朝都大车单会曾铺堡泊巷圩藏解番弹调省盛石种仇区查朴塔给柏"
#: Readings that names prefer to the dictionary's first.
_PREFERRED = {
    "长": ("chang", "zhang"),
    "行": ("xing", "hang"),
    "重": ("zhong", "chong"),
    "省": ("sheng", "xing"),
}

_HAO, _LOU, _DONG, _ZHUANG, _DI, _FU, _SHI, _BAI = (ord(c) for c in "号楼栋幢第附十百")


class Tables(NamedTuple):
    """What the loops look up, by character.

    `fold` int32: the character it is read as, 0 where it parts words. `numeral` int32: the value of a
    Chinese numeral, else -1. `kind` uint8: bit 1 ends a part, 2 is a unit of a number, 4 follows a name made
    of numerals. `weight` float32. `reading`, `second` int16: the syllable, 0 for none; `letters` uint8[n, 7]:
    each syllable's length and letters.
    """

    fold: NDArray[np.int32]
    numeral: NDArray[np.int32]
    kind: NDArray[np.uint8]
    weight: NDArray[np.float32]
    reading: NDArray[np.int16]
    second: NDArray[np.int16]
    letters: NDArray[np.uint8]


@cache
def tables() -> Tables:
    """The tables, made when they are first needed (about a tenth of a second)."""
    fold = _folding()
    numeral = np.full(_CHARACTERS, -1, np.int32)
    for character, value in _NUMERALS.items():
        numeral[ord(character)] = value
    kind = np.zeros(_CHARACTERS, np.uint8)
    for bit, characters in ((1, _ENDS), (2, _UNITS), (4, _NAMED)):
        for character in characters:
            kind[ord(character)] |= bit
    weight = np.ones(_CHARACTERS, np.float32)
    weight[:0x2E80] = 0.34
    weight[0xAC00:0xD7B0] = 0.7
    for character in _LIGHT:
        weight[ord(character)] = 0.45
    reading, second, letters = _readings()
    return Tables(fold, numeral, kind, weight, reading, second, letters)


def _folding() -> NDArray[np.int32]:
    import opencc  # here: whoever never searches need not load it

    fold = np.zeros(_CHARACTERS, np.int32)
    for code in range(0x2E80):
        fold[code] = _plain(chr(code))
    for low, high in ((0x2E80, 0x3400), (0xA000, 0xAC00), (0xF900, 0x10000)):
        for code in range(low, high):
            fold[code] = _plain(chr(code))
    for low, high in ((0x3400, 0x9FFF), (0xAC00, 0xD7A4), (0x20000, _CHARACTERS)):
        fold[low:high] = np.arange(low, high)
    ideographs = [chr(c) for c in (*range(0x3400, 0x9FFF), *range(0xF900, 0xFB00))]
    plain = [unicodedata.normalize("NFKC", c) for c in ideographs]
    simplified = opencc.OpenCC("t2s").convert("\n".join(plain)).split("\n")
    for character, simple in zip(ideographs, simplified, strict=True):
        if len(simple) == 1:
            fold[ord(character)] = ord(simple)
    fold[ord("〇")] = ord("〇")
    fold[ord("零")] = ord("〇")
    fold[_ZHUANG] = _DONG
    fold[ord("#")] = fold[ord("＃")] = _HAO
    return fold


def _plain(character: str) -> int:
    """The letter or digit in its plain form: half width, lower case, no accent; 0 for everything else."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).lower())
    return ord(plain[0]) if plain and plain[0].isalnum() else 0


def _readings() -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.uint8]]:
    """First and second reading of each character as syllable numbers, and the syllables' letters, no tones."""
    numbers: dict[str, int] = {"": 0}
    reading, second = np.zeros(_CHARACTERS, np.int16), np.zeros(_CHARACTERS, np.int16)
    for code, said in _dictionary().items():
        if code >= _CHARACTERS:
            continue
        known = dict.fromkeys(_toneless(s) for s in said.split(","))
        syllables = list(_PREFERRED.get(chr(code), known))
        reading[code] = numbers.setdefault(syllables[0], len(numbers))
        if len(syllables) > 1 and chr(code) in _TWO_READINGS:
            second[code] = numbers.setdefault(syllables[1], len(numbers))
    letters = np.zeros((len(numbers), 7), np.uint8)
    for syllable, number in numbers.items():
        letters[number, 0] = len(syllable[:6])
        letters[number, 1 : 1 + len(syllable[:6])] = list(syllable[:6].encode())
    return reading, second, letters


def _dictionary() -> dict[int, str]:
    """pypinyin's readings by character. The package as a whole would load its 47,000 phrases too (0.2 s, 20 MB),
    which a table of characters has no use for; so its one module is loaded from where it lies."""
    package = importlib.util.find_spec("pypinyin")
    assert package is not None and package.origin is not None
    file = Path(package.origin).with_name("pinyin_dict.py")
    spec = importlib.util.spec_from_file_location("_citybase_readings", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    readings: dict[int, str] = module.pinyin_dict
    return readings


@cache  # of each syllable there are dozens of characters
def _toneless(syllable: str) -> str:
    plain = unicodedata.normalize("NFD", syllable.replace("ü", "v").replace("ǜ", "v").replace("ǚ", "v"))
    plain = plain.replace("ǘ", "v").replace("ǖ", "v")
    return "".join(c for c in plain if c.isascii() and c.isalpha())


@njit(nogil=True, cache=True)
def _decode(data: Any, start: Any, end: Any, fold: Any, out: Any) -> Any:
    """The folded characters of UTF-8 bytes start … end; how many there are."""
    n, at = 0, start
    while at < end and n < len(out):
        byte = np.int64(data[at])
        if byte < 0x80:
            code, size = byte, 1
        elif byte < 0xE0:
            code, size = byte & 0x1F, 2
        elif byte < 0xF0:
            code, size = byte & 0x0F, 3
        else:
            code, size = byte & 0x07, 4
        for k in range(1, size):
            if at + k < end:
                code = code << 6 | (np.int64(data[at + k]) & 0x3F)
        at += size
        out[n] = fold[code] if code < len(fold) else 0
        n += 1
    return n


@njit(nogil=True, cache=True)
def _digit_run(characters: Any, n: Any, at: Any) -> Any:
    """Where the run of Arabic digits that begins here ends, and its value."""
    value = np.int64(0)
    while at < n and 48 <= characters[at] <= 57:
        value = value * 10 + (characters[at] - 48)
        if value > 1 << 50:
            value = value % 1000003 + (1 << 30)
        at += 1
    return at, value


@njit(nogil=True, cache=True)
def _numeral_run(characters: Any, n: Any, at: Any, numeral: Any) -> Any:
    """Where the run of Chinese numerals that begins here ends, and its value."""
    total, held, plain, has_tens = np.int64(0), np.int64(-1), np.int64(0), False
    while at < n and characters[at] < len(numeral) and numeral[characters[at]] >= 0:
        value = np.int64(numeral[characters[at]])
        if value >= 10:
            total += (1 if held <= 0 else held) * value
            held, has_tens = np.int64(-1), True
        else:
            plain = plain * 10 + value if plain < 1 << 40 else plain
            held = value
        at += 1
    if has_tens:
        return at, total + (held if held > 0 else 0)
    return at, np.int64(plain)


@njit(nogil=True, cache=True)
def read_symbols(data: Any, start: Any, end: Any, tables: Any, characters: Any, out: Any) -> Any:
    """Write the symbols of the UTF-8 bytes start … end into `out`, with 0 for what parts them; how many.

    `characters` int32 is room for the folded characters; longer texts are cut to it.
    """
    fold, numeral, kind = tables.fold, tables.numeral, tables.kind
    n = _decode(data, start, end, fold, characters)
    m, at = 0, 0
    while at < n:
        c = np.int64(characters[at])
        if c == 0:
            if m > 0 and out[m - 1] != 0:
                out[m] = 0
                m += 1
            at += 1
            continue
        if 48 <= c <= 57:
            stop, value = _digit_run(characters, n, at)
            named = (
                stop < n and stop - at <= 3 and characters[stop] < len(kind) and kind[characters[stop]] & 4
            )
            # 12中路 is a name, 1大队 is not one; a number at the very end of a name's digits stays one.
            if named and (characters[stop] != 22823 or (stop + 1 < n and characters[stop + 1] == 36947)):
                for k in range(at, stop):
                    out[m] = _digit_character(characters[k] - 48)
                    m += 1
            else:
                out[m] = NUMBER + (value if value < _LARGEST else _LARGEST + value % 500009)
                m += 1
            at = stop
        elif c < len(numeral) and numeral[c] >= 0:
            stop, value = _numeral_run(characters, n, at, numeral)
            counted = stop < n and characters[stop] < len(kind) and kind[characters[stop]] & 2
            counted = counted or (m > 0 and (out[m - 1] == _DI or out[m - 1] == _FU))
            # 五一路五十七很: what should be 号 was mistyped; or 五一路三, where it was left out.
            after_end = m > 0 and out[m - 1] < len(kind) and kind[out[m - 1]] & 1
            counted = counted or (after_end and (stop == n or _has_tens(characters, at, stop)))
            if counted:
                out[m] = NUMBER + (value if value < _LARGEST else _LARGEST + value % 500009)
                m += 1
            else:
                for k in range(at, stop):
                    out[m] = characters[k]
                    m += 1
            at = stop
        elif c == _HAO and at + 1 < n and characters[at + 1] == _LOU and m > 0 and out[m - 1] >= NUMBER:
            out[m] = _DONG  # 5号楼 is 5栋
            m += 1
            at += 2
        else:
            out[m] = c
            m += 1
            at += 1
    if m > 0 and out[m - 1] == 0:
        m -= 1
    return m


@njit(nogil=True, cache=True)
def _has_tens(characters: Any, at: Any, stop: Any) -> Any:
    """Whether a run of numerals counts tens or hundreds, as numbers do and names seldom."""
    found = False
    for k in range(at, stop):
        found |= stop - at > 1 and (characters[k] == _SHI or characters[k] == _BAI)
    return found


_DIGIT_CHARACTERS = np.array([ord(c) for c in _DIGITS], np.int32)


@njit(nogil=True, cache=True)
def _digit_character(digit: Any) -> Any:
    return _DIGIT_CHARACTERS[digit]


#: A part has at most so many symbols.
MOST_IN_PART = 24
_JIE, _DAO, _SHE, _QU, _YUAN, _DAN, _PARK, _JI, _YE = (ord(c) for c in "街道社区元单园技业")


@njit(nogil=True, cache=True)
def split_parts(symbols: Any, n: Any, kind: Any, ends: Any) -> Any:
    """Cut n symbols into parts: part i is the symbols before ends[i], less separators; how many parts.

    A part ends after the words that end one (路, 区, 号 …), where something parts the text, and before and
    after a number with its unit.
    """
    parts, start = 0, 0
    for at in range(n):
        s = symbols[at]
        after = symbols[at + 1] if at + 1 < n else 0
        length = at - start + 1
        stop = False
        if s == 0 or after == 0 or length == MOST_IN_PART:
            stop = True
        elif s >= NUMBER:
            # A number takes its unit with it; without one it stands for itself.
            unit = after < len(kind) and (kind[after] & 3)
            stop = not unit
        elif after >= NUMBER:
            stop = s != _DI and s != _FU
        elif s < len(kind) and kind[s] & 1 and length >= 2:
            stop = True
            if s == _JIE and after == _DAO:
                stop = False
            elif after == _JIE and at + 2 < n and symbols[at + 2] == _DAO:
                stop = False  # 文艺路街道
            elif after == _SHE and at + 2 < n and symbols[at + 2] == _QU:
                stop = False  # 五一路社区
            elif after < len(kind) and kind[after] & 1 and after != _QU:
                stop = False  # 城南路 | 街, 3号楼
        elif at > 0:
            before = symbols[at - 1]  # 单元, 科技园, 工业园
            stop = (s == _YUAN and before == _DAN) or (s == _PARK and before in (_JI, _YE))
        if stop:
            ends[parts] = at + 1
            parts += 1
            start = at + 1
    if n > 0 and (parts == 0 or ends[parts - 1] < n):
        ends[parts] = n
        parts += 1
    return parts


#: A text has at most so many symbols; what is beyond them is not looked at.
MOST_SYMBOLS = 256


def symbols_of(text: str) -> NDArray[np.int32]:
    """The symbols of one text, 0 where something parts them.

    >>> symbols_of("五號").tolist() == symbols_of("５号").tolist() == symbols_of("5#").tolist()
    True
    """
    t = tables()
    data = np.frombuffer(text.encode("utf-8", "replace") or b"\0", np.uint8)
    room, out = np.empty(MOST_SYMBOLS, np.int32), np.empty(MOST_SYMBOLS + 1, np.int32)
    return out[: read_symbols(data, 0, len(data), t, room, out)].copy()


def is_blank(text: str) -> bool:
    """Whether a text has nothing to compare: no letter, character or digit.

    >>> is_blank(" ，！"), is_blank("五")
    (True, False)
    """
    return not len(symbols_of(text))


def spelt(symbols: NDArray[np.int32]) -> str:
    """Symbols as a text to look at.

    >>> spelt(symbols_of("Ｗuyi 大道，一百五十八號"))
    'wuyi 大道 158号'
    """
    return "".join(" " if s == 0 else str(s - NUMBER) if s >= NUMBER else chr(s) for s in symbols.tolist())


def parts_of(text: str) -> list[str]:
    """The parts of an address.

    >>> parts_of("长沙市芙蓉区文艺路街道五一大道158号翠竹小区十二栋2单元")
    ['长沙市', '芙蓉区', '文艺路街道', '五一大道', '158号', '翠竹小区', '12栋', '2单元']
    """
    symbols = symbols_of(text)
    ends = np.empty(len(symbols) + 1, np.int32)
    count = split_parts(symbols, len(symbols), tables().kind, ends)
    found = np.split(symbols, ends[: count - 1]) if count else []
    return [said for part in found if (said := spelt(part).strip())]


def same(one: str, other: str) -> bool:
    """Whether two texts are the same once spelling is set aside.

    >>> same("文藝路３號樓", "文艺路3栋"), same("五一路", "五一大道")
    (True, False)
    """
    left, right = symbols_of(one), symbols_of(other)
    return bool(np.array_equal(left[left != 0], right[right != 0]))


def bytes_of(values: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The UTF-8 bytes of an Arrow text array without nulls, and where each text begins: [n + 1]."""
    values = values.cast(pa.large_string())
    held, where = np.zeros(1, np.uint8), np.zeros(1, np.int64)
    if len(values):
        _, starts, data = values.buffers()
        where = np.frombuffer(starts, np.int64, len(values) + 1, values.offset * 8)
        held = np.frombuffer(data, np.uint8) if data is not None and data.size else held
    freeze(held, where)
    return held, where
