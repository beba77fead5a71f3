"""The commands of ownership by the million: `citybase assign` and `citybase reassign`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from cim.city import City
from cim.errors import BadInput
from cim.settings_file import read_settings
from cim.space.crs import Datum
from layers.owner_columns import assign_file, assign_layer
from spatial_api.cli.terminal import ConfigOption, StoreOption, bar, day_of, out


def assign(
    target: Annotated[str, typer.Argument(help="A file, or the name of a loaded layer.")],
    to: Annotated[Path | None, typer.Option("--out", help="File to write [default: NAME-owners].")] = None,
    datum: Annotated[str | None, typer.Option(help="wgs84, cgcs2000, gcj02 or bd09.")] = None,
    crs: Annotated[str | None, typer.Option(help="CRS of the file, such as EPSG:4547.")] = None,
    sublayer: Annotated[str | None, typer.Option(help="Layer inside the file.")] = None,
    at: Annotated[
        str | None, typer.Option(help="As of this day, such as 2024-05-01 [default: today].")
    ] = None,
    at_column: Annotated[str | None, typer.Option(help="Column with the day of each row.")] = None,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Add owner columns (所属网格、社区、街道、区县) to every row of a file or layer."""
    path = Path(target)
    with City.open(read_settings(config, store=store)) as city, bar() as progress:
        if not path.exists() and target in city.snapshots:
            if any(option is not None for option in (to, datum, crs, sublayer, at, at_column)):
                raise BadInput("these options are for files; a layer is placed as it is, as of today")
            rows, owned = assign_layer(city, target, progress)
            written: Any = target
        else:
            written = to or path.with_name(f"{path.stem}-owners{path.suffix}")
            rows, owned = assign_file(
                city.state(),
                path,
                written,
                crs=crs,
                datum=cast(Datum | None, datum),
                sublayer=sublayer,
                day=day_of(at),
                day_column=at_column,
                progress=progress,
            )
    out.print(f"{written}: {owned:,} of {rows:,} rows have an owner", soft_wrap=True, highlight=False)


def reassign(config: ConfigOption = None, store: StoreOption = None) -> None:
    """Give everything placed its right owners again, as after grids were redrawn. A running service does it itself."""
    with City.open(read_settings(config, store=store)) as city, bar() as progress:
        for name, changed in city.reassign(progress).items():
            out.print(f"{name}: {changed:,} of {len(city.snapshot(name)):,} have new owners", highlight=False)
