"""The commands of the management grids: `citybase grid check` and `citybase grid build`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cim.city import City
from cim.errors import NotFound
from cim.grids import division, partition, unit_grids
from cim.grids.division import Quality
from cim.grids.partition import TOLERANCE_M, Checked
from cim.model.standard_layers import LEVELS
from cim.settings_file import read_settings
from layers.formats import output
from spatial_api.cli.terminal import ConfigOption, JsonOption, StoreOption, bar, day_of, out, say, say_json

grid = typer.Typer(
    help="Management grids (网格): check their partition, make unit grids.", no_args_is_help=True
)

DayOption = Annotated[str | None, typer.Option(help="As of this day, such as 2026-12-01 [default: today].")]

_SHOWN = 50


@grid.command()
def check(
    level: Annotated[list[str] | None, typer.Option(help="Level to check [default: all].")] = None,
    day: DayOption = None,
    repair: Annotated[bool, typer.Option("--repair", help="Close slivers; the areas are changed.")] = False,
    tolerance_m: Annotated[float, typer.Option(help="How wide a sliver is, in metres.")] = TOLERANCE_M,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Look for gaps, overlaps and excess of the areas of each level; exit status 1 where some are left."""
    with City.open(read_settings(config, store=store)) as city, bar() as progress:
        found = partition.check_city(
            city.writer,
            day=day_of(day) or city.today(),
            levels=level or tuple(LEVELS),
            tolerance_m=tolerance_m if repair else None,
            progress=progress,
        )
    if as_json:
        say_json(found.report)
    else:
        out.print(_levels(found))
        for flaw in found.flaws[:_SHOWN]:
            say(str(flaw))
        if len(found.flaws) > _SHOWN:
            say(f"and {len(found.flaws) - _SHOWN} more; --json lists all")
    if found.open:
        raise typer.Exit(1)


def _levels(found: Checked) -> Table:
    table = Table("级别\nlevel")
    for zh, en in (
        ("区域", "areas"),
        ("未划分", "undivided"),
        ("缝隙", "gaps"),
        ("重叠", "overlaps"),
        ("越界", "outside"),
        ("无上级", "orphans"),
        ("已修复", "repaired"),
    ):
        table.add_column(f"{zh}\n{en}", justify="right")
    for level, count in found.areas.items():
        mine = [flaw for flaw in found.flaws if flaw.level == level]
        kinds = Counter(flaw.kind for flaw in mine)
        numbers = (
            count,
            found.undivided.get(level, 0),
            kinds["gap"],
            kinds["overlap"],
            kinds["outside"],
            kinds["orphan"],
            sum(bool(flaw.repaired) for flaw in mine),
        )
        table.add_row(f"{LEVELS[level][0]} {level}", *(f"{n:,}" for n in numbers))
    return table


@grid.command()
def build(
    within: Annotated[str, typer.Option(help="Code of the city, district, street or community to divide.")],
    size_m2: Annotated[float, typer.Option(help="Size of a grid where something is built.")] = 10_000.0,
    open_size_m2: Annotated[
        float | None, typer.Option(help="Size of a grid on open land and water [default: 4 times that].")
    ] = None,
    roads: Annotated[str, typer.Option(help="Layer of roads; '' for none.")] = "roads",
    water: Annotated[str, typer.Option(help="Layer of rivers and lakes; '' for none.")] = "water",
    buildings: Annotated[str, typer.Option(help="Layer of buildings; '' for none.")] = "buildings",
    file: Annotated[
        Path | None, typer.Option("--out", help="Write them to a file: .gpkg .geojson .fgb .parquet.")
    ] = None,
    into_city: Annotated[
        bool, typer.Option("--write", help="Put them into the city's areas; the older ones end.")
    ] = False,
    valid_from: Annotated[
        str | None, typer.Option(help="The day from which they are in force [default: today].")
    ] = None,
    as_json: JsonOption = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Make unit grids (单元网格) of the communities: closed by roads and water, round buildings, numbered and coded.

    Prints the figures of their quality; nothing is kept without --out or --write.
    """
    begins = day_of(valid_from)
    if file is not None:
        output.require_writable(file)
    with City.open(read_settings(config, store=store)) as city, bar() as progress:
        day = begins or city.today()
        chosen = {"roads": roads, "water": water, "buildings": buildings}
        layers = {kind: _layer(city, kind, name) for kind, name in chosen.items()}
        site = unit_grids.site(city.snapshots, within, day, **layers)
        made = division.build(site.land, size_m2=size_m2, open_m2=open_size_m2, progress=progress)
        rows = unit_grids.features(site, made, day)
        said = [
            f"without {kind}: no such layer is loaded"
            for kind, name in chosen.items()
            if name and not layers[kind]
        ]
        if file is not None:
            output.write_features(file, rows, "polygon", city.settings.crs)
            said.append(f"{file}: {len(rows):,} unit grids")
        if into_city:
            done = unit_grids.write(city.writer, site, rows, day, progress=progress)
            said.append(
                f"areas: {done.made:,} unit grids in force from {day}, {done.ended:,} older ones ended"
                + (f", {done.removed:,} that had not begun removed" if done.removed else "")
            )
    if as_json:
        say_json({"quality": made.quality.figures, "notes": said})
    else:
        out.print(_figures(made.quality))
        say("\n".join(said))


def _layer(city: City, kind: str, name: str) -> str | None:
    """The layer to take: a usual one may be missing, one that was named may not."""
    if not name or (name == kind and name not in city.snapshots):
        return None
    if name not in city.snapshots:
        raise NotFound(f"layer {name!r} is not loaded; loaded: {', '.join(sorted(city.snapshots))}")
    return name


def _figures(q: Quality) -> Table:
    table = Table("单元网格 unit grids", "", show_header=True)
    rows = {
        "数量 count": f"{q.count:,}, of them {q.built:,} with buildings",
        "面积 m² min 5% median 95% max": " ".join(
            f"{v:,.0f}" for v in (q.min_m2, q.p5_m2, q.median_m2, q.p95_m2, q.max_m2)
        ),
        "合格 0.5–2 × target": f"{q.fits:.1%} of all; with buildings {q.built_fits:.1%}, "
        f"median {q.built_median_m2:,.0f} m²",
        "切割建筑 buildings cut": f"{q.buildings_cut:,} of {q.buildings:,}; "
        f"{q.buildings_across:,} stand across a community's border",
        "边界 borders along": f"roads {q.border_roads:.1%}, lanes {q.border_lanes:.1%}, water {q.border_water:.1%}, "
        f"community {q.border_community:.1%}, cuts {q.border_cuts:.1%}",
        "紧凑度 compactness 4πA/P²": f"{q.compactness:.2f}",
    }
    if q.coarser:
        rows["放大 coarser"] = f"{', '.join(q.coarser)}: else more than {division.MOST_IN_A_COMMUNITY} grids"
    for name, value in rows.items():
        table.add_row(name, value)
    return table
