"""What became of a model file: what is in it, where it stands, and every fault found; as lines, JSON and a page."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cim.bim.building_model import ModelFault


@dataclass(frozen=True, slots=True)
class ModelReport:
    """The account of one model's load. `version` is None where nothing was written."""

    path: str
    code: str
    version: int | None
    schema: str
    position: tuple[float, float, float] | None
    height_datum: str
    counts: Mapping[str, int]
    triangles: int
    faults: Sequence[ModelFault] = ()
    notes: Sequence[str] = ()

    def lines(self, most_faults: int | None = None) -> Iterator[str]:
        """The account as sentences for the terminal, with at most `most_faults` faults of each code (None: all)."""
        kinds = ", ".join(f"{n:,} {name}" for name, n in sorted(self.counts.items(), key=lambda x: -x[1]))
        as_what = (
            "nothing was written" if self.version is None else f"model {self.code}, version {self.version}"
        )
        yield f"{self.path}: {as_what} ({self.schema}); {kinds or 'nothing in it'}; {self.triangles:,} triangles"
        if self.position is not None:
            lon, lat, height = self.position
            datum = self.height_datum or "of an unknown datum"
            yield f"placed at {lon:.7f}, {lat:.7f}, lowest point {height:.3f} m ({datum})"
        yield from (f"note: {note}" for note in self.notes)
        shown: Counter[str] = Counter()
        totals = Counter(fault.code for fault in self.faults)
        for fault in self.faults:
            shown[fault.code] += 1
            if most_faults is None or shown[fault.code] <= most_faults:
                yield fault_line(fault)
            elif shown[fault.code] == most_faults + 1:
                yield f"{fault.code}: and {totals[fault.code] - most_faults:,} more"

    def as_dict(self) -> dict[str, Any]:
        """The account as JSON-ready values, all faults included."""
        return {
            "path": self.path,
            "code": self.code,
            "version": self.version,
            "schema": self.schema,
            "position": self.position,
            "height_datum": self.height_datum or None,
            "counts": dict(self.counts),
            "triangles": self.triangles,
            "faults": fault_rows(self.faults),
            "notes": list(self.notes),
        }

    def as_html(self) -> str:
        """The account as a page of its own, in Chinese and English."""
        rows = "".join(
            f"<tr><td>{html.escape(f.code)}{' ' + ', '.join(map(str, f.val3dity)) if f.val3dity else ''}</td>"
            f"<td><code>{html.escape(f.element or '')}</code></td><td>{html.escape(f.text.zh)}<br>"
            f"<small>{html.escape(f.text.en)}</small></td><td>{_place(f)}</td></tr>"
            for f in self.faults
        )
        counts = "".join(f"<li>{html.escape(k)}: {v:,}</li>" for k, v in self.counts.items())
        title = f"{html.escape(self.code)} · 模型检查 Model check"
        return (
            f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>'
            f"<h1>{title}</h1><p>{html.escape(self.path)} · {html.escape(self.schema)} · 版本 version "
            f"{self.version if self.version is not None else '–'}</p><ul>{counts}</ul>"
            f"<h2>问题 Faults: {len(self.faults):,}</h2><table><tr><th>代码 Code<th>构件 Element<th>说明 What"
            f"<th>位置 Place</tr>{rows}</table></html>"
        )


_STYLE = (
    "body{font:15px/1.5 system-ui,'Noto Sans CJK SC',sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.4rem;text-align:left;"
    "vertical-align:top}small{color:#666}"
)


def _place(fault: ModelFault) -> str:
    if fault.position is not None:
        lon, lat, height = fault.position
        return f"{lon:.7f}, {lat:.7f}, {height:.2f} m"
    return f"line {fault.line}" if fault.line is not None else ""


def fault_rows(faults: Sequence[ModelFault]) -> list[dict[str, Any]]:
    """The faults as reports have them."""
    rows = []
    for fault in faults:
        row: dict[str, Any] = {"code": fault.code, "zh": fault.text.zh, "en": fault.text.en}
        for name in ("element", "line", "position"):
            if getattr(fault, name) is not None:
                row[name] = getattr(fault, name)
        if fault.val3dity:
            row["val3dity"] = list(fault.val3dity)
        rows.append(row)
    return rows


def fault_line(fault: ModelFault) -> str:
    """A fault as one line for the terminal."""
    of = f" [{fault.element}]" if fault.element else ""
    at = f" (line {fault.line})" if fault.line is not None else ""
    return f"{fault.code}{of}: {fault.text.en}{at}"
