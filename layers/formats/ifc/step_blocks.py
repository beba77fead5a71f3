"""The text of a STEP file in pieces that end where a record ends: a file of any size is read in little memory."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_SIZE = 8 << 20
#: A record larger than this is no record: a quote is open, or it is another format.
_LARGEST_RECORD = 256 << 20
_STRING_OR_COMMENT = re.compile(rb"'[^']*'|/\*.*?\*/", re.DOTALL)
_QUOTE, _SEMICOLON, _SPACE, _NEWLINE = 39, 59, 32, 10


@dataclass(frozen=True, slots=True, eq=False)
class StepBlock:
    """A piece of the text. `data` are its bytes with comments blanked; `bare` uint8[n] are the same without what stands
    in strings (spaces); `ends` the places of the semicolons that end records. `line` is the number of its first line.
    The last block has what comes after the last semicolon too (`last`)."""

    data: bytes
    bare: NDArray[np.uint8]
    ends: NDArray[np.int64]
    line: int
    last: bool

    def line_at(self, place: int) -> int:
        """The number of the line of a byte."""
        return self.line + self.data.count(b"\n", 0, place)


def step_blocks(path: Path) -> Iterator[StepBlock]:
    """The pieces of a file, in their order."""
    rest, line, size = b"", 1, _SIZE
    with path.open("rb") as file:
        while True:
            more = file.read(size)
            data = rest + more
            last = len(more) < size
            block = _cut(data, line, last)
            if block is None and len(data) < _LARGEST_RECORD:
                rest, size = data, size * 2
                continue
            if block is None:
                block = _cut(data, line, last=True)
                last = True
            if block is not None:
                yield block
                line += block.data.count(b"\n")
                rest, size = data[len(block.data) :], _SIZE
            if last:
                return


def without_comments(data: bytes) -> bytes:
    r"""The text with spaces where comments were; its lines stay.

    >>> without_comments(b"#1=A(/* ' */'/*');")
    b"#1=A(       '/*');"
    """
    if b"/*" not in data:
        return data
    return _STRING_OR_COMMENT.sub(
        lambda match: match[0] if match[0][:1] == b"'" else re.sub(rb"[^\r\n]", b" ", match[0]), data
    )


def _cut(data: bytes, line: int, last: bool) -> StepBlock | None:
    clean = without_comments(data)
    raw = np.frombuffer(clean, dtype=np.uint8)
    quotes = raw == _QUOTE
    inside = np.bitwise_xor.accumulate(quotes.view(np.uint8)).view(np.bool_)
    bare = np.where(inside | quotes, np.uint8(_SPACE), raw)
    ends = np.flatnonzero(bare == _SEMICOLON)
    if b"/*" in clean and (begun := bare.tobytes().find(b"/*")) >= 0:  # a comment goes on in the next piece
        ends = ends[ends < begun]
    if last:
        return StepBlock(clean, bare, ends, line, last)
    if len(ends) == 0:
        return None
    stop = int(ends[-1]) + 1
    return StepBlock(clean[:stop], bare[:stop], ends, line, last)
