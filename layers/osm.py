"""OpenStreetMap files (.osm.pbf, .osm) as the layers of a city."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely

from cim.errors import BadInput
from cim.layer import Layer
from cim.turns import TURNS
from layers.osm_tags import AREAS, BOUNDARIES, KEYS, KINDS, LINES, PLACES, Kind, Tags, row_of
from layers.osm_turns import read_turns
from layers.source import Defect, Progress, Source

SUFFIXES = (".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")
#: Every layer that a file can fill.
LAYER_NAMES = (*(kind.layer.name for kind in KINDS), TURNS.name)
_TOLD_EVERY = 20_000
_MADE: tuple[str, Tags] = ("", {})


@dataclass(slots=True)
class _Rows:
    """The rows of one layer as they come: WKB in hexadecimal (None: a defect) and values."""

    kind: Kind
    wkb: list[str | None] = field(default_factory=list)
    values: list[tuple[Any, ...]] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)

    def add(self, wkb: str, row: tuple[Any, ...]) -> None:
        self.wkb.append(wkb)
        self.values.append(row)

    def miss(self, what: str, row: tuple[Any, ...], repaired: Any = None) -> None:
        """A row whose shape can't be made; the fault names the object, for that is how mappers find it."""
        osm_id, osm_type, name = row[:3]
        called = f" ({name})" if name else ""
        self.defects.append(Defect(len(self.wkb), f"{osm_type} {osm_id}{called} {what}", repaired))
        self.wkb.append(None)
        self.values.append(row)

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
        return Source(shapes, table, "EPSG:4326", rows, layer.name, str(path), (), tuple(self.defects))


def read_osm(path: Path, progress: Progress | None = None) -> dict[str, tuple[Layer, Source]]:
    """The layers of an OpenStreetMap file by name; each Source goes through `layers.check.check`.

    Lines (roads, rivers) are ways as drawn: roads that meet share a vertex. Polygons (buildings, water,
    landuse, boundaries) are closed ways and multipolygon relations. Places are nodes and areas. Turn
    restrictions are points at the node that they are about. An object
    whose shape can't be made, because nodes or members are not in the file or rings do not close, is a
    row without geometry and a defect that says why. Layers without any row are left out.
    """
    _check(path)
    rows = {kind.layer.name: _Rows(kind) for kind in KINDS}
    pending: dict[tuple[str, int], tuple[str, Tags]] = {}
    factory = osmium.geom.WKBFactory()
    seen = 0
    try:
        objects: Iterable[Any] = (
            osmium.FileProcessor(path)
            .with_areas(osmium.filter.KeyFilter(*KEYS))
            .with_filter(osmium.filter.KeyFilter(*KEYS))
        )
        for thing in objects:
            kind, tags = thing.type_str(), dict(thing.tags)
            if kind == "n":
                if PLACES.wants(tags):
                    rows["places"].add(factory.create_point(thing), row_of(PLACES, thing.id, "node", tags))
            elif kind == "w":
                _lines(rows, factory, thing, tags)
                if any(one.wants(tags) for one in AREAS if one is not BOUNDARIES):
                    pending.setdefault(("way", thing.id), (_why_no_area(thing), tags))
            elif kind == "r":
                if tags.get("type") in ("multipolygon", "boundary"):
                    why = "has members that are not in the file, or rings that do not close"
                    pending.setdefault(("relation", thing.id), (why, tags))
            elif kind == "a":
                of = "way" if thing.from_way() else "relation"
                if thing.num_rings()[0]:
                    pending[of, thing.orig_id()] = _MADE
                    _areas(rows, factory, thing, of, tags)
            seen += 1
            if progress and seen % _TOLD_EVERY == 0:
                progress(seen, None)
    except (RuntimeError, OSError, ValueError) as error:
        raise BadInput(
            f"{path} can't be read as OpenStreetMap data: {error}; download or copy it again"
        ) from error
    _missed(rows, pending)
    if progress:
        progress(seen, seen)
    made = {name: (one.kind.layer, one.source(path)) for name, one in rows.items() if one.wkb}
    return made | ({"turn_restrictions": turns} if (turns := read_turns(path)) else {})


def _check(path: Path) -> None:
    if not path.name.lower().endswith(SUFFIXES):
        raise BadInput(f"{path.name} is no OpenStreetMap file by its name; known: {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise BadInput(
            f"{path} is not there" if not path.exists() else f"{path} is a folder; name a file in it"
        )
    if path.stat().st_size == 0:
        raise BadInput(f"{path} is empty (0 bytes); was it copied to the end?")


def _lines(rows: dict[str, _Rows], factory: Any, way: Any, tags: Tags) -> None:
    for kind in LINES:
        if kind.wants(tags):
            row = row_of(kind, way.id, "way", tags)
            there = [node.location.valid() for node in way.nodes]
            if all(there):
                try:
                    rows[kind.layer.name].add(factory.create_linestring(way), row)
                except RuntimeError:
                    rows[kind.layer.name].miss("has fewer than two different nodes", row)
            else:
                what = f"lacks {there.count(False)} of its {len(there)} nodes in the file"
                rows[kind.layer.name].miss(what, row, _longest_run(way, there))


def _longest_run(way: Any, there: list[bool]) -> Any:
    """The longest stretch of the way whose nodes are in the file, None where no two in a row are."""
    best: list[tuple[float, float]] = []
    run: list[tuple[float, float]] = []
    for node, present in zip(way.nodes, there, strict=True):
        run = [*run, (node.lon, node.lat)] if present else []
        best = max(best, run, key=len)
    return shapely.LineString(best) if len(best) > 1 else None


def _why_no_area(way: Any) -> str:
    missing = sum(not node.location.valid() for node in way.nodes)
    if missing:
        return f"lacks {missing} of its {len(way.nodes)} nodes in the file"
    if not way.is_closed():
        return "is not closed"
    if len({(node.lon, node.lat) for node in way.nodes}) < 3:
        return "has fewer than three different nodes"
    return "is no area: its outline crosses itself, or it is tagged area=no"


def _areas(rows: dict[str, _Rows], factory: Any, area: Any, of: str, tags: Tags) -> None:
    wkb = None
    for kind in (*AREAS, PLACES):
        if kind.wants(tags) and (of == "relation" or kind is not BOUNDARIES):
            wkb = wkb or factory.create_multipolygon(area)
            rows[kind.layer.name].add(wkb, row_of(kind, area.orig_id(), of, tags))


def _missed(rows: dict[str, _Rows], pending: dict[tuple[str, int], tuple[str, Tags]]) -> None:
    """A row and its defect for each object that should have become an area and did not."""
    for (of, osm_id), (why, tags) in pending.items():
        if why:
            for kind in AREAS:
                if kind.wants(tags) and (of == "relation" or kind is not BOUNDARIES):
                    rows[kind.layer.name].miss(why, row_of(kind, osm_id, of, tags))
