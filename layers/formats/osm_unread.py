"""Which traffic tags of a file of OpenStreetMap are not understood, as notes of its load."""

from __future__ import annotations

import pyarrow as pa

from cim.roads.traffic_tags import ONEWAY, read_tags, unread

_COLUMNS = ("access", "foot", "bicycle", "motor_vehicle", "bus", "oneway")
#: So many different tags are named.
_MOST_NAMED = 10


def notes_on_tags(table: pa.Table) -> tuple[str, ...]:
    """A note that counts the tags that open nothing because nobody knows their values, with an example of each; the
    table has `osm_id`, `osm_type` where objects differ in it, `traffic_tags`, and columns of single tags.

    >>> notes_on_tags(pa.table({"osm_id": [7, 8], "access": ["maybe", "yes"], "traffic_tags": [None, None]}))
    ('1 tags not understood, which open nothing: access=maybe (1, first 7)',)
    """
    ids = table["osm_id"]
    found: dict[str, tuple[int, int]] = {}

    def count(tag: str, number: int) -> None:
        before = found.get(tag, (0, number))
        found[tag] = (before[0] + 1, before[1])

    known: dict[tuple[str, str], list[str]] = {}
    for name in (*_COLUMNS, "traffic_tags"):
        if name not in table.column_names:
            continue
        for number, value in zip(ids.to_pylist(), table[name].to_pylist(), strict=True):
            if value is None:
                continue
            if (name, value) not in known:
                known[name, value] = _strange(name, value)
            for tag in known[name, value]:
                count(tag, number)
    if not found:
        return ()
    most = sorted(found.items(), key=lambda one: (-one[1][0], one[0]))
    named = ", ".join(f"{tag} ({count:,}, first {first})" for tag, (count, first) in most[:_MOST_NAMED])
    more = f" and {len(most) - _MOST_NAMED} more" if len(most) > _MOST_NAMED else ""
    total = sum(count for count, _ in found.values())
    return (f"{total:,} tags not understood, which open nothing: {named}{more}",)


def _strange(name: str, value: str) -> list[str]:
    if name == "oneway":
        return [] if value.lower() in ONEWAY else [f"oneway={value}"]
    said = read_tags(value) if name == "traffic_tags" else {name: value}
    return [f"{key}={one}" for key, one in unread(said)]
