"""The coordinate system that a file names: by EPSG code, in words, or as well-known text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pyproj import CRS
from pyproj.database import query_crs_info
from pyproj.enums import PJType
from pyproj.exceptions import CRSError

from cim.bim.building_model import ModelFault
from layers.formats.ifc.faults import fault

_CODE = re.compile(
    r"\s*(?:urn:ogc:def:crs:|https?://www\.opengis\.net/def/crs/)?EPSG\s*(?:[:/](?:[\d.]*[:/])?\s*)(\S*)\s*",
    re.IGNORECASE,
)
#: A code whose colon is missing or another letter: it can be meant in one way only, but is told.
_ALMOST_CODE = re.compile(r"\s*EPSG[\s_：-]*(\d{4,6})\s*", re.IGNORECASE)
_EPOCH = re.compile(r",\s*EPOCH\s*\[[^\]]*\]\s*$", re.IGNORECASE)
#: How words of names of coordinate systems are shortened.
_WORDS = {
    "gk": "gauss kruger",
    "krueger": "kruger",
    "krüger": "kruger",
    "deg": "degree",
    "gaußkrüger": "gauss kruger",
}
_HEIGHTS_IN_WORDS = (
    (re.compile(r"1985|85\s*高程|yellow sea 1985", re.IGNORECASE), "EPSG:5737"),
    (re.compile(r"1956|黄海\s*56|yellow sea 1956", re.IGNORECASE), "EPSG:5736"),
)
_ASK_ZH = "请给出 EPSG 代号，如 --crs EPSG:4547"
_ASK_EN = "give its EPSG code, like --crs EPSG:4547"


@dataclass(slots=True)
class CrsName:
    """What was read: `crs` is what `parse_crs` takes ("" where it can't be used), `datum` that of the heights.

    `refused` are reasons not to place anything by it, `told` what was read otherwise than it is written.
    """

    crs: str = ""
    datum: str = ""
    refused: list[ModelFault] = field(default_factory=list)
    told: list[ModelFault] = field(default_factory=list)


def read_crs(entity: Any) -> CrsName:
    """The coordinate system of an IfcCoordinateReferenceSystem."""
    texts = {
        key: str(getattr(entity, key, None) or "").strip()
        for key in ("Name", "GeodeticDatum", "VerticalDatum")
    }
    known = getattr(entity, "WellKnownText", None)
    text = str(known[0].WellKnownText or "") if known else ""
    return name_crs(texts["Name"], texts["GeodeticDatum"], texts["VerticalDatum"], text)


def name_crs(name: str, geodetic: str = "", vertical: str = "", well_known_text: str = "") -> CrsName:
    """The coordinate system of a name, the names of its datums, and its well-known text.

    >>> name_crs("EPSG:4547", vertical="EPSG:5737").datum
    'EPSG:5737'
    >>> name_crs("CGCS2000 / 3-degree GK CM 114E").crs
    'EPSG:4547'
    >>> [one.code for one in name_crs("EPSG:1234").refused]
    ['georef.crs_unknown']
    """
    read = CrsName()
    if well_known_text:
        _by_text(read, name, well_known_text)
    elif _CODE.fullmatch(name):
        _by_code(read, name)
    else:
        _by_words(read, name)
    if (match := _CODE.fullmatch(geodetic)) and _crs(f"EPSG:{match[1]}") is None:
        read.refused.append(
            fault(
                "georef.crs_unknown",
                f"GeodeticDatum 写的 {geodetic} 不存在（GRF004）",
                f"the geodetic datum {geodetic} does not exist (GRF004)",
            )
        )
    _read_heights(read, vertical)
    return read


def _by_code(read: CrsName, name: str) -> None:
    match = _CODE.fullmatch(name)
    code = match[1] if match else ""
    crs = _crs(f"EPSG:{code}")
    if crs is None:
        read.refused.append(
            fault(
                "georef.crs_unknown",
                f"坐标系 {name} 不存在（GRF002、GRF004）；{_ASK_ZH}",
                f"the coordinate system {name} does not exist (GRF002, GRF004); {_ASK_EN}",
            )
        )
        return
    read.crs = f"EPSG:{code}"
    _read_compound(read, crs)


def _by_words(read: CrsName, name: str) -> None:
    if match := _ALMOST_CODE.fullmatch(name):
        _by_code(read, f"EPSG:{match[1]}")
        read.told += [] if read.refused else [_told_as(name, read.crs)]
        return
    if name and not re.fullmatch(r"\d+", name) and name.upper() != "WKT":
        codes = _known_names().get(_normal(name), ())
        if len(codes) == 1:
            read.crs = f"EPSG:{codes[0]}"
            crs = CRS.from_user_input(read.crs)
            _read_compound(read, crs)
            read.told.append(_told_as(name, f"{read.crs} ({crs.name})"))
            return
    read.refused.append(
        fault(
            "georef.crs_name",
            f"坐标系的名称“{name}”不是 EPSG 代号（应写成 EPSG:4547 这样），也没有 WKT（GRF002、GRF006）；{_ASK_ZH}",
            f"the coordinate system is named {name!r}, which is no EPSG code (like EPSG:4547) and has no WKT "
            f"(GRF002, GRF006); {_ASK_EN}",
        )
    )


def _told_as(name: str, crs: str) -> ModelFault:
    return fault(
        "georef.crs_name",
        f"坐标系写的是“{name}”，不是 EPSG:4547 这样的代号；按 {crs} 读取",
        f"the coordinate system is named {name!r} and not by a code like EPSG:4547; it is read as {crs}",
    )


def _by_text(read: CrsName, name: str, text: str) -> None:
    if name.upper() != "WKT" and not _CODE.fullmatch(name):
        read.refused.append(
            fault(
                "georef.crs_name",
                f"坐标系由 WKT 给出，名称却是“{name}”，应为 WKT 或 EPSG 代号（GRF006）；{_ASK_ZH}",
                f"the coordinate system is given as WKT, but is named {name!r} and not WKT or by its EPSG code "
                f"(GRF006); {_ASK_EN}",
            )
        )
        return
    crs = _crs(_EPOCH.sub("", text.strip()))
    if crs is None:
        read.refused.append(
            fault(
                "georef.crs_unknown",
                f"坐标系的 WKT 读不懂：{text[:60]}…；{_ASK_ZH}",
                f"the WKT of the coordinate system can't be read: {text[:60]}…; {_ASK_EN}",
            )
        )
        return
    read.crs = crs.to_wkt()
    _read_compound(read, crs)


def _read_compound(read: CrsName, crs: CRS) -> None:
    if crs.is_compound:
        authority = crs.sub_crs_list[1].to_authority()
        read.datum = ":".join(authority) if authority else crs.sub_crs_list[1].name
    elif crs.is_vertical:
        read.crs = ""
        read.refused.append(
            fault(
                "georef.crs_unknown",
                f"{crs.name} 是高程系，不是平面坐标系；{_ASK_ZH}",
                f"{crs.name} is a system of heights and no map; {_ASK_EN}",
            )
        )


def _read_heights(read: CrsName, vertical: str) -> None:
    if not vertical:
        return
    match = _CODE.fullmatch(vertical)
    if not match:
        named = next((code for words, code in _HEIGHTS_IN_WORDS if words.search(vertical)), "")
        read.datum = named or read.datum
        if not read.datum:
            read.told.append(
                fault(
                    "georef.vertical_datum",
                    f"高程基准写的是“{vertical}”，不是 EPSG 代号；高程原样保留",
                    f"the vertical datum is named {vertical!r} and not by its EPSG code; heights are kept as they are",
                )
            )
        return
    crs = _crs(f"EPSG:{match[1]}")
    if crs is not None and crs.is_compound:
        crs = crs.sub_crs_list[1]
    if crs is None or not crs.is_vertical:
        why_zh, why_en = (
            ("不存在（GRF004）", "does not exist (GRF004)")
            if crs is None
            else (f"是 {crs.name}，不是高程系（GRF007）", f"is {crs.name}, no system of heights (GRF007)")
        )
        read.refused.append(
            fault(
                "georef.vertical_datum",
                f"高程基准 {vertical} {why_zh}",
                f"the vertical datum {vertical} {why_en}",
            )
        )
        return
    read.datum = f"EPSG:{match[1]}"


def _crs(text: str) -> CRS | None:
    if text in ("EPSG:", ""):
        return None
    try:
        return CRS.from_user_input(text)
    except CRSError:
        return None


def _normal(name: str) -> str:
    words = re.findall(r"[^\W_]+", name.lower())
    return " ".join(_WORDS.get(word, word) for word in words)


@lru_cache(maxsize=1)
def _known_names() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for info in query_crs_info("EPSG", [PJType.PROJECTED_CRS, PJType.COMPOUND_CRS]):
        if not info.deprecated:
            key = _normal(info.name)
            known[key] = (*known.get(key, ()), info.code)
    return known
