"""Which layer each file fills, and whether it may: two files never share a layer, and none is replaced unasked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cim.errors import BadInput, Conflict
from cim.model.layer import check_name
from cim.snapshot.snapshot import Snapshot
from layers.formats.osm import LAYER_NAMES as OSM_LAYERS
from layers.formats.osm import SUFFIXES as OSM_SUFFIXES
from layers.load.options import LoadOptions

_LONGEST_NAME = 40


class LayerIsThere(Conflict):
    """The layers `names` have features, and the load said neither to replace them nor to add to them."""

    def __init__(self, headline: str, names: Sequence[str]) -> None:
        super().__init__(
            f"{headline}; nothing was written. "
            "Say --replace to load these rows instead, or --append to add them"
        )
        self.headline = headline
        self.names = tuple(names)


def is_osm(path: Path) -> bool:
    """Whether a file is one of OpenStreetMap, by its name."""
    return path.name.lower().endswith(OSM_SUFFIXES)


def layer_name(path: Path, options: LoadOptions) -> tuple[str, tuple[str, ...]]:
    """The layer that a file fills, and notes on how its name differs from that of the file.

    >>> layer_name(Path("load_points.csv"), LoadOptions())
    ('l_load_points', ("layer 'load_points' would begin with a reserved prefix; it is called l_load_points",))
    """
    if options.layer is not None:
        return options.layer, ()
    text = options.sublayer or path.name.split(".")[0]
    name = named_after(text)
    notes: tuple[str, ...] = ()
    whole = _plain(text)
    if len(whole.encode()) > _LONGEST_NAME:
        notes = (f"layer {whole!r} is cut to {_LONGEST_NAME} bytes: {name}; choose another with --layer",)
    elif name == f"l_{whole}":
        notes = (f"layer {whole!r} would begin with a reserved prefix; it is called {name}",)
    return name, notes


def named_after(text: str) -> str:
    """A layer name made from a file's name.

    >>> named_after("2026-建筑 (final)"), named_after("load_points")
    ('l2026_建筑_final', 'l_load_points')
    """
    name = _cut(_plain(text))
    try:
        return check_name(name)
    except BadInput:
        return check_name(_cut(f"l_{name}"))


def _plain(text: str) -> str:
    name = re.sub(r"\W+", "_", text).strip("_").lower()
    return name if name and not name[0].isdigit() else f"l{name}"


def _cut(name: str) -> str:
    return name.encode()[:_LONGEST_NAME].decode(errors="ignore")


def possible_layers(path: Path, options: LoadOptions) -> tuple[str, ...]:
    """The layers that a file can fill, as far as its name and the options say: several for OpenStreetMap."""
    if is_osm(path):
        return OSM_LAYERS if options.layer is None else (options.layer,)
    return (layer_name(path, options)[0],)


def require_distinct_layers(paths: Iterable[Path], options: LoadOptions) -> None:
    """Raise `BadInput` where two files of one command would fill one layer, so that the second replaced the first."""
    if options.append:
        return  # then the rows of both are kept
    first: dict[str, tuple[int, Path]] = {}
    for at, path in enumerate(paths):
        for name in possible_layers(path, options):
            other_at, other = first.setdefault(name.casefold(), (at, path))
            if other_at == at:
                continue
            raise BadInput(
                f"{other} and {path} would both fill layer {name!r}; nothing was written. "
                "Load each with a --layer of its own, or both into one layer with --append"
            )


def require_room(there: Mapping[str, Snapshot], names: Iterable[str], options: LoadOptions) -> None:
    """Raise `LayerIsThere` where layers have features and the options neither replace them nor add to them,
    `BadInput` for a name that differs from that of a layer by its case only."""
    wanted = list(names)
    for name in wanted:
        alike = [known for known in there if known.casefold() == name.casefold() and known != name]
        if alike and name not in there:
            raise BadInput(f"layer {name!r} differs from layer {alike[0]!r} by its case only; name that one")
    if options.replace or options.append:
        return
    full = [name for name in wanted if len(there.get(name, ()))]
    if full:
        counts = ", ".join(f"{name} ({len(there[name]):,} features)" for name in full)
        are = "layers are" if len(full) > 1 else "layer is"
        raise LayerIsThere(f"{are} there already: {counts}", full)
