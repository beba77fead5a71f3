"""What processes that died were writing beside the snapshots is swept; what is being written is not."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from cim.city import City
from tests.support.killed_programs import leftovers, program
from tests.support.other_writers import Psql, beside

FIRST_LOAD = """
    import sys, time
    from cim.city import City
    from tests.support import small_city as small
    from tests.support.killed_programs import DOTS, dots

    with City.open(small.settings(sys.argv[1], sys.argv[2])) as city:
        publish = city.store.load
        def waiting(*given, ready, **more):
            def stopped():
                ready()
                print("written", flush=True)
                time.sleep(60)
            return publish(*given, ready=stopped, **more)
        city.store.load = waiting
        city.load(DOTS, dots(500, 0))
"""


@pytest.mark.slow
def test_what_a_killed_first_load_of_a_layer_left_is_swept_and_a_load_under_way_is_not(
    city: City, store_url: str
) -> None:
    folder = next(Path(city.settings.snapshots).iterdir()) / "dots"

    def drafts() -> list[Path]:
        return [p for p in folder.glob(".*") if p.is_dir()]

    with program(FIRST_LOAD, store_url, city.settings.snapshots) as loader:
        assert loader.stdout.readline() == "written\n"
        city._snapshots.sweep()
        assert len(drafts()) == 1, "it is under way"
        loader.send_signal(signal.SIGKILL)
        loader.wait()
        assert len(drafts()) == 1
        city._snapshots.sweep()
        assert drafts() == []
    if isinstance(beside(store_url), Psql):
        time.sleep(0.3)  # the server finds out that the other end is gone
    with City.open(city.settings) as again:
        assert "dots" not in again.snapshots
        assert leftovers(again, store_url) == []


def test_a_start_sweeps_the_drafts_of_layers_that_never_came_to_be(gpkg_city: City) -> None:
    root = next(Path(gpkg_city.settings.snapshots).iterdir())
    draft = root / "kn6" / ".0123456789abcdef"
    draft.mkdir(parents=True)
    (draft / "columns.bin").write_bytes(b"half")
    half = next(root.glob("buildings/f*")) / (".text-2-0.bin." + "0" * 32)
    half.write_bytes(b"half")
    with City.open(gpkg_city.settings):
        assert not draft.exists()
        assert half.exists(), "it may be being written"
    os.utime(half, (time.time() - 7200,) * 2)
    with City.open(gpkg_city.settings):
        assert not half.exists()
