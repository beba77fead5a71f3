"""Checks that the areas of a level divide their parents without gap, overlap or excess, and closes slivers.

A level is correct if its shapes share every vertex and add up to their parents, which two vectorised passes check.
Otherwise the outlines of one parent's areas are noded into faces: a face that no area has is a gap, one that several
areas have is an overlap, and one outside the parent is an excess. A repair gives each thin face to one area and
dissolves the faces of each area, so its result is exact too.

Noding is done in lon, lat, where borders are straight, as they are stored and as ownership is decided. In metres a
parallel is curved (26 cm on 5 km in Changsha), and a corner of a grid on a long border of its community would seem to
be off it. The size of a flaw is measured in metres.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, Mask
from cim.errors import BadInput
from cim.grids.faces import polygonal_part, polygons_in
from cim.model.layer import Features
from cim.model.standard_layers import LEVELS
from cim.progress import Progress, silent
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.writer import CityWriter

#: Narrower gaps come from rounding coordinates, not from drawing.
NOISE_M = 0.001

#: Default tolerance of `--repair`.
TOLERANCE_M = 0.5

Kind = Literal["gap", "overlap", "outside", "orphan"]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One place where a level is not a partition: its areas, position and size, and whether it was repaired.

    `width_m` is the width of the rectangle with the same area and perimeter. The codes of a gap are those of the areas
    around it; the parent of an orphan is not in force.

    >>> print(Flaw("unit_grid", "gap", "430102001001", ("430102001001001",), 112.9, 28.1, 12.3, 0.4))
    unit_grid gap of 12.3 m², 0.40 m wide, at 112.900000, 28.100000 in 430102001001 beside 430102001001001
    """

    level: str
    kind: Kind
    parent: str | None
    codes: tuple[str, ...]
    lon: float
    lat: float
    area_m2: float
    width_m: float
    repaired: str = ""

    def __str__(self) -> str:
        at = f"at {self.lon:.6f}, {self.lat:.6f}"
        shown = ", ".join(self.codes[:4]) + (
            f" and {len(self.codes) - 4} more" if len(self.codes) > 4 else ""
        )
        if self.kind == "orphan":
            return f"{self.level} {shown} {at}: its parent {self.parent} is not in force"
        size = f"{self.area_m2:,.1f} m², {self.width_m:.2f} m wide, {at}"
        parent = f" in {self.parent}" if self.parent else ""
        done = f": {self.repaired}" if self.repaired else ""
        return {
            "gap": f"{self.level} gap of {size}{parent} beside {shown}",
            "overlap": f"{self.level} overlap of {size}{parent} between {shown}",
            "outside": f"{self.level} {shown} reaches out of {self.parent} by {size}",
        }[self.kind] + done


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """n areas that are in force on one day; `shapes` in lon, lat."""

    code: NDArray[Any]
    level: NDArray[Any]
    parent: NDArray[Any]
    shapes: Geometries
    metric_crs: str

    @classmethod
    def of(cls, features: Features, metric_crs: str) -> Plan:
        """The plan of rows of the layer `areas`, all in force on the same day."""
        table = features.attributes
        code, level, parent = (np.array(table[n].to_pylist(), object) for n in ("code", "level", "parent"))
        shapes = features.geometry.copy()
        broken = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
        if broken.any():
            shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
        return cls(code, level, parent, shapes, metric_crs)


@dataclass(frozen=True)
class PartitionReport:
    """The number of areas of each level, the number of areas above it that are not divided, and the flaws."""

    areas: Mapping[str, int]
    undivided: Mapping[str, int]
    flaws: list[Flaw]


@dataclass(slots=True)
class Checked:
    """The result of a check: the flaws by level and place, and the new shape of each repaired area.

    `undivided` counts for each level the areas above it that contain no area of it, which is not a flaw.
    """

    areas: dict[str, int] = field(default_factory=dict)
    undivided: dict[str, int] = field(default_factory=dict)
    flaws: list[Flaw] = field(default_factory=list)
    changed: dict[int, Any] = field(default_factory=dict)

    @property
    def open(self) -> list[Flaw]:
        """The flaws that were not repaired."""
        return [flaw for flaw in self.flaws if not flaw.repaired]

    @property
    def report(self) -> PartitionReport:
        """The report of the check."""
        return PartitionReport(self.areas, self.undivided, self.flaws)


