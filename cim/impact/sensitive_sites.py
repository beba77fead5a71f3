"""Sensitive sites (敏感目标) in an affected area: schools, hospitals, nursing homes, shelters."""

from __future__ import annotations

import numpy as np
import orjson
import shapely

from cim.arrays.types import RowIds
from cim.impact.affected import Shape
from cim.impact.answers import SensitiveSite, SensitiveSites
from cim.model.standard_layers import PLACED
from cim.snapshot.snapshot import Snapshot
from cim.space import crs
from cim.state import CityState

#: Kinds of sensitive sites by the word that layers use, with their Chinese and English names.
KINDS: dict[str, tuple[str, str]] = {
    "school": ("学校", "School"),
    "kindergarten": ("幼儿园", "Kindergarten"),
    "college": ("学院", "College"),
    "university": ("大学", "University"),
    "childcare": ("托育机构", "Childcare"),
    "hospital": ("医院", "Hospital"),
    "clinic": ("诊所", "Clinic"),
    "nursing_home": ("养老院", "Nursing home"),
    "social_facility": ("福利机构", "Social facility"),
    "shelter": ("避难场所", "Shelter"),
    "prison": ("监狱", "Prison"),
    "station": ("车站", "Station"),
    "fuel": ("加油站", "Fuel station"),
}
_WORDS = {
    **{kind: kind for kind in KINDS},
    **{zh: kind for kind, (zh, _) in KINDS.items()},
    "小学": "school",
    "中学": "school",
    "养老机构": "nursing_home",
    "卫生院": "clinic",
}
#: The fields that say what a feature is.
_FIELDS = ("kind", "amenity", "class", "类别", "building")
#: Sites of two layers with the same name and kind are one site if they are no farther apart than this.
_SAME_M = 100.0
#: Maximum sites in an answer.
MOST_LISTED = 100


def sensitive(state: CityState, shape: Shape, about: tuple[float, float]) -> SensitiveSites:
    """The sensitive sites in the shape: their `count`, and the `MOST_LISTED` nearest to `about` (lon, lat, WGS84).

    Sites come from the resources and from every base layer of points or polygons that says what its features are. A
    site that is in two layers counts once.
    """
    found: list[SensitiveSite] = []
    for name, snapshot in sorted(state.snapshots.items()):
        if name == "resources" or (name not in PLACED and snapshot.layer.geometry != "line"):
            found += _sites_in(snapshot, shape, about)
    found.sort(key=lambda place: (place.distance_m, place.layer, str(place.id)))
    out: list[SensitiveSite] = []
    by_name: dict[tuple[str, str], list[SensitiveSite]] = {}
    for place in found:
        alike = by_name.setdefault((place.kind, place.name or ""), [])
        if place.name and any(_same(place, other, state.metric_crs) for other in alike):
            continue
        alike.append(place)
        out.append(place)
    return SensitiveSites(len(out), out[:MOST_LISTED])


def _same(one: SensitiveSite, other: SensitiveSite, metric_crs: str) -> bool:
    """Whether these sites of two layers are the same."""
    if one.layer == other.layer:
        return False
    both = crs.to_metric(np.array([p.geometry["coordinates"][:2] for p in (one, other)]), metric_crs)
    return float(np.hypot(*(both[1] - both[0]))) <= _SAME_M


def _sites_in(snapshot: Snapshot, shape: Shape, about: tuple[float, float]) -> list[SensitiveSite]:
    fields = [f for f in _FIELDS if f in snapshot.layer.field_names]
    words = np.zeros(len(snapshot.base) + len(snapshot.delta), np.bool_)
    for field in fields:
        words |= snapshot.matching({field: list(_WORDS)})
    if not words.any():
        return []
    rows: RowIds = shape.rows(snapshot)
    rows = rows[words[rows]]
    if not len(rows):
        return []
    named = [f for f in ("code", "name", "name_en") if f in snapshot.layer.field_names]
    records = snapshot.attributes(rows, [*named, *fields]).to_pylist()
    here = shapely.Point(crs.to_metric(np.array([about]), snapshot.metric_crs)[0])
    metres = shapely.distance(snapshot.metric_geometry(rows), here).tolist()
    positions = shapely.to_geojson(shapely.point_on_surface(snapshot.geometry(rows)))
    out = []
    for fid, record, away, position in zip(
        snapshot.fids(rows).tolist(), records, metres, positions, strict=True
    ):
        kind = next(_WORDS[record[field]] for field in fields if record[field] in _WORDS)
        zh, en = KINDS[kind]
        out.append(
            SensitiveSite(
                id=record.get("code") or fid,
                layer=snapshot.layer.name,
                kind=kind,
                kind_zh=zh,
                kind_en=en,
                name=record.get("name"),
                name_en=record.get("name_en"),
                distance_m=round(away, 1),
                geometry=orjson.loads(position),
            )
        )
    return out
