"""What a city object of CityGML says of itself: names, attributes with their code lists, generic attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from lxml import etree

from layers.formats.city.gml_geometry import gml_id, local

CITYGML = "http://www.opengis.net/citygml/"
GML = "http://www.opengis.net/gml"
#: The extension of Japan's PLATEAU, whose attributes are read like CityGML's own.
_KNOWN_EXTENSIONS = (
    "https://www.geospatial.jp/iur/",
    "http://www.kantei.go.jp/jp/singi/tiiki/toshisaisei/itoshisaisei/iur/",
)
_KNOWN = (CITYGML, GML, "urn:oasis:names:tc:ciq:xsdschema:xAL", "http://www.w3.org/", *_KNOWN_EXTENSIONS)
#: How files write that a number is not known.
_UNKNOWN_NUMBERS = ("-9999", "-9999.0", "9999", "9999.0")
_NEVER_LARGE = (
    "storeysAboveGround",
    "storeysBelowGround",
    "measuredHeight",
    "yearOfConstruction",
    "yearOfDemolition",
)
_CODES = ("class", "function", "usage", "roofType", "species", "surfaceMaterial", "functionalClass")
_METRES = {
    "m": 1.0,
    "#m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "ft": 0.3048,
    "#ft": 0.3048,
    "cm": 0.01,
    "mm": 0.001,
    "km": 1000.0,
}
_GENERIC = {
    "stringattribute": str,
    "intattribute": int,
    "doubleattribute": float,
    "dateattribute": str,
    "uriattribute": str,
    "codeattribute": str,
    "measureattribute": float,
}
_SKIPPED = (
    "name",
    "description",
    "identifier",
    "metaDataProperty",
    "boundedBy",
    "externalReference",
    "appearance",
)


def is_known(element: Any) -> bool:
    """Whether an element is of CityGML, GML or an extension that is read."""
    tag = element.tag
    return not isinstance(tag, str) or not tag.startswith("{") or tag[1:].startswith(_KNOWN)


def namespace(element: Any) -> str:
    """The namespace of an element."""
    tag = element.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


class CodeLists:
    """The code lists beside a file: GML dictionaries named by a relative path in `codeSpace`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._lists: dict[str, Mapping[str, str]] = {}

    def name_of(self, code: str, space: str | None) -> str | None:
        """What a code means; None where its list is not there or does not have it."""
        return self._list(space).get(code) if space else None

    def is_there(self, space: str | None) -> bool:
        """Whether the list is there."""
        return bool(space and self._list(space))

    def _list(self, space: str) -> Mapping[str, str]:
        if space not in self._lists:
            self._lists[space] = self._read(space)
        return self._lists[space]

    def _read(self, space: str) -> Mapping[str, str]:
        if "://" in space:
            return {}
        file = (self._folder / space).resolve()
        # A delivery has its lists some folders above its models, and nothing else is followed.
        if not any(file.is_relative_to(parent) for parent in (self._folder, *self._folder.parents[:3])):
            return {}
        if file.suffix.lower() != ".xml" or not file.is_file():
            return {}
        try:
            root = safe_parse(file).getroot()
        except (etree.XMLSyntaxError, OSError, ValueError):
            return {}
        found: dict[str, str] = {}
        for definition in root.iter():
            if local(definition) != "Definition":
                continue
            texts = {local(child): (child.text or "").strip() for child in definition}
            if texts.get("name"):
                found[texts["name"]] = texts.get("description") or texts["name"]
        return found


def safe_parse(file: Path) -> Any:
    """The tree of an XML file. Nothing else is read because of it; `ValueError` for a document type declaration,
    through which entities are defined."""
    with file.open("rb") as handle:
        head = handle.read(1 << 16)
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or b"<\x00!\x00D\x00O\x00C" in head:
        raise ValueError("DOCTYPE")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    tree = etree.parse(file, parser)
    if tree.docinfo.internalDTD is not None:
        raise ValueError("DOCTYPE")
    return tree


