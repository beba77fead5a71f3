"""The command that fills layers from files: `citybase load`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from cim.city import City
from cim.partition import TOLERANCE_M
from cim.settings import Settings, read_settings
from layers.load import Prepared, load_file, prepare_file
from layers.load_options import LoadOptions
from layers.report import Report
from layers.targets import LayerIsThere, is_osm, possible_layers, require_distinct_layers, require_room
from spatial_api.terminal import ConfigOption, StoreOption, bar, err, say


def load(
    files: Annotated[
        list[Path],
        typer.Argument(help="Files: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet, CSV, OSM PBF."),
    ],
    layer: Annotated[
        str | None, typer.Option(help="Layer of the city to fill [default: the file's name].")
    ] = None,
    sublayer: Annotated[
        str | None, typer.Option(help="Layer inside the file, where it holds several.")
    ] = None,
    datum: Annotated[
        Literal["wgs84", "cgcs2000", "gcj02", "bd09"] | None,
        typer.Option(help="Datum of the coordinates, which files never say."),
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="CRS of the file, where it says none or a wrong one.")
    ] = None,
    on_invalid: Annotated[
        Literal["raise", "fix", "skip"] | None,
        typer.Option(help="What to do with faulty rows [default: raise; OpenStreetMap: fix]."),
    ] = None,
    level: Annotated[
        str | None, typer.Option(help="Level of areas: city, district, street … As --set level=….")
    ] = None,
    on_far: Annotated[
        Literal["raise", "keep", "skip"], typer.Option(help="What to do with rows far from the city.")
    ] = "keep",
    geometry: Annotated[
        Literal["point", "line", "polygon"] | None, typer.Option(help="Kind to take from a mixed file.")
    ] = None,
    append: Annotated[bool, typer.Option("--append", help="Add to the layer that is there.")] = False,
    replace_: Annotated[
        bool, typer.Option("--replace", help="Take these rows instead of those of the layer that is there.")
    ] = False,
    column: Annotated[
        list[str] | None, typer.Option(help="FIELD=COLUMN: take a field from this column.")
    ] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE: the same value for all rows.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Text encoding of a Shapefile or CSV.")] = None,
    lon: Annotated[str | None, typer.Option(help="CSV column of longitudes.")] = None,
    lat: Annotated[str | None, typer.Option(help="CSV column of latitudes.")] = None,
    timezone: Annotated[
        str | None,
        typer.Option(help="Time zone of moments without one, such as Europe/Zurich [default: the city's]."),
    ] = None,
    wkt: Annotated[
        str | None, typer.Option(help="CSV column of whole positions: WKT, hexadecimal WKB, or lon,lat.")
    ] = None,
    title_zh: Annotated[str, typer.Option(help="Chinese title.")] = "",
    title_en: Annotated[str, typer.Option(help="English title.")] = "",
    source: Annotated[str, typer.Option(help="Where the data is from.")] = "",
    licence: Annotated[str, typer.Option(help="Its licence.")] = "",
    repair: Annotated[
        bool, typer.Option("--repair", help="Close slivers between areas instead of only telling them.")
    ] = False,
    tolerance_m: Annotated[float, typer.Option(help="How wide a sliver is, in metres.")] = TOLERANCE_M,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report what would happen, with a picture; write nothing.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="PNG of what a dry run would load [default: FILE-dry-run.png].")
    ] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Load files into layers, with a report of every fault; nothing is written where a file has faults."""
    options = LoadOptions(
        layer=layer,
        sublayer=sublayer,
        crs=crs,
        datum=datum,
        on_invalid=on_invalid,
        on_far=on_far,
        geometry=geometry,
        replace=replace_,
        append=append,
        encoding=encoding,
        lon=lon,
        lat=lat,
        wkt=wkt,
        title_zh=title_zh,
        title_en=title_en,
        source=source,
        licence=licence,
        columns=_pairs(column),
        values={**_pairs(set_), **({"level": level} if level is not None else {})},
        timezone=timezone,
        repair_m=tolerance_m if repair else None,
    )
    require_distinct_layers(files, options)
    if picture is not None and not dry_run:
        raise typer.BadParameter("--picture is drawn by --dry-run only")
    if dry_run:
        _rehearse(read_settings(config, store=store), files, options, picture)
        return
    with City.open(read_settings(config, store=store), create=True) as city:
        options = _with_room(city, files, options)
        for file in files:
            for report in _load(city, file, options):
                say("\n".join(report.lines(most_faults=20)))


def _rehearse(settings: Settings, files: list[Path], options: LoadOptions, chosen: Path | None) -> None:
    """Report each file as its load would, against the city as it is, and draw them all."""
    from spatial_api import dry_run  # here: what draws pictures takes a while to import

    path = dry_run.picture_path(files, chosen)
    with dry_run.city_as_it_is(settings) as city:
        options = _with_room(city, files, options)
        prepared: list[Prepared] = []
        for file in files:
            with bar() as progress:
                found = prepare_file(city, file, options, progress)
            for one in found:
                say("\n".join(one.report.lines(most_faults=20)))
            prepared += found
        drawn = dry_run.draw_prepared(city, prepared)
    if drawn is not None:
        drawn.image.save(path)
        rest = "".join(f"; {n:,} {name} are too many to draw" for name, n in drawn.left_out.items())
        say(f"dry run: nothing was written to the store; {path} shows what would be loaded{rest}")


def _with_room(city: City, files: list[Path], options: LoadOptions) -> LoadOptions:
    """The options with an answer to whether layers that are there are replaced; which layers an OpenStreetMap file
    fills is known only once it is read."""
    known = [file for file in files if options.layer is not None or not is_osm(file)]
    try:
        require_room(city.snapshots, [n for file in known for n in possible_layers(file, options)], options)
    except LayerIsThere as there:
        return _ask(there, options)
    return options


def _load(city: City, file: Path, options: LoadOptions) -> list[Report]:
    try:
        with bar() as progress:
            return load_file(city, file, options, progress)
    except LayerIsThere as there:
        options = _ask(there, options)
    with bar() as progress:
        return load_file(city, file, options, progress)


def _ask(there: LayerIsThere, options: LoadOptions) -> LoadOptions:
    """The options with what a person at the terminal answers; a script gets the refusal."""
    if not (sys.stdin.isatty() and err.is_terminal):
        raise there
    answer = ""
    while answer not in ("replace", "append", "stop"):
        answer = typer.prompt(f"{there.headline}: replace, append or stop?", default="stop", err=True).strip()
    if answer == "stop":
        raise there
    return replace(options, replace=answer == "replace", append=answer == "append")


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or []:
        name, mark, value = text.partition("=")
        if not mark:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE")
        pairs[name] = value
    return pairs
