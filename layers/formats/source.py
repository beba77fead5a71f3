"""What a file holds, before it is checked: geometries in the file's own CRS and attributes in our types."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from cim.arrays import parallel
from cim.arrays.types import Geometries
from cim.errors import BadInput
from cim.model.layer import ARROW_TYPES, Field, FieldType, check_name
from layers.formats.curves import CURVED, FACED, describe_type, straighten, wkb_type
from layers.formats.numbers import Misfit, read_decimals
from layers.formats.times import in_zone, unsure_at, unsure_note

#: Told how many rows are read, and of how many (None: not known).
Progress = Callable[[int, int | None], None]

_LONGEST_NAME = 40
#: Columns that every table of PostgreSQL has, so that no field can be called so.
_OF_POSTGRESQL = ("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid")


@dataclass(frozen=True, slots=True)
class Defect:
    """A row whose geometry could not be read as it is; `repaired` is what it can be read as, if anything.

    `at` is the position in `Source.geometry`, where None stands for this row.
    """

    at: int
    what: str
    repaired: Any = None


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of one layer of a file, unchecked.

    `geometry` is an object array of n shapely geometries or None, in the file's own CRS;
    `attributes` has n rows in the types of `cim.model.layer.ARROW_TYPES`, under names that can be
    field names. `crs` is what the file says (`"EPSG:4547"` or WKT), None where it says nothing;
    `crs_default` is what such a file is usually in, to be believed only after a look at the
    coordinates. `row` numbers the rows from 1 in the order of the file. `notes` say what the reader decided.
    """

    geometry: Geometries
    attributes: pa.Table
    crs: str | None
    row: NDArray[np.int64]
    name: str
    path: str = ""
    notes: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    crs_default: str | None = None

    def __len__(self) -> int:
        return len(self.geometry)

    def noting(self, *notes: str) -> Source:
        """The same source with more notes."""
        return replace(self, notes=(*self.notes, *notes))


def fields_of(attributes: pa.Table) -> tuple[Field, ...]:
    """The fields of a table in our types.

    >>> fields_of(pa.table({"楼层": pa.array([3], pa.int64())}))
    (Field(name='楼层', type='integer', title_zh='', title_en=''),)
    """
    types: dict[pa.DataType, FieldType] = {arrow: name for name, arrow in ARROW_TYPES.items()}  # type: ignore[misc]
    return tuple(Field(column.name, types[column.type]) for column in attributes.schema)


def without_nul(source: Source) -> Source:
    """The source without NUL characters, which PostgreSQL can't keep in a text, with a note of each field that has
    them.

    >>> table = pa.table({"name": ["a", "b\\0c"]})
    >>> source = Source(np.array([None, None]), table, None, np.array([1, 2]), "some", "some.csv")
    >>> cleaned = without_nul(source)
    >>> cleaned.attributes["name"].to_pylist(), cleaned.notes
    (['a', 'bc'], ("field 'name' has NUL characters in 1 rows, which are left out; the first is row 2",))
    """
    table, notes = source.attributes, []
    for at, (name, column) in enumerate(zip(table.column_names, table.columns, strict=True)):
        if not pa.types.is_string(column.type):
            continue
        has = pc.fill_null(pc.match_substring(column, "\0"), False)
        if pc.any(has).as_py():
            odd = np.flatnonzero(has.to_numpy())
            table = table.set_column(at, name, pc.replace_substring(column, "\0", ""))
            notes.append(
                f"field {name!r} has NUL characters in {len(odd):,} rows, which are left out; "
                f"the first is row {source.row[odd[0]]}"
            )
    return replace(source, attributes=table, notes=(*source.notes, *notes)) if notes else source


Shapes = tuple[NDArray[Any], list[Defect]]


def gather(
    batches: Iterable[pa.RecordBatch],
    column: str,
    shapes_of: Callable[[pa.Array], Shapes],
    progress: Progress | None = None,
    total: int | None = None,
    begin: Callable[[], None] | None = None,
) -> tuple[NDArray[Any], tuple[Defect, ...], list[pa.RecordBatch]]:
    """The geometries of all batches, the rows that could not be read, and the batches without the geometry.

    A batch is turned into geometries while the next is read, and then its memory is used again: 0.5 s for
    500,000 polygons; 0.7 s one after the other, 1.4 s with all batches read first. `begin` is called in the
    thread that reads.
    """
    made: list[NDArray[Any]] = [np.empty(0, dtype=object)]
    defects: list[Defect] = []
    rest: list[pa.RecordBatch] = []
    done = 0
    for batch in parallel.ahead(batches, begin):
        shapes, found = shapes_of(batch.column(column))
        made.append(shapes)
        defects += [replace(defect, at=defect.at + done) for defect in found]
        rest.append(batch.drop_columns([column]))
        done += batch.num_rows
        if progress:
            progress(done, total)
    return np.concatenate(made), tuple(defects), rest


