"""OpenStreetMap files (.osm.pbf, .osm) as the layers of a city."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely

from cim.errors import BadInput
from cim.model.layer import Layer
from cim.roads.points import POINTS
from cim.roads.turn_restrictions import TURNS
from layers.formats import suffixes
from layers.formats.osm_edge import Edge, Members, Position, cut_notes, relation_reasons
from layers.formats.osm_order import ordered_file
from layers.formats.osm_points import read_points
from layers.formats.osm_tags import (
    AREAS,
    BOUNDARIES,
    KEYS,
    KINDS,
    LINES,
    PLACES,
    ROADS,
    FeatureKind,
    Tags,
    row_of,
)
from layers.formats.osm_turns import read_turns
from layers.formats.osm_unread import notes_on_tags
from layers.formats.source import Defect, Progress, Source

SUFFIXES = suffixes.OSM
#: Every layer that a file can fill.
LAYER_NAMES = (*(kind.layer.name for kind in KINDS), TURNS.name, POINTS.name)
_TOLD_EVERY = 20_000


@dataclass(frozen=True, slots=True)
class _Pending:
    """An object that may become an area: why it has not, whether the edge cuts it, its tags, a relation's members."""

    why: str
    cut: bool
    tags: Tags
    members: Members = ()


_MADE = _Pending("", False, {})


