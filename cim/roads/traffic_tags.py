"""Traffic signs in OpenStreetMap's keys: whom a road or a barrier lets pass, in which direction, and how fast.

The keys go from general to special (`access` < `vehicle` < `motor_vehicle` < `motorcar`), and the most special one
that is there decides; of a list of values one that is open is enough. A value that is not known opens nothing, and is
told. Source: https://wiki.openstreetmap.org/wiki/Key:access, whose table of defaults Valhalla's and OSRM's profiles
follow, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from cim.model import reference_data
from cim.roads import conditions
from cim.roads.vehicles import Vehicle

Said = Mapping[str, str]
NOTHING, OPEN, SLOW, WALK, SHUT = "", "open", "slow", "walk", "shut"

_OPEN = {
    "yes",
    "designated",
    "permissive",
    "official",
    "public",
    "allowed",
    "是",
    "允许",
    "lane",
    "track",
    "shared_lane",
    "shared",
}
_SLOW = {"destination", "delivery", "customers", "discouraged", "local"}
#: Open to who may be there, which an emergency vehicle may.
_PRIVATE = {
    "private",
    "permit",
    "residents",
    "employees",
    "agricultural",
    "forestry",
    "military",
    "use_sidepath",
    "内部",
    "restricted",
    "unsuitable",
    "students",
    "staff",
    "separate",
}
_CLOSED = {"no", "none", "否", "禁止"}
#: Values that name who may.
_USERS = {
    "emergency": {"emergency"},
    "psv": {"emergency"},
    "bus": {"emergency"},
    "hgv": {"truck"},
    "goods": {"truck"},
    "motorcar": {"car"},
    "motor_vehicle": {"car", "truck", "emergency"},
    "taxi": set(),
    "moped": set(),
    "vehicle": {"car", "truck", "emergency", "moto"},
    "bicycle": {"moto"},
    "foot": {"foot"},
    "motorcycle": set(),
    "pedestrian": {"foot"},
    "hov": set(),
}
_RANK = {OPEN: 3, SLOW: 2, WALK: 1, SHUT: 0}

#: The keys that say who may pass.
ACCESS_KEYS = frozenset(
    {"access", "vehicle", "motor_vehicle", "motorcar", "motorcycle", "hgv", "goods", "psv", "bus", "taxi",
     "emergency", "foot", "bicycle", "moped", "mofa", "electric_bicycle"}
)  # fmt: skip
_DIRECTIONS = frozenset({"forward", "backward"})
_SUFFIXES = ACCESS_KEYS | _DIRECTIONS | {"conditional"}
_OTHER_KEYS = frozenset({"duration", "barrier", "motorroad", "locked", "oneway:conditional"})
_WHOLE_TAGS = frozenset(
    {("service", "emergency_access"), ("area", "yes"), ("impassable", "yes"), ("smoothness", "impassable")}
)
_LIMITS = frozenset({"maxspeed", "maxheight", "maxweight"})
#: Drawn along a road, these are beside it.
_BESIDE = frozenset(
    {
        "kerb",
        "wall",
        "fence",
        "hedge",
        "guard_rail",
        "handrail",
        "retaining_wall",
        "city_wall",
        "ditch",
        "no",
        "cable_barrier",
        "railing",
        "noise_barrier",
    }
)
_NO_LIMIT = frozenset(
    {"none", "default", "unsigned", "no_sign", "no_indications", "unlimited", "below_default"}
)

#: What a barrier is to vehicles and feet where nothing else is said there: (motor vehicles, bicycles, feet). After
#: https://wiki.openstreetmap.org/wiki/Key:barrier; gates and toll booths are open, as OSRM's car profile has them.
BARRIERS: dict[str, tuple[bool, bool, bool]] = {
    r["barrier"]: (r["motor"] == "1", r["bicycle"] == "1", r["foot"] == "1")
    for r in reference_data.rows("barriers")
}
#: These are open where the kerb is said to be low.
_LOW_KERBS = frozenset({"flush", "lowered", "no"})


def kilometres_an_hour(text: str | None) -> float | None:
    """A speed limit in km/h; None for words like `none` and `FR:urban`, whose number is not in the tag.

    >>> kilometres_an_hour("50"), kilometres_an_hour("30 mph"), kilometres_an_hour("FR:urban")
    (50.0, 48.3, None)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", (text or "").strip())
    if not found:
        return None
    factor = {"mph": 1.609344, "knots": 1.852}.get(found[2] or "", 1.0)
    return round(float(found[1]) * factor, 1)


