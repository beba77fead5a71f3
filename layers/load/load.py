"""Load a file into the city: either all of it is checked, stored and in the answers, or nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.areas.hierarchy import Link
from cim.arrays.gc_pause import no_collecting
from cim.arrays.types import RowIds
from cim.errors import BadInput, Fault, FaultyData
from cim.loading import LayerLoading
from cim.model.layer import Features, Layer, require_single_points
from cim.model.standard_layers import PERIODIC, PLACED, usable_code
from cim.operations.kinds import KINDS
from cim.progress import Progress, silent
from cim.snapshot.extent import Extent, extent_of, layers_of_extent
from cim.snapshot.snapshot import Snapshot
from cim.state import CityState
from layers.formats.osm import read_osm
from layers.formats.read import read
from layers.formats.source import field_names, fields_of
from layers.load.check import check
from layers.load.conform import conform
from layers.load.datum_shift import better_datum
from layers.load.districts import datum_note
from layers.load.far import hold_against
from layers.load.options import LoadOptions
from layers.load.report import LoadReport
from layers.load.steps import NO_STEPS, STEPS
from layers.load.taken_codes import require_unused_codes
from layers.load.targets import is_osm, layer_name, require_room


@dataclass(frozen=True, slots=True)
class Prepared:
    """The checked features of a file for one layer, before they are stored. `added`: they are appended to the layer."""

    layer: Layer
    features: Features
    report: LoadReport
    added: bool


def load_file(
    city: LayerLoading, path: Path, options: LoadOptions, progress: Progress = silent
) -> list[LoadReport]:
    """Load a file and return one report for each layer that it fills. Nothing is stored if this raises an error.

    An OSM file (.osm.pbf) fills `roads`, `buildings`, `water`, `landuse`, `boundaries` and `places`;
    `options.layer` picks one of them. Raises `BadInput`, `FaultyData` with every fault of the rows, and
    `LayerIsThere` where a layer has features and the options say neither `replace` nor `append`.
    """
    prepared = prepare_file(city, path, options, progress)
    for one in prepared:
        if not len(one.features):
            continue  # one of several layers; a file without any usable row has raised an error
        if one.added:
            city.append(one.layer.name, one.features, progress=progress)
        else:
            city.load(one.layer, one.features, report=one.report.as_dict(), progress=progress)
    return [one.report for one in prepared]


def prepare_file(
    city: LayerLoading, path: Path, options: LoadOptions, progress: Progress = silent
) -> list[Prepared]:
    """Everything that `load_file` does before it stores anything; it raises the same errors."""
    state = city.state()
    with no_collecting():
        if is_osm(path):
            checked = _checked_osm(state, path, options, progress)
        else:
            checked = [_check(city, path, options, progress)]
    prepared = [
        Prepared(*one, added=options.append and bool(len(state.snapshots.get(one[0].name, ()))))
        for one in checked
    ]
    for one in prepared:
        require_single_points(one.layer, one.features)
        if one.added and one.layer.name in PLACED:
            require_unused_codes(state.snapshot(one.layer.name), one.layer, one.features)
        elif one.layer.name not in state.snapshots:
            city.store.require_free_name(one.layer)
    return prepared


_Checked = tuple[Layer, Features, LoadReport]


def _check(city: LayerLoading, path: Path, options: LoadOptions, progress: Progress) -> _Checked:
    """The layer, features and report of a file."""
    state = city.state()
    name, renamed = layer_name(path, options)
    require_room(state.snapshots, [name], options)
    time_zone = options.timezone or state.settings.timezone
    source = read(
        path,
        layer=options.sublayer,
        crs=options.crs,
        encoding=options.encoding,
        lon=options.lon,
        lat=options.lat,
        time_zone=time_zone,
        wkt=options.wkt,
        progress=_rows_told(progress),
    ).noting(*renamed)
    source = source.noting(*datum_note(source.attributes.column_names, options.datum))
    there = _there(state.snapshots, name, options)
    progress("checking", 0, None)
    features, report = check(
        source,
        kind=options.geometry or (there.geometry if there else None),
        datum=options.datum,
        crs=options.crs,
        on_invalid=options.on_invalid or "raise",
        target_crs=state.settings.crs,
    )
    features, report = hold_against(_extent(state, [name], options), features, report, source, options.on_far)
    if options.datum in (None, "wgs84", "cgcs2000"):
        shift = better_datum(features, {n: s for n, s in state.snapshots.items() if n != name})
        report = replace(report, notes=(*report.notes, *([shift.note] if shift else [])))
    layer = Layer(
        name,
        geometry=report.geometry,
        fields=fields_of(source.attributes),
        title_zh=options.title_zh or name,
        title_en=options.title_en or name,
        source=options.source or path.name,
        licence=options.licence,
        original_crs=options.datum or options.crs or source.crs or "",
    )
    steps = STEPS.get(name, NO_STEPS)
    known = steps.links(state) if options.append else []
    fitted = _fit_layer(there, (layer, features, report), options, source.row, known, time_zone)
    layer, features, report = fitted
    features, report = steps.finish(city, features, report, options, progress)
    return layer, features, report


def _extent(state: CityState, names: Iterable[str], options: LoadOptions) -> Extent | None:
    """The extent of the city without the layers that this load replaces."""
    replaced = () if options.append else list(names)
    layers = layers_of_extent(state.snapshots, without=replaced)
    return extent_of(layers, state.metric_crs)


def _checked_osm(state: CityState, path: Path, options: LoadOptions, progress: Progress) -> list[_Checked]:
    """The layers, features and reports of an OpenStreetMap file, or only those of the chosen layer."""
    if options.layer is not None:
        require_room(state.snapshots, [options.layer], options)
    found = read_osm(path, progress=_rows_told(progress))
    if options.layer is not None:
        if options.layer not in found:
            raise BadInput(f"{path.name} has no layer {options.layer!r}; it has: {', '.join(found)}")
        found = {options.layer: found[options.layer]}
    require_room(state.snapshots, [name for name, (_, source) in found.items() if len(source)], options)
    progress("checking", 0, None)
    extent = _extent(state, found, options)
    checked: list[_Checked] = []
    faults: list[Fault] = []
    for layer, source in found.values():
        try:
            features, report = check(
                source,
                kind=layer.geometry,
                on_invalid=options.on_invalid or "fix",
                target_crs=state.settings.crs,
            )
        except FaultyData as error:
            faults += [replace(fault, what=f"{layer.name}: {fault.what}") for fault in error.faults]
            continue
        if len(features):
            features, report = hold_against(extent, features, report, source, options.on_far)
            there = _there(state.snapshots, layer.name, options)
            found_here = (layer, features, report)
            checked.append(_fit_layer(there, found_here, options, source.row, [], state.settings.timezone))
        else:
            checked.append((layer, features, replace(report, layer=layer.name)))
    if faults:
        raise FaultyData(
            f"{len(faults)} faults in {path}; nothing was written. --on-invalid fix repairs what can be repaired "
            "and leaves out the rest, skip leaves out every row with a fault",
            faults,
        )
    if not any(len(features) for _, features, _ in checked):
        raise FaultyData(f"{path} holds nothing that can be used; nothing was written", faults)
    return checked


def _there(snapshots: Mapping[str, Snapshot], name: str, options: LoadOptions) -> Layer | None:
    """The layer whose fields the rows must fit: one of placed things, or the one that they are appended to."""
    if name in PLACED:
        return PLACED[name]
    return snapshots[name].layer if options.append and name in snapshots else None


def _fit_layer(
    there: Layer | None,
    checked: _Checked,
    options: LoadOptions,
    rows: RowIds,
    known: list[Link],
    time_zone: str,
) -> _Checked:
    """The features with the columns that the options ask for, converted to the fields of the existing layer."""
    layer, features, report = checked
    report = replace(report, layer=layer.name)
    if not len(features):
        raise FaultyData(
            f"none of the {report.read} rows of {report.path} can be used; nothing was written", report.faults
        )
    features = _with_columns(features, options)
    converted: list[str] = []
    if there is not None:
        steps = STEPS.get(there.name, NO_STEPS)
        table, converted = steps.convert(features.attributes, {link.code for link in known})
        features = Features(features.geometry, table, features.fid)
    if there is None:
        return replace(layer, fields=fields_of(features.attributes)), features, report
    skipped = [f.row for f in report.faults if f.done == "skipped" and f.row is not None]
    kept = rows[~np.isin(rows, skipped)]
    features, notes = conform(there, features, kept, time_zone)
    if there.name in PLACED:
        features, told = _check_placed(there, features, kept.tolist(), known)
        notes += told
    return there, features, replace(report, notes=(*report.notes, *converted, *notes))


def _rows_told(progress: Progress) -> Any:
    def report(done: int, total: int | None) -> None:
        progress("reading", done, total)

    return report


def _with_columns(features: Features, options: LoadOptions) -> Features:
    """The features with columns renamed and fixed values added, as the options say."""
    table = features.attributes
    for target in (*options.columns, *options.values):
        if field_names([target]) != [target]:
            raise BadInput(f"{target!r} can't be the name of a field; {field_names([target])[0]!r} can")
    for target, origin in options.columns.items():
        if origin not in table.column_names:
            raise BadInput(f"the file has no column {origin!r}; it has: {', '.join(table.column_names)}")
        column = table[origin]
        table = table.drop([origin])
        table = table.drop([target]) if target in table.column_names else table
        table = table.append_column(target, column)
    for target, value in options.values.items():
        table = table.drop([target]) if target in table.column_names else table
        table = table.append_column(target, pa.array([value] * len(features), pa.string()))
    return Features(features.geometry, table, features.fid)


def _check_placed(
    layer: Layer, features: Features, rows: list[int], known: list[Link]
) -> tuple[Features, list[str]]:
    """Features for a layer of placed things: each needs a code of its own, and words that their fields know.

    `rows` are their places in the file. Areas must fit each other, and the `known` ones that they are added to.
    Gives the notes of what was filled in too.
    """
    kind = KINDS[layer.name]
    table = features.attributes
    for name, usual in kind.defaults.items():  # what a form fills in for a new one too
        filled = pc.fill_null(table[name], usual)
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), filled)
    faults = []
    seen: dict[str, int] = {}
    for row, code in zip(rows, table["code"].to_pylist(), strict=True):
        if not code:
            faults.append(Fault(row, "has no code"))
        elif code in seen and layer.name not in PERIODIC:  # an area's code comes again when it is redrawn
            faults.append(Fault(row, f"code {code!r} stands in row {seen[code]} already"))
        elif not usable_code(code):
            faults.append(
                Fault(row, f"code {code!r} can't stand in an address: 1 to 64 characters, no slash")
            )
        else:
            seen[code] = row
    for name, words in kind.choices.items():
        needed = kind.needed_field == name
        table = _translate_words(table, name, words)
        faults += [
            Fault(row, f"{name} {word!r} is none of {', '.join(words)}" if word else f"has no {name}")
            for row, word in zip(rows, table[name].to_pylist(), strict=True)
            if word not in words and (word is not None or needed)
        ]
    if kind.require_class is not None:
        faults += _class_faults(rows, table["class"].to_pylist(), kind.require_class)
    table, unfit, notes = kind.complete_rows(table, known, rows)
    faults += unfit
    if faults:
        first = "; ".join(map(str, faults[:5]))
        raise FaultyData(
            f"{len(faults)} faults in {layer.name}; set a field with --set or take it with --column: {first}",
            faults,
        )
    return Features(features.geometry, table, features.fid), notes


def _translate_words(table: pa.Table, name: str, words: Mapping[str, tuple[str, str]]) -> pa.Table:
    """The table with a field's Chinese words as the words that it is kept by: 完好 as `intact`."""
    keys = {zh: word for word, (zh, _) in words.items()}
    said = table[name].to_pylist()
    if keys.keys().isdisjoint(said):
        return table
    column = pa.array([keys.get(word, word) for word in said], pa.string())
    return table.set_column(table.schema.get_field_index(name), name, column)


def _class_faults(rows: list[int], said: list[str | None], require: Callable[[str], object]) -> list[Fault]:
    """What is wrong with the classes of components or incidents."""
    wrong: dict[str | None, str] = {}
    for text in set(said) - {None, ""}:
        try:
            require(str(text))
        except BadInput as error:
            wrong[text] = str(error)
    return [Fault(row, wrong[text]) for row, text in zip(rows, said, strict=True) if text in wrong]