@dataclass(slots=True)
class _Rows:
    """The rows of one layer as they come: WKB in hexadecimal (None: a defect) and values."""

    kind: FeatureKind
    wkb: list[str | None] = field(default_factory=list)
    values: list[tuple[Any, ...]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    shortened: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def add(self, wkb: str, row: tuple[Any, ...]) -> None:
        self.wkb.append(wkb)
        self.values.append(row)

    def miss(self, what: str, row: tuple[Any, ...]) -> None:
        """A row whose shape can't be made; the fault names the object, for that is how mappers find it."""
        self.defects.append(Defect(len(self.wkb), _describe(row, what)))
        self.wkb.append(None)
        self.values.append(row)

    def cut(self, what: str, row: tuple[Any, ...], rest: Any = None) -> None:
        """An object that the edge of the extract cuts, of which `rest` is kept, if anything."""
        if rest is None:
            self.left_out.append(_describe(row, what))
            return
        self.shortened.append(_describe(row, what))
        self.add(shapely.to_wkb(rest, hex=True), row)

    def source(self, path: Path) -> Source:
        layer = self.kind.layer
        columns = zip(*self.values, strict=True) if self.values else ((),) * len(layer.fields)
        table = pa.table(
            [pa.array(c, f.type) for c, f in zip(columns, layer.schema(), strict=True)], layer.schema()
        )
        shapes = shapely.from_wkb(np.array(self.wkb, dtype=object))
        if layer is PLACES.layer:
            # A hospital drawn as an area is a place at a point inside it.
            areas = shapely.get_dimensions(shapes) == 2
            shapes[areas] = shapely.point_on_surface(shapes[areas])
        rows = np.arange(1, len(shapes) + 1)
        strange = notes_on_tags(table) if layer is ROADS.layer else ()
        notes = (*cut_notes(layer.name, self.left_out, self.shortened), *strange)
        return Source(
            geometry=shapes,
            attributes=table,
            crs="EPSG:4326",
            row=rows,
            name=layer.name,
            path=str(path),
            notes=notes,
            defects=tuple(self.defects),
        )


def _describe(row: tuple[Any, ...], what: str) -> str:
    osm_id, osm_type, name = row[:3]
    return f"{osm_type} {osm_id}{f' ({name})' if name else ''} {what}"


def read_osm(path: Path, progress: Progress | None = None) -> dict[str, tuple[Layer, Source]]:
    """The layers of an OpenStreetMap file by name; each Source goes through `layers.load.check.check`.

    Lines (roads, rivers) are ways as drawn: roads that meet share a vertex. Polygons (buildings, water,
    landuse, boundaries) are closed ways and multipolygon relations. Places are nodes and areas. Turn
    restrictions are points at the node that they are about. What the edge of the extract cuts is counted in the
    notes; of a way the longest stretch in the file is kept. Any other object whose shape can't be made is a row
    without geometry and a defect that says why. Layers without any row or note are left out. Files of editors are
    read as they are meant: new objects (ids below zero) come in, deleted ones don't, and the order does not matter.
    """
    _check(path)
    with _plainly(path), ordered_file(path) as file:
        sources = _read(path, file.path, progress)
        beside = {TURNS.name: read_turns(file.path), POINTS.name: read_points(file.path)}
        found = sources | {name: one for name, one in beside.items() if one is not None}
        return {
            name: (layer, replace(file.original(source), path=str(path)))
            for name, (layer, source) in found.items()
        }


@contextmanager
def _plainly(path: Path) -> Iterator[None]:
    """What osmium refuses as `BadInput`."""
    try:
        yield
    except MemoryError as error:  # osmium's sets of ids grow with the largest id
        raise BadInput(
            f"{path} has ids that are no ids of OpenStreetMap, or is too large for the memory; give its objects other "
            "ids: osmium renumber"
        ) from error
    except (RuntimeError, OSError, ValueError) as error:
        if "twice" in str(error):
            raise BadInput(
                f"{path} has an object several times ({error}); put extracts together with osmium merge, and make the "
                "state of one day of a history file with osmium time-filter"
            ) from error
        raise BadInput(
            f"{path} can't be read as OpenStreetMap data: {error}; download or copy it again"
        ) from error


def _read(path: Path, file: Path, progress: Progress | None) -> dict[str, tuple[Layer, Source]]:
    """The layers but turn restrictions, of a file in order."""
    edge = Edge(path)
    rows = {kind.layer.name: _Rows(kind) for kind in KINDS}
    pending: dict[tuple[str, int], _Pending] = {}
    factory = osmium.geom.WKBFactory()
    seen = 0
    objects: Iterable[Any] = (
        osmium.FileProcessor(file)
        .with_areas(osmium.filter.KeyFilter(*KEYS))
        .with_filter(osmium.filter.KeyFilter(*KEYS))
    )
    for thing in objects:
        kind, tags = thing.type_str(), dict(thing.tags)
        if kind == "n":
            if PLACES.wants(tags):
                rows["places"].add(factory.create_point(thing), row_of(PLACES, thing.id, "node", tags))
        elif kind == "w":
            _lines(rows, factory, thing, tags, edge)
            if any(one.wants(tags) for one in AREAS if one is not BOUNDARIES):
                pending.setdefault(("way", thing.id), _Pending(*_why_no_area(thing, edge), tags))
        elif kind == "r":
            if tags.get("type") in ("multipolygon", "boundary"):
                members = [(m.type, m.ref) for m in thing.members]
                pending.setdefault(("relation", thing.id), _Pending("?", False, tags, members))
        elif kind == "a":
            of = "way" if thing.from_way() else "relation"
            if thing.num_rings()[0]:
                pending[of, thing.orig_id()] = _MADE
                _areas(rows, factory, thing, of, tags)
        seen += 1
        if progress and seen % _TOLD_EVERY == 0:
            progress(seen, None)
    _report_missing_areas(rows, pending, file, edge)
    if progress:
        progress(seen, seen)
    return {name: (one.kind.layer, one.source(path)) for name, one in rows.items() if one.wkb or one.left_out}


def _check(path: Path) -> None:
    if not path.name.lower().endswith(SUFFIXES):
        raise BadInput(f"{path.name} is no OpenStreetMap file by its name; known: {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise BadInput(
            f"{path} is not there" if not path.exists() else f"{path} is a folder; name a file in it"
        )
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")


def _lines(rows: dict[str, _Rows], factory: Any, way: Any, tags: Tags, edge: Edge) -> None:
    for kind in LINES:
        if kind.wants(tags):
            row = row_of(kind, way.id, "way", tags)
            there = [node.location.valid() for node in way.nodes]
            if all(there):
                try:
                    rows[kind.layer.name].add(factory.create_linestring(way), row)
                except RuntimeError:
                    what = "has fewer than two different nodes"
                    if edge.is_near(_positions(way)):
                        rows[kind.layer.name].cut(what, row)
                    else:
                        rows[kind.layer.name].miss(what, row)
            else:
                what = f"lacks {there.count(False)} of its {len(there)} nodes in the file"
                rows[kind.layer.name].cut(what, row, _longest_run(way, there))


def _positions(way: Any) -> list[Position]:
    return [(node.lon, node.lat) for node in way.nodes if node.location.valid()]


def _longest_run(way: Any, there: list[bool]) -> Any:
    """The longest stretch of the way whose nodes are in the file, None where no two in a row are."""
    best: list[tuple[float, float]] = []
    run: list[tuple[float, float]] = []
    for node, present in zip(way.nodes, there, strict=True):
        run = [*run, (node.lon, node.lat)] if present else []
        best = max(best, run, key=len)
    return shapely.LineString(best) if len(best) > 1 else None


def _why_no_area(way: Any, edge: Edge) -> tuple[str, bool]:
    """Why a way is no area, and whether the edge of the extract cuts it."""
    missing = sum(not node.location.valid() for node in way.nodes)
    if missing:
        return f"lacks {missing} of its {len(way.nodes)} nodes in the file", True
    positions = _positions(way)
    cut = edge.is_near(positions)
    if not way.is_closed():
        return "is not closed", cut
    if len(set(positions)) < 3:
        return "has fewer than three different nodes", cut
    return "is no area: its outline crosses itself, or it is tagged area=no", cut


def _areas(rows: dict[str, _Rows], factory: Any, area: Any, of: str, tags: Tags) -> None:
    wkb = None
    for kind in (*AREAS, PLACES):
        if kind.wants(tags) and (of == "relation" or kind is not BOUNDARIES):
            wkb = wkb or factory.create_multipolygon(area)
            rows[kind.layer.name].add(wkb, row_of(kind, area.orig_id(), of, tags))


def _report_missing_areas(
    rows: dict[str, _Rows], pending: dict[tuple[str, int], _Pending], file: Path, edge: Edge
) -> None:
    """A row and its defect for each object that should have become an area and did not, or a count of those that are
    cut."""
    relations = {osm_id: one.members for (of, osm_id), one in pending.items() if of == "relation" and one.why}
    reasons = relation_reasons(file, edge, relations)
    for (of, osm_id), one in pending.items():
        why, cut = reasons[osm_id] if of == "relation" and one.why else (one.why, one.cut)
        for kind in AREAS if why else ():
            if kind.wants(one.tags) and (of == "relation" or kind is not BOUNDARIES):
                row = row_of(kind, osm_id, of, one.tags)
                (rows[kind.layer.name].cut if cut else rows[kind.layer.name].miss)(why, row)
