"""OpenStreetMap files as editors write them, put in order: new objects have ids below zero, deleted ones are still
there, and ways may come before their nodes."""

from __future__ import annotations

import bz2
import gzip
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO
from xml.parsers import expat

import osmium
import pyarrow as pa
import pyarrow.compute as pc

from cim.errors import BadInput
from layers.formats.source import Source

#: New objects get ids from here while the file is read: no object of OpenStreetMap has one as large. Much larger ones
#: are too large for osmium's sets of ids, whose memory grows with the largest.
_NEW = 1 << 44
_MOST_NEW = 1 << 32
_NEW_ID = re.compile(r"\d{14}")
_KINDS = {"n": "node", "w": "way", "r": "relation"}
_RANK = {"n": 0, "w": 1, "r": 2}
_XML = (".osm", ".osm.gz", ".osm.bz2")


@dataclass(frozen=True, slots=True)
class Ordered:
    """A file that osmium reads rightly, and notes on what was done to it."""

    path: Path
    notes: tuple[str, ...] = ()

    def original(self, source: Source) -> Source:
        """The rows with the ids of the file itself, and the notes."""
        table = source.attributes
        for at, column in enumerate(table.columns if self.notes else ()):
            if pa.types.is_integer(column.type):
                new = pc.and_(pc.greater_equal(column, _NEW), pc.less_equal(column, _NEW + _MOST_NEW))
                table = table.set_column(
                    at, table.field(at), pc.if_else(new, pc.subtract(_NEW, column), column)
                )
            elif pa.types.is_string(column.type) and table.column_names[at] == "via_roads":
                texts = [None if text is None else _originals(text) for text in column.to_pylist()]
                table = table.set_column(
                    at, table.field(at), pa.chunked_array([pa.array(texts, pa.string())])
                )
        defects = tuple(replace(defect, what=_originals(defect.what)) for defect in source.defects)
        notes = tuple(map(_originals, source.notes))
        return replace(source, attributes=table, defects=defects, notes=(*self.notes, *notes))


def _originals(text: str) -> str:
    return _NEW_ID.sub(lambda m: str(_NEW - int(m[0])) if 0 <= int(m[0]) - _NEW <= _MOST_NEW else m[0], text)


@contextmanager
def ordered_file(path: Path) -> Iterator[Ordered]:
    """The file itself, or an ordered copy of it that is gone afterwards. `BadInput` for a history file."""
    reader = osmium.io.Reader(str(path))
    header = reader.header()
    reader.close()
    if header.has_multiple_object_versions:
        raise BadInput(
            f"{path} is a history file, with several versions of an object (an id is there twice); make the state of "
            "one day of it: osmium time-filter"
        )
    deleted = _deleted_objects(path) if path.name.lower().endswith(_XML) else set()
    is_sorted, new = (True, 0) if header.get("sorting") == "Type_then_ID" else _survey(path)
    if is_sorted and not new and not deleted:
        yield Ordered(path)
        return
    notes = []
    if new:
        notes.append(f"{new} objects are new, with ids below zero")
    if deleted:
        notes.append(f"{len(deleted)} objects are marked as deleted and are not loaded")
    if not is_sorted:
        notes.append("the file is not in the order nodes, ways, relations by id; it was read in that order")
    with tempfile.TemporaryDirectory() as folder:
        copy, whole = Path(folder) / "copy.osm.pbf", Path(folder) / "ordered.osm.pbf"
        _copy(path, copy, deleted)
        merged = osmium.MergeInputReader()
        merged.add_file(str(copy))
        with osmium.SimpleWriter(str(whole)) as writer:
            merged.apply(_Into(writer), simplify=False)
        yield Ordered(whole, tuple(notes))


class _Into(osmium.SimpleHandler):
    """Hands every object to a writer."""

    def __init__(self, writer: Any) -> None:
        super().__init__()
        self.node, self.way, self.relation = writer.add_node, writer.add_way, writer.add_relation


def _survey(path: Path) -> tuple[bool, int]:
    """Whether objects are in the order of their kind and id, and how many of them are new."""
    last, is_sorted, new = (-1, 0), True, 0
    objects: Iterable[Any] = osmium.FileProcessor(path)
    for thing in objects:
        key = _RANK[thing.type_str()], thing.id
        if not -_MOST_NEW <= thing.id < _NEW:
            raise BadInput(
                f"{_KINDS[thing.type_str()]} {thing.id}: that is no id of OpenStreetMap; give the objects others: "
                "osmium renumber"
            )
        is_sorted, last, new = is_sorted and key >= last, key, new + (thing.id < 0)
    return is_sorted, new


def _copy(path: Path, copy: Path, deleted: set[tuple[str, int]]) -> None:
    """Write what is not deleted, with ids above zero."""
    with osmium.SimpleWriter(str(copy)) as writer:
        objects: Iterable[Any] = osmium.FileProcessor(path)
        for thing in objects:
            kind = thing.type_str()
            if (kind, thing.id) in deleted:
                continue
            own = _above_zero(thing.id)
            if kind == "n":
                writer.add_node(thing.replace(id=own))
            elif kind == "w":
                writer.add_way(thing.replace(id=own, nodes=[_above_zero(node.ref) for node in thing.nodes]))
            else:
                members = [(m.type, _above_zero(m.ref), m.role) for m in thing.members]
                writer.add_relation(thing.replace(id=own, members=members))


def _above_zero(number: int) -> int:
    return number if number >= 0 else _NEW - number


def _deleted_objects(path: Path) -> set[tuple[str, int]]:
    """The objects that an editor has marked as deleted, which osmium does not see."""
    kinds = {name: letter for letter, name in _KINDS.items()}
    found: set[tuple[str, int]] = set()

    def begin(name: str, attributes: dict[str, str]) -> None:
        if attributes.get("action") == "delete" or attributes.get("visible") == "false":
            kind = kinds.get(name)
            if kind:
                found.add((kind, int(attributes["id"])))

    if not _mentions_deletion(path):
        return found
    parser = expat.ParserCreate()
    parser.StartElementHandler = begin
    try:
        with _open(path) as file:
            parser.ParseFile(file)
    except (expat.ExpatError, OSError, EOFError, ValueError) as error:
        raise BadInput(
            f"{path} can't be read as OpenStreetMap data: {error}; download or copy it again"
        ) from error
    return found


def _mentions_deletion(path: Path) -> bool:
    """Whether the words are there at all, so that other files are not parsed for them."""
    before = b""
    try:
        with _open(path) as file:
            while part := file.read(1 << 20):
                if re.search(rb"""(?:action|visible)\s*=\s*["'](?:delete|false)""", before + part):
                    return True
                before = part[-40:]
    except (OSError, EOFError):
        return False  # osmium says what is wrong with it
    return False


def _open(path: Path) -> BinaryIO:
    name = path.name.lower()
    if name.endswith(".gz"):
        return gzip.open(path)  # type: ignore[return-value]
    return bz2.open(path) if name.endswith(".bz2") else path.open("rb")  # type: ignore[return-value]
