"""The commands of building models: `citybase models …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cim.bim.model_objects import list_models
from cim.bim.versions import drop_model, original_of, roll_back, versions_of
from cim.city import City
from cim.errors import NotFound
from cim.settings_file import read_settings
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, out, say, say_json

models = typer.Typer(
    no_args_is_help=True,
    help="Building models (模型): list them, their versions and faults; roll back, export, drop.",
)
_Code = Annotated[str, typer.Argument(help="Code of the model.")]
_Version = Annotated[int | None, typer.Option(help="Version [default: the one that answers].")]


@models.command("list")
def list_(as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None) -> None:
    """List the models with their versions, what is in them, and how many faults were found."""
    with City.open(read_settings(config, store=store)) as city:
        found = list_models(city.snapshots)
    if as_json:
        say_json(found)
        return
    table = Table("code", "name", "version", "schema", "storeys", "spaces", "elements", "faults")
    for one in found:
        table.add_row(
            *(
                str(one[name] if one[name] is not None else "")
                for name in ("code", "name", "version", "schema", "storeys", "spaces", "elements", "faults")
            )
        )
    out.print(table)


@models.command()
def versions(
    code: _Code, as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """List the versions of a model that are kept, newest first."""
    with City.open(read_settings(config, store=store)) as city:
        found = versions_of(city, code)
    if as_json:
        say_json(found)
        return
    table = Table("version", "answers", "loaded at", "by", "elements", "faults")
    for one in found:
        table.add_row(
            str(one.version),
            "yes" if one.current else "",
            one.loaded_at.isoformat(),
            one.actor,
            str(one.facts["elements"]),
            str(one.facts["faults"]),
        )
    out.print(table)


@models.command()
def report(
    code: _Code, version: _Version = None, config: ConfigOption = None, store: StoreOption = None
) -> None:
    """Print what the check of a version found, as JSON."""
    with City.open(read_settings(config, store=store)) as city:
        found = versions_of(city, code)
    for one in found:
        if one.version == version or (version is None and one.current):
            say_json(one.report)
            return
    raise NotFound(f"model {code!r} has no version {version}")


@models.command()
def rollback(code: _Code, version: int, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Make an older version the one that answers; the newer ones are kept."""
    with City.open(read_settings(config, store=store)) as city:
        one = roll_back(city, code, version)
    say(f"model {code} answers with version {one.version}")


@models.command()
def original(
    code: _Code,
    file: Annotated[Path, typer.Argument(help="Where to write it.")],
    version: _Version = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Write the file that a version was loaded from, as it came."""
    with City.open(read_settings(config, store=store)) as city:
        number = (
            next((v.version for v in versions_of(city, code) if v.current), 0) if version is None else version
        )
        content = original_of(city, code, number)
    if content is None:
        raise NotFound(f"the file of model {code!r}, version {number}, was not kept")
    file.write_bytes(content)
    say(f"{file}: {len(content):,} bytes")


@models.command()
def drop(code: _Code, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Remove a model with all its versions."""
    with City.open(read_settings(config, store=store)) as city:
        drop_model(city, code)
    say(f"model {code} is removed")
