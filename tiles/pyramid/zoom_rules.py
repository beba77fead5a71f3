"""What of a layer is shown at which zoom: a rule for each layer, by its kind or from a file of its own.

A rule file is `LAYER.toml` in the folder of the setting `tile_rules`; what it does not say stays as the layer's
kind has it. `citybase tiles rule LAYER` prints the rule in force, to begin with:

    min_zoom = 8                    # tiles of lower zooms have nothing of the layer
    importance = "height_m"         # what stays where there is too much: the largest; `size`: area, length
    thin = "merge"                  # too small: "merge" (polygons; points into one with their count) or "drop"
    least_px = 1.0                  # on a side (polygons), along (lines), apart (points): below it, it is too small
    tolerance_px = 0.25             # detail that is left out
    coverage = "level"              # polygons share borders with their neighbours of the same value; "": all of them

    [[keep]]                        # below zoom 12 only these
    below = 12
    where = { class = ["motorway", "trunk"] }

    [fields]                        # from each zoom on these attributes
    0 = ["class"]
    13 = ["class", "name"]
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from cim.columnar import conditions
from cim.columnar.conditions import Where
from cim.errors import BadInput
from cim.model.layer import Layer
from cim.model.standard_layers import PLACED

Thin = Literal["merge", "drop", "none"]
#: The zoom whose tiles maps enlarge beyond it; from here on nothing is left out that has a size.
FULL_ZOOM = 15
#: Pixels of a tile as maps show it; a tile has 4096 units.
TILE_PX = 512


@dataclass(frozen=True, slots=True)
class TileRule:
    """The rule of one layer; see the module's text. `keep` are (below, where), `fields` (from, names)."""

    min_zoom: int = 0
    importance: str = "size"
    thin: Thin = "merge"
    least_px: float = 1.0
    tolerance_px: float = 0.25
    coverage: str | None = None
    keep: tuple[tuple[int, Where], ...] = ()
    fields: tuple[tuple[int, tuple[str, ...]], ...] = field(default=())

    @property
    def version(self) -> str:
        """What a cache may keep tiles made by this rule under."""
        return hashlib.blake2b(repr(self).encode(), digest_size=6).hexdigest()

    def fields_at(self, z: int, names: tuple[str, ...]) -> tuple[str, ...]:
        """Which of the layer's fields a tile of zoom z has.

        >>> TileRule(fields=((0, ("class",)), (13, ("class", "name")))).fields_at(14, ("name", "class", "lanes"))
        ('name', 'class')
        """
        chosen: tuple[str, ...] | None = None
        for begins, some in self.fields:
            if z >= begins:
                chosen = some
        return names if chosen is None else tuple(n for n in names if n in chosen)


#: Each level of areas, from the zoom on at which its borders can be told apart.
_AREA_ZOOMS = {
    "district": 5,
    "street": 9,
    "community": 11,
    "duty_grid": 12,
    "special_grid": 12,
    "unit_grid": 13,
}
#: OSM classes of roads that are not drawn below a zoom; any class of another scheme is.
_MINOR_ROADS = (
    (7, ("primary", "motorway_link", "light_rail", "subway")),
    (9, ("secondary", "trunk_link")),
    (10, ("tertiary", "primary_link", "secondary_link", "tram")),
    (12, ("residential", "unclassified", "living_street", "road", "tertiary_link")),
    (13, ("service", "pedestrian", "track")),
    (14, ("footway", "cycleway", "path", "steps", "bridleway")),
)
#: What is read on a map from afar: attributes that the drawing needs at every zoom.
_DRAWN = frozenset(
    {"class", "kind", "use", "level", "status", "state", "type", "landuse", "importance", "admin_level", "layer",
     "bridge", "tunnel", "oneway", "valid_from", "valid_to", "height", "height_m", "floors", "population"}
)  # fmt: skip


#: What the marker of a sensor, a closure or a speed is drawn by.
_MARKED = frozenset(
    {
        "code",
        "value",
        "measures",
        "threshold_blue",
        "threshold_yellow",
        "threshold_orange",
        "threshold_red",
        "hours",
        "factor",
        "speed_kmh",
        "valid_from",
        "valid_to",
    }
)


def _from_their_zoom(
    steps: Iterable[tuple[int, tuple[str, ...]]], name: str
) -> tuple[tuple[int, Where], ...]:
    """Conditions that leave out the values of each step below its zoom.

    >>> _from_their_zoom([(5, ("b",)), (9, ("c", "d"))], "class")
    ((5, {'class': {'not_in': ['b']}}), (9, {'class': {'not_in': ['c', 'd']}}))
    """
    return tuple((zoom, {name: {"not_in": list(values)}}) for zoom, values in steps)


