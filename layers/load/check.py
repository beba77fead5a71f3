"""The door for data: every fault of every row is found in one go, and repaired, skipped or refused."""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Geometries, RowIds
from cim.errors import BadInput, Fault, FaultyData
from cim.model.layer import Features, GeometryKind
from cim.space import geojson
from cim.space.crs import Datum
from layers.formats.source import Source
from layers.load.empty_parts import without_empty_parts
from layers.load.report import LoadReport, fault_lines
from layers.load.source_crs import SourceCrs, frame_of, in_threads

OnInvalid = Literal["raise", "fix", "skip"]

_KINDS: dict[int, GeometryKind] = {
    0: "point",
    1: "line",
    2: "line",
    3: "polygon",
    4: "point",
    5: "line",
    6: "polygon",
}
_SHOWN_FAULTS = 10


class _Findings:
    """The rows as they are being looked at: what was found, what is repaired, what can't be."""

    def __init__(self, source: Source) -> None:
        self.geometry = source.geometry.copy()
        self.row = source.row
        self.found: dict[int, list[str]] = {}
        self.lost = np.zeros(len(source), dtype=np.bool_)

    def add(self, at: NDArray[np.intp], whats: list[str], *, lost: bool) -> None:
        """A fault in each of the positions; what is lost can't be repaired and is not looked at again."""
        for position, what in zip(at.tolist(), whats, strict=True):
            self.found.setdefault(position, []).append(what)
        if lost:
            self.lost[at] = True
            self.geometry[at] = None

    def repair(self, at: NDArray[np.intp], whats: list[str], repaired: NDArray[Any]) -> None:
        """A fault in each of the positions with its repair, None or empty where there is none."""
        gone = shapely.is_missing(repaired) | shapely.is_empty(repaired)
        self.geometry[at] = repaired
        self.add(at[~gone], [w for w, g in zip(whats, gone, strict=True) if not g], lost=False)
        self.add(at[gone], [w for w, g in zip(whats, gone, strict=True) if g], lost=True)

    def faults(self, on_invalid: OnInvalid) -> tuple[Fault, ...]:
        def describe_position(position: int) -> str:
            if on_invalid == "raise":
                return "raised"
            return "skipped" if on_invalid == "skip" or self.lost[position] else "fixed"

        return tuple(
            Fault(int(self.row[position]), what, describe_position(position))
            for position in sorted(self.found)
            for what in self.found[position]
        )


def check(
    source: Source,
    *,
    kind: GeometryKind | None = None,
    datum: Datum | None = None,
    crs: str | None = None,
    on_invalid: OnInvalid = "raise",
    target_crs: str = "EPSG:4490",
) -> tuple[Features, LoadReport]:
    """The rows of a file as features in lon, lat, 2D, valid and of one kind, and the report of what was done.

    `crs` overrides what the file says; `datum` says in which datum its degrees are (gcj02 and bd09 are
    converted). With `on_invalid` `"raise"` any fault is a `FaultyData` that lists them all; `"fix"` repairs
    what can be repaired without guessing (unclosed rings, self-crossing polygons, heights, parts of another
    kind) and skips the rest; `"skip"` skips every row that has a fault.

    >>> import pyarrow as pa
    >>> square = shapely.box(112.9, 28.1, 113.0, 28.2)
    >>> source = Source(np.array([square, None]), pa.table({"name": ["甲", "乙"]}), "EPSG:4326",
    ...                 np.array([1, 2]), "blocks", "blocks.gpkg")
    >>> features, report = check(source, on_invalid="skip")
    >>> len(features), [str(fault) for fault in report.faults]
    (1, ['row 2: has no geometry (skipped)'])
    """
    if on_invalid not in get_args(OnInvalid):
        raise BadInput(f"on_invalid {on_invalid!r} is none of {', '.join(get_args(OnInvalid))}")
    frame = frame_of(source, crs=crs, datum=datum, target_crs=target_crs)
    findings = _Findings(source)
    _check_presence(findings, source)
    kind = kind or _kind_of(findings, source)
    _check_kind(findings, kind)
    findings.geometry, emptied = without_empty_parts(findings.geometry)
    _check_flat(findings)
    _check_finite(findings)
    findings.geometry = frame.apply(findings.geometry)
    _check_place(findings, frame)
    _check_valid(findings, kind)

    faults = findings.faults(on_invalid)
    if faults and on_invalid == "raise":
        raise FaultyData(_refusal(source, findings, faults), faults)
    faulty = np.zeros(len(source), dtype=np.bool_)
    faulty[list(findings.found)] = True
    keep = ~(findings.lost if on_invalid == "fix" else faulty)
    written = int(keep.sum())
    features = Features(findings.geometry, source.attributes)
    if written < len(source):
        rest = source.attributes.filter(keep) if source.attributes.num_columns else source.attributes
        features = Features(findings.geometry[keep], rest)
    report = LoadReport(
        source.path,
        source.name,
        kind,
        read=len(source),
        written=written,
        fixed=int((faulty & keep).sum()),
        skipped=len(source) - written,
        faults=faults,
        notes=(*source.notes, *frame.notes, *_emptied_notes(source.row[emptied])),
    )
    return features, report


