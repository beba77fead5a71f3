"""The commands of the responsibility list and the calendar: `citybase responsibility …`, `citybase calendar …`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cim.city import City
from cim.duty.responsibility_list import broken_rules, calendar_days, require_faultless
from cim.duty.roles import chain_text
from cim.settings_file import read_settings
from layers.responsibility_list import Loaded, load_calendar, load_rules, read_rules
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, out, say, say_json

responsibility = typer.Typer(
    help="The responsibility list (权责清单): who acts, and by when.", no_args_is_help=True
)
calendar = typer.Typer(
    help="Holidays and make-up days (节假日、调休), by which deadlines count.", no_args_is_help=True
)

FileArgument = Annotated[Path, typer.Argument(help="An Excel workbook (.xlsx), or CSV in UTF-8 or GBK.")]
SheetOption = Annotated[str | None, typer.Option(help="Sheet of the workbook [default: the first].")]
EncodingOption = Annotated[str | None, typer.Option(help="Text encoding of a CSV file.")]


def _print_loaded(loaded: Loaded, what: str) -> None:
    say("\n".join([f"{loaded.path}: {loaded.count} {what}", *(f"note: {note}" for note in loaded.notes)]))


def _load_command(load: Callable[..., Loaded], what: str) -> Callable[..., None]:
    """A command that loads a file by `load`, and says how many of what that gave."""

    def load_file(
        file: FileArgument,
        sheet: SheetOption = None,
        encoding: EncodingOption = None,
        config: ConfigOption = None,
        store: StoreOption = None,
    ) -> None:
        with City.open(read_settings(config, store=store)) as city:
            _print_loaded(load(city.writer, file, sheet=sheet, encoding=encoding), what)

    return load_file


responsibility.command(
    "load", help="Make a file the city's responsibility list; nothing is written where it has faults."
)(_load_command(load_rules, "rules are the responsibility list now"))


@responsibility.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(help="A file to check [default: the list of the city].")
    ] = None,
    sheet: SheetOption = None,
    encoding: EncodingOption = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Check a file, or the city's own list against the units that there are now; nothing is written."""
    with City.open(read_settings(config, store=store)) as city:
        if file is not None:
            found, notes = read_rules(city.units, file, sheet=sheet, encoding=encoding)
            checked = Loaded(str(file), len(found), notes)
        else:
            require_faultless("the responsibility list", broken_rules(city.rules.all, city.units))
            checked = Loaded("", len(city.rules.all), ())
    if as_json:
        say_json({"rules": checked.count, "notes": list(checked.notes)})
    elif file is not None:
        _print_loaded(checked, "rules, all of them good")
    else:
        say(f"{checked.count} rules, all of them good")


@responsibility.command("show")
def show_list(as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Show the city's responsibility list."""
    with City.open(read_settings(config, store=store)) as city:
        if as_json:
            say_json({"rules": [rule.record() for rule in city.rules.all]})
            return
        table = Table("class", "类别", "key", "立案条件", "牵头", "协同", "时限", "结案")
        for rule in city.rules.all:
            name = rule.record().name
            assist = "、".join(map(chain_text, rule.assist))
            table.add_row(
                rule.class_key,
                name,
                rule.key,
                rule.condition,
                chain_text(rule.lead),
                assist,
                rule.limit.zh,
                rule.closing,
            )
        out.print(table)


calendar.command(
    "load",
    help="Put the days of a file (日期, 类型 休/班, 名称) into the calendar, in place of all others of their years.",
)(_load_command(load_calendar, "days are in the calendar now"))


@calendar.command("show")
def show_days(as_json: JsonOption = False, config: ConfigOption = None, store: StoreOption = None) -> None:
    """Show the days that are not what their weekday says."""
    with City.open(read_settings(config, store=store)) as city:
        if as_json:
            say_json({"days": calendar_days(city.store)})
            return
        table = Table("日期", "类型", "名称")
        for day in calendar_days(city.store):
            table.add_row(day.day, "班" if day.works else "休", day.name)
        out.print(table)
