"""An index over the names and addresses of one layer: which of a million texts a person meant.

The texts are a layer's distinct values, so a road of forty pieces is one text. Each is cut into its parts
(`cim.text.normalize.split_parts`); parts are few, for a city has far fewer roads, compounds and house numbers than
addresses. A question is never cut, as its typing errors may stand where the cuts would be. It is answered in three
steps:

1. **Parts.** Grams (one and two symbols) that question and part share name the parts that may be meant; each is
   aligned with the question (local alignment, Smith and Waterman 1981: a homophone costs little, another
   character more, a number must be the same). A part is known by its characters, its pinyin and its initials.
2. **Texts.** The parts found add their weight, the rarer the more, to the texts they stand in.
3. **Scores.** Of the best texts, how much of the question its parts explain, no symbol explained twice, and how
   much of the text was asked for; together 0 to 1.

With S parts, F forms of parts, G grams, D texts and n rows:

| array | type and shape | what |
|---|---|---|
| form_starts, form_symbols | int64[F + 1], int32[] | the symbols of each form |
| form_part, form_kind | int32[F], uint8[F] | whose it is; 0 text, 1 pinyin, 2 pinyin by second readings, 3 initials |
| form_weight | float32[F] | the weight of its symbols together |
| gram_keys, gram_starts, gram_forms | int64[G], int64[G + 1], int32[] | the forms that hold each gram, by gram |
| part_starts, part_texts | int64[S + 1], int32[] | the texts that each part stands in |
| text_starts, text_parts | int64[D + 1], int32[] | the parts of each text |
| row_starts, rows | int64[D + 1], int32[] | the rows that have each text |
| field_starts | int64[fields + 1] | the texts of each field |

All loops hold no GIL, and the arrays are memory-mapped where they come from a file.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.arrays import bundle
from cim.arrays.readonly import freeze
from cim.arrays.types import RowIds
from cim.columnar.columns import Columns, offsets
from cim.text import matching, normalize
from cim.text.matching import INITIALS, SECOND, TEXT, Counts, TextArrays, symbol_weight
from cim.text.normalize import MOST_IN_PART, MOST_SYMBOLS, NUMBER, SYMBOL_BITS

#: Grows when the arrays change their meaning; an index of another format is built anew.
FORMAT = 2
#: A question is looked at in its last so many symbols: one bit each.
MOST_ASKED = 64


@dataclass(frozen=True, slots=True, eq=False)
class TextIndex:
    """The arrays of one layer's texts; see the module's table."""

    form_starts: NDArray[np.int64]
    form_symbols: NDArray[np.int32]
    form_part: NDArray[np.int32]
    form_kind: NDArray[np.uint8]
    form_weight: NDArray[np.float32]
    gram_keys: NDArray[np.int64]
    gram_starts: NDArray[np.int64]
    gram_forms: NDArray[np.int32]
    part_starts: NDArray[np.int64]
    part_texts: NDArray[np.int32]
    text_starts: NDArray[np.int64]
    text_parts: NDArray[np.int32]
    row_starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    field_starts: NDArray[np.int64]

    def __post_init__(self) -> None:
        freeze(*(getattr(self, name) for name in ARRAYS))

    def __len__(self) -> int:
        return len(self.text_starts) - 1

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return sum(getattr(self, name).nbytes for name in ARRAYS)

    def find(
        self, question: str, most: int = 50, *, typing: bool = False
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The texts that the question may mean, best first, and their scores from 0 to 1.

        `typing`: the question goes on, so that a number at its end may be the beginning of one.
        """
        asked, begins = asked_of(question)
        if not len(asked) or not len(self):
            return np.empty(0, np.int64), np.empty(0)
        t = normalize.tables()
        room = _room(len(self.form_part), len(self))
        counts = Counts(room.forms, room.parts, room.texts)
        unfinished = typing and asked[-1] >= NUMBER
        texts, scores = matching.find(asked, begins, t, self._arrays, counts, unfinished)
        order = np.argsort(-scores, kind="stable")[:most]
        return texts[order], scores[order]

    @property
    def _arrays(self) -> TextArrays:
        return TextArrays(*(getattr(self, name) for name in TextArrays._fields))

    def rows_of(self, at: int) -> RowIds:
        """The rows that have this text."""
        return self.rows[self.row_starts[at] : self.row_starts[at + 1]].astype(np.int64)

    def value_of(self, at: int) -> tuple[int, int]:
        """Which field the text is of, and which of its values."""
        field = int(np.searchsorted(self.field_starts, at, side="right")) - 1
        return field, at - int(self.field_starts[field])