def geometries(wkb: pa.Array) -> Shapes:
    """WKB as shapely geometries, and the rows that GEOS refuses, with the reason and any repair.

    >>> geometries(pa.array([shapely.Point(1, 2).wkb, None]))[0].tolist()
    [<POINT (1 2)>, None]
    """
    raw = wkb.to_numpy(zero_copy_only=False)
    try:
        # NaN among the coordinates is for the check to report, row by row, not for numpy to warn of.
        with np.errstate(invalid="ignore"):
            return shapely.from_wkb(raw), []
    except shapely.errors.GEOSException:
        return _one_by_one(raw)
    except NotImplementedError:
        return _one_by_one(raw)


def _one_by_one(raw: NDArray[Any]) -> Shapes:
    beyond = [at for at, one in enumerate(raw) if one is not None and _is_beyond(one)]
    raw = raw.copy()
    whole = raw[beyond]
    raw[beyond] = None
    with np.errstate(invalid="ignore"):
        made = shapely.from_wkb(raw, on_invalid="ignore")
    refused = shapely.is_missing(made) & np.array([one is not None for one in raw], dtype=np.bool_)
    defects = [_defect(at, raw[at]) for at in np.flatnonzero(refused).tolist()]
    return made, [_straighten(at, one) for at, one in zip(beyond, whole, strict=True)] + defects


def _is_beyond(wkb: bytes) -> bool:
    """Whether it has arcs or faces; a collection may hold such a shape."""
    code = wkb_type(wkb)
    if code not in (7, *CURVED, *FACED):
        return False
    try:
        with np.errstate(invalid="ignore"):
            shapely.from_wkb(wkb)
    except NotImplementedError:
        return True
    except shapely.errors.GEOSException:
        return code != 7
    return code in FACED


def _straighten(at: int, wkb: bytes) -> Defect:
    what = describe_type(wkb_type(wkb))
    try:
        return Defect(at, what, straighten(wkb))
    except BadInput as error:
        return Defect(at, f"{what} ({error})")


def _defect(at: int, wkb: bytes) -> Defect:
    try:
        shapely.from_wkb(wkb)
    except shapely.errors.GEOSException as error:
        text = str(error)
    why = "a ring is not closed" if "closed" in text else f"can't be read: {text.split(': ', 1)[-1]}"
    if "Invalid number of points" in text:
        return Defect(at, "a ring or line has too few points")
    with np.errstate(invalid="ignore"):
        return Defect(at, why, shapely.from_wkb(wkb, on_invalid="fix") if "closed" in text else None)


def tidy(
    table: pa.Table, time_zone: str = "UTC", text: frozenset[str] = frozenset()
) -> tuple[pa.Table, tuple[str, ...]]:
    """A table in our six types with names that can be field names, and a note on each thing that was decided.

    Lists and structs become JSON text, binary hexadecimal text, times of day text. Times without a
    zone are taken to be in `time_zone`. Numbers of fields called as in `text` are kept as text.

    >>> tidied, notes = tidy(pa.table({"2floors": pa.array([3], pa.int8()), "层 高": [2.8]}))
    >>> tidied.column_names, notes
    (['f_2floors', '层_高'], ("field '2floors' is called 'f_2floors'", "field '层 高' is called '层_高'"))
    """
    notes: list[str] = []
    names = field_names(table.column_names)
    notes += [
        f"field {old!r} is called {new!r}"
        for old, new in zip(table.column_names, names, strict=True)
        if old != new
    ]
    columns = []
    for name, column in zip(names, table.columns, strict=True):
        if name in text:
            column = column.cast(ARROW_TYPES["text"])
        tidied, note = _tidy_column(name, column, time_zone)
        columns.append(tidied)
        if note:
            notes.append(note)
    return pa.table(columns, names=names), tuple(notes)


def field_names(names: Iterable[str]) -> list[str]:
    """Names of a file as names that `cim.model.layer.check_name` takes, each once whatever its case.

    >>> field_names(["name", "Name", "fid", "xmin", "gpkg_x", "a-b", "", "建筑高度"])
    ['name', 'Name_2', 'source_fid', 'source_xmin', 'f_gpkg_x', 'a_b', 'field', '建筑高度']
    """
    taken: set[str] = set()
    made = []
    for name in names:
        stem = re.sub(r"\W+", "_", unicodedata.normalize("NFC", name).strip()).rstrip("_") or "field"
        if stem.lower() in ("fid", "geom", *_OF_POSTGRESQL):
            stem = f"source_{stem}"
        if not _can_be_name(stem):
            stem = stem if _can_be_name(_shorten(stem, "")) else f"f_{stem.lstrip('_')}"
        one, count = _shorten(stem, ""), 1
        while one.lower() in taken:
            count += 1
            one = _shorten(stem, f"_{count}")
        taken.add(one.lower())
        made.append(check_name(one))
    return made


