"""What every command shares: the options that name a city, and how it speaks to the terminal."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import is_dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from cim.errors import BadInput
from cim.model.sparse import json_fields
from cim.progress import Progress

out = Console()
err = Console(stderr=True)

ConfigOption = Annotated[
    Path | None, typer.Option("--config", help="Settings file [default: city.toml, if there].")
]
StoreOption = Annotated[str | None, typer.Option(help="gpkg:///FILE or postgresql+psycopg://USER@HOST/DB.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def say_json(value: Any) -> None:
    """Print a value as one JSON document, which is all that stands on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain))


def _plain(value: Any) -> Any:
    return json_fields(value) if is_dataclass(value) and not isinstance(value, type) else str(value)


def say(text: str) -> None:
    """Print a text as it is, however long its lines."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def bar() -> Iterator[Progress]:
    """A progress bar that follows what a job says of itself."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=err, transient=True, disable=not err.is_terminal) as shown:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = shown.add_task(what, total=total)
            shown.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield show


def day_of(text: str | None) -> dt.date | None:
    """The day that an option says, None where it says none; else `BadInput`."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(f"{text!r} is no day; write it as 2026-12-01") from error


def box_of(text: str) -> tuple[float, float, float, float] | None:
    """The bounds that an option says, west, south, east, north in degrees; None where it says none; else `BadInput`."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadInput(f"bbox {text!r}: write west,south,east,north in degrees") from error
    if not (west < east and south < north):
        raise BadInput(f"bbox {text!r}: west is less than east, and south less than north")
    return west, south, east, north
