"""Texts for comparing: in Unicode's composed form (NFC), however they were written.

`é` is one character or two, an `e` and an accent; which of them depends on who wrote it (macOS takes names of files
apart, NFD). What is stored stays as it was written; where texts are compared, both sides are composed first.
"""

from __future__ import annotations

import threading
import unicodedata
import weakref
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

#: By the id of an array of texts that lives elsewhere: its composed form, None where it is the same. Composing half a
#: million Chinese names takes a third of a second, comparing them 10 ms; so it is done once for each array.
_known: dict[int, tuple[weakref.ref[Any], pa.Array | None]] = {}
_lock = threading.Lock()


def compose(text: str) -> str:
    """The text in composed form.

    >>> len("Zu\u0308rich"), len(compose("Zu\u0308rich"))
    (7, 6)
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def composed_values(values: pa.Array) -> pa.Array:
    """The texts in composed form; the same array where all of them are, and for what is no array of texts.

    >>> composed_values(pa.array(["Zu\u0308rich", None])).to_pylist() == ["Zürich", None]
    True
    """
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        return values
    key = id(values)
    with _lock:
        known = _known.get(key)
    if known is not None and known[0]() is values:
        return values if known[1] is None else known[1]
    changed: pa.Array | None = None
    if not pc.all(pc.string_is_ascii(values), min_count=0).as_py():
        changed = pc.utf8_normalize(values, form="NFC")
        if changed.equals(values):
            changed = None

    def forget(dead: weakref.ref[Any]) -> None:
        with _lock:
            if (there := _known.get(key)) is not None and there[0] is dead:
                del _known[key]

    reference = weakref.ref(values, forget)
    with _lock:
        _known[key] = (reference, changed)
    return values if changed is None else changed
