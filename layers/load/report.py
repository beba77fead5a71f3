"""What became of a file: how many rows were read, repaired and left out, and every fault found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cim.errors import Fault
from cim.model.layer import GeometryKind


@dataclass(frozen=True, slots=True)
class LoadReport:
    """The account of one load. `read` = `written` + `skipped`; `fixed` rows are among the written ones.

    >>> report = LoadReport("楼.gpkg", "buildings", "polygon", read=3, written=2, fixed=1, skipped=1,
    ...                 faults=(Fault(2, "has no geometry", "skipped"),), notes=("EPSG:4547 → EPSG:4490",))
    >>> print(*report.lines(), sep="\\n")
    楼.gpkg: 2 of 3 rows as layer buildings (polygon), 1 of them repaired; 1 left out
    note: EPSG:4547 → EPSG:4490
    row 2: has no geometry (skipped)
    """

    path: str
    layer: str
    geometry: GeometryKind
    read: int
    written: int
    fixed: int
    skipped: int
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self, most_faults: int | None = None) -> Iterator[str]:
        """The account as sentences for the terminal, with at most `most_faults` of the faults (None: all)."""
        repaired = f", {self.fixed} of them repaired" if self.fixed else ""
        left_out = f"; {self.skipped} left out" if self.skipped else ""
        yield (
            f"{self.path}: {self.written} of {self.read} rows as layer {self.layer} ({self.geometry})"
            f"{repaired}{left_out}"
        )
        yield from (f"note: {note}" for note in self.notes)
        yield from fault_lines(self.faults, most_faults)

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON-ready values, all faults included."""
        return {
            "path": self.path,
            "layer": self.layer,
            "geometry": self.geometry,
            "read": self.read,
            "written": self.written,
            "fixed": self.fixed,
            "skipped": self.skipped,
            "faults": [{"row": f.row, "what": f.what, "done": f.done} for f in self.faults],
            "notes": list(self.notes),
        }


def fault_lines(faults: tuple[Fault, ...], most: int | None) -> Iterator[str]:
    """The faults line by line, at most so many (None: all), and then how many more there are."""
    shown = faults if most is None else faults[:most]
    yield from map(str, shown)
    if len(faults) > len(shown):
        yield f"and {len(faults) - len(shown)} more"