def widths(polygons: Geometries) -> NDArray[np.float64]:
    """The width of each polygon: the shorter side of the rectangle with the same area and perimeter.

    >>> widths(np.array([shapely.box(0, 0, 100, 0.5)])).tolist()
    [0.5]
    """
    area, outline = shapely.area(polygons), shapely.length(polygons)
    square: NDArray[np.float64] = outline - np.sqrt(np.maximum(outline**2 - 16 * area, 0.0))
    return square / 4


def check(
    plan: Plan,
    *,
    levels: Sequence[str] = tuple(LEVELS),
    tolerance_m: float | None = None,
    movable: Mask | None = None,
    progress: Progress = silent,
) -> Checked:
    """The flaws of these levels. With a tolerance in metres, slivers up to that width are closed, from the top level
    down.

    A gap goes to the `movable` neighbour with the longest common border, an overlap to the area with the lowest code,
    and an excess is cut off. Wider flaws and those between areas that are not movable are kept.
    """
    found = Checked()
    shapes = plan.shapes.copy()
    may = np.ones(len(shapes), np.bool_) if movable is None else movable
    index = {code: i for i, code in enumerate(plan.code)}
    for step, level in enumerate(name for name in LEVELS if name in levels):
        progress("checking the partition", step, len(levels))
        mine = np.flatnonzero((plan.level == level) & ~shapely.is_missing(shapes))
        found.areas[level] = len(mine)
        if not len(mine):
            continue
        home = np.array([index.get(parent, -1) for parent in plan.parent[mine]])
        orphans = mine[[p is not None and h < 0 for p, h in zip(plan.parent[mine], home, strict=True)]]
        for i in orphans.tolist():
            at = shapes[i].point_on_surface()
            found.flaws.append(
                Flaw(level, "orphan", plan.parent[i], (plan.code[i],), at.x, at.y, *_size(shapes[i], plan))
            )
        above = {plan.level[h] for h in home if h >= 0}
        found.undivided[level] = int(np.isin(plan.level, list(above)).sum() - len(set(home[home >= 0])))
        loose = shapely.coverage_invalid_edges(shapes[mine])
        clean = shapely.is_missing(loose) | shapely.is_empty(loose)
        for parent, group in _groups(home):
            if clean[group].all() and _complete(
                shapes[mine[group]], shapes[parent] if parent >= 0 else None, plan
            ):
                continue
            _examine(plan, shapes, mine[group], parent, tolerance_m, may, found)
    return found


def _groups(home: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    order = np.argsort(home, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(home[order])) + 1):
        yield int(home[group[0]]), group


def _complete(shapes: Geometries, parent: Any, plan: Plan) -> bool:
    """Whether a valid coverage equals its parent up to noise; without a parent (None), whether it has no hole."""
    whole = shapely.coverage_union_all(shapes)
    if parent is None:
        return not shapely.get_num_interior_rings(polygons_in(whole)).any()
    rest = polygons_in(shapely.symmetric_difference(whole, parent))
    return all(_size(part, plan)[1] < NOISE_M for part in rest)


def _size(shape: Any, plan: Plan) -> tuple[float, float]:
    """The area in square metres and the width in metres."""
    flat = crs.geometry_to_metric(shape, plan.metric_crs)
    return float(flat.area), float(widths(np.array([flat]))[0])


def _have_holes(shapes: Geometries) -> bool:
    return bool(shapely.get_num_interior_rings(polygons_in(shapely.coverage_union_all(shapes))).any())


class _Wrong(NamedTuple):
    """Faces that touch and are not one area's: what they make together, their numbers, who has them (places in the
    group), and whether they lie in the parent."""

    polygon: Any
    members: NDArray[np.int64]
    owners: list[int]
    inside: bool


