"""Checks that the areas of a file divide their parents, and reports the place and size of each flaw."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cim.errors import Fault
from cim.grids import partition
from cim.grids.partition import Flaw, Plan
from cim.loading import LayerLoading
from cim.model.layer import Features
from cim.progress import Progress
from layers.load.report import LoadReport


def check_partition(
    city: LayerLoading,
    features: Features,
    report: LoadReport,
    *,
    append: bool,
    repair_m: float | None,
    progress: Progress,
) -> tuple[Features, LoadReport]:
    """The areas, with slivers up to `repair_m` closed, and the report with every flaw of the partition.

    The check is as of today, or of the day on which the last of them comes into force. With `append` it includes the
    city's areas of that day, which are not changed.
    """
    table = features.attributes
    state = city.state()
    day = max(state.today, pc.max(table["valid_from"]).as_py() or state.today)
    fresh = np.flatnonzero(partition.in_force_on(table, day))
    chosen = Features(features.geometry[fresh], table.take(pa.array(fresh)), np.arange(len(fresh)))
    if append:
        snapshot = state.snapshot("areas")
        there = snapshot.features(snapshot.rows)
        now = partition.in_force_on(there.attributes, day)
        old = Features(there.geometry[now], there.attributes.filter(pa.array(now)), np.arange(now.sum()))
        chosen = Features.concat([chosen, old])
    plan = Plan.of(chosen, city.metric_for("areas", chosen.geometry))
    movable = np.arange(len(chosen)) < len(fresh)
    found = partition.check(plan, tolerance_m=repair_m, movable=movable, progress=progress)
    mine = set(plan.code[movable].tolist())
    flaws = [flaw for flaw in found.flaws if flaw.parent in mine or not mine.isdisjoint(flaw.codes)]
    geometry = features.geometry.copy()
    if found.changed:
        geometry[fresh[list(found.changed)]] = np.array(list(found.changed.values()), object)
    count = len(flaws)
    notes = (f"the partition as of {day} has {count} flaws, {sum(bool(f.repaired) for f in flaws)} repaired",)
    return Features(geometry, table, features.fid), replace(
        report,
        faults=(*report.faults, *(_fault(flaw) for flaw in flaws)),
        notes=(*report.notes, *(notes if count else ())),
    )


def _fault(flaw: Flaw) -> Fault:
    return Fault(None, str(flaw), "fixed" if flaw.repaired else "kept")