def _emptied_notes(rows: RowIds) -> list[str]:
    if not len(rows):
        return []
    return [f"{len(rows)} rows have empty parts or holes, which are left out; the first is row {rows[0]}"]


def _refusal(source: Source, findings: _Findings, faults: tuple[Fault, ...]) -> str:
    rows = len(findings.found)
    fixable = rows - int(findings.lost.sum())
    shown = "\n  ".join(fault_lines(faults, _SHOWN_FAULTS))
    return (
        f"{rows} of {len(source)} rows of {source.path} can't be loaded as they are; nothing was written. "
        f"--on-invalid fix can repair {fixable} of them and leaves out the rest, "
        f"skip leaves out all {rows}.\n  {shown}"
    )


def _check_presence(findings: _Findings, source: Source) -> None:
    for defect in source.defects:
        findings.repair(np.array([defect.at]), [defect.what], np.array([defect.repaired], dtype=object))
    told = np.zeros(len(source), dtype=np.bool_)
    told[[defect.at for defect in source.defects]] = True
    missing = np.flatnonzero(shapely.is_missing(findings.geometry) & ~told)
    findings.add(missing, ["has no geometry"] * len(missing), lost=True)
    empty = np.flatnonzero(shapely.is_empty(findings.geometry))
    findings.add(empty, ["has an empty geometry"] * len(empty), lost=True)


def _kind_of(findings: _Findings, source: Source) -> GeometryKind:
    """The one kind that the geometries are of; a few collections among them are faults of their rows."""
    types = shapely.get_type_id(findings.geometry)
    ids, counts = np.unique(types[types >= 0], return_counts=True)
    kinds = sorted({_KINDS[i] for i in ids.tolist() if i in _KINDS})
    if len(kinds) == 1:
        return kinds[0]
    said = ", ".join(f"{n} {_type_name(i)}" for i, n in zip(ids.tolist(), counts.tolist(), strict=True))
    if not said:
        faults = findings.faults("raise")
        shown = "\n  ".join(fault_lines(faults, _SHOWN_FAULTS))
        raise FaultyData(
            f"none of the {len(source)} rows of {source.path} has a geometry that can be used\n  {shown}",
            faults,
        )
    example = kinds[-1] if kinds else "polygon"
    raise BadInput(
        f"{source.path} mixes kinds of geometry ({said}); a layer holds one. "
        f"Name it with --geometry {example} and say --on-invalid fix or skip to leave the others out"
    )


def _type_name(type_id: int) -> str:
    return shapely.GeometryType(type_id).name if type_id in set(shapely.GeometryType) else f"type {type_id}"


def _check_kind(findings: _Findings, kind: GeometryKind) -> None:
    types = shapely.get_type_id(findings.geometry)
    mine = [i for i, of in _KINDS.items() if of == kind]
    other = np.flatnonzero((types >= 0) & ~np.isin(types, mine))
    if not len(other):
        return
    whats = [f"is a {_type_name(i)}, the layer holds {kind}s" for i in types[other].tolist()]
    findings.repair(other, whats, _parts(findings.geometry[other], kind))


def _parts(geometry: Geometries, kind: GeometryKind) -> NDArray[Any]:
    """The parts of that kind of each geometry, as one; None where it has none."""
    collect = {
        "point": shapely.multipoints,
        "line": shapely.multilinestrings,
        "polygon": shapely.multipolygons,
    }[kind]
    out = np.full(len(geometry), None, dtype=object)
    for at, one in enumerate(geometry):
        parts = shapely.get_parts(one)
        while (shapely.get_type_id(parts) >= 4).any():
            parts = shapely.get_parts(parts)
        parts = [p for p in parts if not p.is_empty and _KINDS.get(shapely.get_type_id(p)) == kind]
        if parts:
            out[at] = parts[0] if len(parts) == 1 else collect(parts)
    return out


