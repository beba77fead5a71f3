"""`citybase layers`: what is loaded."""

from __future__ import annotations

from rich.table import Table

from cim.city import City
from cim.settings import read_settings
from spatial_api.terminal import ConfigOption, StoreOption, out


def layers(config: ConfigOption = None, store: StoreOption = None) -> None:
    """List the loaded layers."""
    with City.open(read_settings(config, store=store)) as city:
        table = Table("layer", "名称", "kind", "geometry", "features", "version", "source")
        for name, snapshot in sorted(city.snapshots.items()):
            known = snapshot.layer
            row = (
                name,
                known.title_zh,
                known.kind,
                known.geometry,
                f"{len(snapshot):,}",
                snapshot.version,
                known.source,
            )
            table.add_row(*row)
        out.print(table)
