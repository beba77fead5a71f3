"""Rows held against the city: what lies far from it, why it may, and which option mends it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from cim.arrays.types import Boxes, Geometries, Mask
from cim.errors import Fault, FaultyData
from cim.geocoding import coordinate_text
from cim.model.layer import Features
from cim.snapshot.extent import Extent, at_zero, extent_of_boxes
from cim.space import crs
from layers.formats.source import Source
from layers.load.report import LoadReport, fault_lines

OnFar = Literal["raise", "keep", "skip"]

#: Rows that a note names.
_ROWS_NAMED = 10
_SHOWN_FAULTS = 10
#: Degrees of China (south-west and north-east corner, generous): where data of a city that is empty yet may belong.
_CHINA = (73.0, 17.5, 135.5, 54.0)
#: The share of the distance that counts as far within which the corners of a box show that all of it is near.
_PLAINLY = 0.9
#: The share of a first layer's rows that must belong together for the others to be told.
_TOGETHER = 0.8


@dataclass(frozen=True, slots=True)
class FarRows:
    """Rows (positions among the features) that lie far from the city for one reason, told as `what`; `mend` is what
    would help."""

    at: NDArray[np.intp]
    what: str
    mend: str


def far_rows(features: Features, city: Extent | None, source: Source) -> list[FarRows]:
    """What lies far from the city, by reason. In an empty city: what can't be in it, wherever it is."""
    boxes = _boxes(features.geometry)
    if _together(boxes, city):
        return []
    zero = at_zero(boxes)
    if city is None:
        return _far_in_itself(boxes, zero, source)
    there = np.isfinite(boxes[:, 0])
    far = there & ~zero & city.far(boxes)
    swapped = far & city.is_swapped(boxes)
    of_china = far & ~swapped & _swapped_in_china(boxes)
    far &= ~swapped & ~of_china
    found = [_at_zero(zero, boxes, city), _swapped_rows(swapped, boxes, city, source)]
    if of_china.any():
        away = _kilometres(city.distance_m(boxes[of_china]))
        found.append(
            FarRows(
                np.flatnonzero(of_china),
                f"{away} from the city, outside China; with lon and lat swapped they are in it",
                _swap(source),
            )
        )
    if far.any():
        median = boxes[far][int(far.sum()) // 2]
        where = f"{median[0]:.6g}, {median[1]:.6g}"
        found.append(
            FarRows(
                np.flatnonzero(far),
                f"far from the city: {_kilometres(city.distance_m(boxes[far]))} (at {where})",
                _mend(far, city, source),
            )
        )
    return [one for one in found if one is not None and len(one.at)]


def _together(boxes: Boxes, city: Extent | None) -> bool:
    """Whether the one box around all rows shows at once that none can be far, at 0, 0 or swapped: the usual case, in a
    tenth of the time."""
    there = boxes[np.isfinite(boxes[:, 0])]
    if not len(there):
        return False
    (west, south), (east, north) = there[:, :2].min(axis=0).tolist(), there[:, 2:].max(axis=0).tolist()
    corners = np.array([[x, y] for x in (west, east) for y in (south, north)])
    if city is not None:
        near = east - west < 90.0 and city.distance_m(corners).max() < city.far_m * _PLAINLY
    else:
        # Rows in neighbouring cells of a degree are one group, of which none is far; of China are swapped rows only
        # where there is a latitude that is none, or one far up.
        near = math.floor(east) - math.floor(west) <= 1 and math.floor(north) - math.floor(south) <= 1
        near = near and north < _CHINA[0]
    return bool(near and (west > 1 or south > 1 or east < -1 or north < -1))


def _boxes(geometry: Geometries) -> Boxes:
    boxes = shapely.bounds(geometry)
    with np.errstate(invalid="ignore"):
        wide = np.flatnonzero(boxes[:, 2] - boxes[:, 0] > 180.0)
    for at in wide:  # cut at 180°: its first part says where it is
        boxes[at] = shapely.bounds(shapely.get_parts(geometry[at])[0])
    return np.asarray(boxes)


def _swapped_in_china(boxes: Boxes) -> Mask:
    """Whether each box is only in China with lat and lon swapped, which no range check sees in its west (lon < 90)."""
    west, south, east, north = _CHINA
    with np.errstate(invalid="ignore"):  # none of these is in China as it is: it has no latitude of 73
        inside = (boxes[:, [1, 0]] >= (west, south)) & (boxes[:, [3, 2]] <= (east, north))
    return np.asarray(inside.all(axis=1))


def _far_in_itself(boxes: Boxes, zero: Mask, source: Source) -> list[FarRows]:
    """Of a first layer: rows at 0, 0, rows that only lie in China with lon and lat swapped, and the few that lie far
    from all others."""
    swapped = _swapped_in_china(boxes)
    found = [_at_zero(zero, boxes, None)]
    if swapped.any():
        found.append(
            FarRows(
                np.flatnonzero(swapped),
                f"outside China (at {boxes[swapped][0, 0]:.6g}, {boxes[swapped][0, 1]:.6g}); swapped they are in it",
                _swap(source),
            )
        )
    extent = extent_of_boxes([boxes[~swapped]], least_share=_TOGETHER)
    if extent is not None and extent.far_m < 1_000_000:
        alone = np.isfinite(boxes[:, 0]) & ~zero & ~swapped & extent.far(boxes)
        far = _kilometres(extent.distance_m(boxes[alone])) if alone.any() else ""
        found.append(
            FarRows(np.flatnonzero(alone), f"far from all other rows: {far}", "look at their positions")
        )
    return [one for one in found if one is not None and len(one.at)]


def _at_zero(zero: Mask, boxes: Boxes, city: Extent | None) -> FarRows | None:
    if not zero.any():
        return None
    far = f", {_kilometres(city.distance_m(boxes[zero]))} from the city" if city is not None else ""
    return FarRows(
        np.flatnonzero(zero), f"at 0, 0{far}, which is an empty position", "fill in their positions"
    )


def _swapped_rows(swapped: Mask, boxes: Boxes, city: Extent, source: Source) -> FarRows | None:
    if not swapped.any():
        return None
    far = _kilometres(city.distance_m(boxes[swapped]))
    return FarRows(
        np.flatnonzero(swapped),
        f"{far} from the city; with lon and lat swapped they are in it",
        _swap(source),
    )


def _swap(source: Source) -> str:
    if source.path.lower().endswith((".csv", ".tsv", ".txt")):
        return "name the columns the other way round with --lon and --lat"
    return (
        'write the file as lon, lat: ogr2ogr -ct "+proj=pipeline +step +proj=axisswap +order=2,1" swapped.gpkg '
        f"{source.path.rpartition('/')[2]}"
    )


def _mend(far: Mask, city: Extent, source: Source) -> str:
    """Which system would put the rows into the city, if one does."""
    xy = shapely.get_coordinates(source.geometry)
    xy = xy[np.isfinite(xy).all(axis=1)]
    projected = len(xy) and float(np.abs(np.median(xy, axis=0)).max()) > 400.0
    if not projected or far.mean() < 0.5:
        return "look at their positions"
    x, y = np.median(xy, axis=0).tolist()
    for code in _candidates(x, y, city):
        lon, lat = crs.transformer(f"EPSG:{code}", "EPSG:4490").transform(x, y)
        if np.isfinite((lon, lat)).all() and not city.far(np.array([[lon, lat]]))[0]:
            zone = coordinate_text.zone_of(code)
            described = f" ({zone.width}° zone of {zone.meridian}°E)" if zone is not None else ""
            return f"EPSG:{code}{described} would put them in the city: --crs EPSG:{code}"
    return "its coordinate system is another: name the right one with --crs"


def _candidates(x: float, y: float, city: Extent) -> list[int]:
    """The EPSG codes of metric systems that are used where the city is, the likeliest first."""
    lon, lat = city.centre
    codes = [zone.epsg for zone in coordinate_text.which_zones(x, y, (lon, lat))]
    utm = (32600 if lat >= 0 else 32700) + int((lon + 180.0) // 6.0) % 60 + 1
    return [*codes, utm, 3857]


def _kilometres(metres: NDArray[np.float64]) -> str:
    low, high = f"{metres.min() / 1000:,.0f}", f"{metres.max() / 1000:,.0f}"
    return f"{low} km" if low == high else f"{low} to {high} km"


def _name_rows(rows: Sequence[int]) -> str:
    """The rows in a sentence.

    >>> _name_rows([2]), _name_rows([2, 4]), _name_rows(list(range(1, 14)))
    ('row 2', 'rows 2, 4', 'rows 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more')
    """
    more = f" and {len(rows) - _ROWS_NAMED:,} more" if len(rows) > _ROWS_NAMED else ""
    return ("row " if len(rows) == 1 else "rows ") + ", ".join(map(str, rows[:_ROWS_NAMED])) + more


def _note(far: FarRows, rows: list[int], read: int) -> str:
    return f"{_name_rows(rows)} of {read:,} {'is' if len(rows) == 1 else 'are'} {far.what}; {far.mend}"


def hold_against(
    city: Extent | None, features: Features, report: LoadReport, source: Source, on_far: OnFar
) -> tuple[Features, LoadReport]:
    """The features and their report after they were held against the city.

    With `on_far` `"keep"` they stay and the report tells of them in notes; `"skip"` leaves them out, each with a
    fault; `"raise"` is a `FaultyData` with a fault for each.
    """
    found = far_rows(features, city, source)
    if not found:
        return features, report
    skipped_before = {f.row for f in report.faults if f.done == "skipped"}
    rows = np.array([row for row in source.row.tolist() if row not in skipped_before])
    notes = tuple(_note(one, rows[one.at].tolist(), report.read) for one in found)
    if on_far == "keep":
        return features, replace(report, notes=(*report.notes, *notes))
    done = "raised" if on_far == "raise" else "skipped"
    faults = tuple(Fault(int(rows[at]), one.what, done) for one in found for at in one.at.tolist())
    left = len(features) - len(faults)
    if on_far == "raise" or not left:
        shown = "\n  ".join(fault_lines(faults, _SHOWN_FAULTS))
        raise FaultyData(
            f"{'; '.join(notes)}. Nothing was written; --on-far keep loads them where they are, skip leaves them out."
            f"\n  {shown}",
            faults,
        )
    keep = np.ones(len(features), np.bool_)
    keep[np.concatenate([one.at for one in found])] = False
    fids = None if features.fid is None else features.fid[keep]
    chosen = Features(features.geometry[keep], features.attributes.filter(pa.array(keep)), fids)
    skipped = report.skipped + len(faults)
    return chosen, replace(
        report, written=left, skipped=skipped, faults=(*report.faults, *faults), notes=(*report.notes, *notes)
    )