class Attributes:
    """Reads the attributes of city objects.

    `unknown` has the namespaces that were passed over, `unknown_values` the attributes whose number stands for "not
    known" (-9999), each with how often; `unknown_codes` the codes that their list does not have, with the object.
    """

    def __init__(self, folder: Path) -> None:
        self._lists = CodeLists(folder)
        self.unknown: dict[str, int] = {}
        self.unknown_values: dict[str, int] = {}
        self.unknown_codes: list[tuple[str, str, str]] = []

    def read(self, element: Any, skip: Iterable[str]) -> tuple[str, str, dict[str, Any]]:
        """The name, description and attributes of an object; `skip`: properties that hold shapes or objects."""
        name = description = ""
        values: dict[str, Any] = {}
        left = {*skip, *_SKIPPED}
        for child in element:
            tag = local(child)
            if tag == "name" and not name:
                name = (child.text or "").strip()
            elif tag == "description":
                description = (child.text or "").strip()
            elif not is_known(child):
                self.unknown[namespace(child)] = self.unknown.get(namespace(child), 0) + 1
            elif tag in left or tag.startswith("lod"):
                continue
            else:
                self._take(child, tag, values, gml_id(element) or "")
        return name, description, values

    def _take(self, child: Any, tag: str, values: dict[str, Any], of: str) -> None:
        low = tag.lower()
        if low == "genericattribute":
            for inner in child:
                self._take(inner, local(inner), values, of)
        elif low == "genericattributeset":
            inner_values: dict[str, Any] = {}
            for inner in child:
                if local(inner) == "genericAttribute" or local(inner).lower().endswith("attribute"):
                    self._take(inner, local(inner), inner_values, of)
            values[_generic_name(child)] = inner_values
        elif low in _GENERIC and (child.get("name") or any(local(c) == "name" for c in child)):
            text = next(((c.text or "").strip() for c in child if local(c) == "value"), "")
            values[_generic_name(child)] = _number(text) if _GENERIC[low] is not str else text
        elif len(child) == 0:
            self._simple(child, tag, values, of)
        elif tag == "height":
            text = next(((e.text or "").strip() for e in child.iter() if local(e) == "value"), "")
            _put(values, "height", _number(text))
        elif tag == "address":
            texts = [e.text.strip() for e in child.iter() if e.text and e.text.strip()]
            _put(values, "address", " ".join(texts))
        else:
            _put(values, tag, self._read_parts(child, of))

    def _read_parts(self, element: Any, of: str) -> Any:
        """An attribute that has parts: {name: value}, the type's own element passed over."""
        values: dict[str, Any] = {}
        for child in element:
            if not is_known(child):
                self.unknown[namespace(child)] = self.unknown.get(namespace(child), 0) + 1
            elif len(child) == 0:
                self._simple(child, local(child), values, of)
            elif local(child)[:1].isupper():
                inner = self._read_parts(child, of)
                values |= inner if isinstance(inner, dict) else {}
            else:
                _put(values, local(child), self._read_parts(child, of))
        return values

    def _simple(self, child: Any, tag: str, values: dict[str, Any], of: str) -> None:
        text = (child.text or "").strip()
        if not text:
            return
        space = child.get("codeSpace")
        if space is not None:
            meaning = self._lists.name_of(text, space)
            if meaning is None and self._lists.is_there(space):
                self.unknown_codes.append((of, tag, text))
            if meaning is not None:
                _put(values, tag, meaning)
            _put(values, f"{tag}_code", text)
        elif tag in _CODES:
            _put(values, tag, text)
        elif text in _UNKNOWN_NUMBERS and (tag in _NEVER_LARGE or text.startswith("-")):
            self.unknown_values[tag] = self.unknown_values.get(tag, 0) + 1
            _put(values, tag, None)
        else:
            value = _number(text)
            factor = _METRES.get(child.get("uom", ""))
            _put(
                values,
                tag,
                value * factor if factor not in (None, 1.0) and isinstance(value, (int, float)) else value,
            )


def _generic_name(element: Any) -> str:
    return element.get("name") or next(((c.text or "").strip() for c in element if local(c) == "name"), "")


def _put(values: dict[str, Any], name: str, value: Any) -> None:
    """A value under its name; a second one makes a list."""
    if name not in values:
        values[name] = value
    elif isinstance(values[name], list):
        values[name].append(value)
    else:
        values[name] = [values[name], value]


def _number(text: str) -> Any:
    """The number that a text writes; a text that would not come back as it was, as a code with a leading zero, stays.

    >>> _number("23.5"), _number("0012"), _number("12345678901234567890"), _number("true")
    (23.5, '0012', '12345678901234567890', True)
    """
    if text in ("true", "false"):
        return text == "true"
    try:
        whole = int(text)
        return whole if str(whole) == text and abs(whole) < 2**53 else text
    except ValueError:
        pass
    try:
        real = float(text)
    except ValueError:
        return text
    plain = len(text.replace(".", "").replace("-", "").lstrip("0")) <= 15 and not text.startswith(("+", "."))
    return real if plain and real == real and abs(real) != float("inf") else text
