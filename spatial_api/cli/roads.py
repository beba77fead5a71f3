"""`citybase roads`: what is wrong with the road network."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from cim.city import City
from cim.roads.quality_report import report as road_report
from cim.settings_file import read_settings
from spatial_api.cli.terminal import ConfigOption, StoreOption, out, say_json

roads = typer.Typer(
    help="The road network (路网) that routes and arrival times are made on.", no_args_is_help=True
)


@roads.callback()
def _group() -> None:
    """The road network (路网) that routes and arrival times are made on."""


@roads.command()
def report(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, with every place.")] = False,
    config: ConfigOption = None,
    store: StoreOption = None,
) -> None:
    """Pieces, dead ends, one-ways that trap, and the share of roads that is cut off, for each profile."""
    with City.open(read_settings(config, store=store)) as city:
        said = road_report(city.roads.wait())
    if as_json:
        say_json(said)
        return
    pieces, traps, turns = said.pieces, said.suspicious_oneways, said.turn_restrictions
    barriers, signs = said.barriers, said.signs
    table = Table(title=f"{said.layer} 路网", show_header=False)
    rows = (
        ("长度 length", f"{said.km:,} km"),
        ("路段 edges", f"{said.edges:,}"),
        ("节点 nodes", f"{said.nodes:,}"),
        ("互不相通的部分 pieces", f"{pieces.count:,}"),
        (
            "最大部分占比 share of the largest",
            "–" if pieces.largest_share is None else f"{pieces.largest_share:.2%}",
        ),
        ("断头路 dead ends", f"{said.dead_ends:,}"),
        ("可疑单行 suspicious one-ways", f"{traps.count:,} ({traps.km} km)"),
        ("转向限制 turn restrictions", f"{turns.kept:,}, {turns.not_understood:,} not understood"),
        (
            "路障 barriers",
            f"{barriers.on_roads:,} on roads, {barriers.on_no_road:,} on none, "
            f"{barriers.not_understood:,} tags not understood",
        ),
        ("通行标志 signs not understood", f"{signs.not_understood:,} roads"),
    )
    for name, value in rows:
        table.add_row(name, value)
    for profile in said.profiles.values():
        share = profile.unreachable_share
        cut_off = "–" if share is None else f"{share:.2%} 不可达 cut off"
        table.add_row(f"{profile.zh} {profile.en}", f"{profile.km:,} km, {cut_off}")
    out.print(table)
    strange = [f"{one.tag}: {one.roads} roads, first {one.first}" for one in signs.examples]
    for example in (*strange, *barriers.examples, *turns.examples):
        out.print(f"未识别 not understood: {example}", markup=False, highlight=False)
    for what, places in (
        ("部分 piece", [(p.at, f"{p.km} km") for p in pieces.small]),
        ("可疑单行 one-way", [(at, "") for at in traps.at]),
    ):
        for at, more in places:
            out.print(f"{what}: {at[0]}, {at[1]} {more}", markup=False, highlight=False)