#: The names of the arrays, in the order in which they are saved.
ARRAYS = tuple(f.name for f in fields(TextIndex))


class _Room(threading.local):
    """What the loops count in: zero before and after each question, so that it need not be cleared as a whole."""

    forms = np.zeros(0, np.float32)
    parts = np.zeros(0, np.int32)
    texts = np.zeros(0, np.float32)


_ROOM = _Room()


def _room(n_forms: int, n_texts: int) -> _Room:
    if len(_ROOM.forms) < n_forms:
        _ROOM.forms = np.zeros(n_forms, np.float32)
        _ROOM.parts = np.zeros(n_forms, np.int32)
    if len(_ROOM.texts) < n_texts:
        _ROOM.texts = np.zeros(n_texts, np.float32)
    return _ROOM


def asked_of(question: str) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The symbols of a question without what parts them, and which of them begin a run of letters."""
    symbols = normalize.symbols_of(question)
    kept = symbols != 0
    letters = (symbols > 0) & (symbols < 128)
    before = np.concatenate([[False], letters[:-1]])
    return symbols[kept][-MOST_ASKED:], (letters & ~before)[kept][-MOST_ASKED:]


def weight_of(question: str) -> float:
    """What the symbols of a text weigh together."""
    weights = normalize.tables().weight
    return float(sum(symbol_weight(s, weights) for s in asked_of(question)[0]))


# -- building ----------------------------------------------------------------------------------------


@njit(nogil=True, cache=True)
def _cut_all(data: Any, starts: Any, tables: Any) -> Any:
    """Every text's parts: (symbols of the parts, where each begins, its hash, parts of each text)."""
    kind = tables.kind
    room, one = np.empty(MOST_SYMBOLS, np.int32), np.empty(MOST_SYMBOLS + 1, np.int32)
    ends = np.empty(MOST_SYMBOLS + 1, np.int32)
    n_texts = len(starts) - 1
    symbols = np.empty(max(1024, len(data) // 2), np.int32)
    part_at = np.empty(max(1024, 8 * n_texts), np.int64)
    hashes = np.empty(len(part_at), np.uint64)
    text_starts = np.zeros(n_texts + 1, np.int64)
    used, parts = 0, 0
    for i in range(n_texts):
        n = normalize.read_symbols(data, starts[i], starts[i + 1], tables, room, one)
        count = normalize.split_parts(one, n, kind, ends)
        if used + n + 1 > len(symbols):
            bigger = np.empty(2 * len(symbols) + n, np.int32)
            bigger[:used] = symbols[:used]
            symbols = bigger
        if parts + count + 1 > len(part_at):
            more_at, more_hash = (
                np.empty(2 * len(part_at) + count, np.int64),
                np.empty(2 * len(part_at) + count, np.uint64),
            )
            more_at[:parts], more_hash[:parts] = part_at[:parts], hashes[:parts]
            part_at, hashes = more_at, more_hash
        begin = 0
        for k in range(count):
            first, h = used, np.uint64(14695981039346656037)
            for j in range(begin, ends[k]):
                if one[j] != 0:
                    symbols[used] = one[j]
                    h = (h ^ np.uint64(one[j])) * np.uint64(1099511628211)
                    used += 1
            begin = ends[k]
            if used > first:
                part_at[parts], hashes[parts] = first, h
                parts += 1
        text_starts[i + 1] = parts
    part_at[parts] = used
    return symbols[:used].copy(), part_at[: parts + 1].copy(), hashes[:parts].copy(), text_starts


@njit(nogil=True, cache=True)
def _number(hashes: Any) -> Any:
    """(number of each hash in order of first appearance, where each first appeared). Two parts of one 64-bit hash
    would be taken for one: among a million parts the odds are one in 10⁷."""
    size = 1024
    while size < 2 * len(hashes):
        size *= 2
    slots = np.full(size, -1, np.int64)
    numbers = np.empty(len(hashes), np.int32)
    firsts = np.empty(len(hashes), np.int64)
    known = 0
    for i in range(len(hashes)):
        at = np.int64((hashes[i] ^ (hashes[i] >> np.uint64(29))) & np.uint64(size - 1))
        while slots[at] >= 0 and hashes[firsts[slots[at]]] != hashes[i]:
            at = (at + 1) & (size - 1)
        if slots[at] < 0:
            slots[at] = known
            firsts[known] = i
            known += 1
        numbers[i] = slots[at]
    return numbers, firsts[:known].copy()


@njit(nogil=True, cache=True)
def _forms(symbols: Any, part_at: Any, firsts: Any, tables: Any) -> Any:
    """The forms of each part: (starts, symbols, part, kind, weight)."""
    weight, reading, second, letters = tables.weight, tables.reading, tables.second, tables.letters
    n = len(firsts)
    starts = np.zeros(4 * n + 1, np.int64)
    part, kind = np.empty(4 * n, np.int32), np.empty(4 * n, np.uint8)
    weights = np.empty(4 * n, np.float32)
    out = np.empty(max(1024, 24 * n), np.int32)
    forms, used = 0, 0
    for p in range(n):
        begin, end = part_at[firsts[p]], part_at[firsts[p] + 1]
        read, twice = 0, 0
        for j in range(begin, end):
            s = symbols[j]
            if s < len(reading) and reading[s] > 0:
                read += 1
                twice += second[s] > 0
        if symbols[begin] >= NUMBER:
            read = 0  # a house number is written with its digits
        if used + 20 * MOST_IN_PART > len(out):
            bigger = np.empty(2 * len(out) + 20 * MOST_IN_PART, np.int32)
            bigger[:used] = out[:used]
            out = bigger
        for which in range(4):
            if which > 0 and (
                read == 0 or (which == SECOND and twice == 0) or (which == INITIALS and read < 2)
            ):
                continue
            total = np.float32(0.0)
            for j in range(begin, end):
                s = np.int64(symbols[j])
                syllable = np.int64(reading[s]) if s < len(reading) else 0
                if which == TEXT or syllable == 0:
                    out[used] = s
                    used += 1
                    total += symbol_weight(s, weight)
                    continue
                if which == SECOND and second[s] > 0:
                    syllable = np.int64(second[s])
                size = 1 if which == INITIALS else letters[syllable, 0]
                for k in range(size):
                    out[used] = letters[syllable, 1 + k]
                    total += symbol_weight(out[used], weight)
                    used += 1
            part[forms], kind[forms], weights[forms] = p, which, total
            forms += 1
            starts[forms] = used
    return (
        starts[: forms + 1].copy(),
        out[:used].copy(),
        part[:forms].copy(),
        kind[:forms].copy(),
        weights[:forms].copy(),
    )


@njit(nogil=True, cache=True)
def _gram_pairs(form_starts: Any, form_symbols: Any, form_kind: Any) -> Any:
    """(gram, form) of every gram of every form: one and two symbols, of letters only two, and the first one."""
    most = 2 * len(form_symbols)
    grams, forms = np.empty(most, np.int64), np.empty(most, np.int32)
    used = 0
    for f in range(len(form_kind)):
        for j in range(form_starts[f], form_starts[f + 1]):
            s = np.int64(form_symbols[j])
            if s >= 128 or j == form_starts[f]:
                grams[used], forms[used] = s, f
                used += 1
            if j > form_starts[f]:
                grams[used], forms[used] = np.int64(form_symbols[j - 1]) << SYMBOL_BITS | s, f
                used += 1
    return grams[:used].copy(), forms[:used].copy()


@njit(nogil=True, cache=True)
def _group(keys: Any, n: Any) -> Any:
    """Where each key's members lie when grouped, and the members (the number of each key's place): CSR."""
    starts = np.zeros(n + 1, np.int64)
    for i in range(len(keys)):
        if keys[i] >= 0:
            starts[keys[i] + 1] += 1
    for k in range(n):
        starts[k + 1] += starts[k]
    at = starts[:-1].copy()
    members = np.empty(starts[n], np.int32)
    for i in range(len(keys)):
        if keys[i] >= 0:
            members[at[keys[i]]] = i
            at[keys[i]] += 1
    return starts, members


@njit(nogil=True, cache=True)
def _texts_of_parts(text_starts: Any, text_parts: Any, n_parts: Any) -> Any:
    """The texts of each part, each text once: CSR."""
    starts = np.zeros(n_parts + 1, np.int64)
    last = np.full(n_parts, -1, np.int64)
    for d in range(len(text_starts) - 1):
        for j in range(text_starts[d], text_starts[d + 1]):
            p = text_parts[j]
            if last[p] != d:
                last[p] = d
                starts[p + 1] += 1
    for p in range(n_parts):
        starts[p + 1] += starts[p]
    at, out = starts[:-1].copy(), np.empty(starts[n_parts], np.int32)
    last[:] = -1
    for d in range(len(text_starts) - 1):
        for j in range(text_starts[d], text_starts[d + 1]):
            p = text_parts[j]
            if last[p] != d:
                last[p] = d
                out[at[p]] = d
                at[p] += 1
    return starts, out


def build(columns: Columns, fields_at: Sequence[int]) -> TextIndex:
    """The index over the values of these text fields (their numbers in the layer)."""
    t = normalize.tables()
    parts_read, row_parts, field_starts = [], [], [0]
    for f in fields_at:
        data, starts = normalize.bytes_of(columns.values[f])
        parts_read.append(_cut_all(data, starts, t))
        row_parts.append(_group(columns.codes[f], len(columns.values[f])))
        field_starts.append(field_starts[-1] + len(columns.values[f]))
    symbols, part_at, hashes, text_starts = _concat(parts_read)
    text_parts, firsts = _number(hashes)
    form_starts, form_symbols, form_part, form_kind, form_weight = _forms(symbols, part_at, firsts, t)
    grams, forms = _gram_pairs(form_starts, form_symbols, form_kind)
    order = np.argsort(grams, kind="stable")
    grams, forms = grams[order], forms[order]
    new = np.ones(len(grams), np.bool_)  # a gram that stands twice in a form is one
    new[1:] = (grams[1:] != grams[:-1]) | (forms[1:] != forms[:-1])
    grams, forms = grams[new], forms[new]
    keys, counts = np.unique(grams, return_counts=True)
    part_starts, part_texts = _texts_of_parts(text_starts, text_parts, len(firsts))
    row_starts = offsets(np.concatenate([np.diff(s) for s, _ in row_parts] or [[]]))
    return TextIndex(
        form_starts=form_starts,
        form_symbols=form_symbols,
        form_part=form_part,
        form_kind=form_kind,
        form_weight=form_weight,
        gram_keys=keys,
        gram_starts=offsets(counts),
        gram_forms=forms,
        part_starts=part_starts,
        part_texts=part_texts,
        text_starts=text_starts,
        text_parts=text_parts,
        row_starts=row_starts,
        rows=np.concatenate([np.empty(0, np.int32), *(m for _, m in row_parts)]).astype(np.int32),
        field_starts=np.array(field_starts, np.int64),
    )


def _concat(read: list[Any]) -> tuple[Any, ...]:
    """The parts of all fields' texts one after the other."""
    if len(read) == 1:
        return tuple(read[0])
    symbols, ats, hashes, starts = (
        [np.empty(0, np.int32)],
        [],
        [np.empty(0, np.uint64)],
        [np.zeros(1, np.int64)],
    )
    used, parts = 0, 0
    for s, at, h, text_starts in read:
        symbols.append(s)
        ats.append(at[:-1] + used)
        hashes.append(h)
        starts.append(text_starts[1:] + parts)
        used, parts = used + len(s), parts + len(h)
    ats.append(np.array([used], np.int64))
    return np.concatenate(symbols), np.concatenate(ats), np.concatenate(hashes), np.concatenate(starts)


# -- a file ------------------------------------------------------------------------------------------


def save(index: TextIndex, file: Path) -> None:
    """Write the index into a file that appears at once. `OSError` where the disk is full."""
    bundle.save({name: getattr(index, name) for name in ARRAYS}, file)


def open_index(file: Path) -> TextIndex | None:
    """The memory-mapped index of a file; None where it is not there or cut short."""
    kept = bundle.open_bundle(file)
    return None if kept is None or kept.arrays.keys() != set(ARRAYS) else TextIndex(**kept.arrays)
