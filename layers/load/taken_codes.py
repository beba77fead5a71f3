"""Codes of rows that are to be added, held against those that are there."""

from __future__ import annotations

from cim.errors import Conflict
from cim.model.layer import Features, Layer
from cim.model.standard_layers import PERIODIC
from cim.snapshot.snapshot import Snapshot


def require_unused_codes(there: Snapshot, layer: Layer, features: Features) -> None:
    """Raise `Conflict` with the codes of the features that a feature of the layer has; of areas, whose codes may come
    again, `cim.areas.hierarchy` looks at it.

    The store holds to it too, whatever came in between; here all are found before anything is written.
    """
    if layer.name in PERIODIC:
        return
    known = set(there.attributes(there.rows, ["code"])["code"].to_pylist())
    taken = [code for code in features.attributes["code"].to_pylist() if code in known]
    if taken:
        more = f" and {len(taken) - 5} more" if len(taken) > 5 else ""
        named = ", ".join(map(repr, taken[:5]))
        raise Conflict(
            f"{layer.name}: code {named}{more} is taken; nothing was written. Choose other codes, or load the whole "
            "layer with --replace"
        )
