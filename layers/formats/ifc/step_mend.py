"""A copy of a STEP file whose texts any parser reads: raw bytes and escapes of odd forms become plain escapes."""

from __future__ import annotations

import re
from pathlib import Path

from cim.bim.building_model import ModelFault
from layers.formats.encodings import choose_encoding
from layers.formats.ifc.faults import fault
from layers.formats.ifc.step_blocks import step_blocks
from layers.formats.ifc.step_scan import StepScan
from layers.formats.ifc.step_strings import decode, encode

_STRING = re.compile(rb"'(?:[^']++|'')*+'")
_EMPTY = rb"\X2\\X0" + b"\\"
_GLOBAL_ID = re.compile(rb"\s*#\d+\s*=\s*\w+\s*\(\s*'([^']{22})'")
_MOST_TOLD = 20


def mend(path: Path, copy: Path, found: StepScan, name: str) -> list[ModelFault]:
    """Write the copy; the faults say what was against the standard in it."""
    told: list[ModelFault] = []
    encoding = _encoding(found, name)
    if encoding:
        told.append(
            fault(
                "text.encoding",
                f"文字直接写成了 {encoding} 字节，而不是 ISO 10303-21 的 \\X2\\ 转义；已按 {encoding} 读取，"
                "请核对名称",
                f"texts are raw {encoding} bytes where ISO 10303-21 asks for \\X2\\ escapes; they are read as "
                f"{encoding}: look whether the names are right (encoding)",
            )
        )
    with copy.open("wb") as out:
        for block in step_blocks(path):
            data = block.data.removeprefix(b"\xef\xbb\xbf")
            told += _tell_empty(data, block.line, _MOST_TOLD - len(told))
            out.write(_STRING.sub(lambda match: _plain(match[0], encoding or "ascii"), data))
    return told


def _plain(quoted: bytes, encoding: str) -> bytes:
    if b"\\" not in quoted and quoted.isascii():
        return quoted
    return b"'" + encode(decode(_letters(quoted[1:-1], encoding))).encode("ascii") + b"'"


def _letters(text: bytes, encoding: str) -> str:
    for one in (encoding, "utf-8", "gb18030"):
        try:
            return text.decode(one)
        except UnicodeDecodeError:
            continue
    return text.decode("latin-1")


def _encoding(found: StepScan, name: str) -> str:
    return choose_encoding(found.texts, "ISO-8859-1", name)[0] if found.texts else ""


def _tell_empty(data: bytes, line: int, most: int) -> list[ModelFault]:
    """Faults for the records in which an escape holds nothing."""
    told: list[ModelFault] = []
    place = data.find(_EMPTY)
    while place >= 0 and len(told) < most:
        start = data.rfind(b";", 0, place) + 1
        match = _GLOBAL_ID.match(data, start)
        at = line + data.count(b"\n", 0, place)
        told.append(
            fault(
                "step.string",
                f"第 {at} 行的文字里有空的 \\X2\\\\X0\\ 转义，按没有文字读取",
                f"line {at}: a text has an empty escape \\X2\\\\X0\\, which is read as nothing",
                element=match[1].decode("ascii", "replace") if match else None,
                line=at,
            )
        )
        place = data.find(_EMPTY, place + 1)
    return told
