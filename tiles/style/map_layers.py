"""Which layers a map shows, and what they are called on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from cim.model.layer import Layer
from cim.snapshot.snapshot import Snapshot, require_layer
from tiles.style.palette import Lang


def choose_layers(snapshots: Mapping[str, Snapshot], layers: str) -> list[Layer]:
    """The named layers, with commas between them, all of them to be seen; where none is named, all that there are."""
    if layers:
        names = dict.fromkeys(layers.split(","))
        return [replace(require_layer(snapshots, name).layer, visible=True) for name in names]
    return [snapshots[name].layer for name in sorted(snapshots)]


def title_of(layer: Layer, lang: Lang) -> str:
    """What a layer is called in the language, as far as it is."""
    return (
        (layer.title_en if lang == "en" else layer.title_zh) or layer.title_zh or layer.title_en or layer.name
    )


def source_line(layers: Iterable[Layer]) -> str:
    """Whose the data of these layers are, in one line."""
    return " · ".join(sorted({layer.source for layer in layers if layer.source}))