def _can_be_name(name: str) -> bool:
    try:
        check_name(name)
    except BadInput:
        return False
    return True


def _shorten(stem: str, suffix: str) -> str:
    room = _LONGEST_NAME - len(suffix)
    return stem.encode()[:room].decode(errors="ignore") + suffix


def _tidy_column(name: str, column: pa.ChunkedArray, time_zone: str) -> tuple[pa.ChunkedArray, str]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _tidy_column(name, column.cast(kind.value_type), time_zone)
    if isinstance(kind, pa.BaseExtensionType):
        return _tidy_column(name, column.cast(kind.storage_type), time_zone)
    if pa.types.is_integer(kind):
        return _whole(name, column)
    if pa.types.is_decimal(kind):
        return _decimal(name, column)
    if pa.types.is_floating(kind):
        return column.cast(ARROW_TYPES["real"]), ""
    if pa.types.is_boolean(kind):
        return column, ""
    if pa.types.is_date64(kind) and pc.any(pc.not_equal(_past_midnight_ms(column), 0)).as_py():
        return _moment(name, column.cast(pa.timestamp("ms")), time_zone)
    if pa.types.is_date(kind):
        return column.cast(ARROW_TYPES["date"]), ""
    if pa.types.is_timestamp(kind):
        return _moment(name, column, time_zone)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(ARROW_TYPES["text"]), ""
    if pa.types.is_null(kind):
        return column.cast(ARROW_TYPES["text"]), f"field {name!r} is empty in every row; it is kept as text"
    if pa.types.is_time(kind):
        return column.cast(ARROW_TYPES["text"]), f"field {name!r} holds times of day; they are kept as text"
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        text = [None if v is None else v.hex() for v in column.to_pylist()]
        return _texts(text), f"field {name!r} is binary; it is kept as hexadecimal text"
    if pa.types.is_nested(kind):
        text = [
            None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()
        ]
        return _texts(text), f"field {name!r} holds lists or structures; they are kept as JSON text"
    raise BadInput(f"field {name!r} is of type {kind}, which can't be kept; leave it out or write it as text")


def _past_midnight_ms(days: pa.ChunkedArray) -> pa.ChunkedArray:
    """What a column of days in milliseconds holds beyond whole days."""
    ms = days.cast(pa.int64())
    whole = pc.multiply(pc.divide(ms, 86_400_000), 86_400_000)
    return pc.subtract(ms, whole)


def _texts(values: list[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, ARROW_TYPES["text"])])


def without_zone(name: str, time_zone: str) -> str:
    """The note on a field whose times name no zone."""
    return f"field {name!r} has times without a zone; they are taken to be {time_zone}"


def _whole(name: str, column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
    try:
        return column.cast(ARROW_TYPES["integer"]), ""
    except pa.ArrowInvalid:
        return column.cast(ARROW_TYPES["text"]), f"field {name!r} exceeds 64 bit integers; it is kept as text"


def _decimal(name: str, column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, str]:
    found = read_decimals(column)
    if isinstance(found, Misfit):
        why = f"{found.text!r} in row {found.at + 1} {found.why}"
        return column.cast(ARROW_TYPES["text"]), f"field {name!r} is kept as text: {why}"
    return pa.chunked_array([found]), ""


def _moment(name: str, column: pa.ChunkedArray, time_zone: str) -> tuple[pa.ChunkedArray, str]:
    notes = []
    if column.type.unit == "s":
        try:
            column = column.cast(pa.timestamp("ms", column.type.tz))
        except pa.ArrowInvalid as error:
            raise BadInput(
                f"field {name!r} has moments that no calendar reaches ({error}); put them right, or write it as text"
            ) from error
    if column.type.unit in ("us", "ns") and not _whole_milliseconds(column):
        notes.append(f"field {name!r} has moments finer than a millisecond, which is what is kept of them")
    if column.type.tz is None:
        notes.append(without_zone(name, time_zone))
        rows = np.arange(1, len(column) + 1)
        notes += unsure_note(name, column, unsure_at(column, time_zone), rows, time_zone)
        column = in_zone(column, time_zone)
    else:
        column = column.cast(ARROW_TYPES["datetime"], safe=False)
    return column, "; ".join(notes)


def _whole_milliseconds(column: pa.ChunkedArray) -> bool:
    try:
        column.cast(pa.timestamp("ms", column.type.tz))
    except pa.ArrowInvalid:
        return False
    return True
