"""What the edge of an OpenStreetMap extract cuts: objects with nodes or members outside of it, which is no fault."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import osmium

#: Metres from the edge within which an outline that is not closed, or has lost nodes, is taken to be cut by it: some
#: programs that cut extracts leave out the references to nodes beyond the edge, too.
NEAR_M = 100.0
_DEGREE_M = 111_195.0

Position = tuple[float, float]
Members = Sequence[tuple[str, int]]


class Edge:
    """The box that a file says it was cut to, if it says one."""

    def __init__(self, path: Path) -> None:
        reader = osmium.io.Reader(str(path))
        box = reader.header().box()
        reader.close()
        self._box = None
        if box.valid():
            self._box = box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat

    def is_near(self, positions: Iterable[Position]) -> bool:
        """Whether a position lies at the edge or beyond it."""
        if self._box is None:
            return False
        west, south, east, north = self._box
        for lon, lat in positions:
            along = _DEGREE_M * math.cos(math.radians(lat))
            inside_m = min(
                (lon - west) * along,
                (east - lon) * along,
                (lat - south) * _DEGREE_M,
                (north - lat) * _DEGREE_M,
            )
            if inside_m <= NEAR_M:
                return True
        return False


def relation_reasons(path: Path, edge: Edge, relations: Mapping[int, Members]) -> dict[int, tuple[str, bool]]:
    """Why each relation made no area, and whether the edge cuts it."""
    if not relations:
        return {}
    wanted = {ref for members in relations.values() for kind, ref in members if kind == "w"}
    ways = {way.id: [node.ref for node in way.nodes] for way in _with_ids(path, osmium.osm.WAY, wanted)}
    refs = {ref for nodes in ways.values() for ref in nodes}
    there = {node.id: (node.lon, node.lat) for node in _with_ids(path, osmium.osm.NODE, refs)}
    out = {}
    for relation, members in relations.items():
        mine = [ref for kind, ref in members if kind == "w"]
        missing = sum(ref not in ways for ref in mine)
        nodes = [ref for way in mine for ref in ways.get(way, ())]
        lost = sum(ref not in there for ref in nodes)
        if not mine:
            out[relation] = "has none of its ways in the file", True
        elif missing:
            out[relation] = f"lacks {missing} of its {len(mine)} ways in the file", True
        elif lost:
            out[relation] = f"lacks {lost} of its {len(nodes)} nodes in the file", True
        else:
            out[relation] = "has rings that do not close", edge.is_near(there[ref] for ref in nodes)
    return out


def _with_ids(path: Path, kind: Any, ids: set[int]) -> Iterable[Any]:
    objects: Iterable[Any] = osmium.FileProcessor(path, kind).with_filter(osmium.filter.IdFilter(ids))
    return objects


def cut_notes(what: str, left_out: Sequence[str], shortened: Sequence[str]) -> list[str]:
    """How many objects of a layer the edge cuts, with examples.

    >>> cut_notes("roads", [], ["way 11 (五一大道) lacks 1 of its 4 nodes in the file"])
    ['the edge of the extract cuts 1 roads, kept as far as they are in it: way 11 (五一大道) lacks 1 of its 4 nodes in \
the file']
    """
    notes = []
    for objects, done in ((shortened, "kept as far as they are in it"), (left_out, "left out")):
        if objects:
            more = f"; and {len(objects) - 3} more" if len(objects) > 3 else ""
            said = "; ".join(objects[:3])
            notes.append(f"the edge of the extract cuts {len(objects)} {what}, {done}: {said}{more}")
    return notes
