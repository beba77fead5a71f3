"""The vocabulary of resources: which skills and equipment exist, and how many resources have each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.compute as pc

from cim.errors import BadInput
from cim.model.standard_layers import RESOURCE_KINDS
from cim.snapshot.snapshot import Snapshot

#: Separators of the items in a text such as `排水,抢险`.
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word, how many resources have it, and how many of each kind."""

    word: str
    count: int
    kinds: Mapping[str, int]

    def as_dict(self) -> dict[str, object]:
        """The word as a dictionary for answers."""
        return {"word": self.word, "count": self.count, "kinds": dict(self.kinds)}


def vocabulary(resources: Snapshot, field: str, kind: str | None = None) -> list[WordCount]:
    """The items of a field of comma-separated texts (`skills`, `equipment`), the most frequent first.

    `kind` restricts it to resources of one kind; `BadInput` for an unknown one. An item that a resource names twice
    counts once.
    """
    if kind is not None and kind not in RESOURCE_KINDS:
        raise BadInput(f"kind {kind!r} is not known; known: {', '.join(RESOURCE_KINDS)}")
    rows = (
        resources.rows if kind is None else resources.rows[resources.matching({"kind": kind})[resources.rows]]
    )
    table = resources.attributes(rows, ["kind", field])
    counted: dict[str, Counter[str]] = {}
    together = table.group_by(["kind", field]).aggregate([([], "count_all")])
    for record in together.filter(pc.is_valid(together[field])).to_pylist():
        for word in dict.fromkeys(filter(None, _BETWEEN.split(record[field].strip()))):
            counted.setdefault(word, Counter())[record["kind"] or ""] += record["count_all"]
    found = [WordCount(word, kinds.total(), dict(kinds.most_common())) for word, kinds in counted.items()]
    return sorted(found, key=lambda w: (-w.count, w.word))
