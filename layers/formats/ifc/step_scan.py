"""What is wrong with the text of a STEP file, found before a parser opens it.

The parser leaves out what it can't read without a word: a record without its bracket takes the next ones with it, and a
reference to nothing becomes nothing. So every record is looked at here, by numpy, in one pass over the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cim.arrays.types import Mask
from cim.bim.building_model import ModelFault
from cim.progress import Progress, silent
from layers.formats.ifc.faults import fault
from layers.formats.ifc.step_blocks import StepBlock, step_blocks

_MOST_FAULTS = 20
_MOST_TEXTS = 20_000
_KEYWORD = re.compile(
    rb"\s*(?:(?:\xef\xbb\xbf)?ISO-10303-21|HEADER|FILE_\w+\s*\(.*\)|DATA\s*(?:\(.*\))?|ENDSEC|END-ISO-10303-21|"
    rb"(?:SCHEMA_POPULATION|SECTION_LANGUAGE|SECTION_CONTEXT)\s*\(.*\))\s*;",
    re.DOTALL | re.IGNORECASE,
)
_NUMBER = re.compile(rb"\s*#(\d+)\s*=")
_RECORD_IN_STRING = re.compile(rb"[\r\n]\s*#\d+\s*=\s*IFC[A-Z0-9]+\s*\(", re.IGNORECASE)
_WITH_BYTES = re.compile(rb"'([^']*[\x80-\xff][^']*)'")
#: A text as far as its escapes are in the form that every parser reads.
_PLAIN = re.compile(
    rb"(?:[^\\\x80-\xff]++|\\X2\\(?:(?:[0-9A-CE-F][0-9A-F]{3}|D[0-7][0-9A-F]{2}))++\\X0\\|\\X4\\(?:[0-9A-F]{8})++\\X0\\"
    rb"|\\X\\[0-9A-F]{2}|\\S\\[ -~]|\\\\)*+"
)


@dataclass(slots=True, eq=False)
class StepScan:
    """What the text of a file is like. `refused` are faults with which nothing may be loaded, `told` the others.

    `numbers` int64[n] are the numbers of its instances, sorted; `texts` a sample of the strings that have bytes beyond
    ASCII; `plain` says that every string is in a form that any parser reads.
    """

    refused: list[ModelFault] = field(default_factory=list)
    told: list[ModelFault] = field(default_factory=list)
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    texts: list[bytes] = field(default_factory=list)
    plain: bool = True


def scan(path: Path, progress: Progress = silent) -> StepScan:
    """Look at every record of a STEP file."""
    found = StepScan()
    size = path.stat().st_size
    if (refused := _first_look(path, size)) is not None:
        found.refused.append(refused)
        return found
    numbers: list[NDArray[np.int64]] = []
    references: list[NDArray[np.int64]] = []
    done, ended, line = 0, False, 1
    for block in step_blocks(path):
        progress("scan", done, size)
        _look(block, found, numbers, references)
        done += len(block.data)
        if block.last:
            ended, line = _look_at_end(block)
        if len(found.refused) >= _MOST_FAULTS:
            return found
    if not ended and not found.refused:
        found.refused.append(
            fault(
                "step.truncated",
                f"文件不完整：到第 {line} 行为止，没有 END-ISO-10303-21",
                f"the file is cut off: it ends in line {line} without END-ISO-10303-21",
                line=line,
            )
        )
    if not found.refused:
        _compare(path, found, np.concatenate(numbers or [found.numbers]), references)
    return found


def _first_look(path: Path, size: int) -> ModelFault | None:
    with path.open("rb") as file:
        head = file.read(4096)
    if not head.strip():
        return fault("file.empty", "文件是空的", "the file is empty")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:64]:
        return fault(
            "step.encoding",
            "文件不是单字节文本（UTF-16 或二进制）；请另存为标准 IFC（STEP）",
            "the file is UTF-16 or binary; IFC files are text of single bytes: export it again",
        )
    if b"ISO-10303-21" not in head.upper():
        return fault(
            "step.no_header",
            f"文件不以 ISO-10303-21 开头，不是 IFC（STEP）文件（{size} 字节）",
            f"the file does not begin with ISO-10303-21: it is no IFC file in STEP text ({size} bytes)",
            line=1,
        )
    return None


def _look(
    block: StepBlock, found: StepScan, numbers: list[NDArray[np.int64]], references: list[NDArray[np.int64]]
) -> None:
    bare, ends = block.bare, block.ends
    _look_at_strings(block, found)
    if len(ends) == 0:
        return
    starts = np.concatenate([[0], ends[:-1] + 1])
    equals = np.flatnonzero(bare == ord("="))
    first = np.searchsorted(equals, starts)
    count = np.searchsorted(equals, ends) - first
    opened = np.cumsum((bare == ord("(")).astype(np.int8) - (bare == ord(")")).view(np.int8), dtype=np.int32)
    depth = np.diff(opened[ends], prepend=0)
    hashes = np.flatnonzero(bare == ord("#"))
    values = _read_numbers(bare, hashes)
    named = np.searchsorted(hashes, starts)
    beyond = np.iinfo(np.int64).max
    defines = (count >= 1) & (np.append(hashes, beyond)[named] < np.append(equals, beyond)[first])
    broken = (depth != 0) | (count > 1) | ((count == 1) & ~defines)
    single = np.flatnonzero(count == 1)
    broken[single] |= ~_begins_entity(bare, equals[first[single]])
    for record in np.flatnonzero(count == 0):
        text = block.data[starts[record] : ends[record] + 1]
        broken[record] = _KEYWORD.fullmatch(text) is None
    for record in np.flatnonzero(broken)[:_MOST_FAULTS]:
        found.refused.append(_syntax_fault(block, int(starts[record]), int(ends[record])))
    is_definition = np.zeros(len(hashes), np.bool_)
    is_definition[named[defines]] = True
    numbers.append(values[is_definition])
    references.append(np.unique(values[~is_definition]))


def _begins_entity(bare: NDArray[np.uint8], equals: NDArray[np.int64]) -> Mask:
    """Whether a letter or a bracket follows each "=", spaces apart."""
    after = bare[np.minimum(equals + 1, len(bare) - 1)]
    good: Mask = (after >= 65) & (after <= 122) | (after == ord("("))
    for i in np.flatnonzero(~good):
        tail = bare[equals[i] + 1 : equals[i] + 200].tobytes().lstrip()
        good[i] = tail[:1].isalpha() or tail[:1] == b"("
    return good


def _read_numbers(bare: NDArray[np.uint8], hashes: NDArray[np.int64]) -> NDArray[np.int64]:
    """The number after each "#" (0 where there is none)."""
    values = np.zeros(len(hashes), np.int64)
    active = np.arange(len(hashes))
    for digit in range(1, 18):
        places = hashes[active] + digit
        active, places = active[places < len(bare)], places[places < len(bare)]
        code = bare[places] - np.uint8(48)
        going = code < 10
        active = active[going]
        if len(active) == 0:
            break
        values[active] = values[active] * 10 + code[going]
    return values


def _syntax_fault(block: StepBlock, start: int, end: int) -> ModelFault:
    text = block.data[start : end + 1]
    skipped = len(text) - len(text.lstrip())
    line = block.line_at(start + skipped)
    match = _NUMBER.match(text)
    number = f"#{int(match[1])}" if match else text.strip()[:30].decode("ascii", "replace")
    return fault(
        "step.syntax",
        f"第 {line} 行的记录 {number} 写坏了（括号、等号或分号缺失）",
        f"line {line}: the record {number} is broken (a bracket, an equals sign or a semicolon is missing)",
        line=line,
    )


def _look_at_strings(block: StepBlock, found: StepScan) -> None:
    data = block.data
    if b"'" in data and (match := _record_in_string(block)) is not None:
        line = block.line_at(match)
        found.refused.append(
            fault(
                "step.string_open",
                f"第 {line} 行的字符串没有结束引号",
                f"line {line}: a string is not closed (its quote is missing)",
                line=line,
            )
        )
        return
    if not data.isascii():
        found.plain = False
        outside = np.flatnonzero(block.bare >= 128)
        if len(outside) and not data.startswith(b"\xef\xbb\xbf"):
            found.refused.append(_syntax_fault(block, *_record_of(block, int(outside[0]))))
        if len(found.texts) < _MOST_TEXTS:
            found.texts += _WITH_BYTES.findall(data)[: _MOST_TEXTS - len(found.texts)]
    elif found.plain and b"\\" in data:
        match_plain = _PLAIN.match(data)
        found.plain = match_plain is not None and match_plain.end() == len(data)


def _record_in_string(block: StepBlock) -> int | None:
    """Where a string begins that holds what looks like a record, so that its quote must be missing."""
    raw = np.frombuffer(block.data, np.uint8)
    lines = np.flatnonzero(raw == 10)
    lines = lines[lines + 1 < len(raw)]
    # Inside a string `bare` is blank where the text is not.
    suspects = lines[(raw[lines + 1] == ord("#")) & (block.bare[lines + 1] != ord("#"))]
    for place in suspects[:1000]:
        if _RECORD_IN_STRING.match(block.data, int(place)):
            return block.data.rfind(b"'", 0, int(place))
    return None


def _record_of(block: StepBlock, place: int) -> tuple[int, int]:
    at = int(np.searchsorted(block.ends, place))
    start = int(block.ends[at - 1]) + 1 if at else 0
    return start, int(block.ends[at]) if at < len(block.ends) else len(block.data) - 1


def _look_at_end(block: StepBlock) -> tuple[bool, int]:
    """Whether the file ends as it should, and its last line."""
    tail = block.data[-4096:].upper()
    after = int(block.ends[-1]) + 1 if len(block.ends) else 0
    clean = not block.data[after:].strip(b" \t\r\n\0\x1a")
    return b"END-ISO-10303-21" in tail and clean, block.line_at(len(block.data.rstrip()))


def _compare(
    path: Path, found: StepScan, numbers: NDArray[np.int64], references: list[NDArray[np.int64]]
) -> None:
    found.numbers, times = np.unique(numbers, return_counts=True)
    for number in found.numbers[times > 1][:_MOST_FAULTS]:
        found.refused.append(
            fault(
                "step.number_twice",
                f"实例编号 #{number} 出现了两次",
                f"the instance number #{number} is there twice",
            )
        )
    used = np.unique(np.concatenate(references)) if references else found.numbers
    lost = np.setdiff1d(used, found.numbers, assume_unique=True)
    for number, line, record in _find(path, lost[:_MOST_FAULTS]):
        found.told.append(
            fault(
                "step.dangling_reference",
                f"第 {line} 行的 {record} 引用了 #{number}，而文件里没有 #{number}",
                f"line {line}: {record} refers to #{number}, which is not in the file",
                line=line,
            )
        )
    if len(lost) > _MOST_FAULTS:
        found.told.append(
            fault(
                "step.dangling_reference",
                f"还有 {len(lost) - _MOST_FAULTS} 个引用指向不存在的实例",
                f"{len(lost) - _MOST_FAULTS} more references lead to instances that are not in the file",
            )
        )


def _find(path: Path, numbers: NDArray[np.int64]) -> Iterator[tuple[int, int, str]]:
    """Where instances are used first: number, line, and the number of the record that does it."""
    if len(numbers) == 0:
        return
    missing = set(numbers.tolist())
    for block in step_blocks(path):
        hashes = np.flatnonzero(block.bare == ord("#"))
        values = _read_numbers(block.bare, hashes)
        for at in np.flatnonzero(np.isin(values, list(missing))):
            number = int(values[at])
            if number in missing:
                missing.remove(number)
                start, end = _record_of(block, int(hashes[at]))
                match = _NUMBER.match(block.data, start, end)
                yield number, block.line_at(int(hashes[at])), f"#{int(match[1])}" if match else "?"
        if not missing:
            return


def instance_lines(path: Path, numbers: NDArray[np.int64]) -> Iterator[tuple[int, int, str]]:
    """Where instances are defined: number, line, and the name of their class."""
    missing = set(numbers.tolist())
    for block in step_blocks(path):
        if not missing:
            return
        for match in re.finditer(rb"#(\d+)\s*=\s*(\w+)", block.data):
            number = int(match[1])
            if number in missing:
                missing.remove(number)
                yield number, block.line_at(match.start()), match[2].decode("ascii", "replace")