def _check_flat(findings: _Findings) -> None:
    has_z, has_m = shapely.has_z(findings.geometry), shapely.has_m(findings.geometry)
    for has, what in (
        (has_z, "has heights (Z), the base is flat"),
        (has_m, "has measures (M), which are not kept"),
    ):
        at = np.flatnonzero(has)
        findings.add(at, [what] * len(at), lost=False)
    deep = np.flatnonzero(has_z | has_m)
    if len(deep):
        findings.geometry[deep] = shapely.force_2d(findings.geometry[deep])


def _check_finite(findings: _Findings) -> None:
    if np.isfinite(in_threads(_sum, findings.geometry)).all():
        return
    xy, index = shapely.get_coordinates(findings.geometry, return_index=True)
    at = np.unique(index[~np.isfinite(xy).all(axis=1)])
    findings.add(at, ["has coordinates that are not numbers (NaN or infinite)"] * len(at), lost=True)


def _sum(geometry: Geometries) -> NDArray[Any]:
    """One number that is finite only if every coordinate is, so that clean data is asked once."""
    with np.errstate(invalid="ignore"):
        return shapely.get_coordinates(geometry).sum(keepdims=True)  # type: ignore[no-any-return]


def _check_place(findings: _Findings, frame: SourceCrs) -> None:
    """On the Earth, where the file's system is meant for, and not around the antimeridian."""
    bounds = shapely.bounds(findings.geometry)
    west, south, east, north = bounds.T
    low_lon, low_lat, high_lon, high_lat = frame.reach
    there = ~shapely.is_missing(findings.geometry)
    with np.errstate(invalid="ignore"):
        on_earth = (west >= -180) & (east <= 180) & (south >= -90) & (north <= 90)
        in_reach = (east >= low_lon) & (west <= high_lon) & (north >= low_lat) & (south <= high_lat)
        around = np.flatnonzero(on_earth & in_reach & (east - west > 180))
    outside = np.flatnonzero(there & ~(on_earth & in_reach))
    whats = [_place_fault(box, frame) for box in bounds[outside].tolist()]
    around, spans = _in_one_piece(findings, around)
    findings.add(outside, whats, lost=True)
    whats = [f"spans {width:.0f}° of longitude; it crosses the antimeridian, cut it there" for width in spans]
    findings.add(around, whats, lost=True)


def _in_one_piece(findings: _Findings, wide: NDArray[np.intp]) -> tuple[NDArray[np.intp], list[float]]:
    """Those of the wide rows that are so in one of their parts, which goes round the wrong side of the earth, and how
    wide it is; the others are cut at 180° as RFC 7946 (3.1.9) asks."""
    widths = np.array([geojson.widest_part(one) for one in findings.geometry[wide]])
    across = widths > geojson.WIDEST
    return wide[across], widths[across].tolist()


def _place_fault(box: tuple[float, float, float, float], frame: SourceCrs) -> str:
    west, south, east, north = box
    where = f"lies at {west:.7g}, {south:.7g}"
    if frame.convert is not None:
        return (
            f"{where} when read as {frame.label}, far from where that is used; "
            "is it another system, or are x and y swapped (in Chinese surveys X is north)?"
        )
    if max(abs(west), abs(east)) <= 90 and max(abs(south), abs(north)) <= 180:
        return f"{where}: that latitude is outside -90..90; it looks like lat, lon, give lon, lat"
    if max(map(abs, (west, south, east, north))) > 360:
        return f"{where}: that is not degrees; it looks like metres, name its system with --crs EPSG:4547"
    return f"{where}: outside lon -180..180, lat -90..90"


def _check_valid(findings: _Findings, kind: GeometryKind) -> None:
    if kind == "point":
        return
    valid = in_threads(shapely.is_valid, findings.geometry)
    at = np.flatnonzero(~valid & ~shapely.is_missing(findings.geometry))
    if not len(at):
        return
    broken = findings.geometry[at]
    whats = [_reason(text) for text in shapely.is_valid_reason(broken)]
    whole = shapely.make_valid(broken, method="structure", keep_collapsed=False)
    findings.repair(at, whats, _parts(whole, kind))


def _reason(geos: str) -> str:
    """GEOS's reason as a sentence.

    >>> _reason("Self-intersection[112.95 28.15]")
    'is not valid: self-intersection near 112.95 28.15'
    """
    what, _, where = geos.partition("[")
    return f"is not valid: {what[:1].lower()}{what[1:]}" + (f" near {where.rstrip(']')}" if where else "")
