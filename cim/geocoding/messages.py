"""The address line of a position, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass

from cim.areas.owners import Owners
from cim.geocoding.answers import NearCrossing, NearFeature
from cim.model.text import Text

#: Maximum distance of a crossing that an address line names, and of a house that is the address itself.
_AT_CROSSING_M, _AT_HOUSE_M = 120.0, 40.0
_ENDS_A_ROAD = "路街道巷线"


@dataclass(frozen=True, slots=True)
class _Named:
    """The names in an address line besides those of areas."""

    road: NearFeature | None
    crossing: NearCrossing | None
    house: NearFeature | None
    place: NearFeature | None


def address_line(
    owners: Owners,
    road: NearFeature | None,
    crossing: NearCrossing | None,
    house: NearFeature | None,
    place: NearFeature | None,
) -> Text:
    """The address of a position, as people write it, from its owners and the features near it."""
    if house is not None and not (house["distance_m"] <= _AT_HOUSE_M and house.get("road")):
        house = None
    if crossing is not None and crossing.distance_m > _AT_CROSSING_M:
        crossing = None
    if road is not None or house is not None:
        place = None
    named = _Named(road, crossing, house, place)
    return Text(_line_zh(owners, named), _line_en(owners, named))


def _line_zh(owners: Owners, near: _Named) -> str:
    """芙蓉区 文艺路街道 五一大道 近 韶山路口"""
    words = [_zh(owners, "district") or _zh(owners, "city"), _zh(owners, "street")]
    if near.house is not None:
        words += [f"{near.house['road']}{near.house['number']}号", near.house.get("name")]
    elif near.road is not None:
        words.append(near.road["name"])
    if near.crossing is not None:
        line = "".join(w or "" for w in words)
        other = next((name for name in near.crossing.roads if name not in line), None)
        if other is not None:
            words += ["近", f"{other}口" if other[-1] in _ENDS_A_ROAD else other]
    if near.place is not None:
        words += [near.place["name"], "附近"]
    if not owners.areas and owners.nearest is not None:
        words.insert(0, f"{owners.nearest.name}外")
    return " ".join(w for w in words if w)


def _line_en(owners: Owners, near: _Named) -> str:
    """Wuyi Avenue near Shaoshan Road, Wenyilu Subdistrict, Furong District"""
    road, crossing, first = near.road, near.crossing, None
    if near.house is not None:
        same = road is not None and road["name"] == near.house["road"]
        named = road.get("name_en") if road is not None and same else None
        first = f"{near.house['number']} {named or near.house['road']}"
    elif road is not None:
        first = road.get("name_en") or road["name"]
    if first is not None and crossing is not None:
        pairs = zip(crossing.roads, crossing.roads_en, strict=True)
        other = next((en or zh for zh, en in pairs if (en or zh) not in first and zh not in first), None)
        first += f" near {other}" if other else ""
    if near.place is not None:
        first = f"near {near.place.get('name_en') or near.place['name']}"
    parts = [first, _en(owners, "street"), _en(owners, "district") or _en(owners, "city")]
    if not owners.areas and owners.nearest is not None:
        parts.append(f"outside {owners.nearest.name_en or owners.nearest.name}")
    return ", ".join(p for p in parts if p)


def _zh(owners: Owners, level: str) -> str | None:
    return next((area.name for area in owners.areas if area.level == level), None)


def _en(owners: Owners, level: str) -> str | None:
    return next((area.name_en or area.name for area in owners.areas if area.level == level), None)