def seconds(text: str) -> float | None:
    """The seconds of a duration: `HH:MM`, `HH:MM:SS`, minutes, or ISO 8601; None for anything else.

    >>> [seconds(t) for t in ("00:40", "1:00:30", "40", "PT40M", "P1DT1H", "soon")]
    [2400.0, 3630.0, 2400.0, 2400.0, 90000.0, None]
    """
    text = text.strip()
    if clock := re.fullmatch(r"(\d+):([0-5]?\d)(?::([0-5]?\d))?", text):
        found = int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + int(clock[3] or 0)
    elif re.fullmatch(r"\d+(?:\.\d+)?", text):
        found = float(text) * 60.0
    elif iso := re.fullmatch(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", text):
        found = sum(float(n or 0) * s for n, s in zip(iso.groups(), (86400, 3600, 60, 1), strict=True))
    else:
        return None
    return found if found > 0 else None


def kept_tags(tags: Said) -> str | None:
    """The tags of a road that decide who may go there and how fast, beside those that have a field of their own, as
    lines of `key=value`; None where there is none.

    >>> kept_tags({"highway": "service", "motorcar": "no", "maxspeed:forward": "30", "name": "巷"})
    'maxspeed:forward=30\\nmotorcar=no'
    """
    lines = []
    for key, value in sorted(tags.items()):
        base, *rest = key.split(":")
        suffixed = bool(rest) and _SUFFIXES.issuperset(rest)
        if (
            (base in ACCESS_KEYS and (suffixed or (not rest and base not in _OWN_FIELD)))
            or (base in _LIMITS | {"oneway"} and suffixed)
            or key in _OTHER_KEYS
            or (key in ("maxheight", "maxweight") and value.strip() not in _NO_LIMIT and not _numeric(value))
            or (key, value) in _WHOLE_TAGS
            or (base == "cycleway" and value.startswith("opposite"))
        ):
            lines.append(f"{key}={value}")
    return "\n".join(lines) or None


_OWN_FIELD = frozenset({"access", "foot", "bicycle", "motor_vehicle", "bus"})


_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?\s*(m|metres|meters|t|kg)?|\d+\s*(?:'|ft)\s*(?:\d+\s*(?:\"|in)?)?")
#: Words of a speed limit that stand for no number in the tag.
_SPEED_WORDS = re.compile(r"[A-Z]{2}:.+|walk|variable|signals|none|unlimited")


def _numeric(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None


def read_tags(text: str | None) -> dict[str, str]:
    """The tags of such lines."""
    pairs = (line.partition("=") for line in (text or "").splitlines())
    return {key.strip(): value.strip() for key, equals, value in pairs if equals}


@lru_cache(maxsize=4096)
def word(value: str, vehicle: Vehicle) -> str:
    """What a value of an access key is to a vehicle; `SHUT` for one that is not known.

    >>> from cim.roads.vehicles import VEHICLES
    >>> car, fire = VEHICLES["car"], VEHICLES["emergency"]
    >>> word("forestry;agricultural", car), word("agricultural;destination", car), word("private", fire)
    ('shut', 'slow', 'open')
    """
    best = SHUT
    for part in re.split(r"[;,|]", value.lower()):
        part = part.strip()
        if part in _OPEN:
            found = OPEN
        elif part in _SLOW:
            found = OPEN if vehicle.enters_private else SLOW
        elif part in _PRIVATE:
            found = OPEN if vehicle.enters_private else SHUT
        elif part == "dismount":
            found = WALK
        elif part in _USERS:
            found = OPEN if vehicle.name in _USERS[part] else SHUT
        else:
            found = SHUT
        best = max(best, found, key=_RANK.__getitem__)
    return best


def is_known(value: str) -> bool:
    """Whether each value of a list is one that we know."""
    parts = [part.strip() for part in re.split(r"[;,|]", value.lower())]
    return all(p in _OPEN | _SLOW | _PRIVATE | _CLOSED | _USERS.keys() | {"dismount"} for p in parts)


def _values(
    said: Said, base: str, direction: str, hours: frozenset[str], vehicle: Vehicle
) -> Iterator[tuple[str, bool | None]]:
    """What a key says, then what its conditions say now: (value, whether it holds; None: nobody knows)."""
    for key in (base, f"{base}:{direction}") if direction else (base,):
        if key in said:
            yield said[key], True
        if conditional := said.get(f"{key}:conditional"):
            for clause in conditions.clauses(conditional):
                holds = clause.holds(hours, vehicle.measures)
                if holds is not False:
                    yield clause.value, holds


def verdict(said: Said, vehicle: Vehicle, direction: str, hours: frozenset[str] = frozenset()) -> str:
    """Whether a vehicle may go in a direction (`forward`, `backward`, or "" at a point): `OPEN`, `SLOW` where only who
    has business there should be, `WALK`, `SHUT`, or `NOTHING` where nothing is said. `hours` are those in force.

    >>> from cim.roads.vehicles import VEHICLES
    >>> verdict({"access": "no", "motorcar": "yes"}, VEHICLES["car"], "forward")
    'open'
    """
    if said.get("impassable") == "yes" or (said.get("smoothness") == "impassable" and vehicle.name != "foot"):
        return SHUT  # whatever is allowed there
    found = _implied_access(said, vehicle)
    for key in vehicle.keys:
        for value, holds in _values(said, key, direction, hours, vehicle):
            means = word(value, vehicle)
            if holds is None and means != SHUT:
                continue  # an opening that nobody can read opens nothing
            if key in vehicle.only_open and means != OPEN:
                continue
            found = means
    return found


def lets_in(said: Said, vehicle: Vehicle, direction: str, hours: frozenset[str] = frozenset()) -> bool:
    """Whether a sign lets a vehicle into a road that is not made for its like: that takes a key of vehicles, for
    `access=yes` on steps is said to those who walk.

    >>> from cim.roads.vehicles import VEHICLES
    >>> [lets_in(said, VEHICLES["truck"], "forward") for said in ({"access": "yes"}, {"motor_vehicle": "delivery"})]
    [False, True]
    """
    own = {key: value for key, value in said.items() if key.partition(":")[0] != "access"}
    return {verdict(one, vehicle, direction, hours) for one in (said, own)} <= {OPEN, SLOW}


def _implied_access(said: Said, vehicle: Vehicle) -> str:
    found = NOTHING
    if said.get("motorroad") == "yes" and vehicle.name in ("moto", "foot"):
        found = SHUT
    if said.get("service") == "emergency_access":
        found = OPEN if vehicle.name == "emergency" else SHUT
    if said.get("area") == "yes" and vehicle.name != "foot":
        found = SHUT  # the outline of a square is no carriageway; who walks may follow it
    barrier = said.get("barrier")
    if barrier is not None and barrier not in _BESIDE and not passes_barrier(said, vehicle):
        found = SHUT
    return found


def passes_barrier(said: Said, vehicle: Vehicle) -> bool:
    """Whether a barrier lets a vehicle pass where no access key says so: by its kind, and not where it is locked."""
    kind = said.get("barrier", "no")
    motor, bicycle, foot = BARRIERS.get(kind, (False, False, False))
    if kind == "kerb" and said.get("kerb") in _LOW_KERBS:
        motor = True
    if said.get("locked") in ("yes", "true"):
        motor = bicycle = foot = False
    return {"moto": bicycle, "foot": foot}.get(vehicle.name, motor)


def may_pass(said: Said, vehicle: Vehicle, hours: frozenset[str] = frozenset()) -> bool:
    """Whether a vehicle may pass a barrier with these tags.

    A locked gate is opened by an access key of the vehicle's own, not by what is said to all.

    >>> from cim.roads.vehicles import VEHICLES
    >>> [may_pass({"barrier": "bollard"}, VEHICLES[v]) for v in ("car", "moto", "foot")]
    [False, True, True]
    """
    if said.get("locked") in ("yes", "true"):
        own = {key: value for key, value in said.items() if key.partition(":")[0] in vehicle.keys[-1:]}
        found = verdict(own, vehicle, "", hours)
        return found in (OPEN, SLOW, WALK)
    found = verdict(said, vehicle, "", hours)
    return passes_barrier(said, vehicle) if found == NOTHING else found != SHUT


#: Directions in which a road may be gone: bit 1 along it, bit 2 against it.
ONEWAY = {r["word"]: int(r["ways"]) for r in reference_data.rows("oneway")}


def directions(said: Said, ways: int, vehicle: Vehicle, hours: frozenset[str] = frozenset()) -> int:
    """In which directions a vehicle may go along a road whose one-way is `ways` (bits 1 and 2).

    >>> from cim.roads.vehicles import VEHICLES
    >>> directions({"oneway:bicycle": "no"}, 1, VEHICLES["moto"]), directions({}, 1, VEHICLES["foot"])
    (3, 3)
    """
    found = ways
    for value, holds in _values(
        {k: v for k, v in said.items() if k != "oneway"}, "oneway", "", hours, vehicle
    ):
        known = ONEWAY.get(value.lower(), 0)
        found = found & known if holds is None else known
    if not vehicle.obeys_oneway or (
        vehicle.name == "moto"
        and any(k.partition(":")[0] == "cycleway" and v.startswith("opposite") for k, v in said.items())
    ):
        found = 3
    for key in vehicle.keys:
        for value, holds in _values(said, f"oneway:{key}", "", hours, vehicle):
            known = ONEWAY.get(value.lower(), 0)
            found = found & known if holds is None else known
    return found


def limit_kmh(
    said: Said, vehicle: Vehicle, direction: str, hours: frozenset[str] = frozenset()
) -> float | None:
    """The speed limit that the tags say for a vehicle and a direction beside the road's own; None: none."""
    found: float | None = None
    for base in ("maxspeed", *(f"maxspeed:{key}" for key in vehicle.keys)):
        for value, holds in _values(said, base, direction, hours, vehicle):
            limit = kilometres_an_hour(value)
            if limit and (holds or found is None or limit < found):
                found = limit
    return found


def exceeds(said: Said, vehicle: Vehicle, hours: frozenset[str] = frozenset()) -> bool:
    """Whether a vehicle is too high or heavy by what the tags say beside the road's own limits; a limit that can't be
    read stops whoever has such a measure."""
    for base, measure in (("maxheight", vehicle.height_m), ("maxweight", vehicle.weight_t)):
        if measure is None:
            continue
        for value, _ in _values(said, base, "", hours, vehicle):
            number = re.match(r"\s*(\d+(?:[.,]\d+)?)", value)
            if value.strip() in _NO_LIMIT:
                continue
            if not _numeric(value) or number is None or float(number[1].replace(",", ".")) < measure:
                return True
    return False


def unread(said: Said) -> Iterator[tuple[str, str]]:
    """The tags (key, value) that are not understood, and so open nothing."""
    for key, value in said.items():
        base = key.partition(":")[0]
        if key.endswith(":conditional"):
            if any(clause.unread for clause in conditions.clauses(value)):
                yield key, value
        elif base in ACCESS_KEYS:
            if not is_known(value):
                yield key, value
        elif base == "oneway":
            if value.strip().lower() not in ONEWAY:
                yield key, value
        elif base == "maxspeed":
            if kilometres_an_hour(value) is None and not _SPEED_WORDS.fullmatch(value):
                yield key, value
        elif key in ("maxheight", "maxweight"):
            yield key, value
        elif key == "duration":
            if seconds(value) is None:
                yield key, value
        elif key == "barrier" and value not in BARRIERS and value not in _BESIDE:
            yield key, value
