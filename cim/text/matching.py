"""The loops that answer a question to a text index: grams to forms, forms to parts, parts to texts, and their scores.

The arrays are those of `cim.text.index`; a question is its symbols. None of them holds the GIL.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cim.text.normalize import NUMBER, SYMBOL_BITS

#: So many forms of parts are aligned with a question, and so many texts are scored.
_MOST_FORMS, _MOST_TEXTS = 600, 512
#: A part that stands in more than this share of the texts (and in many) says nothing about which one is meant.
_COMMON, _MANY = 0.25, 2000
#: Numbers that a number may become are less than this.
_LARGEST = 100_000
_NUMBERS_COUNT = np.float32(30.0)
#: The kinds of forms.
TEXT, PINYIN, SECOND, INITIALS = 0, 1, 2, 3


class TextArrays(NamedTuple):
    """What is looked up of an index; see the table of `cim.text.index`."""

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


class Counts(NamedTuple):
    """What a question counts in, by form, by part and by text: zero before and after it."""

    forms: NDArray[np.float32]
    parts: NDArray[np.int32]
    texts: NDArray[np.float32]


class _Cells(NamedTuple):
    """The room of an alignment: three rows, one longer than the question, of weights, explained symbols and begins."""

    score: NDArray[np.float32]
    mask: NDArray[np.uint64]
    begin: NDArray[np.int64]


class _Fits(NamedTuple):
    """The parts that fit the question: 1 + the number of each part among them (0: does not fit), and of each that does
    how alike it is, which symbols it explains as bits, and by which form."""

    number: NDArray[np.int32]
    alike: NDArray[np.float32]
    bits: NDArray[np.uint64]
    form_of: NDArray[np.int32]


@njit(nogil=True, cache=True, inline="always")
def symbol_weight(symbol: Any, weight: Any) -> Any:
    """What a symbol weighs: a number more than a character, a letter less, what ends a part little."""
    if symbol >= NUMBER:
        return np.float32(1.6)
    return weight[symbol] if symbol < len(weight) else np.float32(1.0)


@njit(nogil=True, cache=True)
def _found_at(keys: Any, key: Any) -> Any:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1


@njit(nogil=True, cache=True)
def _candidates(asked: Any, texts: Any, counts: Any, unfinished: Any) -> Any:
    """The forms that share most with the question, at most `_MOST_FORMS`; `counts` is zero before and after."""
    form_starts, gram_keys = texts.form_starts, texts.gram_keys
    gram_starts, gram_forms = texts.gram_starts, texts.gram_forms
    if unfinished:  # the numbers that the last one may become
        value = np.int64(asked[-1]) - NUMBER
        longer = np.empty(len(asked) + 111, np.int32)
        longer[: len(asked)] = asked
        m = len(asked)
        for tens in (10, 100):
            for more in range(tens):
                if value > 0 and value * tens + more < _LARGEST:
                    longer[m] = NUMBER + value * tens + more
                    m += 1
        asked = longer[:m]
    touched = np.empty(1024, np.int32)
    n = 0
    n_forms = len(form_starts) - 1
    for j in range(len(asked)):
        for size in range(1, 3):
            if size == 2 and j == 0:
                continue
            key = np.int64(asked[j])
            if size == 2:
                key |= np.int64(asked[j - 1]) << SYMBOL_BITS
            seen = False  # a gram that was asked before
            for i in range(j):
                if asked[i] == asked[j] and (size == 1 or (i > 0 and asked[i - 1] == asked[j - 1])):
                    seen = True
                    break
            at = -1 if seen else _found_at(gram_keys, key)
            if at < 0:
                continue
            low, high = gram_starts[at], gram_starts[at + 1]
            rarity = np.float32(np.log(1.0 + n_forms / (high - low)))
            if size == 1:
                rarity *= np.float32(0.6)
            if n + (high - low) > len(touched):
                bigger = np.empty(2 * len(touched) + (high - low), np.int32)
                bigger[:n] = touched[:n]
                touched = bigger
            if size == 1 and asked[j] >= NUMBER:
                rarity += _NUMBERS_COUNT  # a house number is one symbol, but it is never left out for others
            for e in range(low, high):
                f = gram_forms[e]
                if counts[f] == 0.0:
                    touched[n] = f
                    n += 1
                counts[f] += rarity
    # A long form has many grams to be hit by chance.
    marks = np.empty(n, np.float32)
    for i in range(n):
        f = touched[i]
        marks[i] = counts[f] / np.float32(np.sqrt(form_starts[f + 1] - form_starts[f] + 1.0))
        counts[f] = 0.0
    return _best(touched[:n], marks, _MOST_FORMS)


@njit(nogil=True, cache=True)
def _best(numbers: Any, marks: Any, most: Any) -> Any:
    """The numbers with the highest marks, about `most` of them, in no order: by a histogram, not by sorting."""
    if len(numbers) <= most:
        return numbers.copy()
    top = np.float32(0.0)
    for i in range(len(marks)):
        top = max(top, marks[i])
    bins = np.zeros(1024, np.int64)
    scale = np.float32(1023.0) / top
    for i in range(len(marks)):
        bins[int(marks[i] * scale)] += 1
    taken, edge = 0, 1023
    while edge > 0 and taken + bins[edge] <= most:
        taken += bins[edge]
        edge -= 1
    out = np.empty(most, np.int32)
    n = 0
    for i in range(len(marks)):
        if int(marks[i] * scale) > edge:
            out[n] = numbers[i]
            n += 1
    for i in range(len(marks)):  # of those alike, as many as there is room for
        if n == most:
            break
        if int(marks[i] * scale) == edge:
            out[n] = numbers[i]
            n += 1
    return out[:n]


@njit(nogil=True, cache=True)
def _alike(one: Any, other: Any, reading: Any, second: Any) -> Any:
    """Whether two characters sound the same."""
    if one >= len(reading) or other >= len(reading) or reading[one] == 0 or reading[other] == 0:
        return False
    a, b = reading[one], reading[other]
    return a == b or (second[one] != 0 and second[one] == b) or (second[other] != 0 and second[other] == a)


@njit(nogil=True, cache=True)
def _begins(number: Any, digits: Any) -> Any:
    """Whether a number begins with these digits."""
    while number > digits:
        number //= 10
    return number == digits


@njit(nogil=True, cache=True)
def _align(form: Any, low: Any, high: Any, asked: Any, tables: Any, room: Any, unfinished: Any) -> Any:
    """The best local alignment of a form with the question: its weight, the question's symbols it explains as
    bits, and the form's symbols at which it begins and ends. Neighbours that changed places (Damerau 1964) cost as
    little as a homophone.
    """
    weight, reading, second = tables.weight, tables.reading, tables.second
    score, mask, begin = room
    m = len(asked)
    score[:] = 0.0
    mask[:] = 0
    best, best_mask, best_begin, best_end = np.float32(0.0), np.uint64(0), 0, 0
    one = np.uint64(1)
    for i in range(low, high):
        s = form[i]
        w = symbol_weight(s, weight)
        letter, number = s < 128, s >= NUMBER
        skip = w * np.float32(0.6 if letter else 1.0 if number else 0.3)
        row, above, above2 = (i - low) % 3, (i - low + 2) % 3, (i - low + 1) % 3
        score[row, 0] = 0.0
        for j in range(m):
            q = asked[j]
            bit = one << np.uint64(j)
            before = score[above, j]
            start = i - low if before == 0.0 else begin[above, j]
            here, here_mask, here_begin = np.float32(0.0), np.uint64(0), i - low
            if q == s:
                here, here_mask, here_begin = before + w, mask[above, j] | bit, start
            elif number and unfinished and j == m - 1 and _begins(s - NUMBER, q - NUMBER):
                here, here_mask, here_begin = before + w * np.float32(0.8), mask[above, j] | bit, start
            elif not letter and not number and _alike(s, q, reading, second):
                here, here_mask, here_begin = before + w * np.float32(0.7), mask[above, j] | bit, start
            elif q < NUMBER and before - (w * np.float32(0.6) if letter else skip) > 0.0:
                here = before - (w * np.float32(0.6) if letter else skip)
                here_mask, here_begin = mask[above, j], start
            if i > low and j > 0 and not number and q == form[i - 1] and asked[j - 1] == s and q != s:
                both = score[above2, j - 1] + np.float32(0.7) * (w + symbol_weight(q, weight))
                if both > here:
                    here, here_mask = both, mask[above2, j - 1] | bit | bit >> one
                    here_begin = i - low - 1 if score[above2, j - 1] == 0.0 else begin[above2, j - 1]
            if score[above, j + 1] - skip > here:
                here, here_mask = score[above, j + 1] - skip, mask[above, j + 1]
                here_begin = begin[above, j + 1]
            skip_asked = symbol_weight(q, weight) * np.float32(0.6 if q < 128 else 0.45)
            if score[row, j] - skip_asked > here:
                here, here_mask, here_begin = score[row, j] - skip_asked, mask[row, j], begin[row, j]
            score[row, j + 1], mask[row, j + 1], begin[row, j + 1] = here, here_mask, here_begin
            if here > best:
                best, best_mask, best_begin, best_end = here, here_mask, here_begin, i - low
    return best, best_mask, best_begin, best_end


@njit(nogil=True, cache=True)
def _without(asked: Any, explained: Any) -> Any:
    """The question with nothing in the place of the symbols that are explained."""
    rest = asked.copy()
    for j in range(len(rest)):
        if explained & (np.uint64(1) << np.uint64(j)):
            rest[j] = 0
    return rest


@njit(nogil=True, cache=True)
def _repeats(asked: Any) -> Any:
    """Whether some symbol comes twice."""
    for j in range(len(asked)):
        for i in range(j):
            if asked[i] == asked[j]:
                return True
    return False


@njit(nogil=True, cache=True)
def _align_rest(form: Any, low: Any, high: Any, best: Any, asked: Any, tables: Any, room: Any) -> Any:
    """What the rest of a form, before and after its best alignment, explains of the rest of the question, as where
    words changed places: 书院岳麓. `best` is what that alignment explains, where it begins and where it ends. Gives
    weight and bits."""
    explained, begin_at, end_at = best
    rest = _without(asked, explained)
    net, bits = np.float32(0.0), np.uint64(0)
    for side in range(2):
        first = low if side == 0 else low + end_at + 1
        last = low + begin_at if side == 0 else high
        if last - first < 2:
            continue
        more, more_bits, _, _ = _align(form, first, last, rest, tables, room, False)
        net += more
        bits |= more_bits
    return net, bits


@njit(nogil=True, cache=True)
def _initials(form: Any, low: Any, high: Any, asked: Any, begins: Any, weight: Any) -> Any:
    """Initials have to stand as they are, at the beginning of a run of letters: weight and bits, 0 for none. The
    question may end before they do."""
    size, m = high - low, len(asked)
    for j in range(m):
        if not begins[j]:
            continue
        k, w, bits = 0, np.float32(0.0), np.uint64(0)
        while k < size and j + k < m and asked[j + k] == form[low + k]:
            w += symbol_weight(form[low + k], weight)
            bits |= np.uint64(1) << np.uint64(j + k)
            k += 1
        if k == size or (j + k == m and k >= 2):
            return w, bits
    return np.float32(0.0), np.uint64(0)


@njit(nogil=True, cache=True)
def find(asked: Any, begins: Any, tables: Any, index: Any, counts: Any, unfinished: Any) -> Any:
    """(texts, scores) of the question; `tables` are those of `cim.text.normalize`."""
    form_starts, form_symbols, form_part = index.form_starts, index.form_symbols, index.form_part
    form_kind, form_weight = index.form_kind, index.form_weight
    part_starts, part_texts, text_starts = index.part_starts, index.part_texts, index.text_starts
    part_room, text_room = counts.parts, counts.texts
    m = len(asked)
    forms = _candidates(asked, index, counts.forms, unfinished)
    score, mask = np.empty((3, m + 1), np.float32), np.empty((3, m + 1), np.uint64)
    room = _Cells(score, mask, np.zeros((3, m + 1), np.int64))
    parts = np.empty(len(forms), np.int32)
    alike, bits = np.empty(len(forms), np.float32), np.empty(len(forms), np.uint64)
    form_of, repeats = np.empty(len(forms), np.int32), _repeats(asked)
    n = 0
    last = np.uint64(1) << np.uint64(m - 1)
    for f in forms:
        low, high, whole = form_starts[f], form_starts[f + 1], form_weight[f]
        if form_kind[f] == INITIALS:
            net, explained = _initials(form_symbols, low, high, asked, begins, tables.weight)
            good = net > 0.0
        else:
            net, explained, first, end_at = _align(form_symbols, low, high, asked, tables, room, unfinished)
            if form_kind[f] == TEXT and 1.0 <= net <= 0.8 * whole:
                best = explained, first, end_at
                more, more_bits = _align_rest(form_symbols, low, high, best, asked, tables, room)
                if more >= 1.0:
                    net, explained = net + np.float32(0.8) * more, explained | more_bits
            typed = first == 0 and (explained & last) != 0 and net > 0.3  # the rest is not typed yet
            of_letters = form_kind[f] != TEXT or form_symbols[low] < 128
            enough = net >= 0.6 * whole or net >= 2.3 if of_letters else net >= 0.5 * whole or net >= 1.7
            good = typed or enough
        if not good:
            continue
        p, closeness = form_part[f], min(np.float32(1.0), net / whole)
        if form_kind[f] == INITIALS:
            closeness *= np.float32(0.85)
        known = part_room[p]
        if known > 0 and closeness <= alike[known - 1]:
            continue
        at = known - 1 if known > 0 else n
        if known == 0:
            n += 1
            part_room[p] = n
        parts[at], alike[at], bits[at], form_of[at] = p, closeness, explained, f

    n_texts = len(text_starts) - 1
    touched = np.empty(4096, np.int32)
    used = 0
    for k in range(n):
        low, high = part_starts[parts[k]], part_starts[parts[k] + 1]
        if high - low > _MANY and high - low > _COMMON * n_texts:
            continue
        gain = np.float32(np.log(1.0 + n_texts / (high - low))) * alike[k] * alike[k]
        if used + (high - low) > len(touched):
            bigger = np.empty(2 * len(touched) + (high - low), np.int32)
            bigger[:used] = touched[:used]
            touched = bigger
        for e in range(low, high):
            d = part_texts[e]
            if text_room[d] == 0.0:
                touched[used] = d
                used += 1
            text_room[d] += gain
    marks = np.empty(used, np.float32)
    for i in range(used):
        marks[i] = text_room[touched[i]]
        text_room[touched[i]] = 0.0
    texts = _best(touched[:used], marks, _MOST_TEXTS)
    scores = np.empty(len(texts), np.float64)
    fits = _Fits(part_room, alike, bits, form_of)
    for i in range(len(texts)):
        scores[i] = _score(texts[i], asked, tables, index, fits, room, repeats)
    for k in range(n):
        part_room[parts[k]] = 0
    return texts.astype(np.int64), scores


@njit(nogil=True, cache=True)
def _weight_of(bits: Any, asked: Any, weight: Any) -> Any:
    """What those symbols of the question weigh together."""
    total = 0.0
    for j in range(len(asked)):
        if bits & (np.uint64(1) << np.uint64(j)):
            total += symbol_weight(asked[j], weight)
    return total


@njit(nogil=True, cache=True)
def _is_asked(parts: Any, asked: Any, form_starts: Any, form_symbols: Any, form_part: Any) -> Any:
    """Whether these parts, one after the other, are the question."""
    j = 0
    for p in parts:
        f = _found_at(form_part, p)  # a part's first form is its characters
        for i in range(form_starts[f], form_starts[f + 1]):
            if j == len(asked) or form_symbols[i] != asked[j]:
                return False
            j += 1
    return j == len(asked)


@njit(nogil=True, cache=True)
def _score(at: Any, asked: Any, tables: Any, index: Any, fits: Any, room: Any, repeats: Any) -> Any:
    """How much of the question the text's parts explain, and how much of the text was asked for: 0 to 1.

    A part explains its `bits`, or where others took these, as in 丁乡丁 or 一镇一镇, what it fits as well of the rest.
    """
    form_starts, form_symbols, form_part = index.form_starts, index.form_symbols, index.form_part
    form_kind, form_weight, part_starts = index.form_kind, index.form_weight, index.part_starts
    text_starts, text_parts = index.text_starts, index.text_parts
    part_room, alike, bits, form_of = fits
    weight, n_texts = tables.weight, len(text_starts) - 1
    low, high = text_starts[at], text_starts[at + 1]
    if _is_asked(text_parts[low:high], asked, form_starts, form_symbols, form_part):
        return 1.0
    count = min(high - low, 32)
    explained, there, whole = 0.0, 0.0, 0.0
    taken = np.uint64(0)
    done = np.zeros(32, np.bool_)
    for k in range(count):
        p = text_parts[low + k]
        whole += np.log(1.5 + n_texts / (part_starts[p + 1] - part_starts[p]))
        done[k] = part_room[p] == 0
    places = np.empty(32, np.uint64)
    for k in range(count):
        if not done[k]:
            places[k] = bits[part_room[text_parts[low + k]] - 1]
    moved = False  # since the last one was taken
    for _ in range(2 * count):
        # The part that explains most of what is not explained yet.
        best, best_gain, best_share = -1, 0.0, 0.0
        for k in range(count):
            if done[k]:
                continue
            gain = _weight_of(places[k] & ~taken, asked, weight)
            share = gain / _weight_of(places[k], asked, weight) if gain > 0.0 else 0.0
            gain *= 0.5 + 0.5 * alike[part_room[text_parts[low + k]] - 1]
            if gain > best_gain and share >= 0.5:
                best, best_gain, best_share = k, gain, share
        if repeats and not moved and best_share < 1.0:
            moved, rest = True, _without(asked, taken)
            for k in range(count):
                which = part_room[text_parts[low + k]] - 1
                if done[k] or places[k] & taken == 0 or form_kind[form_of[which]] == INITIALS:
                    continue
                f = form_of[which]
                net, elsewhere, _, _ = _align(
                    form_symbols, form_starts[f], form_starts[f + 1], rest, tables, room, False
                )
                if net >= 0.999 * alike[which] * form_weight[f]:
                    places[k] = elsewhere
            continue
        if best < 0:
            break
        done[best], moved = True, False
        p = text_parts[low + best]
        taken |= places[best]
        explained += best_gain
        there += (
            alike[part_room[p] - 1]
            * best_share
            * np.log(1.5 + n_texts / (part_starts[p + 1] - part_starts[p]))
        )
    asked_weight = _weight_of(~np.uint64(0), asked, weight)
    return explained / asked_weight * (0.75 + 0.25 * there / whole)