@dataclass(slots=True)
class _Faces:
    """The faces between the outlines of one parent's areas: the owners of each (indexes in `group`), and whether it is
    in the parent."""

    group: NDArray[np.int64]
    polygons: Geometries
    points: NDArray[Any]
    owners: list[set[int]]
    inside: Mask

    @classmethod
    def of(
        cls, shapes: Geometries, group: NDArray[np.int64], parent: int, cuts: Sequence[Any] = ()
    ) -> _Faces:
        """The faces of the areas in `group`. Without a parent (-1) everything between them counts as inside."""
        outlines = shapely.boundary(shapes[group if parent < 0 else np.append(group, parent)])
        noded = shapely.union_all(np.append(outlines, np.array(cuts, object)))
        polygons = shapely.get_parts(shapely.polygonize([noded]))
        points = shapely.point_on_surface(polygons)
        owners: list[set[int]] = [set() for _ in polygons]
        pairs = shapely.STRtree(shapes[group]).query(points, predicate="intersects")
        for face, owner in pairs.T.tolist():
            owners[face].add(owner)
        inside = (
            np.ones(len(polygons), np.bool_) if parent < 0 else shapely.intersects(shapes[parent], points)
        )
        return cls(group, polygons, points, owners, inside)

    def wrong(self) -> Iterator[_Wrong]:
        """The faces that are not one area's, joined where they touch."""
        alike: dict[tuple[bool, tuple[int, ...]], list[int]] = {}
        for face, (owners, inside) in enumerate(zip(self.owners, self.inside.tolist(), strict=True)):
            if len(owners) != inside:
                alike.setdefault((inside, tuple(sorted(owners))), []).append(face)
        for (inside, key), members in sorted(alike.items()):
            faces = np.array(members)
            parts = polygons_in(shapely.union_all(self.polygons[faces]))
            part, at = shapely.STRtree(self.points[faces]).query(parts, predicate="intersects")
            for p, polygon in enumerate(parts):
                yield _Wrong(polygon, faces[at[part == p]], list(key), inside)

    def area(self, owner: int) -> Any:
        """All faces of one area, dissolved."""
        mine = [face for face, owners in enumerate(self.owners) if owner in owners]
        return polygonal_part(shapely.coverage_union_all(self.polygons[mine]))


def _examine(
    plan: Plan,
    shapes: Geometries,
    group: NDArray[np.int64],
    parent: int,
    tolerance_m: float | None,
    may: Mask,
    found: Checked,
) -> None:
    """Find the flaws among the areas of one parent (-1: none), and repair those within the tolerance."""
    faces = _Faces.of(shapes, group, parent)
    if tolerance_m is not None:
        cuts = [
            cut
            for polygon, _, owners, inside in faces.wrong()
            if inside and not owners and NOISE_M <= _size(polygon, plan)[1] <= tolerance_m
            for cut in _cuts(polygon, shapes[group])
        ]
        faces = _Faces.of(shapes, group, parent, cuts) if cuts else faces
    changed: set[int] = set()
    for wrong in list(faces.wrong()):
        polygon, owners, inside = wrong.polygon, wrong.owners, wrong.inside
        area_m2, width = _size(polygon, plan)
        if width < NOISE_M:
            continue
        around = owners or np.flatnonzero(shapely.intersects(shapes[group], polygon)).tolist()
        kind: Kind = "outside" if not inside else "overlap" if owners else "gap"
        done, of = "", set[int]()
        if tolerance_m is not None and width <= tolerance_m:
            close = _gap_closed if kind == "gap" else _excess_cut
            done, of = close(faces, wrong, shapes, plan, may)
        changed |= of
        names = tuple(sorted(str(code) for code in plan.code[group[around]]))
        above = plan.code[parent] if parent >= 0 else None
        at = polygon.point_on_surface()
        found.flaws.append(
            Flaw(
                level=str(plan.level[group[0]]),
                kind=kind,
                parent=above,
                codes=names,
                lon=at.x,
                lat=at.y,
                area_m2=area_m2,
                width_m=width,
                repaired=done,
            )
        )
    for owner in sorted(changed):
        shapes[group[owner]] = found.changed[int(group[owner])] = faces.area(owner)


def _cuts(gap: Any, shapes: Geometries) -> list[Any]:
    """Lines across a gap wherever the border between two areas meets it, so that each area gets the part along its
    border."""
    borders = shapely.boundary(shapes[shapely.intersects(shapes, gap)])
    cuts = []
    for one, other in combinations(borders, 2):
        meeting = one.intersection(other).intersection(gap.boundary)
        beyond = gap.boundary.difference(one).difference(other)
        for corner in shapely.get_coordinates(meeting) if not beyond.is_empty else ():
            start, end = shapely.get_coordinates(shapely.shortest_line(shapely.Point(corner), beyond))
            if (start != end).any():
                cuts.append(shapely.linestrings([start, end + (end - start) * 0.01]))
    return cuts


