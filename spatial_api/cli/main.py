"""The command line `citybase`: which commands there are, and how an error ends one.

A command's module is imported when the command runs. So `citybase --help` answers at once, and one command does not
wait for the libraries of the others.
"""

from __future__ import annotations

import re
import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, NoReturn

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from cim.arrays.gc_pause import importing
from cim.errors import CityError, FaultyData

#: A command's name → its module, in which a function or a group (`typer.Typer`) has that name, and the line that the
#: list of commands shows of it.
COMMANDS = {
    "init": ("init", "Make a new city: its settings file and its empty store."),
    "load": (
        "load",
        "Load files into layers, with a report of every fault; nothing is written where a file has faults.",
    ),
    "layers": (
        "layers",
        "List the layers; describe, rename or drop one; make a table of another program one.",
    ),
    "models": (
        "models",
        "Building models (模型): list them, their versions and faults; roll back, export, drop.",
    ),
    "serve": ("serve", "Serve the city: map viewer at /, API documentation at /docs."),
    "demo": (
        "demo",
        "Make the demo city (schematic 长沙, not survey data) where it is not made yet, and serve it.",
    ),
    "doctor": (
        "doctor",
        "Look at everything a city needs and say what is wrong and what would help.",
    ),
    "assign": (
        "assign",
        "Add owner columns (所属网格、社区、街道、区县) to every row of a file or layer.",
    ),
    "reassign": (
        "assign",
        "Give everything placed its right owners again, as after grids were redrawn. "
        "A running service does it itself.",
    ),
    "export": (
        "export",
        "Write a layer to a file of any format that loads; what the format can't hold is told or refused.",
    ),
    "bake": (
        "bake",
        "Write layers as vector tiles to one file (PMTiles), on all cores; or bring such a file up to date.",
    ),
    "grid": ("grid", "Management grids (网格): check their partition, make unit grids."),
    "responsibility": ("responsibility", "The responsibility list (权责清单): who acts, and by when."),
    "calendar": ("responsibility", "Holidays and make-up days (节假日、调休), by which deadlines count."),
    "roads": ("roads", "The road network (路网) that routes and arrival times are made on."),
    "tiles": ("tiles", "Vector tiles (矢量瓦片): rules and levels."),
}


def command(name: str) -> TyperCommand | TyperGroup:
    """The command of this name, with its options; imports what it needs."""
    module = f"spatial_api.cli.{COMMANDS[name][0]}"
    if module in sys.modules:
        found = getattr(sys.modules[module], name)
    else:
        with importing():
            found = getattr(import_module(module), name)
    if not isinstance(found, typer.Typer):
        single = typer.Typer(add_completion=False)
        single.command(name)(found)
        found = single
    made: Any = typer.main.get_command(found)
    made.name = name
    return made  # type: ignore[no-any-return]


class _Commands(TyperGroup):
    """The commands of `COMMANDS`, each imported when it runs; a list of them needs only their summaries."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = {
            name: TyperCommand(name, short_help=summary) for name, (_, summary) in COMMANDS.items()
        }

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, found, rest = super().resolve_command(ctx, args)
        return name, command(name) if name and found else found, rest


# Plain help: the libraries that draw boxes take longer to import than all the rest.
app = typer.Typer(cls=_Commands, add_completion=False, rich_markup_mode=None)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"citybase {version('citybase')}")
        raise typer.Exit()


@app.callback(no_args_is_help=True)
def _citybase(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """citybase 城市空间底座: the spatial base of a city."""


def main() -> None:
    """Run a command; an error is a sentence on stderr and exit status 1."""
    try:
        app()
    except FaultyData as error:
        # Its text names the first faults too; here all that one can read are listed, once each.
        from layers.load.report import fault_lines

        _complain(_headline(str(error)), *fault_lines(error.faults, 50))
    except CityError as error:
        _complain(str(error))
    except OSError as error:
        _complain(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _headline(text: str) -> str:
    """What went wrong, without the first faults, which are listed in full below it."""
    return re.split(r"\n|: row \d", text, maxsplit=1)[0]


def _complain(*lines: str) -> NoReturn:
    from spatial_api.cli.terminal import err

    err.print("[red]error:[/] ", end="")
    err.print("\n".join(lines), markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