def default_rule(layer: Layer) -> TileRule:
    """The rule of a layer that has no file: by its kind, its name and its geometry."""
    names = layer.field_names
    few = tuple(n for n in names if n in _DRAWN)
    levels = _from_their_zoom(((zoom, (level,)) for level, zoom in _AREA_ZOOMS.items()), "level")
    if layer.kind == "area":
        return TileRule(keep=levels, coverage="level", thin="drop", least_px=0.0)
    if layer.kind == "label":
        return TileRule(keep=levels if "level" in names else (), least_px=6.0, thin="drop")
    if layer.name in PLACED and layer.kind not in ("component", "unit"):
        # What the city works with is to be seen, all of it; from afar as a marker.
        afar = tuple(n for n in names if n in _DRAWN or n in _MARKED)
        return TileRule(thin="none", fields=((0, afar), (12, names)))
    if layer.name == "addresses":
        return TileRule(min_zoom=14)  # numbers are read where a street fills the screen
    if layer.geometry == "point":
        rank = next((n for n in ("importance", "population", "rank") if n in names), "size")
        return TileRule(importance=rank, least_px=4.0)
    if layer.geometry == "line":
        if "class" in names and layer.name == "roads":
            return TileRule(keep=_from_their_zoom(_MINOR_ROADS, "class"), fields=((0, few), (12, names)))
        return TileRule(fields=((0, few), (11, names)))
    if layer.name == "buildings":
        return TileRule(fields=((0, few), (14, names)))
    return TileRule(fields=((0, (*few, "name", "name_en")), (12, names)))


def rule_of(layer: Layer, folder: str = "") -> TileRule:
    """The rule in force for a layer. `BadInput` naming the file and what in it can't be used."""
    rule = default_rule(layer)
    file = Path(folder) / f"{layer.name}.toml"
    if not folder or not file.is_file():
        return rule
    try:
        said = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(f"tile rule {file.name}: not a TOML file in UTF-8: {error}") from error
    return _parse_rule(said, layer, rule, file.name)


def _parse_rule(said: Mapping[str, Any], layer: Layer, rule: TileRule, file: str) -> TileRule:
    known = {"min_zoom", "importance", "thin", "least_px", "tolerance_px", "coverage", "keep", "fields"}
    unknown = sorted(set(said) - known)

    def wrong(name: str, wanted: str) -> BadInput:
        return BadInput(f"tile rule {file}: {name} must be {wanted}, not {said[name]!r}")

    def is_field(name: Any) -> bool:
        return isinstance(name, str) and name in layer.field_names

    if unknown:
        raise BadInput(
            f"tile rule {file}: {', '.join(unknown)} is not known; known: {', '.join(sorted(known))}"
        )
    fields_text = ", ".join(layer.field_names) or "none"
    if "min_zoom" in said and not (type(said["min_zoom"]) is int and 0 <= said["min_zoom"] <= 24):
        raise wrong("min_zoom", "a zoom from 0 to 24")
    if "thin" in said and said["thin"] not in ("merge", "drop", "none"):
        raise wrong("thin", '"merge", "drop" or "none"')
    for name in ("least_px", "tolerance_px"):
        if name in said and not (type(said[name]) in (int, float) and 0 <= said[name] <= TILE_PX):
            raise wrong(name, f"pixels from 0 to {TILE_PX}")
    if "importance" in said and said["importance"] != "size" and not is_field(said["importance"]):
        raise wrong("importance", f'"size" or a field ({fields_text})')
    if "coverage" in said and said["coverage"] != "" and not is_field(said["coverage"]):
        raise wrong("coverage", f'"" or a field ({fields_text})')
    if "fields" in said:
        steps = said["fields"]
        if not isinstance(steps, dict) or not all(
            zoom.isdigit() and isinstance(names, list) and all(map(is_field, names))
            for zoom, names in steps.items()
        ):
            raise wrong("fields", f"a table of zooms, each with a list of fields ({fields_text})")
        said = {**said, "fields": tuple(sorted((int(z), tuple(names)) for z, names in steps.items()))}
    if "keep" in said:
        entries = said["keep"]
        if not isinstance(entries, list) or not all(
            isinstance(e, dict) and set(e) == {"below", "where"} and type(e["below"]) is int for e in entries
        ):
            raise wrong("keep", "a list of tables with below (a zoom) and where (a condition)")
        try:
            for entry in entries:
                conditions.check(layer, entry["where"])
        except BadInput as error:
            raise BadInput(f"tile rule {file}: keep: {error}") from error
        said = {**said, "keep": tuple((e["below"], e["where"]) for e in entries)}
    return replace(rule, **said)


def as_toml(rule: TileRule) -> str:
    """The rule as the text of its file."""
    lines = [
        f"min_zoom = {rule.min_zoom}",
        f"importance = {_text(rule.importance)}",
        f"thin = {_text(rule.thin)}",
    ]
    lines += [f"least_px = {rule.least_px}", f"tolerance_px = {rule.tolerance_px}"]
    if rule.coverage is not None:
        lines.append(f"coverage = {_text(rule.coverage)}")
    for below, condition in rule.keep:
        wanted = ", ".join(f"{_text(name)} = {_value(value)}" for name, value in condition.items())
        lines += ["", "[[keep]]", f"below = {below}", f"where = {{ {wanted} }}"]
    if rule.fields:
        lines += ["", "[fields]", *(f"{zoom} = {_value(list(names))}" for zoom, names in rule.fields)]
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(k)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _text(value) if isinstance(value, str) else str(value)