def _gap_closed(
    faces: _Faces,
    wrong: _Wrong,
    shapes: Geometries,
    plan: Plan,
    may: Mask,
) -> tuple[str, set[int]]:
    """Give each face of a gap to the area with the longest common border. Returns what was done and the areas that
    grew."""
    touching = shapely.intersects(shapes[faces.group], wrong.polygon)
    can = [o for o in np.flatnonzero(touching) if may[faces.group[o]]]
    if not can:
        return "", set()
    borders = shapely.boundary(shapes[faces.group[can]])
    heirs = set()
    for face in wrong.members.tolist():
        shared = shapely.length(shapely.intersection(borders, faces.polygons[face].boundary))
        heir = int(can[int(np.argmax(shared))])
        faces.owners[face] = {heir}
        heirs.add(heir)
    return f"given to {', '.join(sorted(str(plan.code[faces.group[o]]) for o in heirs))}", heirs


def _excess_cut(
    faces: _Faces,
    wrong: _Wrong,
    shapes: Geometries,
    plan: Plan,
    may: Mask,
) -> tuple[str, set[int]]:
    """Leave an overlap to the lowest code and cut off what is outside. Returns what was done and the areas that shrank.

    An area that is not movable keeps its shape, and no area loses half of its shape.
    """
    group, owners, inside = faces.group, wrong.owners, wrong.inside
    keep = set[int]()
    if inside:
        fixed = [o for o in owners if not may[group[o]]]
        keep = {min(fixed or owners, key=lambda o: str(plan.code[group[o]]))}
    losers = set(owners) - keep
    if any(not may[group[o]] or wrong.polygon.area >= shapes[group[o]].area / 2 for o in losers):
        return "", set()
    for face in wrong.members.tolist():
        faces.owners[face] = set(keep)
    return f"left to {plan.code[group[keep.pop()]]}" if inside else "cut off", losers


def plan_on(areas: Snapshot, day: dt.date) -> tuple[Plan, NDArray[np.int64]]:
    """The areas in force on the day, and their fids in the same order."""
    features = areas.features(areas.rows)
    now = in_force_on(features.attributes, day)
    chosen = Features(features.geometry[now], features.attributes.filter(pa.array(now)))
    return Plan.of(chosen, areas.metric_crs), areas.fids(areas.rows)[now]


def in_force_on(areas: pa.Table, day: dt.date) -> Mask:
    """Which rows of `areas` are in force on the day: bool[n]."""
    since = pc.fill_null(pc.less_equal(areas["valid_from"], day), True)
    until = pc.fill_null(pc.greater(areas["valid_to"], day), True)
    return np.asarray(pc.and_(since, until).to_numpy(), np.bool_)


def check_city(
    writer: CityWriter,
    *,
    day: dt.date | None = None,
    levels: Sequence[str] = tuple(LEVELS),
    tolerance_m: float | None = None,
    actor: str = "local",
    progress: Progress = silent,
) -> Checked:
    """The flaws of the city's areas on a day (None: today).

    With a tolerance, slivers up to that width are closed and the repaired shapes are stored in one transaction.
    `BadInput` for an unknown level or a tolerance out of range.
    """
    unknown = [level for level in levels if level not in LEVELS]
    if unknown:
        raise BadInput(f"level {unknown[0]!r} is not one that divides the city; known: {', '.join(LEVELS)}")
    if tolerance_m is not None and not 0 < tolerance_m <= 100:
        raise BadInput(f"a tolerance of {tolerance_m} m is out of range: more than 0, at most 100")
    state = writer.state()
    areas = state.snapshot("areas")
    plan, fids = plan_on(areas, day or state.today)
    found = check(plan, levels=levels, tolerance_m=tolerance_m, progress=progress)
    if found.changed:
        rows = np.array(list(found.changed))
        with writer.store.writing(actor) as tx:
            for done, (fid, shape) in enumerate(
                zip(fids[rows].tolist(), found.changed.values(), strict=True)
            ):
                tx.update(areas.layer, fid, {"geom": shape})
                progress("writing", done, len(rows))
        writer.catch_up()
    return found
