"""`citybase layers`: what is loaded, what is lost, what could be added; and how a layer is called and shown."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from cim.city import City
from cim.errors import BadInput
from cim.model.layer import Layer, in_order
from cim.settings_file import read_settings
from cim.store.registry import SpatialTable
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, out, say, say_json

layers = typer.Typer(invoke_without_command=True, no_args_is_help=False, add_completion=False)

LayerName = Annotated[str, typer.Argument(help="The layer.")]
TitleZhOption = Annotated[str | None, typer.Option(help="Chinese title.")]
TitleEnOption = Annotated[str | None, typer.Option(help="English title.")]
SourceOption = Annotated[str | None, typer.Option(help="Where the data is from.")]
LicenceOption = Annotated[str | None, typer.Option(help="Its licence.")]
OrderOption = Annotated[int | None, typer.Option(help="Place in lists; layers without one come after.")]
VisibleOption = Annotated[
    bool | None, typer.Option("--visible/--hidden", help="Whether a map shows it when it starts.")
]


@layers.callback()
def _layers(
    ctx: typer.Context,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """List the layers; describe, rename or drop one; make a table of another program one."""
    if ctx.invoked_subcommand is None:
        list_layers(as_json=as_json, config=config, store=store)
    elif as_json or config is not None or store is not None:
        raise BadInput(f"write the options after the command: citybase layers {ctx.invoked_subcommand} …")


@layers.command("list")
def list_layers(as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None) -> None:
    """List the layers, those whose table is gone, and tables that are no layers."""
    with City.open(read_settings(config, store=store)) as city:
        snapshots = city.snapshots
        known = in_order(snapshot.layer for snapshot in snapshots.values())
        rows = [
            describe_layer(layer, len(snapshots[layer.name]), snapshots[layer.name].version)
            for layer in known
        ]
        lost, others = city.store.lost, city.store.unregistered
    if as_json:
        say_json(
            {
                "layers": rows,
                "lost": [{"layer": name, "what": what} for name, what in lost.items()],
                "not_registered": [_table(table) for table in others],
            }
        )
        return
    shown = Table("layer", "名称", "kind", "geometry", "features", "version", "source")
    for row in rows:
        texts = [str(row[name]) for name in ("name", "title_zh", "kind", "geometry")]
        shown.add_row(*texts, f"{row['count']:,}", str(row["version"]), str(row["source"]))
    out.print(shown)
    for name, what in lost.items():
        say(f"lost: {name}: {what}")
    for table in others:
        say(f"not registered: {table.name} ({table.declared}, {table.crs}); see `citybase layers add`")


def describe_layer(layer: Layer, count: int, version: str) -> dict[str, Any]:
    """What is known of a layer, for people and programs."""
    return {
        "name": layer.name,
        "title_zh": layer.title_zh,
        "title_en": layer.title_en,
        "kind": layer.kind,
        "geometry": layer.geometry,
        "count": count,
        "version": version,
        "source": layer.source,
        "licence": layer.licence,
        "order": layer.order,
        "visible": layer.visible,
        "fields": [{"name": f.name, "type": f.type} for f in layer.fields],
    }


def _table(table: SpatialTable) -> dict[str, Any]:
    return {
        "table": table.name,
        "geometry": table.declared,
        "crs": table.crs,
        "fields": dict(table.columns),
        "obstacle": table.obstacle(),
    }


@layers.command()
def describe(
    name: LayerName,
    title_zh: TitleZhOption = None,
    title_en: TitleEnOption = None,
    source: SourceOption = None,
    licence: LicenceOption = None,
    order: OrderOption = None,
    no_order: Annotated[bool, typer.Option("--no-order", help="Take its place in lists away.")] = False,
    visible: VisibleOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Show what is known of a layer, and change what is given; a running service follows."""
    if order is not None and no_order:
        raise BadInput("give --order or --no-order, one of the two")
    given: dict[str, Any] = {
        "title_zh": title_zh,
        "title_en": title_en,
        "source": source,
        "licence": licence,
        "order": order,
        "visible": visible,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    if no_order:
        changes["order"] = None
    with City.open(read_settings(config, store=store)) as city:
        if changes:
            city.describe(name, **changes)
        snapshot = city.snapshot(name)
        row = describe_layer(snapshot.layer, len(snapshot), snapshot.version)
    if as_json:
        say_json(row)
        return
    table = Table(show_header=False)
    for key, value in row.items():
        if key != "fields":
            table.add_row(key, f"{value:,}" if key == "count" else "" if value is None else str(value))
    table.add_row("fields", ", ".join(f"{f['name']} ({f['type']})" for f in row["fields"]))
    out.print(table)


@layers.command()
def rename(
    name: LayerName,
    new: Annotated[str, typer.Argument(help="Its new name.")],
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Give a layer and its table another name; a running service follows."""
    settings = read_settings(config, store=store)
    with City.open(settings) as city:
        layer = city.rename(name, new)
        say(f"{name} is {new} now: {len(city.snapshot(layer.name)):,} features")
    for setting in ("roads", "population"):
        if getattr(settings, setting) == name:
            say(f"note: the setting {setting} still names {name}; change it to {new}")
    if settings.tile_rules:
        say(f"note: a rule {name}.toml in {settings.tile_rules} is no longer used; rename it to {new}.toml")


@layers.command()
def drop(name: LayerName, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Remove a layer with its table; of a layer that is lost, what the city still keeps of it."""
    with City.open(read_settings(config, store=store)) as city:
        city.drop(name)
    say(f"{name} is dropped")


@layers.command()
def add(
    table: Annotated[str, typer.Argument(help="A table of the store that another program made.")],
    name: Annotated[str | None, typer.Option(help="Name of the layer [default: the table's].")] = None,
    title_zh: TitleZhOption = None,
    title_en: TitleEnOption = None,
    source: SourceOption = None,
    licence: LicenceOption = None,
    order: OrderOption = None,
    visible: VisibleOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Make a table that QGIS, ogr2ogr or SQL put into the store a layer; later edits of it are followed."""
    wanted = Layer(
        name or table,
        "point",
        (),
        title_zh=title_zh or "",
        title_en=title_en or "",
        source=source or "",
        licence=licence or "",
        order=order,
        visible=visible is not False,
    )
    with City.open(read_settings(config, store=store)) as city:
        before = next((t for t in city.store.unregistered if t.name == table), None)
        layer = city.add_table(table, wanted)
        snapshot = city.snapshot(layer.name)
        row = describe_layer(snapshot.layer, len(snapshot), snapshot.version)
    notes = _notes(before, layer, city.store.srid) if before is not None else []
    if as_json:
        say_json({**row, "notes": notes})
        return
    say(f"{layer.name}: {row['count']:,} features ({layer.geometry}) are a layer now")
    for note in notes:
        say(f"note: {note}")


def _notes(before: SpatialTable, layer: Layer, srid: int) -> list[str]:
    """What was changed about a table when it became the layer's."""
    notes = []
    if before.name != layer.name:
        notes.append(f"table {before.name} is called {layer.name} now")
    for theirs, ours in ((before.key, "fid"), (before.geometry, "geom")):
        if theirs != ours:
            notes.append(f"column {theirs} is called {ours} now")
    if before.deeper:
        notes.append("heights and measures stay in the table; answers are without them")
    if before.srid != srid:
        notes.append(f"{before.crs} is taken for EPSG:{srid}, which is the same within a metre")
    return notes
