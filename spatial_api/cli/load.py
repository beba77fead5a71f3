"""The command that fills layers from files: `citybase load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from layers.formats.model_suffixes import model_format, require_model_file
from layers.formats.suffixes import require_readable
from spatial_api.cli.terminal import ConfigOption, StoreOption

_MODELS = "Models"


def load(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files: GeoPackage, GeoJSON, Shapefile, FlatGeobuf, GeoParquet, CSV, OSM PBF; "
            "models: IFC, CityJSON, CityGML, glTF, OBJ."
        ),
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
    tolerance_m: Annotated[
        float | None, typer.Option(help="How wide a sliver is, in metres [default: 0.5].")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only report what would happen, with a picture; write nothing.")
    ] = False,
    picture: Annotated[
        Path | None, typer.Option(help="PNG of what a dry run would load [default: FILE-dry-run.png].")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Code of a model [default: the file's name].", rich_help_panel=_MODELS)
    ] = None,
    place: Annotated[
        str | None,
        typer.Option(
            help="Where a model stands that does not say it: LON,LAT,HEIGHT,ROTATION (degrees from north, "
            "counter-clockwise).",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    control_point: Annotated[
        list[str] | None,
        typer.Option(
            help="X,Y,Z=LON,LAT,HEIGHT: a point of a model and where it is; three or more place it.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    up: Annotated[
        Literal["y", "z"] | None,
        typer.Option(help="The axis that points up in an OBJ or glTF.", rich_help_panel=_MODELS),
    ] = None,
    ids: Annotated[
        Path | None,
        typer.Option(help="IDS file whose demands an IFC is held against.", rich_help_panel=_MODELS),
    ] = None,
    cim_level: Annotated[
        int | None, typer.Option(min=1, max=7, help="CIM level of a model, 1 to 7.", rich_help_panel=_MODELS)
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write the report of a model's check to this .html or .json.", rich_help_panel=_MODELS
        ),
    ] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Load files into layers, with a report of every fault; nothing is written where a file has faults."""
    if picture is not None and not dry_run:
        raise typer.BadParameter("--picture is drawn by --dry-run only")
    pairs = _pairs(column), _pairs(set_)
    models = [file for file in files if model_format(file) is not None]
    for file in files:
        if file in models:
            require_model_file(file)
        else:
            require_readable(file)
    _require_meant(
        models,
        [file for file in files if file not in models],
        for_layers={
            "--layer": layer, "--sublayer": sublayer, "--datum": datum, "--on-invalid": on_invalid, "--level": level,
            "--geometry": geometry, "--append": append, "--replace": replace_, "--column": column, "--set": set_,
            "--encoding": encoding, "--lon": lon, "--lat": lat, "--timezone": timezone, "--wkt": wkt,
            "--licence": licence, "--repair": repair, "--tolerance-m": tolerance_m, "--picture": picture,
        },
        for_models={
            "--model": model, "--place": place, "--control-point": control_point, "--up": up, "--ids": ids,
            "--cim-level": cim_level, "--report": report,
        },
    )  # fmt: skip
    if models:
        from spatial_api.cli.loading_models import load_models, model_options

        options = model_options(
            crs, place, control_point, up, ids, cim_level, on_far, source, title_zh or title_en
        )
        load_models(models, config, store, options, model, dry_run, report)
        files = [file for file in files if file not in models]
        if not files:
            return
    # What reads and stores is imported only now: a refusal need not wait for it.
    from cim.grids.partition import TOLERANCE_M
    from spatial_api.cli.loading import load_files

    load_files(
        files,
        config,
        store,
        dry_run,
        picture,
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
        columns=pairs[0],
        values={**pairs[1], **({"level": level} if level is not None else {})},
        timezone=timezone,
        repair_m=(TOLERANCE_M if tolerance_m is None else tolerance_m) if repair else None,
    )


def _require_meant(
    models: list[Path], others: list[Path], for_layers: dict[str, object], for_models: dict[str, object]
) -> None:
    """Raise for an option that none of the files can take, so that nothing that was said is passed over."""
    for files, options, whose in ((others, for_layers, "layers"), (models, for_models, "models")):
        said = [name for name, value in options.items() if value not in (None, False, "")]
        if said and not files:
            raise typer.BadParameter(f"{', '.join(said)}: only for files of {whose}, and none is given")


def _pairs(given: list[str] | None) -> dict[str, str]:
    pairs = {}
    for text in given or []:
        name, mark, value = text.partition("=")
        if not mark:
            raise typer.BadParameter(f"{text!r} is not NAME=VALUE")
        pairs[name] = value
    return pairs
